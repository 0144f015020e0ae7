"""Days of every kind, one and in columns, and what is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from crm_core import errors
from crm_core._dates import day_number, read_days

DAYS = [date(1970, 1, 2), date(1969, 12, 31)]
TIMES = [datetime(1970, 1, 2, 23, 59), datetime(1969, 12, 31, 23, 59)]
ABROAD = timezone(timedelta(hours=9))


@pytest.mark.parametrize(
    "day",
    [
        DAYS[0],
        "1970-01-02",
        np.datetime64("1970-01-02"),
        np.datetime64("1970-01-02T23:59"),
        TIMES[0],
        TIMES[0].replace(tzinfo=UTC),
        pd.Timestamp(TIMES[0]),
    ],
)
def test_a_day_of_every_kind(day: Any) -> None:
    assert day_number("now", day) == 1


COLUMNS = {
    "dates": DAYS,
    "times": TIMES,
    "texts": ["1970-01-02", "1969-12-31"],
    "numpy": np.array(TIMES, "M8[s]"),
    "masked": np.ma.MaskedArray(np.array(TIMES, "M8[s]"), mask=[False, False]),
    "pandas": pd.Series(TIMES),
    "pandas utc": pd.Series(TIMES).dt.tz_localize("UTC"),
    "pandas dates": pd.Series(DAYS),
    "pandas texts": pd.Series(["1970-01-02", "1969-12-31"]),
    "pandas arrow": pd.Series(DAYS, dtype="date32[pyarrow]"),
    "polars": pl.Series(DAYS),
    "polars times": pl.Series(TIMES),
    "polars utc": pl.Series(TIMES).dt.replace_time_zone("UTC"),
    "polars texts": pl.Series(["1970-01-02", "1969-12-31"]),
    "pyarrow": pa.array(DAYS),
    "pyarrow chunks": pa.chunked_array([TIMES[:1], TIMES[1:]]),
    "pyarrow utc": pa.array(TIMES, pa.timestamp("us", "UTC")),
    "pyarrow texts": pa.array(["1970-01-02", "1969-12-31"]),
}


@pytest.mark.parametrize("kind", COLUMNS)
def test_a_column_of_every_kind(kind: str) -> None:
    days = read_days("dates", COLUMNS[kind])
    np.testing.assert_array_equal(days.values, [1, -1])


@pytest.mark.parametrize(
    "column",
    [
        [DAYS[0], None],
        [DAYS[0], pd.NaT],
        ["1970-01-02", float("nan")],
        np.array(["1970-01-02", "NaT"], "M8[D]"),
        np.ma.MaskedArray(np.array(TIMES, "M8[s]"), mask=[False, True]),
        pd.Series([TIMES[0], None]),
        pd.Series([DAYS[0], None], dtype="date32[pyarrow]"),
        pl.Series([DAYS[0], None]),
        pl.Series(["1970-01-02", None]),
        pa.array([DAYS[0], None]),
        pa.array([TIMES[0], None]),
        pa.array(["1970-01-02", None]),
    ],
)
def test_a_missing_day_is_refused_with_its_row(column: Any) -> None:
    with pytest.raises(errors.MissingValueError) as caught:
        read_days("dates", column)
    assert (caught.value.argument, caught.value.row) == ("dates", 1)


@pytest.mark.parametrize(
    ("column", "kind", "row"),
    [
        (pd.Series(TIMES).dt.tz_localize("Asia/Tokyo"), "wrong_type", None),
        (pl.Series(TIMES).dt.replace_time_zone("Asia/Tokyo"), "wrong_type", None),
        (pa.array(TIMES, pa.timestamp("us", "Asia/Tokyo")), "wrong_type", None),
        ([TIMES[0], TIMES[1].replace(tzinfo=ABROAD)], "wrong_type", 1),
        ([DAYS[0], 3], "wrong_type", 1),
        (np.array([1.0, 2.0]), "wrong_type", 0),
        (5, "wrong_type", None),
        (["1970-01-02", "tomorrow"], "unreadable", 1),
        (np.array([0, 10**7], "M8[D]"), "out_of_range", 1),
    ],
)
def test_what_is_no_day_is_refused(column: Any, kind: str, row: int | None) -> None:
    with pytest.raises(errors.CrmError) as caught:
        read_days("dates", column)
    assert (caught.value.kind, caught.value.argument, caught.value.row) == (kind, "dates", row)
