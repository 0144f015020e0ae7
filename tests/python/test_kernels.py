"""Every kernel, through every kind of number and column."""

from __future__ import annotations

import importlib
import multiprocessing
import pickle
import threading
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import crm_core as crm
from crm_core import _core, clv, errors

KERNELS = _core.kernels()
NAN, INF = float("nan"), float("inf")
MARGIN = [100.0, 250.5, -3.0, 0.0, 12.25]
CHURN = [0.2, 0.5, 1.0, 0.01, 0.3]
EXPECTED = [crm.clv.lost_for_good(m, c, 0.1) for m, c in zip(MARGIN, CHURN, strict=True)]
GAP = [100.0, None, -3.0, 0.0, 12.25]


def value(margin: Any, churn: Any = 0.2, discount_rate: Any = 0.1) -> Any:
    return crm.clv.lost_for_good(margin, churn, discount_rate)


@pytest.mark.parametrize(("name", "module", "arguments"), KERNELS)
def test_every_kernel_is_public(name: str, module: str, arguments: list[str]) -> None:
    public = importlib.import_module(f"crm_core.{module}")
    assert name in public.__all__
    code = getattr(public, name).__code__
    assert list(code.co_varnames[: code.co_argcount]) == arguments


@pytest.mark.parametrize(("name", "module", "arguments"), KERNELS)
def test_nan_in_nan_out(name: str, module: str, arguments: list[str]) -> None:
    function = getattr(importlib.import_module(f"crm_core.{module}"), name)
    assert np.isnan(function(*[NAN] * len(arguments)))
    assert np.isnan(function(*[np.array([NAN, NAN])] * len(arguments))).all()


def kinds() -> dict[str, Any]:
    wide = np.column_stack([MARGIN, CHURN])
    return {
        "numpy": (np.array(MARGIN), np.array(CHURN)),
        "strided": (wide[:, 0], wide[:, 1]),
        "reversed": (np.array(MARGIN[::-1])[::-1], np.array(CHURN[::-1])[::-1]),
        "big-endian": (np.array(MARGIN, dtype=">f8"), np.array(CHURN, dtype=">f8")),
        "objects": (np.array([Decimal(str(m)) for m in MARGIN]), np.array(CHURN, dtype=object)),
        "list": (MARGIN, tuple(CHURN)),
        "pandas": (pd.Series(MARGIN), pd.Series(CHURN)),
        "pandas nullable": (pd.Series(MARGIN, dtype="Float64"), pd.Series(CHURN, dtype="Float64")),
        "pandas arrow": (pd.Series(MARGIN, dtype="double[pyarrow]"), pd.Series(CHURN, dtype="double[pyarrow]")),
        "polars": (pl.Series(MARGIN), pl.Series(CHURN)),
        "polars chunks": (pl.Series(MARGIN[:2]).append(pl.Series(MARGIN[2:])), pl.Series(CHURN)),
        "polars decimal": (pl.Series(MARGIN).cast(pl.Decimal(10, 2)), pl.Series(CHURN)),
        "pyarrow": (pa.array(MARGIN), pa.array(CHURN)),
        "pyarrow slice": (pa.array([0.0, *MARGIN])[1:], pa.array(CHURN)),
        "pyarrow chunks": (pa.chunked_array([MARGIN[:1], [], MARGIN[1:]]), pa.chunked_array([CHURN])),
    }


@pytest.mark.parametrize("kind", kinds())
def test_a_column_of_each_kind_gives_the_same_kind_and_bits(kind: str) -> None:
    margin, churn = kinds()[kind]
    result = value(margin, churn)
    assert type(result) is (np.ndarray if kind == "list" else type(margin))
    assert np.asarray(result).tolist() == EXPECTED


def test_scalars() -> None:
    assert type(value(100)) is type(value(np.float32(100))) is type(value(np.int64(100))) is float
    assert value(100) == value(np.int64(100)) == value(100.0) == EXPECTED[0]
    exact = value(Decimal(100), Decimal("0.2"), Decimal("0.1"))
    assert round(exact, 12) == Decimal("379.078676940845")
    assert value(100, Decimal("0.2"), 0.1) == exact


def test_the_name_and_the_index_stay() -> None:
    margin = pd.Series(MARGIN, index=list("abcde"), name="margin")
    assert value(margin).name == "margin"
    assert value(margin).index.equals(margin.index)
    assert value(pl.Series("margin", MARGIN)).name == "margin"
    with pytest.raises(errors.LengthMismatchError, match="same index as margin"):
        value(margin, pd.Series(CHURN))


def test_a_series_decides_over_an_array() -> None:
    assert isinstance(value(np.array(MARGIN), pd.Series(CHURN)), pd.Series)
    assert isinstance(value(MARGIN, pl.Series(CHURN)), pl.Series)


def test_null_in_null_out() -> None:
    assert value(pl.Series(GAP)).to_list() == [value(100.0), None, *value(GAP[2:])]
    assert value(pa.array(GAP)).to_pylist()[1] is None
    assert value(pd.Series(GAP, dtype="Float64"))[1] is pd.NA
    assert value(pd.Series(GAP, dtype="double[pyarrow]"))[1] is pd.NA
    assert np.isnan(value(pd.Series(GAP))[1])
    assert value(np.ma.array(MARGIN, mask=[0, 1, 0, 0, 0])).mask.tolist() == [False, True, False, False, False]
    assert value(pl.Series([None, None])).to_list() == [None, None]
    assert value(pa.nulls(2)).to_pylist() == [None, None]


def test_nan_is_not_null() -> None:
    assert np.isnan(value(pl.Series([NAN, None]))[0])
    assert value(pa.array([NAN, None])).is_null().to_pylist() == [False, True]
    assert not value(pd.Series(pd.arrays.FloatingArray(np.array([NAN, 1.0]), np.array([False, True])))).isna()[0]


def test_empty_columns() -> None:
    assert value(np.array([])).shape == (0,)
    assert value([]).shape == (0,)
    assert len(value(pl.Series([], dtype=pl.Float64))) == 0
    assert len(value(pa.array([], pa.float64()))) == len(value(pa.chunked_array([], pa.float64()))) == 0


@pytest.mark.parametrize(
    ("margin", "churn", "rate", "error", "argument", "row"),
    [
        (100.0, 1.2, 0.1, errors.OutOfRangeError, "churn", None),
        (100.0, 0.0, 0.1, errors.OutOfRangeError, "churn", None),
        (100.0, 0.2, -1.0, errors.OutOfRangeError, "discount_rate", None),
        (INF, 0.2, 0.1, errors.NotFiniteError, "margin", None),
        (Decimal("Infinity"), Decimal("0.2"), 0.1, errors.NotFiniteError, "margin", None),
        (Decimal(1).scaleb(40), 0.2, 0.1, errors.NumberOverflowError, "margin", None),
        (10**400, 0.2, 0.1, errors.NumberOverflowError, "margin", None),
        ("100", 0.2, 0.1, errors.WrongTypeError, "margin", None),
        (None, 0.2, 0.1, errors.WrongTypeError, "margin", None),
        (True, 0.2, 0.1, errors.WrongTypeError, "margin", None),
        ([100.0, INF], 0.2, 0.1, errors.NotFiniteError, "margin", 1),
        ([100.0, 1.0], [0.2, 1.2], 0.1, errors.OutOfRangeError, "churn", 1),
        ([100.0, 1.0], [0.2], 0.1, errors.LengthMismatchError, "churn", None),
        ([100.0, 1.0], "0.2", 0.1, errors.WrongTypeError, "churn", None),
        (["100", "1"], 0.2, 0.1, errors.WrongTypeError, "margin", None),
        ([100.0, 1j], 0.2, 0.1, errors.WrongTypeError, "margin", None),
        ([True, False], 0.2, 0.1, errors.WrongTypeError, "margin", None),
        (np.array([1.0, "x"], dtype=object), 0.2, 0.1, errors.WrongTypeError, "margin", 1),
        (np.ones((2, 2)), 0.2, 0.1, errors.WrongTypeError, "margin", None),
        (pd.Series(["a"]), 0.2, 0.1, errors.WrongTypeError, "margin", None),
        (pd.Series([True]), 0.2, 0.1, errors.WrongTypeError, "margin", None),
        (pd.Series(pd.to_datetime(["2020-01-01"])), 0.2, 0.1, errors.WrongTypeError, "margin", None),
        (pl.Series(["a"]), 0.2, 0.1, errors.WrongTypeError, "margin", None),
        (pa.array([True]), 0.2, 0.1, errors.WrongTypeError, "margin", None),
    ],
)
def test_bad_input(margin: Any, churn: Any, rate: Any, error: type[Exception], argument: str, row: int | None) -> None:
    with pytest.raises(error) as caught:
        value(margin, churn, rate)
    assert (caught.value.argument, caught.value.row) == (argument, row)
    assert argument in str(caught.value)


def test_the_exception_classes_are_those_of_the_core() -> None:
    kinds = list(errors.ErrorKind)
    for code, name in _core.error_kinds():
        exception = getattr(errors, name)
        assert exception.kind is kinds[code - 1]
        assert issubclass(exception, errors.CrmError)
    assert len(kinds) == len(_core.error_kinds()) == len(errors.__all__) - 2


def test_errors_pickle() -> None:
    with pytest.raises(errors.OutOfRangeError) as caught:
        value([1.0, 2.0], [0.2, 7.0])
    copy = pickle.loads(pickle.dumps(caught.value))
    assert type(copy) is errors.OutOfRangeError
    assert (str(copy), copy.argument, copy.row, copy.value) == (str(caught.value), "churn", 1, "7")


def test_the_lock_is_released() -> None:
    """Another thread runs while a long call does."""
    progress = 0
    stop = threading.Event()

    def count() -> None:
        nonlocal progress
        while not stop.is_set():
            progress += 1

    margin = np.full(8_000_000, 100.0)
    out = np.empty_like(margin)
    thread = threading.Thread(target=count)
    thread.start()
    try:
        before = progress
        _core.evaluate_columns("lost_for_good", [margin, 0.2, 0.1], out)
        during = progress - before
    finally:
        stop.set()
        thread.join()
    # With the lock held throughout, the thread could run only at the two hand-overs.
    assert during > 1_000


def long_column() -> float:
    return float(value(np.full(1_000_000, 100.0)).sum())


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_a_forked_process_has_threads_of_its_own() -> None:
    expected = long_column()
    with multiprocessing.get_context("fork").Pool(2) as pool:
        results = [pool.apply_async(long_column) for _ in range(2)]
        assert [result.get(timeout=30) for result in results] == [expected, expected]


def test_every_pandas_index_is_compared_even_if_another_kind_leads() -> None:
    margin, churn = pd.Series([100.0, 120.0]), pd.Series([0.2, 0.3], index=[1, 0])
    with pytest.raises(errors.LengthMismatchError) as caught:
        clv.lost_for_good(margin, churn, pl.Series([0.1, 0.1]))
    assert caught.value.argument == "churn"
