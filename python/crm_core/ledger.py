"""From a transaction log to what each customer did.

A log is a table of three or four columns: customer, time, amount, and perhaps cost, in any order of
rows. A :class:`Ledger` holds each customer's transactions by time; from it come the summary that
buy-till-you-die models are fitted to, activity per period, and totals. Who wants the summary alone gets it
from :func:`summary`, in less memory. :func:`simulate` makes logs to try things on.

>>> import polars as pl
>>> from datetime import date
>>> log = pl.DataFrame({
...     "who": ["ann", "bob", "ann", "ann"],
...     "day": [date(2024, 1, 1), date(2024, 1, 3), date(2024, 1, 15), date(2024, 1, 15)],
...     "paid": [20.0, 5.0, 12.5, 7.5],
... })
>>> ledger = Ledger(log, customer="who", time="day", amount="paid")
>>> ledger.customers
2
>>> ledger.summary(periods_per_unit=7).rows(named=True)[0]
{'customer': 'ann', 'frequency': 1, 'recency': 2.0, 'age': 2.0, 'since_last': 0.0, 'mean_spend': 20.0, 'first_row': 0}
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np

from crm_core import _core
from crm_core._columns import check_rows, read
from crm_core._dates import day_number
from crm_core._options import LARGEST_INDEX, LARGEST_INTEGER, integer, library_name, member, number, wrong_type
from crm_core._tables import backend, collect, native
from crm_core.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from narwhals import Implementation
    from numpy.typing import NDArray

    from crm_core._columns import Column
    from crm_core._tables import Table

__all__ = [
    "BetaGeometric",
    "GammaExponential",
    "GroupedSummary",
    "HoldoutSummary",
    "Ledger",
    "PartialSummary",
    "Period",
    "PeriodSeries",
    "RepeatPurchases",
    "Returns",
    "simulate",
    "summary",
]


class Period(StrEnum):
    """How the calendar is cut into periods. Where a period is asked for, an ``int`` means blocks of that many days."""

    DAYS = "days"
    """Single days."""
    WEEKS = "weeks"
    """Calendar weeks, Monday to Sunday."""
    MONTHS = "months"
    """Calendar months."""
    YEARS = "years"
    """Calendar years."""
    INSTANT = "instant"
    """No periods: only transactions of the same instant are one purchase, and times are days with fractions."""


class Returns(StrEnum):
    """What to make of negative amounts."""

    REJECT = "reject"
    """They are an error that names the row."""
    DROP = "drop"
    """They are left out, as if the log did not have them."""
    NET = "net"
    """They are deducted.

    Amounts are added within each period first. In a summary, a period that has returns is a purchase only if what
    remains is positive; otherwise the remainder is deducted from the purchase before it, and before the first
    purchase it concerns nothing that was observed.
    """


@dataclass(frozen=True, slots=True)
class GroupedSummary:
    """Customers with equal (frequency, recency, age) as one row.

    Attributes
    ----------
    groups : table
        Columns ``frequency``, ``recency``, ``age``, ``weight``.
    members : table
        Columns ``customer`` and ``group``, the row of its group.
    """

    groups: Any
    members: Any


@dataclass(frozen=True, slots=True)
class HoldoutSummary:
    """A summary of a calibration period, and what the same customers did in the holdout after it.

    Attributes
    ----------
    table : table
        The columns of :meth:`Ledger.summary` for the calibration period, and ``holdout_frequency`` (purchases in the
        holdout, all of them), ``holdout_spend`` (sum of their amounts) and ``holdout_mean_spend`` (0 if there are
        none). Customers who first appear in the holdout have no row.
    duration : float
        Length of the holdout, in the unit of recency and age.
    newcomers : int
        How many customers first appear in the holdout.
    """

    table: Any
    duration: float
    newcomers: int


@dataclass(frozen=True, slots=True, eq=False)
class RepeatPurchases:
    """When customers came, and how often they bought again in each period.

    Attributes
    ----------
    starts : array
        Time from the beginning of observation to the first purchase of each customer, in the order of the summary.
    purchases : array
        Repeat purchases of all customers in each whole period of the observation.
    length : float
        The length of a period, in units of time.
    """

    starts: NDArray[np.float64]
    purchases: NDArray[np.float64]
    length: float


@dataclass(frozen=True, slots=True)
class PeriodSeries:
    """Activity per customer and period.

    Attributes
    ----------
    table : table
        One row per customer and active period, oldest first within a customer: ``customer``, ``period`` (index since
        the start of observation), ``purchases``, ``spend``, and ``profit`` (amount − cost) if the log has costs.
    observed : int
        How many periods were observed in all.
    """

    table: Any
    observed: int


class Ledger:
    """Every customer's transactions, by time.

    Customers are numbered in the order in which they first appear in the log. Rows may come in any order. Two rows
    that are alike are two transactions. Days of UTC timestamps are days of UTC; naive timestamps are taken as they
    stand. Results are tables of the library that ``log`` is of.

    It does not pickle: it is as large as the log itself, 24 bytes a row and the ids. What goes to another process is
    the log, or a :class:`PartialSummary`, which pickles.

    Parameters
    ----------
    log : table
        A DataFrame of polars or pandas, a pyarrow Table, a DuckDB relation, or any other table with the Arrow capsule
        interface. It may be freed afterwards: the ledger keeps what it needs.
    customer, time, amount : str
        The names of the columns: integers or texts; dates, or timestamps that are naive or UTC; floats, or integers
        and decimals, which are exact. A negative amount is a return.
    cost : str, optional
        The column of what the transaction cost the seller.

    Raises
    ------
    NotFoundError
        If the table does not have a column of that name.
    WrongTypeError
        If a column has another type, or timestamps of a zone other than UTC.
    MissingValueError
        If a value is missing, or a text as customer is empty: leave such rows out first, if they are to be left out.
    NotFiniteError, OutOfRangeError, EmptyError
        For amounts that are NaN or infinite, times outside the years 1 to 9999, and a log without rows.
    """

    __slots__ = ("_backend", "_core")

    def __init__(self, log: Table, *, customer: str, time: str, amount: str, cost: str | None = None) -> None:
        self._backend = backend(log)
        names = {"customer": customer, "time": time, "amount": amount} | ({} if cost is None else {"cost": cost})
        with _named(log, names) as table:
            self._core = _core.Ledger(table, customer, time, amount, cost)

    @property
    def customers(self) -> int:
        """How many customers there are."""
        return self._core.customers

    @property
    def rows(self) -> int:
        """How many transactions there are."""
        return self._core.rows

    def __reduce__(self) -> Any:
        message = "a Ledger does not pickle, as it is as large as its log: send the log, or a partial_summary()"
        raise TypeError(message)

    def __repr__(self) -> str:
        return f"<Ledger of {self.rows} transactions of {self.customers} customers>"

    def summary(
        self,
        *,
        period: Period | int = Period.DAYS,
        periods_per_unit: float = 1.0,
        start: date | str | None = None,
        end: date | str | None = None,
        returns: Returns = Returns.REJECT,
        include_first: bool = False,
        continuity_correction: bool = False,
    ) -> Any:
        """Frequency x, recency t_x, age T and mean spend of each customer.

        With purchases in the periods p₀ < p₁ < … < p_x and the last observed period e: t_x = p_x − p₀, T = e − p₀,
        and the mean spend is Σ_{i=1..x} spend(pᵢ) / x.
        The same as ``summary_data_from_transaction_data`` of lifetimes with ``include_first_transaction=False``, under
        other names: ``age`` is T, ``mean_spend`` is monetary_value, ``period`` is freq, ``periods_per_unit`` is
        freq_multiplier.

        ``recency`` is the time from the first purchase to the last, as these models have it: the larger, the more
        recent. Scores of recency (:class:`crm_core.value.Rfm`) start from the time since the last purchase, which is
        ``age - recency``.

        Parameters
        ----------
        period : Period or int
            All transactions of one period are one purchase; an ``int`` means blocks of that many days from the start
            of observation. Cutting time into periods biases models of continuous time: alpha comes out several
            standard errors too large where there are many customers. :attr:`Period.INSTANT` avoids it, and
            ``continuity_correction`` lessens it.
        periods_per_unit : float
            How many periods are one unit of time: with days as periods, 7 expresses recency and age in weeks.
        start, end : date or str, optional
            First and last day of observation; the periods that hold them count in full. By default the days of the
            first and the last transaction.
        returns : Returns
            What to make of negative amounts.
        include_first : bool
            Whether the mean spend includes the first purchase.
        continuity_correction : bool
            Whether half a period for each repeat purchase is deducted from recency and age. Where the purchases of one
            period are one, none can follow in what is left of the period, half of it in the mean: with the rate λ per
            period, x periods with a purchase among T have a likelihood of λ^x e^(-λ (T - x/2)), up to λ²/24 for each
            purchase. Instants have nothing to correct.

        Returns
        -------
        table
            ``customer``, ``frequency``, ``recency``, ``age``, ``since_last`` (age - recency), ``mean_spend``, and
            ``first_row``, the row of the log where the customer comes first. Customers without a purchase in the
            observation are left out.

        References
        ----------
        Fader & Hardie (2008), "Creating an RFM summary using Excel", note 022.
        """
        options = _options(period, periods_per_unit, start, end, returns, include_first, continuity_correction)
        table = self._core.summary(options)
        return native(table, self._backend)

    def calibration_and_holdout(
        self,
        calibration_end: date | str,
        *,
        period: Period | int = Period.DAYS,
        periods_per_unit: float = 1.0,
        start: date | str | None = None,
        end: date | str | None = None,
        returns: Returns = Returns.REJECT,
        include_first: bool = False,
        continuity_correction: bool = False,
    ) -> HoldoutSummary:
        """Split the observation: a summary up to a day, and what the same customers did from then to the end.

        A model is fitted to the calibration, and its predictions are compared with the holdout. The same as
        ``calibration_and_holdout_data`` of lifetimes.

        Parameters
        ----------
        calibration_end : date or str
            Last day of the calibration; the period that holds it belongs to it in full.
        period, periods_per_unit, start, end, returns, include_first, continuity_correction
            As of :meth:`summary`. Each part is read as an observation of its own: a netted return in the holdout is
            deducted from a purchase of the holdout, or from none.

        Returns
        -------
        HoldoutSummary
            The columns of both parts, the length of the holdout, and how many customers first appear in it.

        Raises
        ------
        OutOfRangeError
            If ``calibration_end`` lies before the start or leaves no holdout.

        References
        ----------
        Fader, Hardie & Lee (2005), Marketing Science 24, section 4.

        Examples
        --------
        >>> log = simulate(300, seed=1, library="polars")
        >>> ledger = Ledger(log, customer="customer", time="time", amount="amount")
        >>> split = ledger.calibration_and_holdout("1997-09-30", periods_per_unit=7)
        >>> len(split.table), split.newcomers
        (300, 0)
        >>> split.duration
        37.714285714285715
        """
        last = day_number("calibration_end", calibration_end)
        options = _options(period, periods_per_unit, start, end, returns, include_first, continuity_correction)
        table, duration, newcomers = self._core.calibration_and_holdout(last, options)
        return HoldoutSummary(native(table, self._backend), duration, newcomers)

    def repeat_purchases(
        self,
        length: float = 1.0,
        *,
        period: Period | int = Period.DAYS,
        periods_per_unit: float = 1.0,
        start: date | str | None = None,
        end: date | str | None = None,
        returns: Returns = Returns.REJECT,
    ) -> RepeatPurchases:
        """Count repeat purchases in consecutive periods of ``length`` units of time.

        What a model expects in them is :meth:`crm_core.prediction.PurchaseModel.expected_tracking`; both are drawn by
        ``plot_tracking``. The observation may end within a period; what came in that one is left out.

        Parameters
        ----------
        length : float
            Of a period, in units of time: with days and 7 periods per unit, 1 is a week.
        period, periods_per_unit, start, end, returns
            As of :meth:`summary`.

        Raises
        ------
        OutOfRangeError
            If no period fits into the observation.

        Examples
        --------
        >>> log = simulate(300, seed=1, library="polars")
        >>> ledger = Ledger(log, customer="customer", time="time", amount="amount")
        >>> weeks = ledger.repeat_purchases(periods_per_unit=7)
        >>> len(weeks.starts), len(weeks.purchases)
        (300, 76)
        """
        options = _options(period, periods_per_unit, start, end, returns)
        starts, purchases = self._core.repeat_purchases(number("length", length), options)
        return RepeatPurchases(np.array(starts), np.array(purchases), float(length))

    def partial_summary(
        self,
        *,
        period: Period | int = Period.DAYS,
        periods_per_unit: float = 1.0,
        start: date | str | None = None,
        end: date | str | None = None,
        returns: Returns = Returns.REJECT,
        include_first: bool = False,
        continuity_correction: bool = False,
    ) -> PartialSummary:
        """Give what this ledger contributes to the summary of a log of which it is a part.

        Parameters are those of :meth:`summary`, and the same for every part.

        Raises
        ------
        MissingValueError
            For blocks of several days without a start: each part would count them from another day.
        """
        options = _options(period, periods_per_unit, start, end, returns, include_first, continuity_correction)
        made = self._core.partial_summary(options)
        return PartialSummary(made, self._backend)

    def grouped_summary(
        self,
        *,
        period: Period | int = Period.DAYS,
        periods_per_unit: float = 1.0,
        start: date | str | None = None,
        end: date | str | None = None,
        returns: Returns = Returns.REJECT,
        continuity_correction: bool = False,
        weights: Column | None = None,
    ) -> GroupedSummary:
        """Count the customers with equal (frequency, recency, age): what a likelihood needs, in fewer rows.

        Parameters are those of :meth:`summary`; ``weights`` has one number, 0 or more, per row of it, and as a Series
        of pandas its index.
        """
        options = _options(period, periods_per_unit, start, end, returns, continuity_correction=continuity_correction)
        numbers = None if weights is None else _weights(weights)
        groups, members = self._core.grouped_summary(options, numbers)
        return GroupedSummary(native(groups, self._backend), native(members, self._backend))

    def period_series(
        self,
        *,
        period: Period | int = Period.MONTHS,
        start: date | str | None = None,
        end: date | str | None = None,
        returns: Returns = Returns.REJECT,
    ) -> PeriodSeries:
        """Purchases, spend and profit of each customer in each period of the observation.

        Parameters are those of :meth:`summary`. Netted returns count in the period in which they fall: a period with
        returns alone has 0 purchases and a negative spend.
        """
        table, observed = self._core.period_series(series_arguments(period, start, end, returns))
        return PeriodSeries(native(table, self._backend), observed)

    def totals(self, *, exact: bool = False) -> Any:
        """Orders, returns, revenue, cost, first and last day of each customer over the whole log.

        Parameters
        ----------
        exact : bool
            Whether the sums are exact decimals; by default they are the nearest floats.

        Returns
        -------
        table
            ``customer``, ``orders`` (amounts of 0 or more), ``returns`` (negative amounts), ``revenue`` and
            ``returned`` (the sums of both, without sign), ``cost`` if the log has costs, ``first`` and ``last`` day.
            The sums of exact amounts are exact before they become floats.

        Raises
        ------
        WrongTypeError
            If exact sums of floats are asked for.
        """
        return native(self._core.totals(exact), self._backend)

    def transactions(self, customer: int | str) -> Any:
        """Give the transactions of one customer by time: ``row`` of the log, ``date``, ``amount``, and ``cost``.

        Raises
        ------
        NotFoundError
            If the log has no such customer.
        WrongTypeError, OutOfRangeError
            For what is neither an integer of 64 bits nor a text.
        """
        if not isinstance(customer, str):
            customer = integer("customer", customer, least=-LARGEST_INTEGER - 1)
        return native(self._core.transactions(customer), self._backend)


class PartialSummary:
    """What a part of a log contributes to the summary of the whole, for engines that hold a log in parts.

    Make it where the rows are (:meth:`Ledger.partial_summary`), merge the parts in any grouping, and summarise at
    last: however the rows are spread over the parts, the summary is that of the whole log. It holds, of each customer,
    the periods with transactions, and of each period the sum of its amounts. So

    - parts by customer (a hash of the id) are put side by side;
    - parts by time may be cut anywhere: a period whose transactions lie in several parts is one period with one sum
      after merging, so a purchase at a boundary is neither counted twice nor lost.

    Customers and rows are counted as if the parts were one log in the order of merging. Sums of exact amounts are
    exact; of floats the last digit of a period in several parts depends on how the rows are spread. It pickles.

    Examples
    --------
    >>> import polars as pl
    >>> from datetime import date
    >>> log = pl.DataFrame({
    ...     "customer": ["ann", "bob", "ann", "ann"],
    ...     "time": [date(2024, 1, 1), date(2024, 1, 3), date(2024, 1, 15), date(2024, 1, 15)],
    ...     "amount": [20.0, 5.0, 12.5, 7.5],
    ... })
    >>> columns = {"customer": "customer", "time": "time", "amount": "amount"}
    >>> morning, evening = (Ledger(part, **columns).partial_summary() for part in (log[:3], log[3:]))
    >>> morning.merge(evening).summary().rows()[0]
    ('ann', 1, 14.0, 14.0, 0.0, 20.0, 0)
    """

    __slots__ = ("_backend", "_core")

    def __init__(self, core: _core.PartialSummary, library: Implementation | str) -> None:
        self._core = core
        self._backend = library

    @property
    def customers(self) -> int:
        """How many customers there are."""
        return self._core.customers

    @property
    def rows(self) -> int:
        """How many rows of the log it is of."""
        return self._core.rows

    def __repr__(self) -> str:
        return f"<PartialSummary of {self.rows} transactions of {self.customers} customers>"

    def merge(self, other: PartialSummary) -> PartialSummary:
        """Give what both parts contribute together; customers and rows of ``other`` come after those here.

        Raises
        ------
        WrongTypeError
            For parts with other options, or of logs with other types of columns.
        MixedTimeZonesError
            For naive and UTC timestamps.
        """
        if not isinstance(other, PartialSummary):
            raise wrong_type("other", other, "a PartialSummary")
        return PartialSummary(self._core.merge(other._core), self._backend)

    def summary(self) -> Any:
        """Give the summary of the log whose parts were merged, as :meth:`Ledger.summary` of it."""
        return native(self._core.summary(), self._backend)

    def calibration_and_holdout(self, calibration_end: date | str) -> HoldoutSummary:
        """Give the split of the log whose parts were merged, as :meth:`Ledger.calibration_and_holdout` of it."""
        table, duration, newcomers = self._core.calibration_and_holdout(day_number("calibration_end", calibration_end))
        return HoldoutSummary(native(table, self._backend), duration, newcomers)

    def to_json(self) -> str:
        """Write it as JSON, for the way between processes."""
        return self._core.to_json()

    @classmethod
    def from_json(cls, json: str, *, library: str = "pyarrow") -> PartialSummary:
        """Read what :meth:`to_json` wrote; its tables will be of ``library``: "pyarrow", "pandas" or "polars".

        Raises
        ------
        UnreadableError
            For a text that does not hold a partial summary.
        """
        library_name(library)
        return cls(_core.PartialSummary.from_json(json), library)

    def __reduce__(self) -> tuple[Any, ...]:
        return _unpickled, (self.to_json(), self._backend)


def _unpickled(json: str, library: Implementation | str) -> PartialSummary:
    return PartialSummary(_core.PartialSummary.from_json(json), library)


@dataclass(frozen=True, slots=True)
class BetaGeometric:
    """After each repeat purchase a customer leaves with a probability ~ Beta(a, b), as in the BG/NBD."""

    a: float = 0.793
    b: float = 2.426


@dataclass(frozen=True, slots=True)
class GammaExponential:
    """A customer leaves after an exponential time with a rate ~ Gamma(s, β), β in days, as in the Pareto/NBD."""

    s: float
    beta: float


@contextmanager
def _named(log: Any, names: dict[str, str]) -> Iterator[Any]:
    """Give the log as a table in memory; what is wrong with it is said by the arguments of the caller."""
    table = collect(log)
    if not (hasattr(table, "__arrow_c_stream__") or hasattr(table, "__arrow_c_array__")):
        kinds = "polars, pyarrow, DuckDB, pandas with pyarrow, or another with the Arrow capsule interface"
        raise wrong_type("log", log, f"a table of {kinds}")
    for argument, name in names.items():
        if not isinstance(name, str):
            raise wrong_type(argument, name, "the name of a column")
    try:
        yield table
    except NotFoundError as error:
        for argument, name in names.items():
            if name == error.argument:
                message = f"{argument} is {name!r}: {str(error).removeprefix(f'{name}: ')}"
                raise NotFoundError(message, argument=argument, value=repr(name)) from None
        raise


def summary(
    log: Table,
    *,
    customer: str,
    time: str,
    amount: str,
    period: Period | int = Period.DAYS,
    periods_per_unit: float = 1.0,
    start: date | str | None = None,
    end: date | str | None = None,
    returns: Returns = Returns.REJECT,
    include_first: bool = False,
    continuity_correction: bool = False,
) -> Any:
    """Frequency x, recency t_x, age T and mean spend of each customer of a log.

    The same table as :meth:`Ledger.summary` of a :class:`Ledger` of the log, in half of its memory or less: rows stay
    where they are, and no ledger is kept. Make a ledger for all that comes after the summary, or for several summaries.

    Parameters
    ----------
    log, customer, time, amount
        As of :class:`Ledger`.
    period, periods_per_unit, start, end, returns, include_first, continuity_correction
        As of :meth:`Ledger.summary`.

    Returns
    -------
    table
        ``customer``, ``frequency``, ``recency``, ``age``, ``since_last``, ``mean_spend`` and ``first_row``, as of
        :meth:`Ledger.summary`; of the library that ``log`` is of.

    Raises
    ------
    NotFoundError, WrongTypeError, MissingValueError, NotFiniteError, OutOfRangeError, EmptyError
        As :class:`Ledger` and :meth:`Ledger.summary`.

    Examples
    --------
    >>> log = simulate(300, seed=1, library="polars")
    >>> summary(log, customer="customer", time="time", amount="amount", periods_per_unit=7).height
    300
    """
    options = _options(period, periods_per_unit, start, end, returns, include_first, continuity_correction)
    with _named(log, {"customer": customer, "time": time, "amount": amount}) as table:
        summarised = _core.summary(table, customer, time, amount, options)
    return native(summarised, backend(log))


def simulate(
    customers: int = 1000,
    *,
    seed: int = 0,
    start: date | str = date(1997, 1, 1),
    days: int = 546,
    entry_days: int = 84,
    r: float = 0.243,
    alpha: float = 30.9,
    drop_out: BetaGeometric | GammaExponential | None = BetaGeometric(),
    p: float = 6.25,
    q: float = 3.74,
    gamma: float = 15.4,
    return_probability: float = 0.0,
    cost_share: float = 0.6,
    library: str = "pyarrow",
) -> Any:
    """Simulate a log whose customers differ in how often they buy, when they leave and what they spend.

    Each customer enters at a random time of the first ``entry_days`` and buys then. The time to the next purchase is
    exponential with a rate λ ~ Gamma(r, α); customers leave as ``drop_out`` says, None for never; amounts are
    Gamma(p, ν) with ν ~ Gamma(q, γ). Gammas are given by shape and rate, times in days. The defaults are those of the
    CDNOW customers. The same parameters give the same log, on any machine.

    Parameters
    ----------
    customers, seed : int
        How many customers, and the seed of the random numbers.
    start, days, entry_days : date, int, int
        The first day, the length of the observation, and the days during which customers enter.
    r, alpha, p, q, gamma : float
        The parameters of the models, all positive.
    drop_out : BetaGeometric, GammaExponential or None
        How customers leave for good.
    return_probability : float
        Probability that a purchase is returned in full within 30 days.
    cost_share : float
        Cost as a part of the amount.
    library : str
        Which DataFrame to make: "pyarrow", "pandas" or "polars".

    Returns
    -------
    table
        ``customer`` (from 1), ``time`` (naive, in seconds), ``amount`` and ``cost`` (to the cent), in order of
        time.

    References
    ----------
    Fader, Hardie & Lee (2005); Schmittlein, Morrison & Colombo (1987); Fader & Hardie (2013), note 025.

    Examples
    --------
    >>> log = simulate(100, seed=1)
    >>> Ledger(log, customer="customer", time="time", amount="amount").customers
    100
    """
    match drop_out:
        case None:
            leaving = None
        case BetaGeometric(a, b):
            leaving = ("beta_geometric", number("a", a), number("b", b))
        case GammaExponential(s, beta):
            leaving = ("gamma_exponential", number("s", s), number("beta", beta))
        case _:
            raise wrong_type("drop_out", drop_out, "a BetaGeometric, a GammaExponential or None")
    first_day = day_number("start", start)
    library_name(library)
    table = _core.simulate(
        integer("customers", customers),
        integer("seed", seed, greatest=2**64 - 1),
        first_day,
        integer("days", days, greatest=LARGEST_INDEX),
        integer("entry_days", entry_days, greatest=LARGEST_INDEX),
        (number("r", r), number("alpha", alpha)),
        leaving,
        (number("p", p), number("q", q), number("gamma", gamma)),
        number("return_probability", return_probability),
        number("cost_share", cost_share),
    )
    return native(table, library)


def series_arguments(
    period: Period | int,
    start: date | str | None = None,
    end: date | str | None = None,
    returns: Returns = Returns.REJECT,
) -> tuple[int | str, int | None, int | None, str]:
    """Give the arguments of a period series as the core takes them."""
    return _period(period), _days("start", start), _days("end", end), member("returns", Returns, returns).value


def _period(period: Period | int) -> int | str:
    if isinstance(period, str):
        return member("period", Period, period).value
    return integer("period", period, least=-LARGEST_INTEGER)


def _options(
    period: Period | int,
    periods_per_unit: float,
    start: date | str | None,
    end: date | str | None,
    returns: Returns,
    include_first: bool = False,
    continuity_correction: bool = False,
) -> dict[str, Any]:
    """Give the options of a summary as the core takes them."""
    return {
        "period": _period(period),
        "periods_per_unit": number("periods_per_unit", periods_per_unit),
        "start": _days("start", start),
        "end": _days("end", end),
        "returns": member("returns", Returns, returns).value,
        "include_first": include_first,
        "continuity_correction": continuity_correction,
    }


def _weights(weights: Column) -> Any:
    column = read("weights", weights)
    check_rows("weights", column, "the summary")
    return column.required("weights")


def _days(argument: str, day: date | str | None) -> int | None:
    """Give the days since 1970-01-01 of a day that may be left out."""
    return None if day is None else day_number(argument, day)
