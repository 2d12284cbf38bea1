"""Whether files, store and index agree. Looks at everything, changes nothing."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from embeddings import DamagedFileError, VectorIndex
from qa.errors import DamagedStoreError, PinciteError
from qa.library import Library
from qa.record import Reading, SourceRow, StoreModel
from qa.snapshot import built, stamp
from qa.sources import UPLOAD, discover, read_bytes


@dataclass(frozen=True, slots=True)
class CheckReport:
    """`damage` is what must not be; `notes` are files and an index that are merely newer or older than the store."""

    damage: tuple[str, ...]
    notes: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        return {"ok": not self.damage, "damage": list(self.damage), "notes": list(self.notes)}


def examine(library: Library) -> CheckReport:
    """Compare the record with itself, the index with the record, and the files with both."""
    damage: list[str] = []
    notes: list[str] = []
    try:
        with library.reading() as reading:
            damage += _database(reading)
            if not damage:
                damage += _documents(reading)
                damage += _lexical(reading)
                index_damage, index_notes = _index(library, reading)
                damage += index_damage
                notes += index_notes
                notes += [note] if (note := library.words_note(reading)) else []
                notes += _files(reading)
    except DamagedStoreError as error:
        damage.append(str(error))
    except (ValueError, TypeError, KeyError) as error:  # a row that cannot even be read as what it is
        damage.append(f"store.db: {error}")
    return CheckReport(tuple(damage), tuple(notes))


def _database(reading: Reading) -> list[str]:
    rows = reading.connection.execute("PRAGMA integrity_check").fetchall()
    orphans = len(reading.connection.execute("PRAGMA foreign_key_check").fetchall())
    lost = [f"store.db: {orphans} rows belong to documents that are not there"] if orphans else []
    return [f"store.db: {row[0]}" for row in rows if row[0] != "ok"] + lost


def _documents(reading: Reading) -> Iterator[str]:
    model = reading.model
    for document_id in reading.document_ids():
        document = reading.document(document_id)
        passages = reading.passages_of(document_id)
        if document is None or not document.sources:
            yield f"store.db: the document {document_id} has no source"
            continue
        for passage in passages:
            if document.text[passage.start : passage.end] != passage.text:
                yield f"store.db: a passage of {document.source} is not its text at [{passage.start}:{passage.end}]"
        vectors = reading.vectors_of(document_id, model.dimension) if model else None
        if vectors is None or len(vectors) != len(passages):
            yield f"store.db: the vectors of {document.source} are damaged: remove it and index it again"


def _lexical(reading: Reading) -> list[str]:
    """Let FTS5 compare its index with the passages; it does so only where it may write, hence in a copy."""
    with tempfile.TemporaryDirectory(prefix="pincite-") as folder:
        copy = sqlite3.connect(Path(folder) / "copy.db", isolation_level=None)
        try:
            reading.connection.backup(copy)
            copy.execute("INSERT INTO lexical (lexical, rank) VALUES ('integrity-check', 1)")
        except sqlite3.DatabaseError as error:
            return [f"store.db: the word index does not hold the words of the passages ({error})"]
        finally:
            copy.close()
    return []


def _index(library: Library, reading: Reading) -> tuple[list[str], list[str]]:
    model = reading.model
    if model is None:
        return [], []
    path = library.index_path
    try:
        index, generation = VectorIndex.load(path, model=stamp(reading, model))
    except FileNotFoundError:
        return [], ["the index file is missing: it is built from the store when it is needed"]
    except (DamagedFileError, OSError) as error:
        return [f"{error} It is built again from the store when it is needed."], []
    if generation > reading.generation:
        return [], ["the index file is newer than the store: it is built again when it is needed"]
    if generation != reading.generation:
        return [], [f"the index file is {reading.generation - generation} changes older than the store: it catches up"]
    return _disagreement(index, reading, model), []


def _disagreement(index: VectorIndex, reading: Reading, model: StoreModel) -> list[str]:
    try:
        ours, theirs = index.base, built(reading, model).base
    except ValueError:  # the record's own vectors do not fit its passages, which is told of their document
        return []
    if np.array_equal(ours.ids, theirs.ids) and np.array_equal(ours.rows, theirs.rows):
        return []
    return ["the index file does not hold the store's vectors: delete its folder, it is built again from the store"]


def _files(reading: Reading) -> Iterator[str]:
    rows = reading.sources()
    for row in rows:
        if note := _damaged(reading, row) if row.path.startswith(UPLOAD) else _changed(row):
            yield note
    known = {row.path for row in rows}
    for root in sorted({row.root for row in rows if os.path.isdir(row.root)}):
        try:
            files = discover([root]).files
        except PinciteError:  # nothing there any more: each file was noted above
            continue
        yield from (f"{file.path} is new: index {root} again" for file in files if file.path not in known)


def _damaged(reading: Reading, row: SourceRow) -> str | None:
    data = reading.original(row.path)
    if data is None or hashlib.sha256(data).hexdigest() != row.sha256:
        return f"{row.name}: what was uploaded is not kept as it came"
    return None


def _changed(row: SourceRow) -> str | None:
    if not os.path.exists(row.path):
        return f"{row.path} is gone since it was indexed"
    try:
        data = read_bytes(row.path)
    except PinciteError as error:
        return f"{row.path}: {error}"
    if hashlib.sha256(data).hexdigest() != row.sha256:
        return f"{row.path} has changed since it was indexed"
    return None
