"""What customers are worth: realised, expected, within reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crm_core import clv, value
from crm_core.clv import Component
from crm_core.report.results import Lifetime, Part

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from crm_core.report.log import CustomerLog
    from crm_core.report.modelling import Modelling
    from crm_core.report.results import Lifecycle
    from crm_core.report.settings import Settings

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]
    Booleans = NDArray[np.bool_]

__all__ = ["value_customers"]

_SIZES = 5
"""Customers are comparable if their mean order is in the same part of so many equal parts."""


def value_customers(
    log: CustomerLog,
    lifecycle: Lifecycle,
    modelling: Modelling,
    active: Booleans,
    periods: Integers,
    retention: float,
    settings: Settings,
) -> Lifetime:
    """Value every customer.

    Parameters
    ----------
    log, lifecycle
        What the customers did, their rhythm, and whether they are alive.
    modelling
        What fitted models expect of them, if they expect anything.
    active
        Who is in an active stage.
    periods
        How many periods each has been a customer.
    retention
        Per period.
    settings
        Costs, horizon, discount rate.
    """

    def ahead(margin: Floats) -> Floats:
        """Present value of a margin per period, as long as the customer stays."""
        return clv.renewal_value_over(
            margin, retention, growth=0.0, discount_rate=settings.rate_per_period, periods=settings.horizon
        )

    rate = _rate(log, lifecycle)
    if modelling.discounted_value is None:
        expected = ahead(lifecycle.p_alive * rate)
    else:
        expected = np.nan_to_num(modelling.discounted_value)
    cost = settings.customer_cost
    acquisition = np.full(len(rate), -settings.acquisition_cost)
    past_cost, future_cost = -cost * periods.astype(np.float64), ahead(lifecycle.p_alive * -cost)
    parts = [
        Part(Component.BASE_PROFIT, None, log.first_amount),
        Part(Component.REPEAT_PURCHASES, "realised", log.value - log.first_amount),
        Part(Component.REPEAT_PURCHASES, "expected", expected),
        Part(Component.CUSTOMER_COST, "realised", past_cost),
        Part(Component.CUSTOMER_COST, "expected", future_cost),
        Part(Component.ACQUISITION_COST, None, acquisition),
    ]
    reach = _reachable(log, rate, active, settings.reachable)
    more = clv.wallet_potential(reach, 1.0, np.maximum(rate, 0.0), 1.0)
    to_come = expected + future_cost
    historic = log.value + past_cost + acquisition
    last_year = min(settings.period.per_year, log.series.observed)
    run_rate = log.value_per_customer(log.period >= log.series.observed - last_year) / last_year
    base = value.Concentration(to_come)
    return Lifetime(
        clv=historic + to_come,
        parts=parts,
        expected=to_come,
        historic=historic,
        current=clv.current_value(run_rate, settings.rate_per_period, settings.horizon),
        potential=ahead(lifecycle.p_alive * more),
        top_tenth=base.top_share(0.1) if base.total > 0 else float("nan"),
    )


def _rate(log: CustomerLog, lifecycle: Lifecycle) -> Floats:
    """Return the value per period while a customer is alive: mean value per purchase / own interpurchase time."""
    purchases = np.bincount(log.owner, log.purchases > 0, len(log.value))
    return log.value / np.maximum(purchases, 1) / lifecycle.interval


def _reachable(log: CustomerLog, rate: Floats, active: Booleans, quantile: float) -> Floats:
    """Return what comparable active customers bring per period: those whose mean order is of a similar size."""
    order = log.value / np.maximum(log.orders, 1)
    size = value.Cuts.equal_parts(order, _SIZES).assign(order)
    reach = np.zeros(len(rate))
    for part in np.unique(size):
        peers = (size == part) & active
        if peers.any():
            reach[size == part] = max(value.quantile_cut(rate[peers], quantile), 0.0)
    return reach
