"""Buy-till-you-die models beside lifetimes, in one process: prints ratios, and checks that both say the same.

A log of a million simulated customers is summarised by weeks; then both fit, and predict, from the same columns. What
takes lifetimes minutes is run once.

    python benches/peers/prediction.py [CUSTOMERS]     # default 1000000
"""

from __future__ import annotations

import statistics
import sys
import time
import warnings
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import lifetimes
import numpy as np
import pandas as pd

from crm_core.ledger import Ledger, simulate
from crm_core.prediction import BgNbd, MbgNbd

CALIBRATION = 273  # days: the 39 weeks of the CDNOW study
HORIZON = 39.0
YEARLY_RATE = 0.10


def timed(work: Callable[[], Any], runs: int) -> tuple[float, Any]:
    """The median time, and the last result."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        result = work()
        times.append(time.perf_counter() - start)
    return statistics.median(times), result


def row(task: str, ours: float, theirs: float, note: str = "") -> None:
    print(f"  {task:<34}{theirs / ours:>9.1f}   {ours:>8.3f} s   {theirs:>8.2f} s   {note}", flush=True)


def cdnow() -> pd.DataFrame:
    """The 2,357 customers whose summary lifetimes carries."""
    spec = find_spec("lifetimes")
    if spec is None or spec.origin is None:
        sys.exit("lifetimes is not installed")
    file = Path(spec.origin).parent / "datasets" / "cdnow_customers_summary.csv"
    return pd.read_csv(file).rename(columns={"T": "age"})


def compare(customers: pd.DataFrame, runs: int) -> None:
    x, recency, age = (customers[name] for name in ("frequency", "recency", "age"))
    ours, model = timed(lambda: BgNbd().fit(customers), runs)
    theirs, peer = timed(lambda: lifetimes.BetaGeoFitter().fit(x, recency, age), 1)
    known = BgNbd(**{name: float(value) for name, value in peer.params_.items()})
    gap = model.log_likelihood_ - float(known.log_likelihood(x, recency, age).sum())
    row("BG/NBD fit", ours, theirs, f"ln L {model.log_likelihood_:.6f}, {gap:+.1e} beyond the peer's")
    ours, _ = timed(lambda: MbgNbd().fit(customers), runs)
    theirs, _ = timed(lambda: lifetimes.ModifiedBetaGeoFitter().fit(x, recency, age), 1)
    row("MBG/NBD fit", ours, theirs)

    ours, expected = timed(lambda: known.expected_purchases(HORIZON, x, recency, age), runs)
    theirs, other = timed(lambda: peer.conditional_expected_number_of_purchases_up_to_time(HORIZON, x, recency, age), 1)
    worst = float(np.nanmax(np.abs(expected / other - 1)))
    row("expected purchases", ours, theirs, f"differ by at most {worst:.0e}")
    ours, alive = timed(lambda: known.probability_alive(x, recency, age), runs)
    theirs, other = timed(lambda: peer.conditional_probability_alive(x, recency, age), 1)
    worst = float(np.nanmax(np.abs(np.asarray(alive) / np.asarray(other) - 1)))
    row("P(alive)", ours, theirs, f"differ by at most {worst:.0e}")

    weekly = (1 + YEARLY_RATE) ** (7 / 365) - 1
    monthly = (1 + YEARLY_RATE) ** (1 / 12) - 1
    spend = pd.Series(1.0, index=customers.index)
    ours, _ = timed(lambda: known.discounted_purchases(weekly, x, recency, age, horizon=52.0), runs)
    theirs, _ = timed(
        lambda: lifetimes.utils._customer_lifetime_value(peer, x, recency, age, spend, 12, monthly, freq="W"), 1
    )
    row("value of 12 months", ours, theirs, "ours discounts each purchase, theirs each month")


def main() -> None:
    warnings.simplefilter("ignore")
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    print(f"{'':36}{'faster by':>9}   {'ours':>10}   {'lifetimes':>10}")
    print("CDNOW, 2,357 customers")
    compare(cdnow(), 9)

    log = simulate(count, seed=1, days=CALIBRATION, library="pandas")
    log["time"] = log["time"].dt.normalize()
    print(f"{count:,} simulated customers, {len(log):,} transactions")

    def summarise() -> pd.DataFrame:
        return Ledger(log, customer="customer", time="time", amount="amount").summary(periods_per_unit=7)

    ours, customers = timed(summarise, 3)
    theirs, _ = timed(
        lambda: lifetimes.utils.summary_data_from_transaction_data(
            log, "customer", "time", "amount", freq="D", freq_multiplier=7
        ),
        1,
    )
    row("log to summary", ours, theirs)
    distinct = len(customers[["frequency", "recency", "age"]].drop_duplicates())
    print(f"  {distinct:,} different histories")
    compare(customers, 3)


if __name__ == "__main__":
    main()
