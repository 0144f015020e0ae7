"""The functions of tests/vectors/value.json."""

from __future__ import annotations

from typing import Any

from crm_core import value

COLUMNS = [
    "mean",
    "gini",
    "gini_corrected",
    "peak",
    "top_share",
    "bottom_share",
    "smallest_share",
]


def concentration(name: str) -> Any:
    def call(profit: list[float], weight: list[float] | None = None, **arguments: float) -> Any:
        found = getattr(value.Concentration(profit, weight), name)
        return found(**arguments) if callable(found) else found

    return call


def lorenz(profit: list[float], points: int, weight: list[float] | None = None) -> list[float]:
    return value.Concentration(profit, weight).lorenz(points).profit.tolist()


def pyramid(profit: list[float], shares: list[float]) -> dict[str, Any]:
    cuts = value.Pyramid.fit(profit, shares)
    return {"thresholds": list(cuts.thresholds), "tiers": cuts.assign(profit).tolist()}


def tier_migration(before: list[int], after: list[int], tiers: int) -> dict[str, Any]:
    names = [f"tier {i}" for i in range(tiers)]
    moves = value.tier_migration(before, after, names)
    rates = [None if name in moves.unobserved else row for name, row in zip(names, moves.rates.tolist(), strict=True)]
    return {"counts": moves.counts.tolist(), "rates": rates}


def rfm(recency: list[float], frequency: list[float], monetary: list[float], scores: int) -> dict[str, Any]:
    model = value.Rfm(scores).fit(recency, frequency, monetary)
    found = model.score(recency, frequency, monetary)
    result = {
        "thresholds": {
            "recency": model.recency_thresholds_,
            "frequency": model.frequency_thresholds_,
            "monetary": model.monetary_thresholds_,
        },
        "recency": found.recency.tolist(),
        "frequency": found.frequency.tolist(),
        "monetary": found.monetary.tolist(),
    }
    if found.segment is not None:
        result["segment"] = found.segment.tolist()
    return result


def rfm_grid(**arguments: Any) -> dict[str, Any]:
    grid = value.rfm_grid(**arguments)
    return {"customers": grid.customers.ravel().tolist(), "revenue": grid.revenue.ravel().tolist()}


FUNCTIONS = {
    **{name: concentration(name) for name in COLUMNS},
    "lorenz": lorenz,
    "pyramid": pyramid,
    "value_groups": lambda profit, thresholds: value.ValueGroups(thresholds).assign(profit).tolist(),
    "value_group_fifths": lambda profit: list(value.ValueGroups.fit(profit).thresholds),
    "tier_migration": tier_migration,
    "group_table": lambda codes, profit, groups: value.group_table(codes, profit, [f"{i}" for i in range(groups)]),
    "k_means_cut": value.k_means_cut,
    "otsu_cut": value.otsu_cut,
    "quantile_cut": value.quantile_cut,
    "customer_types": lambda **arguments: value.customer_types(**arguments).tolist(),
    "rfm": rfm,
    "rfm_grid": rfm_grid,
}
