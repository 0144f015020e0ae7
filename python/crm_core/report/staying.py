"""How customers stay: lifecycle stages, cohorts, tenure and churn of one customer base."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from crm_core import lifecycle
from crm_core.lifecycle import RuleOptions, Stage, StageMeasure
from crm_core.report.log import floats
from crm_core.report.results import Interval, Lifecycle, Retention

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from crm_core.report.log import CustomerLog
    from crm_core.report.settings import Settings

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

__all__ = ["Stays", "tell_retention", "tell_stages"]

ENDED = (Stage.POTENTIAL, Stage.TERMINATION)
_MOST_COHORTS, _MOST_LAGS = 24, 36


@dataclass(frozen=True)
class Stays:
    """What the stage histories say of each customer.

    Attributes
    ----------
    members : ndarray
        The stage now, by name.
    periods : ndarray
        How many periods the customer has been in an active stage.
    """

    members: NDArray[np.str_]
    periods: Integers


def tell_stages(log: CustomerLog, settings: Settings, p_alive: Floats | None) -> tuple[RuleOptions, Lifecycle, Stays]:
    """Tell the stage of every customer in every period, by rules; P(alive) is that of a model, if there is one."""
    import pyarrow.compute as pc

    measure = StageMeasure.PROFIT if log.has_cost else StageMeasure.SPEND
    rules = RuleOptions(measure=measure)
    alive = None if p_alive is None else p_alive[log.rows_of(pc.unique(log.series.table["customer"]))]
    found = lifecycle.infer_stages(log.series, p_alive=alive, options=rules, language=settings.language)
    customers = log.in_order(found.customers)
    told_alive, interval = floats(customers["p_alive"]), floats(customers["interpurchase_time"])
    mean_interval = found.population.interpurchase_time
    flow = np.column_stack([floats(found.census[str(stage)]) for stage in Stage])
    told = Lifecycle(
        confidence=floats(customers["confidence"]),
        evidence=customers["evidence"].to_pylist(),
        p_alive=np.nan_to_num(told_alive),
        interval=np.nan_to_num(interval, nan=mean_interval),
        mean_interval=mean_interval,
        flow=flow,
        curve=np.where(flow > 0, _value_by_stage(log, found.histories), np.nan),
        transitions=found.transitions.rates,
        best_move=_best_move(found.transition_economics, 1.0 if log.has_cost else settings.margin),
    )
    members = np.array([str(stage) for stage in customers["stage"].to_pylist()])
    return rules, told, Stays(members, _active_periods(log, found.histories))


def _best_move(economics: Any, margin: float) -> tuple[Stage, Stage, float] | None:
    """Return the move that changed value most, and by how much per customer and period."""
    moves = economics.slice(0, 1).to_pylist()
    if not moves or moves[0]["total_gain"] * margin <= 0:
        return None
    return Stage(moves[0]["stage"]), Stage(moves[0]["to"]), moves[0]["gain"] * margin


def _value_by_stage(log: CustomerLog, histories: Any) -> Floats:
    """Return the value that came from customers in each stage (column) in each period (row)."""
    observed, stages = log.series.observed, list(Stage)
    owner, start = log.rows_of(histories["customer"]), histories["period"].to_numpy().astype(np.int64)
    moves = owner * observed + start
    order = np.argsort(moves)
    codes = np.array([stages.index(Stage(name)) for name in histories["stage"].to_pylist()])[order]
    at = codes[np.searchsorted(moves[order], log.owner * observed + log.period, side="right") - 1]
    cells = np.bincount(log.period * len(stages) + at, log.amounts, observed * len(stages))
    return cells.astype(np.float64).reshape(observed, len(stages))


def _active_periods(log: CustomerLog, histories: Any) -> Integers:
    """Return how many periods each customer has been in an active stage."""
    owner, start = log.rows_of(histories["customer"]), histories["period"].to_numpy().astype(np.int64)
    last = np.append(owner[1:] != owner[:-1], [True])
    end = np.where(last, log.series.observed, np.append(start[1:], [0]))
    active = ~np.isin(histories["stage"].to_pylist(), ENDED)
    return np.bincount(owner[active], (end - start)[active], len(log.value)).astype(np.int64)


def tell_retention(log: CustomerLog, p_alive: Floats, stays: Stays) -> Retention:
    """Follow the cohorts, and estimate tenure and churn."""
    joined, left = _span(log)
    bought = joined >= 0
    known = (left - joined + 1)[bought]
    silent = (log.series.observed - 1 - left)[bought]
    lost = stays.members[bought] == Stage.TERMINATION
    tenure = lifecycle.kaplan_meier(np.where(lost, known, known + silent), lost)
    alive = p_alive[bought]
    churn = lifecycle.churn_rate(round(float((known + alive * silent).sum())), round(float((1 - alive).sum())))
    shown, sizes, repeat, first_repeat = _cohorts(log, joined)
    return Retention(
        cohorts=[log.starts[i] for i in shown],
        sizes=sizes,
        repeat=repeat,
        first_repeat=first_repeat,
        time=np.concatenate([[0.0], tenure.time]),
        survival=np.concatenate([[1.0], tenure.survival]),
        lower=np.concatenate([[1.0], np.nan_to_num(tenure.lower)]),
        upper=np.concatenate([[1.0], np.nan_to_num(tenure.upper)]),
        median=tenure.median,
        churn=Interval(churn.rate, churn.lower, churn.upper),
    )


def _span(log: CustomerLog) -> tuple[Integers, Integers]:
    """Return the periods of each customer's first and last purchase; -1 for one who only returned."""
    bought = log.purchases > 0
    owners, periods = log.owner[bought], log.period[bought]
    first, last = (np.full(len(log.value), -1) for _ in range(2))
    last[owners] = periods
    first[owners[::-1]] = periods[::-1]
    return first, last


def _cohorts(log: CustomerLog, joined: Integers) -> tuple[Integers, Integers, Floats, float]:
    """Return the latest cohorts by period, their sizes, and the shares that bought again 1, 2, … periods later.

    The last value is the share of all cohorts that bought again one period later.
    """
    observed = log.series.observed
    bought = log.purchases > 0
    cohort = joined[log.owner[bought]]
    lag = log.period[bought] - cohort
    sizes = np.bincount(cohort[lag == 0], minlength=observed)
    started = sizes[:-1].sum()
    first_repeat = float((lag == 1).sum() / started) if started else float("nan")
    shown = np.flatnonzero(sizes)[-_MOST_COHORTS:]
    lags = np.arange(1, min(_MOST_LAGS, max(observed - int(shown[0]) - 1, 1)) + 1)
    row = np.searchsorted(shown, cohort)
    seen = (lag >= 1) & (lag <= lags[-1]) & (cohort >= shown[0])
    buyers = np.bincount(row[seen] * len(lags) + lag[seen] - 1, minlength=len(shown) * len(lags))
    repeat = buyers.reshape(len(shown), len(lags)) / sizes[shown, None]
    repeat[shown[:, None] + lags >= observed] = np.nan
    return shown, sizes[shown], repeat, first_repeat
