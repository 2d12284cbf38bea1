"""LangChain: its Hugging Face embeddings with its FAISS vector store."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.peers.script import TOP, Found, Row, main, model_path


def index(passages: list[Row], store: Path) -> None:
    from langchain_community.vectorstores import FAISS  # type: ignore[import-not-found]

    vectors = FAISS.from_texts([row["text"] for row in passages], _embeddings(), ids=[row["id"] for row in passages])
    vectors.save_local(str(store))


class LangChainStore:
    def __init__(self, folder: Path) -> None:
        from langchain_community.vectorstores import FAISS

        self._folder = folder
        # Its only format on disk holds a pickle, whose opening has to be allowed; this run has written it itself.
        self._vectors: Any = FAISS.load_local(str(folder), _embeddings(), allow_dangerous_deserialization=True)

    def search(self, question: str) -> list[Found]:
        return [(found.id, found.page_content) for found in self._vectors.similarity_search(question, k=TOP)]

    def change(self, passages: Sequence[Row]) -> None:
        ids = [row["id"] for row in passages]
        self._vectors.delete(ids)
        self._vectors.add_texts([row["text"] for row in passages], ids=ids)
        self._vectors.save_local(str(self._folder))


def _embeddings() -> Any:
    from langchain_huggingface import HuggingFaceEmbeddings  # type: ignore[import-not-found]

    return HuggingFaceEmbeddings(model_name=model_path())


if __name__ == "__main__":
    main(index, LangChainStore)
