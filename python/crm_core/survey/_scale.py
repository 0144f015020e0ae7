"""How well a scale of several items measures one thing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from crm_core import _core
from crm_core._options import number
from crm_core.survey._bootstrap import BootstrapInterval, resampling
from crm_core.survey._reading import columns


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a scale.

    Attributes
    ----------
    mean, standard_deviation : float
        Of the answers.
    item_total : float
        Correlation with the sum of all items.
    item_rest : float or None
        Correlation with the sum of the other items; None where that sum does not vary.
    alpha_if_deleted : float or None
        Alpha without this item; None of a scale of two items.
    loading : float or None
        Loading of the standardised item on the one factor, where omega is determined.
    """

    mean: float
    standard_deviation: float
    item_total: float
    item_rest: float | None
    alpha_if_deleted: float | None
    loading: float | None


@dataclass(frozen=True, slots=True)
class Reliability:
    """What the items of a scale say of its reliability.

    Attributes
    ----------
    rows : int
        Respondents.
    alpha : float
        Cronbach's alpha.
    alpha_lower, alpha_upper : float
        Its interval (Feldt).
    standardized_alpha : float
        Alpha of the standardised items.
    mean_correlation : float
        Mean correlation of two items.
    omega : float or None
        McDonald's omega, where one factor is fitted by maximum likelihood; None with two items, and where a unique
        variance would be 0 or less.
    items : tuple of Item
        In the order of the columns.
    """

    rows: int
    alpha: float
    alpha_lower: float
    alpha_upper: float
    standardized_alpha: float
    mean_correlation: float
    omega: float | None
    items: tuple[Item, ...]


def reliability(items: Any, *, confidence: float = 0.95) -> Reliability:
    """Compute Cronbach's alpha, McDonald's omega and statistics of the items.

    alpha = k / (k - 1) * (1 - sum of item variances / variance of the sum);
    omega = (sum l)^2 / ((sum l)^2 + sum u), with loadings l and unique variances u of one factor.

    Parameters
    ----------
    items : table, mapping or sequence of columns
        One column of answers for each item. Items worded the other way round must be turned round before.
    confidence : float
        Of the interval of alpha.

    Raises
    ------
    OutOfRangeError
        For less than 2 items or 3 rows.
    NoSolutionError
        For an item that does not vary.
    MissingValueError
        For an answer that is missing, with its row.

    References
    ----------
    Cronbach 1951; Feldt, Woodruff & Salih 1987, "Statistical inference for coefficient alpha"; McDonald 1999, "Test
    Theory"; Joreskog 1967.

    Examples
    --------
    >>> found = reliability({"quality": [1, 2, 3, 4], "value": [1, 3, 2, 4]})
    >>> round(found.alpha, 4)
    0.8889
    """
    parts = _core.scale_reliability(columns("items", items), number("confidence", confidence))
    return Reliability(**{**parts, "items": tuple(Item(**item) for item in parts["items"])})


@dataclass(frozen=True, slots=True)
class ItemIntervals:
    """How much the statistics of an item vary from sample to sample.

    Attributes
    ----------
    mean, standard_deviation, item_total : BootstrapInterval
        As in :class:`Item`.
    item_rest, alpha_if_deleted, loading : BootstrapInterval or None
        The same, where the item has them.
    """

    mean: BootstrapInterval
    standard_deviation: BootstrapInterval
    item_total: BootstrapInterval
    item_rest: BootstrapInterval | None
    alpha_if_deleted: BootstrapInterval | None
    loading: BootstrapInterval | None


@dataclass(frozen=True, slots=True)
class ReliabilityIntervals:
    """How much the reliability of a scale varies from sample to sample.

    Attributes
    ----------
    alpha : BootstrapInterval
        Of Cronbach's alpha; unlike Feldt's interval it asks for no normal distribution.
    standardized_alpha, mean_correlation : BootstrapInterval
        As in :class:`Reliability`.
    omega : BootstrapInterval or None
        Of McDonald's omega; samples in which it is not determined are left out.
    items : tuple of ItemIntervals
        In the order of the columns.
    """

    alpha: BootstrapInterval
    standardized_alpha: BootstrapInterval
    mean_correlation: BootstrapInterval
    omega: BootstrapInterval | None
    items: tuple[ItemIntervals, ...]


def reliability_intervals(
    items: Any, *, seed: int, replicates: int = 1000, confidence: float = 0.95
) -> ReliabilityIntervals:
    """Find intervals of all that :func:`reliability` says of a scale by resampling rows.

    Parameters
    ----------
    items : table, mapping or sequence of columns
        As in :func:`reliability`.
    seed : int
        Of the samples: the same seed gives the same numbers.
    replicates : int
        How many samples are drawn.
    confidence : float
        Of the intervals.

    Raises
    ------
    OutOfRangeError, NoSolutionError, MissingValueError
        As in :func:`reliability`; for less than 2 replicates.

    References
    ----------
    Efron & Tibshirani 1993, "An Introduction to the Bootstrap"; Kelley & Pornprasertmanit 2016, "Confidence intervals
    for population reliability coefficients", Psychological Methods 21.

    Examples
    --------
    >>> answers = {"quality": [1, 2, 3, 4, 2, 5], "value": [1, 3, 2, 4, 3, 4]}
    >>> found = reliability_intervals(answers, seed=7)
    >>> found.alpha.lower < found.alpha.estimate < found.alpha.upper
    True
    """
    how = resampling(replicates, confidence, seed)
    parts = _core.scale_reliability_intervals(columns("items", items), how)
    about = tuple(
        ItemIntervals(**{name: _interval(part) for name, part in item.items()}) for item in parts.pop("items")
    )
    return ReliabilityIntervals(**{name: _interval(part) for name, part in parts.items()}, items=about)


def _interval(part: dict[str, Any] | None) -> Any:
    return None if part is None else BootstrapInterval(**part)
