"""Indicators of the value of a customer: a catalogue, and what logs say of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np

from crm_core import _core
from crm_core._dates import day_number
from crm_core._options import member, number, wrong_type
from crm_core._tables import backend, frame_of, native
from crm_core.errors import NotFoundError, OutOfRangeError
from crm_core.ledger import Ledger
from crm_core.units import Category, Language
from crm_core.value._codes import codes_of, days_or_numbers
from crm_core.value._cuts import Direction

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from crm_core._columns import Column
    from crm_core._tables import Table

__all__ = [
    "ContactKind",
    "Indicator",
    "IndicatorGroup",
    "IndicatorUnit",
    "contact_indicators",
    "financial_indicators",
    "transaction_indicators",
]


class IndicatorGroup(Category):
    """Where an indicator comes from."""

    TRANSACTION = "transaction"
    FINANCIAL = "financial"
    CONTACT = "contact"
    FIRM = "firm"
    PERSON = "person"


class IndicatorUnit(Category):
    """What an indicator is measured in."""

    COUNT = "count"
    MONEY = "money"
    DAYS = "days"
    SHARE = "share"
    YEARS = "years"
    CATEGORY = "category"


class Indicator(Category):
    """An indicator of the value of a customer.

    >>> Indicator.ARREARS_RATE.group, Indicator.ARREARS_RATE.direction
    (<IndicatorGroup.FINANCIAL: 'financial'>, <Direction.LOWER_IS_BETTER: 'lower_is_better'>)
    """

    ORDER_COUNT = "order_count"
    REVENUE = "revenue"
    PROFIT = "profit"
    GROSS_MARGIN = "gross_margin"
    MEAN_ORDER = "mean_order"
    LARGEST_ORDER = "largest_order"
    RETURN_COUNT = "return_count"
    RETURN_AMOUNT = "return_amount"
    TENURE = "tenure"
    INTERPURCHASE_TIME = "interpurchase_time"
    EXPECTED_SALES = "expected_sales"
    LARGEST_PAYMENT = "largest_payment"
    MEAN_PAYMENT = "mean_payment"
    COLLECTION_PERIOD = "collection_period"
    MEAN_ARREARS = "mean_arrears"
    ARREARS_RATE = "arrears_rate"
    TASK_COUNT = "task_count"
    PROCESS_COUNT = "process_count"
    PRAISE_COUNT = "praise_count"
    PRAISE_RATE = "praise_rate"
    COMPLAINT_COUNT = "complaint_count"
    COMPLAINT_RATE = "complaint_rate"
    SUGGESTION_COUNT = "suggestion_count"
    SUGGESTION_RATE = "suggestion_rate"
    FIRM_SIZE = "firm_size"
    CAPITAL = "capital"
    FIRM_REGION = "firm_region"
    INDUSTRY = "industry"
    FIRM_REVENUE = "firm_revenue"
    LISTED = "listed"
    AGE = "age"
    GENDER = "gender"
    EDUCATION = "education"
    MARITAL_STATUS = "marital_status"
    OCCUPATION = "occupation"
    INCOME = "income"
    PERSON_REGION = "person_region"

    @property
    def group(self) -> IndicatorGroup:
        """Where it comes from."""
        return IndicatorGroup(self._about()["group"])

    @property
    def unit(self) -> IndicatorUnit:
        """What it is measured in."""
        return IndicatorUnit(self._about()["unit"])

    @property
    def direction(self) -> Direction | None:
        """Which end speaks of a more valuable customer; None for a trait that says who a customer is."""
        direction = self._about()["direction"]
        return None if direction is None else Direction(direction)

    def definition(self, language: Language | None = None) -> str:
        """Say how it is computed, or what it means.

        >>> Indicator.PROFIT.definition()
        'Orders − returns − costs.'
        """
        en: str
        zh: str
        en, zh = self._about()["definition"]
        return zh if language is not None and member("language", Language, language) is Language.ZH else en

    def _about(self) -> dict[str, Any]:
        return _core.indicator_catalogue()[self.code]


class ContactKind(Category):
    """What a contact with a customer was."""

    TASK = "task"
    PROCESS = "process"
    PRAISE = "praise"
    COMPLAINT = "complaint"
    SUGGESTION = "suggestion"
    OTHER = "other"


def transaction_indicators(ledger: Ledger, observation_end: date | str) -> Any:
    """Give the indicators of transactions of every customer of a ledger.

    Parameters
    ----------
    ledger : Ledger
        What the customers bought and returned.
    observation_end : date or str
        The day that tenure is counted to.

    Returns
    -------
    table
        ``customer``, and columns by the names of :class:`Indicator`, from ``order_count`` to ``interpurchase_time``;
        ``profit`` and ``gross_margin`` if the log has costs. NaN where there is no value: margin where orders do not
        exceed returns, mean and largest order without an order, interpurchase time where all orders are of one day.

    Raises
    ------
    OutOfRangeError
        If the observation ends before a transaction.

    Examples
    --------
    >>> import polars as pl
    >>> from crm_core.ledger import Ledger
    >>> log = pl.DataFrame({"who": [1, 1, 1], "day": ["2026-01-01", "2026-01-11", "2026-01-13"], "paid": [60, 20, -8]})
    >>> ledger = Ledger(log.with_columns(pl.col("day").str.to_date()), customer="who", time="day", amount="paid")
    >>> transaction_indicators(ledger, "2026-01-31").rows(named=True)[0]["mean_order"]
    40.0
    """
    if not isinstance(ledger, Ledger):
        raise wrong_type("ledger", ledger, "a Ledger")
    found = _core.transaction_indicators(ledger._core, day_number("observation_end", observation_end))
    return native(found, ledger._backend)


def financial_indicators(
    invoices: Table,
    *,
    customer: str,
    amount: str,
    issued: str,
    due: str,
    paid: str,
    as_of: date | str | float,
    customers: Column | None = None,
) -> Any:
    """Give the indicators of payments of every customer, as of a day.

    What was paid after that day is open, and what was issued after it is not there yet. An invoice is overdue if it is
    open and its day has passed.

    Parameters
    ----------
    invoices : table
        One row per invoice.
    customer, amount, issued, due, paid : str
        Its columns: who; how much, more than 0; the days of issue, on which it is due, and on which it was paid: dates,
        or numbers of days. ``paid`` is missing while an invoice is open.
    as_of : date, str or float
        The day, of the kind of the columns.
    customers : column, optional
        The customers who get a row, in this order; without it, those who have an invoice, in the order of the table.

    Returns
    -------
    table
        ``customer``, ``largest_payment``, ``mean_payment``, ``collection_period``, ``mean_arrears``, ``arrears_rate``
        (see :class:`Indicator`). NaN where there is no value: those of payments for who has paid nothing, those of
        arrears for who had nothing due.

    Examples
    --------
    >>> import polars as pl
    >>> log = pl.DataFrame(
    ...     {"who": [1, 1, 1], "sum": [100, 300, 100], "on": [0, 10, 20], "by": [30, 40, 50], "at": [25, 45, None]}
    ... )
    >>> financial_indicators(
    ...     log, customer="who", amount="sum", issued="on", due="by", paid="at", as_of=60
    ... ).rows()
    [(1, 300.0, 200.0, 30.0, 33.333333333333336, 0.2)]
    """
    frame = frame_of(invoices)
    who, codes = _who(frame, customer, customers)
    amounts, starts, ends, payments = (
        days_or_numbers(name, _column(frame, name, given))
        for name, given in (("amount", amount), ("issued", issued), ("due", due), ("paid", paid))
    )
    day = number("as_of", as_of) if isinstance(as_of, (int, float)) else float(day_number("as_of", as_of))
    table = _core.financial_indicators(codes, amounts, starts, ends, payments, len(who), day)
    return _with_customers(invoices, who, table)


def contact_indicators(contacts: Table, *, customer: str, kind: str, customers: Column | None = None) -> Any:
    """Give the indicators of contacts of every customer.

    Parameters
    ----------
    contacts : table
        One row per contact.
    customer, kind : str
        Its columns: who, and the :class:`ContactKind`.
    customers : column, optional
        The customers who get a row, in this order; without it, those who have a contact, in the order of the table.

    Returns
    -------
    table
        ``customer``, the counts of tasks, processes, praise, complaints and suggestions, and the parts of praise,
        complaints and suggestions in all contacts of the customer (NaN without a contact); see :class:`Indicator`.

    Examples
    --------
    >>> import polars as pl
    >>> log = pl.DataFrame({"who": [1, 2, 2, 2], "what": ["praise", "complaint", "other", "other"]})
    >>> contact_indicators(log, customer="who", kind="what")["praise_rate"].to_list()
    [1.0, 0.0]
    """
    frame = frame_of(contacts)
    who, codes = _who(frame, customer, customers)
    kinds = codes_of("kind", nw.to_native(_column(frame, "kind", kind)), list(ContactKind))
    return _with_customers(contacts, who, _core.contact_indicators(codes, kinds, len(who)))


def _column(frame: nw.DataFrame[Any], argument: str, name: str) -> Any:
    if name not in frame.columns:
        message = f"{argument} is {name!r}: must be a column of the table"
        raise NotFoundError(message, argument=argument, value=repr(name))
    return frame[name]


def _who(frame: nw.DataFrame[Any], name: str, customers: Column | None) -> tuple[list[Any], NDArray[np.uint32]]:
    """Give the customers, and the number of that of each row."""
    ids = _column(frame, "customer", name).to_list()
    given: Any = ids if customers is None else customers
    known = given.tolist() if hasattr(given, "tolist") else list(given)
    place = {who: code for code, who in enumerate(dict.fromkeys(known))}
    codes = np.empty(len(ids), dtype=np.uint32)
    for row, who in enumerate(ids):
        if who not in place:
            message = f"customer (row {row}) is {who!r}: must be one of customers"
            raise OutOfRangeError(message, argument="customer", row=row, value=repr(who))
        codes[row] = place[who]
    return list(place), codes


def _with_customers(given: Any, who: list[Any], table: _core.Table) -> Any:
    frame = nw.from_native(native(table, backend(given)), eager_only=True)
    ids = nw.new_series("customer", who, backend=frame.implementation)
    return frame.select(ids, nw.all()).to_native()
