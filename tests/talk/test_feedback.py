"""Feedback: kept with its turn, looked at as a candidate, and written to a gold file once somebody accepts it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from talking import HERONS, answer, proof, unanswered

from qa.errors import PinciteError
from qa.gold import Evidence, GoldQuestion, read_gold
from qa.library import Library
from qa.record import Reading
from qa.talk import Candidate, Conversations, CorrectionKeptError, Feedback, Feedbacks, Turn, database

NESTS = "Herons build nests in tall reeds."
QUESTION = "Where do herons build nests?"


class Talk:
    """One conversation: a question with an answer, one without, and one that failed."""

    def __init__(self, folder: Path) -> None:
        self.conversations, self.feedbacks = Conversations(folder), Feedbacks(folder)
        self.id = self.conversations.begin().id
        for turn in (
            Turn(QUESTION, proof(answer())),
            Turn("Who painted the bridge?", proof(unanswered())),
            Turn("Is it on?", None, "The store is empty."),
        ):
            self.conversations.append(self.id, turn)

    def give(self, turn: int, kind: Any, **said: str) -> int:
        return self.feedbacks.give(self.id, turn, Feedback(kind, **said))

    def candidate(self) -> Candidate:
        (candidate,) = self.feedbacks.candidates()
        return candidate


@pytest.fixture
def talk(tmp_path: Path) -> Talk:
    return Talk(tmp_path / "talks")


@pytest.fixture
def reading(library: Library, tmp_path: Path) -> Iterator[Reading]:
    path = tmp_path / "herons.txt"
    path.write_text(HERONS)
    library.add([path])
    with library.reading() as reading:
        yield reading


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    return tmp_path / "gold.jsonl"


def lines(gold: Path) -> list[Any]:
    return [json.loads(line) for line in gold.read_text().splitlines()]


# --- kept


def test_looking_makes_nothing(tmp_path: Path) -> None:
    feedbacks = Feedbacks(tmp_path / "none")
    assert feedbacks.candidates() == ()
    assert feedbacks.given("a" * 22) == {}
    with pytest.raises(PinciteError, match="was taken back, changed or looked at meanwhile"):
        feedbacks.accept(1, tmp_path / "gold.jsonl", None)
    assert list(tmp_path.iterdir()) == []


def test_feedback_is_kept_with_its_turn(talk: Talk) -> None:
    talk.give(2, "open", note="ask\0 Ada")
    talk.give(1, "corrected", document="herons.txt", quote=NESTS, answer=" in  tall reeds ")
    assert list(talk.feedbacks.given(talk.id).items()) == [
        (1, Feedback("corrected", "", "herons.txt", NESTS, "in tall reeds")),
        (2, Feedback("open", "ask  Ada")),
    ]
    assert talk.feedbacks.given("a" * 22) == talk.feedbacks.given("\ud800") == {}


def test_a_correction_that_waits_is_not_replaced_by_another_word(talk: Talk) -> None:
    number = talk.give(1, "corrected", document="herons.txt", quote=NESTS)
    for kind in ("right", "wrong", "unanswerable", "open"):
        with pytest.raises(CorrectionKeptError, match="take it back first"):
            talk.give(1, kind)
    assert [each.id for each in talk.feedbacks.candidates()] == [number]
    again = talk.give(1, "corrected", document="herons.txt", quote="Herons eat small fish")  # that is no loss
    talk.feedbacks.dismiss(again)
    talk.give(1, "wrong")  # somebody has looked at it
    assert talk.feedbacks.given(talk.id)[1].kind == "wrong"


def test_only_a_correction_says_what_is_right(talk: Talk) -> None:
    talk.give(1, "wrong", document="herons.txt", quote=NESTS, answer="reeds", note="no")
    assert talk.feedbacks.given(talk.id) == {1: Feedback("wrong", "no")}


def test_another_one_replaces_the_earlier_one(talk: Talk) -> None:
    first = talk.give(1, "right")
    second = talk.give(1, "wrong")
    assert second > first
    assert talk.candidate().id == second
    assert talk.feedbacks.given(talk.id) == {1: Feedback("wrong")}


def test_what_is_taken_back_is_gone(talk: Talk) -> None:
    first = talk.give(1, "right")
    assert talk.feedbacks.take_back(talk.id, 1)
    assert not talk.feedbacks.take_back(talk.id, 1)
    assert talk.feedbacks.candidates() == ()
    assert talk.give(2, "right") > first  # a number stands for one feedback for ever


def test_what_is_said_of_a_deleted_conversation_goes_with_it(talk: Talk) -> None:
    talk.give(1, "right")
    talk.conversations.delete(talk.id)
    assert talk.feedbacks.candidates() == ()
    with pytest.raises(PinciteError, match="There is no such conversation"):
        talk.give(1, "right")
    with pytest.raises(PinciteError, match="There is no such conversation"):
        talk.feedbacks.take_back(talk.id, 1)


def test_what_says_nothing_is_refused(talk: Talk) -> None:
    for turn in (0, 4, -1, 2**70):
        with pytest.raises(PinciteError, match="There is no such turn"):
            talk.give(turn, "open")
    for kind in ("right", "wrong"):
        with pytest.raises(PinciteError, match="got no answer that could be right or wrong"):
            talk.give(3, kind)
    for said in ({}, {"document": "herons.txt"}, {"quote": NESTS}, {"document": "herons.txt", "quote": " \0"}):
        with pytest.raises(PinciteError, match="A correction needs the words of a document"):
            talk.give(1, "corrected", **said)
    with pytest.raises(PinciteError, match="The words of the correction can have 10,000 characters"):
        talk.give(1, "corrected", document="herons.txt", quote="q" * 10_001)
    with pytest.raises(PinciteError, match="The answer of the correction can have 1,000 characters"):
        talk.give(1, "corrected", document="herons.txt", quote="q", answer="a" * 1001)
    assert not talk.feedbacks.take_back(talk.id, 2**70)
    assert not talk.feedbacks.dismiss(2**70)
    with pytest.raises(ValueError, match="no feedback of the kind perhaps"):
        talk.give(1, "perhaps")
    assert talk.feedbacks.given(talk.id) == {}


# --- candidates


def test_candidates_come_oldest_first(talk: Talk) -> None:
    numbers = [talk.give(2, "open"), talk.give(1, "right"), talk.give(3, "unanswerable")]
    assert [candidate.id for candidate in talk.feedbacks.candidates()] == numbers
    assert [candidate.turn for candidate in talk.feedbacks.candidates()] == [2, 1, 3]


@pytest.mark.parametrize(
    ("turn", "feedback", "answers", "evidence", "tags", "needs_correction"),
    [
        (1, Feedback("right"), ("tall reeds",), (Evidence("herons.txt", NESTS),), (), False),
        (2, Feedback("right"), (), (), (), False),
        (1, Feedback("wrong"), (), (), (), True),
        (1, Feedback("corrected", "", "a.md", "a b", "a"), ("a",), (Evidence("a.md", "a b"),), (), False),
        (3, Feedback("corrected", "", "a.md", "a b"), (), (Evidence("a.md", "a b"),), (), False),
        (1, Feedback("unanswerable"), (), (), (), False),
        (3, Feedback("open"), (), (), ("open",), False),
    ],
)
def test_what_each_kind_makes(
    talk: Talk, turn: int, feedback: Feedback, answers: Any, evidence: Any, tags: Any, needs_correction: bool
) -> None:
    before = database.now()
    number = talk.feedbacks.give(talk.id, turn, replace(feedback, note="a note"))
    made = talk.candidate()
    questions = [QUESTION, "Who painted the bridge?", "Is it on?"]
    assert before <= made.at <= database.now()
    assert made == Candidate(
        number, feedback.kind, talk.id, turn, questions[turn - 1], answers, evidence, tags, "a note", made.at,
        needs_correction,
    )  # fmt: skip


def test_a_follow_up_is_asked_as_it_was_searched(talk: Talk) -> None:
    for searched, question in ((QUESTION, QUESTION), (" ", "and there?"), (7, "and there?"), (None, "and there?")):
        values = {**proof(answer()), "searched": searched}
        turn = talk.conversations.append(talk.id, Turn(" and there? ", values))
        talk.give(turn, "right")
        assert talk.candidate().question == question
        talk.feedbacks.take_back(talk.id, turn)


def test_an_answer_that_cannot_be_read_is_not_called_right(talk: Talk) -> None:
    talk.give(1, "right")
    with database.writing(talk.conversations.path) as connection:
        connection.execute("UPDATE turn SET answer = '{' WHERE number = 1")
    made = talk.candidate()
    assert (made.answers, made.evidence, made.needs_correction) == ((), (), True)


def test_an_answer_without_citations_is_not_called_right(talk: Talk) -> None:
    turn = talk.conversations.append(talk.id, Turn("?", proof(answer(citations=()))))
    talk.give(turn, "right")
    assert talk.candidate().needs_correction


# --- accepted


def test_a_right_answer_becomes_a_gold_question(talk: Talk, reading: Reading, gold: Path) -> None:
    kept = talk.feedbacks.accept(talk.give(1, "right"), gold, reading)
    assert kept == GoldQuestion("q1", QUESTION, ("tall reeds",), (Evidence("herons.txt", NESTS),))
    assert lines(gold) == [
        {
            "id": "q1",
            "question": QUESTION,
            "answers": ["tall reeds"],
            "evidence": [{"document": "herons.txt", "quote": NESTS}],
        }
    ]
    assert talk.feedbacks.candidates() == ()
    assert talk.feedbacks.given(talk.id) == {1: Feedback("right", state="accepted")}


def test_a_correction_becomes_a_gold_question(talk: Talk, reading: Reading, gold: Path) -> None:
    number = talk.give(1, "corrected", document="herons.txt", quote="Herons eat  small fish at dawn.", answer="ponds")
    kept = talk.feedbacks.accept(number, gold, reading)
    assert kept.evidence == (Evidence("herons.txt", "Herons eat small fish at dawn."),)  # as the document has it
    assert kept.answers == ("ponds",)


def test_what_the_sources_do_not_say_and_what_is_open(talk: Talk, gold: Path) -> None:
    talk.feedbacks.accept(talk.give(1, "unanswerable"), gold, None)
    talk.feedbacks.accept(talk.give(2, "open"), gold, None)
    assert lines(gold) == [
        {"id": "q1", "question": QUESTION},
        {"id": "q2", "question": "Who painted the bridge?", "tags": ["open"]},
    ]
    first, second = read_gold(gold)
    assert not first.answerable
    assert second.is_open


def test_a_wrong_answer_needs_a_correction(talk: Talk, reading: Reading, gold: Path) -> None:
    number = talk.give(1, "wrong")
    for edited in ({}, {"question": "What?"}, {"answers": ()}, {"answers": (), "evidence": ()}):
        with pytest.raises(PinciteError, match="What would be right is not known"):
            talk.feedbacks.accept(number, gold, reading, **edited)
    assert not gold.exists()
    kept = talk.feedbacks.accept(number, gold, reading, answers=["in reeds"], evidence=[Evidence("herons.txt", NESTS)])
    assert (kept.answers, kept.question) == (("in reeds",), QUESTION)


def test_a_person_may_put_other_values_in(talk: Talk, reading: Reading, gold: Path) -> None:
    number = talk.give(2, "open")
    kept = talk.feedbacks.accept(
        number,
        gold,
        reading,
        question=" Where are nests? ",
        answers=["reeds"],
        evidence=[Evidence("herons.txt", NESTS)],
    )
    assert kept == GoldQuestion("q1", "Where are nests?", ("reeds",), (Evidence("herons.txt", NESTS),))  # open no more
    kept = talk.feedbacks.accept(talk.give(1, "right"), gold, reading, answers=["reeds"], tags=["birds"])
    assert (kept.tags, kept.evidence) == (("birds",), (Evidence("herons.txt", NESTS),))


def test_what_does_not_stand_there_is_refused_and_stays(talk: Talk, reading: Reading, gold: Path) -> None:
    number = talk.give(1, "corrected", document="herons.txt", quote="Herons live on the moon.")
    with pytest.raises(PinciteError, match=r"The quote “Herons live on the moon\.” cannot be kept"):
        talk.feedbacks.accept(number, gold, reading)
    with pytest.raises(PinciteError, match="name the store"):
        talk.feedbacks.accept(number, gold, None)
    assert talk.candidate().id == number
    assert not gold.exists()


def test_the_same_question_is_not_kept_twice(talk: Talk, gold: Path) -> None:
    turn = talk.conversations.append(talk.id, Turn("WHO painted  the bridge", proof(unanswered())))
    talk.feedbacks.accept(talk.give(2, "unanswerable"), gold, None)
    number = talk.give(turn, "open")
    with pytest.raises(PinciteError, match=r"The question stands in .*gold\.jsonl already, under the id q1"):
        talk.feedbacks.accept(number, gold, None)
    assert len(lines(gold)) == 1
    assert talk.candidate().id == number
    assert talk.feedbacks.dismiss(number)
    assert not talk.feedbacks.dismiss(number)
    assert talk.feedbacks.candidates() == ()
    assert talk.feedbacks.given(talk.id)[turn].state == "dismissed"


def test_what_was_replaced_is_not_accepted(talk: Talk, gold: Path) -> None:
    number = talk.give(2, "open")
    talk.give(2, "right")
    with pytest.raises(PinciteError, match="load the list again"):
        talk.feedbacks.accept(number, gold, None)
    assert not gold.exists()


def test_feedback_after_a_review_is_looked_at_again(talk: Talk, gold: Path) -> None:
    talk.feedbacks.accept(talk.give(2, "open"), gold, None)
    number = talk.give(2, "unanswerable")
    assert talk.candidate().id == number


def test_of_documents_of_one_name_a_person_names_one(talk: Talk, library: Library, gold: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "herons.txt").write_text(f"{HERONS}\n{name}")
        library.add([tmp_path / name / "herons.txt"])
    with library.reading() as reading, pytest.raises(PinciteError, match="cannot be kept"):
        talk.feedbacks.accept(talk.give(1, "right"), gold, reading)
    evidence = [Evidence(str(tmp_path / "a" / "herons.txt"), NESTS)]
    with library.reading() as reading:
        kept = talk.feedbacks.accept(talk.candidate().id, gold, reading, evidence=evidence)
    assert kept.evidence == tuple(evidence)
