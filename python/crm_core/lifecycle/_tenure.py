"""Churn rates and tenure from data."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np

from crm_core import _core
from crm_core._columns import read
from crm_core._options import LARGEST_EXACT, library_name
from crm_core._tables import native
from crm_core.errors import LengthMismatchError
from crm_core.value._codes import check_index, count, counts, truths

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from crm_core._columns import Column

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Churn:
    """A churn rate that was counted, with its Wilson interval.

    Attributes
    ----------
    at_start, lost : int
        Customers at the start of the period, and how many of them were lost during it.
    rate : float
        lost / at_start.
    lower, upper : float
        The ends of the interval.
    """

    at_start: int
    lost: int
    rate: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class ChurnTable:
    """Churn per cohort and over all.

    Attributes
    ----------
    cohorts : list of Churn
        One per cohort, in the order given.
    pooled : Churn
        All cohorts as one.
    """

    cohorts: list[Churn]
    pooled: Churn


def churn_rate(at_start: int, lost: int, confidence: float | Decimal = 0.95) -> Churn:
    """Churn rate of the customers of one period, with the Wilson interval.

    (p̂ + z²/2n ± z·√(p̂(1−p̂)/n + z²/4n²)) / (1 + z²/n). The interval stays within [0, 1] and says something even when
    nobody was lost.

    Parameters
    ----------
    at_start, lost : int
        Customers at the start of the period, and how many of them were lost during it.
    confidence : float
        Level of the interval.

    References
    ----------
    Wilson (1927).

    Examples
    --------
    >>> churn = churn_rate(at_start=50, lost=10)
    >>> churn.rate, round(churn.lower, 4), round(churn.upper, 4)
    (0.2, 0.1124, 0.3304)
    """
    at_start, lost = count("at_start", at_start, LARGEST_EXACT), count("lost", lost, LARGEST_EXACT)
    return Churn(**_core.churn_rate(at_start, lost, confidence))


def churn_rates(at_start: Sequence[int], lost: Sequence[int], confidence: float | Decimal = 0.95) -> ChurnTable:
    """Churn rates of several cohorts, and of all of them pooled, each as by :func:`churn_rate`.

    Examples
    --------
    >>> churn_rates([50, 150], [10, 12]).pooled.rate
    0.11
    """
    check_index(at_start=at_start, lost=lost)
    at_start, lost = counts("at_start", at_start, LARGEST_EXACT), counts("lost", lost, LARGEST_EXACT)
    _same_length("lost", lost, "at_start", at_start)
    cohorts, pooled = _core.churn_rates(at_start, lost, confidence)
    return ChurnTable([Churn(**row) for row in cohorts], Churn(**pooled))


@dataclass(frozen=True, slots=True)
class RestrictedMean:
    """A mean tenure up to a horizon.

    Attributes
    ----------
    mean, standard_error : float
        Expected time up to the horizon, and its standard error.
    horizon : float
        The horizon.
    """

    mean: float
    standard_error: float
    horizon: float


@dataclass(frozen=True, slots=True, eq=False)
class KaplanMeier:
    """The Kaplan–Meier estimate of how long customers stay: one element per distinct time of a loss or last sight.

    Attributes
    ----------
    time : ndarray
        The distinct times, increasing.
    at_risk, lost, censored : ndarray
        Customers under observation just before the time; lost at it; last seen at it.
    survival : ndarray
        Probability to stay longer than the time, S = Π (1 − d/n).
    variance : ndarray
        Greenwood's variance of S; NaN once S is 0, as are ``lower`` and ``upper``.
    lower, upper : ndarray
        The log-log interval.
    confidence : float
        The level of the interval.
    """

    time: NDArray[np.float64]
    at_risk: NDArray[np.int64]
    lost: NDArray[np.int64]
    censored: NDArray[np.int64]
    survival: NDArray[np.float64]
    variance: NDArray[np.float64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    confidence: float
    _core: _core.KaplanMeier = field(repr=False)
    _inputs: tuple[Any, ...] = field(repr=False)

    def __reduce__(self) -> tuple[Any, ...]:
        return (_estimate, self._inputs)

    def table(self, library: str = "pyarrow") -> Any:
        """Give the columns as a DataFrame of "pyarrow", "pandas" or "polars"."""
        return native(self._core.table(), library_name(library))

    @property
    def median(self) -> float | None:
        """The median tenure: the first time with S ≤ 1/2; None if the curve does not come down so far."""
        return self._core.median()

    @property
    def median_interval(self) -> tuple[float | None, float | None]:
        """The times at which the lower and the upper curve come down to 1/2 (Brookmeyer & Crowley 1982)."""
        return self._core.median_interval()

    def quantile(self, probability: float | Decimal) -> float | None:
        """Return the shortest time that at least this part of the customers do not outlast."""
        return self._core.quantile(probability)

    def survival_at(self, time: float) -> float | None:
        """Return the probability to stay longer than ``time``; None where the curve is not known."""
        return self._core.survival_at(time)

    def restricted_mean(self, horizon: float) -> RestrictedMean:
        """Return the mean tenure up to ``horizon``: the area under the curve, with its standard error.

        Raises
        ------
        OutOfRangeError
            For a horizon beyond the last time while customers are left.

        References
        ----------
        Klein & Moeschberger (2003), section 4.5.
        """
        return RestrictedMean(**self._core.restricted_mean(horizon))


def kaplan_meier(
    durations: Column | Sequence[float],
    observed: Column | Sequence[bool],
    *,
    entry: Column | Sequence[float] | None = None,
    confidence: float | Decimal = 0.95,
) -> KaplanMeier:
    """Kaplan–Meier estimate of the tenure, with right-censoring and late entry.

    Parameters
    ----------
    durations : column
        Time of each customer under observation, 0 or more, in any unit.
    observed : column of bool
        Whether the loss of the customer at the end of it was observed, or the customer was only last seen then.
    entry : column, optional
        The age at which each customer came under observation, below the duration. By default all were watched from
        their first day.
    confidence : float
        Level of the pointwise intervals.

    References
    ----------
    Kaplan & Meier (1958); Greenwood (1926); Kalbfleisch & Prentice (1980); Klein & Moeschberger (2003), section 4.6.

    Examples
    --------
    >>> tenure = kaplan_meier([3, 5, 5, 8, 10], [True, True, False, False, True])
    >>> tenure.survival.round(2)
    array([0.8, 0.6, 0.6, 0. ])
    >>> tenure.median
    10.0
    """
    check_index(durations=durations, observed=observed, entry=entry)
    times = _floats("durations", durations)
    flags = truths("observed", observed)
    _same_length("observed", flags, "durations", times)
    entries = None
    if entry is not None:
        entries = _floats("entry", entry)
        _same_length("entry", entries, "durations", times)
    return _estimate(times, flags, entries, confidence)


def _estimate(times: Floats, flags: Floats, entries: Floats | None, confidence: float | Decimal) -> KaplanMeier:
    made = _core.KaplanMeier(times, flags, entries, confidence)
    columns = nw.from_native(native(made.table(), "pyarrow"), eager_only=True)
    arrays: dict[str, Any] = {name: columns[name].to_numpy() for name in columns.columns}
    inputs = (times, flags, entries, confidence)
    return KaplanMeier(**arrays, confidence=float(confidence), _core=made, _inputs=inputs)


def _floats(argument: str, column: Any) -> Floats:
    """Read a column into an array of its own, which later changes of the caller's do not reach."""
    return np.array(read(argument, column).required(argument))


def _same_length(argument: str, column: Any, other: str, expected: Any) -> None:
    if len(column) != len(expected):
        message = f"{argument} is of length {len(column)}: must have length {len(expected)}, as {other}"
        raise LengthMismatchError(message, argument=argument, value=f"of length {len(column)}")
