"""The functions of tests/vectors/indicators.json."""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl

from crm_core import value
from crm_core.ledger import Ledger

EPOCH = date(1970, 1, 1)


def without_nan(values: Any) -> list[Any]:
    return [None if isinstance(x, float) and math.isnan(x) else x for x in values]


def columns(table: pl.DataFrame) -> dict[str, list[Any]]:
    return {name: without_nan(table[name].to_list()) for name in table.columns if name != "customer"}


def named(indicators: list[list[float]]) -> dict[str, Any]:
    return {f"indicators[{place}]": np.array(column, dtype=float) for place, column in enumerate(indicators)}


def composite_index(
    indicators: list[list[float]],
    lower_is_better: list[int],
    normalisation: str,
    weighting: str,
    weights: list[float] | None,
    others: list[list[float]] | None,
) -> dict[str, Any]:
    lower = [f"indicators[{place}]" for place, flag in enumerate(lower_is_better) if flag]
    index = value.CompositeIndex(
        value.Weighting(weighting) if weights is None else weights,
        normalisation=value.Normalisation(normalisation),
        lower_is_better=lower,
    ).fit(named(indicators))
    scored = named(indicators if others is None else others)
    return {
        "weights": list(index.weights_.values()),
        "scores": index.score(scored).tolist(),
        "contributions": [column.tolist() for column in index.contributions(scored).values()],
    }


def transaction_indicators(
    customer: list[int], day: list[int], amount: list[float], cost: list[float] | None, observation_end: int
) -> Any:
    log = pl.DataFrame({"who": customer, "day": [EPOCH + timedelta(n) for n in day], "amount": amount})
    if cost is not None:
        log = log.with_columns(cost=pl.Series(cost))
    ledger = Ledger(log, customer="who", time="day", amount="amount", cost=None if cost is None else "cost")
    return columns(value.transaction_indicators(ledger, EPOCH + timedelta(observation_end)))


def financial_indicators(customer: list[int], customers: int, as_of: float, **given: Any) -> Any:
    log = pl.DataFrame(
        {"customer": customer, **{name: pl.Series(column, dtype=pl.Float64) for name, column in given.items()}}
    )
    names = {name: name for name in ("customer", "amount", "issued", "due", "paid")}
    return columns(value.financial_indicators(log, **names, as_of=as_of, customers=range(customers)))


def contact_indicators(customer: list[int], customers: int, kind: list[str]) -> Any:
    log = pl.DataFrame({"who": customer, "kind": kind})
    return columns(value.contact_indicators(log, customer="who", kind="kind", customers=range(customers)))


def discipline_profile(items: list[str], ratings: list[float | None], standard: float) -> dict[str, Any]:
    found = value.discipline_profile(items, ratings, standard)
    return {
        "scores": without_nan(found.scores.values()),
        "leading": found.leading,
        "margin": without_nan([found.margin])[0],
        "keeps_up": [int(flag) for flag in found.keeps_up.values()],
    }


FUNCTIONS = {
    "composite_index": composite_index,
    "transaction_indicators": transaction_indicators,
    "financial_indicators": financial_indicators,
    "contact_indicators": contact_indicators,
    "discipline_profile": discipline_profile,
}
