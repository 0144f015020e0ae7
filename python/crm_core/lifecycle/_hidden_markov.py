"""Hidden Markov models of relationship states."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import narwhals as nw
import numpy as np

from crm_core import _core
from crm_core._options import LARGEST_INDEX, LARGEST_INTEGER, integer, library_name, member, number, wrong_type
from crm_core._tables import backend, collect, native
from crm_core.clv._chain_inputs import last_period
from crm_core.errors import CrmError, UnreadableError
from crm_core.ledger import Ledger, PeriodSeries
from crm_core.units import Category

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from os import PathLike

    from numpy.typing import ArrayLike, NDArray

    from crm_core._columns import Number
    from crm_core._tables import Table


class EmissionFamily(Category):
    """What customers in a state do in a period, as a distribution."""

    POISSON = "poisson"
    """Purchases, with the variance of the mean. A state has a ``mean``."""
    NEGATIVE_BINOMIAL = "negative_binomial"
    """Purchases, with a variance of mean + mean² / shape. A state has a ``mean`` and a ``shape``."""
    ZERO_INFLATED_LOG_NORMAL = "zero_inflated_log_normal"
    """Spend: nothing, or an amount that is log-normal.

    A state has a ``purchase_probability``, and ``log_mean`` and ``log_deviation`` of the amount.
    """


class EmStatus(Category):
    """How a fit by EM ended."""

    CONVERGED = "converged"
    """The likelihood no longer grows."""
    ITERATION_LIMIT = "iteration_limit"
    """It still grew when the iterations were used up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmOptions:
    """How a hidden Markov model is fitted.

    Attributes
    ----------
    starts : int
        The first start spreads the states evenly, the others are random. The likelihood has many maxima: the more
        starts, the surer the best of them is found.
    trial_iterations : int
        Iterations of each start, after which the likeliest one goes on alone.
    max_iterations : int
        Iterations at most from there on.
    tolerance : float
        Gain of ln L in an iteration, per row that is known, at or below which the fit has converged.
    seed : int
        Of the random starts.
    """

    starts: int = 8
    trial_iterations: int = 20
    max_iterations: int = 1000
    tolerance: float = 1e-9
    seed: int = 1

    def __post_init__(self) -> None:
        integer("starts", self.starts, 1, LARGEST_INDEX)
        integer("trial_iterations", self.trial_iterations, 0, LARGEST_INDEX)
        integer("max_iterations", self.max_iterations, 1, LARGEST_INDEX)
        number("tolerance", self.tolerance)
        integer("seed", self.seed)


@dataclass(frozen=True, slots=True)
class DecodedStates:
    """Where customers were, as far as their histories tell.

    Attributes
    ----------
    periods : table
        One row per customer and period: ``customer``, ``period``, ``value``, the ``state`` on the likeliest path
        (Viterbi), the lifecycle ``stage`` that this is, ``probability_k`` of each state k given all periods, and
        ``filtered_k``, given the periods up to this one.
    customers : table
        One row per customer: ``customer``, ``periods`` in all, ``state``, ``stage`` and ``probability_k`` in the last
        one (missing for a customer without a period), the ``log_likelihood`` of the history, and
        ``path_log_probability``, that of the likeliest path together with it.
    """

    periods: Any
    customers: Any


@dataclass(frozen=True, slots=True)
class ParameterUncertainty:
    """How sure the parameters of a model are.

    Attributes
    ----------
    estimates : table
        One row per ``parameter`` (``initial_i``; ``transition_i_j``, or by covariates ``transition_i_j_constant`` and
        ``transition_i_j_`` with the name of each; then those of the emissions with the state, as ``mean_i``):
        ``estimate``, ``standard_error``, ``lower``, ``upper``. A parameter at the edge of what it may be (a probability
        of 0, a state that nobody is in) has no standard error: it is NaN, and the others are as if it were known.
    covariance : array
        Covariances of the parameters, in that order.
    distance : float
        How far the model is from the maximum of ln L, in standard errors: far below 1 where a fit has converged; a
        smaller ``tolerance`` helps.
    """

    estimates: Any
    covariance: NDArray[np.float64]
    distance: float


class HiddenMarkov:
    """A hidden Markov model of relationship states (Netzer, Lattin & Srinivasan 2008).

    A customer is in one of K states, which nobody sees; moves among them from period to period by a Markov chain,
    constant or driven by covariates z, ``ln(P_ij / P_ii) = a_ij + b_ij z``; and does in each period what the
    distribution of the state says. It is fitted by EM (Baum–Welch). States are in the order of their means: state 0
    is that of the customers who hardly buy.

    Data are a :class:`~crm_core.ledger.Ledger` (by months) or a :class:`~crm_core.ledger.PeriodSeries`, in which a
    customer is watched from the first active period on, with 0 where nothing happened; or any table with a row for each
    customer and period, those of a customer together, oldest first, without gaps. A missing value is a period of
    which nothing is known.

    Parameters
    ----------
    states : int
        K. Of several fits that with the lowest ``bic_`` is to be preferred.
    family : EmissionFamily
        What a state does: counts of purchases, or amounts.
    customer, value : str
        The columns of a table.
    covariates : sequence of str
        Columns of a table that drive the transitions: those of a row the move into its period.
    options : EmOptions, optional
        Starts, tolerance, seed.

    Examples
    --------
    >>> truth = HiddenMarkov.known([0.5, 0.5], [[0.9, 0.1], [0.2, 0.8]], [[0.2], [3.0]])
    >>> model = HiddenMarkov(states=2).fit(truth.simulate([24] * 500, seed=7, library="polars"))
    >>> model.means_.round(1).tolist()
    [0.2, 3.0]
    >>> model.transition_matrix().round(1).tolist()
    [[0.9, 0.1], [0.2, 0.8]]
    >>> bool(model.state_values(margin=10, discount_rate=0.01)[1] > 0)
    True
    """

    def __init__(
        self,
        states: int = 3,
        family: EmissionFamily = EmissionFamily.POISSON,
        *,
        customer: str = "customer",
        value: str = "value",
        covariates: Sequence[str] = (),
        options: EmOptions | None = None,
    ) -> None:
        self.states = integer("states", states, 0, LARGEST_INDEX)
        self.family = member("family", EmissionFamily, family)
        self.customer, self.value, self.covariates = customer, value, list(covariates)
        self.options = EmOptions() if options is None else options
        if not isinstance(self.options, EmOptions):
            raise wrong_type("options", options, "EmOptions")
        self._made: _core.HiddenMarkov | None = None

    @classmethod
    def known(
        cls,
        initial: ArrayLike,
        transitions: ArrayLike | None,
        parameters: ArrayLike,
        *,
        family: EmissionFamily = EmissionFamily.POISSON,
        coefficients: ArrayLike | None = None,
        covariates: Sequence[str] = (),
    ) -> Self:
        """Make a model with known parameters; states keep their order.

        Parameters
        ----------
        initial : array of K
            Probabilities of the first period.
        transitions : array of K × K, optional
            From a row to a column; None for transitions by covariates.
        parameters : array, one row per state
            In the order that :class:`EmissionFamily` names.
        family : EmissionFamily
            What a state does.
        coefficients : array, optional
            Of transitions by covariates: for each state i, for each other state j in order, a_ij and then b_ij.
        covariates : sequence of str
            Their names.
        """
        first = np.asarray(initial, dtype=np.float64).ravel().tolist()
        matrix = None if transitions is None else np.asarray(transitions, dtype=np.float64).tolist()
        slopes = np.asarray([] if coefficients is None else coefficients, dtype=np.float64).ravel().tolist()
        numbers = np.asarray(parameters, dtype=np.float64).ravel().tolist()
        kind = member("family", EmissionFamily, family)
        made = _core.HiddenMarkov(kind.value, first, matrix, slopes, len(covariates), numbers)
        model = cls(len(first), kind, covariates=covariates)
        model._made = made
        return model

    def fit(self, data: Ledger | PeriodSeries | Table, *, progress: Callable[[int], object] | None = None) -> Self:
        """Find the likeliest model: from several seeded starts, to the same bits for any number of threads.

        Parameters
        ----------
        data : Ledger, PeriodSeries or table
            As said above.
        progress : callable, optional
            Is told now and then how many iterations are done. An exception that it raises, or Ctrl-C, stops the fit.

        Raises
        ------
        NoSolutionError
            If nobody buys, or all amounts are equal.
        OutOfRangeError
            For a value that the family does not have, with its row.
        """
        panel = self._panel(data)
        self._made = _core.HiddenMarkov.fit(panel, self.family.value, self.states, asdict(self.options), progress)
        return self

    def refine(self, data: Ledger | PeriodSeries | Table) -> Self:
        """Do EM from these parameters on, by ``tolerance`` and ``max_iterations`` of the options alone."""
        self._made = self._model.refined(self._panel(data), asdict(self.options))
        return self

    def decode(self, data: Ledger | PeriodSeries | Table) -> DecodedStates:
        """Tell where each customer was in each period, and is in the last one.

        A path of states becomes stages of the lifecycle: Potential before the first purchase, Development from it on;
        Growth above the state of then; Maturity in the highest state; Decline below the state before; Termination
        in the lowest state, if its mean is at most a tenth of that of the highest; Recovery from there on up.

        Raises
        ------
        NoSolutionError
            With the first row that is impossible under the model.
        """
        if isinstance(data, Ledger):
            data = data.period_series()
        found = self._model.decode(self._panel(data))
        library = backend(data.table if isinstance(data, PeriodSeries) else data)
        return DecodedStates(native(found["periods"], library), native(found["customers"], library))

    def uncertainty(
        self,
        data: Ledger | PeriodSeries | Table,
        *,
        confidence: Number = 0.95,
        progress: Callable[[int], object] | None = None,
    ) -> ParameterUncertainty:
        """Tell how sure the parameters are that were fitted to these data.

        The inverse of the observed information −∂²ln L, from differences of the exact score by log-odds and logarithms,
        then the delta method. An interval is symmetric in the log-odds of a probability and in the logarithm of what
        is positive. It takes four passes over the data for each parameter.

        Parameters
        ----------
        data : Ledger, PeriodSeries or table
            Those of the fit.
        confidence : float or Decimal
            Of the intervals.
        progress : callable, optional
            Is told now and then of how many parameters the differences are done. An exception that it raises, or
            Ctrl-C, stops them.

        Raises
        ------
        NotConvergedError
            If the model is no maximum of ln L: its information is not positive definite.

        References
        ----------
        Louis 1982, "Finding the observed information matrix when using the EM algorithm", JRSS B 44 (2).

        Examples
        --------
        >>> truth = HiddenMarkov.known([0.5, 0.5], [[0.9, 0.1], [0.2, 0.8]], [[0.2], [3.0]])
        >>> log = truth.simulate([24] * 500, seed=7, library="polars")
        >>> found = HiddenMarkov(states=2).fit(log).uncertainty(log)
        >>> found.estimates.select("parameter", "standard_error").tail(2).rows()[0][0]
        'mean_0'
        >>> 0.005 < found.estimates["standard_error"][-2] < 0.01
        True
        """
        if isinstance(data, Ledger):
            data = data.period_series()
        found = self._model.uncertainty(self._panel(data), confidence, progress)
        names = [self._named(name) for name in found["names"]]
        columns = {"parameter": names, "estimate": found["estimates"], "standard_error": found["standard_errors"]}
        columns |= {"lower": found["lower"], "upper": found["upper"]}
        library = backend(data.table if isinstance(data, PeriodSeries) else data)
        covariance = np.array(found["covariance"]).reshape(len(names), -1)
        estimates = nw.from_dict(columns, backend=library_name(library.value)).to_native()
        return ParameterUncertainty(estimates, covariance, float(found["distance"]))

    def _named(self, parameter: str) -> str:
        """Give the name of a parameter with that of its covariate in the place of its number."""
        parts = parameter.split("_")
        if len(parts) == 4 and parts[3].isdecimal():
            parts[3] = self.covariates[int(parts[3])]
        return "_".join(parts)

    def state_values(
        self,
        *,
        margin: float,
        discount_rate: Number,
        horizon: float = float("inf"),
        covariates: Sequence[float] = (),
    ) -> NDArray[np.float64]:
        """Give the expected value of a customer who is now in each state.

        A period in a state brings its mean times ``margin``, the present one in full: the value of the chain of states
        (:class:`~crm_core.clv.migration.MigrationModel`).

        Parameters
        ----------
        margin : float
            What each purchase, or each unit of spend, brings.
        discount_rate : float or Decimal
            Per period.
        horizon : int, or inf
            The last period; without end by default.
        covariates : sequence of float
            For all periods to come.
        """
        at = [number("covariates", z) for z in covariates]
        return np.array(self._model.state_values(number("margin", margin), at, discount_rate, last_period(horizon)))

    def simulate(
        self,
        periods: Sequence[int],
        *,
        seed: int,
        covariates: ArrayLike | None = None,
        library: str = "pyarrow",
    ) -> Any:
        """Make customers with histories of these lengths: a table ``customer``, ``period``, ``value``, ``state``.

        ``covariates`` has a row for each period of each customer.
        """
        lengths = [integer("periods", n, 0, LARGEST_INDEX, row=row) for row, n in enumerate(periods)]
        numbers = np.asarray([] if covariates is None else covariates, dtype=np.float64).ravel().tolist()
        made = self._model.simulate(lengths, numbers, integer("seed", seed, 0, LARGEST_INTEGER))
        return native(made, library_name(library))

    def transition_matrix(self, covariates: Sequence[float] = ()) -> NDArray[np.float64]:
        """Give P: the probability to be in state j (column) one period after state i (row)."""
        entries = np.array(self._model.transition_matrix([number("covariates", z) for z in covariates]))
        return entries.reshape(len(self.initial_), -1)

    @property
    def initial_(self) -> NDArray[np.float64]:
        """The probability of each state in a customer's first period."""
        return np.array(self._model.initial)

    @property
    def means_(self) -> NDArray[np.float64]:
        """What is expected in a period of each state."""
        return np.array(self._model.means)

    @property
    def coefficients_(self) -> NDArray[np.float64] | None:
        """a_ij and b_ij: one row for each i and each other j; None where transitions are constant."""
        found = self._model.coefficients
        return None if found is None else np.array(found).reshape(-1, self._model.covariates + 1)

    @property
    def log_likelihood_(self) -> float:
        """Ln L at the estimates."""
        return float(self._report["log_likelihood"])

    @property
    def aic_(self) -> float:
        """Akaike's information criterion."""
        return float(self._report["aic"])

    @property
    def bic_(self) -> float:
        """The Bayesian information criterion, with the known rows as the number of observations."""
        return float(self._report["bic"])

    @property
    def iterations_(self) -> int:
        """Iterations of the start that won."""
        return int(self._report["iterations"])

    @property
    def status_(self) -> EmStatus:
        """Whether the likelihood had stopped growing."""
        return EmStatus(self._report["status"])

    @property
    def trials_(self) -> list[float]:
        """Ln L that each start had reached when the likeliest was chosen."""
        return list(self._report["trials"])

    def summary(self, *, library: str = "pandas") -> Any:
        """Give a table with a row for each state: its parameters, ``mean``, ``initial`` and ``to_k``.

        ``to_k``, the probability to be in state k one period later, is left out where transitions have covariates.
        """
        names = self._model.parameter_names
        rows = np.array(self._model.parameters).reshape(len(self.initial_), -1)
        columns: dict[str, Any] = {"state": np.arange(len(rows))}
        columns |= {name: rows[:, place] for place, name in enumerate(names)}
        columns |= {"mean": self.means_, "initial": self.initial_}
        if self._model.covariates == 0:
            columns |= {f"to_{k}": row for k, row in enumerate(self.transition_matrix().T)}
        return nw.from_dict(columns, backend=library_name(library)).to_native()

    def save(self, path: str | PathLike[str]) -> None:
        """Write the model, with the report of its fit, as JSON."""
        Path(path).write_text(json.dumps(self._state()), encoding="utf-8")

    @classmethod
    def load(cls, path: str | PathLike[str]) -> Self:
        """Read a model that :meth:`save` wrote.

        Raises
        ------
        UnreadableError
            If the file is not such a model.
        """
        try:
            model: Self = _restored(cls, json.loads(Path(path).read_text(encoding="utf-8")))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            if isinstance(error, UnreadableError):
                raise
            message = f"path is {str(path)!r}: must hold a hidden Markov model that was saved ({error})"
            raise UnreadableError(message, argument="path", value=repr(str(path))) from None
        return model

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (type(self), self._state())

    def __repr__(self) -> str:
        return f"{type(self).__name__}(states={self.states}, family={self.family.value!r})"

    def _state(self) -> dict[str, Any]:
        model, fit = (None, None) if self._made is None else self._made.to_json()
        return {
            "states": self.states,
            "family": self.family.value,
            "customer": self.customer,
            "value": self.value,
            "covariates": self.covariates,
            "options": asdict(self.options),
            "model": None if model is None else json.loads(model),
            "fit": None if fit is None else json.loads(fit),
        }

    def _panel(self, data: Any) -> _core.StatePanel:
        if isinstance(data, Ledger):
            data = data.period_series()
        if isinstance(data, PeriodSeries):
            shown = "spend" if self.family is EmissionFamily.ZERO_INFLATED_LOG_NORMAL else "purchases"
            return _core.StatePanel.from_activity(collect(data.table), data.observed, shown)
        return _core.StatePanel.from_table(collect(data), self.customer, self.value, self.covariates)

    @property
    def _model(self) -> _core.HiddenMarkov:
        if self._made is None:
            message = f"{type(self).__name__} has no parameters: call fit first"
            raise CrmError(message)
        return self._made

    @property
    def _report(self) -> dict[str, Any]:
        report = self._model.report
        if report is None:
            message = f"{type(self).__name__} was not fitted: call fit first"
            raise CrmError(message)
        return report


def _restored(kind: type[HiddenMarkov], state: dict[str, Any]) -> Any:
    model = kind(
        state["states"],
        EmissionFamily(state["family"]),
        customer=state["customer"],
        value=state["value"],
        covariates=state["covariates"],
        options=EmOptions(**state["options"]),
    )
    if state["model"] is not None:
        fit = None if state["fit"] is None else json.dumps(state["fit"])
        model._made = _core.HiddenMarkov.from_json(json.dumps(state["model"]), fit)
    return model
