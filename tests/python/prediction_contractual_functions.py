"""The functions of `prediction_contractual.json`, as Python has them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pyarrow as pa

from crm_core import _core
from crm_core.prediction import Bdw, RenewalModel, Sbg


def fitted(model: RenewalModel, survivors: list[list[float]] | None = None, **columns: list[float]) -> RenewalModel:
    if len({len(column) for column in columns.values()}) > 1:  # no table has columns of different lengths
        _core.Renewals([], (np.array(columns["tenure"], dtype=float), [bool(c) for c in columns["churned"]], None))
    table = pa.table(columns) if columns else None
    return model.fit(survivors, customers=table, weights="weights" if "weights" in columns else None)


def fit(model: RenewalModel, **data: Any) -> dict[str, Any]:
    made = fitted(model, **data)
    estimates = made.estimates()
    return {
        "estimates": list(made.parameters.values()),
        "standard_errors": [estimates[name].standard_error for name in made.parameters],
        "log_likelihood": made.log_likelihood_,
    }


def sbg_fit(**data: Any) -> dict[str, Any]:
    return fit(Sbg(), **data)


def bdw_fit(**data: Any) -> dict[str, Any]:
    return fit(Bdw(), **data)


def renewals(**data: Any) -> dict[str, Any]:
    made = fitted(Sbg(), **data)
    return {"at_risk": made.at_risk_, "lost": made.lost_, "customers": made.customers_}


def model(parameters: dict[str, float]) -> RenewalModel:
    return Bdw(**parameters) if "c" in parameters else Sbg(**parameters)


def numbers(columns: dict[str, Any]) -> dict[str, Any]:
    """No horizon is null in the cases."""
    return {name: [math.inf if value is None else value for value in column] for name, column in columns.items()}


def prediction(name: str) -> Any:
    def call(**arguments: Any) -> Any:
        parameters = arguments.pop("model")
        return getattr(model(parameters), name)(**numbers(arguments))

    return call


FUNCTIONS = {
    "sbg_fit": sbg_fit,
    "bdw_fit": bdw_fit,
    "renewals": renewals,
    **{
        f"renewal_{name}": prediction(name)
        for name in (
            "retention_rate",
            "churn_probability",
            "conditional_survival",
            "discounted_lifetime",
            "discounted_residual_lifetime",
            "expected_residual_lifetime",
        )
    },
}
