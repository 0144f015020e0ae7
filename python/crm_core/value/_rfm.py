"""Recency, frequency, monetary value: scores, segments, grid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import narwhals as nw
import numpy as np

from crm_core import _core
from crm_core._options import integer, member
from crm_core._tables import collect
from crm_core.errors import NotFoundError, OutOfRangeError
from crm_core.units import Category
from crm_core.value._codes import categories_like, check_index, floats, like, numbers, whole
from crm_core.value._cuts import Direction

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from crm_core._columns import Column

__all__ = ["Rfm", "RfmGrid", "RfmScores", "RfmSegment", "SegmentRule", "rfm", "rfm_grid"]


class RfmSegment(Category):
    """A segment of the standard table, by recency and frequency score from 1 to 5.

    =========  ==============  ===================  ===================  =========  ==========
    recency    frequency 1     frequency 2          frequency 3          4          5
    =========  ==============  ===================  ===================  =========  ==========
    5          new customers   potential loyalists  potential loyalists  champions  champions
    4          promising       potential loyalists  potential loyalists  loyal      loyal
    3          about to sleep  about to sleep       need attention       loyal      loyal
    2          hibernating     hibernating          at risk              at risk    can't lose
    1          hibernating     hibernating          at risk              at risk    can't lose
    =========  ==============  ===================  ===================  =========  ==========

    The segments are those of Putler's guide "RFM analysis for successful customer segmentation", in the
    widely used form without overlaps.
    """

    CHAMPIONS = "champions"
    LOYAL_CUSTOMERS = "loyal_customers"
    POTENTIAL_LOYALISTS = "potential_loyalists"
    NEW_CUSTOMERS = "new_customers"
    PROMISING = "promising"
    NEED_ATTENTION = "need_attention"
    ABOUT_TO_SLEEP = "about_to_sleep"
    AT_RISK = "at_risk"
    CANT_LOSE = "cant_lose"
    HIBERNATING = "hibernating"


_NEW_COLUMNS = ("r", "f", "m", "score", "segment")


@dataclass(frozen=True, slots=True)
class SegmentRule:
    """One rule of a table of segments: customers whose scores lie in all three ranges.

    Attributes
    ----------
    segment : str
        Name of the segment; several rules may name the same one.
    recency, frequency, monetary : (int, int)
        The lowest and the highest score.
    """

    segment: str
    recency: tuple[int, int]
    frequency: tuple[int, int]
    monetary: tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class RfmScores:
    """The scores of every customer; columns of the same kind as the recency that was scored.

    Attributes
    ----------
    recency, frequency, monetary : column
        Scores from 1 (worst).
    score : column
        The three as one number: 5, 4, 5 is 545.
    segment : column or None
        Names of the segments.
    """

    recency: Any
    frequency: Any
    monetary: Any
    score: Any
    segment: Any


class Rfm:
    """Quantile scores of recency, frequency and monetary value, and segments.

    A score is 1 plus the number of cut points that the customer's value is strictly better than, so equal
    customers get equal scores, whatever the order of the rows. The worst value always scores 1. Where many
    customers are equal, some scores stay unused.

    Parameters
    ----------
    scores : int
        Number of scores, from 2 to 9.
    recency : Direction
        Whether recency is the time since the last purchase (lower is better) or a date (higher is better). The
        ``recency`` of :meth:`crm_core.ledger.Ledger.summary` is neither: it is the time from the first purchase to the
        last. Score its ``age - recency``, the time since the last purchase.
    rules : sequence of SegmentRule, optional
        Segments; the first rule that fits a customer decides, and every combination of scores must have
        one. By default :class:`RfmSegment` for 5 scores, and no segments for another number.

    Attributes
    ----------
    recency_thresholds_, frequency_thresholds_, monetary_thresholds_ : list of float
        The cut points, ascending. They may be set instead of fitted.
    segments_ : list of str or None
        Names of the segments.

    Examples
    --------
    >>> days_since, orders, spend = [3, 40, 400, 200, 90], [9, 4, 1, 1, 2], [900, 250, 20, 60, 100]
    >>> model = Rfm().fit(days_since, orders, spend)
    >>> model.recency_thresholds_
    [40.0, 90.0, 200.0, 400.0]
    >>> scores = model.score(days_since, orders, spend)
    >>> scores.score.tolist()
    [555, 444, 111, 212, 333]
    >>> scores.segment.tolist()
    ['champions', 'loyal_customers', 'hibernating', 'hibernating', 'need_attention']
    """

    recency_thresholds_: list[float]
    frequency_thresholds_: list[float]
    monetary_thresholds_: list[float]
    segments_: list[str] | None

    def __init__(
        self,
        scores: int = 5,
        recency: Direction = Direction.LOWER_IS_BETTER,
        rules: Sequence[SegmentRule] | None = None,
    ) -> None:
        self.scores = integer("scores", scores)
        self.recency = member("recency", Direction, recency)
        self.rules = None if rules is None else list(rules)

    def fit(self, recency: Column, frequency: Column, monetary: Column) -> Self:
        """Find the cut points that split these customers into parts of equal size."""
        check_index(recency=recency, frequency=frequency, monetary=monetary)
        self._keep(
            _core.Rfm.fit(
                floats("recency", recency),
                floats("frequency", frequency),
                floats("monetary", monetary),
                self.scores,
                self.recency is Direction.LOWER_IS_BETTER,
                self._rules(),
            )
        )
        return self

    def set_thresholds(self, recency: Sequence[float], frequency: Sequence[float], monetary: Sequence[float]) -> Self:
        """Take these cut points instead, ascending: one fewer than scores for each measure."""
        lower = self.recency is Direction.LOWER_IS_BETTER
        made = _core.Rfm.from_thresholds(list(recency), list(frequency), list(monetary), lower, self._rules())
        self.scores = len(recency) + 1
        self._keep(made)
        return self

    def score(self, recency: Column, frequency: Column, monetary: Column) -> RfmScores:
        """Score these customers, who need not be those of the fit.

        Raises
        ------
        NotFoundError
            If there are no cut points yet.
        """
        check_index(recency=recency, frequency=frequency, monetary=monetary)
        if not hasattr(self, "recency_thresholds_"):
            message = "recency_thresholds_: are not there yet; call fit or set_thresholds first"
            raise NotFoundError(message, argument="recency_thresholds_")
        fitted = _core.Rfm.from_thresholds(
            self.recency_thresholds_,
            self.frequency_thresholds_,
            self.monetary_thresholds_,
            self.recency is Direction.LOWER_IS_BETTER,
            self._rules(),
        )
        r, f, m, segment = fitted.score(
            floats("recency", recency), floats("frequency", frequency), floats("monetary", monetary)
        )
        hundreds, tens, ones = numbers(r), numbers(f), numbers(m)
        return RfmScores(
            recency=like(recency, hundreds),
            frequency=like(recency, tens, _name(frequency)),
            monetary=like(recency, ones, _name(monetary)),
            score=like(recency, hundreds * np.uint16(100) + tens * np.uint16(10) + ones, "score"),
            segment=None
            if segment is None
            else categories_like(recency, numbers(segment), self.segments_ or [], "segment"),
        )

    def _keep(self, fitted: _core.Rfm) -> None:
        thresholds = fitted.thresholds()
        self.recency_thresholds_, self.frequency_thresholds_, self.monetary_thresholds_ = thresholds
        self.segments_ = fitted.segments()

    def _rules(self) -> list[tuple[str, tuple[int, int], tuple[int, int], tuple[int, int]]] | None:
        if self.rules is None:
            return None
        return [(rule.segment, rule.recency, rule.frequency, rule.monetary) for rule in self.rules]


def rfm(
    table: Any,
    *,
    customer: str,
    recency: str,
    frequency: str,
    monetary: str,
    model: Rfm | None = None,
) -> Any:
    """Score a whole table, one row per customer.

    Parameters
    ----------
    table : table
        A DataFrame of pandas or polars, or a Table of pyarrow.
    customer, recency, frequency, monetary : str
        Names of the columns; ``customer`` may not be ``r``, ``f``, ``m``, ``score`` or ``segment``. ``recency`` is the
        time since the last purchase unless the model says otherwise: for a table of
        :meth:`crm_core.ledger.Ledger.summary` that is ``age - recency``, not its ``recency``.
    model : Rfm, optional
        Options, or cut points that are already there; ``Rfm()`` by default. A model without cut points is
        fitted on the table, and keeps them.

    Returns
    -------
    table
        A table of the same kind: customer, r, f, m, score and, where there are segments, segment.

    Raises
    ------
    NotFoundError
        For a column that the table does not have.
    OutOfRangeError
        If ``customer`` is a name that the result needs.

    Examples
    --------
    >>> import polars as pl
    >>> log = pl.DataFrame({"id": ["a", "b", "c"], "days": [3, 400, 90], "orders": [9, 1, 2], "spend": [900, 20, 100]})
    >>> rfm(log, customer="id", recency="days", frequency="orders", monetary="spend")["score"].to_list()
    [444, 111, 222]
    """
    frame = nw.from_native(collect(table), eager_only=True)
    for argument, name in (
        ("customer", customer),
        ("recency", recency),
        ("frequency", frequency),
        ("monetary", monetary),
    ):
        if name not in frame.columns:
            message = f"{argument} is {name!r}: must be a column of the table"
            raise NotFoundError(message, argument=argument, value=repr(name))
    if customer in _NEW_COLUMNS:
        message = f"customer is {customer!r}: must not be one of {', '.join(_NEW_COLUMNS)}, which the result adds"
        raise OutOfRangeError(message, argument="customer", value=repr(customer))
    model = Rfm() if model is None else model
    columns = [frame[name].to_native() for name in (recency, frequency, monetary)]
    if not hasattr(model, "recency_thresholds_"):
        model.fit(*columns)
    scores = model.score(*columns)
    parts = {"r": scores.recency, "f": scores.frequency, "m": scores.monetary, "score": scores.score}
    if scores.segment is not None:
        parts["segment"] = scores.segment
    named = [_series(frame, name, part) for name, part in parts.items()]
    return frame.select(nw.col(customer)).with_columns(*named).to_native()


def _name(column: Any) -> str:
    name = getattr(column, "name", None)
    return "" if name is None else name


def _series(frame: nw.DataFrame[Any], name: str, column: Any) -> nw.Series[Any]:
    if frame.implementation.is_pyarrow():
        import pyarrow as pa

        column = pa.chunked_array([column])
    series: nw.Series[Any] = nw.from_native(column, series_only=True)
    return series.alias(name)


@dataclass(frozen=True, slots=True, eq=False)
class RfmGrid:
    """Customers and revenue by recency and frequency score.

    Attributes
    ----------
    customers : numpy.ndarray
        Numbers of customers; row 0 is recency score 1, column 0 frequency score 1.
    revenue : numpy.ndarray
        Their revenue, in the same places.
    """

    customers: NDArray[np.int64]
    revenue: NDArray[np.float64]


def rfm_grid(recency: Column, frequency: Column, revenue: Column, scores: int = 5) -> RfmGrid:
    """Count customers and add up their revenue by recency and frequency score.

    >>> grid = rfm_grid([2, 2, 1], [2, 2, 1], [100.0, 50.0, 5.0], scores=2)
    >>> grid.customers.tolist(), grid.revenue.tolist()
    ([[1, 0], [0, 2]], [[5.0, 0.0], [0.0, 150.0]])
    """
    check_index(recency=recency, frequency=frequency, revenue=revenue)
    scores = integer("scores", scores)
    cells = _core.rfm_grid(
        whole("recency", recency, 0, 255).tobytes(),
        whole("frequency", frequency, 0, 255).tobytes(),
        floats("revenue", revenue),
        scores,
    )
    size = (scores, scores)
    customers = np.array(cells["customers"], dtype=np.int64)
    return RfmGrid(customers.reshape(size), np.array(cells["revenue"]).reshape(size))
