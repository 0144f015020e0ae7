"""The functions of models with covariates that vectors name."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import polars as pl
from prediction_functions import MODELS
from prediction_intervals_functions import fitted

from crm_core.errors import LengthMismatchError, OutOfRangeError
from crm_core.prediction import BgBb, CovariateModel, DropoutEffect, GammaGamma, LifetimeValueModel

if TYPE_CHECKING:
    from collections.abc import Callable

HISTORY = ("frequency", "recency", "age")


def model_of(arguments: dict[str, Any], parameters: list[float] | None = None) -> CovariateModel:
    kind = MODELS[arguments["model"]]
    if kind is BgBb:  # no such model can be named
        message = "model: must have rates"
        raise OutOfRangeError(message, argument="kind")
    effect = DropoutEffect(arguments["dropout_effect"])
    names = {"purchase": arguments["purchase_names"], "dropout": arguments["dropout_names"]}
    model = CovariateModel(kind, **names, dropout_effect=effect)
    if parameters is not None:
        model._set(tuple(parameters))
    return model


def table_of(arguments: dict[str, Any]) -> pl.DataFrame:
    rows = len(arguments["frequency"])
    columns = {name: arguments[name] for name in (*HISTORY, "weights") if name in arguments}
    for side in ("purchase", "dropout"):
        names, values = arguments[f"{side}_names"], arguments[f"{side}_covariates"]
        if len(names) != len(values) or any(len(column) != rows for column in values):  # a table has them all
            message = f"{side}_covariates: must be columns of one table"
            raise LengthMismatchError(message, argument=f"{side}_covariates")
        columns.update(zip(names, values, strict=True))
    return pl.DataFrame(columns)


def fit(**arguments: Any) -> dict[str, Any]:
    table = table_of(arguments)
    fitted = model_of(arguments).fit(table, weights="weights", covariate_penalty=arguments["covariate_penalty"])
    return {
        "parameters": list(fitted.parameters.values()),
        "log_likelihood": fitted.log_likelihood_,
        "standard_errors": [estimate.standard_error for estimate in fitted.estimates().values()],
        "status": fitted.status_.value,
    }


def predict(method: str) -> Callable[..., list[float]]:
    def run(**arguments: Any) -> list[float]:
        model = model_of(arguments, arguments["parameters"])
        numbers = {name: arguments[name] for name in ("horizon", "discount_rate") if name in arguments}
        return list(getattr(model, method)(table_of(arguments), **numbers))

    return run


def uncertain(method: str) -> Callable[..., dict[str, Any]]:
    def run(**arguments: Any) -> dict[str, Any]:
        model = fitted(model_of(arguments, arguments["parameters"]), arguments["log_covariance"])
        names = ("prediction", "horizon", "discount_rate", "level")
        return asdict(
            getattr(model, method)(
                customers=table_of(arguments), **{name: arguments[name] for name in names if name in arguments}
            )
        )

    return run


def values(known: LifetimeValueModel, arguments: dict[str, Any]) -> tuple[pl.DataFrame, dict[str, Any]]:
    """The customers with their spend, and what else values hang on."""
    columns = ("spend_frequency", "mean_spend", "margin")
    customers = table_of(arguments).with_columns(pl.Series(name, arguments[name]) for name in columns)
    rest = {name: arguments[name] for name in ("horizon", "discount_rate")}
    return customers, rest | {"spend_frequency": "spend_frequency"}


def valued(arguments: dict[str, Any]) -> LifetimeValueModel:
    return LifetimeValueModel(
        fitted(model_of(arguments, arguments["parameters"]), arguments["log_covariance"]),
        fitted(GammaGamma(**arguments["spend"]), arguments["spend_log_covariance"]),
    )


def value_intervals(**arguments: Any) -> dict[str, Any]:
    known = valued(arguments)
    customers, rest = values(known, arguments)
    margin, level = customers["margin"], arguments["level"]
    found = known.predict(customers, margin=margin, interval=level, **rest)
    plain = known.predict(customers, margin=margin, **rest)
    assert plain["lifetime_value"].to_list() == found["lifetime_value"].to_list()
    singles = [
        known.total(customers[row], margin=margin[row], level=level, **rest).standard_error
        for row in range(len(margin))
    ]
    names = {"estimate": "lifetime_value", "lower": "lifetime_value_low", "upper": "lifetime_value_high"}
    return {name: found[column].to_list() for name, column in names.items()} | {"standard_error": singles}


def value_total(**arguments: Any) -> dict[str, Any]:
    known = valued(arguments)
    customers, rest = values(known, arguments)
    return asdict(known.total(customers, margin=customers["margin"], level=arguments["level"], **rest))


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "covariate_model_fit": fit,
    "covariate_model_intervals": uncertain("interval"),
    "covariate_model_total": uncertain("total"),
    "covariate_model_lifetime_value_intervals": value_intervals,
    "covariate_model_lifetime_value_total": value_total,
    **{
        f"covariate_model_{name}": predict(name)
        for name in ("log_likelihood", "probability_alive", "expected_purchases", "discounted_purchases")
    },
}
