"""Long tables of activity are read and written in parts: nothing of that may be seen."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from crm_core import errors
from crm_core.ledger import Ledger, PeriodSeries, simulate
from crm_core.lifecycle import RuleOptions, current_stages, infer_stages
from crm_core.units import Language

OBSERVED = 24
CUSTOMERS = 40
COPIES = 1500
OPTIONS = RuleOptions(population_weight=1e-300)
"""No customer leans on the population, whose mean is summed over more of them in more copies."""


def few() -> pl.DataFrame:
    """Make some customers who buy again and again, in the order of their ids."""
    random = np.random.default_rng(5)
    rows = [
        (customer, period, int(random.integers(1, 4)), float(random.integers(1, 500)) / 4)
        for customer in range(CUSTOMERS)
        for period in sorted(random.choice(OBSERVED, random.integers(2, 16), replace=False).tolist())
    ]
    return pl.DataFrame(rows, schema=["customer", "period", "purchases", "spend"], orient="row")


def many(table: pl.DataFrame) -> pl.DataFrame:
    """Make copies of all customers, with other ids."""
    copies = pl.DataFrame({"copy": range(COPIES)}).join(table, how="cross")
    return copies.select(pl.col("customer") + CUSTOMERS * pl.col("copy"), pl.exclude("copy", "customer"))


def in_chunks(table: pl.DataFrame) -> pl.DataFrame:
    """Cut a table where runs of customers go on and where they end."""
    cuts = [0, 1, 2, 7, 16_384, 16_385, 40_000, 40_000, 99_999, len(table)]
    parts = [table[start:end] for start, end in pairwise(cuts)]
    return pl.concat(parts, rechunk=False)


def assert_same(found: pl.DataFrame, expected: pl.DataFrame) -> None:
    assert found.equals(expected, null_equal=True)


@pytest.fixture(scope="module")
def long() -> pl.DataFrame:
    return many(few())


@pytest.mark.parametrize("language", list(Language))
def test_each_copy_of_a_customer_has_the_same_verdict(long: pl.DataFrame, language: Language) -> None:
    one = infer_stages(PeriodSeries(few(), OBSERVED), options=OPTIONS, language=language)
    all_copies = infer_stages(PeriodSeries(long, OBSERVED), options=OPTIONS, language=language)
    verdicts = one.customers.drop("customer")
    assert_same(all_copies.customers.drop("customer"), pl.concat([verdicts] * COPIES))
    assert all_copies.customers["customer"].to_list() == list(range(CUSTOMERS * COPIES))
    assert_same(all_copies.histories, many(one.histories).select(one.histories.columns))
    assert_same(all_copies.census.drop("period"), one.census.drop("period") * COPIES)
    now = current_stages(PeriodSeries(long, OBSERVED), options=OPTIONS)
    assert_same(now, all_copies.customers.select(now.columns))


def test_chunks_and_kinds_of_columns_do_not_matter(long: pl.DataFrame) -> None:
    series = PeriodSeries(long, OBSERVED)
    expected, now = infer_stages(series).customers, current_stages(series)
    floats = pl.col("period", "purchases").cast(pl.Float64)
    narrow = pl.col("period", "purchases").cast(pl.UInt16)
    for table in (in_chunks(long), long.with_columns(floats), in_chunks(long.with_columns(narrow))):
        assert_same(infer_stages(PeriodSeries(table, OBSERVED)).customers, expected)
        assert_same(current_stages(PeriodSeries(table, OBSERVED)), now)
    name = pl.format("customer {}", "customer")
    texts = long.with_columns(name.alias("customer"))
    for table in (texts, in_chunks(texts), texts.with_columns(pl.col("customer").cast(pl.Categorical))):
        found = infer_stages(PeriodSeries(table, OBSERVED))
        assert_same(found.customers, expected.with_columns(name.alias("customer")))
        assert_same(found.histories.select("customer").unique(maintain_order=True), found.customers.select("customer"))
    arrow = current_stages(PeriodSeries(in_chunks(texts).to_arrow(), OBSERVED))
    assert isinstance(arrow, pa.Table)
    assert arrow["stage"].to_pylist() == now["stage"].to_list()


@pytest.mark.parametrize(("step", "least"), [(1, 0), (1, -(2**63)), (60, -1000), (2**40, -(2**58))])
def test_ids_in_any_order_go_with_their_rows(long: pl.DataFrame, step: int, least: int) -> None:
    ids = np.random.default_rng(2).permutation(CUSTOMERS * COPIES) * step + least
    mixed = long.with_columns(pl.Series("customer", ids[long["customer"].to_numpy()]))
    expected = current_stages(PeriodSeries(long, OBSERVED)).with_columns(pl.Series("customer", ids))
    assert_same(current_stages(PeriodSeries(mixed, OBSERVED)), expected)
    again = pl.concat([mixed, mixed[-1:].with_columns(pl.lit(int(ids[0]), dtype=pl.Int64).alias("customer"))])
    with pytest.raises(errors.OutOfRangeError, match="together") as caught:
        current_stages(PeriodSeries(again, OBSERVED))
    assert (caught.value.argument, caught.value.row) == ("customer", len(mixed))


@pytest.mark.parametrize(
    ("column", "value", "argument", "kind"),
    [
        ("spend", float("nan"), "spend", errors.NotFiniteError),
        ("spend", float("inf"), "spend", errors.NotFiniteError),
        ("spend", None, "spend", errors.MissingValueError),
        ("period", OBSERVED, "periods", errors.OutOfRangeError),
        ("period", -1, "period", errors.OutOfRangeError),
        ("purchases", -2, "purchases", errors.OutOfRangeError),
        ("purchases", 2**40, "purchases", errors.OutOfRangeError),
        ("purchases", None, "purchases", errors.MissingValueError),
        ("customer", None, "customer", errors.MissingValueError),
    ],
)
@pytest.mark.parametrize("rows", [(0,), (16_383, 16_384), (70_000, 200_000, 16_390), (299_999,)])
@pytest.mark.parametrize("cut", [False, True])
def test_the_first_row_that_is_refused_is_named(
    long: pl.DataFrame,
    column: str,
    value: float | None,
    argument: str,
    kind: type[errors.CrmError],
    rows: tuple[int, ...],
    cut: bool,
) -> None:
    values = long[column].to_list()
    for row in rows:
        values[row] = value
    bad = long.with_columns(pl.Series(column, values, dtype=long[column].dtype))
    with pytest.raises(kind) as caught:
        current_stages(PeriodSeries(in_chunks(bad) if cut else bad, OBSERVED))
    assert (caught.value.argument, caught.value.row) == (argument, min(rows))


def test_a_ledger_gives_what_its_series_gives() -> None:
    log = simulate(30_000, seed=3, library="polars")
    first, last = log["time"].min().date(), log["time"].max().date()
    window: dict[str, Any] = {"start": first + timedelta(days=60), "end": last - timedelta(days=40)}
    for own in (log, log.with_columns(pl.format("no {}", "customer").alias("customer"))):
        ledger = Ledger(own, customer="customer", time="time", amount="amount", cost="cost")
        series = ledger.period_series(**window)
        customers = series.table["customer"].n_unique()
        assert 0 < customers < ledger.customers
        alive = np.linspace(0, 1, customers)
        found, expected = (infer_stages(of, p_alive=alive, **window) for of in (ledger, series))
        for name in ("customers", "histories", "census", "transition_economics"):
            assert_same(getattr(found, name), getattr(expected, name))
        assert_same(current_stages(ledger, p_alive=alive, **window), current_stages(series, p_alive=alive))
        with pytest.raises(errors.LengthMismatchError, match="p_alive"):
            current_stages(ledger, p_alive=alive[1:], **window)
