"""The value disciplines of Treacy & Wiersema."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from crm_core import _core
from crm_core._columns import read
from crm_core._options import items as listed
from crm_core._options import member, number
from crm_core.units import Category, Language

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crm_core._columns import Column

__all__ = ["DisciplineProfile", "ValueDiscipline", "discipline_profile"]


class ValueDiscipline(Category):
    """A way to lead a market by customer value (Treacy & Wiersema 1993)."""

    OPERATIONAL_EXCELLENCE = "operational_excellence"
    PRODUCT_LEADERSHIP = "product_leadership"
    CUSTOMER_INTIMACY = "customer_intimacy"

    def promise(self, language: Language | None = None) -> str:
        """Say what the discipline promises to customers.

        >>> ValueDiscipline.PRODUCT_LEADERSHIP.promise()
        'The best product: what is new and better, first.'
        """
        en, zh = _core.discipline_promises()[self.code]
        return zh if language is not None and member("language", Language, language) is Language.ZH else en


@dataclass(frozen=True, slots=True)
class DisciplineProfile:
    """How a firm stands in the three value disciplines.

    Attributes
    ----------
    scores : dict of ValueDiscipline to float
        Mean rating, 0 to 1; NaN where no item is rated.
    leading : ValueDiscipline or None
        That of the highest score; None where two share it, or nothing is rated.
    margin : float
        By how much it leads the next that is rated; NaN where there is no other.
    keeps_up : dict of ValueDiscipline to bool
        Whether the score reaches the standard.
    """

    scores: dict[ValueDiscipline, float]
    leading: ValueDiscipline | None
    margin: float
    keeps_up: dict[ValueDiscipline, bool]


def discipline_profile(
    items: Sequence[ValueDiscipline | str], ratings: Column | Sequence[float | None], standard: float = 0.5
) -> DisciplineProfile:
    """Score the value disciplines from ratings of items; market leaders lead in one and keep up in the others.

    Parameters
    ----------
    items : sequence of ValueDiscipline
        Which discipline each item asks for.
    ratings : column
        The ratings, 0 to 1; missing where an item is not rated. A score is the mean of the items that are.
    standard : float
        What keeps up in a discipline.

    References
    ----------
    Treacy & Wiersema 1993, "Customer intimacy and other value disciplines", Harvard Business Review 71.

    Examples
    --------
    >>> asked = ["operational_excellence", "product_leadership", "customer_intimacy"]
    >>> discipline_profile(asked, [0.5, 0.3, 0.9]).leading
    <ValueDiscipline.CUSTOMER_INTIMACY: 'customer_intimacy'>
    """
    asked = [member("items", ValueDiscipline, item).value for item in listed("items", items)]
    given = np.ascontiguousarray(read("ratings", ratings).values)
    scores, leading, margin, keeps_up = _core.discipline_profile(asked, given, number("standard", standard))
    return DisciplineProfile(
        scores=dict(zip(ValueDiscipline, scores, strict=True)),
        leading=None if leading is None else ValueDiscipline(leading),
        margin=margin,
        keeps_up=dict(zip(ValueDiscipline, keeps_up, strict=True)),
    )
