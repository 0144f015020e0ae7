"""Every case of tests/vectors/*.json."""

from __future__ import annotations

import importlib
import json
import math
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from functions import FUNCTIONS

from crm_core import _core
from crm_core.errors import CrmError

KERNELS = {name: module for name, module, _ in _core.kernels()}
CASES = [
    pytest.param(case, id=f"{path.stem}-{case['name']}")
    for path in sorted((Path(__file__).parents[1] / "vectors").glob("*.json"))
    for case in json.loads(path.read_text(encoding="utf-8"))["cases"]
]


def function(name: str) -> Any:
    if name in KERNELS:
        return getattr(importlib.import_module(f"crm_core.{KERNELS[name]}"), name)
    if name in FUNCTIONS:
        return FUNCTIONS[name]
    pytest.fail(f"the vectors name a function that Python does not know: {name}")


@pytest.mark.parametrize("case", CASES)
def test_case(case: dict[str, Any]) -> None:
    call = function(case["function"])
    expected = case["expected"]
    if isinstance(expected, dict) and "error" in expected:
        with pytest.raises(CrmError) as caught:
            call(**case["arguments"])
        assert caught.value.kind == expected["error"]
        for detail in ("argument", "row", "value"):
            if detail in expected:
                assert getattr(caught.value, detail) == expected[detail]
    else:
        check(call(**case["arguments"]), expected, case.get("tolerance", 0.0), case["name"])


def check(found: Any, expected: Any, tolerance: float, place: str) -> None:
    if expected is None or isinstance(expected, (str, bool)):
        assert found == expected, place
    elif isinstance(expected, dict):
        for key, value in expected.items():
            part = found[key] if isinstance(found, dict) else getattr(found, key)
            check(part, value, tolerance, f"{place}.{key}")
    elif isinstance(expected, list):
        assert len(found) == len(expected), place
        for row, (one, other) in enumerate(zip(found, expected, strict=True)):
            check(one, other, tolerance, f"{place}[{row}]")
    else:
        assert isinstance(found, (int, float, Decimal)), place
        assert not math.isnan(found), place
        assert abs(float(found) - expected) <= tolerance * max(abs(expected), 1.0), f"{place}: {found}"


def test_the_check_can_fail() -> None:
    check([1.0, {"a": 2.0}], [1.0, {"a": 2.0}], 0.0, "same")
    with pytest.raises(AssertionError):
        check(1.0 + 1e-9, 1.0, 1e-12, "too far")
    with pytest.raises(AssertionError):
        check([1.0], [1.0, 2.0], 0.0, "too short")
    with pytest.raises(pytest.fail.Exception, match="unheard_of"):
        function("unheard_of")
