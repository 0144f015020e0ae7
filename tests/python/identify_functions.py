"""The functions of tests/vectors/identify.json."""

from __future__ import annotations

from typing import Any

from crm_core.idic import normalise, similarity


def normal(kind: str, given: str, calling_code: int) -> str:
    if kind == "phone":
        return normalise.phone(given, calling_code)
    return str(getattr(normalise, kind)(given))


FUNCTIONS: dict[str, Any] = {
    **{name: getattr(similarity, name) for name in similarity.__all__},
    "normalise": normal,
    "pinyin": normalise.pinyin,
}
