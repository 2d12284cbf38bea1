"""Word documents: their text as it is printed, paragraph by paragraph, with headings, list numbers and tables.

Footnotes, endnotes and text boxes follow the paragraph or table row that they belong to: so they stand below its
heading and lead back to its place. Headers, footers and comments are left out, and so is what was deleted or moved
away while changes were tracked. Paragraphs are counted through the main text, those in its tables included.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import TYPE_CHECKING

from qa.readers.archive import Archive
from qa.readers.extract import Extract
from qa.readers.office.formulas import formula
from qa.readers.office.numbering import Numbering
from qa.readers.office.ooxml import (
    Piece,
    Relations,
    joined,
    main_part,
    properties,
    related,
    relations,
    tidy,
    whole_number,
)
from qa.readers.office.symbols import symbol
from qa.types import Places

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_LONGEST_ROW = 1000
"""Characters of a table row that is one block. Longer ones lay out a page, and their paragraphs are blocks."""

_LONGEST_CHAIN = 20
"""Styles that are based on each other; Word allows 11."""

_INLINE = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}

# Properties, deleted and moved text, field codes, and the older form of what stands beside it in a newer one.
_LEFT_OUT = frozenset(
    "pPr rPr sdtPr sdtEndPr tblPr tblGrid trPr tcPr sectPr del moveFrom delText instrText delInstrText rt Fallback"
    " annotationRef".split()
)

_HEADING = re.compile(r"heading ?([1-9])")


_List = tuple[str, int | None]
"""The number of a list and a level of it, where one is named."""


@dataclass(frozen=True, slots=True)
class _OwnStyle:
    """What a style says by itself; None where that on which it is based decides."""

    based_on: str
    level: int | None
    hidden: bool | None
    list_: _List | None
    is_contents: bool


@dataclass(frozen=True, slots=True)
class _Style:
    """What a style says of its paragraphs or characters."""

    level: int = 0
    hidden: bool = False
    list_: _List | None = None
    is_contents: bool = False


def read_docx(data: bytes, name: str) -> Extract:
    with Archive(data) as archive:
        main, root = main_part(archive, "document", "a Word document")
        parts = relations(archive, main)
        story = _Story(archive, parts)
        text = joined(story.pieces(root))
        own = properties(archive)
    return Extract(
        title=own.title or text.title or PurePath(name).stem,
        text=text.text,
        headings=text.headings,
        date=own.date,
        tags=own.tags,
        places=Places("paragraph", text.starts, text.numbers),
        notes=story.notes(),
    )


class _Story:
    """The main text of a document on its way through: what was counted, what is still to come, what was left out."""

    def __init__(self, archive: Archive, parts: Relations) -> None:
        self._styles = _styles(related(archive, parts, "styles"))
        self._numbering = Numbering(related(archive, parts, "numbering"))
        self._footnotes = {
            kind: {note.get("id", ""): note for note in root}
            for kind in ("footnotes", "endnotes")
            if (root := related(archive, parts, kind)) is not None
        }
        self._paragraph = 0
        self._asides: list[tuple[int, Element]] = []
        """Footnotes and text boxes that wait for the end of their paragraph or row, with the number of the former."""
        self._anchor = 0
        """The number of the paragraph that an aside belongs to, while one is read."""
        self._rows = 0
        """Table rows that are being read, inside each other."""
        self._hidden = 0
        self._drawings = 0
        self._insertions = 0
        self._comments = 0
        self._deletions = 0
        self._had_contents = False

    def pieces(self, root: Element) -> Iterator[Piece]:
        for body in root.iterfind("body"):
            yield from self._blocks(body)

    def notes(self) -> tuple[str, ...]:
        notes = (
            (self._hidden, f"Words of hidden text, left out: {self._hidden:,}."),
            (self._had_contents, "The table of contents was left out: its words stand in the headings."),
            (self._drawings, f"Charts and diagrams, not read: {self._drawings:,}."),
            (self._insertions, f"Other files inserted in it, not read: {self._insertions:,}."),
            (self._comments, f"Comments, not read: {self._comments:,}."),
            (self._deletions, f"Changes are tracked: deleted parts were left out, {self._deletions:,} of them."),
        )
        return tuple(note for happened, note in notes if happened)

    def _blocks(self, container: Element) -> Iterator[Piece]:
        for element in container:
            if element.tag == "p":
                yield from self._paragraph_of(element)
                yield from self._waiting()
            elif element.tag == "tbl":
                for row in _nearest(element, "tr"):
                    yield from self._row(row)
                    yield from self._waiting()
            elif element.tag == "altChunk":
                self._insertions += 1
            elif element.tag == "sdt" and _is_placeholder(element):
                self._pass_over(element)
            elif element.tag not in _LEFT_OUT:
                yield from self._blocks(element)

    def _waiting(self) -> Iterator[Piece]:
        """What stands beside the text that was just read."""
        if self._rows or self._anchor:
            return
        while self._asides:
            asides, self._asides = self._asides, []
            for self._anchor, aside in asides:
                yield from self._blocks(aside)
        self._anchor = 0

    def _pass_over(self, element: Element) -> None:
        if not self._anchor:
            self._paragraph += sum(1 for _ in element.iter("p"))

    def _row(self, row: Element) -> Iterator[Piece]:
        self._rows += 1
        cells = [list(self._blocks(cell)) for cell in _nearest(row, "tc")]
        self._rows -= 1
        yield from (_in_one_line(cells) if _is_row(cells) else (piece for cell in cells for piece in cell))

    def _paragraph_of(self, paragraph: Element) -> Iterator[Piece]:
        if not self._anchor:
            self._paragraph += 1
        own = paragraph.find("pPr")
        id_ = _value(own, "pStyle")
        style = self._styles.get(id_, _Style())
        texts: list[str] = []
        self._inline(paragraph, texts, style.hidden)
        text = tidy("".join(texts))
        if not text and own is not None and own.find("rPr/del") is not None:
            return  # deleted with its number
        label = self._label(own, id_, style)
        if style.is_contents:
            self._had_contents = self._had_contents or bool(text)
        elif text:
            text = f"{label} {text}" if label else text
            yield Piece(self._anchor or self._paragraph, text, _outline_level(own, style.level))

    def _label(self, own: Element | None, id_: str, style: _Style) -> str:
        number, level = style.list_ or ("", None)
        direct = None if own is None else own.find("numPr")
        if direct is not None:
            direct_number, direct_level = _list(direct)
            number = direct_number or number
            level = level if direct_level is None else direct_level
        if not number:
            return ""
        return self._numbering.label(number, self._numbering.level_of(number, id_) if level is None else level)

    def _inline(self, element: Element, texts: list[str], hidden: bool) -> None:
        """Collect the text of a paragraph or a part of it; what stands beside the text waits."""
        for child in element:
            tag = child.tag
            if tag == "r":
                self._run(child, texts, hidden)
            elif tag == "t":
                texts.append(child.text or "")
            elif tag in _INLINE:
                texts.append(_INLINE[tag])
            elif tag == "sym":
                texts.append(symbol(child.get("font", ""), child.get("char", "")))
            elif tag == "oMath":
                texts.append(formula(child))
            elif tag in ("footnoteReference", "endnoteReference"):
                note = self._footnotes.get(f"{tag[:-9]}s", {}).pop(child.get("id", ""), None)
                self._asides += [] if note is None else [(self._anchor or self._paragraph, note)]
            elif tag == "txbxContent":
                self._asides.append((self._anchor or self._paragraph, child))
            elif tag in ("chart", "relIds"):
                self._drawings += 1
            elif tag == "commentReference":
                self._comments += 1
            elif tag == "del":
                self._deletions += 1
            elif tag not in _LEFT_OUT and not (tag == "sdt" and _is_placeholder(child)):
                self._inline(child, texts, hidden)

    def _run(self, run: Element, texts: list[str], hidden: bool) -> None:
        own = run.find("rPr")
        if own is not None:
            style = self._styles.get(_value(own, "rStyle"))
            hidden = _switch(own, "vanish", hidden or (style is not None and style.hidden))
        if hidden:
            found: list[str] = []
            waiting = len(self._asides)
            self._inline(run, found, hidden)
            del self._asides[waiting:]
            self._hidden += len("".join(found).split())
        else:
            self._inline(run, texts, hidden)


def _styles(root: Element | None) -> dict[str, _Style]:
    if root is None:
        return {}
    elements = {style.get("styleId", ""): style for style in root.iterfind("style")}
    own = {id_: _own_style(style) for id_, style in elements.items()}
    styles = {id_: _resolved(list(_chain(own, id_))) for id_ in own}
    default = (id_ for id_, each in elements.items() if each.get("default") and each.get("type") == "paragraph")
    return styles | {"": styles.get(next(default, ""), _Style())}


def _own_style(style: Element) -> _OwnStyle:
    name = _value(style, "name").lower()
    vanish, number = style.find("rPr/vanish"), style.find("pPr/numPr")
    return _OwnStyle(
        based_on=_value(style, "basedOn"),
        level=_level(style, name),
        hidden=None if vanish is None else _is_on(vanish),
        list_=None if number is None else _list(number),
        is_contents=name.startswith("toc ") and name != "toc heading",
    )


def _chain(styles: dict[str, _OwnStyle], id_: str) -> Iterator[_OwnStyle]:
    """A style and those that it is based on."""
    for _ in range(_LONGEST_CHAIN):
        if id_ not in styles:
            return
        yield styles[id_]
        id_ = styles[id_].based_on


def _resolved(chain: Sequence[_OwnStyle]) -> _Style:
    return _Style(
        level=next((style.level for style in chain if style.level is not None), 0),
        hidden=next((style.hidden for style in chain if style.hidden is not None), False),
        list_=next((style.list_ for style in chain if style.list_ is not None), None),
        is_contents=chain[0].is_contents,
    )


def _list(number: Element) -> tuple[str, int | None]:
    level = _value(number, "ilvl")
    return _value(number, "numId"), whole_number(level) if level else None


def _level(style: Element, name: str) -> int | None:
    """The level of headings that a style by itself says."""
    outline = _value(style.find("pPr"), "outlineLvl")
    if outline:
        return _outline(outline)
    found = _HEADING.fullmatch(name) or _HEADING.fullmatch(style.get("styleId", "").lower())
    return int(found[1]) if found else 1 if name == "title" else None


def _outline_level(own: Element | None, otherwise: int) -> int:
    outline = _value(own, "outlineLvl")
    return _outline(outline) if outline else otherwise


def _outline(value: str) -> int:
    level = whole_number(value, 9) + 1
    return level if 1 <= level <= 9 else 0


def _nearest(element: Element, tag: str) -> Iterator[Element]:
    """Rows or cells, also those inside content controls and other wrappings."""
    for child in element:
        if child.tag == tag:
            yield child
        elif child.tag not in _LEFT_OUT:
            yield from _nearest(child, tag)


def _is_row(cells: list[list[Piece]]) -> bool:
    pieces = [piece for cell in cells for piece in cell]
    return (
        sum(map(bool, cells)) > 1
        and not any(piece.level or "|" in piece.separator for piece in pieces)
        and sum(len(piece.text) for piece in pieces) <= _LONGEST_ROW
    )


def _in_one_line(cells: list[list[Piece]]) -> Iterator[Piece]:
    """The pieces of a row as one block; a cell without text keeps its place between the bars."""
    bars, begun = 0, False
    for cell in cells:
        for piece in cell:
            text, before = piece.text.replace("\n", " "), "| " * bars
            if begun:
                yield replace(piece, text=text, separator=f" {before}")
            else:
                yield replace(piece, text=before + text)
            bars, begun = 0, True
        bars += 1


def _is_placeholder(control: Element) -> bool:
    return control.find("sdtPr/showingPlcHdr") is not None


def _value(element: Element | None, name: str) -> str:
    child = None if element is None else element.find(name)
    return "" if child is None else child.get("val", "")


def _switch(element: Element, name: str, otherwise: bool) -> bool:
    child = element.find(name)
    return otherwise if child is None else _is_on(child)


def _is_on(switch: Element) -> bool:
    return switch.get("val", "true") not in ("0", "false", "off")
