"""Charts of customers who move among states: what each state is worth, where a cohort goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.ticker import FuncFormatter, MaxNLocator

from crm_core import _format as fmt
from crm_core._words import Words
from crm_core.plotting import _style as style
from crm_core.units import Language

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike


def state_values(
    states: Sequence[Any],
    mean: ArrayLike,
    standard_deviation: ArrayLike | None = None,
    *,
    ax: Axes | None = None,
    language: Language = Language.EN,
) -> Axes:
    """Draw the value of a customer in each state as a bar, with a line of one standard deviation on both sides.

    Parameters
    ----------
    states
        The names of the states.
    mean
        The value in each state.
    standard_deviation
        Of the value in each state; no lines without it.
    ax
        The axes to draw on; by default those of a new figure.
    language
        The language of the labels.

    Examples
    --------
    >>> ax = state_values(["1", "2", "lost"], [52.3, -1.8, 0.0], [28.1, 10.9, 0.0])
    >>> [text.get_text() for text in ax.texts]
    ['52.30', '−1.80', '0.00']
    """
    words = Words(language)
    value = np.asarray(mean, float)
    deviation = np.zeros(len(value)) if standard_deviation is None else np.asarray(standard_deviation, float)
    rows = np.arange(len(value))[::-1]
    low = min(0.0, float((value - deviation).min(initial=0)))
    high = max(0.0, float((value + deviation).max(initial=0))) or 1.0
    with style.canvas(ax, (9, 0.5 * len(value) + 1.2)) as ax:
        colors = np.where(value >= 0, style.SKY, style.RUST)
        ax.barh(rows, value, color=colors, height=0.62)
        ends = (np.maximum(value, value + deviation), np.minimum(value, value - deviation))
        ax.hlines(rows, ends[1], ends[0], color=style.DEEP, linewidth=1.6)
        for row, worth, end in zip(rows, value, np.maximum(ends[0], 0), strict=True):
            color = style.RUST if worth < 0 else style.INK
            ax.annotate(
                fmt.amount(worth),
                (end, row),
                xytext=(8, 0),
                textcoords="offset points",
                va="center",
                color=color,
                fontweight="bold",
            )
        ax.axvline(0, color=style.GREY, linewidth=1)
        ax.set_yticks(rows, [str(state) for state in states], color=style.INK)
        span = high - low
        ax.set(xlim=(low - 0.02 * span, high + 0.16 * span), ylim=(-0.6, len(value) - 0.4))
        spread = standard_deviation is not None and not style.is_narrow(ax)
        ax.set_xlabel(words("state_values.x_deviation" if spread else "state_values.x"))
        ax.xaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 2.5, 5, 10]))
        ax.xaxis.set_major_formatter(FuncFormatter(lambda worth, _: fmt.short(worth, language)))
        ax.grid(axis="x")
    return ax


def cohort_path(
    states: Sequence[Any],
    customers: ArrayLike,
    *,
    ax: Axes | None = None,
    language: Language = Language.EN,
) -> Axes:
    """Draw where the customers of a cohort are over time: the states stacked, the first at the bottom.

    A state that nobody is ever in is left out.

    Parameters
    ----------
    states
        The names of the states.
    customers
        Customers, one row for each period t = 0, 1, ..., one column per state.
    ax
        The axes to draw on; by default those of a new figure.
    language
        The language of the labels.

    Examples
    --------
    >>> ax = cohort_path(["active", "lost"], [[100, 0], [75, 25], [56, 44]])
    >>> [text.get_text() for text in ax.texts]
    ['active', 'lost']
    """
    words = Words(language)
    pairs = zip(states, np.asarray(customers, float).T, strict=True)
    shown = [(state, row) for state, row in pairs if row.any()]
    counts = np.array([row for _, row in shown])
    periods = np.arange(len(np.asarray(customers)))
    shades = style.BLUES(np.linspace(0.95, 0.12, max(len(counts), 1)))
    with style.canvas(ax, (9, 4.6)) as ax:
        ax.stackplot(periods, counts, colors=list(shades), edgecolor=style.PAPER, linewidth=0.8)
        top = float(counts.sum(axis=0).max(initial=0)) or 1.0
        last = counts[:, -1]
        room = 18 / style.extent(ax)[1] * top
        place = -room
        for (state, _), middle in zip(shown, np.cumsum(last) - last / 2, strict=True):
            place = max(middle, place + room)
            ax.annotate(
                str(state),
                (1, place),
                xycoords=("axes fraction", "data"),
                xytext=(8, 0),
                textcoords="offset points",
                va="center",
                annotation_clip=False,
            )
        ax.set(xlim=(0, max(len(periods) - 1, 1)), ylim=(0, 1.02 * top))
        ax.set_xlabel(words("cohort_path.x"))
        ax.set_ylabel(words("cohort_path.y"))
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        style.number_axis(ax, language)
    return ax
