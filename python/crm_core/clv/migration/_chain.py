"""Where customers go: what a chain says without regard to rewards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Structure:
    """Which states a customer can stay in for ever.

    Attributes
    ----------
    states : list
        The states.
    recurrent_class : list of int or None
        The recurrent class of each state: states that lead to each other, and none of which leads out. Numbered from
        0 in the order of their first states; None for a transient state.
    """

    states: list[Any]
    recurrent_class: list[int | None]

    @property
    def classes(self) -> list[list[Any]]:
        """The states of each recurrent class."""
        count = 1 + max(own for own in self.recurrent_class if own is not None)
        pairs = list(zip(self.states, self.recurrent_class, strict=True))
        return [[state for state, own in pairs if own == number] for number in range(count)]

    @property
    def transient_states(self) -> list[Any]:
        """The states that are in no recurrent class."""
        return [state for state, own in zip(self.states, self.recurrent_class, strict=True) if own is None]

    @property
    def absorbing_states(self) -> list[Any]:
        """The states that are never left."""
        return [members[0] for members in self.classes if len(members) == 1]


@dataclass(frozen=True, slots=True, eq=False)
class Absorption:
    """Where a customer ends up, and after how long.

    Attributes
    ----------
    structure : Structure
        The recurrent classes.
    probabilities : ndarray, n x classes
        Entry (i, c) is the probability that a customer in state i ends up in class c.
    expected_periods : ndarray
        The expected number of periods, the present one included, until a recurrent class is reached.
    """

    structure: Structure
    probabilities: Floats
    expected_periods: Floats


@dataclass(frozen=True, slots=True, eq=False)
class CohortPath:
    """Where the customers of a cohort are over time.

    Attributes
    ----------
    states : list
        The states.
    customers : ndarray, (T + 1) x n
        The expected number of customers in each state at t = 0, ..., T.
    """

    states: list[Any]
    customers: Floats

    def columns(self) -> dict[str, Any]:
        """Give a column for each state, for a DataFrame of any library: a row for each period."""
        return {str(state): column for state, column in zip(self.states, self.customers.T, strict=True)}
