"""Partial least squares beside other packages on PyPI, on the same simulated answers to the ECSI (250 x 24).

    make bench-peers

Each number of threads runs in a process of its own, ours and the peers in the same one. Wall time, and processor time
of this process and of those that a peer starts. plspm scales by one pooled standard deviation and semopy estimates
covariance structures by maximum likelihood: their numbers are others, their times tell what a user waits for.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from crm_core.satisfaction.structural import Model

ROWS, SEED = 250, 1
RESAMPLES = 5_000
PEER_RESAMPLES = {"seminr": 200, "plspm": 20, "semopy": 5}
"""The peers' times are those of so few, times what is left to RESAMPLES."""
MANY_ROWS = 1_000_000


class Time:
    """Wall and processor time of the fastest of some rounds of calls."""

    def __init__(self, work: Callable[[], object], least: float = 0.5, rounds: int = 3) -> None:
        work()
        found = [self._round(work, least / rounds) for _ in range(rounds)]
        self.wall = min(wall for wall, _ in found)
        self.processor = min(processor for _, processor in found)

    @staticmethod
    def _round(work: Callable[[], object], least: float) -> tuple[float, float]:
        calls, wall, processor = 0, time.perf_counter(), processor_time()
        while time.perf_counter() - wall < least or calls == 0:
            work()
            calls += 1
        return (time.perf_counter() - wall) / calls, (processor_time() - processor) / calls

    def times(self, factor: float) -> Time:
        scaled = object.__new__(Time)
        scaled.wall, scaled.processor = factor * self.wall, factor * self.processor
        return scaled


def processor_time() -> float:
    """Of this process and of its children that have ended."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def line(what: str, found: Time, ours: Time | None = None) -> None:
    text = f"  {what:<34} {1e3 * found.wall:12.3f} ms {1e3 * found.processor:12.3f} ms"
    if ours is not None:
        text += f" {found.wall / ours.wall:10.1f} {found.processor / max(ours.processor, 1e-9):10.1f}"
    print(text, flush=True)


def head(title: str) -> None:
    print(f"\n{title}\n  {'':<34} {'wall':>15} {'processor':>15} {'of ours: wall':>10} {'processor':>10}")


# ---- the peers


def of_seminr(model: Model, data: pd.DataFrame) -> Callable[[], Any]:
    import seminr

    constructs = seminr.constructs(
        *(seminr.composite(c.name, [i.name for i in c.indicators]) for c in model.constructs)
    )
    paths = seminr.relationships(*(seminr.paths(path.driver, path.construct) for path in model.paths))
    return lambda: seminr.estimate_pls(data, constructs, paths)


def of_plspm(model: Model, data: pd.DataFrame, resamples: int = 0) -> Callable[[], Any]:
    import plspm.config as c
    from plspm.plspm import Plspm
    from plspm.scheme import Scheme

    read_tuples_of_one()
    structure = c.Structure()
    for path in model.paths:
        structure.add_path([path.driver], [path.construct])
    config = c.Config(structure.path(), scaled=True)
    for construct in model.constructs:
        config.add_lv(construct.name, c.Mode.A, *(c.MV(i.name) for i in construct.indicators))
    if not resamples:
        return lambda: Plspm(data, config, Scheme.PATH)
    return lambda: Plspm(data, config, Scheme.PATH, bootstrap=True, bootstrap_iterations=resamples, processes=1)


def read_tuples_of_one() -> None:
    """Let pandas 3 read ``frame.loc[row,]`` as plspm 0.5.7 writes it, as older ones did."""
    import pandas as pd

    indexer = type(pd.DataFrame().loc)
    plain = indexer.__getitem__
    if plain.__name__ == "without_tuple":
        return

    def without_tuple(self: Any, key: Any) -> Any:
        return plain(self, key[0] if isinstance(key, tuple) and len(key) == 1 else key)

    indexer.__getitem__ = without_tuple


def of_semopy(model: Model, data: pd.DataFrame) -> Callable[[], Any]:
    import semopy

    measured = [f"{c.name} =~ " + " + ".join(i.name for i in c.indicators) for c in model.constructs]
    driven = [f"{path.construct} ~ {path.driver}" for path in model.paths]
    return lambda: semopy.Model("\n".join(measured + driven)).fit(data)


# ---- what is compared


def one_fit(model: Model, data: pd.DataFrame) -> None:
    head(f"one fit, {len(data)} x {len(model.indicators)}")
    ours = Time(lambda: model.fit(data))
    line("ours", ours)
    for name, peer in (("seminr", of_seminr), ("plspm", of_plspm), ("semopy", of_semopy)):
        line(name, Time(peer(model, data)), ours)


def bootstrap(model: Model, data: pd.DataFrame, threads: int) -> None:
    import seminr

    head(f"{RESAMPLES:,} resamples: weights, loadings, paths, total effects, R², index, HTMT (the last two ours)")
    fit = model.fit(data)
    ours = Time(lambda: fit.bootstrap(RESAMPLES, seed=SEED), least=0.0)
    line("ours", ours)
    estimated, few = of_seminr(model, data)(), PEER_RESAMPLES["seminr"]
    found = Time(lambda: seminr.bootstrap_model(estimated, nboot=few, seed=SEED, cores=1), least=0.0, rounds=2)
    line("seminr, one process", found.times(RESAMPLES / few), ours)
    few = PEER_RESAMPLES["plspm"]
    alone = Time(of_plspm(model, data), least=0.0, rounds=1)
    found = Time(of_plspm(model, data, few), least=0.0, rounds=1)
    found.wall, found.processor = found.wall - alone.wall, found.processor - alone.processor
    line("plspm, one process", found.times(RESAMPLES / few), ours)
    few = PEER_RESAMPLES["semopy"]
    draws = [data.sample(len(data), replace=True, random_state=seed) for seed in range(few)]
    found = Time(lambda: [of_semopy(model, draw)() for draw in draws], least=0.0, rounds=1)
    line("semopy, estimates alone", found.times(RESAMPLES / few), ours)
    if threads > 1:
        # The whole of it, for what its processes cost to start is spent once.
        found = Time(lambda: seminr.bootstrap_model(estimated, nboot=1_000, seed=SEED, cores=threads), 0.0, 1)
        line(f"seminr, {threads} processes", found.times(RESAMPLES / 1_000), ours)


def many_rows(model: Model) -> None:
    import numpy as np
    import polars as pl

    answers = model.simulate(MANY_ROWS, seed=SEED, library="polars").cast(pl.Float64)
    table = np.asfortranarray(answers.to_numpy())
    copy = np.empty_like(table, order="F")
    head(f"one fit, {MANY_ROWS:,} x {table.shape[1]}")
    ours = Time(lambda: model.fit(answers), least=0.0)
    line("ours", ours)
    line("numpy: a copy of the answers", Time(lambda: np.copyto(copy, table), least=0.0), ours)
    line("numpy: their sum", Time(lambda: table.sum(axis=0), least=0.0), ours)
    line("numpy: X'X", Time(lambda: table.T @ table, least=0.0), ours)
    line("numpy: corrcoef", Time(lambda: np.corrcoef(table, rowvar=False), least=0.0), ours)


def run(threads: int) -> None:
    import logging
    import warnings

    from crm_core.satisfaction.structural import ecsi

    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    print(f"\n==== threads: {threads}")
    model = ecsi(complaints=True)
    data = model.simulate(ROWS, seed=SEED, library="pandas").astype(float)
    if threads == 1:
        one_fit(model, data)
    bootstrap(model, data, threads)
    many_rows(model)


def main() -> None:
    if len(sys.argv) > 1:
        run(int(sys.argv[1]))
        return
    for threads in ("1", "2"):
        limits = ("RAYON_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
        environment = os.environ | dict.fromkeys(limits, threads)
        subprocess.run([sys.executable, __file__, threads], env=environment, check=True)


if __name__ == "__main__":
    main()
