"""Office Open XML: what the files of Word and PowerPoint have in common.

They are read as the archives of XML that they are. python-docx and python-pptx leave out text boxes, footnotes,
inserted text and list numbers, and parse whatever document type a file brings; they write the files of the tests.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from qa.errors import FileError
from qa.readers.archive import LARGEST_XML, Archive, parse_xml
from qa.readers.extract import Heading, shortened
from qa.tags import normalised_tags

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SPACES = {code: " " for code in range(0x3001) if chr(code).isspace() and chr(code) not in " \n"} | {0xAD: ""}


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the text that stands in one place of the file: its paragraph or slide, from 1.

    `separator` stands before it where anything does. `level` is that of a heading, else 0.
    """

    number: int
    text: str
    level: int = 0
    separator: str = "\n\n"


@dataclass(frozen=True, slots=True)
class Joined:
    """Pieces as one text. `starts` are the offsets at which the number changes, `numbers` what it changes to."""

    text: str
    headings: tuple[Heading, ...]
    starts: tuple[int, ...]
    numbers: tuple[int, ...]

    @property
    def title(self) -> str:
        """The first heading of the highest level."""
        return next((heading.text for heading in self.headings if heading.level == 1), "")


@dataclass(frozen=True, slots=True)
class Properties:
    """What a file says of itself."""

    title: str = ""
    date: date | None = None
    tags: tuple[str, ...] = ()


Relations = dict[str, tuple[str, str]]
"""By id: the kind of a relation and the part that it leads to."""


def main_part(archive: Archive, tag: str, kind: str) -> tuple[str, Element]:
    """The name and the root of the part that everything hangs on.

    Raises FileError where that is not `tag`, for what is no `kind` of file.
    """
    name = next((target for kind, target in relations(archive, "").values() if kind == "officeDocument"), None)
    if name is None:
        raise FileError(f"it is not {kind}, whatever its name says, or it is damaged.")
    root = parse_part(archive, name)
    if root.tag != tag:
        raise FileError(f"it is not {kind}, whatever its name says.")
    return name, root


def parse_part(archive: Archive, name: str) -> Element:
    """The root of a part, its names without their namespaces: those differ between the two forms of the standard.

    Only attributes that point to a relation keep a mark of it: `r:id`.
    """
    root = parse_xml(archive.read(name, LARGEST_XML))
    for element in root.iter():
        element.tag = _local(element.tag)
        if element.keys():  # to ask for attrib makes one
            element.attrib = {_local(key): value for key, value in element.attrib.items()}
    return root


@lru_cache(maxsize=4096)
def _local(name: str) -> str:
    space, _, local = name.rpartition("}")
    return f"r:{local}" if space.endswith("/relationships") else local


def relations(archive: Archive, part: str) -> Relations:
    """Where a part's relations inside the file lead; those of the file itself where `part` is empty."""
    folder, name = posixpath.split(part)
    own = posixpath.join(folder, "_rels", f"{name}.rels")
    if part and own not in archive:
        return {}
    return {
        relation.get("Id", ""): (
            relation.get("Type", "").rpartition("/")[2],
            posixpath.normpath(posixpath.join("/", folder, relation.get("Target", ""))).lstrip("/"),
        )
        for relation in parse_part(archive, own)
        if relation.get("TargetMode") != "External"
    }


def related(archive: Archive, found: Relations, kind: str) -> Element | None:
    """The root of the first part of a kind."""
    name = next((target for each, target in found.values() if each == kind), None)
    return None if name is None else parse_part(archive, name)


def properties(archive: Archive) -> Properties:
    """Title, day of the last change (or else of the beginning: copies keep that of their model) and keywords."""
    root = related(archive, relations(archive, ""), "core-properties")
    if root is None:
        return Properties()
    values = {child.tag: child.text or "" for child in root}
    days = (_day(values.get(name, "")) for name in ("modified", "created"))
    return Properties(
        title=shortened(values.get("title", "")),
        date=next((day for day in days if day), None),
        tags=normalised_tags(re.split("[,;]", values.get("keywords", ""))),
    )


def joined(pieces: Iterable[Piece]) -> Joined:
    texts: list[str] = []
    headings: list[Heading] = []
    starts: list[int] = []
    numbers: list[int] = []
    at = 0
    for piece in pieces:
        separator = piece.separator if texts else piece.separator.lstrip("\n")
        texts += separator, piece.text
        at += len(separator)
        if piece.level:
            headings.append(Heading(at, piece.level, shortened(piece.text)))
        if not numbers or numbers[-1] != piece.number:
            starts.append(at)
            numbers.append(piece.number)
        at += len(piece.text)
    return Joined("".join(texts), tuple(headings), tuple(starts), tuple(numbers))


def tidy(text: str) -> str:
    """A text with single spaces, without empty lines and soft hyphens."""
    text = text.translate(_SPACES)
    for found, instead in (("  ", " "), (" \n", "\n"), ("\n ", "\n"), ("\n\n", "\n")):
        while found in text:
            text = text.replace(found, instead)
    return text.strip()


def whole_number(text: str | None, otherwise: int = 0) -> int:
    """A number as it stands in an attribute; `otherwise` where it is none that could be meant."""
    return int(text) if text is not None and re.fullmatch("-?[0-9]{1,15}", text) else otherwise


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()[:10]) if _DATE.match(text.strip()) else None
    except ValueError:
        return None
