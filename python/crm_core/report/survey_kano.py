"""The chapter of a survey's report on Kano's model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crm_core import _format as fmt
from crm_core import plotting
from crm_core._words import Words
from crm_core.report.markup import Html, table, tag
from crm_core.report.svg import figure
from crm_core.satisfaction import KanoCategory
from crm_core.units import Language

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from crm_core.satisfaction import KanoAnalysis, KanoProfile, RateEstimate

__all__ = ["Kano"]


class Kano:
    """What Kano's questions say of the attributes, those that dissatisfy most when they fail first."""

    def __init__(self, analysis: KanoAnalysis, language: Language) -> None:
        self.language, self.words = language, Words(language)
        found = [(row.attribute, row.profile, row) for row in analysis.rows if row.profile is not None]
        order = list(KanoCategory)
        self.rows = sorted(found, key=lambda row: (order.index(row[1].category), row[1].worse.rate))
        self.missing = sum(row.tally.missing for row in analysis.rows)

    def say(self, key: str, **figures: str) -> str:
        """Return the text of a key, in English with a capital."""
        text = self.words(f"survey.kano.{key}", **figures)
        return text if self.language is Language.ZH else text[0].upper() + text[1:]

    def chapter(self) -> tuple[str, Callable[[], list[Html]]]:
        """Return the finding, and what writes the body."""
        lead = self.say("lead")
        if self.missing:
            lead += self.words("survey.kano.missing", count=fmt.count(self.missing))
        return self._finding(), lambda: [
            tag("p", lead, class_="lead"),
            tag("div", self._map(), self._bars(), class_="beside"),
            self._table(),
        ]

    def _finding(self) -> str:
        must = [row for row in self.rows if row[1].category is KanoCategory.MUST_BE]
        delights = [row for row in self.rows if row[1].category is KanoCategory.ATTRACTIVE]
        worst = min(must, key=lambda row: row[1].worse.rate, default=None)
        best = max(delights, key=lambda row: row[1].better.rate, default=None)
        names = {"must": worst[0] if worst else "", "delight": best[0] if best else ""}
        if worst and best:
            return self.say("finding_both", **names)
        if worst:
            return self.say("finding_must", must=names["must"])
        return self.say("finding_delight", delight=names["delight"]) if best else self.say("finding_neither")

    def _map(self) -> Html:
        names = [name for name, _, _ in self.rows]
        better = [profile.better.rate for _, profile, _ in self.rows]
        worse = [profile.worse.rate for _, profile, _ in self.rows]

        def draw(ax: Any) -> Any:
            return plotting.kano_map(names, better, worse, ax=ax, language=self.language)

        alt = self._listed(
            f"{name} {fmt.decimal(up)} {fmt.decimal(down)}" for name, up, down in zip(names, better, worse, strict=True)
        )
        return self._figure("kano-map", draw, self.say("map_alt", rows=alt), "map_caption", (540, 480), (360, 360))

    def _bars(self) -> Html:
        names = [name for name, _, _ in self.rows]
        counts = [[getattr(row.tally.counts, category) for category in KanoCategory] for _, _, row in self.rows]

        def draw(ax: Any) -> Any:
            return plotting.kano_categories(names, counts, ax=ax, language=self.language)

        alt = self._listed(f"{name}: {profile.category.label(self.language)}" for name, profile, _ in self.rows)
        wide, narrow = (420, 90 + 40 * len(names)), (360, 110 + 38 * len(names))
        return self._figure("kano-categories", draw, self.say("bars_alt", rows=alt), "bars_caption", wide, narrow)

    def _table(self) -> Html:
        header = [self.say(key) for key in ("attribute", "category", "pairs")]
        header += ["Better", "Worse"]
        stated = any(row.position is not None and row.position.importance is not None for _, _, row in self.rows)
        header += [self.say("importance")] if stated else []
        rows = [
            [name, self._category(profile), fmt.count(profile.respondents), _rate(profile.better), _rate(profile.worse)]
            + ([_importance(row)] if stated else [])
            for name, profile, row in self.rows
        ]
        return table(header, rows)

    def _category(self, profile: KanoProfile) -> str:
        label = profile.category.label(self.language)
        if profile.fong.significant:
            return label
        return f"（{label}）" if self.language is Language.ZH else f"({label})"

    def _figure(
        self,
        name: str,
        draw: Callable[[Any], Any],
        alt: str,
        caption: str,
        wide: tuple[int, int],
        narrow: tuple[int, int],
    ) -> Html:
        text = self.words("survey.how_to_read") + self.words(f"survey.kano.{caption}")
        return figure(name, draw, alt=alt, caption=text, wide=wide, narrow=narrow)

    def _listed(self, texts: Iterable[str]) -> str:
        return ("；" if self.language is Language.ZH else "; ").join(texts)


def _rate(rate: RateEstimate) -> str:
    return f"{fmt.decimal(rate.rate)} ({fmt.decimal(rate.lower)} – {fmt.decimal(rate.upper)})"


def _importance(row: Any) -> str:
    weighted = None if row.position is None else row.position.importance
    return "–" if weighted is None else fmt.decimal(weighted.stated.mean)
