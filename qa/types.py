"""The values that every stage hands on, and their JSON.

Offsets are code points into the document's text and half-open: `[start, end)`. Scores are higher-is-better.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

MARK = re.compile(r"\[([0-9]+)\]")
"""A citation's number in the text of an answer."""

CONTEXT = 32
"""Characters kept before and after a quote, so that it can be found again in an edited text
(`prefix` and `suffix` of the W3C Web Annotation TextQuoteSelector)."""


Unit = Literal["line", "paragraph", "row", "slide"]
"""What a format's own places are counted in."""

Verdict = Literal["exact", "moved", "changed", "missing"]
"""What became of a quote: it stands at its place; it stands elsewhere in the same document; its file has these words no
more; there is no such file."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the file that a text was taken from: its line, paragraph, row or slide, from 1."""

    unit: Unit
    number: int

    def as_dict(self) -> dict[str, Any]:
        return {"unit": self.unit, "number": self.number}


@dataclass(frozen=True, slots=True)
class Places:
    """The way back from a text to its file: the part that begins at `starts[i]` is number `numbers[i]` of its unit.

    `starts` ascend. What stands before the first belongs to nothing in the file.
    """

    unit: Unit
    starts: tuple[int, ...]
    numbers: tuple[int, ...]

    def at(self, offset: int) -> Place | None:
        """The place of the part that holds `offset`."""
        part = bisect_right(self.starts, offset)
        return Place(self.unit, self.numbers[part - 1]) if part else None


@dataclass(frozen=True, slots=True)
class DocumentRef:
    """What a citation needs to say of its document; `sha256` names the version that was read."""

    id: str
    title: str
    source: str
    sha256: str

    def as_dict(self) -> dict[str, Any]:
        return {"id": self.id, "title": self.title, "source": self.source, "sha256": self.sha256}


@dataclass(frozen=True, slots=True)
class Document:
    """One text with one or more sources.

    `sha256` is that of the original bytes, `text` the canonical text that all offsets count in. `page_starts` are the
    offsets at which pages begin; empty where the format has no pages. `date` is what the document says of itself, else
    the day on which its file was last changed. `tags` are its own and those that a person gave it. `places` leads back
    to the file where its format is not one of lines that are those of the text.
    """

    id: str
    title: str
    sources: tuple[str, ...]
    sha256: str
    text: str
    page_starts: tuple[int, ...] = ()
    date: date | None = None
    tags: tuple[str, ...] = ()
    places: Places | None = None

    @property
    def source(self) -> str:
        return self.sources[0]

    @property
    def ref(self) -> DocumentRef:
        return DocumentRef(self.id, self.title, self.source, self.sha256)

    def page(self, offset: int) -> int | None:
        """The 1-based page that holds `offset`."""
        return bisect_right(self.page_starts, offset) or None

    def line(self, offset: int) -> int:
        """The 1-based line that holds `offset`: of the file where it has lines, else of the text."""
        place = self.place(offset)
        return place.number if place and place.unit == "line" else self.text.count("\n", 0, offset) + 1

    def place(self, offset: int) -> Place | None:
        """Where in the file `offset` is, by its format's own unit."""
        return self.places.at(offset) if self.places else None

    def cite(self, start: int, end: int, number: int = 1) -> Citation:
        """The citation of `text[start:end]`.

        Raises ValueError where the span is empty or reaches outside the text.
        """
        if not 0 <= start < end <= len(self.text):
            raise ValueError(f"no such span in {self.source}: [{start}:{end}] of {len(self.text)} characters")
        return Citation(
            number=number,
            document=self.ref,
            start=start,
            end=end,
            quote=self.text[start:end],
            prefix=self.text[max(0, start - CONTEXT) : start],
            suffix=self.text[end : end + CONTEXT],
            page=self.page(start),
            line=self.line(start),
            place=self.place(start),
        )


def context(title: str, headings: Sequence[str]) -> str:
    """What a passage is found by beside its own words: its document's title and the headings above it, a line each."""
    return "\n".join(dict.fromkeys([title, *headings]))


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph-sized piece of a document: `document.text[start:end] == text`."""

    document_id: str
    start: int
    end: int
    text: str
    page: int | None = None
    headings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Citation:
    """A pointer that can be checked: `document.text[start:end] == quote`.

    `page` is None for formats without pages. `page` and `line` count from 1 and are those of `start`; `place` is where
    that is in the file, by the unit of a format that has its own. `verdict` is what became of the quote since its file
    was indexed, and `file_changed` whether that has other bytes now; None where it is not known.
    """

    number: int
    document: DocumentRef
    start: int
    end: int
    quote: str
    prefix: str
    suffix: str
    page: int | None
    line: int
    place: Place | None = None
    verdict: Verdict | None = None
    file_changed: bool | None = None

    @property
    def where(self) -> str:
        """For a person: its page, else its place in the format's own unit, else its line."""
        if self.page:
            return f"page {self.page}"
        return f"{self.place.unit} {self.place.number}" if self.place else f"line {self.line}"

    def as_dict(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "document": self.document.as_dict(),
            "start": self.start,
            "end": self.end,
            "quote": self.quote,
            "prefix": self.prefix,
            "suffix": self.suffix,
            "page": self.page,
            "line": self.line,
            "place": self.place and self.place.as_dict(),
            "verdict": self.verdict,
            "file_changed": self.file_changed,
        }

    def as_place(self) -> dict[str, Any]:
        """Where it is, without the words."""
        place = ("start", "end", "page", "line")
        return {"document": self.document.as_dict(), **{name: getattr(self, name) for name in place}}


@dataclass(frozen=True, slots=True)
class StageScores:
    """What each stage thought of a passage: cosine, BM25 and, once it was read, the reader's score.

    `lexical` is 0 where that stage did not find the passage. The ranks are those among what each stage found, and None
    where it is not among its first.
    """

    dense: float
    lexical: float
    reader: float | None = None
    dense_rank: int | None = None
    lexical_rank: int | None = None

    def as_dict(self) -> dict[str, float]:
        scores = {"dense": round(self.dense, 4), "lexical": round(self.lexical, 4)}
        return scores if self.reader is None else scores | {"reader": round(self.reader, 4)}


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found. `citation` is that of the whole passage; `rank` counts from 1.

    `matched` are the words of the question that it holds, or that stand in its title or the headings above it.
    `duplicates` are the citations of passages that say the same in nearly the same words and rank below it.
    """

    rank: int
    score: float
    scores: StageScores
    passage: Passage
    citation: Citation
    matched: tuple[str, ...] = ()
    duplicates: tuple[Citation, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return {
            "rank": self.rank,
            "score": round(self.score, 4),
            "scores": self.scores.as_dict(),
            "ranks": {"dense": self.scores.dense_rank, "lexical": self.scores.lexical_rank},
            "matched": list(self.matched),
            "document": self.citation.document.as_dict(),
            "start": self.passage.start,
            "end": self.passage.end,
            "text": self.passage.text,
            "page": self.passage.page,
            "line": self.citation.line,
            "place": self.citation.place and self.citation.place.as_dict(),
            "duplicates": [citation.as_place() for citation in self.duplicates],
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered and what it rests on.

    Every `[n]` in `text` is the number of a citation, and every citation is used. `short` is the minimal span.
    `confidence` is the probability that the best answer found is right, also where it was not good enough to be given:
    then `answered` is False, `text` and `short` are empty, there are no citations, and `hits` are the nearest passages.
    `missing` are the words of the question that no document contains. `question` is as it was typed, `asked` as it was
    searched and read: without spaces around it, and with what a follow-up question leaves out.
    """

    question: str
    asked: str
    answered: bool
    text: str
    short: str
    confidence: float
    citations: tuple[Citation, ...]
    hits: tuple[Hit, ...]
    missing: tuple[str, ...]

    @property
    def searched(self) -> str:
        """The stand-alone question in the place of a follow-up; `question` itself where it stands alone."""
        return self.question if self.asked in ("", self.question.strip()) else self.asked

    @property
    def is_whole(self) -> bool:
        """Whether the text is the short answer and nothing more."""
        return " ".join(MARK.sub("", self.text).split()) == " ".join(self.short.split())

    def as_dict(self) -> dict[str, Any]:
        return {
            "question": self.question,
            "asked": self.asked,
            **({} if self.searched == self.question else {"searched": self.searched}),
            "answered": self.answered,
            "text": self.text,
            "short": self.short,
            "confidence": round(self.confidence, 4),
            "missing": list(self.missing),
            "citations": [citation.as_dict() for citation in self.citations],
            "hits": [hit.as_dict() for hit in self.hits],
        }
