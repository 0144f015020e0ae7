"""Intervals, totals, draws, bootstraps and simulations of fitted models."""

from __future__ import annotations

import math
import pickle
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from crm_core import errors
from crm_core.prediction import (
    Bdw,
    BgBb,
    BgNbd,
    FitOptions,
    GammaGamma,
    LifetimeValueModel,
    MbgNbd,
    ParetoNbd,
    Prior,
    PurchaseModel,
    PurchasePrediction,
    RenewalPrediction,
    Sbg,
)

TRUTHS: list[PurchaseModel] = [
    BgNbd(0.5, 6.0, 0.8, 2.5),
    MbgNbd(0.7, 6.0, 0.8, 2.5),
    ParetoNbd(0.6, 8.0, 0.7, 10.0),
    BgBb(1.2, 0.8, 0.7, 2.8),
]


def ages(truth: PurchaseModel, count: int = 1500) -> np.ndarray[Any, Any]:
    return np.resize([6.0, 8.0] if isinstance(truth, BgBb) else [39.0, 28.0, 52.0], count)


def made(truth: PurchaseModel) -> tuple[pd.DataFrame, PurchaseModel]:
    customers = truth.simulate(ages(truth), seed=4)
    return customers, type(truth)().fit(customers)


@pytest.mark.parametrize("truth", TRUTHS, ids=lambda truth: type(truth).__name__)
def test_predictions_have_intervals_that_hold_them(truth: PurchaseModel) -> None:
    customers, model = made(truth)
    plain = model.predict(customers, 10, discount_rate=0.01)
    found = model.predict(customers, 10, discount_rate=0.01, interval=0.95)
    for name in ("probability_alive", "expected_purchases", "discounted_purchases"):
        assert (found[name] == plain[name]).all()
        low, high = found[f"{name}_low"], found[f"{name}_high"]
        assert ((low <= found[name]) & (found[name] <= high) & (low >= 0)).all()
    assert (found["probability_alive_high"] <= 1).all()
    wide = model.interval("tail_probability", 10, *(customers[c] for c in customers), purchases=2, level=0.99)
    narrow = model.interval("tail_probability", 10, *(customers[c] for c in customers), purchases=2, level=0.5)
    assert ((wide.lower < narrow.lower) & (narrow.upper < wide.upper)).all()


@pytest.mark.parametrize("truth", TRUTHS, ids=lambda truth: type(truth).__name__)
def test_totals_by_both_methods(truth: PurchaseModel) -> None:
    customers, model = made(truth)
    horizon = np.resize([5.0, 10.0], len(customers))
    delta = model.total(customers, horizon)
    drawn = model.total(customers, horizon, draws=500, seed=1)
    assert (
        delta.estimate == drawn.estimate == pytest.approx(model.predict(customers, horizon)["expected_purchases"].sum())
    )
    assert drawn.standard_error == pytest.approx(delta.standard_error, rel=0.15)
    assert delta.lower < delta.estimate < delta.upper
    alive = model.total(customers, 0, PurchasePrediction.PROBABILITY_ALIVE)
    assert 0 < alive.lower < alive.upper <= len(customers)


def test_draws_are_those_of_the_seed_and_spread_as_the_fit_says() -> None:
    _, model = made(TRUTHS[0])
    draws = model.draws(4000, seed=9)
    assert list(draws.columns) == list(model.parameters)
    assert draws.head(10).equals(model.draws(10, seed=9))
    assert not draws.head(10).equals(model.draws(10, seed=8))
    found = np.log(draws / pd.Series(model.parameters)).cov().to_numpy()
    expected = np.array(model.report_.log_covariance()).reshape(4, 4)
    spread = np.sqrt(np.diag(expected))
    assert np.abs((found - expected) / np.outer(spread, spread)).max() < 0.08
    assert isinstance(model.draws(2, seed=1, library="polars"), pl.DataFrame)


def test_simulations_are_those_of_the_seed() -> None:
    for truth in TRUTHS:
        customers = truth.simulate(ages(truth, 50), seed=1)
        more = truth.simulate(ages(truth, 60), seed=1)
        assert customers.equals(more.head(50))
        assert not customers.equals(truth.simulate(ages(truth, 50), seed=2))
        assert ((customers["recency"] <= customers["age"]) & (customers["frequency"] >= 0)).all()
    assert isinstance(TRUTHS[0].simulate(pl.Series([3.0]), seed=1, library="pyarrow"), pa.Table)
    with pytest.raises(errors.OutOfRangeError) as caught:
        TRUTHS[3].simulate([6.0, 6.5], seed=1)
    assert (caught.value.argument, caught.value.row) == ("age", 1)
    with pytest.raises(errors.MissingValueError):
        TRUTHS[0].simulate([6.0, None], seed=1)


def test_bootstraps_spread_as_the_fit_says() -> None:
    customers, model = made(TRUTHS[0])
    refits = model.bootstrap(customers["age"], 30, seed=1)
    assert refits.undefined == 0
    assert refits.table().shape == (30, 4)
    for name, estimate in refits.estimates().items():
        assert estimate.estimate == model.parameters[name]
        assert estimate.lower < estimate.upper
    spread = refits.estimates()["alpha"].standard_error / model.estimates()["alpha"].standard_error
    assert 0.6 < spread < 1.6
    options = FitOptions(prior=Prior(list(model.parameters.values()), deviation=0.01))
    held = model.bootstrap(customers["age"], 3, seed=1, options=options)
    assert held.estimates()["alpha"].standard_error < refits.estimates()["alpha"].standard_error / 2
    with pytest.raises(errors.OutOfRangeError, match="replicates"):
        model.bootstrap(customers["age"], 1, seed=1)


def test_spend() -> None:
    truth, frequency = GammaGamma(6.0, 4.0, 15.0), np.resize([1.0, 2.0, 5.0], 1500)
    customers = pl.DataFrame({"frequency": frequency, "mean_spend": truth.simulate(frequency, seed=1)})
    model = GammaGamma().fit(customers)
    found = model.expected_spend_interval(customers["frequency"], customers["mean_spend"])
    assert found.estimate.equals(model.expected_spend(customers["frequency"], customers["mean_spend"]))
    assert ((found.lower < found.estimate) & (found.estimate < found.upper)).all()
    delta, drawn = model.total(customers), model.total(customers, draws=400, seed=3)
    assert drawn.standard_error == pytest.approx(delta.standard_error, rel=0.2)
    assert list(model.draws(2, seed=1).columns) == ["p", "q", "gamma"]
    spread = model.bootstrap(frequency, 20, seed=1).estimates()["gamma"].standard_error
    assert 0.5 < spread / model.estimates()["gamma"].standard_error < 1.8
    at = np.geomspace(1e-2, 1e6, 20_001)
    density = model.expected_spend_density(at)
    assert np.trapezoid(density, at) == pytest.approx(1, rel=1e-5)
    assert np.trapezoid(density * at, at) == pytest.approx(model.expected_spend(), rel=1e-4)


@pytest.mark.parametrize("truth", [Sbg(0.7, 2.0), Bdw(0.7, 2.0, 1.3)], ids=["Sbg", "Bdw"])
def test_renewals(truth: Sbg | Bdw) -> None:
    came = np.resize([3.0, 5.0, 9.0], 6000)
    customers = truth.simulate(came, seed=2, library="polars")
    assert customers.equals(truth.simulate(came, seed=2, library="polars"))
    model = type(truth)().fit(customers=customers)
    curve = model.interval(RenewalPrediction.CONDITIONAL_SURVIVAL, horizon=[1, 5, 20])
    assert curve.estimate == pytest.approx(model.survival([1, 5, 20]))
    assert ((curve.lower > 0) & (curve.lower < curve.estimate) & (curve.estimate < curve.upper)).all()
    delta = model.total("expected_residual_lifetime", [0, 3, 3], horizon=10)
    drawn = model.total("expected_residual_lifetime", [0, 3, 3], horizon=10, draws=500, seed=1)
    assert drawn.standard_error == pytest.approx(delta.standard_error, rel=0.2)
    assert list(model.draws(3, seed=1).columns) == list(model.parameters)
    refits = model.bootstrap(came, 10, seed=1)
    assert list(refits.estimates()) == list(model.parameters)


def test_lifetime_values_with_margins_and_rates_of_each_customer() -> None:
    truth = TRUTHS[2]
    customers = truth.simulate(ages(truth), seed=4)
    customers["mean_spend"] = GammaGamma(6.0, 4.0, 15.0).simulate(customers["frequency"], seed=5)
    model = LifetimeValueModel(ParetoNbd().fit(customers), GammaGamma().fit(customers))
    rates = pd.Series(np.resize([0.002, 0.01], len(customers)))
    margins = pd.Series(np.resize([0.3, 0.2, 0.5], len(customers)))
    found = model.predict(customers, rates, margin=margins, horizon=52, interval=0.9)
    history = (customers["frequency"], customers["recency"], customers["age"])
    bought = model.purchases.discounted_purchases(rates, *history, horizon=52)
    by_hand = margins * bought * model.spend.expected_spend(customers["frequency"], customers["mean_spend"])
    assert found["lifetime_value"].to_numpy() == pytest.approx(by_hand.to_numpy())
    assert found["discounted_purchases"].isna().sum() == 0 if "discounted_purchases" in found else True
    predicted = model.purchases.predict(customers, 52, discount_rate=rates)["discounted_purchases"]
    assert (predicted == bought).all()
    assert ((found["lifetime_value_low"] < by_hand) & (by_hand < found["lifetime_value_high"])).all()
    total = model.total(customers, rates, margin=margins, horizon=52, level=0.9)
    drawn = model.total(customers, rates, margin=margins, horizon=52, level=0.9, draws=300, seed=1)
    assert total.estimate == pytest.approx(found["lifetime_value"].sum())
    assert drawn.standard_error == pytest.approx(total.standard_error, rel=0.2)
    with pytest.raises(errors.DivergentError) as caught:
        model.predict(customers, rates.mask(rates.index == 3, 0.0))
    assert (caught.value.argument, caught.value.row) == ("discount_rate", 3)


def test_missing_values_stay_missing_in_columns_and_are_refused_in_sums() -> None:
    customers, model = made(TRUTHS[0])
    few = pl.from_pandas(customers).head(3).with_columns(recency=pl.Series([0.0, None, math.nan]), frequency=0.0)
    found = model.predict(few, 10, interval=0.95)
    assert found["expected_purchases_low"].is_null().to_list() == [False, True, False]
    assert math.isnan(found["expected_purchases_high"][2])
    with pytest.raises(errors.MissingValueError) as caught:
        model.total(few, 10)
    assert (caught.value.argument, caught.value.row) == ("recency", 1)


def test_what_is_not_known_is_refused() -> None:
    known = BgNbd(0.5, 6.0, 0.8, 2.5)
    for call in (lambda: known.interval("expected_purchases", 5), lambda: known.draws(2, seed=1)):
        with pytest.raises(errors.CrmError, match="was not fitted"):
            call()
    customers, model = made(TRUTHS[0])
    with pytest.raises(errors.OutOfRangeError, match="no_such"):
        model.interval("no_such", 5)
    with pytest.raises(errors.OutOfRangeError, match="level"):
        model.predict(customers, 5, interval=1.0)
    with pytest.raises(errors.WrongTypeError, match="seed"):
        model.total(customers, 5, draws=10)
    with pytest.raises(errors.OutOfRangeError, match="seed"):
        model.total(customers, 5, seed=10)
    alike = pd.DataFrame({"frequency": [1.0, 2.0], "mean_spend": [5.0, 5.0]})
    boundary = GammaGamma().fit(alike)
    assert boundary.status_.value == "boundary"
    assert math.isnan(boundary.expected_spend_interval().standard_error)
    with pytest.raises(errors.NoSolutionError, match="boundary"):
        boundary.draws(3, seed=1)


def test_a_saved_model_has_its_intervals() -> None:
    customers, model = made(TRUTHS[0])
    again = pickle.loads(pickle.dumps(model))
    assert again.total(customers, 5) == model.total(customers, 5)
