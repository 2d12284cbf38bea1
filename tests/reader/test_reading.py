"""When two answers say the same: words in a row, articles and case aside, and numbers only as they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.reader.decoding import Candidate
from qa.reader.reading import NOTHING, Reading, agree, same_answer
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
    ("New\nYork", "“New York”"),
    ("Kabulov", "Zamir Kabulov"),
    ("Zamir", "Zamir N. Kabulov"),
    ("Zamir Kabulov", "Mr. Zamir Kabulov, the envoy"),
    # years
    ("1890", "in 1890"),
    ("1890", "May 12, 1890"),
    ("1890 and 1891", "between 1890 and 1891"),
    # numbers with what they count
    ("20", "20"),
    ("2.5", "2.5"),
    ("20 million", "20 million people"),
    ("2.5 million", "about 2.5 million"),
    ("1,000 men", "some 1,000 men"),
    ("東京", "東京"),
]

OTHER = [
    ("1890", "1900"),
    ("Ann", "Annette"),
    ("Ann Lee", "Ann Mary Lee"),  # not in a row
    ("Lee Ann", "Ann Lee"),
    ("20", "20 million"),
    ("20", "about 20"),
    ("7", "7 May 1890"),
    ("20000", "20000 men"),  # five digits are no year
    ("2.5", "2.5 million"),
    ("1,000", "1,000,000"),
    # the end of a longer number is another number
    ("5 million", "2.5 million"),
    ("500 men", "1,500 men"),
    ("20 million", "20.5 million"),
    # nothing agrees with nothing
    ("", ""),
    ("", "Rome"),
    ("the", "Rome"),
    ("the", "The"),
    ("?", "!"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_these_are_the_same(one: str, other: str) -> None:
    assert same_answer(one, other)
    assert same_answer(other, one)


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_these_are_not(one: str, other: str) -> None:
    assert not same_answer(one, other)
    assert not same_answer(other, one)


answers = st.lists(st.sampled_from(["the", "Ann", "Lee", "1890", "20", "2.5", "million", ","]), max_size=4).map(
    " ".join
)


@given(answers, answers)
def test_neither_side_is_first(one: str, other: str) -> None:
    assert same_answer(one, other) == same_answer(other, one)


@given(answers, answers)
def test_an_answer_agrees_with_itself_unless_it_has_no_words(one: str, other: str) -> None:
    assert same_answer(one, one.upper()) == any(word not in ("the", ",") for word in one.split())
    if same_answer(one, other):
        assert same_answer(f"the {one}", f"{other},")


def test_passages_agree_by_their_best_spans_alone() -> None:
    built = reading("The tower was built in 1890, not 1900.", "1890", "1900")
    assert agree(built, reading("It was opened in 1890.", "in 1890"))
    assert not agree(built, reading("It was opened in 1900.", "1900"))
    assert not agree(built, reading("From 1900 to 1890.", "1900", "1890"))


def test_a_passage_without_an_answer_agrees_with_none() -> None:
    silent, built = reading("Gulls."), reading("Built in 1890.", "1890")
    assert not agree(silent, built)
    assert not agree(built, silent)
    assert not agree(silent, silent)


def test_a_reading_by_hand() -> None:
    built = reading("The tower was built in 1890.", "1890", "tower")
    assert [built.text(each) for each in built.candidates] == ["1890", "tower"]
    assert built.margin == 4.0
    assert reading("Gulls.").margin == NOTHING == -30.0
