"""Estimates from samples beside samplics, and Kano's counts beside plain numpy and pandas, on the same data.

    pip install samplics==0.6.1
    python benches/peers/survey.py

Processor time of this process, so that other work on the machine counts less; what was found is compared, too.
Estimates are of a stratified sample with its standard error. Kano's counts are of integers from 1 to 5: the pairs of
answers, the six categories, Better and Worse; ours also says how sure all that is.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from crm_core.satisfaction import kano
from crm_core.survey import Sample

if TYPE_CHECKING:
    from collections.abc import Callable

ROWS, STRATA, ATTRIBUTES = 100_000, 20, 12
CATEGORIES = np.array(["QAAAO", "RIIIM", "RIIIM", "RIIIM", "RRRRQ"])


def seconds(work: Callable[[], object], least: float = 0.5) -> float:
    """Processor time of one call, of as many as take this long."""
    work()
    calls, start = 0, time.process_time()
    while time.process_time() - start < least:
        work()
        calls += 1
    return (time.process_time() - start) / calls


def say(name: str, ours: float, peer: str, theirs: float) -> None:
    print(f"{name}: ours {1e3 * ours:.2f} ms, {peer} {1e3 * theirs:.2f} ms, {theirs / ours:.1f} times ours")


def estimates() -> None:
    from samplics import PopParam, TaylorEstimator

    random = np.random.default_rng(1)
    stratum = np.sort(random.integers(0, STRATA, ROWS))
    populations = (50 * np.bincount(stratum, minlength=STRATA)).tolist()
    values = 5 + 0.1 * stratum + random.normal(size=ROWS)
    domains = random.integers(0, 8, ROWS)
    weights, rows = np.full(ROWS, 50.0), np.arange(ROWS)
    fraction = dict.fromkeys(range(STRATA), 1 - 1 / 50)

    def theirs(parameter: Any, **more: Any) -> Any:
        estimator = TaylorEstimator(parameter)
        estimator.estimate(y=values, samp_weight=weights, stratum=stratum, psu=rows, fpc=fraction, **more)
        return estimator

    def one(found: Any) -> float:
        return float(next(iter(found.values())) if isinstance(found, dict) else found)

    sample = Sample.stratified(stratum, populations)
    mean, peer = sample.mean(values), theirs(PopParam.mean)
    assert abs(mean.value - one(peer.point_est)) < 1e-9
    print(f"standard error of the mean: ours {mean.standard_error:.3e}, samplics {one(peer.stderror):.3e}")
    for name, parameter in (("mean", PopParam.mean), ("total", PopParam.total)):
        ours = seconds(lambda: getattr(Sample.stratified(stratum, populations), name)(values))  # noqa: B023
        say(f"{name} of {ROWS:,} rows in {STRATA} strata", ours, "samplics", seconds(lambda: theirs(parameter)))  # noqa: B023
    ours = seconds(lambda: Sample.stratified(stratum, populations).domain_means(values, domains))
    say("means of 8 domains", ours, "samplics", seconds(lambda: theirs(PopParam.mean, domain=domains)))


def kano_counts() -> None:
    random = np.random.default_rng(2)
    names = [(f"{j}_functional", f"{j}_dysfunctional") for j in range(ATTRIBUTES)]
    answers = pd.DataFrame({name: random.integers(1, 6, ROWS) for pair in names for name in pair})
    attributes = {str(j): pair for j, pair in enumerate(names)}
    letters = np.array([list(row) for row in CATEGORIES])

    def by_numpy() -> dict[str, dict[str, float]]:
        found = {}
        for name, (functional, dysfunctional) in attributes.items():
            pairs = 5 * (answers[functional].to_numpy() - 1) + answers[dysfunctional].to_numpy() - 1
            table = np.bincount(pairs, minlength=25).reshape(5, 5)
            counts = {letter: int(table[letters == letter].sum()) for letter in "MOAIRQ"}
            base = sum(counts[letter] for letter in "MOAI")
            better, worse = (counts["A"] + counts["O"]) / base, -(counts["O"] + counts["M"]) / base
            found[name] = counts | {"better": better, "worse": worse}
        return found

    def by_pandas() -> dict[str, Any]:
        found = {}
        for name, (functional, dysfunctional) in attributes.items():
            category = pd.Series(letters[answers[functional] - 1, answers[dysfunctional] - 1])
            found[name] = category.value_counts()
        return found

    analysis = kano(answers, attributes)
    told = by_numpy()
    for row in analysis.rows:
        assert row.profile is not None
        assert row.tally.counts.must_be == told[row.attribute]["M"]
        assert abs(row.profile.better.rate - told[row.attribute]["better"]) < 1e-12
    name = f"Kano, {ROWS:,} respondents and {ATTRIBUTES} attributes"
    ours = seconds(lambda: kano(answers, attributes))
    say(name, ours, "numpy", seconds(by_numpy))
    say(name, ours, "pandas", seconds(by_pandas))


if __name__ == "__main__":
    kano_counts()
    estimates()
