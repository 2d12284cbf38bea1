"""Where the evidence of a gold question stands, whatever way its document was cut into passages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qa.errors import PinciteError
from qa.evaluation.gold import Evidence
from qa.library import find
from qa.record import Reading
from qa.types import Passage


@dataclass(frozen=True, slots=True)
class Anchor:
    """A place of a quote: `document.text[start:end] == quote`."""

    document_id: str
    start: int
    end: int


Places = tuple[Anchor, ...]
"""Where one quote stands: once as a rule, nowhere when it was lost, more often when the document repeats itself."""


def locate(reading: Reading, evidence: Evidence) -> Places:
    """Every place of a quote in its document; none where the document or the quote is not there."""
    try:
        ids = {row.document_id for row in find(reading, evidence.document)}
    except PinciteError:
        return ()
    return tuple(place for document_id in sorted(ids) for place in _places(reading, document_id, evidence.quote))


def _places(reading: Reading, document_id: str, quote: str) -> Iterator[Anchor]:
    document = reading.document(document_id)
    start = document.text.find(quote) if document else -1
    while document and start >= 0:
        yield Anchor(document_id, start, start + len(quote))
        start = document.text.find(quote, start + len(quote))


def relevant(passage: Passage, anchor: Anchor) -> bool:
    """Whether a passage holds more than half of a quote."""
    overlap = min(passage.end, anchor.end) - max(passage.start, anchor.start)
    return passage.document_id == anchor.document_id and overlap * 2 > anchor.end - anchor.start


def judge(passages: Sequence[Passage], quotes: Sequence[Places]) -> list[set[int]]:
    """For each passage in turn, which quotes it holds, by their number in `quotes`."""
    return [
        {number for number, places in enumerate(quotes) if any(relevant(passage, place) for place in places)}
        for passage in passages
    ]
