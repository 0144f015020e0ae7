"""Dates as logs write them, read as dates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm_core.errors import UnreadableError, WrongTypeError

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["to_dates"]

_DAYS = (
    *("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y"),
    *("%Y年%m月%d日", "%d %b %Y", "%b %d, %Y"),
)
_CLOCKS = ("", " %H:%M", " %H:%M:%S")
_SAMPLE = 10_000
"""Values from which the format is told."""


def to_dates(column: pa.ChunkedArray, name: str, time_format: str | None = None) -> pa.ChunkedArray:
    """Return ``column`` as dates or time stamps: as it is, from whole numbers such as 19970131, or from text.

    Parameters
    ----------
    column
        The values.
    name
        What errors call it.
    time_format
        How text is to be read, as for ``strptime``. Needed only where the text does not tell, as 01/02/1997.

    Raises
    ------
    WrongTypeError
        If the column holds neither dates, nor whole numbers, nor text.
    UnreadableError
        If a value is not a date, with its row, or if the values do not tell how to read them.

    Examples
    --------
    >>> import pyarrow as pa
    >>> to_dates(pa.chunked_array([["31.01.1997", "01.02.1997"]]), "day").cast(pa.date32()).to_pylist()
    [datetime.date(1997, 1, 31), datetime.date(1997, 2, 1)]
    """
    import pyarrow as pa
    import pyarrow.compute as pc
    from pyarrow import types

    if types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if types.is_date(column.type) or types.is_timestamp(column.type):
        return column
    if column.null_count == len(column):
        raise _unreadable(name, "holds no dates: every row is empty")
    if types.is_integer(column.type):
        time_format = time_format or "%Y%m%d"
    elif not (types.is_string(column.type) or types.is_large_string(column.type) or types.is_string_view(column.type)):
        message = f"{name} is of type {column.type}: must hold dates, time stamps or text"
        raise WrongTypeError(message, argument=name, value=f"of type {column.type}")
    text = pc.utf8_trim_whitespace(column.cast(pa.string()))
    if time_format is not None:
        return _parse(text, name, time_format)
    for kind in (pa.timestamp("us"), pa.timestamp("us", "UTC")):
        try:
            return text.cast(kind)
        except pa.ArrowInvalid:
            continue
    return _parse_by_best(text, name)


def _parse_by_best(text: pa.ChunkedArray, name: str) -> pa.ChunkedArray:
    """Read text by the format that fits; where several fit, they must agree."""
    sample = text.drop_null().slice(0, _SAMPLE)
    example = repr(sample[0].as_py())
    unread = {day + clock: _read(sample, day + clock).null_count for day in _DAYS for clock in _CLOCKS}
    closest = min(unread, key=lambda form: unread[form])
    if unread[closest] > len(sample) / 2:
        raise _unreadable(name, f"holds no dates that can be read, such as {example}: give time_format")
    fitting = [form for form, failed in unread.items() if failed == 0]
    readings = {form: dates for form in fitting if (dates := _read(text, form)).null_count == text.null_count}
    if not readings:
        return _parse(text, name, closest)
    first = next(iter(readings.values()))
    if any(not dates.equals(first) for dates in readings.values()):
        raise _unreadable(
            name, f"holds dates such as {example}, which may be {' or '.join(readings)}: give time_format"
        )
    return first


def _parse(text: pa.ChunkedArray, name: str, time_format: str) -> pa.ChunkedArray:
    import pyarrow.compute as pc

    dates = _read(text, time_format)
    if dates.null_count > text.null_count:
        row = pc.index(pc.and_(pc.is_null(dates), pc.is_valid(text)), True).as_py()
        value = text[row].as_py()
        message = f"{name} (row {row}) is {value!r}: not a date in the form {time_format}"
        raise UnreadableError(message, argument=name, row=row, value=repr(value))
    return dates


def _read(text: pa.ChunkedArray, time_format: str) -> pa.ChunkedArray:
    """Read text by a format; null where it does not fit."""
    import pyarrow.compute as pc

    return pc.strptime(text, format=time_format, unit="s", error_is_null=True)


def _unreadable(name: str, reason: str) -> UnreadableError:
    message = f"{name} {reason}"
    return UnreadableError(message, argument=name)
