"""One call classifies a table of customers: kinds of tables, missing and contradictory evidence, what is refused."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import crm_core
from crm_core.classification import Classification, ClassificationRules
from crm_core.errors import EmptyError, NotFoundError, OutOfRangeError, WrongTypeError
from crm_core.ledger import Ledger
from crm_core.lifecycle import infer_stages
from crm_core.loyalty import classify as classify_loyalty
from crm_core.units import Language
from crm_core.value import CutRule, Pyramid, customer_types, quantile_cut

CUSTOMERS = {
    "customer": ["ann", "bob", "eve", "zoe"],
    "current_value": [80.0, 20.0, -5.0, 60.0],
    "potential_value": [90.0, 10.0, 5.0, None],
    "attachment": [0.9, 0.9, 0.2, None],
    "repeat_purchase": [0.85, 0.9, 0.1, None],
    "constraint": [False, None, True, None],
}


def ledger() -> Ledger:
    """Ann stopped after four months, bob has just begun, eve buys every month; zoe bought nothing."""
    first = date(2025, 1, 5)
    months = [("ann", m) for m in range(4)] + [("eve", m) for m in range(12)] + [("bob", 11)]
    log = pl.DataFrame(
        {"who": [who for who, _ in months], "day": [first + timedelta(30 * m) for _, m in months], "paid": 10.0}
    )
    return Ledger(log, customer="who", time="day", amount="paid")


def classified(table: Any = None, **options: Any) -> Classification:
    return crm_core.classify(pl.DataFrame(CUSTOMERS) if table is None else table, **options)


@pytest.mark.parametrize("make", [pl.DataFrame, lambda d: pl.LazyFrame(d), pd.DataFrame, pa.table])
def test_a_table_of_the_same_kind_comes_out(make: Any) -> None:
    given = make(CUSTOMERS)
    found = classified(given, activity=ledger()).table
    assert type(found) is (pl.DataFrame if isinstance(given, pl.LazyFrame) else type(given))
    rows = pl.DataFrame(found)
    assert rows["customer"].to_list() == CUSTOMERS["customer"]
    assert rows["stage"].to_list() == ["termination", "development", "maturity", None]
    assert rows["type"].to_list() == ["golden", "burden", "burden", None]


def test_verdicts_are_those_of_the_parts() -> None:
    log = ledger()
    found = classified(activity=log).table
    stages = infer_stages(log).customers
    by_customer = dict(zip(stages["customer"], stages["stage"], strict=True))
    assert found["stage"].to_list() == [by_customer.get(who) for who in CUSTOMERS["customer"]]
    current = pl.Series(CUSTOMERS["current_value"])
    assert found["tier"].to_list() == Pyramid.fit(current).assign(current).to_list()
    known = pl.DataFrame(CUSTOMERS).drop_nulls("potential_value")
    now, more = known["current_value"], known["potential_value"]
    types = customer_types(now, more, quantile_cut(current), quantile_cut(more))
    assert found["type"].to_list() == [*types.to_list(), None]
    table = pl.DataFrame(CUSTOMERS)
    loyalty = classify_loyalty(
        **{name: table[name] for name in ("attachment", "repeat_purchase", "constraint")}, language=Language.EN
    )
    decided = [
        best if how == "decided" else None for best, how in zip(loyalty["best"], loyalty["outcome"], strict=True)
    ]
    assert found["loyalty"].to_list() == [*decided[:3], None]
    assert classified().reasons(0).loyalty == loyalty["reasons"][0]


def test_contradictions_are_shown() -> None:
    found = classified(activity=ledger())
    said = found.table["contradictions"].to_list()
    assert "ended_and_buying" in said[0].split()
    assert "ended_with_potential" in said[0].split()
    assert "new_and_convinced" in said[1].split()
    assert "active_and_not_buying" in said[2].split()
    assert said[3] == ""
    reasons = found.reasons(0)
    assert "has left by the log, and buys again by the evidence of loyalty" in reasons.conflicts
    assert reasons.text.splitlines()[-1].startswith("Contradiction: the customer has left by the log")
    assert found.reasons(0, Language.ZH).text.splitlines()[-1].startswith("矛盾：客户交易记录显示已流失")


def test_missing_evidence_is_said() -> None:
    found = classified(activity=ledger())
    zoe = found.reasons(3)
    assert zoe.stage == "Stage not known: no activity over time."
    assert zoe.customer_type.startswith("Type not known: current value 60.00 is high")
    assert zoe.loyalty == "Nothing is known of loyalty."
    assert str(zoe) == zoe.text
    row = found.table.rows(named=True)[3]
    assert row["tier"] == "small"
    assert all(row[name] is None for name in ("stage", "stage_confidence", "type", "type_margin", "loyalty_margin"))


def test_names_and_rules() -> None:
    table = pl.DataFrame({"profit": [1.0, 5.0, 9.0], "chance": [2.0, 2.5, 1.0]})
    rules = ClassificationRules(
        tier_thresholds=[2.0, 4.0, 8.0], current_cut=CutRule.given(4.0), potential_cut=CutRule.k_means()
    )
    found = crm_core.classify(table, columns={"current_value": "profit", "potential_value": "chance"}, rules=rules)
    assert found.table["tier"].to_list() == ["small", "major", "vip"]
    assert found.table["type"].to_list() == ["stream", "golden", "meteor"]
    assert (found.tier_thresholds, found.current_cut, found.potential_cut) == ((2.0, 4.0, 8.0), 4.0, 1.625)
    with pytest.raises(OutOfRangeError, match="columns"):
        crm_core.classify(table, columns={"profit": "profit"})
    with pytest.raises(NotFoundError, match="nowhere"):
        crm_core.classify(table, columns={"current_value": "nowhere"})
    with pytest.raises(EmptyError):
        crm_core.classify(table)
    with pytest.raises(NotFoundError, match="customer"):
        crm_core.classify(table.rename({"profit": "current_value"}), activity=ledger())
    with pytest.raises(WrongTypeError):
        classified(activity=3)
    with pytest.raises(NotFoundError):
        classified().reasons(4)
    with pytest.raises(WrongTypeError, match="customer"):
        classified(pl.DataFrame({"customer": [1, 2]}), activity=ledger())


def test_p_alive_decides_over_termination() -> None:
    given = pl.DataFrame({"customer": ["eve", "ann"], "p_alive": [0.9, 0.95]})
    assert classified(given, activity=ledger()).table["stage"].to_list() == ["maturity", "decline"]


def test_pandas_keeps_its_index() -> None:
    given = pd.DataFrame(CUSTOMERS, index=[9, 8, 7, 6])
    assert list(classified(given).table.index) == [9, 8, 7, 6]
