"""What is known of a value: its derivatives, its standard error, what to measure better, bands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from crm_core import _core
from crm_core._options import number, optional_number
from crm_core.clv._customer_table import read_array
from crm_core.units import Category

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from numpy.typing import NDArray

    from crm_core._columns import Number

    Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Gradient:
    """V and its derivatives by every input.

    Attributes
    ----------
    value : float
        V itself.
    transition : array, k x k
        ``dV/dP_ab``: entry (a, b) alone changes, though its row then no longer sums to one.
    transition_along_simplex : array, k x k
        The same when the other entries of row a give way in proportion to their size:
        ``(dV/dP_ab - sum over c of P_ac dV/dP_ac) / (1 - P_ab)``. Where P_ab is 1 the others gain or lose alike.
    discount_rate, purchases_per_period, purchases : float
        ``dV/dr``, ``dV/df``, ``dV/dF``. F of a portfolio is 1; it scales the purchases of all.
    shares, contribution : array of k numbers
        ``dV/dS_0``, each share alone, and ``dV/dpi``.
    """

    value: float
    transition: Floats
    transition_along_simplex: Floats
    discount_rate: float
    purchases_per_period: float
    shares: Floats
    purchases: float
    contribution: Floats


@dataclass(frozen=True, slots=True)
class InputDoubts:
    """What is not known exactly beside P; by default all is.

    Attributes
    ----------
    discount_rate_sd : float
        The standard deviation of r.
    shares_known_by : float, optional
        The purchases from which the present shares were estimated, n: they are Dirichlet with parameters ``n S_0``,
        whose covariance is ``(diag(S_0) - S_0 S_0') / (n + 1)``.
    contribution_sd : sequence of k numbers
        The standard deviation of every contribution, which are independent; none where they are known.
    """

    discount_rate_sd: float = 0.0
    shares_known_by: float | None = None
    contribution_sd: Sequence[float] = field(default=())

    def _values(self) -> tuple[float, float | None, list[float]]:
        known_by = optional_number("shares_known_by", self.shares_known_by)
        deviations = read_array("contribution_sd", self.contribution_sd).tolist() if len(self.contribution_sd) else []
        return number("discount_rate_sd", self.discount_rate_sd), known_by, deviations


@dataclass(frozen=True, slots=True)
class StandardError:
    """The standard error of V, and where it comes from.

    Attributes
    ----------
    value : float
        V at the estimates.
    standard_error : float
        The root of the sum of all variances below.
    row_variance : array of k numbers
        The part of the variance of V that each row of P brings.
    discount_rate_variance, shares_variance, contribution_variance : float
        The parts of r, S_0 and the contributions.
    """

    value: float
    standard_error: float
    row_variance: Floats
    discount_rate_variance: float
    shares_variance: float
    contribution_variance: float

    def interval(self, level: Number = 0.95) -> tuple[float, float]:
        """Give where V lies with probability ``level`` if it is about normal: value -+ z * standard error."""
        return _core.normal_interval_of(self.value, self.standard_error, level)


class LeverInput(Category):
    """An input of the value of brands: P_ab, S_0a, pi_a, F, r."""

    TRANSITION = "transition"
    SHARE = "share"
    CONTRIBUTION = "contribution"
    PURCHASES = "purchases"
    DISCOUNT_RATE = "discount_rate"


@dataclass(frozen=True, slots=True)
class Lever:
    """What one input does to V.

    Attributes
    ----------
    input : LeverInput
        Which input.
    brand : name, int or None
        a, the brand of ``P_ab``, ``S_0a`` or ``pi_a``; None for purchases and discount rate.
    next_brand : name, int or None
        b, the brand bought next, of ``P_ab``.
    base : float
        x, what the input is now.
    derivative : float
        ``dV/dx``. Of probabilities and shares the others of their row give way in proportion to their size.
    effect : float
        ``x dV/dx``: a hundredth of it is what V gains if x grows by one percent.
    elasticity : float
        ``x dV/dx / V``, the percentage that V gains for one percent of x; NaN where V is 0.
    """

    input: LeverInput
    brand: Hashable | None
    next_brand: Hashable | None
    base: float
    derivative: float
    effect: float
    elasticity: float


@dataclass(frozen=True, slots=True)
class RowRank:
    """What one row of P, and more purchases of its brand, do to the standard error of V.

    Attributes
    ----------
    brand : name or int
        The brand whose buyers the row follows.
    variance, variance_share : float
        ``V_a``, the part of the variance of V that the row brings, and its share of all rows.
    known_by : float
        ``m_a``, the purchases that the row is known by.
    variance_reduction : float
        ``V_a / m_a``: the variance that one more observed purchase of the brand is expected to take away.
    error_reduction : float
        ``V_a / (2 m_a sqrt(Var V))``: the same for the standard error.
    """

    brand: Hashable
    variance: float
    variance_share: float
    known_by: float
    variance_reduction: float
    error_reduction: float


@dataclass(frozen=True, slots=True)
class EntryRank:
    """What one entry of P does to V and to its standard error.

    Attributes
    ----------
    origin, to : name or int
        The brand bought now, a, and the brand bought next, b.
    variance, variance_share : float
        ``P_ab (dV/dP_ab - sum over c of P_ac dV/dP_ac)^2 / m_a``, which sum to the variance of the row, and its share
        of all rows.
    elasticity, elasticity_along_simplex : float
        ``P_ab / V`` times the derivative of the entry alone, and along the simplex; NaN where V is 0.
    """

    origin: Hashable
    to: Hashable
    variance: float
    variance_share: float
    elasticity: float
    elasticity_along_simplex: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """Which part of P is worth measuring better; the most rewarding comes first.

    Attributes
    ----------
    standard_error : float
        The standard error of V that comes from P alone.
    rows : list of RowRank
        Sorted by what another observed purchase of the brand tells.
    entries : list of EntryRank
        Sorted by their part of the variance.
    """

    standard_error: float
    rows: list[RowRank]
    entries: list[EntryRank]


@dataclass(frozen=True, slots=True)
class Summary:
    """What the draws of V say: mean, standard deviation (with n - 1) and the quantiles that were asked for."""

    mean: float
    standard_deviation: float
    quantiles: Floats


@dataclass(frozen=True, slots=True)
class Bands:
    """V of the purchases up to each period, over all draws.

    Attributes
    ----------
    probabilities : array of q numbers
        What was asked for.
    mean, standard_deviation : array of T + 1 numbers
        One for each period t = 0, ..., T.
    quantiles : array, (T + 1) x q
        One row for each period.
    """

    probabilities: Floats
    mean: Floats
    standard_deviation: Floats
    quantiles: Floats
