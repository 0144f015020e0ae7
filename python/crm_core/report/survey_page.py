"""The report of a survey as one HTML page."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np

from crm_core import _format as fmt
from crm_core import plotting
from crm_core._words import Words
from crm_core.report.markup import Html, table, tag
from crm_core.report.page import page_head
from crm_core.report.survey_kano import Kano
from crm_core.report.svg import figure
from crm_core.satisfaction.structural import ExpectedSign, MissingAnswers
from crm_core.units import Language

if TYPE_CHECKING:
    from collections.abc import Callable

    from crm_core.report.survey import SurveyAnalysis

    Chapter = tuple[str, Callable[[], list[Html]]]

__all__ = ["render", "summarise"]

_PAGE, _HALF, _PHONE = 920, 540, 360
_RELIABLE, _EXTRACTED = 0.7, 0.5


def render(analysis: SurveyAnalysis) -> str:
    """Write a self-contained page: style sheet and charts are inside, nothing is loaded."""
    found = _Findings(analysis)
    say, chapters = found.say, found.chapters()
    links = [tag("a", say(f"nav.{key}"), href=f"#{key}") for key in chapters]
    sections = [
        tag("section", tag("p", say(f"nav.{key}"), class_="eyebrow"), tag("h2", finding), *body(), id=key)
        for key, (finding, body) in chapters.items()
    ]
    name = analysis.name.label(analysis.language) if analysis.name else say("own_model")
    subtitle = say("subtitle", model=name, rows=fmt.count(analysis.fit.report.rows_used))
    body = tag(
        "body",
        tag("header", tag("div", tag("h1", say("title")), tag("p", subtitle))),
        found.tiles(),
        tag("nav", tag("div", *links), aria_label=say("contents")),
        tag("main", *sections),
        tag("footer", say("source", version=version("crm-core"), source=analysis.source)),
    )
    language = "zh-Hans" if analysis.language is Language.ZH else "en"
    return "<!DOCTYPE html>\n" + tag("html", page_head(say("title")), body, lang=language) + "\n"


def summarise(analysis: SurveyAnalysis) -> str:
    """Return the findings of the chapters as lines of text."""
    first, *others = (finding for finding, _ in _Findings(analysis).chapters().values())
    return "\n".join([first, *(f"· {finding}" for finding in others[:-1])])


class _Findings:
    """The figures of the report, and each chapter: its finding, and what writes its body."""

    def __init__(self, analysis: SurveyAnalysis) -> None:
        fit, language = analysis.fit, analysis.language
        self.analysis, self.fit, self.language = analysis, fit, language
        self.words = Words(language)
        self.names = [construct.name for construct in fit.model.constructs]
        self.labels = dict(zip(self.names, (c.label(language) for c in fit.model.constructs), strict=True))
        self.target = self.labels[analysis.target]
        self.indices = {row["construct"]: row for row in _rows(analysis.bootstrap.indices())}
        self.paths = _rows(analysis.bootstrap.paths())
        self.effect_sizes = _rows(fit.paths())
        self.explained = {row["construct"]: row["r_squared"] for row in _rows(fit.explained())}
        self.measurement = _rows(fit.measurement())
        self.reliability = _rows(fit.reliability())
        self.drivers = _rows(fit.importance(analysis.target))
        kano = analysis.kano
        self.kano = Kano(kano, language) if kano is not None and any(row.profile for row in kano.rows) else None

    def say(self, key: str, **figures: str) -> str:
        """Return the text of a key with a capital."""
        text = self.words(f"survey.{key}", **figures)
        return text[0].upper() + text[1:]

    def chapters(self) -> dict[str, Chapter]:
        """Return the chapters in their order."""
        found: dict[str, Chapter] = {
            "overview": self._overview(),
            "sample": self._sample(),
            "measurement": self._measurement(),
            "model": self._model(),
            "indices": self._indices(),
        }
        if self.analysis.segments is not None:
            found["segments"] = self._segments(self.analysis.segments)
        if self.drivers:
            found["improve"] = self._improve()
        if self.kano is not None:
            found["kano"] = self.kano.chapter()
        return found | {"method": self._method()}

    def tiles(self) -> Html:
        """Return the main figures."""
        row = self.indices[self.analysis.target]
        low, high = fmt.decimal(row["lower"], 1), fmt.decimal(row["upper"], 1)
        share = self.explained.get(self.analysis.target, float("nan"))
        cells = [
            (self.target, fmt.decimal(row["estimate"], 1), self.say("tile.index_note", low=low, high=high)),
            (self.say("tile.explained"), fmt.percent(share, 0), self.say("tile.explained_note")),
            (self.say("tile.respondents"), fmt.count(self.fit.report.rows_used), None),
            (self.say("tile.missing"), fmt.percent(self._missing()), None),
        ]
        return tag(
            "dl",
            *(
                tag(
                    "div",
                    tag("dt", name),
                    tag("dd", value),
                    tag("dd", note, class_="note") if note else None,
                    class_="tile",
                )
                for name, value, note in cells
            ),
            class_="tiles",
        )

    def _missing(self) -> float:
        rows = self.fit.report.rows_used + self.fit.report.rows_dropped
        return float(sum(row["missing"] for row in self.measurement) / (rows * len(self.measurement)))

    def _overview(self) -> Chapter:
        row = self.indices[self.analysis.target]
        finding = self.say("overview.finding", target=self.target, index=fmt.decimal(row["estimate"], 1))
        figures = {
            "low": fmt.decimal(row["lower"], 1),
            "high": fmt.decimal(row["upper"], 1),
            "share": fmt.percent(self.explained.get(self.analysis.target, float("nan")), 0),
        }
        lead = self.say("overview.interval", **figures)
        if self.drivers:
            first, points = self.labels[self.drivers[0]["construct"]], fmt.decimal(self.drivers[0]["importance"])
            lead += self.words("survey.overview.drivers", driver=first, points=points, **figures)
        return finding, lambda: [tag("p", lead, class_="lead"), self._index_chart()]

    def _index_chart(self) -> Html:
        rows = [self.indices[name] for name in self.names]
        columns = [[row[part] for row in rows] for part in ("estimate", "lower", "upper")]
        place = self.names.index(self.analysis.target)
        labels = list(self.labels.values())

        def draw(ax: Any) -> Any:
            return plotting.index_intervals(labels, *columns, marked=place, ax=ax)

        listed = self._listed(
            f"{label} {fmt.decimal(row['estimate'], 1)}" for label, row in zip(labels, rows, strict=True)
        )
        sizes = (_PAGE, 60 + 44 * len(rows)), (_PHONE, 50 + 38 * len(rows))
        return self._figure("indices", draw, self.say("overview.alt", rows=listed), "overview.caption", *sizes)

    def _sample(self) -> Chapter:
        report, missing = self.fit.report, self.fit.options.missing
        finding = self.say(
            "sample.finding",
            rows=fmt.count(report.rows_used),
            questions=fmt.count(len(self.measurement)),
            share=fmt.percent(self._missing()),
        )
        dropped = {"dropped": fmt.count(report.rows_dropped)} if missing is MissingAnswers.LISTWISE else {}
        lead = self.say(f"sample.{missing}", **dropped)
        if self.analysis.weights is not None:
            lead += self.words("survey.sample.weighted", column=self.analysis.weights)
        header = [self.say(f"head.{key}") for key in ("question", "column", "scale", "mean", "deviation", "missing")]
        questions = [indicator for construct in self.fit.model.constructs for indicator in construct.indicators]
        rows = [
            [
                indicator.label(self.language),
                indicator.name,
                f"{indicator.scale[0]:g}–{indicator.scale[1]:g}",
                fmt.decimal(row["mean"]),
                fmt.decimal(row["standard_deviation"]),
                fmt.count(row["missing"]),
            ]
            for indicator, row in zip(questions, self.measurement, strict=True)
        ]
        return finding, lambda: [tag("p", lead, class_="lead"), _wrapping(table(header, rows))]

    def _measurement(self) -> Chapter:
        several = {c.name for c in self.fit.model.constructs if len(c.indicators) > 1}
        weak = [
            self.labels[row["construct"]]
            for row in self.reliability
            if row["construct"] in several and (row["rho_c"] < _RELIABLE or row["ave"] < _EXTRACTED)
        ]
        joined = self._joined(weak)
        finding = self.say("measurement.weak", names=joined) if weak else self.say("measurement.good")
        header = [self.say("head.construct"), self.say("head.questions"), "α", "ρ_A", "ρ_C", "AVE"]
        header.append(self.say("head.largest_htmt"))
        ratios = {row.pop("construct"): row for row in _rows(self.fit.htmt())}
        rows = [
            [
                self.labels[construct.name],
                fmt.count(len(construct.indicators)),
                *(fmt.decimal(row[part]) for part in ("alpha", "rho_a", "rho_c", "ave")),
                fmt.decimal(max(value for name, value in ratios[construct.name].items() if name != construct.name)),
            ]
            for construct, row in zip(self.fit.model.constructs, self.reliability, strict=True)
        ]
        return finding, lambda: [
            tag("p", self.say("measurement.lead"), class_="lead"),
            table(header, rows),
            self._loadings(),
        ]

    def _loadings(self) -> Html:
        lowest = min(self.measurement, key=lambda row: abs(row["loading"]))
        alt = self.say("measurement.alt", low=fmt.decimal(lowest["loading"]), name=lowest["indicator"])

        def draw(ax: Any) -> Any:
            return self.fit.plot_loadings(ax=ax, language=self.language)

        count = len(self.measurement) + 1.2 * len(self.names)
        sizes = (_PAGE, int(60 + 22 * count)), (_PHONE, int(60 + 22 * count))
        return self._figure("loadings", draw, alt, "measurement.caption", *sizes)

    def _model(self) -> Chapter:
        direct = [row for row in self.paths if row["construct"] == self.analysis.target] or self.paths
        strongest = max(direct, key=lambda row: abs(row["estimate"]))
        finding = self.say(
            "model.finding",
            driver=self.labels[strongest["driver"]],
            target=self.labels[strongest["construct"]],
        )
        lead = self.say("model.lead")
        arrows = [f"{self.labels[row['driver']]} → {self.labels[row['construct']]}" for row in self.paths]
        expected = [row["has_expected_sign"] for row in self.effect_sizes]
        wrong = [
            arrow
            for arrow, row, holds in zip(arrows, self.paths, expected, strict=True)
            if not holds and row["p_value"] < 0.05
        ]
        if wrong:
            lead += self.words("survey.model.unexpected", paths=self._joined(wrong))
        header = [self.say(f"head.{key}") for key in ("path", "coefficient", "interval", "p_value")]
        header += ["f²", self.say("head.expected")]
        rows = [
            [
                arrow,
                fmt.decimal(row["estimate"]),
                self._interval(row, 2),
                fmt.decimal(row["p_value"], 3),
                fmt.decimal(size["f_squared"]),
                self.say("head.yes" if size["has_expected_sign"] else "head.no"),
            ]
            for arrow, row, size in zip(arrows, self.paths, self.effect_sizes, strict=True)
        ]
        return finding, lambda: [tag("p", lead, class_="lead"), self._diagram(), table(header, rows)]

    def _diagram(self) -> Html:
        def draw(ax: Any) -> Any:
            places = [(self.names.index(row["driver"]), self.names.index(row["construct"])) for row in self.paths]
            return plotting.path_diagram(
                list(self.labels.values()),
                places,
                [row["estimate"] for row in self.paths],
                index=[self.indices[name]["estimate"] for name in self.names],
                r_squared=[self.explained.get(name, float("nan")) for name in self.names],
                clear=[not row["lower"] <= 0 <= row["upper"] for row in self.paths],
                ax=ax,
                language=self.language,
            )

        rows = self._listed(
            f"{self.labels[row['driver']]} → {self.labels[row['construct']]} {fmt.decimal(row['estimate'])}"
            for row in self.paths
        )
        sizes = (_PAGE, 440), (_PHONE, 100 * len(self.names) + 20)
        return self._figure("model", draw, self.say("model.alt", rows=rows), "model.caption", *sizes)

    def _indices(self) -> Chapter:
        bad = {path.construct for path in self.fit.model.paths if path.sign is ExpectedSign.NEGATIVE}
        good = [name for name in self.names if name not in bad] or self.names
        order = sorted(good, key=lambda name: self.indices[name]["estimate"])
        finding = self.say(
            "indices.finding",
            best=self.labels[order[-1]],
            high=fmt.decimal(self.indices[order[-1]]["estimate"], 1),
            worst=self.labels[order[0]],
            low=fmt.decimal(self.indices[order[0]]["estimate"], 1),
        )
        lead = self.say("indices.lead")
        negative = self.fit.negative_weights()
        if negative:
            lead += self.words("survey.indices.negative", names=self._joined(negative))
        header = [self.say(f"head.{key}") for key in ("construct", "index", "interval")]
        header.append("R²")
        rows = [
            [
                self.labels[name],
                fmt.decimal(self.indices[name]["estimate"], 1),
                self._interval(self.indices[name], 1),
                fmt.decimal(self.explained.get(name, float("nan"))),
            ]
            for name in self.names
        ]
        return finding, lambda: [tag("p", lead, class_="lead"), table(header, rows)]

    def _segments(self, column: str) -> Chapter:
        found = _rows(self.fit.indices(by=column))
        order = sorted(found, key=lambda row: row[self.analysis.target])
        finding = self.say(
            "segments.finding",
            target=self.target,
            best=str(order[-1][column]),
            high=fmt.decimal(order[-1][self.analysis.target], 1),
            worst=str(order[0][column]),
            low=fmt.decimal(order[0][self.analysis.target], 1),
        )
        segments = [str(row[column]) for row in found]
        values = [row[self.analysis.target] for row in found]

        def draw(ax: Any) -> Any:
            return plotting.index_intervals(segments, values, ax=ax)

        listed = self._listed(f"{name} {fmt.decimal(value, 1)}" for name, value in zip(segments, values, strict=True))
        alt = self.say("segments.alt", target=self.target, rows=listed)
        header = [self.say("head.segment"), self.say("head.respondents"), *self.labels.values()]
        rows = [
            [str(row[column]), fmt.count(row["observations"]), *(fmt.decimal(row[name], 1) for name in self.names)]
            for row in found
        ]
        sizes = (_PAGE, 60 + 44 * len(found)), (_PHONE, 50 + 38 * len(found))
        return finding, lambda: [
            tag("p", self.say("segments.lead", column=column), class_="lead"),
            self._figure("segments", draw, alt, "segments.caption", *sizes, target=self.target),
            table(header, rows),
        ]

    def _improve(self) -> Chapter:
        first = self._first()
        label = self.labels[first["construct"]]
        finding = self.say("improve.finding", name=label, target=self.target, points=fmt.decimal(first["importance"]))
        header = [self.say(f"head.{key}") for key in ("construct", "importance", "performance")]
        rows = [
            [self.labels[row["construct"]], fmt.decimal(row["importance"]), fmt.decimal(row["performance"], 1)]
            for row in self.drivers
        ]
        listed = self._listed(
            self.words("survey.improve.row", name=name, importance=importance, performance=performance)
            for name, importance, performance in rows
        )

        def draw(ax: Any) -> Any:
            return self.fit.plot_importance(self.analysis.target, ax=ax, language=self.language)

        sizes = (_HALF, 430), (_PHONE, 360)
        chart = self._figure("improve", draw, self.say("improve.alt", rows=listed), "improve.caption", *sizes)
        return finding, lambda: [
            tag("p", self.say("improve.lead"), class_="lead"),
            tag("div", chart, table(header, rows), class_="beside"),
            tag("h3", self.words("survey.improve.questions", name=label)),
            self._questions(first["construct"]),
        ]

    def _first(self) -> dict[str, Any]:
        """Return the most important driver of those that perform below the mean; the most important if none does."""
        positive = [row for row in self.drivers if row["importance"] > 0] or self.drivers
        mean = float(np.mean([row["performance"] for row in positive]))
        below = [row for row in positive if row["performance"] < mean] or positive
        return max(below, key=lambda row: row["importance"])

    def _questions(self, construct: str) -> Html:
        header = [self.say(f"head.{key}") for key in ("question", "weight", "mean", "scale")]
        questions = self.fit.model.construct(construct).indicators
        measured = [row for row in self.measurement if row["construct"] == construct]
        pairs = sorted(zip(questions, measured, strict=True), key=lambda pair: -pair[1]["weight"])
        rows = [
            [
                indicator.label(self.language),
                fmt.decimal(row["weight"]),
                fmt.decimal(row["mean"]),
                f"{indicator.scale[0]:g}–{indicator.scale[1]:g}",
            ]
            for indicator, row in pairs
        ]
        return _wrapping(table(header, rows))

    def _method(self) -> Chapter:
        fit, boot, language = self.fit, self.analysis.bootstrap, self.language
        kept = {
            "kept": fmt.count(boot.kept),
            "seed": str(self.analysis.seed),
            "dropped": fmt.count(boot.dropped.resamples),
        }
        name = self.analysis.name.label(language) if self.analysis.name else self.say("own_model")
        mapped = self.analysis.renamed
        columns = self.say("assume.columns_mapped", count=str(mapped)) if mapped else self.say("assume.columns_same")
        assumed = {
            "model": (name, "--model"),
            "target": (self.target, "--target"),
            "columns": (columns, "--columns"),
            "missing": (fit.options.missing.label(language), "--missing"),
            "scheme": (fit.options.scheme.label(language), ""),
            "resamples": (self.say("assume.resamples_value", **kept), "--resamples --seed"),
        }
        report = fit.report
        figures = {
            "pls": {"iterations": str(report.iterations), "status": report.status.label(language)},
            "fit": {"srmr": fmt.decimal(report.srmr_estimated, 3), "gof": fmt.decimal(report.gof)},
        }
        defined = [
            [self.say(f"define.{key}.term"), self.say(f"define.{key}.text", **figures.get(key, {}))]
            for key in ("index", "interval", "importance", "pls", "reliability", "fit", "kano")
            if key != "kano" or self.kano is not None
        ]
        heads = [
            [self.say(f"head.{key}") for key in keys]
            for keys in (("assumption", "value", "option"), ("term", "meaning"))
        ]
        rows = [[self.say(f"assume.{key}"), value, option] for key, (value, option) in assumed.items()]
        return self.say("method.finding"), lambda: [
            tag("p", self.say("method.lead"), class_="lead"),
            tag("h3", self.say("method.assumed")),
            table(heads[0], rows, numbers=False),
            tag("h3", self.say("method.definitions")),
            table(heads[1], defined, numbers=False),
        ]

    def _figure(
        self,
        name: str,
        draw: Callable[[Any], Any],
        alt: str,
        caption: str,
        wide: tuple[int, int],
        narrow: tuple[int, int],
        **figures: str,
    ) -> Html:
        text = self.say("how_to_read") + self.words(f"survey.{caption}", **figures)
        return figure(name, draw, alt=alt, caption=text, wide=wide, narrow=narrow)

    def _interval(self, row: dict[str, Any], places: int) -> str:
        low, high = fmt.decimal(row["lower"], places), fmt.decimal(row["upper"], places)
        return f"{low} – {high}"

    def _joined(self, texts: list[str]) -> str:
        return ("、" if self.language is Language.ZH else ", ").join(texts)

    def _listed(self, texts: Any) -> str:
        return ("；" if self.language is Language.ZH else "; ").join(texts)


def _rows(found: Any) -> list[dict[str, Any]]:
    """Return the rows of a table of any kind."""
    return list(nw.from_native(found, eager_only=True).iter_rows(named=True))


def _wrapping(written: Html) -> Html:
    """Let the first column of a table, which holds questions, break its lines."""
    return Html(written.replace('class="scroll figures"', 'class="scroll figures questions"', 1))
