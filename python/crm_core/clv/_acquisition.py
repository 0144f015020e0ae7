"""How much to spend on winning and on keeping customers: the customer equity test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crm_core import _core
from crm_core._kernels import response_rate, response_steepness

if TYPE_CHECKING:
    from crm_core._columns import Number


@dataclass(frozen=True, slots=True)
class ResponseCurve:
    """What spending reaches: ``ceiling * (1 - exp(-steepness * spend))``.

    It is an acquisition rate by the spend per prospect, or a retention rate by the spend per customer and period.

    Attributes
    ----------
    ceiling : float or Decimal
        The rate that no spending would exceed, between 0 and 1.
    steepness : float or Decimal
        k, per unit of money; greater than 0.

    Examples
    --------
    5 a prospect wins 25 % of them, and no spending would win more than half:

    >>> from crm_core.clv import ResponseCurve
    >>> curve = ResponseCurve.through(spend=5, rate=0.25, ceiling=0.5)
    >>> round(curve.rate(10), 9)
    0.375
    """

    ceiling: Number
    steepness: Number

    @classmethod
    def through(cls, *, spend: Number, rate: Number, ceiling: Number) -> ResponseCurve:
        """Make the curve of this ceiling through what is spent and reached now: :func:`response_steepness`.

        Parameters
        ----------
        spend, rate : float or Decimal
            Both greater than 0, and the rate less than the ceiling.
        ceiling : float or Decimal
            The rate that no spending would exceed.

        Raises
        ------
        OutOfRangeError
            For other values, with the argument.
        """
        return cls(ceiling, response_steepness(spend, rate, ceiling))

    def rate(self, spend: Any) -> Any:
        """Give the rate that a spend, or each of a column, reaches: :func:`response_rate`."""
        return response_rate(spend, self.ceiling, self.steepness)


@dataclass(frozen=True, slots=True)
class Spending:
    """One of the two ways to spend, in an :class:`EquityPlan`.

    Attributes
    ----------
    spend : float or Decimal
        Per prospect, or per customer and period.
    rate : float or Decimal
        The rate that it reaches.
    marginal_value : float or Decimal
        What the next unit of spend adds to the equity, less itself: 0 at an optimum inside the range, where no budget
        binds.
    corner : bool
        Whether nothing is spent: an optimum at the corner, where the first unit would not pay.
    """

    spend: Number
    rate: Number
    marginal_value: Number
    corner: bool


@dataclass(frozen=True, slots=True)
class EquityPlan:
    """What two spends lead to.

    Attributes
    ----------
    acquisition : Spending
        Spend per prospect and acquisition rate.
    retention : Spending
        Spend per customer and period, and retention rate.
    customer_value : float or Decimal
        Value of an acquired customer: :func:`acquired_customer_value`.
    equity : float or Decimal
        Customer equity, the value of a prospect: :func:`customer_equity`.
    outlay : float or Decimal
        Spent per prospect in the first period: acquisition spend + acquisition rate * retention spend.
    budget_value : float or Decimal
        What one more unit of budget would add to the equity; 0 where no budget binds.
    """

    acquisition: Spending
    retention: Spending
    customer_value: Number
    equity: Number
    outlay: Number
    budget_value: Number


@dataclass(frozen=True, slots=True)
class EquityModel:
    """A market of alike prospects: what its customers bring and how they respond to spending.

    A customer brings the margin at once and, as long as the retention spend keeps the customer, again at the end of
    each period; spend and margin of a period are both counted at its end.

    Attributes
    ----------
    margin : float or Decimal
        Net contribution of a customer per period.
    discount_rate : float or Decimal
        Per period, greater than -1.
    acquisition : ResponseCurve
        Acquisition rate by the spend per prospect.
    retention : ResponseCurve
        Retention rate by the spend per customer and period.

    Notes
    -----
    Source: Blattberg & Deighton 1996, "Manage Marketing by the Customer Equity Test"; budget: Berger & Bechwati 2001.

    Examples
    --------
    >>> from crm_core.clv import EquityModel, ResponseCurve
    >>> model = EquityModel(
    ...     margin=50,
    ...     discount_rate=0.2,
    ...     acquisition=ResponseCurve.through(spend=5, rate=0.2, ceiling=0.4),
    ...     retention=ResponseCurve.through(spend=10, rate=0.4, ceiling=0.7),
    ... )
    >>> round(model.at(5, 10).equity, 6)
    7.5
    >>> best = model.optimum()
    >>> round(best.acquisition.spend, 2), round(best.retention.spend, 2), round(best.equity, 2)
    (9.21, 15.87, 9.44)
    >>> within = model.optimum(budget=10)
    >>> round(within.acquisition.spend, 2), round(within.retention.spend, 2), round(within.equity, 2)
    (6.74, 13.41, 8.87)
    """

    margin: Number
    discount_rate: Number
    acquisition: ResponseCurve
    retention: ResponseCurve

    def at(self, acquisition_spend: Number, retention_spend: Number) -> EquityPlan:
        """Say what these spends lead to.

        Raises
        ------
        OutOfRangeError
            For a negative spend, or a parameter of the model outside its range.
        DivergentError
            Where the retention rate is not less than 1 + discount rate.
        """
        return _plan(_core.equity_at(self._parts, acquisition_spend, retention_spend))

    def optimum(self, budget: Number | None = None) -> EquityPlan:
        """Find the two spends that together make the customer equity largest.

        Parameters
        ----------
        budget : float or Decimal, optional
            The most that may be spent per prospect in the first period, on winning it and on keeping it if it is won:
            :attr:`EquityPlan.outlay`.

        Returns
        -------
        EquityPlan
            Of Decimals if an argument is one.

        Raises
        ------
        OutOfRangeError
            For a budget of 0 or less, or a parameter of the model outside its range.
        DivergentError
            For a ceiling of retention over 1 + discount rate.
        """
        return _plan(_core.equity_optimum(self._parts, budget))

    @property
    def _parts(self) -> tuple[Any, ...]:
        acquisition, retention = self.acquisition, self.retention
        return (
            self.margin,
            self.discount_rate,
            (acquisition.ceiling, acquisition.steepness),
            (retention.ceiling, retention.steepness),
        )


def _plan(parts: dict[str, Any]) -> EquityPlan:
    acquisition, retention = Spending(**parts.pop("acquisition")), Spending(**parts.pop("retention"))
    return EquityPlan(acquisition, retention, **parts)
