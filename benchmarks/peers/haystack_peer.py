"""Haystack: its sentence-transformers embedders with its in-memory document store, kept as a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.peers.script import TOP, Found, Row, main, model_path

_FILE = "documents.json"


def index(passages: list[Row], store: Path) -> None:
    from haystack.document_stores.in_memory import InMemoryDocumentStore  # type: ignore[import-not-found]

    documents = InMemoryDocumentStore()
    documents.write_documents(_embedded(passages))
    store.mkdir()
    documents.save_to_disk(str(store / _FILE))


class HaystackStore:
    def __init__(self, folder: Path) -> None:
        from haystack.components.retrievers.in_memory import (  # type: ignore[import-not-found]
            InMemoryEmbeddingRetriever,
        )
        from haystack.document_stores.in_memory import InMemoryDocumentStore
        from haystack_integrations.components.embedders.sentence_transformers import (  # type: ignore[import-not-found]
            SentenceTransformersTextEmbedder,
        )

        self._file = folder / _FILE
        self._documents: Any = InMemoryDocumentStore.load_from_disk(str(self._file))
        self._embedder: Any = SentenceTransformersTextEmbedder(model=model_path(), progress_bar=False)
        self._embedder.warm_up()
        self._retriever: Any = InMemoryEmbeddingRetriever(self._documents, top_k=TOP)

    def search(self, question: str) -> list[Found]:
        vector = self._embedder.run(text=question)["embedding"]
        return [(found.id, found.content) for found in self._retriever.run(query_embedding=vector)["documents"]]

    def change(self, passages: Sequence[Row]) -> None:
        from haystack.document_stores.types import DuplicatePolicy  # type: ignore[import-not-found]

        self._documents.write_documents(_embedded(passages), policy=DuplicatePolicy.OVERWRITE)
        self._documents.save_to_disk(str(self._file))


def _embedded(passages: Sequence[Row]) -> Any:
    from haystack import Document  # type: ignore[import-not-found]
    from haystack_integrations.components.embedders.sentence_transformers import SentenceTransformersDocumentEmbedder

    embedder = SentenceTransformersDocumentEmbedder(model=model_path(), progress_bar=False)
    embedder.warm_up()
    documents = [Document(id=row["id"], content=row["text"]) for row in passages]
    return embedder.run(documents=documents)["documents"]


if __name__ == "__main__":
    main(index, HaystackStore)
