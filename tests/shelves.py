"""Collections over a function that answers and documents that are held in memory: what the page is, without models."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from qa import server
from qa.errors import PinciteError
from qa.types import Answer, Document, Passage
from qa.web.collections import Collection, Collections
from qa.web.workrooms import Workrooms


def silent(question: str) -> Answer:
    """That the sources do not say it."""
    return Answer(question, question, False, "", "", 0.1, (), (), ())


class Quiet:
    """In the place of a library, where nothing of it is looked at."""

    @contextmanager
    def reading(self) -> Iterator[Any]:
        raise PinciteError("Nothing is read here.")
        yield

    def close(self) -> None:
        pass


@dataclass
class Answering:
    """An assistant that is a function of the question alone; `histories` are the answers that were handed in."""

    answer: Callable[[str], Answer]
    library: Any = field(default_factory=Quiet)
    histories: list[Sequence[Answer]] = field(default_factory=list)

    def ask(
        self,
        question: str,
        *_only: object,
        history: Sequence[Answer] = (),
        stage: Callable[[str], object] = lambda _stage: None,
        **_more: object,
    ) -> Answer:
        self.histories.append(history)
        stage("searching")
        stage("reading")
        return self.answer(question)


@dataclass
class Shelf:
    """Documents by their ids, without passages or pictures."""

    held: Mapping[str, Document] = field(default_factory=dict)

    def document(self, document_id: str) -> Document | None:
        return self.held.get(document_id)

    def passages(self, document: Document, start: int, end: int) -> Sequence[Passage]:
        return []

    def pictures(self, document: Document, spans: Sequence[tuple[int, int]]) -> Sequence[Any]:
        return []

    def picture(self, document: Document, page: int) -> bytes:
        raise AssertionError("no page is drawn here")

    def close(self) -> None:
        pass


class Same:
    """An encoder to which all texts are the same."""

    name = location = "same"
    fingerprint = "same-8"
    dimension = 8

    def encode_query(self, texts: Sequence[str]) -> Any:
        return np.full((len(texts), self.dimension), self.dimension**-0.5, dtype=np.float32)

    def encode_document(self, texts: Sequence[str], progress: Any = None) -> Any:
        if progress is not None:
            progress(len(texts))
        return self.encode_query(texts)


def shelves(
    folder: Path,
    assistant: Any = None,
    documents: Any = None,
    others: Mapping[str, Any] | None = None,
) -> Collections:
    """The collection without a name, and `others` with assistants of their own; each keeps its files in a folder."""
    assistants = {"": assistant or Answering(silent)} | dict(others or {})

    def opened(name: str) -> Collection:
        place = folder / "collections" / name if name else folder
        place.mkdir(parents=True, exist_ok=True)
        shelf: Any = Shelf() if documents is None else documents
        return Collection(name, place, assistants[name], shelf)

    return Collections(opened, lambda: tuple(name for name in assistants if name))


@contextmanager
def served(collections: Collections, **shown: Any) -> Iterator[str]:
    """The address of a page that runs meanwhile; what is `shown` is as `server.application` takes it."""
    with closing(collections), closing(Workrooms()) as workrooms, server.listen() as listener:
        running = server.server(server.application(collections, workrooms, **shown))
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]})
        thread.start()
        while not running.started:
            time.sleep(0.01)
        yield server.address(listener)
        running.should_exit = True
        thread.join()
