"""The map of importance and satisfaction: what to improve first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.patches import Rectangle

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
_CORNERS = {
    "urgent_improvement": ("left", "top"),
    "competitive_advantage": ("right", "top"),
    "secondary_improvement": ("left", "bottom"),
    "surplus": ("right", "bottom"),
}


def importance_satisfaction(
    names: Sequence[str],
    importance: ArrayLike,
    satisfaction: ArrayLike,
    *,
    importance_cut: float,
    satisfaction_cut: float,
    labels: Mapping[str, str] | None = None,
    target: str | None = None,
    ax: Axes | None = None,
    language: Language = Language.EN,
) -> Axes:
    """Draw the importance of attributes or drivers over the satisfaction with them, in four quadrants.

    What is important and does not satisfy, at the upper left, is to be improved first.

    Parameters
    ----------
    names
        Of the attributes.
    importance, satisfaction
        Of each attribute; for a structural model unstandardised total effects and performances.
    importance_cut, satisfaction_cut
        Where the lines are, as of :func:`crm_core.satisfaction.importance_satisfaction`.
    labels
        What the quadrants are called, by their serialised names; by default the terms of
        :class:`crm_core.satisfaction.Quadrant`.
    target
        For a structural model, what the drivers drive: the axes then speak of points and performance.
    ax
        The axes to draw on; by default those of a new figure.
    language
        The language of the labels.

    Examples
    --------
    >>> ax = importance_satisfaction(["room", "staff"], [0.6, 0.4], [6, 8], importance_cut=0.5, satisfaction_cut=7)
    >>> [text.get_text() for text in ax.texts][:2]
    ['Urgent improvement', 'Competitive advantage']
    """
    from crm_core.satisfaction import Quadrant

    words = Words(language)
    terms = {str(quadrant): quadrant.label(language) for quadrant in Quadrant} if labels is None else labels
    x, y = np.asarray(satisfaction, float), np.asarray(importance, float)
    with style.canvas(ax, (8, 6)) as ax:
        narrow = style.is_narrow(ax)
        (left, right), (bottom, top) = _span(x, satisfaction_cut), _span(y, importance_cut)
        ax.set(xlim=(left, right), ylim=(bottom, top))
        urgent = (left, importance_cut), satisfaction_cut - left, top - importance_cut
        ax.add_patch(Rectangle(*urgent, facecolor=style.RUST, alpha=0.07, zorder=0))
        ax.axvline(satisfaction_cut, color=style.GREY, linewidth=1.4, zorder=1)
        ax.axhline(importance_cut, color=style.GREY, linewidth=1.4, zorder=1)
        for quadrant, term in terms.items():
            ha, va = _CORNERS[quadrant]
            at = 0.0 if ha == "left" else 1.0, 0.0 if va == "bottom" else 1.0
            inset = 6 if ha == "left" else -6, 6 if va == "bottom" else -6
            text = "\n".join(style.wrapped(term, 130, 11)) if narrow else term
            look: dict[str, Any] = {"color": _COLORS[quadrant], "fontsize": 11 if narrow else 13, "fontweight": "bold"}
            ax.annotate(text, at, inset, xycoords="axes fraction", textcoords="offset points", ha=ha, va=va, **look)
        for name, across, up in zip(names, x, y, strict=True):
            high, good = up >= importance_cut, across >= satisfaction_cut
            quadrant = list(_CORNERS)[(0 if high else 2) + (1 if good else 0)]
            ax.plot([across], [up], "o", color=_COLORS[quadrant], markersize=9, markeredgecolor=style.PAPER, zorder=3)
            to_left = across > left + 0.6 * (right - left)
            text = "\n".join(style.wrapped(name, 110, 12)) if narrow else name
            ax.annotate(
                text,
                (across, up),
                (-9 if to_left else 9, 0),
                textcoords="offset points",
                ha="right" if to_left else "left",
                va="center",
                color=style.INK,
                zorder=4,
            )
        ax.set_xlabel(
            words("importance_satisfaction.satisfaction" if target is None else "importance_satisfaction.performance")
        )
        if target is None or narrow:
            ax.set_ylabel(words("importance_satisfaction.importance"))
        else:
            ax.set_ylabel(words("importance_satisfaction.points", target=target))
        ax.grid(visible=False)
    return ax


def _span(values: np.ndarray, cut: float) -> tuple[float, float]:
    """Ends of an axis: around all values and the line, with room for the names of the quadrants."""
    low, high = float(values.min(initial=cut)), float(values.max(initial=cut))
    pad = 0.2 * (high - low) or 1.0
    return low - pad, high + pad
