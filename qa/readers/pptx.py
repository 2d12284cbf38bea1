"""PowerPoint presentations: slide by slide the title, the text of its shapes, and its notes under a line that says so.

Headers, footers, dates and slide numbers are left out, and so is what only a layout says.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING

from qa.errors import FileError
from qa.readers.archive import Archive
from qa.readers.extract import Extract, listed
from qa.readers.office.diagrams import diagram_texts
from qa.readers.office.ooxml import Joined, Piece, Relations, joined, main_part, parse_part, properties, relations
from qa.readers.office.shapes import Box, Kind, Spot, Spots, boxes, inherited_spot, is_hidden, spots
from qa.types import Places

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_NOTES = "Notes:"
_MOST_NAMED = 20
"""Slides that a note names by their numbers."""


def read_pptx(data: bytes, name: str) -> Extract:
    with Archive(data) as archive:
        main, root = main_part(archive, "presentation", "a PowerPoint presentation")
        deck = _Deck(archive)
        slides = _slides(root, relations(archive, main))
        text = joined(piece for number, slide in enumerate(slides, 1) for piece in deck.pieces(number, slide))
        own = properties(archive)
    blank = tuple(sorted(set(range(1, len(slides) + 1)) - set(text.numbers)))
    return Extract(
        title=_said(own.title) or text.title or PurePath(name).stem,
        text=text.text,
        headings=text.headings,
        page_starts=_page_starts(text, len(slides)),
        date=own.date,
        tags=own.tags,
        places=Places("slide", text.starts, text.numbers),
        blank_pages=blank,
        notes=(*deck.notes(), *((f"Slides without text: {listed(blank)}.",) if blank else ())),
    )


class _Deck:
    """The parts of a presentation, each read once, and what was left out of them."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._unread = set(archive.names())
        self._layouts: dict[str, tuple[Spots, Spots]] = {}
        """By the part of a layout: its places and those of its master."""
        self._hidden_slides: list[int] = []
        self._hidden_shapes = 0
        self._charts = 0
        self._commented = 0

    def pieces(self, number: int, slide: str) -> Iterator[Piece]:
        root = parse_part(self._archive, slide)
        if root.get("show") in ("0", "false"):
            self._hidden_slides.append(number)
        found = relations(self._archive, slide)
        self._commented += bool(_leading_to(found, "comments"))
        for box in self._boxes(root, found):
            for block in box.blocks:
                yield Piece(number, block, level=int(box.is_title))
        notes = [block for name in _leading_to(found, "notesSlide") for block in self._notes_on(name)]
        for block in [_NOTES, *notes] if notes else []:
            yield Piece(number, block)

    def notes(self) -> tuple[str, ...]:
        named = [*map(str, self._hidden_slides[:_MOST_NAMED]), *["…"] * (len(self._hidden_slides) > _MOST_NAMED)]
        notes = (
            (named, f"Hidden slides, read too: {', '.join(named)}."),
            (self._hidden_shapes, f"Hidden shapes, left out: {self._hidden_shapes:,}."),
            (self._charts, f"Charts, not read: {self._charts:,}."),
            (self._commented, f"Slides with comments, which are not read: {self._commented:,}."),
        )
        return tuple(note for happened, note in notes if happened)

    def _boxes(self, root: Element, found: Relations) -> Iterator[Box]:
        layout = next(iter(_leading_to(found, "slideLayout")), "")

        def inherited(kind: Kind) -> Spot:
            return inherited_spot(kind, *self._spots_of(layout))

        def diagram(relation: str) -> list[str]:
            part = self._once(found.get(relation, ("", ""))[1])
            return [] if part is None else diagram_texts(part)

        for tree in root.iterfind("cSld/spTree"):
            self._hidden_shapes += sum(map(is_hidden, tree.iter("cNvPr")))
            self._charts += sum(1 for _ in tree.iter("chart"))
            yield from boxes(tree, inherited, diagram)

    def _notes_on(self, name: str) -> Iterator[str]:
        root = self._once(name)
        if root is not None:
            for box in self._boxes(root, {}):
                yield from box.blocks

    def _once(self, name: str) -> Element | None:
        """The root of a part that is only of one slide: a file where many name the same would have no end."""
        if name not in self._unread:
            return None
        self._unread.discard(name)
        return parse_part(self._archive, name)

    def _spots_of(self, layout: str) -> tuple[Spots, Spots]:
        if layout not in self._layouts:
            masters = _leading_to(relations(self._archive, layout), "slideMaster") if layout else []
            parts = [parse_part(self._archive, name) for name in (layout, *masters[:1]) if name]
            places = [*map(spots, parts), {}, {}]
            self._layouts[layout] = (places[0], places[1])
        return self._layouts[layout]


def _slides(root: Element, found: Relations) -> list[str]:
    """The parts of the slides, in their order, each once."""
    ids = [slide.get("r:id", "") for slide in root.iterfind("sldIdLst/sldId")]
    missing = next((id_ for id_ in ids if id_ not in found), None)
    if missing is not None:
        raise FileError("it is damaged: one of its slides is missing. Open it in PowerPoint and save it again.")
    return list(dict.fromkeys(found[id_][1] for id_ in ids))


def _leading_to(found: Relations, kind: str) -> list[str]:
    return [target for each, target in found.values() if each == kind]


def _page_starts(text: Joined, slides: int) -> tuple[int, ...]:
    """Where each slide begins; one without text begins where the next begins that has some."""
    starts: Sequence[int] = (*text.starts, len(text.text))
    return tuple(starts[bisect_left(text.numbers, number)] for number in range(1, slides + 1))


def _said(title: str) -> str:
    """The title but for "PowerPoint Presentation", which the program writes by itself, in any language."""
    return "" if "powerpoint" in title.casefold() and len(title.split()) <= 3 else title
