"""A column of customers: texts or integers, none missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np
from narwhals import dependencies

from crm_core._columns import Labelled
from crm_core.errors import MissingValueError, WrongTypeError

if TYPE_CHECKING:
    from numpy.typing import NDArray


def read_customers(argument: str, column: Any) -> Labelled:
    """Read the column of customers that the user gave as ``argument``."""
    index = column.index if dependencies.is_pandas_series(column) else None
    missing = _missing(column)
    if missing.any():
        raise _is_missing(argument, int(missing.argmax()))
    array = np.asarray(column, dtype=object if isinstance(column, (list, tuple)) else None)
    if array.ndim != 1 or array.dtype.kind not in "iuUTO":
        kind = f"{array.dtype}" if array.ndim == 1 else f"{array.ndim} dimensions"
        message = f"{argument} is of {kind}: must be a column of texts or integers"
        raise WrongTypeError(message, argument=argument, value=f"of {kind}")
    if array.dtype.kind == "O":
        array = _from_objects(argument, array)
    return Labelled(array, index)


def _missing(column: Any) -> NDArray[np.bool_]:
    if dependencies.is_pandas_series(column):
        return np.asarray(column.isna(), dtype=bool)
    if dependencies.is_polars_series(column):
        return np.asarray(column.is_null(), dtype=bool)
    if type(column).__module__ == "pyarrow.lib":
        return np.asarray(column.is_null(), dtype=bool)
    return np.ma.getmaskarray(column) if np.ma.isMaskedArray(column) else np.zeros(0, dtype=bool)


def _is_missing(argument: str, row: int) -> MissingValueError:
    return MissingValueError(f"{argument} (row {row}): is missing", argument=argument, row=row)


def _from_objects(argument: str, array: NDArray[Any]) -> NDArray[Any]:
    """Give texts as texts and integers as integers; both in one column have no order."""
    text = next((isinstance(value, str) for value in array), True)
    for row, value in enumerate(array):
        if value is None or value != value or type(value).__name__ in {"NAType", "NaTType"}:
            raise _is_missing(argument, row)
        if isinstance(value, bool) or not isinstance(value, str if text else (int, np.integer)):
            kind = type(value).__name__
            message = f"{argument} (row {row}) is of type {kind}: must be all texts or all integers"
            raise WrongTypeError(message, argument=argument, row=row, value=f"of type {kind}")
    return array if text else np.array(array.tolist())


def column_like(column: Any, name: str, values: NDArray[Any]) -> Any:
    """Give values as a column of the library that ``column`` is of; an array if it is of none."""
    if type(column).__module__ == "pyarrow.lib" and not dependencies.is_pyarrow_chunked_array(column):
        import pyarrow as pa

        return pa.array(values)
    series = nw.from_native(column, series_only=True, pass_through=True)
    if not isinstance(series, nw.Series):
        return values
    return nw.new_series(name, values, backend=series.implementation).to_native()
