"""Two scores in one: worked by hand, bounded, and never against both."""

from __future__ import annotations

from math import log, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.fusion import ENOUGH, SHARE, SUM, fuse, highest, rarity, weight


def test_rarity_by_hand() -> None:
    # Robertson and Spärck Jones with one added, so that no word counts against a passage: 1 of 4, and all of 4.
    assert rarity(1, 4) == pytest.approx(log(1 + 3.5 / 1.5))
    assert rarity(4, 4) == pytest.approx(log(1 + 0.5 / 4.5))
    assert rarity(0, 4) > rarity(1, 4) > rarity(2, 4) > rarity(4, 4) > 0


def test_the_highest_score_is_that_of_a_passage_with_nothing_but_the_words() -> None:
    assert highest({"a": 1, "b": 4}, 4) == pytest.approx(2.2 * (rarity(1, 4) + rarity(4, 4)))
    assert highest({}, 4) == 0


def test_fusion_by_hand() -> None:
    # Of 16 possible the second has 8: half of the share, and 8 / sqrt(16) = 2 as such. At most: 1, all, and 4.
    most = 1 + SHARE + 4 * SUM
    fused = fuse({1: 0.9, 2: 0.5, 3: -0.2}, {2: 8.0, 3: 16.0}, 16.0)
    assert fused == pytest.approx({1: 0.9 / most, 2: (0.5 + SHARE / 2 + 2 * SUM) / most, 3: (SHARE + 4 * SUM) / most})


def test_where_hardly_any_word_is_found_words_count_less() -> None:
    # The best passage has 3 of 100 possible: a fifth of what is enough, so that they count a fifth of what they would.
    assert weight(3.0, 100.0) == pytest.approx((SHARE / 100 + SUM / 10) * 0.03 / ENOUGH)
    assert weight(90.0, 100.0) == weight(20.0, 100.0) == pytest.approx(SHARE / 100 + SUM / 10)
    fused = fuse({1: 0.5, 2: 0.48}, {2: 3.0}, 100.0)
    assert fused[2] < fused[1]


def test_without_words_meaning_alone_counts() -> None:
    assert fuse({1: 0.9, 2: 0.5}, {}, 0.0) == {1: 0.9, 2: 0.5}
    assert fuse({}, {}, 0.0) == {}


def test_words_that_stand_nowhere_leave_the_order_to_meaning() -> None:
    # The same words in the same passages: the rarer the word that is missing, the less they count.
    cosines, words = {1: 0.60, 2: 0.50}, {2: 5.0}
    assert fuse(cosines, words, 6.0)[2] > fuse(cosines, words, 6.0)[1]
    assert fuse(cosines, words, 120.0)[2] < fuse(cosines, words, 120.0)[1]


@given(
    st.dictionaries(st.integers(0, 20), st.tuples(st.floats(-1, 1), st.floats(0, 60))),
    st.floats(0, 1000),
)
def test_scores_are_between_none_and_one_and_keep_what_both_agree_on(
    scores: dict[int, tuple[float, float]], possible: float
) -> None:
    cosines = {number: cosine for number, (cosine, _) in scores.items()}
    words = {number: score for number, (_, score) in scores.items() if score}
    fused = fuse(cosines, words, possible)
    assert set(fused) == set(cosines)
    assert all(0 <= score <= 1 + 1e-9 for score in fused.values())
    for one in scores:
        for other in scores:
            if scores[one][0] >= scores[other][0] and scores[one][1] >= scores[other][1]:
                assert fused[one] >= fused[other] - 1e-9


def test_no_passage_exceeds_what_is_possible() -> None:
    # BM25 of a word in a passage: rarity * tf * 2.2 / (tf + 1.2 * (0.25 + 0.75 * length / mean)) < 2.2 * rarity
    for frequency in (1, 5, 1000):
        score = rarity(1, 50) * frequency * 2.2 / (frequency + 1.2 * 0.25)
        assert score < highest({"word": 1}, 50)
    assert sqrt(highest({"word": 1}, 50)) > 0
