"""A store of an earlier version becomes one of today's, with all that was in it."""

from __future__ import annotations

import os
import sqlite3
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qa import schema
from qa.check import examine
from qa.errors import PinciteError
from qa.library import Library
from qa.retriever import Retriever

# As version 0.1.0 made them.
VERSION_1 = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE document (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, title TEXT NOT NULL,
    sha256 TEXT NOT NULL UNIQUE, generation INTEGER NOT NULL, page_starts TEXT NOT NULL, text TEXT NOT NULL
) STRICT;
CREATE INDEX document_generation ON document (generation);
CREATE TABLE source (
    path TEXT PRIMARY KEY, name TEXT NOT NULL, root TEXT NOT NULL, document INTEGER NOT NULL REFERENCES document
) STRICT;
CREATE INDEX source_document ON source (document);
CREATE TABLE passage (
    number INTEGER PRIMARY KEY AUTOINCREMENT, document INTEGER NOT NULL REFERENCES document, start INTEGER NOT NULL,
    end INTEGER NOT NULL, text TEXT NOT NULL, page INTEGER, headings TEXT NOT NULL
) STRICT;
CREATE INDEX passage_document ON passage (document);
CREATE TABLE vectors (
    document INTEGER PRIMARY KEY REFERENCES document, checksum INTEGER NOT NULL, rows BLOB NOT NULL
) STRICT;
CREATE TABLE gone (passage INTEGER PRIMARY KEY, generation INTEGER NOT NULL) STRICT;
INSERT INTO meta VALUES ('identity', 'ABCD'), ('generation', '4'), ('pruned', '0');
CREATE VIRTUAL TABLE lexical USING fts5(
    text, content = 'passage', content_rowid = 'number',
    tokenize = "porter unicode61 remove_diacritics 2 categories 'L* N*'"
);
PRAGMA application_id = 1346981443;
PRAGMA user_version = 1;
"""

TEXT = "The tower was built in 1890."


@pytest.fixture
def old(tmp_path: Path, encoder: Any) -> Path:
    """A store of version 1 with one document, whose file is there."""
    file = tmp_path / "tower.txt"
    file.write_text(TEXT)
    os.utime(file, (1_700_000_000, 1_700_000_000))  # 14 November 2023
    folder = tmp_path / "old"
    folder.mkdir()
    connection = sqlite3.connect(folder / "store.db", isolation_level=None)
    connection.executescript(VERSION_1)
    connection.execute("PRAGMA journal_mode=WAL")
    model = '{"name": "words", "location": "words", "fingerprint": "words-64", "dimension": 64}'
    connection.execute("INSERT INTO meta VALUES ('model', ?)", (model,))
    hash_ = "3d4ff5e4ae8eb12b0e9b5c4ab6b2b0eb4cfd4bbcdd7c6e6d0a2e60ef3e6c2e0c"
    connection.execute("INSERT INTO document VALUES (7, 'id7', 'The old tower', ?, 4, '[]', ?)", (hash_, TEXT))
    connection.execute("INSERT INTO source VALUES (?, 'tower.txt', ?, 7)", (str(file), str(file)))
    connection.execute('INSERT INTO passage VALUES (31, 7, 0, 28, ?, NULL, \'["Coast", "L\\u00fcbeck"]\')', (TEXT,))
    connection.execute("INSERT INTO lexical (rowid, text) VALUES (31, ?)", (TEXT,))
    rows = encoder.encode_document([TEXT]).astype(np.float16).tobytes()
    connection.execute("INSERT INTO vectors VALUES (7, ?, ?)", (zlib.crc32(rows), rows))
    connection.close()
    return folder


def version(folder: Path) -> int:
    connection = sqlite3.connect(folder / "store.db")
    try:
        found: int = connection.execute("PRAGMA user_version").fetchone()[0]
    finally:
        connection.close()
    return found


def test_what_was_in_it_is_still_there(old: Path, encoder: Any) -> None:
    encoder.encoded.clear()
    with Library.open(old, encoder=encoder) as library:
        (hit,) = Retriever(library).search("tower")
        document = library.document("id7")
        assert hit.passage.text == document.text == TEXT
        assert (document.title, document.date and document.date.isoformat()) == ("The old tower", "2023-11-14")
        assert encoder.encoded == []
        assert examine(library).damage == ()
    assert version(old) == schema.VERSION == 3


def test_its_passages_are_found_by_title_and_headings(old: Path, encoder: Any) -> None:
    with Library.open(old, encoder=encoder) as library:
        for word in ("old", "coast", "lubeck"):
            (hit,) = Retriever(library, stage="lexical").search(word)
            assert hit.passage.headings == ("Coast", "Lübeck")


def test_what_its_documents_say_of_themselves_is_learnt(old: Path, encoder: Any) -> None:
    text = "---\ndate: 2015-03-01\ntags: [Council, water]\n---\nThe tower was built in 1890."
    connection = sqlite3.connect(old / "store.db")
    connection.execute("UPDATE document SET text = ?", (text,))
    connection.execute("UPDATE source SET path = replace(path, '.txt', '.MD')")
    connection.commit()
    connection.close()
    with Library.open(old, encoder=encoder) as library:
        document = library.document("id7")
        assert (str(document.date), document.tags) == ("2015-03-01", ("council", "water"))


def test_a_store_of_version_2_only_learns_where_parts_of_a_text_stood(library: Library, encoder: Any) -> None:
    connection = sqlite3.connect(library.store.path)
    for column in ("unit", "places"):
        connection.execute(f"ALTER TABLE document DROP COLUMN {column}")
    connection.execute("DROP TABLE original")
    connection.execute("PRAGMA user_version = 2")
    connection.commit()
    connection.close()
    folder = library.store.folder
    (folder.parent / "a.txt").write_text(TEXT)
    with Library.open(folder, encoder=encoder) as again:
        again.add([folder.parent / "a.txt"])
        (hit,) = Retriever(again).search("tower")
        assert (hit.citation.line, hit.citation.place, version(folder)) == (1, None, schema.VERSION)


def test_a_file_that_is_gone_has_no_date(old: Path, encoder: Any, tmp_path: Path) -> None:
    (tmp_path / "tower.txt").unlink()
    with Library.open(old, encoder=encoder) as library:
        assert library.document("id7").date is None


def test_a_store_that_cannot_become_one_of_today_stays_as_it_is(old: Path, encoder: Any) -> None:
    connection = sqlite3.connect(old / "store.db")
    connection.execute("UPDATE passage SET headings = 'no JSON'")
    connection.commit()
    connection.close()
    with Library.open(old, encoder=encoder) as library, pytest.raises(PinciteError, match="could not be written"):
        library.status()
    assert version(old) == 1
    connection = sqlite3.connect(old / "store.db")
    assert connection.execute("SELECT count(*) FROM lexical WHERE lexical MATCH 'tower'").fetchone() == (1,)
    connection.close()


def test_only_known_versions_are_changed() -> None:
    with pytest.raises(ValueError, match="no way from version 4"):
        schema.migrate(sqlite3.connect(":memory:"), 4)


def test_the_tables_are_those_of_a_new_store(old: Path, encoder: Any, tmp_path: Path) -> None:
    def tables(folder: Path) -> dict[str, set[str]]:
        connection = sqlite3.connect(folder / "store.db")
        names = [
            row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'index')")
        ]
        columns = {
            name: {f"{row[1]} {row[2]}" for row in connection.execute(f"PRAGMA table_xinfo({name})")} for name in names
        }
        connection.close()
        return columns

    with Library.open(old, encoder=encoder) as library, Library.open(tmp_path / "new", encoder=encoder) as new:
        library.status()
        new.add([tmp_path / "tower.txt"])
    assert tables(old) == tables(tmp_path / "new")
