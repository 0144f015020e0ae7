"""The functions that vectors may name, beside the kernels.

A module that has functions other than kernels registers them here, under the name that is common to
all languages. A function takes the arguments of the case by name and gives back what the case expects:
a number, a list or a dict.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attribute_functions
import capability_functions
import classification_functions
import clv_functions
import estimation_functions
import hidden_markov_functions
import identify_functions
import idic_functions
import indicators_functions
import kano_functions
import ledger_functions
import lifecycle_functions
import loyalty_functions
import migration_functions
import pipeline_functions
import prediction_contractual_functions
import prediction_covariates_functions
import prediction_functions
import prediction_intervals_functions
import prediction_spend_functions
import satisfaction_functions
import satisfaction_process_functions
import service_functions
import structural_functions
import survey_functions
import switching_functions
import uncertainty_functions
import value_functions

if TYPE_CHECKING:
    from collections.abc import Callable

FUNCTIONS: dict[str, Callable[..., Any]] = {
    **capability_functions.FUNCTIONS,
    **attribute_functions.FUNCTIONS,
    **classification_functions.FUNCTIONS,
    **clv_functions.FUNCTIONS,
    **indicators_functions.FUNCTIONS,
    **idic_functions.FUNCTIONS,
    **pipeline_functions.FUNCTIONS,
    **identify_functions.FUNCTIONS,
    **kano_functions.FUNCTIONS,
    **service_functions.FUNCTIONS,
    **ledger_functions.FUNCTIONS,
    **prediction_contractual_functions.FUNCTIONS,
    **prediction_covariates_functions.FUNCTIONS,
    **prediction_spend_functions.FUNCTIONS,
    **estimation_functions.FUNCTIONS,
    **hidden_markov_functions.FUNCTIONS,
    **structural_functions.FUNCTIONS,
    **survey_functions.FUNCTIONS,
    **satisfaction_functions.FUNCTIONS,
    **satisfaction_process_functions.FUNCTIONS,
    **switching_functions.FUNCTIONS,
    **uncertainty_functions.FUNCTIONS,
    **lifecycle_functions.FUNCTIONS,
    **loyalty_functions.FUNCTIONS,
    **migration_functions.FUNCTIONS,
    **prediction_functions.FUNCTIONS,
    **prediction_intervals_functions.FUNCTIONS,
    **value_functions.FUNCTIONS,
}
