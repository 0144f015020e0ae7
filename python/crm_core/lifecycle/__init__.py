"""The customer lifecycle: from the first contact until everything about the relationship is over.

======================================  ==========================================================
part                                    what it answers
======================================  ==========================================================
:class:`Stage`, :class:`Event`          which stages there are, and what moves a customer
:class:`History`                        when a customer was in which stage
:func:`churn_rate`, :func:`kaplan_meier`  how long do customers stay?
:func:`stage_economics`                 what does each stage cost and bring?
:func:`infer_stages`                    which stage is each customer in, by rules?
:func:`current_stages`                  the same for the stage now, without histories, faster
:class:`HiddenMarkov`                   which stage is each customer in, by a hidden Markov model?
:func:`stage_values`                    what is a customer in each stage worth?
======================================  ==========================================================
"""

from __future__ import annotations

from crm_core._kernels import expected_tenure, survival_probability
from crm_core.lifecycle._economics import return_on_spend, stage_curve, stage_economics
from crm_core.lifecycle._hidden_markov import (
    DecodedStates,
    EmissionFamily,
    EmOptions,
    EmStatus,
    HiddenMarkov,
    ParameterUncertainty,
)
from crm_core.lifecycle._history import Entry, History
from crm_core.lifecycle._inference import (
    Population,
    RuleOptions,
    StageInference,
    StageTransitions,
    current_stages,
    infer_stages,
)
from crm_core.lifecycle._stages import (
    TRANSITIONS,
    Event,
    Mark,
    Marks,
    Stage,
    StageMeasure,
    StageRule,
    Transition,
)
from crm_core.lifecycle._tenure import (
    Churn,
    ChurnTable,
    KaplanMeier,
    RestrictedMean,
    churn_rate,
    churn_rates,
    kaplan_meier,
)
from crm_core.lifecycle._values import StageValues, stage_values, values_of_moves

__all__ = [
    "TRANSITIONS",
    "Churn",
    "ChurnTable",
    "DecodedStates",
    "EmOptions",
    "EmStatus",
    "EmissionFamily",
    "Entry",
    "Event",
    "HiddenMarkov",
    "History",
    "KaplanMeier",
    "Mark",
    "Marks",
    "ParameterUncertainty",
    "Population",
    "RestrictedMean",
    "RuleOptions",
    "Stage",
    "StageInference",
    "StageMeasure",
    "StageRule",
    "StageTransitions",
    "StageValues",
    "Transition",
    "churn_rate",
    "churn_rates",
    "current_stages",
    "expected_tenure",
    "infer_stages",
    "kaplan_meier",
    "return_on_spend",
    "stage_curve",
    "stage_economics",
    "stage_values",
    "survival_probability",
    "values_of_moves",
]
