"""The functions of tests/vectors/satisfaction_process.json."""

from __future__ import annotations

from typing import Any

from crm_core.satisfaction.process import SurveyStep, read_study


def study_numbers(record: str, step: str, pointers: list[str]) -> list[float]:
    product = read_study(record).product(SurveyStep(step))

    def at(pointer: str) -> float:
        found: Any = product
        for part in pointer.split("/")[1:]:
            found = found[int(part)] if isinstance(found, list) else found[part]
        return float(found)

    return [at(pointer) for pointer in pointers]


FUNCTIONS = {"study_numbers": study_numbers}
