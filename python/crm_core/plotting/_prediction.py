"""Charts of buy-till-you-die models: how well one fits, and what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from matplotlib.ticker import FuncFormatter, MaxNLocator

from crm_core import _format as fmt
from crm_core._words import Words
from crm_core.plotting import _style as style
from crm_core.units import Language

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]


def tracking(
    actual: ArrayLike,
    expected: ArrayLike,
    *,
    calibration: float | None = None,
    cumulative: bool = False,
    periods: str | None = None,
    ax: Axes | None = None,
    language: Language = Language.EN,
) -> Axes:
    """Draw the repeat purchases of each period beside those that a model expects.

    Parameters
    ----------
    actual, expected
        One number for each period from the first on; ``actual`` may end before ``expected``.
    calibration
        After how many periods the data end that the model was fitted to.
    cumulative
        Draw running totals instead of the purchases of each period.
    periods
        What the periods are; ``"weeks"`` by default.
    ax
        The axes to draw on; by default those of a new figure.
    language
        The language of the labels.

    Examples
    --------
    >>> ax = tracking([5, 9, 8, 6], [6.0, 8.5, 7.5, 6.8, 6.1], calibration=3)
    >>> ax.get_xlabel()
    'Weeks'
    """
    words = Words(language)
    seen, told = np.asarray(actual, float), np.asarray(expected, float)
    if cumulative:
        seen, told = np.cumsum(seen), np.cumsum(told)
    with style.canvas(ax, (9, 4.6)) as ax:
        end = max(len(seen), len(told), 1)
        if calibration is not None:
            ax.axvspan(calibration, end, color=style.PALE, linewidth=0)
            ax.axvline(calibration, color=style.MUTED, linewidth=1, linestyle=(0, (4, 3)))
            ax.annotate(
                words("tracking.holdout"),
                (calibration, 1),
                xycoords=("data", "axes fraction"),
                xytext=(8, -4),
                textcoords="offset points",
                va="top",
                color=style.MUTED,
            )
        ax.plot(np.arange(1, len(seen) + 1), seen, color=style.DEEP, linewidth=2.2, label=words("fit.actual"))
        ax.plot(np.arange(1, len(told) + 1), told, color=style.RUST, linewidth=2.2, label=words("fit.model"))
        ax.set(xlim=(0 if cumulative else 1, end), ylim=(0, None))
        ax.set_xlabel(style.capital(periods or words("periods.week")))
        ax.set_ylabel(words("tracking.cumulative" if cumulative else "tracking.y"))
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        style.number_axis(ax, language)
        _legend(ax)
    return ax


def frequency_histogram(
    actual: ArrayLike,
    expected: ArrayLike,
    *,
    ax: Axes | None = None,
    language: Language = Language.EN,
) -> Axes:
    """Draw how many customers made 0, 1, 2, … repeat purchases, and how many a model expects.

    Parameters
    ----------
    actual, expected
        Customers with as many purchases as the place says; the last place is for all with that many or more.
    ax
        The axes to draw on; by default those of a new figure.
    language
        The language of the labels.

    Examples
    --------
    >>> ax = frequency_histogram([1411, 439, 214, 293], [1402.5, 430.1, 219.8, 304.6])
    >>> [label.get_text() for label in ax.get_xticklabels()]
    ['0', '1', '2', '3+']
    """
    words = Words(language)
    seen, told = np.asarray(actual, float), np.asarray(expected, float)
    places = np.arange(len(seen))
    with style.canvas(ax, (9, 4.6)) as ax:
        ax.bar(places - 0.2, seen, 0.38, color=style.DEEP, label=words("fit.actual"))
        ax.bar(places + 0.2, told, 0.38, color=style.SKY, label=words("fit.model"))
        ax.set_xticks(places, _or_more(places))
        ax.set_xlabel(words("frequency_histogram.x"))
        ax.set_ylabel(words("frequency_histogram.y"))
        style.number_axis(ax, language)
        _legend(ax)
    return ax


def conditional_expectation(
    actual: ArrayLike,
    expected: ArrayLike,
    *,
    ax: Axes | None = None,
    language: Language = Language.EN,
) -> Axes:
    """Draw the mean purchases in the holdout of those who made 0, 1, 2, … purchases before, beside a model's.

    Parameters
    ----------
    actual, expected
        Means by purchases in the calibration period; the last place is for all with that many or more. NaN where
        nobody bought so often.
    ax
        The axes to draw on; by default those of a new figure.
    language
        The language of the labels.

    Examples
    --------
    >>> ax = conditional_expectation([0.2, 0.7, 1.4], [0.25, 0.65, 1.5])
    >>> [label.get_text() for label in ax.get_xticklabels()]
    ['0', '1', '2+']
    """
    words = Words(language)
    seen, told = np.asarray(actual, float), np.asarray(expected, float)
    places = np.arange(len(seen))
    with style.canvas(ax, (9, 4.6)) as ax:
        marks: dict[str, Any] = {"linewidth": 2.2, "marker": "o", "markersize": 6, "markeredgecolor": style.PAPER}
        ax.plot(places, seen, color=style.DEEP, label=words("fit.actual"), **marks)
        ax.plot(places, told, color=style.RUST, label=words("fit.model"), **marks)
        ax.set_xticks(places, _or_more(places))
        ax.set_ylim(0, None)
        ax.set_xlabel(words("conditional_expectation.x"))
        ax.set_ylabel(words("conditional_expectation.y"))
        style.number_axis(ax, language)
        _legend(ax)
    return ax


def recency_frequency(
    values: ArrayLike,
    *,
    measure: Literal["probability_alive", "expected_purchases"],
    age: float,
    periods: str | None = None,
    ax: Axes | None = None,
    language: Language = Language.EN,
) -> Axes:
    """Draw what a model says of customers by recency and frequency, all of one age.

    Parameters
    ----------
    values
        One row for each frequency from 0 on, one column for each of equally spaced recencies from 0 to ``age``.
        NaN where no customer can be, for example a recency above 0 without a repeat purchase.
    measure
        What the values are.
    age
        The age of the customers, in ``periods``.
    periods
        The unit of time; ``"weeks"`` by default.
    ax
        The axes to draw on; by default those of a new figure.
    language
        The language of the labels.

    Examples
    --------
    >>> ax = recency_frequency([[0.6, float("nan")], [0.1, 0.8]], measure="probability_alive", age=39)
    >>> ax.get_ylabel()
    'Repeat purchases'
    """
    words = Words(language)
    shown = np.ma.masked_invalid(np.asarray(values, float))
    rows, columns = shown.shape
    unit = periods or words("periods.week")
    with style.canvas(ax, (8.4, 5.6)) as ax:
        step = age / max(columns - 1, 1)
        peak = 1.0 if measure == "probability_alive" else float(shown.max()) if shown.count() else 1.0
        across = (np.arange(columns + 1) - 0.5) * step
        mesh = ax.pcolormesh(across, np.arange(rows + 1) - 0.5, shown, cmap=style.BLUES, vmin=0, vmax=peak or 1.0)
        mesh.set_rasterized(True)
        bar = ax.figure.colorbar(mesh, ax=ax, pad=0.02, aspect=28)
        bar.outline.set_visible(False)
        bar.ax.tick_params(length=0, colors=style.MUTED, labelsize=11)
        if measure == "probability_alive":
            bar.ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: fmt.percent(value, 0)))
        bar.set_label(words(f"recency_frequency.{measure}"), color=style.MUTED)
        ax.set_xlabel(words("recency_frequency.x", periods=unit))
        ax.set_ylabel(words("frequency_histogram.x"))
        ax.yaxis.set_major_locator(MaxNLocator(integer=True))
        ax.spines["bottom"].set_visible(False)
    return ax


def alive_history(
    time: ArrayLike,
    probability: ArrayLike,
    *,
    purchases: ArrayLike,
    periods: str | None = None,
    ax: Axes | None = None,
    language: Language = Language.EN,
) -> Axes:
    """Draw how probable it was, at each time, that one customer still was a customer.

    Parameters
    ----------
    time, probability
        The curve, from the first purchase on.
    purchases
        When the customer bought; marked below the curve.
    periods
        The unit of time; ``"weeks"`` by default.
    ax
        The axes to draw on; by default those of a new figure.
    language
        The language of the labels.

    Examples
    --------
    >>> ax = alive_history([0, 10, 20], [1.0, 0.9, 0.6], purchases=[0, 8])
    >>> ax.get_ylabel()
    'P(alive)'
    """
    words = Words(language)
    t, p = np.asarray(time, float), np.asarray(probability, float)
    with style.canvas(ax, (9, 4.2)) as ax:
        ax.fill_between(t, 0, p, color=style.PALE)
        ax.plot(t, p, color=style.BLUE, linewidth=2.4)
        bought = np.asarray(purchases, float)
        ax.vlines(bought, 0, 1, color=style.DEEP, linewidth=1, alpha=0.35)
        ax.plot(bought, np.zeros_like(bought), "^", color=style.DEEP, markersize=8, clip_on=False, zorder=5)
        ax.plot([], [], "^", color=style.DEEP, markersize=8, label=words("alive_history.purchase"))
        ax.set(xlim=(float(t.min(initial=0)), float(t.max(initial=1))), ylim=(0, 1.02))
        ticks = np.linspace(0, 1, 5)
        ax.set_yticks(ticks, [fmt.percent(tick, 0) for tick in ticks])
        ax.set_xlabel(style.capital(words("alive_history.x", periods=periods or words("periods.week"))))
        ax.set_ylabel(words("alive_history.y"))
        ax.grid(axis="y")
        _legend(ax)
    return ax


def spend_density(
    mean_spend: ArrayLike,
    density: ArrayLike,
    *,
    observed: ArrayLike,
    ax: Axes | None = None,
    language: Language = Language.EN,
) -> Axes:
    """Draw the distribution of the customers' mean spend, and a model's density over it.

    Parameters
    ----------
    mean_spend, density
        The points of the model's curve.
    observed
        The mean spend of each customer; what lies beyond the curve is left out of the bars, but not of their scale.
    ax
        The axes to draw on; by default those of a new figure.
    language
        The language of the labels.

    Examples
    --------
    >>> ax = spend_density([10.0, 20.0, 40.0], [0.01, 0.03, 0.01], observed=[12.0, 18.0, 22.0, 35.0])
    >>> ax.get_xlabel()
    'Mean spend per purchase'
    """
    words = Words(language)
    x, y, seen = np.asarray(mean_spend, float), np.asarray(density, float), np.asarray(observed, float)
    with style.canvas(ax, (9, 4.6)) as ax:
        low, high = float(x.min(initial=0)), float(x.max(initial=1))
        bins = int(np.clip(np.sqrt(len(seen)) * 1.5, 8, 60))
        counts, edges = np.histogram(seen, bins=bins, range=(low, high))
        width = np.diff(edges)
        shares = counts / (max(len(seen), 1) * width)
        ax.bar(edges[:-1], shares, width, align="edge", color=style.SKY, label=words("fit.actual"))
        ax.plot(x, y, color=style.RUST, linewidth=2.4, label=words("fit.model"))
        ax.set(xlim=(low, high), ylim=(0, None))
        ax.set_yticks([])
        ax.set_xlabel(words("spend_density.x"))
        ax.set_ylabel(words("spend_density.y"))
        ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: fmt.short(value, language)))
        _legend(ax)
    return ax


def retention_curve(
    actual: ArrayLike,
    expected: ArrayLike,
    *,
    measure: Literal["survival", "retention"] = "survival",
    calibration: float | None = None,
    periods: str | None = None,
    ax: Axes | None = None,
    language: Language = Language.EN,
) -> Axes:
    """Draw the survival, or the retention rate, of a cohort under contract, beside a model's.

    Parameters
    ----------
    actual, expected
        One number per renewal: survival begins with 1 at renewal 0, retention with renewal 1.
    measure
        Whether these are survival (who is left of all) or retention (who is left of those before).
    calibration
        The last renewal that the model was fitted to.
    periods
        What the renewals are counted in; ``"years"`` by default.
    ax
        The axes to draw on; by default those of a new figure.
    language
        The language of the labels.

    Examples
    --------
    >>> ax = retention_curve([1.0, 0.63, 0.47], [1.0, 0.63, 0.46, 0.37])
    >>> ax.get_ylabel()
    'Still a customer'
    """
    words = Words(language)
    seen, told = np.asarray(actual, float), np.asarray(expected, float)
    first = 0 if measure == "survival" else 1
    with style.canvas(ax, (9, 4.6)) as ax:
        marks: dict[str, Any] = {"linewidth": 2.2, "marker": "o", "markersize": 6, "markeredgecolor": style.PAPER}
        ax.plot(first + np.arange(len(seen)), seen, color=style.DEEP, label=words("fit.actual"), **marks)
        ax.plot(first + np.arange(len(told)), told, color=style.RUST, label=words("fit.model"), **marks)
        if calibration is not None:
            ax.axvline(calibration, color=style.MUTED, linewidth=1, linestyle=(0, (4, 3)))
        ax.set_ylim(0, 1.02)
        ticks = np.linspace(0, 1, 5)
        ax.set_yticks(ticks, [fmt.percent(tick, 0) for tick in ticks])
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        ax.set_xlabel(style.capital(periods or words("periods.year")))
        ax.set_ylabel(words("survival.y") if measure == "survival" else words("retention_curve.y"))
        ax.grid(axis="y")
        _legend(ax)
    return ax


def _or_more(places: Sequence[int] | NDArray[np.int_]) -> list[str]:
    names = [str(place) for place in places]
    return [*names[:-1], f"{names[-1]}+"] if names else []


def _legend(ax: Axes) -> None:
    style.legend_above(ax, ax.get_legend_handles_labels()[0], length=1.4)
