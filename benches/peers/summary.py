"""The summary of a transaction log beside pandas, polars and lifetimes, in one process: prints times and ratios.

All make the same summary (checked) of the same simulated log, in time order, from a table that is in memory: frequency,
recency, age, mean spend of the repeat purchases, by days. Each way is timed several times, in turns, and the medians
are compared. The memory is what a fresh process needs at its peak beyond the table itself.

    python benches/peers/summary.py [ROWS ...]         # default 1000000 10000000
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl

from crm_core.ledger import BetaGeometric, Ledger, simulate

RUNS = 5
ROWS_OF_LIFETIMES = 1_000_000  # more would take minutes
COLUMNS = ["frequency", "recency", "age", "mean_spend"]


def log(rows: int, texts: bool) -> pl.DataFrame:
    """About a dozen transactions per customer."""
    made = simulate(
        rows // 10, seed=1, r=0.8, alpha=20.0, drop_out=BetaGeometric(0.25, 2.4), entry_days=360, library="polars"
    )
    table = made.select("customer", pl.col("time").dt.date(), "amount").head(rows)
    if len(table) < rows:
        sys.exit(f"the simulation made {len(table)} rows of {rows}")
    return table.with_columns(pl.format("C{}", "customer").alias("customer")) if texts else table.rechunk()


def ours(table: pl.DataFrame | pd.DataFrame) -> Any:
    return Ledger(table, customer="customer", time="time", amount="amount").summary()


def polars_by_day(table: pl.DataFrame, engine: Any) -> pl.DataFrame:
    """Two groupings: to days, then to customers."""
    day, amount = pl.col("time"), pl.col("amount")
    days = table.lazy().group_by("customer", "time").agg(amount.sum())
    customers = days.group_by("customer").agg(
        frequency=pl.len().cast(pl.Int64) - 1,
        first=day.min(),
        last=day.max(),
        repeats=amount.sum() - amount.get(day.arg_min()),
    )
    return finish(customers, table).collect(engine=engine)


def polars_by_customer(table: pl.DataFrame, engine: Any) -> pl.DataFrame:
    """One grouping, and different days counted within it."""
    day, amount = pl.col("time"), pl.col("amount")
    customers = (
        table.lazy()
        .group_by("customer")
        .agg(
            frequency=day.n_unique().cast(pl.Int64) - 1,
            first=day.min(),
            last=day.max(),
            repeats=amount.sum() - amount.filter(day == day.min()).sum(),
        )
    )
    return finish(customers, table).collect(engine=engine)


def finish(customers: pl.LazyFrame, table: pl.DataFrame) -> pl.LazyFrame:
    x, end = pl.col("frequency"), table["time"].max()
    return customers.select(
        "customer",
        "frequency",
        recency=(pl.col("last") - pl.col("first")).dt.total_days().cast(pl.Float64),
        age=(pl.lit(end) - pl.col("first")).dt.total_days().cast(pl.Float64),
        mean_spend=pl.when(x > 0).then(pl.col("repeats") / x).otherwise(0.0),
    )


def with_pandas(table: pd.DataFrame) -> pd.DataFrame:
    days = table.groupby(["customer", "time"], sort=False)["amount"].sum().reset_index()
    by_customer = days.groupby("customer", sort=False)
    dates, sums = by_customer["time"].agg(["min", "max"]), by_customer["amount"].agg(["sum", "size"])
    first = days.loc[by_customer["time"].idxmin()].set_index("customer")["amount"].reindex(dates.index)
    day = np.timedelta64(1, "D")
    x = sums["size"] - 1
    return pd.DataFrame(
        {
            "customer": dates.index,
            "frequency": x.to_numpy(),
            "recency": ((dates["max"] - dates["min"]) / day).to_numpy(),
            "age": ((table["time"].max() - dates["min"]) / day).to_numpy(),
            "mean_spend": ((sums["sum"] - first) / x.where(x > 0, np.inf)).to_numpy(),
        }
    )


def with_lifetimes(table: pd.DataFrame) -> pd.DataFrame:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from lifetimes.utils import summary_data_from_transaction_data

        made = summary_data_from_transaction_data(table, "customer", "time", "amount")
    names = {"T": "age", "monetary_value": "mean_spend"}
    return made.reset_index().rename(columns=names)


def ways(table: pl.DataFrame) -> dict[str, tuple[Callable[[], Any], str]]:
    """Each way by its name, with the way of ours that takes the same kind of table."""
    frame = table.to_pandas()
    frame["time"] = frame["time"].astype("datetime64[us]")
    found: dict[str, tuple[Callable[[], Any], str]] = {
        "crm_core (polars)": (lambda: ours(table), "crm_core (polars)"),
        "crm_core (pandas)": (lambda: ours(frame), "crm_core (pandas)"),
    }
    for engine in ("in-memory", "streaming"):
        for way in (polars_by_day, polars_by_customer):
            name = f"polars, {way.__name__.removeprefix('polars_').replace('_', ' ')}, {engine}"
            found[name] = (lambda way=way, engine=engine: way(table, engine), "crm_core (polars)")
    found["pandas"] = (lambda: with_pandas(frame), "crm_core (pandas)")
    if len(table) <= ROWS_OF_LIFETIMES:
        found["lifetimes"] = (lambda: with_lifetimes(frame), "crm_core (pandas)")
    return found


def sorted_columns(result: Any) -> dict[str, np.ndarray]:
    frame = result if isinstance(result, pl.DataFrame) else pl.from_pandas(result)
    frame = frame.sort("customer")
    return {name: frame[name].to_numpy() for name in COLUMNS}


def check(results: dict[str, Any]) -> None:
    reference = sorted_columns(results["crm_core (polars)"])
    for way, result in results.items():
        for name, column in sorted_columns(result).items():
            np.testing.assert_allclose(column, reference[name], rtol=1e-9, atol=1e-9, err_msg=f"{way}, {name}")


def peak_memory(way: str, rows: int, texts: bool) -> int:
    """MB that a fresh process needs for one run beyond what it has with its table in memory."""
    program = [sys.executable, __file__, "--peak", way, str(rows), str(int(texts))]
    return int(subprocess.run(program, check=True, capture_output=True, text=True).stdout)


def print_peak(way: str, rows: int, texts: bool) -> None:
    table = log(rows, texts)
    work, _ = ways(table)[way]
    Path("/proc/self/clear_refs").write_text("5")  # the peak starts again from here
    status = lambda key: int(Path("/proc/self/status").read_text().split(key + ":")[1].split()[0]) // 1024  # noqa: E731
    before = status("VmRSS")
    work()
    print(status("VmHWM") - before)


def compare(rows: int, texts: bool) -> None:
    table = log(rows, texts)
    customers = table["customer"].n_unique()
    kind = "texts" if texts else "integers"
    print(
        f"\n{rows:,} rows of {customers:,} customers, ids are {kind}; the table has {table.estimated_size('mb'):.0f} MB"
    )
    todo = ways(table)
    check({way: work() for way, (work, _) in todo.items()})
    times: dict[str, list[float]] = {way: [] for way in todo}
    for _ in range(RUNS):
        for way, (work, _) in todo.items():
            start = time.perf_counter()
            work()
            times[way].append(time.perf_counter() - start)
    medians = {way: statistics.median(runs) for way, runs in times.items()}
    print(f"{'way':<36}{'seconds':>9}{'best':>9}{'ratio':>8}{'peak MB':>9}")
    for way, (_, same_kind) in todo.items():
        ratio = medians[way] / medians[same_kind]
        memory = peak_memory(way, rows, texts)
        print(f"{way:<36}{medians[way]:>9.3f}{min(times[way]):>9.3f}{ratio:>8.1f}{memory:>9}")


def main() -> None:
    if sys.argv[1:2] == ["--peak"]:
        print_peak(sys.argv[2], int(sys.argv[3]), sys.argv[4] == "1")
        return
    sizes = [int(rows) for rows in sys.argv[1:]] or [1_000_000, 10_000_000]
    print(
        f"{os.cpu_count()} processors, pandas {pd.__version__}, polars {pl.__version__}; "
        "ratio: to crm_core from the same table"
    )
    for rows in sizes:
        for texts in (False, True):
            compare(rows, texts)


if __name__ == "__main__":
    main()
