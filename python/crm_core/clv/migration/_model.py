"""The value of customers who move among states."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from crm_core import _core
from crm_core._options import LARGEST_COUNT, LARGEST_INDEX, integer
from crm_core.clv._chain_inputs import last_period, row_names
from crm_core.clv._customer_table import check_names, names_of, read_array, read_table
from crm_core.clv.migration._chain import Absorption, CohortPath, Structure
from crm_core.clv.migration._states import like, names, places, weights
from crm_core.errors import OutOfRangeError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import ArrayLike, NDArray

    from crm_core._columns import Number

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class StateValues:
    """The value of a customer by state.

    Attributes
    ----------
    states : list
        The states.
    value : ndarray
        The value of a customer who is now in each of them.
    error_bound : float
        No value is further off than this, up to rounding; 0 where nothing was iterated.
    iterations : int
        Products with the matrix that an iteration took.
    """

    states: list[Any]
    value: Floats
    error_bound: float
    iterations: int

    def of(self, customers: Any) -> Any:
        """Give the value of each customer of a column of states.

        Parameters
        ----------
        customers : column
            The state of each customer, by its name, or its number where the states have no names.

        Returns
        -------
        column
            One value per row, as the kind of column that was given.

        Raises
        ------
        NotFoundError, MissingValueError
            For what is no state, with the row.
        """
        return like(customers, self.value[places("customers", customers, self.states)])

    def columns(self) -> dict[str, Any]:
        """Give the columns ``state`` and ``value``, for a DataFrame of any library."""
        return {"state": self.states, "value": self.value}


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """Mean and variance of a customer's value by state.

    Attributes
    ----------
    states : list
        The states.
    mean, variance, standard_deviation : ndarray
        Of the value of a customer who is now in each of them.
    """

    states: list[Any]
    mean: Floats
    variance: Floats
    standard_deviation: Floats

    def columns(self) -> dict[str, Any]:
        """Give the columns ``state``, ``mean``, ``variance``, ``standard_deviation``, for any DataFrame."""
        return {
            "state": self.states,
            "mean": self.mean,
            "variance": self.variance,
            "standard_deviation": self.standard_deviation,
        }


class MigrationModel:
    """Customers who move among states by a Markov chain and bring a reward in each period.

    The value of a customer who is now in state i is entry i of ``sum over t = 0, ..., T of (P / (1 + d))^t R``, and
    without end of ``(I - P / (1 + d))^-1 R``. The reward of the present state, at t = 0, counts in full.

    Parameters
    ----------
    transition_matrix : array-like or DataFrame, n x n, or sparse matrix
        Entry (i, j) is the probability that a customer in state i is in state j one period later; every row sums to
        one. The columns of a DataFrame name the states. A sparse matrix is anything with ``indptr``, ``indices`` and
        ``data``, or ``tocsr()``, as scipy's; tens of thousands of states are no trouble.
    rewards : array-like of n numbers, or (T + 1) x n
        What a customer in each state brings in a period, less costs; a table has a row for each period t = 0, ..., T.
    reward_variance : array-like of n numbers, optional
        How much the reward of a state varies, independently from period to period.
    states : sequence, optional
        The names of the states; by default those of the columns, or their numbers.
    tolerance : float
        For infinite horizons of a sparse matrix: the largest error, as a part of the largest value.
    max_iterations : int
        The most products with the matrix that are made to reach it.

    Raises
    ------
    NotStochasticError
        For a row of the matrix that does not sum to one, with the row and the sum.
    LengthMismatchError, OutOfRangeError, NotFiniteError
        For what is not one number per state, and a variance below 0.

    References
    ----------
    Pfeifer & Carraway 2000, "Modeling customer relationships as Markov chains"

    Examples
    --------
    >>> matrix = [
    ...     [0.30, 0.70, 0, 0, 0],
    ...     [0.20, 0, 0.80, 0, 0],
    ...     [0.15, 0, 0, 0.85, 0],
    ...     [0.05, 0, 0, 0, 0.95],
    ...     [0, 0, 0, 0, 1],
    ... ]
    >>> model = MigrationModel(matrix, [36, -4, -4, -4, 0], states=["1", "2", "3", "4", "lost"])
    >>> model.value(discount_rate=0.2, horizon=4).value.round(8)
    array([50.11496914,  4.21990741,  0.59211034, -1.98013117,  0.        ])
    >>> found = model.value(discount_rate=0.2, horizon=float("inf"))
    >>> found.value.round(8)
    array([52.31960944,  5.55378356,  1.25077299, -1.82001627,  0.        ])

    A table of customers by their states:

    >>> import pandas as pd
    >>> found.of(pd.Series(["3", "1", "lost"], index=["Ann", "Bo", "Cy"])).round(2)
    Ann     1.25
    Bo     52.32
    Cy      0.00
    Name: value, dtype: float64
    """

    __slots__ = ("_model", "_remake", "_states")

    _model: _core.MigrationModel
    _remake: tuple[Callable[..., Any], tuple[Any, ...]]
    _states: list[Any]

    def __init__(
        self,
        transition_matrix: Any,
        rewards: ArrayLike,
        *,
        reward_variance: ArrayLike | None = None,
        states: Sequence[Any] | None = None,
        tolerance: Number = 1e-10,
        max_iterations: int = 20_000,
    ) -> None:
        chain: dict[str, Any] = _sparse(transition_matrix) or {"transition_matrix": transition_matrix}
        known = None if "columns" in chain else names_of(transition_matrix)
        if known is not None:
            check_names("transition_matrix", row_names(transition_matrix), known)
        reward = read_array("rewards", rewards)
        variance = None if reward_variance is None else read_array("reward_variance", reward_variance)
        if "columns" in chain:
            made = _core.MigrationModel.sparse(**chain, rewards=reward, reward_variance=variance)
        else:
            matrix = read_table("transition_matrix", transition_matrix)
            made = _core.MigrationModel.dense(matrix, reward, variance)
            chain = {"transition_matrix": matrix.copy()}
        self._model = made.with_solver(tolerance, integer("max_iterations", max_iterations, greatest=LARGEST_COUNT))
        self._states = names("states", states if states is not None else known, self._model.states())
        owned = (chain, reward.copy(), None if variance is None else variance.copy())
        self._remake = (_remade, (*owned, self._states, tolerance, max_iterations))

    @classmethod
    def _made(
        cls, model: _core.MigrationModel, states: list[Any], remake: tuple[Callable[..., Any], tuple[Any, ...]]
    ) -> MigrationModel:
        made = object.__new__(cls)
        made._model, made._states, made._remake = model, states, remake
        return made

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return self._remake

    def __repr__(self) -> str:
        return f"MigrationModel of {len(self._states)} states"

    @property
    def states(self) -> list[Any]:
        """The states, in the order of the matrix."""
        return list(self._states)

    def value(self, *, discount_rate: Number, horizon: float) -> StateValues:
        """Give the expected value of a customer in each state.

        Parameters
        ----------
        discount_rate : float or Decimal
            d, per period; greater than -1.
        horizon : int or math.inf
            T, the last period.

        Raises
        ------
        LengthMismatchError
            If rewards by period do not have the periods of the horizon.
        DivergentError
            If the value over an infinite horizon is not finite: without a discount, that is if a customer may stay for
            ever in a state that brings or costs something.
        NotConvergedError
            If an iteration did not reach its tolerance.
        """
        values, bound, iterations = self._model.value(discount_rate, last_period(horizon))
        return StateValues(self.states, np.array(values), bound, iterations)

    def moments(self, *, discount_rate: Number, horizon: float) -> Moments:
        """Give mean, variance and standard deviation of the discounted value of a customer in each state.

        ``Var W_i = Var R_i + (1 + d)^-2 * sum over j of P_ij * (Var W_j + (v_j - m_i)^2)``, with v the mean value and
        m_i the mean of what follows state i. Parameters and errors are those of :meth:`value`.

        Examples
        --------
        Half of the customers leave; who stays brings 8, discounted by a factor of 1/2: 8 or 12 in all.

        >>> MigrationModel([[0.5, 0.5], [0, 1]], [8, 0]).moments(discount_rate=1, horizon=1).standard_deviation
        array([2., 0.])
        """
        mean, variance, deviation = self._model.moments(discount_rate, last_period(horizon))
        return Moments(self.states, np.array(mean), np.array(variance), np.array(deviation))

    def distribution(self, initial: ArrayLike | Mapping[Any, float], *, periods: int) -> CohortPath:
        """Give the expected number of customers in each state at t = 0, ..., ``periods``: ``initial P^t``.

        Parameters
        ----------
        initial : array-like of n numbers, or dict
            How many customers are now in each state; by name, those that are not named have none.
        periods : int
            T.

        Examples
        --------
        >>> model = MigrationModel([[0.75, 0.25], [0, 1]], [1, 0], states=["active", "lost"])
        >>> model.distribution({"active": 64}, periods=2).customers
        array([[64.,  0.],
               [48., 16.],
               [36., 28.]])
        """
        now = read_array("initial", weights("initial", initial, self._states))
        rows = self._model.distribution(now, integer("periods", periods, greatest=LARGEST_INDEX))
        return CohortPath(self.states, np.array(rows).reshape(-1, len(self._states)))

    def occupancy(
        self, initial: ArrayLike | Mapping[Any, float], *, discount_rate: Number = 0, horizon: float
    ) -> Floats:
        """Give the (discounted) number of periods that a cohort spends in each state, the present one included.

        ``sum over t = 0, ..., T of (1 + d)^-t initial P^t``. Without a discount it is the expected time in each state;
        a state of a recurrent class that may be reached has an infinite time over an infinite horizon.

        Examples
        --------
        >>> model = MigrationModel([[0.75, 0.25], [0, 1]], [1, 0], states=["active", "lost"])
        >>> model.occupancy({"active": 1}, horizon=float("inf"))
        array([ 4., inf])
        """
        now = read_array("initial", weights("initial", initial, self._states))
        return np.array(self._model.occupancy(now, discount_rate, last_period(horizon)))

    def structure(self) -> Structure:
        """Give the recurrent classes and the transient states.

        Examples
        --------
        >>> MigrationModel([[0.75, 0.25], [0, 1]], [1, 0], states=["active", "lost"]).structure().absorbing_states
        ['lost']
        """
        classes, _ = self._model.structure()
        return Structure(self.states, classes)

    def absorption(self) -> Absorption:
        """Give the probability of ending up in each recurrent class, and the expected time until then.

        Examples
        --------
        A trial becomes a member in one of four periods, and ends for good in one of four:

        >>> matrix = [[0.5, 0.25, 0.25], [0, 1, 0], [0, 0, 1]]
        >>> model = MigrationModel(matrix, [0, 9, 0], states=["trial", "member", "lost"])
        >>> found = model.absorption()
        >>> found.structure.classes
        [['member'], ['lost']]
        >>> found.probabilities[0], found.expected_periods[0]
        (array([0.5, 0.5]), np.float64(2.0))
        """
        classes, probabilities, periods = self._model.absorption()
        rows = np.array(probabilities).reshape(len(self._states), -1)
        return Absorption(Structure(self.states, classes), rows, np.array(periods))

    def stationary_distribution(self) -> Floats:
        """Give the distribution over the states that customers tend to.

        Raises
        ------
        NoSolutionError
            If there are several recurrent classes.

        Examples
        --------
        >>> MigrationModel([[0.5, 0.5], [0.25, 0.75]], [1, 0]).stationary_distribution().round(6)
        array([0.333333, 0.666667])
        """
        return np.array(self._model.stationary_distribution())


def _remade(
    chain: dict[str, Any], rewards: Any, variance: Any, states: list[Any], tolerance: Number, iterations: int
) -> MigrationModel:
    matrix = chain["transition_matrix"] if "transition_matrix" in chain else _Csr(**chain)
    return MigrationModel(
        matrix, rewards, reward_variance=variance, states=states, tolerance=tolerance, max_iterations=iterations
    )


@dataclass(frozen=True)
class _Csr:
    """A sparse matrix as the core has it."""

    row_starts: NDArray[np.int64]
    columns: NDArray[np.int64]
    probabilities: Floats

    @property
    def indptr(self) -> NDArray[np.int64]:
        return self.row_starts

    @property
    def indices(self) -> NDArray[np.int64]:
        return self.columns

    @property
    def data(self) -> Floats:
        return self.probabilities


def _sparse(matrix: Any) -> dict[str, Any] | None:
    """Give the arrays of a sparse matrix by row; None for anything else."""
    if hasattr(matrix, "tocsr"):
        matrix = matrix.tocsr()
    if not (hasattr(matrix, "indptr") and hasattr(matrix, "indices")):
        return None
    return {
        "row_starts": _whole_numbers("row_starts", matrix.indptr),
        "columns": _whole_numbers("columns", matrix.indices),
        "probabilities": read_array("probabilities", matrix.data),
    }


def _whole_numbers(argument: str, values: Any) -> NDArray[np.int64]:
    array = np.asarray(values)
    if array.dtype.kind not in "iu":
        message = f"{argument} is of type {array.dtype}: must be whole numbers"
        raise OutOfRangeError(message, argument=argument, value=f"of type {array.dtype}")
    return np.ascontiguousarray(array, dtype=np.int64)
