"""How sure the predictions of models of purchases are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw

from crm_core import _core
from crm_core._options import LARGEST_COUNT, LARGEST_INDEX, integer, library_name, member
from crm_core._tables import frame_of
from crm_core.prediction._fitted import Estimate, FitOptions, Fitted, columns_of, option_parts
from crm_core.prediction._uncertainty import (
    Bootstrap,
    Intervals,
    PurchasePrediction,
    bootstrap_of,
    draws_table,
    intervals_over,
    numbers_of,
    total_over,
)

if TYPE_CHECKING:
    from crm_core._tables import Table

Numbers = Any
"""One number for all customers, or a column."""


class PurchaseUncertainty(Fitted):
    """Intervals, totals, draws and bootstraps of a fitted model, and histories that it makes.

    All that intervals, totals and draws take as uncertain are the parameters, not what customers of known parameters
    will do by chance: the purchases of one customer vary more than their expectation is uncertain.
    """

    _core_model: _core.PurchaseModel

    def interval(
        self,
        prediction: PurchasePrediction | str,
        horizon: Numbers = 0,
        frequency: Numbers = 0,
        recency: Numbers = 0,
        age: Numbers = 0,
        *,
        purchases: Numbers = 0,
        discount_rate: Numbers = 0.0,
        level: float = 0.95,
    ) -> Intervals:
        """Give a prediction with its standard error and its interval, by the delta method.

        The standard error is ``sqrt(g' C g)`` with g the derivatives of the prediction by the logarithms of the
        parameters and C their covariance. The interval of a probability is symmetric in its log-odds, that of expected
        purchases in their logarithm, so that both stay where they can be.

        Parameters
        ----------
        prediction : PurchasePrediction
            Which one.
        horizon, frequency, recency, age : float or column
            As of the method of that name.
        purchases, discount_rate : float or column
            For the predictions that know them.
        level : float
            With which probability the interval holds the truth.

        Returns
        -------
        Intervals
            Of the caller's own kind; NaN where the fit is at the boundary.

        Examples
        --------
        >>> from crm_core.ledger import Ledger, simulate
        >>> from crm_core.prediction import BgNbd
        >>> log = simulate(2000, seed=1, library="polars")
        >>> customers = Ledger(log, customer="customer", time="time", amount="amount").summary(periods_per_unit=7)
        >>> found = BgNbd().fit(customers).interval("expected_purchases", 52)  # of a new customer
        >>> found.lower < found.estimate < found.upper
        True
        """
        model, name = self._uncertain(), member("prediction", PurchasePrediction, prediction).value

        def predict(values: dict[str, Any], out: Any) -> None:
            model.intervals(name, *_parts(values), level, out)

        given = {"frequency": frequency, "recency": recency, "age": age, "horizon": horizon}
        return intervals_over(predict, given | {"purchases": purchases, "discount_rate": discount_rate})

    def total(
        self,
        customers: Table,
        horizon: Numbers,
        prediction: PurchasePrediction | str = PurchasePrediction.EXPECTED_PURCHASES,
        *,
        purchases: Numbers = 0,
        discount_rate: Numbers = 0.0,
        level: float = 0.95,
        draws: int | None = None,
        seed: int | None = None,
        frequency: str = "frequency",
        recency: str = "recency",
        age: str = "age",
    ) -> Estimate:
        """Give the sum of a prediction over all customers of a table, with its interval.

        Errors of customers are not independent, since all hang on the same parameters: that is counted in. Of
        ``probability_alive`` the sum is the number of customers who are expected to be alive.

        Parameters
        ----------
        customers : table
            One row per customer, without missing values.
        horizon, purchases, discount_rate : float or column
            As of :meth:`interval`.
        prediction : PurchasePrediction
            What is summed.
        level : float
            With which probability the interval holds the truth.
        draws, seed : int, optional
            Take the interval from the sums under so many drawn parameters instead of the delta method: truer where
            sums are skewed.

        Raises
        ------
        MissingValueError
            For a row with a missing value.
        NoSolutionError
            For draws from a fit at the boundary.
        """
        history = columns_of(frame_of(customers, "customers"), {"frequency": frequency, "recency": recency, "age": age})
        model, name = self._uncertain(), member("prediction", PurchasePrediction, prediction).value
        given = history | {"horizon": horizon, "purchases": purchases, "discount_rate": discount_rate}
        return total_over(lambda values, how: model.total(name, *_parts(values), how), given, level, draws, seed)

    def draws(self, count: int, *, seed: int, library: str = "pandas") -> Any:
        """Draw parameters from the distribution that the fit leaves them, one row per draw.

        Their logarithms are normal around those of the fitted ones, with the covariance of the fit. The same seed
        gives the same draws, and more draws do not change the first ones.

        Raises
        ------
        NoSolutionError
            For a fit at the boundary, which has no such distribution.
        """
        return draws_table(self._names, self._uncertain().draws, count, seed, library)

    def simulate(self, ages: Numbers, *, seed: int, library: str = "pandas") -> Any:
        """Make customers of these ages: a table of ``frequency``, ``recency`` and ``age``, ready for :meth:`fit`.

        Each has rates and probabilities of its own, drawn as the model says. The same seed gives the same customers,
        and more customers do not change the first ones.

        Examples
        --------
        >>> from crm_core.prediction import ParetoNbd
        >>> ParetoNbd(0.55, 10.6, 0.61, 11.7).simulate([39] * 3, seed=7, library="polars").columns
        ['frequency', 'recency', 'age']
        """
        self._required()
        values = numbers_of("ages", ages)
        drawn = integer("seed", seed, greatest=LARGEST_COUNT)
        frequency, recency = _core.purchase_model_simulate(self._core_model, values, drawn)
        columns = {"frequency": frequency, "recency": recency, "age": values}
        return nw.from_dict(columns, backend=library_name(library)).to_native()

    def bootstrap(
        self, ages: Numbers, replicates: int = 200, *, seed: int, options: FitOptions | None = None
    ) -> Bootstrap:
        """Make customers of these ages many times and fit the model to them each time (parametric bootstrap).

        Where few customers make the normal approximation of standard errors doubtful, this shows how the estimates
        spread.

        Parameters
        ----------
        ages : column
            Of the customers fitted to: ``customers["age"]``.
        replicates : int
            How many times, 2 or more.
        seed : int
            The same seed gives the same replicates.
        options : FitOptions, optional
            Of the fits.
        """
        self._required()
        times = integer("replicates", replicates, least=2, greatest=LARGEST_INDEX)
        drawn = integer("seed", seed, greatest=LARGEST_COUNT)
        chosen = option_parts(options or FitOptions())
        made = _core.purchase_model_bootstrap(self._core_model, numbers_of("ages", ages), chosen, times, drawn)
        return bootstrap_of(self._names, made)

    def _uncertain(self) -> _core.UncertainPurchases:
        return _core.UncertainPurchases(self._core_model, self.report_.log_covariance())


def _parts(values: dict[str, Any]) -> tuple[tuple[Any, Any, Any], tuple[Any, Any, Any]]:
    history = (values["frequency"], values["recency"], values["age"])
    return history, (values["horizon"], values["purchases"], values["discount_rate"])
