"""Where the evidence of a gold question stands, whatever way its document was cut into passages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qa.errors import PinciteError
from qa.evaluation.gold import Evidence
from qa.library import find
from qa.record import Reading
from qa.types import Passage


@dataclass(frozen=True, slots=True)
class Anchor:
    """The place of a quote: `document.text[start:end] == quote`."""

    document_id: str
    start: int
    end: int


def locate(reading: Reading, evidence: Evidence) -> Anchor | None:
    """Find a quote in its document; None where the document or the quote is not there."""
    try:
        ids = {row.document_id for row in find(reading, evidence.document)}
    except PinciteError:
        return None
    for document_id in sorted(ids):
        document = reading.document(document_id)
        start = document.text.find(evidence.quote) if document else -1
        if start >= 0:
            return Anchor(document_id, start, start + len(evidence.quote))
    return None


def relevant(passage: Passage, anchor: Anchor) -> bool:
    """Whether a passage holds more than half of a quote."""
    overlap = min(passage.end, anchor.end) - max(passage.start, anchor.start)
    return passage.document_id == anchor.document_id and overlap * 2 > anchor.end - anchor.start


def judge(passages: Sequence[Passage], anchors: Sequence[Anchor | None]) -> list[set[int]]:
    """For each passage in turn, which quotes it holds, by their place in `anchors`."""
    return [
        {at for at, anchor in enumerate(anchors) if anchor is not None and relevant(passage, anchor)}
        for passage in passages
    ]
