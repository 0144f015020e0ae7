"""The value of customers who move among states by a Markov chain (Pfeifer & Carraway 2000).

A state is what is known of a customer and decides what comes next: the recency of the last purchase, recency and
frequency, a stage of the lifecycle.

=============================================================  ============================================
question                                                       answer
=============================================================  ============================================
what is a customer in each state worth, and how surely?        :class:`MigrationModel`
where will customers be, for how long, where do they end?      :class:`MigrationModel`
which customers are worth a contact?                           :class:`RecencyChain`, :class:`DecisionProcess`
what will buyers bring who come and go?                        :func:`always_a_share`
=============================================================  ============================================

Time is t = 0, 1, 2, ...: the reward of the present state, at t = 0, counts in full, the reward at t is multiplied by
``(1 + d)^(-t)``.

Examples
--------
Value by lifecycle stage, from the stage transitions that :func:`crm_core.lifecycle.infer_stages` counts:

>>> import numpy as np
>>> from crm_core.ledger import Ledger, simulate
>>> from crm_core.lifecycle import Stage, infer_stages
>>> log = simulate(500, seed=7, library="polars")
>>> inferred = infer_stages(Ledger(log, customer="customer", time="time", amount="amount"))
>>> rates = inferred.transitions.rates
>>> matrix = np.where(np.isnan(rates), np.eye(len(rates)), rates)  # a stage that nobody was seen in stays as it is
>>> contribution = [0.0, 20.0, 30.0, 30.0, 5.0, 0.0, 20.0]  # per month, in the order of Stage
>>> by_stage = MigrationModel(matrix, contribution, states=list(Stage)).value(discount_rate=0.01, horizon=120)
>>> by_stage.of([Stage.GROWTH, Stage.DECLINE, Stage.TERMINATION]).round()
array([786., 480., 509.])
"""

from crm_core.clv.migration._chain import Absorption, CohortPath, Structure
from crm_core.clv.migration._decision import DecisionProcess, FinitePolicy, OptimalPolicy
from crm_core.clv.migration._model import MigrationModel, Moments, StateValues
from crm_core.clv.migration._recency import RecencyChain
from crm_core.clv.migration._share import AlwaysAShare, ContactTiming, always_a_share, always_a_share_values

__all__ = [
    "Absorption",
    "AlwaysAShare",
    "CohortPath",
    "ContactTiming",
    "DecisionProcess",
    "FinitePolicy",
    "MigrationModel",
    "Moments",
    "OptimalPolicy",
    "RecencyChain",
    "StateValues",
    "Structure",
    "always_a_share",
    "always_a_share_values",
]
