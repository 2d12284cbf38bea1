"""The words that kept answers rest on, looked at again: in their files, and in what is indexed of these by now."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from qa.proofs import Standing
from qa.proofs.searching import Text
from qa.types import Answer, Citation, Document, DocumentRef, Verdict

if TYPE_CHECKING:
    from qa.record import Reading


@dataclass(frozen=True, slots=True)
class _Now:
    """What there is of a cited document: the paths of its files, and its text where that was indexed anew."""

    paths: tuple[str, ...]
    reindexed: Text | None = None


def look_again(answers: Sequence[Answer], reading: Reading, standing: Standing) -> list[Answer]:
    """The answers, their citations with what has become of the quotes since; each document is looked up once.

    A document that is indexed no more is missing. What cannot be known quickly stays as it was known.
    """
    cited = list(dict.fromkeys(citation for answer in answers for citation in answer.citations))
    now = {document: _now(document, reading) for document in dict.fromkeys(each.document for each in cited)}
    told = standing.told(cited, lambda citation: now[citation.document].paths)
    known = dict(zip(cited, map(_standing, cited, told, (now[each.document] for each in cited)), strict=True))
    return [_with(answer, known) for answer in answers]


def _with(answer: Answer, known: Mapping[Citation, Citation]) -> Answer:
    return replace(answer, citations=tuple(known[citation] for citation in answer.citations))


def _standing(before: Citation, told: Citation, now: _Now) -> Citation:
    if not now.paths:
        return replace(before, verdict="missing", file_changed=None)
    if now.reindexed is not None and told.verdict != "missing":
        return replace(before, verdict=_verdict(before, now.reindexed), file_changed=True)
    return before if told.verdict is None and told.file_changed is None else told


def _verdict(citation: Citation, text: Text) -> Verdict:
    sighting = text.find(citation)
    if sighting is None:
        return "changed"
    is_there = sighting.span == (citation.start, citation.end) and text.text[slice(*sighting.span)] == citation.quote
    return "exact" if is_there else "moved"


def _now(cited: DocumentRef, reading: Reading) -> _Now:
    paths = [path for path, name in reading.paths_of(cited.id).items() if name == cited.source]
    if not paths:  # the same name may stand for another document now
        called = reading.sources_called(cited.source, os.path.abspath(cited.source))
        paths = [row.path for row in called if row.name == cited.source]
    rows = [row for row in map(reading.source_of, paths) if row]
    if not rows or any(row.sha256 == cited.sha256 for row in rows):
        return _Now(tuple(paths))
    document: Document | None = reading.document(rows[0].document_id)
    return _Now(tuple(paths), Text(document.text) if document else None)
