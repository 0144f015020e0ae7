"""Every example of Python runs, and prints what the example of that name prints in every language."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("python/*.py")), ids=lambda path: path.stem)
def test_example(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(path), run_name="__main__")
    printed, text = capsys.readouterr().out, EXAMPLES / f"{path.stem}.txt"
    assert printed
    assert not text.exists() or printed == text.read_text(encoding="utf-8")
