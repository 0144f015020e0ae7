"""The functions of brand switching that vectors name."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from crm_core.clv.switching import (
    MatrixClv,
    SegmentMatrixClv,
    ShareRule,
    SpendingAllocation,
    individual_matrix_clv,
)

if TYPE_CHECKING:
    from collections.abc import Callable


def value(market: SpendingAllocation, *, horizon: int | str, **rest: Any) -> list[float]:
    if horizon == "infinite":
        return list(market.clv(horizon=math.inf, **rest))
    clv = market.clv(horizon=horizon, **rest)
    terms = market.contributions(horizon=horizon, **rest)
    assert terms.shape == (horizon + 1, market.brands)
    np.testing.assert_allclose(terms.sum(axis=0), clv, rtol=1e-12)
    return list(clv)


def split(arguments: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    time = {"discount_rate", "horizon", "purchases_per_period"}
    made = {name: given for name, given in arguments.items() if name not in time}
    return made, {name: given for name, given in arguments.items() if name in time}


def retention_clv(**arguments: Any) -> list[float]:
    made, time = split(arguments)
    return value(SpendingAllocation.from_retention(**made), **time)


def share_path_clv(*, rule: str, **arguments: Any) -> list[float]:
    made, time = split(arguments)
    return value(SpendingAllocation.from_path(rule=ShareRule(rule), **made), **time)


def switching_clv(**arguments: Any) -> list[float]:
    made, time = split(arguments)
    return value(SpendingAllocation.from_switching(**made), **time)


def matrix_clv(
    *, shares: list[list[float]], rule: str, purchases: Any = 1.0, horizon: int | str, **rest: Any
) -> list[list[float]]:
    model = MatrixClv(horizon=math.inf if horizon == "infinite" else horizon, **rest)
    return model.evaluate(shares, purchases, rule=ShareRule(rule)).tolist()


def individual(*, rule: str, horizon: int | str, **rest: Any) -> list[list[float]]:
    until = math.inf if horizon == "infinite" else horizon
    return individual_matrix_clv(rule=ShareRule(rule), horizon=until, **rest).tolist()


def segment_matrix_clv(
    *,
    transition_matrices: Any,
    contribution: list[list[float]],
    discount_rate: float,
    horizon: int | str,
    shares: Any,
    segments: list[int],
    customer_purchases: Any,
    customer_contribution: Any,
    rule: str,
) -> list[list[float]]:
    time: dict[str, Any] = {
        "discount_rate": discount_rate,
        "horizon": math.inf if horizon == "infinite" else horizon,
    }
    kernels = [MatrixClv(matrix, pi, **time) for matrix, pi in zip(transition_matrices, contribution, strict=True)]
    found = SegmentMatrixClv(kernels).evaluate(
        shares, segments, customer_purchases, contribution=customer_contribution, rule=ShareRule(rule)
    )
    return found.tolist()


def matrix_clv_by_period(*, shares: list[list[float]], rule: str, **rest: Any) -> list[list[float]]:
    return MatrixClv.by_period(**rest).evaluate(shares, rule=ShareRule(rule)).tolist()


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "retention_clv": retention_clv,
    "share_path_clv": share_path_clv,
    "switching_clv": switching_clv,
    "matrix_clv": matrix_clv,
    "individual_matrix_clv": individual,
    "segment_matrix_clv": segment_matrix_clv,
    "matrix_clv_by_period": matrix_clv_by_period,
}
