"""The report of a satisfaction survey, from the command line and from Python."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from crm_core import cli
from crm_core.report.survey import analyse_survey, read_model
from crm_core.satisfaction.structural import IndexPreset, acsi
from crm_core.units import Language

OPTIONS = ["--model", "acsi", "--resamples", "100", "--quiet"]


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    table = acsi().simulate(300, seed=1, missing=0.02, library="pandas").assign(region=["north", "south"] * 150)
    path = tmp_path / "answers.csv"
    table.to_csv(path, index=False)
    return path


def test_the_command_writes_the_report(answers: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = answers.parent / "out"
    assert cli.main(["survey", str(answers), *OPTIONS, "--by", "region", "--out", str(out)]) == 0
    printed = capsys.readouterr().out
    assert re.match(r"Customer satisfaction stands at \d\d\.\d of 100\n", printed)
    page = (out / "report.html").read_text(encoding="utf-8")
    for section in ("overview", "sample", "measurement", "model", "indices", "segments", "improve", "method"):
        assert f'<section id="{section}"' in page
    assert not re.search(r"\bnan\b|\{\w+\}", page)
    assert len(pd.read_csv(out / "respondents.csv")) == 300


def test_every_finding_comes_from_the_fit() -> None:
    table = acsi().simulate(400, seed=3, library="polars")
    found = analyse_survey(table, IndexPreset.ACSI, resamples=100)
    index = acsi().fit(table).index()
    assert found.summary().startswith(f"Customer satisfaction stands at {index:.1f} of 100\n")


def test_the_report_speaks_chinese() -> None:
    found = analyse_survey(acsi().simulate(200, seed=1), IndexPreset.ACSI, resamples=60, language=Language.ZH)
    page = found.html()
    assert 'lang="zh-Hans"' in page
    assert "顾客满意度指数为" in page
    words = set(re.findall(r"[A-Za-z]{5,}", re.sub(r"<style>.*?</style>|<[^>]*>", " ", page, flags=re.DOTALL)))
    known = {
        "Wold",
        "Tenenhaus",
        "Fornell",
        "Efron",
        "Dijkstra",
        "Henseler",
        "Ringle",
        "Sarstedt",
        "Cronbach",
        "Larcker",
    }
    indicators = {part for name in acsi().indicators for part in name.split("_")}
    allowed = (
        known | indicators | {"Lohm", "ller", "reskog", "table", "model", "target", "columns", "missing", "resamples"}
    )
    assert words <= allowed


def test_columns_of_other_names(answers: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = pd.read_csv(answers).rename(columns={"loyalty_repurchase": "Q15"})
    table.to_csv(answers, index=False)
    out = ["--out", str(answers.parent / "out")]
    assert cli.main(["survey", str(answers), *OPTIONS, *out]) == 1
    said = capsys.readouterr().err
    assert "no column loyalty_repurchase" in said
    assert "--columns" in said
    assert "Q15" in said
    assert cli.main(["survey", str(answers), *OPTIONS, *out, "--columns", "loyalty_repurchase=Q15"]) == 0


def test_a_model_from_a_file(tmp_path: Path, answers: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["survey", "--model", "acsi"]) == 0
    text = capsys.readouterr().out
    file = tmp_path / "own.txt"
    file.write_text(text, encoding="utf-8")
    assert read_model(str(file))[0] == acsi()
    out = str(tmp_path / "out")
    assert cli.main(["survey", str(answers), "--model", str(file), "--resamples", "60", "--quiet", "--out", out]) == 0
    assert cli.main(["survey", str(answers), "--model", "none", "--out", out]) == 1
    assert "must be one of scsb, acsi, ecsi, ccsi" in capsys.readouterr().err
    assert cli.main(["survey", str(answers), "--model", "acsi"]) == 2
    assert cli.main(["survey", str(answers), "--model", "acsi", "--out", out, "--by", "area"]) == 1
    assert "segments is 'area'" in capsys.readouterr().err


@pytest.mark.parametrize("language", list(Language))
def test_kano_pairs_get_a_chapter(tmp_path: Path, language: Language, capsys: pytest.CaptureFixture[str]) -> None:
    file, out = str(tmp_path / "answers.csv"), tmp_path / "out"
    assert cli.main(["survey", "--model", "acsi", "--example", file]) == 0
    run = ["survey", file, *OPTIONS, "--out", str(out), "--language", language]
    assert cli.main(run) == 0
    said = {Language.EN: "Refund must not fail; app delights most", Language.ZH: "refund不可缺失；app最能带来惊喜"}[
        language
    ]
    assert said in capsys.readouterr().out
    page = (out / "report.html").read_text(encoding="utf-8")
    assert '<section id="kano"' in page
    assert "kano-categories" in page
    assert not re.search(r"\bnan\b|\{\w+\}", page)
    # Other endings of the columns: no attribute is found, or the same ones.
    assert cli.main([*run, "--kano", "_yes,_no"]) == 0
    assert '<section id="kano"' not in (out / "report.html").read_text(encoding="utf-8")
    table = pd.read_csv(file)
    table.columns = [name.replace("_dysfunctional", "_no").replace("_functional", "_yes") for name in table.columns]
    table.assign(app_weight=range(250)).to_csv(file, index=False)
    assert cli.main([*run, "--kano", "_yes,_no,_weight"]) == 0
    assert "124.50" in (out / "report.html").read_text(encoding="utf-8")
    with pytest.raises(SystemExit):
        cli.main([*run, "--kano", "_yes"])


def test_attributes_without_answers_have_no_place_in_the_report() -> None:
    table = acsi().simulate(100, seed=1, library="pandas")
    answered = table.assign(lift_functional=[1.0] * 100, lift_dysfunctional=[float("nan")] * 100)
    found = analyse_survey(answered, IndexPreset.ACSI, resamples=60)
    assert found.kano is not None
    assert '<section id="kano"' not in found.html()
