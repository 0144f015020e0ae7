"""Degrees of membership in grades."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crm_core import _core
from crm_core._options import integer, items, member, number
from crm_core.units import Category, Language

if TYPE_CHECKING:
    from collections.abc import Iterable


class Composition(Category):
    """How the memberships of several indices make one.

    ``WEIGHTED_AVERAGE`` sums degrees by weight, so that every index counts; ``MAX_MIN`` and ``MAX_PRODUCT`` take the
    largest of min(weight, degree) and of weight * degree, so that the outstanding index decides.
    """

    WEIGHTED_AVERAGE = "weighted_average"
    MAX_MIN = "max_min"
    MAX_PRODUCT = "max_product"


@dataclass(frozen=True, slots=True)
class GradeScale:
    """The grades of a verdict, best or worst first, and what each counts in a weighted average.

    Attributes
    ----------
    names : tuple of str
        What the grades are called.
    scores : tuple of float
        What they count, rising or falling.
    """

    names: tuple[str, ...]
    scores: tuple[float, ...]

    @classmethod
    def five(cls, language: Language = Language.EN) -> GradeScale:
        """Excellent, good, fair, poor, very poor: 100, 80, 60, 40, 20.

        Examples
        --------
        >>> from crm_core.capability import GradeScale
        >>> from crm_core.units import Language
        >>> GradeScale.five(Language.ZH).names
        ('优秀', '良好', '一般', '较差', '很差')
        """
        names, scores = _core.grade_scale_five(member("language", Language, language))
        return cls(tuple(names), tuple(scores))


def membership_from_votes(votes: Iterable[int]) -> list[float]:
    """Give the share of judges who chose each grade.

    Examples
    --------
    >>> from crm_core.capability import membership_from_votes
    >>> membership_from_votes([3, 5, 2, 0])
    [0.3, 0.5, 0.2, 0.0]
    """
    counts = [integer("votes", vote, row=row) for row, vote in enumerate(items("votes", votes))]
    return _core.membership_from_votes(counts)


def membership_from_measure(value: float, peaks: Iterable[float]) -> list[float]:
    """Grade a measured value.

    It belongs wholly to a grade at its peak, to two neighbours in proportion between their peaks, and to an outer grade
    beyond its peak (triangular membership).

    Parameters
    ----------
    value : float
        The measure.
    peaks : sequence of float
        The value that belongs to each grade alone, rising or falling.

    Raises
    ------
    OutOfRangeError
        For peaks in no order, with the row.

    Examples
    --------
    Days to resolve a complaint: 1 is excellent, 3 is good, 7 is poor.

    >>> from crm_core.capability import membership_from_measure
    >>> membership_from_measure(2.5, peaks=[1, 3, 7])
    [0.25, 0.75, 0.0]
    """
    given = [number("peaks", peak) for peak in items("peaks", peaks)]
    return _core.membership_from_measure(number("value", value), given)
