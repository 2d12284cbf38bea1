"""No words that are carried over stand twice in a question, whatever the conversation was."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.followup import Turn, standalone
from qa.followup.repetition import repeats

THINGS = ["the ferry", "ferry to Isla Nueva", "the gas pipeline from Karachi to Lahore", "the MOU", "the steel mills"]
THINGS += ["the MOU on the steel mills", "Zamir Kabulov", "Kabulov", "India", "it", "he", "this ferry", "the mills"]
SHAPES = ["What about {}?", "When does {} leave?", "How much is {} worth?", "Who signed {} and {}?", "and {}?", "{}"]
SHAPES += ["What did {} say about {}?", "Is {} longer than {}?", "In which city?", "From which pier?", "and when?"]
SHAPES += ["Any delays to {}?", "cost", "who else?", "what colour?", "Why did {} do that?", "About {}: what about {}?"]
QUESTIONS = st.builds(str.format, st.sampled_from(SHAPES), st.sampled_from(THINGS), st.sampled_from(THINGS))
ANSWERS = st.sampled_from(["", "2016", "Moscow", "the Pakistan Steel Mills", "Zamir Kabulov"])
SMALL = set(
    "about and are did do does else from he how in is it on say than that the this to was were what when".split()
)
SMALL |= set("where which who why".split())


def pairs(text: str) -> list[tuple[str, str]]:
    """Each two words in a row, but for those of a sentence's small words."""
    words = re.findall(r"\w+", text.lower())
    return [pair for pair in pairwise(words) if not SMALL.issuperset(pair)]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(QUESTIONS, ANSWERS), min_size=2, max_size=7), st.lists(QUESTIONS, min_size=7, max_size=7))
def test_nothing_is_said_twice(conversation: list[tuple[str, str]], kept: list[str]) -> None:
    """Neither as a conversation grows, nor after turns that were searched as anything at all."""
    grown: list[Turn] = []
    odd: list[Turn] = []
    for (question, answer), searched in zip(conversation, kept, strict=False):
        for history in (grown, odd):
            found = pairs(standalone(question, history))
            texts = [question, *(text for turn in history for text in (turn.question, turn.answer))]
            for pair in found:
                assert found.count(pair) <= max(1, *(pairs(text).count(pair) for text in texts))
        grown.append(Turn(question, standalone(question, grown), answer))
        odd.append(Turn(question, searched, answer))


@pytest.mark.parametrize(
    ("text", "texts", "wanted"),
    [
        ("the ferry to Isla Nueva to Isla Nueva", ["the ferry to Isla Nueva"], True),
        ("the ferry to Isla Nueva to Isla Nueva", ["to Isla Nueva to Isla Nueva"], False),
        ("What did Kabulov say about Kabulov’s post?", ["Kabulov"], True),
        ("Is the mill larger than the mill?", [], True),
        ("About the end of the day: what did it end?", [], False),  # one word is no sequence, unless it is a name
        ("Is it what it is?", [], False),
        ("", [""], False),
    ],
)
def test_what_is_a_repetition(text: str, texts: list[str], wanted: bool) -> None:
    assert repeats(text, texts) is wanted
