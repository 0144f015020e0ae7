"""Customer satisfaction and how it is measured.

Satisfaction is what was perceived, over what was expected:

>>> satisfaction_degree(8, 9)
1.125

Customers show it by what they do, and rates have their intervals:

>>> round(behavioural_rate("repeat", 10, 50).upper, 3)
0.33

Kano's model tells which attributes are taken for granted and which delight:

>>> counts = KanoCounts(must_be=101, one_dimensional=54, attractive=54, indifferent=81, reverse=3, questionable=3)
>>> profile = counts.profile()
>>> profile.category.label(), round(profile.category_strength, 3), profile.fong.significant
('Must-be', 0.068, True)
"""

from crm_core._kernels import (
    arc_elasticity,
    delivered_value,
    delivered_value_ratio,
    disconfirmation,
    satisfaction_degree,
)
from crm_core.satisfaction._attributes import (
    AttributeRegression,
    Cut,
    DerivedImportance,
    Importance,
    ImportanceIntervals,
    ImportanceSatisfaction,
    PositiveWeights,
    Quadrant,
    RegressionIntervals,
    RegressionMethod,
    attribute_intervals,
    attribute_regression,
    derive_importance,
    importance_intervals,
    importance_satisfaction,
    index_weights,
)
from crm_core.satisfaction._degree import (
    SatisfactionFacet,
    SatisfactionSummary,
    SatisfactionVerdict,
    satisfaction,
    satisfaction_by_facet,
    satisfaction_verdict,
    weighted_degrees,
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
from crm_core.satisfaction._measures import (
    BehaviouralMeasure,
    DeliveredValue,
    DeliveredValueEffect,
    DeliveredValueItem,
    ExpectationModel,
    ExpectationPoint,
    LogisticResponse,
    behavioural_rate,
    delivered_value_effects,
    purchase_amount,
)
from crm_core.satisfaction._price import (
    InconsistentPrices,
    PriceInterval,
    PriceIntervals,
    PriceRange,
    PriceSensitivity,
    price_sensitivity,
)
from crm_core.satisfaction._two_factor import (
    ContrastAnalysis,
    ContrastAttribute,
    ContrastEffect,
    SatisfactionFactor,
    penalty_reward_contrast,
)

__all__ = [
    "AttributeRegression",
    "BehaviouralMeasure",
    "ContrastAnalysis",
    "ContrastAttribute",
    "ContrastEffect",
    "Cut",
    "DeliveredValue",
    "DeliveredValueEffect",
    "DeliveredValueItem",
    "DerivedImportance",
    "ExpectationModel",
    "ExpectationPoint",
    "Fong",
    "Importance",
    "ImportanceIntervals",
    "ImportanceSatisfaction",
    "InconsistentPrices",
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
    "LogisticResponse",
    "MeanEstimate",
    "PositiveWeights",
    "PriceInterval",
    "PriceIntervals",
    "PriceRange",
    "PriceSensitivity",
    "Quadrant",
    "RateEstimate",
    "RegressionIntervals",
    "RegressionMethod",
    "SatisfactionFacet",
    "SatisfactionFactor",
    "SatisfactionSummary",
    "SatisfactionVerdict",
    "arc_elasticity",
    "attribute_intervals",
    "attribute_regression",
    "behavioural_rate",
    "delivered_value",
    "delivered_value_effects",
    "delivered_value_ratio",
    "derive_importance",
    "disconfirmation",
    "importance_intervals",
    "importance_satisfaction",
    "index_weights",
    "kano",
    "kano_evaluate",
    "penalty_reward_contrast",
    "price_sensitivity",
    "purchase_amount",
    "satisfaction",
    "satisfaction_by_facet",
    "satisfaction_degree",
    "satisfaction_verdict",
    "weighted_degrees",
]
