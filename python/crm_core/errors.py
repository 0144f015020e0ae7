"""What the functions of this package raise.

Every exception is a :class:`CrmError`, hence a :class:`ValueError`, and tells what was refused:

>>> from crm_core.clv import lost_for_good
>>> try:
...     lost_for_good([100.0, 120.0], [0.2, 1.2], 0.1)
... except CrmError as error:
...     print(error)
...     print(error.kind, error.argument, error.row, error.value)
churn (row 1) is 1.2: must be greater than 0 and at most 1
out_of_range churn 1 1.2
"""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

__all__ = [
    "CrmError",
    "DivergentError",
    "EmptyError",
    "ErrorKind",
    "IllegalTransitionError",
    "LengthMismatchError",
    "MissingValueError",
    "MixedTimeZonesError",
    "NoSolutionError",
    "NotConvergedError",
    "NotFiniteError",
    "NotFoundError",
    "NotStochasticError",
    "NumberOverflowError",
    "OutOfRangeError",
    "UnreadableError",
    "WrongTypeError",
]


class ErrorKind(StrEnum):
    """What went wrong, in one word: the same kinds in Rust, C and Python."""

    NOT_FINITE = "not_finite"
    OUT_OF_RANGE = "out_of_range"
    EMPTY = "empty"
    LENGTH_MISMATCH = "length_mismatch"
    NOT_STOCHASTIC = "not_stochastic"
    OVERFLOW = "overflow"
    DIVERGENT = "divergent"
    ILLEGAL_TRANSITION = "illegal_transition"
    NO_SOLUTION = "no_solution"
    NOT_CONVERGED = "not_converged"
    WRONG_TYPE = "wrong_type"
    MIXED_TIME_ZONES = "mixed_time_zones"
    MISSING = "missing"
    UNREADABLE = "unreadable"
    NOT_FOUND = "not_found"


class CrmError(ValueError):
    """The base class: a call was refused.

    Attributes
    ----------
    kind : ErrorKind
        What went wrong, in one word.
    argument : str or None
        The argument that was refused.
    row : int or None
        The row of the argument, counted from 0, where it has rows.
    value : str or None
        The value that was refused, as text.
    """

    kind: ClassVar[ErrorKind]

    def __init__(
        self,
        message: str,
        *,
        argument: str | None = None,
        row: int | None = None,
        value: str | None = None,
    ) -> None:
        super().__init__(message)
        self.argument = argument
        self.row = row
        self.value = value


class NotFiniteError(CrmError):
    """A number is NaN or infinite where a finite one is needed."""

    kind = ErrorKind.NOT_FINITE


class OutOfRangeError(CrmError):
    """A value lies outside the range that its meaning allows."""

    kind = ErrorKind.OUT_OF_RANGE


class EmptyError(CrmError):
    """A table, list or text that must hold something is empty."""

    kind = ErrorKind.EMPTY


class LengthMismatchError(CrmError):
    """Two arguments that must have matching lengths or shapes have not."""

    kind = ErrorKind.LENGTH_MISMATCH


class NotStochasticError(CrmError):
    """Probabilities or shares that must sum to one do not."""

    kind = ErrorKind.NOT_STOCHASTIC


class NumberOverflowError(CrmError, OverflowError):
    """The result does not fit into the number type."""

    kind = ErrorKind.OVERFLOW


class DivergentError(CrmError):
    """A sum over an infinite horizon has no finite value."""

    kind = ErrorKind.DIVERGENT


class IllegalTransitionError(CrmError):
    """The lifecycle has no such move."""

    kind = ErrorKind.ILLEGAL_TRANSITION


class NoSolutionError(CrmError):
    """The equation has no solution, for example an internal rate of return without a sign change."""

    kind = ErrorKind.NO_SOLUTION


class NotConvergedError(CrmError):
    """An iteration stopped before it met its tolerance."""

    kind = ErrorKind.NOT_CONVERGED


class WrongTypeError(CrmError, TypeError):
    """A column or value has a type that the function does not take."""

    kind = ErrorKind.WRONG_TYPE


class MixedTimeZonesError(CrmError):
    """Naive and UTC time stamps were given together."""

    kind = ErrorKind.MIXED_TIME_ZONES


class MissingValueError(CrmError):
    """A value is missing (null) where one is needed."""

    kind = ErrorKind.MISSING


class UnreadableError(CrmError):
    """A text could not be read as what it must say."""

    kind = ErrorKind.UNREADABLE


class NotFoundError(CrmError, LookupError):
    """No such customer, kernel or column."""

    kind = ErrorKind.NOT_FOUND
