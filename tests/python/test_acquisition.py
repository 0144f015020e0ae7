"""Customer equity and tornado tables: kinds of numbers, what callables may do, bad input."""

from __future__ import annotations

import pickle
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from crm_core import clv, errors
from crm_core.clv import Change, CustomerModel, Domain, EquityModel, RateOutcome, ResponseCurve, Timing

MODEL = EquityModel(50, 0.2, ResponseCurve(0.4, 0.14), ResponseCurve(0.7, 0.085))
CUSTOMER = CustomerModel(
    margin=100,
    retention=0.8,
    discount_rate=0.1,
    growth=0,
    periods=10,
    referral_rate=0.05,
    referred_value=200,
    maintenance_cost=12,
    marketing_cost=8,
    acquisition_cost=90,
)


def test_a_decimal_anywhere_gives_decimals() -> None:
    exact = EquityModel(Decimal(50), 0.2, MODEL.acquisition, MODEL.retention)
    assert type(exact.optimum().equity) is Decimal
    assert type(exact.at(5, 10).retention.rate) is Decimal
    assert type(MODEL.optimum(Decimal(10)).budget_value) is Decimal
    assert type(MODEL.optimum(10).equity) is float
    assert float(exact.optimum().acquisition.spend) == MODEL.optimum().acquisition.spend
    table = clv.tornado("group_value", {"customers": 20, "lifetime_value": Decimal(50)})
    assert type(table.base_value) is type(table.sensitivities[0].swing) is Decimal
    assert type(ResponseCurve.through(spend=Decimal(5), rate=0.2, ceiling=0.4).steepness) is Decimal


def test_by_column_and_one_by_one() -> None:
    margins = np.array([50.0, 30.0, 10.0])
    spends = clv.optimal_retention_spend(margins, 0.7, 0.085, 0.2)
    values = clv.acquired_customer_value(margins, MODEL.retention.rate(spends), spends, 0.2)
    acquisition = clv.optimal_acquisition_spend(values, 0.4, 0.14)
    for margin, kept, won in zip(margins, spends, acquisition, strict=True):
        plan = EquityModel(margin, 0.2, MODEL.acquisition, MODEL.retention).optimum()
        assert (plan.retention.spend, plan.acquisition.spend) == pytest.approx((kept, won), abs=1e-12)
    assert plan.acquisition.corner
    assert plan.retention.corner


def test_refused() -> None:
    with pytest.raises(errors.OutOfRangeError, match="steepness is 0"):
        EquityModel(50, 0.2, MODEL.acquisition, ResponseCurve(0.7, 0)).optimum()
    with pytest.raises(errors.OutOfRangeError, match="budget is 0"):
        MODEL.optimum(0)
    with pytest.raises(errors.NotFiniteError, match="margin"):
        EquityModel(float("nan"), 0.2, MODEL.acquisition, MODEL.retention).optimum()
    with pytest.raises(errors.WrongTypeError, match="acquisition_spend"):
        MODEL.at("5", 10)  # type: ignore[arg-type]
    with pytest.raises(errors.OutOfRangeError, match=r"rate is 0\.4"):
        ResponseCurve.through(spend=5, rate=0.4, ceiling=0.4)


def test_results_pickle() -> None:
    for result in (MODEL, MODEL.optimum(), CUSTOMER, CUSTOMER.tornado()):
        assert pickle.loads(pickle.dumps(result)) == result


def test_a_callable_is_moved_like_the_kernel() -> None:
    base = {"margin": 100, "retention": 0.8, "discount_rate": 0.1, "growth": 0.02}
    domains = {"retention": Domain.PROBABILITY, "discount_rate": Domain.RATE}
    seen: list[dict[str, Any]] = []

    def value(**arguments: Any) -> Any:
        seen.append(arguments)
        return clv.retention_value(**arguments)

    by_kernel = clv.tornado("retention_value", base)
    by_callable = clv.tornado(value, base, domains=domains)
    assert {type(x) for arguments in seen for x in arguments.values()} == {float}
    for one, other in zip(by_kernel.sensitivities, by_callable.sensitivities, strict=True):
        assert one.name == other.name
        assert one.swing == pytest.approx(other.swing, rel=1e-12)
        assert one.elasticity == pytest.approx(other.elasticity, rel=1e-8)
    exact = clv.tornado(value, {name: Decimal(str(x)) for name, x in base.items()}, domains=domains)
    assert [row.swing for row in exact.sensitivities] == [
        row.swing for row in clv.tornado("retention_value", {k: Decimal(str(v)) for k, v in base.items()}).sensitivities
    ]


def test_what_a_callable_raises_comes_through() -> None:
    def value(x: float) -> float:
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        clv.tornado(value, {"x": 1})
    with pytest.raises(errors.WrongTypeError, match="function"):
        clv.tornado(lambda x: "much", {"x": 1})
    with pytest.raises(errors.NotFiniteError, match="function"):
        clv.tornado(lambda x: float("nan"), {"x": 1})


def test_ends_are_clipped_to_the_domain_and_counts_move_by_whole_numbers() -> None:
    table = clv.tornado(
        lambda keep, years: keep * years,
        {"keep": 0.9, "years": 5},
        change=0.3,
        domains={"keep": Domain.PROBABILITY, "years": Domain.COUNT},
    )
    rows = {row.name: row for row in table.sensitivities}
    assert (rows["keep"].high, rows["keep"].clipped_high, rows["keep"].clipped_low) == (1.0, True, False)
    assert (rows["years"].low, rows["years"].high) == (3.0, 7.0)


def test_a_customer_moves_by_seven_factors() -> None:
    table = CUSTOMER.tornado(changes={"growth": Change.absolute(0.02), "margin": 0.1})
    assert sorted(row.name for row in table.sensitivities) == sorted([*CustomerModel.FACTORS, "margin"])
    assert table.base_value == pytest.approx(CUSTOMER.value(), rel=1e-14)
    growth = next(row for row in table.sensitivities if row.name == "growth")
    assert (growth.low, growth.high, growth.elasticity) == (-0.02, 0.02, None)


@pytest.mark.parametrize(
    ("library", "kind"), [("pandas", pd.DataFrame), ("polars", pl.DataFrame), ("pyarrow", pa.Table)]
)
def test_the_table_is_of_the_library_that_is_asked_for(library: str, kind: type) -> None:
    table = CUSTOMER.tornado().table(library)
    assert isinstance(table, kind)
    assert table.shape == (7, 10)


@pytest.mark.parametrize(
    ("call", "error", "match"),
    [
        (lambda: clv.tornado("group_value", {"customers": 2}), errors.NotFoundError, "lifetime_value"),
        (lambda: clv.tornado("group_value", {"margin": 2}), errors.NotFoundError, "margin"),
        (lambda: clv.tornado("unheard_of", {"x": 2}), errors.NotFoundError, "unheard_of"),
        (lambda: clv.tornado(lambda x: x, {"x": 2}, changes={"y": 1}), errors.NotFoundError, "'y'"),
        (lambda: clv.tornado(lambda x: x, {"x": 2}, factors=["y"]), errors.NotFoundError, "'y'"),
        (lambda: clv.tornado(lambda x: x, {"x": 2}, factors=[]), errors.EmptyError, "factors"),
        (lambda: clv.tornado(lambda x: x, {"x": 2}, change=-0.1), errors.OutOfRangeError, "x is -0.1"),
        (lambda: clv.tornado(lambda x: x, {"x": "2"}), errors.WrongTypeError, "x"),
        (lambda: clv.tornado(7, {"x": 2}), errors.WrongTypeError, "function"),
    ],
)
def test_refused_tables(call: Any, error: type[Exception], match: str) -> None:
    with pytest.raises(error, match=match):
        call()


FLOWS = {"a": [-400.0, 10.0, -1000.0, None], "b": [220.0, 20.0, 2300.0, 1.0], "c": [242.0, 30.0, -1320.0, 2.0]}
WHY = ["unique", "no_sign_change", "several_sign_changes", "missing"]
KINDS = {"pandas": pd.Series, "polars": pl.Series, "pyarrow": pa.ChunkedArray}


@pytest.mark.parametrize("kind", KINDS)
def test_pay_back_and_rates_of_tables(kind: str) -> None:
    table = {
        "pandas": lambda: pd.DataFrame(FLOWS, index=list("wxyz")).astype("Float64"),
        "polars": lambda: pl.DataFrame(FLOWS),
        "pyarrow": lambda: pa.table(FLOWS),
    }[kind]()
    found = clv.internal_rates(table)
    assert isinstance(found.rate, KINDS[kind])
    rates = found.rate.to_pylist() if kind == "pyarrow" else found.rate.to_list()
    outcomes = found.outcome.to_pylist() if kind == "pyarrow" else found.outcome.to_list()
    assert rates[0] == pytest.approx(0.1)
    assert outcomes == WHY == list(RateOutcome)
    assert rates[3] is None or rates[3] is pd.NA
    periods = clv.paybacks(table, 0, Timing.START)
    listed = periods.to_pylist() if kind == "pyarrow" else periods.to_list()
    assert listed[:3] == pytest.approx([1 + 180 / 242, 0.0, 1 - 1300 / 2300])
    assert listed[3] is None or listed[3] is pd.NA
    if kind == "pandas":
        assert found.outcome.index.tolist() == list("wxyz")


def test_never_is_infinite_and_indexes_must_agree() -> None:
    flows = pd.DataFrame({"a": [-4.0, -4.0], "b": [1.0, 8.0]})
    assert clv.paybacks(flows, pd.Series([0.0, 0.0]), Timing.END).tolist() == [np.inf, 1.5]
    with pytest.raises(errors.LengthMismatchError, match="discount_rate"):
        clv.paybacks(flows, pd.Series([0.0, 0.0], index=[1, 0]), Timing.END)
    with pytest.raises(errors.NotFiniteError) as caught:
        clv.internal_rates(np.array([[1.0, -1.0], [1.0, np.inf]]))
    assert caught.value.row == 1
