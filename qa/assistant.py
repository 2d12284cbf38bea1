"""Ask a library: retrieve, read, compose, verify."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from time import perf_counter

from qa.answer import compose
from qa.calibration import Calibration, calibration_of, published
from qa.errors import PinciteError
from qa.filters import ALL, Filter
from qa.followup import Turn, standalone
from qa.library import Library
from qa.proofs import Standing
from qa.question import as_text, checked
from qa.reader import Finding, Reader, SpanReader
from qa.retriever import Ranked, Retriever, Search, Stage
from qa.types import Answer, Citation, Document, Hit

_HITS = 10
"""Passages that are handed to the reader, unless another number is asked for."""

_TRIES = 3

Told = Callable[[str], object]
"""Told the name of each stage of a question as it begins: "searching", then "reading"."""


@dataclass(frozen=True, slots=True)
class Timings:
    """Milliseconds of one question by stage."""

    retrieve: float
    read: float
    total: float

    def as_dict(self) -> dict[str, float]:
        return {"retrieve": round(self.retrieve, 1), "read": round(self.read, 1), "total": round(self.total, 1)}


@dataclass(frozen=True, slots=True)
class Trace:
    """An answer with what it was made from.

    `best` is the answer that would have been given whatever its confidence: `answer` itself where it was given.
    `rankings` are the first passages of each retrieval stage.
    """

    answer: Answer
    best: Answer
    rankings: Mapping[Stage, Sequence[Ranked]]
    timings: Timings


class _Changed(Exception):
    """A document changed between being found and being cited."""


class Assistant:
    """Answers questions from the documents of a library, with citations, or says that they do not answer.

    Below `threshold` nothing is answered. By default it is what `pincite calibrate` found for this store, else the
    reader's own.
    """

    def __init__(
        self,
        library: Library,
        *,
        reader: Reader | None = None,
        retriever: Retriever | None = None,
        threshold: float | None = None,
        calibration: Calibration | None = None,
        k: int = _HITS,
    ) -> None:
        if retriever is not None and retriever.library is not library:
            raise PinciteError("The retriever searches another library than the one to answer from: use one for both.")
        self.library = library
        self.retriever = retriever or Retriever(library)
        self.k = k
        self._reader = reader or SpanReader()
        self._standing = Standing()
        # What a store's questions said of our reader says nothing of another one.
        self.calibration = calibration or (published() if reader else calibration_of(library.store.folder))
        self.threshold = self.calibration.threshold if threshold is None else threshold

    @property
    def reader_fingerprint(self) -> str:
        """What tells this reader from another: the hash of its weights, else the name of its class."""
        return str(getattr(self._reader, "fingerprint", type(self._reader).__name__))

    def load(self) -> None:
        """Load the models now, not at the first question. Raises PinciteError where one is missing or altered."""
        load = getattr(self._reader, "load", None)
        with ThreadPoolExecutor(max_workers=1) as beside:
            reader = beside.submit(load) if load else None
            self.library.load()
            if reader:
                reader.result()

    def ask(
        self,
        question: str,
        only: Filter = ALL,
        history: Sequence[Answer] = (),
        *,
        stage: Told = lambda _stage: None,
    ) -> Answer:
        """Answer a question from the documents that `only` lets through; `stage` is told how far it is.

        A question that carries on from the answers of `history`, the oldest first, is asked as one that stands alone:
        the answer's `searched` says how. Raises PinciteError for a question that cannot be asked, for an empty library,
        and for a name or tag in `only` that stands for nothing.
        """
        return self.ask_timed(question, only, history, stage=stage)[0]

    def ask_timed(
        self,
        question: str,
        only: Filter = ALL,
        history: Sequence[Answer] = (),
        *,
        stage: Told = lambda _stage: None,
    ) -> tuple[Answer, Timings]:
        """As `ask`, with what each stage took."""
        trace = self.trace(question, only, history, best=False, stage=stage)
        return trace.answer, trace.timings

    def trace(
        self,
        question: str,
        only: Filter = ALL,
        history: Sequence[Answer] = (),
        *,
        best: bool = True,
        stage: Told = lambda _stage: None,
    ) -> Trace:
        """As `ask`, with what the answer was made from; without `best` that is the answer alone, given or not."""
        for _ in range(_TRIES):
            try:
                return self._ask_once(question, only, history, best=best, stage=stage)
            except _Changed:
                continue
        raise PinciteError("The documents are changing faster than they can be read: try again in a moment.")

    def answer_from(self, question: str, hits: Sequence[Hit]) -> Answer:
        """The best answer in passages that are given, whatever its confidence. Raises PinciteError as `ask` does."""
        asked = checked(question)
        try:
            return self._compose(question, asked, self._read(asked, list(hits)), (), threshold=0.0)
        except _Changed as error:
            raise PinciteError("The documents changed while they were read: try again.") from error

    def paths(self, citation: Citation) -> list[str]:
        """Where the files are that have the name a citation gives; what was uploaded has none of its own."""
        id_, name = citation.document.id, citation.document.source
        with self.library.reading() as reading:
            return [path for path, known in reading.paths_of(id_).items() if known == name]

    def _ask_once(self, question: str, only: Filter, history: Sequence[Answer], *, best: bool, stage: Told) -> Trace:
        begin = perf_counter()
        asked = checked(standalone(as_text(question), [Turn.of(answer) for answer in history]))
        stage("searching")
        if best:
            search = self.retriever.stages(asked, self.k, only)
        else:  # nobody looks at the stages
            search = Search(tuple(self.retriever.search(asked, self.k, only)), {})
        found = perf_counter()
        stage("reading")
        finding = self._read(asked, list(search.hits))
        missing = self.retriever.missing(asked)
        answer = self._compose(question, asked, finding, missing, threshold=self.threshold)
        end = perf_counter()
        timings = Timings((found - begin) * 1000, (end - found) * 1000, (end - begin) * 1000)
        given = answer.answered or not best
        forced = answer if given else self._compose(question, asked, finding, missing, threshold=0.0)
        return Trace(answer, forced, search.rankings, timings)

    def _compose(
        self, question: str, asked: str, finding: Finding, missing: Sequence[str], *, threshold: float
    ) -> Answer:
        versions = {hit.passage.document_id: hit.citation.document.sha256 for hit in finding.hits}

        def documents(document_id: str) -> Document:
            with self.library.reading() as reading:
                document = reading.document(document_id)
            if document is None or document.sha256 != versions[document_id]:
                raise _Changed
            return document

        answer = compose(as_text(question), asked, finding, missing, documents, threshold=threshold)
        return replace(answer, citations=self._standing.told(answer.citations, self.paths))

    def _read(self, asked: str, hits: list[Hit]) -> Finding:
        finding = self._reader.read(asked, hits)
        return replace(finding, confidence=self.calibration.probability(finding.confidence))
