"""Charts of policies: what acting gains against a control group, and what was lost against the best action."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from crm_core import _format as fmt
from crm_core._words import Words
from crm_core.plotting import _style as style
from crm_core.units import Language

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

    from crm_core.idic import UpliftCurve


def uplift_curve(curve: UpliftCurve, *, ax: Axes | None = None, language: Language = Language.EN) -> Axes:
    """Draw what acting on the customers of the highest scores gains, against a choice by chance.

    Parameters
    ----------
    curve
        What :func:`crm_core.idic.uplift_curve` gave.
    ax
        The axes to draw on; by default those of a new figure.
    language
        The language of the labels.

    Examples
    --------
    >>> from crm_core import idic
    >>> curve = idic.uplift_curve([0.9, 0.8, 0.2, 0.1], [True, False, True, False], [1, 0, 0, 0])
    >>> uplift_curve(curve).get_xlabel()
    'Customers acted on, from the top'
    """
    words = Words(language)
    share, gain = np.asarray(curve.share), np.asarray(curve.gain)
    with style.canvas(ax, (8, 5)) as ax:
        ax.plot([0, 1], [0, gain[-1]], color=style.GREY, linewidth=1.4, linestyle=(0, (4, 4)))
        ax.fill_between(share, share * gain[-1], gain, color=style.PALE)
        ax.plot(share, gain, color=style.BLUE, linewidth=2.4)
        best = int(gain.argmax())
        ax.plot([share[best]], [gain[best]], "o", color=style.DEEP, markersize=7, markeredgecolor=style.PAPER)
        is_right = share[best] > 0.5
        ax.annotate(
            words("uplift_curve.best", share=fmt.percent(float(share[best]), 0)),
            (share[best], gain[best]),
            xytext=(-10 if is_right else 10, 8),
            textcoords="offset points",
            ha="right" if is_right else "left",
            fontweight="bold",
            color=style.DEEP,
        )
        ax.text(
            0.98,
            0.04,
            words("uplift_curve.qini", qini=fmt.decimal(curve.qini)),
            transform=ax.transAxes,
            ha="right",
            fontsize=13,
            fontweight="bold",
        )
        ticks = np.linspace(0, 1, 6)
        ax.set_xticks(ticks, [fmt.percent(float(tick), 0) for tick in ticks])
        style.number_axis(ax, language)
        ax.set(xlim=(0, 1))
        ax.margins(y=0.15)
        ax.set_xlabel(words("uplift_curve.x"))
        ax.set_ylabel(words("uplift_curve.y"))
    return ax


def regret_curve(regrets: Mapping[str, ArrayLike], *, ax: Axes | None = None, language: Language = Language.EN) -> Axes:
    """Draw the regret of policies added up over their decisions: what the best action would have earned more.

    A policy that learns has a curve that flattens; that of one which does not is a straight line.

    Parameters
    ----------
    regrets
        By the name of a policy: the regret of each decision, in their order.
    ax
        The axes to draw on; by default those of a new figure.
    language
        The language of the labels.

    Examples
    --------
    >>> regret_curve({"learning": [1, 0.5, 0.1], "by chance": [1, 1, 1]}).get_xlabel()
    'Decisions'
    """
    words = Words(language)
    colors = (style.BLUE, style.RUST, style.STAGES["recovery"], style.STAGES["decline"], style.MUTED)
    with style.canvas(ax, (8, 5)) as ax:
        ends: list[tuple[float, str, Any]] = []
        longest = 1
        for place, (name, each) in enumerate(regrets.items()):
            total = np.concatenate(([0.0], np.cumsum(np.asarray(each, np.float64))))
            color = colors[place % len(colors)]
            ax.plot(np.arange(len(total)), total, color=color, linewidth=2.4)
            ends.append((float(total[-1]), name, color))
            longest = max(longest, len(total) - 1)
        style.number_axis(ax, language)
        ax.set(xlim=(0, longest))
        ax.set_ylim(min(0.0, ax.get_ylim()[0]))
        style.legend(ax, [(name, color) for _, name, color in sorted(ends, key=lambda end: -end[0])])
        ax.set_xlabel(words("regret_curve.x"))
        ax.set_ylabel(words("regret_curve.y"))
    return ax
