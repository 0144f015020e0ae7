"""Columns of codes: categories and scores, in the user's kind of column and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import narwhals as nw
import narwhals.dependencies as dependencies
import numpy as np

from crm_core._columns import check_aligned, read
from crm_core._dates import read_days_or_missing
from crm_core._options import wrong_type
from crm_core.errors import MissingValueError, NotFoundError, OutOfRangeError, WrongTypeError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Codes = NDArray[np.uint8]


_NO_CODE = 255


def floats(argument: str, column: Any) -> Floats:
    """Read a column that must have no missing values."""
    return np.ascontiguousarray(read(argument, column).required(argument))


def days_or_numbers(argument: str, series: nw.Series[Any]) -> Floats:
    """Read dates as days since 1970-01-01, or numbers as they are; NaN where missing."""
    if isinstance(series.dtype, (nw.Date, nw.Datetime)) or series.dtype == nw.Object:
        return read_days_or_missing(argument, series.to_native())
    return np.ascontiguousarray(read(argument, series.to_native()).values)


def column_of_numbers(table: Any, values: Floats, name: str) -> Any:
    """Give numbers as a column of the kind that the table's columns are; a mapping's first column decides."""
    if isinstance(table, Mapping):
        first = next(iter(table.values()))
    elif hasattr(table, "column_names"):
        first = table.column(0)
    else:
        first = table[table.columns[0]]
    return like(first, values, name)


def numbers(codes: bytes) -> Codes:
    """Read the codes that the core gave."""
    return np.frombuffer(codes, dtype=np.uint8)


def check_index(**columns: Any) -> None:
    """Refuse columns of pandas whose rows are not those of the first of them."""
    series: dict[str, Any] = {name: column for name, column in columns.items() if dependencies.is_pandas_series(column)}
    if series:
        check_aligned(series)


def like(column: Any, values: NDArray[Any], name: Any = None) -> Any:
    """Give whole numbers as the kind of column that ``column`` is, with its name unless another is given."""
    name = getattr(column, "name", None) if name is None else name
    if dependencies.is_pandas_series(column):
        import pandas as pd

        return pd.Series(values, index=column.index, name=name)
    if dependencies.is_polars_series(column):
        import polars as pl

        return pl.Series(name, values)
    if _is_pyarrow(column):
        import pyarrow as pa

        return pa.array(values)
    return values


def categories_like(column: Any, codes: Codes, names: Sequence[str], name: Any = None) -> Any:
    """Give the categories of these codes as the kind of column that ``column`` is, named as it is or as told.

    A Categorical of pandas, an Enum of polars, a dictionary array of pyarrow, else an array of text.
    """
    names = [str(name) for name in names]
    name = getattr(column, "name", None) if name is None else name
    if dependencies.is_pandas_series(column):
        import pandas as pd

        categories: Any = pd.Index(names)
        return pd.Series(pd.Categorical.from_codes(codes.astype(np.int16), categories), index=column.index, name=name)
    if dependencies.is_polars_series(column):
        import polars as pl

        return pl.Series(name, names, dtype=pl.Enum(names)).gather(pl.Series(codes.astype(np.uint32)))
    if _is_pyarrow(column):
        import pyarrow as pa

        return pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(names))
    return np.array(names)[codes]


def codes_of(argument: str, column: Any, names: Sequence[str]) -> bytes:
    """Read a column of categories: their names, or their codes."""
    if dependencies.is_pandas_series(column) and hasattr(column, "cat"):
        return _recoded(argument, column.cat.codes.to_numpy(), column.cat.categories.to_list(), names)
    if dependencies.is_polars_series(column) and not column.dtype.is_numeric():
        import polars as pl

        if isinstance(column.dtype, pl.Enum):
            physical = column.to_physical().cast(pl.Int64).fill_null(-1).to_numpy()
            return _recoded(argument, physical, column.dtype.categories.to_list(), names)
        return _from_texts(argument, column.cast(pl.String).to_list(), names)
    if _is_pyarrow(column):
        import pyarrow as pa

        array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
        if isinstance(array, pa.DictionaryArray):
            indices = array.indices.cast(pa.int64()).fill_null(-1).to_numpy(zero_copy_only=False)
            return _recoded(argument, indices, array.dictionary.to_pylist(), names)
        if not (pa.types.is_integer(array.type) or pa.types.is_floating(array.type)):
            return _from_texts(argument, array.to_pylist(), names)
        return whole(argument, array, 0, len(names) - 1).tobytes()
    # As an array, a list of texts would have the text "None" where one is missing.
    array = column if isinstance(column, (list, tuple)) else np.asarray(column)
    if isinstance(array, np.ndarray) and array.ndim == 1 and array.dtype.kind == "U" and len(names) < _NO_CODE:
        return _from_array_of_texts(argument, array, names)
    if not isinstance(array, np.ndarray) or (array.ndim == 1 and array.dtype.kind in "OUST"):
        values = list(array)
        if any(isinstance(value, str) for value in values):
            return _from_texts(argument, values, names)
    return whole(argument, column, 0, len(names) - 1).tobytes()


def whole(argument: str, column: Any, least: int, greatest: int) -> Codes:
    """Read a column of small whole numbers from ``least`` to ``greatest``."""
    return _whole(argument, column, least, greatest).astype(np.uint8)


def counts(argument: str, column: Any, greatest: int) -> list[int]:
    """Read a column of whole numbers from 0 to ``greatest``, which may be floats."""
    return [int(value) for value in _whole(argument, column, 0, greatest)]


def count(argument: str, value: Any, greatest: int) -> int:
    """Read a whole number from 0 to ``greatest``, which may be a float."""
    if not isinstance(value, (int, float, np.integer, np.floating)) or isinstance(value, bool):
        raise wrong_type(argument, value, "a whole number")
    if value != value:
        raise MissingValueError(f"{argument}: is missing", argument=argument)
    if not 0 <= value <= greatest or value != int(value):
        message = f"{argument} is {value:g}: must be a whole number from 0 to {greatest}"
        raise OutOfRangeError(message, argument=argument, value=f"{value:g}")
    return int(value)


def numbers_or_truths(argument: str, column: Any) -> Floats:
    """Read booleans as 0.0 and 1.0, numbers as they are; NaN where missing."""
    dtype = str(getattr(column, "dtype", getattr(column, "type", "object"))).lower()
    if dtype.startswith("bool") and not np.ma.isMaskedArray(column):
        return _truths_of_booleans(argument, column)
    if dtype.startswith(("bool", "object")):
        listed = _listed(column)
        values = listed.tolist() if hasattr(listed, "tolist") else list(listed)
        if any(isinstance(value, (bool, np.bool_)) for value in values):
            return np.array([np.nan if _is_missing(value) else float(value) for value in values], dtype=np.float64)
    return np.ascontiguousarray(read(argument, column).values)


def truths(argument: str, column: Any) -> Floats:
    """Read a column of booleans, or of the integers 0 and 1, as 0.0 and 1.0."""
    column = _listed(_whole_array(column))
    array = np.ma.asarray(column) if np.ma.isMaskedArray(column) else np.asarray(column)
    masked = np.ma.getmaskarray(array)
    values = np.ma.getdata(array)
    if values.ndim != 1:
        message = f"{argument} is of {values.ndim} dimensions: must have one"
        raise WrongTypeError(message, argument=argument, value=f"of {values.ndim} dimensions")
    if values.dtype.kind in "biu" and not masked.any() and np.isin(values, (0, 1)).all():
        return values.astype(np.float64)
    found = np.empty(len(values))
    for row, (value, absent) in enumerate(zip(values.tolist(), masked, strict=True)):
        if absent or _is_missing(value):
            raise MissingValueError(f"{argument} (row {row}): is missing", argument=argument, row=row)
        if not isinstance(value, int) or value not in (0, 1):
            message = f"{argument} (row {row}) is {value!r}: must be a boolean, 0 or 1"
            raise WrongTypeError(message, argument=argument, row=row, value=repr(value))
        found[row] = value
    return found


def _truths_of_booleans(argument: str, column: Any) -> Floats:
    """Read a column whose type is that of booleans as 0.0 and 1.0; NaN where missing."""
    if dependencies.is_polars_series(column):
        import polars as pl

        return np.ascontiguousarray(read(argument, column.cast(pl.Float64)).values)
    if _is_pyarrow(column):
        import pyarrow as pa

        return np.ascontiguousarray(read(argument, column.cast(pa.uint8())).values)
    if dependencies.is_pandas_series(column) and not isinstance(column.dtype, np.dtype):
        return column.to_numpy(dtype=np.float64, na_value=np.nan)
    return np.asarray(column, dtype=np.float64)


def _whole_array(column: Any) -> Any:
    """Give booleans and whole numbers of polars and pyarrow as an array, if none is missing; else the column itself."""
    if dependencies.is_polars_series(column) and not column.null_count():
        return column.to_numpy() if column.dtype.is_integer() or str(column.dtype) == "Boolean" else column
    if _is_pyarrow(column) and not column.null_count:
        import pyarrow as pa

        plain = pa.types.is_integer(column.type) or pa.types.is_boolean(column.type)
        array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
        return array.to_numpy(zero_copy_only=False) if plain else column
    return column


def _whole(argument: str, column: Any, least: int, greatest: int) -> Floats:
    values = floats(argument, column)
    wrong = ~((values >= least) & (values <= greatest) & (values == np.floor(values)))
    if wrong.any():
        row = int(wrong.argmax())
        message = f"{argument} (row {row}) is {values[row]:g}: must be a whole number from {least} to {greatest}"
        raise OutOfRangeError(message, argument=argument, row=row, value=f"{values[row]:g}")
    return values


def _recoded(argument: str, codes: NDArray[Any], own: Sequence[Any], names: Sequence[str]) -> bytes:
    """Turn the codes of a column's own categories into places in ``names``; −1 is missing."""
    place = {str(name): code for code, name in enumerate(names)}
    # One more place at the end, for the code −1.
    table = np.array([place.get(str(name), -1) for name in own] + [-1], dtype=np.int64)
    found = table[codes]
    if (found < 0).any():
        row = int((found < 0).argmax())
        _refuse(argument, row, None if codes[row] < 0 else own[int(codes[row])], names)
    return bytes(found.astype(np.uint8))


def _from_array_of_texts(argument: str, texts: NDArray[np.str_], names: Sequence[str]) -> bytes:
    found = np.full(len(texts), _NO_CODE, dtype=np.uint8)
    for code, name in enumerate(names):
        found[texts == str(name)] = code
    return _from_texts(argument, texts.tolist(), names) if (found == _NO_CODE).any() else found.tobytes()


def _from_texts(argument: str, texts: Sequence[Any], names: Sequence[str]) -> bytes:
    place = {str(name): code for code, name in enumerate(names)}
    codes = bytearray(len(texts))
    for row, text in enumerate(texts):
        code = place.get(text) if isinstance(text, str) else None
        if code is None:
            _refuse(argument, row, text, names)
        else:
            codes[row] = code
    return bytes(codes)


def _refuse(argument: str, row: int, value: Any, names: Sequence[str]) -> None:
    if _is_missing(value):
        raise MissingValueError(f"{argument} (row {row}): is missing", argument=argument, row=row)
    message = f"{argument} (row {row}) is {value!r}: must be one of {', '.join(map(str, names))}"
    raise NotFoundError(message, argument=argument, row=row, value=repr(value))


def _listed(column: Any) -> Any:
    """Give a column whose nulls are None as a list, any other as it is."""
    if _is_pyarrow(column):
        return column.to_pylist()
    return column.to_list() if dependencies.is_polars_series(column) else column


def _is_missing(value: Any) -> bool:
    return (
        value is None or type(value).__name__ in ("NAType", "NaTType") or (isinstance(value, float) and value != value)
    )


def _is_pyarrow(column: Any) -> bool:
    return type(column).__module__ == "pyarrow.lib"
