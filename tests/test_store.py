"""The record: one file, one writer, one transaction at a time, and a sentence for every file that is not a store."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qa import schema
from qa.errors import DamagedStoreError, PinciteError
from qa.library import Library
from qa.record import StoreModel, rows_of
from qa.retriever import Retriever
from qa.store import Store
from qa.types import Document, Passage


def permissions_bind() -> bool:
    """Whether modes keep this user out; they do not keep out the superuser."""
    with tempfile.NamedTemporaryFile() as file:
        os.chmod(file.name, 0)
        return not os.access(file.name, os.R_OK)


bound = pytest.mark.skipif(not permissions_bind(), reason="permissions do not bind the superuser")

MODEL = StoreModel("words", "words", "words-2", 2)


def document(id_: str, text: str, sha256: str = "") -> Document:
    return Document(id_, id_.upper(), (), sha256 or f"hash of {text}", text)


def passages(document: Document) -> list[Passage]:
    """One passage a word."""
    found, at = [], 0
    for word in document.text.split(" "):
        found.append(Passage(document.id, at, at + len(word), word, None, ("Top", "Sub")))
        at += len(word) + 1
    return found


def put(store: Store, id_: str, text: str, *paths: str) -> None:
    made = document(id_, text)
    rows = np.array([[len(passage.text), 0.5] for passage in passages(made)], dtype=np.float32)
    with store.writing() as writing, writing.transaction():
        writing.set_model(MODEL)
        writing.put(made, passages(made), rows)
        for path in paths or (f"/{id_}.txt",):
            writing.attach(path, path.lstrip("/"), "/", id_)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "store")
    store.create()
    return store


def test_what_was_put_comes_back(store: Store) -> None:
    put(store, "a", "three small words", "/y.txt", "/x.txt")
    with store.reading() as reading:
        found = reading.document("a")
        assert found == Document("a", "A", ("x.txt", "y.txt"), "hash of three small words", "three small words")
        assert reading.passages_of("a") == passages(found)
        vectors = reading.vectors_of("a", 2)
        assert vectors is not None
        assert vectors.tolist() == [[5, 0.5], [5, 0.5], [5, 0.5]]
        assert reading.model == MODEL
        assert reading.document_with("hash of three small words") == found
        assert reading.document_of("/x.txt") == found
        assert (reading.document("b"), reading.document_with("b"), reading.document_of("b")) == (None, None, None)
        assert [(row.name, row.document_id, row.passages) for row in reading.sources()] == [
            ("x.txt", "a", 3),
            ("y.txt", "a", 3),
        ]


def test_the_file_is_a_durable_and_marked_sqlite_file(store: Store) -> None:
    with store.writing() as writing:
        assert writing.connection.execute("PRAGMA synchronous").fetchone() == (2,)
        assert writing.connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert writing.connection.execute("PRAGMA foreign_keys").fetchone() == (1,)
        assert writing.connection.execute("PRAGMA secure_delete").fetchone() == (1,)
    assert store.path.read_bytes()[68:72] == b"PINC"


def test_a_reader_cannot_write(store: Store) -> None:
    with store.reading() as reading, pytest.raises(sqlite3.OperationalError, match="readonly"):
        reading.connection.execute("DELETE FROM meta")


def test_each_transaction_is_one_generation(store: Store) -> None:
    with store.reading() as reading:
        assert (reading.generation, reading.pruned) == (0, 0)
    for number in (1, 2, 3):
        put(store, f"d{number}", f"word{number}")
        with store.reading() as reading:
            assert reading.generation == number


def test_an_error_inside_a_transaction_undoes_all_of_it(store: Store) -> None:
    put(store, "a", "one two")

    def fail() -> None:
        with store.writing() as writing, writing.transaction():
            writing.detach("/a.txt")
            writing.put(document("b", "x"), passages(document("b", "x")), np.zeros((1, 2), dtype=np.float32))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    with store.reading() as reading:
        assert reading.document_ids() == ["a"]
        assert (reading.generation, reading.count("passage"), reading.count("gone")) == (1, 2, 0)


def test_a_new_version_takes_the_place_of_the_old_with_new_numbers(store: Store) -> None:
    put(store, "a", "one two")
    put(store, "a", "two three four")
    with store.reading() as reading:
        assert reading.document_ids() == ["a"]
        assert reading.passage_numbers("a") == [3, 4, 5]
        assert reading.gone_since(0) == reading.gone_since(1) == [1, 2]
        assert reading.gone_since(2) == []
        assert reading.changed_since(1) == ["a"]
        assert reading.changed_since(2) == []


def test_numbers_of_removed_passages_are_never_given_again(store: Store) -> None:
    put(store, "a", "one two")
    with store.writing() as writing, writing.transaction():
        writing.detach("/a.txt")
    put(store, "a", "one two")
    with store.reading() as reading:
        assert reading.passage_numbers("a") == [3, 4]


def test_the_paths_of_a_document_are_its_own_whatever_others_are_called(store: Store) -> None:
    put(store, "a", "one two", "/y.txt", "/x.txt")
    put(store, "b", "two", "/b/a", "/a")
    with store.reading() as reading:
        assert list(reading.paths_of("a").items()) == [("/x.txt", "x.txt"), ("/y.txt", "y.txt")]
        assert list(reading.paths_of("b").items()) == [("/a", "a"), ("/b/a", "b/a")]
        assert reading.paths_of("c") == {}


def test_a_document_goes_with_its_last_source(store: Store) -> None:
    put(store, "a", "one", "/x.txt", "/y.txt")
    for path, left in (("/x.txt", ["a"]), ("/y.txt", [])):
        with store.writing() as writing, writing.transaction():
            writing.detach(path)
        with store.reading() as reading:
            assert reading.document_ids() == left
    with store.reading() as reading:
        tables = ("document", "source", "passage", "vectors", "lexical_docsize")
        assert [reading.count(table) for table in tables] == [0] * 5


def test_a_source_that_moves_to_another_document_leaves_the_first(store: Store) -> None:
    put(store, "a", "one", "/x.txt")
    put(store, "b", "two", "/y.txt")
    with store.writing() as writing, writing.transaction():
        writing.attach("/x.txt", "x.txt", "/", "b")
    with store.reading() as reading:
        assert reading.document_ids() == ["b"]
        found = reading.document("b")
        assert found is not None
        assert found.sources == ("x.txt", "y.txt")


def test_changed_documents_come_in_the_order_of_their_passages(store: Store) -> None:
    for id_, text in (("a", "one"), ("b", "two"), ("a", "three")):
        put(store, id_, text)
    with store.reading() as reading:
        assert reading.changed_since(-1) == ["b", "a"]
        rows = [(numbers, vectors.tolist()) for numbers, vectors in rows_of(reading, reading.changed_since(-1), 2)]
        assert rows == [([2], [[3, 0.5]]), ([3], [[5, 0.5]])]


def test_vectors_that_do_not_match_their_checksum_are_not_given(store: Store) -> None:
    put(store, "a", "one")
    put(store, "b", "two")
    damage(store.path, "UPDATE vectors SET rows = zeroblob(length(rows)) WHERE document = 1")
    with store.reading() as reading:
        assert reading.vectors_of("a", 2) is None
        ((numbers, vectors),) = rows_of(reading, ["a", "b"], 2)
        assert (numbers, vectors.tolist()) == ([2], [[3, 0.5]])


def test_passages_that_are_gone_are_left_out(store: Store) -> None:
    put(store, "a", "one two")
    with store.reading() as reading:
        assert {number: passage.text for number, passage in reading.passages([2, 99, 1, -5]).items()} == {
            1: "one",
            2: "two",
        }


def test_forgotten_removals_say_up_to_where(store: Store) -> None:
    put(store, "a", "one")
    put(store, "a", "two")
    put(store, "a", "three")
    with store.writing() as writing:
        writing.forget_gone(2)
    with store.reading() as reading:
        assert (reading.pruned, reading.generation, reading.gone_since(0)) == (2, 3, [2])


def test_two_stores_are_told_apart(tmp_path: Path) -> None:
    identities = set()
    for name in ("one", "two"):
        store = Store(tmp_path / name)
        store.create()
        with store.reading() as reading:
            identities.add(reading.identity)
        store.create()  # what is there is left as it is
        with store.reading() as reading:
            identities.add(reading.identity)
    assert len(identities) == 2


# --- views


def test_a_reading_sees_one_moment(store: Store) -> None:
    put(store, "a", "one")
    with store.reading() as earlier:
        assert earlier.document_ids() == ["a"]
        put(store, "b", "two")
        assert earlier.document_ids() == ["a"]
        with store.reading() as later:
            assert later.document_ids() == ["a", "b"]
        assert earlier.generation == 1


def test_a_view_that_is_open_does_not_hold_up_a_writer(store: Store) -> None:
    put(store, "a", "one")
    with store.reading() as earlier:
        assert earlier.document_ids() == ["a"]
        begin = time.perf_counter()
        put(store, "b", "two")
        assert time.perf_counter() - begin < 3


def test_readings_in_many_threads(store: Store) -> None:
    put(store, "a", "one")
    wrong: list[object] = []

    def read() -> None:
        try:
            for _ in range(50):
                with store.reading() as reading:
                    generation = reading.generation
                    if reading.count("document") != generation:
                        wrong.append(generation)
        except Exception as error:  # whatever it is, there must be none
            wrong.append(error)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(2, 20):
        put(store, f"d{number}", f"word{number}")
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_closed_store_can_be_read_again(store: Store) -> None:
    put(store, "a", "one")
    with store.reading():
        pass
    store.close()
    with store.reading() as reading:
        assert reading.document_ids() == ["a"]
    store.close()


# --- what is removed is gone from the file


def test_removed_words_and_vectors_are_not_left_in_the_files(store: Store) -> None:
    put(store, "a", "xylophone " * 20 + "quetzal")
    put(store, "b", "something")
    with store.writing() as writing, writing.transaction():
        writing.detach("/a.txt")
    with store.writing():
        pass
    store.close()
    left = b"".join(path.read_bytes() for path in store.folder.iterdir())
    assert b"something" in left
    assert b"xylophone" not in left
    assert b"quetzal" not in left
    assert b"hash of x" not in left


# --- files that are not a store


def damage(path: Path, *statements: str) -> None:
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def read_and_write(store: Store) -> list[PinciteError]:
    """The refusals to read and to write a store that cannot be used."""
    with pytest.raises(PinciteError) as reading, store.reading():
        pass
    with pytest.raises(PinciteError) as writing, store.writing():
        pass
    return [reading.value, writing.value]


def test_no_store_is_told_on_reading(tmp_path: Path) -> None:
    with pytest.raises(PinciteError, match=str(tmp_path)), Store(tmp_path).reading():
        pass
    assert list(tmp_path.iterdir()) == []


def test_an_empty_file_is_an_empty_store(tmp_path: Path) -> None:
    (tmp_path / "store.db").touch()
    store = Store(tmp_path)
    with pytest.raises(PinciteError, match="is empty"), store.reading():
        pass
    put(store, "a", "one")
    with store.reading() as reading:
        assert reading.document_ids() == ["a"]


@pytest.mark.parametrize("content", [b"garbage" * 1000, b"SQLite format 3\0" + b"\xff" * 5000])
def test_garbage_is_refused_and_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "store.db").write_bytes(content)
    for error in read_and_write(Store(tmp_path)):
        assert isinstance(error, DamagedStoreError)
        assert f"pincite check --store {tmp_path}" in str(error)
    assert (tmp_path / "store.db").read_bytes() == content


def test_a_file_of_another_program_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    damage(tmp_path / "store.db", "CREATE TABLE bookmarks (url TEXT)", "INSERT INTO bookmarks VALUES ('x')")
    before = (tmp_path / "store.db").read_bytes()
    for error in read_and_write(Store(tmp_path)):
        assert "was not made by Pincite: choose another folder with --store" in str(error)
    assert (tmp_path / "store.db").read_bytes() == before


@pytest.mark.parametrize("version", [0, 4, 99])
def test_another_store_version_is_refused_with_both_numbers(store: Store, version: int) -> None:
    put(store, "a", "one")
    store.close()
    damage(store.path, f"PRAGMA user_version = {version}")
    before = store.path.read_bytes()
    for error in read_and_write(store):
        assert f"has store version {version} and this Pincite reads versions up to {schema.VERSION}" in str(error)
    assert store.path.read_bytes() == before


@bound
def test_a_folder_that_may_not_be_written_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(PinciteError, match=f"{tmp_path}.*could not be made.*choose another folder with --store"):
            Store(tmp_path / "store").create()
    finally:
        tmp_path.chmod(0o700)


@bound
def test_a_store_that_may_not_be_written_says_so(store: Store) -> None:
    put(store, "a", "one")
    store.close()
    store.path.chmod(0o400)
    with pytest.raises(PinciteError, match=r"could not be written.*readonly"):
        put(store, "b", "two")
    with store.reading() as reading:
        assert reading.document_ids() == ["a"]


def test_a_file_where_the_folder_should_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(PinciteError, match="could not be made"):
        Store(tmp_path / "file" / "store").create()
    with pytest.raises(PinciteError, match="could not be made"):
        Store(tmp_path / "file").create()


def test_a_folder_where_the_file_should_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "store.db").mkdir()
    for error in read_and_write(Store(tmp_path)):
        assert str(tmp_path) in str(error)


# --- two processes

WRITER = """
import sys
from pathlib import Path
from qa.store import Store
with Store(Path(sys.argv[1])).writing() as writing:
    print("writing", flush=True)
    sys.stdin.read()
"""


def test_a_second_process_cannot_write_but_read_while_one_writes(store: Store) -> None:
    put(store, "a", "one")
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(store.folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "writing\n"
        with pytest.raises(PinciteError, match=rf"Another process \({other.pid}\) is writing"), store.writing():
            pass
        with store.reading() as reading:
            assert reading.document_ids() == ["a"]
    put(store, "b", "two")


def test_the_log_of_a_deleted_store_does_not_come_back(tmp_path: Path, library: Library, encoder: Any) -> None:
    folder = library.store.folder
    old, new = tmp_path / "old.txt", tmp_path / "new.txt"
    old.write_text("The old tower.")
    new.write_text("The new tower.")
    with library.reading() as reading:  # a view that is open keeps what follows in the log
        assert reading.generation == 0
        library.add([old])
        log = (folder / "store.db-wal").read_bytes()
    assert log
    library.close()
    for file in folder.iterdir():
        if file.is_file():
            file.unlink()
    (folder / "store.db-wal").write_bytes(log)
    with Library.open(folder, encoder=encoder) as again:
        again.add([new])
        assert [row.name for row in again.sources()] == ["new.txt"]


def test_a_store_made_anew_is_seen_by_who_had_the_old_one_open(tmp_path: Path, library: Library, encoder: Any) -> None:
    old, new = tmp_path / "old.txt", tmp_path / "new.txt"
    old.write_text("The old tower.")
    new.write_text("The new tower.")
    library.add([old])
    assert [hit.passage.text for hit in Retriever(library).search("tower")] == ["The old tower."]
    shutil.rmtree(library.store.folder)
    newer = tmp_path / "newer.txt"
    newer.write_text("The newer tower.")
    with Library.open(library.store.folder, encoder=encoder) as other:
        other.add([new, newer])
    hits = Retriever(library).search("tower")
    assert sorted(hit.passage.text for hit in hits) == ["The new tower.", "The newer tower."]
    assert min(hit.scores.dense for hit in hits) > 0.5  # both are in the index: 1 / sqrt(3) each


def test_words_of_an_interrupted_run_are_taken_out_by_the_next(store: Store) -> None:
    put(store, "a", "secretword two")

    def interrupted() -> None:
        with store.writing() as writing:
            with writing.transaction():
                writing.detach("/a.txt")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert any(b"secretword" in path.read_bytes() for path in store.folder.glob("store.db*"))
    with store.writing():
        pass
    assert b"secretword" not in store.path.read_bytes()
