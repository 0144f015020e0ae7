"""Partial least squares beside other packages on PyPI, on the same simulated answers to the ECSI (250 x 24).

    pip install seminr==0.2.1 plspm==0.5.7 semopy==2.3.11
    python benches/peers/structural.py

Processor time of this process, so that other work on the machine counts less. plspm scales by one pooled standard
deviation and semopy estimates covariance structures by maximum likelihood: their numbers are others, their times tell
what a user waits for.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pandas as pd
import seminr

from crm_core.satisfaction.structural import Model, ecsi

if TYPE_CHECKING:
    from collections.abc import Callable

ROWS, SEED = 250, 1
RESAMPLES = 5_000
PEER_RESAMPLES = 50
"""The peer's time is that of so few, times 100."""


def seconds(work: Callable[[], object], least: float = 0.5) -> float:
    """Processor time of one call, of as many as take this long."""
    calls, start = 0, time.process_time()
    while time.process_time() - start < least:
        work()
        calls += 1
    return (time.process_time() - start) / calls


def of_seminr(model: Model, data: pd.DataFrame) -> Callable[[], Any]:
    constructs = seminr.constructs(
        *(seminr.composite(c.name, [i.name for i in c.indicators]) for c in model.constructs)
    )
    paths = seminr.relationships(*(seminr.paths(path.driver, path.construct) for path in model.paths))
    return lambda: seminr.estimate_pls(data, constructs, paths)


def of_plspm(model: Model, data: pd.DataFrame) -> Callable[[], Any]:
    import plspm.config as c
    from plspm.plspm import Plspm
    from plspm.scheme import Scheme

    structure = c.Structure()
    for path in model.paths:
        structure.add_path([path.driver], [path.construct])
    config = c.Config(structure.path(), scaled=True)
    for construct in model.constructs:
        config.add_lv(construct.name, c.Mode.A, *(c.MV(i.name) for i in construct.indicators))
    return lambda: Plspm(data, config, Scheme.PATH)


def of_semopy(model: Model, data: pd.DataFrame) -> Callable[[], Any]:
    import semopy

    measured = [f"{c.name} =~ " + " + ".join(i.name for i in c.indicators) for c in model.constructs]
    driven = [f"{path.construct} ~ {path.driver}" for path in model.paths]
    return lambda: semopy.Model("\n".join(measured + driven)).fit(data)


def main() -> None:
    model = ecsi(complaints=True)
    data = model.simulate(ROWS, seed=SEED, library="pandas")
    fit = model.fit(data)
    ours = seconds(lambda: model.fit(data))
    print(f"one fit, ours: {1e3 * ours:.3f} ms")
    for name, peer in (("seminr", of_seminr), ("plspm", of_plspm), ("semopy", of_semopy)):
        try:
            theirs = seconds(peer(model, data))
        except ImportError:
            print(f"one fit, {name}: not installed")
            continue
        print(f"one fit, {name}: {1e3 * theirs:.1f} ms, {theirs / ours:.0f} times ours")
    start = time.process_time()
    fit.bootstrap(RESAMPLES, seed=SEED)
    ours = time.process_time() - start
    estimated = of_seminr(model, data)()
    start = time.process_time()
    seminr.bootstrap_model(estimated, nboot=PEER_RESAMPLES, seed=SEED, cores=1)
    theirs = (time.process_time() - start) * RESAMPLES / PEER_RESAMPLES
    print(f"{RESAMPLES:,} resamples: ours {ours:.2f} s, seminr {theirs:.0f} s, {theirs / ours:.0f} times ours")


if __name__ == "__main__":
    main()
