"""One record against a store: opening it, memory, looking up, taking in; beside splink, which links one new record.

    python benches/peers/store.py [records [peer's records]]    (default 1,000,000 and 50,000; 0 leaves splink out)

The people are those of `resolve.py`. Records that the store has not seen are looked up, then taken in, one by one, in a
process that has opened the saved store, so that its memory is that of the store alone.
"""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from resolve import FIELDS, people

INCOMING = 20_000
PEERS_INCOMING = 20


def tables(records: int) -> tuple[pl.DataFrame, pl.DataFrame, np.ndarray]:
    """Give the records of the store, those that come later, and the person of each of both."""
    columns, person = people(records + INCOMING)
    table = pl.DataFrame({field: columns[field].astype(str) for field in FIELDS})
    return table[:records], table[records:], person


def resident() -> float:
    """Give the memory of this process, in bytes."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return float(pages * os.sysconf("SC_PAGE_SIZE"))


def build(records: int, path: Path) -> None:
    """Resolve, open a store and save it."""
    from crm_core import idic

    held, _, _ = tables(records)
    start = time.perf_counter()
    resolution = idic.resolve(held)
    print(f"  resolved in {time.perf_counter() - start:.1f} s, {len(resolution.report.keys)} keys", flush=True)
    start = time.perf_counter()
    store = resolution.store()
    print(f"  store made in {time.perf_counter() - start:.2f} s", flush=True)
    start = time.perf_counter()
    state = store.to_bytes()
    print(f"  saved in {time.perf_counter() - start:.2f} s, {len(state) / records:.0f} bytes a record", flush=True)
    path.write_bytes(state)


def timed(call: Callable[[dict[str, Any]], Any], rows: list[dict[str, Any]]) -> tuple[np.ndarray, list[Any]]:
    """Give how many milliseconds of processor time each call took, and what it gave: other processes do not count."""
    took, given = np.empty(len(rows)), []
    gc.disable()
    for place, row in enumerate(rows):
        start = time.process_time_ns()
        found = call(row)
        took[place] = 1e-6 * (time.process_time_ns() - start)
        given.append(found)
    gc.enable()
    return took, given


def tell(what: str, took: np.ndarray) -> None:
    """Print quantiles of times in milliseconds."""
    middle, late, later = np.quantile(took, [0.5, 0.99, 0.999])
    print(
        f"  {what}: {middle:.3f} ms (median), {late:.3f} ms (99 %), {later:.3f} ms (99.9 %), {took.max():.3f} ms (max)",
        flush=True,
    )


def ask(records: int, path: Path) -> None:
    """Open the saved store and match what comes in."""
    from crm_core import idic

    _, incoming, person = tables(records)
    rows = incoming.to_dicts()
    state = path.read_bytes()
    before, start = resident(), time.perf_counter()
    store = idic.ProfileStore.from_bytes(state)
    taken = time.perf_counter() - start
    print(f"  opened in {taken:.2f} s, {(resident() - before) / records:.0f} bytes a record", flush=True)
    store.matches(rows[0])
    took, given = timed(store.matches, rows)
    tell("looked up", took)
    known = np.isin(person[records:], person[:records])
    right = [bool(m) and person[m[0].record] == of for m, of in zip(given, person[records:], strict=True)]
    found = np.mean(np.array(right)[known])
    print(f"  {found:.4f} of those whose person the store holds are found, as their best match", flush=True)
    took, _ = timed(store.add, rows)
    tell("matched and taken in", took)


def grow(records: int) -> None:
    """Take records into a store that begins small: the worst pause on the way."""
    from crm_core import idic

    held, _, _ = tables(records)
    store = idic.resolve(held[: records // 50]).store()
    took, _ = timed(store.add, held[records // 50 :].to_dicts())
    tell(f"from {records // 50:,} to {records:,} records one by one", took)
    places = np.argsort(took)[-3:]
    print(f"  the longest three at {', '.join(f'{records // 50 + place:,}' for place in places)} records", flush=True)


def peer(records: int) -> None:
    """Time splink's function for single records, and ours on the same store."""
    import duckdb
    import splink.comparison_library as cl
    from splink import Linker, SettingsCreator, block_on
    from splink.backends.duckdb import DuckDBAPI

    from crm_core import idic

    held, incoming, _ = tables(records)
    rows = incoming.head(PEERS_INCOMING).to_dicts()
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            cl.JaroWinklerAtThresholds("given_name", [0.92, 0.8]),
            cl.JaroWinklerAtThresholds("surname", [0.92, 0.8]),
            cl.DateOfBirthComparison("birthday", input_is_string=True),
            cl.JaroWinklerAtThresholds("street", [0.92, 0.8]),
            cl.JaroWinklerAtThresholds("town", [0.92, 0.8]),
            cl.DamerauLevenshteinAtThresholds("mobile", [1, 2]),
            cl.EmailComparison("email"),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("mobile"),
            block_on("email"),
            block_on("birthday"),
            block_on("given_name", "surname"),
            block_on("street"),
        ],
    )
    api = DuckDBAPI(duckdb.connect())

    def registered(table: pl.DataFrame, first: int) -> Any:
        there = table.with_columns(pl.when(pl.col(FIELDS) != "").then(pl.col(FIELDS)).name.keep())
        return api.register(there.with_row_index("unique_id", offset=first).to_arrow())

    existing = registered(held, 0)
    linker = Linker(existing, settings, log_level="ERROR")
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("birthday"))
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("mobile"))
    store = idic.resolve(held).store()

    def theirs(row: dict[str, Any]) -> Any:
        new = registered(pl.DataFrame([row], schema=held.schema), records)
        found = linker.inference.predict_between(existing, new, threshold_match_probability=0.5)
        return found.as_pyarrow_table()

    ours, _ = timed(store.matches, rows)
    splinks, _ = timed(theirs, rows)
    tell("ours", ours)
    tell("splink", splinks)
    print(f"  ours takes 1/{np.median(splinks) / np.median(ours):,.0f} of splink's time")


if __name__ == "__main__":
    steps: dict[str, Callable[..., None]] = {"build": build, "ask": ask, "grow": grow, "peer": peer}
    if sys.argv[1:2] == ["--step"]:
        step, *arguments = json.loads(sys.argv[2])
        steps[step](*(Path(a) if isinstance(a, str) else a for a in arguments))
    else:
        count = int(sys.argv[1]) if sys.argv[1:] else 1_000_000
        beside = int(sys.argv[2]) if sys.argv[2:] else 50_000
        with tempfile.TemporaryDirectory() as folder:
            state = str(Path(folder) / "state")
            for each in (["build", count, state], ["ask", count, state], ["grow", count], ["peer", beside]):
                if each[1]:
                    print(f"{each[0]}, {each[1]:,} records:", flush=True)
                    subprocess.run([sys.executable, __file__, "--step", json.dumps(each)], check=True)
