"""A customer of a group: retention by period and by recency."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from crm_core import _core
from crm_core._columns import check_aligned, is_column, read
from crm_core._options import LARGEST_COUNT, integer, items, member
from crm_core.clv._individual import Timing
from crm_core.clv._tables import read_rows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crm_core._columns import Number


def survival(retention: Iterable[Number]) -> list[Any]:
    """Survival curve of a retention curve: the probability of being there at t = 0, 1, ... n.

    Parameters
    ----------
    retention : sequence of float or Decimal
        Probability of staying for each next period.

    Returns
    -------
    list of float or Decimal
        One longer than ``retention``; the first is 1.

    Raises
    ------
    OutOfRangeError, NotFiniteError
        For what is no probability; it names the row.

    Examples
    --------
    >>> from crm_core.clv import survival
    >>> survival([0.6, 0.8])
    [1.0, 0.6, 0.48]
    """
    return _core.survival(items("retention", retention))


def retention_curve_value(
    margin: Number, retention: Iterable[Number], discount_rate: Number, growth: Number = 0.0
) -> Any:
    """Expected value of a customer whose retention differs by period, the first margin now.

    ``margin * (1 + growth)^t * r_1 ... r_t * (1 + discount_rate)^(-t)``, summed over t = 0 to the length of the curve.

    Parameters
    ----------
    margin : float or Decimal
        Net contribution per period.
    retention : sequence of float or Decimal
        Probability of staying for each next period.
    discount_rate : float or Decimal
        Per period; greater than -1.
    growth : float or Decimal
        Growth of the margin per period; greater than -1.

    Returns
    -------
    float or Decimal
        A Decimal if an argument holds one.

    Raises
    ------
    OutOfRangeError, NotFiniteError, NumberOverflowError
        For what is no probability (it names the row), a rate of -1 or less, and what does not fit.

    Examples
    --------
    >>> from crm_core.clv import retention_curve_value
    >>> retention_curve_value(100, [0.5, 0.75], discount_rate=0.25)
    164.0
    """
    return _core.retention_curve_value(margin, items("retention", retention), discount_rate, growth)


def renewal_curve_value(
    margin: Number, retention: Iterable[Number], discount_rate: Number, growth: Number = 0.0
) -> Any:
    """Expected value of a customer whose retention differs by period, the first margin at the first renewal.

    ``margin * (1 + growth)^(t - 1) * r_1 ... r_t * (1 + discount_rate)^(-t)``, summed over t = 1 to the length of the
    curve.

    Parameters
    ----------
    margin : float or Decimal
        Net contribution per period.
    retention : sequence of float or Decimal
        Probability of staying for each next period.
    discount_rate : float or Decimal
        Per period; greater than -1.
    growth : float or Decimal
        Growth of the margin per period; greater than -1.

    Returns
    -------
    float or Decimal
        A Decimal if an argument holds one.

    Raises
    ------
    OutOfRangeError, NotFiniteError, NumberOverflowError
        As for :func:`retention_curve_value`.

    Examples
    --------
    >>> from crm_core.clv import renewal_curve_value
    >>> renewal_curve_value(100, [0.5, 0.75], discount_rate=0.25)
    64.0
    """
    return _core.renewal_curve_value(margin, items("retention", retention), discount_rate, growth)


def retention_curve_values(
    margin: Any, retention: Any, discount_rate: float, timing: Timing, growth: float = 0.0
) -> Any:
    """Expected value of many customers, each by the customer's own retention curve.

    Parameters
    ----------
    margin : float or column
        Net contribution per period, for all customers or for each.
    retention : table
        A row per customer, a column per period: a two-dimensional NumPy array, a pandas or polars DataFrame, a
        pyarrow Table.
    discount_rate : float
        Per period; greater than -1.
    timing : Timing
        Whether the first margin is now (:func:`retention_curve_value`) or at the first renewal
        (:func:`renewal_curve_value`).
    growth : float
        Growth of the margin per period; greater than -1.

    Returns
    -------
    column
        One value per customer, as the table is. Null in a row gives null, NaN gives NaN.

    Raises
    ------
    LengthMismatchError, OutOfRangeError, NotFiniteError, NumberOverflowError, WrongTypeError
        For as many margins as there are not customers, a pandas index other than the table's, and what a row must
        not hold; it names the row.

    Examples
    --------
    >>> import numpy as np
    >>> from crm_core.clv import Timing, retention_curve_values
    >>> retention_curve_values(100.0, np.array([[0.5, 0.75], [1.0, 1.0]]), 0.25, Timing.START)
    array([164., 244.])
    """
    rows = read_rows("retention", retention)
    out = np.empty(len(rows.values))
    when = member("timing", Timing, timing)
    if not is_column(margin):
        _core.retention_curve_values(margin, rows.values, discount_rate, growth, when, out)
        return rows.back("retention_curve_value", out)
    column = read("margin", margin)
    check_aligned({"retention": rows, "margin": column})
    _core.retention_curve_values(column.values, rows.values, discount_rate, growth, when, out)
    return rows.back("retention_curve_value", out, column)


def migration_value(
    gross_contribution: Number,
    promotion_cost: Number,
    repurchase: Iterable[Number],
    discount_rate: Number,
    years: int,
) -> Any:
    """Expected value of a customer who may skip years and come back ("always a share").

    Parameters
    ----------
    gross_contribution : float or Decimal
        Gross contribution margin per sale, the first of them now.
    promotion_cost : float or Decimal
        Promotion cost per year, at mid-year, for each customer who may still buy.
    repurchase : sequence of float or Decimal
        Probability of buying this year for a customer who last bought 1, 2, ... years ago; who has not bought for as
        many years is lost.
    discount_rate : float or Decimal
        Per year; greater than -1.
    years : int
        Years over which the flows are projected, at most 1000.

    Returns
    -------
    float or Decimal
        A Decimal if an argument holds one.

    Raises
    ------
    EmptyError, OutOfRangeError, NotFiniteError, NumberOverflowError, WrongTypeError
        For an empty table, what is no probability, a rate of -1 or less, years that are negative, too many or no whole
        number, and what does not fit.

    References
    ----------
    Berger & Nasr 1998, case 5, after Dwyer 1997

    Examples
    --------
    >>> from crm_core.clv import migration_value
    >>> round(migration_value(40, 4, [0.3, 0.2, 0.15, 0.05], discount_rate=0.2, years=10), 6)
    53.578736
    """
    chances = items("repurchase", repurchase)
    return _core.migration_value(
        gross_contribution, promotion_cost, chances, discount_rate, integer("years", years, greatest=LARGEST_COUNT)
    )
