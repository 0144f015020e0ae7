"""Markov chains of customers in Python: names of states, sparse matrices, kinds of columns, what is refused."""

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
from migration_functions import Csr

from crm_core import errors
from crm_core.clv import migration_value
from crm_core.clv.migration import (
    ContactTiming,
    DecisionProcess,
    MigrationModel,
    RecencyChain,
    always_a_share,
    always_a_share_values,
)

MATRIX = [[0.5, 0.3, 0.2], [0.1, 0.6, 0.3], [0.0, 0.0, 1.0]]
REWARDS = [10.0, 4.0, 0.0]
STATES = ["gold", "silver", "lost"]
SPARSE = Csr([0, 3, 6, 7], [0, 1, 2, 0, 1, 2, 2], [0.5, 0.3, 0.2, 0.1, 0.6, 0.3, 1.0])
MODEL = MigrationModel(MATRIX, REWARDS, states=STATES)
CHAIN = RecencyChain([0.3, 0.2, 0.15, 0.05])


class Coordinates:
    """A sparse matrix of another layout."""

    def tocsr(self) -> Csr:
        return SPARSE


@pytest.mark.parametrize("matrix", [SPARSE, Coordinates(), np.array(MATRIX), pd.DataFrame(MATRIX)])
def test_every_kind_of_matrix_gives_the_same(matrix: Any) -> None:
    found = MigrationModel(matrix, REWARDS, states=STATES).value(discount_rate=0.1, horizon=math.inf)
    np.testing.assert_allclose(found.value, MODEL.value(discount_rate=0.1, horizon=math.inf).value, rtol=1e-9)


def test_a_data_frame_names_the_states() -> None:
    frame = pd.DataFrame(MATRIX, columns=STATES, index=STATES)
    assert MigrationModel(frame, REWARDS).states == STATES
    with pytest.raises(errors.LengthMismatchError, match="silver in the place of gold"):
        MigrationModel(frame.loc[["silver", "gold", "lost"]], REWARDS)


def test_results_make_tables_of_any_library() -> None:
    found = MODEL.moments(discount_rate=0.1, horizon=12)
    for frame in (pd.DataFrame(found.columns()), pl.DataFrame(found.columns())):
        assert list(frame.columns) == ["state", "mean", "variance", "standard_deviation"]
        assert frame["state"].to_list() == STATES
    best = CHAIN.contact_decision(margin=40, contact_cost=4).policy_iteration(discount_rate=0.2)
    table = pl.DataFrame(best.columns())
    assert table["action"].to_list() == ["contact"] * 3 + ["no contact"] * 2
    path = MODEL.distribution({"gold": 100, "silver": 50}, periods=3)
    assert pd.DataFrame(path.columns()).shape == (4, 3)
    assert path.customers[1].tolist() == [55.0, 60.0, 35.0]
    share = always_a_share(40, 4, [0.3, 0.2], 0.2, 3)
    assert pl.DataFrame(share.columns()).height == 4
    values = MODEL.value(discount_rate=0.1, horizon=12)
    assert pl.DataFrame(values.columns())["value"].to_list() == values.value.tolist()


def test_customers_by_state_in_every_kind_of_column() -> None:
    found = MODEL.value(discount_rate=0.1, horizon=12)
    gold, _, lost = found.value
    expected = [lost, gold]
    assert found.of(["lost", "gold"]).tolist() == expected
    assert found.of(np.array(["lost", "gold"])).tolist() == expected
    series = found.of(pd.Series(["lost", "gold"], index=[7, 9]))
    assert series.tolist() == expected
    assert series.index.tolist() == [7, 9]
    assert found.of(pl.Series("state", ["lost", "gold"])).to_list() == expected
    assert found.of(pa.array(["lost", "gold"])).to_pylist() == expected
    numbered = MigrationModel(MATRIX, REWARDS).value(discount_rate=0.1, horizon=12)
    assert numbered.of(np.array([2, 0])).tolist() == expected
    with pytest.raises(errors.NotFoundError, match=r"customers \(row 1\) is 'bronze'"):
        found.of(["gold", "bronze"])
    with pytest.raises(errors.MissingValueError, match=r"row 0"):
        found.of(pd.Series([None, "gold"]))
    with pytest.raises(errors.NotFoundError):
        numbered.of([3])


@pytest.mark.parametrize(
    "made",
    [
        MODEL,
        MigrationModel(SPARSE, REWARDS, reward_variance=[1, 2, 0], tolerance=1e-8),
        CHAIN.direct_mail(margin=40, contact_cost=Decimal(4)),
        CHAIN.contact_decision(margin=40, contact_cost=4).under(["contact", "contact", *["no contact"] * 3]),
    ],
)
def test_models_can_be_pickled(made: MigrationModel) -> None:
    again = pickle.loads(pickle.dumps(made))
    assert (again.states, repr(again)) == (made.states, repr(made))
    first, second = (model.moments(discount_rate=0.1, horizon=math.inf) for model in (made, again))
    assert first.mean.tolist() == second.mean.tolist()
    assert first.variance.tolist() == second.variance.tolist()


@pytest.mark.parametrize(
    "process",
    [
        CHAIN.contact_decision(margin=40, contact_cost=4),
        DecisionProcess([MATRIX, MATRIX], [REWARDS, [9, 5, 0]], available=[[True, True, True], [True, True, False]]),
    ],
)
def test_decisions_can_be_pickled(process: DecisionProcess) -> None:
    again = pickle.loads(pickle.dumps(process))
    first, second = (one.policy_iteration(discount_rate=0.1) for one in (process, again))
    assert (first.policy, first.value.tolist()) == (second.policy, second.value.tolist())
    assert repr(again) == repr(process)


def test_a_chain_can_be_pickled_and_shows_its_matrix() -> None:
    again = pickle.loads(pickle.dumps(CHAIN))
    assert again.states == ["1", "2", "3", "4", "lost"]
    assert again.transition_matrix[1].tolist() == [0.2, 0.0, 0.8, 0.0, 0.0]
    assert repr(again) == "RecencyChain([0.3, 0.2, 0.15, 0.05])"


def test_a_named_policy() -> None:
    decision = CHAIN.contact_decision(margin=40, contact_cost=4)
    everybody = ["contact"] * 4 + ["no contact"]
    best = decision.policy_iteration(discount_rate=0.2, start=everybody)
    mail = CHAIN.direct_mail(margin=40, contact_cost=4).value(discount_rate=0.2, horizon=math.inf)
    assert best.start_value.tolist() == mail.value.tolist()
    assert (best.improvement[:4] > 0).all()
    last = decision.backward_induction(discount_rate=0.2, horizon=0)
    assert last.actions == [["no contact"] * 5]
    with pytest.raises(errors.NotFoundError, match=r"policy \(row 0\)"):
        decision.under(["call"] * 5)
    with pytest.raises(errors.OutOfRangeError, match=r"policy \(row 4\) is 1"):
        decision.under(["contact"] * 5)


def test_always_a_share_in_every_kind_of_number() -> None:
    exact = always_a_share(Decimal(40), 4, [0.3, 0.2], 0.2, 5, ContactTiming.MIDDLE)
    assert isinstance(exact.value, Decimal)
    assert exact.value == migration_value(Decimal(40), 4, [0.3, 0.2], 0.2, 5)
    floats = always_a_share(40, 4, [0.3, 0.2], 0.2, 5, ContactTiming.MIDDLE)
    assert isinstance(floats.value, float)
    margins = pd.Series([40.0, math.nan], index=["a", "b"])
    found = always_a_share_values(margins, 4.0, [0.3, 0.2], 0.2, 5, ContactTiming.MIDDLE)
    assert found.index.tolist() == ["a", "b"]
    assert found["a"] == pytest.approx(floats.value, rel=1e-13)
    assert math.isnan(found["b"])
    tables = pl.DataFrame({"r1": [0.3, None], "r2": [0.2, 0.2]})
    by_row = always_a_share_values(40.0, pl.Series([4.0, 4.0]), tables, 0.2, 5, ContactTiming.MIDDLE)
    assert by_row.to_list() == [pytest.approx(floats.value, rel=1e-13), None]
    assert always_a_share_values(40.0, 4.0, [0.3, 0.2], 0.2, 5).shape == (1,)
    with pytest.raises(errors.LengthMismatchError):
        always_a_share_values(np.ones(3), 4.0, tables, 0.2, 5)
    with pytest.raises(errors.OutOfRangeError, match="must be one of start, middle, end"):
        always_a_share(40, 4, [0.3], 0.2, 5, "late")  # type: ignore[arg-type]


def test_refused() -> None:
    with pytest.raises(errors.LengthMismatchError, match="states is of length 2"):
        MigrationModel(MATRIX, REWARDS, states=["a", "b"])
    with pytest.raises(errors.OutOfRangeError, match=r"states \(row 2\) is a: must not occur twice"):
        MigrationModel(MATRIX, REWARDS, states=["a", "b", "a"])
    with pytest.raises(errors.OutOfRangeError, match="whole numbers"):
        MigrationModel(CsrOfFloats(), REWARDS)
    with pytest.raises(errors.OutOfRangeError, match=r"columns \(row 0\) is -1"):
        MigrationModel(Csr([0, 1], [-1], [1.0]), [1.0])
    with pytest.raises(errors.NotFoundError, match="bronze"):
        MODEL.distribution({"bronze": 1}, periods=3)
    with pytest.raises(errors.LengthMismatchError, match="rewards is of shape"):
        DecisionProcess([MATRIX], REWARDS)
    with pytest.raises(errors.LengthMismatchError, match="available is of shape"):
        DecisionProcess([MATRIX], [REWARDS], available=[True, True])
    with pytest.raises(errors.OutOfRangeError, match="tolerance"):
        MigrationModel(MATRIX, REWARDS, tolerance=0)
    with pytest.raises(errors.NotConvergedError, match="after 1 products"):
        MigrationModel(SPARSE, REWARDS, max_iterations=1).value(discount_rate=0.1, horizon=math.inf)


class CsrOfFloats(Csr):
    def __init__(self) -> None:
        super().__init__([0, 1], [0], [1.0])
        self.indptr = self.indptr.astype(float)
