"""The stages of many customers, inferred from what they bought."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from crm_core import _core
from crm_core._columns import check_rows, read
from crm_core._options import LARGEST_INDEX, integer, member, number, wrong_type
from crm_core._tables import backend, collect, native
from crm_core.ledger import Ledger, Period, PeriodSeries, Returns, series_arguments
from crm_core.lifecycle._stages import StageMeasure
from crm_core.units import Language

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from numpy.typing import NDArray

    from crm_core._columns import Column


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleOptions:
    """Every threshold of the rules, in the customer's own units.

    Attributes
    ----------
    measure : StageMeasure
        What a customer's value is measured by. Every log has spend.
    development_purchases : int
        Periods with a purchase from which on a new customer has left Development for Growth: the first that is more
        than one repetition.
    silence : float
        Silence, in own interpurchase times, from which on a customer is in Decline: two purchases in a row were due
        and did not come.
    termination : float
        P(alive) at or below which a customer is in Termination: the odds are 4 to 1 that the relationship has ended.
    dropout_a, dropout_b : float
        After x repetitions, drop-out has odds a / (b + x): one customer in three is lost after the first purchase,
        one in x + 3 after x repetitions.
    population_weight : float, optional
        How many interpurchase times of a customer the population's mean weighs as much as; None estimates it.
    window, least_blocks : int
        Blocks, each of one own interpurchase time, that a trend is taken over (up to 32), and how many are needed: with
        fewer than 4 no trend can reach 5 %.
    significance : float
        Level of the one-sided Kendall test of a rise or a fall.
    inclination : float
        Weaker level of the same test: keeps a growing customer in Growth, and makes a low level a decline.
    least_change : float
        Change over the window, as part of the mean, that makes a significant trend a rise or a fall.
    level_blocks : int
        Latest blocks whose mean is the level: one missed purchase is no fall of level.
    decline_level, return_level : float
        Part of the own peak at or below which a level that inclines downwards is Decline, and from which on a customer
        in Decline is back in Maturity. The gap keeps a customer at the border from flapping.
    confirmations : int
        Evaluations in a row, one own interpurchase time apart, that must agree on a change of stage.
    recovery_purchases : int
        Periods with a purchase since the return (included) that make Recovery into Maturity.
    """

    measure: StageMeasure = StageMeasure.SPEND
    development_purchases: int = 3
    silence: float = 2.0
    termination: float = 0.2
    dropout_a: float = 1.0
    dropout_b: float = 2.0
    population_weight: float | None = None
    window: int = 8
    least_blocks: int = 4
    significance: float = 0.05
    inclination: float = 0.2
    least_change: float = 0.25
    level_blocks: int = 3
    decline_level: float = 0.5
    return_level: float = 0.7
    confirmations: int = 2
    recovery_purchases: int = 2

    def __post_init__(self) -> None:
        for option in fields(self):
            value = getattr(self, option.name)
            if option.name == "measure":
                member("measure", StageMeasure, value)
            elif isinstance(option.default, int):
                integer(option.name, value, greatest=LARGEST_INDEX)
            elif value is not None or option.default is not None:
                number(option.name, value)


@dataclass(frozen=True, slots=True)
class Population:
    """The rhythm of the population that short histories are shrunk towards, by credibility (Bühlmann & Straub 1970).

    Attributes
    ----------
    interpurchase_time : float
        The mean interpurchase time in periods.
    weight : float
        How many interpurchase times of a customer it weighs as much as.
    repeat_buyers : int
        Customers with at least one repetition.
    """

    interpurchase_time: float
    weight: float
    repeat_buyers: int


@dataclass(frozen=True, slots=True)
class StageTransitions:
    """How often customers went from stage to stage from one period to the next.

    Attributes
    ----------
    counts : ndarray
        Row: stage before, column: stage after, both in the order of :class:`Stage`.
    rates : ndarray
        Each row of counts divided by its sum; NaN for a stage that nobody was seen leaving or keeping.
    """

    counts: NDArray[np.int64]
    rates: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class StageInference:
    """The stages of many customers.

    Attributes
    ----------
    customers : table
        One row per customer: ``customer``, ``stage`` in the last period, ``confidence`` (0.5: just so, 1: clear; not a
        probability), the ``rule`` that decided, ``pending`` (a change of stage that waits to be confirmed), and the
        numbers behind it: ``purchases`` (periods with a purchase), ``silence`` (periods since the last one),
        ``interpurchase_time`` (own, in periods), ``p_alive``, ``slope``, ``change`` (over the window, as part of the
        mean), ``p_rise`` and ``p_fall`` (of Kendall's test), ``level`` and own ``peak`` (value per period); and
        ``evidence``, all this in words.
    histories : table
        One row per move: ``customer``, the first ``period`` in the stage, ``stage``, ``rule``.
    census : table
        One row per period: ``period``, and the number of customers in each stage.
    transition_economics : table
        Which moves earn most: stage left (``stage``) and entered (``to``), ``count``, mean profit (spend, if costs are
        not known) per customer and period in the stays ``before`` and ``after``, ``gain``, and ``total_gain`` over
        the stays.
    transitions : StageTransitions
        Counts and rates of moves from one period to the next.
    population : Population
        The rhythm that short histories were shrunk towards.
    """

    customers: Any
    histories: Any
    census: Any
    transition_economics: Any
    transitions: StageTransitions
    population: Population


def infer_stages(
    activity: Ledger | PeriodSeries,
    *,
    period: Period | int = Period.MONTHS,
    start: date | str | None = None,
    end: date | str | None = None,
    returns: Returns = Returns.REJECT,
    p_alive: Column | Sequence[float] | None = None,
    options: RuleOptions | None = None,
    language: Language | None = Language.EN,
) -> StageInference:
    """Infer the lifecycle stage of every customer by rules, against each customer's own rhythm.

    Silence is measured in the customer's own interpurchase time, shrunk towards the population's for short histories.
    Termination is a probability: P(alive) as given, else from the rhythm. Trends are Theil–Sen slopes with Kendall's
    exact test over blocks of one own interpurchase time; the level is compared with the customer's own peak. Recovery
    is a purchase after Termination. A change by trend or level must be seen twice in a row.

    Parameters
    ----------
    activity : Ledger or PeriodSeries
        What the customers bought. A series may have a column ``share_of_wallet`` in addition (0 to 1, missing where it
        is not known): then a falling share is a decline as well, and a rising one growth.
    period, start, end, returns
        For a ledger: as in :meth:`Ledger.period_series`. A period should be no longer than the typical interpurchase
        time.
    p_alive : column, optional
        P(alive) at the end of observation for each customer, in the order of the series, for example from a model of
        customer drop-out; missing where it is not known. It decides over a Termination in the silence at the end. A
        Series of pandas has the index of the table of customers, 0, 1, 2, ...
    options : RuleOptions, optional
        The thresholds.
    language : Language, optional
        The language of ``evidence``; None leaves it out.

    Returns
    -------
    StageInference
        With tables of the library that the log is of.

    Examples
    --------
    >>> from crm_core.ledger import Ledger, simulate
    >>> log = simulate(500, seed=7, library="polars")
    >>> found = infer_stages(Ledger(log, customer="customer", time="time", amount="amount"))
    >>> found.customers.columns[:4]
    ['customer', 'stage', 'confidence', 'rule']
    >>> found.transitions.counts.shape
    (7, 7)
    """
    _check(activity)
    words = None if language is None else member("language", Language, language).value
    given = None if p_alive is None else _alive(p_alive), asdict(options or RuleOptions()), words
    if isinstance(activity, Ledger):
        library = activity._backend
        found = _core.infer_ledger_stages(activity._core, series_arguments(period, start, end, returns), *given)
    else:
        library = backend(activity.table)
        found = _core.infer_stages(collect(activity.table), activity.observed, *given)
    tables = {
        name: native(found[name], library) for name in ("customers", "histories", "census", "transition_economics")
    }
    return StageInference(
        **tables,
        transitions=StageTransitions(np.array(found["counts"], dtype=np.int64), np.array(found["rates"])),
        population=Population(**found["population"]),
    )


def current_stages(
    activity: Ledger | PeriodSeries,
    *,
    period: Period | int = Period.MONTHS,
    start: date | str | None = None,
    end: date | str | None = None,
    returns: Returns = Returns.REJECT,
    p_alive: Column | Sequence[float] | None = None,
    options: RuleOptions | None = None,
) -> Any:
    """Infer the lifecycle stage that every customer is in now, by the rules of :func:`infer_stages`.

    The stages are the same. Histories and the numbers behind each verdict are left out, which takes a part of the time.

    Parameters
    ----------
    activity, period, start, end, returns, p_alive, options
        As for :func:`infer_stages`.

    Returns
    -------
    table
        One row per customer, of the library that the log is of: ``customer``, ``stage``, the ``rule`` that decided,
        ``confidence``.

    Examples
    --------
    >>> from crm_core.ledger import Ledger, simulate
    >>> log = simulate(500, seed=7, library="polars")
    >>> found = current_stages(Ledger(log, customer="customer", time="time", amount="amount"))
    >>> found.columns
    ['customer', 'stage', 'rule', 'confidence']
    """
    _check(activity)
    given = None if p_alive is None else _alive(p_alive), asdict(options or RuleOptions())
    if isinstance(activity, Ledger):
        series = series_arguments(period, start, end, returns)
        return native(_core.current_ledger_stages(activity._core, series, *given), activity._backend)
    found = _core.current_stages(collect(activity.table), activity.observed, *given)
    return native(found, backend(activity.table))


def _check(activity: object) -> None:
    if not isinstance(activity, (Ledger, PeriodSeries)):
        raise wrong_type("activity", activity, "a Ledger or a PeriodSeries")


def _alive(p_alive: Column | Sequence[float]) -> NDArray[np.float64]:
    column = read("p_alive", p_alive)
    check_rows("p_alive", column, "customers")
    return np.ascontiguousarray(column.values)
