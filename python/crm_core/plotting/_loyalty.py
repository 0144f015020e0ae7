"""Charts of loyalty and of CRM capability."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from crm_core import _format as fmt
from crm_core._words import Words
from crm_core.loyalty import LoyaltyEffect
from crm_core.plotting import _style as style
from crm_core.units import Language

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

    from crm_core.loyalty import LoyaltyProfit

_EFFECTS = dict(zip(LoyaltyEffect, ("#0f3d75", "#2a72c3", "#6ba6dc", "#e0a100", "#0d7568"), strict=True))


def loyalty_stack(profit: LoyaltyProfit, *, ax: Axes | None = None, language: Language = Language.EN) -> Axes:
    """Draw what a loyal customer earns by year of tenure, effect on effect, the sum so far, and the break-even year.

    Effects that bring nothing in any year are left out. What lowers a year hangs below the line of 0.

    Parameters
    ----------
    profit
        Of :func:`crm_core.loyalty.loyalty_profit`, or estimated from a log.
    ax
        The axes to draw on; by default those of a new figure.
    language
        The language of the labels.

    Examples
    --------
    >>> from crm_core.loyalty import LoyaltyEffect, loyalty_profit
    >>> ax = loyalty_stack(loyalty_profit(50, {LoyaltyEffect.BASE_PROFIT: [30, 30, 30]}))
    >>> [text.get_text() for text in ax.texts]
    ['earned back in year 2']
    """
    words = Words(language)
    years = np.array([year.year for year in profit.years])
    cost = np.array([float(year.acquisition) for year in profit.years])
    with style.canvas(ax, (9, 5)) as ax:
        ax.bar(years, cost, width=0.62, color=style.RUST)
        entries = [(words("loyalty_stack.acquisition"), style.RUST)] if cost.any() else []
        above, below = np.zeros(len(years)), cost.copy()
        for effect, color in _EFFECTS.items():
            values = np.array([float(year.effects[effect]) for year in profit.years])
            if not values.any():
                continue
            start = np.where(values >= 0, above, below)
            ax.bar(years, values, bottom=start, width=0.62, color=color)
            above, below = above + np.maximum(values, 0), below + np.minimum(values, 0)
            entries.append((effect.label(language), color))
        total = np.array([float(year.cumulative) for year in profit.years])
        ax.plot(years, total, color=style.INK, linewidth=1.8, marker="o", markersize=5)
        entries.append((words("loyalty_stack.cumulative"), style.INK))
        ax.axhline(0, color=style.GREY, linewidth=1)
        low, high = min(float(total.min()), float(below.min())), max(float(total.max()), float(above.max()))
        room = 0.16 * (high - low or 1.0)
        if profit.break_even_year:
            ax.axvline(profit.break_even_year, color=style.INK, linewidth=1, linestyle=(0, (3, 3)), zorder=0)
            late = profit.break_even_year > years[-1] / 2
            ax.annotate(
                words("loyalty_stack.break_even", year=str(profit.break_even_year)),
                (profit.break_even_year, high + 0.5 * room),
                xytext=(-8 if late else 8, 0),
                textcoords="offset points",
                ha="right" if late else "left",
                va="center",
                fontweight="bold",
            )
        ax.set(xlim=(years[0] - 0.6, years[-1] + 0.6), ylim=(low - 0.3 * room, high + room))
        ax.set_xlabel(words("loyalty_stack.x"))
        ax.xaxis.set_major_locator(MaxNLocator(nbins=12, integer=True))
        style.number_axis(ax, language)
        _legend(ax, entries)
    return ax


def index_scores(
    labels: Sequence[str],
    scores: ArrayLike,
    depths: Sequence[int],
    *,
    span: tuple[float, float] = (0.0, 100.0),
    ax: Axes | None = None,
    language: Language = Language.EN,
) -> Axes:
    """Draw the scores of a tree of indices as bars, each index above its parts, whose names stand further in.

    Parameters
    ----------
    labels, scores, depths
        Name, score and depth of each index (0 for the root), each before its parts.
    span
        The lowest and the highest score there can be.
    ax
        The axes to draw on; by default those of a new figure.
    language
        The language of the labels.

    Examples
    --------
    >>> ax = index_scores(["Capability", "Insight", "Delivery"], [64, 72, 58], [0, 1, 1])
    >>> [text.get_text() for text in ax.texts]
    ['64.0', '72.0', '58.0']
    """
    words = Words(language)
    values, depth = np.asarray(scores, float), np.asarray(depths, int)
    rows = np.arange(len(values))[::-1]
    shades = [style.RANKS[min(level, len(style.RANKS) - 2)] for level in depth]
    with style.canvas(ax, (9, 0.42 * len(values) + 1)) as ax:
        ax.barh(rows, np.full(len(values), span[1] - span[0]), left=span[0], height=0.62, color=style.PALE)
        ax.barh(rows, values - span[0], left=span[0], height=0.62, color=shades)
        reach = span[1] - span[0]
        for row, value, level in zip(rows, values, depth, strict=True):
            ax.text(
                span[1] + 0.02 * reach,
                row,
                fmt.decimal(value, 1),
                va="center",
                fontweight="bold" if level == 0 else "normal",
            )
        indented = [
            label + "\N{EM SPACE}" * int(depth.max() - level) for label, level in zip(labels, depth, strict=True)
        ]
        ax.set_yticks(rows, indented, color=style.INK)
        ax.set(xlim=(span[0], span[1] + 0.12 * reach), ylim=(-0.6, len(values) - 0.4))
        ax.set_xlabel(words("index_scores.x"))
        ax.spines["bottom"].set_visible(False)
    return ax


def _legend(ax: Axes, entries: Sequence[tuple[str, str]]) -> None:
    """Name the colours above the axes, in as many rows as they need."""
    columns = max(1, int(style.extent(ax)[0] // 150))
    handles = [Patch(color=color, label=label) for label, color in entries]
    ax.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncols=min(columns, len(handles)),
        frameon=False,
        handlelength=0.9,
        handleheight=0.9,
        borderaxespad=0.2,
        columnspacing=1.6,
        borderpad=0,
    )
