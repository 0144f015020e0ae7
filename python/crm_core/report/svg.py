"""Charts as inline SVG whose text the browser sets in its own fonts: so Chinese needs no font where it is written."""

from __future__ import annotations

import io
import re
import warnings
from typing import TYPE_CHECKING

import matplotlib as mpl
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from crm_core.report.markup import Html, tag

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeAlias

    Draw: TypeAlias = Callable[[Any], Any]
    Size: TypeAlias = tuple[int, int]

__all__ = ["figure"]

# What matplotlib writes, and what a page needs of it.
_CLEANING = (
    (re.compile(r"<metadata>.*?</metadata>|<style.*?</style>", re.DOTALL), ""),
    (re.compile(r'<g id="[^"]*">'), "<g>"),
    (re.compile(r" ?font-family: [^;]*;"), ""),
    (re.compile(r' transform="rotate\(-0 [^"]*"'), ""),
    (re.compile(r"xlink:href"), "href"),
    (re.compile(r"(\.\d\d)\d+"), r"\1"),
    (re.compile(r"\s*\n\s*"), " "),
)


def figure(name: str, draw: Draw, *, alt: str, caption: str, wide: Size, narrow: Size) -> Html:
    """Return a chart for screens and paper (``wide``, in CSS pixels) and one for telephones; the style sheet picks."""
    charts = [
        tag(
            "svg",
            _drawn(f"{name}-{kind}", draw, size),
            role="img",
            aria_label=alt,
            viewBox=f"0 0 {size[0]} {size[1]}",
            class_=kind,
        )
        for kind, size in (("wide", wide), ("narrow", narrow))
    ]
    return tag("figure", *charts, tag("figcaption", caption))


def _drawn(name: str, draw: Draw, size: Size) -> Html:
    """Return the content of the SVG element; its ids start with ``name``."""
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": name}), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        canvas = Figure(figsize=(size[0] / 72, size[1] / 72), layout="constrained")
        FigureCanvasSVG(canvas)
        draw(canvas.subplots())
        file = io.StringIO()
        canvas.savefig(file, format="svg", metadata={"Date": None})
    written = file.getvalue()
    written = written[written.index(">", written.index("<svg")) + 1 : written.rindex("</svg>")]
    for pattern, replacement in _CLEANING:
        written = pattern.sub(replacement, written)
    written = re.sub(r'\bid="', f'id="{name}-', written)
    return Html(re.sub(r'(url\(|href=")#', rf"\g<1>#{name}-", written))
