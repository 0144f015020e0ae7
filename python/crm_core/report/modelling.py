"""Models of purchases and spend: fitted to the log, chosen, and checked on a part that they have not seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from crm_core.errors import CrmError, EmptyError, NoSolutionError, NotConvergedError
from crm_core.ledger import Returns
from crm_core.prediction import FitStatus, GammaGamma, LifetimeValueModel, MbgNbd, ParetoNbd

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from crm_core.ledger import HoldoutSummary
    from crm_core.prediction import ConditionalExpectation, Estimate, FrequencyHistogram, HoldoutError, PurchaseModel
    from crm_core.report.log import CustomerLog
    from crm_core.report.settings import Settings

    Floats = NDArray[np.float64]
    Booleans = NDArray[np.bool_]

__all__ = ["Candidate", "HoldoutCheck", "Modelling", "fit_models"]

DAYS_PER_WEEK, _DAYS_PER_YEAR = 7, 365.25
LEAST_REPEATERS = 30
"""With fewer customers who bought again, four parameters say more of chance than of customers."""
LEVEL = 0.95
"""With which probability an interval of what the models say holds the truth."""
CORRELATED = 0.3
"""From here on, purchases and spend hang on each other more than a product of two models should be trusted with."""
CANDIDATES: dict[str, type[PurchaseModel]] = {"MBG/NBD": MbgNbd, "Pareto/NBD": ParetoNbd}
"""Not the BG/NBD: it takes everybody who bought once for alive, for ever."""


@dataclass(frozen=True)
class Candidate:
    """A model that was tried; the likelihood is None, and the outcome the kind of the error, where it did not fit."""

    name: str
    outcome: str
    log_likelihood: float | None


@dataclass(frozen=True)
class HoldoutCheck:
    """The chosen model, fitted to the first half of the log, beside what came in the second.

    Attributes
    ----------
    until : date
        The last day of the first half.
    weeks : float
        The length of the second.
    calibration : float
        The length of the first, in weeks.
    actual, expected : ndarray
        Repeat purchases of all customers in each week of the whole log, as far as its weeks are whole.
    frequency : FrequencyHistogram
        Of the first half.
    means : ConditionalExpectation
        Purchases in the second half by those in the first.
    error : HoldoutError
        How far the model is off.
    """

    until: date
    weeks: float
    calibration: float
    actual: Floats
    expected: Floats
    frequency: FrequencyHistogram
    means: ConditionalExpectation
    error: HoldoutError


@dataclass(frozen=True)
class Modelling:
    """What the fitted models say of the customers; rules take the place of what they could not tell.

    Attributes
    ----------
    repeaters : int
        Customers who bought again.
    candidates : sequence of Candidate
        The models of purchases that were tried.
    name : str or None
        Which one was chosen: that of the highest likelihood, as all have four parameters.
    purchases : PurchaseModel or None
        It, in weeks.
    spend : GammaGamma or None
        What customers spend per purchase.
    refusal : str or None
        Why there is no model of purchases ("few" repeat buyers, none "converged") or none of "spend".
    check : HoldoutCheck or None
        Of the chosen model, where the first half of the log identifies it.
    p_alive, expected_purchases : ndarray or None
        Per customer: alive at the end of the log, and purchases over the horizon. NaN for one who only returned.
    discounted_value, discounted_low, discounted_high : ndarray or None
        Per customer, the present value of the purchases over the horizon, with its interval by the delta method over
        the parameters of both models.
    total : Estimate or None
        The sum over customers, with its interval.
    """

    repeaters: int
    candidates: Sequence[Candidate]
    name: str | None = None
    purchases: PurchaseModel | None = None
    spend: GammaGamma | None = None
    refusal: Literal["few", "converged", "spend"] | None = None
    check: HoldoutCheck | None = None
    p_alive: Floats | None = None
    expected_purchases: Floats | None = None
    discounted_value: Floats | None = None
    discounted_low: Floats | None = None
    discounted_high: Floats | None = None
    total: Estimate | None = None


def fit_models(log: CustomerLog, settings: Settings) -> Modelling:
    """Fit models of purchases and spend, and predict with the better one where the log identifies it."""
    bought = np.isfinite(log.age)
    table = _table(log, bought)
    repeaters = int((table["frequency"] > 0).sum())
    if repeaters < LEAST_REPEATERS:
        return Modelling(repeaters, (), refusal="few")
    tried = [_try(name, kind(), table) for name, kind in CANDIDATES.items()]
    candidates = tuple(candidate for candidate, _ in tried)
    fitted = [(candidate, model) for candidate, model in tried if model is not None]
    if not fitted:
        return Modelling(repeaters, candidates, refusal="converged")
    best, model = max(fitted, key=lambda pair: pair[1].log_likelihood_)
    horizon = settings.horizon * weeks_per_period(settings)
    history = (table["frequency"], table["recency"], table["age"])
    spend = _fit_spend(table)
    worth = {} if spend is None else _worth(log, settings, bought, LifetimeValueModel(model, spend), table)
    return Modelling(
        repeaters,
        candidates,
        name=best.name,
        purchases=model,
        spend=spend,
        refusal="spend" if spend is None else None,
        check=_check(log, type(model)()),
        p_alive=_spread(bought, model.probability_alive(*history)),
        expected_purchases=_spread(bought, model.expected_purchases(horizon, *history)),
        **worth,
    )


def _worth(
    log: CustomerLog, settings: Settings, bought: Booleans, model: LifetimeValueModel, table: dict[str, Floats]
) -> dict[str, Any]:
    """Value the purchases over the horizon, with intervals."""
    import pyarrow as pa

    of = np.where(table["mean_spend"] > 0, table["frequency"], 0.0)
    customers = pa.table(table | {"mean_spend": np.maximum(table["mean_spend"], 0.0), "spend_frequency": of})
    assumed: dict[str, Any] = {
        "discount_rate": (1 + settings.discount_rate) ** (DAYS_PER_WEEK / _DAYS_PER_YEAR) - 1,
        "horizon": settings.horizon * weeks_per_period(settings),
        "margin": _margin(log, settings),
        "spend_frequency": "spend_frequency",
    }
    valued = model.predict(customers, interval=LEVEL, **assumed)
    columns = {"value": "lifetime_value", "low": "lifetime_value_low", "high": "lifetime_value_high"}
    found = {f"discounted_{name}": _spread(bought, valued[column].to_numpy()) for name, column in columns.items()}
    return found | {"total": model.total(customers, level=LEVEL, **assumed)}


def weeks_per_period(settings: Settings) -> float:
    """How long a period of the report is, in weeks."""
    return _DAYS_PER_YEAR / DAYS_PER_WEEK / settings.period.per_year


def _table(log: CustomerLog, bought: Booleans) -> dict[str, Floats]:
    """Return the summary in weeks of everybody who bought."""
    return {
        "frequency": np.maximum(log.orders[bought] - 1.0, 0.0),
        "recency": log.recency[bought] / DAYS_PER_WEEK,
        "age": log.age[bought] / DAYS_PER_WEEK,
        "mean_spend": log.mean_spend[bought],
    }


def _spread(bought: Booleans, values: Floats) -> Floats:
    """Return values of everybody who bought as values of all customers."""
    spread = np.full(len(bought), np.nan)
    spread[bought] = values
    return spread


def _margin(log: CustomerLog, settings: Settings) -> float:
    """What remains of an amount: as assumed, or of all that was sold where the costs are known."""
    return float(log.value.sum() / log.revenue.sum()) if log.has_cost else settings.margin


def _try(name: str, model: PurchaseModel, table: dict[str, Floats]) -> tuple[Candidate, PurchaseModel | None]:
    import pyarrow as pa

    try:
        model.fit(pa.table(table))
    except (NoSolutionError, NotConvergedError) as error:
        return Candidate(name, str(error.kind), None), None
    found = Candidate(name, str(model.status_), model.log_likelihood_)
    return found, model if model.status_ is FitStatus.CONVERGED else None


def _fit_spend(table: dict[str, Floats]) -> GammaGamma | None:
    """Fit to those who bought again and paid for it; None where mean spend is not finite, or nothing was found."""
    import pyarrow as pa

    paid = (table["frequency"] > 0) & (table["mean_spend"] > 0)
    known = pa.table({name: table[name][paid] for name in ("frequency", "mean_spend")})
    try:
        spend = GammaGamma().fit(known)
    except (EmptyError, NoSolutionError, NotConvergedError):
        return None
    finite = spend.status_ is FitStatus.CONVERGED and spend.parameters["q"] > 1
    return spend if finite else None


def _check(log: CustomerLog, model: PurchaseModel) -> HoldoutCheck | None:
    """Fit to the first half of the log, and compare with the second."""
    first, last = log.first.min().astype(date), log.last.max().astype(date)
    until = first + (last - first) / 2
    try:
        split: HoldoutSummary = log.ledger.calibration_and_holdout(
            until, periods_per_unit=DAYS_PER_WEEK, returns=Returns.NET
        )
        weeks = log.ledger.repeat_purchases(periods_per_unit=DAYS_PER_WEEK, returns=Returns.NET)
        repeaters = np.count_nonzero(np.asarray(split.table["frequency"]))
        if repeaters < LEAST_REPEATERS or model.fit(split.table).status_ is not FitStatus.CONVERGED:
            return None
    except CrmError:
        return None
    return HoldoutCheck(
        until=until,
        weeks=split.duration,
        calibration=((until - first).days + 1) / DAYS_PER_WEEK,
        actual=weeks.purchases,
        expected=model.expected_tracking(weeks.starts, len(weeks.purchases)).incremental,
        frequency=model.frequency_histogram(split.table),
        means=model.conditional_expectation(split.table, split.duration),
        error=model.holdout_error(split.table, split.duration),
    )
