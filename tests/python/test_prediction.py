"""The models of purchases: published fits and predictions, files, columns, refusals."""

from __future__ import annotations

import math
import pickle
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest
from published import path, published

from crm_core import errors
from crm_core.ledger import Ledger
from crm_core.prediction import BgBb, BgNbd, FitOptions, FitStatus, MbgNbd, ParetoNbd, Prior, PurchaseModel


@pytest.fixture(scope="module")
def cdnow() -> pd.DataFrame:
    return published("cdnow_customers_summary.csv").rename(columns={"T": "age"})


def donations() -> pd.DataFrame:
    return published("donations.csv").rename(columns={"periods": "age"})


def assert_published(model: PurchaseModel, parameters: list[float], log_likelihood: float) -> None:
    assert model.status_ is FitStatus.CONVERGED
    assert math.isclose(model.log_likelihood_, log_likelihood, abs_tol=1e-8)
    np.testing.assert_allclose(list(model.parameters.values()), parameters, rtol=2e-7)


def test_published_fits_of_cdnow(cdnow: pd.DataFrame) -> None:
    assert_published(BgNbd().fit(cdnow), [0.242592907, 4.413531561, 0.792886148, 2.425753436], -9582.425560567)
    assert_published(MbgNbd().fit(cdnow), [0.524837984, 6.182992020, 0.891356155, 1.613999335], -9582.132684900)
    assert_published(ParetoNbd().fit(cdnow), [0.553275509, 10.577612239, 0.606213569, 11.667911237], -9594.973929827)


def test_published_fit_from_the_log() -> None:
    log = pd.read_csv(path("CDNOW_sample.txt"), sep=r"\s+", names=["who", "number", "when", "pieces", "paid"])
    log["when"] = pd.to_datetime(log["when"].astype(str), format="%Y%m%d")
    ledger = Ledger(log, customer="who", time="when", amount="paid")
    model = BgNbd().fit(ledger.summary(periods_per_unit=7, end="1997-09-30"))
    assert_published(model, [0.242594522, 4.413602019, 0.792922017, 2.425906777], -9582.429206674)


def test_published_fit_of_donations() -> None:
    model = BgBb().fit(donations(), weights="weights")
    assert model.customers_ == 11_104
    assert_published(model, [1.203522352, 0.749716358, 0.656718208, 2.783442233], -33225.581274347)


def test_published_predictions(cdnow: pd.DataFrame) -> None:
    model = BgNbd().fit(cdnow)
    assert model.expected_purchases(39, 2, 30.43, 38.86) == pytest.approx(1.2260, abs=1e-4)
    assert model.expected_purchases(52, 26, 30.86, 31) == pytest.approx(25.758, abs=2e-3)
    pareto = ParetoNbd().fit(cdnow)
    assert pareto.expected_purchases(52, 26, 30.86, 31) == pytest.approx(25.458, abs=2e-3)
    assert pareto.probability_alive(26, 30.86, 31) == pytest.approx(0.99792, abs=5e-6)


@pytest.mark.parametrize("model", [BgNbd, MbgNbd, ParetoNbd])
def test_the_unit_of_time_does_not_matter(model: type[PurchaseModel], cdnow: pd.DataFrame) -> None:
    options = FitOptions(prior=Prior())
    days = cdnow.assign(recency=cdnow["recency"] * 7, age=cdnow["age"] * 7)
    by_week, by_day = model().fit(cdnow, options=options), model().fit(days, options=options)
    history = (2, 30.43, 38.86)
    of_week = by_week.expected_purchases(39, *history)
    assert by_day.expected_purchases(273, 2, 30.43 * 7, 38.86 * 7) == pytest.approx(of_week, rel=1e-6)


def test_weights_count_as_rows(cdnow: pd.DataFrame) -> None:
    few = cdnow.head(300)
    doubled = BgNbd().fit(pd.concat([few, few]))
    weighted = BgNbd().fit(few.assign(weight=2), weights="weight")
    assert weighted.parameters == pytest.approx(doubled.parameters, rel=1e-9)
    assert weighted.customers_ == 600


@pytest.mark.parametrize("whole", ["int64", "uint32", "Int64"])
def test_whole_numbers_fit_as_floats(whole: str) -> None:
    columns = {"frequency": [3, 0, 1, 7, 0, 2], "recency": [20, 0, 9, 30, 0, 11], "age": [38, 39, 30, 38, 12, 39]}
    floats = pd.DataFrame(columns, dtype="float64")
    expected = MbgNbd().fit(floats)
    found = MbgNbd().fit(floats.astype({"frequency": whole, "recency": whole}))
    assert found.parameters == expected.parameters
    refused = pd.DataFrame({**columns, "recency": [20, 0, 9, 50, 0, 11]})
    with pytest.raises(errors.OutOfRangeError, match="recency \\(row 3\\) is 50: must not be over the age, 38"):
        MbgNbd().fit(refused)


def test_columns_come_back_as_they_went(cdnow: pd.DataFrame) -> None:
    model = BgNbd(0.2426, 4.4136, 0.7929, 2.4258)
    history = [cdnow[name] for name in ("frequency", "recency", "age")]
    expected = model.expected_purchases(39, *history)
    assert isinstance(expected, pd.Series)
    assert expected.index.equals(cdnow.index)
    table = pl.DataFrame({"frequency": [2, None], "recency": [30.43, 1.0], "age": [38.86, 30.0]})
    found = model.predict(table, 39, discount_rate=0.001)
    assert found.columns[3:] == ["probability_alive", "expected_purchases", "discounted_purchases"]
    assert found["expected_purchases"].to_list() == [model.expected_purchases(39, 2, 30.43, 38.86), None]
    assert model.expected_purchases(np.array([0.0, math.nan]))[0] == 0.0
    assert math.isnan(model.expected_purchases(np.array([0.0, math.nan]))[1])
    assert 0 < found["discounted_purchases"][0] < found["expected_purchases"][0]


def test_files_and_pickles_keep_the_fit(tmp_path: Path, cdnow: pd.DataFrame) -> None:
    model = BgNbd().fit(cdnow)
    model.save(tmp_path / "model.json")
    for other in (BgNbd.load(tmp_path / "model.json"), pickle.loads(pickle.dumps(model))):
        assert other.parameters == model.parameters
        assert other.estimates() == model.estimates()
        assert other.probability_alive(2, 30.43, 38.86) == model.probability_alive(2, 30.43, 38.86)
    with pytest.raises(errors.UnreadableError, match="holds a BgNbd"):
        MbgNbd.load(tmp_path / "model.json")
    (tmp_path / "broken.json").write_text('{"model": "BgNbd"', encoding="utf-8")
    with pytest.raises(errors.UnreadableError, match="broken"):
        BgNbd.load(tmp_path / "broken.json")


def test_the_summary_is_a_table_of_the_parameters(cdnow: pd.DataFrame) -> None:
    model = BgNbd().fit(cdnow)
    table = model.summary(0.9, library="polars")
    assert table["parameter"].to_list() == ["r", "alpha", "a", "b"]
    assert (table["lower"] < table["estimate"]).all()
    np.testing.assert_allclose(table["standard_error"] ** 2, np.diag(model.covariance()), rtol=1e-12)


def test_refusals() -> None:
    with pytest.raises(errors.CrmError, match="fit it"):
        BgNbd().probability_alive(0, 0, 10)
    with pytest.raises(errors.WrongTypeError, match="alpha"):
        BgNbd(r=1.0)
    with pytest.raises(errors.OutOfRangeError, match="alpha"):
        BgNbd(1, -1, 1, 1)
    table = pl.DataFrame({"frequency": [1.0, 0.0], "recency": [3.0, 2.0], "age": [9.0, 9.0]})
    with pytest.raises(errors.OutOfRangeError) as caught:
        BgNbd().fit(table)
    assert (caught.value.argument, caught.value.row) == ("recency", 1)
    with pytest.raises(errors.MissingValueError, match=r"age \(row 1\)"):
        BgNbd().fit(table.with_columns(age=pl.Series([9.0, None])))
    with pytest.raises(errors.NotFoundError, match="weeks"):
        BgNbd().fit(table, age="weeks")
    with pytest.raises(errors.CrmError):
        BgNbd().fit(pl.DataFrame({"frequency": [0.0, 0.0], "recency": [0.0, 0.0], "age": [9.0, 8.0]}))
