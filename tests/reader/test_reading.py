"""When two answers say the same, when they differ, and when that cannot be told: by their words and numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.reader.decoding import Candidate
from qa.reader.reading import NOTHING, Reading, agree, compared, relation
from qa.types import Document, Hit, Passage, StageScores


def reading(text: str, *spans: str) -> Reading:
    """A passage and its candidates, best first, each one logit behind the one before."""
    document = Document("d", "T", ("d.txt",), "dd", text)
    hit = Hit(1, 1.0, StageScores(0.5, 1.0), Passage("d", 0, len(text), text), document.cite(0, len(text)))
    starts = [text.index(span) for span in spans]
    made = zip(starts, spans, strict=True)
    return Reading(hit, tuple(Candidate(at, at + len(span), 4.0 - n) for n, (at, span) in enumerate(made)), 0.0, 0.0)


SAME = [
    ("1890", "1890"),
    ("The Tower", "tower"),
    ("a lamp", "the lamp"),
    ("STRASSE", "Straße"),
    ("１８９０", "1890"),
    ("New\nYork", "“New York”"),
    ("東京", "東京"),
    # the same words in another order
    ("Kabulov, Zamir", "Zamir Kabulov"),
    # a name in a longer one
    ("Kabulov", "Zamir Kabulov"),
    ("Zamir", "Zamir N. Kabulov"),
    ("Zamir Kabulov", "Mr. Zamir Kabulov, the envoy"),
    ("U.S.", "US"),
    ("the U.S. Army", "US Army"),
    # years and days
    ("1890", "in 1890"),
    ("1890", "May 12, 1890"),
    ("May 12,1890", "12 May 1890"),
    ("1890", "12.05.1890"),
    ("1890 and 1891", "between 1890 and 1891"),
    # numbers
    ("20", "20"),
    ("2.5", "2.5"),
    ("two", "2"),
    ("twelve men", "12 men"),
    ("20 million", "20 million people"),
    ("2.5 million", "2.5 million in all"),
    ("1,000 men", "1000 men"),
    ("1\u00a0000 men", "1,000 men"),
    ("1\u202f000\u202f000", "1000000"),
]

DIFFERENT = [
    ("1890", "1900"),
    ("Rome", "Paris"),
    ("Ann", "Annette"),
    ("two", "3"),
    ("2.5", "25"),
    ("2.5", "5"),
    ("5", "12.5"),
    ("1,5", "15"),
    ("1,5", "5"),
    ("1,000", "1,000,000"),
    ("1,500", "500"),
    ("US", "UK"),
]

UNCLEAR = [
    # a word that makes another thing of it
    ("20", "20 million"),
    ("guilty", "not guilty"),
    ("York", "New York"),
    ("1890", "before 1890"),
    # some words of both
    ("Ann Lee", "Ann Mary Lee"),
    ("5 million", "2.5 million"),
    ("500 men", "1,500 men"),
    ("12.5 percent", "5 percent"),
    # a number and a name
    ("1890", "Rome"),
    ("two", "Rome"),
    # nothing says nothing
    ("", ""),
    ("", "Rome"),
    ("the", "Rome"),
    ("the", "The"),
    ("?", "!"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_these_say_the_same(one: str, other: str) -> None:
    assert compared(one, other) == compared(other, one) == "same"


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_these_differ(one: str, other: str) -> None:
    assert compared(one, other) == compared(other, one) == "different"


@pytest.mark.parametrize(("one", "other"), UNCLEAR)
def test_of_these_it_cannot_be_told(one: str, other: str) -> None:
    assert compared(one, other) == compared(other, one) == "unclear"


answers = st.lists(
    st.sampled_from(["the", "Ann", "Lee", "new", "1890", "20", "2.5", "two", "million", ","]), max_size=4
).map(" ".join)


@given(answers, answers)
def test_neither_side_is_first(one: str, other: str) -> None:
    assert compared(one, other) == compared(other, one)


@given(answers, answers)
def test_an_answer_says_the_same_as_itself_unless_it_has_no_words(one: str, other: str) -> None:
    has_words = any(word not in ("the", ",") for word in one.split())
    assert (compared(one, one.upper()) == "same") == has_words
    # Articles and punctuation change nothing.
    assert compared(f"the {one}", f"{other} ,") == compared(one, other)


def test_passages_agree_by_their_best_spans_alone() -> None:
    built = reading("The tower was built in 1890, not 1900.", "1890", "1900")
    assert agree(built, reading("It was opened in 1890.", "in 1890"))
    assert not agree(built, reading("It was opened in 1900.", "1900"))
    assert relation(built, reading("It was opened in 1900.", "1900")) == "different"
    assert relation(built, reading("From 1900 to 1890.", "1900", "1890")) == "different"
    assert relation(built, reading("It was before 1890.", "before 1890")) == "unclear"


def test_a_passage_without_an_answer_neither_agrees_nor_differs() -> None:
    silent, built = reading("Gulls."), reading("Built in 1890.", "1890")
    for one, other in ((silent, built), (built, silent), (silent, silent)):
        assert relation(one, other) == "unclear"
        assert not agree(one, other)


def test_a_reading_by_hand() -> None:
    built = reading("The tower was built in 1890.", "1890", "tower")
    assert [built.text(each) for each in built.candidates] == ["1890", "tower"]
    assert built.margin == 4.0
    assert reading("Gulls.").margin == NOTHING == -30.0
