"""What the process says of customers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class PlanReasons:
    """Why a customer is what it is, and why this is the next action and the offer, in words.

    Attributes
    ----------
    identity, standing, needs, action, offer : str
        Of whom the records are, and what of them is out of date; stage, type, tier and loyalty, a line each; the group
        by needs; the next action; the offer.
    """

    identity: str
    standing: str
    needs: str
    action: str
    offer: str

    def __str__(self) -> str:
        return "\n".join((self.identity, self.standing, self.needs, self.action, self.offer))


@dataclass(frozen=True, slots=True)
class ErasedCustomer:
    """What was removed when a customer was erased: how many of each."""

    records: int
    values: int
    keys: int
    contacts: int
    answers: int
    decisions: int


class DoubtfulPair(NamedTuple):
    """Two customers who perhaps are one: a record of one matches a record of the other."""

    customer: int
    """The one with the smaller number."""
    other: int
    """The other one."""
    probability: float
    """The probability that the records are of one customer."""


class ReviewedPair(NamedTuple):
    """What was said of two customers."""

    decision: int
    """The number of the decision, by which :meth:`Idic.undo` takes it back."""
    customer: int
    """The one who goes on; of two who stay two the smaller number."""
    other: int
    """The other one."""
    is_one: bool
    """Whether they are one."""


@dataclass(frozen=True, slots=True)
class NeedsSegments:
    """Groups of customers by their needs.

    Attributes
    ----------
    sizes : tuple of int
        Customers of each group.
    centers : tuple of dict of str to float or str
        The mean answers of each group in numbers, or the most frequent ones in words, by question.
    tried : dict of int to float
        The mean silhouette of each number of groups, where the number was to be found.
    """

    sizes: tuple[int, ...]
    centers: tuple[dict[str, float] | dict[str, str], ...]
    tried: dict[int, float]
