"""What is derived follows the record: words beyond some number of passages, vectors of the kind that is wanted."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from embeddings import VectorIndex
from qa import derived, lexical, words
from qa.check import examine
from qa.errors import PinciteError
from qa.filters import Filter
from qa.library import Library
from qa.retriever import Retriever

QUESTION = "Which green lamp stands by the sea?"


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    for number in range(30):
        words = f"{'green ' * (number % 4)}{'lamp ' * (number % 3)}"
        (folder / f"{number:02}.md").write_text(f"# Tower {number}\n\nThe {words}number{number} stands by the sea.\n")
    return folder


@pytest.fixture
def filled(library: Library, docs: Path, monkeypatch: pytest.MonkeyPatch) -> Library:
    """A library large enough for a word index."""
    monkeypatch.setattr(derived, "_MANY", 20)
    library.add([docs])
    return library


def folder(library: Library) -> Path:
    return library.store.folder / "index" / "words"


def by_record(library: Library, k: int = 100) -> list[int]:
    with library.reading() as reading:
        return [number for number, _ in lexical.search(reading.connection, QUESTION, k)]


def by_library(library: Library, k: int = 100) -> list[int]:
    with library.reading() as reading:
        return [number for number, _ in library.find_words(reading, QUESTION, k)]


@pytest.fixture
def record_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> Any:
        raise AssertionError("the record was searched")

    monkeypatch.setattr(lexical, "search", fail)


@pytest.mark.usefixtures("record_is_not_asked")
def test_many_passages_have_a_word_index(filled: Library) -> None:
    assert len(by_library(filled)) == 30


def test_few_passages_have_none(filled: Library, docs: Path) -> None:
    assert folder(filled).is_dir()
    filled.remove(*(f"{number:02}.md" for number in range(15)))
    assert not folder(filled).exists()
    assert len(by_library(filled)) == 15


def test_it_finds_what_the_record_finds(filled: Library) -> None:
    assert set(by_library(filled)) == set(by_record(filled))
    # Both count words alike; tantivy keeps lengths of passages in steps.
    assert by_library(filled, 3) == by_record(filled, 3)


@pytest.mark.usefixtures("record_is_not_asked")
def test_it_follows_what_is_added_changed_and_removed(filled: Library, docs: Path, encoder: Any) -> None:
    with Library.open(filled.store.folder, encoder=encoder) as other:
        assert len(by_library(other)) == 30
        (docs / "30.md").write_text("A lamp of another sea.")
        (docs / "00.md").write_text("Nothing of that kind.")
        (docs / "01.md").unlink()
        filled.add([docs])
        for library in (filled, other):
            assert len(by_library(library)) == 29
            assert Retriever(library, stage="lexical").search("another")[0].citation.document.source == "30.md"


def test_a_damaged_one_is_not_believed_and_written_anew(
    filled: Library, docs: Path, encoder: Any, caplog: pytest.LogCaptureFixture
) -> None:
    expected = by_record(filled)
    segment = max((file for file in folder(filled).rglob("*") if file.is_file()), key=lambda file: file.stat().st_size)
    content = bytearray(segment.read_bytes())
    content[len(content) // 2] ^= 1
    segment.write_bytes(content)
    with Library.open(filled.store.folder, encoder=encoder) as library, caplog.at_level(logging.WARNING):
        assert by_library(library) == expected
        assert "Words are searched in the record itself" in caplog.text
        (docs / "31.md").write_text("One more lamp.")
        library.add([docs])
    with Library.open(filled.store.folder, encoder=encoder) as library:
        assert len(by_library(library)) == 31


def test_check_tells_of_a_word_index_that_is_not_used(filled: Library, docs: Path, encoder: Any) -> None:
    assert examine(filled).notes == ()
    for file in folder(filled).rglob("*"):
        if file.is_file() and file.suffix == ".store":
            file.unlink()
    with Library.open(filled.store.folder, encoder=encoder) as library:
        report = examine(library)
    assert report.damage == ()
    assert [note for note in report.notes if "word index is damaged" in note]


def test_one_that_cannot_be_written_costs_nothing_but_time(
    filled: Library, docs: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: Any) -> None:
        raise OSError("The word index could not be written: no space left on device.")

    monkeypatch.setattr("qa.words.WordIndex.write", full)
    (docs / "31.md").write_text("One more lamp.")
    assert len(filled.add([docs]).added) == 1
    assert len(by_library(filled)) == 31
    assert "no space left on device. Words are searched in the record itself until then." in caplog.text


def test_a_view_that_the_word_index_overtook_is_searched_in_the_record(filled: Library, docs: Path) -> None:
    with filled.reading() as earlier:
        assert earlier.generation
        before = filled.find_words(earlier, "number3", 5)
        (docs / "03.md").unlink()
        filled.add([docs])
        assert [number for number, _ in filled.find_words(earlier, "number3", 5)] == [number for number, _ in before]
        assert len(before) == 1
    with filled.reading() as later:
        assert filled.find_words(later, "number3", 5) == []


@pytest.mark.usefixtures("record_is_not_asked")
def test_filters_hold_for_it_too(filled: Library, docs: Path) -> None:
    filled.add([docs / "03.md", docs / "07.md"], tags=["two"])
    hits = Retriever(filled, stage="lexical").search(QUESTION, 10, Filter(tags=("two",)))
    assert {hit.citation.document.source for hit in hits} == {"03.md", "07.md"}


@pytest.mark.usefixtures("record_is_not_asked")
@pytest.mark.parametrize("few", [0, 1000])
def test_few_and_many_that_may_be_found_are_found_alike(
    filled: Library, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(words, "_FEW", few)
    with filled.reading() as reading:
        every = filled.find_words(reading, QUESTION, 100)
        among = np.array(sorted(number for number, _ in every[::3]))
        assert filled.find_words(reading, QUESTION, 100, among) == every[::3]
        assert filled.find_words(reading, QUESTION, 4, among) == every[::3][:4]
        assert filled.find_words(reading, QUESTION, 4, np.zeros(0, dtype=np.int64)) == []


# --- the kind of the vector index


def kind(library: Library) -> str:
    with library.reading() as reading:
        model = reading.model
        assert model is not None
        index, _ = VectorIndex.load(library.index_path, model=f"{reading.identity} {model.fingerprint}")
    assert index.kind == library.status()["index"]["type"]
    return index.kind


def test_a_person_chooses_how_vectors_are_searched(filled: Library, docs: Path, encoder: Any) -> None:
    expected = [hit.passage for hit in Retriever(filled).search(QUESTION)]
    assert kind(filled) == "exact"
    assert filled.status()["index"]["chosen"] == "by the number of passages"
    encoder.encoded.clear()
    for chosen in ("compressed", "inverted", "exact"):
        filled.add([docs], index_type=chosen)
        assert kind(filled) == chosen
        assert filled.status()["index"]["chosen"] == "by a person"
        assert [hit.passage for hit in Retriever(filled).search(QUESTION)] == expected
        filled.add([docs])
        assert kind(filled) == chosen
    filled.add([docs], index_type="auto")
    assert filled.status()["index"]["chosen"] == "by the number of passages"
    assert encoder.encoded == []


def test_a_kind_that_there_is_not_is_told_and_nothing_changed(filled: Library, docs: Path) -> None:
    (docs / "31.md").write_text("One more lamp.")
    with pytest.raises(PinciteError, match="no index type hnsw, only auto, exact, compressed, inverted"):
        filled.add([docs], index_type="hnsw")
    assert len(filled.sources()) == 30
    with pytest.raises(PinciteError, match="is not a tag"):
        filled.add([docs], index_type="compressed", tags=["#"])
    assert filled.status()["index"]["chosen"] == "by the number of passages"
