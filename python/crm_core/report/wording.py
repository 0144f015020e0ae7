"""The words of one report: its language, its measure and period, and its terms for categories."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm_core import _format as fmt
from crm_core._words import Words
from crm_core.units import Language

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from crm_core.report.results import Analysis, Part
    from crm_core.units import Category

__all__ = ["Wording"]


class Wording:
    """The text of a key, with the figures that it asks for; ``{measure}`` and ``{period}`` are always known."""

    def __init__(self, analysis: Analysis) -> None:
        settings = analysis.settings
        self.language = settings.language
        self.html_language = "zh-Hans" if settings.language is Language.ZH else "en"
        self._words = Words(settings.language)
        self._every = settings.period
        self.measure = self._words("measure.profit" if analysis.has_profit else "measure.revenue")
        self.period = self._words(f"period.{settings.period}")
        self.periods = self._words(f"periods.{settings.period}")
        self._known = {
            "measure": self.measure,
            "Measure": _capital(self.measure),
            "period": self.period,
            "periods": self.periods,
        }

    def __call__(self, key: str, **figures: str) -> str:
        """Return the text with a capital: a sentence, a title, a label."""
        return _capital(self.inline(key, **figures))

    def inline(self, key: str, **figures: str) -> str:
        """Return the text as it is, for the middle of a sentence."""
        return self._words(key, **(self._known | figures))

    def term(self, category: Category) -> str:
        """Return the field's term for a member of a category."""
        return category.label(self.language)

    def terms(self, categories: Iterable[Category]) -> list[str]:
        """Return the terms of several members."""
        return [self.term(category) for category in categories]

    def part(self, part: Part) -> str:
        """Return the name of a component of lifetime value, with whether it is realised or expected."""
        term = self.term(part.component)
        return term if part.when is None else self.inline(f"clv.{part.when}", component=term)

    def day(self, value: date) -> str:
        """Write a date."""
        return fmt.day(value, self.language)

    def period_name(self, start: date) -> str:
        """Write the name of a period."""
        return fmt.period(start, self._every, self.language)

    def short(self, number: float) -> str:
        """Write a large number with its unit."""
        return fmt.short(number, self.language)

    def listed(self, texts: Iterable[str]) -> str:
        """Return several short statements as one sentence."""
        return ("；" if self.language is Language.ZH else "; ").join(texts)


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
