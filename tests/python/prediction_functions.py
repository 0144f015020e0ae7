"""The functions of purchase models that vectors name."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import polars as pl

from crm_core import prediction

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


PREDICTIONS = [
    "log_likelihood",
    "probability_alive",
    "expected_purchases",
    "purchase_probability",
    "tail_probability",
    "discounted_purchases",
]
FUNCTIONS: dict[str, Callable[..., Any]] = {
    **{f"purchase_model_{name}": predict(name) for name in PREDICTIONS},
    "purchase_model_fit": fit,
}
