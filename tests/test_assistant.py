"""Asking: every quote is in the file on disk, and a store that was tampered with never speaks."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from quoting import QuotingReader

from qa.assistant import Assistant
from qa.errors import PinciteError
from qa.library import Library
from qa.passages import statements
from qa.reader import Finding, Span
from qa.retriever import Retriever
from qa.types import Answer, Hit


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "tower.md").write_bytes(
        "\ufeff# The tower\r\n\r\nThe tower was built in 1890. It was paid for by Anna Hale.\r\n\r\n"
        "Its lamp 🌉 is green, as [1] and [12] say.\r\n".encode()
    )
    (folder / "sea.txt").write_text("Gulls live on the rock.\n\nThe tide comes twice a day.")
    return folder


@pytest.fixture
def filled(library: Library, docs: Path) -> Library:
    library.add([docs])
    return library


def ask(library: Library, question: str, threshold: float = 0.0) -> Answer:
    return Assistant(library, threshold=threshold).ask(question)


def opened(path: Path) -> str:
    with open(path, encoding="utf-8-sig", newline=None) as stream:
        return stream.read()


def holds(answer: Answer, folder: Path) -> None:
    """What every answer promises, against the files themselves."""
    marks = {int(mark) for mark in re.findall(r"\[(\d+)\]", answer.text)}
    assert marks == {citation.number for citation in answer.citations} == set(range(1, len(answer.citations) + 1))
    assert answer.answered == bool(answer.text) == bool(answer.short) == bool(answer.citations)
    assert 0 <= answer.confidence <= 1
    for citation in (*answer.citations, *(hit.citation for hit in answer.hits)):
        text = opened(folder / citation.document.source)
        assert text[citation.start : citation.end] == citation.quote != ""
        assert text[: citation.start].endswith(citation.prefix)
        assert text[citation.end :].startswith(citation.suffix)
        assert text[: citation.start].count("\n") + 1 == citation.line
    for hit in answer.hits:
        assert hit.passage.text == hit.citation.quote


def test_an_answer_by_hand(filled: Library, docs: Path) -> None:
    answer = ask(filled, "Who paid for the tower: Anna Hale?")
    first = answer.citations[0]
    assert first.quote == "It was paid for by Anna Hale."
    assert answer.text.startswith("It was paid for by Anna Hale. [1]")
    assert answer.short == "It was paid for by Anna Hale."
    assert (first.start, first.end, first.line) == (42, 71, 3)
    assert first.prefix == "r\n\nThe tower was built in 1890. "
    assert (first.document.source, first.document.title) == ("tower.md", "The tower")
    assert answer.hits[0].passage.text.startswith("# The tower\n\nThe tower was built")
    holds(answer, docs)


def test_marks_in_the_source_are_not_ours(filled: Library, docs: Path) -> None:
    answer = ask(filled, "Is its lamp green, as they say?")
    assert answer.citations[0].quote == "Its lamp 🌉 is green, as [1] and [12] say."
    assert answer.text.startswith("Its lamp 🌉 is green, as (1) and (12) say. [1]")
    holds(answer, docs)


def test_both_sides_of_the_threshold(filled: Library) -> None:
    class Sure:
        """Takes the whole best passage, with the confidence it was made with."""

        def __init__(self, confidence: float) -> None:
            self.confidence = confidence

        def read(self, question: str, hits: Sequence[Hit]) -> Finding:
            best, passage = hits[0], hits[0].passage
            return Finding(
                (Span(best, passage.start, passage.end, passage.start, passage.end, 1),), self.confidence, tuple(hits)
            )

    for confidence, answered in ((0.69, False), (0.7, True), (0.71, True)):
        answer = Assistant(filled, reader=Sure(confidence), threshold=0.7).ask("Where do gulls live on the rock?")
        assert (answer.answered, answer.confidence) == (answered, confidence)
        assert answer.text == ("Gulls live on the rock. [1]" if answered else "")


def test_not_answered_has_the_shape_of_the_contract(filled: Library, docs: Path) -> None:
    answer = ask(filled, "  Who sank Atlantis?", threshold=1.1)
    plain = answer.as_dict()
    assert (plain["question"], plain["asked"]) == ("  Who sank Atlantis?", "Who sank Atlantis?")
    assert (plain["answered"], plain["text"], plain["short"], plain["citations"]) == (False, "", "", [])
    assert isinstance(plain["confidence"], float)
    assert plain["missing"] == ["sank", "Atlantis"]
    assert len(plain["hits"]) == 4
    holds(answer, docs)


def test_timings_stand_beside_the_answer(filled: Library) -> None:
    answer, timings = Assistant(filled).ask_timed("Where do gulls live?")
    assert "timings" not in json.dumps(answer.as_dict())
    assert 0 <= timings.retrieve <= timings.total
    assert timings.total == pytest.approx(timings.retrieve + timings.read)
    assert list(timings.as_dict()) == ["retrieve", "read", "total"]


def test_questions_that_cannot_be_asked(filled: Library, tmp_path: Path, encoder: Any) -> None:
    for question in ("", " \n", "\0", "x" * 2001, "x" * 100_000):
        with pytest.raises(PinciteError, match="The question is"):
            ask(filled, question)
    with Library.open(tmp_path / "empty", encoder=encoder) as empty, pytest.raises(PinciteError, match="is empty"):
        ask(empty, "Who?")


@pytest.mark.parametrize("question", ["\ud800 lamp", "la\0mp", "?", "[1]", "[1] [2] [3]", "'; DROP TABLE passage; --"])
def test_odd_questions_are_asked(filled: Library, docs: Path, question: str) -> None:
    answer = ask(filled, question)
    holds(answer, docs)
    assert json.loads(json.dumps(answer.as_dict())) == answer.as_dict()


def test_the_same_question_gives_the_same_answer(filled: Library, encoder: Any) -> None:
    def asked(library: Library) -> str:
        return json.dumps(ask(library, "Which lamp is green?").as_dict())

    expected = asked(filled)
    assert asked(filled) == expected
    with Library.open(filled.store.folder, encoder=encoder) as reopened:
        assert asked(reopened) == expected
    shutil.rmtree(filled.index_path.parent)
    with Library.open(filled.store.folder, encoder=encoder) as rebuilt:
        assert asked(rebuilt) == expected


# --- what an answer was made from


class Fixed:
    """Takes the last passage as a whole, with the confidence it was made with, and remembers what it was asked."""

    def __init__(self, confidence: float = 0.4) -> None:
        self.confidence = confidence
        self.read_hits: list[tuple[Hit, ...]] = []
        self.asked: list[str] = []

    def read(self, question: str, hits: Sequence[Hit]) -> Finding:
        self.asked.append(question)
        self.read_hits.append(tuple(hits))
        if not hits:
            return Finding((), 0.0, ())
        passage = hits[-1].passage
        span = Span(hits[-1], passage.start, passage.end, passage.start, passage.end, 1.0)
        return Finding((span,), self.confidence, tuple(reversed(hits)))


QUESTION = "Where do gulls live on the rock?"


def test_a_trace_has_the_answer_and_its_stages(filled: Library) -> None:
    trace = Assistant(filled, reader=Fixed(), threshold=0.3).trace(QUESTION)
    assert trace.answer == Assistant(filled, reader=Fixed(), threshold=0.3).ask(QUESTION)
    assert trace.best is trace.answer  # it was given
    assert trace.rankings == Retriever(filled).stages(QUESTION).rankings
    assert trace.timings.total == pytest.approx(trace.timings.retrieve + trace.timings.read)


def test_a_trace_tells_the_best_answer_that_was_not_given(filled: Library, docs: Path) -> None:
    reader = Fixed(0.4)
    trace = Assistant(filled, reader=reader, threshold=0.5).trace(QUESTION)
    assert (trace.answer.answered, trace.answer.text, trace.answer.citations) == (False, "", ())
    assert trace.best.answered
    assert trace.best.short
    assert trace.best.confidence == trace.answer.confidence == 0.4
    assert trace.best.hits == trace.answer.hits
    holds(trace.best, docs)
    assert len(reader.asked) == 1  # it was read once only


def test_a_trace_without_the_best_is_what_asking_needs(filled: Library) -> None:
    trace = Assistant(filled, reader=Fixed(), threshold=0.5).trace(QUESTION, best=False)
    assert trace.best is trace.answer
    assert not trace.answer.answered


def test_the_best_of_nothing_is_no_answer(filled: Library) -> None:
    retriever = Retriever(filled, stage="lexical")
    trace = Assistant(filled, reader=Fixed(), retriever=retriever).trace("Who sank Atlantis?")
    assert (trace.best.answered, trace.best.hits, trace.best.confidence) == (False, (), 0.0)


@pytest.mark.parametrize("k", [1, 2, 4, 10])
def test_as_many_passages_are_read_as_were_asked_for(filled: Library, k: int) -> None:
    reader = Fixed()
    assistant = Assistant(filled, reader=reader, k=k)
    assert assistant.k == k
    assert len(assistant.ask(QUESTION).hits) == len(reader.read_hits[0]) == min(k, 4)
    assert [hit.rank for hit in reader.read_hits[0]] == list(range(1, min(k, 4) + 1))


def test_a_number_of_passages_that_cannot_be_had(filled: Library) -> None:
    with pytest.raises(PinciteError, match="between 1 and 1000, not 0"):
        Assistant(filled, reader=Fixed(), k=0).ask(QUESTION)


def test_the_retriever_that_was_given_is_the_one_that_finds(filled: Library) -> None:
    reader = Fixed()
    retriever = Retriever(filled, stage="lexical")
    assistant = Assistant(filled, reader=reader, retriever=retriever)
    assert assistant.retriever is retriever
    assistant.ask("gulls")
    assert [hit.passage.text for hit in reader.read_hits[0]] == ["Gulls live on the rock."]
    assert Assistant(filled).retriever.stage == "fused"


def test_an_answer_from_passages_that_are_given(filled: Library, docs: Path) -> None:
    """Whatever their number, and whatever the confidence."""
    assistant = Assistant(filled, reader=Fixed(0.01), threshold=0.99, k=1)
    hits = [hit for hit in Retriever(filled).search(QUESTION) if hit.citation.document.source == "sea.txt"]
    answer = assistant.answer_from(f" {QUESTION} ", hits)
    assert (answer.question, answer.asked) == (f" {QUESTION} ", QUESTION)
    assert (answer.answered, answer.confidence) == (True, 0.01)
    assert [citation.quote for citation in answer.citations] == [hits[-1].passage.text]
    assert answer.hits == tuple(reversed(hits))
    holds(answer, docs)


def test_an_answer_from_no_passages(filled: Library) -> None:
    answer = Assistant(filled, reader=Fixed()).answer_from(QUESTION, [])
    assert (answer.answered, answer.hits, answer.citations) == (False, (), ())


def test_an_answer_from_passages_of_a_question_that_cannot_be_asked(filled: Library) -> None:
    hits = Retriever(filled).search(QUESTION)
    with pytest.raises(PinciteError, match="The question is empty"):
        Assistant(filled, reader=Fixed()).answer_from(" ", hits)


@pytest.mark.parametrize("gone", [True, False])
def test_an_answer_from_passages_that_are_no_longer_so(filled: Library, docs: Path, gone: bool) -> None:
    hits = Retriever(filled).search(QUESTION)
    last = hits[-1].citation.document.source
    if gone:
        filled.remove(last)
    else:
        (docs / last).write_text("All is new.")
        filled.add([docs])
    with pytest.raises(PinciteError, match="changed while they were read: try again"):
        Assistant(filled, reader=Fixed()).answer_from(QUESTION, hits)


# --- documents that change meanwhile


class Meddling:
    """Reads as usual, and each time does something to the library first, as another process might."""

    def __init__(self, library: Library, meddle: Any) -> None:
        self._reader = QuotingReader(library.load_encoder())
        self._meddle = meddle
        self.readings = 0

    def read(self, question: str, hits: Sequence[Hit]) -> Finding:
        self.readings += 1
        self._meddle(self.readings)
        return self._reader.read(question, hits)


def test_a_document_removed_meanwhile_is_not_cited(filled: Library, docs: Path) -> None:
    reader = Meddling(filled, lambda reading: filled.remove("tower.md") if reading == 1 else None)
    answer = Assistant(filled, reader=reader, threshold=0.0).ask("Who paid for the tower: Anna Hale?")
    assert reader.readings == 2
    assert {citation.document.source for citation in answer.citations} == {"sea.txt"}
    assert {hit.citation.document.source for hit in answer.hits} == {"sea.txt"}


def test_a_document_changed_meanwhile_is_read_again(filled: Library, docs: Path) -> None:
    def change(reading: int) -> None:
        if reading == 1:
            (docs / "tower.md").write_text("A new beginning.\n\nIt was paid for by Anna Hale and others.\n")
            filled.add([docs])

    answer = Assistant(filled, reader=Meddling(filled, change), threshold=0.0).ask("Who paid: Anna Hale?")
    assert answer.citations[0].quote == "It was paid for by Anna Hale and others."
    holds(answer, docs)


def test_documents_that_never_stand_still_are_told(filled: Library, docs: Path) -> None:
    def change(reading: int) -> None:
        (docs / "tower.md").write_text(f"It was paid for by Anna Hale and {reading} others.\n")
        filled.add([docs])

    assistant = Assistant(filled, reader=Meddling(filled, change), threshold=0.0)
    with pytest.raises(PinciteError, match="changing faster than they can be read"):
        assistant.ask("Who paid: Anna Hale?")


# --- a store that was tampered with


def tamper(library: Library, statement: str) -> None:
    library.close()
    connection = sqlite3.connect(library.store.path)
    assert connection.execute(statement).rowcount == 1
    connection.commit()
    connection.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE passage SET text = replace(text, 'Anna', 'Emma') WHERE text LIKE '%Anna%'",
        "UPDATE document SET text = replace(text, 'Anna', 'Emma') WHERE text LIKE '%Anna%'",
        "UPDATE document SET text = ' ' || text WHERE text LIKE '%Anna%'",
        "UPDATE document SET text = substr(text, 1, 50) WHERE text LIKE '%Anna%'",
        "UPDATE passage SET start = start + 3, end = end + 3 WHERE text LIKE '%Anna%'",
        "UPDATE passage SET document = (SELECT document FROM source WHERE name = 'sea.txt') WHERE text LIKE '%Anna%'",
    ],
)
def test_a_tampered_store_is_told_and_never_quoted(filled: Library, statement: str) -> None:
    tamper(filled, statement)
    with pytest.raises(PinciteError, match=r"the store is damaged. Run pincite check"):
        ask(filled, "Who paid for the tower: Anna Hale?")


def test_a_document_tampered_with_meanwhile_is_told(filled: Library) -> None:
    def meddle(_: int) -> None:
        tamper(filled, "UPDATE document SET text = replace(text, 'Anna', 'Emma') WHERE text LIKE '%Anna%'")

    assistant = Assistant(filled, reader=Meddling(filled, meddle), threshold=0.0)
    with pytest.raises(PinciteError, match=r"A quote from tower.md is not what the document says"):
        assistant.ask("Who paid for the tower: Anna Hale?")


# --- any documents, any question

words = st.sampled_from(
    "the tower lamp was green [1] [2][3] built 1890. Dr. Hale? it's “so”! é 🌉 漢字。 # - 1. >".split()
)
breaks = st.sampled_from([" ", " ", " ", "\n", "\r\n", "\n\n", "\r", "\t", "\n# ", "\n- ", "\u3000", "\x0c"])
contents = st.lists(st.tuples(words, breaks).map("".join), min_size=1, max_size=60).map("".join)
anything = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=80).filter(
    str.strip
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    files=st.lists(st.one_of(contents, anything), min_size=1, max_size=4),
    questions=st.lists(st.lists(words, min_size=1, max_size=6).map(" ".join), min_size=1, max_size=3),
    data=st.data(),
)
def test_every_quote_is_in_the_file(
    tmp_path_factory: pytest.TempPathFactory, encoder: Any, files: list[str], questions: list[str], data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("any")
    try:
        (folder / "docs").mkdir()
        for number, text in enumerate(files):
            suffix = data.draw(st.sampled_from([".txt", ".md"]))
            encoding = data.draw(st.sampled_from(["utf-8", "utf-8-sig"]))
            (folder / "docs" / f"{number}{suffix}").write_bytes(text.encode(encoding))
        with Library.open(folder / "store", encoder=encoder) as library:
            if not library.add([folder / "docs"]).indexed:
                return
            for question in questions:
                answer = ask(library, question)
                # Headings and questions are no answers; of anything else there is always a best sentence.
                assert answer.answered == any(statements(hit.passage.text) for hit in answer.hits[:5])
                holds(answer, folder / "docs")
    finally:
        shutil.rmtree(folder)


def test_a_retriever_of_another_library_is_refused(library: Library, tmp_path: Path, encoder: Any) -> None:
    with (
        Library.open(tmp_path / "other", encoder=encoder) as other,
        pytest.raises(PinciteError, match="searches another library"),
    ):
        Assistant(library, retriever=Retriever(other))
