"""Models beside what customers did: CDNOW's published charts, fits by cohort, charts, refusals."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import polars as pl
import pytest
from published import path

from crm_core import errors
from crm_core.ledger import HoldoutSummary, Ledger, simulate
from crm_core.prediction import (
    Bdw,
    BgBb,
    BgNbd,
    FitOptions,
    GammaGamma,
    ParetoNbd,
    Prior,
    PurchaseModel,
    Sbg,
    fit_cohorts,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.axes import Axes

ACTUAL_FREQUENCY = [1411, 439, 214, 100, 62, 38, 29, 64]
"""Fader, Hardie & Lee (2005), Figure 2."""


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    log = pd.read_csv(path("CDNOW_sample.txt"), sep=r"\s+", names=["who", "number", "when", "pieces", "paid"])
    log["when"] = pd.to_datetime(log["when"].astype(str), format="%Y%m%d")
    return Ledger(log, customer="who", time="when", amount="paid")


@pytest.fixture(scope="module")
def split(ledger: Ledger) -> HoldoutSummary:
    return ledger.calibration_and_holdout("1997-09-30", periods_per_unit=7)


@pytest.fixture(scope="module")
def bg_nbd(split: HoldoutSummary) -> BgNbd:
    return BgNbd().fit(split.table)


@pytest.fixture(scope="module")
def pareto_nbd(split: HoldoutSummary) -> ParetoNbd:
    return ParetoNbd().fit(split.table)


@pytest.fixture(autouse=True)
def _no_display() -> Iterator[None]:
    import matplotlib.pyplot as plt

    mpl.use("Agg")
    yield
    plt.close("all")


def gauss_2f1(a: float, b: float, c: float, z: float) -> float:
    """2F1 by its series, 0 <= z < 1."""
    term = total = 1.0
    for n in range(100_000):
        term *= (a + n) * (b + n) / ((c + n) * (n + 1)) * z
        total += term
        if abs(term) < 1e-17 * abs(total):
            break
    return total


def bg_nbd_mean(model: BgNbd, t: float, x: float = 0, t_x: float = 0, age: float = 0) -> float:
    """Fader, Hardie & Lee (2005), eq. (9) and (10), as they stand."""
    r, alpha, a, b = model.parameters.values()
    z, c = t / (alpha + age + t), a + b + x - 1
    power = ((alpha + age) / (alpha + age + t)) ** (r + x)
    alive = 1 + (x > 0) * a / (b + max(x, 1) - 1) * ((alpha + age) / (alpha + t_x)) ** (r + x)
    return c / (a - 1) * (1 - power * gauss_2f1(r + x, b + x, c, z)) / alive


def pareto_nbd_mean(model: ParetoNbd, t: float) -> float:
    r, alpha, s, beta = model.parameters.values()
    return r * beta / (alpha * (s - 1)) * (1 - (beta / (beta + t)) ** (s - 1))


def test_tracking_of_cdnow(ledger: Ledger, bg_nbd: BgNbd, pareto_nbd: ParetoNbd) -> None:
    weeks = ledger.repeat_purchases(periods_per_unit=7)
    log = pd.read_csv(path("CDNOW_sample.txt"), sep=r"\s+", names=["who", "number", "when", "pieces", "paid"])
    days = log[["who", "when"]].drop_duplicates()
    days["day"] = (pd.to_datetime(days["when"].astype(str)) - pd.Timestamp("1997-01-01")).dt.days
    first = days.groupby("who")["day"].min()
    repeats = days[days["day"] > days["who"].map(first)]
    counted = np.bincount(repeats["day"] // 7, minlength=78)
    np.testing.assert_array_equal(weeks.purchases, counted)
    np.testing.assert_allclose(np.sort(weeks.starts), np.sort(first) / 7, rtol=1e-15)

    for model, mean in ((bg_nbd, bg_nbd_mean), (pareto_nbd, pareto_nbd_mean)):
        told = model.expected_tracking(weeks.starts, 78)
        by_day = first.value_counts()
        for week in (1, 5, 12, 39, 78):
            expected = sum(n * mean(model, week - day / 7) for day, n in by_day.items() if day < 7 * week)  # type: ignore[operator]
            assert told.cumulative[week - 1] == pytest.approx(expected, rel=1e-10)
        np.testing.assert_allclose(np.cumsum(told.incremental), told.cumulative, rtol=1e-12)
    # The paper: both models track the 78 weeks within a few percent.
    assert told.cumulative[-1] / weeks.purchases.sum() == pytest.approx(1, abs=0.02)


def test_frequencies_of_cdnow(split: HoldoutSummary, bg_nbd: BgNbd) -> None:
    found = bg_nbd.frequency_histogram(split.table)
    assert found.actual.tolist() == ACTUAL_FREQUENCY
    assert found.expected.sum() == pytest.approx(2357, rel=1e-12)
    r, alpha, _, _ = bg_nbd.parameters.values()
    nobody = ((alpha / (alpha + split.table["age"])) ** r).sum()
    assert found.expected[0] == pytest.approx(nobody, rel=1e-12)


def test_conditional_expectation_and_errors_of_cdnow(split: HoldoutSummary, bg_nbd: BgNbd) -> None:
    table, duration = split.table, split.duration
    told = np.array(
        [bg_nbd_mean(bg_nbd, duration, *row) for row in table[["frequency", "recency", "age"]].itertuples(index=False)]
    )
    done = table["holdout_frequency"].to_numpy()
    places = np.minimum(table["frequency"].to_numpy(), 7).astype(int)
    found = bg_nbd.conditional_expectation(table, duration)
    assert found.customers.tolist() == ACTUAL_FREQUENCY
    for place in range(8):
        assert found.actual[place] == pytest.approx(done[places == place].mean(), rel=1e-12)
        assert found.expected[place] == pytest.approx(told[places == place].mean(), rel=1e-9)
    error = bg_nbd.holdout_error(table, duration)
    assert (error.customers, error.actual) == (2357, 1882)
    assert error.bias == pytest.approx((told - done).mean(), rel=1e-9)
    assert error.mean_absolute_error == pytest.approx(np.abs(told - done).mean(), rel=1e-9)
    assert error.root_mean_square_error == pytest.approx(np.sqrt(((told - done) ** 2).mean()), rel=1e-9)
    assert error.of_total == pytest.approx(told.sum() / 1882 - 1, rel=1e-9)


def test_one_customer_over_time(bg_nbd: BgNbd) -> None:
    times = pd.Series([2.0, 8.9, 9.0, 30.0], index=list("abcd"))
    curve = bg_nbd.probability_alive_history([2, 4, 9], times)
    assert list(curve.index) == list("abcd")
    assert curve["c"] == bg_nbd.probability_alive(2, 7, 7)
    assert bg_nbd.probability_alive_history([2, 4, 9], 30) == bg_nbd.probability_alive(2, 7, 28)


def cohort_table() -> pl.DataFrame:
    log = simulate(1500, seed=3, library="polars")
    table = Ledger(log, customer="customer", time="time", amount="amount").summary(periods_per_unit=7)
    silent = table.head(20).with_columns(frequency=pl.lit(0), recency=pl.lit(0.0), channel=pl.lit("fair"))
    channels = pl.Series("channel", ["shop", "web", "web"] * len(table)).head(len(table))
    return pl.concat([table.with_columns(channels), silent], how="vertical_relaxed")


def test_a_model_for_each_cohort() -> None:
    table = cohort_table()
    fits = fit_cohorts(BgNbd(), table, "channel")
    assert list(fits.customers) == ["shop", "web", "fair"]
    assert fits.customers["fair"] == 20
    alone = BgNbd().fit(table.filter(pl.col("channel") == "web"))
    assert fits["web"].parameters == alone.parameters
    with pytest.raises(errors.NoSolutionError):
        fits["fair"]
    summary = fits.summary(library="polars")
    assert summary["outcome"].to_list() == ["converged"] * 8 + ["no_solution"]
    assert summary["parameter"].to_list()[:4] == ["r", "alpha", "a", "b"]
    assert len(fits.summary()) == 9
    told = fits.predict(table, 52, discount_rate=0.001)
    web = table["channel"] == "web"
    np.testing.assert_array_equal(
        told.filter(web)["expected_purchases"], alone.predict(table.filter(web), 52)["expected_purchases"]
    )
    assert told.filter(pl.col("channel") == "fair")["probability_alive"].is_nan().all()
    assert fit_cohorts(BgNbd(), table, "channel", options=FitOptions(prior=Prior())).models["web"].customers_ == 1000


def test_cohorts_in_pandas_with_weights() -> None:
    table = cohort_table().to_pandas()
    fits = fit_cohorts(ParetoNbd(), table.assign(weight=2.0), "channel", weights="weight")
    assert isinstance(fits["shop"], ParetoNbd)
    assert fits.customers["shop"] == 1000
    assert isinstance(fits.predict(table, table["age"])["expected_purchases"], pd.Series)


def test_refusals() -> None:
    table = cohort_table()
    with pytest.raises(errors.NotFoundError, match="segment"):
        fit_cohorts(BgNbd(), table, "segment")
    with pytest.raises(errors.MissingValueError, match=r"channel \(row 0\)"):
        fit_cohorts(BgNbd(), table.with_columns(channel=pl.lit(None, pl.String)), "channel")
    with pytest.raises(errors.OutOfRangeError) as caught:
        fit_cohorts(BgNbd(), table.with_columns(age=pl.col("age") - 100), "channel")
    assert caught.value.row is not None
    with pytest.raises(errors.WrongTypeError):
        fit_cohorts(BgNbd, table, "channel")  # type: ignore[type-var]
    fits = fit_cohorts(BgNbd(), table, "channel")
    with pytest.raises(errors.NotFoundError, match="market"):
        fits.predict(table.with_columns(channel=pl.lit("market")), 52)
    with pytest.raises(errors.NotFoundError):
        fits["market"]
    with pytest.raises(errors.CrmError, match="fit it"):
        BgNbd().expected_tracking([0.0], 1)


def lines(ax: Axes) -> list[Any]:
    return [np.asarray(line.get_ydata(), float) for line in ax.get_lines()]


def test_charts_show_what_the_models_say(
    ledger: Ledger, split: HoldoutSummary, bg_nbd: BgNbd, pareto_nbd: ParetoNbd
) -> None:
    weeks = ledger.repeat_purchases(periods_per_unit=7)
    ax = bg_nbd.plot_tracking(weeks, calibration=39)
    told = bg_nbd.expected_tracking(weeks.starts, 78).incremental
    assert any(len(line) == 78 and np.array_equal(line, told) for line in lines(ax))
    ax = pareto_nbd.plot_tracking(weeks, cumulative=True)
    assert any(len(line) == 78 and line[-1] == weeks.purchases.sum() for line in lines(ax))
    ax = bg_nbd.plot_frequency(split.table, most=5)
    assert len(ax.get_xticklabels()) == 6
    ax = bg_nbd.plot_conditional_expectation(split.table, split.duration, most=4)
    assert lines(ax)[0][0] == pytest.approx(0.2367116, abs=1e-7)


@pytest.mark.parametrize("model", [BgNbd(0.24, 4.4, 0.8, 2.4), BgBb(1.2, 0.75, 0.66, 2.8)])
def test_maps_and_histories(model: PurchaseModel) -> None:
    ax = model.plot_probability_alive_matrix(age=6, frequency=4)
    shown = np.ma.filled(ax.collections[0].get_array(), np.nan).reshape(5, -1)  # type: ignore[union-attr]
    assert shown[0, 0] == model.probability_alive(0, 0, 6)
    assert np.isnan(shown[0, 1:]).all()
    assert np.isnan(shown[1:, 0]).all()
    assert shown[4, -1] == model.probability_alive(4, 6, 6)
    if isinstance(model, BgBb):
        assert shown.shape == (5, 7)
        assert np.isnan(shown[3, 2])
    ax = model.plot_expected_purchases_matrix(horizon=5, age=6, frequency=4)
    shown = np.ma.filled(ax.collections[0].get_array(), np.nan).reshape(5, -1)  # type: ignore[union-attr]
    assert shown[2, -1] == model.expected_purchases(5, 2, 6, 6)
    ax = model.plot_history([0, 2, 3], until=9)
    assert lines(ax)[0][-1] == model.probability_alive(2, 3, 9)


def test_spend_and_retention_charts(split: HoldoutSummary) -> None:
    spend = GammaGamma().fit(split.table)
    ax = spend.plot_spend_density(split.table)
    curve = ax.get_lines()[0]
    area = np.trapezoid(np.asarray(curve.get_ydata(), float), np.asarray(curve.get_xdata(), float))
    assert 0.93 < area < 1
    survivors = [1000, 869, 743, 653, 593, 551, 517, 491]
    for model in (Sbg().fit(survivors), Bdw().fit(survivors)):
        actual, expected = lines(model.plot_retention(survivors, renewals=12))[:2]
        assert (len(actual), len(expected)) == (8, 13)
        assert expected[12] == model.survival(12)
        actual, expected = lines(model.plot_retention(survivors, rates=True))[:2]
        assert actual[0] == pytest.approx(0.869)
        assert expected[0] == model.retention_rate(1)
    assert math.isfinite(area)
