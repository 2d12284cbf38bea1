"""Where evidence stands, and which passages hold it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.evaluation.anchors import Anchor, judge, locate, relevant
from qa.evaluation.gold import Evidence
from qa.library import Library
from qa.types import Passage


def passage(start: int, end: int, document: str = "a") -> Passage:
    return Passage(document, start, end, "x" * (end - start))


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        ((10, 20), True),  # all ten characters of the quote
        ((0, 100), True),
        ((10, 16), True),  # six of ten: more than half
        ((10, 15), False),  # five of ten: half is not more than half
        ((15, 20), False),
        ((14, 20), True),
        ((0, 15), False),
        ((0, 16), True),
        ((12, 18), True),  # six of ten, from the middle
        ((0, 10), False),  # they only touch
        ((20, 30), False),
        ((30, 40), False),
        ((0, 5), False),
    ],
)
def test_relevant_is_more_than_half_of_the_quote(span: tuple[int, int], expected: bool) -> None:
    assert relevant(passage(*span), Anchor("a", 10, 20)) is expected


@pytest.mark.parametrize(("span", "expected"), [((0, 5), False), ((0, 6), True), ((5, 11), True), ((6, 11), False)])
def test_relevant_with_an_odd_length(span: tuple[int, int], expected: bool) -> None:
    # Eleven characters: five are less than half, six are more.
    assert relevant(passage(*span), Anchor("a", 0, 11)) is expected


def test_another_document_is_never_relevant() -> None:
    assert not relevant(passage(10, 20, "b"), Anchor("a", 10, 20))


@given(st.integers(1, 40), st.integers(0, 40))
def test_of_two_parts_at_most_one_is_relevant(length: int, cut: int) -> None:
    anchor = Anchor("a", 0, length)
    cut = min(cut, length)
    parts = relevant(passage(0, cut), anchor), relevant(passage(cut, length), anchor)
    assert parts == (cut * 2 > length, (length - cut) * 2 > length)
    assert sum(parts) == (0 if cut * 2 == length else 1)


def test_judge_lists_the_quotes_of_each_passage() -> None:
    anchors = [(Anchor("a", 0, 10),), (), (Anchor("a", 12, 20),), (Anchor("b", 0, 10),)]
    passages = [passage(0, 20), passage(20, 40), passage(0, 20, "b"), passage(11, 30)]
    assert judge(passages, anchors) == [{0, 2}, set(), {3}, {2}]


def test_a_quote_that_stands_twice_is_held_by_either_passage() -> None:
    twice = (Anchor("a", 0, 10), Anchor("a", 50, 60))
    assert judge([passage(45, 70), passage(20, 40), passage(0, 10)], [twice]) == [{0}, set(), {0}]


@pytest.fixture
def lakes(library: Library, tmp_path: Path) -> Library:
    """Two documents; `lakes.txt` says "reeds" twice."""
    folder = tmp_path / "docs"
    (folder / "water").mkdir(parents=True)
    (folder / "water" / "lakes.txt").write_text("Herons hide in reeds.\n\nSwans nest in reeds.")
    (folder / "hills.md").write_text("# The hills\n\nFoxes dig dens.")
    library.add([folder])
    return library


@pytest.mark.parametrize("name", ["water/lakes.txt", "lakes.txt", "lakes"])
def test_locate_by_shown_source_file_name_and_title(lakes: Library, name: str) -> None:
    with lakes.reading() as reading:
        (anchor,) = locate(reading, Evidence(name, "Swans nest in reeds."))
        document = reading.document(anchor.document_id)
        assert document is not None
        assert document.source == "water/lakes.txt"
        assert (anchor.start, anchor.end) == (23, 43)  # 21 characters and two line ends before it


def test_locate_by_id_and_path(lakes: Library, tmp_path: Path) -> None:
    row = next(row for row in lakes.sources() if row.name == "hills.md")
    with lakes.reading() as reading:
        for name in (row.document_id, str(tmp_path / "docs" / "hills.md"), "The hills"):
            assert locate(reading, Evidence(name, "Foxes dig dens.")) == (Anchor(row.document_id, 13, 28),)


def test_locate_gives_every_place_of_a_quote(lakes: Library) -> None:
    with lakes.reading() as reading:
        places = locate(reading, Evidence("lakes.txt", "in reeds"))
        assert [(place.start, place.end) for place in places] == [(12, 20), (34, 42)]


@pytest.mark.parametrize(
    ("document", "quote"),
    [
        ("lakes.txt", "Herons hide in  reeds."),
        ("lakes.txt", "herons hide in reeds."),
        ("hills.md", "Herons hide in reeds."),
        ("rivers.txt", "Herons hide in reeds."),
    ],
)
def test_locate_finds_verbatim_words_of_that_document_only(lakes: Library, document: str, quote: str) -> None:
    with lakes.reading() as reading:
        assert locate(reading, Evidence(document, quote)) == ()
