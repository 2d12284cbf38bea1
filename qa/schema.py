"""The tables of the record, and how those of an earlier version become today's."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator

from qa import lexical
from qa.readers.frontmatter import FrontMatter, read_front_matter
from qa.sources import changed_on
from qa.types import context

VERSION = 3

SCHEMA = (
    """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE document (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    sha256 TEXT NOT NULL UNIQUE,
    generation INTEGER NOT NULL,
    page_starts TEXT NOT NULL,
    text TEXT NOT NULL,
    date TEXT NOT NULL DEFAULT '',
    unit TEXT NOT NULL DEFAULT '',
    places BLOB NOT NULL DEFAULT x''
) STRICT;
CREATE INDEX document_generation ON document (generation);
CREATE INDEX document_date ON document (date);
CREATE TABLE source (
    path TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    root TEXT NOT NULL,
    document INTEGER NOT NULL REFERENCES document
) STRICT;
CREATE INDEX source_document ON source (document);
CREATE TABLE original (path TEXT PRIMARY KEY REFERENCES source, data BLOB NOT NULL) STRICT;
CREATE TABLE tag (
    tag TEXT NOT NULL,
    document INTEGER NOT NULL REFERENCES document,
    given INTEGER NOT NULL,
    PRIMARY KEY (tag, document)
) STRICT, WITHOUT ROWID;
CREATE INDEX tag_document ON tag (document);
CREATE TABLE passage (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    document INTEGER NOT NULL REFERENCES document,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    text TEXT NOT NULL,
    page INTEGER,
    headings TEXT NOT NULL,
    context TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX passage_document ON passage (document);
CREATE TABLE vectors (
    document INTEGER PRIMARY KEY REFERENCES document,
    checksum INTEGER NOT NULL,
    rows BLOB NOT NULL
) STRICT;
CREATE TABLE gone (passage INTEGER PRIMARY KEY, generation INTEGER NOT NULL) STRICT;
INSERT INTO meta VALUES ('identity', hex(randomblob(16))), ('generation', '0'), ('pruned', '0');
"""
    + lexical.SCHEMA
)
"""Of `document` the `date` is an ISO day, empty where none is known; `places` are pairs of 64-bit numbers, where a part
begins and its number in `unit`, little-endian. `original` has the bytes of sources that have no file. A tag is `given`
where a person gave it."""

_FROM_1 = (
    """
ALTER TABLE document ADD COLUMN date TEXT NOT NULL DEFAULT '';
CREATE INDEX document_date ON document (date);
CREATE TABLE tag (
    tag TEXT NOT NULL,
    document INTEGER NOT NULL REFERENCES document,
    given INTEGER NOT NULL,
    PRIMARY KEY (tag, document)
) STRICT, WITHOUT ROWID;
CREATE INDEX tag_document ON tag (document);
ALTER TABLE passage ADD COLUMN context TEXT NOT NULL DEFAULT '';
UPDATE passage SET context = pincite_context((SELECT title FROM document WHERE number = document), headings);
DROP TABLE lexical;
""",
    lexical.SCHEMA,
    "INSERT INTO lexical (lexical) VALUES ('rebuild');",
)

_FROM_2 = """
ALTER TABLE document ADD COLUMN unit TEXT NOT NULL DEFAULT '';
ALTER TABLE document ADD COLUMN places BLOB NOT NULL DEFAULT x'';
CREATE TABLE original (path TEXT PRIMARY KEY REFERENCES source, data BLOB NOT NULL) STRICT;
"""


def migrate(connection: sqlite3.Connection, version: int) -> None:
    """Bring the tables of an earlier version up to date, all or nothing. Texts, vectors and numbers stay as they are.

    Raises ValueError for a version that this program does not know.
    """
    if version not in (1, 2):
        raise ValueError(f"there is no way from version {version} to {VERSION}")
    connection.execute("BEGIN IMMEDIATE")
    try:
        if version == 1:
            _to_2(connection)
        _run(connection, _FROM_2)
        connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _to_2(connection: sqlite3.Connection) -> None:
    connection.create_function("pincite_context", 2, lambda title, headings: context(title, json.loads(headings)))
    _run(connection, "\n".join(_FROM_1))
    files = "SELECT document, min(path), text FROM source JOIN document ON document = number GROUP BY document"
    for number, path, text in connection.execute(files).fetchall():
        front = read_front_matter(text) if path.lower().endswith(".md") else FrontMatter()
        day = front.date or changed_on(path)
        connection.execute("UPDATE document SET date = ? WHERE number = ?", (day.isoformat() if day else "", number))
        connection.executemany("INSERT INTO tag VALUES (?, ?, 0)", ((tag, number) for tag in front.tags))


def _run(connection: sqlite3.Connection, script: str) -> None:
    for statement in _statements(script):
        connection.execute(statement)


def _statements(script: str) -> Iterator[str]:
    """The statements of a script one by one: `executescript` would commit before it begins."""
    statement = ""
    for line in script.splitlines():
        statement += line + "\n"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
