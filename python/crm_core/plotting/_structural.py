"""Charts of structural models of satisfaction: path diagram, loadings, indices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from crm_core import _format as fmt
from crm_core._words import Words
from crm_core.plotting import _layout
from crm_core.plotting import _style as style
from crm_core.units import Language

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike


def path_diagram(
    labels: Sequence[str],
    paths: Sequence[tuple[int, int]],
    coefficients: ArrayLike,
    *,
    index: ArrayLike | None = None,
    r_squared: ArrayLike | None = None,
    clear: Sequence[bool] | None = None,
    ax: Axes | None = None,
    language: Language = Language.EN,
) -> Axes:
    """Draw constructs and the paths between them, from left to right; on narrow axes from top to bottom.

    Parameters
    ----------
    labels
        What the constructs are called.
    paths
        From which construct to which, by their places.
    coefficients
        One for each path: the stronger, the wider the arrow.
    index
        The index of each construct.
    r_squared
        How much of each construct is explained; NaN for those that nothing drives.
    clear
        Whether each coefficient differs from 0; arrows of those that do not are grey and dashed.
    ax
        The axes to draw on; by default those of a new figure.
    language
        The language of the labels.

    Examples
    --------
    >>> ax = path_diagram(["Quality", "Satisfaction"], [(0, 1)], [0.62], index=[70.1, 68.4])
    >>> [text.get_text() for text in ax.texts]
    ['0.62', 'Quality', '70.1', 'Satisfaction', '68.4']
    """
    words, beta = Words(language), np.asarray(coefficients, float)
    known = [True] * len(paths) if clear is None else list(clear)
    with style.canvas(ax, (11, 5)) as ax:
        ax.set_axis_off()
        width, height = style.extent(ax)
        ax.set(xlim=(0, width), ylim=(0, height))
        narrow = style.is_narrow(ax)
        column = _layout.columns(len(labels), paths)
        steps = max(column)
        across = min(104.0, 0.3 * width) if narrow else min(130.0, 0.7 * width / (steps + 1))
        size = _size_of(labels, across - 6, 10.0 if narrow else 12.0)
        lines = [style.wrapped(label, across - 6, size) for label in labels]
        box = across, 1.15 * size * (max(map(len, lines)) + 1) + 14
        if narrow:
            step, reach = (height - box[1] - 8) / max(steps, 1), (width - box[0]) / 2 - 2
            level = _layout.levels(column, paths, step=step / box[1], height=reach / box[0])
            at = [
                (width / 2 + y * reach, height - 4 - box[1] / 2 - c * step) for c, y in zip(column, level, strict=True)
            ]
        else:
            step, reach = (width - box[0] - 8) / max(steps, 1), (height - box[1]) / 2 - 4
            level = _layout.levels(column, paths, step=step / box[0], height=reach / box[1])
            at = [(4 + box[0] / 2 + c * step, height / 2 + y * reach) for c, y in zip(column, level, strict=True)]
        _arrows(ax, at, box, paths, beta, known)
        for place, (label, (x, y)) in enumerate(zip(lines, at, strict=True)):
            _box(ax, (x, y), box)
            parts = [] if index is None else [fmt.decimal(float(np.asarray(index, float)[place]), 1)]
            explained = float("nan") if r_squared is None else float(np.asarray(r_squared, float)[place])
            if np.isfinite(explained):
                parts.append(words("path_diagram.explained", share=fmt.decimal(explained)))
            middle: dict[str, Any] = {"ha": "center", "va": "center", "zorder": 6}
            shift = 0.6 * size if parts else 0.0
            ax.text(x, y + shift, "\n".join(label), fontsize=size, fontweight="bold", linespacing=1.1, **middle)
            if parts:
                below = y - 0.58 * size * len(label) - 0.1 * size
                ax.text(x, below, " · ".join(parts), fontsize=max(size - 1, 8), color=style.MUTED, **middle)
    return ax


def _size_of(labels: Sequence[str], room: float, size: float) -> float:
    """Give the size of letters at which the longest line has room."""
    widest = style.label_width([line for label in labels for line in style.wrapped(label, room, size)]) * size / 12
    return max(7.5, size * min(1.0, room / widest))


def _box(ax: Axes, at: tuple[float, float], size: tuple[float, float]) -> None:
    corner = (at[0] - size[0] / 2, at[1] - size[1] / 2)
    shape: dict[str, Any] = {"boxstyle": "round,pad=0,rounding_size=7", "mutation_aspect": 1}
    ax.add_patch(
        FancyBboxPatch(corner, *size, facecolor=style.PALE, edgecolor=style.BLUE, linewidth=1.2, zorder=5, **shape)
    )


def _arrows(
    ax: Axes,
    at: Sequence[tuple[float, float]],
    box: tuple[float, float],
    paths: Sequence[tuple[int, int]],
    beta: Any,
    clear: Sequence[bool],
) -> None:
    taken = [(x, y, box[0] / 2 + 18, box[1] / 2 + 8) for x, y in at]
    for (a, b), coefficient, known in sorted(zip(paths, beta, clear, strict=True), key=lambda arrow: abs(arrow[1])):
        start, end = _layout.boundary(at[a], at[b], box), _layout.boundary(at[b], at[a], (box[0] + 4, box[1] + 4))
        color = (style.BLUE if coefficient >= 0 else style.RUST) if known else style.GREY
        ax.add_patch(
            FancyArrowPatch(
                start,
                end,
                arrowstyle="-|>,head_length=6,head_width=3.4",
                linewidth=1.0 + 4.5 * min(abs(coefficient), 1),
                linestyle="solid" if known else (0, (3, 2)),
                color=color,
                shrinkA=0,
                shrinkB=0,
                mutation_scale=1.0,
                zorder=2,
            )
        )
        x, y = _free(start, end, taken)
        taken.append((x, y, 34, 16))
        ink = style.INK if known else style.MUTED
        ax.text(
            x,
            y,
            fmt.decimal(float(coefficient)),
            ha="center",
            va="center",
            fontsize=11,
            fontweight="bold" if known else "normal",
            color=ink,
            zorder=4,
            bbox={"facecolor": style.PAPER, "edgecolor": "none", "pad": 1.2},
        )


def _free(start: Any, end: Any, taken: Sequence[tuple[float, float, float, float]]) -> tuple[float, float]:
    """Give the place on an arrow, near its middle, where a label lies on the fewest others."""

    def at(part: float) -> tuple[float, float]:
        return start[0] + part * (end[0] - start[0]), start[1] + part * (end[1] - start[1])

    def covered(part: float) -> float:
        x, y = at(part)
        return sum(abs(x - a) < w and abs(y - b) < h for a, b, w, h in taken) + 0.1 * abs(part - 0.45)

    return at(min((0.45, 0.4, 0.5, 0.35, 0.55, 0.3, 0.6, 0.25, 0.66, 0.72), key=covered))


def loadings(
    groups: Sequence[str],
    labels: Sequence[str],
    values: ArrayLike,
    *,
    ax: Axes | None = None,
) -> Axes:
    """Draw the loading of each indicator, by construct; those below 0.7 share less than half of their variance with it.

    Parameters
    ----------
    groups
        The construct of each indicator; indicators of one construct stand together.
    labels
        What the indicators are called.
    values
        Their loadings.
    ax
        The axes to draw on; by default those of a new figure.

    Examples
    --------
    >>> ax = loadings(["Quality", "Quality"], ["q1", "q2"], [0.9, 0.6])
    >>> [text.get_text() for text in ax.texts]
    ['Quality', '0.90', '0.60', '0.7']
    """
    x = np.asarray(values, float)
    heads = [place for place, group in enumerate(groups) if place == 0 or group != groups[place - 1]]
    rows = np.cumsum([1.0 + 1.2 * (place in heads) for place in range(len(labels))])
    with style.canvas(ax, (9, 0.36 * (float(rows[-1]) + 1))) as ax:
        strong = np.abs(x) >= 0.7
        ax.barh(rows, x, height=0.62, color=np.where(strong, style.BLUE, style.SKY))
        low = min(0.0, float(x.min(initial=0)) * 1.15)
        for place in heads:
            group = groups[place]
            ax.text(low, rows[place] - 1.05, group, fontweight="bold", va="center", color=style.DEEP)
        for row, value in zip(rows, x, strict=True):
            ax.text(max(value, 0) + 0.015, row, fmt.decimal(float(value)), va="center", fontsize=11)
        # Down to the last bar, and not through the number below it.
        ax.vlines(0.7, 0.3, rows[-1] + 0.6, color=style.INK, linewidth=1, linestyle=(0, (3, 3)))
        ax.text(0.7, rows[-1] + 0.75, "0.7", ha="center", va="top", color=style.MUTED, fontsize=11)
        ax.set_yticks(rows, labels, color=style.INK)
        ax.set(xlim=(low, 1.12), ylim=(float(rows[-1]) + 1.2, 0.3), xticks=[])
        ax.spines["bottom"].set_visible(False)
    return ax


def index_intervals(
    labels: Sequence[str],
    index: ArrayLike,
    lower: ArrayLike | None = None,
    upper: ArrayLike | None = None,
    *,
    marked: int | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw indices from 0 to 100, with their intervals where they are known.

    Parameters
    ----------
    labels
        What has an index, from top to bottom.
    index, lower, upper
        The indices, and the ends of their intervals.
    marked
        The place of the one that matters most.
    ax
        The axes to draw on; by default those of a new figure.

    Examples
    --------
    >>> ax = index_intervals(["Quality", "Satisfaction"], [70.1, 68.4], [68.0, 66.3], [72.2, 70.4], marked=1)
    >>> [text.get_text() for text in ax.texts]
    ['70.1', '68.4']
    """
    value = np.asarray(index, float)
    low = value if lower is None else np.asarray(lower, float)
    high = value if upper is None else np.asarray(upper, float)
    rows = np.arange(len(labels))[::-1]
    with style.canvas(ax, (9, 0.5 * len(labels) + 0.8)) as ax:
        ax.hlines(rows, 0, 100, color=style.GRID, linewidth=1, zorder=0)
        for place, row in enumerate(rows):
            color = style.DEEP if place == marked else style.BLUE
            ax.plot([low[place], high[place]], [row, row], color=color, linewidth=7, alpha=0.35, solid_capstyle="butt")
            ax.plot([value[place]], [row], "o", color=color, markersize=9, markeredgecolor=style.PAPER)
            weight = "bold" if place == marked else "normal"
            ax.annotate(
                fmt.decimal(float(value[place]), 1),
                (max(high[place], value[place]), row),
                xytext=(9, 0),
                textcoords="offset points",
                va="center",
                fontweight=weight,
            )
        ax.set_yticks(rows, labels, color=style.INK)
        ax.set(xlim=(0, 104), ylim=(-0.6, len(labels) - 0.4))
        ax.set_xticks([0, 25, 50, 75, 100])
    return ax
