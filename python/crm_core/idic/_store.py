"""Profiles of customers, matched one incoming record at a time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from crm_core import _core
from crm_core._moments import moment_of, seconds
from crm_core._options import LARGEST_COUNT, integer, number, optional_number, wrong_type
from crm_core.errors import NotFoundError
from crm_core.idic._resolve import FieldEvidence, MatchExplanation
from crm_core.idic._schema import AgreementLevel
from crm_core.units import Category

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

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
        The likeliest possible link to another customer: perhaps both are one. See :meth:`ProfileStore.merge`.
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


class UpdateOutcome(Category):
    """What an update did to a field."""

    NOT_GIVEN = "not_given"
    """No value was given."""
    FILLED = "filled"
    """The customer had no value."""
    CONFIRMED = "confirmed"
    """The customer has this value: it is fresher now."""
    REPLACED = "replaced"
    """The new value stands; the former one is a conflict."""
    OVERRULED = "overruled"
    """The former value stands; the new one is a conflict."""


class ConflictGround(Category):
    """Why one of two values that contradict each other stands."""

    MORE_TRUSTED = "more_trusted"
    MORE_RECENT = "more_recent"
    MORE_TRUSTED_AND_RECENT = "more_trusted_and_recent"
    KNOWN_ORIGIN = "known_origin"
    """It is not known where the other comes from."""
    LATER_RECORD = "later_record"
    """Nothing else tells them apart."""


class Origin(NamedTuple):
    """Where a record came from, and when."""

    source: str
    """The name of its source."""
    at: datetime
    """When its values were told."""


@dataclass(frozen=True, slots=True)
class ProfileValue:
    """The value of a field that stands for a customer. Its ``repr`` does not show it.

    Attributes
    ----------
    value : str
        The value, normalised.
    record : int
        The record that it comes from.
    origin : Origin, optional
        Where that came from, and when.
    freshness : float, optional
        2^(−age/half-life) of the field; 1 without a half-life, ``None`` if it is not known when it was told.
    """

    value: str = field(repr=False)
    record: int
    origin: Origin | None
    freshness: float | None


class Conflict(NamedTuple):
    """Two records of a customer that contradict each other in a field."""

    field: str
    """The field."""
    stands: int
    """The record whose value stands."""
    overruled: int
    """The record whose value does not."""
    ground: ConflictGround
    """Why."""


@dataclass(frozen=True, slots=True)
class CustomerProfile:
    """What is known of a customer at a moment.

    Attributes
    ----------
    fields : dict
        By field: the value that stands, or ``None``.
    freshness : float
        The mean freshness of the fields, weighted by their importance; what is missing or of unknown age counts 0.
    stale : tuple of str
        The fields whose value is older than its half-life, or of unknown age, the most important first.
    conflicts : tuple of Conflict
        What contradicts what stands: one for each other value of a field.
    """

    fields: dict[str, ProfileValue | None]
    freshness: float
    stale: tuple[str, ...]
    conflicts: tuple[Conflict, ...]


@dataclass(frozen=True, slots=True)
class Updated:
    """What became of an update.

    Attributes
    ----------
    record : int
        The number of the record that it is kept as.
    fields : dict
        What it did to each field.
    """

    record: int
    fields: dict[str, UpdateOutcome]


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

    def __init__(
        self, resolution: Resolution, threshold: float = 0.5, *, review_threshold: float | None = None
    ) -> None:
        review = optional_number("review_threshold", review_threshold)
        self._core = _core.ProfileStore(resolution._core, number("threshold", threshold), review)
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

    def add(self, record: Mapping[str, object], *, source: str | None = None, at: Any = None) -> AddedRecord:
        """Take a record in: it joins the customer of its best match, or is a new customer's.

        Parameters
        ----------
        record : mapping from field to value
            The record.
        source : str, optional
            Where it comes from, a source that :meth:`set_source` named.
        at : datetime or str, optional
            When it was told; needed with a source.
        """
        origin = None if source is None else self._origin(source, at)
        number_, cluster, matched, doubtful = self._core.add(self._values(record), origin)
        return AddedRecord(number_, cluster, matched and Match(*matched), doubtful and Match(*doubtful))

    def set_source(self, name: str, trust: float) -> None:
        """Name a source of records, or change how much it is trusted beside others.

        Parameters
        ----------
        name : str
            Its name.
        trust : float
            Above 0 and at most 1: the share of its values that are right.
        """
        self._core.set_source(name, number("trust", trust))

    @property
    def sources(self) -> dict[str, float]:
        """The sources and their trust."""
        return dict(self._core.sources)

    def set_origin(self, record: int, source: str, at: Any) -> None:
        """Say where a record that the store holds came from, and when."""
        self._core.set_origin(_number("record", record), self._origin(source, at))

    def update(self, cluster: int, record: Mapping[str, object], *, source: str, at: Any) -> Updated:
        """Take in what a customer who is known said: values of some fields.

        It is kept as a record of the customer, so that nothing is overwritten; :meth:`profile` says which value stands.

        Examples
        --------
        >>> import polars as pl
        >>> from crm_core.idic import FieldKind, RecordField, RecordSchema, resolve
        >>> people = pl.DataFrame({"name": ["Ann Lee", "Tom Fox"], "mobile": ["13812345678", "13911112222"]})
        >>> schema = RecordSchema([
        ...     RecordField("name", FieldKind.NAME), RecordField("mobile", FieldKind.PHONE, half_life=365)
        ... ])
        >>> store = resolve(people, schema=schema).store()
        >>> store.set_source("shop", 0.9)
        >>> store.set_source("list", 0.3)
        >>> store.update(1, {"mobile": "13700001111"}, source="shop", at="2024-03-01").fields["mobile"].value
        'replaced'
        >>> store.update(1, {"mobile": "13600002222"}, source="list", at="2024-06-01").fields["mobile"].value
        'overruled'
        >>> profile = store.profile(1, "2025-03-01")
        >>> profile.fields["mobile"].value, profile.fields["mobile"].freshness
        ('+8613700001111', 0.5)
        >>> [conflict.ground.value for conflict in profile.conflicts]
        ['more_trusted', 'known_origin']
        """
        values = self._values(record)
        kept, fields = self._core.update(_number("cluster", cluster), values, self._origin(source, at))
        return Updated(kept, dict(zip(self._names, map(UpdateOutcome, fields), strict=True)))

    def profile(self, cluster: int, now: Any) -> CustomerProfile:
        """Give what is known of a customer at a moment.

        Where its records contradict each other in a field, the value with the greatest

            trust of its source · 2^(−age/half-life of the field)

        stands; in a field without a half-life that of the most trusted source, of these the most recent. A known origin
        goes before an unknown one; of records alike the later stands.

        Raises
        ------
        NotFoundError
            If the customer has no record.
        OutOfRangeError
            If ``now`` is before one of them.
        """
        values, freshness, stale, conflicts = self._core.profile(_number("cluster", cluster), seconds("now", now))
        names = list(self._core.sources)

        def value(found: tuple[str, int, tuple[int, int] | None, float | None]) -> ProfileValue:
            text, record, origin, fresh = found
            came = None if origin is None else Origin(names[origin[0]][0], moment_of(origin[1]))
            return ProfileValue(text, record, came, fresh)

        told = (None if found is None else value(found) for found in values)
        return CustomerProfile(
            dict(zip(self._names, told, strict=True)),
            freshness,
            tuple(self._names[place] for place in stale),
            tuple(Conflict(self._names[f], a, b, ConflictGround(ground)) for f, a, b, ground in conflicts),
        )

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

    def split(self, cluster: int, records: Iterable[int]) -> int:
        """Give some records of a customer to a new one, and give its number; the customer keeps its own.

        Raises
        ------
        NotFoundError
            If the customer has no record, or one of these is not of it.
        OutOfRangeError
            If the customer would have none left.
        """
        return self._core.split(_number("cluster", cluster), [_number("records", record) for record in records])

    def erase(self, cluster: int) -> Erasure:
        """Erase a customer completely: records, values, index and frequencies.

        What is saved afterwards holds no trace but that the numbers were given.
        """
        records, values, entries, merges = self._core.erase(_number("cluster", cluster))
        return Erasure(tuple(records), dict(zip(self._names, values, strict=True)), entries, merges)

    def _origin(self, source: str, at: Any) -> tuple[int, int]:
        names = [name for name, _ in self._core.sources]
        if source not in names:
            message = f"source is {source!r}: is not in the store"
            raise NotFoundError(message, argument="source", value=repr(source))
        return names.index(source), seconds("at", at)

    def _values(self, record: Mapping[str, object]) -> list[str]:
        unknown = [name for name in record if name not in self._names]
        if unknown:
            message = f"record is {unknown[0]!r}: must be a field of the schema"
            raise NotFoundError(message, argument="record", value=repr(unknown[0]))
        return ["" if record.get(name) is None else str(record[name]) for name in self._names]


def _number(argument: str, value: int) -> int:
    return integer(argument, value, 0, LARGEST_COUNT)
