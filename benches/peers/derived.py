"""E-mail addresses that are made of names: as evidence of their own, left out, and derived from the names.

    python benches/peers/derived.py [records]    (default 100,000)

The people of resolve.py, whose addresses are `given.surname@a.org` but for some of the second records: F1 of the pairs
at a probability of 0.5, at the best threshold and after clustering, and processor time, each without labels.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import resolve

from crm_core import idic

if TYPE_CHECKING:
    from collections.abc import Iterator


def named(records: int) -> tuple[pl.DataFrame, np.ndarray]:
    """Give records whose addresses are made of the names of their first record, and the person of each."""
    columns, person = resolve.people(records)
    random = np.random.default_rng(9)
    address: dict[int, str] = {}
    for given, surname, who in zip(columns["given_name"], columns["surname"], person.tolist(), strict=True):
        if given and surname:
            address.setdefault(who, f"{given}.{surname}")
    emails = []
    seen: set[int] = set()
    for given, who in zip(columns["email"], person.tolist(), strict=True):
        name = address.get(who, "") if given else ""
        is_other = who in seen and random.uniform() < 0.3
        seen.add(who)
        emails.append(name and (f"{resolve.typo(random, name)}@b.net" if is_other else f"{name}@a.org"))
    texts = {field: columns[field].astype(str) for field in resolve.FIELDS} | {"email": emails}
    return pl.DataFrame(texts), person


def schemas(table: pl.DataFrame) -> Iterator[tuple[str, idic.RecordSchema]]:
    """Give the three ways to take the address."""
    plain = idic.RecordSchema.infer(table)
    sources = ("given_name", "surname")
    yield "of its own", plain
    yield "left out", idic.RecordSchema([field for field in plain.fields if field.name != "email"])
    yield (
        "derived",
        idic.RecordSchema([replace(f, derived_from=sources) if f.name == "email" else f for f in plain.fields]),
    )


if __name__ == "__main__":
    people, persons = named(int(sys.argv[1]) if sys.argv[1:] else 100_000)
    for kind, schema in schemas(people):
        start = time.process_time()
        found = idic.resolve(people, schema=schema)
        taken = time.process_time() - start
        f1 = resolve.f1(pl.DataFrame(found.pairs()), persons, None)
        clusters = resolve.clustered_f1(found.clusters()["cluster"].to_numpy(), persons)
        pairs = f"{f1['at 0.5']:.4f} at 0.5, {f1['at best']:.4f} at best"
        print(f"{kind}: F1 {pairs}, {clusters:.4f} in clusters; {taken:.2f} s of processor time")
