"""Spend and contracts with every kind of column, in files and pickles. Their vectors run in test_vectors.py."""

from __future__ import annotations

import math
import pickle
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from published import published

from crm_core import errors
from crm_core.prediction import Bdw, FitStatus, GammaGamma, Sbg

HIGH_END = [1000, 869, 743, 653, 593, 551, 517, 491]
CDNOW = GammaGamma(p=6.25, q=3.74, gamma=15.44)


def customers() -> pl.DataFrame:
    x = np.arange(400) % 7
    return pl.DataFrame({"frequency": x, "mean_spend": CDNOW.simulate(x, seed=3)})


def test_published_parameters_of_cdnow() -> None:
    data = published("cdnow_customers_summary_with_transactions.csv")
    model = GammaGamma().fit(data, frequency="x", mean_spend="zbar")
    assert model.customers_ == 946
    expected = {"p": 6.248802490, "q": 3.744588453, "gamma": 15.447748009}
    for name, value in expected.items():
        assert math.isclose(model.parameters[name], value, rel_tol=1e-6)
    assert math.isclose(model.log_likelihood_, -4055.923243503, abs_tol=1e-8)


def test_columns_come_back_as_they_went() -> None:
    table = customers()
    assert isinstance(CDNOW.expected_spend(table["frequency"], table["mean_spend"]), pl.Series)
    series = pd.Series([2.0, 1.0], index=["a", "b"])
    lower, upper = CDNOW.spend_interval(series, 20.0)
    assert list(lower.index) == list(upper.index) == ["a", "b"]
    assert (lower < CDNOW.expected_spend(series, 20.0)).all()
    assert isinstance(CDNOW.spend_interval(), tuple)
    with_null = pa.array([2.0, None])
    assert CDNOW.expected_spend(with_null, 20.0).to_pylist()[1] is None
    assert math.isnan(CDNOW.expected_spend([math.nan], [1.0])[0])
    values = CDNOW.lifetime_value(np.array([1.0, 2.0]), np.array([3, 0]), np.array([10.0, 0.0]), margin=[0.1, 0.2])
    assert values == pytest.approx([0.1 * CDNOW.expected_spend(3, 10), 0.4 * CDNOW.expected_spend()])
    rates = Sbg(0.7, 1.2).retention_rate(pl.Series([1, 2]))
    assert isinstance(rates, pl.Series)


@pytest.mark.parametrize("weights", [None, "weight"])
def test_files_and_pickles_keep_the_fit(tmp_path: Path, weights: str | None) -> None:
    table = customers().with_columns(weight=pl.lit(2.0))
    model = GammaGamma().fit(table, weights=weights)
    assert model.status_ is FitStatus.CONVERGED
    model.save(tmp_path / "spend.json")
    for again in (GammaGamma.load(tmp_path / "spend.json"), pickle.loads(pickle.dumps(model))):
        assert again.parameters == model.parameters
        assert again.correlation_ == model.correlation_
        assert again.summary().equals(model.summary())
    contract = Bdw().fit(HIGH_END)
    contract.save(tmp_path / "contract.json")
    for loaded in (Bdw.load(tmp_path / "contract.json"), pickle.loads(pickle.dumps(contract))):
        assert loaded.parameters == contract.parameters
        assert loaded.at_risk_ == contract.at_risk_
    with pytest.raises(errors.UnreadableError):
        Sbg.load(tmp_path / "contract.json")


def test_customers_of_contracts_as_tables() -> None:
    table = pd.DataFrame({"tenure": [1, 2, 2, 3, 3, 1], "churned": [True, True, False, True, False, False]})
    model = Sbg().fit(customers=table)
    assert model.at_risk_ == [6.0, 4.0, 2.0]
    assert model.lost_ == [1.0, 1.0, 1.0]
    integers = pl.DataFrame({"tenure": table["tenure"], "churned": table["churned"].astype(int)})
    assert Sbg().fit(customers=integers).parameters == model.parameters
    with pytest.raises(errors.OutOfRangeError) as refused:
        Sbg().fit(customers=pl.DataFrame({"tenure": [1, 2], "churned": [0, 2]}))
    assert (refused.value.argument, refused.value.row) == ("churned", 1)
    with pytest.raises(errors.NotFoundError):
        Sbg().fit(customers=table, churned="gone")
    with pytest.raises(errors.WrongTypeError):
        Sbg().fit("1000, 869")  # type: ignore[arg-type]


def test_two_cohorts_are_more_than_one() -> None:
    one, both = Sbg().fit(HIGH_END), Sbg().fit([HIGH_END, [500, 430]])
    assert both.customers_ == 1500
    assert one.parameters != both.parameters


def test_what_has_no_value_is_said() -> None:
    with pytest.raises(errors.DivergentError):
        GammaGamma(p=1, q=1, gamma=1).expected_spend()
    with pytest.raises(errors.DivergentError):
        Sbg(0.7, 1.2).expected_residual_lifetime()
    with pytest.raises(errors.OutOfRangeError):
        GammaGamma(p=-1, q=1, gamma=1)
    with pytest.raises(errors.WrongTypeError):
        Bdw(alpha=1.0, beta=2.0)
    with pytest.raises(errors.CrmError, match="fit it"):
        Bdw().retention_rate(1)
