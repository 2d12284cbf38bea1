"""Ranking metrics against values worked out by hand, and against their definitions on random rankings.

`found` is a list of sets: which quotes the passage at each rank holds. {0} holds the first quote, set() none.
"""

from __future__ import annotations

from math import log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.evaluation import ranking

NOTHING: set[int] = set()
rankings = st.lists(st.sets(st.integers(0, 4)), max_size=15)


@pytest.mark.parametrize(
    ("found", "k", "expected"),
    [
        ([{0}], 1, 1),
        ([NOTHING, {0}], 1, 0),
        ([NOTHING, {0}], 2, 1),
        ([NOTHING] * 4 + [{0}], 5, 1),
        ([NOTHING] * 5 + [{0}], 5, 0),
        ([{0, 1}, {0}], 5, 1),
        ([], 5, 0),
    ],
)
def test_success(found: list[set[int]], k: int, expected: float) -> None:
    assert ranking.success(found, k) == expected


@pytest.mark.parametrize(
    ("found", "quotes", "k", "expected"),
    [
        ([{0}], 1, 5, 1),
        ([{0}], 2, 5, 0.5),
        ([{0, 1}], 2, 5, 1),  # two quotes in one passage are two quotes
        ([{0}, {0}], 2, 5, 0.5),  # one quote in two passages is one quote
        ([{0}, {1}], 2, 1, 0.5),  # the second lies beyond k
        ([{0}, NOTHING, {1}, {2}], 4, 5, 0.75),
        ([NOTHING], 3, 5, 0),
        ([], 3, 5, 0),
        ([], 0, 5, 0),
    ],
)
def test_recall(found: list[set[int]], quotes: int, k: int, expected: float) -> None:
    assert ranking.recall(found, quotes, k) == expected


@pytest.mark.parametrize(
    ("found", "k", "expected"),
    [
        ([{0}], 10, 1),
        ([NOTHING, {0}], 10, 1 / 2),
        ([NOTHING, NOTHING, {1}, {0}], 10, 1 / 3),
        ([NOTHING] * 9 + [{0}], 10, 1 / 10),
        ([NOTHING] * 10 + [{0}], 10, 0),
        ([], 10, 0),
    ],
)
def test_reciprocal_rank(found: list[set[int]], k: int, expected: float) -> None:
    assert ranking.reciprocal_rank(found, k) == expected


# 1 / log2(rank + 1) for the first ranks: 1, 0.63093, 0.5, 0.43068.
@pytest.mark.parametrize(
    ("found", "relevant", "k", "expected"),
    [
        ([{0}], 1, 10, 1),
        ([NOTHING, {0}], 1, 10, 0.63093),
        ([NOTHING, NOTHING, {0}], 1, 10, 0.5),
        ([{0}, NOTHING, {1}], 2, 10, 1.5 / 1.63093),
        ([NOTHING, {0}, {1}], 2, 10, 1.13093 / 1.63093),
        ([{0}, {1}], 2, 10, 1),
        ([{0, 1}], 1, 10, 1),  # a passage with two quotes is one relevant passage: the gain is binary
        ([{0}], 2, 10, 1 / 1.63093),  # a relevant passage that was not found lowers the score
        ([{0}, NOTHING, NOTHING], 1, 1, 1),
        ([NOTHING, {0}], 1, 1, 0),
        ([{0}], 5, 1, 1),  # with k = 1 no order can be better than one relevant passage
        ([], 2, 10, 0),
        ([], 0, 10, 0),
    ],
)
def test_ndcg(found: list[set[int]], relevant: int, k: int, expected: float) -> None:
    assert ranking.ndcg(found, relevant, k) == pytest.approx(expected, abs=1e-5)


@given(rankings, st.integers(1, 12))
def test_scores_are_shares_and_grow_with_k(found: list[set[int]], k: int) -> None:
    for metric in (ranking.success, ranking.reciprocal_rank):
        assert 0 <= metric(found, k) <= metric(found, k + 1) <= 1
    assert 0 <= ranking.recall(found, 5, k) <= ranking.recall(found, 5, k + 1) <= 1


@given(rankings, st.integers(1, 12))
def test_ndcg_is_one_exactly_for_the_best_order(found: list[set[int]], k: int) -> None:
    relevant = sum(bool(quotes) for quotes in found)
    best = sorted(found, key=bool, reverse=True)
    value = ranking.ndcg(found, relevant, k)
    assert 0 <= value <= 1 + 1e-12
    if relevant:
        assert ranking.ndcg(best, relevant, k) == pytest.approx(1)
        assert (value == pytest.approx(1)) == (list(map(bool, found[:k])) == list(map(bool, best[:k])))


@given(rankings, st.integers(1, 12))
def test_success_is_a_reciprocal_rank_above_zero(found: list[set[int]], k: int) -> None:
    assert ranking.success(found, k) == float(ranking.reciprocal_rank(found, k) > 0)


@given(st.integers(1, 10))
def test_one_relevant_passage_at_a_rank(rank: int) -> None:
    found = [NOTHING] * (rank - 1) + [{0}]
    assert ranking.ndcg(found, 1, 10) == pytest.approx(1 / log2(rank + 1))
    assert ranking.reciprocal_rank(found, 10) == pytest.approx(1 / rank)


@given(rankings, st.integers(1, 12))
def test_rankings_are_not_written_into(found: list[set[int]], k: int) -> None:
    before = [set(quotes) for quotes in found]
    ranking.recall(found, 5, k)
    ranking.ndcg(found, 3, k)
    assert found == before
