"""The ledger with every kind of table and column, and with bad input. Its vectors run in test_vectors.py."""

from __future__ import annotations

import pickle
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from test_vectors import CASES
from test_vectors import test_case as check_case

from crm_core import errors
from crm_core.ledger import (
    BetaGeometric,
    GammaExponential,
    Ledger,
    PartialSummary,
    Period,
    Returns,
    simulate,
    summary,
)

if TYPE_CHECKING:
    from collections.abc import Callable

DAYS = [date(2024, 1, 1), date(2024, 1, 8), date(2024, 1, 3), date(2024, 1, 1), date(2024, 1, 31)]
TEXTS = ["ann", "bob", "ann", "cat", "ann"]
AMOUNTS = [10.0, 5.5, 20.25, 7.0, 1.0]
SUMMARY = {
    "customer": ["ann", "bob", "cat"],
    "frequency": [2, 0, 0],
    "recency": [30.0, 0.0, 0.0],
    "age": [30.0, 23.0, 30.0],
    "since_last": [0.0, 23.0, 30.0],
    "mean_spend": [10.625, 0.0, 0.0],
    "first_row": [0, 1, 3],
}


def log(customer: Any = None, time: Any = None, amount: Any = None) -> pa.Table:
    return pa.table(
        {
            "customer": pa.array(TEXTS) if customer is None else customer,
            "time": pa.array(DAYS) if time is None else time,
            "amount": pa.array(AMOUNTS) if amount is None else amount,
        }
    )


def ledger(table: Any, **columns: str) -> Ledger:
    return Ledger(table, **({"customer": "customer", "time": "time", "amount": "amount"} | columns))


def plain(table: Any) -> dict[str, list[Any]]:
    return pa.table(table).to_pydict()


def summary_of(table: Any, **options: Any) -> dict[str, list[Any]]:
    """The summary, which is the same with a ledger and without."""
    found = plain(ledger(table).summary(**options))
    assert plain(summary(table, customer="customer", time="time", amount="amount", **options)) == found
    return found


TABLES: dict[str, Callable[[pa.Table], Any]] = {
    "pyarrow": lambda table: table,
    "pyarrow batch": lambda table: table.to_batches()[0],
    "pyarrow chunks": lambda table: pa.concat_tables([table.slice(0, 2), table.slice(2, 0), table.slice(2)]),
    "pandas": lambda table: table.to_pandas(),
    "pandas of arrow types": lambda table: table.to_pandas(types_mapper=pd.ArrowDtype),
    "polars": pl.from_arrow,
    "polars lazy": lambda table: pl.from_arrow(table).lazy(),
    "duckdb": lambda table: duckdb.connect().from_arrow(table),
}
KINDS = {
    "pandas": pd.DataFrame,
    "pandas of arrow types": pd.DataFrame,
    "polars": pl.DataFrame,
    "polars lazy": pl.DataFrame,
}


@pytest.mark.parametrize("kind", TABLES)
def test_every_kind_of_table(kind: str) -> None:
    table = TABLES[kind](log())
    made = ledger(table)
    own = KINDS.get(kind, pa.Table)
    assert isinstance(made.summary(), own)
    assert isinstance(summary(table, customer="customer", time="time", amount="amount"), own)
    assert summary_of(table) == SUMMARY
    assert isinstance(made.totals(), own)
    assert isinstance(made.period_series().table, own)
    assert isinstance(made.grouped_summary().groups, own)
    assert isinstance(made.transactions("ann"), own)


@pytest.mark.parametrize("case", [case for case in CASES if case[0][0]["function"] == "summary"])
def test_the_vectors_without_a_ledger(case: dict[str, Any]) -> None:
    check_case(case | {"function": "summary_of_log"})


def test_errors_without_a_ledger_name_the_column_and_the_row_of_the_table() -> None:
    part = log().rename_columns(["who", "when", "paid"])
    names = {"customer": "who", "time": "when", "amount": "paid"}
    returned = part.set_column(2, "paid", pa.array([1.0, 2.0, -3.0, 4.0, 5.0]))
    with pytest.raises(errors.OutOfRangeError) as caught:
        summary(pa.concat_tables([part, returned]), **names)
    assert (caught.value.argument, caught.value.row, caught.value.value) == ("paid", 7, "-3")
    # The infinite amount of the first chunk comes before the missing customer of the second.
    infinite = part.set_column(2, "paid", pa.array([1.0, 2.0, float("inf"), 4.0, 5.0]))
    missing = part.set_column(0, "who", pa.array(["ann", None, "ann", "cat", "ann"]))
    with pytest.raises(errors.NotFiniteError) as caught:
        summary(pa.concat_tables([infinite, missing]), **names)
    assert (caught.value.argument, caught.value.row) == ("paid", 2)
    with pytest.raises(errors.MissingValueError) as caught:
        summary(pa.concat_tables([part, missing]), **names)
    assert (caught.value.argument, caught.value.row) == ("who", 6)
    with pytest.raises(errors.EmptyError):
        summary(part.slice(0, 0), **names)


@pytest.mark.parametrize(
    "customer",
    [
        pa.array(TEXTS),
        pa.array(TEXTS, pa.large_string()),
        pa.array(TEXTS, pa.string_view()),
        pa.array(TEXTS).dictionary_encode(),
        pa.chunked_array([pa.array(TEXTS[:2]).dictionary_encode(), pa.array(TEXTS[2:]).dictionary_encode()]),
        # Two entries for Ann, one that is missing and one that is not used.
        pa.DictionaryArray.from_arrays([0, 1, 4, 2, 0], ["ann", "bob", "cat", None, "ann", "dan"]),
    ],
    ids=["string", "large string", "string view", "dictionary", "dictionaries", "dictionary with repetitions"],
)
def test_texts(customer: Any) -> None:
    assert summary_of(log(customer=customer)) == SUMMARY


@pytest.mark.parametrize("kind", [pa.int8(), pa.uint16(), pa.int32(), pa.int64(), pa.uint64()])
def test_integers(kind: pa.DataType) -> None:
    found = summary_of(log(customer=pa.array([7, 2, 7, 5, 7], kind)))
    assert found == SUMMARY | {"customer": [7, 2, 5]}


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC"])
def test_timestamps(unit: str, zone: str | None) -> None:
    late = pa.array([datetime(d.year, d.month, d.day, 23, 59, 59) for d in DAYS], pa.timestamp(unit, zone))
    assert summary_of(log(time=late)) == SUMMARY
    assert summary_of(log(time=late), period=Period.INSTANT) == SUMMARY


@pytest.mark.parametrize(
    ("amount", "exact"),
    [
        (pa.array(AMOUNTS, pa.float32()), False),
        (pa.array([Decimal(str(a)) for a in AMOUNTS], pa.decimal128(12, 2)), True),
        (pa.array([Decimal(str(a)) for a in AMOUNTS], pa.decimal64(12, 2)), True),
    ],
)
def test_amounts(amount: pa.Array, exact: bool) -> None:
    made = ledger(log(amount=amount))
    assert plain(made.summary()) == SUMMARY
    if exact:
        assert plain(made.totals(exact=True))["revenue"] == [Decimal("31.25"), Decimal("5.50"), Decimal("7.00")]
    else:
        with pytest.raises(errors.WrongTypeError, match="amount"):
            made.totals(exact=True)


def test_integer_amounts_are_exact() -> None:
    made = ledger(log(amount=pa.array([10, 2**62, 3, 4, 5])))
    assert plain(made.totals(exact=True))["revenue"] == [18, 2**62, 4]


def test_the_ledger_keeps_what_it_needs() -> None:
    made = ledger(log().to_pandas())
    assert plain(made.totals())["last"] == [date(2024, 1, 31), date(2024, 1, 8), date(2024, 1, 1)]
    assert plain(made.transactions("ann")) == {
        "row": [0, 2, 4],
        "date": [date(2024, 1, 1), date(2024, 1, 3), date(2024, 1, 31)],
        "amount": [10.0, 20.25, 1.0],
    }
    assert repr(made) == "<Ledger of 5 transactions of 3 customers>"


def test_options_in_their_python_forms() -> None:
    made = ledger(log())
    whole = plain(made.summary(start=date(2024, 1, 2), end="2024-01-10", period="days", returns="net"))
    assert whole["customer"] == ["ann", "bob"]
    assert plain(made.summary(end=datetime(2024, 1, 10, 12))) == plain(made.summary(end=date(2024, 1, 10)))
    assert plain(made.summary(period=7))["recency"] == [4.0, 0.0, 0.0]
    grouped = made.grouped_summary(period=7, weights=np.array([1.0, 2.0, 4.0]))
    assert plain(grouped.groups)["weight"] == [1.0, 2.0, 4.0]


@pytest.mark.parametrize(
    ("table", "error", "argument", "row"),
    [
        (log(customer=pa.array(["a", None, "b", "c", "d"])), errors.MissingValueError, "customer", 1),
        (log(customer=pa.array(["a", "b", "", "c", "d"])), errors.MissingValueError, "customer", 2),
        (log(customer=pa.array([1.0] * 5)), errors.WrongTypeError, "customer", None),
        (log(time=pa.array([None, *DAYS[1:]])), errors.MissingValueError, "time", 0),
        (log(time=pa.array(["2024-01-01"] * 5)), errors.WrongTypeError, "time", None),
        (log(time=pa.array([0] * 5, pa.timestamp("s", "Europe/Berlin"))), errors.WrongTypeError, "time", None),
        (log(time=pa.array([0] * 4 + [2_932_897], pa.date32())), errors.OutOfRangeError, "time", 4),
        (log(amount=pa.array([1.0, 2.0, float("nan"), 3.0, 4.0])), errors.NotFiniteError, "amount", 2),
        (log(amount=pa.array([1.0, 2.0, 3.0, float("inf"), 4.0])), errors.NotFiniteError, "amount", 3),
        (log(amount=pa.array([1.0, None, 2.0, 3.0, 4.0])), errors.MissingValueError, "amount", 1),
        (log(amount=pa.array(["1"] * 5)), errors.WrongTypeError, "amount", None),
        (log().slice(0, 0), errors.EmptyError, "log", None),
        (log().drop_columns("amount"), errors.NotFoundError, "amount", None),
    ],
)
def test_refused_logs(table: pa.Table, error: type[errors.CrmError], argument: str, row: int | None) -> None:
    for given in (table, pa.concat_tables([table.slice(0, 1), table.slice(1)])):
        with pytest.raises(error) as caught:
            ledger(given)
        assert (caught.value.argument, caught.value.row) == (argument, row)


def test_refused_options() -> None:
    made = ledger(log())
    for options, error in [
        ({"start": "1 May"}, errors.UnreadableError),
        ({"end": 5}, errors.WrongTypeError),
        ({"period": 0}, errors.OutOfRangeError),
        ({"period": -1}, errors.OutOfRangeError),
        ({"period": 2**40}, errors.OutOfRangeError),
        ({"period": "fortnights"}, ValueError),
        ({"returns": "keep"}, ValueError),
        ({"periods_per_unit": float("nan")}, errors.NotFiniteError),
    ]:
        with pytest.raises(error):
            made.summary(**options)
    with pytest.raises(errors.NotFoundError):
        made.period_series(period=Period.INSTANT)
    with pytest.raises(errors.NotFoundError, match='"dan"'):
        made.transactions("dan")
    with pytest.raises(errors.MissingValueError):
        made.grouped_summary(weights=[1.0, None, 1.0])
    with pytest.raises(errors.LengthMismatchError, match="weights: must have the same index as the summary"):
        made.grouped_summary(weights=pd.Series([1.0, 2.0, 1.0], index=[2, 1, 0]))
    with pytest.raises(errors.WrongTypeError):
        ledger({"customer": [1]})


def test_returns() -> None:
    table = log(amount=pa.array([10.0, 5.5, -20.25, 7.0, 1.0]))
    with pytest.raises(errors.OutOfRangeError) as caught:
        ledger(table).summary()
    assert (caught.value.argument, caught.value.row, caught.value.value) == ("amount", 2, "-20.25")
    assert plain(ledger(table).summary(returns=Returns.DROP))["frequency"] == [1, 0, 0]
    assert plain(ledger(table).totals())["returned"] == [20.25, 0.0, 0.0]


def test_simulated_logs() -> None:
    options: dict[str, Any] = {"customers": 50, "seed": 3, "r": 0.8, "return_probability": 0.1}
    arrow = simulate(**options)
    assert plain(simulate(**options, library="polars")) == plain(arrow)
    assert isinstance(simulate(**options, library="pandas"), pd.DataFrame)
    assert plain(arrow) != plain(simulate(**(options | {"seed": 4})))
    assert ledger(arrow, cost="cost").customers == 50
    assert len(simulate(**options, drop_out=None)) > len(simulate(**options, drop_out=BetaGeometric(5.0, 0.1)))
    assert len(simulate(**options, drop_out=GammaExponential(s=9.0, beta=1.0))) < len(arrow)
    assert arrow["time"][0].as_py().replace(tzinfo=UTC) >= datetime(1997, 1, 1, tzinfo=UTC)
    with pytest.raises(errors.OutOfRangeError, match="alpha"):
        simulate(alpha=0.0)


def test_integers_of_numpy_are_integers() -> None:
    made = ledger(log())
    assert plain(made.summary(period=np.int64(7))) == plain(made.summary(period=7))  # type: ignore[arg-type]
    assert len(simulate(np.int64(5), seed=np.uint8(1), days=np.int32(20), entry_days=np.int32(10))) >= 5  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("call", "error", "argument"),
    [
        (lambda: ledger(log()).summary(period="D"), errors.OutOfRangeError, "period"),
        (lambda: ledger(log()).summary(period=7.0), errors.WrongTypeError, "period"),
        (lambda: ledger(log()).summary(period=True), errors.WrongTypeError, "period"),
        (lambda: ledger(log()).summary(returns="x"), errors.OutOfRangeError, "returns"),
        (lambda: ledger(log()).summary(periods_per_unit="x"), errors.WrongTypeError, "periods_per_unit"),
        (lambda: ledger(log()).transactions(None), errors.WrongTypeError, "customer"),
        (lambda: ledger(log()).transactions(2**70), errors.OutOfRangeError, "customer"),
        (lambda: simulate(-1), errors.OutOfRangeError, "customers"),
        (lambda: simulate(1, seed=-1), errors.OutOfRangeError, "seed"),
        (lambda: simulate(1, days=2**40), errors.OutOfRangeError, "days"),
        (lambda: simulate(1, r="x"), errors.WrongTypeError, "r"),
        (lambda: simulate(1, drop_out="x"), errors.WrongTypeError, "drop_out"),
        (lambda: simulate(1, start=None), errors.MissingValueError, "start"),
        (lambda: simulate(1, library="x"), errors.OutOfRangeError, "library"),
    ],
)
def test_refused_arguments(call: Any, error: type[errors.CrmError], argument: str) -> None:
    with pytest.raises(error) as caught:
        call()
    assert (type(caught.value), caught.value.argument) == (error, argument)


def test_a_split_is_of_the_users_own_kind() -> None:
    split = ledger(pl.from_arrow(log())).calibration_and_holdout(date(2024, 1, 3))
    assert isinstance(split.table, pl.DataFrame)
    assert split.table["customer"].to_list() == ["ann", "cat"]
    assert split.table["holdout_frequency"].to_list() == [1, 0]
    assert split.table["holdout_spend"].to_list() == [1.0, 0.0]
    assert (split.duration, split.newcomers) == (28.0, 1)
    with pytest.raises(errors.OutOfRangeError) as refused:
        ledger(log()).calibration_and_holdout("2024-01-31")
    assert refused.value.argument == "calibration_end"
    with pytest.raises(errors.MissingValueError):
        ledger(log()).calibration_and_holdout(None)  # type: ignore[arg-type]


def test_parts_of_a_log() -> None:
    parts = [ledger(pl.from_arrow(log().slice(start, 2))).partial_summary() for start in (0, 2, 4)]
    whole = parts[0].merge(parts[1]).merge(parts[2])
    assert repr(whole) == "<PartialSummary of 5 transactions of 3 customers>"
    assert isinstance(whole.summary(), pl.DataFrame)
    assert plain(whole.summary()) == SUMMARY
    read = PartialSummary.from_json(whole.to_json(), library="pandas")
    assert isinstance(read.summary(), pd.DataFrame)
    for text in ("", "{}", whole.to_json().replace('"rows":5', '"rows":1')):
        with pytest.raises(errors.UnreadableError):
            PartialSummary.from_json(text)
    with pytest.raises(errors.WrongTypeError):
        whole.merge(ledger(log()).partial_summary(periods_per_unit=7))
    with pytest.raises(errors.WrongTypeError):
        whole.merge(whole.summary())


def test_the_continuity_correction_deducts_half_a_day_for_each_repeat_purchase() -> None:
    expected = SUMMARY | {"recency": [29.0, 0.0, 0.0], "age": [29.0, 23.0, 30.0]}
    whole = ledger(log())
    assert plain(whole.summary(continuity_correction=True)) == expected
    assert plain(whole.partial_summary(continuity_correction=True).summary()) == expected
    groups = plain(whole.grouped_summary(continuity_correction=True).groups)
    assert groups["age"] == expected["age"]
    split = whole.calibration_and_holdout("2024-01-09", continuity_correction=True)
    assert plain(split.table)["recency"][0] == 1.5


def test_a_ledger_does_not_pickle_and_says_what_does() -> None:
    with pytest.raises(TypeError, match="partial_summary"):
        pickle.dumps(ledger(log()))
