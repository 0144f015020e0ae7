"""Charts of satisfaction: which attributes to improve first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crm_core._words import Words
from crm_core.plotting import _style as style
from crm_core.units import Language

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

_COLORS = {
    "urgent_improvement": style.RUST,
    "competitive_advantage": style.DEEP,
    "secondary_improvement": style.MUTED,
    "surplus": style.BLUE,
}


def importance_satisfaction(
    names: Sequence[str],
    importance: ArrayLike,
    satisfaction: ArrayLike,
    *,
    importance_cut: float,
    satisfaction_cut: float,
    labels: Mapping[str, str],
    importance_label: str | None = None,
    satisfaction_label: str | None = None,
    ax: Axes | None = None,
    language: Language = Language.EN,
) -> Axes:
    """Draw the importance of attributes, or constructs, over the satisfaction with them, in four quadrants.

    Parameters
    ----------
    names
        Of the attributes.
    importance, satisfaction
        Of each attribute; for a structural model total effects and performances.
    importance_cut, satisfaction_cut
        Where the lines are, as of :func:`crm_core.satisfaction.importance_satisfaction`.
    labels
        What the quadrants are called, by their serialised names.
    importance_label, satisfaction_label
        What the axes are called; by default importance and satisfaction.
    ax
        The axes to draw on; by default those of a new figure.
    language
        The language of the labels.

    Examples
    --------
    >>> labels = {"urgent_improvement": "Improve", "competitive_advantage": "Keep"}
    >>> cuts = {"importance_cut": 0.3, "satisfaction_cut": 7}
    >>> ax = importance_satisfaction(["room", "staff"], [0.6, 0.4], [6, 8], **cuts, labels=labels)
    >>> [text.get_text() for text in ax.texts]
    ['Improve', 'Keep', 'room', 'staff']
    """
    words = Words(language)
    x, y = np.asarray(satisfaction, float), np.asarray(importance, float)
    with style.canvas(ax, (8, 6)) as ax:
        low_x, high_x = _span(x, satisfaction_cut)
        low_y, high_y = _span(y, importance_cut)
        ax.axvline(satisfaction_cut, color=style.GREY, linewidth=1.4)
        ax.axhline(importance_cut, color=style.GREY, linewidth=1.4)
        corners = {
            "urgent_improvement": (0.01, 0.99, "left", "top"),
            "competitive_advantage": (0.99, 0.99, "right", "top"),
            "secondary_improvement": (0.01, 0.01, "left", "bottom"),
            "surplus": (0.99, 0.01, "right", "bottom"),
        }
        size = 10 if style.is_narrow(ax) else 13
        for quadrant, label in labels.items():
            across, up, ha, va = corners[quadrant]
            color = _COLORS[quadrant]
            ax.text(
                across, up, label, transform=ax.transAxes, ha=ha, va=va, color=color, fontsize=size, fontweight="bold"
            )
        for name, across, up in zip(names, x, y, strict=True):
            high, good = up >= importance_cut, across >= satisfaction_cut
            quadrant = list(corners)[(0 if high else 2) + (1 if good else 0)]
            ax.plot([across], [up], "o", color=_COLORS[quadrant], markersize=8, markeredgecolor=style.PAPER)
            left = across > low_x + 0.75 * (high_x - low_x)
            place = (-8, 0) if left else (8, 0)
            ha = "right" if left else "left"
            ax.annotate(name, (across, up), xytext=place, textcoords="offset points", ha=ha, va="center")
        ax.set(xlim=(low_x, high_x), ylim=(low_y, high_y))
        ax.set_xlabel(satisfaction_label or words("importance_satisfaction.satisfaction"))
        ax.set_ylabel(importance_label or words("importance_satisfaction.importance"))
    return ax


def _span(values: np.ndarray, cut: float) -> tuple[float, float]:
    """Ends of an axis: around all values and the line, with room for the names of the quadrants."""
    low, high = float(values.min(initial=cut)), float(values.max(initial=cut))
    pad = 0.12 * (high - low) or 1.0
    return low - pad, high + pad
