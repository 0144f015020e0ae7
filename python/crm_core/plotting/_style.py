"""One look for every chart: colours that colour-blind readers can tell apart, direct labels, no frames."""

from __future__ import annotations

from contextlib import contextmanager
from textwrap import wrap
from typing import TYPE_CHECKING

import matplotlib as mpl
import matplotlib.pyplot as plt
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from crm_core import _format as fmt

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.typing import ColorType

    from crm_core.units import Language

INK = "#1b2430"
MUTED = "#5b6675"
GREY = "#c5ccd6"
GRID = "#e4e8ee"
PAPER = "#ffffff"
DEEP = "#0f3d75"
BLUE = "#2a72c3"
SKY = "#9cc7ec"
PALE = "#e6f0fa"
RUST = "#c2542d"

# From the most to the least valuable group.
RANKS = ("#0f3d75", "#2a72c3", "#6ba6dc", "#a9cdee", "#d5e3f2")
# By the serialised name of the stage or type.
STAGES = {
    "potential": "#dfe4eb",
    "development": "#a9d5f2",
    "growth": "#4b9fdc",
    "maturity": "#0f4c8f",
    "decline": "#f0a32f",
    "termination": "#b3bac5",
    "recovery": "#0d7568",
}
TYPES = {"golden": "#e0a100", "meteor": "#c2542d", "stream": "#2a72c3", "burden": "#8d97a5"}
# For text in the colour of an area: dark enough to read on white.
STAGE_TEXT = STAGES | {
    "potential": MUTED,
    "development": "#2a6f9e",
    "growth": "#2a72c3",
    "decline": "#9a5b00",
    "termination": MUTED,
}
TYPE_TEXT = {"golden": "#856000", "meteor": "#8a3413", "stream": "#1a4f8c", "burden": MUTED}

# White to deep blue, for shares and counts.
BLUES = LinearSegmentedColormap.from_list("crm_blues", ["#f4f8fc", "#a9cdee", "#2a72c3", "#0b2f5e"])

NARROW = 340
"""Axes of fewer points across are those of a telephone: labels are short."""


@contextmanager
def canvas(ax: Axes | None, size: tuple[float, float]) -> Iterator[Axes]:
    """Give the axes to draw on, in the house style: those of the caller, or those of a new figure."""
    with mpl.rc_context({"font.size": 12, "text.color": INK, "patch.linewidth": 0}):
        if ax is None:
            _, ax = plt.subplots(figsize=size, layout="constrained")
        ax.spines[["top", "right", "left"]].set_visible(False)
        ax.spines["bottom"].set_color(GREY)
        ax.tick_params(length=0, pad=6, colors=MUTED, labelsize=12, grid_color=GRID, grid_linewidth=1)
        ax.xaxis.label.set(color=MUTED, fontsize=12)
        ax.yaxis.label.set(color=MUTED, fontsize=12)
        ax.set_axisbelow(True)
        yield ax


def extent(ax: Axes) -> tuple[float, float]:
    """Return width and height of the axes in points: what decides how many labels have room."""
    box = ax.get_window_extent()
    dpi = ax.get_figure(root=True).dpi  # type: ignore[union-attr]
    return box.width * 72 / dpi, box.height * 72 / dpi


def is_narrow(ax: Axes) -> bool:
    """Tell whether the axes are those of a telephone."""
    return extent(ax)[0] < NARROW


def label_width(labels: Sequence[str]) -> float:
    """Return about how many points the widest of some bold labels of 12 points needs; Chinese signs are square."""
    return max((sum(7.4 if sign.isascii() else 12.5 for sign in label) for label in labels), default=0.0)


def readable_on(color: ColorType) -> str:
    """Return white or ink, whichever has the higher contrast on ``color`` (relative luminance of WCAG 2)."""

    def luminance(of: ColorType) -> float:
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(of)]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    on_ink = (luminance(color) + 0.05) / (luminance(INK) + 0.05)
    on_white = 1.05 / (luminance(color) + 0.05)
    return INK if on_ink >= on_white else PAPER


def number_axis(ax: Axes, language: Language) -> None:
    """Mark round numbers on the upright axis, in short, with lines across."""
    ax.yaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 2.5, 5, 10]))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: fmt.short(value, language)))
    ax.grid(axis="y")


def capital(text: str) -> str:
    """Begin with a capital letter."""
    return text[0].upper() + text[1:]


def legend(ax: Axes, entries: Sequence[tuple[str, str]]) -> None:
    """Name the colours in one row above the axes."""
    legend_above(ax, [Patch(color=color, label=label) for label, color in entries])


def legend_above(ax: Axes, handles: Sequence[Artist], *, length: float = 0.9) -> None:
    """Name what the handles show in one row above the axes."""
    ax.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncols=len(handles),
        frameon=False,
        handlelength=length,
        handleheight=0.9,
        borderaxespad=0.2,
        columnspacing=1.6,
        borderpad=0,
    )


def wrapped(label: str, room: float, size: float) -> list[str]:
    """Break a label between words, or Chinese in the middle, into lines that have room."""
    across = label_width([label]) * size / 12
    if across <= room:
        return [label]
    if not label.isascii():
        half = -(-len(label) // 2)
        return [label[:half], label[half:]]
    return wrap(label, max(1, int(len(label) * room / across)), break_long_words=False)
