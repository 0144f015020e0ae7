"""The functions of purchase models that vectors name."""

from __future__ import annotations

import math
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from crm_core import prediction
from crm_core.errors import OutOfRangeError

if TYPE_CHECKING:
    from collections.abc import Callable

MODELS = {model._kind: model for model in prediction.PurchaseModel.__subclasses__()}


def predict(method: str) -> Callable[..., list[float]]:
    def run(*, model: str, parameters: list[float], **arguments: Any) -> list[float]:
        given = {name: math.inf if value == "infinite" else value for name, value in arguments.items()}
        return list(getattr(MODELS[model](*parameters), method)(**given))

    return run


def fit(*, model: str, **columns: list[float]) -> dict[str, Any]:
    fitted = MODELS[model]().fit(pl.DataFrame(columns), weights="weights")
    return {
        "parameters": list(fitted.parameters.values()),
        "log_likelihood": fitted.log_likelihood_,
        "standard_errors": [estimate.standard_error for estimate in fitted.estimates().values()],
        "status": fitted.status_.value,
    }


def check(method: str) -> Callable[..., Any]:
    """Run a check of a model, whose columns come in a table where it takes one."""

    def run(*, model: str, parameters: list[float], **arguments: Any) -> Any:
        made = getattr(MODELS[model](*parameters), method)
        table = {name: arguments.pop(name) for name in ("frequency", "recency", "age") if name in arguments}
        if not table:
            return plain(made(**arguments))
        for name in ("weights", "purchases"):
            if name in arguments:
                table[name] = arguments[name]
                arguments[name] = name
        return plain(made(pl.DataFrame(table), **arguments))

    return run


def plain(result: Any) -> Any:
    """Give what JSON can hold: lists and null."""
    if isinstance(result, np.ndarray):
        return [None if math.isnan(value) else value for value in result.tolist()]
    return (
        {field.name: plain(getattr(result, field.name)) for field in fields(result)} if is_dataclass(result) else result
    )


def cohorts(*, model: str, cohorts: int, horizon: float, **columns: list[float]) -> dict[str, Any]:
    """Fit each cohort. Cohorts are named by what they hold, so that there is no empty one and none too many."""
    present = sorted(set(columns["cohort"]))
    if len(present) > cohorts:
        message = "Python makes cohorts of names"
        raise OutOfRangeError(message, argument="cohort", row=2)
    table = pl.DataFrame(columns)
    fits = prediction.fit_cohorts(MODELS[model](), table, "cohort", weights="weights")
    outcomes: list[Any] = ["empty"] * cohorts
    parameters: list[Any] = [None] * cohorts
    sizes = [0.0] * cohorts
    for name in present:
        place = int(name)
        sizes[place] = fits.customers[name]
        if name in fits.models:
            outcomes[place] = fits[name].status_.value
            parameters[place] = list(fits[name].parameters.values())
        else:
            outcomes[place] = fits.errors[name].kind.value
    expected = fits.predict(table, horizon)["expected_purchases"].to_numpy()
    return {"customers": sizes, "outcomes": outcomes, "parameters": parameters, "expected_purchases": plain(expected)}


PREDICTIONS = [
    "log_likelihood",
    "probability_alive",
    "expected_purchases",
    "purchase_probability",
    "tail_probability",
    "discounted_purchases",
]
CHECKS = [
    "expected_tracking",
    "frequency_histogram",
    "conditional_expectation",
    "holdout_error",
    "probability_alive_history",
]
FUNCTIONS: dict[str, Callable[..., Any]] = {
    **{f"purchase_model_{name}": predict(name) for name in PREDICTIONS},
    **{f"purchase_model_{name}": check(name) for name in CHECKS},
    "purchase_model_fit": fit,
    "purchase_cohorts": cohorts,
}
