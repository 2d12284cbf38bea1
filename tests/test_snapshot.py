"""The derived index: whatever happens to its file, the same rows are found and nothing is embedded again."""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from embeddings import VectorIndex
from qa import snapshot
from qa.check import examine
from qa.library import Library
from qa.passages import split
from qa.retriever import Retriever
from qa.snapshot import LiveIndex
from qa.types import Document

QUESTION = "Who kept the old lighthouse?"


def fill(folder: Path, count: int, first: int = 0) -> Path:
    folder.mkdir(exist_ok=True)
    for number in range(first, first + count):
        (folder / f"{number:03}.txt").write_text(
            f"Keeper {number} kept the lighthouse number {number % 7}.\n\nIt was old in the year {1800 + number}."
        )
    return folder


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    return fill(tmp_path / "docs", 12)


@pytest.fixture
def filled(library: Library, docs: Path) -> Library:
    library.add([docs])
    return library


def found(library: Library) -> list[dict[str, Any]]:
    return [hit.as_dict() for hit in Retriever(library).search(QUESTION, 50)]


def rows(index: VectorIndex) -> list[tuple[int, list[float]]]:
    """All that an index holds, by id."""
    held = []
    for part in (index.base, index.tail):
        for ids, vectors in part.living():
            held += list(zip(ids.tolist(), vectors.tolist(), strict=True))
    return sorted(held)


def built(library: Library) -> list[tuple[int, list[float]]]:
    """What the record says that an index should hold."""
    with library.reading() as reading:
        live = LiveIndex(Path(tempfile.gettempdir()) / "no such folder")
        return rows(live.at(reading, reading.model)[1])


@pytest.fixture
def reopened(filled: Library, encoder: Any) -> Iterator[Library]:
    """A second library on the same store, for what has not been loaded yet."""
    encoder.encoded.clear()
    with Library.open(filled.store.folder, encoder=encoder) as library:
        yield library


# --- the file


def test_adding_publishes_the_index(filled: Library) -> None:
    with filled.reading() as reading:
        index, generation = VectorIndex.load(filled.index_path, model=snapshot.stamp(reading, reading.model))
        assert generation == reading.generation
        assert rows(index) == built(filled)
        assert len(index) == 24


def test_a_good_file_is_loaded_and_not_written_again(filled: Library, reopened: Library) -> None:
    before = filled.index_path.stat()
    assert found(reopened) == found(filled)
    after = filled.index_path.stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_a_missing_file_comes_back(filled: Library, reopened: Library, docs: Path, encoder: Any) -> None:
    expected, before = found(filled), filled.index_path.read_bytes()
    shutil.rmtree(filled.index_path.parent)
    assert found(reopened) == expected
    assert reopened.add([docs]).unchanged == 12
    assert filled.index_path.read_bytes() == before
    assert encoder.encoded == []


@pytest.mark.parametrize("share", [0, 0.01, 0.1, 0.5, 0.9, 0.999])
def test_a_truncated_file_is_built_again(
    filled: Library, reopened: Library, docs: Path, encoder: Any, share: float
) -> None:
    expected, before = found(filled), filled.index_path.read_bytes()
    filled.index_path.write_bytes(before[: int(len(before) * share)])
    assert found(reopened) == expected
    assert reopened.add([docs]).unchanged == 12
    assert filled.index_path.read_bytes() == before
    assert encoder.encoded == []


def test_a_flipped_bit_anywhere_is_never_believed(filled: Library, encoder: Any) -> None:
    expected, good = found(filled), filled.index_path.read_bytes()
    encoder.encoded.clear()
    places = [*range(0, 400, 13), *range(400, len(good), len(good) // 30), len(good) - 1]
    for place in places:
        filled.index_path.write_bytes(good[:place] + bytes([good[place] ^ (1 << place % 8)]) + good[place + 1 :])
        with Library.open(filled.store.folder, encoder=encoder) as library:
            assert found(library) == expected
            assert [line for line in examine(library).damage if "index" in line or "vectors.faiss" in line]
    assert encoder.encoded == []


def test_a_block_of_zeros_is_never_believed(filled: Library, reopened: Library) -> None:
    expected, good = found(filled), filled.index_path.read_bytes()
    filled.index_path.write_bytes(good[:1000] + bytes(512) + good[1512:])
    assert found(reopened) == expected


def test_a_damaged_file_is_told_in_the_log(
    filled: Library, reopened: Library, caplog: pytest.LogCaptureFixture
) -> None:
    filled.index_path.write_bytes(b"garbage")
    with caplog.at_level(logging.WARNING):
        found(reopened)
    assert "vectors.faiss is damaged. It is built again from the store." in caplog.text


def test_the_file_of_an_older_generation_catches_up(filled: Library, docs: Path, encoder: Any, tmp_path: Path) -> None:
    old = filled.index_path.read_bytes()
    (docs / "000.txt").unlink()
    (docs / "001.txt").write_text("Keeper 1 left the lighthouse.")
    filled.add([fill(docs, 3, first=12)])
    expected = found(filled)
    filled.index_path.write_bytes(old)
    encoder.encoded.clear()
    with Library.open(filled.store.folder, encoder=encoder) as library:
        assert found(library) == expected
        with library.reading() as reading:
            assert rows(library.index(reading)) == built(library)
    assert encoder.encoded == []


def test_the_file_of_another_store_is_not_used(
    filled: Library, reopened: Library, encoder: Any, tmp_path: Path
) -> None:
    expected = found(filled)
    with Library.open(tmp_path / "other", encoder=encoder) as other:
        other.add([fill(tmp_path / "other-docs", 12, first=50)])
        shutil.copy(other.index_path, filled.index_path)
    encoder.encoded.clear()
    assert found(reopened) == expected
    assert encoder.encoded == []


def test_the_file_of_a_later_generation_is_not_used(filled: Library, docs: Path, encoder: Any, tmp_path: Path) -> None:
    filled.store.close()
    expected = found(filled)
    filled.store.close()
    shutil.copytree(filled.store.folder, tmp_path / "backup")
    filled.add([fill(docs, 5, first=20)])
    shutil.copy(filled.index_path, tmp_path / "backup" / "index" / "vectors.faiss")
    encoder.encoded.clear()
    with Library.open(tmp_path / "backup", encoder=encoder) as library:
        assert found(library) == expected
        with library.reading() as reading:
            assert rows(library.index(reading)) == built(library)
    assert encoder.encoded == []


@pytest.mark.parametrize("what", ["folder", "file"])
def test_an_index_that_cannot_be_written_costs_nothing_but_time(
    filled: Library, reopened: Library, docs: Path, what: str
) -> None:
    expected = found(filled)
    shutil.rmtree(filled.index_path.parent)
    if what == "file":
        filled.index_path.parent.write_text("in the way")
    else:
        filled.index_path.mkdir(parents=True)
    assert found(reopened) == expected
    (docs / "900.txt").write_text("Keeper 900 kept the lighthouse.")
    reopened.add([docs])
    assert "Keeper 900 kept the lighthouse." in [hit["text"] for hit in found(reopened)]


def test_what_a_killed_writer_left_beside_the_file_is_cleared(filled: Library, docs: Path) -> None:
    left = filled.index_path.with_name(f"{filled.index_path.name}.new")
    left.write_bytes(b"half")
    filled.add([fill(docs, 20, first=100)])
    assert [path.name for path in filled.index_path.parent.iterdir()] == ["vectors.faiss"]


# --- the snapshot


def test_small_changes_do_not_write_the_file_again(filled: Library, docs: Path) -> None:
    before = filled.index_path.read_bytes()
    filled.add([fill(docs, 1, first=500)])  # 2 rows of 26 are new: more than one in twenty
    after = filled.index_path.read_bytes()
    assert after != before
    filled.add([fill(docs, 30, first=600)])
    before = filled.index_path.read_bytes()
    filled.add([fill(docs, 1, first=700)])  # 2 rows of 88 are new
    assert filled.index_path.read_bytes() == before
    with filled.reading() as reading:
        assert rows(filled.index(reading)) == built(filled)


def test_an_open_library_sees_what_another_adds_and_removes(filled: Library, reopened: Library, docs: Path) -> None:
    assert len(found(reopened)) == 24
    filled.add([fill(docs, 1, first=500)])
    assert len(found(reopened)) == 26
    filled.remove("500.txt")
    filled.remove("000.txt")
    assert found(reopened) == found(filled)
    assert len(found(reopened)) == 22


def test_a_reader_that_missed_forgotten_removals_builds_anew(filled: Library, reopened: Library, docs: Path) -> None:
    found(reopened)
    for number in range(8):
        filled.remove(f"{number:03}.txt")
    with filled.reading() as reading:
        assert reading.pruned > 0
    assert found(reopened) == found(filled)
    with reopened.reading() as reading:
        assert rows(reopened.index(reading)) == built(filled)


def test_a_search_under_way_keeps_its_snapshot(filled: Library, docs: Path) -> None:
    with filled.reading() as reading:
        index = filled.index(reading)
        before = rows(index)
        filled.add([fill(docs, 30, first=500)])
        assert rows(index) == before
        assert rows(filled.index(reading)) != before  # a newer one serves an older reading; unknown ids are dropped


# --- any history, against brute force

WORDS = "lamp oil keeper boat storm gull rock tide glass wick bell fog".split()
NAMES = [f"{letter}.txt" for letter in "abcdefgh"]
contents = st.lists(
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(lambda words: " ".join(words).capitalize() + "."),
    min_size=1,
    max_size=4,
).map("\n\n".join)


def machine(make_encoder: type) -> type[RuleBasedStateMachine]:
    class Histories(RuleBasedStateMachine):
        """Adds, changes and removes; at every step the index must be what a new one would be."""

        def __init__(self) -> None:
            super().__init__()
            self.encoder = make_encoder()
            self.folder = Path(tempfile.mkdtemp())
            self.docs = self.folder / "docs"
            self.library = Library.open(self.folder / "store", encoder=self.encoder)
            self.other = Library.open(self.folder / "store", encoder=self.encoder)
            self.files: dict[str, str] = {}

        def teardown(self) -> None:
            self.library.close()
            self.other.close()
            shutil.rmtree(self.folder)

        def write(self, name: str, text: str) -> None:
            (self.docs / name).write_text(text)
            self.files[name] = text

        @initialize()
        def begin(self) -> None:
            self.docs.mkdir()
            for number in range(20):
                self.write(f"base{number:02}.txt", f"Base text {number} of the record.\n\nIt stays for {number} years.")
            self.library.add([self.docs])

        @rule(changes=st.dictionaries(st.sampled_from(NAMES), contents, min_size=1, max_size=3))
        def add_or_change(self, changes: dict[str, str]) -> None:
            for name, text in changes.items():
                self.write(name, text)
            self.library.add([self.docs])

        @rule(name=st.sampled_from(NAMES), text=contents)
        def add_one(self, name: str, text: str) -> None:
            self.write(name, text)
            self.other.add([self.docs / name])

        @rule(name=st.sampled_from(NAMES))
        def unlink(self, name: str) -> None:
            (self.docs / name).unlink(missing_ok=True)
            self.files.pop(name, None)
            self.library.add([self.docs])

        @rule(name=st.sampled_from(NAMES))
        def remove(self, name: str) -> None:
            if name in self.files:
                self.other.remove(str(self.docs / name))
                (self.docs / name).unlink()
                del self.files[name]

        @rule()
        def lose_the_index(self) -> None:
            shutil.rmtree(self.folder / "store" / "index", ignore_errors=True)

        @rule()
        def reopen(self) -> None:
            self.library.close()
            self.library = Library.open(self.folder / "store", encoder=self.encoder)

        @invariant()
        def the_index_is_what_a_new_one_would_be(self) -> None:
            for library in (self.library, self.other):
                if self.files:
                    with library.reading() as reading:
                        assert rows(library.index(reading)) == built(library)

        @invariant()
        def the_record_is_what_brute_force_says(self) -> None:
            expected = sorted(
                (passage.start, passage.text)
                for text in set(self.files.values())
                for passage in split(Document("d", "t", ("s",), "h", text))
            )
            query = self.encoder.encode_query([QUESTION + " " + " ".join(WORDS[:5])])[0]
            if not self.files:
                return
            with self.library.reading() as reading:
                dense = self.library.index(reading).search(query, 1000)
                held = reading.passages([number for number, _ in dense])
                owners = {row.name: reading.document(row.document_id) for row in reading.sources()}
            assert {name: owner.text for name, owner in owners.items() if owner} == self.files
            assert len({owner.id for owner in owners.values() if owner}) == len(set(self.files.values()))
            assert sorted((passage.start, passage.text) for passage in held.values()) == expected
            stored = self.encoder.encode_query([held[number].text for number, _ in dense])
            cosines = stored.astype(np.float16).astype(np.float32) @ query
            assert [score for _, score in dense] == pytest.approx(cosines.tolist(), abs=1e-6)
            assert [score for _, score in dense] == sorted((score for _, score in dense), reverse=True)

        @invariant()
        def check_finds_no_damage(self) -> None:
            if self.files:
                assert examine(self.library).damage == ()

    return Histories


@pytest.mark.parametrize("drift", [20, 1])  # with 1 the file is seldom written again, and much is caught up
def test_any_history_gives_the_index_that_building_anew_would_give(
    encoder: Any, drift: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot, "_DRIFT", drift)
    run_state_machine_as_test(
        machine(type(encoder)), settings=settings(max_examples=8, stateful_step_count=12, deadline=None)
    )


def test_the_index_folder_holds_one_file(filled: Library) -> None:
    assert os.listdir(filled.index_path.parent) == ["vectors.faiss"]


def test_a_file_that_was_deleted_comes_back_with_the_next_run(filled: Library, docs: Path) -> None:
    filled.index_path.unlink()
    filled.add([docs])
    assert filled.index_path.is_file()
