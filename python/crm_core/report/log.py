"""The log of one analysis: what each customer did, as NumPy columns in the order of first appearance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from crm_core.errors import EmptyError, WrongTypeError
from crm_core.ledger import Ledger, Period, Returns
from crm_core.report.dates import to_dates
from crm_core.report.settings import Every

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from crm_core.ledger import PeriodSeries
    from crm_core.report.guessing import LogColumns

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]
    Booleans = NDArray[np.bool_]

__all__ = ["CustomerLog", "costed_ledger", "floats"]

_PERIODS = {Every.WEEK: Period.WEEKS, Every.MONTH: Period.MONTHS, Every.YEAR: Period.YEARS}


@dataclass(frozen=True)
class CustomerLog:
    """What each customer did, over the whole log and per period.

    Attributes
    ----------
    ledger : Ledger
        The log itself.
    customer : pyarrow.Array
        Who: one per row of all columns per customer.
    first, last : ndarray of datetime64[D]
        Days of the first and the last transaction.
    orders : ndarray
        Days with a purchase.
    revenue, value : ndarray
        Net of returns; ``value`` is profit where costs or a margin are known.
    recency, age, mean_spend : ndarray
        Of the summary, in days; NaN for a customer who only returned.
    series : PeriodSeries
        Activity per customer and period.
    owner, period, purchases, amounts : ndarray
        The same as columns: row of the customer, index of the period, purchases, value.
    first_amount : ndarray
        Value of the day of the first purchase, per customer; 0 for one who only returned.
    starts : list of date
        The first day of every period.
    has_cost : bool
        Whether the costs are known.
    """

    ledger: Ledger
    customer: Any
    first: NDArray[np.datetime64]
    last: NDArray[np.datetime64]
    orders: Integers
    revenue: Floats
    value: Floats
    recency: Floats
    age: Floats
    mean_spend: Floats
    series: PeriodSeries
    owner: Integers
    period: Integers
    purchases: Integers
    amounts: Floats
    first_amount: Floats
    starts: list[date]
    has_cost: bool

    def rows_of(self, customers: Any) -> Integers:
        """Return the row of each of these customers."""
        import pyarrow.compute as pc

        rows: Integers = pc.index_in(customers, self.customer).to_numpy(zero_copy_only=False).astype(np.int64)
        return rows

    def in_order(self, table: Any) -> Any:
        """Return a table with a column ``customer`` in the order of the customers here."""
        return table.take(np.argsort(self.rows_of(table["customer"])))

    @property
    def days_since_last(self) -> Floats:
        """Days from each customer's last transaction to the end of the log."""
        days: Floats = (self.last.max() - self.last).astype(np.float64)
        return days

    def value_per_customer(self, chosen: Booleans) -> Floats:
        """Return the value of the chosen entries of the series, per customer."""
        return np.bincount(self.owner[chosen], self.amounts[chosen], len(self.value)).astype(np.float64)

    def value_per_period(self, chosen: Booleans) -> Floats:
        """Return the value of the chosen entries of the series, per period."""
        return np.bincount(self.period[chosen], self.amounts[chosen], len(self.starts)).astype(np.float64)

    @classmethod
    def read(
        cls, table: Any, columns: LogColumns, *, every: Every, margin: float, time_format: str | None
    ) -> CustomerLog:
        """Read a log; raises what :class:`crm_core.ledger.Ledger` raises, naming the columns as the log does."""
        import pyarrow as pa
        import pyarrow.compute as pc

        ledger = _ledger(table, columns, time_format)
        totals, summary = ledger.totals(), ledger.summary(returns=Returns.NET)
        series = ledger.period_series(period=_PERIODS[every], returns=Returns.NET)
        days = ledger.period_series(period=Period.DAYS, returns=Returns.NET).table
        customer = totals["customer"].combine_chunks()
        revenue = floats(totals["revenue"]) - floats(totals["returned"])
        has_cost = columns.cost is not None
        first = totals["first"].to_numpy().astype("datetime64[D]")
        bought = pc.index_in(summary["customer"], customer).to_numpy()

        def amounts(of: Any) -> Floats:
            return floats(of["profit"]) if has_cost else floats(of["spend"]) * margin

        purchases = days.filter(pc.greater(days["purchases"], 0))
        if len(purchases) == 0:
            message = f"{columns.amount} holds no purchases: every amount is that of a return"
            raise EmptyError(message, argument=columns.amount)
        first_of_customer = pc.index_in(customer, purchases["customer"])

        def spread(name: str) -> Floats:
            column = np.full(len(customer), np.nan)
            column[bought] = floats(summary[name])
            return column

        return cls(
            ledger=ledger,
            customer=customer,
            first=first,
            last=totals["last"].to_numpy().astype("datetime64[D]"),
            orders=np.nan_to_num(spread("frequency") + 1).astype(np.int64),
            revenue=revenue,
            value=revenue - floats(totals["cost"]) if has_cost else revenue * margin,
            recency=spread("recency"),
            age=spread("age"),
            mean_spend=spread("mean_spend"),
            series=series,
            owner=pc.index_in(series.table["customer"], customer).to_numpy().astype(np.int64),
            period=series.table["period"].to_numpy().astype(np.int64),
            purchases=series.table["purchases"].to_numpy().astype(np.int64),
            amounts=amounts(series.table),
            first_amount=np.nan_to_num(floats(pc.take(pa.array(amounts(purchases)), first_of_customer))),
            starts=_starts(first.min().astype(date), every, series.observed),
            has_cost=has_cost,
        )


def costed_ledger(table: Any, columns: LogColumns, *, margin: float, time_format: str | None) -> Ledger:
    """Read a log without costs as one in which all of an amount but the margin is a cost."""
    return _ledger(table, columns, time_format, margin)


def _ledger(table: Any, columns: LogColumns, time_format: str | None, margin: float | None = None) -> Ledger:
    import pyarrow as pa
    import pyarrow.compute as pc

    customers = table[columns.customer]
    if pa.types.is_dictionary(customers.type):
        customers = customers.cast(customers.type.value_type)
    used = {columns.customer: customers, columns.time: to_dates(table[columns.time], columns.time, time_format)}
    for name in (columns.amount, columns.cost):
        if name is not None:
            used[name] = table[name]
            if columns.quantity is not None:
                used[name] = pc.multiply(_number(table, name), _number(table, columns.quantity))
    cost = columns.cost
    if margin is not None:
        cost = "\N{INVISIBLE SEPARATOR}cost"
        used[cost] = pc.multiply(_number(pa.table(used), columns.amount), 1 - margin)
    return Ledger(pa.table(used), customer=columns.customer, time=columns.time, amount=columns.amount, cost=cost)


def _number(table: Any, name: str) -> Any:
    import pyarrow as pa

    kind = table[name].type
    if not (pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)):
        message = f"{name} is of type {kind}: must be a column of numbers"
        raise WrongTypeError(message, argument=name, value=f"of type {kind}")
    return table[name].cast(pa.float64())


def floats(column: Any) -> Floats:
    """Return a column of pyarrow as floats; NaN where it is null."""
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=np.float64)


def _starts(first: date, every: Every, count: int) -> list[date]:
    """Return the first day of the period that holds ``first``, and of those after it."""
    if every is Every.WEEK:
        monday = first - timedelta(days=first.weekday())
        return [monday + timedelta(weeks=i) for i in range(count)]
    if every is Every.MONTH:
        months = [first.year * 12 + first.month - 1 + i for i in range(count)]
        return [date(month // 12, month % 12 + 1, 1) for month in months]
    return [date(first.year + i, 1, 1) for i in range(count)]
