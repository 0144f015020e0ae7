"""A switching matrix from market shares alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from crm_core import _core
from crm_core._columns import read
from crm_core._options import items, optional_number
from crm_core.clv.estimation._reading import labelled, matrix_of, square
from crm_core.errors import EmptyError, LengthMismatchError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from crm_core.clv.estimation._reading import Floats


@dataclass(frozen=True, slots=True, eq=False)
class ShareFit:
    """A switching matrix estimated from shares.

    Attributes
    ----------
    transition_matrix : ndarray, k x k
        P.
    sum_of_squares : float
        ``sum over t of w_t * |s_t - s_(t-1) P|^2``.
    r_squared : float or None
        1 - sum of squares / sum of squares about the mean shares; None if the shares never change.
    steps : int
        The steps from a period to the next.
    rank : int
        How many independent shares the data hold: k where they determine P without shrinkage.
    condition_number : float
        Errors of the shares may be so many times larger in P.
    kkt_residual : float
        How far P is from the conditions of the only solution (Karush, Kuhn, Tucker), in units of a probability.
    at_bound : int
        How many entries of P are 0 because the best fit would be negative.
    brands : list
        The names of the brands.
    """

    transition_matrix: Floats
    sum_of_squares: float
    r_squared: float | None
    steps: int
    rank: int
    condition_number: float
    kkt_residual: float
    at_bound: int
    brands: list[Any]

    def table(self, library: str = "pandas") -> Any:
        """Give the matrix as a DataFrame of "pandas", "polars" or "pyarrow", with the brands as columns."""
        return labelled(self.transition_matrix, self.brands, library)


def share_regression(
    shares: Sequence[Any],
    *,
    weights: ArrayLike | None = None,
    towards: ArrayLike | Any | None = None,
    strength: float | None = None,
) -> ShareFit:
    """Estimate the switching matrix that explains market shares best, when nobody saw who switched.

    ``min over P of sum over t of w_t |s_t - s_(t-1) P|^2 + strength * |P - towards|^2``, where P has entries of 0 or
    more and rows that sum to one: a convex problem, solved exactly. The shares must move in k independent ways: one
    market near its steady state says little, several regions or cohorts with different shares say much more. Without
    ``towards``, shares that do not determine P are refused. There are no standard errors: bounds make their usual
    formulas wrong.

    Parameters
    ----------
    shares : sequence of array-like or DataFrame
        One table of each market (region, segment, cohort): a row for each period, two or more, a column for each
        brand. Rows sum to one. The columns of DataFrames name the brands.
    weights : array-like, optional
        One number of 0 or more for each step from a period to the next, market after market.
    towards : array-like or DataFrame, k x k, optional
        What P is drawn to: a matrix of an earlier study, or one that says that customers mostly stay.
    strength : float, optional
        How strongly, greater than 0: as many steps from each pure share.

    Raises
    ------
    NoSolutionError
        Where the shares do not determine P.
    NotStochasticError
        For shares that do not sum to one, with the period.
    OutOfRangeError, LengthMismatchError
        For markets of one period or other brands, with the number of the market; for weights and strengths.

    References
    ----------
    Lee, Judge & Zellner 1970, "Estimating the Parameters of the Markov Probability Model from Aggregate Time Series
    Data".

    Examples
    --------
    Two regions whose customers switch by the same matrix:

    >>> north = [[0.9, 0.1], [0.75, 0.25], [0.675, 0.325]]
    >>> south = [[0.2, 0.8], [0.4, 0.6]]
    >>> share_regression([north, south]).transition_matrix.round(6)
    array([[0.8, 0.2],
           [0.3, 0.7]])

    A market that does not move says nothing of who switches:

    >>> share_regression([[[0.6, 0.4], [0.6, 0.4], [0.6, 0.4]]])  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    crm_core.errors.NoSolutionError: shares is of rank 1: must move in 2 independent ways to determine ...
    """
    tables = [matrix_of("shares", market) for market in items("shares", shares)]
    if not tables:
        message = "shares: must not be empty"
        raise EmptyError(message, argument="shares")
    brands = next((names for _, names in tables if names is not None), list(range(tables[0][0].shape[1])))
    for market, (_, names) in enumerate(tables):
        if names is not None and names != brands:
            found, wanted = (", ".join(map(str, brands_)) for brands_ in (names, brands))
            message = f"shares (row {market}) is of {found}: must have the brands {wanted}"
            raise LengthMismatchError(message, argument="shares", row=market)
    by_step = None if weights is None else read("weights", np.asarray(weights)).values
    drawn = None if towards is None else matrix_of("towards", towards)[0]
    if (towards is None) != (strength is None):
        argument = "towards" if towards is None else "strength"
        message = f"{argument}: must be given, as towards and strength go together"
        raise EmptyError(message, argument=argument)
    force = optional_number("strength", strength)
    parts: dict[str, Any] = _core.share_regression([table for table, _ in tables], by_step, drawn, force)
    return ShareFit(**{**parts, "transition_matrix": square(parts["transition_matrix"])}, brands=brands)
