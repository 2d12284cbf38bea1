"""Answers as hypothesis makes them: of documents with pages or places, cited where their words stand."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from qa import exports
from qa.types import Answer, Citation, Document, Hit, Passage, Place, Places, StageScores

texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
scores = st.floats(-50, 50).map(lambda score: round(score, 4))
ranks = st.none() | st.integers(1, 100)

HERONS = "Herons eat small fish at dawn.\n\nHerons build nests in tall reeds.\n"


def document(text: str = HERONS, source: str = "herons.txt", title: str = "Herons") -> Document:
    return Document(f"id of {source}", title, (source,), hashlib.sha256(text.encode()).hexdigest(), text)


def hit(of: Document, start: int, end: int, rank: int = 1, **fields: Any) -> Hit:
    """The hit of a passage that is `text[start:end]`."""
    passage = Passage(of.id, start, end, of.text[start:end], of.page(start))
    return Hit(rank, 0.5, StageScores(0.5, 2.0), passage, of.cite(start, end), **fields)


def answer(of: Document | None = None, **fields: Any) -> Answer:
    """By default that herons build nests in tall reeds."""
    of = of or document()
    known: dict[str, Any] = {
        "question": "Where do herons build nests?",
        "asked": "Where do herons build nests?",
        "answered": True,
        "text": "Herons build nests in tall reeds. [1]",
        "short": "tall reeds",
        "confidence": 0.875,
        "citations": (of.cite(32, 65),),
        "hits": (hit(of, 32, 65),),
        "missing": (),
    }
    return Answer(**known | fields)


def unanswered(question: str = "Who painted the bridge?") -> Answer:
    given = answer(question=question, asked=question, answered=False, text="", short="", confidence=0.125)
    return replace(given, citations=(), missing=("painted", "bridge"))


def proof(of: Answer) -> dict[str, Any]:
    """What is kept of an answer, with the line and place of each passage."""
    values = exports.json(of)
    for kept, found in zip(values["hits"], of.hits, strict=True):
        kept.setdefault("line", found.citation.line)
        kept.setdefault("place", found.citation.place and found.citation.place.as_dict())
    return values


def as_shown(of: Answer) -> Answer:
    """An answer without what its JSON leaves out and nobody sees."""

    def bare(citation: Citation, **fields: Any) -> Citation:
        return replace(citation, prefix="", suffix="", **fields)

    return replace(
        of,
        hits=tuple(
            replace(
                each,
                citation=bare(each.citation),
                passage=replace(each.passage, headings=()),
                duplicates=tuple(bare(other, quote="", place=None) for other in each.duplicates),
            )
            for each in of.hits
        ),
    )


@st.composite
def documents(draw: Any) -> Document:
    made = document(f"{draw(texts)}w{draw(texts)}", draw(texts), draw(texts))
    starts = tuple(sorted(draw(st.sets(st.integers(0, len(made.text)), max_size=3))))
    unit = draw(st.sampled_from(["line", "paragraph", "row", "slide"]))
    if draw(st.booleans()):
        return replace(made, page_starts=starts)
    return replace(made, places=Places(unit, starts, tuple(range(5, 5 + len(starts)))))


@st.composite
def spans(draw: Any, of: Document) -> tuple[int, int]:
    start = draw(st.integers(0, len(of.text) - 1))
    return start, draw(st.integers(start + 1, len(of.text)))


@st.composite
def citations(draw: Any, of: list[Document], number: int) -> Citation:
    one = draw(st.sampled_from(of))
    verdict = draw(st.sampled_from([None, "exact", "moved", "changed", "missing"]))
    changed = draw(st.sampled_from([None, True, False]))
    span = draw(spans(one).filter(lambda span: not one.text[slice(*span)].isspace()))
    return replace(one.cite(*span, number), verdict=verdict, file_changed=changed)


@st.composite
def hits(draw: Any, of: list[Document], rank: int) -> Hit:
    one = draw(st.sampled_from(of))
    found = hit(one, *draw(spans(one)), rank)
    stages = StageScores(draw(scores), draw(scores), draw(st.none() | scores), draw(ranks), draw(ranks))
    passage = replace(found.passage, headings=tuple(draw(st.lists(texts, max_size=2))))
    others = tuple(draw(st.lists(citations(of, 1), max_size=2)))
    plain = tuple(replace(other, verdict=None, file_changed=None) for other in others)
    matched = tuple(draw(st.lists(texts, max_size=2)))
    return replace(found, score=draw(scores), scores=stages, passage=passage, matched=matched, duplicates=plain)


@st.composite
def answers(draw: Any) -> Answer:
    of = draw(st.lists(documents(), min_size=1, max_size=3))
    numbers = range(1, draw(st.integers(0, 3)) + 1)
    said = [f"{draw(texts)} [{number}]" for number in numbers]
    return Answer(
        question=draw(texts),
        asked=draw(texts),
        answered=bool(said),
        text=" ".join(said),
        short=draw(texts) if said else "",
        confidence=round(draw(st.floats(0, 1)), 4),
        citations=tuple(draw(citations(of, number)) for number in numbers),
        hits=tuple(draw(hits(of, rank)) for rank in range(1, draw(st.integers(0, 2)) + 1)),
        missing=tuple(draw(st.lists(texts, max_size=2))),
    )


def place(number: int) -> Place:
    return Place("row", number)
