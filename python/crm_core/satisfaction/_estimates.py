"""What answers and counts estimate: rates and means with their errors."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["MeanEstimate", "RateEstimate"]


@dataclass(frozen=True, slots=True)
class RateEstimate:
    """A part of a whole that was counted, with its Wilson interval.

    Attributes
    ----------
    count, base : int
        How many there were, of how many.
    rate : float
        count / base; this and what follows is NaN if there was nobody to count.
    standard_error : float
        The binomial standard error √(p(1 − p)/n).
    lower, upper : float
        The ends of the interval.
    """

    count: int
    base: int
    rate: float
    standard_error: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class MeanEstimate:
    """The mean of answers, with Student's interval.

    Attributes
    ----------
    count : int
        How many answers there are.
    mean : float
        The mean; NaN without answers.
    standard_deviation : float
        s, with n − 1; this and what follows is NaN with fewer than two answers.
    standard_error : float
        s / √n.
    lower, upper : float
        The ends of the interval.
    """

    count: int
    mean: float
    standard_deviation: float
    standard_error: float
    lower: float
    upper: float
