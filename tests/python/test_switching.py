"""Brand switching: tables of every kind, bad input, pickles."""

from __future__ import annotations

import math
import pickle
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from crm_core.clv.switching import (
    MatrixClv,
    SegmentMatrixClv,
    ShareRule,
    SpendingAllocation,
    individual_matrix_clv,
    normalize,
)
from crm_core.errors import CrmError

MATRIX = [[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.2, 0.2, 0.6]]
SHARES = np.array([[0.5, 0.3, 0.2], [1.0, 0.0, 0.0], [0.0, 0.25, 0.75]])


def model(**given: Any) -> MatrixClv:
    return MatrixClv(
        **{"transition_matrix": MATRIX, "contribution": 300.0, "discount_rate": 0.1, "horizon": 60, **given}
    )


def labelled() -> MatrixClv:
    return model(transition_matrix=pd.DataFrame(MATRIX, columns=[*"abc"], index=[*"abc"]), contribution=[1.0, 2.0, 3.0])


def columns() -> dict[str, Any]:
    return {name: SHARES[:, j] for j, name in enumerate("abc")}


def test_a_customer_is_worth_the_shares_times_the_values() -> None:
    np.testing.assert_allclose(model().evaluate(SHARES), SHARES @ model().values, rtol=1e-14)  # noqa: PD011


def test_arrays_of_every_layout_and_type() -> None:
    expected = model().evaluate(SHARES)
    for shares in (
        SHARES.tolist(),
        np.asfortranarray(SHARES),
        np.repeat(SHARES, 2, axis=0)[::2],
        [[Decimal(repr(float(share))) for share in row] for row in SHARES],
    ):
        np.testing.assert_array_equal(model().evaluate(shares), expected)
    out = np.zeros(SHARES.shape)
    assert model().evaluate(SHARES, out=out) is out
    np.testing.assert_array_equal(out, expected)
    assert model().evaluate(np.empty((0, 3))).shape == (0, 3)


@pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame, pa.table])
def test_frames_give_frames(frame: Any) -> None:
    found = model().evaluate(frame(columns()), purchases=[1.0, 2.0, 3.0])
    assert type(found) is type(frame(columns()))
    expected = model().evaluate(SHARES, purchases=[1.0, 2.0, 3.0])
    for j, name in enumerate("abc"):
        np.testing.assert_array_equal(np.asarray(found[name]), expected[:, j])


def test_the_index_of_pandas_stays() -> None:
    frame = pd.DataFrame(columns(), index=["x", "y", "z"])
    assert list(model().evaluate(frame).index) == ["x", "y", "z"]


def test_null_gives_null_and_nan_gives_nan() -> None:
    frame = pl.DataFrame({"a": [0.5, None, math.nan], "b": [0.5, 1.0, 1.0]})
    found = MatrixClv([[0.9, 0.1], [0.2, 0.8]], 1.0, discount_rate=0.1, horizon=3).evaluate(frame)
    assert found["b"].is_null().to_list() == [False, True, False]
    assert found["b"].is_nan().to_list() == [False, None, True]
    shares = np.where([[False], [True], [False]], np.nan, SHARES)
    assert np.isnan(model().evaluate(shares)).all(axis=1).tolist() == [False, True, False]


def test_a_million_customers_are_the_same_bits_as_each_alone() -> None:
    shares = np.tile(SHARES, (100_000, 1))
    found = model().evaluate(shares)
    np.testing.assert_array_equal(found, np.tile(model().evaluate(SHARES), (100_000, 1)))


@pytest.mark.parametrize(
    ("call", "kind", "argument", "row"),
    [
        (lambda: model().evaluate([[0.43, 0.40, 0.20]]), "not_stochastic", "shares", 0),
        (lambda: model().evaluate([[0.5, 0.5]]), "length_mismatch", "shares", None),
        (lambda: model().evaluate([0.5, 0.3, 0.2]), "wrong_type", "shares", None),
        (lambda: model().evaluate([["a", "b", "c"]]), "wrong_type", "shares", None),
        (lambda: model().evaluate([[1, 0, 0], [1, 0]]), "length_mismatch", "shares", 1),
        (lambda: model().evaluate(SHARES, purchases=[1.0]), "length_mismatch", "purchases", None),
        (lambda: model().evaluate(SHARES, purchases=[1.0, -1.0, 1.0]), "out_of_range", "purchases", 1),
        (lambda: model().evaluate([[math.inf, 0, 0]], rule=ShareRule.ANY), "not_finite", "shares", 0),
        (lambda: model(transition_matrix=[[0.5, 0.4], [0.5, 0.5]]), "not_stochastic", "transition_matrix", 0),
        (lambda: model(transition_matrix=[]), "empty", "transition_matrix", None),
        (lambda: model(contribution=[1.0]), "length_mismatch", "contribution", None),
        (lambda: model(contribution=math.nan), "not_finite", "contribution", 0),
        (lambda: model(discount_rate=-1), "out_of_range", "discount_rate", None),
        (lambda: model(discount_rate="high"), "wrong_type", "discount_rate", None),
        (lambda: model(discount_rate=0, horizon=math.inf), "divergent", "discount_rate", None),
        (lambda: model(horizon=-1), "out_of_range", "horizon", None),
        (lambda: model(horizon=1.5), "wrong_type", "horizon", None),
        (lambda: model(purchases_per_period=0), "out_of_range", "purchases_per_period", None),
        (lambda: normalize([[1, 1], [0, 0]]), "not_stochastic", "weights", 1),
        (lambda: SpendingAllocation.from_path([[0.5, 0.6]], contribution=1.0), "not_stochastic", "shares", 0),
        (lambda: model().evaluate(SHARES, rule="sum-to-one"), "out_of_range", "rule", None),
        (lambda: model().evaluate(SHARES, rule=None), "wrong_type", "rule", None),
        (
            lambda: SpendingAllocation.from_path([[0.5, 0.6]], contribution=1.0, rule="sum-to-one"),
            "out_of_range",
            "rule",
            None,
        ),
        (lambda: model().evaluate(SHARES, out=np.empty(9)), "length_mismatch", "out", None),
        (lambda: model().evaluate(SHARES, out=np.empty((3, 3), np.float32)), "wrong_type", "out", None),
        (lambda: model().evaluate(pd.DataFrame(columns()), out=np.empty((3, 3))), "wrong_type", "out", None),
        (
            lambda: model().evaluate(pd.DataFrame(columns()), purchases=pd.Series([1.0, 2.0, 3.0], [2, 1, 0])),
            "length_mismatch",
            "purchases",
            None,
        ),
        (
            lambda: model(transition_matrix=pd.DataFrame(MATRIX, columns=[*"abc"], index=[*"bac"])),
            "length_mismatch",
            "transition_matrix",
            None,
        ),
        (
            lambda: model(
                transition_matrix=pd.DataFrame(MATRIX, columns=[*"abc"]), contribution=pd.Series([1.0] * 3, [*"bac"])
            ),
            "length_mismatch",
            "contribution",
            None,
        ),
        (lambda: labelled().evaluate(pd.DataFrame(SHARES, columns=[*"bax"])), "length_mismatch", "shares", None),
        (lambda: SpendingAllocation.from_retention(1.2, 0.5, contribution=1.0), "out_of_range", "share", None),
    ],
)
def test_what_is_refused_is_named(call: Any, kind: str, argument: str, row: int | None) -> None:
    with pytest.raises(CrmError) as caught:
        call()
    assert (caught.value.kind, caught.value.argument, caught.value.row) == (kind, argument, row)


def test_a_table_of_contributions_needs_an_end() -> None:
    market = SpendingAllocation.from_retention(0.5, 0.5, contribution=1.0)
    with pytest.raises(CrmError) as caught:
        market.contributions(discount_rate=0.1, horizon=math.inf)  # type: ignore[arg-type]
    assert caught.value.argument == "horizon"
    with pytest.raises(TypeError, match="from_retention"):
        SpendingAllocation()


def test_pickles() -> None:
    again = pickle.loads(pickle.dumps(model(horizon=math.inf)))
    np.testing.assert_array_equal(again.values, model(horizon=math.inf).values)
    market = SpendingAllocation.from_switching([0.5, 0.3, 0.2], MATRIX, contribution=[1.0, 2.0, 3.0])
    again = pickle.loads(pickle.dumps(market))
    np.testing.assert_array_equal(again.clv(discount_rate=0.1, horizon=5), market.clv(discount_rate=0.1, horizon=5))
    assert repr(again) == "SpendingAllocation.from_switching(...) of 3 brands"


@pytest.mark.parametrize("rule", [ShareRule.ANY, "any"])
def test_a_rule_may_be_given_by_name(rule: Any) -> None:
    assert model().evaluate([[0.5, 0.6, 0.0]], rule=rule).shape == (1, 3)


def test_results_never_overlap_what_they_are_made_from() -> None:
    memory = np.zeros(30)
    memory[3:12] = SHARES.ravel()
    shares = memory[3:12].reshape(3, 3)
    purchases = memory[12:15]
    for out in (shares, memory[:9].reshape(3, 3), memory[6:15].reshape(3, 3), memory[14:23].reshape(3, 3)):
        with pytest.raises(CrmError) as caught:
            model().evaluate(shares, purchases, out=out)
        assert (caught.value.kind, caught.value.argument) == ("out_of_range", "out")
    beside = memory[15:24].reshape(3, 3)
    assert model().evaluate(shares, purchases + 1, out=beside) is beside
    np.testing.assert_array_equal(beside, model().evaluate(SHARES))


@pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame, pa.table])
def test_brands_are_matched_by_name(frame: Any) -> None:
    expected = labelled().evaluate(SHARES)
    again = pickle.loads(pickle.dumps(labelled()))
    for one in (labelled(), again):
        found = one.evaluate(frame({name: columns()[name] for name in "cab"}))
        for j, name in enumerate("abc"):
            np.testing.assert_array_equal(np.asarray(found[name]), expected[:, j])
    other = labelled().evaluate(pd.DataFrame(SHARES, columns=[*"xyz"]))
    np.testing.assert_array_equal(other.to_numpy(), expected)


def test_a_pickle_holds_what_was_given_and_not_what_became_of_it() -> None:
    matrix, contribution = np.array(MATRIX), np.array([1.0, 2.0, 3.0])
    kernel = model(transition_matrix=matrix, contribution=contribution)
    market = SpendingAllocation.from_switching([0.5, 0.3, 0.2], matrix, contribution=contribution)
    matrix[:] = np.eye(3)
    contribution[:] = 7.0
    again = pickle.loads(pickle.dumps(kernel))
    np.testing.assert_array_equal(again.evaluate(SHARES), kernel.evaluate(SHARES))
    again = pickle.loads(pickle.dumps(market))
    np.testing.assert_array_equal(again.clv(discount_rate=0.1, horizon=5), market.clv(discount_rate=0.1, horizon=5))


def test_a_masked_share_is_missing() -> None:
    shares = np.ma.MaskedArray(SHARES, mask=False)
    shares[1, 2] = np.ma.masked
    assert np.isnan(model().evaluate(shares)).all(axis=1).tolist() == [False, True, False]


MATRICES = np.array([MATRIX, np.eye(3), [[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]])


def individual(**given: Any) -> Any:
    plain = {"shares": SHARES, "transition_matrices": MATRICES, "contribution": 300.0}
    return individual_matrix_clv(**{**plain, "discount_rate": 0.1, "horizon": 60, **given})


def test_a_matrix_of_each_customer_gives_what_a_kernel_of_each_gives() -> None:
    for horizon in (0, 60, math.inf):
        found = individual(horizon=horizon)
        for i, matrix in enumerate(MATRICES):
            alone = model(transition_matrix=matrix, horizon=horizon).evaluate(SHARES[i : i + 1])
            np.testing.assert_allclose(found[i : i + 1], alone, rtol=1e-13)


def test_amounts_of_every_shape() -> None:
    per_customer, per_brand, both = [1.0, 2.0, 3.0], [[1.0, -2.0, 3.0]], np.arange(9.0).reshape(3, 3)
    segments = SegmentMatrixClv([model(), model()])
    for evaluate in (
        individual,
        lambda **given: model().evaluate(SHARES, **given),
        lambda **given: segments.evaluate(SHARES, [0, 1, 0], **given),
    ):
        plain = evaluate(contribution=1.0)
        for contribution in (per_customer, per_brand, both, [[1], [2], [3]], Decimal("2.5")):
            factors = np.asarray(contribution, dtype=np.float64)
            factors = factors[:, None] if factors.ndim == 1 else factors
            found = evaluate(contribution=contribution, purchases=both)
            np.testing.assert_allclose(found, plain * factors * both, rtol=1e-15)


@pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame, pa.table])
def test_frames_of_customers_with_matrices_give_frames(frame: Any) -> None:
    amounts = frame({name: [1.0, 2.0, 3.0] for name in "abc"})
    found = individual(shares=frame(columns()), contribution=amounts, discount_rate=[0.1, 0.1, 0.2])
    assert type(found) is type(amounts)
    expected = individual(contribution=[1.0, 2.0, 3.0], discount_rate=[0.1, 0.1, 0.2])
    for j, name in enumerate("abc"):
        np.testing.assert_array_equal(np.asarray(found[name]), expected[:, j])


def test_null_among_amounts_and_matrices() -> None:
    frame = pl.DataFrame(columns())
    contribution = pl.DataFrame({"a": [1.0, None, 1.0], "b": [1.0] * 3, "c": [1.0] * 3})
    found = individual(shares=frame, contribution=contribution, discount_rate=pl.Series([None, 0.1, 0.1]))
    assert found["c"].is_null().to_list() == [True, True, False]
    matrices = MATRICES.copy()
    matrices[2, 0, 0] = math.nan
    assert np.isnan(individual(transition_matrices=matrices)).all(axis=1).tolist() == [False, False, True]


def test_segments_are_their_kernels() -> None:
    first, second = labelled(), model(horizon=math.inf)
    segments = pickle.loads(pickle.dumps(SegmentMatrixClv([first, second])))
    found = segments.evaluate(SHARES, pd.Series([1, 0, 1]))
    np.testing.assert_array_equal(found[1], first.evaluate(SHARES)[1])
    np.testing.assert_array_equal(found[[0, 2]], second.evaluate(SHARES)[[0, 2]])
    by_name = segments.evaluate(pd.DataFrame({name: columns()[name] for name in "cab"}), [1, 0, 1])
    np.testing.assert_array_equal(by_name["b"], found[:, 1])
    assert repr(segments) == "SegmentMatrixClv of 2 segments"


def test_a_kernel_by_period_is_pickled() -> None:
    made = MatrixClv.by_period([MATRIX, MATRIX], [1.0, 2.0, 3.0], purchases=[[1], [1], [1]], discount_rate=0.1)
    np.testing.assert_allclose(made.values, model(contribution=[1.0, 2.0, 3.0], horizon=2).values, rtol=1e-14)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(made)).values, made.values)
    assert repr(made) == "MatrixClv of 3 brands, horizon 2"


@pytest.mark.parametrize(
    ("call", "kind", "argument", "row"),
    [
        (
            lambda: individual(transition_matrices=MATRICES * [[[1]], [[0.9]], [[1]]]),
            "not_stochastic",
            "transition_matrices",
            1,
        ),
        (lambda: individual(transition_matrices=MATRICES[:2]), "length_mismatch", "transition_matrices", None),
        (lambda: individual(transition_matrices=MATRIX), "wrong_type", "transition_matrices", None),
        (lambda: individual(shares=SHARES[:, :2]), "length_mismatch", "shares", None),
        (lambda: individual(shares=[[1, 0, 0], [0, 1, 1], [0, 0, 1]]), "not_stochastic", "shares", 1),
        (lambda: individual(purchases=[1.0, -1.0, 1.0]), "out_of_range", "purchases", 1),
        (lambda: individual(contribution=[1.0]), "length_mismatch", "contribution", None),
        (lambda: individual(contribution=[[1.0, 2.0]]), "length_mismatch", "contribution", None),
        (lambda: individual(contribution=[[1.0, math.inf, 1.0]]), "not_finite", "contribution", 1),
        (lambda: individual(discount_rate=[0.1, 0.1, 0.0], horizon=math.inf), "divergent", "discount_rate", 2),
        (lambda: individual(discount_rate=-1), "out_of_range", "discount_rate", None),
        (lambda: individual(purchases_per_period=0), "out_of_range", "purchases_per_period", None),
        (lambda: individual(horizon=-1), "out_of_range", "horizon", None),
        (lambda: individual(out=MATRICES[0]), "out_of_range", "out", None),
        (lambda: SegmentMatrixClv([]), "empty", "kernels", None),
        (lambda: SegmentMatrixClv([model()]).evaluate(SHARES, [0, 1, 0]), "out_of_range", "segments", 1),
        (lambda: SegmentMatrixClv([model()]).evaluate(SHARES, [0, -1, 0]), "out_of_range", "segments", 1),
        (lambda: SegmentMatrixClv([model()]).evaluate(SHARES, [0, 0, 0.5]), "out_of_range", "segments", 2),
        (lambda: SegmentMatrixClv([model()]).evaluate(SHARES, [0, 0]), "length_mismatch", "segments", None),
        (lambda: SegmentMatrixClv([model()]).evaluate(SHARES, pl.Series([0, None, 0])), "missing", "segments", 1),
        (
            lambda: MatrixClv.by_period([MATRIX], 1.0, purchases=[[1]], discount_rate=0),
            "length_mismatch",
            "purchases",
            None,
        ),
        (lambda: MatrixClv.by_period([], 1.0, discount_rate=0), "empty", "transition_matrix", None),
    ],
)
def test_what_is_refused_of_tables_is_named(call: Any, kind: str, argument: str, row: int | None) -> None:
    with pytest.raises(CrmError) as caught:
        call()
    assert (caught.value.kind, caught.value.argument, caught.value.row) == (kind, argument, row)


def test_the_row_of_a_customers_matrix_is_named() -> None:
    with pytest.raises(CrmError, match=r"transition_matrices \(row 2\) is of sum 0.5 in row 1 of the matrix"):
        individual(transition_matrices=MATRICES - [np.zeros((3, 3)), np.zeros((3, 3)), np.diag([0, 0, 0.5])[[0, 2, 1]]])
