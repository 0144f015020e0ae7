"""Charts of customer value: concentration, tiers, four types, RFM."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.patches import Rectangle

from crm_core import _format as fmt
from crm_core._words import Words
from crm_core.plotting import _style as style
from crm_core.plotting._scale import Asinh
from crm_core.units import Language

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]


def concentration_curve(
    customers: ArrayLike,
    value: ArrayLike,
    *,
    marks: Sequence[tuple[float, float]] = (),
    gini: float | None = None,
    measure: str | None = None,
    ax: Axes | None = None,
    language: Language = Language.EN,
) -> Axes:
    """Draw the cumulative share of value over the cumulative share of customers, best customers first.

    Parameters
    ----------
    customers, value
        The points of the curve, from (0, 0) to (1, 1). With losses the curve rises above 1.
    marks
        Points (share of customers, share of value) to label; those below 3 % of the customers are left out.
    gini
        The Gini coefficient, written into the chart.
    measure
        What value is, for example ``"profit"``; revenue by default.
    ax
        The axes to draw on; by default those of a new figure.
    language
        The language of the labels.

    Examples
    --------
    >>> ax = concentration_curve([0, 0.2, 1], [0, 0.8, 1], marks=[(0.2, 0.8)], gini=0.6)
    >>> [text.get_text() for text in ax.texts][0]
    'best 20% bring 80.0%'
    """
    words = Words(language)
    x, y = np.asarray(customers, float), np.asarray(value, float)
    with style.canvas(ax, (8, 6)) as ax:
        _beside_equality(ax, x, y)
        for share, held in marks:
            if share < 0.03:
                continue  # the label would lie on the diagonal
            ax.plot([share], [held], "o", color=style.DEEP, markersize=7, markeredgecolor=style.PAPER)
            key = "concentration_curve.mark_short" if style.is_narrow(ax) else "concentration_curve.mark"
            text = words(key, top=fmt.percent(share, 0), held=fmt.percent(held))
            ax.annotate(
                text,
                (share, held),
                xytext=(10, -4),
                textcoords="offset points",
                va="top",
                fontweight="bold",
                color=style.DEEP,
            )
        width, height = style.extent(ax)
        ax.text(
            0.62,
            0.585,
            words("concentration_curve.equality"),
            rotation=float(np.degrees(np.arctan2(height, width))),
            rotation_mode="anchor",
            ha="center",
            va="top",
            color=style.MUTED,
            fontsize=11,
        )
        if gini is not None:
            text = words("concentration_curve.gini", gini=fmt.decimal(gini))
            ax.text(0.98, 0.06, text, ha="right", fontsize=13, fontweight="bold")
        low, high = min(0.0, float(y.min(initial=0))), max(1.0, float(y.max(initial=1)))
        ax.set(xlim=(0, 1), ylim=(low, 1.02 * high))
        ax.set_xlabel(words("concentration_curve.x"))
        _label_shares(ax, words, measure)
    return ax


def lorenz_curve(
    customers: ArrayLike,
    value: ArrayLike,
    *,
    gini: float | None = None,
    measure: str | None = None,
    ax: Axes | None = None,
    language: Language = Language.EN,
) -> Axes:
    """Draw the Lorenz curve: the cumulative share of value over that of the customers, worst customers first.

    Parameters
    ----------
    customers, value
        The points of the curve, from (0, 0) to (1, 1). With losses the curve falls below 0.
    gini
        The Gini coefficient, written into the chart.
    measure
        What value is, for example ``"profit"``; revenue by default.
    ax
        The axes to draw on; by default those of a new figure.
    language
        The language of the labels.

    Examples
    --------
    >>> from crm_core.value import Concentration
    >>> curve = Concentration([50.0, -20.0, 30.0, 0.0, 40.0]).lorenz()
    >>> ax = lorenz_curve(curve.customers, curve.profit)
    >>> ax.get_xlabel()
    'Customers, worst first'
    """
    words = Words(language)
    x, y = np.asarray(customers, float), np.asarray(value, float)
    with style.canvas(ax, (7, 6)) as ax:
        _beside_equality(ax, x, y)
        if y.min(initial=0.0) < 0:
            ax.axhline(0, color=style.GREY, linewidth=1)
        if gini is not None:
            text = words("concentration_curve.gini", gini=fmt.decimal(gini))
            ax.text(0.04, 0.94, text, fontsize=13, fontweight="bold", va="top")
        low = float(y.min(initial=0.0))
        ax.set(xlim=(0, 1), ylim=(low - 0.02 * (low < 0), 1.02))
        ax.set_xlabel(words("lorenz_curve.x"))
        _label_shares(ax, words, measure)
    return ax


def _beside_equality(ax: Axes, x: Floats, y: Floats) -> None:
    ax.plot([0, 1], [0, 1], color=style.GREY, linewidth=1.4, linestyle=(0, (4, 4)))
    ax.fill_between(x, x, y, color=style.PALE)
    ax.plot(x, y, color=style.BLUE, linewidth=2.6)


def _label_shares(ax: Axes, words: Words, measure: str | None) -> None:
    ax.set_ylabel(words("concentration_curve.y", measure=measure or words("measure.revenue")))
    ticks = np.linspace(0, 1, 6)
    labels = [fmt.percent(tick, 0) for tick in ticks]
    ax.set_xticks(ticks, labels)
    ax.set_yticks(ticks, labels)
    ax.grid(axis="y")


def pyramid(
    labels: Sequence[str],
    customers: ArrayLike,
    value: ArrayLike,
    *,
    measure: str | None = None,
    ax: Axes | None = None,
    language: Language = Language.EN,
) -> Axes:
    """Draw two pyramids back to back: each group's share of customers (left) and of value (right).

    Parameters
    ----------
    labels
        The names of the groups, best group first: it stands on top.
    customers, value
        Shares of the customers and of their value, 0 to 1; a share of value may be negative.
    measure
        What value is, for example ``"profit"``; revenue by default.
    ax
        The axes to draw on; by default those of a new figure.
    language
        The language of the labels.

    Examples
    --------
    >>> ax = pyramid(["VIP", "Small"], [0.01, 0.99], [0.3, 0.7])
    >>> len(ax.patches)
    4
    """
    words = Words(language)
    left, right = np.asarray(customers, float), np.asarray(value, float)
    rows = np.arange(len(labels))[::-1]
    ranks = np.linspace(0, len(style.RANKS) - 1, len(labels)).round().astype(int)
    colors = [style.RANKS[rank] for rank in ranks]
    with style.canvas(ax, (9, 4)) as ax:
        reach = max(float(left.max(initial=0)), float(right.max(initial=0)), 0.01)
        across, room = style.extent(ax)[0], style.label_width(labels) / 2 + 8
        gap = 2.5 * reach * room / max(across - 2 * room, room)
        ax.barh(rows, -left, left=-gap, color=colors, height=0.72)
        ax.barh(rows, right, left=gap, color=colors, height=0.72)
        for row, label, a, b in zip(rows, labels, left, right, strict=True):
            ax.text(0, row, label, ha="center", va="center", fontweight="bold")
            ax.text(-gap - a - 0.02 * reach, row, fmt.percent(a), ha="right", va="center")
            ax.text(gap + max(b, 0) + 0.02 * reach, row, fmt.percent(b), ha="left", va="center")
        top = len(labels) - 0.35
        value_label = words("shares.value", measure=measure or words("measure.revenue"))
        ax.text(-gap, top, words("shares.customers"), ha="right", color=style.MUTED)
        ax.text(gap, top, value_label, ha="left", color=style.MUTED)
        ax.set(xlim=(-gap - 1.25 * reach, gap + 1.25 * reach), ylim=(-0.5, top + 0.4), xticks=[], yticks=[])
        ax.spines["bottom"].set_visible(False)
    return ax


def share_bars(
    labels: Sequence[str],
    customers: ArrayLike,
    value: ArrayLike,
    *,
    measure: str | None = None,
    ax: Axes | None = None,
    language: Language = Language.EN,
) -> Axes:
    """Draw one row per group: a pale bar for its share of customers, a dark one for its share of value.

    Parameters
    ----------
    labels
        The names of the groups, from top to bottom.
    customers, value
        Shares of the customers and of their value, 0 to 1; a share of value may be negative.
    measure
        What value is, for example ``"profit"``; revenue by default.
    ax
        The axes to draw on; by default those of a new figure.
    language
        The language of the labels.

    Examples
    --------
    >>> ax = share_bars(["Champions", "At risk"], [0.2, 0.8], [0.7, 0.3])
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['Champions', 'At risk']
    """
    words = Words(language)
    a, b = np.asarray(customers, float), np.asarray(value, float)
    rows = np.arange(len(labels))[::-1]
    with style.canvas(ax, (9, 0.5 * len(labels) + 1)) as ax:
        ax.barh(rows + 0.19, a, height=0.34, color=style.SKY)
        ax.barh(rows - 0.19, b, height=0.34, color=style.DEEP)
        reach = max(float(a.max(initial=0)), float(b.max(initial=0)), 0.01)
        for row, x, y in zip(rows, a, b, strict=True):
            small: dict[str, Any] = {"va": "center", "fontsize": 10.5}
            ax.text(x + 0.01 * reach, row + 0.19, fmt.percent(x), color=style.MUTED, **small)
            ax.text(max(y, 0) + 0.01 * reach, row - 0.19, fmt.percent(y), fontweight="bold", **small)
        ax.set_yticks(rows, labels, color=style.INK)
        ax.set(xlim=(min(0.0, float(b.min(initial=0))), 1.15 * reach), ylim=(-0.6, len(labels) - 0.4), xticks=[])
        value_label = words("shares.value", measure=measure or words("measure.revenue"))
        style.legend(ax, [(words("shares.customers"), style.SKY), (value_label, style.DEEP)])
        ax.spines["bottom"].set_visible(False)
    return ax


def types_map(
    current: ArrayLike,
    potential: ArrayLike,
    *,
    current_cut: float,
    potential_cut: float,
    labels: Mapping[str, str],
    ax: Axes | None = None,
    language: Language = Language.EN,
) -> Axes:
    """Draw where the customers stand on current × potential value, with the cuts between the four types.

    Both axes are linear near 0 and logarithmic far from it, so that zero and losses have a place. Neighbours share
    a dot at their centre of gravity, whose area grows with their number: the map reads alike for a thousand
    customers and for millions.

    Parameters
    ----------
    current, potential
        Values per customer.
    current_cut, potential_cut
        Values above these are high.
    labels
        What each corner is called, by the names ``golden``, ``meteor``, ``stream``, ``burden``.
    ax
        The axes to draw on; by default those of a new figure.
    language
        The language of the labels.

    Examples
    --------
    >>> names = {"golden": "Golden", "meteor": "Meteor", "stream": "Stream", "burden": "Burden"}
    >>> ax = types_map([0, 5, 90, 100], [1, 60, 2, 80], current_cut=20, potential_cut=10, labels=names)
    >>> ax.get_xlabel()
    'Current value'
    """
    words = Words(language)
    now, more = np.asarray(current, float), np.asarray(potential, float)
    across, up = Asinh(now, current_cut), Asinh(more, potential_cut)
    x, cut_x = across.places(now), across.place(current_cut)
    y, cut_y = up.places(more), up.place(potential_cut)
    (left, right), (bottom, top) = across.span(x, including=cut_x), up.span(y, including=cut_y)
    with style.canvas(ax, (9, 6)) as ax:
        bins = 26 if style.is_narrow(ax) else 44
        cx, cy, n = _dots(x, y, (left, right), (bottom, top), bins)
        area = 6 + 1.3 * (style.extent(ax)[0] / bins) ** 2 * np.sqrt(n / n.max(initial=1))
        for name, high_x, high_y in (("golden", 1, 1), ("meteor", 1, 0), ("stream", 0, 1), ("burden", 0, 0)):
            x_ends, y_ends = ((left, cut_x), (cut_x, right))[high_x], ((bottom, cut_y), (cut_y, top))[high_y]
            corner, size = (x_ends[0], y_ends[0]), (x_ends[1] - x_ends[0], y_ends[1] - y_ends[0])
            ax.add_patch(Rectangle(corner, *size, facecolor=style.TYPES[name], alpha=0.07, zorder=0))
            here = ((cx > cut_x) == bool(high_x)) & ((cy > cut_y) == bool(high_y))
            ax.scatter(cx[here], cy[here], s=area[here], color=style.TYPES[name], alpha=0.75, linewidth=0)
            ax.text(
                (left, right)[high_x],
                (bottom, top)[high_y],
                labels[name],
                ha=("left", "right")[high_x],
                va=("top", "bottom")[high_y],
                fontsize=13,
                fontweight="bold",
                color=style.TYPE_TEXT[name],
            )
        cut_line: dict[str, Any] = {"color": style.INK, "linewidth": 1, "linestyle": (0, (3, 3))}
        ax.axvline(cut_x, **cut_line)
        ax.axhline(cut_y, **cut_line)
        ax.set(xlim=(left, right), ylim=(bottom, top))
        ax.set_xlabel(words("types_map.x"))
        ax.set_ylabel(words("types_map.y"))
        across.set_ticks(ax.set_xticks, left, right, language)
        up.set_ticks(ax.set_yticks, bottom, top, language)
        ax.tick_params(axis="x", pad=24)
        ax.spines["bottom"].set_visible(False)
    return ax


def rfm_grid(
    customers: ArrayLike,
    value: ArrayLike,
    *,
    ax: Axes | None = None,
    language: Language = Language.EN,
) -> Axes:
    """Draw a heat map of frequency over recency scores: customers per cell, and the cell's share of value as colour.

    Parameters
    ----------
    customers, value
        Matrices with one row per recency score and one column per frequency score, lowest first.
    ax
        The axes to draw on; by default those of a new figure.
    language
        The language of the labels.

    Examples
    --------
    >>> ax = rfm_grid([[9, 1], [2, 8]], [[10.0, 20.0], [30.0, 40.0]])
    >>> [text.get_text() for text in ax.texts][-2:]
    ['8', '40.0%']
    """
    words = Words(language)
    n, v = np.asarray(customers, float).T, np.asarray(value, float).T
    share = v / v.sum() if v.sum() > 0 else np.zeros_like(v)
    peak = float(share.max(initial=0)) or 1.0
    with style.canvas(ax, (8, 5)) as ax:
        narrow = style.is_narrow(ax)
        ax.pcolormesh(share, cmap=style.BLUES, edgecolors=style.PAPER, linewidth=3, vmin=0, vmax=peak)
        for (row, column), part in np.ndenumerate(share):
            if n[row, column] == 0:
                continue
            middle: dict[str, Any] = {"ha": "center", "color": style.readable_on(style.BLUES(part / peak))}
            x, size = column + 0.5, (11, 9.5) if narrow else (14, 11)
            ax.text(
                x,
                row + 0.54,
                fmt.count(float(n[row, column])),
                va="bottom",
                fontsize=size[0],
                fontweight="bold",
                **middle,
            )
            ax.text(x, row + 0.44, fmt.percent(part), va="top", fontsize=size[1], **middle)
        rows, columns = share.shape
        ax.set_xticks(np.arange(columns) + 0.5, [str(i + 1) for i in range(columns)])
        ax.set_yticks(np.arange(rows) + 0.5, [str(i + 1) for i in range(rows)])
        ax.set_xlabel(words("rfm_grid.recency"))
        ax.set_ylabel(words("rfm_grid.frequency"))
        ax.spines["bottom"].set_visible(False)
    return ax


def _dots(
    x: Floats, y: Floats, x_ends: tuple[float, float], y_ends: tuple[float, float], bins: int
) -> tuple[Floats, Floats, Floats]:
    """Return centre of gravity and number of the points in each cell of a grid that holds any."""

    def place(values: Floats, low: float, high: float) -> NDArray[np.int64]:
        return np.minimum((values - low) / (high - low) * bins, bins - 1).astype(np.int64)

    cell = place(x, *x_ends) * bins + place(y, *y_ends)
    n = np.bincount(cell, minlength=bins * bins)
    held = n > 0
    cx = np.bincount(cell, x, bins * bins)[held] / n[held]
    cy = np.bincount(cell, y, bins * bins)[held] / n[held]
    return cx, cy, n[held].astype(float)
