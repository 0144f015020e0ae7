"""Categories and the languages of their labels.

A category (lifecycle stage, tier, customer type) is a :class:`~enum.StrEnum`: its members are the
``snake_case`` names that tables hold, and each has a label in every :class:`Language`.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import cache
from typing import Self

from crm_core import _core
from crm_core.errors import OutOfRangeError

__all__ = ["Category", "Language"]


class Category(StrEnum):
    """Base class of the categories. Members are in the order of their numbers in C and Rust."""

    def label(self, language: Language | None = None) -> str:
        """Return the field's term for this member, in English unless another language is asked for.

        Raises
        ------
        OutOfRangeError
            For a language that has no labels.
        """
        en, zh = _terms(type(self))[self.value]
        if language is None or language == Language.EN:
            return en
        if language == Language.ZH:
            return zh
        message = f"language is {language!r}: must be one of {', '.join(Language)}"
        raise OutOfRangeError(message, argument="language", value=repr(language))

    @classmethod
    def from_code(cls, code: int) -> Self:
        """Return the member of this number, counted from 0.

        Raises
        ------
        OutOfRangeError
            If the category has no such number.
        """
        members = list(cls)
        if not 0 <= code < len(members):
            message = f"code is {code}: must be a number of {cls.__name__}, 0 to {len(members) - 1}"
            raise OutOfRangeError(message, argument="code", value=str(code))
        return members[code]

    @property
    def code(self) -> int:
        """The number of this member, counted from 0."""
        return list(type(self)).index(self)


class Language(Category):
    """The language of a label on a screen.

    >>> Language.ZH.label(), Language.ZH.label(Language.ZH)
    ('Chinese', '中文')
    """

    EN = "en"
    ZH = "zh"


@cache
def _terms(category: type[Category]) -> dict[str, tuple[str, str]]:
    snake_case = re.sub(r"(?<!^)(?=[A-Z])", "_", category.__name__).lower()
    return {name: (en, zh) for name, en, zh in _core.category_terms(snake_case)}
