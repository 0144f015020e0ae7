"""Cut points on one column: the common ground of tiers, types and scores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crm_core import _core
from crm_core._options import integer, member
from crm_core.units import Category
from crm_core.value._codes import floats, like, numbers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crm_core._columns import Column, Number

__all__ = ["Cuts", "Direction"]


class Direction(Category):
    """Which end of a column is the better one."""

    HIGHER_IS_BETTER = "higher_is_better"
    LOWER_IS_BETTER = "lower_is_better"


@dataclass(frozen=True)
class Cuts:
    """Cut points that split a column into parts, numbered from 0 (the worst).

    A value's part is the number of cut points that it is strictly better than: a value equal to a cut
    point stays below it. Quantile cut points are observed values: never more than 1 − p of the values are
    better than the cut point of p. With many equal values a part may be empty.

    Attributes
    ----------
    thresholds : sequence of float
        The cut points, ascending; at most 254.
    direction : Direction
        Which end is the better one.

    Examples
    --------
    >>> orders = [1, 1, 1, 1, 2, 3, 3, 7, 9, 12]
    >>> cuts = Cuts.equal_parts(orders, 5)
    >>> cuts.thresholds
    (1.0, 1.0, 3.0, 7.0)
    >>> cuts.assign(orders)
    array([0, 0, 0, 0, 2, 2, 2, 3, 4, 4], dtype=uint8)
    """

    thresholds: Sequence[float]
    direction: Direction = Direction.HIGHER_IS_BETTER

    def __post_init__(self) -> None:
        object.__setattr__(self, "thresholds", tuple(self.thresholds))
        object.__setattr__(self, "direction", member("direction", Direction, self.direction))

    @classmethod
    def equal_parts(cls, values: Column, parts: int, direction: Direction = Direction.HIGHER_IS_BETTER) -> Cuts:
        """Find the cut points for ``parts`` parts of equal size, from 2 to 255."""
        found = _core.cuts_equal_parts(floats("values", values), integer("parts", parts), _lower(direction))
        return cls(tuple(found), direction)

    @classmethod
    def quantiles(
        cls, values: Column, shares: Sequence[Number], direction: Direction = Direction.HIGHER_IS_BETTER
    ) -> Cuts:
        """Find the cut points that these shares of the values are at or below, counted from the worst."""
        found = _core.cuts_quantiles(floats("values", values), list(shares), _lower(direction))
        return cls(tuple(found), direction)

    def assign(self, values: Column) -> Any:
        """Return the part of every value, as a column of the same kind."""
        parts = _core.cuts_assign(floats("values", values), list(self.thresholds), _lower(self.direction))
        return like(values, numbers(parts))


def _lower(direction: Direction) -> bool:
    return member("direction", Direction, direction) is Direction.LOWER_IS_BETTER
