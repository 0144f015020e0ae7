"""Loyalty: what vectors cannot say."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from crm_core.errors import LengthMismatchError, MissingValueError, NoSolutionError, OutOfRangeError
from crm_core.loyalty import (
    Bond,
    Dirichlet,
    LoyaltyCategory,
    LoyaltyEffect,
    LoyaltyRules,
    RelationshipLevel,
    bond_strength,
    classify,
    loyalty_conditions,
    loyalty_profit,
    net_promoter_score,
)
from crm_core.units import Language

ATTACHMENT = [0.9, 0.1, None]
REPEAT = [0.2, 0.9, 0.9]


@pytest.mark.parametrize(
    ("column", "frame"),
    [
        (lambda values: pd.Series(values, dtype=float), pd.DataFrame),
        (pl.Series, pl.DataFrame),
        (pa.array, pa.Table),
        (list, pd.DataFrame),
    ],
)
def test_every_kind_of_column_gives_its_own_kind_of_table(column: Any, frame: type) -> None:
    kept = column([True, False, False])
    found = classify(attachment=column(ATTACHMENT), repeat_purchase=column(REPEAT), constraint=kept, alternatives=0)
    assert isinstance(found, frame)
    names = pa.table(found) if frame is not pa.Table else found
    assert names["best"].to_pylist() == ["latent", "monopoly", "monopoly"]
    assert names["outcome"].to_pylist() == ["decided", "decided", "ambiguous"]


def test_booleans_with_missing_ones_are_read() -> None:
    kept = pd.array([True, None], dtype="boolean")
    found = classify(attachment=[0.9, 0.9], repeat_purchase=[0.2, 0.2], constraint=pd.Series(kept))
    assert found["known"].tolist() == [3, 2]
    assert found["margin"][0] > found["margin"][1]


@pytest.mark.parametrize(
    "kept",
    [
        np.array([True, False, True]),
        [True, False, True],
        pd.Series([True, False, True]),
        pd.Series([True, False, True], dtype="boolean"),
        pl.Series([True, False, True]),
        pa.array([True, False, True]),
        pa.chunked_array([[True], [False, True]]),
        np.ma.array([True, False, True], mask=False),
    ],
    ids=lambda kept: type(kept).__name__,
)
def test_booleans_are_0_and_1_in_every_kind_of_column(kept: Any) -> None:
    clues: dict[str, Any] = {"attachment": [0.9, 0.9, 0.3], "repeat_purchase": [0.2, 0.2, 0.8], "library": "pandas"}
    expected = classify(constraint=[1.0, 0.0, 1.0], **clues)
    pd.testing.assert_frame_equal(classify(constraint=kept, **clues), expected)


@pytest.mark.parametrize("kind", [pl.Series, pa.array, lambda values: pd.Series(values, dtype="boolean")])
def test_a_missing_boolean_is_unknown_evidence(kind: Any) -> None:
    clues: dict[str, Any] = {"attachment": [0.9, 0.9], "repeat_purchase": [0.2, 0.2], "library": "pandas"}
    expected = classify(constraint=[1.0, None], **clues)
    pd.testing.assert_frame_equal(classify(constraint=kind([True, None]), **clues), expected)


def test_reasons_of_many_are_those_of_each() -> None:
    random = np.random.default_rng(8)
    attachment, repeat = random.random((2, 40_000))
    found = classify(attachment=attachment, repeat_purchase=repeat, language=Language.EN)
    for row in (0, 16_383, 16_384, 39_999):
        one = classify(attachment=[attachment[row]], repeat_purchase=[repeat[row]], language=Language.EN)
        assert found["reasons"][row] == one["reasons"][0]


def test_nothing_known_is_no_verdict() -> None:
    assert classify(library="polars")["outcome"].to_list() == ["insufficient_evidence"]


@pytest.mark.parametrize("clue", ["attachment", "repeat_purchase", "convenience", "reward_share", "promotion_share"])
def test_one_clue_alone_decides_nothing(clue: str) -> None:
    found = classify(**{clue: [0.0, 0.3, 0.7, 1.0]}, library="polars")
    assert "decided" not in found["outcome"].to_list()
    assert "no_loyalty" not in found["outcome"].to_list()


def test_rules_decide_what_a_verdict_is() -> None:
    strict = LoyaltyRules(least_margin=0.5)
    given = {"attachment": [0.9], "repeat_purchase": [0.8]}
    assert classify(**given)["outcome"][0] == "decided"
    assert classify(**given, rules=strict)["outcome"][0] == "ambiguous"
    one = {"attachment": [0.9]}
    eager = LoyaltyRules(least_margin=0.0, least_known=1)
    assert classify(**one)["outcome"][0] == "insufficient_evidence"
    assert classify(**one, rules=eager)["outcome"][0] == "decided"
    with pytest.raises(OutOfRangeError, match="least_known"):
        classify(**one, rules=LoyaltyRules(least_known=4))
    with pytest.raises(OutOfRangeError, match="least_fit"):
        classify(**given, rules=LoyaltyRules(least_fit=2.0))


def test_columns_of_two_lengths_are_refused() -> None:
    with pytest.raises(LengthMismatchError):
        classify(attachment=[0.9], repeat_purchase=[0.8, 0.9])


def test_every_category_has_its_texts_in_both_languages() -> None:
    for text in (LoyaltyCategory.why, LoyaltyCategory.vulnerability, LoyaltyCategory.measure):
        english = {text(category) for category in LoyaltyCategory}
        chinese = {text(category, Language.ZH) for category in LoyaltyCategory}
        assert len(english) == len(chinese) == 7
        assert all(any("\u4e00" <= letter <= "\u9fff" for letter in words) for words in chinese)
    assert all(level.instruments(Language.ZH) != level.instruments() for level in RelationshipLevel)


def test_conditions_are_of_the_kind_of_the_attitudes() -> None:
    found = loyalty_conditions(pd.Series([0.9, 0.1], index=[7, 9]), pd.Series([0.4, 0.6], index=[7, 9]))
    assert found.to_dict() == {7: "latent", 9: "spurious"}


def test_a_missing_answer_is_refused_with_its_row() -> None:
    with pytest.raises(MissingValueError) as refused:
        net_promoter_score([9.0, np.nan])
    assert (refused.value.argument, refused.value.row) == ("answers", 1)


def test_small_brands_suffer_twice() -> None:
    line = Dirichlet(1.456, 0.78, 1.55, (0.25,)).norms(shares=np.linspace(0.02, 0.6, 30))
    assert line["penetration"].is_monotonic_increasing
    assert line["purchases_per_buyer"].is_monotonic_increasing
    with pytest.raises(NoSolutionError):
        Dirichlet.fit(penetration=0.95, purchases_per_buyer=1.1, shares=[0.5], penetrations=[0.4])


def test_bonds_go_by_name() -> None:
    assert bond_strength({}).strength == 0
    assert bond_strength({Bond.VALUE: 0.5}).internal == 0.5
    assert [bond.is_external for bond in Bond] == [True] * 5 + [False] * 5


def test_decimals_stay_exact() -> None:
    profit = loyalty_profit(Decimal("0.3"), {LoyaltyEffect.BASE_PROFIT: [Decimal("0.1")] * 3})
    assert profit.years[-1].cumulative == 0
    assert profit.break_even_year == 3
    table = profit.table()
    assert table["base_profit"].tolist() == [0, Decimal("0.1"), Decimal("0.1"), Decimal("0.1")]
