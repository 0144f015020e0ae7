"""The functions of attributes of crm_core.satisfaction that vectors may name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crm_core import satisfaction
from crm_core.satisfaction import Cut, DerivedImportance, PositiveWeights, RegressionMethod

if TYPE_CHECKING:
    from collections.abc import Callable


def cut(kind: str, **numbers: float) -> Cut:
    return getattr(Cut, kind)(**numbers)


def importance_satisfaction(
    importance: list[float], satisfaction_: list[float], cuts: tuple[dict[str, Any], dict[str, Any]]
) -> Any:
    lines = {"importance_cut": cut(**cuts[0]), "satisfaction_cut": cut(**cuts[1])}
    return satisfaction.importance_satisfaction(importance, satisfaction_, **lines)


def regression_method(kind: str, rule: str | None = None, **numbers: Any) -> RegressionMethod:
    if rule is None:
        return getattr(RegressionMethod, kind)(**numbers)
    argument = {"given": "components", "share": "share"}.get(rule)
    return RegressionMethod.principal_components(**({argument: numbers["number"]} if argument else {}))


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "attribute_intervals": lambda attributes, overall, method, **how: satisfaction.attribute_intervals(
        attributes, overall, regression_method(**method), **how
    ),
    "importance_intervals": lambda attributes, overall, method, **how: satisfaction.importance_intervals(
        attributes, overall, DerivedImportance(method), **how
    ),
    "attribute_regression": lambda attributes, overall, method: satisfaction.attribute_regression(
        attributes, overall, regression_method(**method)
    ),
    "derive_importance": lambda attributes, overall, method: satisfaction.derive_importance(
        attributes, overall, DerivedImportance(method)
    ),
    "importance_satisfaction": lambda importance, satisfaction, importance_cut, satisfaction_cut: (
        importance_satisfaction(importance, satisfaction, (importance_cut, satisfaction_cut))
    ),
    "index_weights": lambda coefficients, positive: satisfaction.index_weights(coefficients, PositiveWeights(positive)),
}
