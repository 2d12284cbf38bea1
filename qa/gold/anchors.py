"""Where the evidence of a gold question stands, whatever way its document was cut into passages."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from qa.errors import PinciteError
from qa.gold.questions import Evidence
from qa.names import Names
from qa.passages import MAX_BYTES
from qa.record import Reading
from qa.types import Document, Passage

_KEPT = 256
"""Documents kept while a gold set is judged: its questions come document by document as a rule."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A place of a quote: `document.text[start:end] == quote`. With `whole`, the document is meant, not its words.

    `long` tells that the quote has more bytes than any passage may have.
    """

    document_id: str
    start: int
    end: int
    whole: bool = False
    long: bool = False


Places = tuple[Anchor, ...]
"""Where one quote stands: once as a rule, nowhere when it was lost, more often when the document repeats itself."""


@dataclass(frozen=True, slots=True)
class Located:
    """The places of one evidence, and where it has none, the sentence that says why.

    `ingested` tells whether its document is in the store.
    """

    places: Places
    ingested: bool = True
    lost: str = ""


class Anchors:
    """Finds evidence in one view of a store."""

    def __init__(self, reading: Reading) -> None:
        self._names = Names(reading.sources())
        self._document = lru_cache(maxsize=_KEPT)(reading.document)

    def locate(self, evidence: Evidence) -> Located:
        """Every place of an evidence in its document."""
        try:
            ids = sorted({row.document_id for row in self._names.find(evidence.document)})
        except PinciteError as error:
            return Located((), ingested=False, lost=str(error))
        documents = [document for id_ in ids if (document := self._document(id_))]
        places = tuple(place for document in documents for place in _places(document, evidence.quote))
        if places:
            return Located(places)
        return Located((), lost=f"These words are not in {evidence.document} (any more): see pincite gold check.")


def _places(document: Document, quote: str) -> Iterator[Anchor]:
    if not quote:
        yield Anchor(document.id, 0, len(document.text), whole=True)
        return
    long = len(quote.encode("utf-8", "replace")) > MAX_BYTES
    start = document.text.find(quote)
    while start >= 0:
        yield Anchor(document.id, start, start + len(quote), long=long)
        start = document.text.find(quote, start + len(quote))


def relevant(passage: Passage, anchor: Anchor) -> bool:
    """Whether a passage holds more than half of a quote, or is of the document that is meant.

    Of a quote that is longer than any passage may be, a passage that lies inside it is relevant too.
    """
    if passage.document_id != anchor.document_id:
        return False
    length, both = anchor.end - anchor.start, overlap(passage, anchor)
    return anchor.whole or both * 2 > length or (anchor.long and both == passage.end - passage.start)


def overlap(passage: Passage, anchor: Anchor) -> int:
    """Characters that both have."""
    return max(0, min(passage.end, anchor.end) - max(passage.start, anchor.start))


def judge(passages: Sequence[Passage], quotes: Sequence[Places]) -> list[set[int]]:
    """For each passage in turn, which quotes it holds, by their number in `quotes`."""
    known = [_by_document(places) for places in quotes]
    return [
        {
            number
            for number, places in enumerate(known)
            if any(relevant(passage, place) for place in _near(passage, places.get(passage.document_id, [])))
        }
        for passage in passages
    ]


def _by_document(places: Places) -> dict[str, list[Anchor]]:
    """The places of one quote in each document, from the first to the last."""
    found: dict[str, list[Anchor]] = {}
    for place in sorted(places, key=lambda place: place.start):
        found.setdefault(place.document_id, []).append(place)
    return found


def _near(passage: Passage, places: Sequence[Anchor]) -> Sequence[Anchor]:
    """The places that overlap a passage, of one quote in its document: they are equally long, and in order.

    A word can stand in a hundred thousand places, and each passage is only compared with its own.
    """
    first = bisect_right(places, passage.start, key=lambda place: place.end)
    return places[first : bisect_left(places, passage.end, key=lambda place: place.start)]
