"""Concentration of profit: 80/20, the Lorenz curve, Gini."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from crm_core import _core
from crm_core._options import integer
from crm_core.value._codes import check_index, floats

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from crm_core._columns import Column, Number

__all__ = ["Concentration", "Curve", "CurvePoint", "Interval"]


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """A point of a concentration curve.

    Attributes
    ----------
    customers : float
        Share of the customers, from 0 to 1.
    profit : float
        Share of the total profit that they bring.
    """

    customers: float
    profit: float


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A concentration curve, ready to plot.

    Attributes
    ----------
    customers : numpy.ndarray
        Shares of the customers, from 0 to 1.
    profit : numpy.ndarray
        Shares of the total profit that they bring.
    """

    customers: NDArray[np.float64]
    profit: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Interval:
    """A bootstrap percentile interval.

    Attributes
    ----------
    estimate : float
        The measure of the customer base itself.
    lower, upper : float
        The ends.
    standard_error : float
        Standard deviation of the replicates.
    undefined : int
        Replicates without a positive total, left out of the interval: unless it is 0, read the interval
        with care.
    """

    estimate: float
    lower: float
    upper: float
    standard_error: float
    undefined: int


class Concentration:
    """How the profit of a customer base is concentrated.

    The curve of the best customers first, W(p), is the share of the total profit that the best share p of
    the customers brings. With unprofitable customers it rises above 1 and comes back. The Lorenz curve
    takes the worst first: L(p) = 1 − W(1 − p). Both are straight between customers.

    Parameters
    ----------
    profit : column
        Profit per customer; negative ones are welcome.
    weight : column, optional
        Number or share of customers in each row, in any unit, for grouped data; 1 each by default.

    Raises
    ------
    EmptyError, NotFiniteError, MissingValueError, LengthMismatchError
        For columns that cannot be.
    OutOfRangeError
        For a negative weight, or weights that are all 0.

    Examples
    --------
    The value groups of a Beijing appliance maker: mean value per customer, and share of the customers.

    >>> base = Concentration([-4.12, -2.10, 7.45, 30.49, 107.76], weight=[42.2, 20.5, 26.3, 9.2, 1.8])
    >>> round(base.mean, 5)
    4.53497
    >>> round(base.top_share(0.11), 3)
    1.046
    """

    def __init__(self, profit: Column, weight: Column | None = None) -> None:
        check_index(profit=profit, weight=weight)
        self._profit = floats("profit", profit).copy()
        self._weight = None if weight is None else floats("weight", weight).copy()
        self._core = _core.Concentration(self._profit, self._weight)

    def __reduce__(self) -> tuple[type[Concentration], tuple[Any, Any]]:
        return Concentration, (self._profit, self._weight)

    def __repr__(self) -> str:
        return f"Concentration of {self.total:g} over {self.customers:g} customers"

    @property
    def customers(self) -> float:
        """The number of customers, or the sum of the weights."""
        return self._core.customers()

    @property
    def total(self) -> float:
        """The total profit."""
        return self._core.total()

    @property
    def mean(self) -> float:
        """The mean profit per customer."""
        return self._core.mean()

    def top_share(self, share: Number) -> float:
        """Return the share of the total profit that the best ``share`` of the customers brings.

        Raises
        ------
        OutOfRangeError
            If the total profit is not positive: shares of it would mean nothing.
        """
        return self._core.top_share(share)

    def bottom_share(self, share: Number) -> float:
        """Return the share of the total profit that the worst ``share`` of the customers brings."""
        return self._core.bottom_share(share)

    def smallest_share(self, share: Number) -> float:
        """Return the smallest share of the customers that brings ``share`` of the total profit.

        >>> Concentration([50.0, -20.0, 30.0, 0.0, 40.0]).smallest_share(0.8)
        0.35
        """
        return self._core.smallest_share(share)

    def peak(self) -> CurvePoint:
        """Return the top of the best-first curve: customers with a profit, and what they alone would bring."""
        return CurvePoint(**self._core.peak())

    def gini(self) -> float:
        """Return the Gini coefficient, from 0 to 1 also with negative profits.

        G = Σᵢ Σⱼ wᵢ wⱼ |yᵢ − yⱼ| / (2 N Σᵢ wᵢ |yᵢ|), N = Σ w: the usual mean is replaced by that of the
        sizes of gains and losses. It is the usual coefficient where no profit is negative.

        References
        ----------
        Raffinetti, Siletti & Vernizzi 2015, "On the Gini coefficient normalization when attributes with
        negative values are considered", Statistical Methods & Applications 24, 507–521.
        """
        return self._core.gini()

    def gini_corrected(self) -> float:
        """Return N / (N − 1) times the Gini coefficient: exactly 1 at maximum inequality.

        Weights must be numbers of customers.

        >>> round(Concentration([-45.0, 0, 0, 0, 0, 0, 0, 0, 0, 45.01]).gini_corrected(), 12)
        1.0
        """
        return self._core.gini_corrected()

    def curve(self, points: int = 101) -> Curve:
        """Return evenly spaced points of the best-first curve, from (0, 0) to (1, 1)."""
        return Curve(*map(np.array, self._core.curve(integer("points", points))))

    def lorenz(self, points: int = 101) -> Curve:
        """Return evenly spaced points of the Lorenz curve, from (0, 0) to (1, 1)."""
        return Curve(*map(np.array, self._core.lorenz(integer("points", points))))

    def top_share_interval(self, share: Number, *, seed: int, replicates: int = 1000, level: Number = 0.95) -> Interval:
        """Return a bootstrap confidence interval of :meth:`top_share`; see :meth:`gini_interval`."""
        return Interval(**self._core.top_share_interval(share, *_drawn(seed, replicates), level))

    def smallest_share_interval(
        self, share: Number, *, seed: int, replicates: int = 1000, level: Number = 0.95
    ) -> Interval:
        """Return a bootstrap confidence interval of :meth:`smallest_share`; see :meth:`gini_interval`."""
        return Interval(**self._core.smallest_share_interval(share, *_drawn(seed, replicates), level))

    def gini_interval(self, *, seed: int, replicates: int = 1000, level: Number = 0.95) -> Interval:
        """Return a bootstrap confidence interval of :meth:`gini`.

        The multinomial bootstrap of Efron 1979 with percentile ends; a row keeps its weight. The same
        seed gives the same bits on any number of processors.

        Parameters
        ----------
        seed : int
            Seed of the random numbers, 0 to 2⁶⁴ − 1.
        replicates : int
            From 2 to 1,000,000.
        level : float or Decimal
            Confidence level, between 0 and 1.
        """
        return Interval(**self._core.gini_interval(*_drawn(seed, replicates), level))


def _drawn(seed: int, replicates: int) -> tuple[int, int]:
    return integer("seed", seed, greatest=2**64 - 1), integer("replicates", replicates)
