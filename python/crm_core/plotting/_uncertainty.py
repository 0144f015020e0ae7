"""Charts of uncertain lifetime value: what each switching probability does to it, and where it lies over time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from crm_core import _format as fmt
from crm_core._words import Words
from crm_core.errors import LengthMismatchError, OutOfRangeError
from crm_core.plotting import _style as style
from crm_core.units import Language

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

# What lowers a value, nothing, what raises it; the ends are equally dark, so that print keeps their size.
DIVERGING = LinearSegmentedColormap.from_list(
    "crm_diverging", ["#9c3d18", "#d98a68", "#f4dfd5", "#f7f8fa", "#d3e3f3", "#6ba6dc", "#1c5596"]
)
# From the outermost to the innermost band.
BANDS = ("#d5e3f2", "#9cc7ec", "#6ba6dc")


def sensitivity_map(
    labels: Sequence[str],
    sensitivities: ArrayLike,
    *,
    of: str | None = None,
    step: float = 0.01,
    ax: Axes | None = None,
    language: Language = Language.EN,
) -> Axes:
    """Draw what each switching probability does to a value as a heat map: from (rows) to (columns).

    Parameters
    ----------
    labels
        The names of the brands.
    sensitivities
        The derivative of the value by each entry of the switching matrix, such as
        :attr:`~crm_core.clv.uncertainty.Gradient.transition_along_simplex`.
    of
        The brand whose value it is; by default not said.
    step
        The change that the figures speak of: by default one percentage point.
    ax
        The axes to draw on; by default those of a new figure.
    language
        The language of the labels.

    Examples
    --------
    >>> ax = sensitivity_map(["A", "B"], [[250.0, -250.0], [120.0, -120.0]])
    >>> [text.get_text() for text in ax.texts]
    ['+2.50', '−2.50', '+1.20', '−1.20']
    """
    words = Words(language)
    changes = step * np.asarray(sensitivities, float)
    if changes.shape != (len(labels), len(labels)):
        message = f"sensitivities is of shape {changes.shape}: must be square, with a row for each label"
        raise LengthMismatchError(message, argument="sensitivities", value=f"of shape {changes.shape}")
    finite = np.abs(changes[np.isfinite(changes)])
    peak = float(finite.max(initial=0.0)) or 1.0
    with style.canvas(ax, (8, 5.6)) as ax:
        shown = np.ma.masked_invalid(changes)
        ax.pcolormesh(shown, cmap=DIVERGING, vmin=-peak, vmax=peak, edgecolors=style.PAPER, linewidth=2)
        _write_changes(ax, changes, peak)
        places = np.arange(len(labels)) + 0.5
        crowded = style.label_width(labels) > style.extent(ax)[0] / max(len(labels), 1)
        slanted: dict[str, Any] = {"rotation": 40, "ha": "left"} if crowded else {}
        ax.set_xticks(places, labels, color=style.INK, **slanted)
        ax.set_yticks(places, labels, color=style.INK)
        ax.xaxis.tick_top()
        ax.xaxis.set_label_position("top")
        ax.invert_yaxis()
        ax.set_xlabel(words("sensitivity_map.to"), labelpad=10)
        ax.set_ylabel(words("sensitivity_map.from"))
        ax.spines["bottom"].set_visible(False)
        _say_what_changes(ax, words, of, step)
    return ax


def _write_changes(ax: Axes, changes: Floats, peak: float) -> None:
    room = style.extent(ax)[0] / max(changes.shape[1], 1)
    # Three digits of the largest.
    places = int(np.clip(2 - np.floor(np.log10(peak)), 0, 8))
    longest = max(len(_signed(change, places)) for change in changes.flat) if changes.size else 1
    size = min(13.0, 1.45 * room / (longest + 1))
    if size < 5:
        return
    for (row, column), change in np.ndenumerate(changes):
        if np.isfinite(change):
            ink = style.readable_on(DIVERGING(0.5 + 0.5 * change / peak))
            text = _signed(float(change), places)
            ax.text(column + 0.5, row + 0.5, text, ha="center", va="center", fontsize=size, color=ink)


def _signed(change: float, places: int) -> str:
    text = fmt.decimal(change, places)
    if not any(digit in text for digit in "123456789"):
        return "0"
    return text if change < 0 else f"+{text}"


def _say_what_changes(ax: Axes, words: Words, of: str | None, step: float) -> None:
    """Name the colours, and what they speak of, below the cells."""
    whose = words("sensitivity_map.of", brand=of) if of else words("sensitivity_map.value")
    entries = [
        Patch(color=DIVERGING(0.0), label=words("sensitivity_map.falls", value=whose)),
        Patch(color=DIVERGING(1.0), label=words("sensitivity_map.rises", value=whose)),
    ]
    ax.legend(
        handles=entries,
        title=words("sensitivity_map.title", points=f"{100 * step:g}"),
        loc="upper left",
        bbox_to_anchor=(0, -0.02),
        ncols=1 if style.is_narrow(ax) else 2,
        frameon=False,
        alignment="left",
        handlelength=0.9,
        handleheight=0.9,
        borderaxespad=0.2,
        columnspacing=1.6,
        borderpad=0,
    )


def fan(
    probabilities: ArrayLike,
    quantiles: ArrayLike,
    *,
    period: str | None = None,
    ax: Axes | None = None,
    language: Language = Language.EN,
) -> Axes:
    """Draw where a growing value lies as a fan: a band around the median for each pair of quantiles.

    Parameters
    ----------
    probabilities
        Of the quantiles, rising, in pairs around the median: 0.05, 0.25, 0.5, 0.75, 0.95.
    quantiles
        One row for each period t = 0, 1, …, one column for each probability, such as
        :attr:`~crm_core.clv.uncertainty.Bands.quantiles`.
    period
        What t counts; ``"month"`` by default.
    ax
        The axes to draw on; by default those of a new figure.
    language
        The language of the labels.

    Examples
    --------
    >>> ax = fan([0.05, 0.5, 0.95], [[10, 10, 10], [15, 18, 19], [20, 25, 28]])
    >>> [text.get_text() for text in ax.texts]
    ['20.00', '25.00', '28.00']
    """
    words = Words(language)
    p, q = np.asarray(probabilities, float), np.asarray(quantiles, float)
    if p.ndim != 1 or q.ndim != 2 or q.shape[1] != len(p):
        message = f"quantiles is of shape {q.shape}: must have a column for each probability"
        raise LengthMismatchError(message, argument="quantiles", value=f"of shape {q.shape}")
    if len(p) % 2 == 0 or not np.allclose(p + p[::-1], 1) or (np.diff(p) <= 0).any():
        message = "probabilities: must rise, in pairs around the median"
        raise OutOfRangeError(message, argument="probabilities")
    times, middle = np.arange(len(q)), len(p) // 2
    with style.canvas(ax, (9, 4.8)) as ax:
        entries: list[Any] = []
        narrow = style.is_narrow(ax)
        band_label = "fan.band_short" if narrow else "fan.band"
        for band in range(middle):
            color = BANDS[min(band + max(0, len(BANDS) - middle - 1), len(BANDS) - 1)]
            ax.fill_between(times, q[:, band], q[:, -1 - band], color=color, linewidth=0)
            chance = fmt.percent(p[-1 - band] - p[band], 0)
            entries.append(Patch(color=color, label=words(band_label, chance=chance)))
        ax.plot(times, q[:, middle], color=style.DEEP, linewidth=2.4, solid_capstyle="round")
        entries.append(Line2D([], [], color=style.DEEP, linewidth=2.4, label=words("fan.median")))
        style.legend_above(ax, entries[::-1], length=1.1)
        low, high = min(0.0, float(q.min(initial=0))), float(q.max(initial=0)) or 1.0
        ax.set(xlim=(0, max(len(q) - 1, 1)), ylim=(low, low + 1.05 * (high - low)))
        _name_ends(ax, q[-1], middle)
        ax.set_xlabel(words("fan.x", period=period or words("period.month")))
        ax.set_ylabel(words("fan.y"))
        ax.xaxis.set_major_locator(MaxNLocator(nbins=4 if narrow else 9, steps=[1, 1.2, 2.4, 3, 6, 10], integer=True))
        style.number_axis(ax, language)
    return ax


def _name_ends(ax: Axes, ends: Floats, middle: int) -> None:
    """Write the last value of each quantile to its right, the median bold, neighbours apart."""
    low, high = ax.get_ylim()
    room = 15 * (high - low) / style.extent(ax)[1]
    places = ends.copy()
    for i in range(middle + 1, len(ends)):
        places[i] = max(places[i], places[i - 1] + room)
    for i in range(middle - 1, -1, -1):
        places[i] = min(places[i], places[i + 1] - room)
    for i, (place, value) in enumerate(zip(places, ends, strict=True)):
        bold: dict[str, Any] = {"fontweight": "bold", "color": style.DEEP} if i == middle else {"color": style.MUTED}
        ax.annotate(
            fmt.amount(float(value)),
            (ax.get_xlim()[1], place),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            annotation_clip=False,
            **bold,
        )
