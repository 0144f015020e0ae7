"""Who brings the value: concentration, tiers, types and RFM of one customer base."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crm_core import value
from crm_core.report.results import Concentration, Grouping, Interval, Rfm, Types

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TypeVar

    from numpy.typing import NDArray

    from crm_core.report.log import CustomerLog
    from crm_core.units import Category
    from crm_core.value import CustomerType, RfmSegment

    CategoryT = TypeVar("CategoryT", bound=Category)
    Floats = NDArray[np.float64]
    Names = NDArray[np.str_]

__all__ = ["concentrate", "group", "score", "tell_types"]

_MARKS = (0.01, 0.05, 0.10, 0.20, 0.50)
_BOOTSTRAP_ROWS = 20_000_000
"""Customers drawn by the bootstrap in all, so that it takes seconds: the more customers, the fewer replicates."""


def concentrate(values: Floats, seed: int) -> Concentration:
    """Find how unevenly value is spread."""
    base = value.Concentration(values)
    curve, lorenz = base.curve(201), base.lorenz(201)
    replicates = min(1000, max(200, _BOOTSTRAP_ROWS // len(values)))
    gini = base.gini_interval(seed=seed, replicates=replicates)
    return Concentration(
        customers=curve.customers,
        value=curve.profit,
        lorenz_customers=lorenz.customers,
        lorenz_value=lorenz.profit,
        marks=[(share, base.top_share(share)) for share in _MARKS],
        makes_eighty=base.smallest_share(0.8),
        gini=Interval(gini.estimate, gini.lower, gini.upper),
        replicates=replicates,
    )


def group(members: Names, values: Floats, groups: Iterable[CategoryT]) -> Grouping[CategoryT]:
    """Sum up customers and value per group, in the order of ``groups``."""
    shown = tuple(groups)
    table = {row.group: row for row in value.group_table(members, values, type(shown[0]))}
    rows = [table[str(one)] for one in shown]
    return Grouping(
        groups=shown,
        members=members,
        customers=np.array([row.customers for row in rows]),
        value=np.array([row.profit for row in rows]),
        mean_value=_floats(row.mean_profit for row in rows),
        share_of_customers=np.array([row.share_of_customers for row in rows]),
        share_of_value=_floats(row.share_of_profit for row in rows),
    )


def score(log: CustomerLog) -> tuple[Rfm, Grouping[RfmSegment]]:
    """Score recency, orders and value, and tell the segments."""
    columns = log.days_since_last, log.orders.astype(np.float64), log.value
    scale = value.Rfm().fit(*columns)
    scores = scale.score(*columns)
    grid = value.rfm_grid(scores.recency, scores.frequency, log.value)
    rfm = Rfm(
        recency=scores.recency,
        frequency=scores.frequency,
        monetary=scores.monetary,
        recency_cuts=scale.recency_thresholds_,
        frequency_cuts=scale.frequency_thresholds_,
        monetary_cuts=scale.monetary_thresholds_,
        grid_customers=grid.customers.astype(np.float64),
        grid_value=grid.revenue,
    )
    shown = [segment for segment in value.RfmSegment if segment in scores.segment]
    return rfm, group(scores.segment, log.value, shown)


def tell_types(current: Floats, potential: Floats, values: Floats, cut: float) -> tuple[Types, Grouping[CustomerType]]:
    """Tell golden, meteor, stream and burden customers; above the quantile ``cut`` a value is high."""
    current_cut, potential_cut = value.quantile_cut(current, cut), value.quantile_cut(potential, cut)
    members = value.customer_types(current, potential, current_cut, potential_cut)
    kinds = value.CustomerType
    now, more = (value.group_table(members, column, kinds) for column in (current, potential))
    types = Types(
        current_cut=current_cut,
        potential_cut=potential_cut,
        mean_current=_floats(row.mean_profit for row in now),
        mean_potential=_floats(row.mean_profit for row in more),
    )
    return types, group(members, values, kinds)


def _floats(numbers: Iterable[float | None]) -> Floats:
    return np.array([np.nan if number is None else number for number in numbers])
