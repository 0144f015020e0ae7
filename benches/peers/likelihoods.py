"""Fits of random data beside lifetimes: the log-likelihood at our parameters is never below that at the peer's.

Each data set comes from a model with random parameters, from customers who hardly buy to those who buy daily, from
loyal ones to those who leave at once. One likelihood, ours, judges the parameters of both. What a peer does not finish
in a minute is counted and left out.

    python benches/peers/likelihoods.py [SETS]     # default 5 of each model; 200 take an hour
"""

from __future__ import annotations

import signal
import sys
import time
import warnings
from typing import Any

import lifetimes
import numpy as np
import pandas as pd

from crm_core.errors import CrmError
from crm_core.prediction import BgNbd, MbgNbd, ParetoNbd, PurchaseModel

PATIENCE = 60  # seconds
TOLERANCE = 1e-9  # of the log-likelihood: what rounding may cost
PEERS: list[tuple[type[PurchaseModel], Any, int]] = [
    (BgNbd, lifetimes.BetaGeoFitter, 2000),
    (MbgNbd, lifetimes.ModifiedBetaGeoFitter, 2000),
    (ParetoNbd, lifetimes.ParetoNBDFitter, 500),
]


class OutOfTimeError(Exception):
    """The peer's minute is over."""


def truth(kind: type[PurchaseModel], random: np.random.Generator) -> PurchaseModel:
    """Draw a model: shapes over two orders of magnitude, rates over those and the time observed."""
    shapes = np.exp(random.uniform(np.log(0.1), np.log(10), 2))
    rate = np.exp(random.uniform(np.log(1), np.log(100)))
    second = np.exp(random.uniform(np.log(1), np.log(100)) if kind is ParetoNbd else random.uniform(-1, 3))
    return kind(shapes[0], rate, shapes[1], second)


def peer_parameters(peer: Any, customers: pd.DataFrame) -> list[float] | None:
    """Fit the peer; None if it fails or does not finish."""

    def stop(*_: object) -> None:
        raise OutOfTimeError

    signal.signal(signal.SIGALRM, stop)
    signal.alarm(PATIENCE)
    try:
        fitted = peer().fit(customers["frequency"], customers["recency"], customers["age"])
        parameters = [float(value) for value in fitted.params_]
    except Exception:  # whatever stops a peer is its own
        return None
    finally:
        signal.alarm(0)
    return parameters if np.all(np.isfinite(parameters)) and min(parameters) > 0 else None


def compare(kind: type[PurchaseModel], peer: Any, count: int, sets: int) -> bool:
    """Print one line; tell whether ours is never lower."""
    worst, best, lower, beyond, unfinished, boundary, refused = np.inf, -np.inf, 0, 0, 0, 0, 0
    times = np.zeros(2)
    for seed in range(sets):
        random = np.random.default_rng(seed)
        model = truth(kind, random)
        ages = np.round(random.uniform(10, 100, count), 1)
        customers = model.simulate(ages, seed=seed)
        if not customers["frequency"].any():
            continue  # nobody bought again: there is nothing to fit, and we say so
        start = time.perf_counter()
        try:
            ours = kind().fit(customers)
        except CrmError as error:
            print(f"    {model}: {error}")
            refused += 1
            continue
        between = time.perf_counter()
        boundary += ours.status_.value == "boundary"
        found = peer_parameters(peer, customers)
        times += between - start, time.perf_counter() - between
        if found is None:
            unfinished += 1
            continue
        theirs = float(kind(*found).log_likelihood(*(customers[name] for name in customers)).sum())
        gap = ours.log_likelihood_ - theirs
        if gap < -TOLERANCE * abs(ours.log_likelihood_):
            lower += 1
            print(f"    lower by {-gap:.3g}, {ours.status_}: {model}, seed {seed}: {ours}, peer {found}")
        worst, best = min(worst, gap), max(best, gap)
        beyond += gap > 0.01
    print(
        f"  {kind.__name__:<10}{sets:>5} sets   gap from {worst:+.1e} to {best:+.1e}   {beyond} by more than 0.01   "
        f"{unfinished} not finished by lifetimes   {boundary} at the boundary   {refused} refused   "
        f"{times[1] / times[0]:.0f} times faster",
        flush=True,
    )
    return lower == 0 and refused == 0


def main() -> None:
    warnings.simplefilter("ignore")
    sets = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    print("ln L at our parameters, less ln L at those of lifetimes")
    fine = [compare(kind, peer, count, sets) for kind, peer, count in PEERS]
    if not all(fine):
        sys.exit("lifetimes found a higher likelihood, or we found none")


if __name__ == "__main__":
    main()
