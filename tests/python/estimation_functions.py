"""The functions of estimating a switching matrix that vectors name."""

from __future__ import annotations

import contextlib
import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from crm_core.clv.estimation import (
    PurchasePanel,
    TransitionCounts,
    homogeneity_test,
    inertia_logit,
    share_regression,
)
from crm_core.errors import NoSolutionError

if TYPE_CHECKING:
    from collections.abc import Callable


def panel_of(*, brands: int, customer: list[int], time: list[int], brand: list[int], **rules: Any) -> PurchasePanel:
    columns = {"customer": customer, "time": time, "brand": brand}
    log = pd.DataFrame({name: pd.Series(values, dtype="int64") for name, values in columns.items()})
    return PurchasePanel(log, brands=range(brands), **rules)


def panel_counts(**arguments: Any) -> list[list[float]]:
    return panel_of(**arguments).counts().counts.tolist()


def pair_counts(*, brands: int, weight: list[float] | None = None, **columns: Any) -> list[list[float]]:
    pairs = pd.DataFrame({**columns, **({} if weight is None else {"n": weight})})
    found = TransitionCounts.from_pairs(pairs, weight=None if weight is None else "n", brands=range(brands))
    return found.counts.tolist()


def transition_fit(*, counts: Any) -> dict[str, Any]:
    fit = TransitionCounts(counts).fit()
    return {name: listed(getattr(fit, name)) for name in fit.__slots__}


def transition_posterior(*, counts: Any, prior: Any, level: float, row: int) -> dict[str, Any]:
    posterior = TransitionCounts(counts).posterior(prior)
    lower, upper = posterior.credible_interval(level)
    found: dict[str, Any] = {"covariance": posterior.covariance(row), "lower": lower, "upper": upper}
    for name in ("parameters", "mean", "standard_deviations"):
        found[name] = getattr(posterior, name)
    with contextlib.suppress(NoSolutionError):
        found["mode"] = posterior.mode
    return {name: listed(value) for name, value in found.items()}


def independence_test(*, counts: Any) -> Any:
    return TransitionCounts(counts).independence_test()


def homogeneity(*, groups: list[Any]) -> Any:
    return homogeneity_test([TransitionCounts(group) for group in groups])


def stationarity_test(*, boundaries: list[int], **arguments: Any) -> Any:
    return panel_of(**arguments).stationarity_test(boundaries)


def second_order_test(**arguments: Any) -> Any:
    return panel_of(**arguments).second_order_test()


def shares(**arguments: Any) -> dict[str, Any]:
    fit = share_regression(**arguments)
    return {name: listed(getattr(fit, name)) for name in fit.__slots__}


def share_inference(*, covariance: str, level: float, **arguments: Any) -> dict[str, Any]:
    found = share_regression(**arguments).inference(covariance, level=level)
    parts = {name: listed(getattr(found, name)) for name in found.__slots__}
    for name in ("standard_errors", "t_values", "p_values", "lower", "upper"):
        parts[name] = [[None if math.isnan(value) else value for value in row] for row in parts[name]]
    return parts


def logit(
    *,
    brands: int,
    attributes: Any = None,
    covariates: Any = None,
    at_attributes: Any = None,
    at_covariates: Any = None,
    **answers: Any,
) -> dict[str, Any]:
    survey = pd.DataFrame({name: pd.Series(values, dtype="int64") for name, values in answers.items()})
    wide: dict[str, list[str]] = {}
    for m in range(len(attributes[0][0]) if attributes else 0):
        wide[f"x{m}"] = [f"x{m} of {j}" for j in range(brands)]
        for j in range(brands):
            survey[f"x{m} of {j}"] = [rows[j][m] for rows in attributes]
    own = [f"z{column}" for column in range(len(covariates[0]) if covariates else 0)]
    for column, name in enumerate(own):
        survey[name] = [row[column] for row in covariates]
    fit = inertia_logit(survey, attributes=wide, covariates=own, brands=range(brands))
    predicted = fit.predict(
        covariates={name: at_covariates[column] for column, name in enumerate(own)},
        attributes={name: [row[m] for row in at_attributes] for m, name in enumerate(wide)},
    )
    found = {name: listed(getattr(fit, name)) for name in fit.__slots__}
    for one, many in (("estimate", "estimates"), ("standard_error", "standard_errors"), ("p_value", "p_values")):
        found[one] = found[many]
    return {**found, **{name: listed(getattr(predicted, name)) for name in ("transition_matrix", "standard_errors")}}


def listed(value: Any) -> Any:
    return value.tolist() if hasattr(value, "tolist") else value


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "panel_counts": panel_counts,
    "pair_counts": pair_counts,
    "transition_fit": transition_fit,
    "transition_posterior": transition_posterior,
    "independence_test": independence_test,
    "homogeneity_test": homogeneity,
    "stationarity_test": stationarity_test,
    "second_order_test": second_order_test,
    "share_regression": shares,
    "share_inference": share_inference,
    "inertia_logit": logit,
}
