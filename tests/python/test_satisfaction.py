"""Satisfaction degree, measures, prices, hygiene factors: kinds of columns, and what is refused."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from crm_core import errors
from crm_core.satisfaction import (
    ExpectationModel,
    LogisticResponse,
    SatisfactionFactor,
    SatisfactionVerdict,
    behavioural_rate,
    delivered_value,
    delivered_value_effects,
    penalty_reward_contrast,
    price_sensitivity,
    purchase_amount,
    satisfaction,
    satisfaction_degree,
    satisfaction_verdict,
    weighted_degrees,
)

KINDS = [
    list,
    lambda v: np.array([np.nan if x is None else x for x in v]),
    pd.Series,
    lambda v: pd.Series(v, dtype="Float64"),
    pl.Series,
    pa.array,
]
EXPECTED = [8.0, 5.0, 4.0, None]
PERCEIVED = [8.0, 6.0, None, 3.0]


@pytest.mark.parametrize("make", KINDS)
def test_columns_of_every_kind(make: Any) -> None:
    found = satisfaction([make(EXPECTED)], [make(PERCEIVED)], tolerance=0.05)
    assert (found.degree.mean, found.missing, found.degree.count) == (1.1, 2, 2)
    assert (found.met.count, found.exceeded.count, found.verdict) == (1, 1, SatisfactionVerdict.EXCEEDED)
    degrees = weighted_degrees([make(EXPECTED)], [make(PERCEIVED)])
    np.testing.assert_array_equal(degrees, [1.0, 1.2, np.nan, np.nan])


def test_series_of_pandas_must_have_one_index() -> None:
    with pytest.raises(errors.LengthMismatchError, match="index"):
        satisfaction([pd.Series([1, 2])], [pd.Series([1, 2], index=[1, 2])], tolerance=0)


def test_exact_degrees() -> None:
    assert satisfaction_degree(Decimal(8), Decimal(9)) == Decimal("1.125")
    assert satisfaction_verdict(0.9, 0.05) is SatisfactionVerdict.DISSATISFIED
    assert satisfaction_verdict(float("nan"), 0.05) is None


@pytest.mark.parametrize(
    ("expected", "perceived", "weights", "argument", "row"),
    [
        ([[1, 0]], [[1, 1]], None, "expected", 1),
        ([[1, 1], [1, 1]], [[1, 1], [1, -1]], None, "perceived[1]", 1),
        ([[1, 1]], [[1, 1], [1, 1]], None, "perceived", None),
        ([[1, 1]], [[1]], None, "perceived", None),
        ([[1, 1]], [[1, 1]], [1, 1], "weights", None),
        ([[1, 1]], [[1, 1]], [-1], "weights", 0),
    ],
)
def test_refused_answers(expected: Any, perceived: Any, weights: Any, argument: str, row: int | None) -> None:
    with pytest.raises(errors.CrmError) as caught:
        satisfaction(expected, perceived, weights, tolerance=0.1)
    assert (caught.value.argument, caught.value.row) == (argument, row)


def test_measures() -> None:
    with pytest.raises(errors.OutOfRangeError, match="measure"):
        behavioural_rate("fame", 1, 2)
    with pytest.raises(errors.WrongTypeError, match="count"):
        behavioural_rate("repeat", 1.5, 2)  # type: ignore[arg-type]
    with pytest.raises(errors.MissingValueError):
        purchase_amount([1.0, np.nan])
    assert purchase_amount(pd.Series([1, 3])).mean == 2


def test_delivered_value() -> None:
    offer = delivered_value_effects({"product": Decimal(8), "money": 4}, {"money": 2})
    assert (offer.net, offer.ratio) == (0, 1)
    assert delivered_value(product=8, service=0, personnel=0, image=0, money=4, time=0, energy=0, physical=1) == 3
    with pytest.raises(errors.OutOfRangeError, match="amounts"):
        delivered_value_effects({"smell": 1})
    with pytest.raises(errors.LengthMismatchError, match="amounts"):
        delivered_value_effects([1, 2])


def test_the_best_expectation_is_the_top_of_the_curve() -> None:
    response = LogisticResponse(ceiling=0.9, midpoint=1, steepness=6)
    model = ExpectationModel(1000, 5, LogisticResponse(0.5, 4, 1), response, 1, 10)
    best, interior = model.optimum()
    assert interior
    assert best.repeat_sales >= max(point.repeat_sales for point in model.curve(1001))
    with pytest.raises(errors.WrongTypeError, match="market"):
        ExpectationModel("1", 5, response, response, 1, 2).optimum()  # type: ignore[arg-type]


PRICES = ([5, 8, 4, None], [10, 12, 8, 11], [18, 20, 15, 16], [25, 28, 20, 22])


@pytest.mark.parametrize("make", KINDS)
def test_prices_of_every_kind(make: Any) -> None:
    found = price_sensitivity(*map(make, PRICES), price_range="narrower")
    assert (found.respondents, found.missing, found.inconsistent) == (3, 1, 0)
    assert found.marginal_cheapness < found.marginal_expensiveness
    # From 10 to 18 nobody finds it too cheap or too expensive; a third finds 12 cheap, a third 15 expensive.
    assert (found.optimal, found.indifference) == (14.0, 13.5)
    assert found.too_cheap[0] == found.too_expensive[-1] == 1
    intervals = found.intervals(7, replicates=50)
    assert intervals == found.intervals(7, replicates=50)
    assert intervals.optimal.estimate == found.optimal


def test_refused_prices() -> None:
    with pytest.raises(errors.OutOfRangeError, match="inconsistent"):
        price_sensitivity(*PRICES, inconsistent="drop")  # type: ignore[arg-type]
    with pytest.raises(errors.OutOfRangeError, match="replicates"):
        price_sensitivity(*PRICES).intervals(1, replicates=1)  # type: ignore[arg-type]
    with pytest.raises(errors.LengthMismatchError, match="cheap"):
        price_sensitivity([1, 2], [2], [3], [4])  # type: ignore[arg-type]


@pytest.mark.parametrize("make", KINDS)
def test_hygiene_factors(make: Any) -> None:
    clean = [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, None]
    overall = [2.0, 2.5, 2.2, 2.0, 6.0, 6.4, 6.2, 6.0, 6.1, 6.3, 5.0]
    found = penalty_reward_contrast(make(overall), {"clean": make(clean)}, poor=2, good=4, significance=0.05)
    (only,) = found.attributes
    assert (only.attribute, only.factor) == ("clean", SatisfactionFactor.BASIC)
    assert (found.respondents, found.missing, only.poor, only.good) == (10, 1, 4, 4)
    # Against the middle of 6.2: differences of group means.
    assert only.penalty.estimate == pytest.approx(2.175 - 6.2)
    assert only.reward.estimate == pytest.approx(6.15 - 6.2)
