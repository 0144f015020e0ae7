"""A satisfaction survey in nine steps."""

from __future__ import annotations

import datetime
import pickle
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from crm_core import errors
from crm_core.satisfaction import Cut
from crm_core.satisfaction.process import (
    Action,
    ActionPlan,
    ActionStatus,
    FieldResponses,
    FrameStratum,
    IndicatorTree,
    Product,
    Question,
    Questionnaire,
    SurveyStep,
    define,
    read_study,
)
from crm_core.satisfaction.structural import acsi
from crm_core.units import Language

MODEL = """
    quality "Quality" "质量" =~ q "How good is it?" "质量如何？"
    satisfaction =~ s "How satisfied are you?" "您满意吗？"
    satisfaction ~ quality
"""
CHANNEL = Question(name="channel", text="Where do you buy?", options=["Shop", {"en": "Online", "zh": "网上"}])
ANSWERS = {"q": [5, 7, 6, 8, 9, 10, 8], "s": [4, 7, 7, 9, 8, 10, 7], "channel": [1, 2, 1, 2, 1, 2, 1]}
STRATA = [FrameStratum(name="a", units=600), FrameStratum(name="b", units=400)]


def questionnaire() -> Questionnaire:
    population = define({"en": "Spring", "zh": "春季"}, MODEL).population("Customers", strata=STRATA)
    plan = population.sample(margin=10, deviation=20, allocation="proportional", seed=3)
    assert (plan.invitations, plan.allocation) == (16, [10, 6])
    assert plan.draw().unit.size == 16
    return plan.questionnaire(CHANNEL, introduction={"zh": "您好"})


def responses(**more: Any) -> FieldResponses:
    table = pl.DataFrame(ANSWERS | {"stratum": ["a"] * 3 + ["b"] * 4})
    return questionnaire().survey(table, strata="stratum", refusal=3, **more)


def plan(*actions: Action) -> ActionPlan:
    index = responses().tabulate().index(seed=1, resamples=100, segments="channel")
    return index.report(aim=60, earlier=(60.0, 1.0)).improve(actions)


def test_from_definition_to_actions() -> None:
    train = Action("quality", {"en": "Train", "zh": "培训"}, 5, owner="hr", due=datetime.date(2026, 6, 30), cost=2.0)
    found = plan(train)
    report = found.earlier()
    # Strata of 600 and 400: 0.6 * 6 + 0.4 * 8.5 = 7.
    assert report.index == pytest.approx(600 / 9)
    assert report.reaches_aim
    assert report.change is not None
    assert report.change.change == pytest.approx(600 / 9 - 60)
    assert report.interval[0] < report.index < report.interval[1]
    assert report.rates.response.rate == 0.7
    drivers = report.drivers()
    assert isinstance(drivers, pl.DataFrame)
    slope = drivers["importance"][0]
    actions = found.actions()
    assert found.gain == pytest.approx(5 * slope)
    assert actions["gain_per_cost"].to_list() == pytest.approx([2.5 * slope])
    assert actions.select("construct", "what", "owner", "due", "status").rows() == [
        ("quality", "Train", "hr", "2026-06-30", "planned")
    ]
    index = report.earlier()
    assert index.segments()["option"].to_list() == [1, 2]
    assert index.constructs()["r_squared"].is_nan().to_list() == [True, False]
    assert index.paths()["as_expected"].to_list() == [True]
    tables = index.earlier()
    assert tables.questions()["answered"].to_list() == [7, 7, 7]
    assert tables.answers().filter(pl.col("question") == "channel")["count"].to_list() == [4, 3]
    assert tables.scales().height == 0
    assert tables.exclusions.too_many_missing == 0
    assert tables.weighting.effective_size == pytest.approx(100 / 16)


def test_a_study_is_stored_and_pickled() -> None:
    found = plan(Action("quality", "Train", 5))
    again = read_study(found.to_json(), library="pandas")
    assert again == found
    assert isinstance(again.actions(), pd.DataFrame)
    assert pickle.loads(pickle.dumps(found)).actions().equals(found.actions())
    for step in SurveyStep:
        assert again.product(step) == found.product(step)
    assert [step["step"] for step in found.decisions()] == list(SurveyStep)
    first: Any = found
    while first.step is not SurveyStep.DEFINE_INDICATORS:
        first = first.earlier()
    assert isinstance(first, IndicatorTree)
    assert (first.target, len(first.model.indicators)) == ("satisfaction", 2)
    with pytest.raises(errors.EmptyError):
        first.earlier()
    with pytest.raises(errors.NotFoundError, match="tabulate"):
        first.product(SurveyStep.TABULATE)


def test_no_step_is_left_out() -> None:
    with pytest.raises(TypeError, match="made by the step before"):
        Questionnaire()
    steps = plan().decisions()
    import json

    with pytest.raises(errors.IllegalTransitionError, match="design_questionnaire"):
        read_study(json.dumps({"steps": steps[:3] + steps[5:6]}))
    with pytest.raises(errors.UnreadableError):
        read_study("{}")
    assert {kind.step for kind in Product.__subclasses__()} == set(SurveyStep)


def test_what_became_of_the_actions() -> None:
    found = plan(Action("quality", "Train", 5, status=ActionStatus.DONE))
    better = pl.DataFrame({name: [min(10, x + 1) for x in column] for name, column in ANSWERS.items()})
    table = better.with_columns(channel=pl.Series(ANSWERS["channel"]))
    later = questionnaire().survey(table.with_columns(stratum=pl.Series([0, 0, 0, 1, 1, 1, 1])), strata="stratum")
    index = later.tabulate().index(seed=1, resamples=100)
    followed = found.follow_up(index)
    assert followed.expected == pytest.approx(found.gain)
    # One answer of ten in s could not become better: 0.6 + 0.4 * 3/4 of a step of 100/9.
    assert followed.change.change == pytest.approx(0.9 * 100 / 9)
    assert followed.constructs["quality"][0] == 5
    dropped = found.with_status(0, "dropped")
    assert dropped.gain == 0
    assert dropped.follow_up(index).constructs == {}
    with pytest.raises(errors.NotFoundError):
        found.with_status(1, "done")


def test_the_questionnaire() -> None:
    made = questionnaire()
    assert made.columns == ["q", "s", "channel"]
    text = made.text(Language.ZH)
    assert text.startswith("# 春季\n\n您好\n\n1. 质量如何？ (1–10)\n")
    assert "   2 网上\n" in text
    assert "1. How good is it?" in made.text()
    with pytest.raises(errors.MissingValueError, match="x"):
        define("A", "a =~ x\nb =~ y\nb ~ a", target="b").population("B").sample(margin=1, deviation=9).questionnaire()


def test_answers_that_are_not_of_the_questionnaire() -> None:
    made = questionnaire()
    table = pd.DataFrame(ANSWERS | {"stratum": [0, 0, 0, 1, 1, 1, 2]})
    with pytest.raises(errors.OutOfRangeError, match="strata"):
        made.survey(table, strata="stratum")
    with pytest.raises(errors.NotFoundError, match="one of a, b"):
        made.survey(table.assign(stratum=list("aaabbbc")), strata="stratum")
    with pytest.raises(errors.NotFoundError, match="channel"):
        made.survey(table.drop(columns="channel"))
    with pytest.raises(errors.LengthMismatchError, match="strata"):
        made.survey(table)
    with pytest.raises(errors.OutOfRangeError, match="last_day"):
        responses(first_day=datetime.date(2026, 3, 2), last_day=datetime.date(2026, 3, 1))
    wrong = table.assign(q=[5, 7, 6, 8, 9, 12, 8], stratum=list("aaabbbb"))
    with pytest.raises(errors.OutOfRangeError, match="12 to q") as caught:
        made.survey(wrong, strata="stratum").tabulate()
    assert caught.value.row == 5
    assert made.survey(wrong, strata="stratum").tabulate(out_of_scale=True).exclusions.out_of_scale == 1


def test_weights_are_raked_and_cuts_given() -> None:
    table = pa.table(ANSWERS)
    population = define("Spring", MODEL).population("Customers")
    made = population.sample(margin=10, deviation=20).questionnaire(CHANNEL)
    tables = made.survey(table, partial=1).tabulate(rake={"channel": [30, 70]})
    share = tables.answers().to_pandas().query("question == 'channel'")["share"]
    assert share.to_list() == pytest.approx([0.3, 0.7])
    report = tables.index(seed=1, resamples=100).report(
        importance_cut=Cut.at(0.1), performance_cut=Cut.midpoint(0, 100)
    )
    assert report.drivers().column("quadrant").to_pylist() == ["competitive_advantage"]
    assert report.reaches_aim is None
    assert report.change is None
    with pytest.raises(errors.MissingValueError, match="units"):
        made.earlier().draw()


def test_the_acsi_is_asked_as_it_is() -> None:
    made = (
        define("Spring", acsi()).population("Customers", units=300).sample(margin=2.5, deviation=20, response_rate=0.5)
    )
    assert (made.invitations, made.answers) == (272, 136)
    assert made.required.answers == 136
    assert len(made.questionnaire().columns) == 14
