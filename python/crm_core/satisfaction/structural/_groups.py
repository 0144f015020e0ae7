"""Two groups of respondents beside each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crm_core._options import LARGEST_COUNT, LARGEST_INDEX, integer
from crm_core._progress import watched
from crm_core.errors import NotFoundError, OutOfRangeError
from crm_core.satisfaction.structural._reading import numbered

if TYPE_CHECKING:
    from collections.abc import Callable

    from crm_core.satisfaction.structural._fit import StructuralFit


@dataclass(frozen=True, slots=True, eq=False)
class GroupComparison:
    """How two groups of respondents differ: made by :meth:`StructuralFit.compare_groups`.

    Attributes
    ----------
    first, second : object
        The groups.
    paths : table
        ``driver``, ``construct``; the coefficient in the ``first`` and in the ``second`` group; ``p_value``, the share
        of the permutations, with the groups as they are among them, whose difference is at least as large.
    invariance : table
        For each ``construct``: the ``correlation``, over all respondents, of the composites with the weights of either
        group; ``least``, the 5 % quantile of the permutations, below which it is not measured alike; ``correlation_p``,
        the share of the permutations with a correlation as low. The ``mean_difference`` of the scores, first less
        second, and the ``log_variance_ratio``, first over second, with the shares ``mean_p`` and ``variance_p`` of the
        permutations with at least as large ones.
    kept, dropped : int
        Permutations that gave an estimate in both groups, and those that did not.
    """

    first: Any
    second: Any
    paths: Any
    invariance: Any
    kept: int
    dropped: int

    def __repr__(self) -> str:
        return f"GroupComparison of {self.first!r} and {self.second!r} by {self.kept} permutations"


def compare(
    fit: StructuralFit,
    by: Any,
    first: Any,
    second: Any,
    permutations: int,
    seed: int,
    progress: Callable[[int], object] | bool,
) -> GroupComparison:
    """See :meth:`StructuralFit.compare_groups`."""
    count = integer("permutations", permutations, 0, LARGEST_INDEX)
    chosen = integer("seed", seed, 0, LARGEST_COUNT)
    _, values = fit._segments(by)
    groups = numbered(values)[0]
    one, other = _two_of(groups, first, second)
    if len(groups) > 2:
        fit, values = fit._among(values, {one, other})
    in_second = [value == other for value in values]
    with watched(count, "permutations", progress) as told:
        found = fit._core_fit.compare_groups(fit._answers, in_second, count, chosen, told)
    paths = fit.model.paths
    ends = {"driver": [path.driver for path in paths], "construct": [path.construct for path in paths]}
    return GroupComparison(
        one,
        other,
        fit._table(ends | found["paths"]),
        fit._table({"construct": fit._names} | found["invariance"]),
        found["kept"],
        found["dropped"],
    )


def _two_of(groups: list[Any], first: Any, second: Any) -> tuple[Any, Any]:
    if first is None and second is None:
        if len(groups) != 2:
            shown = ", ".join(map(repr, groups[:10]))
            message = f"by has {len(groups)} groups ({shown}): say which two are compared (first, second)"
            raise OutOfRangeError(message, argument="by", value=str(len(groups)))
        return groups[0], groups[1]
    for argument, group in (("first", first), ("second", second)):
        if group not in groups:
            message = f"{argument} is {group!r}: must be one of {', '.join(map(repr, groups[:10]))}"
            raise NotFoundError(message, argument=argument, value=repr(group))
    if first == second:
        message = f"second is {second!r}: must be another group than the first"
        raise OutOfRangeError(message, argument="second", value=repr(second))
    return first, second
