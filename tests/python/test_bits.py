"""The kernels give the same bits as in Rust, as scalars and as columns."""

from __future__ import annotations

import importlib
import struct
import subprocess
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from crm_core import _core
from crm_core.errors import CrmError

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
KERNELS = {name: module for name, module, _ in _core.kernels()}
CODES = {name: code for code, name in _core.error_kinds()}


@pytest.fixture(scope="module")
def rust() -> dict[str, list[list[str]]]:
    """The rows of each kernel: the bits of its arguments, then those of the result or its error."""
    command = ["cargo", "run", "--quiet", "--locked", "-p", "xtask", "--", "kernel-bits"]
    output = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    rows = defaultdict(list)
    for line in output.splitlines():
        name, *fields = line.split(" ")
        rows[name].append(fields)
    assert rows.keys() == KERNELS.keys()
    return rows


def number(bits: str) -> float:
    return struct.unpack(">d", bytes.fromhex(bits))[0]


def bits(value: float) -> str:
    return struct.pack(">d", value).hex()


def function(name: str) -> Callable[..., Any]:
    return getattr(importlib.import_module(f"crm_core.{KERNELS[name]}"), name)


def result(name: str, arguments: list[float]) -> list[str]:
    try:
        return [bits(function(name)(*arguments))]
    except CrmError as error:
        return ["error", str(CODES[type(error).__name__])]


@pytest.mark.parametrize("name", KERNELS)
def test_scalars(name: str, rust: dict[str, list[list[str]]]) -> None:
    count = function(name).__code__.co_argcount
    for row in rust[name]:
        assert result(name, [number(field) for field in row[:count]]) == row[count:], row


@pytest.mark.parametrize("name", KERNELS)
def test_columns(name: str, rust: dict[str, list[list[str]]]) -> None:
    rows = [[number(field) for field in row] for row in rust[name] if "error" not in row]
    assert len(rows) > 10
    table = np.array(rows)
    found = function(name)(*table.T[:-1])
    assert found.tobytes() == np.ascontiguousarray(table[:, -1]).tobytes()
