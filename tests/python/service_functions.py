"""The functions of tests/vectors/service.json."""

from __future__ import annotations

import dataclasses
import math
from datetime import timedelta
from typing import Any

import pandas as pd

from crm_core import service
from crm_core._moments import moment_of


def complaint(received: int, actions: list[dict[str, Any]], **_: Any) -> service.Complaint:
    made = service.Complaint(moment_of(received))
    for each in actions:
        made = made.apply(each["action"], moment_of(each["at"]), each["text"])
    return made


def walked(until: int, **given: Any) -> dict[str, Any]:
    made = service.Complaint.from_json(complaint(**given).to_json())
    return {
        "steps": ["received", *(entry.step.value for entry in made.entries)],
        "outcome": made.outcome,
        "seconds": list(made.seconds_at_steps(moment_of(until)).values()),
    }


def known(number: float) -> float | None:
    return None if math.isnan(number) else number


def rate(found: service.Rate) -> dict[str, Any]:
    return {name: known(value) for name, value in dataclasses.asdict(found).items() if name != "standard_error"}


def statistics(complaints: list[dict[str, Any]], now: int, deadlines: dict[str, int], **options: Any) -> dict[str, Any]:
    found = service.complaint_statistics(
        [complaint(**each) for each in complaints],
        moment_of(now),
        deadlines={step: timedelta(seconds=limit) for step, limit in deadlines.items()},
        **options,
    )
    rates = ("founded", "accepted", "resolved", "escalated", "in_time")
    return {
        **{name: getattr(found, name) for name in ("received", "open", "overdue", "per_customer")},
        **{name: rate(getattr(found, name)) for name in rates},
        "at_step": list(found.at_step.values()),
        "mean": known(found.mean_days),
        "median": known(found.median_days),
        "ninth_decile": known(found.ninth_decile_days),
        "median_of_all": found.median_days_of_all,
    }


def logistic(indicators: list[list[float]], lost: list[bool], penalty: float) -> dict[str, Any]:
    table = pd.DataFrame({str(place): column for place, column in enumerate(indicators)})
    model = service.WarningModel.fit(table, lost, penalty=penalty)
    return {
        "intercept": model.intercept,
        "coefficients": list(model.coefficients.values()),
        "standard_errors": list(model.standard_errors.values()),
        "log_likelihood": model.log_likelihood,
        "null_log_likelihood": model.null_log_likelihood,
    }


def calibrated(**given: Any) -> dict[str, Any]:
    found = dataclasses.asdict(service.calibration(**given))
    for group in found["bins"]:
        lost = group.pop("lost")
        lost.pop("standard_error")
        group.update(lost)
    return found


FUNCTIONS = {
    "complaint": walked,
    "complaint_statistics": statistics,
    "loss_status": lambda **given: service.loss_status(**given),
    "win_back_ranking": lambda **given: service.win_back_ranking(**given, library="pyarrow").to_pylist(),
    "fit_logistic": logistic,
    "calibration": calibrated,
    "recalibrate": lambda **given: dataclasses.asdict(service.recalibrate(**given)),
}
