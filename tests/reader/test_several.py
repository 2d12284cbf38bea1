"""Answers of several parts: for questions that ask for more than one thing, and only with spans that are as good."""

from __future__ import annotations

import pytest

from qa.reader.decoding import Candidate
from qa.reader.reading import Reading
from qa.reader.several import asks_for_several, parts
from qa.types import Document, Hit, Passage, StageScores

MANY = "Which two rivers meet here?"
TEXT = "Here the Mill meets the Aar; the old Mill is dry, and the Inn is far."


def reading(**margins: float) -> Reading:
    """What was read in the text: names with their margins, best first; `Mill2` is where the name comes again."""
    document = Document("d", "T", ("d.txt",), "dd", TEXT)
    hit = Hit(1, 1.0, StageScores(0.5, 1.0), Passage("d", 0, len(TEXT), TEXT), document.cite(0, len(TEXT)))
    places = {"Mill": 9, "Aar": 24, "Mill2": 37, "Inn": 58}
    return Reading(
        hit,
        tuple(
            Candidate(places[name], places[name] + len(name.rstrip("2")), margin) for name, margin in margins.items()
        ),
        0.0,
        0.0,
    )


def named(question: str, **margins: float) -> list[str]:
    made = reading(**margins)
    return [made.text(each) for each in parts(question, made)]


@pytest.mark.parametrize(
    "question",
    [
        MANY,
        "Name both towers.",
        "List the lakes.",
        "What are the NAMES of the lakes?",
        "For what reasons was it closed?",
        "What kinds of birds are there?",
        "Which lakes are deep?",
        "What lakes did they cross?",
        "which rivers can freeze",
        "Who were the founders?",
        "Who are they?",
        "In several ways?",
    ],
)
def test_a_question_for_more_than_one_thing_gets_every_part(question: str) -> None:
    assert asks_for_several(question)
    assert named(question, Mill=5.0, Aar=4.0) == ["Mill", "Aar"]


@pytest.mark.parametrize(
    "question",
    [
        "Which river is the longest?",
        "When was it built?",
        "Who was the founder?",
        "Who built it?",
        "What is its name?",
        "Which lake is deep?",
        "What does it do?",  # "does" is no thing that they do
        "Which class did she teach?",  # nor is every word with an s at its end more than one
        "Which virus has it?",
        "What analysis did they make?",
        "Who owns the two-storey house?",
        "Where is the listening post?",  # a word only as a whole
        "Was it a small, reasonable house?",
        "",
    ],
)
def test_a_question_for_one_thing_gets_the_best(question: str) -> None:
    assert not asks_for_several(question)
    assert named(question, Mill=5.0, Aar=5.0) == ["Mill"]


def test_a_part_is_at_most_one_and_a_half_behind_the_best() -> None:
    assert named(MANY, Mill=5.0, Aar=3.5, Inn=3.4375) == ["Mill", "Aar"]


def test_a_part_is_two_ahead_of_no_answer() -> None:
    assert named(MANY, Mill=3.0, Aar=2.0, Inn=1.9375) == ["Mill", "Aar"]
    # The best is the answer however unsure it is.
    assert named(MANY, Mill=1.0, Aar=0.5) == ["Mill"]


def test_the_best_is_first_and_the_others_are_in_the_order_of_the_passage() -> None:
    assert named(MANY, Aar=5.0, Inn=4.5, Mill=4.0) == ["Aar", "Mill", "Inn"]


def test_what_is_said_again_is_no_further_part() -> None:
    assert named(MANY, Mill2=5.0, Mill=4.5, Aar=4.0) == ["Mill", "Aar"]
    assert named(MANY, Aar=5.0, Mill2=4.5, Mill=4.0) == ["Aar", "Mill"]
    # Of the same two further ones the first in the passage.
    assert parts(MANY, reading(Aar=5.0, Mill2=4.5, Mill=4.0))[1].start == 9


def test_what_is_given_stays_as_it_is() -> None:
    given = reading(Aar=5.0, Inn=4.5, Mill=4.0)
    parts(MANY, given)
    assert given == reading(Aar=5.0, Inn=4.5, Mill=4.0)
    assert named(MANY, Inn=5.0) == ["Inn"]
