"""The functions of tests/vectors/loyalty.json."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pyarrow as pa

from crm_core import loyalty
from crm_core.ledger import Ledger
from crm_core.units import Language

DAY_ZERO = date(1970, 1, 1)


def classified(evidence: dict[str, list[float | None]], latent: str, language: str | None = None) -> dict[str, Any]:
    rules = loyalty.LoyaltyRules(latent=loyalty.LatentAttachment(latent))
    given: dict[str, Any] = {clue: pa.array(column, pa.float64()) for clue, column in evidence.items()}
    words = None if language is None else Language(language)
    return loyalty.classify(**given, rules=rules, language=words).to_pydict()


def classify(evidence: dict[str, list[float | None]], latent: str) -> list[dict[str, Any]]:
    table = classified(evidence, latent)
    plain = ("outcome", "best", "fit", "next", "margin")
    return [
        {
            **{name: table[name][row] for name in plain},
            "known": [table["known"][row], table["conditions"][row]],
            "contradictions": [c.value for c in loyalty.Contradiction if table[c.value][row]],
        }
        for row in range(len(table["best"]))
    ]


def profit(found: loyalty.LoyaltyProfit) -> dict[str, Any]:
    years = [
        {
            "year": year.year,
            "acquisition": float(year.acquisition),
            "effects": [float(amount) for amount in year.effects.values()],
            "total": float(year.total),
            "cumulative": float(year.cumulative),
        }
        for year in found.years
    ]
    return {"years": years, "break_even_year": found.break_even_year}


def ledger(customer: list[int], day: list[int], amount: list[float], cost: list[float]) -> Ledger:
    days = [DAY_ZERO + timedelta(each) for each in day]
    log = pa.table({"customer": customer, "date": days, "amount": amount, "cost": cost})
    return Ledger(log, customer="customer", time="date", amount="amount", cost="cost")


def end(observation_end: int) -> date:
    return DAY_ZERO + timedelta(observation_end)


def tenure_years(observation_end: int, **log: Any) -> list[dict[str, Any]]:
    names = ("year", "observed", "active", "revenue", "profit")
    found = loyalty.tenure_years(ledger(**log), end(observation_end))
    return [{name: getattr(year, name) for name in names} for year in found]


def norms(periods: float, shares: list[float], **parameters: float) -> list[dict[str, Any]]:
    model = loyalty.Dirichlet(**parameters, shares=tuple(shares))
    return model.norms(periods, library="pyarrow").to_pylist()


def fitted(**category: Any) -> dict[str, float]:
    model = loyalty.Dirichlet.fit(**category)
    return {"mean": model.mean, "exponent": model.exponent, "diversity": model.diversity}


def promoters(answers: list[float], confidence: float) -> dict[str, Any]:
    found = loyalty.net_promoter_score(answers, confidence)
    names = ("promoters", "passives", "detractors", "score", "standard_error", "lower", "upper")
    return {name: getattr(found, name) for name in names}


def bonds(strengths: list[float]) -> dict[str, float]:
    found = loyalty.bond_strength(dict(zip(loyalty.Bond, strengths, strict=True)))
    return {"strength": found.strength, "external": found.external, "internal": found.internal}


FUNCTIONS = {
    "loyalty_classify": classify,
    "loyalty_explain": lambda **arguments: classified(**arguments)["reasons"][0],
    "loyalty_conditions": lambda attitude, behaviour, cuts: loyalty.loyalty_conditions(
        attitude, behaviour, attitude_cut=cuts[0], behaviour_cut=cuts[1]
    ).tolist(),
    "net_promoter_score": promoters,
    "wallet_allocation": lambda ratings: loyalty.wallet_allocation(ratings).tolist(),
    "size_of_prize": lambda ratings, category_spend: loyalty.size_of_prize(ratings, category_spend).tolist(),
    "dirichlet_fit": fitted,
    "dirichlet_norms": norms,
    "bond_strength": bonds,
    "loyalty_profit": lambda acquisition_cost, effects: profit(
        loyalty.loyalty_profit(acquisition_cost, dict(zip(loyalty.LoyaltyEffect, effects, strict=True)))
    ),
    "tenure_years": tenure_years,
    "loyalty_profit_from_ledger": lambda observation_end, acquisition_cost, **log: profit(
        loyalty.loyalty_profit_from_ledger(ledger(**log), end(observation_end), acquisition_cost=acquisition_cost)
    ),
}
