"""Charts of time: activity, lifecycle stages, retention, tenure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.ticker import MaxNLocator

from crm_core import _format as fmt
from crm_core._words import Words
from crm_core.plotting import _style as style
from crm_core.units import Language

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]


def value_over_time(
    periods: Sequence[str],
    new: ArrayLike,
    returning: ArrayLike,
    *,
    ax: Axes | None = None,
    language: Language = Language.EN,
) -> Axes:
    """Draw value per period, stacked: from customers who had bought before, and from first-time buyers.

    Parameters
    ----------
    periods
        The names of the periods, oldest first.
    new, returning
        Value per period from each kind of customer.
    ax
        The axes to draw on; by default those of a new figure.
    language
        The language of the labels.

    Examples
    --------
    >>> ax = value_over_time(["Jan", "Feb"], new=[80, 20], returning=[0, 50])
    >>> [label.get_text() for label in ax.get_xticklabels()]
    ['Jan', 'Feb']
    """
    words = Words(language)
    first, kept = np.asarray(new, float), np.asarray(returning, float)
    x = np.arange(len(periods))
    with style.canvas(ax, (10, 4)) as ax:
        ax.bar(x, kept, width=0.78, color=style.DEEP)
        ax.bar(x, first, width=0.78, bottom=kept, color=style.SKY)
        style.legend(ax, [(words("activity.returning"), style.DEEP), (words("activity.new"), style.SKY)])
        low, high = float((kept + first).min(initial=0)), float((kept + first).max(initial=0))
        ax.set(xlim=(-0.6, len(periods) - 0.4), ylim=(1.08 * low, 1.08 * high or 1.0))
        _name_periods(ax, periods)
        style.number_axis(ax, language)
    return ax


def stages(
    labels: Mapping[str, str],
    customers: ArrayLike,
    value: ArrayLike,
    *,
    measure: str | None = None,
    ax: Axes | None = None,
    language: Language = Language.EN,
) -> Axes:
    """Draw the customers in each lifecycle stage and, beside them, what one customer of the stage brings.

    Parameters
    ----------
    labels
        What each stage is called, by its name, from top to bottom.
    customers
        Customers per stage.
    value
        Value per customer; NaN for a stage without customers.
    measure
        What value is, for example ``"profit"``; revenue by default.
    ax
        The axes to draw on; by default those of a new figure.
    language
        The language of the labels.

    Examples
    --------
    >>> ax = stages({"growth": "Growth", "maturity": "Maturity"}, [30, 70], [12.5, 180.0])
    >>> [text.get_text() for text in ax.texts][:2]
    ['30  ·  30.0%', '12.50']
    """
    words = Words(language)
    n, v = np.asarray(customers, float), np.asarray(value, float)
    rows = np.arange(len(labels))[::-1]
    colors = [style.STAGES[name] for name in labels]
    reach = float(n.max(initial=0)) or 1.0
    peak = float(np.nan_to_num(np.abs(v)).max(initial=0)) or 1.0
    with style.canvas(ax, (10, 4.4)) as ax:
        narrow = style.is_narrow(ax)
        start, width = 1.62 * reach, 0.75 * reach
        lengths = np.nan_to_num(v) / peak * width
        ax.barh(rows, n, color=colors, height=0.7)
        ax.barh(rows, lengths, left=start, color=colors, height=0.7)
        for row, count, mean, length in zip(rows, n, v, lengths, strict=True):
            share = "" if narrow else f"  ·  {fmt.percent(count / (n.sum() or 1))}"
            ax.text(count + 0.02 * reach, row, fmt.count(count) + share, va="center")
            if np.isfinite(mean):
                ax.text(start + max(length, 0) + 0.02 * reach, row, fmt.amount(mean), va="center")
        ax.set_yticks(rows, list(labels.values()), color=style.INK)
        top = len(labels) - 0.4
        value_label = words("stages.value", measure=measure or words("measure.revenue"))
        ax.text(0, top, words("stages.customers"), color=style.MUTED)
        ax.text(start, top, value_label, color=style.MUTED)
        ax.set(xlim=(0, start + 1.3 * width), ylim=(-0.5, top + 0.4), xticks=[])
        ax.spines["bottom"].set_visible(False)
    return ax


def stage_flow(
    periods: Sequence[str],
    labels: Mapping[str, str],
    customers: ArrayLike,
    *,
    ax: Axes | None = None,
    language: Language = Language.EN,
) -> Axes:
    """Draw the customers in each stage over time, stacked.

    Parameters
    ----------
    periods
        The names of the periods, oldest first.
    labels
        What each stage is called, by its name, from the bottom up.
    customers
        Customers, one row per period, one column per stage.
    ax
        The axes to draw on; by default those of a new figure.
    language
        The language of the labels.

    Examples
    --------
    >>> ax = stage_flow(["Jan", "Feb"], {"growth": "Growth", "decline": "Decline"}, [[9, 1], [6, 4]])
    >>> [text.get_text() for text in ax.texts]
    ['Growth', 'Decline']
    """
    counts = np.asarray(customers, float).T
    shown = [(name, row) for name, row in zip(labels, counts, strict=True) if row.any()]
    x = np.arange(len(periods))
    with style.canvas(ax, (10, 4.6)) as ax:
        colors = [style.STAGES[name] for name, _ in shown]
        ax.stackplot(x, [row for _, row in shown], colors=colors, edgecolor=style.PAPER, linewidth=0.8)
        top = float(counts.sum(axis=0).max(initial=0)) or 1.0
        last = np.array([row[-1] for _, row in shown])
        places = _spread(np.cumsum(last) - last / 2, 18 / style.extent(ax)[1] * top)
        for (name, _), place in zip(shown, places, strict=True):
            ax.annotate(
                labels[name],
                (1, place),
                xycoords=("axes fraction", "data"),
                xytext=(8, 0),
                textcoords="offset points",
                va="center",
                color=style.STAGE_TEXT[name],
                fontweight="bold",
                annotation_clip=False,
            )
        ax.set(xlim=(0, max(len(periods) - 1, 1)), ylim=(0, 1.02 * top))
        _name_periods(ax, periods)
        style.number_axis(ax, language)
    return ax


def stage_curve(
    periods: Sequence[str],
    labels: Mapping[str, str],
    profit: ArrayLike,
    *,
    measure: str | None = None,
    ax: Axes | None = None,
    language: Language = Language.EN,
) -> Axes:
    """Draw the profit that each stage brings over time, one line per stage.

    Parameters
    ----------
    periods
        The names of the periods, oldest first.
    labels
        What each stage is called, by its name.
    profit
        One row per period, one column per stage: ``output`` of :func:`crm_core.lifecycle.stage_curve`, or per
        customer, or the share of customer; NaN where a stage has none. A stage without any is left out.
    measure
        What is drawn, for example ``"share of customer"``; profit by default.
    ax
        The axes to draw on; by default those of a new figure.
    language
        The language of the labels.

    Examples
    --------
    >>> ax = stage_curve(["Jan", "Feb"], {"growth": "Growth", "decline": "Decline"}, [[9, 4], [12, -1]])
    >>> sorted(text.get_text() for text in ax.texts)
    ['Decline', 'Growth']
    """
    values = np.asarray(profit, float).T
    shown = [(name, row) for name, row in zip(labels, values, strict=True) if np.isfinite(row).any()]
    x = np.arange(len(periods))
    with style.canvas(ax, (10, 4.6)) as ax:
        ax.axhline(0, color=style.MUTED, linewidth=0.8)
        for name, row in shown:
            ax.plot(x, row, color=style.STAGES[name], linewidth=2.2, marker="o", markersize=4)
        low, high = ax.get_ylim()
        ends = np.array([row[np.isfinite(row)][-1] for _, row in shown])
        order = np.argsort(ends)
        places = _spread(ends[order], 18 / style.extent(ax)[1] * (high - low))
        for i, place in zip(order, places, strict=True):
            name = shown[i][0]
            ax.annotate(
                labels[name],
                (1, place),
                xycoords=("axes fraction", "data"),
                xytext=(8, 0),
                textcoords="offset points",
                va="center",
                color=style.STAGE_TEXT[name],
                fontweight="bold",
                annotation_clip=False,
            )
        ax.set(xlim=(0, max(len(periods) - 1, 1)), ylim=(low, high))
        ax.set_ylabel(style.capital(measure or Words(language)("measure.profit")))
        ax.grid(axis="y")
        _name_periods(ax, periods)
        style.number_axis(ax, language)
    return ax


def transitions(
    labels: Sequence[str],
    rates: ArrayLike,
    *,
    period: str | None = None,
    ax: Axes | None = None,
    language: Language = Language.EN,
) -> Axes:
    """Draw a transition matrix as a heat map: from (rows) to (columns), in per cent of the row.

    Parameters
    ----------
    labels
        The names of the states.
    rates
        The matrix; NaN in a row of which nothing is known.
    period
        What passes between from and to; ``"month"`` by default.
    ax
        The axes to draw on; by default those of a new figure.
    language
        The language of the labels.

    Examples
    --------
    >>> ax = transitions(["active", "lost"], [[0.9, 0.1], [0.0, 1.0]])
    >>> [text.get_text() for text in ax.texts]
    ['90%', '10%', '100%']
    """
    words = Words(language)
    with style.canvas(ax, (8, 5.6)) as ax:
        _heat(ax, np.asarray(rates, float), lambda rate: fmt.percent(rate, 0), peak=1.0, least=0.005)
        places = np.arange(len(labels)) + 0.5
        slanted: dict[str, Any] = {"rotation": 40, "ha": "left"} if style.is_narrow(ax) else {}
        ax.set_xticks(places, labels, color=style.INK, **slanted)
        ax.set_yticks(places, labels, color=style.INK)
        ax.xaxis.tick_top()
        ax.xaxis.set_label_position("top")
        ax.invert_yaxis()
        ax.set_xlabel(words("transitions.to", period=period or words("period.month")), labelpad=10)
        ax.set_ylabel(words("transitions.from"))
        ax.spines["bottom"].set_visible(False)
    return ax


def cohorts(
    labels: Sequence[str],
    sizes: ArrayLike,
    repeat: ArrayLike,
    *,
    periods: str | None = None,
    ax: Axes | None = None,
    language: Language = Language.EN,
) -> Axes:
    """Draw the share of each cohort (row) that bought again so many periods after its first purchase (column).

    Parameters
    ----------
    labels, sizes
        Names of the cohorts and their numbers of customers.
    repeat
        One row per cohort; the first column is one period after the first purchase; NaN after the end of the log.
    periods
        What the columns are; ``"months"`` by default.
    ax
        The axes to draw on; by default those of a new figure.
    language
        The language of the labels.

    Examples
    --------
    >>> ax = cohorts(["Jan", "Feb"], [100, 80], [[0.31, 0.18], [0.29, float("nan")]])
    >>> [text.get_text() for text in ax.texts]
    ['31', '18', '29']
    """
    words = Words(language)
    r = np.asarray(repeat, float)
    with style.canvas(ax, (10, 0.36 * len(labels) + 1.2)) as ax:
        peak = float(np.nan_to_num(r).max(initial=0)) or 1.0
        _heat(ax, r, lambda share: f"{100 * share:.0f}", peak=peak, least=0.0)
        names = zip(labels, np.asarray(sizes, float), strict=True)
        ax.set_yticks(np.arange(len(labels)) + 0.5, [f"{name} ({fmt.count(n)})" for name, n in names], color=style.INK)
        ticks = np.arange(0, r.shape[1], max(1, round(r.shape[1] * 34 / style.extent(ax)[0])))
        ax.set_xticks(ticks + 0.5, [str(tick + 1) for tick in ticks])
        ax.invert_yaxis()
        ax.set_xlabel(style.capital(words("cohorts.x", periods=periods or words("periods.month"))))
        ax.spines["bottom"].set_visible(False)
    return ax


def survival(
    time: ArrayLike,
    probability: ArrayLike,
    lower: ArrayLike,
    upper: ArrayLike,
    *,
    median: float | None = None,
    periods: str | None = None,
    ax: Axes | None = None,
    language: Language = Language.EN,
) -> Axes:
    """Draw a Kaplan–Meier curve as steps, with its confidence band; the median tenure is marked if it is reached.

    Parameters
    ----------
    time, probability
        The points of the curve, from (0, 1) on.
    lower, upper
        The band.
    median
        The time by which half have left.
    periods
        The unit of time; ``"months"`` by default.
    ax
        The axes to draw on; by default those of a new figure.
    language
        The language of the labels.

    Examples
    --------
    >>> ax = survival([0, 1, 2], [1, 0.8, 0.5], [1, 0.7, 0.4], [1, 0.9, 0.6], median=2)
    >>> [text.get_text() for text in ax.texts]
    ['median 2', '50.0%']
    """
    words = Words(language)
    unit = periods or words("periods.month")
    t, s = np.asarray(time, float), np.asarray(probability, float)
    with style.canvas(ax, (9, 4.6)) as ax:
        ax.fill_between(t, np.asarray(lower, float), np.asarray(upper, float), step="post", color="#d4e5f6")
        ax.step(t, s, where="post", color=style.BLUE, linewidth=2.6)
        end = float(t.max(initial=0)) or 1.0
        bold: dict[str, Any] = {"fontweight": "bold", "color": style.DEEP, "textcoords": "offset points"}
        if median is not None:
            ax.plot([0, median, median], [0.5, 0.5, 0], color=style.MUTED, linewidth=1.2, linestyle=(0, (4, 3)))
            ax.plot([median], [0.5], "o", color=style.DEEP, markersize=7, markeredgecolor=style.PAPER)
            text = words("survival.median", time=fmt.decimal(median, 0))
            side, shift = ("left", 10) if median < 0.6 * end else ("right", -10)
            ax.annotate(text, (median, 0.5), xytext=(shift, 8), ha=side, **bold)
        if s.size:
            ax.annotate(fmt.percent(s[-1]), (end, s[-1]), xytext=(6, 0), va="center", annotation_clip=False, **bold)
        ax.set(xlim=(0, end), ylim=(0, 1.02))
        ax.set_xlabel(style.capital(words("survival.x", periods=unit)))
        ax.set_ylabel(words("survival.y"))
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        ticks = np.linspace(0, 1, 5)
        ax.set_yticks(ticks, [fmt.percent(tick, 0) for tick in ticks])
        ax.grid(axis="y")
    return ax


def _heat(ax: Axes, matrix: Floats, text: Callable[[float], str], *, peak: float, least: float) -> None:
    """Colour the cells, and write the figures of ``least`` or more into them if they have room."""
    shown = np.ma.masked_invalid(matrix)
    ax.pcolormesh(shown, cmap=style.BLUES, vmin=0, vmax=peak, edgecolors=style.PAPER, linewidth=2)
    room = style.extent(ax)[0] / max(matrix.shape[1], 1)
    if room < 15:
        return
    size = min(12.5, 0.36 * room + 2)
    for (row, column), value in np.ndenumerate(matrix):
        if value >= least:
            ink = style.readable_on(style.BLUES(value / peak))
            ax.text(column + 0.5, row + 0.5, text(value), ha="center", va="center", fontsize=size, color=ink)


def _name_periods(ax: Axes, periods: Sequence[str]) -> None:
    """Name as many of the periods as have room."""
    step = max(1, int(np.ceil(len(periods) * 68 / style.extent(ax)[0])))
    ticks = range(0, len(periods), step)
    ax.set_xticks(ticks, [periods[tick] for tick in ticks])


def _spread(places: Floats, room: float) -> Floats:
    """Move labels up just enough that neighbours are ``room`` apart."""
    for i in range(1, len(places)):
        places[i] = max(places[i], places[i - 1] + room)
    return places
