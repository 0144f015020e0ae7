"""Which action makes most of a customer's value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from crm_core import _core
from crm_core._options import LARGEST_INDEX, integer
from crm_core.clv._customer_table import read_array
from crm_core.clv.migration._model import MigrationModel
from crm_core.clv.migration._states import names, places
from crm_core.errors import LengthMismatchError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import ArrayLike, NDArray

    from crm_core._columns import Number

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class OptimalPolicy:
    """The best policy over an infinite horizon.

    Attributes
    ----------
    states : list
        The states.
    policy : list
        The action to take in each of them.
    value : ndarray
        What a customer in each state is then worth.
    start_value : ndarray
        What a customer in each state is worth under the policy that the iteration started from.
    iterations : int
        The policies whose value was solved for.
    """

    states: list[Any]
    policy: list[Any]
    value: Floats
    start_value: Floats
    iterations: int

    @property
    def improvement(self) -> Floats:
        """How much more a customer in each state is worth than under the policy that the iteration started from."""
        return self.value - self.start_value

    def columns(self) -> dict[str, Any]:
        """Give the columns ``state``, ``action``, ``value`` and ``improvement``, for a DataFrame of any library."""
        return {"state": self.states, "action": self.policy, "value": self.value, "improvement": self.improvement}


@dataclass(frozen=True, slots=True, eq=False)
class FinitePolicy:
    """The best actions over a finite horizon.

    Attributes
    ----------
    states : list
        The states.
    actions : list of lists
        For each period t = 0, ..., T, the action to take in each state.
    value : ndarray
        What a customer in each state at t = 0 is then worth.
    """

    states: list[Any]
    actions: list[list[Any]]
    value: Floats


class DecisionProcess:
    """A Markov decision process: the actions that make most of the value of a customer in each state.

    ``V(i) = max over a of (R_ai + sum over j of P_aij V(j) / (1 + d))``. Of actions that are worth the same up to
    rounding, the one with the lowest number is taken.

    Parameters
    ----------
    transitions : array-like, actions x n x n
        The transition matrix of each action.
    rewards : array-like, actions x n
        What a customer in each state brings in a period under each action, less its cost.
    available : array-like of bool, actions x n, optional
        Whether the action may be taken in the state; what belongs to one that may not is not read. By default all may.
    states, actions : sequence, optional
        Their names; by default their numbers.

    Raises
    ------
    EmptyError
        For a state without an action, with the state.
    NotStochasticError, OutOfRangeError, NotFiniteError, LengthMismatchError
        For rows that are no probabilities and rewards that are no numbers, with the state, and for other shapes.

    References
    ----------
    Howard 1960, "Dynamic programming and Markov processes"; Puterman 1994, "Markov decision processes", section 6.4.

    Examples
    --------
    Leave an active customer alone, or spend 3 to keep more of them; nobody comes back.

    >>> process = DecisionProcess(
    ...     [[[0.5, 0.5], [0, 1]], [[0.8, 0.2], [0, 1]]],
    ...     [[10, 0], [7, 0]],
    ...     states=["active", "lost"],
    ...     actions=["leave alone", "care"],
    ... )
    >>> best = process.policy_iteration(discount_rate=0.25)
    >>> best.policy, best.value.round(2), best.improvement.round(2)
    (['care', 'leave alone'], array([19.44,  0.  ]), array([2.78, 0.  ]))
    """

    __slots__ = ("_actions", "_process", "_remake", "_states")

    _process: _core.DecisionProcess
    _remake: tuple[Callable[..., Any], tuple[Any, ...]]
    _states: list[Any]
    _actions: list[Any]

    def __init__(
        self,
        transitions: ArrayLike,
        rewards: ArrayLike,
        *,
        available: ArrayLike | None = None,
        states: Sequence[Any] | None = None,
        actions: Sequence[Any] | None = None,
    ) -> None:
        tables, table = read_array("transitions", transitions), read_array("rewards", rewards)
        if table.ndim != 2 or tables.shape != (*table.shape, table.shape[1]):
            message = (
                f"rewards is of shape {table.shape}: must be actions x states, and transitions {tables.shape} one more"
            )
            raise LengthMismatchError(message, argument="rewards", value=f"of shape {table.shape}")
        allowed = None if available is None else np.asarray(available, dtype=bool)
        if allowed is not None and allowed.shape != table.shape:
            message = f"available is of shape {allowed.shape}: must have shape {table.shape}, as rewards"
            raise LengthMismatchError(message, argument="available", value=f"of shape {allowed.shape}")
        self._process = _core.DecisionProcess.from_tables(
            tables, table, None if allowed is None else allowed.ravel().tolist()
        )
        self._actions = names("actions", actions, table.shape[0])
        self._states = names("states", states, table.shape[1])
        self._remake = (_remade, (tables.copy(), table.copy(), allowed, self._states, self._actions))

    @classmethod
    def _made(
        cls,
        process: _core.DecisionProcess,
        states: list[Any],
        actions: list[Any],
        remake: tuple[Callable[..., Any], tuple[Any, ...]],
    ) -> DecisionProcess:
        made = object.__new__(cls)
        made._process, made._states, made._actions, made._remake = process, states, actions, remake
        return made

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return self._remake

    def __repr__(self) -> str:
        return f"DecisionProcess of {len(self._states)} states and {len(self._actions)} actions"

    @property
    def states(self) -> list[Any]:
        """The states."""
        return list(self._states)

    @property
    def actions(self) -> list[Any]:
        """The actions."""
        return list(self._actions)

    def under(self, policy: Sequence[Any]) -> MigrationModel:
        """Give the model of customers under a policy: its value, its variance.

        Parameters
        ----------
        policy : sequence
            The action that is taken in each state.

        Raises
        ------
        OutOfRangeError, NotFoundError, LengthMismatchError
            For an action that the state does not have, or that is not known, with the state.
        """
        model = self._process.under(self._numbers("policy", policy))
        return MigrationModel._made(model, self.states, (DecisionProcess.under, (self, list(policy))))

    def policy_iteration(self, *, discount_rate: Number, start: Sequence[Any] | None = None) -> OptimalPolicy:
        """Give the policy of the largest value over an infinite horizon, in every state at once.

        The value of a policy is solved for, then every state takes the action that is best given it, until none is
        better.

        Parameters
        ----------
        discount_rate : float or Decimal
            d, per period; greater than 0.
        start : sequence, optional
            The policy to start from and compare with; by default the lowest action of each state.

        Raises
        ------
        DivergentError
            For a discount rate of 0 or less.
        """
        first = None if start is None else self._numbers("policy", start)
        found = self._process.policy_iteration(discount_rate, first)
        taken = [self._actions[action] for action in found["policy"]]
        values = {name: np.array(found[name]) for name in ("value", "start_value")}
        return OptimalPolicy(self.states, taken, **values, iterations=found["iterations"])

    def backward_induction(self, *, discount_rate: Number, horizon: int) -> FinitePolicy:
        """Give the best action in each state at each of t = 0, ..., T, from the last period to the first.

        Parameters
        ----------
        discount_rate : float or Decimal
            d, per period; greater than -1.
        horizon : int
            T.
        """
        flat, value = self._process.backward_induction(
            discount_rate, integer("horizon", horizon, greatest=LARGEST_INDEX)
        )
        rows = np.array(flat).reshape(-1, len(self._states))
        actions = [[self._actions[action] for action in row] for row in rows]
        return FinitePolicy(self.states, actions, np.array(value))

    def _numbers(self, argument: str, policy: Sequence[Any]) -> list[int]:
        return [int(place) for place in places(argument, list(policy), self._actions)]


def _remade(
    transitions: Floats, rewards: Floats, available: Any, states: list[Any], actions: list[Any]
) -> DecisionProcess:
    return DecisionProcess(transitions, rewards, available=available, states=states, actions=actions)
