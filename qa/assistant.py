"""Ask a library: retrieve, read, compose, verify."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter

from qa.answer import compose
from qa.errors import PinciteError
from qa.library import Library
from qa.question import as_text, checked
from qa.reader import THRESHOLD, Finding, Reader, SentenceReader
from qa.retriever import Retriever
from qa.types import Answer, Document, Hit

_HITS = 10
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Timings:
    """Milliseconds of one question by stage."""

    retrieve: float
    read: float
    total: float

    def as_dict(self) -> dict[str, float]:
        return {"retrieve": round(self.retrieve, 1), "read": round(self.read, 1), "total": round(self.total, 1)}


class _Changed(Exception):
    """A document changed between being found and being cited."""


class Assistant:
    """Answers questions from the documents of a library, with citations, or says that they do not answer."""

    def __init__(self, library: Library, *, reader: Reader | None = None, threshold: float = THRESHOLD) -> None:
        self.library = library
        self._retriever = Retriever(library)
        self._reader = reader
        self._threshold = threshold

    def ask(self, question: str) -> Answer:
        """Answer a question. Raises PinciteError for one that cannot be asked, and for an empty library."""
        return self.ask_timed(question)[0]

    def ask_timed(self, question: str) -> tuple[Answer, Timings]:
        """As `ask`, with what each stage took."""
        for _ in range(_TRIES):
            try:
                return self._ask_once(question)
            except _Changed:
                continue
        raise PinciteError("The documents are changing faster than they can be read: try again in a moment.")

    def _ask_once(self, question: str) -> tuple[Answer, Timings]:
        begin = perf_counter()
        asked = checked(question)
        hits = self._retriever.search(asked, _HITS)
        found = perf_counter()
        finding = self._read(asked, hits)
        versions = {hit.passage.document_id: hit.citation.document.sha256 for hit in hits}

        def documents(document_id: str) -> Document:
            with self.library.reading() as reading:
                document = reading.document(document_id)
            if document is None or document.sha256 != versions[document_id]:
                raise _Changed
            return document

        missing = self._retriever.missing(asked)
        answer = compose(
            as_text(question),
            asked,
            finding,
            missing,
            documents,
            threshold=self._threshold,
        )
        end = perf_counter()
        return answer, Timings((found - begin) * 1000, (end - found) * 1000, (end - begin) * 1000)

    def _read(self, asked: str, hits: list[Hit]) -> Finding:
        if self._reader is None:
            self._reader = SentenceReader(self.library.load_encoder())
        return self._reader.read(asked, hits)
