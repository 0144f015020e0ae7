"""Customers under contract, who renew or leave at known times."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, ClassVar, Self

import narwhals as nw
import numpy as np

from crm_core import _core
from crm_core._options import LARGEST_COUNT, LARGEST_INDEX, integer, library_name, member, number, wrong_type
from crm_core._tables import frame_of
from crm_core.errors import OutOfRangeError
from crm_core.prediction._fitted import Estimate, FitOptions, Fitted, option_parts, over_columns, required_columns
from crm_core.prediction._plots import RenewalPlots
from crm_core.prediction._uncertainty import (
    Bootstrap,
    Intervals,
    RenewalPrediction,
    bootstrap_of,
    draws_table,
    intervals_over,
    numbers_of,
    total_over,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from crm_core._tables import Table

Numbers = Any
"""One number for all customers, or a column."""


class RenewalModel(Fitted, RenewalPlots):
    """What the models of customers under contract share.

    A customer pays once per period, at its beginning, the first time when it comes; at the end of each period it renews
    or leaves. Tenures, renewals and horizons are counted in periods. In predictions each number is a column or one
    number for all. Columns of any kind come back as the same kind: null in, null out; NaN in, NaN out.

    Attributes
    ----------
    at_risk_, lost_ : list of float
        How many customers fitted to came to renewal 1, 2, ..., and how many of them left at it.
    """

    _renewals: _core.Renewals | None
    at_risk_: list[float]
    lost_: list[float]

    def _set(self, parameters: tuple[float, ...]) -> None:
        _core.renewal_check(_three(parameters))
        super()._set(parameters)

    def fit(
        self,
        survivors: Sequence[float] | Sequence[Sequence[float]] | None = None,
        *,
        customers: Table | None = None,
        tenure: str = "tenure",
        churned: str = "churned",
        weights: str | None = None,
        options: FitOptions | None = None,
    ) -> Self:
        """Find the parameters under which the data are likeliest: cohorts, customers one by one, or both.

        Parameters
        ----------
        survivors : sequence of float, or sequence of such sequences
            How many customers a cohort had at first, after the first renewal, after the second, ...; or several
            cohorts of any age.
        customers : table
            One row per customer. One with the tenure n who churned left at renewal n; one who did not has renewed n
            times, and what comes is not known.
        tenure, churned, weights : str
            The names of the columns; ``churned`` holds 0 and 1, or booleans. A row of weight w counts as w customers.
        options : FitOptions, optional
            Penalty, prior, starts, tolerance; plain maximum likelihood by default.

        Returns
        -------
        RenewalModel
            Itself, fitted.

        Raises
        ------
        NoSolutionError
            For data that cannot tell the parameters: nobody left, nobody stayed, or first renewals only.
        EmptyError
            Without data.
        OutOfRangeError, NotFiniteError, MissingValueError
            For a row that cannot be, with argument, row and value.
        """
        renewals = _core.Renewals(_cohorts(survivors), _customers(customers, tenure, churned, weights))
        report = self._fit_core(renewals, option_parts(options or FitOptions()))
        self._set(tuple(report.estimates))
        self._report = report
        self.at_risk_, self.lost_ = renewals.at_risk, renewals.lost
        return self

    def _fit_core(self, renewals: _core.Renewals, options: dict[str, Any]) -> _core.FitReport:
        raise NotImplementedError

    def survival(self, renewals: Numbers) -> Any:
        """Give S(t), the probability that a new customer renews so many times: a cohort's projection."""
        return self.conditional_survival(0, renewals)

    def conditional_survival(self, renewals: Numbers, further: Numbers) -> Any:
        """Give the probability that a customer who has renewed ``renewals`` times renews ``further`` times more."""
        return self._over(_core.renewal_conditional_survival, renewals=renewals, further=further)

    def retention_rate(self, renewal: Numbers) -> Any:
        """Give the share of those who come to renewal number ``renewal``, from 1 on, who renew."""
        return self._over(_core.renewal_retention_rate, renewal=renewal)

    def churn_probability(self, renewal: Numbers) -> Any:
        """Give the probability that a new customer leaves at renewal number ``renewal``, from 1 on."""
        return self._over(_core.renewal_churn_probability, renewal=renewal)

    def discounted_lifetime(self, discount_rate: Numbers, renewals: Numbers = 0, *, horizon: Numbers = math.inf) -> Any:
        """Give DEL, the discounted payments of 1 each of a customer who pays now, over ``horizon`` payments.

        ``sum of S(m + k) / S(m) (1 + discount_rate)^-k`` over k from 0, for a customer who has renewed m times.

        Raises
        ------
        DivergentError
            Without a horizon, for a negative rate, and for a rate of 0 where alpha c is 1 or less (c is 1 in the sBG).
        """
        return self._over(
            _core.renewal_discounted_lifetime, renewals=renewals, horizon=horizon, discount_rate=discount_rate
        )

    def discounted_residual_lifetime(
        self, discount_rate: Numbers, renewals: Numbers = 0, *, horizon: Numbers = math.inf
    ) -> Any:
        """Give DERL, the discounted payments of 1 each that are to come, seen just before the next renewal.

        ``sum of S(m + 1 + k) / S(m) (1 + discount_rate)^-k`` over k from 0: the next payment, if it comes, is not
        discounted. Times the net cash flow per period it is the value that is left.

        Raises
        ------
        DivergentError
            As of :meth:`discounted_lifetime`.

        References
        ----------
        Fader & Hardie (2010), "Customer-base valuation in a contractual setting", eq. (6), whose n is m + 1.
        """
        return self._over(
            _core.renewal_discounted_residual_lifetime, renewals=renewals, horizon=horizon, discount_rate=discount_rate
        )

    def expected_residual_lifetime(self, renewals: Numbers = 0, *, horizon: Numbers = math.inf) -> Any:
        """Give the expected number of renewals that are to come, among the next ``horizon``.

        Raises
        ------
        DivergentError
            Without a horizon where alpha c is 1 or less: the mean is infinite.
        """
        return self._over(_core.renewal_expected_residual_lifetime, renewals=renewals, horizon=horizon)

    def interval(
        self,
        prediction: RenewalPrediction | str,
        renewals: Numbers = 0,
        *,
        horizon: Numbers = math.inf,
        discount_rate: Numbers = 0.0,
        level: float = 0.95,
    ) -> Intervals:
        """Give a prediction with its standard error and its interval, by the delta method.

        Only the parameters are taken as uncertain. The interval of a probability is symmetric in its log-odds, that of
        a lifetime in its logarithm; NaN where the fit is at the boundary.

        Parameters
        ----------
        prediction : RenewalPrediction
            Which one. Retention rates and churn probabilities are those at the renewal number ``renewals``; conditional
            survival is over ``horizon`` further renewals.
        renewals, horizon, discount_rate : float or column
            As of the method of that name.
        level : float
            With which probability the interval holds the truth.

        Examples
        --------
        >>> model = Sbg().fit([1000, 869, 743, 653, 593, 551, 517, 491])
        >>> curve = model.interval("conditional_survival", horizon=[1, 6, 12])
        >>> curve.lower.round(2), curve.upper.round(2)
        (array([0.83, 0.49, 0.34]), array([0.87, 0.55, 0.42]))
        """
        model, name = self._uncertain(), member("prediction", RenewalPrediction, prediction).value

        def predict(values: dict[str, Any], out: Any) -> None:
            model.intervals(name, (values["renewals"], values["horizon"], values["discount_rate"]), level, out)

        return intervals_over(predict, {"renewals": renewals, "horizon": horizon, "discount_rate": discount_rate})

    def total(
        self,
        prediction: RenewalPrediction | str,
        renewals: Numbers,
        *,
        horizon: Numbers = math.inf,
        discount_rate: Numbers = 0.0,
        level: float = 0.95,
        draws: int | None = None,
        seed: int | None = None,
    ) -> Estimate:
        """Give the sum of a prediction over all customers, with its interval.

        By the delta method, or with ``draws`` and a ``seed`` from the sums under so many drawn parameters.
        """
        model, name = self._uncertain(), member("prediction", RenewalPrediction, prediction).value

        def predict(values: dict[str, Any], how: Any) -> tuple[float, float, float, float]:
            return model.total(name, (values["renewals"], values["horizon"], values["discount_rate"]), how)

        given = {"renewals": renewals, "horizon": horizon, "discount_rate": discount_rate}
        return total_over(predict, given, level, draws, seed)

    def draws(self, count: int, *, seed: int, library: str = "pandas") -> Any:
        """Draw parameters from the distribution that the fit leaves them, one row per draw.

        Their logarithms are normal around those of the fitted ones, with the covariance of the fit.

        Raises
        ------
        NoSolutionError
            For a fit at the boundary, which has no such distribution.
        """
        return draws_table(self._names, self._uncertain().draws, count, seed, library, core_parameters=3)

    def simulate(self, ages: Numbers, *, seed: int, library: str = "pandas") -> Any:
        """Make customers who came to this many renewals, unless they left before.

        Returns
        -------
        table
            ``tenure``, the renewal at which each left or how often it has renewed, and ``churned``: ready for
            :meth:`fit`.
        """
        parameters, values = _three(self._required()), numbers_of("ages", ages)
        drawn = integer("seed", seed, greatest=LARGEST_COUNT)
        tenure, churned = _core.renewal_simulate(parameters, values, drawn)
        return nw.from_dict({"tenure": tenure, "churned": churned}, backend=library_name(library)).to_native()

    def bootstrap(
        self, ages: Numbers, replicates: int = 200, *, seed: int, options: FitOptions | None = None
    ) -> Bootstrap:
        """Make customers who came to these numbers of renewals many times, and fit the model to them each time."""
        times = integer("replicates", replicates, least=2, greatest=LARGEST_INDEX)
        drawn = integer("seed", seed, greatest=LARGEST_COUNT)
        values, chosen = numbers_of("ages", ages), option_parts(options or FitOptions())
        return bootstrap_of(self._names, self._bootstrap_core(values, chosen, times, drawn))

    def _bootstrap_core(
        self, ages: NDArray[np.float64], options: dict[str, Any], replicates: int, seed: int
    ) -> _core.ParametricBootstrap:
        raise NotImplementedError

    def _uncertain(self) -> _core.UncertainRenewals:
        """Give the model as a BdW; what belongs to c is 0 where c was not fitted."""
        size = len(self._names)
        covariance = np.zeros((3, 3))
        covariance[:size, :size] = np.array(self.report_.log_covariance()).reshape(size, size)
        return _core.UncertainRenewals(_three(self._required()), covariance.ravel().tolist())

    def _over(self, function: Any, **given: Numbers) -> Any:
        parameters = _three(self._required())
        return over_columns(lambda values, out: function(parameters, *values.values(), out), given)

    def _state(self) -> dict[str, Any]:
        data = {name: getattr(self, name, None) for name in ("at_risk_", "lost_")}
        return super()._state() | data

    def _restore(self, state: dict[str, Any]) -> None:
        super()._restore(state)
        if state["at_risk_"] is not None:
            self.at_risk_, self.lost_ = state["at_risk_"], state["lost_"]


class Sbg(RenewalModel):
    """The shifted beta-geometric model (Fader & Hardie 2007, "How to project customer retention").

    At each renewal a customer leaves with the probability theta ~ Beta(alpha, beta), which differs between customers
    and stays the same for each: ``S(t) = B(alpha, beta + t) / B(alpha, beta)``. Retention rates rise with tenure,
    because those who are likely to leave leave early.

    Parameters
    ----------
    alpha, beta : float, optional
        The parameters, where they are known: both or none.

    Examples
    --------
    >>> model = Sbg().fit([1000, 869, 743, 653, 593, 551, 517, 491])
    >>> model
    Sbg(alpha=0.668088, beta=3.80609)
    >>> model.retention_rate([1, 2, 3]).round(3)
    array([0.851, 0.878, 0.897])
    >>> round(model.discounted_residual_lifetime(0.1, renewals=6), 2)
    7.34
    """

    _names: ClassVar[tuple[str, ...]] = ("alpha", "beta")

    def __init__(self, alpha: float | None = None, beta: float | None = None) -> None:
        self._known({"alpha": alpha, "beta": beta})

    def _fit_core(self, renewals: _core.Renewals, options: dict[str, Any]) -> _core.FitReport:
        return renewals.fit_sbg(options)

    def _bootstrap_core(
        self, ages: NDArray[np.float64], options: dict[str, Any], replicates: int, seed: int
    ) -> _core.ParametricBootstrap:
        alpha, beta = self._required()
        return _core.sbg_bootstrap((alpha, beta), ages, options, replicates, seed)


class Bdw(RenewalModel):
    """The beta-discrete-Weibull model (Fader, Hardie, Liu, Davin & Steenburgh 2018).

    The sBG, but a customer's own retention rate changes with tenure: ``S(t) = B(alpha, beta + t^c) / B(alpha, beta)``.
    It falls for c > 1 and rises for c < 1; c = 1 is the sBG.

    Parameters
    ----------
    alpha, beta, c : float, optional
        The parameters, where they are known: all of them or none.

    Examples
    --------
    >>> model = Bdw().fit([1000, 869, 743, 653, 593, 551, 517, 491])
    >>> model.parameters["c"] > 1
    True
    """

    _names: ClassVar[tuple[str, ...]] = ("alpha", "beta", "c")

    def __init__(self, alpha: float | None = None, beta: float | None = None, c: float | None = None) -> None:
        self._known({"alpha": alpha, "beta": beta, "c": c})

    def _fit_core(self, renewals: _core.Renewals, options: dict[str, Any]) -> _core.FitReport:
        return renewals.fit_bdw(options)

    def _bootstrap_core(
        self, ages: NDArray[np.float64], options: dict[str, Any], replicates: int, seed: int
    ) -> _core.ParametricBootstrap:
        return _core.bdw_bootstrap(_three(self._required()), ages, options, replicates, seed)


def _three(parameters: tuple[float, ...]) -> tuple[float, float, float]:
    """Give the parameters of a BdW; c of the sBG is 1."""
    alpha, beta, *c = parameters
    return alpha, beta, c[0] if c else 1.0


def _cohorts(survivors: Any) -> list[list[float]]:
    if survivors is None:
        return []
    if isinstance(survivors, str) or not hasattr(survivors, "__iter__"):
        raise wrong_type("survivors", survivors, "a sequence of numbers, or of such sequences")
    cohorts = list(survivors)
    if cohorts and not hasattr(cohorts[0], "__iter__"):
        cohorts = [cohorts]
    return [[number("survivors", count) for count in cohort] for cohort in cohorts]


def _customers(
    customers: Table | None, tenure: str, churned: str, weights: str | None
) -> tuple[NDArray[np.float64], list[bool], NDArray[np.float64] | None] | None:
    if customers is None:
        return None
    names = {"tenure": tenure, "churned": churned}
    if weights is not None:
        names["weights"] = weights
    frame = frame_of(customers, "customers")
    if frame.schema.get(churned) == nw.Boolean:
        frame = frame.with_columns(nw.col(churned).cast(nw.Float64))
    periods, left, *known = required_columns(frame, names)
    flags = left.tolist()
    for row, flag in enumerate(flags):
        if flag not in (0.0, 1.0):
            message = f"churned (row {row}) is {flag:g}: must be 0 or 1"
            raise OutOfRangeError(message, argument="churned", row=row, value=f"{flag:g}")
    return periods, [flag == 1.0 for flag in flags], known[0] if known else None
