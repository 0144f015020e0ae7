"""History, present and potential of a customer's value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from crm_core import _core
from crm_core._columns import check_aligned, is_column, missing_in, read
from crm_core._options import items, member
from crm_core.clv._individual import Timing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crm_core._columns import Number


def historic_value(flows: Iterable[Number], rate: Number, timing: Timing) -> Any:
    """Historic value: the flows realised so far, compounded to now.

    Parameters
    ----------
    flows : sequence of float or Decimal
        In order of time, one per period; income positive, spending negative.
    rate : float or Decimal
        Per period; 0 gives the plain sum.
    timing : Timing
        Whether the last flow is now (``START``) or one period ago (``END``).

    Returns
    -------
    float or Decimal
        A Decimal if an argument holds one.

    Raises
    ------
    EmptyError, OutOfRangeError, NotFiniteError, NumberOverflowError
        For no flows, a rate of -1 or less, and what does not fit.

    Examples
    --------
    >>> from crm_core.clv import Timing, historic_value
    >>> historic_value([-400, 300], 0.1, Timing.START)
    -140.0
    """
    return _core.historic_value(items("flows", flows), rate, member("timing", Timing, timing))


@dataclass(frozen=True, slots=True)
class ReadingShares:
    """The part of each reading of a customer's value in their sum.

    Attributes
    ----------
    historic : float, Decimal or column
        Historic value / total.
    current : float, Decimal or column
        Current value / total.
    potential : float, Decimal or column
        Potential value / total.
    """

    historic: Any
    current: Any
    potential: Any


def reading_split(historic: Any, current: Any, potential: Any) -> ReadingShares:
    """Shares of historic, current and potential value in their sum.

    Parameters
    ----------
    historic, current, potential : float, Decimal or column
        The three readings, 0 or more and not all 0.

    Returns
    -------
    ReadingShares
        Of columns of the same kind if an argument is a column; a Series is named ``historic``, ``current`` or
        ``potential``. Null in a row gives null, NaN gives NaN.

    Raises
    ------
    OutOfRangeError, NotFiniteError, LengthMismatchError, WrongTypeError
        For a reading that is negative or a total of 0, which have no shares (it names the row), and for columns of
        different lengths or pandas indexes.

    Examples
    --------
    >>> from crm_core.clv import reading_split
    >>> reading_split(historic=50, current=120, potential=30)
    ReadingShares(historic=0.25, current=0.6, potential=0.15)
    """
    given = {"historic": historic, "current": current, "potential": potential}
    columns = {name: read(name, value) for name, value in given.items() if is_column(value)}
    if not columns:
        return ReadingShares(*_core.reading_split(historic, current, potential))
    check_aligned(columns)
    leader = max(columns.values(), key=lambda column: column.rank)
    missing = missing_in(columns.values())
    out = np.empty((len(leader.values), 3))
    h, c, p = (columns[name].values if name in columns else value for name, value in given.items())
    _core.reading_splits(h, c, p, out)
    shares = {}
    for i, name in enumerate(given):
        share = leader.back(np.ascontiguousarray(out[:, i]), missing)
        shares[name] = share.rename(name) if hasattr(share, "rename") else share  # a Series of pandas or polars
    return ReadingShares(**shares)
