"""Charts of satisfaction: Kano's categories, prices that are acceptable, how much to promise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from crm_core import _format as fmt
from crm_core._words import Words
from crm_core.errors import LengthMismatchError
from crm_core.plotting import _style as style
from crm_core.units import Language

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]


_KANO = {
    "must_be": style.DEEP,
    "one_dimensional": style.BLUE,
    "attractive": style.SKY,
    "indifferent": style.GRID,
    "reverse": style.RUST,
    "questionable": style.GREY,
}
_DARK = ("must_be", "one_dimensional", "reverse")


def kano_map(
    labels: Sequence[str],
    better: ArrayLike,
    worse: ArrayLike,
    *,
    lines: tuple[float, float] = (0.5, 0.5),
    ax: Axes | None = None,
    language: Language = Language.EN,
) -> Axes:
    """Draw attributes by how far their absence dissatisfies (across) and their presence satisfies (up).

    Parameters
    ----------
    labels
        The names of the attributes.
    better, worse
        Better, from 0 to 1, and Worse, from −1 to 0, of each.
    lines
        The borders of the quadrants: of Better, and of −Worse.
    ax
        The axes to draw on; by default those of a new figure.
    language
        The language of the labels.

    Examples
    --------
    >>> ax = kano_map(["quiet", "radio"], [0.8, 0.7], [-0.9, -0.2])
    >>> [text.get_text() for text in ax.texts][:2]
    ['quiet', 'radio']
    """
    words = Words(language)
    x, y = -_column("worse", worse, labels), _column("better", better, labels)
    with style.canvas(ax, (7.4, 6.4)) as ax:
        _points(ax, labels, x, y)
        _quadrants(ax, words, (lines[1], lines[0]), (0.0, 1.0))
        ax.set(xlim=(0, 1), ylim=(0, 1))
        ticks = np.linspace(0, 1, 6)
        ax.set_xticks(ticks, [fmt.decimal(-tick if tick else 0.0, 1) for tick in ticks])
        ax.set_yticks(ticks, [fmt.decimal(tick, 1) for tick in ticks])
        ax.set_xlabel(words("kano_map.x"))
        ax.set_ylabel(words("kano_map.y"))
    return ax


def kano_categories(
    labels: Sequence[str],
    counts: ArrayLike,
    *,
    ax: Axes | None = None,
    language: Language = Language.EN,
) -> Axes:
    """Draw how respondents see each attribute: a bar for each, split by Kano's categories.

    Parameters
    ----------
    labels
        The names of the attributes, from top to bottom.
    counts
        One row for each attribute: respondents by category, in the order of
        :class:`crm_core.satisfaction.KanoCategory`.
    ax
        The axes to draw on; by default those of a new figure.
    language
        The language of the labels.

    Examples
    --------
    >>> ax = kano_categories(["quiet", "radio"], [[6, 3, 1, 0, 0, 0], [1, 2, 6, 1, 0, 0]])
    >>> [text.get_text() for text in ax.texts]
    ['60%', '10%', '30%', '20%', '10%', '60%', '10%']
    """
    from crm_core.satisfaction import KanoCategory

    table = np.asarray(counts, float).reshape(len(labels), len(KanoCategory))
    shares = table / np.maximum(table.sum(axis=1, keepdims=True), 1.0)
    rows = np.arange(len(labels))[::-1]
    with style.canvas(ax, (9, 0.55 * len(labels) + 1.4)) as ax:
        narrow = style.is_narrow(ax)
        start = np.zeros(len(labels))
        for place, category in enumerate(KanoCategory):
            share = shares[:, place]
            if share.any():
                color = _KANO[category.value]
                ax.barh(rows, share, left=start, height=0.66, color=color, label=category.label(language))
                ink = style.PAPER if category.value in _DARK else style.INK
                for row, part, left in zip(rows, share, start, strict=True):
                    if part >= (0.13 if narrow else 0.06):
                        ax.text(
                            left + part / 2, row, fmt.percent(part, 0), ha="center", va="center", color=ink, fontsize=10
                        )
            start = start + share
        ax.set_yticks(rows, labels, color=style.INK)
        ax.set(xlim=(0, 1), ylim=(-0.55, len(labels) - 0.45), xticks=[])
        for side in ("bottom", "left"):
            ax.spines[side].set_visible(False)
        ax.tick_params(axis="y", length=0)
        where: dict[str, Any] = {"loc": "lower left", "bbox_to_anchor": (0, 1.0), "borderaxespad": 0.2}
        ax.legend(frameon=False, ncols=2 if narrow else 6, handlelength=1.0, columnspacing=1.2, **where)
    return ax


def kano_positions(
    labels: Sequence[str],
    functional: ArrayLike,
    dysfunctional: ArrayLike,
    *,
    intervals: tuple[ArrayLike, ArrayLike] | None = None,
    ax: Axes | None = None,
    language: Language = Language.EN,
) -> Axes:
    """Draw attributes by their mean scores of the continuous analysis, from −2 to 4.

    Parameters
    ----------
    labels
        The names of the attributes.
    functional, dysfunctional
        The mean scores of each.
    intervals
        Half the width of their intervals: of the functional scores, and of the dysfunctional ones.
    ax
        The axes to draw on; by default those of a new figure.
    language
        The language of the labels.

    Examples
    --------
    >>> ax = kano_positions(["quiet", "radio"], [3.4, 3.1], [3.6, 0.4])
    >>> [text.get_text() for text in ax.texts][:2]
    ['quiet', 'radio']
    """
    words = Words(language)
    x, y = _column("dysfunctional", dysfunctional, labels), _column("functional", functional, labels)
    with style.canvas(ax, (7.4, 6.4)) as ax:
        if intervals is not None:
            up, across = (_column("intervals", half, labels) for half in intervals)
            ax.errorbar(x, y, xerr=across, yerr=up, fmt="none", ecolor=style.SKY, elinewidth=1.6)
        _points(ax, labels, x, y)
        _quadrants(ax, words, (2.0, 2.0), (-1.0, 4.0))
        lower = min(-1.2, float(np.nanmin(np.append(np.append(x, y), 0.0))) - 0.2)
        ax.set(xlim=(lower, 4.15), ylim=(lower, 4.15))
        for axis in (ax.axhline, ax.axvline):
            axis(-1.0, color=style.GREY, linewidth=1, linestyle=(0, (2, 3)))
        ticks = [-2, -1, 0, 2, 4]
        shown = [tick for tick in ticks if tick >= lower]
        names = [fmt.decimal(float(tick), 0) for tick in shown]
        ax.set_xticks(shown, names)
        ax.set_yticks(shown, names)
        ax.set_xlabel(words("kano_positions.x"))
        ax.set_ylabel(words("kano_positions.y"))
    return ax


def price_curves(
    prices: ArrayLike,
    too_cheap: ArrayLike,
    cheap: ArrayLike,
    expensive: ArrayLike,
    too_expensive: ArrayLike,
    *,
    points: tuple[float, float, float, float] | None = None,
    ax: Axes | None = None,
    language: Language = Language.EN,
) -> Axes:
    """Draw the shares of respondents to whom a price is too cheap, cheap, expensive, too expensive.

    Parameters
    ----------
    prices
        Prices, ascending.
    too_cheap, cheap, expensive, too_expensive
        The shares at each.
    points
        Point of marginal cheapness, indifference, optimal price and point of marginal expensiveness, to mark; the
        acceptable prices between the first and the last are shaded.
    ax
        The axes to draw on; by default those of a new figure.
    language
        The language of the labels.

    Examples
    --------
    >>> ax = price_curves([5, 10, 20, 30], [1, 0.2, 0, 0], [1, 1, 0.1, 0], [0, 0.1, 1, 1], [0, 0, 0.2, 1])
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['too cheap', 'cheap', 'expensive', 'too expensive']
    """
    words = Words(language)
    x = np.asarray(prices, float)
    curves = {
        "too_cheap": (too_cheap, style.BLUE, (0, (4, 2))),
        "cheap": (cheap, style.BLUE, "-"),
        "expensive": (expensive, style.RUST, "-"),
        "too_expensive": (too_expensive, style.RUST, (0, (4, 2))),
    }
    with style.canvas(ax, (8.4, 5.4)) as ax:
        for name, (shares, color, dashes) in curves.items():
            y = _column(name, shares, x)
            ax.plot(x, y, color=color, linestyle=dashes, linewidth=2.2, label=words(f"price_curves.{name}"))
        if points is not None:
            _mark_prices(ax, words, points)
        ax.set_ylim(0, 1.12 if points is not None else 1.02)
        ticks = np.linspace(0, 1, 6)
        ax.set_yticks(ticks, [fmt.percent(tick, 0) for tick in ticks])
        ax.grid(axis="y")
        ax.set_xlabel(words("price_curves.x"))
        ax.set_ylabel(words("price_curves.y"))
        ax.legend(frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=2 if style.is_narrow(ax) else 4)
    return ax


def _mark_prices(ax: Axes, words: Words, points: tuple[float, float, float, float]) -> None:
    ax.axvspan(points[0], points[3], color=style.PALE, zorder=0)
    names = ("marginal_cheapness", "indifference", "optimal", "marginal_expensiveness")
    for place, (price, name) in enumerate(sorted(zip(points, names, strict=True))):
        ax.axvline(price, color=style.MUTED, linewidth=1, ymax=0.9)
        text = f"{words(f'price_curves.{name}')} {fmt.decimal(price, 1)}"
        height = 1.02 if place % 2 == 0 else 1.07
        ax.text(price, height, text, ha="center", fontsize=9.5, color=style.INK)


def expectation_curve(
    expectations: ArrayLike,
    repeat_sales: ArrayLike,
    *,
    best: tuple[float, float] | None = None,
    ax: Axes | None = None,
    language: Language = Language.EN,
) -> Axes:
    """Draw repeat sales over the level of expectation: too little brings few buyers, too much brings few back.

    Parameters
    ----------
    expectations, repeat_sales
        The points of the curve.
    best
        The expectation with the most repeat sales, and these, to mark.
    ax
        The axes to draw on; by default those of a new figure.
    language
        The language of the labels.

    Examples
    --------
    >>> ax = expectation_curve([1, 4, 8], [200.0, 1900.0, 10.0], best=(4, 1900.0))
    >>> [text.get_text() for text in ax.texts]
    ['most at 4.00']
    """
    words = Words(language)
    x = np.asarray(expectations, float)
    y = _column("repeat_sales", repeat_sales, x)
    with style.canvas(ax, (8, 5)) as ax:
        ax.fill_between(x, 0, y, color=style.PALE)
        ax.plot(x, y, color=style.BLUE, linewidth=2.6)
        if best is not None:
            ax.plot([best[0]], [best[1]], "o", color=style.DEEP, markersize=8, markeredgecolor=style.PAPER)
            text = words("expectation_curve.best", level=fmt.decimal(best[0], 2))
            ax.annotate(
                text, best, (0, 8), textcoords="offset points", ha="center", fontweight="bold", color=style.DEEP
            )
        ax.set_ylim(0, 1.15 * float(np.nanmax(np.append(y, 0.0))) or 1.0)
        style.number_axis(ax, language)
        ax.set_xlabel(words("expectation_curve.x"))
        ax.set_ylabel(words("expectation_curve.y"))
    return ax


def _column(argument: str, values: ArrayLike, labels: Sequence[str] | Floats) -> Floats:
    column = np.asarray(values, float)
    if column.shape != (len(labels),):
        message = f"{argument} is of shape {column.shape}: must have length {len(labels)}"
        raise LengthMismatchError(message, argument=argument, value=f"of shape {column.shape}")
    return column


def _points(ax: Axes, labels: Sequence[str], x: Floats, y: Floats) -> None:
    ax.plot(x, y, "o", color=style.BLUE, markersize=9, markeredgecolor=style.PAPER)
    for label, across, up in zip(labels, x, y, strict=True):
        if np.isfinite(across) and np.isfinite(up):
            ax.annotate(label, (across, up), (8, 6), textcoords="offset points", color=style.INK)


def _quadrants(ax: Axes, words: Words, borders: tuple[float, float], ends: tuple[float, float]) -> None:
    """Draw the borders of the four quadrants, and name them in their outer corners."""
    ax.axvline(borders[0], color=style.GREY, linewidth=1.4)
    ax.axhline(borders[1], color=style.GREY, linewidth=1.4)
    inset = 0.02 * (ends[1] - ends[0])
    corners = {
        "attractive": (ends[0] + inset, ends[1] - inset, "left", "top"),
        "one_dimensional": (ends[1] - inset, ends[1] - inset, "right", "top"),
        "indifferent": (ends[0] + inset, ends[0] + inset, "left", "bottom"),
        "must_be": (ends[1] - inset, ends[0] + inset, "right", "bottom"),
    }
    from crm_core.satisfaction import KanoCategory

    for name, (x, y, ha, va) in corners.items():
        label = KanoCategory(name).label(words.language)
        ax.text(x, y, label, ha=ha, va=va, fontweight="bold", color=style.MUTED)
