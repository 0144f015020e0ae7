"""What the analysis of a log yields: plain values and NumPy columns, one dataclass per chapter of the report."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

import numpy as np

from crm_core.units import Category

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from numpy.typing import NDArray

    from crm_core.clv import Component
    from crm_core.lifecycle import RuleOptions, Stage
    from crm_core.loyalty import LoyaltyProfit
    from crm_core.report.guessing import LogColumns
    from crm_core.report.modelling import Modelling
    from crm_core.report.settings import Settings
    from crm_core.value import CustomerType, PyramidTier, RfmSegment, ValueGroup

    Floats = NDArray[np.float64]
    Scores = NDArray[np.uint8]

__all__ = [
    "Activity",
    "Analysis",
    "Concentration",
    "Grouping",
    "Headline",
    "Interval",
    "Lifecycle",
    "Lifetime",
    "Part",
    "Retention",
    "Rfm",
    "Types",
]

CategoryT = TypeVar("CategoryT", bound=Category)


@dataclass(frozen=True)
class Headline:
    """The customer base in a few figures.

    Attributes
    ----------
    customers, orders : int
        How many; a return is not an order.
    revenue : float
        Amounts of the orders less returns.
    value : float
        Profit where costs or a margin are known, else the revenue.
    first, last : date
        Days of the first and the last transaction.
    repeat_rate : float
        Share of the customers with more than one order.
    mean_order : float
        Mean amount of an order.
    active : int
        Customers who are neither in Termination nor Potential.
    """

    customers: int
    orders: int
    revenue: float
    value: float
    first: date
    last: date
    repeat_rate: float
    mean_order: float
    active: int


@dataclass(frozen=True)
class Activity:
    """Value per period, from first purchases and from customers who had bought before."""

    starts: Sequence[date]
    new: Floats
    returning: Floats


@dataclass(frozen=True)
class Interval:
    """An estimate with its 95 % confidence interval."""

    estimate: float
    lower: float
    upper: float


@dataclass(frozen=True)
class Concentration:
    """How unevenly value is spread.

    Attributes
    ----------
    customers, value : ndarray
        The concentration curve, best customers first.
    lorenz_customers, lorenz_value : ndarray
        The Lorenz curve, worst customers first.
    marks : sequence of (float, float)
        The best 1, 5, 10, 20 and 50 % of the customers, and their share of the value.
    makes_eighty : float
        The smallest share of the customers that makes 80 % of the value.
    gini : Interval
        The Gini coefficient.
    replicates : int
        Of the bootstrap that gives its interval.
    """

    customers: Floats
    value: Floats
    lorenz_customers: Floats
    lorenz_value: Floats
    marks: Sequence[tuple[float, float]]
    makes_eighty: float
    gini: Interval
    replicates: int


@dataclass(frozen=True)
class Grouping(Generic[CategoryT]):
    """Customers in the groups of one category.

    Attributes
    ----------
    groups : tuple of Category
        The groups, in the order in which they are shown.
    members : ndarray
        Each customer's group, by name.
    customers : ndarray
        Customers per group.
    value, mean_value : ndarray
        What the groups bring, in all and per customer (NaN for an empty group).
    share_of_customers, share_of_value : ndarray
        Their shares; NaN where the total value is not positive.
    """

    groups: tuple[CategoryT, ...]
    members: NDArray[np.str_]
    customers: NDArray[np.int64]
    value: Floats
    mean_value: Floats
    share_of_customers: Floats
    share_of_value: Floats

    def place(self, name: str) -> int:
        """Return where the group of this name is in the columns."""
        return [str(group) for group in self.groups].index(name)


@dataclass(frozen=True)
class Rfm:
    """Scores from 1 to 5, and segments.

    Attributes
    ----------
    recency, frequency, monetary : ndarray
        Scores per customer.
    recency_cuts, frequency_cuts, monetary_cuts : sequence of float
        The values between the scores: days since the last purchase, orders, value.
    grid_customers, grid_value : ndarray
        One row per recency score, one column per frequency score, lowest first.
    """

    recency: Scores
    frequency: Scores
    monetary: Scores
    recency_cuts: Sequence[float]
    frequency_cuts: Sequence[float]
    monetary_cuts: Sequence[float]
    grid_customers: Floats
    grid_value: Floats


@dataclass(frozen=True)
class Types:
    """The cuts between high and low, and the mean values of the four types in the order of their grouping."""

    current_cut: float
    potential_cut: float
    mean_current: Floats
    mean_potential: Floats


@dataclass(frozen=True)
class Lifecycle:
    """Stages now and over time.

    Attributes
    ----------
    confidence : ndarray
        Per customer, how clear the stage is, 0.5 to 1.
    evidence : sequence of str
        Per customer, why, in words.
    p_alive : ndarray
        Per customer, the probability that the relationship has not ended.
    interval : ndarray
        Per customer, the own interpurchase time in periods.
    mean_interval : float
        That of the population.
    flow : ndarray
        Customers, one row per period, one column per stage.
    curve : ndarray
        Value that came from customers in each stage, in the shape of ``flow``; NaN where nobody was in a stage.
    transitions : ndarray
        Rates per period from stage (row) to stage (column); NaN in the row of a stage that nobody was in.
    best_move : (Category, Category, float) or None
        The move between stages that changed value most, and the value per customer and period that it adds.
    """

    confidence: Floats
    evidence: Sequence[str]
    p_alive: Floats
    interval: Floats
    mean_interval: float
    flow: Floats
    curve: Floats
    transitions: Floats
    best_move: tuple[Category, Category, float] | None


@dataclass(frozen=True)
class Retention:
    """Cohorts and tenure.

    Attributes
    ----------
    cohorts : sequence of date
        First day of the period of the first purchase.
    sizes : ndarray
        Customers per cohort.
    repeat : ndarray
        Share of the cohort (row) that bought again 1, 2, … periods later (column); NaN after the end of the log.
    first_repeat : float
        The first column over all cohorts that have one.
    time, survival, lower, upper : ndarray
        The Kaplan–Meier curve of tenure in periods, with its 95 % band.
    median : float or None
        The median tenure, if it was reached.
    churn : Interval
        Customers lost per period.
    """

    cohorts: Sequence[date]
    sizes: NDArray[np.int64]
    repeat: Floats
    first_repeat: float
    time: Floats
    survival: Floats
    lower: Floats
    upper: Floats
    median: float | None
    churn: Interval


@dataclass(frozen=True)
class Part:
    """One component of lifetime value per customer; a cost is negative.

    ``when`` tells realised from expected amounts, where a component has both.
    """

    component: Component
    when: Literal["realised", "expected"] | None
    amounts: Floats


@dataclass(frozen=True)
class Lifetime:
    """Lifetime value.

    Attributes
    ----------
    clv : ndarray
        Per customer: realised so far, and expected over the horizon, less costs.
    parts : sequence of Part
        What ``clv`` consists of.
    expected : ndarray
        Per customer, the part of ``clv`` that is still to come.
    historic, current, potential : ndarray
        Per customer, the three readings.
    top_tenth : float
        Share of the best 10 % in the expected value; NaN if none is expected.
    """

    clv: Floats
    parts: Sequence[Part]
    expected: Floats
    historic: Floats
    current: Floats
    potential: Floats
    top_tenth: float


@dataclass(frozen=True)
class Analysis:
    """Everything that is known about the customers of a log.

    Attributes
    ----------
    customers : table
        One row per customer, of the kind that the log was: every figure of the report.
    source : str
        What the report calls the log.
    columns : LogColumns
        The columns that were read.
    settings : Settings
        What was assumed.
    values : ndarray
        Profit where costs or a margin are known, else revenue, per customer.
    has_profit : bool
        Whether it is profit.
    all_stages : tuple of Stage
        What the columns of ``lifecycle.flow`` and the states of ``lifecycle.transitions`` are.
    rules : RuleOptions
        The thresholds of the lifecycle stages.
    loyalty : LoyaltyProfit or None
        Mean value of an active customer by year of tenure; None where nobody is seen through a whole year.
    modelling : Modelling
        Fitted models of purchases and spend, or why there are none.
    """

    customers: Any
    source: str
    columns: LogColumns
    settings: Settings
    values: Floats
    has_profit: bool
    headline: Headline
    activity: Activity
    concentration: Concentration
    tiers: Grouping[PyramidTier]
    tier_cuts: Sequence[float]
    value_groups: Grouping[ValueGroup]
    value_group_cuts: Sequence[float]
    types: Grouping[CustomerType]
    type_cuts: Types
    rfm: Rfm
    segments: Grouping[RfmSegment]
    stages: Grouping[Stage]
    all_stages: tuple[Stage, ...]
    rules: RuleOptions
    lifecycle: Lifecycle
    retention: Retention
    loyalty: LoyaltyProfit | None
    modelling: Modelling
    lifetime: Lifetime

    def html(self) -> str:
        """Return the report as one self-contained page."""
        from crm_core.report.page import render

        return render(self)

    def summary(self) -> str:
        """Return the headline figures and findings as lines of text."""
        from crm_core.report.page import summarise

        return summarise(self)

    def write(self, folder: str | Path) -> list[Path]:
        """Write ``report.html``, ``customers.parquet`` and ``customers.csv``; return their paths.

        The folder is made if it does not exist.

        Raises
        ------
        OSError
            If the files cannot be written.
        """
        import pyarrow as pa
        import pyarrow.csv
        import pyarrow.parquet

        target = Path(folder)
        target.mkdir(parents=True, exist_ok=True)
        page, parquet, text = (target / name for name in ("report.html", "customers.parquet", "customers.csv"))
        page.write_text(self.html(), encoding="utf-8")
        table = _with_plain_text(pa.table(self.customers))
        pyarrow.parquet.write_table(table, parquet)
        pyarrow.csv.write_csv(table, text)
        return [page, parquet, text]


def _with_plain_text(table: Any) -> Any:
    """Return a table of pyarrow whose texts can be written as CSV; polars gives them as views."""
    import pyarrow as pa

    plain = (pa.field(f.name, pa.large_string()) if pa.types.is_string_view(f.type) else f for f in table.schema)
    return table.cast(pa.schema(list(plain)))
