"""Customer value: who brings the profit, and how customers are told apart by it.

Concentration of profit (80/20, Lorenz curve, Gini), tiers and the customer pyramid, four types by
current and potential value, recency-frequency-monetary scores and segments, indicators of value and their
composite index, value disciplines.

>>> profit = [50.0, -20.0, 30.0, 0.0, 40.0]
>>> base = Concentration(profit)
>>> base.top_share(0.4)
0.9
>>> ValueGroups.fit(profit).assign(profit).tolist()
['very_high', 'very_low', 'moderate', 'low', 'high']

Columns are NumPy arrays, Series of pandas or polars, or pyarrow arrays; results are of the same kind.
A customer's tier, type or score depends on the customer's own value and on visible cut points alone, so
equal customers are always treated alike. Columns must have no missing values.
"""

from crm_core.value._concentration import Concentration, Curve, CurvePoint, Interval
from crm_core.value._cuts import Cuts, Direction
from crm_core.value._disciplines import DisciplineProfile, ValueDiscipline, discipline_profile
from crm_core.value._index import CompositeIndex, Normalisation, Weighting
from crm_core.value._indicators import (
    ContactKind,
    Indicator,
    IndicatorGroup,
    IndicatorUnit,
    contact_indicators,
    financial_indicators,
    transaction_indicators,
)
from crm_core.value._rfm import Rfm, RfmGrid, RfmScores, RfmSegment, SegmentRule, rfm, rfm_grid
from crm_core.value._tiers import (
    Group,
    Migration,
    Pyramid,
    PyramidTier,
    ValueGroup,
    ValueGroups,
    group_table,
    tier_migration,
)
from crm_core.value._types import (
    CustomerType,
    CutMethod,
    CutRule,
    customer_types,
    k_means_cut,
    otsu_cut,
    quantile_cut,
)

__all__ = [
    "CompositeIndex",
    "Concentration",
    "ContactKind",
    "Curve",
    "CurvePoint",
    "CustomerType",
    "CutMethod",
    "CutRule",
    "Cuts",
    "Direction",
    "DisciplineProfile",
    "Group",
    "Indicator",
    "IndicatorGroup",
    "IndicatorUnit",
    "Interval",
    "Migration",
    "Normalisation",
    "Pyramid",
    "PyramidTier",
    "Rfm",
    "RfmGrid",
    "RfmScores",
    "RfmSegment",
    "SegmentRule",
    "ValueDiscipline",
    "ValueGroup",
    "ValueGroups",
    "Weighting",
    "contact_indicators",
    "customer_types",
    "discipline_profile",
    "financial_indicators",
    "group_table",
    "k_means_cut",
    "otsu_cut",
    "quantile_cut",
    "rfm",
    "rfm_grid",
    "tier_migration",
    "transaction_indicators",
]
