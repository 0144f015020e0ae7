"""Charts of entity resolution: why two records are one customer, and how well pairs are found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crm_core._tables import frame_of
from crm_core._words import Words
from crm_core.plotting import _style as style
from crm_core.plotting._clv import waterfall
from crm_core.units import Language

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes

    from crm_core.idic import MatchExplanation


def match_weights(
    explanation: MatchExplanation,
    *,
    labels: Mapping[str, str] | None = None,
    ax: Axes | None = None,
    language: Language = Language.EN,
) -> Axes:
    """Draw how the match weight of a pair adds up, in bits: what the prior and each field say for and against.

    Fields of which a value is missing say nothing and are not drawn.

    Parameters
    ----------
    explanation
        What :meth:`crm_core.idic.Resolution.explain` gave.
    labels
        What fields are called, by their names.
    ax
        The axes to draw on; by default those of a new figure.
    language
        The language of the labels.

    Examples
    --------
    >>> from crm_core.idic import AgreementLevel, FieldEvidence, MatchExplanation
    >>> evidence = FieldEvidence("mobile", AgreementLevel.EXACT, 17.0, 1.5)
    >>> ax = match_weights(MatchExplanation(-12.0, (evidence,), 6.5, 0.989))
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['prior', 'mobile: equal', 'match weight (bits)']
    """
    words = Words(language)
    told = [field for field in explanation.fields if field.level != "missing"]
    names = [(labels or {}).get(field.field, field.field) for field in told]
    rows = [
        words("match_weights.field", field=name, level=field.level.label(language))
        for name, field in zip(names, told, strict=True)
    ]
    bits = [explanation.prior, *(field.weight + field.term_frequency for field in told)]
    return waterfall([words("match_weights.prior"), *rows], bits, total=words("match_weights.total"), ax=ax)


def precision_recall(curve: Any, *, ax: Axes | None = None, language: Language = Language.EN) -> Axes:
    """Draw the precision of the pairs over their recall, and mark the highest F₁.

    Parameters
    ----------
    curve
        What :meth:`crm_core.idic.Resolution.precision_recall` gave.
    ax
        The axes to draw on; by default those of a new figure.
    language
        The language of the labels.

    Examples
    --------
    >>> import polars as pl
    >>> columns = {"threshold": [0.9, 0.5], "precision": [1.0, 0.9], "recall": [0.5, 0.9], "f1": [2 / 3, 0.9]}
    >>> curve = pl.DataFrame(columns)
    >>> precision_recall(curve).texts[0].get_text()
    'F₁ = 0.9000'
    """
    words = Words(language)
    frame = frame_of(curve)
    recall, precision, f1 = (frame[name].to_numpy() for name in ("recall", "precision", "f1"))
    with style.canvas(ax, (7, 5)) as ax:
        ax.plot(recall, precision, color=style.BLUE, linewidth=2)
        if len(f1):
            best = int(f1.argmax())
            ax.plot([recall[best]], [precision[best]], "o", color=style.RUST)
            ax.annotate(
                f"F₁ = {f1[best]:.4f}",
                (recall[best], precision[best]),
                xytext=(-8, -16),
                textcoords="offset points",
                ha="right",
                color=style.RUST,
            )
        ax.set(ylim=(min(0.95, float(precision.min(initial=1))) - 0.01, 1.01))
        ax.set_xlabel(words("precision_recall.x"))
        ax.set_ylabel(words("precision_recall.y"))
    return ax
