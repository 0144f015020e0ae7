"""What README.md shows is so: its Python runs, its C and C++ are the examples that are compiled and run."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from crm_core.ledger import simulate
from crm_core.satisfaction.structural import acsi

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def test_the_python_of_the_readme_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    log = simulate(200, seed=1, library="polars").rename({"time": "date"})
    log.with_columns(pl.col("date").dt.date()).write_csv("log.csv")
    answers = acsi().simulate(200, seed=1, missing=0.01, library="polars").rename({"satisfaction_overall": "Q10"})
    answers.with_columns(region=pl.Series(["north", "south"] * 100)).write_csv("answers.csv")
    names = {"df": pl.DataFrame({"margin": [500.0, 100.0], "years": [5.0, 2.0]})}
    python = blocks("python")
    assert len(python) == 6
    with contextlib.redirect_stdout(io.StringIO()):
        for block in python:
            exec(compile(block, "README.md", "exec"), names)
    assert (tmp_path / "out" / "report.html").exists()
    assert names["model"].customers_ == 200
    assert names["chooser"].observations[names["decision"].action] == 1
    clv = names["market"].clv(discount_rate=0.1, horizon=1)
    np.testing.assert_allclose(clv, [267.2727, 199.0909, 114.5455], atol=1e-4)


@pytest.mark.parametrize(("language", "example"), [("c", "examples/c/readme.c"), ("cpp", "examples/cpp/readme.cpp")])
def test_c_and_cpp_of_the_readme_are_examples(language: str, example: str) -> None:
    assert blocks(language) == [(ROOT / example).read_text(encoding="utf-8")]
