"""Tables with a row per customer and a column per period: in as ``float64``, one result per row out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from crm_core._columns import read, wrong_type

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from crm_core._columns import Read


@dataclass(frozen=True)
class Rows:
    """A table as the core reads it, and the way back for one result per row."""

    values: NDArray[np.float64]
    """Two-dimensional and row-major; NaN where a value is missing."""
    columns: list[Read]
    """Its columns as the user gave them; none for an array."""

    def back(self, name: str, results: NDArray[np.float64]) -> Any:
        """Make a column of the user's kind and of this name; null where the row has a null."""
        if not self.columns:
            return results
        missing = None
        for column in self.columns:
            if column.missing is not None:
                missing = column.missing if missing is None else missing | column.missing
        result = max(self.columns, key=lambda column: column.rank).back(results, missing)
        if hasattr(result, "rename"):  # a Series of pandas or polars
            result = result.rename(name)
        return result


def read_rows(argument: str, table: Any) -> Rows:
    """Read the table that the user gave as ``argument``."""
    names = getattr(table, "column_names", None)  # pyarrow
    if names is None:
        names = getattr(table, "columns", None)  # pandas, polars
    if names is None:
        array = np.asarray(table)
        if array.ndim != 2 or array.dtype.kind not in "iuf":
            raise wrong_type(argument, f"{array.ndim} dimensions of {array.dtype}")
        return Rows(np.ascontiguousarray(array, dtype=np.float64), [])
    columns = [read(argument, table[name]) for name in names]
    if not columns:
        return Rows(np.empty((len(table), 0)), [])
    return Rows(np.ascontiguousarray(np.column_stack([column.values for column in columns])), columns)
