"""One run of `add`: files are read and split one by one, embedded in batches, and committed batch by batch.

Nothing is embedded inside a transaction, and what was committed stays when the run is interrupted.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import count
from pathlib import PurePath

import numpy as np
from numpy.typing import NDArray

from embeddings import Encoder
from qa.errors import FileError, explained
from qa.passages import split
from qa.readers import Extract
from qa.receipts import Entry, Failure, Receipt
from qa.record import SourceRow, StoreModel
from qa.sources import Discovery, SourceFile, changed_on
from qa.types import Document, Passage
from qa.writing import Writing

Vector = NDArray[np.float32]
Progress = Callable[[int, int], object]
"""Called with the bytes of files that are done and those in all."""

_BATCH = 256
"""Passages that are embedded and committed together."""


@dataclass(frozen=True, slots=True)
class _Draft:
    """A document that is read but not yet embedded. `before` is the document its file belonged to until now."""

    file: SourceFile
    size: int
    document: Document
    passages: list[Passage]
    known: dict[str, Vector]
    before: str | None
    blank_pages: int
    note: str


class Intake:
    """Take files into a record; `model` and `encoder` are asked for only when something must be embedded.

    `read` makes an extract of a file's bytes and name, or raises FileError.
    """

    def __init__(
        self,
        writing: Writing,
        model: Callable[[], StoreModel],
        encoder: Callable[[], Encoder],
        progress: Progress,
        read: Callable[[bytes, str], Extract],
        tags: Sequence[str] = (),
    ) -> None:
        self._writing = writing
        self._model = model
        self._encoder = encoder
        self._progress = progress
        self._read = read
        self._tags = tags
        self._drafts: list[_Draft] = []
        self._added: list[Entry] = []
        self._updated: list[Entry] = []
        self._removed: list[Entry] = []
        self._failed: list[Failure] = []
        self._unchanged = 0
        self._bytes_done = 0.0
        self._bytes = 0

    def run(self, discovery: Discovery) -> Receipt:
        self._bytes = sum(_size(file) for file in discovery.files)
        self._failed.extend(Failure(_shown(name), reason) for name, reason in discovery.failed)
        for file in discovery.files:
            try:
                self._take(file)
            except FileError as error:
                self._failed.append(Failure(_shown(file.name), str(error)))
                self._advance(_size(file))
        self._commit()
        self._drop_vanished(discovery)
        return Receipt(
            added=tuple(self._added),
            updated=tuple(self._updated),
            unchanged=self._unchanged,
            removed=tuple(self._removed),
            failed=tuple(self._failed),
            skipped=discovery.skipped,
        )

    def _take(self, file: SourceFile) -> None:
        if _shown(file.path) != file.path:
            raise FileError("its name or that of a folder above it is not valid UTF-8: rename it.")
        data = file.read()
        sha256 = hashlib.sha256(data).hexdigest()
        same, before = self._writing.document_with(sha256), self._writing.document_of(file.path)
        if self._touches_drafts(sha256, same, before):
            self._commit()
            same, before = self._writing.document_with(sha256), self._writing.document_of(file.path)
        if same:
            if PurePath(file.name).suffix.lower() != PurePath(same.source).suffix.lower():
                self._read(data, file.name)  # the same bytes need not be a file of that format, too
            self._attach(file, same, before)
            self._advance(len(data))
            return
        self._drafts.append(self._draft(file, data, sha256, before))
        if sum(len(draft.passages) for draft in self._drafts) >= _BATCH:
            self._commit()

    def _touches_drafts(self, sha256: str, *involved: Document | None) -> bool:
        """Whether what becomes of a file depends on drafts that are not in the record yet."""
        waiting = {id_ for draft in self._drafts for id_ in (draft.document.id, draft.before)}
        return any(draft.document.sha256 == sha256 for draft in self._drafts) or any(
            document is not None and document.id in waiting for document in involved
        )

    def _attach(self, file: SourceFile, document: Document, before: Document | None) -> None:
        attached = self._writing.is_attached(file.path, file.name, file.root, document.id)
        if not attached or not set(self._tags) <= set(document.tags):
            with self._writing.transaction():
                self._writing.attach(file.path, file.name, file.root, document.id, file.data)
                self._writing.give_tags(document.id, self._tags)
        if before is None:
            note = f"the same content as {document.source}"
            self._added.append(Entry(file.name, document.id, 0, len(document.text), note))
        elif before.id != document.id:
            note = f"now the same content as {document.source}"
            self._updated.append(Entry(file.name, document.id, 0, len(document.text), note))
        else:
            self._unchanged += 1

    def _draft(self, file: SourceFile, data: bytes, sha256: str, before: Document | None) -> _Draft:
        extract = self._read(data, file.name)
        # A document keeps its id when its only file changes; files that keep the old bytes keep the old document.
        document_id = before.id if before and len(before.sources) == 1 else self._new_id(sha256)
        document = Document(
            document_id,
            extract.title,
            (file.name,),
            sha256,
            extract.text,
            extract.page_starts,
            extract.date or changed_on(file.path),
            extract.tags,
            extract.places,
        )
        passages = split(document, extract.headings, extract.body_start)
        known = self._vectors(before) if before else {}
        note, blank = "; ".join(extract.notes), len(extract.blank_pages)
        return _Draft(file, len(data), document, passages, known, before.id if before else None, blank, note)

    def _new_id(self, sha256: str) -> str:
        candidates = (sha256[:16] if number == 0 else f"{sha256[:16]}-{number}" for number in count())
        waiting = {draft.document.id for draft in self._drafts}
        return next(id_ for id_ in candidates if id_ not in waiting and self._writing.document(id_) is None)

    def _vectors(self, document: Document) -> dict[str, Vector]:
        """What the passages of a document were embedded to, by their text."""
        model = self._writing.model
        vectors = self._writing.vectors_of(document.id, model.dimension) if model else None
        if vectors is None:
            return {}
        passages = self._writing.passages_of(document.id)
        return {passage.text: vector for passage, vector in zip(passages, vectors, strict=True)}

    def _commit(self) -> None:
        """Embed what is new in the drafts and commit them together."""
        if not self._drafts:
            return
        drafts, self._drafts = self._drafts, []
        model = self._model()
        vectors = self._embed(drafts, model.dimension)
        with self._writing.transaction():
            if self._writing.model is None:
                self._writing.set_model(model)
            for draft, rows in zip(drafts, vectors, strict=True):
                self._writing.put(draft.document, draft.passages, rows)
                file = draft.file
                self._writing.attach(file.path, file.name, file.root, draft.document.id, file.data)
                self._writing.give_tags(draft.document.id, self._tags)
        for draft in drafts:
            (self._updated if draft.before else self._added).append(_entry(draft))

    def _embed(self, drafts: list[_Draft], dimension: int) -> list[Vector]:
        wanted: dict[str, float] = {}
        for draft in drafts:
            new = [passage.text for passage in draft.passages if passage.text not in draft.known]
            wanted.update((text, draft.size / len(new)) for text in new)
            if not new:
                self._advance(draft.size)
        weights = iter(wanted.values())

        def advance(texts: int) -> None:
            self._advance(sum(next(weights) for _ in range(texts)))

        fresh: dict[str, Vector] = {}
        if wanted:
            encoder = self._encoder()
            fresh = dict(zip(wanted, explained(lambda: encoder.encode_document(list(wanted), advance)), strict=True))
        nothing = np.zeros((0, dimension), dtype=np.float32)
        return [
            np.stack([draft.known[p.text] if p.text in draft.known else fresh[p.text] for p in draft.passages])
            if draft.passages
            else nothing
            for draft in drafts
        ]

    def _drop_vanished(self, discovery: Discovery) -> None:
        found = {file.path for file in discovery.files}
        known = self._writing.files_below(discovery.folders)
        gone = [path for path in known if path not in found and not os.path.isfile(path)]
        vanished = [row for path in gone if (row := self._writing.source_of(path))]
        if vanished:
            with self._writing.transaction():
                for row in vanished:
                    self._writing.detach(row.path)
            self._removed.extend(Entry(row.name, row.document_id, note="the file is gone") for row in vanished)
        for row in vanished:
            self._retitle(row, discovery.files)

    def _retitle(self, gone: SourceRow, files: Sequence[SourceFile]) -> None:
        """A document that was called as a file is that is gone (it was renamed) is called as one that is left."""
        document = self._writing.document(gone.document_id)
        if document is None or document.title != PurePath(gone.name).stem:
            return
        paths = self._writing.paths_of(document.id)
        for file in files:
            if file.path in paths:
                with suppress(FileError):
                    alone = replace(document, sources=(file.name,))  # it keeps its id and its other sources
                    self._drafts.append(self._draft(file, file.read(), document.sha256, alone))
                    self._commit()
                    self._updated.pop()  # the receipt has said of this file what it has to say
                return

    def _advance(self, size: float) -> None:
        self._bytes_done += size
        self._progress(min(round(self._bytes_done), self._bytes), self._bytes)


def _entry(draft: _Draft) -> Entry:
    document = draft.document
    return Entry(
        draft.file.name,
        document.id,
        len(draft.passages),
        len(document.text),
        draft.note,
        len(document.page_starts) or None,
        draft.blank_pages,
    )


def _size(file: SourceFile) -> int:
    if file.data is not None:
        return len(file.data)
    try:
        return os.path.getsize(file.path)
    except OSError:
        return 0


def _shown(name: str) -> str:
    """A file name as text: what is not valid UTF-8 in it is replaced."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
