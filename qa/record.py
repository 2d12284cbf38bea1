"""What the record holds, read and written as documents and passages. SQL stands here and in `lexical.py` only."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa import lexical
from qa.types import Document, Passage

Vectors = NDArray[np.float32]

SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE document (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    sha256 TEXT NOT NULL UNIQUE,
    generation INTEGER NOT NULL,
    page_starts TEXT NOT NULL,
    text TEXT NOT NULL
) STRICT;
CREATE INDEX document_generation ON document (generation);
CREATE TABLE source (
    path TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    root TEXT NOT NULL,
    document INTEGER NOT NULL REFERENCES document
) STRICT;
CREATE INDEX source_document ON source (document);
CREATE TABLE passage (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    document INTEGER NOT NULL REFERENCES document,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    text TEXT NOT NULL,
    page INTEGER,
    headings TEXT NOT NULL
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


@dataclass(frozen=True, slots=True)
class StoreModel:
    """The model whose vectors a store holds; `location` is the name or path that finds it again."""

    name: str
    location: str
    fingerprint: str
    dimension: int


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One source of a document: where the file is, what it is called, and what was named to find it."""

    path: str
    name: str
    root: str
    document_id: str
    title: str
    sha256: str
    passages: int

    def as_dict(self) -> dict[str, Any]:
        return {
            "id": self.document_id,
            "title": self.title,
            "source": self.name,
            "sha256": self.sha256,
            "passages": self.passages,
            "path": self.path,
        }


class Reading:
    """One consistent view of the record, as of `generation`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    @property
    def identity(self) -> str:
        """Which store this is; a store made anew in the same folder is another one."""
        return self._meta("identity") or ""

    @property
    def generation(self) -> int:
        return int(self._meta("generation") or 0)

    @property
    def pruned(self) -> int:
        """Removals up to this generation are forgotten: an older index cannot catch up and is built anew."""
        return int(self._meta("pruned") or 0)

    @property
    def model(self) -> StoreModel | None:
        text = self._meta("model")
        return StoreModel(**json.loads(text)) if text else None

    def count(self, table: str) -> int:
        number: int = self.connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        return number

    def document(self, document_id: str) -> Document | None:
        row = self.connection.execute(f"{_DOCUMENT} WHERE id = ?", (document_id,)).fetchone()
        return self._document(row) if row else None

    def document_ids(self) -> list[str]:
        return [row[0] for row in self.connection.execute("SELECT id FROM document ORDER BY number")]

    def document_with(self, sha256: str) -> Document | None:
        row = self.connection.execute(f"{_DOCUMENT} WHERE sha256 = ?", (sha256,)).fetchone()
        return self._document(row) if row else None

    def documents_holding(self, text: str, k: int) -> list[str]:
        """The ids of at most `k` documents that have a part of a text in a passage, best first.

        Whether they hold all of it has to be looked at.
        """
        numbers = lexical.in_a_row(self.connection, text, 10 * k)
        passages = self.passages(numbers)
        ids = dict.fromkeys(passages[number].document_id for number in numbers)
        return list(ids)[:k]

    def document_of(self, path: str) -> Document | None:
        """The document that the file at `path` is a source of."""
        row = self.connection.execute(
            f"{_DOCUMENT} WHERE number = (SELECT document FROM source WHERE path = ?)", (path,)
        ).fetchone()
        return self._document(row) if row else None

    def sources(self) -> list[SourceRow]:
        rows = self.connection.execute(
            "SELECT path, name, root, id, title, sha256, "
            "(SELECT count(*) FROM passage WHERE passage.document = document.number) "
            "FROM source JOIN document ON source.document = document.number ORDER BY name, path"
        )
        return [SourceRow(*row) for row in rows]

    def passages(self, numbers: Sequence[int]) -> dict[int, Passage]:
        """The passages among `numbers` that still exist."""
        rows = self.connection.execute(
            f"{_PASSAGE} WHERE passage.number IN (SELECT value FROM json_each(?))", (json.dumps(list(numbers)),)
        )
        return {row[0]: _passage(row) for row in rows}

    def passages_of(self, document_id: str) -> list[Passage]:
        rows = self.connection.execute(f"{_PASSAGE} WHERE document.id = ? ORDER BY passage.number", (document_id,))
        return [_passage(row) for row in rows]

    def passage_numbers(self, document_id: str) -> list[int]:
        rows = self.connection.execute(
            "SELECT passage.number FROM passage JOIN document ON document = document.number WHERE id = ? ORDER BY 1",
            (document_id,),
        )
        return [row[0] for row in rows]

    def vectors_of(self, document_id: str, dimension: int) -> Vectors | None:
        """The vectors of a document's passages, in their order; None where they do not match their checksum."""
        row = self.connection.execute(
            "SELECT checksum, rows FROM vectors JOIN document ON document = number WHERE id = ?", (document_id,)
        ).fetchone()
        if row is None or zlib.crc32(row[1]) != row[0] or len(row[1]) % (2 * dimension):
            return None
        return np.frombuffer(row[1], dtype=np.float16).reshape(-1, dimension).astype(np.float32)

    def changed_since(self, generation: int) -> list[str]:
        """The ids of documents written after `generation`, oldest passages first."""
        rows = self.connection.execute(
            "SELECT id FROM document WHERE generation > ? "
            "ORDER BY (SELECT min(passage.number) FROM passage WHERE document = document.number)",
            (generation,),
        )
        return [row[0] for row in rows]

    def gone_since(self, generation: int) -> list[int]:
        rows = self.connection.execute("SELECT passage FROM gone WHERE generation > ?", (generation,))
        return [row[0] for row in rows]

    def _meta(self, key: str) -> str | None:
        row = self.connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return row[0] if row else None

    def _document(self, row: tuple[int, str, str, str, str, str]) -> Document:
        number, id_, title, sha256, text, page_starts = row
        names = self.connection.execute("SELECT name FROM source WHERE document = ? ORDER BY name, path", (number,))
        sources = tuple(name for (name,) in names)
        return Document(id_, title, sources, sha256, text, tuple(json.loads(page_starts)))


_DOCUMENT = "SELECT number, id, title, sha256, text, page_starts FROM document"
_PASSAGE = (
    "SELECT passage.number, document.id, start, end, passage.text, page, headings "
    "FROM passage JOIN document ON document = document.number"
)


def _passage(row: tuple[int, str, int, int, str, int | None, str]) -> Passage:
    _, document_id, start, end, text, page, headings = row
    return Passage(document_id, start, end, text, page, tuple(json.loads(headings)))


class Writing(Reading):
    """The writer's view. Changes are made inside `transaction()` and are acknowledged when it ends."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__(connection)
        self._deleted = False

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """One commit and one generation; nothing of it happens where an exception leaves it."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            self._set_meta("generation", str(self.generation + 1))
            yield
            self.connection.execute("COMMIT")
        finally:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")

    def set_model(self, model: StoreModel) -> None:
        self._set_meta("model", json.dumps(asdict(model)))

    def put(self, document: Document, passages: Sequence[Passage], vectors: Vectors) -> None:
        """Add a document, or put a new version in the place of the one with its id."""
        number = self._number(document.id)
        if number is not None:
            self._delete_content(number)
        fields = (document.title, document.sha256, document.text, json.dumps(document.page_starts), self.generation)
        if number is None:
            number = self.connection.execute(
                "INSERT INTO document (title, sha256, text, page_starts, generation, id) VALUES (?, ?, ?, ?, ?, ?)",
                (*fields, document.id),
            ).lastrowid
        else:
            self.connection.execute(
                "UPDATE document SET title = ?, sha256 = ?, text = ?, page_starts = ?, generation = ? WHERE number = ?",
                (*fields, number),
            )
        self.connection.executemany(
            "INSERT INTO passage (document, start, end, text, page, headings) VALUES (?, ?, ?, ?, ?, ?)",
            ((number, p.start, p.end, p.text, p.page, json.dumps(p.headings)) for p in passages),
        )
        numbers = self.passage_numbers(document.id)
        lexical.add(self.connection, zip(numbers, (passage.text for passage in passages), strict=True))
        blob = vectors.astype(np.float16).tobytes()
        self.connection.execute("INSERT INTO vectors VALUES (?, ?, ?)", (number, zlib.crc32(blob), blob))

    def attach(self, path: str, name: str, root: str, document_id: str) -> None:
        """Make a file a source of a document; what it was a source of before loses it."""
        before = self.connection.execute("SELECT document FROM source WHERE path = ?", (path,)).fetchone()
        number = self._number(document_id)
        self.connection.execute(
            "INSERT INTO source (path, name, root, document) VALUES (?, ?, ?, ?) ON CONFLICT (path) "
            "DO UPDATE SET name = excluded.name, root = excluded.root, document = excluded.document",
            (path, name, root, number),
        )
        if before and before[0] != number:
            self._delete_without_source(before[0])

    def is_attached(self, path: str, name: str, root: str, document_id: str) -> bool:
        row = self.connection.execute(
            "SELECT name, root, id FROM source JOIN document ON document = number WHERE path = ?", (path,)
        ).fetchone()
        return bool(row == (name, root, document_id))

    def detach(self, path: str) -> None:
        """Forget a file; its document goes with its last source."""
        row = self.connection.execute("DELETE FROM source WHERE path = ? RETURNING document", (path,)).fetchone()
        if row:
            self._delete_without_source(row[0])

    def erase_removed(self) -> None:
        """Take the words of what was removed out of the file too; once a run, because all of the index is rewritten."""
        if self._deleted:
            lexical.erase(self.connection)
            self._deleted = False

    def forget_gone(self, generation: int) -> None:
        """Drop the list of removals up to `generation`, which the published index no longer holds."""
        self.connection.execute("BEGIN IMMEDIATE")
        self.connection.execute("DELETE FROM gone WHERE generation <= ?", (generation,))
        self._set_meta("pruned", str(generation))
        self.connection.execute("COMMIT")

    def _number(self, document_id: str) -> int | None:
        row = self.connection.execute("SELECT number FROM document WHERE id = ?", (document_id,)).fetchone()
        return row[0] if row else None

    def _delete_without_source(self, number: int) -> None:
        if not self.connection.execute("SELECT 1 FROM source WHERE document = ?", (number,)).fetchone():
            self._delete_content(number)
            self.connection.execute("DELETE FROM document WHERE number = ?", (number,))

    def _delete_content(self, number: int) -> None:
        rows = self.connection.execute("SELECT number, text FROM passage WHERE document = ?", (number,)).fetchall()
        lexical.remove(self.connection, rows)
        self._deleted = True
        self.connection.executemany(
            "INSERT INTO gone VALUES (?, ?)", ((passage, self.generation) for passage, _ in rows)
        )
        self.connection.execute("DELETE FROM passage WHERE document = ?", (number,))
        self.connection.execute("DELETE FROM vectors WHERE document = ?", (number,))

    def _set_meta(self, key: str, value: str) -> None:
        self.connection.execute(
            "INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", (key, value)
        )


def rows_of(reading: Reading, document_ids: Iterable[str], dimension: int) -> Iterator[tuple[Sequence[int], Vectors]]:
    """Passage numbers and vectors of some documents, one after the other, ascending.

    A document whose vectors are damaged is left out.
    """
    for document_id in document_ids:
        vectors = reading.vectors_of(document_id, dimension)
        if vectors is not None:
            yield reading.passage_numbers(document_id), vectors
