"""The functions of `prediction_spend.json`, as Python has them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from crm_core.prediction import GammaGamma


def fit(**columns: list[float]) -> dict[str, Any]:
    lengths = {len(column) for column in columns.values()}
    weights = "weights" if "weights" in columns else None
    if len(lengths) > 1:  # no table has columns of different lengths
        from crm_core import _core
        from crm_core.prediction._fitted import FitOptions, option_parts

        x, m = (np.array(columns[name], dtype=float) for name in ("frequency", "mean_spend"))
        _core.gamma_gamma_fit(x, m, None, option_parts(FitOptions()))
    model = GammaGamma().fit(pa.table(columns), weights=weights)
    estimates = model.estimates()
    return {
        "estimates": list(model.parameters.values()),
        "standard_errors": [estimates[name].standard_error for name in model.parameters],
        "log_likelihood": model.log_likelihood_,
        "customers": model.customers_,
        "correlation": model.correlation_,
    }


def log_density(model: dict[str, float], **columns: list[float]) -> Any:
    return GammaGamma(**model).log_density(**columns)


def expected_spend(model: dict[str, float], **columns: list[float]) -> Any:
    return GammaGamma(**model).expected_spend(**columns)


def spend_interval(model: dict[str, float], **arguments: Any) -> dict[str, Any]:
    lower, upper = GammaGamma(**model).spend_interval(**arguments)
    return {"lower": lower, "upper": upper}


def lifetime_value(model: dict[str, float], **columns: list[float]) -> Any:
    return GammaGamma(**model).lifetime_value(**columns)


FUNCTIONS = {
    "gamma_gamma_fit": fit,
    "gamma_gamma_log_density": log_density,
    "gamma_gamma_expected_spend": expected_spend,
    "gamma_gamma_spend_interval": spend_interval,
    "gamma_gamma_lifetime_value": lifetime_value,
}
