"""Brand switching: what the customers of a market are worth to each brand.

``CLV(j) = sum over t = 0, ..., T of (1 + r)^(-t / f) * F_t * S_jt * pi_jt``

``F_t`` is the number of purchases in period t, ``S_jt`` the share of them that brand j gets, ``pi_jt`` its
contribution per purchase, ``r`` the discount rate per period, ``f`` the number of purchases per period of ``r``.

===========================================================  =============================
you have                                                     use
===========================================================  =============================
one market or customer, inputs that may vary by period       :class:`SpendingAllocation`
customers with one switching matrix, or one for each period  :class:`MatrixClv`
customers in segments, one switching matrix for each         :class:`SegmentMatrixClv`
customers with a switching matrix of their own, each         :func:`individual_matrix_clv`
===========================================================  =============================

Shares of all brands sum to one, and so does each row of a switching matrix. Published numbers often do not; such
rows are refused with their number and sum, unless you say that they need not (:attr:`ShareRule.ANY`) or call
:func:`normalize`.

References
----------
Rust, Lemon & Zeithaml 2004, "Return on marketing: using customer equity to focus marketing strategy", equation (3).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from crm_core import _core
from crm_core._options import member
from crm_core.clv._chain_inputs import amount_of, last_period, owned, row_names
from crm_core.clv._customer_table import CustomerTable, check_names, names_of, read_array, read_table
from crm_core.errors import LengthMismatchError, OutOfRangeError, WrongTypeError
from crm_core.units import Category

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import ArrayLike, NDArray

    from crm_core._columns import Number

    Floats: TypeAlias = NDArray[np.float64]

__all__ = ["MatrixClv", "SegmentMatrixClv", "ShareRule", "SpendingAllocation", "individual_matrix_clv", "normalize"]


class ShareRule(Category):
    """What the shares of one row must sum to."""

    SUM_TO_ONE = "sum_to_one"
    ANY = "any"


class SpendingAllocation:
    """How a market, or one customer, spreads its purchases over brands, and what they contribute.

    Made by one of the three class methods, which differ in where the shares come from. In each, ``purchases`` (F)
    and ``contribution`` (pi) are one number, a list of one number per brand, or a table that has one row for each
    period t = 0, ..., T with one number in it, or one per brand.

    Examples
    --------
    >>> market = SpendingAllocation.from_switching(
    ...     shares=[0.5, 0.3, 0.2],
    ...     transition_matrix=[[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.2, 0.2, 0.6]],
    ...     contribution=300.0,
    ... )
    >>> market.clv(discount_rate=0.1, horizon=1).round(2)
    array([264.55, 193.64, 114.55])
    >>> market.clv(discount_rate=0.1, horizon=float("inf")).round(2)
    array([1122., 1518.,  660.])
    """

    __slots__ = ("_allocation", "_inputs")

    _allocation: _core.SpendingAllocation
    _inputs: tuple[str, tuple[Any, ...]]

    def __init__(self) -> None:
        message = "SpendingAllocation is made by from_retention, from_path or from_switching"
        raise TypeError(message)

    @classmethod
    def _made(cls, make: Callable[..., _core.SpendingAllocation], *inputs: Any) -> SpendingAllocation:
        made = object.__new__(cls)
        made._allocation = make(*inputs)
        made._inputs = (make.__name__, owned(inputs))
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        make, inputs = self._inputs
        return _remade, (make, inputs)

    def __repr__(self) -> str:
        return f"SpendingAllocation.{self._inputs[0]}(...) of {self.brands} brands"

    @classmethod
    def from_retention(
        cls, share: Number, retention: Number, *, purchases: ArrayLike = 1.0, contribution: ArrayLike
    ) -> SpendingAllocation:
        """One brand whose customers stay or leave for good: ``S_t = share * retention^t``.

        Examples
        --------
        >>> brand = SpendingAllocation.from_retention(share=0.4, retention=0.8, contribution=100.0)
        >>> brand.clv(discount_rate=0.1, horizon=12).round(4)
        array([144.3311])
        """
        amounts = (amount_of("purchases", purchases), amount_of("contribution", contribution))
        return cls._made(_core.SpendingAllocation.from_retention, share, retention, *amounts)

    @classmethod
    def from_path(
        cls,
        shares: ArrayLike,
        *,
        rule: ShareRule = ShareRule.SUM_TO_ONE,
        purchases: ArrayLike = 1.0,
        contribution: ArrayLike,
    ) -> SpendingAllocation:
        """The shares of every brand in every period: one row for each t = 0, ..., T.

        Raises
        ------
        NotStochasticError
            For shares that do not sum to one, with the row and the sum, unless ``rule`` is :attr:`ShareRule.ANY`.

        Examples
        --------
        The answers of a published exercise cannot come from shares that sum to one:

        >>> published = [[0.5, 0.3, 0.2], [0.43, 0.40, 0.20]]
        >>> market = SpendingAllocation.from_path(published, rule=ShareRule.ANY, contribution=300.0)
        >>> market.clv(discount_rate=0.1, horizon=1).round(2)
        array([267.27, 199.09, 114.55])
        >>> SpendingAllocation.from_path(published, contribution=300.0)  # doctest: +ELLIPSIS
        Traceback (most recent call last):
            ...
        crm_core.errors.NotStochasticError: shares (row 1) is of sum 1.03: must sum to 1; normalize it, or ...
        """
        amounts = (amount_of("purchases", purchases), amount_of("contribution", contribution))
        table = read_table("shares", shares)
        return cls._made(_core.SpendingAllocation.from_path, table, _sum_to_one(rule), *amounts)

    @classmethod
    def from_switching(
        cls, shares: ArrayLike, transition_matrix: ArrayLike, *, purchases: ArrayLike = 1.0, contribution: ArrayLike
    ) -> SpendingAllocation:
        """Shares that follow a switching matrix P: ``S_t = S_(t-1) P``.

        Parameters
        ----------
        shares : array-like of k numbers
            The present shares; they sum to one.
        transition_matrix : array-like, k x k or T x k x k
            Entry (i, j) is the probability that a buyer of brand i buys brand j next; every row sums to one.
            With three dimensions, matrix t leads from period t to t + 1.
        purchases, contribution : float or array-like
            As said for the class.
        """
        amounts = (amount_of("purchases", purchases), amount_of("contribution", contribution))
        now, matrix = read_array("shares", shares), read_table("transition_matrix", transition_matrix)
        brands = names_of(transition_matrix)
        check_names("transition_matrix", row_names(transition_matrix), brands)
        for argument, given in (("shares", shares), ("contribution", contribution)):
            check_names(argument, row_names(given) if np.ndim(given) == 1 else None, brands)
        return cls._made(_core.SpendingAllocation.from_switching, now, matrix, *amounts)

    @property
    def brands(self) -> int:
        """The number of brands that get a value; one for retention."""
        return self._allocation.brands()

    def clv(self, *, discount_rate: Number, horizon: float, purchases_per_period: Number = 1.0) -> Floats:
        """Give the value of every brand.

        Parameters
        ----------
        discount_rate : float or Decimal
            r, per period; greater than -1.
        horizon : int or math.inf
            T, the last period; ``math.inf`` where nothing varies by period.
        purchases_per_period : float
            f, the purchases per period of the discount rate.

        Raises
        ------
        LengthMismatchError
            If an input by period does not have the periods of the horizon.
        DivergentError
            If the sum over an infinite horizon has no value.
        """
        return np.array(self._allocation.clv(discount_rate, purchases_per_period, last_period(horizon)))

    def contributions(self, *, discount_rate: Number, horizon: int, purchases_per_period: Number = 1.0) -> Floats:
        """Give the terms of the sum: one row for each period t = 0, ..., T, one column for each brand."""
        last = last_period(horizon)
        if last is None:
            message = f"horizon is {horizon}: must be finite for a table of contributions"
            raise OutOfRangeError(message, argument="horizon", value=str(horizon))
        terms = self._allocation.contributions(discount_rate, purchases_per_period, last)
        return np.array(terms).reshape(-1, self.brands)


def _remade(make: str, inputs: tuple[Any, ...]) -> SpendingAllocation:
    return SpendingAllocation._made(getattr(_core.SpendingAllocation, make), *inputs)


def normalize(weights: ArrayLike) -> Floats:
    """Divide every row by its sum: purchase counts become shares, counted switches a transition matrix.

    Raises
    ------
    NotStochasticError
        For a row of zeros.

    Examples
    --------
    >>> normalize([[14, 6], [4, 6]])
    array([[0.7, 0.3],
           [0.4, 0.6]])
    """
    array = read_table("weights", weights)
    shares = np.empty(array.shape)
    _core.normalize_shares(array, shares)
    return shares


class MatrixClv:
    """The value that each brand gets from every customer of a table, under one switching matrix P.

    ``CLV = S_0 M`` with ``M = sum over t of (1 + r)^(-t / f) P^t diag(pi)``: M is computed once, then a customer costs
    one product of a row with a k x k matrix, however long the horizon is. A million customers take as long as a copy
    of their shares, about.

    Parameters
    ----------
    transition_matrix : array-like or DataFrame, k x k
        Entry (i, j) is the probability that a buyer of brand i buys brand j next; every row sums to one. The columns
        of a DataFrame name the brands.
    contribution : float or array-like of k numbers
        What a purchase contributes, of all brands or of each.
    discount_rate : float or Decimal
        r, per period; greater than -1.
    horizon : int or math.inf
        T, the last period.
    purchases_per_period : float
        f, the purchases per period of the discount rate.

    Raises
    ------
    NotStochasticError
        For a row of the matrix that does not sum to one, with the row and the sum.
    DivergentError
        For an infinite horizon and a discount rate of 0 or less.

    Examples
    --------
    >>> import numpy as np
    >>> model = MatrixClv([[0.8, 0.2], [0.3, 0.7]], 50.0, discount_rate=0.1, horizon=float("inf"))
    >>> model.evaluate(np.array([[1.0, 0.0], [0.5, 0.5]])).round(2)
    array([[366.67, 183.33],
           [320.83, 229.17]])
    """

    __slots__ = ("_brands", "_inputs", "_kernel")

    def __init__(
        self,
        transition_matrix: ArrayLike,
        contribution: ArrayLike,
        *,
        discount_rate: Number,
        horizon: float,
        purchases_per_period: Number = 1.0,
    ) -> None:
        matrix, value = read_table("transition_matrix", transition_matrix), amount_of("contribution", contribution)
        self._brands = names_of(transition_matrix)
        check_names("transition_matrix", row_names(transition_matrix), self._brands)
        check_names("contribution", row_names(contribution), self._brands)
        self._made(_core.MatrixClv, matrix, value, discount_rate, purchases_per_period, last_period(horizon))

    def _made(self, make: Callable[..., _core.MatrixClv], *inputs: Any) -> None:
        self._kernel = make(*inputs)
        self._inputs = (make is not _core.MatrixClv, owned(inputs))

    @classmethod
    def by_period(
        cls,
        transition_matrices: ArrayLike,
        contribution: ArrayLike,
        *,
        purchases: ArrayLike = 1.0,
        discount_rate: Number,
        purchases_per_period: Number = 1.0,
    ) -> MatrixClv:
        """Make the kernel for a matrix, purchases and contributions that differ by period.

        ``M = sum over t = 0, ..., T of (1 + r)^(-t / f) P_1 ... P_t diag(F_t pi_t)``

        Parameters
        ----------
        transition_matrices : array-like, T x k x k
            Matrix t (from 0) leads from period t to t + 1; T is their number.
        contribution, purchases : float or array-like
            One number, a list of one number per brand, or a table that has one row for each period t = 0, ..., T
            with one number in it, or one per brand. What :meth:`evaluate` takes multiplies them.
        discount_rate : float or Decimal
            r, per period; greater than -1.
        purchases_per_period : float
            f, the purchases per period of the discount rate.

        Raises
        ------
        LengthMismatchError
            For amounts of other periods than those of the matrices.

        Examples
        --------
        >>> now, later = [[0.8, 0.2], [0.3, 0.7]], [[0.9, 0.1], [0.6, 0.4]]
        >>> model = MatrixClv.by_period([now, later], 50.0, purchases=[[1], [1], [2]], discount_rate=0.1)
        >>> model.evaluate([[1.0, 0.0]]).round(2)
        array([[155.79,  22.31]])
        """
        matrices = _matrices("transition_matrices", transition_matrices)
        amounts = (amount_of("purchases", purchases), amount_of("contribution", contribution))
        model = cls.__new__(cls)
        model._brands = None
        model._made(_core.MatrixClv.by_period, matrices, *amounts, discount_rate, purchases_per_period)
        return model

    def __reduce__(self) -> tuple[Any, ...]:
        return _remade_kernel, (*self._inputs, self._brands)

    def __repr__(self) -> str:
        by_period, inputs = self._inputs
        last = len(inputs[0]) if by_period else inputs[-1]
        return f"MatrixClv of {self._kernel.brands()} brands, horizon {math.inf if last is None else last}"

    @property
    def values(self) -> Floats:
        """M: entry (i, j) is the value to brand j of a customer who now buys brand i."""
        brands = self._kernel.brands()
        return np.array(self._kernel.values()).reshape(brands, brands)

    def evaluate(
        self,
        shares: Any,
        purchases: Any = 1.0,
        *,
        contribution: Any = 1.0,
        rule: ShareRule = ShareRule.SUM_TO_ONE,
        out: Floats | None = None,
    ) -> Any:
        """Give the value of every customer to every brand.

        Parameters
        ----------
        shares : array or DataFrame, n x k
            The present shares of every customer. A contiguous ``float64`` array is read in place. Columns of a
            DataFrame are matched by name with those of the matrix, if both have the same names.
        purchases : float, column of n numbers, or table of n x k or 1 x k
            F, the purchases per period: of all customers, of each, of each for every brand, or of all for every
            brand. 1 where the contribution is per period.
        contribution : float, column of n numbers, or table of n x k or 1 x k
            What multiplies the contribution that the kernel was made with (which is then 1.0, if all of it
            differs by customer).
        rule : ShareRule
            Whether the shares of a customer must sum to one.
        out : array, n x k, optional
            Where the results go, for arrays: ``float64``, row-major; it must not overlap an input.

        Returns
        -------
        array or DataFrame, n x k
            The same kind of table. A customer with a null among the inputs gets nulls, one with NaN gets NaN.

        Raises
        ------
        NotStochasticError, OutOfRangeError, NotFiniteError
            For the first customer whose shares or amounts are refused, with the row.
        LengthMismatchError, OutOfRangeError, WrongTypeError
            For shapes or pandas indexes that do not match, brands in another order of which some are not known by
            name, an unknown ``rule``, and an ``out`` that cannot take the results.

        Examples
        --------
        >>> import pandas as pd
        >>> model = MatrixClv([[0.8, 0.2], [0.3, 0.7]], 50.0, discount_rate=0.1, horizon=12)
        >>> customers = pd.DataFrame({"a": [1.0, 0.5], "b": [0.0, 0.5]}, index=["Ann", "Bo"])
        >>> model.evaluate(customers, purchases=[1.0, 2.0]).round(2)
                  a       b
        Ann  271.08  119.61
        Bo   450.49  330.88
        """
        sum_to_one = _sum_to_one(rule)
        table = CustomerTable(shares, self._kernel.brands(), self._brands)
        factors = table.amount("purchases", purchases), table.amount("contribution", contribution)
        return table.write(lambda given, out: self._kernel.evaluate(given, *factors, sum_to_one, out), out)


def _remade_kernel(by_period: bool, inputs: tuple[Any, ...], brands: list[Any] | None) -> MatrixClv:
    model = MatrixClv.__new__(MatrixClv)
    model._made(_core.MatrixClv.by_period if by_period else _core.MatrixClv, *inputs)
    model._brands = brands
    return model


class SegmentMatrixClv:
    """The value of customers to each brand where every segment has its :class:`MatrixClv`.

    A customer has the same value, to the last bit, as from the kernel of the segment.

    Parameters
    ----------
    kernels : sequence of MatrixClv
        One for each segment, all for the same brands.

    Raises
    ------
    EmptyError, LengthMismatchError
        For no kernel, and for kernels of different numbers of brands.

    Examples
    --------
    >>> loyal = MatrixClv([[0.9, 0.1], [0.1, 0.9]], 50.0, discount_rate=0.1, horizon=12)
    >>> seekers = MatrixClv([[0.5, 0.5], [0.5, 0.5]], 50.0, discount_rate=0.1, horizon=12)
    >>> SegmentMatrixClv([loyal, seekers]).evaluate([[1.0, 0.0], [1.0, 0.0]], segments=[0, 1]).round(2)
    array([[285.55, 105.14],
           [220.34, 170.34]])
    """

    __slots__ = ("_kernels", "_model")

    def __init__(self, kernels: Sequence[MatrixClv]) -> None:
        self._kernels = tuple(kernels)
        self._model = _core.SegmentMatrixClv([kernel._kernel for kernel in self._kernels])

    def __reduce__(self) -> tuple[Any, ...]:
        return SegmentMatrixClv, (self._kernels,)

    def __repr__(self) -> str:
        return f"SegmentMatrixClv of {len(self._kernels)} segments"

    @property
    def kernels(self) -> tuple[MatrixClv, ...]:
        """The kernel of every segment."""
        return self._kernels

    def evaluate(
        self,
        shares: Any,
        segments: Any,
        purchases: Any = 1.0,
        *,
        contribution: Any = 1.0,
        rule: ShareRule = ShareRule.SUM_TO_ONE,
        out: Floats | None = None,
    ) -> Any:
        """Give the value of every customer to every brand, by the kernel of the customer's segment.

        Parameters
        ----------
        segments : column of n whole numbers
            The segment of every customer, from 0.
        shares, purchases, contribution, rule, out
            As for :meth:`MatrixClv.evaluate`.

        Returns
        -------
        array or DataFrame, n x k
            As from :meth:`MatrixClv.evaluate`.

        Raises
        ------
        OutOfRangeError
            For the first customer whose segment does not exist, with the row, and as :meth:`MatrixClv.evaluate`.
        MissingValueError
            For a customer without a segment.
        """
        sum_to_one = _sum_to_one(rule)
        first = self._kernels[0]
        table = CustomerTable(shares, first._kernel.brands(), first._brands)
        of_each = table.indices("segments", segments)
        factors = table.amount("purchases", purchases), table.amount("contribution", contribution)
        return table.write(lambda given, out: self._model.evaluate(given, of_each, *factors, sum_to_one, out), out)


def individual_matrix_clv(
    shares: Any,
    transition_matrices: ArrayLike,
    contribution: Any,
    *,
    purchases: Any = 1.0,
    discount_rate: Any,
    horizon: float,
    purchases_per_period: Number = 1.0,
    rule: ShareRule = ShareRule.SUM_TO_ONE,
    out: Floats | None = None,
) -> Any:
    """Give the value to every brand of customers who switch by a matrix of their own, each.

    ``CLV = F pi S_0 (sum over t of (1 + r)^(-t / f) P^t)``, where all but f and the horizon may be the customer's.

    The relative error is some roundings, whatever the horizon, the discount rate and the second eigenvalue of P
    are. A customer has the same bits in any company and on any number of threads.

    Parameters
    ----------
    shares : array or DataFrame, n x k
        The present shares of every customer.
    transition_matrices : array-like, n x k x k
        Entry (c, i, j) is the probability that customer c buys brand j after brand i; every row sums to one. A
        contiguous ``float64`` array is read in place.
    contribution, purchases : float, column of n numbers, or table of n x k or 1 x k
        pi and F: of all customers, of each, of each for every brand, or of all for every brand.
    discount_rate : float, Decimal or column of n numbers
        r, per period; greater than -1.
    horizon : int or math.inf
        T, the last period.
    purchases_per_period : float
        f, the purchases per period of the discount rate.
    rule : ShareRule
        Whether the shares of a customer must sum to one.
    out : array, n x k, optional
        Where the results go, for arrays: ``float64``, row-major; it must not overlap an input.

    Returns
    -------
    array or DataFrame, n x k
        The same kind of table as ``shares``. A customer with a null among the inputs gets nulls, one with NaN NaN.

    Raises
    ------
    NotStochasticError
        For the first customer with a row of the matrix that does not sum to one; the message names that row.
    OutOfRangeError, NotFiniteError, DivergentError
        For the first customer whose inputs are refused, with the row.
    LengthMismatchError, WrongTypeError
        For shapes or pandas indexes that do not match.

    References
    ----------
    Rust, Lemon & Zeithaml 2004, "Return on marketing", equations (1) to (3).

    Examples
    --------
    >>> shares = [[1.0, 0.0], [0.25, 0.75]]
    >>> matrices = [[[0.8, 0.2], [0.3, 0.7]], [[0.5, 0.5], [0.5, 0.5]]]
    >>> individual_matrix_clv(shares, matrices, 50.0, discount_rate=0.1, horizon=float("inf")).round(2)
    array([[366.67, 183.33],
           [262.5 , 287.5 ]])
    """
    sum_to_one = _sum_to_one(rule)
    matrices = _matrices("transition_matrices", transition_matrices)
    table = CustomerTable(shares, matrices.shape[2], names_of(transition_matrices))
    if matrices.shape[0] != table.rows or matrices.shape[1] != matrices.shape[2]:
        expected = (table.rows, matrices.shape[2], matrices.shape[2])
        message = f"transition_matrices is of shape {matrices.shape}: must have shape {expected}"
        raise LengthMismatchError(message, argument="transition_matrices", value=f"of shape {matrices.shape}")
    factors = table.amount("purchases", purchases), table.amount("contribution", contribution)
    rate = table.column("discount_rate", discount_rate)
    table.reads(matrices)
    last = last_period(horizon)

    def evaluate(given: Floats, out: Floats) -> None:
        _core.individual_matrix_clv(matrices, given, *factors, rate, purchases_per_period, last, sum_to_one, out)

    return table.write(evaluate, out)


def _matrices(argument: str, matrices: Any) -> Floats:
    array = read_array(argument, matrices)
    if array.ndim != 3 and array.size > 0:
        message = f"{argument} is of {array.ndim} dimensions: must have three"
        raise WrongTypeError(message, argument=argument, value=f"of {array.ndim} dimensions")
    return array if array.ndim == 3 else array.reshape(0, 0, 0)


def _sum_to_one(rule: object) -> bool:
    return member("rule", ShareRule, rule) is ShareRule.SUM_TO_ONE
