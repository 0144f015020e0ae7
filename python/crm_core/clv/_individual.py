"""One customer: flows, their present value, pay-back and internal rate of return."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from crm_core import _core
from crm_core._columns import check_aligned, is_column, read
from crm_core._dates import day_number, read_days
from crm_core._options import LARGEST_INDEX, integer, items, member
from crm_core.clv._customers import column_like, read_customers
from crm_core.clv._tables import read_rows
from crm_core.units import Category

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from crm_core._columns import Number

    Day: TypeAlias = date | str | np.datetime64


class Timing(Category):
    """When in its period a flow falls.

    ``START``: at the start, so that the first flow is now (t = 0) and not discounted.
    ``END``: at the end, so that the first flow is one period from now (t = 1).
    """

    START = "start"
    END = "end"


class Basis(Category):
    """Which flows of a customer are counted.

    ``REVENUE``: revenue less refunds; ``PROFIT``: that less product cost; ``PROFIT_CONTRIBUTION``: profit less the
    marketing and service cost of this customer.
    """

    REVENUE = "revenue"
    PROFIT = "profit"
    PROFIT_CONTRIBUTION = "profit_contribution"


def present_value(flows: Iterable[Number], discount_rate: Number, timing: Timing) -> Any:
    """Present value of one flow per period at one rate: the sum of ``flow_t * (1 + discount_rate)^(-t)``.

    Parameters
    ----------
    flows : sequence of float or Decimal
        One per period; income positive, spending negative.
    discount_rate : float or Decimal
        Per period; greater than -1.
    timing : Timing
        Whether t starts at 0 or at 1.

    Returns
    -------
    float or Decimal
        A Decimal if an argument holds one; each step then rounds half-even at the 28th digit.

    Raises
    ------
    EmptyError, OutOfRangeError, NotFiniteError, NumberOverflowError
        For no flows, a rate of -1 or less, a flow that is not finite, a value that is too large.

    Examples
    --------
    The textbook exercise: acquired for 400, a first purchase of 2000, kept for 5 years, "then 500 per year", 9 %.
    With 500 as the yearly growth of a flow that starts at 2000, and with 500 as a level flow:

    >>> from crm_core.clv import Timing, annuity, present_value
    >>> round(present_value([2000, 2500, 3000, 3500, 4000], 0.09, Timing.END) - 400, 10)
    10934.8265925923
    >>> round(2000 - 400 + annuity(500, 0.09, 5), 10)
    3544.8256316759
    """
    return _core.present_value(items("flows", flows), discount_rate, member("timing", Timing, timing))


def present_value_varying(flows: Iterable[Number], discount_rates: Iterable[Number], timing: Timing) -> Any:
    """Present value where each period has its own rate: the sum of ``flow_t / ((1 + rate_1) ... (1 + rate_t))``.

    Parameters
    ----------
    flows : sequence of float or Decimal
        One per period; income positive, spending negative.
    discount_rates : sequence of float or Decimal
        A rate for each flow with ``Timing.END``; one less with ``Timing.START``, where the first flow is now.
    timing : Timing
        Whether the first flow is now or one period from now.

    Returns
    -------
    float or Decimal
        A Decimal if an argument holds one.

    Raises
    ------
    EmptyError, LengthMismatchError, OutOfRangeError, NotFiniteError, NumberOverflowError
        For no flows, a wrong number of rates, a rate of -1 or less, and what does not fit.

    Examples
    --------
    >>> from crm_core.clv import Timing, present_value_varying
    >>> present_value_varying([125, 200], [0.25, 0.6], Timing.END)
    200.0
    """
    rates = items("discount_rates", discount_rates)
    return _core.present_value_varying(items("flows", flows), rates, member("timing", Timing, timing))


def present_value_dated(dates: Iterable[Day], amounts: Iterable[Number], yearly_rate: Number, now: Day) -> Any:
    """Present value of flows with dates (XNPV, Act/365): ``amount * (1 + yearly_rate)^(-days / 365)``, summed.

    Parameters
    ----------
    dates : sequence of date, str or numpy.datetime64
        The day of each flow, in any order; flows before ``now`` are compounded.
    amounts : sequence of float or Decimal
        Income positive, spending negative.
    yearly_rate : float or Decimal
        Per year of 365 days; greater than -1.
    now : date, str or numpy.datetime64
        The day of the valuation. Spreadsheets take the day of the first flow.

    Returns
    -------
    float or Decimal
        A Decimal if an argument holds one.

    Raises
    ------
    EmptyError, LengthMismatchError, OutOfRangeError, NotFiniteError, NumberOverflowError
        For no flows, as many dates as there are not amounts, a rate of -1 or less, and what does not fit.
    MissingValueError, UnreadableError, WrongTypeError
        For a day that is missing, is none, or is in another time zone than UTC; it names the row.

    Examples
    --------
    >>> from datetime import date
    >>> from crm_core.clv import present_value_dated
    >>> days = [date(2025, 1, 1), date(2026, 1, 1)]
    >>> present_value_dated(days, [-400, 545], 0.09, now=days[0])
    100.0
    """
    days = read_days("dates", dates).values.tolist()
    return _core.present_value_dated(days, items("amounts", amounts), yearly_rate, day_number("now", now))


def present_values(flows: Any, discount_rate: Any, timing: Timing) -> Any:
    """Present value of the flows of many customers: :func:`present_value` for each row of a table.

    Parameters
    ----------
    flows : table
        A row per customer, a column per period: a two-dimensional NumPy array, a pandas or polars DataFrame, a
        pyarrow Table.
    discount_rate : float or column
        Per period, for all customers or for each.
    timing : Timing
        Whether the first flow is now or one period from now.

    Returns
    -------
    column
        One value per customer: an array, a Series or a ChunkedArray, as the table is. Null in a row gives null, NaN
        gives NaN.

    Raises
    ------
    EmptyError, LengthMismatchError, OutOfRangeError, NotFiniteError, NumberOverflowError, WrongTypeError
        For a table without periods, as many rates as there are not customers, a pandas index other than the
        table's, and what a row must not hold; it names the row.

    Examples
    --------
    >>> import numpy as np
    >>> from crm_core.clv import Timing, present_values
    >>> present_values(np.array([[-400.0, 125.0, 500.0], [-100.0, 0.0, 250.0]]), 0.25, Timing.START)
    array([20., 60.])
    """
    rows = read_rows("flows", flows)
    out = np.empty(len(rows.values))
    when = member("timing", Timing, timing)
    if not is_column(discount_rate):
        _core.present_values(rows.values, discount_rate, when, out)
        return rows.back("present_value", out)
    rate = read("discount_rate", discount_rate)
    check_aligned({"flows": rows, "discount_rate": rate})
    _core.present_values(rows.values, rate.values, when, out)
    return rows.back("present_value", out, rate)


def present_values_varying(flows: Any, discount_rates: Any, timing: Timing) -> Any:
    """Present value of the flows of many customers: :func:`present_value_varying` for each row of a table.

    Parameters
    ----------
    flows : table
        A row per customer, a column per period, as for :func:`present_values`.
    discount_rates : column
        A rate for each period with ``Timing.END``; one less with ``Timing.START``; none missing.
    timing : Timing
        Whether the first flow is now or one period from now.

    Returns
    -------
    column
        One value per customer, as for :func:`present_values`.

    Raises
    ------
    EmptyError, LengthMismatchError, OutOfRangeError, NotFiniteError, NumberOverflowError, WrongTypeError
        As for :func:`present_values`.
    MissingValueError
        For a rate that is missing; it names the row.

    Examples
    --------
    >>> import numpy as np
    >>> from crm_core.clv import Timing, present_values_varying
    >>> present_values_varying(np.array([[125.0, 200.0]]), [0.25, 0.6], Timing.END)
    array([200.])
    """
    rows = read_rows("flows", flows)
    out = np.empty(len(rows.values))
    rates = np.ascontiguousarray(read("discount_rates", discount_rates).required("discount_rates"))
    _core.present_values_varying(rows.values, rates, member("timing", Timing, timing), out)
    return rows.back("present_value", out)


def present_values_dated(customers: Any, dates: Any, amounts: Any, yearly_rate: float, now: Day) -> tuple[Any, Any]:
    """Present value of each customer's dated flows, from a log of flows (XNPV, Act/365).

    Parameters
    ----------
    customers : column
        Whose flow each row is: texts or integers, none missing.
    dates : column of dates, time stamps or texts
        The day of each flow, in any order, none missing; flows before ``now`` are compounded. Time stamps are naive or
        UTC.
    amounts : column
        Income positive, spending negative; none missing.
    yearly_rate : float
        Per year of 365 days; greater than -1.
    now : date, str or numpy.datetime64
        The day of the valuation.

    Returns
    -------
    (column, column)
        The customers, sorted, and the present value of each: columns of the library that ``customers`` is of.

    Raises
    ------
    LengthMismatchError, OutOfRangeError, NotFiniteError, NumberOverflowError
        For columns of different lengths or pandas indexes, a rate of -1 or less, and what does not fit.
    MissingValueError, UnreadableError, WrongTypeError
        For what is missing, no day, in another time zone than UTC, or no customer; it names the row.

    Examples
    --------
    >>> from datetime import date
    >>> from crm_core.clv import present_values_dated
    >>> days = [date(2025, 1, 1), date(2026, 1, 1), date(2025, 1, 1)]
    >>> ids, values = present_values_dated(["b", "b", "a"], days, [-400, 545, 30], 0.09, now=days[0])
    >>> ids.tolist(), values.round(6).tolist()
    (['a', 'b'], [30.0, 100.0])
    """
    who, when, paid = read_customers("customers", customers), read_days("dates", dates), read("amounts", amounts)
    check_aligned({"customers": who, "dates": when, "amounts": paid})
    ids, numbers = np.unique(who.values, return_inverse=True)
    values = np.ascontiguousarray(paid.required("amounts"))
    out = np.empty(len(ids))
    days = when.values.tolist()
    _core.present_values_dated(numbers.tolist(), days, values, yearly_rate, day_number("now", now), out)
    return column_like(customers, "customer", ids), column_like(customers, "present_value", out)


def payback(flows: Iterable[Number], discount_rate: Number, timing: Timing) -> Any:
    """Pay-back period: when the running total of the discounted flows is first 0 or more.

    That is the first time alone: whether later spending makes the total sink below zero again is not looked at.

    Within the period that brings it there, income is taken to come in evenly. A rate of 0 gives the plain pay-back
    period.

    Parameters
    ----------
    flows : sequence of float or Decimal
        One per period; income positive, spending negative.
    discount_rate : float or Decimal
        Per period; greater than -1.
    timing : Timing
        Whether the first flow is now or one period from now.

    Returns
    -------
    float, Decimal or None
        Periods from now, 0 if the first flow is income; None if no running total is 0 or more.

    Raises
    ------
    EmptyError, OutOfRangeError, NotFiniteError, NumberOverflowError
        As for :func:`present_value`.

    Examples
    --------
    >>> from crm_core.clv import Timing, payback
    >>> payback([-400, 200, 400], 0, Timing.START)
    1.5
    >>> payback([-400, 100, 100], 0, Timing.START) is None
    True
    """
    return _core.payback(items("flows", flows), discount_rate, member("timing", Timing, timing))


@dataclass(frozen=True, slots=True)
class InternalRate:
    """The internal rate of return, as far as the flows have one.

    Attributes
    ----------
    rate : float, Decimal or None
        The only rate; None if the flows change sign more than once: then there may be none, and there may be as many
        as sign changes.
    sign_changes : int
        How often the flows change sign.
    """

    rate: Number | None
    sign_changes: int


def internal_rate_of_return(flows: Iterable[Number]) -> InternalRate:
    """Internal rate of return: the rate per period at which the flows are worth nothing.

    Flows that change sign once have exactly one rate over -1, rounded to 18 decimals. For others, compare present
    values instead, or look between two rates with :func:`internal_rate_between`.

    Parameters
    ----------
    flows : sequence of float or Decimal
        One per period; income positive, spending negative.

    Returns
    -------
    InternalRate
        The rate and the number of sign changes.

    Raises
    ------
    NoSolutionError
        If the flows do not hold both spending and income.
    EmptyError, NotFiniteError, NumberOverflowError
        For no flows and what does not fit.

    Examples
    --------
    >>> from crm_core.clv import internal_rate_of_return
    >>> internal_rate_of_return([-400, 220, 242])
    InternalRate(rate=0.1, sign_changes=1)
    """
    return InternalRate(*_core.internal_rate_of_return(items("flows", flows)))


def internal_rate_between(flows: Iterable[Number], low: Number, high: Number) -> Any:
    """Find a rate between two at which the flows are worth nothing.

    Parameters
    ----------
    flows : sequence of float or Decimal
        One per period; income positive, spending negative.
    low, high : float or Decimal
        Rates at which the present values of the flows differ in sign.

    Returns
    -------
    float or Decimal
        A rate, one of them if there are several.

    Raises
    ------
    NoSolutionError
        If the present values at ``low`` and ``high`` have the same sign.
    EmptyError, OutOfRangeError, NotFiniteError, NumberOverflowError
        For no flows, ``low`` not less than ``high``, and what does not fit.

    Examples
    --------
    >>> from crm_core.clv import internal_rate_between
    >>> internal_rate_between([-1000, 2300, -1320], 0.15, 0.5)
    0.2
    """
    return _core.internal_rate_between(items("flows", flows), low, high)


@dataclass(frozen=True, slots=True)
class FlowEntry:
    """What one customer brought and cost in a period; all amounts are 0 or more.

    Attributes
    ----------
    period : int
        Counted from 0.
    revenue : float or Decimal
        Before refunds.
    product_cost : float or Decimal
        Cost of the products sold.
    service_cost : float or Decimal
        Cost to serve this customer.
    marketing_cost : float or Decimal
        Marketing spent on this customer.
    refunds : float or Decimal
        Revenue given back.
    """

    period: int
    revenue: Number = 0.0
    product_cost: Number = 0.0
    service_cost: Number = 0.0
    marketing_cost: Number = 0.0
    refunds: Number = 0.0


def flows(entries: Sequence[FlowEntry], basis: Basis) -> list[Any]:
    """One flow per period from what a customer brought and cost.

    Parameters
    ----------
    entries : sequence of FlowEntry
        In any order; a period may have none and may have several.
    basis : Basis
        Which of them are counted.

    Returns
    -------
    list of float or Decimal
        From period 0 to the last with an entry; 0 in a period without one.

    Raises
    ------
    EmptyError, OutOfRangeError, NotFiniteError, NumberOverflowError
        For no entries, a negative amount, a period over 100,000, and what does not fit; it names the row.

    Examples
    --------
    >>> from crm_core.clv import Basis, FlowEntry, flows
    >>> entries = [FlowEntry(0, revenue=100, product_cost=60, marketing_cost=25), FlowEntry(2, revenue=80, refunds=10)]
    >>> flows(entries, Basis.PROFIT_CONTRIBUTION)
    [15.0, 0.0, 70.0]
    """
    given = [
        (integer("period", period, greatest=LARGEST_INDEX, row=row), *amounts)
        for row, (period, *amounts) in enumerate(astuple(entry) for entry in items("entries", entries))
    ]
    return _core.flows(given, member("basis", Basis, basis))
