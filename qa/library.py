"""A library: documents added, kept in step with their files, removed, and handed to the stages that search them."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Container, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings import DEFAULT_MODEL, Encoder, ModelFolder, VectorIndex, find_model, load_encoder
from qa.collections import FOLDER as COLLECTIONS
from qa.derived import Derived
from qa.errors import PinciteError, explained
from qa.filters import Filter, checked_tags
from qa.intake import Intake, Progress
from qa.names import sources_called
from qa.receipts import Entry, Receipt
from qa.record import Reading, SourceRow, StoreModel
from qa.sandbox import Sandbox
from qa.snapshot import AUTO, checked_kind, wanted_kind
from qa.sources import SourceFile, Upload, discover
from qa.store import Store
from qa.types import Document
from qa.writing import Writing

_SHOWN = 20
"""Tags that are named in a message, those of most documents first."""


class Library:
    """The documents of one store.

    Any number of processes may have a store open; one at a time may write. Every method may be called from any thread.
    """

    def __init__(self, store: Store, *, model: str | None = None, encoder: Encoder | None = None) -> None:
        self.store = store
        self._wanted_model = model
        self._encoder = encoder
        self._loading = threading.Lock()
        self._derived = Derived(store.folder)

    @classmethod
    def open(
        cls,
        folder: str | os.PathLike[str],
        *,
        model: str | None = None,
        encoder: Encoder | None = None,
        create: bool = True,
    ) -> Library:
        """Open the store in `folder`, and make it where there is none unless `create` is False.

        `model` names a sentence-transformers model or its folder (default: the one of the store, else
        all-MiniLM-L6-v2); `encoder` is one already loaded. Raises PinciteError where this cannot be.
        """
        store = Store(Path(os.path.expanduser(folder)))
        if not store.exists and not create:
            raise PinciteError(
                f"There is no store in {store.folder} yet: put documents in with "
                f"pincite index PATH --store {store.folder}"
            )
        if create:
            store.create()
        return cls(store, model=model, encoder=encoder)

    def close(self) -> None:
        self.store.close()

    def __enter__(self) -> Library:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # --- writing

    def add(
        self,
        paths: Sequence[str | os.PathLike[str]],
        progress: Progress | None = None,
        *,
        tags: Sequence[str] = (),
        index_type: str | None = None,
        uploads: Sequence[Upload] = (),
        changed: Container[str] | None = None,
    ) -> Receipt:
        """Add files and folders, or bring them up to date; files gone from a named folder are removed.

        `uploads` came without a file; one with the name of an earlier one takes its place. Where `changed` is given,
        only files with these absolute paths are looked at, and what is gone. All that is found gets `tags`, beside
        those that it has. `index_type` is "exact", "compressed" or "inverted", or "auto" for what fits the number of
        passages; None leaves it as it is. Unchanged files are recognised by hash and unchanged passages keep their
        vectors. A file that cannot be indexed is in the receipt and stops nothing. Raises
        PinciteError, with nothing changed, where a path does not exist or holds nothing to index, the model is not the
        store's, or another process is writing.
        """
        begin = time.perf_counter()
        discovery, given = discover(paths), checked_tags(tags)
        if changed is not None:
            discovery = discovery.among(changed)
        discovery = replace(discovery, files=discovery.files + tuple(map(SourceFile.of, uploads)))
        kind = None if index_type in (None, AUTO) else checked_kind(str(index_type))
        with self.store.writing() as writing, Sandbox() as sandbox:
            self._check_model(writing)
            if index_type is not None:
                writing.set_index_kind(kind)
            shown = progress or _no_progress
            intake = Intake(writing, self._store_model, self.load_encoder, shown, sandbox.read, given)
            try:
                receipt = intake.run(discovery)
            finally:
                self._publish(writing)
        return replace(receipt, seconds=time.perf_counter() - begin)

    def remove(self, *names: str) -> tuple[Entry, ...]:
        """Take documents out by id, path, shown source, file name or title; a document goes with its last source.

        Raises PinciteError, with nothing removed, where nothing, or more than one document, has one of the names.
        """
        with self.store.writing() as writing:
            rows = list({row.path: row for name in names for row in sources_called(writing, name)}.values())
            with writing.transaction():
                for row in rows:
                    writing.detach(row.path)
            self._publish(writing)
        return tuple(Entry(row.name, row.document_id, row.passages, note=_still_there(row)) for row in rows)

    def _publish(self, writing: Writing) -> None:
        if model := writing.model:
            self._derived.publish(writing, model)

    # --- reading

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        """One consistent view of the store. Raises PinciteError where there is nothing in it yet."""
        with self.store.reading() as reading:
            yield reading

    @contextmanager
    def searching(self) -> Iterator[tuple[Reading, VectorIndex]]:
        """A view of the store and the vectors of the same state. Raises PinciteError where nothing is indexed yet."""
        while True:
            with self.reading() as reading:
                generation, index = self._snapshot(reading)
                if generation <= reading.generation:
                    yield reading, index
                    return

    def index(self, reading: Reading) -> VectorIndex:
        """The vectors as of `reading`, or of a later state. Raises PinciteError where nothing was indexed yet."""
        return self._snapshot(reading)[1]

    def _snapshot(self, reading: Reading) -> tuple[int, VectorIndex]:
        model = reading.model
        generation, index = self._derived.vectors(reading, model) if model else (0, None)
        if not index:
            raise self.store.empty()
        return generation, index

    def numbers(self, reading: Reading, only: Filter) -> NDArray[np.int64] | None:
        """The numbers of the passages that a filter lets through, ascending; None for all.

        Raises PinciteError where a name in it stands for nothing, and for a tag that no document has.
        """
        if not only:
            return None
        for tag in only.tags:
            if not reading.has_tag(tag):
                known = reading.tags()
                others = f" and {len(known) - _SHOWN} more" if len(known) > _SHOWN else ""
                shown = ", ".join(known[:_SHOWN]) or "none"
                raise PinciteError(f"No document has the tag {tag}. Tags in this store: {shown}{others}.")
        ids = {row.document_id for name in only.documents for row in sources_called(reading, name)}
        return reading.numbers_of(sorted(ids) if only.documents else None, only.since, only.until, only.tags)

    def find_words(
        self, reading: Reading, question: str, k: int, among: NDArray[np.int64] | None = None
    ) -> Sequence[tuple[int, float]]:
        """The `k` passages with the best BM25 score as (number, score), best first; only those `among`."""
        return self._derived.find_words(reading, question, k, among)

    def highest(self, reading: Reading, question: str) -> float:
        """The BM25 score that no passage can exceed for this question."""
        return self._derived.highest(reading, question)

    def matched_words(self, reading: Reading, question: str, numbers: Sequence[int]) -> dict[int, tuple[str, ...]]:
        """Of passages the words of a question that stand in them, or in their title or the headings above them."""
        return self._derived.matched(reading, question, numbers)

    def words_note(self, reading: Reading) -> str:
        """What is wrong with the word index, which costs time and nothing else; nothing where it is as it should be."""
        return self._derived.words_note(reading)

    def missing_words(self, reading: Reading, question: str) -> tuple[str, ...]:
        """The words of a question that no document contains."""
        return self._derived.missing(reading, question)

    @property
    def index_path(self) -> Path:
        """The derived index file; it may be deleted at any moment."""
        return self._derived.path

    def status(self) -> dict[str, Any]:
        """What the store holds, as JSON values; sizes in bytes."""
        with self.reading() as reading:
            model = reading.model
            facts = {
                "store": str(self.store.folder),
                "documents": reading.count("document"),
                "sources": reading.count("source"),
                "passages": reading.count("passage"),
                "model": asdict(model) if model else None,
                "generation": reading.generation,
            }
            kind = wanted_kind(reading, reading.count("passage"))
            chosen = "by a person" if reading.index_kind else "by the number of passages"
        index = self.index_path
        return facts | {
            "index": {
                "file": str(index),
                "bytes": _size(index.parent),
                "type": kind,
                "chosen": chosen,
            },
            "bytes": _size(self.store.folder),
        }

    def require_documents(self) -> None:
        """Raise PinciteError, with the line to run, where nothing is indexed."""
        with self.reading() as reading:
            if reading.count("document") == 0:
                raise self.store.empty()

    def sources(self) -> list[SourceRow]:
        """Every file that is indexed, by the name that is shown for it."""
        with self.reading() as reading:
            return reading.sources()

    def document(self, document_id: str) -> Document:
        """The document with this id. Raises PinciteError where there is none."""
        with self.reading() as reading:
            document = reading.document(document_id)
        if document is None:
            raise PinciteError(f"There is no document {document_id} in {self.store.folder}: see pincite sources.")
        return document

    # --- the model

    def load(self) -> None:
        """Load now what a search needs. Raises PinciteError as `load_encoder` does, and where nothing was indexed."""
        with self.reading() as reading:
            self.index(reading)
        self.load_encoder()

    def load_encoder(self) -> Encoder:
        """The encoder of this store, loaded at the first call. Raises PinciteError where it is not the store's."""
        with self._loading:
            if self._encoder is None:
                folder = self._model_folder()
                with self.reading() as reading:
                    self._check_fingerprint(reading.model, folder.name, folder.fingerprint)
                self._encoder = explained(lambda: load_encoder(folder))
            with self.reading() as reading:  # the first index can have been another process's, with another model
                self._check_fingerprint(reading.model, self._encoder.name, self._encoder.fingerprint)
            return self._encoder

    def check_model(self) -> None:
        """Raise PinciteError where the model cannot be had here or is not the store's, without loading it."""
        folder = self._model_folder()
        with self.reading() as reading:
            self._check_fingerprint(reading.model, folder.name, folder.fingerprint)

    def _store_model(self) -> StoreModel:
        encoder = self.load_encoder()
        return StoreModel(encoder.name, encoder.location, encoder.fingerprint, encoder.dimension)

    def _model_folder(self) -> ModelFolder:
        with self.reading() as reading:
            model = reading.model
        wanted = self._wanted_model or (model.location if model else DEFAULT_MODEL)
        return explained(lambda: find_model(wanted))

    def _check_model(self, reading: Reading) -> None:
        """Refuse a model that was asked for and is not the store's, before anything is read or embedded."""
        if reading.model is None:
            return
        if self._encoder is not None:
            self._check_fingerprint(reading.model, self._encoder.name, self._encoder.fingerprint)
        elif self._wanted_model is not None:
            folder = self._model_folder()
            self._check_fingerprint(reading.model, folder.name, folder.fingerprint)

    def _check_fingerprint(self, model: StoreModel | None, name: str, fingerprint: str) -> None:
        if model is None or model.fingerprint == fingerprint:
            return
        if name == model.name:
            raise PinciteError(
                f"The files of the model {name} are not those that the store in {self.store.folder} was made with. "
                "Vectors of two models are never mixed: put the old files back, or index into another --store."
            )
        raise PinciteError(
            f"The store in {self.store.folder} was made with the model {model.name}, not {name}. Vectors of two models "
            "are never mixed: leave --model out, or index into another --store."
        )


def _no_progress(_done: int, _total: int) -> None:
    pass


def _still_there(row: SourceRow) -> str:
    if not os.path.exists(row.path):
        return ""
    return f"the file {row.path} is still there and comes back when its folder is indexed again"


def _size(folder: Path) -> int:
    """The bytes of a folder; collections below a store are stores of their own."""
    total = 0
    for parent, below, names in os.walk(folder):
        if parent == str(folder):
            below[:] = [name for name in below if name != COLLECTIONS]
        for name in names:
            with suppress(OSError):  # a writer replaces files meanwhile
                total += os.stat(os.path.join(parent, name)).st_size
    return total
