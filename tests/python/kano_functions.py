"""The functions of tests/vectors/kano.json."""

from __future__ import annotations

import dataclasses
from typing import Any

from crm_core.satisfaction import KanoAnswer, KanoCounts, KanoRules, KanoTally

CODES: dict[Any, KanoAnswer] = dict(enumerate(KanoAnswer))


def plain(value: Any) -> Any:
    """NaN is null in the vectors."""
    if dataclasses.is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    return None if value != value else value


def profile(counts: dict[str, int], **rules: float) -> Any:
    return plain(KanoCounts(**counts).profile(KanoRules(**rules)))


def tallies(
    functional: list[int | None],
    dysfunctional: list[int | None],
    segments: list[int] | None = None,
    segment_count: int = 1,
) -> list[KanoTally]:
    if segments is None:
        return [KanoTally.count(functional, dysfunctional, scale=CODES)]
    found = KanoTally.by_segment(segments, functional, dysfunctional, scale=CODES)
    nobody = KanoTally.count([], [], scale=CODES)
    return [found.get(segment, nobody) for segment in range(segment_count)]


def tally(**arguments: Any) -> list[dict[str, Any]]:
    return [{"counts": found.counts, "missing": found.missing} for found in tallies(**arguments)]


def position(importance: list[float | None] | None = None, **columns: Any) -> Any:
    return plain(KanoTally.count(**columns, importance=importance, scale=CODES).position())


FUNCTIONS = {
    "kano_profile": profile,
    "kano_tally": tally,
    "kano_reversed": lambda **columns: tallies(**columns)[0].reversed().counts,
    "kano_position": position,
}
