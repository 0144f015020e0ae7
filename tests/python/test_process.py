"""The process from raw records to next actions and offers, on tables of every kind."""

from __future__ import annotations

import pickle
from datetime import datetime

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from crm_core import errors, idic
from crm_core.idic import Audience, ContactPolicy, Idic, IdicStage, NextAction, OfferOption, RecordField, RecordSchema
from crm_core.units import Language

KEYS = ["a1", "b7", "a2", "a3", "a4", "a5"]
RECORDS = {
    "customer": KEYS,
    "name": ["王小明", "Wang Xiaoming", "李雷", "Ann Lee", "Tom Fox", "Eva Karl"],
    "mobile": ["13812345678", "+86 138 1234 5678", "13911112222", "13700001111", None, "13600000000"],
}
LOG = {
    "customer": ["a1", "b7", "a2", "a4", "a1", "a5"],
    "time": [datetime(2026, 1, day) for day in (1, 9, 12, 15, 20, 28)],
    "amount": [80.0, 20.0, 5.0, 9.0, 30.0, 12.5],
    "cost": [30.0, 10.0, 2.0, 3.0, 10.0, 5.0],
}
CONSENTS = {"customer": KEYS, "channel": ["phone"] * 6}
NOW = "2026-02-01T10:00"
SCHEMA = RecordSchema([RecordField("name", "name"), RecordField("mobile", "phone")])
MAKERS = {"pandas": pd.DataFrame, "polars": pl.DataFrame, "pyarrow": pa.table}


def process(**options: object) -> Idic:
    return Idic(
        SCHEMA,
        [NextAction("call", "phone", "sales", label={"en": "Call", "zh": "致电"})],
        [OfferOption("sample", gain=40, acceptance=0.25, cost=1)],
        choice={"strategy": "upper_confidence", "exploration": 0, "noise": 5},
        **options,
    )


def finished(make=pl.DataFrame, **options: object) -> Idic:
    made = process(**options)
    made.run(make(RECORDS), make(LOG), NOW, history={"cost": "cost"}, told={"consents": make(CONSENTS)})
    return made


@pytest.mark.parametrize("library", MAKERS)
def test_tables_of_every_kind_go_in_and_out(library: str) -> None:
    make = MAKERS[library]
    made = finished(make)
    plans = made.plans()
    assert isinstance(plans, type(make({"x": [1]})))
    table = pl.from_pandas(plans) if library == "pandas" else pl.DataFrame(plans)
    assert table["records"].to_list() == [2, 1, 1, 1, 1]
    assert table["current_value"].to_list() == [80.0, 3.0, 0.0, 6.0, 7.5]
    assert table["action"].is_in(["nothing", "call"]).all()
    offered = table.filter(pl.col("offer").is_not_null())
    assert (offered["action"] == "call").all()
    worth = offered["acceptance"] * 40 - 1
    assert ((worth - offered["offer_value"]).abs() < 1e-12).all()
    outcomes = {"decision": table["decision"].to_list(), "at": [NOW] * 5, "reward": [1.0] * 5}
    logged = made.learn(make(outcomes))
    assert isinstance(logged, type(plans))
    assert [float(each) for each in logged["reward"].to_pylist()] if library == "pyarrow" else True


def test_stages_come_in_order() -> None:
    made = process()
    for early in (made.customize, lambda: made.interact(NOW), made.differentiate, made.plans):
        with pytest.raises(errors.IllegalTransitionError):
            early()
    made.identify(pl.DataFrame(RECORDS))
    assert made.stage is IdicStage.IDENTIFY
    with pytest.raises(errors.IllegalTransitionError):
        made.identify(pl.DataFrame(RECORDS))
    assert made.clusters()[0] == made.clusters()[1] == made.customer_of("b7")


def test_a_saved_process_goes_on_as_it_was() -> None:
    made = finished()
    again = Idic.from_bytes(made.to_bytes())
    assert again.to_bytes() == made.to_bytes() == pickle.loads(pickle.dumps(made)).to_bytes()
    assert finished().to_bytes() == made.to_bytes()
    assert str(again.reasons("a1", Language.ZH)) == str(made.reasons("a1", Language.ZH))
    state = bytearray(made.to_bytes())
    state[150] ^= 1
    for broken in (bytes(state), made.to_bytes()[:-1], b""):
        with pytest.raises(errors.UnreadableError):
            Idic.from_bytes(broken)


def test_progress_is_told_end_to_end_and_stops_what_it_is_told_of() -> None:
    told: list[tuple[IdicStage, int]] = []
    made = process()
    made.run(
        pl.DataFrame(RECORDS),
        pl.DataFrame(LOG),
        NOW,
        told={"consents": pl.DataFrame(CONSENTS)},
        progress=lambda stage, done: told.append((stage, done)),
    )
    assert {stage for stage, _ in told} == set(IdicStage) - {IdicStage.PREPARE}
    assert all(0 <= done <= 100 for _, done in told)
    counts = made.counts()
    assert counts[IdicStage.IDENTIFY]["customers"] == 5
    assert all(counts[stage]["seconds"] > 0 for stage in counts)

    class EnoughError(Exception):
        pass

    def stop(_: int) -> None:
        raise EnoughError

    other = process()
    with pytest.raises(EnoughError):
        other.identify(pl.DataFrame(RECORDS), progress=stop)


def test_a_process_is_not_used_while_a_stage_is_made() -> None:
    made = process()
    with pytest.raises(RuntimeError, match="being made"):
        made.identify(pl.DataFrame(RECORDS), progress=lambda _: made.to_bytes())


def test_what_is_wrong_is_named() -> None:
    made = process().identify(pl.DataFrame(RECORDS))
    strangers = pl.DataFrame(LOG | {"customer": ["a1", "b7", "nobody", "a4", "a1", "a5"]})
    with pytest.raises(errors.NotFoundError) as caught:
        made.differentiate(strangers)
    assert (caught.value.argument, caught.value.row) == ("log", 2)
    with pytest.raises(errors.NotFoundError, match="costs"):
        made.differentiate(pl.DataFrame(LOG), cost="costs")
    made.differentiate(pl.DataFrame(LOG))
    with pytest.raises(errors.NotFoundError, match="channel"):
        made.interact(NOW, consents=pl.DataFrame({"customer": ["a1"]}))
    with pytest.raises(errors.OutOfRangeError, match="consents"):
        made.interact(NOW, consents=pl.DataFrame({"customer": ["a1"], "channel": ["pigeon"]}))
    with pytest.raises(errors.OutOfRangeError, match="offers"):
        Idic(SCHEMA, [NextAction("call", "phone", "sales")], [OfferOption("x", 1, 2)])
    with pytest.raises(errors.EmptyError, match="actions"):
        Idic(SCHEMA, [])
    with pytest.raises(errors.UnreadableError, match="options"):
        Idic(SCHEMA, [NextAction("call", "phone", "sales")], choice={"colour": "blue"})
    with pytest.raises(errors.NotFoundError):
        made.customer_of("nobody")


def test_rounds_learn_and_remember() -> None:
    made = finished(contact=ContactPolicy(least_days_between=30))
    plans = made.plans()
    called = plans.filter(pl.col("action") == "call")
    assert len(called) > 0
    outcomes = called.select("decision", pl.lit(NOW).alias("at"), pl.lit(12.0).alias("reward"))
    logged = made.learn(outcomes.with_columns(pl.lit("purchased").alias("outcome")))
    assert logged["customer"].to_list() == called["customer"].to_list()
    assert made.expired().is_empty()
    with pytest.raises(errors.NotFoundError):
        made.learn(outcomes)
    assert made.next_round().round == 1
    later = made.run(None, pl.DataFrame(LOG), "2026-02-11T10:00", history={"cost": "cost"})
    # Who was called ten days ago is not called again yet.
    assert set(later.filter(pl.col("action") == "call")["customer"]).isdisjoint(called["customer"])
    assert sum(made.moves().values()) == plans["customer_type"].is_not_null().sum()


def test_needs_make_groups_and_audiences() -> None:
    made = Idic(
        SCHEMA,
        [NextAction("call", "phone", "sales", audience=Audience(needs=(0,)))],
        needs=["quality", "price"],
        needs_groups=2,
        choice={"strategy": "greedy", "exploration": 0},
    )
    answers = pl.DataFrame(
        {"customer": ["a1", "a2", "a3", "a4"], "quality": [9, 8, 1, 9], "price": [1, 2, 9, 1]},
        schema_overrides={"quality": pl.Float64, "price": pl.Float64},
    )
    consents = pl.DataFrame(CONSENTS)
    plans = made.run(pl.DataFrame(RECORDS), None, NOW, history={"needs": answers}, told={"consents": consents})
    assert plans["needs"].to_list() == [0, 0, 1, 0, None]
    assert plans["stage"].is_null().all()
    groups = made.needs()
    assert groups.sizes == (3, 1)
    assert groups.centers[1] == {"quality": 1.0, "price": 9.0}
    assert plans.filter(pl.col("needs") != 0)["action"].to_list() == ["nothing"]


def test_a_customer_is_erased_from_what_is_saved() -> None:
    made = finished()
    for trace in (b"13812345678", "王小明".encode(), b'"b7"'):
        assert trace in made.to_bytes()
    erased = made.erase("b7")
    assert (erased.records, erased.keys) == (2, 2)
    for trace in (b"13812345678", "王小明".encode(), b'"b7"', b'"a1"'):
        assert trace not in made.to_bytes()
    with pytest.raises(errors.NotFoundError):
        made.customer_of("a1")


def test_what_is_said_of_customers_lasts_and_can_be_undone() -> None:
    made = finished()
    assert made.doubtful() == made.reviewed() == []
    ann, tom = sorted(map(made.customer_of, ("a3", "a4")))
    apart = made.keep_apart(tom, ann)
    assert apart[1:] == (ann, tom, False)
    assert made.stage is IdicStage.CUSTOMIZE
    with pytest.raises(errors.IllegalTransitionError) as caught:
        made.confirm("a3", "a4")
    assert (caught.value.argument, caught.value.value) == ("decision", str(apart.decision))
    assert made.undo(apart.decision) == apart

    one = made.confirm("a4", "a3")
    assert one[1:] == (ann, tom, True)
    assert made.stage is IdicStage.PREPARE
    made = Idic.from_bytes(made.to_bytes())
    assert made.reviewed() == [one]
    assert made.customer_of("a3") == made.customer_of("a4") == ann
    made.identify(None)
    assert made.counts()[IdicStage.IDENTIFY]["customers"] == 4
    for refused in (made.confirm, made.keep_apart):
        with pytest.raises(errors.IllegalTransitionError):
            refused(ann, tom)
    with pytest.raises(errors.NotFoundError):
        made.confirm(ann, 999)
    with pytest.raises(errors.OutOfRangeError):
        made.confirm("a3", "a4")
    made.undo(one.decision)
    assert {made.customer_of("a3"), made.customer_of("a4")} == {ann, tom}
    with pytest.raises(errors.NotFoundError):
        made.undo(one.decision)


def test_a_customer_is_split() -> None:
    made = finished()
    with pytest.raises(errors.NotFoundError) as caught:
        made.split("a1", ["b7", "a3"])
    assert caught.value.row == 1
    with pytest.raises(errors.OutOfRangeError):
        made.split("a1", ["b7", "a1"])
    said = made.split("a1", ["b7"])
    assert (made.customer_of("a1"), made.customer_of("b7"), said.is_one) == (said.customer, said.other, False)


def test_a_record_of_two_customers_is_doubtful() -> None:
    families = ("Karl", "Fox", "Lee", "Berg", "Stein")
    people = {
        "customer": [f"c{i}" for i in range(25)],
        "name": [f"{name} {family}" for family in families for name in ("Ann", "Tom", "Eva", "Ida", "Max")],
        "mobile": [f"138{10_007 * i:08}" for i in range(1, 26)],
    }
    made = process(threshold=5e-4).identify(pl.DataFrame(people)).next_round()
    made.identify(pl.DataFrame({"customer": ["new"], "name": ["Tom Fox"], "mobile": [people["mobile"][0]]}))
    pairs = made.doubtful()
    assert [{pair.customer, pair.other} for pair in pairs] == [set(map(made.customer_of, ("c0", "c6")))]
    made.keep_apart(pairs[0].customer, pairs[0].other)
    assert made.doubtful() == []


def test_a_possible_link_is_listed_and_waits_for_an_answer() -> None:
    families = ("Karl", "Fox", "Lee", "Berg", "Stein")
    people = {
        "customer": [f"c{i}" for i in range(25)],
        "name": [f"{name} {family}" for family in families for name in ("Ann", "Tom", "Eva", "Ida", "Max")],
        "mobile": [f"138{10_007 * i:08}" for i in range(1, 26)],
    }
    made = process(review_threshold=5e-4).identify(pl.DataFrame(people)).next_round()
    made.identify(pl.DataFrame({"customer": ["new"], "name": ["Tom Fox"], "mobile": [people["mobile"][0]]}))
    one, two, new = map(made.customer_of, ("c0", "c6", "new"))
    assert len({one, two, new}) == 3
    made = Idic.from_bytes(made.to_bytes())
    pairs = made.doubtful()
    assert {(pair.customer, pair.other) for pair in pairs} == {(one, new), (two, new)}
    assert all(5e-4 <= pair.probability < 0.5 for pair in pairs)
    made.keep_apart(one, new)
    assert [(pair.customer, pair.other) for pair in made.doubtful()] == [(two, new)]
    made.confirm(two, new)
    assert made.doubtful() == []
    assert made.customer_of("new") == two
    with pytest.raises(errors.OutOfRangeError, match="review_threshold"):
        process(review_threshold=0.51)


def test_all_records_of_a_key_are_split() -> None:
    made = finished().next_round().identify(pl.DataFrame(RECORDS)[1:2])
    assert made.customer_of("b7") == made.customer_of("a1")
    said = made.split("a1", ["b7"])
    made.identify(None).differentiate(pl.DataFrame(LOG))
    made.interact(NOW).customize()
    plans = dict(zip(*(made.plans()[name].to_list() for name in ("customer", "records")), strict=True))
    assert (plans[said.customer], plans[said.other]) == (1, 2)


def test_persons_are_in_no_repr_and_no_exception() -> None:
    """Nor are their keys."""
    made = finished()
    shown = [repr(made), repr(made.plans()), str(made.reasons("a1")), repr(made.counts()), repr(made._core)]
    resolution = idic.resolve(pl.DataFrame(RECORDS), schema=SCHEMA)
    store = resolution.store()
    shown += [repr(resolution), repr(store), repr(resolution.explain(0, 1)), repr(SCHEMA)]
    shown += [repr(store.matches({"name": "王小明", "mobile": "13812345678"}))]

    def refused(call, *arguments, **named) -> None:
        with pytest.raises(Exception) as caught:  # noqa: PT011 any exception will do
            call(*arguments, **named)
        error = caught.value
        shown.extend([str(error), repr(error), str(getattr(error, "value", ""))])

    twice = pl.DataFrame(RECORDS | {"customer": ["Wang", "Wang", *KEYS[2:]]})
    refused(process().identify, twice)
    strangers = pl.DataFrame(LOG | {"customer": ["a1", "b7", "Xiaoming", "a4", "a1", "a5"]})
    refused(process().identify(pl.DataFrame(RECORDS)).differentiate, strangers)
    refused(made.customer_of, "Xiaoming")
    refused(made.erase, "Xiaoming")
    refused(idic.normalise.phone, "Xiaoming 55")
    refused(idic.normalise.email, "Xiaoming at home")
    refused(idic.normalise.date, "Xiaoming's birthday")
    refused(Idic.from_bytes, made.to_bytes()[:-3])
    for text in shown:
        for secret in ("王", "Wang", "xiaoming", "12345678", "b7"):
            assert secret.lower() not in text.lower(), text


def test_uplift_of_a_column_of_any_kind() -> None:
    score, treated, outcome = [0.9, 0.8, 0.2, 0.1], [True, False, True, False], [1.0, 0.0, 0.0, 0.0]
    whole = idic.uplift_curve(score, treated, outcome)
    assert whole.gain == idic.uplift_curve(pd.Series(score), pd.Series(treated), pl.Series(outcome)).gain
    with pytest.raises(errors.EmptyError, match="treated"):
        idic.uplift_curve(score, [True] * 4, outcome)
    with pytest.raises(errors.MissingValueError, match="row 1"):
        idic.uplift_curve([0.9, float("nan"), 0.2, 0.1], treated, outcome)
