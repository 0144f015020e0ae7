"""How structural models are fitted, and how a fit went."""

from __future__ import annotations

from dataclasses import dataclass

from crm_core._options import LARGEST_INDEX, integer, member, number
from crm_core.units import Category


class InnerScheme(Category):
    """How the inner proxy of a construct weighs its neighbours."""

    PATH = "path"
    """Drivers by their regression coefficients, what it drives by their correlations."""
    CENTROID = "centroid"
    """By the sign of their correlations."""
    FACTORIAL = "factorial"
    """By their correlations."""


class MissingAnswers(Category):
    """What stands for a missing answer."""

    MEAN = "mean"
    """The mean of the answers to the same question."""
    LISTWISE = "listwise"
    """Nothing: respondents with a missing answer are left out."""
    EM = "em"
    """What the other answers let expect, by the EM algorithm."""


class Estimator(Category):
    """What constructs are taken for."""

    PLAIN = "plain"
    """Composites of their indicators: plain PLS."""
    CONSISTENT = "consistent"
    """Common factors, where they are measured in mode A by several indicators: PLSc."""


class HigherOrder(Category):
    """What is estimated in the place of a construct that is measured by constructs."""

    TWO_STAGE = "two_stage"
    """First its components take its paths, then their indices measure it."""
    REPEATED_INDICATORS = "repeated_indicators"
    """All indicators of its components measure it once more; it drives them, or in mode B they drive it."""


class PlsStatus(Category):
    """How the iteration ended."""

    CONVERGED = "converged"
    ITERATION_LIMIT = "iteration_limit"


@dataclass(frozen=True, slots=True)
class FitReport:
    """How a fit went.

    Attributes
    ----------
    status : PlsStatus
        Whether the weights settled.
    iterations : int
        Until they did.
    last_change : float
        The sum of the absolute changes of all weights in the last iteration.
    observations : float
        The sum of the weights of the respondents that were used.
    rows_used, rows_dropped : int
        Respondents that were used, and those left out for missing answers.
    gof : float
        Goodness of fit: the root of mean communality times mean R².
    srmr_saturated, srmr_estimated : float
        Standardised root mean square residual, with the correlations of the constructs as they are, and with those that
        the paths imply.
    """

    status: PlsStatus
    iterations: int
    last_change: float
    observations: float
    rows_used: int
    rows_dropped: int
    gof: float
    srmr_saturated: float
    srmr_estimated: float


@dataclass(frozen=True, slots=True)
class PlsOptions:
    """How a model is fitted.

    Attributes
    ----------
    scheme : InnerScheme
        How the inner proxy of a construct weighs its neighbours.
    estimator : Estimator
        Composites, or common factors (PLSc).
    missing : MissingAnswers
        What stands for a missing answer.
    higher_order : HigherOrder
        How constructs of constructs are fitted.
    tolerance : float
        The iteration stops when the absolute changes of all weights sum to less.
    max_iterations : int
        After so many it stops anyhow, and says so.
    """

    scheme: InnerScheme = InnerScheme.PATH
    estimator: Estimator = Estimator.PLAIN
    missing: MissingAnswers = MissingAnswers.MEAN
    higher_order: HigherOrder = HigherOrder.TWO_STAGE
    tolerance: float = 1e-7
    max_iterations: int = 300

    def __post_init__(self) -> None:
        kinds = {
            "scheme": InnerScheme,
            "estimator": Estimator,
            "missing": MissingAnswers,
            "higher_order": HigherOrder,
        }
        for name, kind in kinds.items():
            object.__setattr__(self, name, member(name, kind, getattr(self, name)))
        object.__setattr__(self, "tolerance", number("tolerance", self.tolerance))
        integer("max_iterations", self.max_iterations, 0, LARGEST_INDEX)
