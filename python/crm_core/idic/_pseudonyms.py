"""Pseudonyms of what is personal, and how fresh values are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crm_core import _core
from crm_core._options import LARGEST_COUNT, integer, member, number, wrong_type
from crm_core._tables import collect, like
from crm_core.idic._schema import FieldKind

if TYPE_CHECKING:
    from crm_core._tables import Table
    from crm_core.idic._schema import RecordSchema


def freshness(age: float, half_life: float) -> float:
    """Give 2^(−age/half-life): the probability that a value still holds, if half of all change within a half-life.

    Parameters
    ----------
    age : float
        Of the value, 0 or more.
    half_life : float
        In the same unit, above 0.

    Examples
    --------
    >>> freshness(730, 365)
    0.25
    """
    return _core.freshness(number("age", age), number("half_life", half_life))


def hmac_sha256(key: bytes, message: bytes) -> bytes:
    """Give HMAC-SHA-256 of a message under a key (RFC 2104).

    Examples
    --------
    >>> hmac_sha256(b"Jefe", b"what do ya want for nothing?").hex()[:8]
    '5bdcc146'
    """
    return _core.hmac_sha256(_bytes("key", key), _bytes("message", message))


class PseudonymKey:
    """The secret by which values become pseudonyms: who has it can link them, and try values out.

    A pseudonym is 64 hexadecimal digits of HMAC-SHA-256 of the name of the kind, a byte 1f, and the normal form of the
    value. Equal values have equal pseudonyms, however they are written; a slip of the pen makes another one. The key
    does not pickle, and its ``repr`` does not show it.

    Parameters
    ----------
    key : bytes
        32 bytes or more, drawn at random: ``secrets.token_bytes(32)``.

    Examples
    --------
    >>> import polars as pl
    >>> from crm_core.idic import FieldKind, RecordField, RecordSchema, DataSensitivity
    >>> key = PseudonymKey(bytes(range(32)))
    >>> key.pseudonym(FieldKind.PHONE, "138 1234 5678") == key.pseudonym(FieldKind.PHONE, "+86-13812345678")
    True
    >>> people = pl.DataFrame({"mobile": ["138 1234 5678"], "town": ["Perth"], "faith": ["none"]})
    >>> schema = RecordSchema([
    ...     RecordField("mobile", FieldKind.PHONE),
    ...     RecordField("town", FieldKind.TEXT, sensitivity=DataSensitivity.OPEN),
    ...     RecordField("faith", FieldKind.TEXT, sensitivity=DataSensitivity.SENSITIVE),
    ... ])
    >>> hidden = key.table(people, schema)
    >>> len(hidden["mobile"][0]), hidden["town"][0], hidden["faith"][0]
    (64, 'perth', None)
    """

    __slots__ = ("_core",)

    def __init__(self, key: bytes) -> None:
        self._core = _core.PseudonymKey(_bytes("key", key))

    def __repr__(self) -> str:
        return "PseudonymKey(...)"

    def pseudonym(self, kind: FieldKind, value: str, *, calling_code: int = 86) -> str:
        """Give what stands for a value; empty for an empty one.

        Parameters
        ----------
        kind : FieldKind
            What the value is.
        value : str
            The value.
        calling_code : int
            Of the country that phone numbers without one are of.
        """
        wanted = member("kind", FieldKind, kind)
        return self._core.pseudonym(wanted, value, integer("calling_code", calling_code, 1, 999))

    def customer(self, number: int) -> str:
        """Give what stands for the number of a customer.

        64 hexadecimal digits of HMAC-SHA-256 of the word customer, a byte 1f, and the number in decimal digits.

        Parameters
        ----------
        number : int
            The number of the customer.
        """
        return self._core.customer(integer("number", number, 0, LARGEST_COUNT))

    def table(self, table: Table, schema: RecordSchema) -> Any:
        """Give the fields of a table with pseudonyms for personal values.

        Open values are normalised, sensitive ones null. It is linked by :meth:`RecordSchema.pseudonymous`.
        """
        return like(table, self._core.table(collect(table), schema._core()))


def _bytes(argument: str, value: bytes) -> bytes:
    if not isinstance(value, bytes):
        raise wrong_type(argument, value, "bytes")
    return value
