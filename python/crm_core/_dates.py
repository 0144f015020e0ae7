"""Dates: from what the user gave to days since 1970-01-01."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import narwhals.dependencies as dependencies
import numpy as np

from crm_core._columns import Labelled
from crm_core.errors import MissingValueError, OutOfRangeError, UnreadableError, WrongTypeError

if TYPE_CHECKING:
    from numpy.typing import NDArray

_EPOCH = date(1970, 1, 1)
_FIRST, _LAST = (date.min - _EPOCH).days, (date.max - _EPOCH).days
_UTC = {"UTC", "Etc/UTC", "Z", "+00:00"}


def day_number(argument: str, day: date | str | np.datetime64, row: int | None = None) -> int:
    """Give the days since 1970-01-01 of one day.

    A date, a time stamp that is naive or UTC (its time of day is left out), or a text in the form YYYY-MM-DD.
    """
    at = "" if row is None else f" (row {row})"
    if day is None or (isinstance(day, (datetime, float, np.datetime64)) and day != day) or _is_na(day):
        message = f"{argument}{at}: is missing"
        raise MissingValueError(message, argument=argument, row=row)
    if isinstance(day, str):
        try:
            day = date.fromisoformat(day)
        except ValueError:
            message = f"{argument}{at} is {day!r}: must be a date in the form YYYY-MM-DD"
            raise UnreadableError(message, argument=argument, row=row, value=repr(day)) from None
    if isinstance(day, np.datetime64):
        return int(_numbers(argument, np.atleast_1d(day), row)[0])
    if isinstance(day, datetime):
        if day.utcoffset() not in (None, timedelta(0)):
            message = f"{argument}{at} is {day}: must be naive or UTC"
            raise WrongTypeError(message, argument=argument, row=row, value=str(day))
        day = day.date()
    if not isinstance(day, date):
        kind = type(day).__name__
        message = f"{argument}{at} is of type {kind}: must be a date"
        raise WrongTypeError(message, argument=argument, row=row, value=f"of type {kind}")
    return (day - _EPOCH).days


def read_days(argument: str, column: Any) -> Labelled:
    """Give the days since 1970-01-01 of a column of what :func:`day_number` takes, none of them missing."""
    index = column.index if dependencies.is_pandas_series(column) else None
    stamps = _stamps(argument, column)
    if stamps is None:
        days = [day_number(argument, day, row) for row, day in enumerate(_items(argument, column))]
        return Labelled(np.array(days, dtype=np.int64), index)
    return Labelled(_numbers(argument, stamps), index)


def read_days_or_missing(argument: str, column: Any) -> NDArray[np.float64]:
    """Give the days since 1970-01-01 of a column of dates or time stamps; NaN where one is missing."""
    stamps = _stamps(argument, column)
    given: Any = _items(argument, column) if stamps is None else stamps
    days = np.full(len(given), np.nan)
    for row in range(len(given)) if stamps is None else ():
        if given[row] is not None and given[row] == given[row] and not _is_na(given[row]):
            days[row] = day_number(argument, given[row], row)
    if stamps is not None:
        known = ~np.isnat(stamps)
        days[known] = _numbers(argument, stamps[known])
    return days


def _is_na(value: object) -> bool:
    return type(value).__name__ == "NAType"


def _items(argument: str, column: Any) -> list[Any]:
    if np.ma.isMaskedArray(column):
        return [None if value is np.ma.masked else value for value in column]
    try:
        items = list(column)
    except TypeError:
        kind = type(column).__name__
        message = f"{argument} is of type {kind}: must be a column of dates"
        raise WrongTypeError(message, argument=argument, value=f"of type {kind}") from None
    return [item.as_py() if hasattr(item, "as_py") else item for item in items]


def _stamps(argument: str, column: Any) -> NDArray[np.datetime64] | None:
    """Give a column that holds dates or time stamps by its type; None for any other."""
    stamps: Any = None
    if dependencies.is_pandas_series(column):
        if hasattr(column.dtype, "pyarrow_dtype"):
            return _stamps(argument, column.array.__arrow_array__())
        if hasattr(column.dtype, "tz"):
            _check_zone(argument, column.dtype.tz)
            stamps = column.dt.tz_localize(None).to_numpy()
        elif column.dtype.kind == "M":
            stamps = column.to_numpy()
    elif dependencies.is_polars_series(column):
        if str(column.dtype).startswith("Date"):
            _check_zone(argument, getattr(column.dtype, "time_zone", None))
            stamps = column.to_numpy()
    elif dependencies.is_pyarrow_chunked_array(column) or type(column).__module__ == "pyarrow.lib":
        if str(column.type).startswith(("date", "timestamp")):
            _check_zone(argument, getattr(column.type, "tz", None))
            stamps = column.to_numpy(zero_copy_only=False) if hasattr(column, "offset") else column.to_numpy()
    elif isinstance(column, np.ndarray) and column.dtype.kind == "M" and column.ndim == 1:
        stamps = column.filled(np.datetime64("NaT")) if isinstance(column, np.ma.MaskedArray) else column
    return stamps if isinstance(stamps, np.ndarray) and stamps.dtype.kind == "M" else None


def _check_zone(argument: str, zone: object) -> None:
    if zone is not None and str(zone) not in _UTC:
        message = f"{argument} is of time zone {zone}: must be naive or UTC"
        raise WrongTypeError(message, argument=argument, value=f"of time zone {zone}")


def _numbers(argument: str, stamps: NDArray[np.datetime64], row: int | None = None) -> NDArray[np.int64]:
    missing = np.isnat(stamps)
    if missing.any():
        first = int(missing.argmax()) if row is None else row
        message = f"{argument} (row {first}): is missing"
        raise MissingValueError(message, argument=argument, row=first)
    days = stamps.astype("M8[D]").astype(np.int64)
    outside = (days < _FIRST) | (days > _LAST)
    if outside.any():
        at = int(outside.argmax())
        first, value = (at if row is None else row), str(stamps[at])
        message = f"{argument} (row {first}) is {value}: must be in the years 1 to 9999"
        raise OutOfRangeError(message, argument=argument, row=first, value=value)
    return days
