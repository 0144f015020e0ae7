"""The next action for a customer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from crm_core import _core
from crm_core._moments import seconds
from crm_core._options import LARGEST_COUNT, integer, items, member, number, optional_number, wrong_type
from crm_core._tables import frame_of
from crm_core.errors import NotFoundError
from crm_core.units import Category

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import ArrayLike, NDArray

NOTHING = "nothing"
"""The name of the action that is always allowed."""


class ChoiceStrategy(Category):
    """How an action is chosen from what is known of their rewards."""

    THOMPSON = "thompson"
    UPPER_CONFIDENCE = "upper_confidence"
    GREEDY = "greedy"


@dataclass(frozen=True, slots=True)
class ActionScore:
    """What was known of an action when a decision was made.

    Attributes
    ----------
    is_eligible : bool
        Whether the action was allowed.
    mean, standard_error : float
        Expected reward less the cost of the action, and its standard error.
    probability : float
        With which probability it is chosen.
    """

    is_eligible: bool
    mean: float
    standard_error: float
    probability: float


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do next for a customer.

    Attributes
    ----------
    id : int
        The number by which the reward is reported.
    customer : int
        For whom.
    action : str
        What to do; "nothing" is an action.
    probability : float
        With which probability it was chosen: what :func:`evaluate_policy` needs.
    is_control : bool
        Whether the customer is one of those for whom nothing is done, for comparison.
    scores : mapping of str to ActionScore
        What was known of each action.
    """

    id: int
    customer: int
    action: str
    probability: float
    is_control: bool
    scores: Mapping[str, ActionScore]


class _Scores(Mapping[str, ActionScore]):
    """What was known of each action; objects are made of what is looked at, as most decisions are not."""

    __slots__ = ("_actions", "_found")

    def __init__(self, actions: tuple[str, ...], found: list[tuple[bool, float, float, float]]) -> None:
        self._actions, self._found = actions, found

    def __getitem__(self, action: str) -> ActionScore:
        try:
            return ActionScore(*self._found[self._actions.index(action)])
        except ValueError:
            raise KeyError(action) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._actions)

    def __len__(self) -> int:
        return len(self._actions)

    def __repr__(self) -> str:
        return repr(dict(self))


@dataclass(frozen=True, slots=True)
class LoggedReward:
    """A decision with its reward: a row of the log that :func:`evaluate_policy` reads."""

    id: int
    customer: int
    action: str
    probability: float
    reward: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Where the expected reward of an action for a customer comes from; the parts add up to ``mean``.

    Attributes
    ----------
    constant : float
        What is expected whatever the features are.
    contributions : dict of str to float
        What each feature adds.
    leaning : float
        What the customer's own history with this action adds.
    cost : float
        The cost of the action, which is taken off.
    mean, standard_error : float
        Expected reward less the cost, and its standard error.
    """

    constant: float
    contributions: dict[str, float]
    leaning: float
    cost: float
    mean: float
    standard_error: float


@dataclass(frozen=True, slots=True)
class DecisionTable:
    """What to do next for many customers, in their order.

    Attributes
    ----------
    ids : array of int
        The numbers of the decisions, by which rewards are reported.
    actions : array of str
        What to do.
    probabilities : array of float
        With which probability each was chosen.
    is_control : array of bool
        Whether the customer is one of those for whom nothing is done, for comparison.
    """

    ids: NDArray[np.uint64]
    actions: NDArray[np.object_]
    probabilities: NDArray[np.float64]
    is_control: NDArray[np.bool_]


class ActionChooser:
    """Chooses the next action for a customer, and learns from what comes of it (a contextual bandit).

    The reward of an action is linear in the features of the context, with coefficients that all customers share and a
    leaning of each customer on top, in a Bayesian model whose update takes microseconds. To do nothing is always an
    action. The state is one text: :meth:`state` and :meth:`from_state`; it pickles.

    Parameters
    ----------
    actions : iterable of str, or mapping of str to float
        The actions beside doing nothing; with a mapping, what each costs in the unit of rewards.
    features : iterable of str
        The names of the features of a context.
    constant : bool, optional
        Whether a constant is added to the features, for what an action earns whatever they are.
    strategy : ChoiceStrategy, optional
        Thompson sampling, upper confidence bound, or greedy.
    width : float, optional
        Width of the upper confidence bound in standard errors.
    ridge : float, optional
        How strongly coefficients are held at 0 before there are rewards.
    noise : float, optional
        The standard deviation of a reward whose mean is known; 0.5 suits rewards of 0 and 1.
    customer_spread : float, optional
        The standard deviation of a customer's own leaning towards an action; 0 remembers no customer.
    discount : float, optional
        What an earlier reward of the same action still counts when a new one comes.
    exploration : float, optional
        The part of all decisions that go to any allowed action by chance.
    control_share : float, optional
        The part of the customers for whom nothing is done, for comparison; the same customers always.
    reward_window : float, optional
        Days after which a decision without a reward has the reward 0; without it, it waits forever.
    seed : int, optional
        Of the draws: the same seed makes the same decisions.

    References
    ----------
    Li, Chu, Langford & Schapire 2010, algorithm 1; Agrawal & Goyal 2013; Russac, Vernade & Cappe 2019.

    Examples
    --------
    >>> chooser = ActionChooser({"call": 2.0, "voucher": 1.0}, ["orders"], noise=0.5, seed=1)
    >>> decision = chooser.decide(7, {"orders": 3.0}, "2024-03-01T10:00:00", eligible=["voucher"])
    >>> decision.action in ("nothing", "voucher")
    True
    >>> chooser.reward(decision.id, 5.0).customer
    7
    """

    __slots__ = ("_actions", "_chooser", "_constant", "_features")

    _chooser: _core.ActionChooser
    _constant: bool
    _actions: tuple[str, ...]
    _features: tuple[str, ...]

    def __init__(
        self,
        actions: Iterable[str] | Mapping[str, float],
        features: Iterable[str],
        *,
        strategy: ChoiceStrategy | str = ChoiceStrategy.THOMPSON,
        width: float = 1.0,
        ridge: float = 1.0,
        noise: float = 1.0,
        customer_spread: float = 0.0,
        discount: float = 1.0,
        exploration: float = 0.02,
        control_share: float = 0.0,
        reward_window: float | None = None,
        seed: int = 0,
        constant: bool = True,
    ) -> None:
        names = items("actions", actions)
        given: Any = actions if hasattr(actions, "keys") else dict.fromkeys(names, 0.0)
        costs = [number("cost", given[name]) for name in names]
        options = {
            "actions": [{"name": str(name), "cost": cost} for name, cost in zip(names, costs, strict=True)],
            "features": [str(name) for name in items("features", features)],
            "constant": bool(constant),
            "strategy": member("strategy", ChoiceStrategy, strategy).value,
            "width": number("width", width),
            "ridge": number("ridge", ridge),
            "noise": number("noise", noise),
            "customer_spread": number("customer_spread", customer_spread),
            "discount": number("discount", discount),
            "exploration": number("exploration", exploration),
            "control_share": number("control_share", control_share),
            "reward_window": optional_number("reward_window", reward_window),
            "seed": integer("seed", seed, 0, LARGEST_COUNT),
        }
        self._chooser = _core.ActionChooser(json.dumps(options))
        self._name(options)

    def _name(self, options: dict[str, Any]) -> None:
        self._actions = (NOTHING, *(action["name"] for action in options["actions"]))
        self._features = tuple(options["features"])
        self._constant = options["constant"]

    @classmethod
    def from_state(cls, state: str) -> ActionChooser:
        """Go on as the chooser that wrote its state.

        Raises
        ------
        UnreadableError
            For a text that is no state, or of another version.
        """
        made = cls.__new__(cls)
        made._chooser = _core.ActionChooser.from_state(state)
        made._name(json.loads(made._chooser.options()))
        return made

    def state(self) -> str:
        """Write the whole state."""
        return self._chooser.state()

    @property
    def actions(self) -> tuple[str, ...]:
        """The names of the actions, doing nothing first."""
        return self._actions

    @property
    def features(self) -> tuple[str, ...]:
        """The names of the features."""
        return self._features

    @property
    def observations(self) -> dict[str, int]:
        """Rewards seen for each action."""
        return dict(zip(self._actions, self._chooser.observations(), strict=True))

    @property
    def pending(self) -> int:
        """Decisions that wait for their reward."""
        return self._chooser.pending()

    @property
    def coefficients(self) -> dict[str, dict[str, float]]:
        """The coefficients of each action's reward, the constant first if there is one."""
        names = ("constant", *self._features) if self._constant else self._features
        each = zip(self._actions, self._chooser.coefficients(), strict=True)
        return {action: dict(zip(names, values, strict=True)) for action, values in each}

    def decide(self, customer: int, features: Any, at: Any, *, eligible: Iterable[str] | None = None) -> Decision:
        """Choose an action for a customer.

        Parameters
        ----------
        customer : int
            The number of the customer.
        features : mapping of str to float, or sequence of float
            The context.
        at : datetime or str
            When.
        eligible : iterable of str, optional
            The actions that are allowed; all unless told. To do nothing always is.
        """
        if eligible is None:
            flags = [True] * (len(self._actions) - 1)
        else:
            allowed = set(items("eligible", eligible))
            for name in allowed:
                self._place("eligible", name)
            flags = [name in allowed for name in self._actions[1:]]
        found = self._chooser.decide(_customer(customer), self._context(features), flags, seconds("at", at))
        id_, whose, action, probability, is_control, scores = found
        actions = self._actions
        return Decision(id_, whose, actions[action], probability, is_control, _Scores(actions, scores))

    def decide_each(
        self, customers: ArrayLike, features: Any, at: Any, *, eligible: ArrayLike | None = None
    ) -> DecisionTable:
        """Choose an action for each of many customers: the decisions of :meth:`decide`, one after the other.

        Parameters
        ----------
        customers : array of int
            The numbers of the customers.
        features : table or array
            The contexts: a row for each customer, with a column for each feature.
        at : datetime or str
            When.
        eligible : array of bool, optional
            A row for each customer, with a column for each action beside doing nothing: whether it is allowed.

        Examples
        --------
        >>> chooser = ActionChooser(["call", "voucher"], ["orders"], seed=1)
        >>> made = chooser.decide_each([7, 8, 9], [[3.0], [0.0], [1.0]], "2024-03-01")
        >>> len(made.actions), made.ids.tolist(), chooser.pending
        (3, [0, 1, 2], 3)
        """
        whose = [_customer(customer) for customer in np.asarray(customers).tolist()]
        if hasattr(features, "columns"):
            frame = frame_of(features)
            features = np.column_stack([frame[name].to_numpy() for name in self._features])
        contexts = np.ascontiguousarray(features, np.float64)
        shape = (len(whose), len(self._actions) - 1)
        allowed = np.ones(shape, bool) if eligible is None else np.asarray(eligible, bool)
        found = self._chooser.decide_each(whose, contexts.ravel(), allowed.ravel().tolist(), seconds("at", at))
        ids, actions, probabilities, is_control = found
        return DecisionTable(
            np.array(ids, np.uint64),
            np.array(self._actions, dtype=object)[np.array(actions, np.int64)],
            np.array(probabilities),
            np.array(is_control, bool),
        )

    def reward(self, decision: int, reward: float) -> LoggedReward:
        """Learn what a decision earned, in any order and at any time before the reward window ends.

        Raises
        ------
        NotFoundError
            For a decision that does not wait for a reward.
        """
        number_ = integer("decision", decision, 0, LARGEST_COUNT)
        return self._logged(self._chooser.reward(number_, number("reward", reward)))

    def expire(self, now: Any) -> list[LoggedReward]:
        """Give the reward 0 to all decisions that have waited for longer than the reward window."""
        return [self._logged(each) for each in self._chooser.expire(seconds("now", now))]

    def expected(self, customer: int, features: Any) -> dict[str, float]:
        """Return the expected reward less cost of each action for a customer."""
        means = self._chooser.expected(_customer(customer), self._context(features))
        return dict(zip(self._actions, means, strict=True))

    def explain(self, customer: int, features: Any, action: str) -> Explanation:
        """Tell where the score of an action comes from."""
        place = self._place("action", action)
        found = self._chooser.explain(_customer(customer), self._context(features), place)
        constant, contributions, leaning, cost, mean, error = found
        named = dict(zip(self._features, contributions, strict=True))
        return Explanation(constant, named, leaning, cost, mean, error)

    def is_control(self, customer: int) -> bool:
        """Whether the customer is one of those for whom nothing is done."""
        return self._chooser.is_control(_customer(customer))

    def erase(self, customer: int) -> int:
        """Forget all that is kept of one customer; return how many entries there were."""
        return self._chooser.erase(_customer(customer))

    def _place(self, argument: str, action: str) -> int:
        if action not in self._actions:
            message = f"{argument} is {action!r}: must be one of {', '.join(self._actions)}"
            raise NotFoundError(message, argument=argument, value=repr(action))
        return self._actions.index(action)

    def _context(self, features: Any) -> list[float]:
        if isinstance(features, np.ndarray) and features.dtype == np.float64:
            values: list[float] = features.ravel().tolist()
            return values
        if hasattr(features, "keys"):
            missing = [name for name in self._features if name not in features]
            if missing:
                message = f"features: has no {missing[0]!r}"
                raise NotFoundError(message, argument="features", value=repr(missing[0]))
            return [number("features", features[name]) for name in self._features]
        if isinstance(features, (str, bytes)):
            raise wrong_type("features", features, "a mapping or a sequence of numbers")
        return [number("features", value) for value in np.asarray(features, dtype=object).ravel()]

    def _logged(self, found: tuple[int, int, int, float, float]) -> LoggedReward:
        id_, customer, action, probability, reward = found
        return LoggedReward(id_, customer, self._actions[action], probability, reward)

    def __reduce__(self) -> tuple[object, ...]:
        return (ActionChooser.from_state, (self.state(),))

    def __repr__(self) -> str:
        return f"<ActionChooser of {len(self._actions)} actions, {sum(self._chooser.observations())} rewards seen>"


def _customer(customer: Any) -> int:
    return integer("customer", customer, 0, LARGEST_COUNT)
