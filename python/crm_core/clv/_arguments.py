"""Arguments that are no columns: members of a category, whole numbers, lists."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any, TypeVar

from crm_core.errors import OutOfRangeError, WrongTypeError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crm_core.units import Category

CategoryT = TypeVar("CategoryT", bound="Category")
T = TypeVar("T")


def member(category: type[CategoryT], argument: str, value: Any) -> CategoryT:
    """Give the member of this name."""
    try:
        return category(value)
    except ValueError:
        names = ", ".join(category)
        message = f"{argument} is {value}: must be one of {names}"
        raise OutOfRangeError(message, argument=argument, value=str(value)) from None


def whole(argument: str, value: Any, *, bits: int = 64, row: int | None = None) -> int:
    """Give a whole number of 0 or more that has no more than so many bits."""
    at = "" if row is None else f" (row {row})"
    try:
        number = operator.index(value)
    except TypeError:
        message = f"{argument}{at} is {value}: must be a whole number"
        raise WrongTypeError(message, argument=argument, row=row, value=str(value)) from None
    if not 0 <= number < 2**bits:
        message = f"{argument}{at} is {number}: must be between 0 and {2**bits - 1}"
        raise OutOfRangeError(message, argument=argument, row=row, value=str(number))
    return number


def items(argument: str, values: Iterable[T]) -> list[T]:
    """Give the items of a sequence."""
    try:
        return list(values)
    except TypeError:
        kind = type(values).__name__
        message = f"{argument} is of type {kind}: must be a sequence"
        raise WrongTypeError(message, argument=argument, value=f"of type {kind}") from None
