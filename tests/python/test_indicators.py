"""Indicators of value and composite indices: kinds of tables, names, weights, what is refused."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from crm_core.capability import ahp
from crm_core.errors import (
    LengthMismatchError,
    NoSolutionError,
    NotFiniteError,
    NotFoundError,
    NotStochasticError,
    OutOfRangeError,
    WrongTypeError,
)
from crm_core.units import Language
from crm_core.value import (
    CompositeIndex,
    Indicator,
    IndicatorGroup,
    ValueDiscipline,
    Weighting,
    contact_indicators,
    financial_indicators,
)

CUSTOMERS = {"profit": [120.0, 40.0, 80.0], "arrears_rate": [0.0, 0.5, 0.1]}
SCORES = [1.0, 0.0, 0.575]


@pytest.mark.parametrize("make", [dict, pl.DataFrame, lambda d: pd.DataFrame(d, index=[5, 6, 7]), pa.table])
def test_scores_are_of_the_kind_of_the_table(make: Any) -> None:
    table = make(CUSTOMERS)
    index = CompositeIndex({"arrears_rate": 0.25, "profit": 0.75}).fit(table)
    assert index.weights_ == {"profit": 0.75, "arrears_rate": 0.25}
    scores = index.score(table)
    assert (scores.to_pylist() if isinstance(table, pa.Table) else list(scores)) == SCORES
    if isinstance(table, pd.DataFrame):
        assert list(scores.index) == [5, 6, 7]
        assert scores.name == "score"
    parts = index.contributions(table)
    assert list(parts) == ["profit", "arrears_rate"]
    added = sum(np.asarray(part) for part in parts.values())
    assert np.array_equal(added, np.asarray(scores))


def test_columns_go_by_their_names() -> None:
    index = CompositeIndex([0.75, 0.25]).fit(CUSTOMERS)
    assert index.score({"arrears_rate": [0.0], "profit": [40.0]}).tolist() == [0.25]
    with pytest.raises(NotFoundError, match="profit"):
        index.score({"arrears_rate": [0.0], "revenue": [40.0]})
    with pytest.raises(LengthMismatchError):
        index.score({"profit": [40.0]})


def test_directions_are_those_of_the_catalogue_unless_they_are_given() -> None:
    assert CompositeIndex([0.0, 1.0]).fit(CUSTOMERS).score(CUSTOMERS).tolist() == [1.0, 0.0, 0.8]
    turned = CompositeIndex([0.0, 1.0], lower_is_better=[]).fit(CUSTOMERS)
    assert turned.score(CUSTOMERS).tolist() == [0.0, 1.0, 0.2]
    with pytest.raises(NotFoundError, match="lower_is_better"):
        CompositeIndex(lower_is_better=["age"]).fit(CUSTOMERS)


def test_weights_of_comparisons_in_pairs() -> None:
    judged = ahp([[1, 3], [1 / 3, 1]])
    assert list(CompositeIndex(judged).fit(CUSTOMERS).weights_.values()) == pytest.approx([0.75, 0.25], abs=1e-15)


def test_what_is_refused() -> None:
    with pytest.raises(NoSolutionError) as constant:
        CompositeIndex(Weighting.ENTROPY).fit({"profit": [1.0, 2.0], "orders": [3.0, 3.0]})
    assert constant.value.argument == "orders"
    with pytest.raises(NotFiniteError) as missing:
        CompositeIndex().fit({"profit": [1.0, None, 2.0], "orders": [1.0, 2.0, 3.0]})
    assert (missing.value.argument, missing.value.row) == ("profit", 1)
    with pytest.raises(NotStochasticError):
        CompositeIndex([0.0, 0.0]).fit(CUSTOMERS)
    with pytest.raises(NotFoundError):
        CompositeIndex({"profit": 1.0}).fit(CUSTOMERS)
    with pytest.raises(WrongTypeError):
        CompositeIndex().fit(3)
    with pytest.raises(NotFoundError, match="fit"):
        CompositeIndex().score(CUSTOMERS)


@pytest.mark.parametrize("make", [pl.DataFrame, pd.DataFrame, pa.table])
def test_invoices_by_dates(make: Any) -> None:
    day = lambda n: date(2026, 1, n)  # noqa: E731
    log = make(
        {
            "who": ["b", "a", "b"],
            "sum": [100.0, 50.0, 300.0],
            "on": [day(1), day(2), day(3)],
            "by": [day(11), day(12), day(13)],
            "at": [day(9), None, None],
        }
    )
    names = {"customer": "who", "amount": "sum", "issued": "on", "due": "by", "paid": "at"}
    found = pl.DataFrame(financial_indicators(log, **names, as_of="2026-01-31"))
    assert found["customer"].to_list() == ["b", "a"]
    assert found["arrears_rate"].to_list() == [0.75, 1.0]
    assert found["collection_period"][0] == 8.0
    with pytest.raises(NotFoundError, match="due"):
        financial_indicators(log, **{**names, "due": "until"}, as_of="2026-01-31")


def test_customers_without_a_contact() -> None:
    log = pl.DataFrame({"who": [7, 9], "kind": ["praise", "complaint"]})
    found = contact_indicators(log, customer="who", kind="kind", customers=[9, 8, 7])
    assert found["complaint_count"].to_list() == [1.0, 0.0, 0.0]
    assert np.isnan(found["praise_rate"][1])
    with pytest.raises(OutOfRangeError) as unknown:
        contact_indicators(log, customer="who", kind="kind", customers=[9])
    assert unknown.value.row == 0
    with pytest.raises(NotFoundError):
        contact_indicators(log.with_columns(kind=pl.lit("smile")), customer="who", kind="kind")


def test_catalogue_and_disciplines_speak_both_languages() -> None:
    assert Indicator.COLLECTION_PERIOD.group is IndicatorGroup.FINANCIAL
    assert Indicator.AGE.direction is None
    for indicator in Indicator:
        assert indicator.definition(Language.ZH) != indicator.definition()
        assert indicator.label(Language.ZH)
    for discipline in ValueDiscipline:
        assert discipline.promise(Language.ZH) != discipline.promise()
