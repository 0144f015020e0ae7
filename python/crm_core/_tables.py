"""Tables: what the core makes of them, as the kind of table that the user gave."""

from __future__ import annotations

from typing import Any, Protocol

import narwhals as nw
import numpy as np
from narwhals import dependencies

from crm_core import _core
from crm_core._options import wrong_type


class Table(Protocol):
    """Any table with the Arrow capsule interface.

    A DataFrame of polars, a DataFrame of pandas (with pyarrow installed), a Table or RecordBatch of
    pyarrow, a relation of DuckDB, and others.
    """

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...


_KINDS = (
    (dependencies.is_polars_dataframe, nw.Implementation.POLARS),
    (dependencies.is_polars_lazyframe, nw.Implementation.POLARS),
    (dependencies.is_pandas_dataframe, nw.Implementation.PANDAS),
    (dependencies.is_modin_dataframe, nw.Implementation.MODIN),
    (dependencies.is_cudf_dataframe, nw.Implementation.CUDF),
)


def collect(table: Any) -> Any:
    """Give a table in memory: a lazy frame of polars is collected, any other table stays as it is."""
    return table.collect() if dependencies.is_polars_lazyframe(table) else table


def backend(table: Any) -> nw.Implementation:
    """Tell the library in which results for this table are given.

    A table of a library that has no DataFrame of its own (DuckDB, Arrow capsules) gets pyarrow.
    """
    kinds = (implementation for is_kind, implementation in _KINDS if is_kind(table))
    return next(kinds, nw.Implementation.PYARROW)


def frame_of(table: Any, argument: str = "table") -> nw.DataFrame[Any]:
    """Give any table that narwhals or the Arrow capsule interface knows as narwhals has it."""
    table = collect(table)
    frame = nw.from_native(table, eager_only=True, pass_through=True)
    if isinstance(frame, nw.DataFrame):
        return frame
    if hasattr(table, "__arrow_c_stream__") and not dependencies.is_into_series(table):
        return nw.from_arrow(table, backend="pyarrow")
    raise wrong_type(argument, table, "a table of pandas, polars, pyarrow, or with the Arrow capsule interface")


def native(result: Table, library: nw.Implementation | str) -> Any:
    """Give ``result`` as a DataFrame of this library."""
    if isinstance(result, _core.Table) and len(result) and library in (nw.Implementation.PANDAS, "pandas"):
        return _pandas(result)
    given: Any = library
    return nw.from_arrow(result, backend=given).to_native()


def _pandas(result: _core.Table) -> Any:
    """Give a DataFrame of pandas, whose columns of numbers own what the core made: by Arrow, pandas copies."""
    import pandas as pd

    names = result.names
    # Numbers have the buffer interface, which types cannot say before Python 3.12.
    taken: dict[str, Any] = {name: numbers for name in names if (numbers := result.take(name)) is not None}
    columns: dict[str, Any] = {name: np.frombuffer(numbers, numbers.dtype) for name, numbers in taken.items()}
    if len(columns) < len(names):
        rest = nw.from_arrow(result, backend="pandas").to_native()
        columns.update({name: rest[name] for name in rest.columns})
    return pd.DataFrame({name: columns[name] for name in names}, copy=False)


def like(table: Any, result: _core.Table) -> Any:
    """Give ``result`` as a DataFrame of the library that ``table`` is of."""
    return native(result, backend(table))
