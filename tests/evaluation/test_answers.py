"""Exact match and F1 as the evaluation script of SQuAD 2.0 computes them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.evaluation.answers import exact_match, f1, normalise


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The Steel Mills", "steel mills"),
        ("a  heron,\n and the  reed", "heron and reed"),
        ("US$2 billion", "us2 billion"),
        ("all-weather", "allweather"),  # punctuation goes first, so that the parts become one word
        ("the-end", "theend"),  # and no article is left to remove
        ("An apple a day", "apple day"),
        ("theatre anthem", "theatre anthem"),  # articles are whole words only
        ("the", ""),
        ("?!", ""),
        ("", ""),
        ("Zürich’s", "zürich’s"),  # only ASCII punctuation goes
    ],
)
def test_normalise(text: str, expected: str) -> None:
    assert normalise(text) == expected


@pytest.mark.parametrize(
    ("given_answer", "answers", "em", "f1_score"),
    [
        ("2016", ["2016"], 1, 1),
        ("The 2016.", ["2016"], 1, 1),
        ("in 2016", ["2016"], 0, 2 / 3),  # precision 1/2, recall 1
        ("in 2016", ["2016", "in 2016"], 1, 1),  # the best of the acceptable answers
        ("Moscow", ["Karachi"], 0, 0),
        ("four attack gunships", ["four gunships"], 0, 0.8),  # 2 * 2 / (3 + 2)
        ("gas gas gas", ["gas pipeline"], 0, 0.4),  # words count as often as both have them: 2 * 1 / (3 + 2)
        ("the the", ["a"], 1, 1),  # both are empty once articles are gone
        ("the", ["gas"], 0, 0),
        ("gas", ["the"], 0, 0),
        ("", ["gas"], 0, 0),
        ("", [], 1, 1),  # abstaining is right where there is no answer
        ("gas", [], 0, 0),
        ("the", [], 1, 1),  # SQuAD compares what is left after normalising
    ],
)
def test_exact_match_and_f1(given_answer: str, answers: list[str], em: float, f1_score: float) -> None:
    assert exact_match(given_answer, answers) == em
    assert f1(given_answer, answers) == pytest.approx(f1_score)


words = st.lists(st.sampled_from(["gas", "the", "steel", "mills,", "2016"]), max_size=6).map(" ".join)


@given(words, st.lists(words, max_size=3))
def test_exact_match_is_never_above_f1(given_answer: str, answers: list[str]) -> None:
    assert 0 <= exact_match(given_answer, answers) <= f1(given_answer, answers) <= 1


@given(words, words)
def test_f1_looks_at_neither_side_first(first: str, second: str) -> None:
    assert f1(first, [second]) == pytest.approx(f1(second, [first]))


@given(words, st.lists(words, min_size=1, max_size=3), words)
def test_a_further_acceptable_answer_never_lowers(given_answer: str, answers: list[str], further: str) -> None:
    assert f1(given_answer, [*answers, further]) >= f1(given_answer, answers)


@given(st.text())
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)
