"""The questions of a report as data for its page, which draws a row when it is opened."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from qa.evaluation.report import Candidate, QuestionScore
from qa.gold.questions import Evidence
from qa.types import Citation, Hit

SHOWN = 10
"""Passages of a question that are shown; a page with all of them, for thousands of questions, would be too large."""

_SCORES = ("f1", "ndcg@10", "recall@5", "success@5")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table of questions; the script knows what its `key` shows."""

    key: str
    heading: str
    numeric: bool = False

    @property
    def of_ranks(self) -> bool:
        return self.key.startswith("rank:")


def columns(rows: Sequence[QuestionScore]) -> list[Column]:
    """The columns in which any question has something to show; those of ranks, under one head, are last."""
    stages = dict.fromkeys(stage for row in rows for stage in row.ranks)
    score = next((name for name in _SCORES if any(name in row.scores for row in rows)), "")
    answers = any(row.answers or row.short or row.best for row in rows)
    wanted = [
        (True, Column("id", "Id")),
        (True, Column("question", "Question")),
        (True, Column("answerable", "Answerable")),
        (answers, Column("answered", "Answered")),
        (answers, Column("short", "Answer given")),
        (answers, Column("answers", "Acceptable")),
        (any(row.confidence is not None for row in rows), Column("confidence", "Confidence", numeric=True)),
        (any(row.cause for row in rows), Column("cause", "Cause of failure")),
        (bool(score), Column(f"score:{score}", score.upper() if score == "f1" else score, numeric=True)),
        (any("total" in row.timings_ms for row in rows), Column("ms", "Time, ms", numeric=True)),
        *((True, Column(f"rank:{stage}", stage, numeric=True)) for stage in stages),
    ]
    return [column for there, column in wanted if there]


def table(rows: Sequence[QuestionScore]) -> dict[str, Any]:
    """All that the page knows of the questions, as JSON: a passage that several of them found is there once."""
    passages: dict[tuple[str, int, int, str], int] = {}
    written: list[dict[str, Any]] = []
    questions = [_row(row, passages, written) for row in rows]
    return {"questions": questions, "passages": written}


def _row(
    row: QuestionScore, passages: dict[tuple[str, int, int, str], int], written: list[dict[str, Any]]
) -> dict[str, Any]:
    hits, outside = row.hits[:SHOWN], list(row.citations)
    found = []
    for hit in hits:
        key = (hit.passage.document_id, hit.passage.start, hit.passage.end, hit.passage.text)
        if key not in passages:
            passages[key] = len(written)
            written.append(_excerpt(hit.citation) | {"text": hit.passage.text})
        marks = [mark for citation in row.citations if (mark := _mark(citation, hit))]
        outside = [citation for citation in outside if not _mark(citation, hit)]
        held = any(evidence.quote and evidence.quote in hit.passage.text for evidence in row.wanted)
        found.append({"rank": hit.rank, "passage": passages[key], "marks": _joined(marks), "held": held})
    return {
        "id": row.id,
        "question": row.question,
        "tags": row.tags,
        "answers": row.answers,
        "answerable": row.answerable,
        "answered": row.answered,
        "short": row.short,
        "confidence": _number(row.confidence, 4),
        "best": _candidate(row.best),
        "given_gold": _candidate(row.given_gold),
        "cause": row.cause,
        "error": row.error,
        "ranks": row.ranks,
        "wanted": [_evidence(evidence, row.lost_quotes) for evidence in row.wanted],
        "hits": found,
        "left_out": len(row.hits) - len(hits),
        "citations": [_excerpt(each) | _quoted(each) for each in outside],
        "scores": {name: _number(score, 4) for name, score in row.scores.items()},
        "ms": {stage: _number(value, 1) for stage, value in row.timings_ms.items()},
    }


def _candidate(candidate: Candidate | None) -> dict[str, Any] | None:
    if candidate is None:
        return None
    return {
        "short": candidate.short,
        "confidence": _number(candidate.confidence, 4),
        "right": candidate.right,
    }


def _evidence(evidence: Evidence, lost: Sequence[str]) -> dict[str, Any]:
    return {
        "document": evidence.document,
        "quote": evidence.quote,
        "grade": evidence.grade,
        "lost": evidence.quote in lost,
    }


def _excerpt(citation: Citation) -> dict[str, Any]:
    return {
        "title": citation.document.title,
        "source": citation.document.source,
        "line": citation.line,
        "page": citation.page,
    }


def _quoted(citation: Citation) -> dict[str, Any]:
    return {"prefix": citation.prefix, "quote": citation.quote, "suffix": citation.suffix}


def _mark(citation: Citation, hit: Hit) -> list[int] | None:
    """Where a citation's words are in a passage, in code points of the passage; None where they are elsewhere."""
    start = max(0, citation.start - hit.passage.start)
    end = min(len(hit.passage.text), citation.end - hit.passage.start)
    return [start, end] if hit.citation.document == citation.document and start < end else None


def _joined(marks: Iterable[list[int]]) -> list[list[int]]:
    """Marks in order, those that touch made one."""
    joined: list[list[int]] = []
    for start, end in sorted(marks):
        if joined and start <= joined[-1][1]:
            joined[-1][1] = max(joined[-1][1], end)
        else:
            joined.append([start, end])
    return joined


def _number(value: float | None, digits: int) -> float | None:
    return round(value, digits) if value is not None and isfinite(value) else None
