"""Models with covariates on tables: columns of every kind, files, and what is refused."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from crm_core import errors
from crm_core.prediction import BgBb, BgNbd, CovariateModel, DropoutEffect, FitStatus, ParetoNbd

if TYPE_CHECKING:
    from pathlib import Path

KNOWN = {
    "r": 0.8,
    "alpha": 9.0,
    "s": 0.7,
    "beta": 14.0,
    "purchase.online": 0.8,
    "purchase.years": 0.01,
    "dropout.online": -0.6,
}
LIBRARIES = {"pandas": pd.DataFrame, "polars": pl.DataFrame, "pyarrow": pa.table}


def truth() -> CovariateModel:
    return CovariateModel(ParetoNbd, purchase=["online", "years"], dropout=["online"], parameters=KNOWN)


@pytest.fixture(scope="module")
def customers() -> pl.DataFrame:
    rows = np.arange(1500)
    known = {"online": rows % 3 == 0, "years": 20.0 + rows % 41, "age": 30.0 + rows % 23}
    regions = pl.Series("region", np.array(["south", "north", "west"])[rows % 7 % 3])
    return truth().simulate(pl.DataFrame(known).with_columns(regions), seed=4)


@pytest.fixture(scope="module")
def fitted(customers: pl.DataFrame) -> CovariateModel:
    return CovariateModel(ParetoNbd, purchase=["online", "years"], dropout=["online"]).fit(customers)


def test_a_fit_finds_what_was_simulated(fitted: CovariateModel) -> None:
    assert fitted.status_ is FitStatus.CONVERGED
    assert list(fitted.parameters) == list(KNOWN)
    for name, estimate in fitted.estimates(0.999).items():
        assert estimate.lower < KNOWN[name] < estimate.upper, name
    summary = fitted.summary(library="polars")
    assert summary["parameter"].to_list() == list(KNOWN)
    assert fitted.covariance().shape == (7, 7)
    assert fitted.report_.names == list(KNOWN)


def test_simulation_repeats(customers: pl.DataFrame) -> None:
    again = truth().simulate(customers, seed=4)
    assert again.equals(customers)
    assert truth().simulate(customers[:7], seed=4).equals(customers[:7])
    assert not truth().simulate(customers, seed=5)["frequency"].equals(customers["frequency"])


def test_each_customer_has_the_plain_model_with_its_own_parameters(customers: pl.DataFrame) -> None:
    found = truth().expected_purchases(customers, 39.0)
    alive = truth().probability_alive(customers, horizon=3.0)
    for row in customers[:20].with_row_index().iter_rows(named=True):
        online, years = float(row["online"]), row["years"]
        alpha = 9.0 * np.exp(-0.8 * online - 0.01 * years)
        plain = ParetoNbd(r=0.8, alpha=alpha, s=0.7, beta=14.0 * np.exp(0.6 * online))
        history = (row["frequency"], row["recency"], row["age"])
        assert found[row["index"]] == pytest.approx(plain.expected_purchases(39.0, *history), rel=1e-12)
        assert alive[row["index"]] == pytest.approx(plain.probability_alive(*history, horizon=3.0), rel=1e-12)
    new = truth().expected_purchases_of_new(customers, 52.0)
    assert new[0] > new[1]  # online customers buy more and stay longer


@pytest.mark.parametrize("library", LIBRARIES)
def test_tables_of_every_kind(library: str, customers: pl.DataFrame, fitted: CovariateModel) -> None:
    table = LIBRARIES[library](
        customers.select("online", "years", "frequency", "recency", "age").to_dict(as_series=False)
    )
    model = CovariateModel(ParetoNbd, purchase=["online", "years"], dropout=["online"]).fit(table)
    assert model.parameters == fitted.parameters
    predicted = model.predict(table, horizon=26, discount_rate=0.002)
    assert type(predicted) is type(table)
    expected = fitted.predict(customers, horizon=26, discount_rate=0.002)
    for name in ("probability_alive", "expected_purchases", "discounted_purchases"):
        assert np.array_equal(np.asarray(predicted[name]), expected[name].to_numpy())


@pytest.mark.parametrize("library", LIBRARIES)
def test_text_is_compared_with_its_first_value(library: str, customers: pl.DataFrame) -> None:
    names = ["region", "frequency", "recency", "age"]
    table = LIBRARIES[library](customers.select(names).to_dict(as_series=False))
    model = CovariateModel(BgNbd, purchase=["region"], dropout=["region"], dropout_effect=DropoutEffect.ODDS)
    model.fit(table)
    assert list(model.parameters)[4:] == [
        "purchase.region[south]",
        "purchase.region[west]",
        "dropout.region[south]",
        "dropout.region[west]",
    ]
    # The same by hand.
    flags = customers.select(
        *names[1:], *((pl.col("region") == name).cast(pl.Float64).alias(name) for name in ("south", "west"))
    )
    by_hand = CovariateModel(
        BgNbd, purchase=["south", "west"], dropout=["south", "west"], dropout_effect=DropoutEffect.ODDS
    )
    by_hand.fit(flags)
    assert list(by_hand.parameters.values()) == list(model.parameters.values())
    found = np.asarray(model.expected_purchases(table, 10.0))
    assert np.array_equal(found, by_hand.expected_purchases(flags, 10.0).to_numpy())


def test_categories_and_missing_values(customers: pl.DataFrame) -> None:
    model = CovariateModel(BgNbd, purchase=["region"]).fit(customers)
    as_categories = customers.with_columns(pl.col("region").cast(pl.Categorical))
    assert CovariateModel(BgNbd, purchase=["region"]).fit(as_categories).parameters == model.parameters
    gap = customers[:4].with_columns(region=pl.Series(["south", None, "west", "north"]))
    found = model.expected_purchases(gap, 10.0)
    assert found.is_null().to_list() == [False, True, False, False]
    frame = pd.DataFrame(gap.to_dict(as_series=False))
    assert np.isnan(model.expected_purchases(frame, 10.0)).to_list() == [False, True, False, False]
    with pytest.raises(errors.NotFoundError, match=r"purchase_covariates \(row 2\) is 'east'"):
        model.expected_purchases(customers[:4].with_columns(region=pl.Series(["south", "north", "east", "x"])), 1.0)
    with pytest.raises(errors.MissingValueError, match=r"row 1\): is missing in the column 'online'"):
        CovariateModel(BgNbd, purchase=["online"]).fit(
            customers[:4].with_columns(online=pl.Series([1.0, None, 0.0, 1.0]))
        )


def test_a_fit_that_fails_leaves_the_one_before(customers: pl.DataFrame) -> None:
    model = CovariateModel(BgNbd, purchase=["region"]).fit(customers)
    before = model.expected_purchases(customers, 9.0)
    others = customers.with_columns(pl.col("region") + "ern", frequency=pl.lit(0.0), recency=pl.lit(0.0))
    with pytest.raises(errors.NoSolutionError, match="frequency"):
        model.fit(others)
    assert model.expected_purchases(customers, 9.0).equals(before)


def test_uncertainty(customers: pl.DataFrame) -> None:
    model = CovariateModel(BgNbd, purchase=["region", "online"], dropout_effect="odds").fit(customers)
    found = model.interval("expected_purchases", customers, horizon=9.0)
    assert found.estimate.equals(model.expected_purchases(customers, 9.0))
    assert (found.lower < found.estimate).all()
    assert (found.estimate < found.upper).all()
    alive = model.interval("probability_alive", customers)
    assert (alive.upper <= 1).all()
    by_pandas = model.interval("expected_purchases", customers.to_pandas(), horizon=9.0)
    assert by_pandas.lower.to_list() == found.lower.to_list()
    renamed = customers.rename({"age": "T"})
    assert model.interval("expected_purchases", renamed, horizon=9.0, age="T").upper.equals(found.upper)

    sum_of = model.total(customers, horizon=9.0)
    assert sum_of.estimate == pytest.approx(found.estimate.sum())
    drawn = model.total(customers, horizon=9.0, draws=300, seed=1)
    assert drawn.standard_error == pytest.approx(sum_of.standard_error, rel=0.25)
    draws = model.draws(3, seed=1, library="polars")
    assert draws.columns == list(model.parameters)
    assert draws.equals(model.draws(5, seed=1, library="polars")[:3])

    refits = model.bootstrap(customers, 3, seed=1, covariate_penalty=0.01)
    assert list(refits.parameters) == list(model.parameters)
    assert len(refits.table()) + refits.undefined == 3
    with pytest.raises(errors.OutOfRangeError, match="replicates"):
        model.bootstrap(customers, 1, seed=1)
    with pytest.raises(errors.OutOfRangeError, match="horizon"):
        model.interval("expected_purchases", customers, horizon=-1.0)
    with pytest.raises(errors.CrmError, match="was not fitted"):
        truth().interval("expected_purchases", customers, horizon=9.0)


def test_files_and_pickles(tmp_path: Path, customers: pl.DataFrame) -> None:
    model = CovariateModel(BgNbd, purchase=["region", "online"], dropout=["online"]).fit(customers)
    model.save(tmp_path / "model.json")
    for again in (CovariateModel.load(tmp_path / "model.json"), pickle.loads(pickle.dumps(model))):
        assert repr(again) == repr(model)
        assert again.estimates() == model.estimates()
        assert again.expected_purchases(customers, 9.0).equals(model.expected_purchases(customers, 9.0))
    unfitted: Any = pickle.loads(pickle.dumps(CovariateModel(BgNbd, dropout=["online"])))
    assert repr(unfitted) == "CovariateModel(BgNbd)"
    assert unfitted.fit(customers).status_ is FitStatus.CONVERGED


def test_what_is_refused(customers: pl.DataFrame) -> None:
    with pytest.raises(errors.WrongTypeError, match="BgNbd, MbgNbd or ParetoNbd"):
        CovariateModel(BgBb, purchase=["online"])
    with pytest.raises(errors.OutOfRangeError, match="take BgNbd itself"):
        CovariateModel(BgNbd)
    with pytest.raises(errors.WrongTypeError, match="sequence of column names"):
        CovariateModel(BgNbd, purchase="online")
    with pytest.raises(errors.OutOfRangeError, match="in this order"):
        CovariateModel(ParetoNbd, dropout=["online"], parameters=dict.fromkeys(("alpha", "r", "s", "beta", "x"), 1.0))
    with pytest.raises(errors.LengthMismatchError, match="coefficients is of length 3: must have length 1"):
        CovariateModel(ParetoNbd, purchase=["online"], parameters=KNOWN)
    with pytest.raises(errors.CrmError, match="fit it"):
        CovariateModel(BgNbd, purchase=["online"]).expected_purchases(customers, 1.0)
    model = CovariateModel(BgNbd, purchase=["online"], dropout=["shoe"])
    with pytest.raises(errors.NotFoundError, match="dropout_covariates is 'shoe': must be a column"):
        model.fit(customers)
    with pytest.raises(errors.NoSolutionError, match='purchase_covariates is "twice"'):
        CovariateModel(BgNbd, purchase=["years", "twice"]).fit(customers.with_columns(twice=pl.col("years") * 2))
    with pytest.raises(errors.NoSolutionError, match="'one': is the same for all"):
        CovariateModel(BgNbd, purchase=["one"]).fit(customers.with_columns(one=pl.lit("x")))
    ids = customers.with_columns(name=pl.int_range(1500).cast(pl.String))
    with pytest.raises(errors.OutOfRangeError, match="1500 values"):
        CovariateModel(BgNbd, purchase=["name"]).fit(ids)
    with pytest.raises(errors.OutOfRangeError, match="covariate_penalty"):
        CovariateModel(BgNbd, purchase=["online"]).fit(customers, covariate_penalty=-1.0)
    with pytest.raises(TypeError, match="monetary"):
        truth().expected_purchases(customers, 1.0, monetary="x")
