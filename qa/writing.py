"""How the record is written: documents put in and taken out, in transactions that are acknowledged when they end."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict

import numpy as np

from qa import lexical
from qa.record import Reading, StoreModel, Vectors
from qa.types import Document, Passage, context

_PUT = """
INSERT INTO document (id, title, sha256, text, page_starts, generation, date, unit, places)
VALUES (:id, :title, :sha256, :text, :page_starts, :generation, :date, :unit, :places)
ON CONFLICT (id) DO UPDATE SET
    title = excluded.title, sha256 = excluded.sha256, text = excluded.text, page_starts = excluded.page_starts,
    generation = excluded.generation, date = excluded.date, unit = excluded.unit, places = excluded.places
"""

_ERASED_AT_ONCE = 100_000
"""Passages up to which rewriting the word index takes a second or two."""


class Writing(Reading):
    """The writer's view. Changes are made inside `transaction()` and are acknowledged when it ends."""

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

    def set_index_kind(self, kind: str | None) -> None:
        if kind is None:
            self.connection.execute("DELETE FROM meta WHERE key = 'index_kind'")
        else:
            self._set_meta("index_kind", kind)

    def put(self, document: Document, passages: Sequence[Passage], vectors: Vectors) -> None:
        """Add a document, or put a new version in the place of the one with its id."""
        number = self._number(document.id)
        if number is not None:
            self._delete_content(number)
        day = document.date.isoformat() if document.date else ""
        pages = json.dumps(document.page_starts)
        places = document.places
        fields = {
            "id": document.id,
            "title": document.title,
            "sha256": document.sha256,
            "text": document.text,
            "page_starts": pages,
            "generation": self.generation,
            "date": day,
            "unit": places.unit if places else "",
            "places": np.array([places.starts, places.numbers], dtype="<i8").T.tobytes() if places else b"",
        }
        self.connection.execute(_PUT, fields)
        number = self._known(document.id)
        self._set_tags(number, document.tags)
        self.connection.executemany(
            "INSERT INTO passage (document, start, end, text, page, headings, context) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                (number, p.start, p.end, p.text, p.page, json.dumps(p.headings), context(document.title, p.headings))
                for p in passages
            ),
        )
        lexical.add(self.connection, self._words_of(number))
        blob = vectors.astype(np.float16).tobytes()
        self.connection.execute("INSERT INTO vectors VALUES (?, ?, ?)", (number, zlib.crc32(blob), blob))

    def give_tags(self, document_id: str, tags: Sequence[str]) -> None:
        """Tags that stay whatever the document itself says."""
        self.connection.executemany(
            "INSERT INTO tag (tag, document, given) VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET given = 1",
            ((tag, self._number(document_id)) for tag in tags),
        )

    def attach(self, path: str, name: str, root: str, document_id: str, data: bytes | None = None) -> None:
        """Make a file a source of a document; what it was a source of before loses it. `data` is kept with it."""
        before = self.connection.execute("SELECT document FROM source WHERE path = ?", (path,)).fetchone()
        number = self._number(document_id)
        self.connection.execute(
            "INSERT INTO source (path, name, root, document) VALUES (?, ?, ?, ?) ON CONFLICT (path) "
            "DO UPDATE SET name = excluded.name, root = excluded.root, document = excluded.document",
            (path, name, root, number),
        )
        self.connection.execute("DELETE FROM original WHERE path = ?", (path,))
        if data is not None:
            self.connection.execute("INSERT INTO original VALUES (?, ?)", (path, data))
        if before and before[0] != number:
            self._delete_without_source(before[0])

    def is_attached(self, path: str, name: str, root: str, document_id: str) -> bool:
        row = self.connection.execute(
            "SELECT name, root, id FROM source JOIN document ON document = number WHERE path = ?", (path,)
        ).fetchone()
        return bool(row == (name, root, document_id))

    def detach(self, path: str) -> None:
        """Forget a file; its document goes with its last source."""
        self.connection.execute("DELETE FROM original WHERE path = ?", (path,))
        row = self.connection.execute("DELETE FROM source WHERE path = ? RETURNING document", (path,)).fetchone()
        if row:
            self._delete_without_source(row[0])

    def erase_removed(self) -> None:
        """Take the words of what was removed out of the file too; once a run, because all of the index is rewritten.

        Where that takes long, removals gather until they are one passage in twenty.
        """
        waiting, count = self._unerased, self.count("passage")
        if waiting and (count < _ERASED_AT_ONCE or waiting * 20 > count):
            lexical.erase(self.connection)
            self._set_meta("unerased", "0")

    def forget_gone(self, generation: int) -> None:
        """Drop the list of removals up to `generation`, which the published index no longer holds."""
        self.connection.execute("BEGIN IMMEDIATE")
        self.connection.execute("DELETE FROM gone WHERE generation <= ?", (generation,))
        self._set_meta("pruned", str(generation))
        self.connection.execute("COMMIT")

    @property
    def _unerased(self) -> int:
        """Passages that were removed and whose words are still in the file."""
        return int(self._meta("unerased") or 0)

    def _known(self, document_id: str) -> int:
        number = self._number(document_id)
        if number is None:
            raise LookupError(f"There is no document {document_id}.")
        return number

    def _number(self, document_id: str) -> int | None:
        row = self.connection.execute("SELECT number FROM document WHERE id = ?", (document_id,)).fetchone()
        return row[0] if row else None

    def _set_tags(self, number: int, tags: Sequence[str]) -> None:
        self.connection.execute("DELETE FROM tag WHERE document = ? AND NOT given", (number,))
        self.connection.executemany(
            "INSERT INTO tag (tag, document, given) VALUES (?, ?, 0) ON CONFLICT DO NOTHING",
            ((tag, number) for tag in tags),
        )

    def _words_of(self, number: int) -> list[tuple[int, str, str]]:
        return self.connection.execute(
            "SELECT number, text, context FROM passage WHERE document = ? ORDER BY number", (number,)
        ).fetchall()

    def _delete_without_source(self, number: int) -> None:
        if not self.connection.execute("SELECT 1 FROM source WHERE document = ?", (number,)).fetchone():
            self._delete_content(number)
            self.connection.execute("DELETE FROM tag WHERE document = ?", (number,))
            self.connection.execute("DELETE FROM document WHERE number = ?", (number,))

    def _delete_content(self, number: int) -> None:
        rows = self._words_of(number)
        lexical.remove(self.connection, rows)
        self._set_meta("unerased", str(self._unerased + len(rows)))
        self.connection.executemany(
            "INSERT INTO gone VALUES (?, ?)", ((passage, self.generation) for passage, _, _ in rows)
        )
        self.connection.execute("DELETE FROM passage WHERE document = ?", (number,))
        self.connection.execute("DELETE FROM vectors WHERE document = ?", (number,))

    def _set_meta(self, key: str, value: str) -> None:
        self.connection.execute(
            "INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", (key, value)
        )
