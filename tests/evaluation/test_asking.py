"""What comes back from each kind of answerer: an assistant, a retriever, any function."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest

from qa.assistant import Assistant
from qa.errors import PinciteError
from qa.evaluation.asking import GIVEN, Ask, Outcome, asking, short
from qa.gold.questions import GoldQuestion
from qa.library import Library
from qa.reader import Finding, Span
from qa.retriever import Retriever
from qa.types import Answer, Hit

EAT = "Herons eat small fish at dawn."
BUILD = "Herons build nests in tall reeds."
DIG = "Foxes dig dens under old oaks."


@pytest.fixture
def filled(library: Library, tmp_path: Path) -> Library:
    (tmp_path / "lakes.txt").write_text(f"{EAT}\n\n{BUILD}\n\n{DIG}\n")
    library.add([tmp_path / "lakes.txt"])
    return library


class Backwards:
    """Reads the last passage first, and takes its first two words, as sure as it was made."""

    def __init__(self, confidence: float) -> None:
        self.confidence = confidence

    def read(self, question: str, hits: Sequence[Hit]) -> Finding:
        best = hits[-1]
        start, end = best.passage.start, best.passage.end
        words = len(" ".join(best.passage.text.split()[:2]))
        return Finding((Span(best, start, start + words, start, end, 1.0),), self.confidence, tuple(reversed(hits)))


def put(ask: Ask, question: str = "What do herons eat?") -> Outcome:
    return ask(GoldQuestion("q", question))


def texts(outcome: Outcome, stage: str) -> list[str]:
    return [ranked.passage.text for ranked in outcome.rankings[stage]]


def test_an_assistant_that_answers(filled: Library) -> None:
    outcome = put(asking(Assistant(filled, reader=Backwards(0.8), threshold=0.5)))
    assert (outcome.answered, outcome.short, outcome.best, outcome.confidence) == (True, "Foxes dig", "Foxes dig", 0.8)
    assert [citation.quote for citation in outcome.citations] == [DIG]
    assert outcome.best_citations == outcome.citations
    assert [hit.passage.text for hit in outcome.hits] == [DIG, BUILD, EAT]
    assert list(outcome.timings) == ["retrieve", "read", "total"]
    assert (outcome.documents, outcome.error) == (None, "")


def test_an_assistant_that_abstains_tells_its_best_answer(filled: Library) -> None:
    outcome = put(asking(Assistant(filled, reader=Backwards(0.4), threshold=0.5)))
    assert (outcome.answered, outcome.short, outcome.citations) == (False, "", ())
    assert (outcome.best, outcome.confidence) == ("Foxes dig", 0.4)
    assert [citation.quote for citation in outcome.best_citations] == [DIG]


def test_the_rankings_of_an_assistant(filled: Library) -> None:
    outcome = put(asking(Assistant(filled, reader=Backwards(0.8))))
    assert list(outcome.rankings) == [GIVEN, "dense", "lexical", "reread"]
    assert texts(outcome, GIVEN) == [EAT, BUILD, DIG]
    assert texts(outcome, "dense") == [EAT, BUILD, DIG]
    assert texts(outcome, "lexical") == [EAT, BUILD]  # the third has none of the words
    assert texts(outcome, "reread") == [DIG, BUILD, EAT]
    assert [ranked.score for ranked in outcome.rankings["reread"]] == [-1, -2, -3]


@pytest.mark.parametrize("stage", ["dense", "lexical", "fused"])
def test_the_ranking_that_is_given_is_that_of_the_retriever(filled: Library, stage: str) -> None:
    retriever = Retriever(filled, stage=stage)  # type: ignore[arg-type]
    others = [name for name in ("dense", "lexical", "fused") if name != stage]
    for answerer in (retriever, Assistant(filled, reader=Backwards(0.8), retriever=retriever)):
        outcome = put(asking(answerer))
        assert [name for name in outcome.rankings if name != "reread"] == [GIVEN, *others]
        found = [hit.passage.text for hit in outcome.hits]
        assert texts(outcome, GIVEN) == (found if answerer is retriever else found[::-1])


def test_a_retriever_reads_nothing(filled: Library) -> None:
    outcome = put(asking(Retriever(filled)))
    assert (outcome.best, outcome.confidence, outcome.answered, outcome.short) == (None, None, False, "")
    assert [hit.passage.text for hit in outcome.hits] == [EAT, BUILD, DIG]
    assert list(outcome.timings) == ["retrieve"]


@pytest.mark.parametrize(
    ("text", "given"),
    [("small fish", "small fish"), ("  small \n fish ", "small fish"), ("", ""), (" \n", ""), (None, "")],
)
def test_a_function_that_answers_with_a_text(text: str | None, given: str) -> None:
    outcome = put(asking(lambda _: text))
    assert outcome == Outcome(answered=bool(given), short=given, best=given, timings=outcome.timings)
    assert list(outcome.timings) == ["total"]


def test_a_function_that_answers_as_we_do(filled: Library) -> None:
    answer = Assistant(filled, reader=Backwards(0.8), threshold=0.5).ask("What do herons eat?")
    outcome = put(asking(lambda _: answer))
    assert (outcome.answered, outcome.short, outcome.best, outcome.confidence) == (True, "Foxes dig", "Foxes dig", 0.8)
    assert outcome.citations == outcome.best_citations == answer.citations
    assert outcome.hits == answer.hits
    assert list(outcome.rankings) == [GIVEN]
    assert texts(outcome, GIVEN) == [DIG, BUILD, EAT]


def test_the_function_gets_the_words_of_the_question() -> None:
    heard: list[str] = []
    put(asking(heard.append), " Who? ")
    assert heard == [" Who? "]


def test_what_cannot_be_asked_comes_back_with_a_sentence(filled: Library) -> None:
    def refuse(_: str) -> str:
        raise PinciteError("It is not so.")

    assert put(asking(refuse)) == Outcome(error="It is not so.")
    for answerer in (Retriever(filled), Assistant(filled, reader=Backwards(0.8))):
        outcome = put(asking(answerer), "x" * 2001)
        assert "longest that can be asked is 2,000" in outcome.error
        assert outcome == Outcome(error=outcome.error)


@pytest.mark.parametrize(
    ("raised", "told"),
    [
        (ValueError("no such key"), "ValueError: no such key"),
        (KeyError("answer"), "KeyError: 'answer'"),
        (RecursionError(), "RecursionError: "),
        (ConnectionError("gone"), "ConnectionError: gone"),
    ],
)
def test_whatever_a_function_raises_is_an_error_of_that_question_alone(raised: Exception, told: str) -> None:
    def broken(question: str) -> str:
        if question == "Who?":
            raise raised
        return "small fish"

    ask = asking(broken)
    assert put(ask, "Who?") == Outcome(error=told)  # an error, and no abstention
    assert put(ask).short == "small fish"


def test_an_interruption_is_no_error_of_a_question() -> None:
    def stopped(_: str) -> str:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        put(asking(stopped))


def test_a_mistake_of_our_own_is_not_taken_for_a_missing_answer(filled: Library) -> None:
    class Broken:
        def read(self, question: str, hits: Sequence[Hit]) -> Finding:
            raise KeyError("answer")

    with pytest.raises(KeyError):
        put(asking(Assistant(filled, reader=Broken())))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"answer": " small  fish "}, Outcome(True, "small fish", "small fish")),
        (
            {"answer": "fish", "confidence": 0.25, "by": "another program"},
            Outcome(True, "fish", "fish", 0.25),
        ),
        ({"answer": "fish", "confidence": 1, "answered": False}, Outcome(False, "", "fish", 1.0)),
        ({"answer": ""}, Outcome(False, "", "")),
        (MappingProxyType({"answer": "fish"}), Outcome(True, "fish", "fish")),
    ],
)
def test_a_function_that_answers_with_a_mapping(given: Mapping[str, Any], expected: Outcome) -> None:
    """As an entry of a file of predictions."""
    outcome = put(asking(lambda _: given))
    assert list(outcome.timings) == ["total"]
    assert replace(outcome, timings={}) == expected


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (3, ': an answer in quotes is needed ("" abstains), or an object with "answer".'),
        (True, ": an answer in quotes is needed"),
        (["small fish"], ": an answer in quotes is needed"),
        (b"small fish", ": an answer in quotes is needed"),
        ("small\0fish", ": there is a NUL character in it"),
        ({}, ', field "answer": a text is needed.'),
        ({"answer": None}, ', field "answer": a text is needed.'),
        ({"answer": "fish", "confidence": 93}, ', field "confidence": a number from 0 to 1 is needed.'),
        ({"answer": "fish", "answered": "yes"}, ', field "answered": true or false is needed.'),
        ({"answer": " ", "answered": True}, ', field "answer": an answer that was given cannot be empty.'),
    ],
)
def test_a_value_that_is_no_answer_is_an_error_of_the_question(given: Any, told: str) -> None:
    outcome = put(asking(lambda _: given))
    assert outcome == Outcome(error=outcome.error)
    assert outcome.error.startswith(f"What the function returned is no answer{told}")


@pytest.mark.parametrize("answerer", [Assistant, Retriever, str, {"What do herons eat?": "fish"}, "gold.jsonl", None])
def test_what_cannot_be_asked_at_all_is_refused(answerer: Any) -> None:
    with pytest.raises(
        PinciteError, match=r"^evaluate\(answerer, gold\) wants an Assistant, a Retriever or a function"
    ):
        asking(answerer)


ANSWER = Answer("?", "?", True, "Herons eat fish. [1] And dig. [2]", "fish", 0.5, (), (), ())


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (ANSWER, "fish"),
        (replace(ANSWER, short=""), "Herons eat fish. And dig."),
        (replace(ANSWER, short="", text="See (1). [12]"), "See (1)."),
        (replace(ANSWER, answered=False, short="", text=""), ""),
    ],
)
def test_what_is_judged_is_the_short_answer_or_the_text_without_its_marks(answer: Answer, expected: str) -> None:
    assert short(answer) == expected


def test_a_confidence_may_be_a_number_of_numpy() -> None:
    question = GoldQuestion("q", "Which?", ("fish",))
    outcome = asking(lambda _question: {"answer": "fish", "confidence": np.float32(0.5)})(question)
    assert (outcome.confidence, outcome.error) == (0.5, "")
    outcome = asking(lambda _question: {"answer": "fish", "confidence": float("nan")})(question)
    assert "a number from 0 to 1 is needed" in outcome.error
