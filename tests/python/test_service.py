"""Complaints, early warning, winning customers back, as a Python user meets them."""

from __future__ import annotations

import math
import pickle
from datetime import UTC, date, datetime, timedelta, timezone

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from crm_core.errors import (
    IllegalTransitionError,
    MissingValueError,
    NoSolutionError,
    NotFoundError,
    OutOfRangeError,
    UnreadableError,
    WrongTypeError,
)
from crm_core.service import (
    COMPLAINT_TRANSITIONS,
    Complaint,
    ComplaintStep,
    LossCause,
    LossSegment,
    WarningModel,
    calibration,
    complaint_statistics,
    recalibrate,
    win_back_ranking,
)
from crm_core.units import Language


def judged() -> Complaint:
    made = Complaint(datetime(2024, 3, 1, 9)).apply("record", "2024-03-01T09:20:00")
    return made.apply("judge_founded", datetime(2024, 3, 2, 10, tzinfo=UTC), "Anna Smith is right.")


def test_a_complaint_is_a_value() -> None:
    before = judged()
    after = before.apply("propose", "2024-03-03", "We replace it.")
    assert before.step is ComplaintStep.FOUNDED
    assert after.step is ComplaintStep.PROPOSED
    assert after != before
    assert pickle.loads(pickle.dumps(after)) == after
    assert hash(pickle.loads(pickle.dumps(after))) == hash(after)
    assert after.entries[-1].text == "We replace it."
    assert after.seconds_at_steps("2024-03-04")[ComplaintStep.PROPOSED] == 86_400


def test_what_was_said_is_not_shown() -> None:
    assert "Smith" not in repr(judged())
    assert "Smith" not in repr(judged().entries)
    assert "Smith" in judged().to_json()


def test_an_action_that_is_not_legal_is_refused() -> None:
    with pytest.raises(IllegalTransitionError) as caught:
        judged().apply("close", "2024-03-05")
    assert caught.value.argument == "action"
    with pytest.raises(MissingValueError):
        judged().apply("propose", "2024-03-05")
    with pytest.raises(OutOfRangeError):
        judged().apply("escalate", "2024-03-01")
    with pytest.raises(WrongTypeError):
        judged().apply("escalate", datetime(2024, 3, 5, tzinfo=timezone(timedelta(hours=8))))
    with pytest.raises(UnreadableError):
        judged().apply("escalate", "tomorrow")
    with pytest.raises(UnreadableError):
        Complaint.from_json(judged().to_json().replace('"founded"', '"closed"'))


def test_deadlines() -> None:
    limits = {ComplaintStep.RECORDED: timedelta(hours=12), "founded": timedelta(days=1)}
    late = judged().missed_deadlines("2024-03-03T11:00:00", limits)
    assert [(each.step, each.seconds) for each in late] == [
        (ComplaintStep.RECORDED, 12 * 3600 + 40 * 60),
        (ComplaintStep.FOUNDED, 3600),
    ]
    assert judged().overdue("2024-03-03T10:00:00", limits) == 0
    found = complaint_statistics([judged()], date(2024, 3, 4), deadlines=limits, customers=20)
    assert (found.overdue, found.in_time.count, found.per_customer) == (1, 0, 0.05)
    assert found.at_step[ComplaintStep.FOUNDED] == 1
    assert math.isnan(found.mean_days)
    assert found.median_days_of_all is None


def test_the_state_machine_is_shown() -> None:
    assert {t.to_step for t in COMPLAINT_TRANSITIONS if t.from_step is ComplaintStep.RECEIVED} == {
        ComplaintStep.RECORDED
    }
    assert ComplaintStep.FOLLOWED_UP.label(Language.ZH) == "已回访"


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame])
def test_warning_takes_tables(make: type) -> None:
    table = make({"months": [1.0, 2, 2, 3, 4, 5, 6, 7], "calls": [3, 1, 0, 2, 2, 1, 4, 3]})
    model = WarningModel.fit(table, [0, 0, 1, 0, 0, 1, 1, 1], penalty=0.5)
    turned = make({"calls": [3, 1], "other": ["x", "y"], "months": [1.0, 7.0]})
    risk = model.predict(turned)
    assert risk[0] < risk[1]
    parts = model.contributions({"months": 7.0, "calls": 1.0}, {"months": 1.0, "calls": 1.0})
    assert list(parts) == ["months", "calls"]
    assert parts["calls"] == 0
    with pytest.raises(NotFoundError):
        model.predict(make({"months": [1.0]}))
    with pytest.raises(NoSolutionError):
        WarningModel.fit(table, [1] * 8)
    assert pickle.loads(pickle.dumps(model)) == model


def test_recalibration_corrects_what_was_too_bold() -> None:
    random = np.random.default_rng(7)
    truth = random.uniform(0.05, 0.95, 4000)
    lost = random.uniform(size=4000) < truth
    odds = np.log(truth / (1 - truth))
    bold = 1 / (1 + np.exp(-2 * odds))
    correction = recalibrate(bold, lost)
    assert correction.slope == pytest.approx(0.5, abs=0.05)
    corrected = correction.apply(bold)
    assert calibration(corrected, lost).expected_error < calibration(bold, lost).expected_error / 3
    assert correction.apply([0.0, 1.0]).tolist() == [0.0, 1.0]
    for kept in (
        pl.Series(lost),
        pa.array(lost),
        pa.chunked_array([lost[:99], lost[99:]]),
        pl.Series(lost).cast(pl.Int8),
    ):
        assert calibration(bold, kept) == calibration(bold, lost)


def test_win_back() -> None:
    ranked = win_back_ranking(pd.Series([1500, 200, 900]), [0.2, 0.3, 0.5], [120, 80, 100], library="polars")
    assert ranked["row"].to_list() == [2, 0]
    assert win_back_ranking([1.0], [0.0], [1.0]).empty
    assert LossCause.CORE_SERVICE_FAILURE.segment is LossSegment.UNINTENTIONALLY_PUSHED_AWAY
    assert LossSegment.BOUGHT_AWAY.measure(Language.ZH).startswith("强调")
