"""One way to write what can be written in many. An error never shows the value, which is personal.

>>> name("Dr. José  MÜLLER-Lüdenscheidt")
'jose muller ludenscheidt'
"""

from __future__ import annotations

from datetime import date as _date
from decimal import Decimal

from crm_core import _core
from crm_core._options import integer

__all__ = ["address", "code", "date", "email", "name", "number", "phone", "pinyin", "text"]


def name(given: str) -> str:
    """Give the words of a name without titles; a Chinese name is one word.

    >>> name("王 小明 先生")
    '王小明'
    """
    return _core.normalise_text("name", given, 86)


def pinyin(given: str) -> str:
    """Give a name in Latin letters without spaces and tones, each character in its most frequent reading.

    >>> pinyin("王小明")
    'wangxiaoming'
    """
    return _core.normalise_text("pinyin", given, 86)


def phone(given: str, calling_code: int = 86) -> str:
    """Give a phone number as E.164 writes it.

    Parameters
    ----------
    given
        ``+`` or ``00`` and a calling code, or a number of the country of ``calling_code``.
    calling_code
        Of the country that numbers without one are of.

    Raises
    ------
    UnreadableError
        Unless it has 7 to 15 digits.

    Examples
    --------
    >>> phone("138 1234 5678")
    '+8613812345678'
    """
    return _core.normalise_text("phone", given, integer("calling_code", calling_code, 1, 999))


def email(given: str) -> str:
    """Give an e-mail address in small letters, without ``+`` and what follows it; of Google's, without dots.

    >>> email("Jane.Doe+news@GMail.com")
    'janedoe@gmail.com'

    Raises
    ------
    UnreadableError
        Unless it has one ``@`` with something on both sides.
    """
    return _core.normalise_text("email", given, 86)


def address(given: str) -> str:
    """Give the words of an address, with English abbreviations written out.

    >>> address("Flat 3, 12 Main St.")
    'flat 3 12 main street'
    """
    return _core.normalise_text("address", given, 86)


def date(given: str) -> _date:
    """Read a day as people write it; where the year comes last, the day comes first unless that is no day.

    >>> date("1990年5月3日")
    datetime.date(1990, 5, 3)

    Raises
    ------
    UnreadableError
        If it is none.
    """
    return _date.fromisoformat(_core.normalise_text("date", given, 86))


def code(given: str) -> str:
    """Give the letters and digits of an identifier, in capitals.

    >>> code(" ab-12 ")
    'AB12'
    """
    return _core.normalise_text("code", given, 86)


def text(given: str) -> str:
    """Give the words of a text in small letters, without accents.

    >>> text("New  South-Wales")
    'new south wales'
    """
    return _core.normalise_text("text", given, 86)


def number(given: str) -> Decimal:
    """Give a quantity as people write it: a point parts the decimals.

    Commas, spaces and apostrophes may stand between groups of three digits.

    Raises
    ------
    UnreadableError
        If it is none, such as ``1,5``.

    >>> number("1,234.50")
    Decimal('1234.5')
    """
    return Decimal(_core.normalise_text("number", given, 86))
