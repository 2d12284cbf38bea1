"""The tables of the record, and how those of an earlier version become today's."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator

from qa import lexical
from qa.sources import changed_on
from qa.types import context

VERSION = 2

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
    date TEXT NOT NULL DEFAULT ''
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
"""Of `document` the `date` is an ISO day, empty where none is known; a tag is `given` where a person gave it."""

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


def migrate(connection: sqlite3.Connection, version: int) -> None:
    """Bring the tables of an earlier version up to date, all or nothing. Texts, vectors and numbers stay as they are.

    Raises ValueError for a version that this program does not know.
    """
    if version != 1:
        raise ValueError(f"there is no way from version {version} to {VERSION}")
    connection.create_function("pincite_context", 2, lambda title, headings: context(title, json.loads(headings)))
    connection.execute("BEGIN IMMEDIATE")
    try:
        for statement in _statements("\n".join(_FROM_1)):
            connection.execute(statement)
        for number, path in connection.execute("SELECT document, min(path) FROM source GROUP BY document").fetchall():
            day = changed_on(path)
            connection.execute(
                "UPDATE document SET date = ? WHERE number = ?", (day.isoformat() if day else "", number)
            )
        connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _statements(script: str) -> Iterator[str]:
    """The statements of a script one by one: `executescript` would commit before it begins."""
    statement = ""
    for line in script.splitlines():
        statement += line + "\n"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
