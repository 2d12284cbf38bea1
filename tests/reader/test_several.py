"""Answers of several parts: for questions that ask for more than one thing, and only with spans that are as good."""

from __future__ import annotations

import pytest

from qa.reader.decoding import Candidate
from qa.reader.several import parts

MANY = "Which two rivers meet here?"
ONE = "Which river is the longest?"


def spans(*margins: float) -> list[Candidate]:
    """Candidates, best first, each before the one before it in the passage."""
    return [Candidate(100 - 10 * at, 105 - 10 * at, margin) for at, margin in enumerate(margins)]


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
    best, other = spans(5.0, 4.0)
    assert parts(question, [best, other]) == [best, other]


@pytest.mark.parametrize(
    "question",
    [
        ONE,
        "When was it built?",
        "Who was the founder?",
        "Who built it?",
        "What is its name?",
        "Which lake is deep?",
        "What does it do?",  # "does" is no thing that they do
        "Where is the listening post?",  # a word only as a whole
        "Was it a small, reasonable house?",
        "",
    ],
)
def test_a_question_for_one_thing_gets_the_best(question: str) -> None:
    best, other = spans(5.0, 5.0)
    assert parts(question, [best, other]) == [best]


def test_a_part_is_at_most_one_and_a_half_behind_the_best() -> None:
    best, near, far = spans(5.0, 3.5, 3.4375)
    assert parts(MANY, [best, near, far]) == [best, near]


def test_a_part_is_two_ahead_of_no_answer() -> None:
    best, sure, unsure = spans(3.0, 2.0, 1.9375)
    assert parts(MANY, [best, sure, unsure]) == [best, sure]
    # The best is the answer however unsure it is.
    best, unsure = spans(1.0, 0.5)
    assert parts(MANY, [best, unsure]) == [best]


def test_the_best_is_first_and_the_others_are_in_the_order_of_the_passage() -> None:
    best, second, third = spans(5.0, 4.5, 4.0)
    assert second.start > third.start
    assert parts(MANY, [best, second, third]) == [best, third, second]


def test_what_is_given_stays_as_it_is() -> None:
    given = spans(5.0, 4.5, 4.0)
    parts(MANY, given)
    assert given == spans(5.0, 4.5, 4.0)
    assert parts(MANY, given[:1]) == given[:1]
