"""Uncertain brand switching: names, tables of every kind, bad input, pickles."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import polars as pl
import pytest

from crm_core import errors
from crm_core.clv.uncertainty import DrawnValues, InputDoubts, MatrixEstimate, Valuation

MATRIX = [[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.2, 0.2, 0.6]]
COUNTS = [[40, 6, 4], [3, 52, 5], [1, 2, 7]]
BRANDS = ["A", "B", "C"]


def customer(**changes: object) -> Valuation:
    inputs = {"discount_rate": 0.1, "horizon": 4, "brands": BRANDS} | changes
    return Valuation([0.5, 0.3, 0.2], [100.0, 80.0, 120.0], **inputs)  # type: ignore[arg-type]


def test_brands_have_names() -> None:
    market = customer()
    by_name = market.gradient(MATRIX, brand="B")
    assert by_name.value == market.gradient(MATRIX, weights=[0, 1, 0]).value
    assert by_name.transition.shape == by_name.transition_along_simplex.shape == (3, 3)
    assert market.brands == BRANDS
    assert customer(brands=None).gradient(MATRIX, brand=1).value == by_name.value
    with pytest.raises(errors.NotFoundError, match="must be one of A, B, C"):
        market.gradient(MATRIX, brand="D")
    with pytest.raises(errors.OutOfRangeError, match="or weights instead"):
        market.gradient(MATRIX)
    with pytest.raises(errors.OutOfRangeError, match="or weights instead"):
        market.gradient(MATRIX, brand="A", weights=[1, 0, 0])
    with pytest.raises(errors.LengthMismatchError, match="brands is of length 2"):
        customer(brands=["A", "B"])


def test_tables_of_every_kind() -> None:
    plain = customer().gradient(MATRIX, brand="A").value
    named = pd.DataFrame(MATRIX, index=BRANDS, columns=BRANDS)
    assert customer().gradient(named, brand="A").value == plain
    with pytest.raises(errors.LengthMismatchError, match="in the place of"):
        customer().gradient(named[["B", "A", "C"]], brand="A")
    shares = [[1.0, 0.0, 0.0], [0.5, 0.3, 0.2]]
    time = {"discount_rate": 0.1, "horizon": 4}
    expected = Valuation.of_portfolio(shares, 100.0, purchases=[1.0, 2.0], **time).gradient(MATRIX, brand=0)
    for frame in (pd.DataFrame(shares, columns=BRANDS), pl.DataFrame(shares, schema=BRANDS, orient="row")):
        made = Valuation.of_portfolio(frame, 100.0, purchases=pl.Series([1.0, 2.0]), **time)
        assert made.gradient(MATRIX, brand="A").value == expected.value
    with pytest.raises(errors.MissingValueError, match=r"purchases \(row 1\)"):
        Valuation.of_portfolio(shares, 100.0, purchases=[1.0, None], **time)


def test_errors_add_up() -> None:
    market, estimate = customer(), MatrixEstimate.from_counts(COUNTS)
    doubts = InputDoubts(discount_rate_sd=0.01, shares_known_by=40, contribution_sd=[1, 2, 3])
    error = market.standard_error(estimate, brand="A", doubts=doubts)
    parts = (error.discount_rate_variance, error.shares_variance, error.contribution_variance)
    np.testing.assert_allclose(error.standard_error**2, error.row_variance.sum() + sum(parts))
    lower, upper = error.interval(0.9)
    assert lower < error.value < upper
    ranking = market.ranking(estimate, brand="A")
    assert {row.brand for row in ranking.rows} == set(BRANDS)
    np.testing.assert_allclose(sum(entry.variance_share for entry in ranking.entries), 1)
    with pytest.raises(errors.OutOfRangeError, match="level"):
        error.interval(1)
    with pytest.raises(errors.WrongTypeError, match="must be a MatrixEstimate"):
        market.standard_error(COUNTS, brand="A")  # type: ignore[arg-type]
    with pytest.raises(errors.WrongTypeError, match="must be InputDoubts"):
        market.standard_error(estimate, brand="A", doubts={})  # type: ignore[arg-type]


def test_a_posterior_is_known_by_its_parameters() -> None:
    class Posterior:
        parameters = np.array(COUNTS, float)

    market = customer()
    drawn = market.simulate(Posterior(), seed=1, draws=50)
    assert (drawn.to_numpy() == market.simulate(COUNTS, seed=1, draws=50).to_numpy()).all()
    np.testing.assert_array_equal(MatrixEstimate.from_posterior(Posterior()).known_by, [51, 61, 11])


def test_draws_repeat() -> None:
    market = customer()
    drawn = market.simulate(COUNTS, seed=2**64 - 1, draws=300)
    assert not (drawn.to_numpy() == market.simulate(COUNTS, seed=3, draws=300).to_numpy()).any()
    summary = drawn.summary([0, 0.5, 1], brand="C")
    assert summary.quantiles[0] == drawn.to_numpy()[:, 2].min()
    assert summary.quantiles[1] == np.median(drawn.to_numpy()[:, 2])
    np.testing.assert_allclose(summary.standard_deviation, drawn.to_numpy()[:, 2].std(ddof=1))
    bands = market.bands(COUNTS, seed=2**64 - 1, draws=300, brand="C", probabilities=[0.5])
    np.testing.assert_allclose(bands.quantiles[-1], summary.quantiles[1], rtol=1e-12)
    with pytest.raises(errors.OutOfRangeError, match="seed"):
        market.simulate(COUNTS, seed=-1)
    with pytest.raises(errors.OutOfRangeError, match="draws"):
        market.simulate(COUNTS, seed=1, draws=1)


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_pickles(protocol: int) -> None:
    def again(thing: object) -> object:
        return pickle.loads(pickle.dumps(thing, protocol))

    market, estimate = customer(), MatrixEstimate.from_counts(COUNTS)
    portfolio = Valuation.of_portfolio([[1.0, 0.0, 0.0]], 100.0, discount_rate=0.1, horizon=4)
    for one in (market, portfolio):
        assert again(one).gradient(MATRIX, weights=[1, 0, 0]).value == one.gradient(MATRIX, weights=[1, 0, 0]).value  # type: ignore[attr-defined]
    np.testing.assert_array_equal(again(estimate).transition_matrix, estimate.transition_matrix)  # type: ignore[attr-defined]
    drawn = market.simulate(COUNTS, seed=1, draws=10)
    found = again(drawn)
    assert isinstance(found, DrawnValues)
    np.testing.assert_array_equal(found.to_numpy(), drawn.to_numpy())
    assert repr(found) == "DrawnValues: 10 draws of 3 brands"
