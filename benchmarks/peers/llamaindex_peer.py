"""LlamaIndex: its Hugging Face embedding with its FAISS vector store."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.peers.script import TOP, Found, NotOfferedError, Row, main, model_path

_DIMENSION = 384


def index(passages: list[Row], store: Path) -> None:
    import faiss
    from llama_index.core import StorageContext, VectorStoreIndex  # type: ignore[import-not-found]
    from llama_index.core.schema import TextNode  # type: ignore[import-not-found]
    from llama_index.vector_stores.faiss import FaissVectorStore  # type: ignore[import-not-found]

    vectors = FaissVectorStore(faiss_index=faiss.IndexFlatIP(_DIMENSION))
    nodes = [TextNode(id_=row["id"], text=row["text"]) for row in passages]
    built = VectorStoreIndex(
        nodes, storage_context=StorageContext.from_defaults(vector_store=vectors), embed_model=_embedding()
    )
    built.storage_context.persist(persist_dir=str(store))


class LlamaIndexStore:
    def __init__(self, folder: Path) -> None:
        from llama_index.core import StorageContext, load_index_from_storage
        from llama_index.vector_stores.faiss import FaissVectorStore

        context = StorageContext.from_defaults(
            vector_store=FaissVectorStore.from_persist_dir(str(folder)), persist_dir=str(folder)
        )
        index = load_index_from_storage(context, embed_model=_embedding())
        self._retriever: Any = index.as_retriever(similarity_top_k=TOP)

    def search(self, question: str) -> list[Found]:
        return [(found.node.node_id, found.node.text) for found in self._retriever.retrieve(question)]

    def change(self, passages: Sequence[Row]) -> None:  # noqa: ARG002
        # FaissMapVectorStore can delete, but numbers what it adds afterwards from the new count on: numbers that older
        # passages still have, whose searches then give the new ones.
        raise NotOfferedError("its FAISS store cannot delete, and its variant that can gives wrong ids afterwards")


def _embedding() -> Any:
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding  # type: ignore[import-not-found]

    return HuggingFaceEmbedding(model_name=model_path())


if __name__ == "__main__":
    main(index, LlamaIndexStore)
