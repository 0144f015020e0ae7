"""Price sensitivity by van Westendorp's four questions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from crm_core import _core
from crm_core._columns import read
from crm_core._options import LARGEST_COUNT, LARGEST_INDEX, integer, member
from crm_core.units import Category
from crm_core.value._codes import check_index

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from crm_core._columns import Column, Number

    Floats = NDArray[np.float64]

__all__ = [
    "InconsistentPrices",
    "PriceInterval",
    "PriceIntervals",
    "PriceRange",
    "PriceSensitivity",
    "price_sensitivity",
]


class InconsistentPrices(Category):
    """What happens to respondents whose prices do not rise from too cheap to too expensive."""

    EXCLUDE = "exclude"
    KEEP = "keep"


class PriceRange(Category):
    """Which curves bound the acceptable prices.

    ========  =======================  ===============================
    range     lower end                upper end
    ========  =======================  ===============================
    original  too cheap × not cheap    too expensive × not expensive
    narrower  too cheap × expensive    too expensive × cheap
    ========  =======================  ===============================

    The first is van Westendorp's of 1976, the second what later practice has made of it.
    """

    ORIGINAL = "original"
    NARROWER = "narrower"


@dataclass(frozen=True, slots=True)
class PriceInterval:
    """An interval of a price point.

    Attributes
    ----------
    estimate : float
        The price point.
    standard_error : float
        Standard deviation of the replicates.
    lower, upper : float
        Quantiles of the replicates.
    """

    estimate: float
    standard_error: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class PriceIntervals:
    """Percentile intervals of the price points from a bootstrap of respondents.

    Attributes
    ----------
    marginal_cheapness, marginal_expensiveness, indifference, optimal : PriceInterval
        PMC, PME, IPP and OPP.
    undefined : int
        Replicates whose curves do not cross; they are left out.
    """

    marginal_cheapness: PriceInterval
    marginal_expensiveness: PriceInterval
    indifference: PriceInterval
    optimal: PriceInterval
    undefined: int


@dataclass(frozen=True, slots=True, eq=False)
class PriceSensitivity:
    """What the answers to van Westendorp's questions say of prices.

    Attributes
    ----------
    respondents, inconsistent, missing : int
        Respondents whose answers count; whose prices do not rise strictly; who left out a price.
    marginal_cheapness : float
        PMC, point of marginal cheapness: the lower end of the acceptable prices.
    marginal_expensiveness : float
        PME, point of marginal expensiveness: the upper end.
    indifference : float
        IPP, indifference price point: as many find it cheap as expensive.
    optimal : float
        OPP, optimal price point: as few find it too cheap as too expensive.
    prices : ndarray
        Every price that was named, ascending.
    too_cheap, cheap, expensive, too_expensive : ndarray
        Share of respondents to whom the price is so: who named it or a higher one, for the last two it or a lower one.
    """

    respondents: int
    inconsistent: int
    missing: int
    marginal_cheapness: float
    marginal_expensiveness: float
    indifference: float
    optimal: float
    prices: Floats = field(repr=False)
    too_cheap: Floats = field(repr=False)
    cheap: Floats = field(repr=False)
    expensive: Floats = field(repr=False)
    too_expensive: Floats = field(repr=False)
    _core: _core.PriceSensitivity = field(repr=False)

    def intervals(self, seed: int, replicates: int = 1000, confidence: Number = 0.95) -> PriceIntervals:
        """Return percentile intervals of the price points: respondents are drawn with replacement.

        The same seed gives the same bits for any number of threads.

        References
        ----------
        Efron (1979).
        """
        counts = integer("replicates", replicates, 0, LARGEST_INDEX), integer("seed", seed, 0, LARGEST_COUNT)
        found = self._core.intervals(counts[0], confidence, counts[1])
        undefined = found.pop("undefined")
        return PriceIntervals(undefined=undefined, **{name: PriceInterval(**part) for name, part in found.items()})


def price_sensitivity(
    too_cheap: Column,
    cheap: Column,
    expensive: Column,
    too_expensive: Column,
    *,
    inconsistent: InconsistentPrices | str = InconsistentPrices.EXCLUDE,
    price_range: PriceRange | str = PriceRange.ORIGINAL,
) -> PriceSensitivity:
    """Find the price points of van Westendorp's price sensitivity meter.

    Each curve of shares runs straight between the prices that were named; where two cross are the price points.

    Parameters
    ----------
    too_cheap, cheap, expensive, too_expensive : column
        The prices that each respondent named, 0 or more. Who left one out is counted as missing.
    inconsistent : InconsistentPrices
        What happens to respondents whose prices do not rise strictly; they are counted.
    price_range : PriceRange
        Which curves bound the acceptable prices.

    Raises
    ------
    EmptyError
        If nobody's answers count.

    References
    ----------
    van Westendorp (1976), "NSS Price Sensitivity Meter (PSM): a new approach to study consumer perception of prices",
    29th ESOMAR Congress.

    Examples
    --------
    >>> found = price_sensitivity([5, 8, 4, 6], [10, 12, 8, 11], [18, 20, 15, 16], [25, 28, 20, 22])
    >>> found.indifference, found.optimal
    (13.5, 14.0)
    """
    columns = {"too_cheap": too_cheap, "cheap": cheap, "expensive": expensive, "too_expensive": too_expensive}
    check_index(**columns)
    prices = [np.ascontiguousarray(read(name, column).values) for name, column in columns.items()]
    options = member("inconsistent", InconsistentPrices, inconsistent), member("price_range", PriceRange, price_range)
    found = _core.PriceSensitivity(prices[0], prices[1], prices[2], prices[3], str(options[0]), str(options[1]))
    named = zip(("prices", *columns), found.curves(), strict=True)
    curves: dict[str, Any] = {name: np.array(curve) for name, curve in named}
    return PriceSensitivity(**found.parts(), **curves, _core=found)
