"""The report as one HTML page: overview, chapters, method."""

from __future__ import annotations

from importlib import resources
from importlib.metadata import version
from typing import TYPE_CHECKING

from crm_core import _format as fmt
from crm_core.report import chapters, charts
from crm_core.report.markup import Html, table, tag
from crm_core.report.method import assumptions, definitions
from crm_core.report.wording import Wording

if TYPE_CHECKING:
    from crm_core.report.results import Analysis

__all__ = ["render", "summarise"]


def render(analysis: Analysis) -> str:
    """Write a self-contained page: style sheet and charts are inside, nothing is loaded."""
    say = Wording(analysis)
    written = {key: chapter(analysis, say) for key, chapter in chapters.ALL.items()}
    links = [tag("a", say(f"nav.{key}"), href=f"#{key}") for key in ("overview", *written, "method")]
    sections = [
        _overview(analysis, say, {key: finding for key, (finding, _) in written.items()}),
        *(_section(key, say, finding, *body()) for key, (finding, body) in written.items()),
        _method(analysis, say),
    ]
    head = analysis.headline
    title = say("page.title")
    subtitle = say(
        "page.subtitle",
        customers=fmt.count(head.customers),
        orders=fmt.count(head.orders),
        first=say.day(head.first),
        last=say.day(head.last),
    )
    body = tag(
        "body",
        tag("header", tag("div", tag("h1", title), tag("p", subtitle))),
        _tiles(analysis, say),
        tag("nav", tag("div", *links), aria_label=say("page.contents")),
        tag("main", *sections),
        tag("footer", say("page.source", version=version("crm-core"), source=analysis.source)),
    )
    return "<!DOCTYPE html>\n" + tag("html", page_head(title), body, lang=say.html_language) + "\n"


def summarise(analysis: Analysis) -> str:
    """Return the overview and the findings of the chapters as lines of text."""
    say = Wording(analysis)
    return "\n".join(
        [_finding(analysis, say), *(f"· {chapter(analysis, say)[0]}" for chapter in chapters.ALL.values())]
    )


def page_head(title: str) -> Html:
    """Return what stands before the body of a page."""
    return tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", title),
        tag("style", Html(resources.files("crm_core.report").joinpath("report.css").read_text("utf-8"))),
    )


def _section(key: str, say: Wording, finding: str, *body: Html) -> Html:
    return tag("section", tag("p", say(f"nav.{key}"), class_="eyebrow"), tag("h2", finding), *body, id=key)


def _tiles(analysis: Analysis, say: Wording) -> Html:
    head, part = analysis.headline, analysis.lifetime
    orders = say("tile.orders_note", orders=fmt.decimal(head.orders / head.customers))
    active = say("tile.active_note", share=fmt.percent(head.active / head.customers))
    horizon = say("tile.expected_note", horizon=str(analysis.settings.horizon))
    profit = say("tile.profit_note", profit=say.short(head.value)) if analysis.has_profit else None
    tiles = [
        ("customers", fmt.count(head.customers), None),
        ("revenue", say.short(head.revenue), profit),
        ("orders", fmt.count(head.orders), orders),
        ("mean_order", fmt.amount(head.mean_order), None),
        ("repeat", fmt.percent(head.repeat_rate), None),
        ("active", fmt.count(head.active), active),
        ("clv", fmt.amount(float(part.clv.mean())), None),
        ("expected", say.short(float(part.expected.sum())), horizon),
    ]
    cells = []
    for key, figure, note in tiles:
        below = tag("dd", note, class_="note") if note else None
        cells.append(tag("div", tag("dt", say(f"tile.{key}")), tag("dd", figure), below, class_="tile"))
    return tag("dl", *cells, class_="tiles")


def _finding(analysis: Analysis, say: Wording) -> str:
    head = analysis.headline
    return say("overview.finding", customers=fmt.count(head.customers), revenue=fmt.amount(head.revenue))


def _overview(analysis: Analysis, say: Wording, findings: dict[str, str]) -> Html:
    head = analysis.headline
    lead = say(
        "overview.lead",
        first=say.day(head.first),
        last=say.day(head.last),
        repeat=fmt.percent(head.repeat_rate),
        order=fmt.amount(head.mean_order),
    )
    points = [tag("li", tag("a", text, href=f"#{key}")) for key, text in findings.items()]
    return _section(
        "overview",
        say,
        _finding(analysis, say),
        tag("p", lead, class_="lead"),
        charts.activity(analysis, say),
        tag("h3", say("page.stands_out")),
        tag("ul", *points, class_="findings"),
    )


def _method(analysis: Analysis, say: Wording) -> Html:
    assumed = [say("method.assumption"), say("method.set_to"), say("method.option")]
    defined = [say("method.term"), say("method.meaning")]
    return _section(
        "method",
        say,
        say("method.finding"),
        tag("p", say("method.lead"), class_="lead"),
        tag("h3", say("method.assumed")),
        table(assumed, assumptions(analysis, say), numbers=False),
        tag("h3", say("method.definitions")),
        table(defined, definitions(analysis, say), numbers=False),
    )
