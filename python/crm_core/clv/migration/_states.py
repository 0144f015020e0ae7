"""States by name or number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from narwhals.dependencies import is_pandas_series, is_polars_series

from crm_core.errors import LengthMismatchError, MissingValueError, NotFoundError, OutOfRangeError, WrongTypeError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]


def names(argument: str, given: Sequence[Any] | None, count: int) -> list[Any]:
    """Give a name for each of ``count`` things; by default its number."""
    if given is None:
        return list(range(count))
    listed = list(given)
    if len(listed) != count:
        message = f"{argument} is of length {len(listed)}: must have length {count}"
        raise LengthMismatchError(message, argument=argument, value=f"of length {len(listed)}")
    for row, name in enumerate(listed):
        if name in listed[:row]:
            message = f"{argument} (row {row}) is {name}: must not occur twice"
            raise OutOfRangeError(message, argument=argument, row=row, value=str(name))
    return listed


def places(argument: str, column: Any, known: list[Any]) -> NDArray[np.intp]:
    """Give the place among the ``known`` names of each row of a column."""
    if hasattr(column, "to_pylist"):
        rows = column.to_pylist()
    elif is_pandas_series(column) or is_polars_series(column):
        rows = column.to_list()
    else:
        try:
            rows = column.tolist() if hasattr(column, "tolist") else list(column)
        except TypeError:
            kind = type(column).__name__
            message = f"{argument} is of type {kind}: must be a column of states"
            raise WrongTypeError(message, argument=argument, value=f"of type {kind}") from None
    place = {name: i for i, name in enumerate(known)}
    found = np.empty(len(rows), dtype=np.intp)
    for row, name in enumerate(rows):
        number = place.get(name)
        if number is None:
            _refuse(argument, row, name)
        else:
            found[row] = number
    return found


def weights(argument: str, given: ArrayLike | Mapping[Any, float], known: list[Any]) -> Any:
    """Give one number per state: as given in their order, or by name with 0 for those that are not named."""
    if not isinstance(given, Mapping):
        return given
    numbers = np.zeros(len(known))
    numbers[places(argument, list(given), known)] = list(given.values())
    return numbers


def like(column: Any, values: Floats) -> Any:
    """Give one value for each row as the kind of column that ``column`` is."""
    if is_pandas_series(column):
        import pandas as pd

        return pd.Series(values, index=column.index, name="value")
    if is_polars_series(column):
        import polars as pl

        return pl.Series("value", values)
    if hasattr(column, "to_pylist"):
        import pyarrow as pa

        return pa.array(values)
    return values


def _refuse(argument: str, row: int, name: Any) -> None:
    if name is None or name != name or type(name).__name__ == "NAType":
        raise MissingValueError(f"{argument} (row {row}): is missing", argument=argument, row=row)
    message = f"{argument} (row {row}) is {name!r}: must be a known state"
    raise NotFoundError(message, argument=argument, row=row, value=repr(name))
