"""Estimating a switching matrix: tables of every kind, names of brands, bad input, pickles."""

from __future__ import annotations

import datetime as dt
import pickle
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from crm_core.clv.estimation import (
    CovarianceEstimator,
    PurchasePanel,
    Ties,
    TransitionCounts,
    TransitionPosterior,
    homogeneity_test,
    inertia_logit,
    share_regression,
)
from crm_core.clv.switching import MatrixClv
from crm_core.errors import CrmError

LOG: dict[str, list[Any]] = {
    "who": ["Ann", "Bo", "Ann", "Bo", "Ann", "Ann"],
    "day": [
        dt.date(2024, 1, 1),
        dt.date(2024, 1, 1),
        dt.date(2024, 1, 5),
        dt.date(2024, 2, 1),
        dt.date(2024, 1, 9),
        dt.date(2024, 3, 1),
    ],
    "what": ["tea", "tea", "cola", "tea", "cola", "tea"],
}
COUNTS = [[1.0, 1.0], [1.0, 1.0]]  # cola, tea


def panel(log: Any = None, **rules: Any) -> PurchasePanel:
    return PurchasePanel(pd.DataFrame(LOG) if log is None else log, "who", "day", "what", **rules)


@pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame, pa.table])
def test_tables_of_every_kind(frame: Any) -> None:
    found = panel(frame(LOG)).counts()
    assert found.brands == ["cola", "tea"]
    np.testing.assert_array_equal(found.counts, COUNTS)


def test_times_of_every_kind() -> None:
    stamps = pd.to_datetime(pd.Series(LOG["day"]))
    for days in (
        stamps,
        stamps.dt.tz_localize("Asia/Shanghai"),
        stamps.astype("datetime64[s]"),
        stamps.astype("int64"),
    ):
        np.testing.assert_array_equal(panel(pd.DataFrame({**LOG, "day": days})).counts().counts, COUNTS)


def test_categories_keep_their_order() -> None:
    brands = ["tea", "milk", "cola"]
    what = pd.Categorical(LOG["what"], categories=brands)
    assert panel(pd.DataFrame({**LOG, "what": what})).brands == brands
    polars = pl.DataFrame(LOG).with_columns(pl.col("what").cast(pl.Enum(brands)))
    assert panel(polars).brands == brands
    assert panel(brands=brands).counts().counts.sum() == 4


def test_gaps_and_periods() -> None:
    assert panel(longest_gap=dt.timedelta(days=20)).sequences == 4
    january, later = panel().counts_by_period([dt.date(2024, 2, 1)])
    assert (january.counts.sum(), later.counts.sum()) == (2, 2)
    tied = pd.DataFrame({"who": [1, 1], "day": [3, 3], "what": ["b", "a"]})
    np.testing.assert_array_equal(panel(tied, ties=Ties.ROW_ORDER).counts().counts, [[0, 0], [1, 0]])


def test_names_go_with_the_matrix() -> None:
    counts = TransitionCounts(pd.DataFrame([[8, 2], [1, 9]], columns=["x", "y"]))
    for matrix in (counts.fit().table("pandas"), counts.posterior().table("pandas")):
        assert list(matrix.columns) == list(matrix.index) == ["x", "y"]
        customers = pd.DataFrame({"y": [1.0], "x": [0.0]})
        value = MatrixClv(matrix, 1.0, discount_rate=0.1, horizon=3).evaluate(customers)
        assert value["y"][0] > value["x"][0]
    assert counts.table("polars").columns == ["x", "y"]
    assert counts.table("pyarrow").column_names == ["x", "y"]


def test_a_weak_prior_leaves_the_counts() -> None:
    counts = TransitionCounts([[8, 2], [1, 9]])
    likeliest = counts.fit().transition_matrix
    gaps = [abs(counts.posterior(prior).mean - likeliest).max() for prior in (1.0, 1e-3, 1e-9)]
    assert gaps[0] > gaps[1] > gaps[2]
    assert gaps[2] < 1e-9


def test_draws_repeat() -> None:
    posterior = TransitionPosterior([[8, 2], [1, 3]])
    np.testing.assert_array_equal(posterior.sample(1, 7), posterior.sample(1, 7))
    assert (posterior.sample(1, 7) != posterior.sample(1, 8)).all()
    mean = np.mean([posterior.sample(1, stream) for stream in range(4000)], axis=0)
    np.testing.assert_allclose(mean, posterior.mean, atol=0.02)


def test_everything_pickles() -> None:
    counts = panel().counts()
    for thing, part in (
        (panel(), lambda panel: panel.counts().counts),
        (counts, lambda counts: counts.counts),
        (counts.fit(), lambda fit: fit.standard_errors),
        (counts.posterior(), lambda posterior: posterior.mean),
        (share_regression([[[0.9, 0.1], [0.7, 0.3], [0.6, 0.4]]]), lambda fit: fit.transition_matrix),
        (survey(), lambda fit: fit.predict(attributes={"price": [1, 2]}).standard_errors),
    ):
        copy = pickle.loads(pickle.dumps(thing))
        np.testing.assert_array_equal(part(copy), part(thing))
        assert copy.brands == thing.brands


def answers() -> pd.DataFrame:
    columns: dict[str, Any] = {
        "last": [*"AABBABBAAB"],
        "next": [*"AABBBABAAA"],
        "price A": [2, 1, 3, 1, 4, 4, 4, 4, 2, 1],
        "price B": [4, 1, 4, 4, 1, 4, 3, 2, 1, 3],
    }
    return pd.DataFrame(columns)


def survey(table: Any = None, **given: Any) -> Any:
    prices = {"price": ["price A", "price B"]}
    return inertia_logit(answers() if table is None else table, **{"attributes": prices, **given})


def test_surveys() -> None:
    fit = survey()
    assert fit.names == ["constant:B", "inertia", "price"]
    assert fit.summary("polars")["estimate"].to_list() == fit.estimates.tolist()
    assert fit.estimates[2] < 0
    dear = fit.predict(attributes={"price": [1, 3]}).transition_matrix
    cheap = fit.predict(attributes={"price": [1, 1]}).transition_matrix
    assert (dear[:, 1] < cheap[:, 1]).all()
    np.testing.assert_array_equal(survey(pl.from_pandas(answers())).estimates, fit.estimates)


def test_markets_of_frames() -> None:
    north = pl.DataFrame({"x": [0.9, 0.75], "y": [0.1, 0.25]})
    south = pl.DataFrame({"x": [0.2, 0.4], "y": [0.8, 0.6]})
    fit = share_regression([north, south])
    np.testing.assert_allclose(fit.table("pandas").to_numpy(), [[0.8, 0.2], [0.3, 0.7]], atol=1e-12)
    assert fit.brands == ["x", "y"]


LONG = pl.DataFrame({"x": [0.9, 0.74, 0.67, 0.645, 0.61], "y": [0.1, 0.26, 0.33, 0.355, 0.39]})


def test_standard_errors_of_shares() -> None:
    fit = share_regression([LONG, LONG.reverse()], weights=[1, 2, 3, 1, 2, 3, 1, 1])
    found = fit.inference()
    assert found.estimator is CovarianceEstimator.HC3
    assert found.observations == 8
    np.testing.assert_allclose(np.sqrt(np.diag(found.covariance)), found.standard_errors.ravel(), rtol=1e-15)
    table = found.summary("polars")
    assert table["from"].to_list() == ["x", "x", "y", "y"]
    np.testing.assert_array_equal(table["lower"].to_numpy(), found.lower.ravel())
    again = pickle.loads(pickle.dumps(fit)).inference(CovarianceEstimator.HC3, level=0.5)
    np.testing.assert_array_equal(again.standard_errors, found.standard_errors)
    assert (again.upper < found.upper).all()


def refusals() -> list[tuple[Any, str, str, int | None]]:
    missing = pd.DataFrame({**LOG, "what": ["tea", None, *LOG["what"][2:]]})
    texts = pd.DataFrame({**LOG, "day": ["1", "2", "3", "4", "5", "6"]})
    tied = pd.DataFrame({"who": [1, 2, 1], "day": [3, 3, 3], "what": ["b", "a", "a"]})
    north = pd.DataFrame({"x": [0.9, 0.7], "y": [0.1, 0.3]})
    holed = answers().replace({"price A": {3: None}})
    return [
        (lambda: panel([1, 2]), "wrong_type", "table", None),
        (lambda: PurchasePanel(pd.DataFrame(LOG)), "not_found", "customer", None),
        (lambda: panel(missing), "missing", "brand", 1),
        (lambda: panel(texts), "wrong_type", "time", None),
        (lambda: panel(tied), "out_of_range", "time", 2),
        (lambda: panel(brands=["tea"]), "out_of_range", "brand", 2),
        (lambda: panel(brands=["tea", "tea"]), "out_of_range", "brands", None),
        (lambda: panel(longest_gap=5), "wrong_type", "longest_gap", None),
        (lambda: panel(longest_gap=dt.timedelta(days=-1)), "out_of_range", "longest_gap", None),
        (lambda: panel(ties="newest"), "out_of_range", "ties", None),
        (lambda: panel().counts_by_period([5]), "wrong_type", "boundaries", None),
        (
            lambda: panel().stationarity_test([dt.date(2024, 2, 1), dt.date(2024, 1, 1)]),
            "out_of_range",
            "boundaries",
            1,
        ),
        (lambda: TransitionCounts([[1, 2], [3]]), "length_mismatch", "counts", 1),
        (lambda: TransitionCounts([[1, 2], [3, float("nan")]]), "not_finite", "counts", 1),
        (lambda: TransitionCounts([[1, 2], [3, 4]], brands=["a"]), "length_mismatch", "brands", None),
        (lambda: TransitionCounts([[1, 2], [3, 4]], brands=[]), "length_mismatch", "brands", None),
        (lambda: TransitionCounts("ab"), "wrong_type", "counts", None),
        (lambda: TransitionCounts(5), "wrong_type", "counts", None),
        (lambda: TransitionCounts([[1, 2], [0, 0]]).fit(), "empty", "counts", 1),
        (lambda: TransitionPosterior([[1, 2], [0, 1]]), "out_of_range", "parameters", 1),
        (lambda: TransitionPosterior([[1, 1], [2, 3]]).mode, "no_solution", "parameters", 0),
        (lambda: homogeneity_test([]), "empty", "groups", None),
        (lambda: share_regression([]), "empty", "shares", None),
        (lambda: share_regression([north, north.rename(columns={"x": "z"})]), "length_mismatch", "shares", 1),
        (lambda: share_regression([LONG]).inference("hc2"), "out_of_range", "covariance", None),
        (lambda: share_regression([LONG]).inference(level="high"), "wrong_type", "level", None),
        (lambda: share_regression([north], strength=1.0), "empty", "towards", None),
        (lambda: survey(attributes={"price": ["price A"]}), "length_mismatch", "attributes", None),
        (lambda: survey(holed), "missing", "attributes", 2),
        (lambda: survey().predict(), "not_found", "attributes", None),
        (lambda: survey(attributes=None, covariates=["price A"]).predict(), "not_found", "covariates", None),
    ]


@pytest.mark.parametrize(("call", "kind", "argument", "row"), refusals())
def test_what_is_refused(call: Any, kind: str, argument: str, row: int | None) -> None:
    with pytest.raises(CrmError) as caught:
        call()
    assert (caught.value.kind, caught.value.argument, caught.value.row) == (kind, argument, row)
