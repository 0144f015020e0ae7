"""Customer value: every kind of column and table, bad input, repeatability."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from crm_core import errors
from crm_core.units import Language
from crm_core.value import (
    Concentration,
    CustomerType,
    Cuts,
    Direction,
    Pyramid,
    PyramidTier,
    Rfm,
    RfmSegment,
    SegmentRule,
    ValueGroups,
    customer_types,
    group_table,
    k_means_cut,
    rfm,
    rfm_grid,
    tier_migration,
)

PROFIT = [50.0, -20.0, 30.0, 0.0, 40.0]
KINDS = {
    "list": list,
    "numpy": np.array,
    "strided": lambda values: np.repeat(np.array(values), 2)[::2],
    "pandas": lambda values: pd.Series(values, index=range(10, 10 + len(values))),
    "pandas nullable": lambda values: pd.Series(values, dtype="Float64"),
    "polars": pl.Series,
    "pyarrow": pa.array,
    "pyarrow chunks": lambda values: pa.chunked_array([values[:2], values[2:]]),
}


def plain(column: Any) -> list[Any]:
    return column.to_pylist() if hasattr(column, "to_pylist") else list(column)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_kind_of_column(kind: Any) -> None:
    profit = kind(PROFIT)
    assert Concentration(profit).top_share(0.4) == 0.9
    groups = ValueGroups.fit(profit).assign(profit)
    assert plain(groups) == ["very_high", "very_low", "moderate", "low", "high"]
    tiers = Pyramid.fit(profit, [0.2, 0.2, 0.2, 0.4]).assign(profit)
    assert plain(tiers) == ["vip", "small", "regular", "small", "major"]
    table = group_table(tiers, profit, PyramidTier)
    assert [row.profit for row in table] == [50.0, 40.0, 30.0, -20.0]
    moves = tier_migration(tiers, tiers, PyramidTier)
    assert moves.rates.tolist() == np.eye(4).tolist()
    parts = Cuts.equal_parts(profit, 5).assign(profit)
    assert plain(parts) == [4, 0, 2, 1, 3]
    assert plain(customer_types(profit, profit, 10, 45)) == ["golden", "burden", "meteor", "burden", "meteor"]
    scores = Rfm().fit(profit, profit, profit).score(profit, profit, profit)
    assert plain(scores.score) == [155, 511, 333, 422, 244]
    grid = rfm_grid(scores.recency, scores.frequency, profit)
    assert grid.customers.sum() == 5
    assert grid.revenue.sum() == 100.0


def test_results_are_of_the_same_kind() -> None:
    pandas = pd.Series(PROFIT, index=list("abcde"))
    tiers = Pyramid.fit(pandas).assign(pandas)
    assert isinstance(tiers.dtype, pd.CategoricalDtype)
    assert list(tiers.index) == list("abcde")
    assert list(tiers.cat.categories) == list(PyramidTier)
    assert Pyramid.fit(pl.Series(PROFIT)).assign(pl.Series(PROFIT)).dtype == pl.Enum(PyramidTier)
    assert isinstance(Pyramid.fit(PROFIT).assign(pa.array(PROFIT)), pa.DictionaryArray)
    assert isinstance(Pyramid.fit(PROFIT).assign(PROFIT), np.ndarray)


TABLE = {
    "id": ["a", "b", "c", "d", "e"],
    "days": [3, 40, 400, 200, 90],
    "orders": [9, 4, 1, 1, 2],
    "spend": [900.0, 250.0, 20.0, 60.0, 100.0],
}
NAMES = {"customer": "id", "recency": "days", "frequency": "orders", "monetary": "spend"}


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, pa.table], ids=["pandas", "polars", "pyarrow"])
def test_a_whole_table(make: Any) -> None:
    table = make(TABLE)
    scored = rfm(table, **NAMES)
    assert type(scored) is type(table)
    columns = scored.to_pydict() if hasattr(scored, "to_pydict") else scored.to_dict()
    found = {
        name: list(columns[name].values()) if isinstance(columns[name], dict) else list(columns[name])
        for name in columns
    }
    assert found == {
        "id": TABLE["id"],
        "r": [5, 4, 1, 2, 3],
        "f": [5, 4, 1, 1, 3],
        "m": [5, 4, 1, 2, 3],
        "score": [555, 444, 111, 212, 333],
        "segment": ["champions", "loyal_customers", "hibernating", "hibernating", "need_attention"],
    }


def test_a_lazy_frame_and_an_index() -> None:
    assert rfm(pl.LazyFrame(TABLE), **NAMES)["score"].to_list() == [555, 444, 111, 212, 333]
    table = pd.DataFrame(TABLE, index=[5, 6, 7, 8, 9])
    assert list(rfm(table, **NAMES).index) == [5, 6, 7, 8, 9]


def test_given_cut_points_rules_and_a_model_that_is_kept() -> None:
    rules = [
        SegmentRule("big", (1, 3), (1, 3), (3, 3)),
        SegmentRule("lapsed", (1, 1), (1, 3), (1, 3)),
        SegmentRule("rest", (1, 3), (1, 3), (1, 3)),
    ]
    model = Rfm(3, rules=rules).set_thresholds([30.0, 90.0], [1.0, 5.0], [50.0, 500.0])
    model = pickle.loads(pickle.dumps(model))
    scores = model.score([10.0, 200.0, 200.0], [1.0, 2.0, 6.0], [50.0, 51.0, 501.0])
    assert scores.score.tolist() == [311, 122, 133]
    assert scores.segment.tolist() == ["rest", "lapsed", "big"]
    scored = rfm(pl.DataFrame(TABLE), **NAMES, model=model)
    assert scored["r"].to_list() == [3, 2, 1, 1, 1]


def test_recency_as_a_date() -> None:
    dates, ones = [10.0, 40.0, 20.0, 30.0, 50.0], [1.0] * 5
    scores = Rfm(recency=Direction.HIGHER_IS_BETTER).fit(dates, ones, ones).score(dates, ones, ones)
    assert scores.recency.tolist() == [1, 4, 2, 3, 5]
    assert scores.frequency.tolist() == [1] * 5


def test_intervals_are_repeatable() -> None:
    base = Concentration(np.arange(1.0, 301.0))
    one = base.gini_interval(seed=3, replicates=200)
    assert one == base.gini_interval(seed=3, replicates=200)
    assert one != base.gini_interval(seed=4, replicates=200)
    assert one.lower < one.estimate == base.gini() < one.upper
    top = base.top_share_interval(0.2, seed=3, replicates=200)
    assert top.lower < top.estimate == base.top_share(0.2) < top.upper
    smallest = base.smallest_share_interval(0.8, seed=3, replicates=200, level=0.5)
    assert smallest.lower < smallest.estimate == base.smallest_share(0.8) < smallest.upper


def test_curves_and_pickle() -> None:
    base = pickle.loads(pickle.dumps(Concentration([5.0, -4.0, 3.0, -2.0], weight=[1, 1, 1, 1])))
    assert base.curve(5).profit.tolist() == [0.0, 2.5, 4.0, 3.0, 1.0]
    assert base.lorenz(3).customers.tolist() == [0.0, 0.5, 1.0]
    assert (base.peak().customers, base.peak().profit) == (0.5, 4.0)
    assert (base.customers, base.total, base.mean) == (4.0, 2.0, 0.5)


def test_the_example_prints_what_the_others_print() -> None:
    examples = Path(__file__).parents[2] / "examples"
    program = [sys.executable, str(examples / "python" / "value_concentration.py")]
    printed = subprocess.run(program, check=True, capture_output=True, text=True).stdout
    assert printed == (examples / "value_concentration.txt").read_text()


def test_labels_and_strategies() -> None:
    assert CustomerType.STREAM.label(Language.ZH) == "小溪客户"
    assert all(kind.strategy(language) for kind in CustomerType for language in Language)
    assert len({kind.strategy(language) for kind in CustomerType for language in Language}) == 8
    assert RfmSegment.from_code(8) is RfmSegment.CANT_LOSE


@pytest.mark.parametrize(
    ("call", "error", "argument", "row"),
    [
        (lambda: Concentration([1.0, None]), errors.MissingValueError, "profit", 1),
        (lambda: Concentration([1.0, np.inf]), errors.NotFiniteError, "profit", 1),
        (lambda: Concentration(["a"]), errors.WrongTypeError, "profit", None),
        (lambda: Concentration(PROFIT).top_share("a"), errors.WrongTypeError, "share", None),
        (lambda: Concentration(PROFIT).curve(-1), errors.OutOfRangeError, "points", None),
        (
            lambda: Concentration(PROFIT).gini_interval(seed=1, replicates=-1),
            errors.OutOfRangeError,
            "replicates",
            None,
        ),
        (lambda: Concentration(PROFIT).gini_interval(seed=1, level=1), errors.OutOfRangeError, "level", None),
        (lambda: Cuts.equal_parts(PROFIT, 1000), errors.OutOfRangeError, "parts", None),
        (lambda: Cuts([2.0, 1.0]).assign(PROFIT), errors.OutOfRangeError, "thresholds", 1),
        (lambda: Pyramid([1.0, 2.0]).assign(PROFIT), errors.LengthMismatchError, "thresholds", None),
        (lambda: Pyramid.fit(PROFIT, [0.5, 0.5]), errors.LengthMismatchError, "shares", None),
        (lambda: group_table(["vip", "gold"], [1.0, 1.0], PyramidTier), errors.NotFoundError, "groups", 1),
        (lambda: group_table(np.array(["vip", "gold"]), [1.0, 1.0], PyramidTier), errors.NotFoundError, "groups", 1),
        (lambda: group_table([0, 4], [1.0, 1.0], PyramidTier), errors.OutOfRangeError, "groups", 1),
        (
            lambda: group_table(pd.Series(["vip", None], dtype="category"), [1.0, 1.0], PyramidTier),
            errors.MissingValueError,
            "groups",
            1,
        ),
        (
            lambda: group_table(pl.Series(["vip", "x"], dtype=pl.Enum(["x", "vip"])), [1.0, 1.0], PyramidTier),
            errors.NotFoundError,
            "groups",
            1,
        ),
        (lambda: tier_migration(["vip"], ["vip", "vip"], PyramidTier), errors.LengthMismatchError, "after", None),
        (lambda: k_means_cut([]), errors.EmptyError, "values", None),
        (lambda: customer_types([1.0], [1.0], np.nan, 0), errors.NotFiniteError, "current_cut", None),
        (lambda: Rfm(1000).fit(PROFIT, PROFIT, PROFIT), errors.OutOfRangeError, "scores", None),
        (lambda: Rfm().score(PROFIT, PROFIT, PROFIT), errors.NotFoundError, "recency_thresholds_", None),
        (
            lambda: Rfm(2, rules=[SegmentRule("a", (1, 1), (1, 2), (1, 2))]).fit(PROFIT, PROFIT, PROFIT),
            errors.NotFoundError,
            "rules",
            None,
        ),
        (lambda: rfm(pl.DataFrame(TABLE), **{**NAMES, "recency": "when"}), errors.NotFoundError, "recency", None),
        (lambda: rfm_grid([1.5], [1], [1.0]), errors.OutOfRangeError, "recency", 0),
    ],
)
def test_refusals(call: Any, error: type[errors.CrmError], argument: str, row: int | None) -> None:
    with pytest.raises(error) as caught:
        call()
    assert (caught.value.argument, caught.value.row) == (argument, row)


@pytest.mark.parametrize("name", ["r", "f", "m", "score", "segment"])
def test_the_ids_are_not_overwritten(name: str) -> None:
    table = pl.DataFrame(TABLE).rename({NAMES["customer"]: name})
    with pytest.raises(errors.OutOfRangeError) as caught:
        rfm(table, **{**NAMES, "customer": name})
    assert (caught.value.argument, caught.value.value) == ("customer", repr(name))


def test_misaligned_columns() -> None:
    one, other = pd.Series([1.0, 2.0], name="one"), pd.Series([1.0, 2.0], index=[1, 0])
    calls: list[tuple[str, Any]] = [
        ("potential", lambda: customer_types(one, other, 0, 0)),
        ("weight", lambda: Concentration(one, other)),
        ("monetary", lambda: Rfm(2).fit(one, one, other)),
        ("frequency", lambda: Rfm(2).fit(one, one, one).score(one, other, one)),
        ("profit", lambda: group_table(one, other, PyramidTier)),
        ("after", lambda: tier_migration(one, other, PyramidTier)),
        ("revenue", lambda: rfm_grid(one, one, other)),
    ]
    for argument, call in calls:
        with pytest.raises(errors.LengthMismatchError, match="same index") as caught:
            call()
        assert caught.value.argument == argument


@pytest.mark.parametrize("make", [pd.Series, lambda values, name: pl.Series(name, values)])
def test_names_are_kept(make: Any) -> None:
    days, orders, spend = (make([1.0, 2.0, 3.0], name=name) for name in ("days", "orders", "spend"))
    assert customer_types(days, orders, 1, 1).name == "days"
    assert Cuts([1.0]).assign(orders).name == "orders"
    assert Pyramid([0.0, 1.0, 2.0]).assign(spend).name == "spend"
    scores = Rfm(5).fit(days, orders, spend).score(days, orders, spend)
    assert (scores.recency.name, scores.frequency.name, scores.monetary.name) == ("days", "orders", "spend")
    assert (scores.score.name, scores.segment.name) == ("score", "segment")


def test_values_of_their_own() -> None:
    profit, weight = np.array([5.0, 1.0]), np.array([1.0, 3.0])
    base = Concentration(profit, weight)
    profit[:], weight[:] = 100.0, 100.0
    assert pickle.loads(pickle.dumps(base)).total == base.total == 8.0
    assert hash(Cuts([1.0, 2.0])) == hash(Cuts((1.0, 2.0)))
    assert Pyramid([0.0, 1.0, 2.0]) == Pyramid((0.0, 1.0, 2.0))


@pytest.mark.parametrize(
    ("call", "error", "argument"),
    [
        (lambda: Cuts([1.0], "up"), errors.OutOfRangeError, "direction"),
        (lambda: Cuts.equal_parts(PROFIT, 2, "up"), errors.OutOfRangeError, "direction"),
        (lambda: Cuts.equal_parts(PROFIT, 2.0), errors.WrongTypeError, "parts"),
        (lambda: Rfm(2.5), errors.WrongTypeError, "scores"),
        (lambda: Rfm(5, "up"), errors.OutOfRangeError, "recency"),
        (lambda: Concentration(PROFIT).gini_interval(seed=-1), errors.OutOfRangeError, "seed"),
        (lambda: Concentration(PROFIT).gini_interval(seed=True), errors.WrongTypeError, "seed"),
        (lambda: Concentration(PROFIT).curve(10.0), errors.WrongTypeError, "points"),
        (lambda: CustomerType.STREAM.label("zz"), errors.OutOfRangeError, "language"),
        (lambda: CustomerType.STREAM.strategy("zz"), errors.OutOfRangeError, "language"),
    ],
)
def test_refused_options(call: Any, error: type[errors.CrmError], argument: str) -> None:
    with pytest.raises(error) as caught:
        call()
    assert (type(caught.value), caught.value.argument) == (error, argument)
