"""Charts of lifetime value: its distribution over the customers and where it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.ticker import FuncFormatter, MaxNLocator

from crm_core import _format as fmt
from crm_core._words import Words
from crm_core.plotting import _style as style
from crm_core.plotting._scale import Asinh
from crm_core.units import Language

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

    from crm_core.clv import Sensitivity, Tornado


def distribution(
    values: ArrayLike,
    *,
    bins: int = 48,
    ax: Axes | None = None,
    language: Language = Language.EN,
) -> Axes:
    """Draw a histogram of a value per customer, with median and mean; the best tenth of the customers is dark.

    The axis is linear near 0 and logarithmic far from it, so that zero and losses have a place.

    Parameters
    ----------
    values
        One per customer; at least one.
    bins
        Number of bars.
    ax
        The axes to draw on; by default those of a new figure.
    language
        The language of the labels.

    Examples
    --------
    >>> ax = distribution([10, 20, 30, 400])
    >>> [text.get_text() for text in ax.texts]
    ['median 25.00', 'mean 115', 'best 10%']
    """
    words = Words(language)
    v = np.asarray(values, float)
    scale = Asinh(v, float(np.median(v)))
    x = scale.places(v)
    low, high = scale.span(x, including=0.0)
    with style.canvas(ax, (9, 4.4)) as ax:
        n, edges = np.histogram(x, bins=bins, range=(low, high))
        middle = (edges[:-1] + edges[1:]) / 2
        best = middle >= np.quantile(x, 0.9)
        ax.bar(middle, n, width=0.9 * np.diff(edges), color=np.where(best, style.DEEP, style.SKY))
        peak = float(n.max(initial=1))
        figures = sorted([(float(np.median(v)), "distribution.median"), (float(v.mean()), "distribution.mean")])
        for (value, key), side, shift in zip(figures, ("right", "left"), (-6, 6), strict=True):
            ax.axvline(scale.place(value), ymax=0.97, color=style.INK, linewidth=1.2, linestyle=(0, (4, 3)))
            ax.annotate(
                words(key, value=fmt.amount(value)),
                (scale.place(value), 1.14 * peak),
                xytext=(shift, 0),
                textcoords="offset points",
                ha=side,
                va="center",
                fontweight="bold",
            )
        if best.any():
            ax.annotate(
                words("distribution.top"),
                (middle[best].mean(), n[best].max()),
                xytext=(0, 10),
                textcoords="offset points",
                ha="center",
                color=style.DEEP,
                fontweight="bold",
            )
        ax.set(xlim=(low, high), ylim=(0, 1.2 * peak))
        ax.set_xlabel(words("distribution.x"))
        ax.set_ylabel(words("distribution.y"))
        scale.set_ticks(ax.set_xticks, low, high, language)
        ax.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
        ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: fmt.short(value, language)))
        ax.grid(axis="y")
    return ax


def waterfall(
    labels: Sequence[str],
    values: ArrayLike,
    *,
    total: str,
    ax: Axes | None = None,
) -> Axes:
    """Draw how components add up to a total, from top to bottom: gains blue, costs red, the sum dark.

    Parameters
    ----------
    labels
        The names of the components.
    values
        What each adds; negative for a cost.
    total
        The name of the sum.
    ax
        The axes to draw on; by default those of a new figure.

    Examples
    --------
    >>> ax = waterfall(["First purchase", "Cost"], [40.0, -15.0], total="Value")
    >>> [text.get_text() for text in ax.texts]
    ['+40.00', '−15.00', '25.00']
    """
    v = np.asarray(values, float)
    after = np.cumsum(v)
    before = after - v
    end = float(v.sum())
    rows = range(len(v), -1, -1)
    low, high = min(0.0, float(after.min(initial=0))), max(0.0, float(after.max(initial=0))) or 1.0
    space = 0.012 * (high - low)
    with style.canvas(ax, (9, 0.5 * len(v) + 1)) as ax:
        ax.barh(rows[:-1], v, left=before, color=np.where(v >= 0, style.BLUE, style.RUST), height=0.62)
        ax.barh(rows[-1:], [end], color=style.DEEP, height=0.62)
        for row, start, stop, value in zip(rows, before, after, v, strict=False):
            ax.plot([stop, stop], [row - 0.31, row - 0.69], color=style.MUTED, linewidth=0.8)
            sign, color = ("", style.RUST) if value < 0 else ("+", style.INK)
            ax.text(max(start, stop) + space, row, sign + fmt.amount(value), va="center", color=color)
        ax.text(max(end, 0) + space, 0, fmt.amount(end), va="center", fontweight="bold", fontsize=13)
        ax.axvline(0, color=style.GREY, linewidth=1)
        ax.set_yticks(rows, [*labels, total], color=style.INK)
        ax.get_yticklabels()[-1].set_fontweight("bold")
        ax.set(xlim=(low, high + 0.2 * (high - low)), ylim=(-0.6, len(v) + 0.6), xticks=[])
        ax.spines["bottom"].set_visible(False)
    return ax


def tornado(
    table: Tornado,
    *,
    labels: Mapping[str, str] | None = None,
    ax: Axes | None = None,
    language: Language = Language.EN,
) -> Axes:
    """Draw how far each factor moves a value, the widest swing on top: lower factors pale, higher ones dark.

    At the ends of a bar stand the values that the factor takes there, where there is room; at the right its
    elasticity.

    Parameters
    ----------
    table
        What :func:`crm_core.clv.tornado` or :meth:`crm_core.clv.CustomerModel.tornado` gave.
    labels
        The names of factors, where the standard ones do not fit.
    ax
        The axes to draw on; by default those of a new figure.
    language
        The language of the labels.

    Examples
    --------
    >>> from crm_core import clv
    >>> table = clv.tornado("group_value", {"customers": 20, "lifetime_value": 50}, changes={"customers": 0.2})
    >>> ax = tornado(table)
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['Customers', 'Lifetime value']
    """
    words = Words(language)
    rows = table.sensitivities
    base = float(table.base_value)
    ends = np.array([[float(row.value_low), float(row.value_high)] for row in rows])
    low, high = min(base, float(ends.min())), max(base, float(ends.max()))
    width = (high - low) or abs(base) or 1.0
    places = range(len(rows) - 1, -1, -1)
    names = [(labels or {}).get(row.name) or _factor(row.name, words) for row in rows]
    with style.canvas(ax, (9, 0.55 * len(rows) + 1.6)) as ax:
        narrow = style.is_narrow(ax)
        height, above = (0.36, 0.4) if narrow else (0.62, 0.0)
        for place, row, name, values in zip(places, rows, names, ends, strict=True):
            for value, color in zip(values, (style.SKY, style.DEEP), strict=True):
                ax.barh(place, value - base, left=base, color=color, height=height)
            if narrow:
                ax.text(0, place + above, name, transform=ax.get_yaxis_transform(), va="center")
            else:
                _write_ends(ax, place, row, words)
            elasticity = "–" if row.elasticity is None else fmt.decimal(float(row.elasticity))
            ax.text(1, place + above, elasticity, transform=ax.get_yaxis_transform(), ha="right", va="center")
        top = len(rows) - 0.5 + above
        ax.plot([base, base], [-0.6, top], color=style.INK, linewidth=1.2)
        ax.text(base, top + 0.08, words("tornado.base", value=fmt.amount(base)), ha="center", fontweight="bold")
        side: Any = {"transform": ax.get_yaxis_transform(), "ha": "right", "color": style.MUTED}
        ax.text(1, top + 0.08, words("tornado.elasticity"), **side)
        ax.set_yticks([] if narrow else places, [] if narrow else names, color=style.INK)
        room = (0.05, 0.3) if narrow else (0.14, 0.34)
        ax.set(xlim=(low - room[0] * width, high + room[1] * width), ylim=(-0.6, top + 0.6))
        ax.set_xlabel(words("tornado.x"))
        ax.xaxis.set_major_locator(MaxNLocator(nbins=3 if narrow else 5))
        ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: fmt.short(value, language)))
        ax.grid(axis="x")
        style.legend(ax, [(words("tornado.low"), style.SKY), (words("tornado.high"), style.DEEP)])
    return ax


def _write_ends(ax: Axes, place: int, row: Sensitivity, words: Words) -> None:
    """Write beside a bar what the factor is at its ends: the lower value of the two on the left."""
    ends = [
        (float(row.value_low), float(row.low), "tornado.least" if row.clipped_low else None),
        (float(row.value_high), float(row.high), "tornado.most" if row.clipped_high else None),
    ]
    for (value, factor, bound), side in zip(sorted(ends), ("right", "left"), strict=True):
        text = f"{factor:.4g}".replace("-", "−")
        ax.annotate(
            words(bound, value=text) if bound else text,
            (value, place),
            xytext=(5 if side == "left" else -5, 0),
            textcoords="offset points",
            ha=side,
            va="center",
            fontsize=10,
            color=style.MUTED,
        )


def _factor(name: str, words: Words) -> str:
    """Give the term for a standard factor; any other is named as its argument is."""
    try:
        return words(f"tornado.factor.{name}")
    except KeyError:
        return name.replace("_", " ").capitalize()
