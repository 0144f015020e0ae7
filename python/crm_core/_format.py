"""Numbers and dates as a reader writes them: thousands separators, no currency, no false precision."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from crm_core.units import Language

if TYPE_CHECKING:
    from datetime import date

_STEPS = {
    Language.EN: ((1e9, "bn"), (1e6, "M"), (1e3, "k")),
    Language.ZH: ((1e8, "亿"), (1e4, "万")),
}
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def count(number: float) -> str:
    """Write a whole number.

    >>> count(1234567)
    '1,234,567'
    """
    return f"{number:,.0f}"


def amount(number: float) -> str:
    """Write money: two decimals below 100, none from there on; powers of ten where neither would do.

    >>> amount(35.9), amount(12345.6), amount(-4.12), amount(2.5e-7)
    ('35.90', '12,346', '−4.12', '2.5e−07')
    """
    if not math.isfinite(number):
        return "–"
    if number != 0 and not 0.005 <= abs(number) < 1e15:
        return _minus(f"{number:.2g}")
    return _minus(f"{number:,.{2 if abs(number) < 99.995 else 0}f}")


def short(number: float, language: Language = Language.EN) -> str:
    """Write three significant digits and a unit.

    >>> short(1234567), short(1234567, Language.ZH), short(0.5)
    ('1.23M', '123万', '0.5')
    """
    if number != 0 and not 1e-3 <= abs(number) < 1e15:
        return _minus(f"{number:.2g}")
    for step, unit in _STEPS[language]:
        if abs(number) >= 0.9995 * step:
            return _minus(_three_digits(number / step) + unit)
    return _minus(_three_digits(number))


def percent(share: float, places: int = 1) -> str:
    """Write a share.

    >>> percent(0.6778), percent(0.2, 0)
    ('67.8%', '20%')
    """
    return _minus(f"{share * 100:.{places}f}%") if math.isfinite(share) else "–"


def decimal(number: float, places: int = 2) -> str:
    """Write a plain number.

    >>> decimal(0.63464)
    '0.63'
    """
    return _minus(f"{number:,.{places}f}") if math.isfinite(number) else "–"


def day(value: date, language: Language = Language.EN) -> str:
    """Write a date.

    >>> from datetime import date
    >>> day(date(1997, 1, 2)), day(date(1997, 1, 2), Language.ZH)
    ('2 Jan 1997', '1997年1月2日')
    """
    if language is Language.ZH:
        return f"{value.year}年{value.month}月{value.day}日"
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def period(start: date, every: str, language: Language = Language.EN) -> str:
    """Write the name of the week, month or year that starts on a day.

    >>> from datetime import date
    >>> period(date(1997, 1, 1), "month"), period(date(1997, 1, 1), "year")
    ('Jan 97', '1997')
    """
    if every == "year":
        return str(start.year)
    year, month = f"{start.year % 100:02d}", _MONTHS[start.month - 1]
    if every == "month":
        return f"{year}年{start.month}月" if language is Language.ZH else f"{month} {year}"
    return f"{start.month}月{start.day}日" if language is Language.ZH else f"{start.day} {month} {year}"


def _three_digits(number: float) -> str:
    size = abs(number)
    places = 0 if size >= 99.95 else 1 if size >= 9.995 else 2
    text = f"{number:,.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _minus(text: str) -> str:
    return text.replace("-", "−")
