"""Conversations as somebody had them who tried the page: what each question is searched as, worked out by hand."""

from __future__ import annotations

import pytest

from qa.followup import Turn, standalone

MILLS = "When was the MOU on the steel mills signed?"
WORTH = "How much is the gas pipeline worth?"
FERRY = "When does the ferry to Isla Nueva leave?"

CONVERSATIONS = {
    "a thing in full, once": [
        (FERRY, "", FERRY),
        ("What colour is the ferry?", "", "What colour is the ferry to Isla Nueva?"),
        ("What colour is the ferry?", "", "What colour is the ferry to Isla Nueva?"),
        ("How long is the ferry?", "", "How long is the ferry to Isla Nueva?"),
        ("How much is the ferry to Port Clyde?", "", "How much is the ferry to Port Clyde?"),
    ],
    "a phrase with its preposition": [
        (FERRY, "", FERRY),
        ("From which pier?", "", "From which pier does the ferry to Isla Nueva leave?"),
        ("what colour?", "", "About the ferry to Isla Nueva: what colour?"),
        ("Which pier?", "", "About the ferry to Isla Nueva: Which pier?"),
    ],
    "the noun of such a phrase is no subject": [
        (MILLS, "February 2013", MILLS),
        ("And in which city?", "", "In which city was the MOU on the steel mills signed?"),
        ("And who signed it?", "", "Who signed the MOU on the steel mills?"),
        ("What about the gas pipeline?", "", "Who signed the MOU on the gas pipeline?"),
    ],
    "nor is the city that was the answer": [
        (MILLS, "February 2013", MILLS),
        ("And in which city?", "Moscow", "In which city was the MOU on the steel mills signed?"),
        ("And who signed it?", "", "Who signed the MOU on the steel mills?"),
    ],
    "the pier of a question that was never made whole": [
        ("From which pier?", "", "From which pier?"),
        ("Who paid for it?", "", "Who paid for it?"),
    ],
    "one after the other": [
        ("Who built the tower?", "", "Who built the tower?"),
        ("In which year?", "", "Who built the tower, and in which year?"),
        ("for whom?", "", "Who built the tower, and for whom?"),
        ("At what price?", "", "Who built the tower, and at what price?"),
    ],
    "in the place of another": [
        ("To whom did the company sell the ship?", "", "To whom did the company sell the ship?"),
        ("what year?", "", "What year did the company sell the ship?"),
        ("And to whom?", "", "To whom did the company sell the ship?"),
    ],
    "another thing": [
        (WORTH, "", WORTH),
        ("What about the steel mills?", "", "How much are the steel mills worth?"),
        ("And how long is it?", "", "How long are the steel mills?"),
        ("and the gas pipeline?", "", "How long is the gas pipeline?"),
    ],
    "another thing under a heading": [
        (WORTH, "", WORTH),
        ("any delays?", "", "About the gas pipeline: any delays?"),
        ("What about the steel mills?", "", "About the steel mills: any delays?"),
    ],
    "a thing that was asked about before": [
        ("How high is the tower?", "", "How high is the tower?"),
        ("When was the bridge built?", "", "When was the bridge built?"),
        ("What about the tower?", "", "When was the tower built?"),
    ],
    "a thing of the same name": [
        ("How safe are electric cars?", "", "How safe are electric cars?"),
        ("what about hybrid cars?", "", "How safe are hybrid cars?"),
    ],
    "a side of the thing": [
        (WORTH, "", WORTH),
        ("What about the cost?", "", "About the gas pipeline: What about the cost?"),
        ("What about delays?", "", "About the gas pipeline: What about delays?"),
    ],
    "no place for another thing": [
        ("Which mills are owned by the state?", "", "Which mills are owned by the state?"),
        ("What about the gas pipeline?", "", "About mills: What about the gas pipeline?"),
    ],
    "a person and a thing are not alike": [
        ("What did Zamir Kabulov say?", "", "What did Zamir Kabulov say?"),
        ("What about the gas pipeline?", "", "About Zamir Kabulov: What about the gas pipeline?"),
    ],
    "a name where there is another": [
        ("What is the population of Karachi?", "", "What is the population of Karachi?"),
        ("What about Lahore?", "", "What is the population of Lahore?"),
        ("and Multan?", "", "What is the population of Multan?"),
    ],
    "no name where the other is a thing's": [
        (MILLS, "", MILLS),
        ("What about Gazprom?", "", "About the MOU on the steel mills: What about Gazprom?"),
    ],
    "with what hangs on it": [
        ("Where is the ferry to Isla Nueva?", "", "Where is the ferry to Isla Nueva?"),
        ("And the ferry to Port Clyde?", "", "Where is the ferry to Port Clyde?"),
    ],
    "the same question again": [
        (MILLS, "", MILLS),
        ("In which city?", "", "In which city was the MOU on the steel mills signed?"),
        ("In which city?", "", "In which city was the MOU on the steel mills signed?"),
        ("when?", "", "In which city was the MOU on the steel mills signed, and when?"),
    ],
    "with how": [
        ("When was the steel tower built?", "", "When was the steel tower built?"),
        ("For how much?", "", "For how much was the steel tower built?"),
    ],
    "what follows do I is a verb": [
        ("How do I reset the router?", "", "How do I reset the router?"),
        ("how long?", "", "About the router: how long?"),
        ("And what about costs?", "", "About the router: what about costs?"),
    ],
    "a country where there is another": [
        ("What did Pakistan sign?", "", "What did Pakistan sign?"),
        ("What about India?", "", "What did India sign?"),
    ],
    "a country where there is none": [
        (MILLS, "", MILLS),
        ("what about India?", "", "About the MOU on the steel mills: what about India?"),
        ("And who signed it?", "", "Who signed the MOU on the steel mills?"),
    ],
}


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_a_conversation_goes_on(name: str) -> None:
    history: list[Turn] = []
    for question, answer, wanted in CONVERSATIONS[name]:
        searched = standalone(question, history)
        assert searched == wanted
        history.append(Turn(question, searched, answer))


def test_a_turn_that_was_searched_with_words_twice_counts_as_it_was_typed() -> None:
    """Conversations that are kept hold such questions from before they were impossible."""
    twice = "What colour is the ferry to Isla Nueva to Isla Nueva?"
    history = [Turn(FERRY, FERRY), Turn("What colour is the ferry?", twice)]
    assert standalone("Who paints it?", history) == "Who paints the ferry to Isla Nueva?"
    typed = [Turn(twice, twice)]
    assert standalone("Any delays?", typed) == "About the ferry to Isla Nueva to Isla Nueva: Any delays?"


def test_what_would_be_said_twice_is_not_carried_over() -> None:
    history = [Turn("What did Kabulov sign?", "What did Kabulov sign?", "")]
    history.append(Turn("Who is Zamir Kabulov?", "Who is Zamir Kabulov?", ""))
    assert standalone("What did he say about Zamir Kabulov?", history) == "What did he say about Zamir Kabulov?"
