"""`check` names every kind of damage, and calls nothing damage that is merely older or newer."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from qa.check import CheckReport, examine
from qa.errors import PinciteError
from qa.library import Library
from qa.retriever import Retriever


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    for name in ("tower", "bridge", "harbour"):
        (folder / f"{name}.txt").write_text(f"The {name} was built in 1890.\n\nThe {name} has a green lamp.")
    return folder


@pytest.fixture
def filled(library: Library, docs: Path) -> Library:
    library.add([docs])
    return library


def change(library: Library, *statements: str) -> None:
    """Change the record behind the library's back."""
    library.close()
    connection = sqlite3.connect(library.store.path)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


@pytest.fixture
def fresh(filled: Library, encoder: Any) -> Iterator[Library]:
    """The filled store as another process sees it."""
    with Library.open(filled.store.folder, encoder=encoder) as library:
        yield library


def test_a_store_in_step_has_neither_damage_nor_notes(filled: Library) -> None:
    report = examine(filled)
    assert report == CheckReport((), ())
    assert report.as_dict() == {"ok": True, "damage": [], "notes": []}


def test_an_empty_store_is_no_damage(library: Library) -> None:
    assert examine(library) == CheckReport((), ())


def test_checking_changes_nothing(filled: Library, docs: Path) -> None:
    (docs / "new.txt").write_text("New.")
    filled.index_path.unlink()
    filled.close()

    def content() -> dict[Path, bytes]:
        # SQLite itself keeps an empty log and its shared memory beside the file while it is read.
        files = [path for path in filled.store.folder.rglob("*") if path.is_file()]
        return {path: path.read_bytes() for path in files if not path.name.endswith("-shm") and path.stat().st_size}

    before = content()
    assert len(examine(filled).notes) == 2
    assert content() == before


# --- damage in the record

FIRST = "(SELECT document FROM source WHERE name = 'tower.txt')"


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE passage SET text = 'The tower has a red lamp.' WHERE document = FIRST", "a passage of tower.txt"),
        ("UPDATE passage SET start = start + 1 WHERE document = FIRST", "a passage of tower.txt"),
        ("UPDATE passage SET end = end - 1 WHERE document = FIRST", "a passage of tower.txt"),
        ("UPDATE document SET text = replace(text, 'green', 'brown') WHERE number = FIRST", "passage of tower.txt"),
        ("UPDATE document SET text = 'short' WHERE number = FIRST", "a passage of tower.txt"),
        ("DELETE FROM passage WHERE document = FIRST AND start = 0", "tower.txt"),
        ("DELETE FROM vectors WHERE document = FIRST", "the vectors of tower.txt are damaged"),
        ("UPDATE vectors SET checksum = checksum + 1 WHERE document = FIRST", "the vectors of tower.txt"),
        ("UPDATE vectors SET rows = zeroblob(length(rows)) WHERE document = FIRST", "the vectors of tower.txt"),
        ("UPDATE vectors SET rows = x'00', checksum = 3523407757 WHERE document = FIRST", "vectors of tower.txt"),
        (
            "UPDATE vectors SET (rows, checksum) = (SELECT rows, checksum FROM vectors WHERE document <> FIRST)",
            "does not hold the store's vectors",
        ),
        ("DELETE FROM source WHERE name = 'tower.txt'", "has no source"),
        ("INSERT INTO passage (document, start, end, text, headings) VALUES (99, 0, 1, 'x', '[]')", "store.db"),
        ("DELETE FROM lexical_docsize WHERE id = 1", "the word index does not hold"),
        ("INSERT INTO lexical (rowid, text) VALUES (77, 'ghost')", "the word index does not hold"),
        ("INSERT INTO lexical (lexical) VALUES ('delete-all')", "the word index does not hold"),
        ("INSERT INTO lexical (rowid, text) VALUES (1, 'zebra')", "the word index does not hold"),
        ("DELETE FROM meta WHERE key = 'model'", "vectors"),
        ("UPDATE meta SET value = 'not json' WHERE key = 'model'", "store.db"),
        ("UPDATE meta SET value = 'x' WHERE key = 'generation'", "store.db"),
        ("UPDATE document SET page_starts = '[' WHERE number = FIRST", "store.db"),
        ("UPDATE passage SET headings = '{' WHERE document = FIRST", "store.db"),
        ("UPDATE document SET text = CAST(x'ff' AS TEXT) WHERE number = FIRST", "store.db"),
        ("DROP TABLE vectors", "store.db"),
        ("DROP TABLE meta", "store.db"),
    ],
)
def test_a_changed_record_is_damage(filled: Library, fresh: Library, statement: str, told: str) -> None:
    change(filled, statement.replace("FIRST", FIRST))
    assert told in " ".join(examine(fresh).damage)


@pytest.mark.parametrize("table", ["document", "source", "passage", "vectors", "lexical_docsize"])
def test_rows_that_are_lost_are_damage_also_without_the_index(filled: Library, fresh: Library, table: str) -> None:
    shutil.rmtree(filled.index_path.parent)
    column = {"document": "number", "lexical_docsize": "id"}.get(table, "document")
    change(filled, " ".join(["DELETE FROM", table, "WHERE", column, "= 1"]))
    assert "store.db" in " ".join(examine(fresh).damage)


def test_a_table_in_the_place_of_another_is_damage(filled: Library, fresh: Library) -> None:
    change(filled, "PRAGMA writable_schema = ON", "UPDATE sqlite_schema SET rootpage = 3 WHERE name = 'source'")
    assert examine(fresh).damage


def test_garbage_in_the_place_of_the_record_is_damage(filled: Library, fresh: Library) -> None:
    filled.close()
    size = filled.store.path.stat().st_size
    filled.store.path.write_bytes(b"x" * size)
    assert "store.db could not be read" in " ".join(examine(fresh).damage)


def test_a_truncated_record_is_damage(filled: Library, fresh: Library) -> None:
    filled.close()
    whole = filled.store.path.read_bytes()
    for pages in (1, 2, len(whole) // 4096 // 2, len(whole) // 4096 - 1):
        filled.store.path.write_bytes(whole[: pages * 4096])
        assert examine(fresh).damage
        fresh.close()


def test_a_flipped_bit_in_the_record_is_told_or_has_no_effect(filled: Library, encoder: Any) -> None:
    """The hits are those of before, or it is damage, or a sentence: never wrong words, never a trace."""
    question = "Which tower has a green lamp?"

    def hits(library: Library) -> str:
        return json.dumps([hit.as_dict() for hit in Retriever(library).search(question)])

    expected = hits(filled)
    filled.close()
    good = filled.store.path.read_bytes()
    rng = random.Random(5)  # the same flips every time
    silent = []
    for place in rng.sample(range(len(good)), 150):
        filled.store.path.write_bytes(good[:place] + bytes([good[place] ^ (1 << rng.randrange(8))]) + good[place + 1 :])
        with Library.open(filled.store.folder, encoder=encoder) as library:
            try:
                damage = examine(library).damage
            except PinciteError:
                continue
            if not damage:
                try:
                    found = hits(library)
                except PinciteError:
                    continue
                if found != expected:
                    silent.append(place)
    assert silent == []


def test_what_is_not_a_store_is_told(library: Library, encoder: Any, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    connection = sqlite3.connect(tmp_path / "other" / "store.db")
    connection.execute("CREATE TABLE t (x)")
    connection.close()
    with (
        Library.open(tmp_path / "other", encoder=encoder) as other,
        pytest.raises(PinciteError, match="not made by Pincite"),
    ):
        examine(other)


# --- the index


@pytest.mark.parametrize("place", [0, 30, 100, -1])
def test_a_damaged_index_is_damage_and_says_that_it_heals(filled: Library, place: int) -> None:
    data = bytearray(filled.index_path.read_bytes())
    data[place] ^= 4
    filled.index_path.write_bytes(data)
    (line,) = examine(filled).damage
    assert "vectors.faiss" in line
    assert "It is built again from the store when it is needed." in line


def test_an_index_that_cannot_be_read_is_damage(filled: Library) -> None:
    filled.index_path.unlink()
    filled.index_path.mkdir()
    assert len(examine(filled).damage) == 1


def test_the_index_of_another_store_is_damage(filled: Library, encoder: Any, tmp_path: Path, docs: Path) -> None:
    with Library.open(tmp_path / "other", encoder=encoder) as other:
        other.add([docs])
        shutil.copy(other.index_path, filled.index_path)
    assert len(examine(filled).damage) == 1


def test_a_missing_index_is_a_note(filled: Library) -> None:
    shutil.rmtree(filled.index_path.parent)
    assert examine(filled) == CheckReport(
        (), ("the index file is missing: it is built from the store when it is needed",)
    )


def test_an_older_index_is_a_note(filled: Library, docs: Path) -> None:
    old = filled.index_path.read_bytes()
    (docs / "new.txt").write_text("A new one.")
    filled.add([docs / "new.txt"])
    filled.remove("tower.txt")
    (docs / "tower.txt").unlink()
    filled.index_path.write_bytes(old)
    report = examine(filled)
    assert report.damage == ()
    assert report.notes == ("the index file is 2 changes older than the store: it catches up",)


def test_an_index_of_a_later_time_is_not_called_older(filled: Library, docs: Path, encoder: Any) -> None:
    filled.close()
    old = filled.store.path.read_bytes()
    filled.add([docs])
    filled.remove("tower.txt")
    filled.remove("bridge.txt")
    filled.close()
    filled.store.path.write_bytes(old)
    with Library.open(filled.store.folder, encoder=encoder) as library:
        report = examine(library)
    assert [line for line in report.damage + report.notes if "index" in line]
    assert not [line for line in report.damage + report.notes if "-" in line.replace(str(docs), "")]


# --- the files


def test_files_that_are_changed_new_or_gone_are_notes(filled: Library, docs: Path) -> None:
    (docs / "tower.txt").write_text("Changed.")
    (docs / "bridge.txt").unlink()
    (docs / "new.txt").write_text("New.")
    report = examine(filled)
    assert report.damage == ()
    assert sorted(report.notes) == [
        f"{docs / 'bridge.txt'} is gone since it was indexed",
        f"{docs / 'new.txt'} is new: index {docs} again",
        f"{docs / 'tower.txt'} has changed since it was indexed",
    ]
    assert report.as_dict()["ok"] is True


def test_a_folder_that_is_gone_or_empty_is_a_note_for_each_file(filled: Library, docs: Path) -> None:
    for path in docs.iterdir():
        path.unlink()
    assert len(examine(filled).notes) == 3
    docs.rmdir()
    report = examine(filled)
    assert (len(report.notes), report.damage) == (3, ())


def test_a_file_in_whose_place_stands_something_else_is_a_note(filled: Library, docs: Path) -> None:
    (docs / "tower.txt").unlink()
    (docs / "tower.txt").mkdir()
    report = examine(filled)
    assert report.damage == ()
    assert f"{docs / 'tower.txt'}: it is not a regular file." in report.notes


def test_indexing_again_settles_the_notes(filled: Library, docs: Path) -> None:
    (docs / "tower.txt").write_text("Changed.")
    (docs / "bridge.txt").unlink()
    (docs / "new.txt").write_text("New.")
    filled.add([docs])
    assert examine(filled) == CheckReport((), ())
    filled.add([docs])
    assert examine(filled) == CheckReport((), ())
