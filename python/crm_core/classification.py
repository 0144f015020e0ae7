"""Who each customer is to the firm: stage, type, tier and loyalty in one call, with reasons in words.

>>> import polars as pl
>>> customers = pl.DataFrame({
...     "customer": ["ann", "bob", "eve"],
...     "current_value": [90.0, 80.0, 5.0],
...     "potential_value": [70.0, 5.0, None],
...     "attachment": [0.9, 0.1, None],
...     "repeat_purchase": [0.8, 0.9, None],
... })
>>> found = classify(customers)
>>> found.table["type"].to_list()
['golden', 'burden', None]
>>> print(found.reasons(2).tier)
Small customers (100.0% of the customers to the nearest border): current value 5.00 is at most 90.00.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import narwhals as nw

from crm_core import _core
from crm_core._options import integer, items, member, number, wrong_type
from crm_core._tables import collect, frame_of, native
from crm_core.errors import EmptyError, NotFoundError, OutOfRangeError
from crm_core.ledger import Ledger, Period, PeriodSeries, series_arguments
from crm_core.lifecycle import RuleOptions
from crm_core.loyalty import Clue, LoyaltyRules
from crm_core.units import Category, Language
from crm_core.value._codes import numbers_or_truths
from crm_core.value._types import CutRule

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crm_core._columns import Number
    from crm_core._tables import Table

__all__ = ["Classification", "ClassificationRules", "Conflict", "Reasons", "classify"]

_NAMES = {"customer": "customer", "current": "current_value", "potential": "potential_value", "p_alive": "p_alive"}


class Conflict(Category):
    """Verdicts on a customer that contradict each other, or what is known of its loyalty."""

    ENDED_AND_BUYING = "ended_and_buying"
    ACTIVE_AND_NOT_BUYING = "active_and_not_buying"
    ENDED_WITH_POTENTIAL = "ended_with_potential"
    NEW_AND_CONVINCED = "new_and_convinced"
    TOP_WITHOUT_PROFIT = "top_without_profit"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassificationRules:
    """What classification assumes.

    Attributes
    ----------
    stages : RuleOptions
        Of the stages.
    tier_shares : sequence of float, optional
        Shares of the customers in VIP, major, regular, small; by default 1, 4, 15 and 80 %.
    tier_thresholds : sequence of float, optional
        Or the three borders between the tiers, ascending.
    current_cut, potential_cut : CutRule
        Above which current and potential value are high; the median.
    loyalty : LoyaltyRules
        Of loyalty.
    """

    stages: RuleOptions = field(default_factory=RuleOptions)
    tier_shares: Sequence[Number] | None = None
    tier_thresholds: Sequence[float] | None = None
    current_cut: CutRule = field(default_factory=CutRule.quantile)
    potential_cut: CutRule = field(default_factory=CutRule.quantile)
    loyalty: LoyaltyRules = field(default_factory=LoyaltyRules)


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why a customer is what it is, in words.

    Attributes
    ----------
    stage, customer_type, tier, loyalty : str
        Of each verdict, with its numbers; that of the type names its strategy, that of loyalty what contradicts itself
        in the evidence.
    conflicts : tuple of str
        What the verdicts contradict each other in.
    text : str
        All of it, a line each.
    """

    stage: str
    customer_type: str
    tier: str
    loyalty: str
    conflicts: tuple[str, ...]
    text: str

    def __str__(self) -> str:
        """Give all of it."""
        return self.text


@dataclass(frozen=True, slots=True, eq=False)
class Classification:
    """The verdicts on a table of customers.

    Attributes
    ----------
    table : table
        Of the kind of the customers, one row each in their order: the column of customers, ``stage`` with its
        ``stage_confidence`` (0.5: just so, 1: clear), ``type`` with its ``type_margin``, ``tier`` with its
        ``tier_margin``, ``loyalty`` with its ``loyalty_outcome`` and ``loyalty_margin``, and ``contradictions``: the
        names of :class:`crm_core.loyalty.Contradiction` and :class:`Conflict`, with spaces between them. A verdict that
        is open is null. Margins of type and tier are the share of the customers who lie from this one to the nearest
        border, this one included.
    tier_thresholds : tuple of float or None
        The borders between the tiers.
    current_cut, potential_cut : float or None
        The borders of current and potential value; None where no value is known.
    """

    table: Any
    tier_thresholds: tuple[float, ...] | None
    current_cut: float | None
    potential_cut: float | None
    _core: _core.Classification

    def reasons(self, row: int, language: Language = Language.EN) -> Reasons:
        """Say why the customer in this row of the table is what it is, in English or Chinese.

        Raises
        ------
        NotFoundError
            For a row that the table has not.
        """
        words = member("language", Language, language)
        stage, kind, tier, loyalty, conflicts, text = self._core.reasons(integer("row", row), words.value)
        return Reasons(stage, kind, tier, loyalty, tuple(conflicts), text)


def classify(
    customers: Table,
    *,
    activity: Ledger | PeriodSeries | None = None,
    period: Period | int = Period.MONTHS,
    columns: Mapping[str, str] | None = None,
    rules: ClassificationRules | None = None,
    with_evidence: bool = True,
) -> Classification:
    """Classify a table of customers into lifecycle stage, customer type, tier and category of loyalty.

    The stage is inferred by rules (:func:`crm_core.lifecycle.infer_stages`), the type from current × potential value
    (:func:`crm_core.value.customer_types`), the tier from current value (:class:`crm_core.value.Pyramid`), the category
    from what is known of loyalty (:func:`crm_core.loyalty.classify`). Borders are found on the values that are known.
    What is not known of a customer leaves the verdict that needs it open, and never the others.

    Parameters
    ----------
    customers : table
        One row per customer. Any of the columns may be missing, and any value.

        =================  =========================================================================
        column             what it is
        =================  =========================================================================
        customer           who; the id of the activity
        current_value      what the customer is worth now
        potential_value    what the customer may be worth
        p_alive            P(alive), for the stage
        attachment, …      evidence of loyalty, by the names of :class:`crm_core.loyalty.Clue`
        =================  =========================================================================
    activity : Ledger or PeriodSeries, optional
        What the customers bought, for the stage; customers who are not in it have none.
    period : Period or int
        The period of the stages, for a ledger: no longer than the typical interpurchase time.
    columns : mapping of str to str, optional
        Names of columns that are called otherwise: ``{"current_value": "profit_2025"}``.
    rules : ClassificationRules, optional
        What is assumed.
    with_evidence : bool, optional
        Whether reasons give the numbers behind a stage. Without them reasons name its rule alone, and the stages take
        a part of the time.

    Returns
    -------
    Classification
        The table of verdicts, the borders, and the reasons of each customer.

    Raises
    ------
    EmptyError
        If there is no activity and the table has none of the columns.
    NotFoundError
        For a column that is named in ``columns`` and not there, or an activity without a column of customers.
    OutOfRangeError
        For evidence out of its range, with its row.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"customer": [1, 2], "profit": [9.0, -2.0], "attachment": [0.9, 0.2]})
    >>> found = classify(table, columns={"current_value": "profit"})
    >>> found.table[["customer", "tier"]].values.tolist()
    [[1, 'small'], [2, 'small']]
    >>> print(found.reasons(1, Language.ZH).tier)
    小客户（距最近界限100.0%的客户）：当前价值-2.00不超过9.00。
    """
    frame = frame_of(customers)
    named = _named(frame, dict(columns or {}), needed=activity is None)
    chosen = ClassificationRules() if rules is None else rules
    series, ledger = _activity(activity, period)
    if activity is not None and named["customer"] is None:
        message = "customer: must be a column of the table, so that it can be found in the activity"
        raise NotFoundError(message, argument="customer")
    core = _core.Classification.of(
        _with_numbers(frame, named), named, series, ledger, _parts(chosen), bool(with_evidence)
    )
    thresholds, current, potential = core.borders()
    verdicts = nw.from_native(native(core.table(), frame.implementation), eager_only=True)
    if named["customer"] is not None:
        verdicts = verdicts.select(frame[named["customer"]], nw.all())
    return Classification(
        table=_with_index_of(customers, verdicts.to_native()),
        tier_thresholds=None if thresholds is None else tuple(thresholds),
        current_cut=current,
        potential_cut=potential,
        _core=core,
    )


def _named(frame: nw.DataFrame[Any], given: dict[str, str], *, needed: bool) -> dict[str, Any]:
    """Tell which column is which."""
    known = {**_NAMES, **{str(clue): str(clue) for clue in Clue}}
    public = {own: argument for argument, own in _NAMES.items()} | {str(clue): str(clue) for clue in Clue}
    for name, column in given.items():
        if name not in public:
            message = f"columns is {name!r}: must be one of {', '.join(public)}"
            raise OutOfRangeError(message, argument="columns", value=repr(name))
        if column not in frame.columns:
            message = f"{name} is {column!r}: must be a column of the table"
            raise NotFoundError(message, argument=name, value=repr(column))
        known[public[name]] = column
    found = {argument: name if name in frame.columns else None for argument, name in known.items()}
    if needed and all(found[argument] is None for argument in found if argument != "customer"):
        message = f"customers: must have one of the columns {', '.join(name for name in public if name != 'customer')}"
        raise EmptyError(message, argument="customers")
    clues = [(str(clue), found[str(clue)]) for clue in Clue if found[str(clue)] is not None]
    return {**{argument: found[argument] for argument in _NAMES}, "clues": clues}


def _with_numbers(frame: nw.DataFrame[Any], named: dict[str, Any]) -> Any:
    """Give the table with the constraint as a number, where it is a column of booleans."""
    for clue, name in named["clues"]:
        if clue == Clue.CONSTRAINT and not frame[name].dtype.is_numeric():
            values = numbers_or_truths(clue, frame[name].to_native())
            series = nw.new_series(name, values, nw.Float64, backend=frame.implementation)
            frame = frame.with_columns(series.fill_nan(None) if not frame.implementation.is_pandas_like() else series)
    return frame.to_native()


def _activity(activity: Ledger | PeriodSeries | None, period: Period | int) -> tuple[Any, Any]:
    """Give the table of a series with its periods, or a ledger with the period to cut it by."""
    if activity is None:
        return None, None
    if isinstance(activity, Ledger):
        return None, (activity._core, series_arguments(period))
    if not isinstance(activity, PeriodSeries):
        raise wrong_type("activity", activity, "a Ledger or a PeriodSeries")
    return (collect(activity.table), activity.observed), None


def _parts(rules: ClassificationRules) -> dict[str, Any]:
    loyalty, thresholds = rules.loyalty, rules.tier_thresholds
    return {
        "stages": asdict(rules.stages),
        "tier_shares": None if rules.tier_shares is None else items("tier_shares", rules.tier_shares),
        "tier_thresholds": None
        if thresholds is None
        else [number("tier_thresholds", border) for border in items("tier_thresholds", thresholds)],
        "current_cut": (rules.current_cut.method.value, rules.current_cut.number),
        "potential_cut": (rules.potential_cut.method.value, rules.potential_cut.number),
        "loyalty": (loyalty.latent, loyalty.least_fit, loyalty.least_margin, loyalty.least_known, loyalty.high),
    }


def _with_index_of(given: Any, table: Any) -> Any:
    """Give a DataFrame of pandas the index of the customers."""
    if nw.dependencies.is_pandas_dataframe(given):
        table.index = given.index
    return table
