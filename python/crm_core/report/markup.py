"""HTML that cannot be malformed: every text is escaped, every element is closed."""

from __future__ import annotations

from html import escape

__all__ = ["Html", "table", "tag"]

_WITHOUT_CONTENT = frozenset({"meta"})


class Html(str):
    """Text that is markup already."""

    __slots__ = ()


def tag(name: str, /, *children: str | None, **attributes: str | None) -> Html:
    """Return an element; children and attributes that are None are left out.

    Underscores of attribute names become hyphens, and one at the end is dropped.

    >>> tag("p", "1 < 2 ", tag("b", "always"), class_="note", aria_label="fact")
    '<p class="note" aria-label="fact">1 &lt; 2 <b>always</b></p>'
    """
    written = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items() if value is not None}
    start = "".join([name, *(f' {key}="{escape(value)}"' for key, value in written.items())])
    if name in _WITHOUT_CONTENT:
        return Html(f"<{start}>")
    content = "".join(child if isinstance(child, Html) else escape(child) for child in children if child is not None)
    return Html(f"<{start}>{content}</{name}>")


def table(header: list[str], rows: list[list[str]], *, numbers: bool = True) -> Html:
    """Return a data table whose first column heads the rows; ``numbers`` aligns the others to the right."""
    kind = "number" if numbers else None
    head = [tag("th", text, scope="col", class_=kind if i > 0 else None) for i, text in enumerate(header)]
    body = [
        tag("tr", tag("th", row[0], scope="row"), *(tag("td", text, class_=kind) for text in row[1:])) for row in rows
    ]
    return tag(
        "div",
        tag("table", tag("thead", tag("tr", *head)), tag("tbody", *body)),
        class_="scroll figures" if numbers else "scroll",
    )
