"""Customers by recency."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from crm_core import _core
from crm_core._options import items
from crm_core.clv.migration._decision import DecisionProcess
from crm_core.clv.migration._model import MigrationModel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from crm_core._columns import Number


class RecencyChain:
    """Customers by recency, the number of periods since the last purchase.

    The states are ``"1"`` (has just bought), ``"2"``, ... and ``"lost"``. A customer of recency j who is contacted buys
    with probability ``repurchase[j - 1]`` and is of recency 1 one period later, else of recency j + 1; who has not
    bought for as many periods as the table has rows is lost.

    Parameters
    ----------
    repurchase : sequence of float or Decimal
        The probability of a purchase by recency.

    Raises
    ------
    EmptyError, OutOfRangeError
        For no probabilities, and what is none, with the row.

    References
    ----------
    Pfeifer & Carraway 2000, "Modeling customer relationships as Markov chains"

    Examples
    --------
    >>> chain = RecencyChain([0.30, 0.20, 0.15, 0.05])
    >>> mail = chain.direct_mail(margin=40, contact_cost=4)
    >>> mail.value(discount_rate=0.2, horizon=float("inf")).value.round(2)
    array([52.32,  5.55,  1.25, -1.82,  0.  ])

    The last contact costs more than it brings. It pays to contact customers of recency 1 to 3:

    >>> best = chain.contact_decision(margin=40, contact_cost=4).policy_iteration(discount_rate=0.2)
    >>> dict(zip(best.states, best.policy))
    {'1': 'contact', '2': 'contact', '3': 'contact', '4': 'no contact', 'lost': 'no contact'}
    >>> best.value.round(2)
    array([53.15,  6.62,  2.64,  0.  ,  0.  ])
    """

    __slots__ = ("_matrix", "_repurchase")

    def __init__(self, repurchase: Iterable[Number]) -> None:
        self._repurchase = items("repurchase", repurchase)
        self._matrix = _core.recency_matrix(self._repurchase)

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return RecencyChain, (self._repurchase,)

    def __repr__(self) -> str:
        return f"RecencyChain({self._repurchase})"

    @property
    def states(self) -> list[str]:
        """The recencies, and ``"lost"``."""
        return [*(str(recency + 1) for recency in range(len(self._repurchase))), "lost"]

    @property
    def transition_matrix(self) -> NDArray[np.float64]:
        """P when every customer who is not lost is contacted."""
        states = len(self._repurchase) + 1
        return np.array(self._matrix).reshape(states, states)

    def direct_mail(self, *, margin: Number, contact_cost: Number) -> MigrationModel:
        """Give the model of direct mail to every customer who is not lost.

        Parameters
        ----------
        margin : float or Decimal
            Contribution of a purchase, in state ``"1"``.
        contact_cost : float or Decimal
            Cost of a contact, in every state but ``"lost"``.
        """
        made = _core.MigrationModel.direct_mail(self._repurchase, margin, contact_cost)
        return MigrationModel._made(made, self.states, (_mail, (self, margin, contact_cost)))

    def contact_decision(self, *, margin: Number, contact_cost: Number) -> DecisionProcess:
        """Give the decision whether to contact a customer of each recency; who is not contacted is lost.

        Parameters are those of :meth:`direct_mail`.
        """
        made = _core.DecisionProcess.contact_decision(self._repurchase, margin, contact_cost)
        remake = (_decision, (self, margin, contact_cost))
        return DecisionProcess._made(made, self.states, ["no contact", "contact"], remake)


def _mail(chain: RecencyChain, margin: Number, contact_cost: Number) -> MigrationModel:
    return chain.direct_mail(margin=margin, contact_cost=contact_cost)


def _decision(chain: RecencyChain, margin: Number, contact_cost: Number) -> DecisionProcess:
    return chain.contact_decision(margin=margin, contact_cost=contact_cost)
