"""Lifetime value: numbers and tables of every kind, the same bits as one customer at a time, bad input."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from crm_core import clv, errors
from crm_core.clv import Basis, Breakdown, Component, FlowEntry, Timing
from crm_core.units import Language

FLOWS = np.array([[-400.0, 120.5, 130.0, 500.0], [-100.0, 0.0, 250.0, 0.0], [1.0, 2.0, 3.0, 4.0]])
NAMES = ["q1", "q2", "q3", "q4"]
NAN = float("nan")


def test_a_decimal_anywhere_gives_a_decimal() -> None:
    exact = clv.present_value([-400, Decimal(545)], 0.09, Timing.START)
    assert (type(exact), exact) == (Decimal, Decimal(100))
    assert type(clv.present_value([-400, 545], 0.09, Timing.START)) is float
    assert type(clv.payback([-1, 2], Decimal(0), Timing.START)) is Decimal
    assert type(clv.internal_rate_of_return([Decimal(-1), 2]).rate) is Decimal
    assert type(clv.survival([Decimal("0.5")])[0]) is Decimal
    assert type(Breakdown(base_profit=Decimal(1)).total) is Decimal


def test_the_exercise_in_both_readings() -> None:
    rate = Decimal("0.09")
    level = 2000 - 400 + clv.annuity(Decimal(500), rate, 5)
    growing = clv.present_value([2000, 2500, 3000, 3500, 4000], rate, Timing.END) - 400
    assert abs(level - Decimal("3544.8256316758598")) < Decimal("1e-11")
    assert abs(growing - Decimal("10934.826592592262")) < Decimal("1e-11")


def test_the_example_prints_what_it_prints_in_every_language() -> None:
    examples = Path(__file__).parents[2] / "examples"
    program = [sys.executable, str(examples / "python" / "single_customer.py")]
    printed = subprocess.run(program, check=True, capture_output=True, text=True).stdout
    assert printed == (examples / "single_customer.txt").read_text()


def tables() -> dict[str, Any]:
    columns = {name: FLOWS[:, i] for i, name in enumerate(NAMES)}
    return {
        "numpy": FLOWS,
        "fortran": np.asfortranarray(FLOWS),
        "whole": FLOWS.round().astype(int),
        "pandas": pd.DataFrame(columns, index=["a", "b", "c"]),
        "pandas arrow": pd.DataFrame(columns).astype("double[pyarrow]"),
        "polars": pl.DataFrame(columns),
        "pyarrow": pa.table(columns),
    }


KINDS = {"pandas": pd.Series, "pandas arrow": pd.Series, "polars": pl.Series, "pyarrow": pa.ChunkedArray}


@pytest.mark.parametrize("kind", tables())
@pytest.mark.parametrize("timing", Timing)
def test_a_table_of_each_kind_gives_a_column_of_that_kind(kind: str, timing: Timing) -> None:
    table = tables()[kind]
    values = clv.present_values(table, 0.09, timing)
    assert isinstance(values, KINDS.get(kind, np.ndarray))
    rows = FLOWS.round() if kind == "whole" else FLOWS
    expected = [clv.present_value(row, 0.09, timing) for row in rows.tolist()]
    assert np.asarray(values) == pytest.approx(expected, rel=1e-12)


def test_a_rate_for_each_customer_or_period() -> None:
    rates = [0.01, 0.05, 0.2]
    values = clv.present_values(FLOWS, rates, Timing.END)
    expected = [clv.present_value(row, r, Timing.END) for row, r in zip(FLOWS.tolist(), rates, strict=True)]
    assert values == pytest.approx(expected, rel=1e-12)
    varying = clv.present_values_varying(FLOWS, rates, Timing.START)
    expected = [clv.present_value_varying(row, rates, Timing.START) for row in FLOWS.tolist()]
    assert varying == pytest.approx(expected, rel=1e-12)


def test_the_index_stays_and_the_result_has_a_name() -> None:
    values = clv.present_values(tables()["pandas"], 0.09, Timing.START)
    assert values.index.tolist() == ["a", "b", "c"]
    assert values.name == "present_value"
    assert clv.present_values(tables()["polars"], 0.09, Timing.START).name == "present_value"


def test_null_in_null_out_and_nan_in_nan_out() -> None:
    gaps = pl.DataFrame({"a": [1.0, None, 3.0], "b": [1.0, 2.0, NAN]})
    values = clv.present_values(gaps, 0.0, Timing.START)
    assert values.to_list()[:2] == [2.0, None]
    assert np.isnan(values[2])
    arrow = clv.present_values(gaps.to_arrow(), 0.0, Timing.START)
    assert arrow.is_null().to_pylist() == [False, True, False]


def test_a_log_of_dated_flows() -> None:
    now = date(2025, 1, 1)
    days = [now, date(2026, 1, 1), date(2024, 6, 30), date(2025, 3, 5)]
    ids, values = clv.present_values_dated([7, 7, 3, 7], np.array(days, "M8[D]"), [-400, 545, 10, 1], 0.09, now)
    assert ids.tolist() == [3, 7]
    seven = clv.present_value_dated([days[0], days[1], days[3]], [-400, 545, 1], 0.09, now)
    assert values == pytest.approx([clv.present_value_dated([days[2]], [10], 0.09, now), seven], rel=1e-12)


def test_retention_curves() -> None:
    curves = np.array([[0.6, 0.75, 0.9], [0.5, 0.5, 0.5]])
    for timing, one in ((Timing.START, clv.retention_curve_value), (Timing.END, clv.renewal_curve_value)):
        values = clv.retention_curve_values([100.0, 50.0], curves, 0.1, timing, growth=0.02)
        expected = [one(m, row, 0.1, 0.02) for m, row in zip([100.0, 50.0], curves.tolist(), strict=True)]
        assert values == pytest.approx(expected, rel=1e-12)


def test_components() -> None:
    flows = {
        Component.BASE_PROFIT: [Decimal(600)],
        Component.REPEAT_PURCHASES: [0, 150, 160],
        Component.ACQUISITION_COST: [400],
    }
    one = clv.component_present_values(flows, Decimal("0.09"), Timing.START)
    assert one.total == one.base_profit + one.repeat_purchases - one.acquisition_cost
    both = Breakdown.sum([one, one])
    assert both.total == 2 * one.total
    bars = both.waterfall(Language.ZH)
    assert [bar.component for bar in bars] == list(Component)
    assert bars[0].label == "初次购买"
    assert all(left.end == right.start for left, right in pairwise(bars))
    assert bars[-1].end == both.total
    table = np.arange(18.0).reshape(2, 9)
    totals = clv.component_totals(pd.DataFrame(table, columns=list(Component)))
    assert totals.tolist() == [15 - 21, 69 - 48]
    assert clv.aggregate_components(table).total == totals.sum()


def test_flows_on_three_bases() -> None:
    entries = [
        FlowEntry(0, revenue=100, product_cost=60, marketing_cost=25),
        FlowEntry(2, revenue=Decimal("80.50"), product_cost=30, refunds=10, service_cost=5),
    ]
    assert clv.flows(entries, Basis.REVENUE) == [100, 0, Decimal("70.50")]
    assert clv.flows(entries, Basis.PROFIT) == [40, 0, Decimal("40.50")]
    assert clv.flows(entries, Basis.PROFIT_CONTRIBUTION) == [15, 0, Decimal("35.50")]


def test_splits_of_columns() -> None:
    shares = clv.reading_split(pl.Series([50.0, 1.0, None]), 120.0, np.array([30.0, NAN, 1.0]))
    assert isinstance(shares.current, pl.Series)
    assert shares.historic[0] == 0.25
    assert np.isnan(shares.potential[1])
    assert shares.current[2] is None


def test_the_parts_of_a_split_have_names() -> None:
    for kind in (pd.Series, pl.Series):
        shares = clv.reading_split(kind([50.0, 1.0]), 120.0, 30.0)
        assert [shares.historic.name, shares.current.name, shares.potential.name] == [
            "historic",
            "current",
            "potential",
        ]


def test_a_null_beside_the_table_is_a_null() -> None:
    flows = pl.DataFrame({"a": [0.5, 0.25], "b": [0.5, 0.25]})
    other = pl.Series([0.5, None])
    assert clv.present_values(flows, other, Timing.START).is_null().to_list() == [False, True]
    assert clv.retention_curve_values(other, flows, 0.1, Timing.START).is_null().to_list() == [False, True]


@pytest.mark.parametrize("kind", [pd.DataFrame, pl.DataFrame, pa.table])
def test_components_are_matched_by_name(kind: Any) -> None:
    columns = {name.value: np.array([float(i), i * 2.0]) for i, name in enumerate(Component)}
    expected = clv.component_totals(kind(columns))
    other = kind({name: columns[name] for name in reversed(columns)})
    assert np.asarray(clv.component_totals(other)).tolist() == np.asarray(expected).tolist() == [-6.0, -12.0]
    assert clv.aggregate_components(other).acquisition_cost == 24.0


def test_a_masked_table_keeps_its_mask() -> None:
    flows = np.ma.MaskedArray([[1.0, 2.0], [3.0, 4.0]], mask=[[False, False], [True, False]])
    assert np.isnan(clv.present_values(flows, 0.0, Timing.START)).tolist() == [False, True]


@pytest.mark.parametrize(
    ("kind", "column"),
    [
        (pd.Series, pd.Series),
        (pl.Series, pl.Series),
        (pa.array, pa.Array),
        (lambda values: pa.chunked_array([values]), pa.ChunkedArray),
        (np.array, np.ndarray),
        (list, np.ndarray),
    ],
)
@pytest.mark.parametrize("who", [["b", "b", "a"], [7, 7, 3]])
def test_dated_flows_give_columns_of_the_kind_of_the_customers(kind: Any, column: Any, who: list[Any]) -> None:
    days = ["2025-01-01", "2026-01-01", "2025-01-01"]
    ids, values = clv.present_values_dated(kind(who), kind(days), kind([-400.0, 545.0, 30.0]), 0.09, "2025-01-01")
    assert isinstance(ids, column)
    assert isinstance(values, column)
    assert np.asarray(ids).tolist() == sorted(set(who))
    assert np.asarray(values) == pytest.approx([30.0, 100.0])
    assert clv.present_value_dated(days[:2], [-400, 545], 0.09, np.datetime64("2025-01-01")) == 100.0


def test_payback_looks_at_the_first_time_alone() -> None:
    assert clv.payback([-100, 200, -500], 0, Timing.START) == 0.5
    assert clv.payback([50, -500], 0, Timing.END) == 0


def dated(**given: Any) -> Any:
    columns = {"customers": [1, 2], "dates": ["2025-01-01", "2025-01-02"], "amounts": [1.0, 2.0], **given}
    return clv.present_values_dated(**columns, yearly_rate=0.1, now="2025-01-01")


@pytest.mark.parametrize(
    ("call", "error", "argument", "row"),
    [
        (lambda: clv.present_value([], 0.1, Timing.END), errors.EmptyError, "flows", None),
        (lambda: clv.present_value([1, NAN], 0.1, Timing.END), errors.NotFiniteError, "flows", 1),
        (lambda: clv.present_value([1, "2"], 0.1, Timing.END), errors.WrongTypeError, "flows", 1),
        (lambda: clv.present_value([1], -1, Timing.END), errors.OutOfRangeError, "discount_rate", None),
        (lambda: clv.present_value([1], 0.1, "middle"), errors.OutOfRangeError, "timing", None),
        (lambda: clv.present_value([Decimal("7e28")] * 2, 0, Timing.START), errors.NumberOverflowError, "sum", None),
        (lambda: clv.present_values([[1.0], [np.inf]], 0.1, Timing.END), errors.NotFiniteError, "flows", 1),
        (lambda: clv.present_values(FLOWS, [0.1, -1, 0.1], Timing.END), errors.OutOfRangeError, "discount_rate", 1),
        (lambda: clv.present_values(FLOWS, [0.1], Timing.END), errors.LengthMismatchError, "discount_rate", None),
        (lambda: clv.present_values([1.0, 2.0], 0.1, Timing.END), errors.WrongTypeError, "flows", None),
        (lambda: clv.present_values(np.empty((2, 0)), 0.1, Timing.END), errors.EmptyError, "flows", None),
        (
            lambda: clv.present_values(pd.DataFrame({"a": ["x"]}), 0.1, Timing.END),
            errors.WrongTypeError,
            "flows",
            None,
        ),
        (lambda: clv.internal_rate_of_return([1, 2]), errors.NoSolutionError, "flows", None),
        (lambda: clv.retention_curve_value(1, [0.5, 1.5], 0.1), errors.OutOfRangeError, "retention", 1),
        (lambda: clv.migration_value(1, 1, [0.5], 0.1, 1001), errors.OutOfRangeError, "years", None),
        (lambda: clv.flows([FlowEntry(0, product_cost=-1)], Basis.PROFIT), errors.OutOfRangeError, "product_cost", 0),
        (lambda: clv.component_totals(np.ones((2, 8))), errors.LengthMismatchError, "components", None),
        (lambda: clv.reading_split([1.0, -1.0], 1.0, 1.0), errors.OutOfRangeError, "historic", 1),
        (lambda: clv.reading_split([1.0, 0.0], 0.0, 0.0), errors.OutOfRangeError, "total", 1),
        (lambda: clv.reading_split([1.0, 1.0], [1.0], 0.0), errors.LengthMismatchError, "current", None),
        (lambda: clv.present_value(5.0, 0.1, Timing.END), errors.WrongTypeError, "flows", None),
        (lambda: clv.present_value([1], 0.1, None), errors.WrongTypeError, "timing", None),
        (
            lambda: clv.present_values_varying(FLOWS, pl.Series([0.1, None, 0.1]), Timing.START),
            errors.MissingValueError,
            "discount_rates",
            1,
        ),
        (lambda: clv.present_values(FLOWS, 0.1, None), errors.WrongTypeError, "timing", None),
        (lambda: clv.retention_curve_value(1, 0.5, 0.1), errors.WrongTypeError, "retention", None),
        (lambda: clv.historic_value([1], 0.1, None), errors.WrongTypeError, "timing", None),
        (lambda: clv.word_of_mouth_effect(-1, 0), errors.OutOfRangeError, "satisfied", None),
        (lambda: clv.word_of_mouth_effect(0, 1.5), errors.WrongTypeError, "unsatisfied", None),
        (lambda: clv.migration_value(1, 1, [0.5], 0.1, -1), errors.OutOfRangeError, "years", None),
        (lambda: clv.migration_value(1, 1, [0.5], 0.1, 10.0), errors.WrongTypeError, "years", None),
        (lambda: clv.flows([FlowEntry(0), FlowEntry(-1)], Basis.PROFIT), errors.OutOfRangeError, "period", 1),
        (lambda: clv.flows([FlowEntry(0)], None), errors.WrongTypeError, "basis", None),
        (lambda: clv.component_present_values({"profit": [1]}, 0, Timing.END), errors.OutOfRangeError, "flows", None),
        (
            lambda: clv.component_totals(pd.DataFrame(np.ones((2, 9)), columns=[*[*reversed(Component)][:8], "x"])),
            errors.LengthMismatchError,
            "components",
            None,
        ),
        (
            lambda: clv.present_values(tables()["pandas"], pd.Series([0.1] * 3, ["b", "a", "c"]), Timing.END),
            errors.LengthMismatchError,
            "discount_rate",
            None,
        ),
        (
            lambda: clv.retention_curve_values(pd.Series([1.0] * 3), tables()["pandas"] * 0, 0.1, Timing.END),
            errors.LengthMismatchError,
            "margin",
            None,
        ),
        (
            lambda: clv.reading_split(pd.Series([1.0, 2.0]), pd.Series([1.0, 2.0], [1, 0]), 1.0),
            errors.LengthMismatchError,
            "current",
            None,
        ),
        (lambda: dated(customers=[1, None]), errors.MissingValueError, "customers", 1),
        (lambda: dated(customers=["a", NAN]), errors.MissingValueError, "customers", 1),
        (lambda: dated(customers=pd.Series([1.0, NAN])), errors.MissingValueError, "customers", 1),
        (lambda: dated(customers=pl.Series(["a", None])), errors.MissingValueError, "customers", 1),
        (lambda: dated(customers=pa.array([1, None])), errors.MissingValueError, "customers", 1),
        (lambda: dated(customers=np.array([1.5, 2.0])), errors.WrongTypeError, "customers", None),
        (lambda: dated(customers=["a", 1]), errors.WrongTypeError, "customers", 1),
        (lambda: dated(dates=[date(2025, 1, 1), pd.NaT]), errors.MissingValueError, "dates", 1),
        (
            lambda: dated(dates=pd.Series(pd.to_datetime(["2025-01-01"] * 2)).dt.tz_localize("Asia/Tokyo")),
            errors.WrongTypeError,
            "dates",
            None,
        ),
        (lambda: dated(dates=["2025-01-01"]), errors.LengthMismatchError, "dates", None),
        (lambda: dated(amounts=[1.0]), errors.LengthMismatchError, "amounts", None),
        (
            lambda: dated(customers=pd.Series([1, 2]), amounts=pd.Series([1.0, 2.0], [1, 0])),
            errors.LengthMismatchError,
            "amounts",
            None,
        ),
        (lambda: clv.present_value_dated(["today"], [1], 0.1, "2025-01-01"), errors.UnreadableError, "dates", 0),
        (lambda: clv.present_value_dated([], [], 0.1, np.datetime64("NaT")), errors.MissingValueError, "now", None),
        (
            lambda: clv.present_values_dated([1], [date(2025, 1, 1)], [None], 0.1, date(2025, 1, 1)),
            errors.MissingValueError,
            "amounts",
            0,
        ),
    ],
)
def test_bad_input(call: Any, error: type[errors.CrmError], argument: str, row: int | None) -> None:
    with pytest.raises(error) as caught:
        call()
    assert (caught.value.argument, caught.value.row) == (argument, row)


def test_no_customers() -> None:
    assert clv.present_values(np.empty((0, 3)), 0.1, Timing.END).shape == (0,)
    assert clv.component_totals(np.empty((0, 9))).shape == (0,)


def test_categories_are_texts_in_tables() -> None:
    assert json.dumps({"basis": Basis.PROFIT}) == '{"basis": "profit"}'
