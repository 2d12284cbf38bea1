"""txtai: an embeddings database with its content, as its documentation builds one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.peers.script import TOP, Found, Row, main, model_path


def index(passages: list[Row], store: Path) -> None:
    from txtai import Embeddings  # type: ignore[import-not-found]

    embeddings = Embeddings(path=model_path(), content=True)
    embeddings.index((row["id"], row["text"]) for row in passages)
    embeddings.save(str(store))


class TxtaiStore:
    def __init__(self, folder: Path) -> None:
        from txtai import Embeddings

        self._folder = folder
        self._embeddings: Any = Embeddings()
        self._embeddings.load(str(folder))

    def search(self, question: str) -> list[Found]:
        return [(found["id"], found["text"]) for found in self._embeddings.search(question, TOP)]

    def change(self, passages: Sequence[Row]) -> None:
        self._embeddings.upsert((row["id"], row["text"]) for row in passages)
        self._embeddings.save(str(self._folder))


if __name__ == "__main__":
    main(index, TxtaiStore)
