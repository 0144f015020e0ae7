"""Arguments of surveys, as the compiled part takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from crm_core._options import LARGEST_COUNT, integer, items, number
from crm_core.errors import OutOfRangeError
from crm_core.value._codes import floats, truths

if TYPE_CHECKING:
    from numpy.typing import NDArray


def codes(argument: str, column: Any) -> NDArray[np.int64]:
    """Read a column of whole numbers, which may be floats."""
    values = floats(argument, column)
    wrong = ~(np.abs(values) < 2.0**53) | (values != np.floor(values))
    if wrong.any():
        row = int(wrong.argmax())
        message = f"{argument} (row {row}) is {values[row]:g}: must be a whole number"
        raise OutOfRangeError(message, argument=argument, row=row, value=f"{values[row]:g}")
    return values.astype(np.int64)


def count(argument: str, value: Any, row: int | None = None) -> int:
    """Read a whole number of 0 or more."""
    return integer(argument, value, 0, LARGEST_COUNT, row=row)


def counts(argument: str, values: Any) -> list[int]:
    """Read a sequence of whole numbers of 0 or more."""
    return [count(argument, value, row) for row, value in enumerate(items(argument, values))]


def numbers(argument: str, values: Any) -> list[float]:
    """Read a sequence of numbers."""
    return [number(argument, value) for value in items(argument, values)]


def flags(argument: str, column: Any) -> NDArray[np.float64]:
    """Read a column of booleans as 0.0 and 1.0."""
    return np.ascontiguousarray(truths(argument, column))


def columns(argument: str, table: Any) -> list[NDArray[np.float64]]:
    """Read a table, a mapping of columns or a sequence of columns as a list of columns."""
    return list(named_columns(argument, table)[1])


def named_columns(argument: str, table: Any) -> tuple[list[str], list[NDArray[np.float64]]]:
    """Read a table, a mapping of columns, a two-dimensional array or a sequence of columns, with names."""
    if isinstance(table, np.ndarray) and table.ndim == 2:
        given = {str(j): table[:, j] for j in range(table.shape[1])}
    elif hasattr(table, "column_names"):  # pyarrow
        given = {str(name): table.column(name) for name in table.column_names}
    elif hasattr(table, "columns") and hasattr(table, "__getitem__"):  # pandas, polars
        given = {str(name): table[name] for name in table.columns}
    elif hasattr(table, "items"):
        given = {str(name): column for name, column in table.items()}
    else:
        given = {str(place): column for place, column in enumerate(items(argument, table))}
    return list(given), [floats(argument, column) for column in given.values()]
