"""Arguments that are no columns: whole numbers, options, members of categories, sequences, read strictly."""

from __future__ import annotations

import operator
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from crm_core.errors import OutOfRangeError, WrongTypeError

if TYPE_CHECKING:
    from collections.abc import Iterable

MemberT = TypeVar("MemberT", bound=StrEnum)

T = TypeVar("T")

LARGEST_INDEX = 2**32 - 1
LARGEST_INTEGER = 2**63 - 1
LARGEST_COUNT = 2**64 - 1
LARGEST_EXACT = 2**53
"""Up to here every whole number is a ``float64``."""


def integer(
    argument: str, value: Any, least: int = 0, greatest: int = LARGEST_INTEGER, *, row: int | None = None
) -> int:
    """Read an integer of Python or NumPy, in this row if the argument has rows."""
    try:
        number = operator.index(value)
    except TypeError:
        raise wrong_type(argument, value, "an integer", row) from None
    if isinstance(value, (bool, np.bool_)):
        raise wrong_type(argument, value, "an integer", row)
    if not least <= number <= greatest:
        message = f"{argument}{_at(row)} is {number}: must be from {least} to {greatest}"
        raise OutOfRangeError(message, argument=argument, row=row, value=str(number))
    return number


def number(argument: str, value: Any) -> float:
    """Read a number as a ``float``."""
    if isinstance(value, (bool, np.bool_, str, bytes)) or not hasattr(value, "__float__"):
        raise wrong_type(argument, value, "a number")
    try:
        return float(value)
    except TypeError:
        raise wrong_type(argument, value, "a number") from None
    except OverflowError:
        message = f"{argument} is {value}: must be at most the largest float"
        raise OutOfRangeError(message, argument=argument, value=str(value)) from None


def optional_number(argument: str, value: Any) -> float | None:
    """As :func:`number`; nothing stays nothing."""
    return None if value is None else number(argument, value)


def member(argument: str, kind: type[MemberT], value: Any) -> MemberT:
    """Read a member of an enumeration, or its name."""
    if not isinstance(value, str):
        raise wrong_type(argument, value, f"a {kind.__name__}")
    try:
        return kind(value)
    except ValueError:
        raise _not_among(argument, value, list(kind)) from None


def library_name(library: Any) -> Any:
    """Check the name of the library that a DataFrame is asked of."""
    names = ["pyarrow", "pandas", "polars"]
    if not isinstance(library, str):
        raise wrong_type("library", library, f"one of {', '.join(names)}")
    if library not in names:
        raise _not_among("library", library, names)
    return library


def items(argument: str, values: Iterable[T]) -> list[T]:
    """Give the items of a sequence."""
    try:
        return list(values)
    except TypeError:
        raise wrong_type(argument, values, "a sequence") from None


def wrong_type(argument: str, value: Any, needed: str, row: int | None = None) -> WrongTypeError:
    """Say what the argument must be."""
    kind = f"of type {type(value).__name__}"
    return WrongTypeError(f"{argument}{_at(row)} is {kind}: must be {needed}", argument=argument, row=row, value=kind)


def _at(row: int | None) -> str:
    return "" if row is None else f" (row {row})"


def _not_among(argument: str, value: str, names: list[Any]) -> OutOfRangeError:
    message = f"{argument} is {value!r}: must be one of {', '.join(names)}"
    return OutOfRangeError(message, argument=argument, value=repr(value))
