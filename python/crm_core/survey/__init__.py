"""Surveys of customers: how many to ask, whom, what the answers say of all, and how well the scales measure.

Units, strata, clusters and categories are counted from 0; columns have one row per respondent.

A share of one half, to 5 points with 95 % confidence, of 2000 customers of whom 40 % answer:

>>> size = SurveySize(proportion=0.5, population=2000, response_rate=0.4).required(margin=0.05)
>>> size.answers, size.invitations
(323, 808)

Whom to ask, and what the answers say:

>>> drawn = SimpleRandom(population=2000, size=4).draw(seed=1)
>>> len(drawn.unit), float(drawn.weight[0])
(4, 500.0)
>>> estimate = Sample.simple_random(4, population=2000).mean([6, 7, 9, 10])
>>> estimate.value, round(estimate.standard_error, 4)
(8.0, 0.912)
"""

from crm_core.survey._bootstrap import BootstrapInterval
from crm_core.survey._design import (
    Allocation,
    Clusters,
    Drawn,
    ProportionalToSize,
    Replacement,
    SimpleRandom,
    Stratified,
    Systematic,
    SystematicInterval,
    allocate,
)
from crm_core.survey._sample import Estimate, Sample, SystematicVariance
from crm_core.survey._scale import (
    Item,
    ItemIntervals,
    Reliability,
    ReliabilityIntervals,
    reliability,
    reliability_intervals,
)
from crm_core.survey._size import AffordableSize, RequiredSize, SurveySize
from crm_core.survey._weighting import (
    Raking,
    WeightEffect,
    adjust_for_nonresponse,
    rake,
    trim,
    weight_effect,
)

__all__ = [
    "AffordableSize",
    "Allocation",
    "BootstrapInterval",
    "Clusters",
    "Drawn",
    "Estimate",
    "Item",
    "ItemIntervals",
    "ProportionalToSize",
    "Raking",
    "Reliability",
    "ReliabilityIntervals",
    "Replacement",
    "RequiredSize",
    "Sample",
    "SimpleRandom",
    "Stratified",
    "SurveySize",
    "Systematic",
    "SystematicInterval",
    "SystematicVariance",
    "WeightEffect",
    "adjust_for_nonresponse",
    "allocate",
    "rake",
    "reliability",
    "reliability_intervals",
    "trim",
    "weight_effect",
]
