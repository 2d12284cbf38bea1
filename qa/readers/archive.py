"""Zip archives that documents come in, and the XML inside: read in memory and within limits, never unpacked to disk.

XML is parsed by the standard library: without a document type there are no entities and nothing to fetch, and another
parser would be one more dependency.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable
from io import BytesIO
from pathlib import PurePath
from types import TracebackType
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from qa.errors import FileError
from qa.readers.signatures import refuse_others

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_MOST_MEMBERS = 10_000
_LARGEST = 300_000_000
"""Bytes that all members together may have."""
_LARGEST_MEMBER = 100_000_000
_SMALL = 1_000_000
"""Bytes up to which a member may be compressed as well as it likes."""
_RATIO = 200
"""Bytes that may come out of one. Office files reach 30; zip bombs start at 300."""
LARGEST_XML = 32_000_000
"""Bytes of one piece of XML."""
_MOST_MARKS = 2_500_000
"""Tags, and attributes twice, in one piece of XML: each takes some 100 bytes of memory. 1,000 pages have a million."""
_DEEPEST = 200
"""Elements inside each other."""

_STEP = 1 << 20

_ENCRYPTED = 0x2041
_NO_MEMORY = 1
"""Expat's code for it (XML_ERROR_NO_MEMORY), which arrives as an error of the document."""

_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MEDIA = frozenset(
    ".avi .bin .bmp .emf .gif .jpeg .jpg .m4a .m4v .mov .mp3 .mp4 .otf .png .svg .tif .tiff .ttf .wav .wmf .wmv".split()
)
_OUTSIDE = re.compile(r"[/\\]|[A-Za-z]:|(?:.*[/\\])?\.\.(?:[/\\]|\Z)", re.DOTALL)

# In UTF-16 too, whichever byte comes first: no other encoding that expat reads writes these letters differently.
_DOCUMENT_TYPES = (b"<!DOCTYPE", b"\0".join(bytes([byte]) for byte in b"<!DOCTYPE"))


class Archive:
    """The members of a zip archive, by name.

    Raises FileError where the bytes are no such archive, or one that no program writes for a document: encrypted,
    with names that are there twice or lead out of it, or with claims beyond all measure. Pictures, sound and fonts may
    claim what they like: they are not read.
    """

    def __init__(self, data: bytes) -> None:
        _check_beginning(data)
        if data.count(b"PK\1\2") > _MOST_MEMBERS:  # before each becomes an object
            raise FileError(f"it has more than {_MOST_MEMBERS:,} parts, which no document has.")
        try:
            self._zip = ZipFile(BytesIO(data))
        except (BadZipFile, NotImplementedError, ValueError) as error:
            raise FileError("it is damaged or cut off: the list of its parts cannot be read. Copy it again.") from error
        self._members = _checked(self._zip.infolist(), len(data))
        self._left = _LARGEST

    def __enter__(self) -> Archive:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()

    def __contains__(self, name: object) -> bool:
        return name in self._members

    def names(self) -> tuple[str, ...]:
        """The names of the files in it, without folders, in its own order."""
        return tuple(name for name in self._members if not name.endswith("/"))

    def read(self, name: str, largest: int = _LARGEST_MEMBER) -> bytes:
        """The bytes of a member, at most `largest`.

        Raises FileError where it is missing or damaged, is itself an archive, or where too much was read by now.
        """
        info = self._members.get(name)
        if info is None:
            raise FileError(f"it is damaged or not what its name says: it has no part {_shown(name)}.")
        if info.file_size > min(largest, self._left):
            raise FileError(f"its part {_shown(name)} is too large. Divide the document and index it again.")
        try:
            content = self._unpacked(info)
        except (BadZipFile, NotImplementedError, EOFError, ValueError, zlib.error) as error:
            raise FileError(f"it is damaged: its part {_shown(name)} cannot be unpacked. Copy it again.") from error
        if content.startswith(b"PK\3\4"):
            raise FileError(f"its part {_shown(name)} is another archive. Unpack it and index what is in it.")
        return content

    def _unpacked(self, info: ZipInfo) -> bytes:
        # In steps: read() without a size unpacks all there is before it cuts off what a header did not claim.
        pieces = []
        with self._zip.open(info) as stream:
            while piece := stream.read(_STEP):
                self._left -= len(piece)
                pieces.append(piece)
        return b"".join(pieces)


def parse_xml(data: bytes) -> Element:
    """The root of an XML document.

    Raises FileError where it is not well-formed, has a document type (only that could declare entities), or is larger
    or deeper than any document's.
    """
    from xml.etree import ElementTree  # asking needs no parser

    if any(declared in data for declared in _DOCUMENT_TYPES):
        raise FileError("its XML has a document type, which could make it anything: it is refused.")
    if len(data) > LARGEST_XML or data.count(b"<") + 2 * data.count(b"=") > _MOST_MARKS:
        raise FileError("its text is too large to be read in one go. Divide the document and index it again.")
    try:
        root = ElementTree.fromstring(data)  # noqa: S314 - what could be abused is refused above
    except (ElementTree.ParseError, LookupError, ValueError) as error:
        if getattr(error, "code", None) == _NO_MEMORY:
            raise MemoryError from error
        raise FileError(f"it is damaged: its XML is not well-formed ({error}).") from error
    if _is_deep(root):
        raise FileError(f"its XML has more than {_DEEPEST} elements inside each other: it is damaged or meant to harm.")
    return root


def _check_beginning(data: bytes) -> None:
    if data.startswith(_OLD_OFFICE):
        raise FileError(
            "it has a password or the format of Office 2003 and older. Save it without a password, in today's format."
        )
    if not data.startswith(b"PK"):
        refuse_others(data)
        raise FileError("it is not what its name says: files of this kind are zip archives, and this is none.")


def _checked(infos: Iterable[ZipInfo], size: int) -> dict[str, ZipInfo]:
    members: dict[str, ZipInfo] = {}
    claimed = 0
    for info in infos:
        name = info.filename
        if name in members:
            raise FileError(f"its part {_shown(name)} is there twice: it is damaged or meant to mislead.")
        if _OUTSIDE.match(name):
            raise FileError(f"its part {_shown(name)} leads out of the file, which no document needs: it is refused.")
        if info.flag_bits & _ENCRYPTED:
            raise FileError("it is encrypted. Save it without a password and index it again.")
        if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise FileError(f"its part {_shown(name)} is compressed in a way that documents are not.")
        members[name] = info
        if PurePath(name).suffix.lower() not in _MEDIA:
            claimed += info.file_size
            _check_claim(info.file_size, info.compress_size)
    _check_claim(claimed, size)
    if claimed > _LARGEST:
        raise FileError(f"it would unpack to {claimed:,} bytes. Divide the document and index it again.")
    return members


def _check_claim(unpacked: int, packed: int) -> None:
    if unpacked > max(_SMALL, _RATIO * packed):
        raise FileError(f"{packed:,} of its bytes would unpack to {unpacked:,}: it is damaged or meant to harm.")


def _is_deep(root: Element) -> bool:
    level = [root]
    for _ in range(_DEEPEST):
        level = [child for element in level for child in element]
        if not level:
            return False
    return True


def _shown(name: str) -> str:
    return ascii(name if len(name) <= 80 else name[:79] + "…")
