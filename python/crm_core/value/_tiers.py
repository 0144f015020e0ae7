"""Tiers: five value groups, the customer pyramid, the table of a grouping, migration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from crm_core import _core
from crm_core.units import Category
from crm_core.value._codes import categories_like, check_index, codes_of, floats, numbers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from crm_core._columns import Column, Number

__all__ = [
    "Group",
    "Migration",
    "Pyramid",
    "PyramidTier",
    "ValueGroup",
    "ValueGroups",
    "group_table",
    "tier_migration",
]


class ValueGroup(Category):
    """One of five groups of customers by the profit they contribute, from the lowest."""

    VERY_LOW = "very_low"
    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"
    VERY_HIGH = "very_high"


class PyramidTier(Category):
    """A tier of the customer pyramid, from the top.

    >>> from crm_core.units import Language
    >>> PyramidTier.MAJOR.label(Language.ZH)
    '主要客户'
    """

    VIP = "vip"
    MAJOR = "major"
    REGULAR = "regular"
    SMALL = "small"


@dataclass(frozen=True)
class ValueGroups:
    """The cut points between the five value groups.

    Attributes
    ----------
    thresholds : sequence of float
        Four profits, ascending; a profit equal to one belongs to the group below it.

    Examples
    --------
    >>> groups = ValueGroups([-3.0, 0.0, 20.0, 50.0])
    >>> groups.assign([-4.12, -2.10, 7.45, 30.49, 107.76]).tolist()
    ['very_low', 'low', 'moderate', 'high', 'very_high']
    """

    thresholds: Sequence[float]

    def __post_init__(self) -> None:
        object.__setattr__(self, "thresholds", tuple(self.thresholds))

    @classmethod
    def fit(cls, profit: Column, shares: Sequence[Number] | None = None) -> ValueGroups:
        """Find the cut points for these shares of the customers, from very low to very high; fifths by default.

        Raises
        ------
        NotStochasticError
            If the shares do not sum to 1.
        """
        found = _core.value_group_thresholds(floats("profit", profit), None if shares is None else list(shares))
        return cls(tuple(found))

    def assign(self, profit: Column) -> Any:
        """Return the :class:`ValueGroup` of every customer, as a column of the same kind."""
        codes = _core.value_group_assign(floats("profit", profit), list(self.thresholds))
        return categories_like(profit, numbers(codes), list(ValueGroup))


@dataclass(frozen=True)
class Pyramid:
    """The cut points between the tiers of the customer pyramid.

    A tier never holds more than its share: customers equal to the one at its border stay below it, and
    fewer than 100 customers have no best 1 %.

    Attributes
    ----------
    thresholds : sequence of float
        Three profits, ascending: regular above the first, major above the second, VIP above the third.

    Examples
    --------
    >>> profit = [float(i) for i in range(1, 201)]
    >>> pyramid = Pyramid.fit(profit)
    >>> pyramid.thresholds
    (160.0, 190.0, 198.0)
    >>> pyramid.assign(profit)[-3:].tolist()
    ['major', 'vip', 'vip']
    """

    thresholds: Sequence[float]

    def __post_init__(self) -> None:
        object.__setattr__(self, "thresholds", tuple(self.thresholds))

    @classmethod
    def fit(cls, profit: Column, shares: Sequence[Number] | None = None) -> Pyramid:
        """Find the cut points for these shares of the customers, from VIP to small.

        By default VIP 1 %, major 4 %, regular 15 %, small 80 %.

        Raises
        ------
        NotStochasticError
            If the shares do not sum to 1.
        """
        found = _core.pyramid_thresholds(floats("profit", profit), None if shares is None else list(shares))
        return cls(tuple(found))

    def assign(self, profit: Column) -> Any:
        """Return the :class:`PyramidTier` of every customer, as a column of the same kind."""
        codes = _core.pyramid_assign(floats("profit", profit), list(self.thresholds))
        return categories_like(profit, numbers(codes), list(PyramidTier))


@dataclass(frozen=True, slots=True)
class Group:
    """What one group of customers is and brings.

    Attributes
    ----------
    group : str
        Its name.
    customers : int
        How many customers it has.
    share_of_customers : float
        Its part of all customers.
    profit : float
        What its customers bring together.
    share_of_profit : float or None
        Its part of the total profit; negative for a group that loses money. None if the total is not
        positive.
    mean_profit : float or None
        Profit per customer; None for an empty group.
    """

    group: str
    customers: int
    share_of_customers: float
    profit: float
    share_of_profit: float | None
    mean_profit: float | None


def group_table(groups: Any, profit: Column, names: Sequence[str] | type[Category]) -> list[Group]:
    """Return what each tier, type or segment has and brings.

    Parameters
    ----------
    groups : column
        The group of every customer: its name, or its place in ``names``.
    profit : column
        The profit of every customer.
    names : category or sequence of str
        The groups, in the order of the result; groups without customers are in it too.

    Examples
    --------
    >>> for row in group_table(["vip", "small", "small"], [60.0, 30.0, 10.0], PyramidTier):
    ...     print(row.group, row.customers, row.share_of_profit)
    vip 1 0.6
    major 0 0.0
    regular 0 0.0
    small 2 0.4
    """
    check_index(groups=groups, profit=profit)
    names = [str(name) for name in names]
    rows = _core.group_table(codes_of("groups", groups, names), floats("profit", profit), len(names))
    return [Group(group=name, **row) for name, row in zip(names, rows, strict=True)]


@dataclass(frozen=True, slots=True, eq=False)
class Migration:
    """How customers moved between tiers from one date to another.

    Attributes
    ----------
    names : list of str
        The tiers, in the order of rows and columns.
    counts : numpy.ndarray
        Numbers of customers, from (row) and to (column).
    rates : numpy.ndarray
        The part of each row's customers that went to each column. Rows sum to 1; a row is NaN where no
        customer was in that tier at first: nothing is known about it.
    """

    names: list[str]
    counts: NDArray[np.int64]
    rates: NDArray[np.float64]

    @property
    def unobserved(self) -> list[str]:
        """The tiers that no customer was in at first."""
        return [name for name, row in zip(self.names, self.counts, strict=True) if not row.any()]


def tier_migration(before: Any, after: Any, names: Sequence[str] | type[Category]) -> Migration:
    """Count how the same customers moved between tiers, or any other categories.

    Customers who were there at one date only need a category of their own to be counted.

    Parameters
    ----------
    before, after : column
        The tier of every customer at the two dates, in the same order: its name, or its place in ``names``.
    names : category or sequence of str
        The tiers.

    Examples
    --------
    >>> moves = tier_migration(["vip", "small", "small"], ["vip", "small", "regular"], PyramidTier)
    >>> moves.rates[3].tolist()
    [0.0, 0.0, 0.5, 0.5]
    >>> moves.unobserved
    ['major', 'regular']
    """
    check_index(before=before, after=after)
    names = [str(name) for name in names]
    found = _core.tier_migration(codes_of("before", before, names), codes_of("after", after, names), len(names))
    unknown = [np.nan] * len(names)
    rates = [unknown if row is None else row for row in found["rates"]]
    size = (len(names), len(names))
    return Migration(names, np.array(found["counts"], dtype=np.int64).reshape(size), np.array(rates).reshape(size))
