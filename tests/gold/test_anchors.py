"""Where evidence stands, and which passages hold it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.gold.anchors import Anchor, Anchors, Located, _places, judge, overlap, relevant
from qa.gold.questions import Evidence
from qa.library import Library
from qa.types import Document, Passage


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


@pytest.mark.parametrize(
    ("span", "expected"), [((0, 10), 0), ((5, 12), 2), ((10, 20), 10), ((0, 100), 10), ((19, 30), 1), ((20, 30), 0)]
)
def test_overlap_counts_the_characters_that_both_have(span: tuple[int, int], expected: int) -> None:
    assert overlap(passage(*span), Anchor("a", 10, 20)) == expected


@pytest.mark.parametrize("span", [(0, 1), (0, 1000), (999, 1000)])
def test_any_passage_of_a_document_that_is_meant_is_relevant(span: tuple[int, int]) -> None:
    whole = Anchor("a", 0, 1000, whole=True)
    assert relevant(passage(*span), whole)
    assert not relevant(passage(*span, "b"), whole)
    assert not relevant(passage(0, 1), Anchor("a", 0, 1000))


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
        (anchor,) = Anchors(reading).locate(Evidence(name, "Swans nest in reeds.")).places
        document = reading.document(anchor.document_id)
        assert document is not None
        assert document.source == "water/lakes.txt"
        assert (anchor.start, anchor.end) == (23, 43)  # 21 characters and two line ends before it


def test_locate_by_id_and_path(lakes: Library, tmp_path: Path) -> None:
    row = next(row for row in lakes.sources() if row.name == "hills.md")
    with lakes.reading() as reading:
        anchors = Anchors(reading)
        for name in (row.document_id, str(tmp_path / "docs" / "hills.md"), "The hills"):
            located = anchors.locate(Evidence(name, "Foxes dig dens."))
            assert located == Located((Anchor(row.document_id, 13, 28),), ingested=True, lost="")


def test_locate_gives_every_place_of_a_quote(lakes: Library) -> None:
    with lakes.reading() as reading:
        places = Anchors(reading).locate(Evidence("lakes.txt", "in reeds")).places
        assert [(place.start, place.end) for place in places] == [(12, 20), (34, 42)]


def test_places_of_a_quote_do_not_overlap(library: Library, tmp_path: Path) -> None:
    (tmp_path / "song.txt").write_text("la la la la la")
    library.add([tmp_path / "song.txt"])
    with library.reading() as reading:
        places = Anchors(reading).locate(Evidence("song.txt", "la la")).places
        assert [(place.start, place.end) for place in places] == [(0, 5), (6, 11)]


def test_without_a_quote_the_whole_document_is_meant(lakes: Library) -> None:
    with lakes.reading() as reading:
        (anchor,) = Anchors(reading).locate(Evidence("lakes.txt")).places
        assert (anchor.start, anchor.end, anchor.whole) == (0, 43, True)


def test_a_folder_stands_for_its_documents(lakes: Library, tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    (folder / "water" / "rivers.txt").write_text("Otters hide in reeds.")
    lakes.add([folder])
    with lakes.reading() as reading:
        anchors = Anchors(reading)
        located = anchors.locate(Evidence(str(folder / "water"), "in reeds"))
        assert sorted((place.start, place.end) for place in located.places) == [(12, 20), (12, 20), (34, 42)]
        whole = anchors.locate(Evidence(str(folder / "water")))
        assert sorted((place.start, place.end) for place in whole.places) == [(0, 21), (0, 43)]


@pytest.mark.parametrize(
    ("document", "quote"),
    [
        ("lakes.txt", "Herons hide in  reeds."),
        ("lakes.txt", "herons hide in reeds."),
        ("hills.md", "Herons hide in reeds."),
        ("hills.md", "Foxes dig dens.\n"),
    ],
)
def test_locate_finds_verbatim_words_of_that_document_only(lakes: Library, document: str, quote: str) -> None:
    with lakes.reading() as reading:
        located = Anchors(reading).locate(Evidence(document, quote))
        assert (located.places, located.ingested) == ((), True)
        assert located.lost == f"These words are not in {document} (any more): see pincite gold check."


@pytest.mark.parametrize("document", ["rivers.txt", "", "\0", "\ud800", "../docs", "' OR 1=1 --"])
def test_a_document_that_is_not_there_is_not_ingested(lakes: Library, document: str) -> None:
    with lakes.reading() as reading:
        for quote in ("Herons hide in reeds.", ""):
            located = Anchors(reading).locate(Evidence(document, quote))
            assert (located.places, located.ingested) == ((), False)
            assert located.lost.startswith("Nothing is indexed under the name")


def test_a_name_of_several_documents_is_not_guessed(lakes: Library, tmp_path: Path) -> None:
    (tmp_path / "docs" / "lakes.txt").write_text("Other lakes.")
    lakes.add([tmp_path / "docs"])
    with lakes.reading() as reading:
        located = Anchors(reading).locate(Evidence("lakes", "Other lakes."))
        assert (located.places, located.ingested) == ((), False)
        assert "lakes stands for several documents" in located.lost
        assert Anchors(reading).locate(Evidence("water/lakes.txt", "in reeds")).places


@given(st.text(alphabet="ab ", min_size=1, max_size=30), st.text(alphabet="ab", min_size=1, max_size=3))
def test_places_hold_the_quote_and_are_all_that_fit(text: str, quote: str) -> None:
    places = list(_places(Document("a", "a", ("a.txt",), "a" * 64, text), quote))
    assert all(text[place.start : place.end] == quote for place in places)
    assert len(places) == text.count(quote)  # str.count does not count overlapping ones either


def test_a_passage_inside_a_quote_longer_than_any_passage_is_relevant() -> None:
    # No passage has more than 1,000 bytes, so none could hold more than half of 2,500 characters.
    long = Anchor("d", 100, 2_600, long=True)
    assert relevant(Passage("d", 100, 700, "x" * 600), long)
    assert relevant(Passage("d", 2_000, 2_600, "x" * 600), long)
    assert not relevant(Passage("d", 99, 700, "x" * 601), long)
    assert not relevant(Passage("other", 100, 700, "x" * 600), long)
    # Of a quote that a passage can hold, half of it is wanted as ever.
    assert not relevant(Passage("d", 200, 600, "x" * 400), Anchor("d", 100, 1_100))
    assert not relevant(Passage("d", 200, 600, "x" * 400), Anchor("d", 100, 1_101))


@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 60)), max_size=12),
    st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 60), st.integers(1, 30)), min_size=1, max_size=6),
    st.integers(1, 15),
)
def test_a_passage_is_judged_by_all_the_places_there_are(
    starts: list[tuple[str, int]], spans: list[tuple[str, int, int]], length: int
) -> None:
    places = tuple(Anchor(id_, start, start + length) for id_, start in starts)
    passages = [passage(start, start + size, id_) for id_, start, size in spans]
    expected = [{0} if any(relevant(each, place) for place in places) else set() for each in passages]
    assert judge(passages, [places]) == expected


@pytest.mark.parametrize(
    ("quote", "long"), [("x" * 1_000, False), ("x" * 1_001, True), ("鷺" * 333, False), ("鷺" * 334, True)]
)
def test_a_quote_is_long_by_its_bytes_as_passages_are(quote: str, long: bool) -> None:
    # A heron in Chinese has three bytes: 333 of them have 999, 334 have 1,002.
    (place,) = _places(Document("a", "a", ("a.txt",), "a" * 64, f"{quote}."), quote)
    assert place == Anchor("a", 0, len(quote), long=long)
