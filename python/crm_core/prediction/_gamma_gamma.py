"""What customers spend per purchase."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from crm_core import _core
from crm_core._columns import read
from crm_core._options import LARGEST_COUNT, LARGEST_INDEX, integer
from crm_core._tables import frame_of
from crm_core.prediction._fitted import (
    Estimate,
    FitOptions,
    Fitted,
    columns_of,
    option_parts,
    over_columns,
    required_columns,
    results_over_columns,
)
from crm_core.prediction._plots import SpendPlots
from crm_core.prediction._uncertainty import (
    Bootstrap,
    Intervals,
    bootstrap_of,
    draws_table,
    intervals_over,
    numbers_of,
    total_over,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from crm_core._tables import Table

Numbers = Any
"""One number for all customers, or a column."""


class GammaGamma(Fitted, SpendPlots):
    """The Gamma-Gamma model of spend (Fader & Hardie 2013, note 025).

    The amounts of a customer are Gamma(p, nu), by shape and rate, and nu ~ Gamma(q, gamma) differs between customers.
    Given x purchases with the mean m, nu ~ Gamma(p x + q, gamma + x m), and the expected spend per purchase M = p / nu
    has the mean ``p (gamma + x m) / (p x + q - 1)``. What a customer spends must not hang on how often it buys:
    ``correlation_`` shows whether it does.

    Customers are given by frequency x and mean spend m, as :meth:`crm_core.ledger.Ledger.summary` has them; each is a
    column or one number for all. Without them, a prediction is for a customer of whom nothing is known.

    Parameters
    ----------
    p, q, gamma : float, optional
        The parameters, where they are known: all of them or none. ``gamma`` has the unit of money.

    Attributes
    ----------
    correlation_ : float or None
        Of frequency and mean spend over the customers fitted to. CDNOW has 0.11; from some 0.3 on (either sign) values
        that multiply purchases and spend should not be trusted. None if one of both is the same for all.

    Examples
    --------
    >>> model = GammaGamma(p=6.2488, q=3.7446, gamma=15.4477)
    >>> round(model.expected_spend(2, 22.35), 2), round(model.expected_spend(), 2)
    (24.66, 35.17)
    >>> from crm_core.ledger import Ledger, simulate
    >>> log = simulate(3000, seed=1, library="polars")
    >>> customers = Ledger(log, customer="customer", time="time", amount="amount").summary()
    >>> GammaGamma().fit(customers).status_
    <FitStatus.CONVERGED: 'converged'>
    """

    _names: ClassVar[tuple[str, ...]] = ("p", "q", "gamma")
    correlation_: float | None

    def __init__(self, p: float | None = None, q: float | None = None, gamma: float | None = None) -> None:
        self._known({"p": p, "q": q, "gamma": gamma})

    def _known(self, given: dict[str, float | None]) -> None:
        self.correlation_ = None
        super()._known(given)

    def _set(self, parameters: tuple[float, ...]) -> None:
        _core.gamma_gamma_check(_three(parameters))
        super()._set(parameters)

    def fit(
        self,
        customers: Table,
        *,
        frequency: str = "frequency",
        mean_spend: str = "mean_spend",
        weights: str | None = None,
        options: FitOptions | None = None,
    ) -> Self:
        """Find the parameters under which the data are likeliest.

        Parameters
        ----------
        customers : table
            One row per customer, as :meth:`crm_core.ledger.Ledger.summary` gives it. Customers without repeat
            purchases (frequency 0, mean spend 0) say nothing of spend and are left out. Where the mean spend includes
            the first purchase, the frequency must count it too.
        frequency, mean_spend, weights : str
            The names of the columns. A row of weight w counts as w customers.
        options : FitOptions, optional
            Penalty, prior, starts, tolerance; plain maximum likelihood by default.

        Returns
        -------
        GammaGamma
            Itself, fitted.

        Raises
        ------
        EmptyError
            If no customer bought again.
        MissingValueError, NotFiniteError, OutOfRangeError
            For a row that no customer can have, with argument, row and value.
        """
        names = {"frequency": frequency, "mean_spend": mean_spend}
        if weights is not None:
            names["weights"] = weights
        x, m, *known = required_columns(frame_of(customers, "customers"), names)
        report, correlation = _core.gamma_gamma_fit(
            x, m, known[0] if known else None, option_parts(options or FitOptions())
        )
        self._set(tuple(report.estimates))
        self._report, self.correlation_ = report, correlation
        return self

    def expected_spend(self, frequency: Numbers = 0, mean_spend: Numbers = 0) -> Any:
        """Give the expected spend per purchase, ``E[M | x, m]``; of a new customer ``p gamma / (q - 1)``.

        Raises
        ------
        DivergentError
            Where the mean is infinite: p x + q of 1 or less. :meth:`spend_interval` is finite there, too.
        """
        return self._over(_core.gamma_gamma_expected_spend, frequency, mean_spend)

    def log_density(self, frequency: Numbers, mean_spend: Numbers) -> Any:
        """Give the log-density of the mean spend of so many purchases."""
        return self._over(_core.gamma_gamma_log_density, frequency, mean_spend)

    def spend_interval(
        self, frequency: Numbers = 0, mean_spend: Numbers = 0, *, level: float = 0.95
    ) -> tuple[Any, Any]:
        """Give the interval that holds the customer's expected spend with probability ``level``.

        As much probability lies below it as above it.
        """
        parameters = _three(self._required())

        def predict(values: dict[str, Any], lower: NDArray[np.float64], upper: NDArray[np.float64]) -> None:
            spend = (values["frequency"], values["mean_spend"])
            _core.gamma_gamma_spend_interval(parameters, spend, level, lower, upper)

        lower, upper = results_over_columns(predict, {"frequency": frequency, "mean_spend": mean_spend}, 2)
        return lower, upper

    def expected_spend_density(self, expected_spend: Numbers) -> Any:
        """Give the density over customers of their expected spend M = p / nu.

        ``(p gamma)^q M^(-q - 1) e^(-p gamma / M) / Gamma(q)``, at each of these values: a curve for a chart.
        """
        parameters = _three(self._required())

        def predict(values: dict[str, Any], out: NDArray[np.float64]) -> None:
            _core.gamma_gamma_expected_spend_density(parameters, values["expected_spend"], out)

        return over_columns(predict, {"expected_spend": expected_spend})

    def expected_spend_interval(
        self, frequency: Numbers = 0, mean_spend: Numbers = 0, *, level: float = 0.95
    ) -> Intervals:
        """Give the expected spend with its standard error and its interval by the delta method.

        How sure the mean is, given what the fit leaves open; what a customer's own expected spend may be is
        :meth:`spend_interval`. The interval is symmetric in the logarithm; NaN where the fit is at the boundary.
        """
        model = self._uncertain()

        def predict(values: dict[str, Any], out: Any) -> None:
            model.intervals((values["frequency"], values["mean_spend"]), level, out)

        return intervals_over(predict, {"frequency": frequency, "mean_spend": mean_spend})

    def total(
        self,
        customers: Table,
        *,
        level: float = 0.95,
        draws: int | None = None,
        seed: int | None = None,
        frequency: str = "frequency",
        mean_spend: str = "mean_spend",
    ) -> Estimate:
        """Give the sum of the expected spend of all customers of a table, with its interval.

        By the delta method, or with ``draws`` and a ``seed`` from the sums under so many drawn parameters.
        """
        given = columns_of(frame_of(customers, "customers"), {"frequency": frequency, "mean_spend": mean_spend})
        model = self._uncertain()

        def predict(values: dict[str, Any], how: Any) -> tuple[float, float, float, float]:
            return model.total((values["frequency"], values["mean_spend"]), how)

        return total_over(predict, given, level, draws, seed)

    def draws(self, count: int, *, seed: int, library: str = "pandas") -> Any:
        """Draw parameters from the distribution that the fit leaves them, one row per draw.

        Their logarithms are normal around those of the fitted ones, with the covariance of the fit.

        Raises
        ------
        NoSolutionError
            For a fit at the boundary, which has no such distribution.
        """
        return draws_table(self._names, self._uncertain().draws, count, seed, library)

    def bootstrap(
        self, frequency: Numbers, replicates: int = 200, *, seed: int, options: FitOptions | None = None
    ) -> Bootstrap:
        """Draw the spend of customers with these frequencies many times and fit the model to it each time."""
        times = integer("replicates", replicates, least=2, greatest=LARGEST_INDEX)
        drawn = integer("seed", seed, greatest=LARGEST_COUNT)
        values, chosen = numbers_of("frequency", frequency), option_parts(options or FitOptions())
        made = _core.gamma_gamma_bootstrap(_three(self._required()), values, chosen, times, drawn)
        return bootstrap_of(self._names, made)

    def _uncertain(self) -> _core.UncertainSpend:
        return _core.UncertainSpend(_three(self._required()), self.report_.log_covariance())

    def lifetime_value(
        self,
        discounted_purchases: Numbers,
        frequency: Numbers = 0,
        mean_spend: Numbers = 0,
        *,
        margin: Numbers = 1.0,
    ) -> Any:
        """Give the lifetime value: margin x expected spend x discounted purchases.

        Parameters
        ----------
        discounted_purchases : float or column
            What a model of purchases gives, with each customer's own discount rate if need be:
            :meth:`crm_core.prediction.PurchaseModel.discounted_purchases`.
        frequency, mean_spend : float or column
            The customers.
        margin : float or column
            Part of the spend that remains, by default all of it.

        Examples
        --------
        >>> GammaGamma(6.25, 3.74, 15.44).lifetime_value([2.0, 8.5], [2, 26], [22.35, 35.0], margin=0.3)
        array([14.79822835, 89.25925926])
        """
        parameters = _three(self._required())

        def predict(values: dict[str, Any], out: NDArray[np.float64]) -> None:
            spend = (values["frequency"], values["mean_spend"])
            _core.gamma_gamma_lifetime_value(parameters, spend, values["discounted_purchases"], values["margin"], out)

        return over_columns(
            predict,
            {
                "frequency": frequency,
                "mean_spend": mean_spend,
                "discounted_purchases": discounted_purchases,
                "margin": margin,
            },
        )

    def simulate(self, frequency: Numbers, *, seed: int) -> Any:
        """Draw the mean spend of customers with these frequencies; 0 where the frequency is 0.

        The same seed gives the same amounts.
        """
        column = read("frequency", frequency)
        values = np.ascontiguousarray(column.required("frequency"))
        out = np.empty(len(values))
        drawn = integer("seed", seed, greatest=2**64 - 1)
        _core.gamma_gamma_simulate(_three(self._required()), values, drawn, out)
        return column.back(out, None)

    def _over(self, function: Any, frequency: Numbers, mean_spend: Numbers) -> Any:
        parameters = _three(self._required())

        def predict(values: dict[str, Any], out: NDArray[np.float64]) -> None:
            function(parameters, (values["frequency"], values["mean_spend"]), out)

        return over_columns(predict, {"frequency": frequency, "mean_spend": mean_spend})

    def _state(self) -> dict[str, Any]:
        return super()._state() | {"correlation": self.correlation_}

    def _restore(self, state: dict[str, Any]) -> None:
        super()._restore(state)
        self.correlation_ = state["correlation"]


def _three(parameters: tuple[float, ...]) -> tuple[float, float, float]:
    p, q, gamma = parameters
    return p, q, gamma
