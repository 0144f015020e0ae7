"""What is known of a switching matrix after the data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crm_core import _core
from crm_core._options import integer
from crm_core.clv.estimation._reading import labelled, matrix_of, names_for, square

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from numpy.typing import ArrayLike

    from crm_core.clv.estimation._reading import Floats


class TransitionPosterior:
    """What is known of a switching matrix: its rows are independent, row i is Dirichlet with parameters alpha_ij.

    Parameters
    ----------
    parameters : array-like or DataFrame, k x k
        All greater than 0. The columns of a DataFrame name the brands.
    brands : sequence, optional
        The names of the brands; by default those of the DataFrame, or else 0, 1, ...

    Raises
    ------
    LengthMismatchError, NotFiniteError, OutOfRangeError
        For a table that is not square, or a parameter that is not greater than 0, with the row.

    References
    ----------
    Martin 1967, "Bayesian Decision Problems and Markov Chains".

    Examples
    --------
    >>> posterior = TransitionPosterior([[8, 2], [1, 3]], brands=["A", "B"])
    >>> posterior.mean
    array([[0.8 , 0.2 ],
           [0.25, 0.75]])
    >>> lower, upper = posterior.credible_interval(0.9)
    >>> lower.round(3), upper.round(3)
    (array([[0.571, 0.041],
           [0.017, 0.368]]), array([[0.959, 0.429],
           [0.632, 0.983]]))
    """

    __slots__ = ("_brands", "_parameters", "_posterior")

    def __init__(self, parameters: ArrayLike | Any, brands: Iterable[Any] | None = None) -> None:
        values, columns = matrix_of("parameters", parameters)
        self._posterior = _core.TransitionPosterior(values)
        names = names_for("parameters", len(values), brands, columns)
        self._parameters, self._brands = values, names

    def __reduce__(self) -> tuple[Any, ...]:
        return TransitionPosterior, (self._parameters, self._brands)

    def __repr__(self) -> str:
        return f"TransitionPosterior of {len(self._brands)} brands"

    @property
    def brands(self) -> list[Any]:
        """The names of the brands."""
        return list(self._brands)

    @property
    def parameters(self) -> Floats:
        """The parameters, k x k."""
        return self._parameters.copy()

    @property
    def mean(self) -> Floats:
        """``alpha_ij / A_i``, where A_i is the sum of row i."""
        return square(self._posterior.mean())

    @property
    def mode(self) -> Floats:
        """The most probable matrix, ``(alpha_ij - 1) / (A_i - k)``.

        NoSolutionError with the row where a parameter is less than 1, or all are 1.
        """
        return square(self._posterior.mode())

    @property
    def standard_deviations(self) -> Floats:
        """``sqrt(alpha_ij * (A_i - alpha_ij) / (A_i^2 * (A_i + 1)))``."""
        return square(self._posterior.standard_deviations())

    def covariance(self, row: int) -> Floats:
        """Give ``Cov(P_ia, P_ib)`` of row i, counted from 0; rows are independent."""
        return square(self._posterior.covariance(integer("row", row)))

    def credible_interval(self, level: float | Decimal = 0.95) -> tuple[Floats, Floats]:
        """Give the lower and upper ends of the interval that holds each entry with this probability.

        Tails are equal: P_ij is Beta(alpha_ij, A_i - alpha_ij). Intervals of different entries do not hold together.
        """
        lower, upper = self._posterior.credible_interval(level)
        return square(lower), square(upper)

    def sample(self, seed: int, stream: int = 0) -> Floats:
        """Draw a random matrix. Its bits depend on ``seed`` and ``stream`` alone; streams of a seed are independent."""
        return square(self._posterior.sample(integer("seed", seed), integer("stream", stream)))

    def table(self, library: str = "pandas") -> Any:
        """Give the mean as a DataFrame of "pandas", "polars" or "pyarrow", with the brands as columns."""
        return labelled(self.mean, self._brands, library)
