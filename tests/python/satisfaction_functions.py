"""The functions of tests/vectors/satisfaction.json."""

from __future__ import annotations

from typing import Any

from kano_functions import plain

from crm_core import satisfaction
from crm_core.satisfaction import ExpectationModel, LogisticResponse


def price_sensitivity(**arguments: Any) -> dict[str, Any]:
    found = satisfaction.price_sensitivity(**arguments)
    counts = ("respondents", "inconsistent", "missing")
    points = ("marginal_cheapness", "marginal_expensiveness", "indifference", "optimal")
    curves = ("prices", "too_cheap", "cheap", "expensive", "too_expensive")
    return {
        **{name: getattr(found, name) for name in counts},
        "points": {name: getattr(found, name) for name in points},
        **{name: getattr(found, name).tolist() for name in curves},
    }


def model(purchase: dict[str, float], repeat: dict[str, float], **numbers: float) -> ExpectationModel:
    return ExpectationModel(purchase=LogisticResponse(**purchase), repeat=LogisticResponse(**repeat), **numbers)


def optimum(**arguments: Any) -> dict[str, Any]:
    point, interior = model(**arguments).optimum()
    return {"point": point, "interior": interior}


def contrast(attributes: list[list[float | None]], **arguments: Any) -> Any:
    named = {f"{place}": column for place, column in enumerate(attributes)}
    return plain(satisfaction.penalty_reward_contrast(attributes=named, **arguments))


FUNCTIONS = {
    "satisfaction_summary": lambda **arguments: plain(satisfaction.satisfaction(**arguments)),
    "satisfaction_by_facet": lambda **arguments: {
        facet.value: plain(found) for facet, found in satisfaction.satisfaction_by_facet(**arguments).items()
    },
    "weighted_degrees": lambda **arguments: [plain(c) for c in satisfaction.weighted_degrees(**arguments).tolist()],
    "behavioural_rate": satisfaction.behavioural_rate,
    "purchase_amount": satisfaction.purchase_amount,
    "price_sensitivity": price_sensitivity,
    "delivered_value_effects": lambda **arguments: plain(satisfaction.delivered_value_effects(**arguments)),
    "expectation_optimum": optimum,
    "expectation_curve": lambda points, **arguments: model(**arguments).curve(points),
    "penalty_reward_contrast": contrast,
}
