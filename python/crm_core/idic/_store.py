"""Profiles of customers, matched one incoming record at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from crm_core import _core
from crm_core._options import LARGEST_COUNT, integer, number, wrong_type
from crm_core.errors import NotFoundError
from crm_core.idic._resolve import FieldEvidence, MatchExplanation
from crm_core.idic._schema import AgreementLevel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crm_core.idic._resolve import Resolution


class Match(NamedTuple):
    """A record of a store that another may be of the same customer as."""

    record: int
    """Its number."""
    cluster: int
    """The number of its customer."""
    weight: float
    """log₂ of the odds that they are of one customer."""
    probability: float
    """The probability of it."""


@dataclass(frozen=True, slots=True)
class AddedRecord:
    """What became of an incoming record.

    Attributes
    ----------
    record, cluster : int
        Its number, and that of its customer.
    matched : Match, optional
        The record that it matches best; without one its customer is new.
    doubtful : Match, optional
        A record of another customer that it matches as well: perhaps both are one. See :meth:`ProfileStore.merge`.
    """

    record: int
    cluster: int
    matched: Match | None
    doubtful: Match | None


@dataclass(frozen=True, slots=True)
class Erasure:
    """What was removed when a customer was erased. It holds no value.

    Attributes
    ----------
    records : tuple of int
        The numbers of the records that are gone; they are never given again.
    values : dict
        How many values went with them, by field.
    index_entries : int
        How many entries of the index did.
    merges : int
        From how many merges a record was taken.
    """

    records: tuple[int, ...]
    values: dict[str, int]
    index_entries: int
    merges: int


class ProfileStore:
    """The profiles of customers, matched one incoming record at a time: the numbers of customers stay what they are.

    Made by :meth:`Resolution.store`; record i is row i of the records that were resolved. A record is a mapping from
    field to value; values that are missing are left out, ``None`` or empty. It pickles, and :meth:`to_bytes` saves it:
    what it then holds of persons is not encrypted.

    Examples
    --------
    >>> import polars as pl
    >>> from crm_core.idic import resolve
    >>> people = pl.DataFrame({
    ...     "name": ["Ann Lee", "Ann Leee", "Tom Fox", "Eva Karl", "Ida Berg"],
    ...     "mobile": ["13812345678", "13812345678", "13911112222", "13700001111", "13600000000"],
    ... })
    >>> store = resolve(people).store()
    >>> added = store.add({"name": "Tom Foxx", "mobile": "+86 139 1111 2222"})
    >>> (added.record, added.cluster, store.members(added.cluster))
    (5, 2, [2, 5])
    """

    __slots__ = ("_core", "_names")

    def __init__(self, resolution: Resolution, threshold: float = 0.5) -> None:
        self._core = _core.ProfileStore(resolution._core, number("threshold", threshold))
        self._names = self._core.names

    @classmethod
    def from_bytes(cls, state: bytes) -> ProfileStore:
        """Open what :meth:`to_bytes` saved.

        Raises
        ------
        UnreadableError
            For anything else: another version, bytes that were changed or are missing.
        """
        if not isinstance(state, bytes):
            raise wrong_type("state", state, "bytes")
        store = cls.__new__(cls)
        store._core = _core.ProfileStore.from_bytes(state)
        store._names = store._core.names
        return store

    def to_bytes(self) -> bytes:
        """Save the store, with a version and a checksum."""
        return self._core.to_bytes()

    def __reduce__(self) -> tuple[Any, ...]:
        return ProfileStore.from_bytes, (self.to_bytes(),)

    def __len__(self) -> int:
        return len(self._core)

    def __repr__(self) -> str:
        return f"ProfileStore(records={len(self)})"

    def matches(self, record: Mapping[str, object], *, least_probability: float = 0.5) -> list[Match]:
        """Give the records that this one is likely to be of the same customer as, the likeliest first.

        Nothing is stored.
        """
        least = number("least_probability", least_probability)
        return [Match(*found) for found in self._core.matches(self._values(record), least)]

    def add(self, record: Mapping[str, object]) -> AddedRecord:
        """Take a record in: it joins the customer of its best match, or is a new customer's."""
        number_, cluster, matched, doubtful = self._core.add(self._values(record))
        return AddedRecord(number_, cluster, matched and Match(*matched), doubtful and Match(*doubtful))

    def explain(self, record: Mapping[str, object], stored: int) -> MatchExplanation:
        """Say why a record is, or is not, of the same customer as one of the store."""
        prior, fields, weight, probability = self._core.explain(self._values(record), _number("stored", stored))
        told = zip(self._names, fields, strict=True)
        evidence = (FieldEvidence(name, AgreementLevel(level), bits, tf) for name, (level, bits, tf) in told)
        return MatchExplanation(prior, tuple(evidence), weight, probability)

    def cluster(self, record: int) -> int:
        """Give the customer of a record."""
        return self._core.cluster(_number("record", record))

    def members(self, cluster: int) -> list[int]:
        """Give the records of a customer."""
        return self._core.members(_number("cluster", cluster))

    def merge(self, kept: int, ended: int) -> int:
        """Make two customers one from now on, and give the number by which :meth:`undo` takes it back."""
        return self._core.merge(_number("kept", kept), _number("ended", ended))

    def undo(self, merge: int) -> int:
        """Take a merge back, and give the customer that is there again."""
        return self._core.undo(_number("merge", merge))

    def erase(self, cluster: int) -> Erasure:
        """Erase a customer completely: records, values, index and frequencies.

        What is saved afterwards holds no trace but that the numbers were given.
        """
        records, values, entries, merges = self._core.erase(_number("cluster", cluster))
        return Erasure(tuple(records), dict(zip(self._names, values, strict=True)), entries, merges)

    def _values(self, record: Mapping[str, object]) -> list[str]:
        unknown = [name for name in record if name not in self._names]
        if unknown:
            message = f"record is {unknown[0]!r}: must be a field of the schema"
            raise NotFoundError(message, argument="record", value=repr(unknown[0]))
        return ["" if record.get(name) is None else str(record[name]) for name in self._names]


def _number(argument: str, value: int) -> int:
    return integer(argument, value, 0, LARGEST_COUNT)
