"""Saved citations against the files of today: each file is read once for all that cite it."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from qa.errors import FileError
from qa.proofs.folder import Folder
from qa.proofs.searching import Text
from qa.readers import Extract
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


def verify(citations: Sequence[Citation], root: Path, extract: Extractor) -> list[Proof]:
    """Look each quote up in its file below `root`, and where its name is gone in a file of the same bytes.

    Gives one proof for each citation, in their order. Reads nothing outside `root`.
    """
    folder = Folder(root)
    paths, reasons = _located(citations, folder)
    by_path: dict[str, list[int]] = defaultdict(list)
    proofs: dict[int, Proof] = {}
    for number, citation in enumerate(citations):
        if citation.document in paths:
            by_path[paths[citation.document]].append(number)
        else:
            proofs[number] = _missing(citation, reasons[citation.document])
    for path, numbers in by_path.items():
        found = _checked([citations[number] for number in numbers], folder, path, extract)
        proofs.update(zip(numbers, found, strict=True))
    return [proofs[number] for number in range(len(citations))]


def _located(citations: Sequence[Citation], folder: Folder) -> tuple[dict[DocumentRef, str], dict[DocumentRef, str]]:
    """The file of each document that is cited, and of those without one the reason."""
    paths: dict[DocumentRef, str] = {}
    reasons: dict[DocumentRef, str] = {}
    for document in dict.fromkeys(citation.document for citation in citations):
        try:
            paths[document] = folder.path(document.source)
        except FileError as error:
            reasons[document] = str(error)
    renamed = folder.with_hashes(document.sha256 for document in reasons)
    paths.update({document: renamed[document.sha256] for document in reasons if document.sha256 in renamed})
    return paths, reasons


def _checked(citations: Sequence[Citation], folder: Folder, path: str, extract: Extractor) -> Iterator[Proof]:
    """What became of citations of one file."""
    name = folder.name(path)
    try:
        data = folder.read(path)
    except FileError as error:
        yield from (_missing(citation, str(error)) for citation in citations)
        return
    sha256 = hashlib.sha256(data).hexdigest()
    try:
        read = extract(data, name)
    except FileError as error:
        for citation in citations:
            yield _changed(citation, sha256, f"its text cannot be read: {error}")
        return
    del data
    document = Document("", read.title, (name,), sha256, read.text, read.page_starts, places=read.places)
    texts = {same: Text(read.text, is_same=same) for same in (True, False)}
    for citation in citations:
        yield _proof(citation, document, texts[citation.document.sha256 == sha256])


def _proof(citation: Citation, document: Document, text: Text) -> Proof:
    span = text.find(citation)
    if span is None:
        reason = "these words are not in it any more." if not text.is_same else "these words are not what it says."
        return _changed(citation, document.sha256, reason)
    found = document.cite(*span, citation.number)
    found = replace(found, document=replace(found.document, id=citation.document.id))
    in_place = (citation.start, citation.end, citation.document.source) == (*span, document.source)
    verdict: Verdict = "exact" if in_place and found.quote == citation.quote else "moved"
    return Proof(replace(citation, verdict=verdict, file_changed=not text.is_same), found)


def _changed(citation: Citation, sha256: str, reason: str) -> Proof:
    file_changed = citation.document.sha256 != sha256
    return Proof(replace(citation, verdict="changed", file_changed=file_changed), None, reason)


def _missing(citation: Citation, reason: str) -> Proof:
    return Proof(replace(citation, verdict="missing"), None, reason)
