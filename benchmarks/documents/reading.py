"""Known documents read by the product's own readers, and compared with what was written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

from rapidfuzz.distance import LCSseq

from benchmarks.documents.writing import Known
from qa.readers import Extract
from qa.types import Document


@dataclass(frozen=True, slots=True)
class Reading:
    """How one document was read: words found in order, places said right, seconds."""

    words: int
    found: int
    places: int
    right: int
    seconds: float

    def __add__(self, other: Reading) -> Reading:
        return Reading(
            self.words + other.words,
            self.found + other.found,
            self.places + other.places,
            self.right + other.right,
            self.seconds + other.seconds,
        )


def read_known(known: Known, read: Callable[[bytes, str], Extract]) -> Reading:
    """Words are found as far as they stand in the text in the order in which they were written: their longest common
    subsequence."""
    begin = perf_counter()
    extract = read(known.data, known.name)
    seconds = perf_counter() - begin
    found = LCSseq.similarity(known.words, extract.text.split())
    right = sum(place(extract, phrase) == number for phrase, number in known.places.items())
    return Reading(len(known.words), int(found), len(known.places), right, seconds)


def place(extract: Extract, phrase: str) -> int | None:
    """The page, or the place by the format's own unit, or else the line, of a phrase."""
    start = extract.text.find(phrase)
    if start < 0:
        return None
    document = Document(
        "", extract.title, ("",), "", extract.text, page_starts=extract.page_starts, places=extract.places
    )
    if page := document.page(start):
        return page
    found = document.place(start)
    return found.number if found else document.line(start)
