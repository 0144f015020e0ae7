"""The satisfaction degree C = b / a: what was perceived, over what was expected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from crm_core import _core
from crm_core._columns import read
from crm_core._options import items, member, number, wrong_type
from crm_core.errors import LengthMismatchError
from crm_core.satisfaction._estimates import MeanEstimate, RateEstimate
from crm_core.units import Category
from crm_core.value._codes import check_index

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from crm_core._columns import Number

__all__ = [
    "SatisfactionFacet",
    "SatisfactionSummary",
    "SatisfactionVerdict",
    "satisfaction",
    "satisfaction_verdict",
    "weighted_degrees",
]


class SatisfactionVerdict(Category):
    """How an expectation was met."""

    DISSATISFIED = "dissatisfied"
    MET = "met"
    EXCEEDED = "exceeded"


class SatisfactionFacet(Category):
    """A facet of customer satisfaction: product, service, what is seen, how the company acts, its ideas.

    >>> from crm_core.units import Language
    >>> SatisfactionFacet.IDEA.label(Language.ZH)
    '理念满意'
    """

    PRODUCT = "product"
    SERVICE = "service"
    VISUAL = "visual"
    BEHAVIOUR = "behaviour"
    IDEA = "idea"


def satisfaction_verdict(degree: Number, tolerance: Number) -> SatisfactionVerdict | None:
    """Return the verdict on a degree: met from 1 − tolerance to 1 + tolerance; None for NaN.

    >>> satisfaction_verdict(1.02, 0.05)
    <SatisfactionVerdict.MET: 'met'>
    """
    found = _core.satisfaction_verdict(number("degree", degree), number("tolerance", tolerance))
    return None if found is None else SatisfactionVerdict(found)


@dataclass(frozen=True, slots=True)
class SatisfactionSummary:
    """How satisfied the respondents are with one attribute, or with all of them weighted.

    Attributes
    ----------
    missing : int
        Respondents without an answer; they count for nothing else.
    degree : MeanEstimate
        The degree C = b/a, its mean over the respondents.
    gap : MeanEstimate
        The gap b − a.
    dissatisfied, met, exceeded : RateEstimate
        Whose expectation was not met, was met, was exceeded.
    verdict : SatisfactionVerdict or None
        The verdict on the mean degree; None if nobody answered.
    """

    missing: int
    degree: MeanEstimate
    gap: MeanEstimate
    dissatisfied: RateEstimate
    met: RateEstimate
    exceeded: RateEstimate
    verdict: SatisfactionVerdict | None


def satisfaction(
    expected: Sequence[Any],
    perceived: Sequence[Any],
    weights: Sequence[Number] | None = None,
    *,
    tolerance: Number,
    confidence: Number = 0.95,
) -> SatisfactionSummary:
    """Summarise satisfaction with attributes that weigh differently.

    Of each respondent C = Σ w·b/a and the gap Σ w·(b − a), with weights divided by their sum. For a facet give the
    attributes of that facet; for one attribute a list of one column.

    Parameters
    ----------
    expected : list of columns
        a, greater than 0, one column per attribute; missing where not answered.
    perceived : list of columns
        b, 0 or more, on the same scale.
    weights : list of float, optional
        One per attribute, 0 or more; by default all alike. A respondent who left out an attribute that has a weight is
        missing.
    tolerance : float
        The expectation is met from C = 1 − tolerance to 1 + tolerance.
    confidence : float
        Level of the intervals.

    Raises
    ------
    OutOfRangeError
        For an expectation that is not greater than 0 or a negative perception, with its row.

    Examples
    --------
    >>> found = satisfaction([[8, 5, 4]], [[8, 6, None]], tolerance=0.05)
    >>> found.degree.mean, found.missing, found.verdict
    (1.1, 1, <SatisfactionVerdict.EXCEEDED: 'exceeded'>)
    """
    columns = _attributes(expected, perceived)
    own = _weights(weights, len(columns[0]))
    rows = len(columns[0][0]) if columns[0] else 0
    return _summary(_core.satisfaction(*columns, own, rows, tolerance, confidence))


def satisfaction_by_facet(
    expected: Sequence[Any],
    perceived: Sequence[Any],
    facets: Sequence[SatisfactionFacet | str],
    weights: Sequence[Number] | None = None,
    *,
    tolerance: Number,
    confidence: Number = 0.95,
) -> dict[SatisfactionFacet, SatisfactionSummary]:
    """Summarise satisfaction with the attributes of each facet alone; see :func:`satisfaction`.

    Parameters
    ----------
    facets : list of SatisfactionFacet
        One per attribute. A respondent who left out an attribute of one facet is missing in that one only.

    Returns
    -------
    dict of SatisfactionFacet to SatisfactionSummary
        Of the facets that have attributes, in their order.

    Examples
    --------
    >>> found = satisfaction_by_facet([[8, 5], [4, 4]], [[8, 6], [2, None]], ["service", "product"], tolerance=0.05)
    >>> {str(facet): (summary.degree.mean, summary.missing) for facet, summary in found.items()}
    {'product': (0.5, 1), 'service': (1.1, 0)}
    """
    columns = _attributes(expected, perceived)
    own = _weights(weights, len(columns[0]))
    rows = len(columns[0][0]) if columns[0] else 0
    names = [member("facets", SatisfactionFacet, facet).value for facet in items("facets", facets)]
    found = _core.satisfaction_by_facet(*columns, names, own, rows, tolerance, confidence)
    return {SatisfactionFacet(facet): _summary(parts) for facet, parts in found}


def _summary(found: dict[str, Any]) -> SatisfactionSummary:
    for name in ("degree", "gap"):
        found[name] = MeanEstimate(**found[name])
    for name in ("dissatisfied", "met", "exceeded"):
        found[name] = RateEstimate(**found[name])
    verdict = found.pop("verdict")
    return SatisfactionSummary(verdict=None if verdict is None else SatisfactionVerdict(verdict), **found)


def weighted_degrees(
    expected: Sequence[Any], perceived: Sequence[Any], weights: Sequence[Number] | None = None
) -> NDArray[np.float64]:
    """Return the weighted degree of every respondent; NaN where an attribute that has a weight was not answered.

    >>> weighted_degrees([[8, 5], [4, 4]], [[8, 6], [2, None]], [3, 1]).tolist()
    [0.875, nan]
    """
    columns = _attributes(expected, perceived)
    rows = len(columns[0][0]) if columns[0] else 0
    return np.array(_core.weighted_degrees(*columns, _weights(weights, len(columns[0])), rows))


def _weights(weights: Sequence[Number] | None, count: int) -> list[float]:
    return [1.0] * count if weights is None else [number("weights", weight) for weight in items("weights", weights)]


def _attributes(expected: Sequence[Any], perceived: Sequence[Any]) -> tuple[list[Any], list[Any]]:
    made = columns("expected", expected), columns("perceived", perceived)
    given = {f"expected[{j}]": column for j, column in enumerate(expected)}
    check_index(**given, **{f"perceived[{j}]": column for j, column in enumerate(perceived)})
    if len(made[0]) != len(made[1]):
        message = f"perceived is of length {len(made[1])}: must have length {len(made[0])}, as expected"
        raise LengthMismatchError(message, argument="perceived", value=f"of length {len(made[1])}")
    return made


def columns(argument: str, given: Sequence[Any]) -> list[NDArray[np.float64]]:
    """Read a list of columns, in which values may be missing."""
    if isinstance(given, (str, dict)):
        raise wrong_type(argument, given, "a list of columns")
    return [np.ascontiguousarray(read(argument, column).values) for column in items(argument, given)]
