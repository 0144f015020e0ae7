"""Tables with a row per customer and a column per period: in as ``float64``, one result per row out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from crm_core._columns import missing_in, read, wrong_type
from crm_core.errors import LengthMismatchError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from crm_core._columns import Read


@dataclass(frozen=True)
class Rows:
    """A table as the core reads it, and the way back for one result per row."""

    values: NDArray[np.float64]
    """Two-dimensional and row-major; NaN where a value is missing."""
    columns: list[Read]
    """Its columns as the user gave them; none for an array."""

    def __len__(self) -> int:
        return len(self.values)

    @property
    def index(self) -> Any:
        """The index of a pandas DataFrame."""
        return self.columns[0].index if self.columns else None

    def back(self, name: str, results: NDArray[np.float64], *others: Read) -> Any:
        """Make a column of the user's kind and of this name; null where the row or another column has a null."""
        if not self.columns:
            return results
        missing = missing_in([*self.columns, *others])
        result = max(self.columns, key=lambda column: column.rank).back(results, missing)
        if hasattr(result, "rename"):  # a Series of pandas or polars
            result = result.rename(name)
        return result


def read_rows(argument: str, table: Any, known: Sequence[str] = ()) -> Rows:
    """Read the table that the user gave as ``argument``; columns of known names come in the order of those."""
    names = getattr(table, "column_names", None)  # pyarrow
    if names is None:
        names = getattr(table, "columns", None)  # pandas, polars
    if names is None:
        array = np.asarray(table)
        if array.ndim != 2 or array.dtype.kind not in "iuf":
            raise wrong_type(argument, f"{array.ndim} dimensions of {array.dtype}")
        if np.ma.isMaskedArray(table):
            array = np.ma.filled(table.astype(np.float64), np.nan)
        return Rows(np.ascontiguousarray(array, dtype=np.float64), [])
    columns = [read(argument, table[name]) for name in _in_order(argument, list(names), known)]
    if not columns:
        return Rows(np.empty((len(table), 0)), [])
    return Rows(np.ascontiguousarray(np.column_stack([column.values for column in columns])), columns)


def _in_order(argument: str, names: list[Any], known: Sequence[str]) -> list[Any]:
    if len(names) == len(known) and set(names) == set(known):
        return list(known)
    for name, expected in zip(names, known, strict=False):
        if name != expected and name in known:
            message = f"{argument} has {name} in the place of {expected}: must have all columns by name, or in order"
            raise LengthMismatchError(message, argument=argument, value=str(name))
    return names
