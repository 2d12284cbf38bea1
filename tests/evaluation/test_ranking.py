"""Ranking metrics against values worked out by hand, and against their definitions on random rankings.

`found` is a list of sets: which quotes the passage at each rank holds. {0} holds the first quote, set() none.
"""

from __future__ import annotations

from itertools import pairwise
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
    ("gains", "ideal", "k", "expected"),
    [
        ([1], [1], 10, 1),
        ([0, 1], [1], 10, 0.63093),
        ([0, 0, 1], [1], 10, 0.5),
        ([1, 0, 1], [1, 1], 10, 1.5 / 1.63093),
        ([0, 1, 1], [1, 1], 10, 1.13093 / 1.63093),
        ([1, 1], [1, 1], 10, 1),
        ([1], [1, 1], 10, 1 / 1.63093),  # a relevant passage that was not found lowers the score
        ([1, 0, 0], [1], 1, 1),
        ([0, 1], [1], 1, 0),
        ([1], [1] * 5, 1, 1),  # with k = 1 no order can be better than one relevant passage
        ([3, 1], [1, 3], 10, 1),
        ([1, 3], [1, 3], 10, (1 + 3 * 0.63093) / (3 + 0.63093)),  # the grade itself is the gain, not 2 ** grade - 1
        ([1], [1, 3], 1, 1 / 3),
        ([], [1, 1], 10, 0),
        ([], [], 10, 0),
    ],
)
def test_ndcg(gains: list[float], ideal: list[float], k: int, expected: float) -> None:
    assert ranking.ndcg(gains, ideal, k) == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize(
    ("found", "k", "expected"),
    [
        ([{0}], 5, 1 / 5),  # divided by 5 although one was found
        ([{0}, NOTHING, {1}, {1}, NOTHING, {2}], 5, 3 / 5),  # one quote in two passages makes both relevant
        ([{0, 1}], 1, 1),
        ([NOTHING, {0}], 1, 0),
        ([], 5, 0),
    ],
)
def test_precision(found: list[set[int]], k: int, expected: float) -> None:
    assert ranking.precision(found, k) == expected


@pytest.mark.parametrize(
    ("found", "relevant", "k", "expected"),
    [
        ([{0}], 1, 100, 1),
        ([NOTHING, {0}], 1, 100, 1 / 2),
        ([{0}, NOTHING, {1}], 2, 100, (1 + 2 / 3) / 2),
        ([{0}, NOTHING, {1}], 4, 100, (1 + 2 / 3) / 4),  # two were not found
        ([NOTHING, {0}, {0}], 2, 100, (1 / 2 + 2 / 3) / 2),
        ([{0}, {1}], 2, 1, 1 / 2),  # the second lies beyond k
        ([NOTHING] * 99 + [{0}], 1, 100, 1 / 100),
        ([NOTHING] * 100 + [{0}], 1, 100, 0),
        ([], 3, 100, 0),
        ([], 0, 100, 0),
    ],
)
def test_average_precision(found: list[set[int]], relevant: int, k: int, expected: float) -> None:
    assert ranking.average_precision(found, relevant, k) == pytest.approx(expected)


# --- the order


def test_ties_are_ordered_by_name_descending() -> None:
    assert ranking.by_score({"b": 1, "a": 2, "c": 1, "d": 1}) == ["a", "d", "c", "b"]


def test_names_are_compared_by_character_and_not_as_numbers() -> None:
    # As strcmp does on UTF-8: 9 after 10, Z before a, é after z.
    assert ranking.by_score(dict.fromkeys(["10", "9", "z", "Z", "é", "a", ""], 0.5)) == [
        "é",
        "z",
        "a",
        "Z",
        "9",
        "10",
        "",
    ]


def test_scores_that_trec_eval_cannot_tell_apart_are_ties() -> None:
    # Single precision has 24 bits: 1 + 2**-24 is 1 there, 1 + 2**-23 is not.
    assert ranking.by_score({"a": 1 + 2**-24, "b": 1.0}) == ["b", "a"]
    assert ranking.by_score({"a": 1 + 2**-23, "b": 1.0}) == ["a", "b"]


def test_scores_of_any_size_have_an_order() -> None:
    scores = {"a": -1e300, "b": 1e300, "c": 0.0, "d": -0.0, "e": 1e-300, "f": -1.0}
    assert ranking.by_score(scores) == ["b", "e", "d", "c", "f", "a"]  # e is 0 in single precision, as c and d are


@given(st.dictionaries(st.text(max_size=3), st.floats(-10, 10, width=32)))
def test_the_order_is_by_score_then_name(scores: dict[str, float]) -> None:
    names = ranking.by_score(scores)
    assert sorted(names) == sorted(scores)
    for first, second in pairwise(names):
        assert scores[first] > scores[second] or (scores[first] == scores[second] and first > second)


# --- properties


@given(rankings, st.integers(1, 12))
def test_scores_are_shares_and_grow_with_k(found: list[set[int]], k: int) -> None:
    for metric in (ranking.success, ranking.reciprocal_rank):
        assert 0 <= metric(found, k) <= metric(found, k + 1) <= 1
    assert 0 <= ranking.recall(found, 5, k) <= ranking.recall(found, 5, k + 1) <= 1


@given(st.lists(st.integers(0, 3), max_size=15), st.integers(1, 12))
def test_ndcg_is_one_exactly_for_the_best_order(gains: list[int], k: int) -> None:
    best = sorted(gains, reverse=True)
    value = ranking.ndcg(gains, gains, k)
    assert 0 <= value <= 1 + 1e-12
    if any(gains):
        assert ranking.ndcg(best, gains, k) == pytest.approx(1)
        assert (value == pytest.approx(1)) == (gains[:k] == best[:k])


@given(rankings, st.integers(0, 3), st.integers(1, 12))
def test_average_precision_by_its_definition(found: list[set[int]], unfound: int, k: int) -> None:
    # The mean over all relevant ones of the precision at their rank.
    relevant = sum(map(bool, found)) + unfound
    precisions = [ranking.precision(found, rank) for rank in range(1, min(k, len(found)) + 1) if found[rank - 1]]
    value = ranking.average_precision(found, relevant, k)
    assert value == pytest.approx(sum(precisions) / relevant if relevant else 0)
    assert 0 <= value <= 1 + 1e-12


@given(rankings, st.integers(1, 12))
def test_success_is_a_reciprocal_rank_above_zero(found: list[set[int]], k: int) -> None:
    assert ranking.success(found, k) == float(ranking.reciprocal_rank(found, k) > 0)


@given(st.integers(1, 10))
def test_one_relevant_passage_at_a_rank(rank: int) -> None:
    found = [NOTHING] * (rank - 1) + [{0}]
    assert ranking.ndcg([float(bool(held)) for held in found], [1], 10) == pytest.approx(1 / log2(rank + 1))
    assert ranking.reciprocal_rank(found, 10) == pytest.approx(1 / rank)
    assert ranking.average_precision(found, 1, 10) == pytest.approx(1 / rank)


@given(rankings, st.integers(1, 12))
def test_rankings_are_not_written_into(found: list[set[int]], k: int) -> None:
    before = [set(quotes) for quotes in found]
    ranking.recall(found, 5, k)
    ranking.average_precision(found, 3, k)
    assert found == before
