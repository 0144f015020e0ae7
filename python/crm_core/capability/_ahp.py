"""Weights from comparisons in pairs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from crm_core import _core
from crm_core._options import items, member, number
from crm_core.errors import LengthMismatchError
from crm_core.units import Category

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray


class RandomIndex(Category):
    """The mean consistency index of random judgements, for consistency ratios; published tables differ."""

    SAATY1980 = "saaty1980"
    SAATY2005 = "saaty2005"
    ALONSO_LAMATA2006 = "alonso_lamata2006"


@dataclass(frozen=True, slots=True)
class Judgement:
    """One judgement and what the weights imply in its place.

    Attributes
    ----------
    row, column : int
        The criterion that is compared, and the one that it is compared with, from 0.
    given : float
        How many times the first outweighs the second, as it was judged; 1 or more.
    implied : float
        The ratio of their weights.
    """

    row: int
    column: int
    given: float
    implied: float


@dataclass(frozen=True, slots=True, eq=False)
class Priorities:
    """The weights of criteria, and how far the judgements contradict each other.

    Attributes
    ----------
    weights : numpy.ndarray
        The principal eigenvector, all positive, of sum 1.
    lambda_max : float
        Its eigenvalue: the number of criteria n for judgements without contradiction, else more.
    consistency_index : float
        CI = (lambda_max - n) / (n - 1).
    consistency_ratio : float
        CR = CI / random index; 0 for one and two criteria.
    random_index : RandomIndex
        The table of the random index.
    is_consistent : bool
        Whether CR is at most 0.1.
    worst : Judgement or None
        The judgement that is farthest, by ratio, from what the weights imply: the one to revise first.
    """

    weights: NDArray[np.float64]
    lambda_max: float
    consistency_index: float
    consistency_ratio: float
    random_index: RandomIndex
    is_consistent: bool
    worst: Judgement | None


def ahp(judgements: Any, *, random_index: RandomIndex = RandomIndex.SAATY1980) -> Priorities:
    """Find the weights of criteria from comparisons in pairs (analytic hierarchy process).

    Parameters
    ----------
    judgements : array_like
        A square table: how many times the criterion of the row outweighs that of the column. Saaty's scale is 1 equal,
        3 moderate, 5 strong, 7 very strong, 9 extreme. What lies below the diagonal must be 1 / its counterpart to six
        digits.
    random_index : RandomIndex, optional
        The table that the consistency ratio is measured by.

    Returns
    -------
    Priorities

    Raises
    ------
    LengthMismatchError
        For a table that is not square.
    OutOfRangeError
        For a judgement that is no ratio or does not agree with its counterpart, with its row; for more criteria than
        the table has.

    Notes
    -----
    Source: Saaty, "The Analytic Hierarchy Process", 1980.

    Examples
    --------
    Price against service against brand:

    >>> from crm_core.capability import ahp
    >>> found = ahp([[1, 3, 5], [1 / 3, 1, 3], [1 / 5, 1 / 3, 1]])
    >>> found.weights.round(3)
    array([0.637, 0.258, 0.105])
    >>> round(found.consistency_ratio, 3)
    0.033
    """
    table = member("random_index", RandomIndex, random_index)
    entries, criteria = _square("judgements", judgements)
    parts = _core.ahp_priorities(entries, criteria, table)
    worst = parts.pop("worst")
    return Priorities(
        **parts | {"weights": np.array(parts["weights"])},
        random_index=table,
        worst=None if worst is None else Judgement(*worst),
    )


def group_judgements(members: Iterable[Any], weights: Iterable[float] | None = None) -> NDArray[np.float64]:
    """Join the judgements of several people: the geometric mean, which alone keeps reciprocal judgements reciprocal.

    Parameters
    ----------
    members : sequence of array_like
        One square table each, as :func:`ahp` takes it.
    weights : sequence of float, optional
        What each member counts, of sum 1. All count the same without it.

    Returns
    -------
    numpy.ndarray
        The table of the group.

    Notes
    -----
    Source: Aczél & Saaty 1983.

    Examples
    --------
    >>> from crm_core.capability import group_judgements
    >>> group_judgements([[[1, 2], [1 / 2, 1]], [[1, 8], [1 / 8, 1]]])
    array([[1.  , 4.  ],
           [0.25, 1.  ]])
    """
    tables = [_square("members", table) for table in items("members", members)]
    criteria = tables[0][1] if tables else 0
    shares = [1 / len(tables)] * len(tables) if weights is None else [number("weights", w) for w in weights]
    joint = _core.ahp_group([entries for entries, _ in tables], criteria, shares)
    return np.array(joint).reshape(criteria, criteria)


def _square(argument: str, table: Any) -> tuple[list[float], int]:
    """Give the entries of a square table, row by row, and its size."""
    rows = [
        items(argument, row) for row in (table.to_numpy() if hasattr(table, "to_numpy") else items(argument, table))
    ]
    for place, row in enumerate(rows):
        if len(row) != len(rows):
            message = f"{argument} (row {place}) is of length {len(row)}: must have length {len(rows)}"
            raise LengthMismatchError(message, argument=argument, row=place, value=f"of length {len(row)}")
    return [number(argument, entry) for row in rows for entry in row], len(rows)
