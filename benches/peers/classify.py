"""Batch classifiers, and RFM from a log beside DuckDB, in one process: prints customers a second and ratios.

Every classifier that takes a row for each customer, through the public functions and from NumPy's columns; lifecycle
stages by rules of a tenth as many simulated customers, such as CDNOW's and such as buy more often, from a table of
their periods or from their ledger, to a table of their stages now, to all tables of an inference, and in words; and
the one call that classifies a table of them.
Beside each stands the speed of a copy of the columns that it reads, which nothing can exceed. RFM from a log of
transactions: recency, frequency and monetary value of each customer and their quantile scores from 1 to 5, compared;
both ways are timed in turns, and the medians compared.

    python benches/peers/classify.py [CUSTOMERS] [ROWS]         # default 10000000 and 5000000
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import duckdb
import numpy as np
import polars as pl

from crm_core import loyalty, satisfaction, service, value
from crm_core.classification import classify
from crm_core.ledger import BetaGeometric, Ledger, simulate
from crm_core.lifecycle import current_stages, infer_stages
from crm_core.units import Language
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


def fastest(call: Callable[[], Any]) -> tuple[float, float]:
    """Seconds of the clock and of the processors, the least of several runs."""
    clock, processors = [], []
    for _ in range(RUNS):
        start, used = time.perf_counter(), time.process_time()
        call()
        clock.append(time.perf_counter() - start)
        processors.append(time.process_time() - used)
    return min(clock), min(processors)


def show(name: str, call: Callable[[], Any], customers: int, columns: Iterable[Any], note: str = "") -> None:
    """Print the speed of a call, its processor time, and the speed of a copy of what it reads."""
    given = list(columns)
    (clock, processors), (copy, _) = fastest(call), fastest(lambda: [np.copy(column) for column in given])
    speed, limit, each = customers / clock / 1e6, customers / copy / 1e6, processors / customers * 1e9
    print(f"{name:32} {speed:7.1f} million customers a second, {each:7.1f} ns each; np.copy {limit:7.1f} {note}")


def of_columns(customers: int) -> None:
    """Classifiers that take a row for each customer."""
    random = np.random.default_rng(1)
    profit, potential = random.lognormal(3, 1, customers) - 10, random.lognormal(2, 1, customers)
    evidence = {str(clue): random.random(customers) for clue in loyalty.Clue}
    evidence["alternatives"] = random.integers(0, 5, customers).astype(float)
    evidence["constraint"] = random.integers(0, 2, customers).astype(float)
    attachment, repeat = evidence["attachment"], evidence["repeat_purchase"]
    pyramid, groups = value.Pyramid([10.0, 50.0, 200.0]), value.ValueGroups([-3.0, 0.0, 20.0, 50.0])
    scores = Rfm().fit(profit, potential, attachment)
    answers = random.integers(0, 11, customers)
    functional, dysfunctional = random.integers(1, 6, customers), random.integers(1, 6, customers)
    expected = [attachment + 0.1, repeat + 0.1]
    indicators = pl.DataFrame({"attachment": attachment, "repeat": repeat})
    lost = random.random(customers) < 0.7 - 0.4 * attachment
    warning = service.WarningModel.fit(indicators.head(10_000), lost[:10_000])
    chance = warning.predict(indicators)
    bits = lost.astype(np.uint8)
    constraint = {**evidence, "constraint": lost}
    both, rfm_columns = (attachment, repeat), (profit, potential, attachment)
    show("tiers", lambda: pyramid.assign(profit), customers, [profit])
    show("value groups", lambda: groups.assign(profit), customers, [profit])
    show("types", lambda: value.customer_types(profit, potential, 10.0, 7.0), customers, (profit, potential))
    show("RFM scores", lambda: scores.score(*rfm_columns), customers, rfm_columns)
    show("loyalty categories", lambda: loyalty.classify(**evidence), customers, evidence.values())
    show("loyalty, constraint in booleans", lambda: loyalty.classify(**constraint), customers, constraint.values())
    show("attitude and behaviour", lambda: loyalty.loyalty_conditions(*both), customers, both)
    show("promoters", lambda: loyalty.net_promoter_score(answers), customers, [answers])
    kano = functional, dysfunctional
    show("Kano, one attribute", lambda: satisfaction.KanoTally.count(*kano), customers, kano)
    degrees = [*expected, *both]
    show("degrees of satisfaction", lambda: satisfaction.weighted_degrees(expected, both), customers, degrees)
    show("warnings of churn", lambda: warning.predict(indicators), customers, both)
    show("calibration of warnings", lambda: service.calibration(chance, lost), customers, (chance, bits))
    gain = profit, repeat, attachment
    show("winning back", lambda: service.win_back_ranking(*gain), customers, gain, "(a ranking)")
    names = pyramid.assign(profit)
    show("tiers by name", lambda: value.group_table(names, profit, value.PyramidTier), customers, (names, profit))


def of_activity(ledger: Ledger) -> None:
    """Stages from what customers did in each period, and everything that is known of them in one call."""
    series = ledger.period_series()
    table = series.table
    who = table["customer"].unique(maintain_order=True)
    of, columns = len(who), [table[name].to_numpy() for name in table.columns]
    note = f"({len(table) / of:.1f} periods each)"
    show("stages now", lambda: current_stages(series), of, columns, note)
    show("stages now, from the ledger", lambda: current_stages(ledger), of, columns, note)
    show("stages with all tables", lambda: infer_stages(series, language=None), of, columns, note)
    show("from the ledger", lambda: infer_stages(ledger, language=None), of, columns, note)
    for language in Language:
        show(f"with reasons ({language})", lambda own=language: infer_stages(series, language=own), of, columns, note)
    random = np.random.default_rng(1)
    known = {str(clue): random.random(of) for clue in loyalty.Clue} | {
        "current_value": random.lognormal(3, 1, of) - 10,
        "potential_value": random.lognormal(2, 1, of),
        "alternatives": random.integers(0, 5, of).astype(float),
        "constraint": random.integers(0, 2, of).astype(float),
    }
    customers_table = pl.DataFrame({"customer": who, **known})
    all_columns = [*columns, *known.values()]
    show("all but stages", lambda: classify(customers_table), of, known.values())
    show(
        "all, stages now",
        lambda: classify(customers_table, activity=series, with_evidence=False),
        of,
        all_columns,
        note,
    )
    show("all, with evidence", lambda: classify(customers_table, activity=series), of, all_columns, note)


def ledgers(customers: int) -> Iterator[Ledger]:
    """Make customers as those of CDNOW, then others who buy more often, over 18 months each."""
    busier = {"r": 0.8, "alpha": 20.0, "drop_out": BetaGeometric(0.25, 2.4), "entry_days": 360}
    for parameters in ({}, busier):
        made = simulate(customers, seed=1, library="polars", **parameters)
        yield Ledger(made, customer="customer", time="time", amount="amount")


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
    of_columns(customers)
    for ledger in ledgers(customers // 10):
        of_activity(ledger)
    rfm(rows)


main()
