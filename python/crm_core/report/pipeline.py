"""The whole pipeline: from a transaction log to every figure of the report."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from crm_core import value
from crm_core._tables import backend, collect, native
from crm_core.errors import OutOfRangeError
from crm_core.lifecycle import Stage
from crm_core.report.guessing import find_columns
from crm_core.report.log import CustomerLog, costed_ledger
from crm_core.report.modelling import fit_models
from crm_core.report.results import Activity, Analysis, Headline
from crm_core.report.segmentation import concentrate, group, score, tell_types
from crm_core.report.settings import Settings
from crm_core.report.staying import ENDED, tell_retention, tell_stages
from crm_core.report.tenure import tell_loyalty
from crm_core.report.worth import value_customers

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from crm_core._tables import Table
    from crm_core.report.modelling import Modelling
    from crm_core.report.results import Lifetime

    Booleans = NDArray[np.bool_]

__all__ = ["analyse", "silent"]


def silent(step: str) -> None:
    """Show no progress."""


def analyse(
    log: Table,
    *,
    customer: str | None = None,
    time: str | None = None,
    amount: str | None = None,
    cost: str | None = None,
    quantity: str | None = None,
    time_format: str | None = None,
    settings: Settings | None = None,
    source: str = "a table",
    progress: Callable[[str], None] = silent,
) -> Analysis:
    """Value, stage and tier the customers of a transaction log.

    Parameters
    ----------
    log : table
        One row per transaction: a DataFrame of pandas or polars, a pyarrow Table, or any other table with the Arrow
        capsule interface.
    customer, time, amount : str, optional
        The columns that say who bought, when, and for how much; a negative amount is a return. By default they are
        guessed from their names and types, see :func:`find_columns`.
    cost : str, optional
        The column of what the transaction cost the firm. With it, value is profit.
    quantity : str, optional
        The column of the number of pieces, if amount and cost are per piece.
    time_format : str, optional
        How dates that are text are to be read, as for ``strptime``.
    settings : Settings, optional
        What is assumed.
    source : str
        What the report calls the log.
    progress : callable
        Told the name of each step as it begins.

    Raises
    ------
    NotFoundError
        If a column does not exist or cannot be guessed.
    MissingValueError, NotFiniteError, UnreadableError, WrongTypeError
        If a value of the log cannot be used; the message names column and row.
    EmptyError, OutOfRangeError
        If the log has no transactions, lies within one period, or if nobody brought anything.

    Examples
    --------
    >>> from crm_core.ledger import simulate
    >>> result = analyse(simulate(customers=200, seed=1))
    >>> result.headline.customers
    200
    >>> sorted(set(result.customers["tier"].to_pylist()))
    ['major', 'regular', 'small', 'vip']
    """
    import pyarrow as pa

    settings = settings or Settings()
    library = backend(log)
    table = pa.table(collect(log))
    columns = find_columns(table.schema, customer=customer, time=time, amount=amount, cost=cost, quantity=quantity)
    progress("gathering what each customer did")
    did = CustomerLog.read(table, columns, every=settings.period, margin=settings.margin, time_format=time_format)
    if did.series.observed < 2:
        message = f"period is {str(settings.period)!r}: the log covers 1 of them, and stages need 2 or more"
        raise OutOfRangeError(message, argument="period", value=str(settings.period))
    total = float(did.value.sum())
    if total <= 0:
        message = f"{columns.amount} brings {total:g} in all: must bring more than 0, for shares to be taken of it"
        raise OutOfRangeError(message, argument=columns.amount, value=f"{total:g}")
    progress("fitting models of purchases")
    modelling = fit_models(did, settings)
    progress("telling lifecycle stages")
    rules, lifecycle, stays = tell_stages(did, settings, modelling.p_alive)
    retention = tell_retention(did, lifecycle.p_alive, stays)
    if did.has_cost:
        costed = did.ledger
    else:
        costed = costed_ledger(table, columns, margin=settings.margin, time_format=time_format)
    loyalty = tell_loyalty(costed, did.last.max().astype(date), settings.acquisition_cost)
    active = ~np.isin(stays.members, ENDED)
    progress("valuing customers")
    lifetime = value_customers(did, lifecycle, modelling, active, stays.periods, 1 - retention.churn.estimate, settings)
    progress("finding tiers, types and segments")
    pyramid = value.Pyramid.fit(did.value, settings.tier_shares)
    fifths = value.ValueGroups.fit(did.value)
    type_cuts, types = tell_types(lifetime.current, lifetime.potential, did.value, settings.type_cut)
    rfm, segments = score(did)
    tiers = group(pyramid.assign(did.value), did.value, value.PyramidTier)
    value_groups = group(fifths.assign(did.value), did.value, list(value.ValueGroup)[::-1])
    stages = group(
        stays.members, did.value, [stage for stage in Stage if stage is not Stage.POTENTIAL or stage in stays.members]
    )
    has_profit = columns.cost is not None or settings.margin != 1
    columns_of_customers = {
        **_did(did, has_profit=has_profit),
        "recency_score": rfm.recency,
        "frequency_score": rfm.frequency,
        "monetary_score": rfm.monetary,
        "segment": segments.members,
        "tier": tiers.members,
        "value_group": value_groups.members,
        "type": types.members,
        "stage": stages.members,
        "stage_confidence": lifecycle.confidence,
        "stage_evidence": lifecycle.evidence,
        "p_alive": lifecycle.p_alive,
        "interpurchase_time": lifecycle.interval,
        **_expected(modelling),
        **_worth(lifetime),
    }
    return Analysis(
        customers=native(pa.table(columns_of_customers), library),
        source=source,
        columns=columns,
        settings=settings,
        values=did.value,
        has_profit=has_profit,
        headline=_headline(did, active),
        activity=_activity(did),
        concentration=concentrate(did.value, settings.seed),
        tiers=tiers,
        tier_cuts=pyramid.thresholds,
        value_groups=value_groups,
        value_group_cuts=fifths.thresholds,
        types=types,
        type_cuts=type_cuts,
        rfm=rfm,
        segments=segments,
        stages=stages,
        all_stages=tuple(Stage),
        rules=rules,
        lifecycle=lifecycle,
        retention=retention,
        loyalty=loyalty,
        modelling=modelling,
        lifetime=lifetime,
    )


def _headline(log: CustomerLog, active: Booleans) -> Headline:
    orders = int(log.orders.sum())
    return Headline(
        customers=len(log.value),
        orders=orders,
        revenue=float(log.revenue.sum()),
        value=float(log.value.sum()),
        first=log.first.min().astype(date),
        last=log.last.max().astype(date),
        repeat_rate=float(np.mean(log.orders > 1)),
        mean_order=float(log.revenue.sum() / max(orders, 1)),
        active=int(active.sum()),
    )


def _activity(log: CustomerLog) -> Activity:
    joined = np.full(len(log.value), log.series.observed)
    np.minimum.at(joined, log.owner, log.period)
    new = log.period == joined[log.owner]
    return Activity(log.starts, log.value_per_period(new), log.value_per_period(~new))


def _did(log: CustomerLog, *, has_profit: bool) -> dict[str, Any]:
    return {
        "customer": log.customer,
        "first_purchase": log.first,
        "last_purchase": log.last,
        "orders": log.orders,
        "revenue": log.revenue,
        **({"profit": log.value} if has_profit else {}),
        "frequency": np.maximum(log.orders - 1, 0),
        "recency": log.recency,
        "age": log.age,
        "mean_spend": log.mean_spend,
    }


def _expected(modelling: Modelling) -> dict[str, Any]:
    """Return what the model of purchases expects, if there is one."""
    if modelling.expected_purchases is None:
        return {}
    expected = {"expected_purchases": np.nan_to_num(modelling.expected_purchases)}
    for name in ("discounted_value", "discounted_low", "discounted_high"):
        column = getattr(modelling, name)
        if column is not None:
            expected[name] = np.nan_to_num(column)
    return expected


def _worth(lifetime: Lifetime) -> dict[str, Any]:
    """Return the readings, and lifetime value with its components: realised and expected parts together."""
    components: dict[str, Any] = {}
    for part in lifetime.parts:
        name = f"clv_{part.component}"
        components[name] = components.get(name, 0.0) + part.amounts
    return {
        "historic_value": lifetime.historic,
        "current_value": lifetime.current,
        "potential_value": lifetime.potential,
        "expected_value": lifetime.expected,
        "clv": lifetime.clv,
        **components,
    }
