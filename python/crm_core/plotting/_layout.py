"""Where the boxes of a path diagram stand: in columns by what drives what, on levels that hide few arrows."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    Point = tuple[float, float]
    Arrows = Sequence[tuple[int, int]]

__all__ = ["boundary", "columns", "levels"]

_LEVELS = (-1.0, -0.5, 0.0, 0.5, 1.0)
_NEAR = 0.62
"""An arrow that passes the middle of a box nearer than this, in sizes of the box, is hidden by it."""

_ROOM = 0.3
"""Between two boxes, in sizes of a box: less has no place for an arrow and its label."""


def columns(count: int, arrows: Arrows) -> list[int]:
    """Give each box the length of the longest way that leads to it."""
    column = [0] * count
    for _ in range(count):
        for a, b in arrows:
            column[b] = max(column[b], column[a] + 1)
    return column


def levels(column: Sequence[int], arrows: Arrows, *, step: float, height: float) -> list[float]:
    """Give each box a level from -1 to 1, by changing one at a time while that lowers the cost.

    ``step`` is the distance of two columns in widths of a box, ``height`` the distance from level 0 to 1 in heights of
    one.
    """
    starts = [[(0.0, 1.0, -1.0)[(place + turn) % 3] for place in range(len(column))] for turn in range(3)]
    found = [_descend(list(start), column, arrows, step, height) for start in starts]
    best = min(found, key=lambda level: _cost(level, column, arrows, step, height))
    middle, half = (max(best) + min(best)) / 2, (max(best) - min(best)) / 2 or 1.0
    return [(level - middle) / half for level in best]


def _descend(level: list[float], column: Sequence[int], arrows: Arrows, step: float, height: float) -> list[float]:
    best = _cost(level, column, arrows, step, height)
    while True:
        before = best
        for place in range(len(level)):
            for other in _LEVELS:
                tried = [*level[:place], other, *level[place + 1 :]]
                cost = _cost(tried, column, arrows, step, height)
                if cost < best - 1e-9:
                    level, best = tried, cost
        if best == before:
            return level


def _cost(level: Sequence[float], column: Sequence[int], arrows: Arrows, step: float, height: float) -> float:
    at = [(c * step, y * height) for c, y in zip(column, level, strict=True)]
    cost = sum(60.0 for a, b in combinations(at, 2) if abs(a[0] - b[0]) < 1 and abs(a[1] - b[1]) < 1.15)
    for a, b in arrows:
        cost += 0.15 * abs(at[a][1] - at[b][1])
        cost += 6.0 * (max(abs(at[a][0] - at[b][0]) - 1, abs(at[a][1] - at[b][1]) - 1) < _ROOM)
        for other, middle in enumerate(at):
            if other not in (a, b):
                nearest = _distance(middle, at[a], at[b])
                cost += 40.0 * (nearest < _NEAR) + 2.0 * (nearest < 1.5 * _NEAR)
    for (a, b), (c, d) in combinations(arrows, 2):
        if not {a, b} & {c, d} and _cross(at[a], at[b], at[c], at[d]):
            cost += 3.0
    return cost


def _distance(point: Point, start: Point, end: Point) -> float:
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = dx * dx + dy * dy or 1.0
    part = max(0.0, min(1.0, ((point[0] - start[0]) * dx + (point[1] - start[1]) * dy) / length))
    return float(max(abs(point[0] - start[0] - part * dx), abs(point[1] - start[1] - part * dy)))


def _cross(a: Point, b: Point, c: Point, d: Point) -> bool:
    def side(p: Point, q: Point, r: Point) -> bool:
        return (q[0] - p[0]) * (r[1] - p[1]) > (q[1] - p[1]) * (r[0] - p[0])

    return side(a, b, c) != side(a, b, d) and side(c, d, a) != side(c, d, b)


def boundary(middle: Point, towards: Point, size: Point) -> Point:
    """Give the point of a box at which a line from its middle leaves it."""
    dx, dy = towards[0] - middle[0], towards[1] - middle[1]
    reach = max(abs(dx) / (size[0] / 2), abs(dy) / (size[1] / 2)) or 1.0
    return middle[0] + dx / reach, middle[1] + dy / reach
