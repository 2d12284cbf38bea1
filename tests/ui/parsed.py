"""Markup as a parser of HTML reads it, and hostile words to be shown in it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from hypothesis import strategies as st

HOSTILE = [
    "**x**",
    "$$x$$",
    "![](https://evil.example/?q=1)",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<style>*{display:none}</style>",
    "[1](#turn-1-source-1)",
    "[1]",
    "[99]",
    "</mark>",
    "</details></div>",
    '" onclick="alert(1)',
    "`code`",
    "```mermaid\ngraph\n```",
    "<!-- comment -->",
    "]]>",
    "&lt;b&gt;",
    "&#60;",
    "\n\n# heading\n\n",
    "    indented",
    "\ttab\r\n",
    "| a | b |\n|---|---|",
    "\u202eright to left\u202c",
    "zero\u200bwidth",
    "\U000e0041tag",
    "\x00\x07\x85\x9f",
    "\ud800",
    "https://evil.example",
    "<thinking>",
]


@dataclass
class Element:
    tag: str
    attributes: dict[str, str | None]
    text: str = ""
    inside: list[Element] = field(default_factory=list)


class Page(HTMLParser):
    """The elements of a rendering, each with all the text in it; fails where they do not nest."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(markup)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs))
        assert len(element.attributes) == len(attrs)
        for outer in self._open:
            outer.inside.append(element)
        self.elements.append(element)
        if tag != "input":
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError("a comment")

    def handle_decl(self, decl: str) -> None:
        raise AssertionError("a declaration")

    def handle_pi(self, data: str) -> None:
        raise AssertionError("an instruction")

    def unknown_decl(self, data: str) -> None:
        raise AssertionError("a declaration")

    def of(self, name: str) -> list[Element]:
        """The elements of a class, or of a tag."""
        return [e for e in self.elements if e.tag == name or name in (e.attributes.get("class") or "").split()]

    def text(self, name: str) -> list[str]:
        return [element.text for element in self.of(name)]


def shown(text: str) -> str:
    """The text as far as a page can hold it."""
    return re.sub("[\0\ud800-\udfff]", "\ufffd", text)


texts = st.lists(st.one_of(st.sampled_from(HOSTILE), st.text(st.characters(), max_size=20))).map("".join)
