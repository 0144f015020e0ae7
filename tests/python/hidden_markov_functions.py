"""The functions of tests/vectors/hidden_markov.json."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from crm_core import _core
from crm_core.lifecycle import EmOptions, HiddenMarkov

Histories = list[list[float | None]]


def table(histories: Histories, covariates: list[list[float]] | None) -> pa.Table:
    customers = [i for i, history in enumerate(histories) for _ in history]
    values = [value for history in histories for value in history]
    columns: dict[str, Any] = {"customer": pa.array(customers, pa.int64()), "value": pa.array(values, pa.float64())}
    for place, column in enumerate(zip(*(covariates or []), strict=True)):
        columns[f"z{place}"] = pa.array(column, pa.float64())
    return pa.table(columns)


def names(covariates: list[list[float]] | None) -> list[str]:
    return [f"z{place}" for place in range(len(covariates[0]))] if covariates else []


def known(
    family: str,
    initial: list[float],
    parameters: list[float],
    transitions: list[list[float]] | None = None,
    coefficients: list[float] | None = None,
    covariates: list[list[float]] | None = None,
) -> HiddenMarkov:
    states = len(initial)
    width = 0 if coefficients is None else len(coefficients) // (states * (states - 1)) - 1
    given = names(covariates) or [f"z{place}" for place in range(width)]
    return HiddenMarkov.known(
        initial, transitions, parameters, family=family, coefficients=coefficients, covariates=given
    )


def hidden_markov_decode(
    histories: Histories, covariates: list[list[float]] | None = None, **arguments: Any
) -> dict[str, Any]:
    model = known(covariates=covariates, **arguments)
    if covariates and "transitions" in arguments:
        model.covariates = names(covariates)
    found = model.decode(table(histories, covariates))
    columns = found.periods.to_pydict()
    states = len(arguments["initial"])
    customers = found.customers.to_pydict()
    likelihood = dict(zip(customers["customer"], customers["log_likelihood"], strict=True))
    path = dict(zip(customers["customer"], customers["path_log_probability"], strict=True))

    def rows(name: str) -> list[list[float]]:
        return np.array([columns[f"{name}_{k}"] for k in range(states)]).T.tolist()

    # A customer without a row is in no table.
    everybody = range(len(histories))
    return {
        "log_likelihood": [likelihood.get(i, 0.0) for i in everybody],
        "filtered": rows("filtered"),
        "smoothed": rows("probability"),
        "path": columns["state"],
        "path_log_probability": [path.get(i, 0.0) for i in everybody],
    }


def fitted(model: HiddenMarkov) -> dict[str, Any]:
    core = model._model
    found = {
        "log_likelihood": model.log_likelihood_,
        "status": model.status_.value,
        "initial": model.initial_.tolist(),
        "parameters": core.parameters,
    }
    if model.coefficients_ is None:
        return found | {"transitions": model.transition_matrix().tolist()}
    return found | {"coefficients": model.coefficients_.ravel().tolist()}


def hidden_markov_refined(
    histories: Histories, max_iterations: int, tolerance: float, **arguments: Any
) -> dict[str, Any]:
    model = known(**arguments)
    model.options = EmOptions(max_iterations=max_iterations, tolerance=tolerance)
    model.refine(table(histories, None))
    return fitted(model) | {"iterations": model.iterations_, "bic": model.bic_}


def hidden_markov_fit(
    family: str, states: int, histories: Histories, tolerance: float, covariates: list[list[float]] | None = None
) -> dict[str, Any]:
    options = EmOptions(max_iterations=5000, tolerance=tolerance)
    model = HiddenMarkov(states, family, covariates=names(covariates), options=options)
    return fitted(model.fit(table(histories, covariates)))


def known_numbers(values: Any) -> list[float | None]:
    return [None if np.isnan(value) else float(value) for value in values]


def hidden_markov_uncertainty(
    histories: Histories, confidence: float, covariates: list[list[float]] | None = None, **arguments: Any
) -> dict[str, Any]:
    data = table(histories, covariates)
    found = known(covariates=covariates, **arguments).uncertainty(data, confidence=confidence)
    columns = found.estimates.to_pydict()
    return {
        "names": [name.replace("_z", "_") for name in columns["parameter"]],
        "standard_errors": known_numbers(columns["standard_error"]),
        "lower": known_numbers(columns["lower"]),
        "upper": known_numbers(columns["upper"]),
        "covariance": [known_numbers(row) for row in found.covariance],
        "distance": found.distance,
    }


def hidden_markov_stages(histories: Histories, path: list[int], **arguments: Any) -> list[str]:
    panel = _core.StatePanel.from_table(table(histories, None), "customer", "value", [])
    made = known(**arguments)._model.stages(panel, path)
    return pa.table(made)["stage"].to_pylist()


def hidden_markov_state_values(
    margin: float, at: list[float], discount_rate: float, periods: int | None, **arguments: Any
) -> list[float]:
    horizon = float("inf") if periods is None else periods
    model = known(**arguments)
    return model.state_values(margin=margin, discount_rate=discount_rate, horizon=horizon, covariates=at).tolist()


FUNCTIONS = {
    "hidden_markov_decode": hidden_markov_decode,
    "hidden_markov_refined": hidden_markov_refined,
    "hidden_markov_fit": hidden_markov_fit,
    "hidden_markov_uncertainty": hidden_markov_uncertainty,
    "hidden_markov_stages": hidden_markov_stages,
    "hidden_markov_state_values": hidden_markov_state_values,
}
