"""Saved citations against the files of today: each file is read once for all that cite it."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import Any

from qa.errors import FileError
from qa.proofs.folder import Folder
from qa.proofs.searching import Text
from qa.readers import READERS, Extract
from qa.types import Citation, Document, DocumentRef, Verdict

Extractor = Callable[[bytes, str], Extract]
"""From a file's bytes and its name to its text; raises FileError."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What became of a saved citation: `cited` has the verdict.

    `found` is the citation as it would be made today, None where the quote was not found; then `reason` says why.
    """

    cited: Citation
    found: Citation | None
    reason: str = ""

    @property
    def verdict(self) -> Verdict:
        if self.cited.verdict is None:
            raise AssertionError("a proof without a verdict")
        return self.cited.verdict

    @property
    def is_given_elsewhere(self) -> bool:
        """Whether page, line or place that were said are not those of the quote, though the offsets can be."""
        if self.found is None:
            return False
        pairs = ((getattr(self.cited, name), getattr(self.found, name)) for name in ("page", "line", "place"))
        return any(said and said != known for said, known in pairs)

    def as_dict(self) -> dict[str, Any]:
        return {
            "verdict": self.verdict,
            "file_changed": self.cited.file_changed,
            "reason": self.reason,
            "cited": self.cited.as_dict(),
            "found": self.found and self.found.as_dict(),
        }


@dataclass(frozen=True, slots=True)
class _File:
    """A file to look in, the name by which it is read, and whether another name was cited."""

    path: str
    name: str
    is_renamed: bool = False


def verify(citations: Sequence[Citation], root: Path, extract: Extractor) -> list[Proof]:
    """Look each quote up in its file below `root`, and where its name is gone in a file of the same bytes.

    Gives one proof for each citation, in their order. Reads nothing outside `root`.
    """
    folder = Folder(root)
    files, reasons = _named(citations, folder)
    renamed = folder.with_hashes(document.sha256 for document in reasons)
    for document in reasons:
        if path := renamed.get(document.sha256):
            files[document] = _File(path, _with_suffix_of(document.source, folder.name(path)), is_renamed=True)
    by_file: dict[_File, list[int]] = defaultdict(list)
    proofs: dict[int, Proof] = {}
    for number, citation in enumerate(citations):
        if citation.document in files:
            by_file[files[citation.document]].append(number)
        else:
            proofs[number] = _missing(citation, reasons[citation.document])
    for file, numbers in by_file.items():
        found = _checked([citations[number] for number in numbers], folder, file, extract)
        proofs.update(zip(numbers, found, strict=True))
    return [proofs[number] for number in range(len(citations))]


def _named(citations: Sequence[Citation], folder: Folder) -> tuple[dict[DocumentRef, _File], dict[DocumentRef, str]]:
    """The file that has the name of each document that is cited, and of those without one the reason."""
    files: dict[DocumentRef, _File] = {}
    reasons: dict[DocumentRef, str] = {}
    for document in dict.fromkeys(citation.document for citation in citations):
        try:
            path = folder.path(document.source)
            files[document] = _File(path, folder.name(path))
        except FileError as error:
            reasons[document] = str(error)
    return files, reasons


def _with_suffix_of(former: str, name: str) -> str:
    """The name of a file as if it had kept its suffix: that says how the same bytes were read."""
    suffix = PurePath(former).suffix
    return PurePath(name).with_suffix(suffix).as_posix() if suffix.lower() in READERS else name


def _checked(citations: Sequence[Citation], folder: Folder, file: _File, extract: Extractor) -> Iterator[Proof]:
    """What became of citations of one file."""
    try:
        data = folder.read(file.path)
    except FileError as error:
        yield from (_missing(citation, str(error)) for citation in citations)
        return
    sha256 = hashlib.sha256(data).hexdigest()
    try:
        read = extract(data, file.name)
    except FileError as error:
        for citation in citations:
            yield _changed(citation, sha256, f"its text cannot be read: {error}")
        return
    del data
    document = Document(
        "", read.title, (folder.name(file.path),), sha256, read.text, read.page_starts, places=read.places
    )
    texts = {same: Text(read.text, is_same=same) for same in (True, False)}
    for citation in citations:
        yield _proof(citation, document, texts[citation.document.sha256 == sha256], is_renamed=file.is_renamed)


def _proof(citation: Citation, document: Document, text: Text, *, is_renamed: bool) -> Proof:
    sighting = text.find(citation)
    if sighting is None:
        reason = "these words are not in it any more." if not text.is_same else "these words are not what it says."
        return _changed(citation, document.sha256, reason)
    span = sighting.span
    found = document.cite(*span, citation.number)
    found = replace(found, document=replace(found.document, id=citation.document.id))
    is_there = span == (citation.start, citation.end) and found.quote == citation.quote
    verdict: Verdict = "exact" if is_there and not is_renamed else "moved"
    return Proof(replace(citation, verdict=verdict, file_changed=not text.is_same), found)


def _changed(citation: Citation, sha256: str, reason: str) -> Proof:
    file_changed = citation.document.sha256 != sha256
    return Proof(replace(citation, verdict="changed", file_changed=file_changed), None, reason)


def _missing(citation: Citation, reason: str) -> Proof:
    return Proof(replace(citation, verdict="missing"), None, reason)
