"""Hidden Markov models: tables in and out, files, Ctrl-C, and what is refused."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from crm_core.errors import CrmError, LengthMismatchError, NotFoundError, OutOfRangeError, UnreadableError
from crm_core.ledger import Ledger, simulate
from crm_core.lifecycle import EmissionFamily, EmOptions, EmStatus, HiddenMarkov, Stage

if TYPE_CHECKING:
    from pathlib import Path

TRUTH = HiddenMarkov.known([0.5, 0.5], [[0.9, 0.1], [0.2, 0.8]], [[0.2], [3.0]])


@pytest.fixture(scope="module")
def made() -> pl.DataFrame:
    table: pl.DataFrame = TRUTH.simulate([12, 20] * 150, seed=7, library="polars")
    return table


@pytest.fixture(scope="module")
def fit(made: pl.DataFrame) -> HiddenMarkov:
    return HiddenMarkov(2).fit(made)


def test_fit_of_simulated_customers(fit: HiddenMarkov, made: pl.DataFrame) -> None:
    assert np.allclose(fit.means_, [0.2, 3.0], atol=0.15)
    assert np.allclose(fit.transition_matrix(), [[0.9, 0.1], [0.2, 0.8]], atol=0.05)
    assert fit.status_ is EmStatus.CONVERGED
    assert fit.iterations_ > 1
    assert len(fit.trials_) == 8
    assert fit.log_likelihood_ >= max(fit.trials_)
    assert fit.bic_ == pytest.approx(5 * np.log(len(made)) - 2 * fit.log_likelihood_, rel=1e-12)
    assert fit.aic_ == pytest.approx(10 - 2 * fit.log_likelihood_, rel=1e-12)
    assert list(fit.summary().columns) == ["state", "mean", "initial", "to_0", "to_1"]
    state = fit.decode(made).periods["state"]
    assert (state == made["state"]).mean() > 0.9


def test_standard_errors(fit: HiddenMarkov, made: pl.DataFrame) -> None:
    found = fit.uncertainty(made, confidence=0.9)
    assert isinstance(found.estimates, pl.DataFrame)
    assert found.estimates["parameter"].to_list()[-2:] == ["mean_0", "mean_1"]
    assert found.estimates["estimate"].to_list()[-2:] == fit.means_.tolist()
    assert np.allclose(np.sqrt(np.diag(found.covariance)), found.estimates["standard_error"], rtol=1e-12)
    wide = fit.uncertainty(made, confidence=0.99).estimates
    assert (wide["upper"] > found.estimates["upper"]).all()
    assert (wide["lower"] < found.estimates["lower"]).all()
    assert found.distance < 0.01
    with pytest.raises(OutOfRangeError, match="confidence"):
        fit.uncertainty(made, confidence=1)

    def stop(_: int) -> None:
        raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        fit.uncertainty(made, progress=stop)


def test_names_of_covariates(made: pl.DataFrame) -> None:
    data = made.with_columns(campaign=pl.col("period") % 2)
    model = HiddenMarkov(2, covariates=["campaign"], options=EmOptions(starts=1)).fit(data)
    names = model.uncertainty(data).estimates["parameter"].to_list()
    assert names[2:4] == ["transition_0_1_constant", "transition_0_1_campaign"]


@pytest.mark.parametrize("kind", [pl.DataFrame, pd.DataFrame, pa.table])
def test_tables_of_every_kind(fit: HiddenMarkov, kind: Any) -> None:
    data = {"customer": ["a", "a", "b", "b", "b"], "value": [0.0, 4.0, 1.0, None, 0.0]}
    found = fit.decode(kind(data))
    assert isinstance(found.periods, pa.Table if kind is pa.table else kind)
    periods = pl.DataFrame(found.periods)
    assert periods["customer"].to_list() == ["a", "a", "b", "b", "b"]
    assert periods["period"].to_list() == [0, 1, 0, 1, 2]
    assert periods["value"].to_list() == data["value"]
    total = periods["probability_0"] + periods["probability_1"]
    assert np.allclose(total, 1)
    customers = pl.DataFrame(found.customers)
    assert customers["periods"].to_list() == [2, 3]
    last = periods.group_by("customer", maintain_order=True).last()
    assert customers["state"].to_list() == last["state"].to_list()
    assert {Stage(stage) for stage in customers["stage"].to_list()} <= set(Stage)
    # What is known in the last period is known of it given all periods.
    assert np.allclose(last["probability_1"], last["filtered_1"])


def test_ledger(fit: HiddenMarkov) -> None:
    log = simulate(80, seed=7, library="polars")
    ledger = Ledger(log, customer="customer", time="time", amount="amount")
    counts = HiddenMarkov(2, options=EmOptions(starts=2)).fit(ledger)
    found = counts.decode(ledger)
    assert isinstance(found.customers, pl.DataFrame)
    series = ledger.period_series()
    first = series.table.group_by("customer").agg(pl.col("period").min())
    beside = found.periods.group_by("customer").agg(pl.col("period").min())
    assert first.sort("customer").equals(beside.sort("customer"), null_equal=True)
    assert found.periods["period"].max() == series.observed - 1
    assert found.periods["value"].sum() == series.table["purchases"].sum()
    amounts = HiddenMarkov(2, EmissionFamily.ZERO_INFLATED_LOG_NORMAL, options=EmOptions(starts=1)).fit(series)
    assert amounts.decode(series).periods["value"].sum() == pytest.approx(series.table["spend"].sum())


def test_covariates() -> None:
    truth = HiddenMarkov.known(
        [0.5, 0.5], None, [[0.2], [4.0]], coefficients=[-1.5, 1.0, -1.0, -1.0], covariates=["offer"]
    )
    offers = np.random.default_rng(1).normal(size=300 * 15).round(2)
    table = truth.simulate([15] * 300, seed=2, covariates=offers, library="polars").with_columns(offer=offers)
    model = HiddenMarkov(2, covariates=["offer"], options=EmOptions(starts=2)).fit(table)
    assert model.coefficients_ is not None
    assert np.allclose(model.coefficients_, [[-1.5, 1.0], [-1.0, -1.0]], atol=0.35)
    assert model.transition_matrix([2.0])[0, 1] > model.transition_matrix([-2.0])[0, 1]
    rich = model.state_values(margin=1, discount_rate=0.01, horizon=12, covariates=[1.0])
    poor = model.state_values(margin=1, discount_rate=0.01, horizon=12, covariates=[-1.0])
    assert (rich > poor).all()
    with pytest.raises(LengthMismatchError) as refusal:
        model.transition_matrix()
    assert refusal.value.argument == "covariates"
    with pytest.raises(NotFoundError):
        model.decode(table.drop("offer"))


def test_files_and_pickles(fit: HiddenMarkov, made: pl.DataFrame, tmp_path: Path) -> None:
    fit.save(tmp_path / "model.json")
    for again in (HiddenMarkov.load(tmp_path / "model.json"), pickle.loads(pickle.dumps(fit))):
        assert (again.means_ == fit.means_).all()
        assert again.log_likelihood_ == fit.log_likelihood_
        assert again.decode(made).periods.equals(fit.decode(made).periods)
        assert repr(again) == repr(fit) == "HiddenMarkov(states=2, family='poisson')"
    for text in ("{}", "[]", "no JSON", '{"states": 2}'):
        (tmp_path / "other.json").write_text(text)
        with pytest.raises(UnreadableError):
            HiddenMarkov.load(tmp_path / "other.json")


def test_progress_and_stopping(made: pl.DataFrame) -> None:
    told: list[int] = []
    HiddenMarkov(3, options=EmOptions(tolerance=0.0)).fit(made, progress=told.append)
    assert told == sorted(told)

    def stop(_: int) -> None:
        raise KeyboardInterrupt

    model = HiddenMarkov(3, options=EmOptions(tolerance=0.0, max_iterations=4_000_000))
    with pytest.raises(KeyboardInterrupt):
        model.fit(made, progress=stop)
    with pytest.raises(CrmError, match="call fit first"):
        model.decode(made)


def test_same_bits_from_the_same_seed(made: pl.DataFrame) -> None:
    options = EmOptions(starts=3, max_iterations=20, seed=5)
    fits = [HiddenMarkov(2, EmissionFamily.NEGATIVE_BINOMIAL, options=options).fit(made) for _ in range(2)]
    assert fits[0].log_likelihood_ == fits[1].log_likelihood_
    assert fits[0]._model.parameters == fits[1]._model.parameters


def test_what_is_refused(fit: HiddenMarkov) -> None:
    with pytest.raises(OutOfRangeError) as refusal:
        fit.decode(pl.DataFrame({"customer": [1, 1, 2], "value": [0.0, 1.5, 1.0]}))
    assert (refusal.value.argument, refusal.value.row) == ("values", 1)
    with pytest.raises(OutOfRangeError, match="rows of a customer together"):
        fit.decode(pl.DataFrame({"customer": [1, 2, 1], "value": [0.0, 1.0, 1.0]}))
    with pytest.raises(OutOfRangeError):
        EmOptions(starts=0)
    with pytest.raises(OutOfRangeError, match="family"):
        HiddenMarkov(2, "gaussian")  # type: ignore[arg-type]
    with pytest.raises(CrmError, match="was not fitted"):
        _ = TRUTH.bic_
