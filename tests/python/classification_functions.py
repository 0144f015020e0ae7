"""The function of tests/vectors/classification.json."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import polars as pl

from crm_core import classify as call
from crm_core.classification import ClassificationRules, Conflict
from crm_core.ledger import PeriodSeries
from crm_core.value import CutMethod, CutRule

COLUMNS = [
    "stage",
    "type",
    "type_margin",
    "tier",
    "tier_margin",
    "loyalty",
    "loyalty_outcome",
    "loyalty_margin",
]


def series(offsets: list[int], periods: list[int], observed: int, places: Any) -> PeriodSeries:
    who = [i for i, (first, last) in enumerate(pairwise(offsets)) for _ in range(first, last)]
    table = pl.DataFrame({"customer": who, "period": periods, "purchases": 1, "spend": 100.0})
    return PeriodSeries(table=table, observed=observed)


def classify(
    customers: int,
    current: list[float] | None,
    potential: list[float] | None,
    clues: dict[str, list[float]],
    activity: dict[str, Any] | None,
    current_cut: dict[str, Any],
    potential_cut: dict[str, Any],
    tier_shares: list[float] | None,
) -> dict[str, Any]:
    given = {"current_value": current, "potential_value": potential, **clues}
    columns = {name: pl.Series(values, dtype=pl.Float64) for name, values in given.items() if values}
    if activity is not None:
        columns["customer"] = pl.Series(list(activity["places"] or range(customers)))
    rules = ClassificationRules(
        tier_shares=tier_shares,
        current_cut=CutRule(CutMethod(current_cut["method"]), current_cut["number"]),
        potential_cut=CutRule(CutMethod(potential_cut["method"]), potential_cut["number"]),
    )
    given_activity = None if activity is None else series(**activity)
    found = call(pl.DataFrame(columns), activity=given_activity, rules=rules)
    now = call(pl.DataFrame(columns), activity=given_activity, rules=rules, with_evidence=False)
    assert now.table.equals(found.table, null_equal=True)
    conflicts = [
        [name for name in row.split() if name in list(Conflict)] for row in found.table["contradictions"].to_list()
    ]
    rows = found.table.select(COLUMNS).rows(named=True)
    return {
        "rows": [{**row, "conflicts": own} for row, own in zip(rows, conflicts, strict=True)],
        "tiers": found.tier_thresholds and list(found.tier_thresholds),
        "current": found.current_cut,
        "potential": found.potential_cut,
    }


FUNCTIONS = {"classify": classify}
