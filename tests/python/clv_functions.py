"""The functions of crm_core.clv that vectors may name, beside the kernels."""

from __future__ import annotations

import math
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from crm_core import clv
from crm_core.clv import Change, ChangeKind, EquityModel, ResponseCurve, Timing

if TYPE_CHECKING:
    from collections.abc import Callable


def present_value_dated(dates: list[str], amounts: list[float], yearly_rate: float, now: str) -> Any:
    days = [date.fromisoformat(day) for day in dates]
    return clv.present_value_dated(days, amounts, yearly_rate, now=date.fromisoformat(now))


def internal_rate_of_return(flows: list[float]) -> Any:
    found = clv.internal_rate_of_return(flows)
    return {"sign_changes": found.sign_changes} if found.rate is None else found.rate


def reading_split(**readings: float) -> list[Any]:
    shares = clv.reading_split(**readings)
    return [shares.historic, shares.current, shares.potential]


def paybacks(flows: list[list[float]], discount_rate: list[float], timing: str) -> list[float | None]:
    found = clv.paybacks(np.array(flows), discount_rate, Timing(timing))
    return [None if math.isinf(periods) else periods for periods in found]


def internal_rates(flows: list[list[float]]) -> dict[str, Any]:
    found = clv.internal_rates(np.array(flows))
    rates = [None if math.isnan(rate) else rate for rate in found.rate]
    return {"rates": rates, "outcomes": found.outcome.tolist()}


def kernel_tornado(kernel: str, values: dict[str, float], factors: list[dict[str, Any]]) -> Any:
    names = [factor["name"] for factor in factors]
    changes = {factor["name"]: Change(ChangeKind(factor["kind"]), factor["amount"]) for factor in factors}
    if len(changes) < len(names):  # the same factor by two changes: a table for each
        tables = [kernel_tornado(kernel, values, [factor]) for factor in factors]
        rows = [row for table in tables for row in table["sensitivities"]]
        rows.sort(key=lambda row: -abs(row.swing))
        return {"base_value": tables[0]["base_value"], "sensitivities": rows}
    table = clv.tornado(kernel, values, changes=changes, factors=names)
    return {"base_value": table.base_value, "sensitivities": list(table.sensitivities)}


def equity_model(acquisition: dict[str, float], retention: dict[str, float], **rest: Any) -> EquityModel:
    return EquityModel(acquisition=ResponseCurve(**acquisition), retention=ResponseCurve(**retention), **rest)


def equity_at(acquisition_spend: float, retention_spend: float, **model: Any) -> Any:
    return equity_model(**model).at(acquisition_spend, retention_spend)


def equity_optimum(budget: float | None = None, **model: Any) -> Any:
    return equity_model(**model).optimum(budget)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "component_present_values": clv.component_present_values,
    "equity_at": equity_at,
    "equity_optimum": equity_optimum,
    "historic_value": clv.historic_value,
    "internal_rate_of_return": internal_rate_of_return,
    "internal_rates": internal_rates,
    "kernel_tornado": kernel_tornado,
    "migration_value": clv.migration_value,
    "payback": clv.payback,
    "paybacks": paybacks,
    "present_value": clv.present_value,
    "present_value_dated": present_value_dated,
    "present_value_varying": clv.present_value_varying,
    "reading_split": reading_split,
    "renewal_curve_value": clv.renewal_curve_value,
    "retention_curve_value": clv.retention_curve_value,
    "word_of_mouth_effect": clv.word_of_mouth_effect,
}
