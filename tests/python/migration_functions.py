"""The functions of Markov chains of customers that vectors name."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from crm_core.clv.migration import (
    ContactTiming,
    DecisionProcess,
    MigrationModel,
    RecencyChain,
    always_a_share,
    always_a_share_values,
)

if TYPE_CHECKING:
    from collections.abc import Callable


class Csr:
    """What a sparse matrix of scipy is known by."""

    def __init__(self, row_starts: list[int], columns: list[int], probabilities: list[float]) -> None:
        self.indptr, self.indices = np.array(row_starts, dtype=np.int32), np.array(columns, dtype=np.int32)
        self.data = np.array(probabilities, dtype=float)


def chain(arguments: dict[str, Any]) -> Any:
    if "transition_matrix" in arguments:
        return arguments["transition_matrix"]
    return Csr(arguments["row_starts"], arguments["columns"], arguments["probabilities"])


def model(arguments: dict[str, Any]) -> MigrationModel:
    matrix = chain(arguments)
    states = len(matrix.indptr) - 1 if isinstance(matrix, Csr) else len(matrix)
    rewards = arguments.get("rewards", [0.0] * states)
    return MigrationModel(matrix, rewards, reward_variance=arguments.get("reward_variance"))


def time(arguments: dict[str, Any]) -> dict[str, Any]:
    horizon = arguments["horizon"]
    end = math.inf if horizon == "infinite" else horizon
    return {"discount_rate": arguments["discount_rate"], "horizon": end}


def state_values(**arguments: Any) -> list[float]:
    found = model(arguments).value(**time(arguments))
    assert found.of(found.states).tolist() == found.value.tolist()
    return list(found.value)


def state_moments(**arguments: Any) -> dict[str, Any]:
    found = model(arguments).moments(**time(arguments))
    np.testing.assert_allclose(found.standard_deviation**2, found.variance, rtol=1e-14)
    return {"mean": list(found.mean), "variance": list(found.variance)}


def cohort_distribution(*, initial: list[float], last: int, **arguments: Any) -> list[list[float]]:
    return model(arguments).distribution(initial, periods=last).customers.tolist()


def cohort_occupancy(*, initial: list[float], **arguments: Any) -> list[Any]:
    times = model(arguments).occupancy(initial, **time(arguments))
    return ["infinite" if spent == math.inf else float(spent) for spent in times]


def absorption(**arguments: Any) -> dict[str, Any]:
    found = model(arguments).absorption()
    return {
        "recurrent_class": [-1 if own is None else own for own in found.structure.recurrent_class],
        "probabilities": found.probabilities.tolist(),
        "expected_periods": list(found.expected_periods),
    }


def stationary_distribution(**arguments: Any) -> list[float]:
    return list(model(arguments).stationary_distribution())


def process(transitions: Any, rewards: Any, available: Any = None, **_: Any) -> DecisionProcess:
    return DecisionProcess(transitions, rewards, available=available)


def policy_iteration(*, discount_rate: float, start: list[int] | None = None, **arguments: Any) -> dict[str, Any]:
    found = process(**arguments).policy_iteration(discount_rate=discount_rate, start=start)
    return {"policy": found.policy, "value": list(found.value), "start_value": list(found.start_value)}


def backward_induction(*, discount_rate: float, last: int, **arguments: Any) -> dict[str, Any]:
    found = process(**arguments).backward_induction(discount_rate=discount_rate, horizon=last)
    return {"actions": found.actions, "value": list(found.value)}


def direct_mail_value(*, repurchase: list[float], margin: float, contact_cost: float, **rest: Any) -> list[float]:
    mail = RecencyChain(repurchase).direct_mail(margin=margin, contact_cost=contact_cost)
    return list(mail.value(**time(rest)).value)


def contact_policy(
    *, repurchase: list[float], margin: float, contact_cost: float, discount_rate: float
) -> dict[str, Any]:
    decision = RecencyChain(repurchase).contact_decision(margin=margin, contact_cost=contact_cost)
    found = decision.policy_iteration(discount_rate=discount_rate)
    return {"policy": [decision.actions.index(action) for action in found.policy], "value": list(found.value)}


def share(*, contact: str, **arguments: Any) -> Any:
    return always_a_share(contact=ContactTiming(contact), **arguments)


def shares(*, contact: str, margin: list[float], **arguments: Any) -> list[float]:
    return list(always_a_share_values(margin=np.array(margin), contact=ContactTiming(contact), **arguments))


FUNCTIONS: dict[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (
        state_values,
        state_moments,
        cohort_distribution,
        cohort_occupancy,
        absorption,
        stationary_distribution,
        policy_iteration,
        backward_induction,
        direct_mail_value,
        contact_policy,
    )
} | {"always_a_share": share, "always_a_share_values": shares}
