"""What users pass by mistake is refused with the name of their argument, in every module."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from crm_core import clv
from crm_core.clv.estimation import TransitionCounts
from crm_core.clv.migration import always_a_share_values
from crm_core.clv.switching import MatrixClv
from crm_core.errors import CrmError
from crm_core.ledger import Ledger, summary
from crm_core.prediction import BgNbd
from crm_core.value import discipline_profile

if TYPE_CHECKING:
    from collections.abc import Callable

LOG = pd.DataFrame({"who": ["a", "b"], "day": pd.to_datetime(["2024-01-01", "2024-01-05"]), "paid": [10.0, 20.0]})
HISTORIES = pl.DataFrame({"frequency": [1, 0], "recency": [2, 0], "age": [5, 5]})
COLUMNS = {"customer": "who", "time": "day", "amount": "paid"}
MATRIX = [[0.5, 0.5], [0.2, 0.8]]


def share_values(repurchase: Any) -> Any:
    return always_a_share_values([1.0, 2.0], 0.5, repurchase, 0.1, 3)


@pytest.mark.parametrize(
    ("call", "kind", "argument", "row"),
    [
        (lambda: Ledger([LOG], **COLUMNS), "wrong_type", "log", None),
        (lambda: summary(LOG["paid"].to_numpy(), **COLUMNS), "wrong_type", "log", None),
        (lambda: Ledger(LOG, **{**COLUMNS, "amount": 3}), "wrong_type", "amount", None),
        (lambda: summary(LOG, **{**COLUMNS, "customer": LOG["who"]}), "wrong_type", "customer", None),
        (lambda: Ledger(LOG, **{**COLUMNS, "time": "date"}), "not_found", "time", None),
        (lambda: Ledger(LOG, **COLUMNS, cost="costs"), "not_found", "cost", None),
        (lambda: BgNbd().fit([1, 2, 3]), "wrong_type", "customers", None),
        (lambda: BgNbd().fit(HISTORIES["age"]), "wrong_type", "customers", None),
        (lambda: BgNbd().fit(HISTORIES, frequency=HISTORIES["frequency"]), "wrong_type", "frequency", None),
        (lambda: share_values(["0.5", "0.2"]), "wrong_type", "repurchase", None),
        (lambda: share_values(pl.Series(["a"])), "wrong_type", "repurchase", None),
        (lambda: discipline_profile(["product_leadership"], ["good"]), "wrong_type", "ratings", None),
        (lambda: MatrixClv(MATRIX, 10.0, discount_rate=0.1, horizon=np.arange(3)), "wrong_type", "horizon", None),
        (
            lambda: MatrixClv([[10**400, 0], [0, 1]], 10.0, discount_rate=0.1, horizon=1),
            "overflow",
            "transition_matrix",
            0,
        ),
        (lambda: TransitionCounts([]), "empty", "counts", None),
        (lambda: TransitionCounts(pd.DataFrame()), "empty", "counts", None),
        (lambda: clv.tornado("retention_value", None), "wrong_type", "base", None),
    ],
)
def test_the_argument_is_named(call: Callable[[], Any], kind: str, argument: str, row: int | None) -> None:
    with pytest.raises(CrmError) as caught:
        call()
    assert (caught.value.kind, caught.value.argument, caught.value.row) == (kind, argument, row)
    assert argument in str(caught.value)


def test_a_missing_column_is_told_with_those_there_are() -> None:
    with pytest.raises(CrmError, match="time is 'date': is not a column of the table: it has who, day, paid") as caught:
        Ledger(LOG, **{**COLUMNS, "time": "date"})
    assert caught.value.value == "'date'"


def test_a_table_of_repurchase_by_customer_may_hold_nothing() -> None:
    found = share_values(pd.Series([0.5, None]))
    assert np.isnan(found).all()
    assert share_values([0.5, 0.2]).shape == (2,)
