"""The functions of tests/vectors/identify.json."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import polars as pl

from crm_core import idic
from crm_core.idic import normalise, similarity


def normal(kind: str, given: str, calling_code: int) -> str:
    if kind == "phone":
        return normalise.phone(given, calling_code)
    return str(getattr(normalise, kind)(given))


def keyed(key: str, message: str) -> str:
    return idic.hmac_sha256(bytes.fromhex(key), bytes.fromhex(message)).hex()


def pseudonym(key: str, kind: str, given: str, calling_code: int) -> str:
    return idic.PseudonymKey(bytes.fromhex(key)).pseudonym(idic.FieldKind(kind), given, calling_code=calling_code)


def profile(
    half_life: float | None, values: list[str], trust: list[float], days: list[int], now: int
) -> dict[str, Any]:
    """Give what stands where customer 0 has a record of unknown origin that says 0, and each value its own source."""
    schema = idic.RecordSchema([idic.RecordField("value", idic.FieldKind.CODE, half_life=half_life)])
    store = idic.resolve(pl.DataFrame({"value": ["0", "9"]}), schema=schema).store()
    start = datetime(1970, 1, 1)
    for value, trusted, day in zip(values, trust, days, strict=True):
        source = f"source {len(store.sources)}"
        store.set_source(source, trusted)
        store.update(0, {"value": value}, source=source, at=start + timedelta(days=day))
    known = store.profile(0, start + timedelta(days=now))
    stands = known.fields["value"]
    assert stands is not None
    grounds = [conflict.ground.value for conflict in known.conflicts]
    return {"value": stands.value, "freshness": stands.freshness, "grounds": grounds}


def field_quality(
    fields: list[dict[str, Any]],
    rows: list[list[str]],
    days: list[int] | None,
    now: int,
    least_freshness: float,
    least_filled: float,
) -> list[dict[str, Any]]:
    """Give the quality of each field; a freshness that is not known is -1."""
    schema = idic.RecordSchema(
        [
            idic.RecordField(
                each["name"],
                idic.FieldKind(each["kind"]),
                importance=each["importance"],
                half_life=each["half_life"],
            )
            for each in fields
        ]
    )
    columns = {each["name"]: [row[place] for row in rows] for place, each in enumerate(fields)}
    found = idic.resolve(pl.DataFrame(columns), schema=schema).field_quality(
        now=datetime(1970, 1, 1) + timedelta(days=now),
        times=None if days is None else [86_400 * day for day in days],
        least_freshness=least_freshness,
        least_filled=least_filled,
    )
    return [
        {
            "field": each.field,
            "filled": each.filled,
            "unreadable": each.unreadable,
            "different": each.different,
            "freshness": -1.0 if each.freshness is None else each.freshness,
            "verdict": each.verdict.value,
        }
        for each in found
    ]


FUNCTIONS: dict[str, Any] = {
    **{name: getattr(similarity, name) for name in similarity.__all__},
    "normalise": normal,
    "pinyin": normalise.pinyin,
    "hmac_sha256": keyed,
    "pseudonym": pseudonym,
    "freshness": idic.freshness,
    "profile": profile,
    "field_quality": field_quality,
}
