"""Composing an answer: every mark is a citation, every citation a quote, and nothing is said below the threshold."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qa.answer import compose
from qa.errors import PinciteError
from qa.reader import Finding, Span
from qa.types import MARK, Answer, Document, Hit, Passage, StageScores

TOWER = Document("t", "The tower", ("tower.txt",), "aa", "Gulls.\n\nThe tower was built\nin 1890. It has a lamp [3].")
BRIDGE = Document("b", "The bridge", ("bridge.txt",), "bb", "The bridge was built in 1900.")
DOCUMENTS = {"t": TOWER, "b": BRIDGE}


def hit(document: Document, start: int, rank: int = 1) -> Hit:
    end = len(document.text)
    passage = Passage(document.id, start, end, document.text[start:end])
    return Hit(rank, 1.0, StageScores(0.5, 1.0), passage, document.cite(start, end))


def span(document: Document, sentence: str, short: str = "", *, passage_start: int = 0) -> Span:
    start = document.text.index(sentence)
    at = document.text.index(short or sentence, start)
    return Span(hit(document, passage_start), at, at + len(short or sentence), start, start + len(sentence), score=1.0)


BUILT = span(TOWER, "The tower was built\nin 1890.", "1890", passage_start=8)
OPENED = replace(span(BRIDGE, "The bridge was built in 1900.", "1900"), part=1)
LAMP = span(TOWER, "It has a lamp [3].", "a lamp", passage_start=8)
SAME = replace(OPENED, part=0)


def answer(*spans: Span, confidence: float = 0.8, threshold: float = 0.5) -> Answer:
    hits = [hit(TOWER, 8, 1), hit(BRIDGE, 0, 2)]
    finding = Finding(spans, confidence, tuple(hits))
    return compose(" When?", "When?", finding, ["Atlantis"], DOCUMENTS.__getitem__, threshold=threshold)


def test_an_answer_by_hand() -> None:
    made = answer(BUILT, OPENED)
    assert made.text == "The tower was built in 1890. [1] The bridge was built in 1900. [2]"
    assert made.short == "1890, 1900"
    assert (made.question, made.asked, made.answered, made.confidence) == (" When?", "When?", True, 0.8)
    assert made.missing == ("Atlantis",)
    assert [hit.rank for hit in made.hits] == [1, 2]
    first, second = made.citations
    assert (first.number, first.document.id, first.start, first.end) == (1, "t", 8, 36)
    assert first.quote == "The tower was built\nin 1890."
    assert (first.prefix, first.suffix, first.line) == ("Gulls.\n\n", " It has a lamp [3].", 3)
    assert (second.number, second.document.title, second.quote) == (2, "The bridge", "The bridge was built in 1900.")


def test_sources_that_say_the_same_are_cited_for_one_sentence() -> None:
    made = answer(BUILT, SAME, replace(LAMP, part=1))
    assert made.text == "The tower was built in 1890. [1] [2] It has a lamp (3). [3]"
    assert made.short == "1890, a lamp"
    assert [citation.quote for citation in made.citations] == [
        "The tower was built\nin 1890.",
        "The bridge was built in 1900.",
        "It has a lamp [3].",
    ]


def test_sources_that_differ_stand_side_by_side() -> None:
    hits = (hit(TOWER, 8, 1), hit(BRIDGE, 0, 2))
    finding = Finding((BUILT, replace(BUILT)), 0.8, hits, otherwise=((SAME,),))
    made = compose("When?", "When?", finding, [], DOCUMENTS.__getitem__, threshold=0.5)
    assert made.text == (
        "The sources differ. 1 source says 1890: “The tower was built in 1890.” [1] "
        "1 source says 1900: “The bridge was built in 1900.” [2]"
    )
    assert made.short == "1890"
    assert [citation.document.id for citation in made.citations] == ["t", "b"]
    silent = compose("When?", "When?", finding, [], DOCUMENTS.__getitem__, threshold=0.9)
    assert (silent.answered, silent.text, silent.citations) == (False, "", ())


def test_sources_that_agree_against_one_are_counted() -> None:
    finding = Finding((BUILT, SAME), 0.8, (hit(TOWER, 8, 1), hit(BRIDGE, 0, 2)), otherwise=((LAMP,),))
    made = compose("When?", "When?", finding, [], DOCUMENTS.__getitem__, threshold=0.5)
    assert made.text == (
        "The sources differ. 2 sources say 1890: “The tower was built in 1890.” [1] [2] "
        "1 source says a lamp: “It has a lamp (3).” [3]"
    )


def test_the_same_sentence_is_cited_once() -> None:
    made = answer(BUILT, BUILT, OPENED, replace(BUILT, start=8, end=11))
    assert made.text == "The tower was built in 1890. [1] The bridge was built in 1900. [2]"
    assert [citation.number for citation in made.citations] == [1, 2]


def test_the_same_sentence_out_of_two_passages_is_cited_once() -> None:
    again = span(TOWER, "The tower was built\nin 1890.", "1890", passage_start=0)
    assert len(answer(BUILT, again).citations) == 1


@pytest.mark.parametrize(("confidence", "answered"), [(0.49999, False), (0.5, True), (0.50001, True), (0.0, False)])
def test_the_threshold_belongs_to_the_answered_side(confidence: float, answered: bool) -> None:
    made = answer(BUILT, confidence=confidence)
    assert made.answered is answered
    assert made.confidence == confidence


@pytest.mark.parametrize("made", [answer(BUILT, confidence=0.4), answer(confidence=0.9), answer(confidence=0.0)])
def test_what_is_not_answered_says_nothing_and_shows_the_nearest(made: Answer) -> None:
    assert (made.answered, made.text, made.short, made.citations) == (False, "", "", ())
    assert [hit.passage.document_id for hit in made.hits] == ["t", "b"]
    assert made.missing == ("Atlantis",)
    assert made.as_dict()["answered"] is False


# --- marks of the source itself


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("It has a lamp [3].", "It has a lamp (3). [1]"),
        ("So it says [1] and [12].", "So it says (1) and (12). [1]"),
        ("Nested [[1]] here.", "Nested [(1)] here. [1]"),
        ("Arabic [١] digits.", "Arabic [١] digits. [1]"),
        ("[1]", "(1) [1]"),
        ("Not a mark [a1] [ 2 ] [3", "Not a mark [a1] [ 2 ] [3 [1]"),
        ("Huge [99999999999999999999999].", "Huge (99999999999999999999999). [1]"),
    ],
)
def test_a_mark_in_the_source_is_not_taken_for_ours(source: str, text: str) -> None:
    document = Document("d", "T", ("d.txt",), "dd", source)
    finding = Finding((span(document, source),), 1.0, (hit(document, 0),))
    made = compose("Q?", "Q?", finding, [], lambda _: document, threshold=0.5)
    assert made.text == text
    assert made.citations[0].quote == source


@example(["[", "١", "]"])
@given(st.lists(st.sampled_from(["[", "]", "1", "2", "12", " ", "\n", "a", "(", ")", "١", "²", "."]), min_size=1))
def test_any_brackets_in_the_source_leave_one_mark(parts: list[str]) -> None:
    source = "".join(parts).strip()
    if not source:
        return
    document = Document("d", "T", ("d.txt",), "dd", source)
    finding = Finding((span(document, source),), 1.0, (hit(document, 0),))
    made = compose("Q?", "Q?", finding, [], lambda _: document, threshold=0.5)
    assert MARK.findall(made.text) == ["1"]  # digits of other scripts make no mark
    assert made.text.endswith(" [1]")
    assert made.citations[0].quote == source


# --- what does not hold is never said


@pytest.mark.parametrize("text", [TOWER.text.replace("1890", "1990"), " " + TOWER.text, "short", TOWER.text[:30], ""])
def test_a_document_that_is_not_what_was_read_is_damage(text: str) -> None:
    with pytest.raises(PinciteError, match=r"damaged. Run pincite check"):
        compose(
            "Q?",
            "Q?",
            Finding((BUILT,), 1.0, (BUILT.hit,)),
            [],
            lambda _: replace(TOWER, text=text),
            threshold=0.5,
        )


def test_a_passage_that_is_not_what_the_document_says_is_damage() -> None:
    passage = replace(BUILT.hit.passage, text=BUILT.hit.passage.text.replace("1890", "1990"))
    wrong = replace(BUILT, hit=replace(BUILT.hit, passage=passage))
    with pytest.raises(PinciteError, match=r"A quote from tower.txt is not what the document says"):
        answer(wrong)


def test_a_span_outside_its_passage_is_never_said() -> None:
    with pytest.raises((PinciteError, ValueError)):
        answer(replace(BUILT, sentence_end=BUILT.sentence_end + 500))
    with pytest.raises((PinciteError, ValueError)):
        answer(replace(BUILT, sentence_start=2))
