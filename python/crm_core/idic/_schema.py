"""What records hold, and how a model of them is fitted."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from crm_core import _core
from crm_core._options import LARGEST_COUNT, integer, items, member, number, optional_number, wrong_type
from crm_core._tables import collect, frame_of
from crm_core.errors import NotFoundError
from crm_core.units import Category

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crm_core._tables import Table


class FieldKind(Category):
    """What the values of a field are, and so how they are normalised and compared.

    =======  ==================  ==================================================  ===================================
    kind     exact               close                                               similar
    =======  ==================  ==================================================  ===================================
    name     equal               Jaro–Winkler ≥ 0.92, or the same pinyin             Jaro–Winkler ≥ 0.8
    phone    equal               one edit (OSA), or the same last 8 digits           two edits
    email    equal               one edit, or the same local part                    Jaro–Winkler ≥ 0.88
    address  equal but spaces    Jaro–Winkler or token set ≥ 0.92                    either ≥ 0.75
    date     equal               one edit of its digits, or day and month swapped    two of year, month, day equal
    code     equal               one edit                                            two edits of 5 characters or more
    text     equal               Jaro–Winkler ≥ 0.92                                 Jaro–Winkler ≥ 0.8
    number   equal               by 1 % of the larger one at most                    by 10 %
    =======  ==================  ==================================================  ===================================

    Pseudonyms (:class:`PseudonymKey`) are equal or differ.
    """

    NAME = "name"
    PHONE = "phone"
    EMAIL = "email"
    ADDRESS = "address"
    DATE = "date"
    CODE = "code"
    TEXT = "text"
    NUMBER = "number"
    PSEUDONYM = "pseudonym"


class DataSensitivity(Category):
    """What the values of a field say of a person, and so what becomes of them in a table of pseudonyms."""

    PERSONAL = "personal"
    """It identifies the person, or helps to: a pseudonym takes its place."""
    OPEN = "open"
    """It says nothing of a person alone: it stays."""
    SENSITIVE = "sensitive"
    """Health, religion, finances (GDPR art. 9, PIPL art. 28): it is left out."""


class AgreementLevel(Category):
    """How well the values of a field agree in two records."""

    MISSING = "missing"
    """A value is missing: no evidence either way."""
    DIFFERENT = "different"
    SIMILAR = "similar"
    SWAPPED = "swapped"
    """The value stands in the partner field of the other record: first and family name swapped."""
    CLOSE = "close"
    """They differ by a slip of the pen."""
    EXACT = "exact"
    """Equal, once normalised."""


class Survivorship(Category):
    """Which value of a customer's records survives into its golden record.

    Where the rule does not decide, the earlier row does.
    """

    MOST_RECENT = "most_recent"
    MOST_TRUSTED = "most_trusted"
    LONGEST = "longest"
    MOST_FREQUENT = "most_frequent"
    MOST_CREDIBLE = "most_credible"
    """The greatest trust · 2^(−age/half-life) of the field; without a half-life the most trusted."""


@dataclass(frozen=True, slots=True)
class RecordField:
    """A field of records.

    Attributes
    ----------
    name : str
        Its column.
    kind : FieldKind
        What its values are.
    partner : str, optional
        The field that its value may stand in by mistake.
    term_frequency : bool
        Whether agreement on a frequent value is weaker evidence than on a rare one.
    m, u : mapping from AgreementLevel to float
        Probabilities set by hand: of the level in two records of one customer, and of two customers.
    importance : float
        How much it matters to know it, beside the other fields.
    half_life : float, optional
        After how many days half of its values are taken to have changed; without one they do not change.
    sensitivity : DataSensitivity
        What its values say of a person.
    derived_from : sequence of str
        The fields that its values are made of, as an e-mail address is of names. Fields are taken to agree
        independently of each other, which such a field does not: people of one name have one address. Agreement on it
        is weighed by a table of its own where a pair agrees on these fields (Thibaudeau 1993; Larsen & Rubin 2001).

    Examples
    --------
    >>> RecordField("email", FieldKind.EMAIL, derived_from=("given_name", "surname")).derived_from
    ('given_name', 'surname')
    """

    name: str
    kind: FieldKind
    partner: str | None = None
    term_frequency: bool = True
    m: Mapping[AgreementLevel, float] = field(default_factory=dict)
    u: Mapping[AgreementLevel, float] = field(default_factory=dict)
    importance: float = 1.0
    half_life: float | None = None
    sensitivity: DataSensitivity = DataSensitivity.PERSONAL
    derived_from: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class RecordSchema:
    """The fields of records, and the country that phone numbers without a calling code are of.

    Examples
    --------
    >>> RecordSchema([RecordField("name", FieldKind.NAME), RecordField("mobile", FieldKind.PHONE)]).fields[1].name
    'mobile'
    """

    fields: Sequence[RecordField]
    calling_code: int = 86

    @classmethod
    def infer(cls, table: Table, *, columns: Sequence[str] | None = None, calling_code: int = 86) -> RecordSchema:
        """Give the schema that the columns of a table seem to have, by their names (English or Chinese) and values.

        A column is an e-mail address, a phone number or a date if its name says so or nearly all of its values look
        like one; a name or an address if its name says so; an age, income or amount is a number; an identifier if most
        of its values have digits; any other is a text. Two names, and two lines of an address, are partners.

        Examples
        --------
        >>> import polars as pl
        >>> table = pl.DataFrame({"given_name": ["Ann"], "surname": ["Lee"], "dob": ["1990-05-03"]})
        >>> [(field.name, field.kind.value, field.partner) for field in RecordSchema.infer(table).fields]
        [('given_name', 'name', 'surname'), ('surname', 'name', 'given_name'), ('dob', 'date', None)]
        """
        names = list(frame_of(table).columns if columns is None else columns)
        found = _core.RecordSchema.infer(collect(table), names, integer("calling_code", calling_code, 1, 999))
        fields = [
            RecordField(name, FieldKind(kind), None if partner is None else names[partner], counts)
            for name, kind, partner, _, counts, *_ in found.fields
        ]
        return cls(fields, calling_code)

    def pseudonymous(self) -> RecordSchema:
        """Give the schema of a table of pseudonyms: personal fields are of the kind ``PSEUDONYM``."""
        fields = [
            replace(each, kind=FieldKind.PSEUDONYM) if each.sensitivity == DataSensitivity.PERSONAL else each
            for each in items("fields", self.fields)
        ]
        return RecordSchema(fields, self.calling_code)

    def _core(self) -> _core.RecordSchema:
        fields = items("fields", self.fields)
        places = {each.name: place for place, each in enumerate(fields)}
        return _core.RecordSchema(
            [
                (
                    each.name,
                    member("kind", FieldKind, each.kind),
                    None if each.partner is None else _place(places, "partner", each.partner),
                    [_place(places, "derived_from", name) for name in items("derived_from", each.derived_from)],
                    each.term_frequency,
                    number("importance", each.importance),
                    optional_number("half_life", each.half_life),
                    member("sensitivity", DataSensitivity, each.sensitivity),
                    fixed,
                )
                for each in fields
                for fixed in [[*_fixed(True, each.m), *_fixed(False, each.u)]]
            ],
            integer("calling_code", self.calling_code, 1, 999),
        )


def _place(places: dict[str, int], argument: str, name: str) -> int:
    if name not in places:
        message = f"{argument} is {name!r}: must be a field of the schema"
        raise NotFoundError(message, argument=argument, value=repr(name))
    return places[name]


def _fixed(of_matches: bool, levels: Mapping[AgreementLevel, float]) -> list[tuple[bool, str, float]]:
    return [(of_matches, member("level", AgreementLevel, level), number("m", p)) for level, p in levels.items()]


@dataclass(frozen=True, slots=True)
class ResolveOptions:
    """How records are compared and the model is fitted.

    Attributes
    ----------
    keys : sequence of sequences of str
        Blocking keys: two records are compared if they agree on all fields of a key. Empty to choose keys by the data.
    comparisons_per_record : float
        How many comparisons chosen keys may take.
    largest_block : int
        Blocks of more records are left out: other keys find the matches among them.
    random_pairs, training_pairs : int
        From how many pairs u, and at most about m, are estimated.
    prior : float, optional
        The probability that two records drawn at random are of one customer; by default it is estimated.
    term_frequency_bound : float
        The frequency of a value changes the evidence of agreement by at most so many bits.
    least_probability : float
        Pairs of a lower probability are not kept.
    seed : int
        Of all draws.
    """

    keys: Sequence[Sequence[str]] = ()
    comparisons_per_record: float = 25.0
    largest_block: int = 200
    random_pairs: int = 200_000
    training_pairs: int = 1_000_000
    prior: float | None = None
    term_frequency_bound: float = 4.0
    least_probability: float = 0.01
    seed: int = 1

    def _core(self, names: Sequence[str]) -> tuple[Any, Any]:
        blocking = (
            [[_key_field(names, name) for name in items("keys", key)] for key in items("keys", self.keys)],
            number("comparisons_per_record", self.comparisons_per_record),
            integer("largest_block", self.largest_block),
        )
        training = (
            integer("random_pairs", self.random_pairs),
            integer("training_pairs", self.training_pairs),
            optional_number("prior", self.prior),
            number("term_frequency_bound", self.term_frequency_bound),
            integer("seed", self.seed, 0, LARGEST_COUNT),
        )
        return blocking, training


def _key_field(names: Sequence[str], name: str) -> int:
    if not isinstance(name, str):
        raise wrong_type("keys", name, "names of fields")
    if name not in names:
        message = f"keys is {name!r}: must be fields of the schema"
        raise NotFoundError(message, argument="keys", value=repr(name))
    return list(names).index(name)
