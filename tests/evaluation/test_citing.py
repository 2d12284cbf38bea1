"""Citation precision and recall, by characters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.evaluation import citing
from qa.gold.anchors import Anchor
from qa.types import Citation, Document

TEXT = "0123456789" * 10
DOCUMENTS = {id_: Document(id_, id_, (f"{id_}.txt",), id_ * 64, TEXT) for id_ in "ab"}


def cite(document: str, start: int, end: int) -> Citation:
    return DOCUMENTS[document].cite(start, end)


@pytest.mark.parametrize(
    ("cited", "evidence", "precision", "recall"),
    [
        ([("a", 10, 20)], [("a", 10, 20)], 1, 1),
        ([("a", 10, 20)], [("a", 15, 25)], 5 / 10, 5 / 10),
        ([("a", 10, 30)], [("a", 15, 20)], 5 / 20, 1),
        ([("a", 15, 20)], [("a", 10, 30)], 1, 5 / 20),
        ([("a", 10, 20)], [("a", 20, 30)], 0, 0),  # half open: they only touch
        ([("b", 10, 20)], [("a", 10, 20)], 0, 0),  # another document
        ([("a", 0, 10), ("b", 0, 10)], [("a", 0, 10)], 1 / 2, 1),
        ([("a", 0, 10), ("a", 5, 15)], [("a", 0, 15)], 1, 1),  # a character cited twice counts once
        ([("a", 0, 10)], [("a", 0, 10), ("b", 0, 30)], 1, 10 / 40),
        ([], [("a", 0, 10)], 0, 0),
    ],
)
def test_precision_and_recall(
    cited: list[tuple[str, int, int]], evidence: list[tuple[str, int, int]], precision: float, recall: float
) -> None:
    citations = [cite(*span) for span in cited]
    anchors = [(Anchor(*span),) for span in evidence]
    characters = sum(end - start for _, start, end in evidence)
    assert citing.precision(citations, anchors) == pytest.approx(precision)
    assert citing.recall(citations, anchors, characters) == pytest.approx(recall)


def test_a_quote_that_was_lost_stays_in_the_denominator() -> None:
    # Ten characters found and cited, thirty more that are no longer in the document.
    assert citing.recall([cite("a", 0, 10)], [(Anchor("a", 0, 10),), ()], 40) == pytest.approx(0.25)
    assert citing.precision([cite("a", 0, 10)], [(Anchor("a", 0, 10),), ()]) == 1


def test_without_evidence_nothing_is_right() -> None:
    assert citing.precision([cite("a", 0, 10)], []) == 0
    assert citing.recall([cite("a", 0, 10)], [], 0) == 0


span = st.tuples(st.sampled_from("ab"), st.integers(0, 49), st.integers(1, 50)).map(
    lambda parts: (parts[0], parts[1], parts[1] + parts[2])
)
spans = st.lists(span, max_size=4)


def test_a_quote_that_stands_twice_may_be_cited_in_either_place() -> None:
    twice = [(Anchor("a", 0, 10), Anchor("a", 50, 60))]
    assert citing.recall([cite("a", 50, 60)], twice, 10) == 1
    assert citing.precision([cite("a", 50, 60)], twice) == 1
    assert citing.recall([cite("a", 0, 5), cite("a", 50, 58)], twice, 10) == pytest.approx(8 / 10)
    assert citing.precision([cite("a", 0, 5), cite("a", 50, 58)], twice) == 1


@pytest.mark.parametrize(
    ("cited", "quotes", "expected"),
    [
        ([("a", 10, 20)], [[("a", 10, 20)]], True),
        ([("a", 10, 16)], [[("a", 10, 20)]], True),  # six of ten characters
        ([("a", 10, 15)], [[("a", 10, 20)]], False),  # five of ten: half is not more than half
        ([("b", 10, 20)], [[("a", 10, 20)]], False),
        ([("b", 0, 9), ("a", 10, 20)], [[("a", 10, 20)]], False),  # one quote: only the first citation is looked at
        ([("b", 0, 9), ("a", 10, 20)], [[("a", 10, 20)], [("b", 0, 9)]], True),
        ([("a", 0, 50)], [[("a", 0, 9)], [("a", 20, 29)]], True),  # one citation may hold both
        ([("a", 0, 9)], [[("a", 0, 9)], [("a", 20, 29)]], False),  # every quote is wanted
        ([("a", 10, 13), ("a", 17, 20)], [[("a", 10, 20)], [("a", 10, 20)]], True),  # both together hold six of ten
        ([("a", 60, 70)], [[("a", 10, 20), ("a", 60, 70)]], True),  # a quote that stands twice: either place
        ([("a", 10, 14), ("a", 60, 64)], [[("a", 10, 20), ("a", 60, 70)], [("a", 10, 14)]], False),  # not both in part
        ([("a", 10, 20)], [[("a", 10, 20)], []], False),  # a quote that was lost
        ([], [[("a", 10, 20)]], False),
    ],
)
def test_supported(cited: list[tuple[str, int, int]], quotes: list[list[tuple[str, int, int]]], expected: bool) -> None:
    places = [tuple(Anchor(*span) for span in each) for each in quotes]
    assert citing.supported([cite(*span) for span in cited], places) is expected


@pytest.mark.parametrize(
    ("cited", "quotes", "expected"),
    [
        ([("a", 0, 11)], [[("a", 10, 20)]], True),  # one character
        ([("a", 0, 10)], [[("a", 10, 20)]], False),  # half open: they only touch
        ([("a", 20, 30)], [[("a", 10, 20)]], False),
        ([("a", 12, 13)], [[("a", 10, 20)]], True),
        ([("b", 10, 20)], [[("a", 10, 20)]], False),
        ([("b", 0, 5), ("a", 0, 30)], [[("a", 50, 60)], [("a", 90, 99), ("a", 10, 20)]], True),
        ([("a", 0, 5)], [[]], False),
        ([("a", 0, 5)], [], False),
        ([], [[("a", 0, 5)]], False),
    ],
)
def test_touches(cited: list[tuple[str, int, int]], quotes: list[list[tuple[str, int, int]]], expected: bool) -> None:
    places = [tuple(Anchor(*span) for span in each) for each in quotes]
    assert citing.touches([cite(*span) for span in cited], places) is expected


@given(spans, spans)
def test_what_touches_has_a_precision_and_what_is_supported_touches(
    cited: list[tuple[str, int, int]], quotes: list[tuple[str, int, int]]
) -> None:
    citations, places = [cite(*each) for each in cited], [(Anchor(*each),) for each in quotes]
    touched = citing.touches(citations, places)
    assert touched == (citing.precision(citations, places) > 0)
    if quotes and citing.supported(citations, places):
        assert touched
        assert citing.recall(citations, places, sum(end - start for _, start, end in quotes)) > 0.5


@given(spans, span)
def test_precision_and_recall_change_sides_with_their_arguments(
    first: list[tuple[str, int, int]], second: tuple[str, int, int]
) -> None:
    precision = citing.precision([cite(*second)], [(Anchor(*s),) for s in first])
    recall = citing.recall([cite(*s) for s in first], [(Anchor(*second),)], second[2] - second[1])
    assert precision == pytest.approx(recall)
    assert 0 <= precision <= 1
