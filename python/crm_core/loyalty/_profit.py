"""What a loyal customer earns, year after year."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import narwhals as nw

from crm_core import _core
from crm_core._dates import day_number
from crm_core._options import items, library_name, member
from crm_core.units import Category

if TYPE_CHECKING:
    from crm_core._columns import Number
    from crm_core.ledger import Ledger


class LoyaltyEffect(Category):
    """Where the profit of a loyal customer comes from (Reichheld & Sasser 1990)."""

    BASE_PROFIT = "base_profit"
    INCREASED_PURCHASES = "increased_purchases"
    REDUCED_OPERATING_COST = "reduced_operating_cost"
    REFERRALS = "referrals"
    PRICE_PREMIUM = "price_premium"


@dataclass(frozen=True, slots=True)
class LoyaltyYear:
    """One year of tenure.

    Attributes
    ----------
    year : int
        0 for that of acquisition.
    acquisition : float or Decimal
        Less than nothing in year 0, nothing later.
    effects : dict of LoyaltyEffect to float or Decimal
        What each effect brings.
    total, cumulative : float or Decimal
        All of the year, and all up to and with it.
    """

    year: int
    acquisition: Number
    effects: dict[LoyaltyEffect, Number]
    total: Number
    cumulative: Number


@dataclass(frozen=True, slots=True)
class LoyaltyProfit:
    """The profit of a customer by year of tenure.

    Attributes
    ----------
    years : tuple of LoyaltyYear
        From year 0 on.
    break_even_year : int or None
        The first year at whose end the customer has earned the acquisition cost back.
    """

    years: tuple[LoyaltyYear, ...]
    break_even_year: int | None

    @classmethod
    def _of(cls, found: tuple[list[dict[str, Any]], int | None]) -> LoyaltyProfit:
        years = [
            LoyaltyYear(**year | {"effects": dict(zip(LoyaltyEffect, year["effects"], strict=True))})
            for year in found[0]
        ]
        return cls(tuple(years), found[1])

    def table(self, *, library: str = "pandas") -> Any:
        """Give one row per year: ``year``, ``acquisition``, a column for each effect, ``total``, ``cumulative``."""
        columns: dict[str, list[Any]] = {
            "year": [year.year for year in self.years],
            "acquisition": [year.acquisition for year in self.years],
        }
        for effect in LoyaltyEffect:
            columns[effect.value] = [year.effects[effect] for year in self.years]
        columns["total"] = [year.total for year in self.years]
        columns["cumulative"] = [year.cumulative for year in self.years]
        return nw.from_dict(columns, backend=library_name(library)).to_native()


@dataclass(frozen=True, slots=True)
class TenureYear:
    """What customers of one year of tenure brought, on average.

    Attributes
    ----------
    year : int
        From 1.
    observed, active : int
        Customers whom the log shows through the whole of the year, and those of them who bought in it.
    revenue, profit : float
        Mean amount, and mean amount less cost, per active customer.
    """

    year: int
    observed: int
    active: int
    revenue: float
    profit: float


def loyalty_profit(acquisition_cost: Number, effects: Mapping[LoyaltyEffect, Iterable[Number]]) -> LoyaltyProfit:
    """Stack the profit of a loyal customer by year of tenure.

    Parameters
    ----------
    acquisition_cost : float or Decimal
        Spent in year 0; 0 or more.
    effects : mapping of LoyaltyEffect to sequence of float or Decimal
        What each effect brings in the years 1, 2, ...; one that ends before the others brings nothing more.

    Returns
    -------
    LoyaltyProfit

    References
    ----------
    Reichheld & Sasser 1990, "Zero defections: quality comes to services"; Reichheld 1996, "The Loyalty Effect".

    Examples
    --------
    >>> from crm_core.loyalty import LoyaltyEffect, loyalty_profit
    >>> profit = loyalty_profit(
    ...     51, {LoyaltyEffect.BASE_PROFIT: [30, 30, 30], LoyaltyEffect.INCREASED_PURCHASES: [0, 9, 12]}
    ... )
    >>> profit.break_even_year, profit.years[-1].cumulative
    (2, 60.0)
    """
    given = {member("effects", LoyaltyEffect, effect): items("effects", amounts) for effect, amounts in effects.items()}
    return LoyaltyProfit._of(
        _core.loyalty_profit(acquisition_cost, [given.get(effect, []) for effect in LoyaltyEffect])
    )


def loyalty_profit_from_ledger(ledger: Ledger, observation_end: Any, *, acquisition_cost: Number) -> LoyaltyProfit:
    """Estimate the effects that a log shows, from :func:`tenure_years`.

    With R and G the revenue and the profit of a year: base profit is G of the first year, increased purchases are
    (R - R1) * G1 / R1, and reduced operating cost is what remains of G. Referrals and price premium cannot be seen in a
    log: they are 0.

    Parameters
    ----------
    ledger : Ledger
        With costs.
    observation_end : date
        Last day of the observation.
    acquisition_cost : float or Decimal
        Spent in year 0.

    Raises
    ------
    MissingValueError
        For a log without costs.
    EmptyError
        Where no customer is seen through a whole year.
    """
    end = day_number("observation_end", observation_end)
    return LoyaltyProfit._of(_core.loyalty_profit_from_ledger(ledger._core, end, acquisition_cost))


def tenure_years(ledger: Ledger, observation_end: Any) -> list[TenureYear]:
    """Give mean revenue and profit of active customers by year of tenure, counted from the first purchase.

    Only customers whose year had ended by ``observation_end`` count in it; years that no customer bought in are left
    out, and so are those after them.
    """
    found = _core.loyalty_tenure_years(ledger._core, day_number("observation_end", observation_end))
    return [TenureYear(**year) for year in found]
