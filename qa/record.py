"""What the record holds, read as documents and passages.

SQL stands here, in `writing.py` and `schema.py`, and in `lexical.py` only.
"""

from __future__ import annotations

import json
import os
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa import lexical
from qa.types import Document, Passage, Places, Unit

Vectors = NDArray[np.float32] | NDArray[np.float16]


@dataclass(frozen=True, slots=True)
class StoreModel:
    """The model whose vectors a store holds; `location` is the name or path that finds it again."""

    name: str
    location: str
    fingerprint: str
    dimension: int


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One source of a document: where the file is, what it is called, and what was named to find it.

    `date` is an ISO day, empty where none is known.
    """

    path: str
    name: str
    root: str
    document_id: str
    title: str
    sha256: str
    passages: int
    date: str = ""
    tags: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return {
            "id": self.document_id,
            "title": self.title,
            "source": self.name,
            "sha256": self.sha256,
            "passages": self.passages,
            "path": self.path,
            "date": self.date or None,
            "tags": list(self.tags),
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

    @property
    def index_kind(self) -> str | None:
        """How a person wants vectors to be searched; None leaves it to their number."""
        return self._meta("index_kind")

    def count(self, table: str) -> int:
        number: int = self.connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        return number

    def document(self, document_id: str) -> Document | None:
        return self._document("id = ?", document_id)

    def documents(self, document_ids: Iterable[str]) -> dict[str, Document]:
        """The documents among `document_ids` that still exist, by id."""
        ids = json.dumps(list(document_ids))
        rows = self.connection.execute(f"{_DOCUMENT} WHERE id IN (SELECT value FROM json_each(?))", (ids,))
        return {row[0]: _document(row) for row in rows}

    def document_ids(self) -> list[str]:
        return [row[0] for row in self.connection.execute("SELECT id FROM document ORDER BY number")]

    def document_with(self, sha256: str) -> Document | None:
        return self._document("sha256 = ?", sha256)

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
        return self._document("number = (SELECT document FROM source WHERE path = ?)", path)

    def sources(self) -> list[SourceRow]:
        return self._sources("")

    def sources_called(self, name: str, path: str) -> list[SourceRow]:
        """Of all sources those that a name, or the same as an absolute path, can stand for, and perhaps others."""
        below = os.path.join(path, "")
        return self._sources(
            "WHERE id = ?1 OR path = ?2 OR name = ?1 OR title = ?1 OR substr(path, -length(?3)) = ?3 "
            "OR substr(path, 1, length(?4)) = ?4",
            name,
            path,
            os.path.join("", os.sep + name),
            below,
        )

    def paths_of(self, document_id: str) -> dict[str, str]:
        """The paths of a document's sources, each with the name that is shown for it, in the order of the names."""
        return dict(
            self.connection.execute(
                "SELECT path, name FROM source JOIN document ON source.document = document.number "
                "WHERE id = ? ORDER BY name, path",
                (document_id,),
            )
        )

    def _sources(self, where: str, *values: str) -> list[SourceRow]:
        rows = self.connection.execute(
            "SELECT path, name, root, id, title, sha256, "
            "(SELECT count(*) FROM passage WHERE passage.document = document.number), date, "
            "(SELECT json_group_array(tag) FROM tag WHERE tag.document = document.number) "
            f"FROM source JOIN document ON source.document = document.number {where} ORDER BY name, path",
            values,
        )
        return [replace(SourceRow(*row), tags=tuple(sorted(json.loads(row[-1])))) for row in rows]

    def files_below(self, folders: Sequence[str]) -> list[str]:
        """The paths of all files that are indexed from these folders, which end with a separator."""
        found: dict[str, None] = {}
        for folder in folders:
            folder = folder.encode("utf-8", "replace").decode()  # a name that is no text has no sources
            rows = self.connection.execute(
                "SELECT path FROM source WHERE substr(path, 1, ?) = ?", (len(folder), folder)
            )
            found.update((path, None) for (path,) in rows)
        return list(found)

    def original(self, path: str) -> bytes | None:
        """The bytes of a source that has no file."""
        row = self.connection.execute("SELECT data FROM original WHERE path = ?", (path,)).fetchone()
        return row[0] if row else None

    def source_of(self, path: str) -> SourceRow | None:
        return next(iter(self._sources("WHERE path = ?", path)), None)

    def has_tag(self, tag: str) -> bool:
        return self.connection.execute("SELECT 1 FROM tag WHERE tag = ? LIMIT 1", (tag,)).fetchone() is not None

    def tags(self) -> list[str]:
        """All tags, those of most documents first."""
        return [
            row[0] for row in self.connection.execute("SELECT tag FROM tag GROUP BY tag ORDER BY count(*) DESC, tag")
        ]

    def numbers_of(
        self, document_ids: Sequence[str] | None, since: date | None, until: date | None, tags: Sequence[str]
    ) -> NDArray[np.int64]:
        """The numbers of all passages, ascending, whose documents meet all of this; `document_ids` None: any."""
        conditions, values = ["1"], []
        for condition, value in (
            (
                "id IN (SELECT value FROM json_each(?))",
                None if document_ids is None else json.dumps(list(document_ids)),
            ),
            ("date >= ?", since and since.isoformat()),
            ("date <> '' AND date <= ?", until and until.isoformat()),
            *(("number IN (SELECT document FROM tag WHERE tag = ?)", tag) for tag in tags),
        ):
            if value is not None:
                conditions.append(condition)
                values.append(value)
        # A document's passages were added together, so that their numbers follow each other.
        rows = self.connection.execute(
            "SELECT (SELECT min(passage.number) FROM passage WHERE document = document.number), "
            "(SELECT max(passage.number) FROM passage WHERE document = document.number) "
            f"FROM document WHERE {' AND '.join(conditions)}",
            values,
        )
        ranges = np.array([row for row in rows if row[0] is not None], dtype=np.int64).reshape(-1, 2)
        ranges = ranges[np.argsort(ranges[:, 0])]
        sizes = ranges[:, 1] - ranges[:, 0] + 1
        before = np.repeat(np.cumsum(sizes) - sizes, sizes)
        found: NDArray[np.int64] = np.repeat(ranges[:, 0], sizes) + np.arange(len(before)) - before
        return found

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

    def vectors_of(self, document_id: str, dimension: int) -> NDArray[np.float16] | None:
        """The vectors of a document's passages, in their order; None where they do not match their checksum."""
        row = self.connection.execute(
            "SELECT checksum, rows FROM vectors JOIN document ON document = number WHERE id = ?", (document_id,)
        ).fetchone()
        if row is None or zlib.crc32(row[1]) != row[0] or len(row[1]) % (2 * dimension):
            return None
        return np.frombuffer(row[1], dtype=np.float16).reshape(-1, dimension)

    def changed_since(self, generation: int) -> list[str]:
        """The ids of documents written after `generation`, oldest passages first."""
        rows = self.connection.execute(
            "SELECT id FROM document WHERE generation > ? "
            "ORDER BY (SELECT min(passage.number) FROM passage WHERE document = document.number)",
            (generation,),
        )
        return [row[0] for row in rows]

    def words_of(self, numbers: Sequence[int]) -> list[tuple[int, str, str]]:
        """Number, text and context of passages."""
        query = "SELECT number, text, context FROM passage WHERE number IN (SELECT value FROM json_each(?))"
        return self.connection.execute(query, (json.dumps(list(numbers)),)).fetchall()

    def words_since(self, generation: int) -> Iterator[tuple[int, str, str]]:
        """Number, text and context of the passages written after `generation`."""
        for document_id in self.changed_since(generation):
            yield from self.connection.execute(
                "SELECT passage.number, passage.text, context FROM passage JOIN document ON document = document.number "
                "WHERE id = ? ORDER BY passage.number",
                (document_id,),
            )

    def gone_since(self, generation: int) -> list[int]:
        rows = self.connection.execute("SELECT passage FROM gone WHERE generation > ?", (generation,))
        return [row[0] for row in rows]

    def _meta(self, key: str) -> str | None:
        row = self.connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return row[0] if row else None

    def _document(self, where: str, value: str) -> Document | None:
        row = self.connection.execute(f"{_DOCUMENT} WHERE {where}", (value,)).fetchone()
        return _document(row) if row else None


_DOCUMENT = (
    "SELECT id, title, sha256, text, page_starts, date, "
    "(SELECT json_group_array(json_array(name, path)) FROM source WHERE document = document.number), "
    "(SELECT json_group_array(tag) FROM tag WHERE tag.document = document.number), unit, places "
    "FROM document"
)
_PASSAGE = (
    "SELECT passage.number, document.id, start, end, passage.text, page, headings "
    "FROM passage JOIN document ON document = document.number"
)


def _document(row: Sequence[Any]) -> Document:
    id_, title, sha256, text, page_starts, day, sources, tags, unit, places = row
    return Document(
        id_,
        title,
        tuple(name for name, _path in sorted(json.loads(sources))),
        sha256,
        text,
        tuple(json.loads(page_starts)),
        date.fromisoformat(day) if day else None,
        tuple(sorted(json.loads(tags))),
        _places(unit, places) if unit else None,
    )


def _places(unit: Unit, pairs: bytes) -> Places:
    starts, numbers = np.frombuffer(pairs, dtype="<i8").reshape(-1, 2).T.tolist()
    return Places(unit, tuple(starts), tuple(numbers))


def _passage(row: tuple[int, str, int, int, str, int | None, str]) -> Passage:
    _, document_id, start, end, text, page, headings = row
    return Passage(document_id, start, end, text, page, tuple(json.loads(headings)))


def rows_of(
    reading: Reading, document_ids: Iterable[str], dimension: int
) -> Iterator[tuple[Sequence[int], NDArray[np.float16]]]:
    """Passage numbers and vectors of some documents, one after the other, ascending.

    A document whose vectors are damaged is left out.
    """
    for document_id in document_ids:
        vectors = reading.vectors_of(document_id, dimension)
        if vectors is not None:
            yield reading.passage_numbers(document_id), vectors
