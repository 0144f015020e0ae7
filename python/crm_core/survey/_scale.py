"""How well a scale of several items measures one thing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from crm_core import _core
from crm_core._options import number
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
