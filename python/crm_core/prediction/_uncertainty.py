"""How sure predictions are: intervals, totals, draws of parameters, bootstraps, for every model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np

from crm_core._columns import check_aligned, is_column, read
from crm_core._options import LARGEST_COUNT, LARGEST_INDEX, integer, library_name, wrong_type
from crm_core.errors import OutOfRangeError
from crm_core.prediction._fitted import Estimate, results_over_columns
from crm_core.units import Category

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from crm_core import _core


class PurchasePrediction(Category):
    """What a model of purchases predicts of a customer: the names of its methods."""

    PROBABILITY_ALIVE = "probability_alive"
    """That the customer still is one after the horizon."""
    EXPECTED_PURCHASES = "expected_purchases"
    """In the horizon."""
    PURCHASE_PROBABILITY = "purchase_probability"
    """Of exactly so many purchases in the horizon."""
    TAIL_PROBABILITY = "tail_probability"
    """Of so many purchases or more in the horizon."""
    DISCOUNTED_PURCHASES = "discounted_purchases"
    """In the horizon, at a discount rate."""


class RenewalPrediction(Category):
    """What a model of customers under contract predicts: the names of its methods."""

    CONDITIONAL_SURVIVAL = "conditional_survival"
    """Of ``horizon`` further renewals."""
    RETENTION_RATE = "retention_rate"
    """At the renewal number ``renewals``."""
    CHURN_PROBABILITY = "churn_probability"
    """At the renewal number ``renewals``."""
    DISCOUNTED_LIFETIME = "discounted_lifetime"
    """Payments from now on."""
    DISCOUNTED_RESIDUAL_LIFETIME = "discounted_residual_lifetime"
    """Payments from the next renewal on."""
    EXPECTED_RESIDUAL_LIFETIME = "expected_residual_lifetime"
    """Renewals to come."""


@dataclass(frozen=True, slots=True)
class Intervals:
    """Predictions with their uncertainty, each a column of the user's own kind, or a number.

    Attributes
    ----------
    estimate : column
        The predictions at the fitted parameters.
    standard_error : column
        By the delta method.
    lower, upper : column
        The ends of the intervals. Those of a probability are symmetric in its log-odds and stay between 0 and 1; those
        of other predictions are symmetric in the logarithm and keep their sign.
    """

    estimate: Any
    standard_error: Any
    lower: Any
    upper: Any


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """Fits to what a model makes itself (Efron 1979): how far the parameters of such a fit are from the truth.

    Attributes
    ----------
    parameters : dict of str to array
        By name, of each replicate whose likelihood has a maximum.
    undefined : int
        Replicates without one, which are left out. Unless it is 0, read the intervals with care.
    """

    parameters: dict[str, NDArray[np.float64]]
    undefined: int
    _made: _core.ParametricBootstrap

    def estimates(self, level: float = 0.95) -> dict[str, Estimate]:
        """Give each parameter with the standard deviation of the replicates and their percentile interval.

        Raises
        ------
        NoSolutionError
            If fewer than two replicates have a maximum.
        """
        intervals = self._made.intervals(level)
        return {name: Estimate(*interval) for name, interval in zip(self.parameters, intervals, strict=True)}

    def table(self, *, library: str = "pandas") -> Any:
        """Give the parameters as a table with one row per replicate: "pandas", "polars" or "pyarrow"."""
        return nw.from_dict(self.parameters, backend=library_name(library)).to_native()


def bootstrap_of(names: tuple[str, ...], made: _core.ParametricBootstrap) -> Bootstrap:
    """Give what the core made by the names of the parameters."""
    values = np.array(made.parameters).reshape(-1, len(names))
    return Bootstrap(dict(zip(names, values.T.copy(), strict=True)), made.undefined, made)


def draws_table(
    names: tuple[str, ...],
    draw: Callable[[int, int, NDArray[np.float64]], None],
    count: int,
    seed: int,
    library: str,
    core_parameters: int | None = None,
) -> Any:
    """Give drawn parameters as a table; ``draw`` fills an array of the parameters of the core's model."""
    rows = integer("count", count, least=1, greatest=LARGEST_INDEX)
    size = core_parameters or len(names)
    out = np.empty(rows * size)
    draw(rows, integer("seed", seed, greatest=LARGEST_COUNT), out)
    columns = out.reshape(rows, size).T[: len(names)].copy()
    return nw.from_dict(dict(zip(names, columns, strict=True)), backend=library_name(library)).to_native()


def intervals_over(predict: Callable[..., None], given: dict[str, Any]) -> Intervals:
    """Predict with intervals for columns and numbers for all rows; ``predict`` takes the four arrays as a tuple."""

    def run(values: dict[str, Any], *out: NDArray[np.float64]) -> None:
        predict(values, out)

    return Intervals(*results_over_columns(run, given, 4))


def total_over(
    predict: Callable[..., tuple[float, float, float, float]],
    given: dict[str, Any],
    level: float,
    draws: int | None,
    seed: int | None,
) -> Estimate:
    """Sum over the rows of columns, none of which may have missing values."""
    columns = {name: read(name, value) for name, value in given.items() if is_column(value)}
    rows = 1
    if columns:
        check_aligned(columns)
        rows = len(next(iter(columns.values())).values)
    values = {name: columns[name].required(name) if name in columns else value for name, value in given.items()}
    return Estimate(*predict(values, (rows, level, _draws(draws, seed))))


def _draws(draws: int | None, seed: int | None) -> tuple[int, int] | None:
    if draws is None:
        if seed is not None:
            message = f"seed is {seed!r}: must not be given without draws"
            raise OutOfRangeError(message, argument="seed", value=repr(seed))
        return None
    if seed is None:
        raise wrong_type("seed", seed, "an integer, as draws are asked for")
    return integer("draws", draws, least=2, greatest=LARGEST_INDEX), integer("seed", seed, greatest=LARGEST_COUNT)


def numbers_of(argument: str, column: Any) -> NDArray[np.float64]:
    """Give a column without missing values, contiguous."""
    return np.ascontiguousarray(read(argument, column).required(argument))
