"""A web page as a stream of blocks: what its elements are to the text in them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from qa.readers.web.elements import (
    BREAKOUT,
    FORMATTING,
    HEADINGS,
    RAW,
    TABLE_PARTS,
    VOID,
    OpenElements,
    kept_after,
    kept_before,
)
from qa.readers.web.flow import Block, Flow
from qa.readers.web.lists import BULLET, Numbering, numbering
from qa.readers.web.markup import Markup, attributes, decoded, next_markup, raw_end

MARGIN, FOOTER, NAVIGATION, HIDDEN = 1, 2, 3, 4
"""Ranks of what is not the content of a page: its head and sides, its foot, ways to other pages, what is not shown."""

_ROLES = {"banner": MARGIN, "complementary": MARGIN, "contentinfo": FOOTER, "navigation": NAVIGATION}
_MARGINS = {"header": MARGIN, "aside": MARGIN, "footer": FOOTER}
_UNSEEN = frozenset("audio canvas datalist meter noscript progress select template video".split())
_UNSEEN_FOREIGN = frozenset("annotation annotation-xml defs desc metadata title".split())
_PRE = frozenset("listing plaintext pre xmp".split())
_BREAKING = frozenset(
    """
    address article aside blockquote caption center dd details dialog dir div dl dt fieldset figcaption figure footer
    form h1 h2 h3 h4 h5 h6 header hgroup hr legend li listing main menu nav ol p plaintext pre search section summary
    table tbody td tfoot th thead tr ul xmp :text
    """.split()
)
_IGNORED = frozenset("body frame frameset head html".split())
"""Their attributes too: many a page is hidden until a script shows it."""

_LISTS = frozenset("dir menu ol ul".split())
_BETWEEN_CELLS = frozenset("table tbody tfoot thead tr".split())
_BOUNDS = frozenset("applet caption marquee object td template th".split())
"""What ends the formatting elements that were begun in it."""

_KEPT_VALUES = frozenset(
    """
    article:published_time article:tag datepublished date dc.date dc.date.created dc.date.issued dcterms.created
    dcterms.date dcterms.issued keywords og:title
    """.split()
)
_MOST_VALUES = 100

_SUBSET = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?<!DOCTYPE[^][<>]*\[[^]]*\]\s*>", re.IGNORECASE)
"""A document type with declarations of its own: none of them is obeyed."""

_TELLING = re.compile("hidden|style|role", re.IGNORECASE)
_UNSEEN_STYLE = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)


@dataclass(slots=True)
class Page:
    """What was found. `values` are those of its metadata by name; `unclosed` is the line of markup that never ends."""

    title: str = ""
    blocks: list[Block] = field(default_factory=list)
    values: dict[str, list[str]] = field(default_factory=dict)
    names_content: bool = False
    """Whether an element says that it is the page's content."""
    unclosed: int | None = None


class _State(NamedTuple):
    """What holds for the text in an element."""

    rank: int = 0
    level: int = 0
    is_pre: bool = False


def read_page(text: str, *, is_xml: bool = False) -> Page:
    """The blocks of a page in its own order. In XML a tag may close itself."""
    return _Reader(text, is_xml).read()


class _Reader:
    def __init__(self, text: str, is_xml: bool) -> None:
        self._text = text
        self._is_xml = is_xml
        self._page = Page()
        self._flow = Flow()
        self._open = OpenElements()
        self._states = [_State()]
        self._lists: list[Numbering] = []
        self._formatting: list[dict[str, list[bool]]] = [{}]
        """In the document and in each element that bounds them: the formatting elements from the first hidden one on,
        by name, and whether they are hidden."""
        self._hidden = 0
        self._line, self._counted = 1, 0

    def read(self) -> Page:
        subset = _SUBSET.match(self._text) if self._is_xml else None
        at = subset.end() if subset else 0
        while found := next_markup(self._text, at, self._is_xml or self._open.in_foreign):
            self._add(at, found.start)
            at = found.end
            if not found.closed:
                self._note_unclosed(found.start)
            if found.kind == "start":
                at = self._start(found)
            elif found.kind == "end":
                self._end(found.name)
            elif found.kind == "cdata":
                self._add(found.start + len("<![CDATA["), at - len("]]>") if found.closed else at, is_decoded=True)
        self._add(at, len(self._text))
        self._keep(0)
        self._flow.end_block()
        self._page.blocks = self._flow.blocks
        return self._page

    @property
    def _state(self) -> _State:
        """What holds for a text here: between the cells of a table it stands before the table."""
        is_between = self._open.innermost in _BETWEEN_CELLS
        return self._states[self._open.last("table") if is_between else -1]

    @property
    def _rank(self) -> int:
        return HIDDEN if self._hidden else self._state.rank

    def _add(self, start: int, end: int, *, is_decoded: bool = False) -> None:
        if start >= end:
            return
        first = self._line_of(start)
        text = self._text[start:end]
        lines = text.split("\n")
        if "&" in text and not is_decoded:
            lines = [decoded(line) for line in lines]
        state = self._state
        self._flow.add(lines, first, level=state.level, rank=self._rank, is_pre=state.is_pre)

    def _line_of(self, offset: int) -> int:
        """The line of an offset behind the last one that was asked for."""
        self._line += self._text.count("\n", self._counted, offset)
        self._counted = offset
        return self._line

    def _note_unclosed(self, start: int) -> None:
        self._page.unclosed = self._page.unclosed or self._line_of(start)

    def _start(self, tag: Markup) -> int:
        """Take a start tag, and give the place at which to go on."""
        if self._open.in_foreign and tag.name in BREAKOUT:
            self._keep(self._open.root)
        if self._open.in_foreign or tag.name in ("svg", "math"):
            return self._start_foreign(tag)
        if tag.name in FORMATTING:
            self._start_formatting(tag)
        elif tag.name == "br":
            self._flow.break_line(self._rank)
        elif tag.name not in _IGNORED:
            return self._start_element(tag)
        return tag.end

    def _start_element(self, tag: Markup) -> int:
        name = tag.name
        kept = kept_before(self._open, name)
        if kept is None:
            return tag.end
        self._keep(kept)
        if name == "hr":
            self._end_block(self._state)
        if name in ("meta", "time"):
            self._note_value(attributes(tag.attributes))
        if name in VOID or (self._is_xml and tag.attributes.endswith("/")):
            return tag.end
        if name in RAW:
            return self._skip_raw(tag)
        if name in ("td", "th") and self._open.name(kept - 1) != "tr":
            self._push("tr", "")
        self._push(name, tag.attributes)
        if name == "plaintext":
            self._add(tag.end, len(self._text), is_decoded=True)
            return len(self._text)
        return tag.end + (name in _PRE and self._text.startswith("\n", tag.end))

    def _start_foreign(self, tag: Markup) -> int:
        if tag.attributes.endswith("/"):
            return tag.end
        if tag.name in ("script", "style"):
            return self._skip_raw(tag)
        self._push(f":{tag.name}", tag.attributes)
        return tag.end

    def _skip_raw(self, tag: Markup) -> int:
        end = raw_end(self._text, tag.end, tag.name)
        if end == len(self._text):
            self._note_unclosed(tag.start)
        if tag.name == "title":
            self._page.title = self._page.title or " ".join(decoded(self._text[tag.end : end]).split())
        elif tag.name == "xmp":
            self._push("xmp", tag.attributes)
            self._add(tag.end, end, is_decoded=True)
        return end

    def _end(self, name: str) -> None:
        if self._open.innermost.startswith(":"):
            place = self._open.last(f":{name}")
            if place >= self._open.root:
                return self._keep(place)
            if name in ("br", "p"):
                self._keep(self._open.root)
        if name == "br":
            return None if self._is_xml else self._flow.break_line(self._rank)
        if name in FORMATTING:
            return self._end_formatting(name)
        kept = kept_after(self._open, name)
        if kept is not None:
            self._keep(kept)
        elif name == "p":
            self._end_block(self._state)
        return None

    def _end_block(self, state: _State) -> None:
        # What is not shown does not break the text around it.
        self._flow.end_block(HIDDEN if self._hidden or state.rank == HIDDEN else 0)

    def _push(self, name: str, written: str) -> None:
        self._states.append(self._state_in(name, written))
        self._open.push(name)
        if name in _BREAKING:
            self._end_block(self._states[-1])
        if name in _LISTS:
            self._lists.append(numbering(name, attributes(written)))
        elif name == "li":
            self._flow.begin_item(self._marker(written), self._rank)
        elif name == "tr":
            self._flow.begin_row(HIDDEN if self._hidden else self._states[-1].rank)
        elif name in ("td", "th"):
            self._flow.begin_cell()
        if name in _BOUNDS:
            self._formatting.append({})

    def _keep(self, kept: int) -> None:
        """Close all elements but this many."""
        while len(self._open) > kept:
            name = self._open.pop()
            state = self._states.pop()
            if name == "li":
                self._flow.end_item()
            elif name == "tr":
                self._flow.end_row()
            elif name in _BREAKING:
                self._end_block(state)
            if name in _LISTS:
                self._lists.pop()
            if name in _BOUNDS:
                self._hidden -= sum(map(sum, self._formatting.pop().values()))

    def _state_in(self, name: str, written: str) -> _State:
        outer = self._states[-1] if name in TABLE_PARTS else self._state
        found = attributes(written) if _TELLING.search(written) or name == "dialog" else {}
        role = found.get("role", "").lower().strip()
        rank = 0
        if _is_hidden(found) or name in _UNSEEN or (name == "dialog" and "open" not in found):
            rank = HIDDEN
        elif name[0] == ":":
            rank = HIDDEN if name[1:] in _UNSEEN_FOREIGN else 0
        elif role in _ROLES or name == "nav":
            rank = _ROLES.get(role, NAVIGATION)
        elif name in _MARGINS and not role.startswith("doc-") and self._open.last("#part") < 0:
            rank = _MARGINS[name]
        rank = max(rank, outer.rank)
        if not rank and not {name, role}.isdisjoint(("main", "article")):
            self._page.names_content = True
        return _State(rank, HEADINGS.get(name, outer.level), outer.is_pre or name in _PRE)

    def _marker(self, written: str) -> str:
        if not self._lists:
            return BULLET
        return self._lists[-1].marker(attributes(written).get("value", "") if written else "")

    def _start_formatting(self, tag: Markup) -> None:
        # One that is hidden hides until its end tag, through the ends of the blocks around it: so browsers repair it.
        if tag.name in ("a", "nobr"):
            self._end_formatting(tag.name)
        if self._is_xml and tag.attributes.endswith("/"):
            return
        self._push(tag.name, "")
        is_hidden = bool(_TELLING.search(tag.attributes)) and _is_hidden(attributes(tag.attributes))
        if is_hidden or self._hidden:
            self._formatting[-1].setdefault(tag.name, []).append(is_hidden)
            self._hidden += is_hidden

    def _end_formatting(self, name: str) -> None:
        if found := self._formatting[-1].get(name):
            self._hidden -= found.pop()
        kept = kept_after(self._open, name)
        if kept is not None:
            self._keep(kept)

    def _note_value(self, found: dict[str, str]) -> None:
        name = (found.get("property") or found.get("name") or found.get("itemprop", "")).lower()
        if "pubdate" in found:
            name = "datepublished"
        values = self._page.values.setdefault(name, []) if name in _KEPT_VALUES else []
        if len(values) < _MOST_VALUES:
            values.append(found.get("content") or found.get("datetime", ""))


def _is_hidden(found: dict[str, str]) -> bool:
    unseen = "hidden" in found and found["hidden"].lower() != "until-found"
    return unseen or _UNSEEN_STYLE.search(found.get("style", "")) is not None
