"""Kano's model: kinds of columns, segments, what is refused."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from crm_core import errors
from crm_core.satisfaction import (
    KanoAnswer,
    KanoCategory,
    KanoCounts,
    KanoRules,
    KanoTally,
    kano,
    kano_evaluate,
)
from crm_core.units import Language

FUNCTIONAL = [1, 1, 3, None, 5, 2]
DYSFUNCTIONAL = [5, 3, 5, 1, 1, 2]
EXPECTED = KanoCounts(must_be=1, one_dimensional=1, attractive=1, indifferent=1, reverse=1)


def text(answers: list[int | None], language: Language) -> list[str | None]:
    return [None if a is None else KanoAnswer.from_code(a - 1).label(language) for a in answers]


def names(answers: list[int | None]) -> list[str | None]:
    return [None if a is None else str(KanoAnswer.from_code(a - 1)) for a in answers]


@pytest.mark.parametrize(
    "make",
    [
        list,
        lambda v: np.array([np.nan if x is None else x for x in v]),
        lambda v: np.ma.MaskedArray([0 if x is None else x for x in v], mask=[x is None for x in v]),
        pd.Series,
        lambda v: pd.Series(v, dtype="Int8"),
        pl.Series,
        pa.array,
        names,
        lambda v: [None if a is None else KanoAnswer.from_code(a - 1) for a in v],
        lambda v: text(v, Language.EN),
        lambda v: pd.Series(text(v, Language.ZH)),
        lambda v: pd.Series(names(v), dtype="category"),
        lambda v: pl.Series(names(v), dtype=pl.Enum([str(a) for a in KanoAnswer])),
        lambda v: pl.Series(text(v, Language.ZH)),
        lambda v: pa.array(names(v)).dictionary_encode(),
        lambda v: np.array(names(v), dtype=object),
    ],
)
def test_answers_of_every_kind(make: Any) -> None:
    tally = KanoTally.count(make(FUNCTIONAL), make(DYSFUNCTIONAL))
    assert (tally.counts, tally.missing) == (EXPECTED, 1)


def test_a_scale_of_the_readers_own() -> None:
    scale = {"yes!": "like", "no!": KanoAnswer.DISLIKE, "-": "neutral", 9: "like"}
    assert KanoTally.count(["yes!", "-"], ["no!", "no!"], scale=scale).counts.one_dimensional == 1
    assert KanoTally.count([9.0], [9.0], scale=scale).counts.questionable == 1
    with pytest.raises(errors.OutOfRangeError, match="love"):
        KanoTally.count([1], [2], scale={1: "love", 2: "like"})


@pytest.mark.parametrize(
    ("functional", "dysfunctional", "error", "argument", "row"),
    [
        ([1, 6], [1, 1], errors.OutOfRangeError, "functional", 1),
        ([1, 1], [1, 0], errors.OutOfRangeError, "dysfunctional", 1),
        ([1.5], [1], errors.OutOfRangeError, "functional", 0),
        (["like", "liked"], ["like", "like"], errors.OutOfRangeError, "functional", 1),
        ([1, 2], [1], errors.LengthMismatchError, "dysfunctional", None),
    ],
)
def test_refused_answers(
    functional: Any, dysfunctional: Any, error: type[errors.CrmError], argument: str, row: int | None
) -> None:
    with pytest.raises(error) as caught:
        KanoTally.count(functional, dysfunctional)
    assert (caught.value.argument, caught.value.row) == (argument, row)


def test_series_of_pandas_must_have_one_index() -> None:
    with pytest.raises(errors.LengthMismatchError, match="index"):
        KanoTally.count(pd.Series([1, 2]), pd.Series([1, 2], index=[1, 2]))


def test_tallies() -> None:
    tally = KanoTally.count([1, 3], [5, 1], importance=[2.0, None])
    assert tally.table.sum() == 2
    assert tally.table[0, 4] == tally.table[2, 0] == 1
    position = tally.position().importance
    assert position is not None
    assert (position.stated.count, position.unstated, position.functional.mean) == (1, 1, 4)
    assert np.isnan(position.functional.standard_error)
    assert tally.reversed().counts == KanoCounts(reverse=1, attractive=1)
    assert (tally + tally).counts == KanoCounts(one_dimensional=2, reverse=2)
    assert KanoTally.by_segment([], [], []) == {}
    with pytest.raises(errors.EmptyError):
        KanoTally.count([], []).profile()
    with pytest.raises(errors.EmptyError):
        KanoTally.count([None], [1]).position()


def test_rules() -> None:
    counts = KanoCounts(must_be=95, one_dimensional=123, attractive=45, indifferent=33)
    assert not counts.profile().blended
    assert counts.profile(KanoRules(blend=0.1)).blended
    assert counts.profile(KanoRules(better_line=0.6)).quadrant is KanoCategory.MUST_BE
    narrow, wide = (counts.profile(KanoRules(confidence=level)).better for level in (0.8, 0.99))
    assert wide.lower < narrow.lower < narrow.rate < narrow.upper < wide.upper
    with pytest.raises(errors.OutOfRangeError, match="confidence"):
        counts.profile(KanoRules(confidence=1))
    with pytest.raises(errors.OutOfRangeError, match="must_be"):
        KanoCounts(must_be=-1).profile()
    assert kano_evaluate(KanoAnswer.LIKE, "live_with") is KanoCategory.ATTRACTIVE


SURVEY = {
    "f": [1, 1, 3, 2, 1, 1],
    "d": [5, 3, 5, 5, 5, None],
    "w": [3.0, 4.0, 5.0, None, 1.0, 2.0],
    "r": [5, 5, 4, 5, 5, 5],
    "s": [1, 2, 1, 1, 2, 1],
    "age": ["old", "old", "young", "old", "young", "kid"],
}


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, lambda d: pl.LazyFrame(d), pa.table, dict])
def test_analysis_of_a_table(make: Any) -> None:
    analysis = kano(make(SURVEY), {"fast": ("f", "d", "w"), "noisy": ("r", "s")}, reverse=["noisy"])
    fast, noisy = analysis.rows
    assert analysis["fast"] is fast
    assert fast.profile is not None
    assert noisy.profile is not None
    assert fast.profile.category is KanoCategory.MUST_BE
    assert (fast.profile.tied, fast.tally.missing, noisy.reversed) == (2, 1, True)
    assert noisy.profile.category is KanoCategory.ONE_DIMENSIONAL
    table = nw.from_native(analysis.table())
    assert table["attribute"].to_list() == ["fast", "noisy"]
    assert table["must_be"].to_list() == [2, 2]
    assert table["better"].to_list() == [fast.profile.better.rate, noisy.profile.better.rate]
    assert table["importance"].to_list()[0] == 3.25


def test_segments() -> None:
    rows = kano(pd.DataFrame(SURVEY), {"fast": ("f", "d")}, segment="age").rows
    assert [row.segment for row in rows] == ["kid", "old", "young"]
    assert rows[0].profile is rows[0].position is None
    assert rows[0].tally.missing == 1
    whole = kano(pd.DataFrame(SURVEY), {"fast": ("f", "d")})["fast"].tally
    assert (rows[0].tally + rows[1].tally + rows[2].tally).counts == whole.counts
    table = nw.from_native(kano(pl.DataFrame(SURVEY), {"fast": ("f", "d")}, segment="age").table())
    assert table["respondents"].to_list() == [0, 3, 2]
    assert table["category"].to_list()[0] is None
    gaps = {**SURVEY, "age": ["old", None, "young", "old", "young", "kid"]}
    with pytest.raises(errors.MissingValueError) as caught:
        kano(gaps, {"fast": ("f", "d")}, segment="age")
    assert (caught.value.argument, caught.value.row) == ("segments", 1)


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, pa.table, dict])
def test_columns_that_are_not_there(make: Any) -> None:
    with pytest.raises(errors.NotFoundError, match="nowhere"):
        kano(make(SURVEY), {"fast": ("f", "nowhere")})
    with pytest.raises(errors.NotFoundError, match="slow"):
        kano(make(SURVEY), {"fast": ("f", "d")}, reverse=["slow"])
    with pytest.raises(errors.NotFoundError, match="slow"):
        kano(make(SURVEY), {"fast": ("f", "d")})["slow"]
