"""A switching matrix from market shares alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np

from crm_core import _core
from crm_core._columns import read
from crm_core._options import items, library_name, member, optional_number
from crm_core.clv.estimation._reading import labelled, matrix_of, square
from crm_core.errors import EmptyError, LengthMismatchError
from crm_core.units import Category

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from crm_core.clv.estimation._reading import Floats


class CovarianceEstimator(Category):
    """What a covariance of least-squares estimates takes for granted of the errors.

    CLASSICAL: errors of the same covariance in every step, divided by its weight. HC0: of any covariance in each step
    (White 1980), too small for few steps; HC1: HC0 times observations / degrees of freedom; HC3: the jackknife, what
    the estimates would be without each step (MacKinnon & White 1985), for few steps.
    """

    CLASSICAL = "classical"
    HC0 = "hc0"
    HC1 = "hc1"
    HC3 = "hc3"


@dataclass(frozen=True, slots=True, eq=False)
class ShareInference:
    """How well a switching matrix is known that was estimated from shares.

    Entries held at 0 have NaN for all but the covariance, which is 0.

    Attributes
    ----------
    transition_matrix : ndarray, k x k
        P.
    standard_errors : ndarray, k x k
        The root of the variance of each entry.
    t_values, p_values : ndarray, k x k
        ``t = P_ij / standard error``, and how likely a larger ``|t|`` is if P_ij is 0, by Student's t.
    lower, upper : ndarray, k x k
        ``P_ij -/+ t * standard error``, where Student's t lies with probability `level`; not cut at 0 and 1.
    level : float
        The confidence of the intervals.
    covariance : ndarray, k^2 x k^2
        Of ``P_ij`` and ``P_hl`` at row ``i * k + j`` and column ``h * k + l``.
    estimator : CovarianceEstimator
        What the errors were taken to be.
    observations : int
        n, the steps of a weight greater than 0.
    effective_parameters : float
        m, the sum of the leverages of all steps: the free entries less k, and less still with shrinkage.
    degrees_of_freedom : float
        ``n - m / (k - 1)``.
    brands : list
        The names of the brands.
    """

    transition_matrix: Floats
    standard_errors: Floats
    t_values: Floats
    p_values: Floats
    lower: Floats
    upper: Floats
    level: float
    covariance: Floats
    estimator: CovarianceEstimator
    observations: int
    effective_parameters: float
    degrees_of_freedom: float
    brands: list[Any]

    def summary(self, library: str = "pandas") -> Any:
        """Give a row for each entry as a DataFrame of "pandas", "polars" or "pyarrow"."""
        columns: dict[str, Any] = {
            "from": [brand for brand in self.brands for _ in self.brands],
            "to": self.brands * len(self.brands),
            "estimate": self.transition_matrix.ravel(),
            "standard_error": self.standard_errors.ravel(),
            "t": self.t_values.ravel(),
            "p_value": self.p_values.ravel(),
            "lower": self.lower.ravel(),
            "upper": self.upper.ravel(),
        }
        return nw.from_dict(columns, backend=library_name(library)).to_native()


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
    _inputs: tuple[Any, Any, Any, Any] = field(repr=False)

    def inference(
        self,
        covariance: CovarianceEstimator = CovarianceEstimator.HC3,
        *,
        level: float = 0.95,
    ) -> ShareInference:
        """Give standard errors, t values, confidence intervals and covariances of the entries of P.

        With the errors ``e_t = s_t - s_(t-1) P`` and B the inverse of the second derivatives over the entries that are
        not held at 0, with rows that sum to one, ``Cov P = B M B`` where ``M`` is the sum over t of
        ``w_t^2 (a_t x s_(t-1)) (a_t x s_(t-1))'``: a_t is e_t (HC0), ``sqrt(n / degrees of freedom) e_t`` (HC1) or
        ``(I - H_t)^-1 e_t`` with the leverage H_t (HC3). Classical: all errors have the covariance
        ``sum of w_t e_t' e_t / degrees of freedom``, divided by w_t. Errors of the brands may be correlated in a step;
        steps are independent. Where no entry is held at 0, these are the standard errors of a least-squares
        regression of each brand's shares.

        Entries at 0 are taken as truly 0: the others' standard errors are too small if they are not. With shrinkage
        they measure how P varies, not how far it is drawn away.

        Parameters
        ----------
        covariance : CovarianceEstimator
            What the errors are taken to be; HC3, for few steps, by default.
        level : float
            Confidence of the intervals, between 0 and 1; 0.95 by default.

        Raises
        ------
        NoSolutionError
            For as many parameters as steps; with HC3, naming the step, where one step alone determines what is
            fitted to it.
        OutOfRangeError
            For a level that is not between 0 and 1.

        References
        ----------
        White 1980, "A Heteroskedasticity-Consistent Covariance Matrix Estimator and a Direct Test for
        Heteroskedasticity"; MacKinnon & White 1985, "Some Heteroskedasticity-Consistent Covariance Matrix Estimators
        with Improved Finite Sample Properties"; Bell & McCaffrey 2002 for errors correlated over brands.

        Examples
        --------
        >>> shares = [[0.9, 0.1], [0.74, 0.26], [0.67, 0.33], [0.645, 0.355], [0.61, 0.39]]
        >>> share_regression([shares]).inference("hc1").summary().round(3)
           from  to  estimate  standard_error       t  p_value  lower  upper
        0     0   0     0.789           0.008  94.799    0.000  0.754  0.825
        1     0   1     0.211           0.008  25.288    0.002  0.175  0.246
        2     1   0     0.318           0.043   7.429    0.018  0.134  0.502
        3     1   1     0.682           0.043  15.935    0.004  0.498  0.866
        """
        kind = member("covariance", CovarianceEstimator, covariance)
        parts: dict[str, Any] = _core.share_inference(*self._inputs, kind, level)
        matrices = {name: square(found) for name, found in parts.items() if isinstance(found, list)}
        return ShareInference(
            **{**parts, **matrices},
            transition_matrix=self.transition_matrix,
            level=float(level),
            estimator=kind,
            brands=self.brands,
        )

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
    ``towards``, shares that do not determine P are refused. Standard errors: :meth:`ShareFit.inference`.

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
    inputs = ([table for table, _ in tables], by_step, drawn, force)
    parts: dict[str, Any] = _core.share_regression(*inputs)
    return ShareFit(**{**parts, "transition_matrix": square(parts["transition_matrix"])}, brands=brands, _inputs=inputs)
