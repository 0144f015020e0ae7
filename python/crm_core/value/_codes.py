"""Columns of codes: categories and scores, in the user's kind of column and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals.dependencies as dependencies
import numpy as np

from crm_core._columns import read
from crm_core.errors import MissingValueError, NotFoundError, OutOfRangeError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Codes = NDArray[np.uint8]


def floats(argument: str, column: Any) -> Floats:
    """Read a column that must have no missing values."""
    return np.ascontiguousarray(read(argument, column).required(argument))


def numbers(codes: bytes) -> Codes:
    """Read the codes that the core gave."""
    return np.frombuffer(codes, dtype=np.uint8)


def like(column: Any, values: NDArray[Any]) -> Any:
    """Give whole numbers as the kind of column that ``column`` is."""
    if dependencies.is_pandas_series(column):
        import pandas as pd

        return pd.Series(values, index=column.index)
    if dependencies.is_polars_series(column):
        import polars as pl

        return pl.Series(values)
    if _is_pyarrow(column):
        import pyarrow as pa

        return pa.array(values)
    return values


def categories_like(column: Any, codes: Codes, names: Sequence[str]) -> Any:
    """Give the categories of these codes as the kind of column that ``column`` is.

    A Categorical of pandas, an Enum of polars, a dictionary array of pyarrow, else an array of text.
    """
    names = [str(name) for name in names]
    if dependencies.is_pandas_series(column):
        import pandas as pd

        categories: Any = pd.Index(names)
        return pd.Series(pd.Categorical.from_codes(codes.astype(np.int16), categories), index=column.index)
    if dependencies.is_polars_series(column):
        import polars as pl

        return pl.Series(names, dtype=pl.Enum(names)).gather(pl.Series(codes.astype(np.uint32)))
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
    array = np.asarray(column)
    if array.dtype.kind in "OUST":
        return _from_texts(argument, array.tolist(), names)
    return whole(argument, column, 0, len(names) - 1).tobytes()


def whole(argument: str, column: Any, least: int, greatest: int) -> Codes:
    """Read a column of whole numbers from ``least`` to ``greatest``."""
    values = floats(argument, column)
    wrong = ~((values >= least) & (values <= greatest) & (values == np.floor(values)))
    if wrong.any():
        row = int(wrong.argmax())
        message = f"{argument} (row {row}) is {values[row]:g}: must be a whole number from {least} to {greatest}"
        raise OutOfRangeError(message, argument=argument, row=row, value=f"{values[row]:g}")
    return values.astype(np.uint8)


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


def _from_texts(argument: str, texts: Sequence[Any], names: Sequence[str]) -> bytes:
    place = {str(name): code for code, name in enumerate(names)}
    codes = bytearray(len(texts))
    for row, text in enumerate(texts):
        code = place.get(text)
        if code is None:
            _refuse(argument, row, text, names)
        else:
            codes[row] = code
    return bytes(codes)


def _refuse(argument: str, row: int, value: Any, names: Sequence[str]) -> None:
    if value is None or value != value:
        raise MissingValueError(f"{argument} (row {row}): is missing", argument=argument, row=row)
    message = f"{argument} (row {row}) is {value!r}: must be one of {', '.join(map(str, names))}"
    raise NotFoundError(message, argument=argument, row=row, value=repr(value))


def _is_pyarrow(column: Any) -> bool:
    return type(column).__module__ == "pyarrow.lib"
