"""Buyers who come and go: always a share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from crm_core import _core
from crm_core._columns import check_aligned, is_column, missing_in, read
from crm_core._options import LARGEST_COUNT, integer, items, member
from crm_core.clv._tables import read_rows
from crm_core.units import Category

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crm_core._columns import Number


class ContactTiming(Category):
    """When in its period a contact is paid, whose purchase falls at the period's end."""

    START = "start"
    MIDDLE = "middle"
    END = "end"


@dataclass(frozen=True, slots=True)
class AlwaysAShare:
    """The value of a customer who buys now and then, and how it comes about.

    Attributes
    ----------
    value : float or Decimal
        The sum of the present values.
    expected_purchases : list of float or Decimal
        In period 0, the purchase now, and in each following period.
    expected_contacts : list of float or Decimal
        The probability of not being lost when each period begins.
    flow : list of float or Decimal
        Margin times purchases less contact cost times contacts.
    present_value : list of float or Decimal
        The same, each discounted to now.
    """

    value: Number
    expected_purchases: list[Number]
    expected_contacts: list[Number]
    flow: list[Number]
    present_value: list[Number]

    def columns(self) -> dict[str, Any]:
        """Give a row for each period, for a DataFrame of any library."""
        return {
            "period": list(range(len(self.flow))),
            "expected_purchases": self.expected_purchases,
            "expected_contacts": self.expected_contacts,
            "flow": self.flow,
            "present_value": self.present_value,
        }


def always_a_share(
    margin: Number,
    contact_cost: Number,
    repurchase: Iterable[Number],
    discount_rate: Number,
    periods: int,
    contact: ContactTiming = ContactTiming.START,
) -> AlwaysAShare:
    """Expected value of a customer who has just bought, may skip periods and come back ("always a share").

    ``C_i = sum over j of C_(i-j) P_j (1 - P_1) ... (1 - P_(j-1))`` are the expected purchases in period i, from
    ``C_0 = 1``, and ``A_i`` is the probability of not being lost when it begins. The value is
    ``margin * sum of C_i (1 + d)^-i`` for i = 0, ..., n less ``contact_cost * sum of A_i (1 + d)^-(i - l)`` for
    i = 1, ..., n, where a contact is paid l = 1, 1/2 or 0 periods before its purchase.

    Parameters
    ----------
    margin : float or Decimal
        Contribution of a purchase, the first of them now.
    contact_cost : float or Decimal
        Cost per period of each customer who is not lost.
    repurchase : sequence of float or Decimal
        Probability of buying in the next period for a customer who last bought 1, 2, ... periods ago; who has not
        bought for as many periods is lost.
    discount_rate : float or Decimal
        d, per period; greater than -1.
    periods : int
        n, at most 10,000.
    contact : ContactTiming
        When a contact is paid: one period before its purchase, as in :class:`RecencyChain`, half a period before it, as
        in :func:`crm_core.clv.migration_value`, or together with it.

    Returns
    -------
    AlwaysAShare
        Of Decimals if an argument holds one.

    Raises
    ------
    EmptyError, OutOfRangeError, NotFiniteError, NumberOverflowError, WrongTypeError
        For an empty table, what is no probability (with its row), a rate of -1 or less, periods that are too many, and
        what does not fit.

    References
    ----------
    Dwyer 1997, "Customer lifetime valuation to support marketing decision making"; Berger & Nasr 1998, case 5.

    Examples
    --------
    >>> from decimal import Decimal
    >>> found = always_a_share(Decimal(100), 5, [0.5, 0.2], discount_rate=0.25, periods=2)
    >>> round(found.value, 2), found.expected_purchases
    (Decimal('153.40'), [Decimal('1'), Decimal('0.5'), Decimal('0.35')])
    """
    chances, when = items("repurchase", repurchase), member("contact", ContactTiming, contact)
    count = integer("periods", periods, greatest=LARGEST_COUNT)
    return AlwaysAShare(**_core.always_a_share(margin, contact_cost, chances, discount_rate, count, when))


def always_a_share_values(
    margin: Any,
    contact_cost: Any,
    repurchase: Any,
    discount_rate: float,
    periods: int,
    contact: ContactTiming = ContactTiming.START,
) -> Any:
    """Give the value of many customers, each as :func:`always_a_share`.

    Parameters
    ----------
    margin, contact_cost : float or column
        For all customers or for each.
    repurchase : sequence or table
        The probabilities by recency for all customers, or a row for each: a two-dimensional NumPy array, a pandas or
        polars DataFrame, a pyarrow Table.
    discount_rate, periods, contact
        As for :func:`always_a_share`.

    Returns
    -------
    column
        One value per customer, as the margins are, or the table. Null in a row gives null, NaN gives NaN.

    Raises
    ------
    LengthMismatchError, OutOfRangeError, NotFiniteError, NumberOverflowError, WrongTypeError
        For columns that do not match, and what a row must not hold; it names the row.

    Examples
    --------
    >>> import numpy as np
    >>> always_a_share_values(np.array([100.0, 10.0]), 5.0, [0.5, 0.2], 0.25, 2).round(2)
    array([153.4 ,   7.24])
    """
    given = {"margin": margin, "contact_cost": contact_cost}
    columns = {name: read(name, value) for name, value in given.items() if is_column(value)}
    numbers = {name: columns[name].values if name in columns else value for name, value in given.items()}
    rest = (
        discount_rate,
        integer("periods", periods, greatest=LARGEST_COUNT),
        member("contact", ContactTiming, contact),
    )
    if np.ndim(repurchase) == 1:
        if columns:
            check_aligned(columns)
        leader = max(columns.values(), key=lambda column: column.rank, default=None)
        table = np.ascontiguousarray(read("repurchase", repurchase).values)
        out = np.empty(1 if leader is None else len(leader.values))
        _core.always_a_share_values(numbers["margin"], numbers["contact_cost"], table, *rest, out)
        return out if leader is None else leader.back(out, missing_in(columns.values()))
    rows = read_rows("repurchase", repurchase)
    check_aligned({"repurchase": rows, **columns})
    out = np.empty(len(rows.values))
    _core.always_a_share_values(numbers["margin"], numbers["contact_cost"], rows.values, *rest, out)
    return rows.back("always_a_share_value", out, *columns.values())
