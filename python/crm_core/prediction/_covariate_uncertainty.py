"""How sure the predictions of models with covariates are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crm_core import _core
from crm_core._options import LARGEST_COUNT, LARGEST_INDEX, integer, member, number
from crm_core._tables import frame_of
from crm_core.prediction._fitted import Estimate, FitOptions, Fitted, option_parts, required_columns
from crm_core.prediction._uncertainty import (
    Bootstrap,
    Intervals,
    PurchasePrediction,
    bootstrap_of,
    draws_table,
    intervals_over,
    total_over,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import narwhals as nw
    import numpy as np
    from numpy.typing import NDArray

    from crm_core._tables import Table

Numbers = Any
"""One number for all customers, or a column."""

Sides = tuple[list[Any], list[Any]]
"""The covariates of purchases and of dropout, as the core takes them."""

Asked = tuple[tuple[Any, Any, Any], Sides, tuple[Any, Any, Any]]
"""Histories, covariates and numbers, as the core takes them."""


class CovariateUncertainty(Fitted):
    """Intervals, totals, draws and bootstraps of a fitted model with covariates.

    All that intervals, totals and draws take as uncertain are the parameters and the coefficients, not what customers
    of known parameters will do by chance.
    """

    _core_model: _core.CovariateModel

    def interval(
        self,
        prediction: PurchasePrediction | str,
        customers: Table,
        horizon: Numbers = 0,
        *,
        purchases: Numbers = 0,
        discount_rate: Numbers = 0.0,
        level: float = 0.95,
        **history: str,
    ) -> Intervals:
        """Give a prediction for each customer with its standard error and its interval, by the delta method.

        The standard error is ``sqrt(g' C g)`` with g the derivatives of the prediction by the logarithms of the
        parameters and by the coefficients, and C their covariance.

        Parameters
        ----------
        prediction : PurchasePrediction
            Which one.
        customers : table
            With their histories and covariates.
        horizon, purchases, discount_rate : float or column
            For the predictions that know them.
        level : float
            With which probability the interval holds the truth.
        **history : str
            The columns ``frequency``, ``recency`` and ``age`` where they have other names.

        Returns
        -------
        Intervals
            Of the caller's own kind; NaN where the fit is at the boundary.

        Examples
        --------
        >>> import polars as pl
        >>> from crm_core.prediction import CovariateModel, ParetoNbd
        >>> known = {"r": 0.55, "alpha": 10.6, "s": 0.61, "beta": 11.7, "purchase.online": 0.7}
        >>> truth = CovariateModel(ParetoNbd, purchase=["online"], parameters=known)
        >>> made = truth.simulate(pl.DataFrame({"online": [0, 1] * 1000, "age": [52.0] * 2000}), seed=1)
        >>> model = CovariateModel(ParetoNbd, purchase=["online"]).fit(made)
        >>> found = model.interval("expected_purchases", made, horizon=26)
        >>> found.lower[1] < found.estimate[1] < found.upper[1]
        True
        >>> sum = model.total(made, horizon=26)
        >>> sum.lower < sum.estimate < sum.upper
        True
        """
        model, name = self._uncertain(), member("prediction", PurchasePrediction, prediction).value
        numbers = {"horizon": horizon, "purchases": purchases, "discount_rate": discount_rate}
        given, parts = self._asked(frame_of(customers, "customers"), history, numbers)

        def predict(values: dict[str, Any], out: Any) -> None:
            model.intervals(name, *parts(values), level, out)

        return intervals_over(predict, given)

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
        **history: str,
    ) -> Estimate:
        """Give the sum of a prediction over all customers of a table, with its interval.

        Parameters are as of :meth:`interval` and of ``total`` of the models without covariates.

        Raises
        ------
        MissingValueError
            For a row with a missing value.
        NoSolutionError
            For draws from a fit at the boundary.
        """
        model, name = self._uncertain(), member("prediction", PurchasePrediction, prediction).value
        numbers = {"horizon": horizon, "purchases": purchases, "discount_rate": discount_rate}
        given, parts = self._asked(frame_of(customers, "customers"), history, numbers)
        return total_over(lambda values, how: model.total(name, *parts(values), how), given, level, draws, seed)

    def draws(self, count: int, *, seed: int, library: str = "pandas") -> Any:
        """Draw parameters and coefficients from the distribution that the fit leaves them, one row per draw.

        The same seed gives the same draws, and more draws do not change the first ones.

        Raises
        ------
        NoSolutionError
            For a fit at the boundary, which has no such distribution.
        """
        return draws_table(tuple(self.parameters), self._uncertain().draws, count, seed, library)

    def bootstrap(
        self,
        customers: Table,
        replicates: int = 200,
        *,
        seed: int,
        age: str = "age",
        covariate_penalty: float = 0.0,
        options: FitOptions | None = None,
    ) -> Bootstrap:
        """Make customers of these ages and covariates many times and fit the model to them each time.

        Parameters
        ----------
        customers : table
            With the column ``age`` and the covariates.
        replicates : int
            How many times, 2 or more.
        seed : int
            The same seed gives the same replicates.
        age : str
            The name of the column.
        covariate_penalty, options
            Of the fits, as of :meth:`fit`.
        """
        self._required()
        frame = frame_of(customers, "customers")
        (ages,) = required_columns(frame, {"age": age})
        made = _core.covariate_model_bootstrap(
            self._core_model,
            ages,
            self._complete(frame),
            number("covariate_penalty", covariate_penalty),
            option_parts(options or FitOptions()),
            integer("replicates", replicates, least=2, greatest=LARGEST_INDEX),
            integer("seed", seed, greatest=LARGEST_COUNT),
        )
        return bootstrap_of(tuple(self.parameters), made)

    def _uncertain(self) -> _core.UncertainCovariates:
        return _core.UncertainCovariates(self._core_model, self.report_.log_covariance())

    def _asked(
        self, frame: nw.DataFrame[Any], history: Mapping[str, str] | None, numbers: Mapping[str, Numbers]
    ) -> tuple[dict[str, Any], Callable[[dict[str, Any]], Asked]]:
        """Give all columns and numbers by name, and how their values become what the core takes."""
        raise NotImplementedError

    def _complete(self, frame: nw.DataFrame[Any]) -> tuple[list[NDArray[np.float64]], list[NDArray[np.float64]]]:
        """Give the covariates of purchases and of dropout, which must not miss a value."""
        raise NotImplementedError
