"""The functions of tests/vectors/lifecycle.json."""

from __future__ import annotations

import math
from dataclasses import asdict
from itertools import pairwise
from typing import Any

import pyarrow as pa

from crm_core import lifecycle
from crm_core.errors import LengthMismatchError
from crm_core.ledger import PeriodSeries
from crm_core.lifecycle import Event, RuleOptions, Stage, StageInference


def stages_after(events: list[str]) -> list[str]:
    first, *later = (Event(event) for event in events)
    reached = [Stage.opened_by(first)]
    for event in later:
        reached.append(reached[-1].after(event))
    return [stage.value for stage in reached]


def churn_rates(at_start: list[int], lost: list[int], confidence: float) -> dict[str, Any]:
    return asdict(lifecycle.churn_rates(at_start, lost, confidence))


def kaplan_meier(**arguments: Any) -> dict[str, Any]:
    found = lifecycle.kaplan_meier(arguments.pop("durations"), arguments.pop("observed"), **arguments)
    columns = ("time", "at_risk", "lost", "censored", "survival", "variance", "lower", "upper")
    table = {name: [known(value) for value in getattr(found, name).tolist()] for name in columns}
    return table | {"median": found.median, "median_interval": list(found.median_interval)}


def known(value: float) -> float | None:
    return None if math.isnan(value) else value


def restricted_mean(horizon: float, **arguments: Any) -> Any:
    return lifecycle.kaplan_meier(arguments.pop("durations"), arguments.pop("observed"), **arguments).restricted_mean(
        horizon
    )


def stage_economics(**columns: Any) -> list[dict[str, Any]]:
    return lifecycle.stage_economics(**columns).to_pylist()


def stage_curve(**columns: Any) -> list[dict[str, Any]]:
    rows = lifecycle.stage_curve(**columns).to_pylist()
    periods = dict.fromkeys(row["period"] for row in rows)
    return [{"period": period, "stages": [row for row in rows if row["period"] == period]} for period in periods]


def stage_values(
    offsets: list[int], stages: list[str], profits: Any, discount_rate: float, periods: int | None
) -> dict[str, Any]:
    owners = [customer for customer, (start, end) in enumerate(pairwise(offsets)) for _ in range(start, end)]
    if len(owners) != len(stages):
        raise LengthMismatchError("a table has no offsets", argument="stages")
    if isinstance(profits, list) and len(profits) != len(stages):
        raise LengthMismatchError("a table has no columns of different lengths", argument="profit")
    columns: dict[str, Any] = {"customer": owners, "stage": stages}
    if isinstance(profits, list):
        columns["profit"] = pa.array(profits, pa.float64())
    found = lifecycle.stage_values(
        pa.table(columns),
        profit="profit" if isinstance(profits, list) else profits,
        discount_rate=discount_rate,
        horizon=math.inf if periods is None else periods,
    )
    table = found.table.to_pydict()
    return {"counts": found.transitions.counts.tolist(), "profits": table["profit"], "values": table["value"]}


def series(spend: list[list[float]]) -> PeriodSeries:
    entries = [(i, t, v) for i, row in enumerate(spend) for t, v in enumerate(row) if v]
    table = pa.table(
        {
            "customer": pa.array([i for i, _, _ in entries], pa.int64()),
            "period": pa.array([t for _, t, _ in entries], pa.uint32()),
            "purchases": pa.array([1 for _ in entries], pa.uint32()),
            "spend": pa.array([v for _, _, v in entries], pa.float64()),
        }
    )
    return PeriodSeries(table, len(spend[0]))


def inferred(spend: list[list[float]], options: dict[str, Any] | None = None) -> tuple[StageInference, list[Any]]:
    """The inference, and its row for each customer: None for one without activity, whom no table names."""
    found = lifecycle.infer_stages(series(spend), options=RuleOptions(**(options or {})))
    rows = {row["customer"]: row for row in found.customers.to_pylist()}
    return found, [rows.get(i) for i in range(len(spend))]


def infer_stages(**arguments: Any) -> list[str]:
    _, rows = inferred(**arguments)
    return ["potential" if row is None else row["stage"] for row in rows]


def current_stages(spend: list[list[float]], options: dict[str, Any] | None = None) -> list[str]:
    found = lifecycle.current_stages(series(spend), options=RuleOptions(**(options or {})))
    stages = {row["customer"]: row["stage"] for row in found.to_pylist()}
    return [stages.get(i, "potential") for i in range(len(spend))]


def customer_rhythm(**arguments: Any) -> dict[str, Any]:
    found, rows = inferred(**arguments)
    columns = {name: [row and row[name] for row in rows] for name in ("interpurchase_time", "p_alive")}
    return {"population": found.population, **columns}


FUNCTIONS = {
    "churn_rate": lifecycle.churn_rate,
    "churn_rates": churn_rates,
    "current_stages": current_stages,
    "customer_rhythm": customer_rhythm,
    "infer_stages": infer_stages,
    "kaplan_meier": kaplan_meier,
    "restricted_mean": restricted_mean,
    "stage_curve": stage_curve,
    "stage_economics": stage_economics,
    "stage_values": stage_values,
    "stages_after": stages_after,
}
