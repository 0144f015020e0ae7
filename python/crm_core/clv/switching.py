"""Brand switching: what the customers of a market are worth to each brand.

``CLV(j) = sum over t = 0, ..., T of (1 + r)^(-t / f) * F_t * S_jt * pi_jt``

``F_t`` is the number of purchases in period t, ``S_jt`` the share of them that brand j gets, ``pi_jt`` its
contribution per purchase, ``r`` the discount rate per period, ``f`` the number of purchases per period of ``r``.

==========================================================  ==========================
you have                                                    use
==========================================================  ==========================
one market or customer, inputs that may vary by period      :class:`SpendingAllocation`
a table of customers, one switching matrix                  :class:`MatrixClv`
==========================================================  ==========================

Shares of all brands sum to one, and so does each row of a switching matrix. Published numbers often do not; such
rows are refused with their number and sum, unless you say that they need not (:attr:`ShareRule.ANY`) or call
:func:`normalize`.

References
----------
Rust, Lemon & Zeithaml 2004, "Return on marketing: using customer equity to focus marketing strategy", equation (3).
"""

from __future__ import annotations

import math
import operator
from typing import TYPE_CHECKING, Any, TypeAlias

import narwhals as nw
import numpy as np
from narwhals.dependencies import is_pandas_dataframe, is_pandas_series

from crm_core import _core
from crm_core._columns import check_aligned, is_column, missing_in, read, wrong_type
from crm_core.clv._arguments import member
from crm_core.errors import LengthMismatchError, OutOfRangeError, WrongTypeError
from crm_core.units import Category

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    from crm_core._columns import Number

    Floats: TypeAlias = NDArray[np.float64]

__all__ = ["MatrixClv", "ShareRule", "SpendingAllocation", "normalize"]


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
        made._inputs = (make.__name__, _owned(inputs))
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
        amounts = (_amount("purchases", purchases), _amount("contribution", contribution))
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
        amounts = (_amount("purchases", purchases), _amount("contribution", contribution))
        table = _table("shares", shares)
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
        amounts = (_amount("purchases", purchases), _amount("contribution", contribution))
        now, matrix = _array("shares", shares), _table("transition_matrix", transition_matrix)
        brands = _names(transition_matrix)
        _check_names("transition_matrix", _rows_of(transition_matrix), brands)
        for argument, given in (("shares", shares), ("contribution", contribution)):
            _check_names(argument, _rows_of(given) if np.ndim(given) == 1 else None, brands)
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
        return np.array(self._allocation.clv(discount_rate, purchases_per_period, _last(horizon)))

    def contributions(self, *, discount_rate: Number, horizon: int, purchases_per_period: Number = 1.0) -> Floats:
        """Give the terms of the sum: one row for each period t = 0, ..., T, one column for each brand."""
        last = _last(horizon)
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
    array = _table("weights", weights)
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
        matrix, value = _table("transition_matrix", transition_matrix), _amount("contribution", contribution)
        self._brands = _names(transition_matrix)
        _check_names("transition_matrix", _rows_of(transition_matrix), self._brands)
        _check_names("contribution", _rows_of(contribution), self._brands)
        self._inputs = (*_owned((matrix, value, discount_rate, horizon, purchases_per_period)), self._brands)
        self._kernel = _core.MatrixClv(matrix, value, discount_rate, purchases_per_period, _last(horizon))

    def __reduce__(self) -> tuple[Any, ...]:
        return _remade_kernel, self._inputs

    def __repr__(self) -> str:
        return f"MatrixClv of {self._kernel.brands()} brands, horizon {self._inputs[3]}"

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
        rule: ShareRule = ShareRule.SUM_TO_ONE,
        out: Floats | None = None,
    ) -> Any:
        """Give the value of every customer to every brand.

        Parameters
        ----------
        shares : array or DataFrame, n x k
            The present shares of every customer. A contiguous ``float64`` array is read in place. Columns of a
            DataFrame are matched by name with those of the matrix, if both have the same names.
        purchases : float or column of n numbers
            F, the purchases per period: of all customers or of each. 1 where the contribution is per period.
        rule : ShareRule
            Whether the shares of a customer must sum to one.
        out : array, n x k, optional
            Where the results go, for arrays: ``float64``, row-major; it must not overlap ``shares`` or ``purchases``.

        Returns
        -------
        array or DataFrame, n x k
            The same kind of table. A customer with a null among the inputs gets nulls, one with NaN gets NaN.

        Raises
        ------
        NotStochasticError, OutOfRangeError, NotFiniteError
            For the first customer whose shares or purchases are refused, with the row.
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
        frame = nw.from_native(shares, eager_only=True, pass_through=True)
        if isinstance(frame, nw.DataFrame):
            if out is not None:
                message = "out: must not be given with a DataFrame"
                raise WrongTypeError(message, argument="out")
            return self._evaluate_frame(frame, purchases, sum_to_one)
        table = _table("shares", shares)
        factor = read("purchases", purchases).values if is_column(purchases) else purchases
        if out is None:
            out = np.empty(table.shape)
        else:
            _check_out(out, table, factor)
        self._evaluate(table, factor, sum_to_one, out)
        return out

    def _evaluate_frame(self, frame: nw.DataFrame[Any], purchases: Any, sum_to_one: bool) -> Any:
        columns = [read("shares", series.to_native()) for series in frame.iter_columns()]
        order = self._order(list(frame.columns))
        inputs, factor = columns, purchases
        if is_column(purchases):
            column = read("purchases", purchases)
            if columns:
                check_aligned({"shares": columns[0], "purchases": column})
            inputs, factor = [*columns, column], column.values
        table = np.empty((len(frame), len(columns)))
        for place, column in zip(order, columns, strict=True):
            table[:, place] = column.values
        out = np.empty(table.shape)
        self._evaluate(table, factor, sum_to_one, out)
        mask = missing_in(inputs)
        placed = zip(order, columns, strict=True)
        back = (column.back(np.ascontiguousarray(out[:, place]), mask) for place, column in placed)
        results = [nw.from_native(one, series_only=True) for one in back]
        named = [result.alias(name) for result, name in zip(results, frame.columns, strict=True)]
        return frame.with_columns(*named).to_native()

    def _order(self, names: list[Any]) -> list[int]:
        """Give the brand of each column: the one of its name, or else the one of its position."""
        brands = self._brands
        if brands is not None and len(names) == len(brands) and set(names) == set(brands):
            return [brands.index(name) for name in names]
        _check_names("shares", names, brands)
        return list(range(len(names)))

    def _evaluate(self, shares: Floats, purchases: Any, sum_to_one: bool, out: Floats) -> None:
        brands = self._kernel.brands()
        if shares.ndim != 2 or shares.shape[1] != brands:
            message = f"shares is of shape {shares.shape}: must have {brands} columns"
            raise LengthMismatchError(message, argument="shares", value=f"of shape {shares.shape}")
        self._kernel.evaluate(shares, purchases, sum_to_one, out)


def _remade_kernel(*inputs: Any) -> MatrixClv:
    matrix, contribution, discount_rate, horizon, purchases_per_period, brands = inputs
    model = MatrixClv(
        matrix,
        contribution,
        discount_rate=discount_rate,
        horizon=horizon,
        purchases_per_period=purchases_per_period,
    )
    model._brands, model._inputs = brands, inputs
    return model


def _sum_to_one(rule: object) -> bool:
    return member(ShareRule, "rule", rule) is ShareRule.SUM_TO_ONE


def _owned(inputs: tuple[Any, ...]) -> tuple[Any, ...]:
    """Copy the arrays, so that what is pickled later is what was given."""
    return tuple(one.copy() if isinstance(one, np.ndarray) else one for one in inputs)


def _names(table: Any) -> list[Any] | None:
    """Give the names of the columns of a DataFrame; None for anything else."""
    frame = nw.from_native(table, eager_only=True, pass_through=True)
    return list(frame.columns) if isinstance(frame, nw.DataFrame) else None


def _rows_of(values: Any) -> list[Any] | None:
    """Give the names of the rows, which pandas alone knows."""
    pandas = is_pandas_dataframe(values) or is_pandas_series(values)
    return values.index.tolist() if pandas else None


def _check_names(argument: str, names: list[Any] | None, brands: list[Any] | None) -> None:
    """Refuse a brand at the position of another one."""
    if names is None or brands is None:
        return
    for name, brand in zip(names, brands, strict=False):
        if name != brand and name in brands:
            message = f"{argument} has {name} in the place of {brand}: must have the brands in the order of the matrix"
            raise LengthMismatchError(message, argument=argument, value=str(name))


def _check_out(out: Any, shares: Floats, purchases: Any) -> None:
    if not isinstance(out, np.ndarray) or out.dtype != np.float64 or not out.flags.carray:
        message = "out: must be a float64 array, row-major and writable"
        raise WrongTypeError(message, argument="out")
    if out.shape != shares.shape:
        message = f"out is of shape {out.shape}: must have shape {shares.shape}, as shares"
        raise LengthMismatchError(message, argument="out", value=f"of shape {out.shape}")
    for argument, given in (("shares", shares), ("purchases", purchases)):
        if isinstance(given, np.ndarray) and np.shares_memory(out, given):
            message = f"out overlaps {argument}: must have memory of its own"
            raise OutOfRangeError(message, argument="out", value=f"overlaps {argument}")


def _array(argument: str, values: Any) -> Floats:
    """Give numbers of any dimensions as contiguous ``float64``, in place if they are."""
    try:
        masked = np.ma.isMaskedArray(values)
        array = np.ma.filled(values.astype(np.float64), np.nan) if masked else np.asarray(values)
    except ValueError:
        lengths = [len(row) for row in values]
        row = next((i for i, length in enumerate(lengths) if length != lengths[0]), 0)
        message = f"{argument} (row {row}) is of length {lengths[row]}: must have length {lengths[0]}"
        raise LengthMismatchError(message, argument=argument, row=row, value=f"of length {lengths[row]}") from None
    if array.dtype.kind == "O":
        array = read(argument, array.ravel()).values.reshape(array.shape)
    elif array.dtype.kind not in "iuf":
        raise wrong_type(argument, array.dtype)
    return np.ascontiguousarray(array, dtype=np.float64)


def _table(argument: str, rows: Any) -> Floats:
    table = _array(argument, rows)
    if table.ndim < 2 and table.size > 0:
        message = f"{argument} is of {table.ndim} dimensions: must be a table of rows"
        raise WrongTypeError(message, argument=argument, value=f"of {table.ndim} dimensions")
    return table


def _amount(argument: str, amount: Any) -> Any:
    return _array(argument, amount) if np.ndim(amount) > 0 else amount


def _last(horizon: float) -> int | None:
    """Give the last period, or None for a horizon without end."""
    if horizon == math.inf:
        return None
    try:
        last = operator.index(horizon)  # type: ignore[arg-type] # that is what is tried
    except TypeError:
        message = f"horizon is {horizon}: must be an int or math.inf"
        raise WrongTypeError(message, argument="horizon", value=str(horizon)) from None
    if not 0 <= last < 2**32:
        message = f"horizon is {last}: must be between 0 and 4294967295, or math.inf"
        raise OutOfRangeError(message, argument="horizon", value=str(last))
    return last
