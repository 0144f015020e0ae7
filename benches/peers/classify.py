"""Batch classifiers, and RFM from a log beside DuckDB, in one process: prints customers a second and ratios.

Tiers, types, loyalty categories and RFM scores of columns: the fastest of several runs of the private module,
so that no conversion of columns is timed; lifecycle stages by rules of a tenth as many simulated customers, from a
table of their periods to a table of their stages now, and to all tables of an inference. RFM from a log of
transactions: recency, frequency and monetary value of each customer and their quantile scores from 1 to 5, compared;
both ways are timed in turns, and the medians compared.

    python benches/peers/classify.py [CUSTOMERS] [ROWS]         # default 10000000 and 5000000
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import duckdb
import numpy as np
import polars as pl

from crm_core import _core
from crm_core.ledger import BetaGeometric, Ledger, simulate
from crm_core.lifecycle import current_stages, infer_stages
from crm_core.value import Rfm

RUNS = 5

DUCKDB = """
with customers as (
    select customer, max(time) as last, count(*) as orders, sum(amount) as spend from log group by customer
), cuts as (
    select quantile_disc(last, [0.2, 0.4, 0.6, 0.8]) as r,
           quantile_disc(orders, [0.2, 0.4, 0.6, 0.8]) as f, quantile_disc(spend, [0.2, 0.4, 0.6, 0.8]) as m
    from customers
)
select customer,
    1 + (last > r[1])::int + (last > r[2])::int + (last > r[3])::int + (last > r[4])::int as recency,
    1 + (orders > f[1])::int + (orders > f[2])::int + (orders > f[3])::int + (orders > f[4])::int as frequency,
    1 + (spend > m[1])::int + (spend > m[2])::int + (spend > m[3])::int + (spend > m[4])::int as monetary
from customers, cuts
"""


def fastest(call: Callable[[], Any]) -> float:
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return min(times)


def classifiers(customers: int) -> None:
    random = np.random.default_rng(1)
    profit, potential = random.lognormal(3, 1, customers) - 10, random.lognormal(2, 1, customers)
    evidence = [random.random(customers) for _ in range(8)]
    evidence[2] = random.integers(0, 5, customers).astype(float)
    evidence[7] = random.integers(0, 2, customers).astype(float)
    rules = ("high", 0.5, 0.1, 2, 0.7)
    scores = _core.Rfm.fit(profit, potential, evidence[0], 5, True, None)
    ways: dict[str, Callable[[], Any]] = {
        "tiers": lambda: _core.pyramid_assign(profit, [10.0, 50.0, 200.0]),
        "types": lambda: _core.customer_types(profit, potential, 10.0, 7.0),
        "loyalty categories": lambda: _core.loyalty_classify(customers, evidence, rules, None),
        "RFM scores": lambda: scores.score(profit, potential, evidence[0]),
    }
    for name, way in ways.items():
        print(f"{name:20} {customers / fastest(way) / 1e6:8.1f} million customers a second")
    series = log_of(customers // 10).period_series()
    of = len(set(series.table["customer"].to_list()))
    stages: dict[str, Callable[[], Any]] = {
        "stages now": lambda: current_stages(series),
        "stages, histories": lambda: infer_stages(series, language=None),
    }
    for name, way in stages.items():
        speed, each = of / fastest(way) / 1e6, len(series.table) / of
        print(f"{name:20} {speed:8.1f} million customers a second, {each:.1f} periods each")


def log_of(customers: int) -> Ledger:
    """Make customers who buy again a few times in a year, many of them never."""
    made = simulate(
        customers, seed=1, r=0.8, alpha=20.0, drop_out=BetaGeometric(0.25, 2.4), entry_days=360, library="polars"
    )
    return Ledger(made, customer="customer", time="time", amount="amount")


def ours(log: pl.DataFrame) -> pl.DataFrame:
    totals = Ledger(log, customer="customer", time="time", amount="amount").totals()
    model = Rfm()
    days = -totals["last"].cast(pl.Int32).cast(pl.Float64)
    scores = model.fit(days, totals["orders"], totals["revenue"]).score(days, totals["orders"], totals["revenue"])
    return pl.DataFrame(
        {
            "customer": totals["customer"],
            "recency": scores.recency,
            "frequency": scores.frequency,
            "monetary": scores.monetary,
        }
    )


def with_duckdb(log: pl.DataFrame) -> pl.DataFrame:
    return duckdb.sql(DUCKDB).pl()


def rfm(rows: int) -> None:
    made = simulate(
        rows // 10, seed=1, r=0.8, alpha=20.0, drop_out=BetaGeometric(0.25, 2.4), entry_days=360, library="polars"
    )
    log = made.select("customer", pl.col("time").dt.date(), "amount").head(rows).rechunk()
    duckdb.register("log", log.to_arrow())
    ways = {"crm_core": ours, "DuckDB": with_duckdb}
    results = {name: way(log).sort("customer") for name, way in ways.items()}
    for column in ("customer", "recency", "frequency", "monetary"):
        same = results["crm_core"][column].to_numpy() == results["DuckDB"][column].to_numpy()
        print(f"{column}: {same.mean():.4%} the same")
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(RUNS):
        for name, way in ways.items():
            start = time.perf_counter()
            way(log)
            times[name].append(time.perf_counter() - start)
    for name, taken in times.items():
        print(f"RFM of {len(log):,} transactions by {name}: {statistics.median(taken):.2f} s")
    print(f"DuckDB / crm_core: {statistics.median(times['DuckDB']) / statistics.median(times['crm_core']):.2f}")


def main() -> None:
    customers, rows = (int(n) for n in (*sys.argv[1:], *("10000000", "5000000")[len(sys.argv) - 1 :]))
    classifiers(customers)
    rfm(rows)


main()
