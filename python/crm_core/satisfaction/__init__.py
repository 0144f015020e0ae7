"""Customer satisfaction and how it is measured.

Kano's model tells which attributes are taken for granted and which delight:

>>> counts = KanoCounts(must_be=101, one_dimensional=54, attractive=54, indifferent=81, reverse=3, questionable=3)
>>> profile = counts.profile()
>>> profile.category.label(), round(profile.category_strength, 3), profile.fong.significant
('Must-be', 0.068, True)
"""

from crm_core.satisfaction._attributes import (
    AttributeRegression,
    CoefficientInterval,
    Cut,
    DerivedImportance,
    Importance,
    ImportanceSatisfaction,
    PositiveWeights,
    Quadrant,
    RegressionMethod,
    attribute_intervals,
    attribute_regression,
    derive_importance,
    importance_satisfaction,
    index_weights,
)
from crm_core.satisfaction._estimates import MeanEstimate, RateEstimate
from crm_core.satisfaction._kano import (
    Fong,
    KanoAnalysis,
    KanoAnswer,
    KanoCategory,
    KanoCounts,
    KanoImportance,
    KanoPosition,
    KanoProfile,
    KanoRow,
    KanoRules,
    KanoTally,
    kano,
    kano_evaluate,
)

__all__ = [
    "AttributeRegression",
    "CoefficientInterval",
    "Cut",
    "DerivedImportance",
    "Fong",
    "Importance",
    "ImportanceSatisfaction",
    "KanoAnalysis",
    "KanoAnswer",
    "KanoCategory",
    "KanoCounts",
    "KanoImportance",
    "KanoPosition",
    "KanoProfile",
    "KanoRow",
    "KanoRules",
    "KanoTally",
    "MeanEstimate",
    "PositiveWeights",
    "Quadrant",
    "RateEstimate",
    "RegressionMethod",
    "attribute_intervals",
    "attribute_regression",
    "derive_importance",
    "importance_satisfaction",
    "index_weights",
    "kano",
    "kano_evaluate",
]
