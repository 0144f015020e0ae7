"""How many answers a precision needs, and what precision a budget buys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crm_core import _core
from crm_core._options import number, optional_number
from crm_core.errors import WrongTypeError
from crm_core.survey._reading import count, numbers


@dataclass(frozen=True, slots=True)
class RequiredSize:
    """How many to ask.

    Attributes
    ----------
    answers : int
        Answers that are needed.
    invitations : int
        Customers to invite: answers / response rate.
    """

    answers: int
    invitations: int


@dataclass(frozen=True, slots=True)
class AffordableSize:
    """What a budget buys.

    Attributes
    ----------
    invitations : int
        Customers that can be invited.
    answers : int
        Answers to expect of them.
    margin : float
        Half-width of the interval.
    """

    invitations: int
    answers: int
    margin: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveySize:
    """A survey before it is made.

    The interval of a mean has the half-width e = z sqrt(deff (1/n - 1/N) S^2); for a proportion S^2 is
    p (1 - p) N / (N - 1).

    Attributes
    ----------
    proportion : float, optional
        The share that is to be estimated, as it is expected; 0.5 is the most cautious.
    standard_deviation : float, optional
        Of the variable whose mean is to be estimated, instead.
    confidence : float
        Of the interval.
    population : int, optional
        Units of the population; by default far more than any sample.
    response_rate : float
        Share of those asked who answer.
    design_effect : float
        Variance over that of a simple random sample.
    subgroups : sequence of float
        Shares of the population of the subgroups that each need the precision.

    References
    ----------
    Cochran 1977, "Sampling Techniques", sections 4.4 and 4.6; Kish 1965, "Survey Sampling", section 8.2.

    Examples
    --------
    >>> SurveySize(proportion=0.5).required(margin=0.05).answers
    385
    >>> SurveySize(standard_deviation=12.5, population=500).required(margin=1)
    RequiredSize(answers=273, invitations=273)
    """

    proportion: float | None = None
    standard_deviation: float | None = None
    confidence: float = 0.95
    population: int | None = None
    response_rate: float = 1.0
    design_effect: float = 1.0
    subgroups: Sequence[float] = ()

    def required(self, margin: float) -> RequiredSize:
        """Find the size that estimates the target to plus or minus ``margin``, in each subgroup where there are some.

        Raises
        ------
        OutOfRangeError, NotFiniteError
            For numbers outside their range.
        """
        return RequiredSize(*_core.survey_size_required(self._parts, number("margin", margin)))

    def margin(self, answers: int) -> float:
        """Find the half-width of the interval of this many answers; in the smallest subgroup where there are some.

        Raises
        ------
        OutOfRangeError
            For no answers, or more than the population.
        """
        return _core.survey_size_margin(self._parts, count("answers", answers))

    def affordable(
        self, budget: float, *, fixed: float = 0.0, per_invitation: float = 0.0, per_answer: float = 0.0
    ) -> AffordableSize:
        """Find how many a budget can ask, and how precise that is.

        Parameters
        ----------
        budget : float
            In any unit of money.
        fixed, per_invitation, per_answer : float
            What the survey costs, in the same unit.

        Raises
        ------
        OutOfRangeError
            For a budget that buys no answer.
        """
        cost = (number("fixed", fixed), number("per_invitation", per_invitation), number("per_answer", per_answer))
        return AffordableSize(*_core.survey_size_affordable(self._parts, number("budget", budget), cost))

    @property
    def _parts(self) -> dict[str, Any]:
        if (self.proportion is None) == (self.standard_deviation is None):
            message = "proportion: give it, or standard_deviation, but not both"
            raise WrongTypeError(message, argument="proportion")
        deviation = self.standard_deviation
        return {
            "standard_deviation": optional_number("standard_deviation", deviation),
            "proportion": 0.5 if self.proportion is None else number("proportion", self.proportion),
            "confidence": number("confidence", self.confidence),
            "population": None if self.population is None else count("population", self.population),
            "response_rate": number("response_rate", self.response_rate),
            "design_effect": number("design_effect", self.design_effect),
            "subgroups": numbers("subgroups", self.subgroups),
        }
