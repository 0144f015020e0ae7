"""What loyal customers bring, by year of tenure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm_core.errors import EmptyError, NoSolutionError
from crm_core.loyalty import loyalty_profit_from_ledger

if TYPE_CHECKING:
    from datetime import date

    from crm_core.ledger import Ledger
    from crm_core.loyalty import LoyaltyProfit

__all__ = ["tell_loyalty"]


def tell_loyalty(ledger: Ledger, end: date, acquisition_cost: float) -> LoyaltyProfit | None:
    """Stack what a customer who keeps buying brings in each year; None where nobody is seen through a whole year."""
    try:
        return loyalty_profit_from_ledger(ledger, end, acquisition_cost=acquisition_cost)
    except (EmptyError, NoSolutionError):
        return None
