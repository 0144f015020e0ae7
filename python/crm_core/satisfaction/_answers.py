"""Columns of answers: numbers, texts or members, read as codes by a scale."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from narwhals import dependencies

from crm_core import _core
from crm_core._columns import read
from crm_core.errors import LengthMismatchError, MissingValueError, OutOfRangeError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

NO_ANSWER = 255
_REFUSED = 254
"""Of a value that is no answer."""


def codes(argument: str, column: Any, scale: Mapping[Any, int]) -> bytes:
    """Read a column of answers as their codes; what is missing has the code 255."""
    if dependencies.is_pandas_series(column) and hasattr(column, "cat"):
        return _from_categories(argument, column, scale)
    whole = _whole(column)
    if whole is not None:
        return _from_whole(argument, whole, scale)
    texts = _texts(column)
    return _from_numbers(argument, column, scale) if texts is None else _from_texts(argument, texts, scale)


def segments(argument: str, column: Any) -> tuple[NDArray[np.uint32], list[Any]]:
    """Read the segment of each row as a place in the sorted list of the segments."""
    values = _objects(column)
    for row, value in enumerate(values):
        if _is_missing(value):
            raise MissingValueError(f"{argument} (row {row}): is missing", argument=argument, row=row)
    try:
        names = sorted(set(values))
    except TypeError:
        names = list(dict.fromkeys(values))
    place = {name: code for code, name in enumerate(names)}
    return np.fromiter((place[value] for value in values), dtype=np.uint32, count=len(values)), names


def same_length(argument: str, found: int, expected: int, other: str) -> None:
    """Refuse a column of another length than the first."""
    if found != expected:
        message = f"{argument} is of length {found}: must have length {expected}, as {other}"
        raise LengthMismatchError(message, argument=argument, value=f"of length {found}")


def _whole(column: Any) -> NDArray[np.int64] | None:
    """Give a column of whole numbers that knows no missing ones, in place if they are of 64 bits."""
    if dependencies.is_pandas_series(column):
        plain = isinstance(column.dtype, np.dtype) and column.dtype.kind in "iu"
    elif dependencies.is_polars_series(column):
        plain = column.dtype.is_integer() and not column.null_count()
    else:
        plain = type(column) is np.ndarray and column.ndim == 1 and column.dtype.kind in "iu"
    if not plain:
        return None
    values = column if isinstance(column, np.ndarray) else column.to_numpy()
    return np.ascontiguousarray(values, dtype=np.int64)


def _from_whole(argument: str, values: NDArray[np.int64], scale: Mapping[Any, int]) -> bytes:
    table = bytearray([_REFUSED]) * 256
    for answer, code in scale.items():
        if not isinstance(answer, str) and 0 <= answer < len(table) and answer == int(answer):
            table[int(answer)] = code
    found = _core.answer_codes(values, bytes(table), _REFUSED)
    row = found.find(_REFUSED)
    # A scale may know numbers that the table has no place for.
    return found if row < 0 else _from_numbers(argument, values, scale)


def _from_categories(argument: str, column: Any, scale: Mapping[Any, int]) -> bytes:
    places = column.cat.codes.to_numpy()
    texts = list(column.cat.categories)
    if places.itemsize > 1:
        return _from_texts(argument, _objects(column), scale)
    table = bytearray([_REFUSED]) * 256
    # The place of a missing answer is -1.
    table[255] = NO_ANSWER
    for place, text in enumerate(texts):
        table[place] = scale.get(text, _REFUSED)
    found: bytes = places.tobytes().translate(bytes(table))
    row = found.find(_REFUSED)
    if row >= 0:
        _refuse(argument, row, repr(texts[places[row]]), scale)
    return found


def _from_numbers(argument: str, column: Any, scale: Mapping[Any, int]) -> bytes:
    values = read(argument, column)
    numbers, missing = values.values, np.isnan(values.values)
    if values.missing is not None:
        missing = missing | values.missing
    found = np.full(len(numbers), -1, dtype=np.int16)
    found[missing] = NO_ANSWER
    for answer, code in scale.items():
        if not isinstance(answer, str):
            found[numbers == answer] = code
    if (found < 0).any():
        row = int((found < 0).argmax())
        _refuse(argument, row, f"{numbers[row]:g}", scale)
    return found.astype(np.uint8).tobytes()


def _from_texts(argument: str, texts: Sequence[Any], scale: Mapping[Any, int]) -> bytes:
    made = bytearray(len(texts))
    for row, text in enumerate(texts):
        code = scale.get(text)
        if code is None:
            if not _is_missing(text):
                _refuse(argument, row, repr(text), scale)
            code = NO_ANSWER
        made[row] = code
    return bytes(made)


def _refuse(argument: str, row: int, value: str, scale: Mapping[Any, int]) -> None:
    message = f"{argument} (row {row}) is {value}: must be one of {', '.join(map(str, scale))}"
    raise OutOfRangeError(message, argument=argument, row=row, value=value)


def _texts(column: Any) -> Sequence[Any] | None:
    """Give the values of a column of texts; None for a column of numbers."""
    if dependencies.is_pandas_series(column):
        return None if column.dtype.kind in "iuf" else _objects(column)
    if dependencies.is_polars_series(column):
        return None if column.dtype.is_numeric() else _objects(column)
    values = _objects(column)
    return values if any(isinstance(value, str) for value in values) else None


def _objects(column: Any) -> list[Any]:
    if dependencies.is_polars_series(column):
        return list(column.to_list())
    if type(column).__module__ == "pyarrow.lib":
        return list(column.to_pylist())
    if isinstance(column, (list, tuple)):
        return list(column)
    return list(np.asarray(column, dtype=object))


def _is_missing(value: Any) -> bool:
    return (
        value is None or type(value).__name__ in ("NAType", "NaTType") or (isinstance(value, float) and value != value)
    )
