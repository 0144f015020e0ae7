"""What a customer in each stage is worth: tables in and out, and the ways to the same values."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from crm_core.clv.migration import MigrationModel
from crm_core.errors import CrmError, EmptyError, NotFiniteError, OutOfRangeError
from crm_core.ledger import Ledger, simulate
from crm_core.lifecycle import HiddenMarkov, Stage, StageValues, infer_stages, stage_values, values_of_moves

ROWS = {
    "customer": ["a", "a", "a", "b", "b", "b", "b"],
    "stage": ["growth", "maturity", "maturity", "growth", "growth", "decline", "decline"],
    "value": [4.0, 10.0, 12.0, 6.0, 5.0, 1.0, 0.0],
}


@pytest.mark.parametrize("kind", [pl.DataFrame, pd.DataFrame, pa.table])
def test_tables_of_every_kind(kind: Any) -> None:
    found = stage_values(kind(ROWS), discount_rate=0.01)
    assert isinstance(found, StageValues)
    assert isinstance(found.table, pa.Table if kind is pa.table else kind)
    worth = pl.DataFrame(found.table)
    assert worth["stage"].to_list() == [stage.value for stage in Stage]
    assert worth["profit"].to_list() == [None, None, 5.0, 11.0, 0.5, None, None]
    assert worth["value"].is_null().to_list() == [True, True, False, False, False, True, True]
    assert found.transitions.counts[Stage.GROWTH.code].tolist() == [0, 0, 1, 1, 1, 0, 0]


def test_stages_of_categories_and_profits_by_stage() -> None:
    given = {Stage.GROWTH: 5, "maturity": 11, "decline": 0.5}
    table = pd.DataFrame(ROWS).astype({"stage": "category"})
    found = stage_values(table, profit=given, discount_rate=0.01).table
    assert found["value"].equals(stage_values(pd.DataFrame(ROWS), discount_rate=0.01).table["value"])


def test_the_values_are_those_of_the_chain() -> None:
    found = stage_values(pl.DataFrame(ROWS), discount_rate=0.01, horizon=12)
    used = [Stage.GROWTH.code, Stage.MATURITY.code, Stage.DECLINE.code]
    chain = MigrationModel(found.transitions.rates[np.ix_(used, used)], found.table["profit"].to_numpy()[used])
    assert np.array_equal(chain.value(discount_rate=0.01, horizon=12).value, found.table["value"].to_numpy()[used])


def test_from_a_hidden_markov_model_in_one_call() -> None:
    model = HiddenMarkov.known([0.5, 0.5], [[0.9, 0.1], [0.2, 0.8]], [[0.2], [3.0]])
    periods = model.decode(model.simulate([24] * 200, seed=7)).periods
    worth = stage_values(periods, discount_rate=0.01).table.to_pydict()
    value = dict(zip(worth["stage"], worth["value"], strict=True))
    assert value["maturity"] > value["termination"] > 0


def test_from_counted_moves() -> None:
    log = simulate(500, seed=7, library="polars")
    found = infer_stages(Ledger(log, customer="customer", time="time", amount="amount"))
    brought = dict.fromkeys(Stage, 10.0) | {Stage.TERMINATION: 0.0}
    worth = values_of_moves(found.transitions, brought, discount_rate=0.01, library="polars")
    value = dict(zip(worth["stage"], worth["value"], strict=True))
    assert value["maturity"] > value["decline"] > value["termination"]
    with pytest.raises(NotFiniteError) as refused:
        values_of_moves(found.transitions, {Stage.MATURITY: 1.0}, discount_rate=0.01)
    assert refused.value.argument == "profits"


def test_what_is_refused() -> None:
    with pytest.raises(OutOfRangeError) as refused:
        stage_values(pl.DataFrame(ROWS | {"stage": [*ROWS["stage"][:6], "gone"]}), discount_rate=0.01)
    assert (refused.value.argument, refused.value.row) == ("stage", 6)
    with pytest.raises(EmptyError):
        stage_values(
            pl.DataFrame({"customer": [1, 2], "stage": ["growth"] * 2, "value": [1.0, 2.0]}), discount_rate=0.01
        )
    with pytest.raises(CrmError, match="nothing"):
        stage_values(pl.DataFrame(ROWS), profit="nothing", discount_rate=0.01)
