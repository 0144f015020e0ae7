"""Arrow data as producers really give it: slices, chunks, nulls of every kind, odd layouts."""

from __future__ import annotations

import gc
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from crm_core import errors
from crm_core.ledger import Ledger, simulate

DAYS = [date(2024, 1, 1), date(2024, 1, 8), date(2024, 1, 3)]
COLUMNS = {"customer": "customer", "time": "time", "amount": "amount"}
EXPECTED = {"customer": ["ann", "bob"], "revenue": [30.25, 5.5]}


def table(**columns: Any) -> pa.Table:
    given = {"customer": ["ann", "bob", "ann"], "time": DAYS, "amount": [10.0, 5.5, 20.25]} | columns
    return pa.table(given)


def revenue(log: Any) -> dict[str, list[Any]]:
    totals = pa.table(Ledger(log, **COLUMNS).totals())
    return {"customer": totals["customer"].to_pylist(), "revenue": totals["revenue"].to_pylist()}


class Stream:
    """Only the protocol, so that the layout is what a test makes it."""

    def __init__(self, source: Any) -> None:
        self.source = source

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self.source.__arrow_c_stream__(requested_schema)


class Array:
    """A record batch by the other protocol."""

    def __init__(self, source: pa.RecordBatch) -> None:
        self.source = source

    def __arrow_c_array__(self, requested_schema: object | None = None) -> object:
        return self.source.__arrow_c_array__(requested_schema)


def test_both_protocols() -> None:
    assert revenue(Stream(table())) == EXPECTED
    assert revenue(Array(table().to_batches()[0])) == EXPECTED


def test_a_reader_is_read_batch_by_batch() -> None:
    batches = pa.concat_tables([table().slice(i, 1) for i in range(3)]).to_batches()
    assert revenue(pa.RecordBatchReader.from_batches(table().schema, batches)) == EXPECTED


def test_the_message_of_a_failing_producer() -> None:
    def batches() -> Any:
        yield table().to_batches()[0]
        message = "the disk is gone"
        raise OSError(message)

    reader = pa.RecordBatchReader.from_batches(table().schema, batches())
    with pytest.raises(errors.UnreadableError, match="the disk is gone"):
        revenue(reader)


@pytest.mark.parametrize(
    "kind", [pa.string(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int8(), pa.string())]
)
@pytest.mark.parametrize("offset", [1, 7, 8, 9])
def test_slices(kind: pa.DataType, offset: int) -> None:
    before: list[Any] = [None, "x", "a text that is longer than a view"] * 3
    customers = pa.array([*before[:offset], "ann", "bob", "ann"], pa.string()).cast(kind)
    amounts = pa.array([None] * offset + [10.0, 5.5, 20.25])
    days = pa.array([None] * offset + DAYS)
    whole = pa.table({"customer": customers, "time": days, "amount": amounts})
    assert revenue(whole.slice(offset)) == EXPECTED
    assert (
        revenue(Stream(pa.RecordBatch.from_struct_array(whole.to_struct_array().combine_chunks()[offset:]))) == EXPECTED
    )


def test_long_and_empty_views() -> None:
    long = "a text that is longer than twelve bytes"
    for kind in (pa.string(), pa.large_string(), pa.string_view()):
        found = revenue(table(customer=pa.array([long, "顾客", long], kind)))
        assert found == EXPECTED | {"customer": [long, "顾客"]}


@pytest.mark.parametrize(
    "index", [pa.int8(), pa.uint8(), pa.int16(), pa.uint16(), pa.int32(), pa.uint32(), pa.int64(), pa.uint64()]
)
def test_dictionaries_of_every_index(index: pa.DataType) -> None:
    customers = pa.DictionaryArray.from_arrays(pa.array([2, 0, 2], index), pa.array(["bob", "unused", "ann"]))
    assert revenue(table(customer=customers)) == EXPECTED


def test_categories_of_data_frames() -> None:
    assert revenue(table().to_pandas().astype({"customer": "category"})) == EXPECTED
    assert revenue(pl.from_arrow(table()).with_columns(pl.col("customer").cast(pl.Categorical))) == EXPECTED
    assert (
        revenue(pl.from_arrow(table()).with_columns(pl.col("customer").cast(pl.Enum(["bob", "x", "ann"])))) == EXPECTED
    )
    connection = duckdb.connect()
    connection.register("log", table())
    query = "select customer::enum('ann', 'bob') as customer, time, amount from log"
    assert revenue(connection.sql(query)) == EXPECTED


@pytest.mark.parametrize(
    "amounts",
    [
        pa.array([Decimal("10.00"), Decimal("5.50"), Decimal("20.25")], kind)
        for kind in (pa.decimal32(9, 2), pa.decimal64(12, 3), pa.decimal128(38, 2), pa.decimal256(60, 4))
    ],
)
def test_decimals_of_every_width(amounts: pa.Array) -> None:
    assert revenue(table(amount=amounts)) == EXPECTED


@pytest.mark.parametrize(
    "kind", [pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64()]
)
def test_amounts_of_every_integer(kind: pa.DataType) -> None:
    assert revenue(table(amount=pa.array([10, 5, 20], kind)))["revenue"] == [30.0, 5.0]


@pytest.mark.parametrize("kind", [pa.date32(), pa.date64(), pa.timestamp("s"), pa.timestamp("ns", "UTC")])
def test_times(kind: pa.DataType) -> None:
    assert revenue(table(time=pa.array(DAYS).cast(kind))) == EXPECTED


def test_columns_of_other_types_are_skipped() -> None:
    more = table(
        tags=[["a"], [], None],
        place=[{"x": 1}, None, {"x": 2}],
        blob=[b"x", None, b""],
        half=pa.array([1.0, 2.0, 3.0], pa.float16()),
    )
    assert revenue(more) == EXPECTED


@pytest.mark.parametrize("column", ["customer", "time", "amount"])
def test_missing_values_name_their_row(column: str) -> None:
    values = table()[column].to_pylist()
    log = pa.concat_tables([table(), table(**{column: pa.array([*values[:2], None])})])
    with pytest.raises(errors.MissingValueError, match="must not be missing") as caught:
        revenue(log)
    assert (caught.value.argument, caught.value.row) == (column, 5)


@pytest.mark.parametrize("column", ["customer", "time", "amount"])
def test_the_null_type_is_missing_everywhere(column: str) -> None:
    with pytest.raises(errors.MissingValueError) as caught:
        revenue(table(**{column: pa.nulls(3)}))
    assert (caught.value.argument, caught.value.row) == (column, 0)


def test_a_missing_entry_of_a_dictionary_is_a_missing_value() -> None:
    customers = pa.DictionaryArray.from_arrays(pa.array([0, 1, 0]), pa.array(["ann", None]))
    with pytest.raises(errors.MissingValueError) as caught:
        revenue(table(customer=customers))
    assert (caught.value.argument, caught.value.row) == ("customer", 1)


def test_missing_values_of_pandas() -> None:
    log = table().to_pandas()
    log["time"] = pd.to_datetime(log["time"])
    assert revenue(log) == EXPECTED
    for column, missing in (("customer", None), ("time", pd.NaT), ("amount", np.nan)):
        holed = log.copy()
        holed.loc[1, column] = missing
        with pytest.raises((errors.MissingValueError, errors.NotFiniteError)) as caught:
            revenue(holed)
        assert (caught.value.argument, caught.value.row) == (column, 1)


@pytest.mark.parametrize(
    ("column", "values", "words"),
    [
        ("customer", [1.0, 2.0, 1.0], "double|float64"),
        ("customer", [True, False, True], "boolean"),
        ("customer", [b"a", b"b", b"a"], "binary"),
        ("time", ["2024-01-01", "2024-01-08", "2024-01-03"], "utf8"),
        ("time", [1, 2, 3], "int64"),
        ("amount", ["1", "2", "3"], "utf8"),
        ("amount", [[1.0], [2.0], [3.0]], "list"),
        ("amount", [True, False, True], "boolean"),
    ],
)
def test_wrong_types_name_column_and_type(column: str, values: list[Any], words: str) -> None:
    with pytest.raises(errors.WrongTypeError, match=words) as caught:
        revenue(table(**{column: values}))
    assert caught.value.argument == column


def test_a_time_zone_must_be_utc() -> None:
    local = pa.array([datetime(2024, 1, 1, 12)] * 3, pa.timestamp("us", "Europe/Paris"))
    with pytest.raises(errors.WrongTypeError, match="Europe/Paris"):
        revenue(table(time=local))


@pytest.mark.parametrize("thing", [None, 1, "log.csv", [1, 2], {"customer": ["ann"]}, np.zeros((3, 3))])
def test_what_is_no_table(thing: Any) -> None:
    with pytest.raises(errors.WrongTypeError, match="Arrow capsule interface"):
        revenue(thing)


def test_columns_that_are_not_there_or_there_twice() -> None:
    with pytest.raises(errors.NotFoundError, match="it has who, time, amount"):
        revenue(table().rename_columns(["who", "time", "amount"]))
    with pytest.raises(errors.NotFoundError, match="more than one"):
        revenue(table().rename_columns(["customer", "amount", "amount"]).append_column("time", [DAYS]))


def test_memory_is_given_back() -> None:
    """What comes in is released once it is read, what goes out once nobody uses it."""
    gc.collect()
    before = pa.total_allocated_bytes()
    for _ in range(20):
        totals = Ledger(table(), **COLUMNS).totals()
        held = totals["customer"]
    assert held.to_pylist() == EXPECTED["customer"]
    del totals, held
    gc.collect()
    assert pa.total_allocated_bytes() <= before


def test_a_column_outlives_its_table() -> None:
    column = Ledger(pl.from_arrow(table()), **COLUMNS).totals()["customer"]
    gc.collect()
    assert column.to_list() == EXPECTED["customer"]


def test_numbers_of_pandas_own_their_memory() -> None:
    """They can be written, live on without the table that they came in, and other columns stay as they are."""
    log = simulate(300, seed=1, library="pandas")
    log["customer"] = "c" + log["customer"].astype(str)
    ledger = Ledger(log, customer="customer", time="time", amount="amount")
    summary = ledger.summary()
    expected = Ledger(pl.from_pandas(log), customer="customer", time="time", amount="amount").summary()
    assert summary.columns.to_list() == expected.columns
    for name in expected.columns:
        assert summary[name].to_list() == expected[name].to_list()
    age = summary["age"].to_numpy()
    assert age.flags.owndata is False  # the core made it
    summary.loc[0, "age"] = -1.0
    summary["recency"] *= 2
    assert summary["age"][0] == -1.0
    assert (summary["recency"] == 2 * expected["recency"].to_numpy()).all()
    del ledger, summary, log
    assert age[1:].tolist() == expected["age"][1:].to_list()
