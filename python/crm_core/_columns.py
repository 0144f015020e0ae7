"""Columns of numbers: from what the user gave to ``float64`` buffers, and back to the same kind.

Null in gives null out, NaN in gives NaN out. A pandas column of a NumPy type knows only NaN.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeVar

import narwhals.dependencies as dependencies
import numpy as np

from crm_core import _core
from crm_core.errors import LengthMismatchError, MissingValueError, NumberOverflowError, WrongTypeError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]


Number: TypeAlias = float | Decimal
"""What a scalar function takes; an ``int`` is a ``float`` to a type checker."""


class Column(Protocol):
    """A column of numbers: a NumPy array, a pandas or polars Series, a pyarrow Array or ChunkedArray."""

    def __array__(self, *args: Any, **kwargs: Any) -> NDArray[Any]: ...
    def __len__(self) -> int: ...


ColumnT = TypeVar("ColumnT", bound=Column)
"""The kind of column that a function takes and gives back."""


class Rows(Protocol):
    """Values by row, as :func:`check_aligned` compares them."""

    @property
    def index(self) -> Any: ...
    def __len__(self) -> int: ...


@dataclass(frozen=True)
class Labelled:
    """A column that is not of numbers."""

    values: NDArray[Any]
    index: Any = None
    """The index of a pandas Series."""

    def __len__(self) -> int:
        return len(self.values)


@dataclass(frozen=True)
class Read:
    """A column as the core reads it, and the way back to the user's kind."""

    numbers: NDArray[Any]
    """``float64``, NaN where a value is missing; or ``int64`` as the user has it, for what needs no copy of that."""
    missing: Mask | None
    """Where values are null; None if the kind knows no null or the column has none."""
    back: Callable[[Floats, Mask | None], Any]
    """Makes a column of the user's kind from results and the rows that are null."""
    rank: int
    """A table library's column decides the kind of result before a plain array does."""
    index: Any = None
    """The index of a pandas Series."""

    @cached_property
    def values(self) -> Floats:
        """``float64``; NaN where a value is missing."""
        return np.asarray(self.numbers, dtype=np.float64)

    def __len__(self) -> int:
        return len(self.numbers)

    def required(self, argument: str) -> Floats:
        """Give the values of a column that must not have missing ones."""
        missing = np.isnan(self.values) if self.missing is None else self.missing | np.isnan(self.values)
        if missing.any():
            row = int(missing.argmax())
            message = f"{argument} (row {row}): is missing"
            raise MissingValueError(message, argument=argument, row=row)
        return self.values


def is_column(value: object) -> bool:
    """Whether ``value`` holds one number per row, and not one for all."""
    if isinstance(value, (list, tuple, range)):
        return True
    return hasattr(value, "__array__") and hasattr(value, "__len__") and getattr(value, "ndim", 1) > 0


def read(argument: str, column: Any) -> Read:
    """Read the column that the user gave as ``argument``."""
    if dependencies.is_pandas_series(column):
        return _read_pandas(argument, column)
    if dependencies.is_polars_series(column):
        return _read_polars(argument, column)
    if dependencies.is_pyarrow_chunked_array(column) or type(column).__module__ == "pyarrow.lib":
        return _read_pyarrow(argument, column)
    array = np.ma.asarray(column) if np.ma.isMaskedArray(column) else np.asarray(column)
    missing = np.ma.getmaskarray(array) if isinstance(array, np.ma.MaskedArray) else None
    if missing is None:
        return Read(_numbers(argument, array), None, lambda results, _: results, rank=0)
    values = _floats(argument, np.ma.getdata(array))
    return Read(
        np.where(missing, np.nan, values),
        missing,
        lambda results, mask: np.ma.MaskedArray(results, mask=np.ma.nomask if mask is None else mask),
        rank=1,
    )


def evaluate(kernel: str, /, **arguments: Any) -> Any:
    """Call the kernel of this name with numbers, or with columns and numbers for all rows."""
    columns = {name: read(name, value) for name, value in arguments.items() if is_column(value)}
    if not columns:
        return _core.evaluate(kernel, list(arguments.values()))
    check_aligned(columns)
    leader = max(columns.values(), key=lambda column: column.rank)
    missing = missing_in(columns.values())
    out = np.empty(len(leader.values))
    given = [columns[n].values if n in columns else value for n, value in arguments.items()]
    _core.evaluate_columns(kernel, given, out)
    return leader.back(out, missing)


def check_aligned(columns: Mapping[str, Rows]) -> None:
    """Refuse columns, by argument, that differ in length, and Series of pandas whose indexes differ.

    The first column is the one that the others are compared with.
    """
    first_name, first = next(iter(columns.items()))
    labelled = [(name, column.index) for name, column in columns.items() if column.index is not None]
    for name, column in columns.items():
        rows, expected = len(column), len(first)
        if rows != expected:
            message = f"{name} is of length {rows}: must have length {expected}, as {first_name}"
            raise LengthMismatchError(message, argument=name, value=f"of length {rows}")
    for name, index in labelled[1:]:
        if not labelled[0][1].equals(index):
            message = f"{name}: must have the same index as {labelled[0][0]}"
            raise LengthMismatchError(message, argument=name)


def check_rows(argument: str, column: Read, rows: str) -> None:
    """Refuse a Series of pandas whose index is not that of ``rows``, a table of this package: 0, 1, 2, ..."""
    if column.index is not None:
        import pandas as pd

        own = Labelled(column.values, pd.RangeIndex(len(column.values)))
        check_aligned({rows: own, argument: column})


def missing_in(columns: Iterable[Read]) -> Mask | None:
    """Tell which rows have a null in any of the columns; None if no row has."""
    masks = [column.missing for column in columns if column.missing is not None]
    return np.logical_or.reduce(masks) if masks else None


def _numbers(argument: str, array: NDArray[Any]) -> NDArray[Any]:
    """Give the numbers as ``int64`` if they are such without gaps, else as ``float64``."""
    if array.dtype == np.int64 and array.ndim == 1 and array.flags.c_contiguous and array.flags.aligned:
        return array
    return _floats(argument, array)


def _floats(argument: str, array: NDArray[Any]) -> Floats:
    """Give the numbers as ``float64``, in place if they are."""
    if array.ndim != 1:
        message = f"{argument} is of {array.ndim} dimensions: must have one"
        raise WrongTypeError(message, argument=argument, value=f"of {array.ndim} dimensions")
    if array.dtype.kind == "O":
        array = _from_objects(argument, array)
    elif array.dtype.kind not in "iuf":
        raise wrong_type(argument, array.dtype)
    floats = np.asarray(array, dtype=np.float64)
    stride = floats.strides[0]
    if stride <= 0 or stride % floats.itemsize or not floats.flags.aligned:
        floats = np.ascontiguousarray(floats)
    return floats


def _from_objects(argument: str, array: NDArray[Any]) -> Floats:
    floats = np.empty(len(array))
    for row, value in enumerate(array):
        if value is None or type(value).__name__ == "NAType":
            floats[row] = np.nan
        elif isinstance(value, (float, int, Decimal, np.number)) and not isinstance(value, bool):
            try:
                floats[row] = float(value)
            except OverflowError:
                message = f"{argument} (row {row}): is too large for a float"
                raise NumberOverflowError(message, argument=argument, row=row) from None
        else:
            kind = type(value).__name__
            message = f"{argument} (row {row}) is of type {kind}: must be a float, an int or a Decimal"
            raise WrongTypeError(message, argument=argument, row=row, value=f"of type {kind}")
    return floats


def wrong_type(argument: str, dtype: object) -> WrongTypeError:
    """Say that the column ``argument`` does not hold numbers."""
    message = f"{argument} is of type {dtype}: must be a column of numbers"
    return WrongTypeError(message, argument=argument, value=f"of type {dtype}")


def _read_pandas(argument: str, series: Any) -> Read:
    import pandas as pd

    def plain(results: Floats, missing: Mask | None) -> Any:
        if missing is not None:
            results = np.where(missing, np.nan, results)
        return pd.Series(results, index=series.index, name=series.name, copy=False)

    if isinstance(series.dtype, np.dtype):
        return Read(_numbers(argument, series.to_numpy()), None, plain, rank=2, index=series.index)

    def nullable(results: Floats, missing: Mask | None) -> Any:
        mask = np.zeros(len(results), dtype=bool) if missing is None else missing
        if isinstance(series.dtype, pd.ArrowDtype):
            import pyarrow as pa

            array: Any = pd.arrays.ArrowExtensionArray(pa.array(results, mask=mask))
        else:
            array = pd.arrays.FloatingArray(results, mask)
        return pd.Series(array, index=series.index, name=series.name)

    if isinstance(series.dtype, pd.ArrowDtype):
        arrow = _read_pyarrow(argument, series.array.__arrow_array__())
        return Read(arrow.values, arrow.missing, nullable, rank=3, index=series.index)
    if series.dtype.kind not in "iuf":
        raise wrong_type(argument, series.dtype)
    missing = series.isna().to_numpy() if series.hasnans else None
    values = _floats(argument, series.to_numpy(dtype=np.float64, na_value=np.nan))
    return Read(values, missing, nullable, rank=3, index=series.index)


def _read_polars(argument: str, series: Any) -> Read:
    import polars as pl

    if not (series.dtype.is_numeric() or series.dtype == pl.Null):
        raise wrong_type(argument, series.dtype)
    missing = series.is_null().to_numpy() if series.null_count() else None

    def back(results: Floats, missing: Mask | None) -> Any:
        result = pl.Series(series.name, results)
        return result if missing is None else result.set(pl.Series(missing), None)

    floats = series.cast(pl.Float64)
    return Read(_floats(argument, floats.fill_null(np.nan).to_numpy()), missing, back, rank=3)


def _read_pyarrow(argument: str, column: Any) -> Read:
    import pyarrow as pa

    kinds = pa.types
    if not (
        kinds.is_integer(column.type)
        or kinds.is_floating(column.type)
        or kinds.is_decimal(column.type)
        or kinds.is_null(column.type)
    ):
        raise wrong_type(argument, column.type)
    chunked = isinstance(column, pa.ChunkedArray)
    array = column.combine_chunks() if chunked else column
    floats = array.cast(pa.float64())
    missing = floats.is_null().to_numpy(zero_copy_only=False) if floats.null_count else None

    def back(results: Floats, missing: Mask | None) -> Any:
        result = pa.array(results, mask=missing)
        return pa.chunked_array([result]) if chunked else result

    values = floats.fill_null(float("nan")).to_numpy(zero_copy_only=False)
    return Read(_floats(argument, values), missing, back, rank=3)
