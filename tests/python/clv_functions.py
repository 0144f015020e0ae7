"""The functions of crm_core.clv that vectors may name, beside the kernels."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from crm_core import clv
from crm_core.clv import EquityModel, ResponseCurve

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
    "migration_value": clv.migration_value,
    "payback": clv.payback,
    "present_value": clv.present_value,
    "present_value_dated": present_value_dated,
    "present_value_varying": clv.present_value_varying,
    "reading_split": reading_split,
    "renewal_curve_value": clv.renewal_curve_value,
    "retention_curve_value": clv.retention_curve_value,
    "word_of_mouth_effect": clv.word_of_mouth_effect,
}
