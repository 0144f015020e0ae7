"""What the vectors do not say of crm_core.lifecycle: types of results, kinds of tables, refusals."""

from __future__ import annotations

import json
import pickle
from dataclasses import asdict, replace
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from lifecycle_functions import series

from crm_core import _core, errors, lifecycle
from crm_core.ledger import Ledger, PeriodSeries, simulate
from crm_core.lifecycle import TRANSITIONS, Entry, Event, History, Mark, RuleOptions, Stage, StageMeasure, StageRule
from crm_core.units import Language


def test_the_state_machine() -> None:
    assert {t.after for t in TRANSITIONS} == set(Stage)
    assert [t.event for t in TRANSITIONS if t.before == Stage.TERMINATION and t.after != Stage.TERMINATION] == [
        Event.WIN_BACK
    ]
    for before, event, after in TRANSITIONS:
        if before is None:
            assert Stage.opened_by(event) is after
        else:
            assert before.after(event) is after
            if before is not after:
                before.check_move(after)
    with pytest.raises(errors.IllegalTransitionError, match="growth: cannot be reached from stage termination"):
        Stage.TERMINATION.check_move(Stage.GROWTH)
    assert Stage.MATURITY.marks.profitability is Mark.MAXIMUM
    assert Stage.POTENTIAL.marks == lifecycle.Marks(Mark.NONE, Mark.NEGATIVE)


def lived() -> History:
    history = History.opened(Event.FIRST_CONTACT, "2024-01-15")
    for event, day in [
        (Event.FIRST_PURCHASE, date(2024, 2, 1)),
        (Event.REPEAT_PURCHASE, date(2024, 3, 1)),
        (Event.CROSS_PURCHASE, date(2024, 3, 5)),
        (Event.CHURN, date(2024, 6, 1)),
        (Event.WIN_BACK, date(2024, 9, 1)),
    ]:
        history = history.apply(event, day)
    return history


def test_a_history() -> None:
    history = lived()
    assert len(history) == 5
    assert history.stage is Stage.RECOVERY
    assert history.recoveries == 1
    assert history.stage_on("2024-02-29") is Stage.DEVELOPMENT
    assert history.stage_on(date(2024, 1, 14)) is None
    days = history.days_in_stages(date(2024, 9, 11))
    assert days[Stage.RECOVERY] == 10
    assert sum(days.values()) == (date(2024, 9, 11) - date(2024, 1, 15)).days
    assert history.entries[1] == Entry(date(2024, 2, 1), Stage.DEVELOPMENT, Event.FIRST_PURCHASE)
    moved = History.recorded_from(Stage.GROWTH, "2024-01-01").move_to(Stage.MATURITY, "2024-05-01")
    assert moved.entries[1].event is None
    assert moved != history
    assert hash(moved) != hash(history)


def test_a_history_pickles_and_goes_to_json() -> None:
    history = lived()
    assert pickle.loads(pickle.dumps(history)) == history
    assert History.from_json(history.to_json()) == history
    assert History(history.entries) == history
    first = json.loads(history.to_json())[0]
    assert first == {"date": "2024-01-15", "stage": "potential", "event": "first_contact"}


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("[]", errors.EmptyError),
        ("{}", errors.EmptyError),
        ("nothing", errors.UnreadableError),
        ('[{"stage": "growth"}]', errors.UnreadableError),
        ('[{"date": "2024-13-01", "stage": "growth"}]', errors.UnreadableError),
        ('[{"date": "2024-01-01", "stage": "thriving"}]', errors.OutOfRangeError),
        ('[{"date": "2024-01-01", "stage": 5}]', errors.UnreadableError),
        ('[{"date": "2024-01-01", "stage": "growth", "event": "first_contact"}]', errors.IllegalTransitionError),
        (
            '[{"date": "2024-01-01", "stage": "growth"}, {"date": "2024-02-01", "stage": "recovery"}]',
            errors.IllegalTransitionError,
        ),
        (
            '[{"date": "2024-02-01", "stage": "growth"}, {"date": "2024-01-01", "stage": "decline"}]',
            errors.OutOfRangeError,
        ),
    ],
)
def test_no_text_makes_an_invalid_history(text: str, error: type[errors.CrmError]) -> None:
    with pytest.raises(error):
        History.from_json(text)


def test_a_refused_event_names_the_stage() -> None:
    with pytest.raises(errors.IllegalTransitionError, match="win_back: cannot happen to a customer in stage maturity"):
        History.recorded_from(Stage.MATURITY, "2024-01-01").apply(Event.WIN_BACK, "2024-02-01")
    with pytest.raises(errors.OutOfRangeError, match="2024-01-01"):
        lived().apply(Event.REACTIVATED, "2024-01-01")
    with pytest.raises(errors.WrongTypeError, match="date"):
        History.opened(Event.FIRST_CONTACT, 5)  # type: ignore[arg-type]


def test_tenure_of_any_column() -> None:
    durations, observed = [3, 5, 5, 8, 10], [True, True, False, False, True]
    expected = lifecycle.kaplan_meier(durations, observed)
    columns: list[tuple[Any, Any]] = [
        (np.array(durations), np.array(observed)),
        (pd.Series(durations), pd.Series(observed)),
        (pl.Series(durations), pl.Series(observed)),
        (pa.array(durations), pa.array(observed)),
    ]
    for one, other in columns:
        found = lifecycle.kaplan_meier(one, other)
        np.testing.assert_array_equal(found.survival, expected.survival)
    again = pickle.loads(pickle.dumps(expected))
    np.testing.assert_array_equal(again.lower, expected.lower)
    assert again.median == 10.0
    table = expected.table("polars")
    assert isinstance(table, pl.DataFrame)
    assert table["variance"].null_count() == 1
    assert expected.quantile(Decimal("0.2")) == 3.0
    assert expected.survival_at(4) == 0.8
    assert expected.restricted_mean(5).mean == pytest.approx(4.6)
    assert lifecycle.expected_tenure(Decimal("0.2")) == 5
    with pytest.raises(errors.LengthMismatchError, match="observed"):
        lifecycle.kaplan_meier(durations, observed[:-1])
    with pytest.raises(errors.MissingValueError, match="durations"):
        lifecycle.kaplan_meier([1.0, None], [True, True])  # type: ignore[list-item]
    with pytest.raises(errors.LengthMismatchError, match="lost"):
        lifecycle.churn_rates([5, 6], [1])
    with pytest.raises(errors.OutOfRangeError, match="lost"):
        lifecycle.churn_rate(5, -1)


def test_economics_of_any_column() -> None:
    names, spent, profit = ["growth", "maturity", "growth"], [10.0, 0.0, 5.0], [20.0, 50.0, 10.0]
    columns: list[Any] = [
        names,
        [Stage(name) for name in names],
        np.array([2, 3, 2]),
        pd.Series(names, dtype="category"),
        pl.Series(names, dtype=pl.Enum([s.value for s in Stage])),
        pa.array(names).dictionary_encode(),
    ]
    for stage in columns:
        table = lifecycle.stage_economics(stage, spent, profit, [0.5, None, 0.7], library="pandas")
        assert isinstance(table, pd.DataFrame)
        growth = table.set_index("stage").loc["growth"]
        assert (growth["customers"], growth["ratio"], growth["share_of_customer"]) == (2, 2.0, 0.6)
    assert lifecycle.return_on_spend(Decimal(40), 100) == Decimal("2.5")
    with pytest.raises(errors.OutOfRangeError, match="row 1"):
        lifecycle.stage_economics(["growth", "thriving"], [1.0, 1.0], [1.0, 1.0])
    with pytest.raises(errors.LengthMismatchError, match="output"):
        lifecycle.stage_economics(names, spent, profit[:-1])


def test_options_are_those_of_the_core() -> None:
    assert asdict(RuleOptions()) == _core.rule_options()


@pytest.mark.parametrize("library", ["pyarrow", "pandas", "polars"])
def test_stages_of_a_ledger(library: str) -> None:
    log = simulate(300, seed=3, library=library)
    ledger = Ledger(log, customer="customer", time="time", amount="amount", cost="cost")
    found = lifecycle.infer_stages(ledger, options=RuleOptions(measure=StageMeasure.PROFIT))
    assert type(found.customers) is type(log)
    table = pl.DataFrame(pl.from_arrow(pa.table(found.customers)) if library == "pyarrow" else found.customers)
    assert len(table) == 300
    assert set(table["stage"].to_list()) <= {stage.value for stage in Stage}
    assert set(table["rule"].to_list()) <= {rule.value for rule in StageRule}
    assert table["confidence"].is_between(0.5, 1.0).all()
    assert table["evidence"].str.len_chars().min() > 20
    census = pl.DataFrame(pl.from_arrow(pa.table(found.census)) if library == "pyarrow" else found.census)
    assert census.drop("period").row(-1) == tuple((table["stage"] == stage.value).sum() for stage in Stage)
    assert found.transitions.rates[Stage.TERMINATION.code][Stage.TERMINATION.code] > 0.9
    assert pickle.loads(pickle.dumps(found.population)) == found.population


def test_a_given_p_alive_and_share_of_wallet_decide() -> None:
    spend = [[100.0] * 24, [100.0] * 6 + [0.0] * 18]
    gone = lifecycle.infer_stages(series(spend)).customers["stage"].to_pylist()
    assert gone == ["maturity", "termination"]
    alive = lifecycle.infer_stages(series(spend), p_alive=[float("nan"), 0.9]).customers["stage"].to_pylist()
    assert alive == ["maturity", "decline"]
    steady = series([[100.0] * 24] * 2)
    share = [0.9 - 0.03 * t for t in range(24)] + [0.1 + 0.03 * t for t in range(24)]
    table = steady.table.append_column("share_of_wallet", pa.array(share))
    found = lifecycle.infer_stages(replace(steady, table=table), language=Language.ZH)
    assert found.customers["stage"].to_pylist() == ["decline", "growth"]
    assert found.customers["evidence"][0].as_py().startswith("钱包份额下降：")
    assert "evidence" not in lifecycle.infer_stages(steady, language=None).customers.column_names


def test_refused_series() -> None:
    table = series([[1.0, 2.0], [3.0, 0.0]]).table
    with pytest.raises(errors.OutOfRangeError, match="together"):
        lifecycle.infer_stages(PeriodSeries(table.take([0, 2, 1]), 2))
    with pytest.raises(errors.OutOfRangeError, match="period"):
        lifecycle.infer_stages(PeriodSeries(table, 1))
    with pytest.raises(errors.NotFoundError, match="spend"):
        lifecycle.infer_stages(PeriodSeries(table.drop_columns("spend"), 2))
    with pytest.raises(errors.LengthMismatchError, match="p_alive: must have the same index as customers"):
        lifecycle.infer_stages(PeriodSeries(table, 2), p_alive=pd.Series([0.1, 0.9], index=[1, 0]))
    with pytest.raises(errors.LengthMismatchError, match="p_alive"):
        lifecycle.infer_stages(PeriodSeries(table, 2), p_alive=[0.5])
    with pytest.raises(errors.MissingValueError, match="profit"):
        lifecycle.infer_stages(PeriodSeries(table, 2), options=RuleOptions(measure=StageMeasure.PROFIT))


def refused(error: type[errors.CrmError], argument: str, row: int | None, call: Any, *given: Any, **named: Any) -> None:
    with pytest.raises(error) as caught:
        call(*given, **named)
    assert (type(caught.value), caught.value.argument, caught.value.row) == (error, argument, row)


@pytest.mark.parametrize("code", [-1, 7, 255, 256, 2**40, 1.5])
@pytest.mark.parametrize("kind", [list, np.array, pd.Series, pl.Series, pa.array])
def test_stage_codes_are_not_cut(kind: Any, code: float) -> None:
    stage = kind([0.0, code] if isinstance(code, float) else [0, code])
    refused(errors.OutOfRangeError, "stage", 1, lifecycle.stage_economics, stage, [1.0, 1.0], [1.0, 1.0])


def test_missing_stages() -> None:
    stages: list[Any] = [
        ["growth", None],
        [2, None],
        ["growth", float("nan")],
        np.array([2.0, np.nan]),
        pd.Series(["growth", None]),
        pd.Series(["growth", None], dtype="string"),
        pd.Series(["growth", None], dtype="category"),
        pd.Series([2, None], dtype="Int64"),
        pl.Series(["growth", None]),
        pl.Series([2, None]),
        pa.array(["growth", None]),
    ]
    for stage in stages:
        refused(errors.MissingValueError, "stage", 1, lifecycle.stage_economics, stage, [1.0, 1.0], [1.0, 1.0])


@pytest.mark.parametrize("wrong", [0.5, -1, 2**33])
def test_periods_are_whole(wrong: float) -> None:
    refused(errors.OutOfRangeError, "period", 1, lifecycle.stage_curve, [0, wrong], [0, 0], [1.0, 1.0], [1.0, 1.0])


def test_counts_are_whole() -> None:
    assert lifecycle.churn_rate(5.0, np.int32(2)) == lifecycle.churn_rate(5, 2)  # type: ignore[arg-type]
    assert lifecycle.churn_rates([5.0], pd.Series([2])).pooled == lifecycle.churn_rate(5, 2)  # type: ignore[list-item, arg-type]
    for wrong in (5.9, -1, 2**70, float("inf")):
        refused(errors.OutOfRangeError, "at_start", None, lifecycle.churn_rate, wrong, 1)
        refused(errors.OutOfRangeError, "at_start", 1, lifecycle.churn_rates, [5, wrong], [1, 1])
    refused(errors.MissingValueError, "lost", None, lifecycle.churn_rate, 5, float("nan"))
    refused(errors.MissingValueError, "lost", 0, lifecycle.churn_rates, [5], [None])
    for text in ("5", None, True, [5]):
        refused(errors.WrongTypeError, "lost", None, lifecycle.churn_rate, 5, text)


def test_observed_is_a_boolean() -> None:
    expected = lifecycle.kaplan_meier([3, 5], [True, False]).survival
    good: list[Any] = [[1, 0], pd.Series([True, False], dtype="boolean"), pd.Series([True, False], dtype=object)]
    for observed in good:
        np.testing.assert_array_equal(lifecycle.kaplan_meier([3, 5], observed).survival, expected)
    missing: list[Any] = [
        [True, None],
        pd.Series([True, None], dtype="boolean"),
        pl.Series([True, None]),
        pa.array([True, None]),
        np.ma.MaskedArray([True, True], [False, True]),
    ]
    for observed in missing:
        refused(errors.MissingValueError, "observed", 1, lifecycle.kaplan_meier, [3, 5], observed)
    for observed in (["1", "0"], ["yes", "no"], [2, 0], [1.0, 0.0]):
        refused(errors.WrongTypeError, "observed", 0, lifecycle.kaplan_meier, [3, 5], observed)


def test_misaligned_columns() -> None:
    one, other = pd.Series([1.0, 2.0]), pd.Series([1.0, 2.0], index=[1, 0])
    bought = pd.Series([True, False], index=[1, 0])
    refused(errors.LengthMismatchError, "observed", None, lifecycle.kaplan_meier, one, bought)
    refused(errors.LengthMismatchError, "entry", None, lifecycle.kaplan_meier, one, [1, 0], entry=other)
    refused(errors.LengthMismatchError, "output", None, lifecycle.stage_economics, one, one, other)
    refused(errors.LengthMismatchError, "period", None, lifecycle.stage_curve, other, one, one, one)
    refused(errors.LengthMismatchError, "lost", None, lifecycle.churn_rates, one, other)


def test_an_estimate_keeps_its_own_numbers() -> None:
    durations = np.array([3.0, 5.0, 8.0])
    tenure = lifecycle.kaplan_meier(durations, [1, 0, 1])
    durations[:] = 100.0
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(tenure)).time, tenure.time)


def test_refused_names_and_options() -> None:
    refused(errors.OutOfRangeError, "event", None, Stage.GROWTH.after, "x")
    refused(errors.OutOfRangeError, "event", None, History.opened, "x", "2024-01-01")
    refused(errors.OutOfRangeError, "event", None, lived().apply, "x", "2025-01-01")
    refused(errors.OutOfRangeError, "stage", None, lived().move_to, "x", "2025-01-01")
    refused(errors.WrongTypeError, "event", None, History.opened, 5, "2024-01-01")
    refused(errors.OutOfRangeError, "language", None, Stage.GROWTH.label, "zz")
    refused(errors.OutOfRangeError, "window", None, RuleOptions, window=-1)
    refused(errors.WrongTypeError, "window", None, RuleOptions, window=8.5)
    refused(errors.WrongTypeError, "silence", None, RuleOptions, silence="x")
    refused(errors.OutOfRangeError, "measure", None, RuleOptions, measure="x")
    refused(errors.WrongTypeError, "activity", None, lifecycle.infer_stages, pd.DataFrame({"customer": [1]}))
    refused(errors.OutOfRangeError, "library", None, lifecycle.stage_economics, [0], [1], [1], library="x")
