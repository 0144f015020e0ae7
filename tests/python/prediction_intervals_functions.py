"""The functions of predictions with intervals that vectors name."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import polars as pl
from prediction_functions import MODELS

from crm_core import prediction

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass
class Fit:
    """The part of a fit's report that intervals read."""

    covariance: list[float]

    def log_covariance(self) -> list[float]:
        return self.covariance


def fitted(model: Any, covariance: list[float]) -> Any:
    model._report = Fit(covariance)
    return model


def read(value: Any) -> Any:
    return math.inf if value == "infinite" else value


def purchase_intervals(
    *, model: str, parameters: list[float], log_covariance: list[float], **arguments: Any
) -> dict[str, list[float]]:
    known = fitted(MODELS[model](*parameters), log_covariance)
    return asdict(known.interval(**{name: read(value) for name, value in arguments.items()}))


def purchase_total(
    *, model: str, parameters: list[float], log_covariance: list[float], **arguments: Any
) -> dict[str, float]:
    known = fitted(MODELS[model](*parameters), log_covariance)
    customers = pl.DataFrame({name: arguments.pop(name) for name in ("frequency", "recency", "age")})
    return asdict(known.total(customers, **arguments))


def spend_intervals(
    *, model: dict[str, float], log_covariance: list[float], **arguments: Any
) -> dict[str, list[float]]:
    known = fitted(prediction.GammaGamma(**model), log_covariance)
    return asdict(known.expected_spend_interval(**arguments))


def spend_total(
    *, model: dict[str, float], log_covariance: list[float], level: float, **columns: Any
) -> dict[str, float]:
    known = fitted(prediction.GammaGamma(**model), log_covariance)
    return asdict(known.total(pl.DataFrame(columns), level=level))


def spend_density(*, model: dict[str, float], expected_spend: list[float]) -> list[float]:
    return list(prediction.GammaGamma(**model).expected_spend_density(expected_spend))


def renewal(method: str) -> Callable[..., dict[str, Any]]:
    def run(*, model: dict[str, float], log_covariance: list[float], **arguments: Any) -> dict[str, Any]:
        if not any(log_covariance[6:]):
            square = [log_covariance[i] for i in (0, 1, 3, 4)]
            known = fitted(prediction.Sbg(model["alpha"], model["beta"]), square)
        else:
            known = fitted(prediction.Bdw(**model), log_covariance)
        return asdict(getattr(known, method)(**arguments))

    return run


def lifetime_value(
    *,
    model: str,
    parameters: list[float],
    log_covariance: list[float],
    spend: dict[str, float],
    spend_log_covariance: list[float],
    **arguments: Any,
) -> tuple[prediction.LifetimeValueModel, pl.DataFrame, dict[str, Any]]:
    names = ("frequency", "recency", "age", "mean_spend", "spend_frequency")
    customers = pl.DataFrame({name: arguments.pop(name) for name in names})
    known = prediction.LifetimeValueModel(
        fitted(MODELS[model](*parameters), log_covariance),
        fitted(prediction.GammaGamma(**spend), spend_log_covariance),
    )
    rest = {name: read(value) for name, value in arguments.items()}
    return known, customers, rest | {"spend_frequency": "spend_frequency"}


def value_intervals(**arguments: Any) -> dict[str, list[float]]:
    known, customers, rest = lifetime_value(**arguments)
    level = rest.pop("level")
    found = known.predict(customers, interval=level, **rest)
    plain = known.predict(customers, **rest)
    assert plain["lifetime_value"].to_list() == found["lifetime_value"].to_list()
    names = {"estimate": "lifetime_value", "lower": "lifetime_value_low", "upper": "lifetime_value_high"}
    columns = {name: found[column].to_list() for name, column in names.items()}
    singles = [known.total(customers[row], level=level, **single(rest, row)) for row in range(len(customers))]
    return columns | {"standard_error": [one.standard_error for one in singles]}


def single(rest: dict[str, Any], row: int) -> dict[str, Any]:
    return {name: value[row] if isinstance(value, list) else value for name, value in rest.items()}


def value_total(**arguments: Any) -> dict[str, float]:
    known, customers, rest = lifetime_value(**arguments)
    return asdict(known.total(customers, **rest))


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "purchase_model_intervals": purchase_intervals,
    "purchase_model_total": purchase_total,
    "gamma_gamma_intervals": spend_intervals,
    "gamma_gamma_total": spend_total,
    "gamma_gamma_expected_spend_density": spend_density,
    "renewal_intervals": renewal("interval"),
    "renewal_total": renewal("total"),
    "lifetime_value_intervals": value_intervals,
    "lifetime_value_total": value_total,
}
