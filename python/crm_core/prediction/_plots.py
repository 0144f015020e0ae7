"""Charts of fitted models: each calls one function of the model and one of :mod:`crm_core.plotting`."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from crm_core._columns import read
from crm_core._options import LARGEST_INDEX, integer, number
from crm_core._tables import frame_of
from crm_core.prediction._checking import ModelChecks
from crm_core.prediction._fitted import required_columns
from crm_core.units import Language

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike, NDArray

    from crm_core._tables import Table
    from crm_core.ledger import RepeatPurchases

    Floats = NDArray[np.float64]

_POINTS = 240
"""Points of a smooth curve, and recencies of a map."""


class ModelPlots(ModelChecks):
    """Charts of a model of purchases. Each takes and gives matplotlib ``Axes``; ``periods`` names the unit of time."""

    _whole_time: bool = False
    """Whether the model counts opportunities."""

    if TYPE_CHECKING:

        def probability_alive(self, frequency: Any, recency: Any, age: Any) -> Any: ...
        def expected_purchases(self, horizon: Any, frequency: Any, recency: Any, age: Any) -> Any: ...

    def plot_tracking(
        self,
        repeats: RepeatPurchases,
        *,
        calibration: float | None = None,
        cumulative: bool = False,
        periods: str | None = None,
        ax: Axes | None = None,
        language: Language = Language.EN,
    ) -> Axes:
        """Draw the repeat purchases of each period beside those that the model expects.

        Parameters
        ----------
        repeats : RepeatPurchases
            From :meth:`crm_core.ledger.Ledger.repeat_purchases`, in the model's unit of time.
        calibration
            After how many of its periods the data end that the model was fitted to.
        cumulative
            Draw running totals.
        """
        from crm_core import plotting

        expected = self.expected_tracking(repeats.starts, len(repeats.purchases), period=repeats.length)
        return plotting.tracking(
            repeats.purchases,
            expected.incremental,
            calibration=calibration,
            cumulative=cumulative,
            periods=periods,
            ax=ax,
            language=language,
        )

    def plot_frequency(
        self,
        customers: Table,
        *,
        most: int = 7,
        ax: Axes | None = None,
        language: Language = Language.EN,
        **columns: Any,
    ) -> Axes:
        """Draw how many customers made 0, 1, 2, ... repeat purchases, and how many the model expects.

        ``columns`` are the names of the columns, as of :meth:`PurchaseModel.frequency_histogram`.
        """
        from crm_core import plotting

        histogram = self.frequency_histogram(customers, most=most, **columns)
        return plotting.frequency_histogram(histogram.actual, histogram.expected, ax=ax, language=language)

    def plot_conditional_expectation(
        self,
        customers: Table,
        duration: Any,
        *,
        most: int = 7,
        ax: Axes | None = None,
        language: Language = Language.EN,
        **columns: Any,
    ) -> Axes:
        """Draw mean purchases in the holdout by purchases before, beside those that the model expects.

        ``columns`` are the names of the columns, as of :meth:`PurchaseModel.conditional_expectation`.
        """
        from crm_core import plotting

        means = self.conditional_expectation(customers, duration, most=most, **columns)
        return plotting.conditional_expectation(means.actual, means.expected, ax=ax, language=language)

    def plot_probability_alive_matrix(
        self,
        age: float,
        *,
        frequency: int = 20,
        periods: str | None = None,
        ax: Axes | None = None,
        language: Language = Language.EN,
    ) -> Axes:
        """Draw P(alive) of customers of one age by recency and frequency, from 0 to ``frequency``."""
        from crm_core import plotting

        values = self._map(age, frequency, self.probability_alive)
        return plotting.recency_frequency(
            values,
            measure="probability_alive",
            age=age,
            periods=periods,
            ax=ax,
            language=language,
        )

    def plot_expected_purchases_matrix(
        self,
        horizon: float,
        age: float,
        *,
        frequency: int = 20,
        periods: str | None = None,
        ax: Axes | None = None,
        language: Language = Language.EN,
    ) -> Axes:
        """Draw the purchases expected within ``horizon`` of customers of one age by recency and frequency."""
        from crm_core import plotting

        values = self._map(age, frequency, partial(self.expected_purchases, horizon))
        return plotting.recency_frequency(
            values,
            measure="expected_purchases",
            age=age,
            periods=periods,
            ax=ax,
            language=language,
        )

    def plot_history(
        self,
        purchases: ArrayLike,
        until: float,
        *,
        periods: str | None = None,
        ax: Axes | None = None,
        language: Language = Language.EN,
    ) -> Axes:
        """Draw P(alive) of one customer from its first purchase on.

        Parameters
        ----------
        purchases : column
            The times of all its purchases, the first one too, in rising order, in the model's unit of time.
        until : float
            Where the curve ends, on the same clock.
        """
        from crm_core import plotting

        bought = np.asarray(read("purchases", purchases).required("purchases"))
        end = number("until", until)
        if self._whole_time:
            times = np.arange(bought.min(initial=end), end + 1)
        else:
            # A purchase makes the curve jump: it is drawn up to it, and on from it.
            before = np.nextafter(bought[1:], -np.inf)
            times = np.union1d(np.linspace(bought.min(initial=end), end, _POINTS), np.append(bought, before))
            times = times[(times >= bought.min(initial=end)) & (times <= end)]
        alive = self.probability_alive_history(bought, times)
        shown = bought[bought <= end]
        return plotting.alive_history(times, alive, purchases=shown, periods=periods, ax=ax, language=language)

    def _map(self, age: float, frequency: int, predict: Callable[[Floats, Floats, Floats], Any]) -> NDArray[np.float64]:
        """Predict by frequency (rows) and recency (columns); NaN where no customer can be.

        One who bought again has a recency, and in whole time not more purchases than opportunities.
        """
        most = integer("frequency", frequency, least=1, greatest=LARGEST_INDEX)
        length = number("age", age)
        recencies = np.arange(length + 1) if self._whole_time else np.linspace(0, length, _POINTS // 2)
        x, t_x = np.meshgrid(np.arange(most + 1.0), recencies, indexing="ij")
        nobody = ((x == 0) != (t_x == 0)) | (self._whole_time & (x > t_x))
        somebody = predict(x[~nobody], t_x[~nobody], np.full(int((~nobody).sum()), length))
        values = np.full(x.shape, np.nan)
        values[~nobody] = somebody
        return values


class SpendPlots:
    """Charts of a model of spend."""

    if TYPE_CHECKING:

        def log_density(self, frequency: Any, mean_spend: Any) -> Any: ...

    def plot_spend_density(
        self,
        customers: Table,
        *,
        frequency: str = "frequency",
        mean_spend: str = "mean_spend",
        ax: Axes | None = None,
        language: Language = Language.EN,
    ) -> Axes:
        """Draw the mean spend of the customers who bought again, and the model's density over it.

        The density is the mean of those that belong to each customer's number of purchases. The chart ends at the 99 %
        quantile of the observed spend.

        Parameters
        ----------
        customers : table
            One row per customer, as :meth:`crm_core.ledger.Ledger.summary` gives it.
        frequency, mean_spend : str
            The names of the columns.
        """
        from crm_core import plotting

        x, m = required_columns(frame_of(customers, "customers"), {"frequency": frequency, "mean_spend": mean_spend})
        bought, spent = x[x > 0], m[x > 0]
        end = float(np.quantile(spent, 0.99)) if len(spent) else 1.0
        points = np.linspace(0, end, _POINTS + 1)[1:]
        counts, weights = np.unique(bought, return_counts=True)
        density = np.zeros_like(points)
        for count, weight in zip(counts, weights, strict=True):
            density += weight / len(bought) * np.exp(self.log_density(count, points))
        return plotting.spend_density(points, density, observed=spent, ax=ax, language=language)


class RenewalPlots:
    """Charts of a model of customers under contract."""

    at_risk_: list[float]
    lost_: list[float]

    if TYPE_CHECKING:

        def survival(self, renewals: Any) -> Any: ...
        def retention_rate(self, renewal: Any) -> Any: ...

    def plot_retention(
        self,
        survivors: Sequence[float],
        *,
        renewals: int | None = None,
        rates: bool = False,
        calibration: float | None = None,
        periods: str | None = None,
        ax: Axes | None = None,
        language: Language = Language.EN,
    ) -> Axes:
        """Draw who is left of a cohort after each renewal, beside the model.

        Parameters
        ----------
        survivors : sequence of float
            How many customers the cohort had at first, after the first renewal, after the second, ...
        renewals : int, optional
            How far the model is drawn; by default as far as the cohort.
        rates : bool
            Draw the retention rate of each renewal instead: who stayed of those who came to it.
        calibration
            The last renewal that the model was fitted to.
        """
        from crm_core import plotting

        left = np.asarray(read("survivors", survivors).required("survivors"))
        last = len(left) - 1 if renewals is None else integer("renewals", renewals, least=1, greatest=LARGEST_INDEX)
        if rates:
            actual, expected = left[1:] / left[:-1], self.retention_rate(np.arange(1.0, last + 1))
        else:
            actual, expected = left / left[:1], self.survival(np.arange(0.0, last + 1))
        return plotting.retention_curve(
            actual,
            expected,
            measure="retention" if rates else "survival",
            calibration=calibration,
            periods=periods,
            ax=ax,
            language=language,
        )
