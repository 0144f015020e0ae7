"""Where the value of a customer comes from."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from crm_core import _core
from crm_core._options import LARGEST_COUNT, integer, items, member
from crm_core.clv._individual import Timing
from crm_core.clv._tables import read_rows
from crm_core.units import Category, Language

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from crm_core._columns import Number


class Component(Category):
    """A part of the lifetime value; the three costs lower it."""

    BASE_PROFIT = "base_profit"
    REPEAT_PURCHASES = "repeat_purchases"
    CROSS_SELLING = "cross_selling"
    LOWER_COST_TO_SERVE = "lower_cost_to_serve"
    REFERRAL_INCOME = "referral_income"
    LOYALTY_PRICE_PREMIUM = "loyalty_price_premium"
    CUSTOMER_COST = "customer_cost"
    CHURN_COST = "churn_cost"
    ACQUISITION_COST = "acquisition_cost"


@dataclass(frozen=True, slots=True)
class WaterfallBar:
    """One bar of a waterfall chart.

    Attributes
    ----------
    component : Component
        The component.
    label : str
        Its term in the language asked for.
    start : float or Decimal
        The sum of the components before.
    end : float or Decimal
        The sum with this one; below the start for a cost.
    """

    component: Component
    label: str
    start: Number
    end: Number


@dataclass(frozen=True, slots=True)
class Breakdown:
    """The lifetime value of one customer, or of many, by component. A cost is positive: the total subtracts it.

    Attributes
    ----------
    base_profit : float or Decimal
        Profit of the first purchase.
    repeat_purchases : float or Decimal
        Profit of the purchases that follow.
    cross_selling : float or Decimal
        Profit of other products bought.
    lower_cost_to_serve : float or Decimal
        What serving a customer who knows the firm saves.
    referral_income : float or Decimal
        Profit from customers whom this one brought.
    loyalty_price_premium : float or Decimal
        What a loyal customer pays over the price that others pay.
    customer_cost : float or Decimal
        Cost of keeping the relationship, subtracted.
    churn_cost : float or Decimal
        Expected cost of losing the customer, subtracted.
    acquisition_cost : float or Decimal
        Cost of acquiring the customer, subtracted.

    Examples
    --------
    >>> from crm_core.clv import Breakdown
    >>> breakdown = Breakdown(base_profit=2000, repeat_purchases=1500, acquisition_cost=400)
    >>> breakdown.total
    3100.0
    >>> breakdown.waterfall()[-1]
    WaterfallBar(component=<Component.ACQUISITION_COST: 'acquisition_cost'>, label='Acquisition cost', start=3500.0, end=3100.0)
    """  # noqa: E501

    base_profit: Number = 0.0
    repeat_purchases: Number = 0.0
    cross_selling: Number = 0.0
    lower_cost_to_serve: Number = 0.0
    referral_income: Number = 0.0
    loyalty_price_premium: Number = 0.0
    customer_cost: Number = 0.0
    churn_cost: Number = 0.0
    acquisition_cost: Number = 0.0

    def _amounts(self) -> list[Number]:
        return [getattr(self, field.name) for field in fields(self)]

    @property
    def total(self) -> Any:
        """The lifetime value: incomes less costs."""
        return _core.breakdown_total(self._amounts())

    def waterfall(self, language: Language = Language.EN) -> list[WaterfallBar]:
        """Bars of a waterfall chart, in the order of the components; the last one ends at the total."""
        bars = []
        for name, start, end in _core.breakdown_waterfall(self._amounts()):
            component = Component(name)
            bars.append(WaterfallBar(component, component.label(language), start, end))
        return bars

    @staticmethod
    def sum(customers: Iterable[Breakdown]) -> Breakdown:
        """Sum the components of many customers."""
        return Breakdown(*_core.breakdown_sum([customer._amounts() for customer in customers]))


def component_present_values(
    flows: Mapping[Component, Iterable[Number]], discount_rate: Number, timing: Timing
) -> Breakdown:
    """Present value of each component of a customer's flows.

    Each is rounded half-even to 12 decimals, so that, as Decimals, the components add up to the total exactly in
    whatever order they are summed.

    Parameters
    ----------
    flows : mapping of Component to a sequence of float or Decimal
        One amount per period; a cost is positive. A component may be left out.
    discount_rate : float or Decimal
        Per period; greater than -1.
    timing : Timing
        Whether the first flow is now or one period from now.

    Returns
    -------
    Breakdown
        Of Decimals if an argument holds one.

    Raises
    ------
    OutOfRangeError, NotFiniteError, NumberOverflowError
        For an unknown component, a rate of -1 or less, and what does not fit.

    Examples
    --------
    >>> from crm_core.clv import Component, Timing, component_present_values
    >>> flows = {Component.REPEAT_PURCHASES: [0, 125, 125], Component.ACQUISITION_COST: [30]}
    >>> component_present_values(flows, 0.25, Timing.START).total
    150.0
    """
    given = [(member("flows", Component, name), items("flows", amounts)) for name, amounts in flows.items()]
    when = member("timing", Timing, timing)
    return Breakdown(*_core.component_present_values(given, discount_rate, when))


def component_totals(components: Any) -> Any:
    """Lifetime value of many customers from a table of their components.

    Parameters
    ----------
    components : table
        A row per customer and nine columns, costs positive: named as the members of :class:`Component`, or else in
        their order.

    Returns
    -------
    column
        One total per customer, as the table is. Null in a row gives null, NaN gives NaN.

    Raises
    ------
    LengthMismatchError, NotFiniteError, NumberOverflowError, WrongTypeError
        For another number of columns, component names in another order beside names that are none, and what a row
        must not hold; it names component and row.

    Examples
    --------
    >>> import numpy as np
    >>> from crm_core.clv import component_totals
    >>> component_totals(np.array([[2000.0, 1500, 0, 0, 50, 0, 120, 0, 400]]))
    array([3030.])
    """
    rows = read_rows("components", components, list(Component))
    out = np.empty(len(rows.values))
    _core.component_totals(rows.values, out)
    return rows.back("total", out)


def aggregate_components(components: Any) -> Breakdown:
    """Sum of each component over a table of customers.

    Parameters
    ----------
    components : table
        A row per customer and nine columns, costs positive: named as the members of :class:`Component`, or else in
        their order.

    Returns
    -------
    Breakdown
        The sums; NaN where a column has one.

    Raises
    ------
    LengthMismatchError, NotFiniteError, NumberOverflowError, WrongTypeError
        As for :func:`component_totals`.

    Examples
    --------
    >>> import numpy as np
    >>> from crm_core.clv import aggregate_components
    >>> aggregate_components(np.ones((3, 9))).total
    9.0
    """
    return Breakdown(*_core.aggregate_components(read_rows("components", components, list(Component)).values))


def word_of_mouth_effect(satisfied: int, unsatisfied: int) -> int:
    """Customers gained less customers lost by word of mouth, as a lower bound.

    A satisfied customer tells at least 12 people, over 10 of whom come (10 are counted); an unsatisfied one tells at
    least 20, who stay away.

    Parameters
    ----------
    satisfied, unsatisfied : int
        How many customers there are of each.

    Returns
    -------
    int
        Negative for a loss.

    Raises
    ------
    OutOfRangeError, WrongTypeError, NumberOverflowError
        For a negative number, what is no whole number, and a number that does not fit.

    Examples
    --------
    >>> from crm_core.clv import word_of_mouth_effect
    >>> word_of_mouth_effect(satisfied=200, unsatisfied=100)
    0
    """
    return _core.word_of_mouth_effect(
        integer("satisfied", satisfied, greatest=LARGEST_COUNT),
        integer("unsatisfied", unsatisfied, greatest=LARGEST_COUNT),
    )
