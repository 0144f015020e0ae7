"""Pay-back and internal rate of return of many customers, from tables of flows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from crm_core import _core
from crm_core._columns import check_aligned, is_column, read
from crm_core._options import member
from crm_core.clv._individual import Timing
from crm_core.clv._tables import read_rows
from crm_core.units import Category
from crm_core.value._codes import categories_like, numbers


class RateOutcome(Category):
    """Whether a row of flows has an internal rate of return.

    ``UNIQUE``: the flows change sign once and have exactly one rate; ``NO_SIGN_CHANGE``: they do not hold both
    spending and income; ``SEVERAL_SIGN_CHANGES``: there may be no rate and there may be several; ``MISSING``: a flow
    is missing.
    """

    UNIQUE = "unique"
    NO_SIGN_CHANGE = "no_sign_change"
    SEVERAL_SIGN_CHANGES = "several_sign_changes"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class InternalRates:
    """Internal rates of return of many customers.

    Attributes
    ----------
    rate : column
        NaN for a customer whose flows do not have exactly one rate, null where a flow is null.
    outcome : column of RateOutcome
        Why.
    """

    rate: Any
    outcome: Any


def paybacks(flows: Any, discount_rate: Any, timing: Timing) -> Any:
    """Pay-back period of many customers: :func:`payback` for each row of a table.

    Parameters
    ----------
    flows : table
        A row per customer, a column per period, as for :func:`present_values`.
    discount_rate : float or column
        Per period, for all customers or for each.
    timing : Timing
        Whether the first flow is now or one period from now.

    Returns
    -------
    column
        Periods from now, infinity where the flows never pay back: it sorts after every other and is over every limit.
        Null in a row gives null, NaN gives NaN.

    Raises
    ------
    EmptyError, LengthMismatchError, OutOfRangeError, NotFiniteError, NumberOverflowError, WrongTypeError
        As for :func:`present_values`.

    Examples
    --------
    >>> import numpy as np
    >>> from crm_core.clv import Timing, paybacks
    >>> paybacks(np.array([[-400.0, 200.0, 400.0], [-400.0, 100.0, 100.0]]), 0, Timing.START)
    array([1.5, inf])
    """
    rows = read_rows("flows", flows)
    out = np.empty(len(rows.values))
    when = member("timing", Timing, timing)
    if not is_column(discount_rate):
        _core.paybacks(rows.values, discount_rate, when, out)
        return rows.back("payback", out)
    rate = read("discount_rate", discount_rate)
    check_aligned({"flows": rows, "discount_rate": rate})
    _core.paybacks(rows.values, rate.values, when, out)
    return rows.back("payback", out, rate)


def internal_rates(flows: Any) -> InternalRates:
    """Internal rate of return of many customers: :func:`internal_rate_of_return` for each row of a table.

    A customer without exactly one rate does not stop the others: the outcome of the row says why it has none.

    Parameters
    ----------
    flows : table
        A row per customer, a column per period, as for :func:`present_values`.

    Returns
    -------
    InternalRates
        A rate and an outcome per customer, columns of the kind of the table.

    Raises
    ------
    EmptyError, NotFiniteError, NumberOverflowError, WrongTypeError
        As for :func:`present_values`.

    Examples
    --------
    >>> import numpy as np
    >>> from crm_core.clv import internal_rates
    >>> found = internal_rates(np.array([[-400.0, 220.0, 242.0], [10.0, 20.0, 30.0]]))
    >>> found.rate.round(12).tolist(), found.outcome.tolist()
    ([0.1, nan], ['unique', 'no_sign_change'])
    """
    rows = read_rows("flows", flows)
    out = np.empty(len(rows.values))
    codes = numbers(_core.internal_rates(rows.values, out))
    rates = rows.back("internal_rate", out)
    return InternalRates(rates, categories_like(rates, codes, list(RateOutcome), name="outcome"))
