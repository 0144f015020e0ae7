"""From a transaction log to lifetime values beside lifetimes and PyMC-Marketing, in one process: prints ratios.

Summaries, fits and predictions of the same columns, on CDNOW and on a log of simulated customers by weeks; where both
predict, they predict with the same parameters, and how far they differ is printed. PyMC-Marketing (its MAP) is
compared where it is installed. What takes the others seconds is run once. The last lines are runs in fresh processes,
from a table of pandas or polars in memory to a lifetime value for each customer, with their time and memory.

    python benches/peers/prediction.py [CUSTOMERS]     # default 1000000
"""

from __future__ import annotations

import contextlib
import io
import logging
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from crm_core.ledger import simulate, summary
from crm_core.prediction import BgNbd, GammaGamma, MbgNbd, ParetoNbd

if TYPE_CHECKING:
    import pandas as pd

CALIBRATION = 273  # days: the 39 weeks of the CDNOW study
HORIZON = 39.0
YEAR = 52.0
WEEKLY_RATE = 1.10 ** (7 / 365) - 1
MONTHLY_RATE = 1.10 ** (1 / 12) - 1
COLUMNS = {"customer": "customer", "time": "time", "amount": "amount"}
MOST_OF_PARETO = 10_000  # customers; lifetimes integrates without end on more
MOST_OF_PYMC = 10_000


def timed(work: Callable[[], Any], runs: int) -> tuple[float, Any]:
    """The median time, and the last result."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        result = work()
        times.append(time.perf_counter() - start)
    return statistics.median(times), result


def row(task: str, ours: float, peer: str = "", theirs: float | None = None, note: str = "") -> None:
    peers = "" if theirs is None else f"{theirs / ours:>8.1f} x   {peer} {theirs:.2f} s"
    print(f"  {task:<28}{ours:>8.3f} s   {peers:<36}{note}", flush=True)


def worst(ours: Any, theirs: Any) -> str:
    return f"differ by at most {float(np.nanmax(np.abs(np.asarray(ours) / np.asarray(theirs) - 1))):.0e}"


def cdnow() -> pd.DataFrame:
    """The 2,357 customers whose summary lifetimes carries."""
    import pandas as pd

    spec = find_spec("lifetimes")
    if spec is None or spec.origin is None:
        sys.exit("lifetimes is not installed")
    file = Path(spec.origin).parent / "datasets" / "cdnow_customers_summary_with_transactions.csv"
    names = {"x": "frequency", "t_x": "recency", "T": "age", "zbar": "mean_spend"}
    return pd.read_csv(file).rename(columns=names)


def fits(customers: pd.DataFrame, runs: int) -> None:
    """Fits, and predictions with the parameters that lifetimes found."""
    import lifetimes

    x, recency, age = (customers[name] for name in ("frequency", "recency", "age"))
    ours, model = timed(lambda: BgNbd().fit(customers), runs)
    theirs, peer = timed(lambda: lifetimes.BetaGeoFitter().fit(x, recency, age), 1)
    known = BgNbd(**{name: float(value) for name, value in peer.params_.items()})
    gap = model.log_likelihood_ - float(known.log_likelihood(x, recency, age).sum())
    row("BG/NBD fit", ours, "lifetimes", theirs, f"ln L {model.log_likelihood_:.6f}, {gap:+.1e} beyond the peer's")
    ours, _ = timed(lambda: MbgNbd().fit(customers), runs)
    theirs, _ = timed(lambda: lifetimes.ModifiedBetaGeoFitter().fit(x, recency, age), 1)
    row("MBG/NBD fit", ours, "lifetimes", theirs)
    ours, model = timed(lambda: ParetoNbd().fit(customers), runs)
    if len(customers) > MOST_OF_PARETO:
        row("Pareto/NBD fit", ours, note="lifetimes does not finish")
    else:
        theirs, peer_pareto = timed(lambda: lifetimes.ParetoNBDFitter().fit(x, recency, age), 1)
        parameters = {name: float(value) for name, value in peer_pareto.params_.items()}
        gap = model.log_likelihood_ - float(ParetoNbd(**parameters).log_likelihood(x, recency, age).sum())
        row("Pareto/NBD fit", ours, "lifetimes", theirs, f"ln L {gap:+.1e} beyond the peer's")
    repeaters = customers[x > 0]
    ours, _ = timed(lambda: GammaGamma().fit(customers), runs)
    theirs, _ = timed(lambda: lifetimes.GammaGammaFitter().fit(repeaters["frequency"], repeaters["mean_spend"]), 1)
    row("Gamma-Gamma fit", ours, "lifetimes", theirs)
    with_pymc(customers)

    ours, expected = timed(lambda: known.expected_purchases(HORIZON, x, recency, age), runs)
    theirs, other = timed(lambda: peer.conditional_expected_number_of_purchases_up_to_time(HORIZON, x, recency, age), 1)
    row("expected purchases", ours, "lifetimes", theirs, worst(expected, other))
    ours, alive = timed(lambda: known.probability_alive(x, recency, age), runs)
    theirs, other = timed(lambda: peer.conditional_probability_alive(x, recency, age), runs)
    row("P(alive)", ours, "lifetimes", theirs, worst(alive, other))
    unit = customers["frequency"] * 0.0 + 1.0
    ours, _ = timed(lambda: known.discounted_purchases(WEEKLY_RATE, x, recency, age, horizon=YEAR), runs)
    theirs, _ = timed(
        lambda: lifetimes.utils._customer_lifetime_value(peer, x, recency, age, unit, 12, MONTHLY_RATE, freq="W"), 1
    )
    row("value of 12 months", ours, "lifetimes", theirs, "ours discounts each purchase, theirs each month")


def with_pymc(customers: pd.DataFrame) -> None:
    """PyMC-Marketing's maximum a posteriori, where it is installed; its first fit compiles, the second is counted."""
    if find_spec("pymc_marketing") is None:
        print("  PyMC-Marketing is not installed: not compared")
        return
    if len(customers) > MOST_OF_PYMC:
        customers = customers.iloc[:MOST_OF_PYMC]
    from pymc_marketing import clv

    logging.disable(logging.WARNING)
    data = customers[["frequency", "recency"]].assign(T=customers["age"], customer_id=np.arange(len(customers)))
    for name, ours, theirs in [
        ("BG/NBD fit", BgNbd, clv.BetaGeoModel),
        ("MBG/NBD fit", MbgNbd, clv.ModifiedBetaGeoModel),
        ("Pareto/NBD fit", ParetoNbd, clv.ParetoNBDModel),
    ]:
        own, _ = timed(lambda ours=ours: ours().fit(customers), 3)
        try:
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                theirs(data).fit(method="map", progressbar=False)
                other, _ = timed(lambda theirs=theirs: theirs(data).fit(method="map", progressbar=False), 1)
        except Exception as error:  # whatever stops a peer is told
            row(name, own, note=f"PyMC-Marketing fails: {type(error).__name__}")
            continue
        row(name, own, "PyMC-Marketing MAP", other, f"{len(customers):,} customers; theirs has priors")


def summaries(log: pd.DataFrame) -> pd.DataFrame:
    """The same summary from pandas and polars tables, beside lifetimes and polars."""
    import lifetimes
    import polars as pl

    def ours(table: Any) -> Any:
        return summary(table, **COLUMNS, periods_per_unit=7)

    table = pl.from_pandas(log)
    own, customers = timed(lambda: ours(log), 5)
    theirs, _ = timed(
        lambda: lifetimes.utils.summary_data_from_transaction_data(
            log, "customer", "time", "amount", freq="D", freq_multiplier=7
        ),
        1,
    )
    row("log to summary, pandas", own, "lifetimes", theirs)
    own, _ = timed(lambda: ours(table), 5)
    theirs, _ = timed(lambda: with_polars(table), 5)
    row("log to summary, polars", own, "polars", theirs)
    return customers


def with_polars(table: Any) -> Any:
    """Two groupings: to days, then to customers."""
    import polars as pl

    day, amount = pl.col("time"), pl.col("amount")
    days = table.lazy().group_by("customer", "time").agg(amount.sum())
    customers = days.group_by("customer").agg(
        frequency=pl.len().cast(pl.Int64) - 1,
        first=day.min(),
        last=day.max(),
        repeats=amount.sum() - amount.get(day.arg_min()),
    )
    x, end = pl.col("frequency"), table["time"].max()
    return customers.select(
        "customer",
        "frequency",
        recency=(pl.col("last") - pl.col("first")).dt.total_days() / 7,
        age=(pl.lit(end) - pl.col("first")).dt.total_days() / 7,
        mean_spend=pl.when(x > 0).then(pl.col("repeats") / x).otherwise(0.0),
    ).collect()


def simulated(count: int) -> pd.DataFrame:
    log = simulate(count, seed=1, days=CALIBRATION, library="pandas").drop(columns="cost")
    log["time"] = log["time"].dt.normalize()
    return log


def whole_path(log: pd.DataFrame) -> None:
    """Log to lifetime value in a fresh process that holds the table: of pandas, then of polars."""
    with tempfile.TemporaryDirectory() as folder:
        for name in log:
            column = log[name].to_numpy()
            np.save(
                Path(folder) / f"{name}.npy", column.astype("datetime64[ms]") if column.dtype.kind == "M" else column
            )
        for library in ("pandas", "polars"):
            program = [sys.executable, __file__, "--whole-path", folder, library]
            sys.stdout.write(subprocess.run(program, check=True, capture_output=True, text=True).stdout)


def print_whole_path(folder: str, library: str) -> None:
    frame = import_module(library).DataFrame
    log = frame({name: np.load(Path(folder) / f"{name}.npy") for name in COLUMNS})
    status = lambda key: int(Path("/proc/self/status").read_text().split(key + ":")[1].split()[0]) / 1024  # noqa: E731
    Path("/proc/self/clear_refs").write_text("5")  # the peak starts again from here
    before, start = status("VmRSS"), time.perf_counter()
    customers = summary(log, **COLUMNS, periods_per_unit=7)
    history = [customers[name] for name in ("frequency", "recency", "age")]
    purchases = BgNbd().fit(customers).discounted_purchases(WEEKLY_RATE, *history, horizon=YEAR)
    spend = GammaGamma().fit(customers)
    values = spend.lifetime_value(purchases, customers["frequency"], customers["mean_spend"], margin=0.3)
    seconds, peak = time.perf_counter() - start, status("VmHWM")
    table = sum(log[name].to_numpy().nbytes for name in COLUMNS) / 2**20
    print(f"  log to lifetime value, {library}: {seconds:.2f} s; total {values.sum():,.0f}")
    packages, beyond = before - table, peak - before
    print(f"  peak memory {peak:.0f} MB: Python and packages {packages:.0f}, table {table:.0f}, beyond {beyond:.0f}")


def main() -> None:
    warnings.simplefilter("ignore")
    if sys.argv[1:2] == ["--whole-path"]:
        print_whole_path(*sys.argv[2:])
        return
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    print("task, our time, how many times as fast as the peer")
    print("CDNOW, 2,357 customers")
    fits(cdnow(), 9)

    log = simulated(count)
    print(f"{count:,} simulated customers, {len(log):,} transactions")
    customers = summaries(log)
    distinct = len(customers[["frequency", "recency", "age"]].drop_duplicates())
    print(f"  {distinct:,} different histories")
    fits(customers, 3)
    whole_path(log)


if __name__ == "__main__":
    main()
