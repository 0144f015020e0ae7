"""Tables: what the core makes of them, as the kind of table that the user gave."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import narwhals as nw

if TYPE_CHECKING:
    from crm_core import _core


class Table(Protocol):
    """Any table with the Arrow capsule interface.

    A DataFrame of polars, a DataFrame of pandas (with pyarrow installed), a Table or RecordBatch of
    pyarrow, a relation of DuckDB, and others.
    """

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...


def collect(table: Any) -> Any:
    """Give a table in memory: a lazy frame of polars is collected, any other table stays as it is."""
    frame = nw.from_native(table, pass_through=True)
    if isinstance(frame, nw.LazyFrame) and frame.implementation.is_polars():
        return frame.collect().to_native()
    return table


def backend(table: Any) -> nw.Implementation:
    """Tell the library in which results for this table are given.

    A table of a library that has no DataFrame of its own (DuckDB, Arrow capsules) gets pyarrow.
    """
    frame = nw.from_native(table, pass_through=True)
    eager = isinstance(frame, nw.DataFrame) or (isinstance(frame, nw.LazyFrame) and frame.implementation.is_polars())
    return frame.implementation if eager else nw.Implementation.PYARROW


def native(result: _core.Table, library: nw.Implementation | str) -> Any:
    """Give ``result`` as a DataFrame of this library."""
    given: Any = library
    return nw.from_arrow(result, backend=given).to_native()


def like(table: Any, result: _core.Table) -> Any:
    """Give ``result`` as a DataFrame of the library that ``table`` is of."""
    return native(result, backend(table))
