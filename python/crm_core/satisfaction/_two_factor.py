"""Hygiene factors and motivators by penalty–reward contrast analysis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from crm_core import _core
from crm_core._columns import read
from crm_core.units import Category
from crm_core.value._codes import check_index

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crm_core._columns import Column, Number

__all__ = [
    "ContrastAnalysis",
    "ContrastAttribute",
    "ContrastEffect",
    "SatisfactionFactor",
    "penalty_reward_contrast",
]


class SatisfactionFactor(Category):
    """What kind of factor of satisfaction an attribute is: hygiene, both, motivator, or without proven effect."""

    BASIC = "basic"
    PERFORMANCE = "performance"
    EXCITEMENT = "excitement"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True)
class ContrastEffect:
    """A coefficient of the regression, with Student's test of 0.

    Attributes
    ----------
    estimate, standard_error : float
        How far overall satisfaction is moved.
    t, p_value : float
        estimate / standard_error, and its two-sided probability.
    lower, upper : float
        Student's interval.
    """

    estimate: float
    standard_error: float
    t: float
    p_value: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class ContrastAttribute:
    """Penalty and reward of one attribute.

    Attributes
    ----------
    attribute : str
        Its name.
    poor, good : int
        Respondents who find it poor, and good.
    penalty, reward : ContrastEffect
        The effect of a poor attribute, usually negative, and of a good one, usually positive.
    asymmetry : ContrastEffect
        Reward + penalty: positive where the reward is larger than the penalty.
    factor : SatisfactionFactor
        Basic with a proven penalty only, excitement with a proven reward only, performance with both.
    """

    attribute: str
    poor: int
    good: int
    penalty: ContrastEffect
    reward: ContrastEffect
    asymmetry: ContrastEffect
    factor: SatisfactionFactor


@dataclass(frozen=True, slots=True)
class ContrastAnalysis:
    """The regression of overall satisfaction, and its attributes.

    Attributes
    ----------
    respondents, missing : int
        Respondents who answered all, and who left something out.
    intercept : ContrastEffect
        Overall satisfaction where every attribute is in between.
    attributes : tuple of ContrastAttribute
        In the order given.
    r_squared, adjusted_r_squared : float
        Part of the variance that is explained, and the same corrected for the number of coefficients.
    r_squared_lower, r_squared_upper : float
        The interval of the part that is explained, with dummies taken for fixed (Steiger & Fouladi 1997).
    residual_standard_error : float
        Standard deviation of the residuals.
    degrees_of_freedom : int
        Respondents less coefficients.
    """

    respondents: int
    missing: int
    intercept: ContrastEffect
    attributes: tuple[ContrastAttribute, ...]
    r_squared: float
    r_squared_lower: float
    r_squared_upper: float
    adjusted_r_squared: float
    residual_standard_error: float
    degrees_of_freedom: int


def penalty_reward_contrast(
    overall: Column,
    attributes: Mapping[str, Any],
    *,
    poor: Number,
    good: Number,
    significance: Number,
    confidence: Number = 0.95,
) -> ContrastAnalysis:
    """Tell which attributes dissatisfy when they are poor, and which satisfy when they are good.

    Overall satisfaction is regressed on two dummy variables for each attribute: it is poor, it is good. Their
    coefficients are penalty and reward, each against an attribute in between.

    Parameters
    ----------
    overall : column
        Overall satisfaction.
    attributes : mapping of str to column
        The ratings of each attribute. Respondents who left something out are counted as missing.
    poor, good : float
        A rating up to the one is poor, from the other on good.
    significance : float
        A penalty or a reward is proven if its two-sided p-value is at most this.
    confidence : float
        Level of the intervals.

    Raises
    ------
    NoSolutionError
        For too few respondents, and for dummies that are constant or collinear.

    References
    ----------
    Brandt (1987); Matzler & Sauerwein (2002), "The factor structure of customer satisfaction", International Journal of
    Service Industry Management 13(4).

    Examples
    --------
    >>> clean = [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    >>> overall = [2, 2.5, 2.2, 2, 6, 6.4, 6.2, 6, 6.1, 6.3]
    >>> found = penalty_reward_contrast(overall, {"clean": clean}, poor=2, good=4, significance=0.05)
    >>> found.attributes[0].factor
    <SatisfactionFactor.BASIC: 'basic'>
    """
    names = list(attributes)
    check_index(overall=overall, **{f"attributes[{j}]": attributes[name] for j, name in enumerate(names)})
    values = [np.ascontiguousarray(read("attributes", attributes[name]).values) for name in names]
    ratings = np.ascontiguousarray(read("overall", overall).values)
    found = _core.penalty_reward_contrast(ratings, values, poor, good, significance, confidence)
    rows = zip(names, found.pop("attributes"), strict=True)
    made = tuple(ContrastAttribute(attribute=name, **_typed(row)) for name, row in rows)
    return ContrastAnalysis(attributes=made, intercept=ContrastEffect(**found.pop("intercept")), **found)


def _typed(row: dict[str, Any]) -> dict[str, Any]:
    effects = {name: ContrastEffect(**row[name]) for name in ("penalty", "reward", "asymmetry")}
    return {**row, **effects, "factor": SatisfactionFactor(row["factor"])}
