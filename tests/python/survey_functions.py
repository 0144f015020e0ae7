"""The functions of crm_core.survey that vectors may name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crm_core import survey
from crm_core.survey import Allocation, Sample, SurveySize

if TYPE_CHECKING:
    from collections.abc import Callable


def survey_estimate(
    design: dict[str, Any], estimator: str, values: list[Any], denominator: list[float] | None = None, **rest: Any
) -> Any:
    kind, *_ = design.values()
    sample = getattr(Sample, kind)(**{name: value for name, value in design.items() if name != "kind"})
    columns = [values] if denominator is None else [values, denominator]
    return getattr(sample, estimator)(*columns, **rest)


def survey_domain_means(design: dict[str, Any], values: list[float], domains: list[int], confidence: float) -> Any:
    kind, *rest = design.values()
    return getattr(Sample, kind)(*rest).domain_means(values, domains, confidence=confidence)


def survey_allocate(size: int, allocation: str, populations: list[int], **rest: Any) -> Any:
    return survey.allocate(populations, size, Allocation(allocation), **rest)


def plan(target: str, spread: float, rest: dict[str, Any]) -> SurveySize:
    names = ("confidence", "population", "response_rate", "design_effect", "subgroups")
    kind = {"mean": "standard_deviation", "proportion": "proportion"}[target]
    return SurveySize(**{kind: spread}, **{name: rest.pop(name) for name in names if name in rest})


def survey_size(target: str, spread: float, **rest: Any) -> Any:
    return plan(target, spread, rest).required(**rest)


def survey_margin(target: str, spread: float, **rest: Any) -> Any:
    return plan(target, spread, rest).margin(**rest)


def survey_affordable(target: str, spread: float, **rest: Any) -> Any:
    return plan(target, spread, rest).affordable(**rest)


def survey_nonresponse(weights: list[float], cells: list[int], count: int, answered: list[bool]) -> Any:
    assert max(cells) < count
    return survey.adjust_for_nonresponse(weights, cells, answered)


def survey_rake(weights: list[float], margins: list[dict[str, Any]], **options: Any) -> Any:
    return survey.rake(weights, [(margin["categories"], margin["targets"]) for margin in margins], **options)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "survey_affordable": survey_affordable,
    "survey_allocate": survey_allocate,
    "survey_domain_means": survey_domain_means,
    "survey_estimate": survey_estimate,
    "survey_margin": survey_margin,
    "survey_nonresponse": survey_nonresponse,
    "survey_rake": survey_rake,
    "survey_reliability": survey.reliability,
    "survey_reliability_intervals": survey.reliability_intervals,
    "survey_size": survey_size,
    "survey_trim": survey.trim,
    "survey_weight_effect": survey.weight_effect,
}
