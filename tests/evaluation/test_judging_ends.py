"""Where judging ends: what the reader makes of the evidence itself, and what a question without a result costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from qa.assistant import Assistant
from qa.errors import PinciteError
from qa.evaluation.report import Candidate
from qa.evaluation.run import evaluate
from qa.gold.questions import Evidence, GoldQuestion
from qa.library import Library
from qa.reader import Finding, Span
from qa.retriever import Retriever
from qa.types import Hit

EAT = "Herons eat small fish at dawn."
BUILD = "Herons build nests in tall reeds."
DIG = "Foxes dig dens under old oaks."
HUNT = "Foxes hunt voles after dusk."


def question(
    *evidence: tuple[str, str], answers: Sequence[str] = (), id_: str = "q", text: str = "What do herons eat?"
) -> GoldQuestion:
    return GoldQuestion(id_, text, tuple(answers), tuple(Evidence(*each) for each in evidence))


# --- the evidence given to the reader


@dataclass(frozen=True)
class SentenceTable:
    """Takes for each question these words out of this sentence where it is among the passages; some bring no result."""

    table: Mapping[str, tuple[str, str]]
    failing: frozenset[str] = frozenset()
    reverses: bool = False

    def read(self, question: str, hits: Sequence[Hit]) -> Finding:
        if question in self.failing:
            raise PinciteError("It cannot be read.")
        order = tuple(reversed(hits)) if self.reverses else tuple(hits)
        sentence, words = self.table.get(question, (EAT, "dawn"))
        for hit in hits:
            if sentence in hit.passage.text:
                start = hit.passage.start + sentence.index(words)
                span = Span(hit, start, start + len(words), hit.passage.start, hit.passage.end, 1.0)
                return Finding((span,), 0.4, order)
        return Finding((), 0.0, order)


def test_the_reader_is_given_the_evidence_that_was_not_found(filled: Library) -> None:
    reader = SentenceTable({"What do foxes dig?": (EAT, "small fish")})
    gold = question(("lakes.txt", EAT), answers=["small fish"], text="What do foxes dig?")
    row = evaluate(Assistant(filled, reader=reader, k=1, threshold=0.5), [gold]).per_question[0]
    assert (row.answered, row.best) == (False, Candidate("", 0.0, False))  # one passage was read, another one
    assert row.given_gold == Candidate("small fish", None, True)  # how sure, nobody knows
    assert row.scores["given_gold_f1"] == 1
    assert row.scores["best_answer_f1"] == 0
    assert row.cause == "not in top k"


def test_given_gold_is_wrong_where_the_reader_is(filled: Library) -> None:
    gold = question(("lakes.txt", EAT), answers=["small fish"])
    row = evaluate(Assistant(filled, reader=SentenceTable({})), [gold]).per_question[0]
    assert row.given_gold == Candidate("dawn", None, False)
    assert row.scores["given_gold_f1"] == 0


def test_given_gold_is_the_passages_of_a_whole_document(filled: Library) -> None:
    seen: list[list[str]] = []

    @dataclass(frozen=True)
    class Watching(SentenceTable):
        def read(self, question: str, hits: Sequence[Hit]) -> Finding:
            seen.append([hit.passage.text for hit in hits])
            assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
            assert all(hit.citation.quote == hit.passage.text for hit in hits)
            return SentenceTable.read(self, question, hits)

    evaluate(Assistant(filled, reader=Watching({})), [question(("lakes.txt", ""), answers=["x"])])
    assert seen[-1] == [EAT, BUILD]


def test_given_gold_is_what_says_the_answer_in_a_whole_document(library: Library, tmp_path: Path) -> None:
    # Twelve passages, of which ten are handed over: the last one is the right one, and would not be among them.
    lines = [*(f"Herons were seen {number} times." for number in range(11)), EAT]
    (tmp_path / "long.txt").write_text("\n\n".join(f"{line} {'And so on. ' * 40}" for line in lines))
    library.add([tmp_path / "long.txt"])
    gold = question(("long.txt", ""), answers=["small fish"])
    reader = SentenceTable({gold.question: (EAT, "small fish")})
    row = evaluate(Assistant(library, reader=reader), [gold]).per_question[0]
    assert row.given_gold == Candidate("small fish", None, True)


def test_given_gold_is_not_tried_without_evidence_or_a_reader(filled: Library) -> None:
    lost = question(("lakes.txt", "Herons eat at noon."), answers=["x"], id_="lost")
    bare, none = question(answers=["x"], id_="bare"), question(id_="none")
    quoted = question(("lakes.txt", EAT), id_="quoted")
    report = evaluate(Assistant(filled, reader=SentenceTable({})), [lost, bare, none, quoted])
    assert [row.given_gold is None for row in report.per_question] == [True, True, True, False]
    assert report.per_question[3].given_gold == Candidate("dawn", None, None)  # nobody knows whether it is right
    assert "given_gold_f1" not in report.metrics
    assert evaluate(Retriever(filled), [quoted]).per_question[0].given_gold is None


# --- errors


def test_the_question_that_is_not_counted_is_one_that_brings_a_result(filled: Library) -> None:
    asked: list[str] = []

    @dataclass(frozen=True)
    class Listening(SentenceTable):
        def read(self, question: str, hits: Sequence[Hit]) -> Finding:
            asked.append(question)
            return SentenceTable.read(self, question, hits)

    reader = Listening({}, failing=frozenset({"Broken?"}))
    evaluate(
        Assistant(filled, reader=reader), [question(id_="broken", text="Broken?"), question(id_="good", text="Good?")]
    )
    assert asked == ["Broken?", "Good?", "Broken?", "Good?"]


def test_where_no_question_brings_a_result_there_are_no_zeros(filled: Library) -> None:
    reader = SentenceTable({}, failing=frozenset({"Broken?", "This too?"}))
    gold = [question(id_="broken", text="Broken?"), question(id_="this", text="This too?")]
    with pytest.raises(PinciteError, match=r"No question brought a result.*It cannot be read\."):
        evaluate(Assistant(filled, reader=reader), gold)


KINDS = {
    "quoted": question(("lakes.txt", EAT), answers=["small fish"]),
    "lost": question(("lakes.txt", "Herons eat at noon."), answers=["small fish"]),
    "evidence": question(("lakes.txt", EAT)),
    "whole": question(("lakes.txt", ""), answers=["small fish"]),
    "whole-evidence": question(("lakes.txt", "")),
    "answers": question(answers=["small fish"]),
    "unanswerable": question(),
}
OTHER = replace(KINDS["quoted"], id="other", question="What do herons build?")
ONLY_GIVEN = {"risk", "citation_validity"}
"""Metrics of the answers that were given: where none was, there is nothing to count."""


@pytest.mark.parametrize("reverses", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_an_error_scores_zero_in_what_the_question_would_count_in(filled: Library, kind: str, reverses: bool) -> None:
    gold = [KINDS[kind], OTHER]
    rows = {}
    for failing in (frozenset({gold[0].question}), frozenset[str]()):
        # The evaluation begins with the first question once more, to warm up: that is allowed to fail.
        assistant = Assistant(filled, reader=SentenceTable({}, failing, reverses), threshold=0.1)
        rows[bool(failing)] = evaluate(assistant, gold).per_question[0]
    assert rows[True].error == "It cannot be read."
    assert rows[True].cause == "no result"
    assert rows[True].scores.keys() == rows[False].scores.keys() - ONLY_GIVEN
    assert set(rows[True].scores.values()) <= {0.0}
    assert rows[True].relevant == rows[False].relevant
    if gold[0].evidence:
        assert ("reread.mrr@10" in rows[True].scores) == reverses


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_of_a_retriever(filled: Library, kind: str) -> None:
    gold = [KINDS[kind], OTHER]
    expected = evaluate(Retriever(filled), gold).per_question[0].scores
    endless = replace(gold[0], question="x" * 2001)
    row = evaluate(Retriever(filled), [endless, OTHER]).per_question[0]
    assert row.scores == dict.fromkeys(expected, 0.0)
    assert row.cause == "no result"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("with_library", [False, True])
def test_an_error_of_a_function(filled: Library, kind: str, with_library: bool) -> None:
    def answer(text: str) -> str:
        if "refused" in text:
            raise PinciteError("It is refused.")
        return "small fish"

    gold = [KINDS[kind], OTHER]
    library = filled if with_library else None
    expected = evaluate(answer, gold, library=library).per_question[0].scores
    row = evaluate(answer, [replace(gold[0], question="refused"), OTHER], library=library).per_question[0]
    assert row.scores == dict.fromkeys(expected.keys() - ONLY_GIVEN, 0.0)
