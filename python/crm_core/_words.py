"""What charts and reports say, in each language: `words.toml`, one entry per sentence or label."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crm_core.units import Language


class Words:
    """The texts of one language: `words("lorenz.x")`, with the numbers of a sentence as keywords."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def __call__(self, key: str, **values: str) -> str:
        entry: Any = _texts()
        for part in key.split("."):
            entry = entry[part]
        text: str = entry[self.language.value]
        return text.format(**values) if values else text


@cache
def _texts() -> dict[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath("words.toml").read_text("utf-8"))
