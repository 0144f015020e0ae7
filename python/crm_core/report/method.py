"""The appendix of the report: what was assumed, and what every figure means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm_core import _format as fmt

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crm_core.report.results import Analysis
    from crm_core.report.wording import Wording

__all__ = ["assumptions", "definitions"]


def assumptions(analysis: Analysis, say: Wording) -> list[list[str]]:
    """Rows of assumption, its value, and the option that sets it."""
    s, columns = analysis.settings, analysis.columns
    named = say("assume.columns_value", customer=columns.customer, time=columns.time, amount=columns.amount)
    if columns.quantity is not None:
        named += say.inline("assume.quantity_value", quantity=columns.quantity)
    if columns.cost is not None:
        named += say.inline("assume.cost_value", cost=columns.cost)
    margin = say("assume.margin_value", margin=fmt.percent(s.margin))
    rate = {"rate": fmt.percent(s.discount_rate), "each": fmt.percent(s.rate_per_period, 3)}
    rows = {
        "columns": (named, "--customer --time --amount --cost --quantity"),
        "period": (say("assume.period_value", count=fmt.count(len(analysis.activity.starts))), "--period"),
        "discount_rate": (say("assume.discount_rate_value", **rate), "--discount-rate"),
        "margin": (say("assume.margin_known") if columns.cost is not None else margin, "--margin"),
        "horizon": (say("assume.horizon_value", horizon=str(s.horizon)), "--horizon"),
        "acquisition_cost": (
            say("assume.acquisition_cost_value", money=fmt.amount(s.acquisition_cost)),
            "--acquisition-cost",
        ),
        "customer_cost": (say("assume.customer_cost_value", money=fmt.amount(s.customer_cost)), "--customer-cost"),
        "tier_shares": (" · ".join(fmt.percent(share, 0) for share in s.tier_shares), "--tier-shares"),
        "type_cut": (say("assume.type_cut_value", share=fmt.percent(s.type_cut, 0)), "--type-cut"),
        "reachable": (say("assume.reachable_value", share=fmt.percent(s.reachable, 0)), "--reachable"),
        "seed": (str(s.seed), "--seed"),
    }
    return [[say(f"assume.{key}"), value, option] for key, (value, option) in rows.items()]


def definitions(analysis: Analysis, say: Wording) -> list[list[str]]:
    """Rows of term and meaning, with the thresholds that were used."""
    rules, rfm, cuts = analysis.rules, analysis.rfm, analysis.type_cuts
    texts = {
        "orders": say("define.orders.text"),
        "value": say("define.value.text_profit" if analysis.columns.cost is not None else "define.value.text_revenue"),
        "concentration": say("define.concentration.text", replicates=fmt.count(analysis.concentration.replicates)),
        "tiers": say(
            "define.tiers.text", tiers=_amounts(analysis.tier_cuts), groups=_amounts(analysis.value_group_cuts)
        ),
        "types": say(
            "define.types.text",
            current=fmt.amount(cuts.current_cut),
            potential=fmt.amount(cuts.potential_cut),
        ),
        "rfm": say(
            "define.rfm.text",
            recency=_numbers(rfm.recency_cuts),
            frequency=_numbers(rfm.frequency_cuts),
            monetary=_amounts(rfm.monetary_cuts),
        ),
        "stages": say(
            "define.stages.text",
            development=str(rules.development_purchases),
            silence=f"{rules.silence:g}",
            significance=fmt.percent(rules.significance, 0),
            termination=f"{rules.termination:g}",
            confirmations=str(rules.confirmations),
        ),
        "p_alive": _alive(analysis, say),
        "churn": say("define.churn.text"),
        "tenure": say("define.tenure.text"),
        "loyalty": say("define.loyalty.text"),
        "expected": _expected(analysis, say),
        "lifetime": say("define.lifetime.text"),
        "readings": say("define.readings.text"),
    }
    return [[say(f"define.{key}.term"), text] for key, text in texts.items()]


def _alive(analysis: Analysis, say: Wording) -> str:
    part = analysis.modelling
    if part.name is None:
        return say("define.p_alive.text", interval=fmt.decimal(analysis.lifecycle.mean_interval, 1))
    return say("define.p_alive.text_model", model=part.name)


def _expected(analysis: Analysis, say: Wording) -> str:
    part, horizon = analysis.modelling, str(analysis.settings.horizon)
    if part.discounted_value is None:
        return say("define.expected.text", horizon=horizon)
    return say("define.expected.text_model", horizon=horizon, model=str(part.name))


def _amounts(cuts: Iterable[float]) -> str:
    return " · ".join(fmt.amount(cut) for cut in cuts)


def _numbers(cuts: Iterable[float]) -> str:
    return " · ".join(f"{cut:,g}" for cut in cuts)
