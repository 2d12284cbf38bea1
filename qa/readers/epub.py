"""Electronic books (EPUB 2 and 3): the chapters in the order of their spine, each read as a web page.

Parts that the spine calls auxiliary (`linear="no"`: notes, answers) come last. Tables of contents are left out. A book
has no lines or pages that everyone sees alike: the headings above a passage say where it is.
"""

from __future__ import annotations

import datetime
import posixpath
import re
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING
from urllib.parse import unquote

from qa.errors import FileError
from qa.readers.archive import Archive, parse_xml
from qa.readers.extract import Extract, shortened
from qa.readers.html import chosen, first_date, laid_out
from qa.readers.web.charset import decode_page
from qa.readers.web.flow import Block
from qa.readers.web.page import FOOTER, read_page
from qa.tags import normalised_tags

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"

_CHAPTERS = frozenset(
    "application/xhtml+xml application/x-dtbook+xml text/html text/x-oeb1-document image/svg+xml".split()
)
_DOCTYPE = re.compile(rb"<!DOCTYPE[^][<>]*>")
_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class _Chapter:
    """A part of the spine: its place in the archive, whether it is auxiliary, and whether it only leads to others."""

    name: str
    is_linear: bool
    is_navigation: bool


def read_epub(data: bytes, name: str) -> Extract:
    """Read a book. Raises FileError where it is none, is damaged, or is protected against reading."""
    with Archive(data) as archive:
        place = _package_place(archive)
        package = _xml(archive, place)
        chapters = _chapters(package, posixpath.dirname(place))
        _check_protection(archive, {chapter.name for chapter in chapters})
        held = set(archive.names())
        missing = [*_unlisted(package), *(chapter.name for chapter in chapters if chapter.name not in held)]
        there = [chapter for chapter in chapters if chapter.name in held]
        if not there:
            raise FileError(_nothing(len(missing)))
        pages = [chapter for chapter in there if not chapter.is_navigation] or there
        blocks = [block for chapter in pages for block in _blocks(archive, chapter.name)]
    blocks, left_out = chosen(blocks, FOOTER)
    text, headings, _ = laid_out(blocks)
    title = _first(package, "title") or next((each.text for each in headings if each.level == 1), "")
    return Extract(
        title=shortened(title) or PurePath(name).stem,
        text=text,
        headings=headings,
        date=_date(package),
        tags=normalised_tags(each for subject in _values(package, "subject") for each in re.split("[,;]", subject)),
        notes=(*left_out, *_notes(missing)),
    )


def _package_place(archive: Archive) -> str:
    for file in _xml(archive, _CONTAINER).iterfind(".//{*}rootfile"):
        if place := file.get("full-path"):
            return place
    raise FileError("it is damaged: it does not say where its contents are listed. Get a new copy of the book.")


def _xml(archive: Archive, name: str) -> Element:
    return parse_xml(_DOCTYPE.sub(b"", archive.read(name)))


def _chapters(package: Element, folder: str) -> list[_Chapter]:
    """Each chapter once, the auxiliary ones last."""
    items = {item.get("id"): item for item in package.iterfind(".//{*}manifest/{*}item")}
    contents = {
        _resolved(folder, reference.get("href", ""))
        for reference in package.iterfind(".//{*}guide/{*}reference")
        if reference.get("type") == "toc"
    }
    chapters: dict[str, _Chapter] = {}
    for entry in package.iterfind(".//{*}spine/{*}itemref"):
        item = items.get(entry.get("idref"))
        if item is None or item.get("media-type", "").lower() not in _CHAPTERS:
            continue
        name = _resolved(folder, item.get("href", ""))
        is_navigation = name in contents or "nav" in item.get("properties", "").split()
        chapters.setdefault(name, _Chapter(name, entry.get("linear", "yes") != "no", is_navigation))
    return sorted(chapters.values(), key=lambda chapter: not chapter.is_linear)


def _unlisted(package: Element) -> list[str]:
    """What the spine calls chapters of which the book does not say in which file they are."""
    items = {item.get("id", "") for item in package.iterfind(".//{*}manifest/{*}item")}
    names = (entry.get("idref", "") for entry in package.iterfind(".//{*}spine/{*}itemref"))
    return list(dict.fromkeys(name for name in names if name not in items))


def _resolved(folder: str, reference: str) -> str:
    return posixpath.normpath(posixpath.join(folder, unquote(reference.partition("#")[0]))).lstrip("/")


def _check_protection(archive: Archive, chapters: set[str]) -> None:
    if _ENCRYPTION not in archive.names():
        return
    for part in _xml(archive, _ENCRYPTION).iterfind(".//{*}EncryptedData"):
        reference = part.find(".//{*}CipherReference")
        covered = "" if reference is None else _resolved("", reference.get("URI", ""))
        if covered in chapters:  # fonts may be disguised
            raise FileError("its text is encrypted (DRM): only its shop's own programs can read it.")


def _blocks(archive: Archive, name: str) -> list[Block]:
    data = archive.read(name)
    try:
        text, _ = decode_page(data)
    except FileError as error:
        raise FileError(f"its chapter {name!a} is no text: the book is damaged or protected.") from error
    return read_page(text, is_xml=True).blocks


def _nothing(missing: int) -> str:
    if missing:
        return f"it is damaged: none of its {missing:,} chapters is in the file. Get a new copy of the book."
    return "it is damaged: the order of its chapters (spine) names none of them. Get a new copy of the book."


def _notes(missing: list[str]) -> tuple[str, ...]:
    if not missing:
        return ()
    named = ", ".join(map(ascii, missing[:_MOST_NAMED])) + (", ..." if len(missing) > _MOST_NAMED else "")
    return (f"{len(missing):,} of its chapters are not in the file: {named}.",)


def _values(package: Element, name: str) -> list[str]:
    return ["".join(each.itertext()) for each in package.iterfind(f".//{{*}}metadata//{{*}}{name}")]


def _first(package: Element, name: str) -> str:
    return next((" ".join(value.split()) for value in _values(package, name) if value.strip()), "")


def _date(package: Element) -> datetime.date | None:
    """The day that the book gives, else, where it gives no date at all, that on which its file was last changed."""
    modified = [each for each in package.iterfind(".//{*}meta") if each.get("property") == "dcterms:modified"]
    return first_date(_values(package, "date") or ["".join(each.itertext()) for each in modified])
