"""The functions of uncertain brand switching that vectors name."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from crm_core.clv.switching import ShareRule
from crm_core.clv.uncertainty import InputDoubts, LeverInput, MatrixEstimate, Summary, Valuation

if TYPE_CHECKING:
    from collections.abc import Callable


def plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {{"origin": "from"}.get(name, name): plain(one) for name, one in value.items()}
    if isinstance(value, np.ndarray):
        return value.tolist()
    return [plain(one) for one in value] if isinstance(value, list) else value


def valuation(arguments: dict[str, Any]) -> Valuation:
    names = ("shares", "contribution", "purchases", "discount_rate", "horizon", "purchases_per_period", "rule")
    inputs = {name: arguments.pop(name) for name in names if name in arguments}
    if inputs["horizon"] == "infinite":
        inputs["horizon"] = math.inf
    if "rule" in inputs:
        inputs["rule"] = ShareRule(inputs["rule"])
        return Valuation.of_portfolio(**inputs)
    return Valuation(**inputs)


def estimate(arguments: dict[str, Any]) -> MatrixEstimate:
    if "counts" in arguments:
        return MatrixEstimate.from_counts(arguments.pop("counts"))
    return MatrixEstimate.from_posterior(arguments.pop("parameters"))


def doubts(arguments: dict[str, Any]) -> InputDoubts:
    names = ("discount_rate_sd", "shares_known_by", "contribution_sd")
    return InputDoubts(**{name: arguments.pop(name) for name in names if name in arguments})


def switching_gradient(**arguments: Any) -> Any:
    return plain(asdict(valuation(arguments).gradient(**arguments)))


def switching_levers(**arguments: Any) -> Any:
    levers = valuation(arguments).levers(**arguments)
    at = {(lever.input, lever.brand, lever.next_brand): lever.derivative for lever in levers}
    assert len(at) == len(levers)
    brands = range(len(arguments["weights"]))
    return {
        "derivatives": {
            "transition": [[at[LeverInput.TRANSITION, a, b] for b in brands] for a in brands],
            "share": [at[LeverInput.SHARE, a, None] for a in brands],
            "contribution": [at[LeverInput.CONTRIBUTION, a, None] for a in brands],
            "purchases": at[LeverInput.PURCHASES, None, None],
            "discount_rate": at[LeverInput.DISCOUNT_RATE, None, None],
        },
        "elasticity_sizes": [abs(lever.elasticity) for lever in levers],
    }


def switching_standard_error(**arguments: Any) -> Any:
    market, known = valuation(arguments), estimate(arguments)
    return plain(asdict(market.standard_error(known, doubts=doubts(arguments), **arguments)))


def switching_ranking(**arguments: Any) -> Any:
    market, known = valuation(arguments), estimate(arguments)
    return plain(asdict(market.ranking(known, **arguments)))


def summary(found: Summary) -> Any:
    return plain(asdict(found))


def switching_simulation(*, parameters: Any, weights: Any, probabilities: Any, **arguments: Any) -> Any:
    market, unknown = valuation(arguments), doubts(arguments)
    drawn = market.simulate(parameters, doubts=unknown, **arguments)
    assert drawn.to_numpy().shape == (arguments["draws"], len(weights))
    return summary(drawn.summary(probabilities, weights=weights))


def switching_bands(*, parameters: Any, **arguments: Any) -> Any:
    market, unknown = valuation(arguments), doubts(arguments)
    bands = market.bands(parameters, doubts=unknown, **arguments)
    rows = zip(bands.mean, bands.standard_deviation, bands.quantiles, strict=True)
    return {"periods": [summary(Summary(float(mean), float(sd), quantiles)) for mean, sd, quantiles in rows]}


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "portfolio_gradient": switching_gradient,
    **{
        function.__name__: function
        for function in (
            switching_gradient,
            switching_levers,
            switching_standard_error,
            switching_ranking,
            switching_simulation,
            switching_bands,
        )
    },
}
