"""A report on disk, to be looked into later: its figures, and each question with what was found and what was wanted."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from qa.errors import PinciteError
from qa.evaluation.report import Candidate, Latency, Metric, QuestionScore, Report
from qa.evaluation.statistics import Interval
from qa.gold.questions import Evidence
from qa.types import Citation, DocumentRef, Hit, Passage, Place, StageScores

_FILE = "report.json"

_PLAIN = ("id", "question", "answerable", "answered", "short", "scores", "cause", "ranks", "timings_ms", "error")
"""What of a question is JSON as it is."""

_Place = tuple[str, int, int, str]


def keep_report(report: Report, folder: Path, made_from: Mapping[str, Any]) -> None:
    """Write a report into a folder that is there, with what it was made from.

    The rankings beyond the passages that were read are left out: `save_run` has them. Raises PinciteError where it
    cannot be written.
    """
    texts = _Texts()
    value = {
        "made_from": dict(made_from),
        "metrics": {name: _metric(metric) for name, metric in report.metrics.items()},
        "latency_ms": {stage: [latency.p50, latency.p95] for stage, latency in report.latency_ms.items()},
        "questions": [_question(row, texts) for row in report.per_question],
        "documents": [document.as_dict() for document in texts.documents],
        "passages": texts.passages,
    }
    try:
        (folder / _FILE).write_text(json.dumps(value, separators=(",", ":")), encoding="ascii")
    except OSError as error:
        raise PinciteError(f"The report could not be kept in {folder}: {error.strerror}.") from error


def read_report(folder: Path) -> tuple[Report, dict[str, Any]]:
    """A report that was kept, and what it was made from. Raises PinciteError where there is none, or a damaged one."""
    try:
        value = json.loads((folder / _FILE).read_text(encoding="ascii"))
        documents = [DocumentRef(*map(str, (each[key] for key in _REF))) for each in value["documents"]]
        rows = tuple(_row(each, documents, value["passages"]) for each in value["questions"])
        metrics = {str(name): _read_metric(each) for name, each in value["metrics"].items()}
        latency = {str(stage): Latency(float(p50), float(p95)) for stage, (p50, p95) in value["latency_ms"].items()}
        return Report(metrics, rows, latency), dict(value["made_from"])
    except OSError as error:
        raise PinciteError(f"The report in {folder} cannot be read ({error.strerror}): delete it.") from error
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError) as error:
        raise PinciteError(f"The report in {folder} is damaged: delete it, and ask the questions again.") from error


_REF = ("id", "title", "source", "sha256")


class _Texts:
    """The documents and passages of a report, each once."""

    def __init__(self) -> None:
        self.documents: dict[DocumentRef, int] = {}
        self.passages: list[list[Any]] = []
        self._known: dict[_Place, int] = {}

    def document(self, document: DocumentRef) -> int:
        return self.documents.setdefault(document, len(self.documents))

    def passage(self, hit: Hit) -> int:
        passage = hit.passage
        key = (passage.document_id, passage.start, passage.end, passage.text)
        if key not in self._known:
            self._known[key] = len(self.passages)
            headings = list(passage.headings)
            self.passages.append([*key, passage.page, headings, _citation(hit.citation, self)])
        return self._known[key]


def _metric(metric: Metric) -> dict[str, Any]:
    interval = metric.interval
    return {
        "value": metric.value,
        "interval": [interval.low, interval.high] if interval else None,
        "count": metric.count,
        "definition": metric.definition,
        "lower_is_better": metric.lower_is_better,
        "detectable": metric.detectable,
    }


def _read_metric(value: Mapping[str, Any]) -> Metric:
    return Metric(
        float(value["value"]),
        _or_none(lambda ends: Interval(float(ends[0]), float(ends[1])), value["interval"]),
        int(value["count"]),
        str(value["definition"]),
        bool(value["lower_is_better"]),
        _or_none(float, value["detectable"]),
    )


def _question(row: QuestionScore, texts: _Texts) -> dict[str, Any]:
    return {
        **{name: getattr(row, name) for name in _PLAIN},
        "scores": dict(row.scores),
        "ranks": dict(row.ranks),
        "timings_ms": dict(row.timings_ms),
        "tags": list(row.tags),
        "answers": list(row.answers),
        "best": _candidate(row.best),
        "given_gold": _candidate(row.given_gold),
        "wanted": [[each.document, each.quote, each.grade] for each in row.wanted],
        "lost_quotes": list(row.lost_quotes),
        "citations": [_citation(each, texts) for each in row.citations],
        "hits": [[hit.rank, hit.score, texts.passage(hit)] for hit in row.hits],
    }


def _row(
    value: Mapping[str, Any], documents: Sequence[DocumentRef], passages: Sequence[Sequence[Any]]
) -> QuestionScore:
    return QuestionScore(
        id=str(value["id"]),
        question=str(value["question"]),
        tags=tuple(map(str, value["tags"])),
        answers=tuple(map(str, value["answers"])),
        answerable=bool(value["answerable"]),
        answered=bool(value["answered"]),
        short=str(value["short"]),
        scores={str(name): float(score) for name, score in value["scores"].items()},
        best=_or_none(_read_candidate, value["best"]),
        given_gold=_or_none(_read_candidate, value["given_gold"]),
        cause=str(value["cause"]),
        ranks={str(stage): _or_none(int, rank) for stage, rank in value["ranks"].items()},
        wanted=tuple(Evidence(str(name), str(quote), int(grade)) for name, quote, grade in value["wanted"]),
        lost_quotes=tuple(map(str, value["lost_quotes"])),
        citations=tuple(_read_citation(each, documents) for each in value["citations"]),
        hits=tuple(_hit(each, documents, passages) for each in value["hits"]),
        timings_ms={str(stage): float(taken) for stage, taken in value["timings_ms"].items()},
        error=str(value["error"]),
    )


def _candidate(candidate: Candidate | None) -> list[Any] | None:
    return [candidate.short, candidate.confidence, candidate.right] if candidate else None


def _read_candidate(value: Sequence[Any]) -> Candidate:
    short, confidence, right = value
    return Candidate(str(short), _or_none(float, confidence), _or_none(bool, right))


def _citation(citation: Citation, texts: _Texts) -> list[Any]:
    place = citation.place
    return [
        texts.document(citation.document),
        citation.number,
        citation.start,
        citation.end,
        citation.quote,
        citation.prefix,
        citation.suffix,
        citation.page,
        citation.line,
        [place.unit, place.number] if place else None,
    ]


def _read_citation(value: Sequence[Any], documents: Sequence[DocumentRef]) -> Citation:
    document, number, start, end, quote, prefix, suffix, page, line, place = value
    return Citation(
        number=int(number),
        document=documents[document],
        start=int(start),
        end=int(end),
        quote=str(quote),
        prefix=str(prefix),
        suffix=str(suffix),
        page=_or_none(int, page),
        line=int(line),
        place=_or_none(lambda pair: Place(pair[0], int(pair[1])), place),
    )


def _hit(value: Sequence[Any], documents: Sequence[DocumentRef], passages: Sequence[Sequence[Any]]) -> Hit:
    rank, score, at = value
    document_id, start, end, text, page, headings, citation = passages[at]
    passage = Passage(str(document_id), int(start), int(end), str(text), _or_none(int, page), tuple(headings))
    return Hit(int(rank), float(score), StageScores(0.0, 0.0), passage, _read_citation(citation, documents))


def _or_none(read: Callable[[Any], Any], value: Any) -> Any:
    return None if value is None else read(value)
