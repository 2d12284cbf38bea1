"""Runs as the Evaluate view shows them: figures, causes, comparisons, and each question with where its words stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from qa import links

if TYPE_CHECKING:
    from qa.evaluation import Report
    from qa.evaluation.report import QuestionScore
    from qa.gold.anchors import Anchors
    from qa.record import Reading
    from qa.types import Citation, Document, Hit
    from qa.web.evaluation.runs import Change, Run
    from ui import evaluation as shown_runs
    from ui import failure as shown_failure
    from ui import run as shown_run

PAGE = 50
"""Questions that are shown at once."""

_AROUND = 300
"""Characters on either side of wanted words that no passage holds whole."""


def at(when: datetime) -> str:
    """A time for a person at this machine."""
    local = when.astimezone()
    return f"{local.day} {local:%b %Y, %H:%M}"


def name_of(run: Run) -> str:
    return f"{run.gold}, {at(run.at)}"


def figures(report: Report) -> tuple[shown_runs.Figure, ...]:
    """Those that stand large in a report."""
    from qa.evaluation.page.tables import HEADLINES, headlines
    from ui.evaluation import Figure

    shown = []
    for name in headlines(report.metrics):
        metric = report.metrics[name]
        interval = (metric.interval.low, metric.interval.high) if metric.interval else None
        shown.append(Figure(name, HEADLINES.get(name, name), metric.value, interval))
    return tuple(shown)


def line(run: Run) -> shown_runs.Line:
    from ui.evaluation import Line

    if run.report is None:
        return Line(run.id, run.gold, at(run.at), problem=run.problem)
    return Line(run.id, run.gold, at(run.at), len(run.report.per_question), figures(run.report))


def causes(report: Report) -> tuple[shown_run.Cause, ...]:
    from qa.evaluation.failures import CAUSES
    from ui.run import Cause

    return tuple(Cause(name, CAUSES.get(name, ""), count) for name, count in report.causes.items())


def facts(report: Report) -> str:
    """What was asked, in words."""
    from ui.evaluation import counted

    answerable = sum(row.answerable for row in report.per_question)
    said = f"{counted(len(report.per_question))}: {answerable:,} that the documents answer"
    left = len(report.per_question) - answerable
    failed = sum(bool(row.error) for row in report.per_question)
    return f"{said}, {left:,} that they do not{f', {failed:,} without a result' if failed else ''}"


def comparison(before: Run, changes: Sequence[Change], differences: Sequence[str]) -> shown_run.Comparison:
    """Worse before better, for that is what one must not miss, and each by how far it moved."""
    from qa.evaluation.page.tables import HEADLINES
    from ui import run

    order = {"worse": 0, "better": 1, "cannot tell": 2}
    shown = [
        run.Change(
            name=change.name,
            meaning=HEADLINES.get(change.name, change.name),
            verdict=change.compared.verdict,
            before=change.compared.before,
            after=change.compared.after,
            interval=(change.interval.low, change.interval.high) if change.interval else None,
            wins=change.compared.wins,
            losses=change.compared.losses,
            is_main=change.name in HEADLINES,
        )
        for change in changes
    ]
    shown.sort(key=lambda each: (order[each.verdict], not each.is_main, -abs(each.after - each.before)))
    return run.Comparison(name_of(before), tuple(shown), tuple(differences))


def questions(report: Report, cause: str, find: str, begin: int) -> shown_run.Page:
    """Those of a cause, or of any with `FAILED`, that have the words of `find` in them."""
    from ui.run import FAILED, Asked, Page

    words = find.casefold().split()
    found = []
    for place, row in enumerate(report.per_question):
        short = row.short or (row.best.short if row.best else "")
        text = "\n".join((row.id, row.question, short, *row.answers, *row.tags)).casefold()
        if (not cause or row.cause == cause or (cause == FAILED and row.cause)) and all(word in text for word in words):
            found.append(Asked(place, row.id, row.question, row.short if row.answered else "", row.cause))
    begin = min(begin, max(0, len(found) - 1)) // PAGE * PAGE
    return Page(tuple(found[begin : begin + PAGE]), begin, PAGE, len(found))


def failure(row: QuestionScore, reading: Reading, collection: str, gold: str) -> shown_failure.Failure:
    """One question; `gold` is the key of the set in which it can be edited, "" where it cannot."""
    from qa.evaluation.failures import CAUSES
    from qa.gold.anchors import Anchors
    from ui.failure import Failure

    best = row.best
    wanted_passage = row.given_gold.short if row.given_gold else ""
    return Failure(
        question=row.question,
        answers=row.answers,
        answerable=row.answerable,
        given=row.answered,
        answer=row.short if row.answered else best.short if best else "",
        confidence=row.confidence,
        right=best.right if best else None,
        reads=wanted_passage if row.cause else "",
        cause=row.cause,
        meaning=CAUSES.get(row.cause, ""),
        error=row.error,
        wanted=tuple(_wanted(row, Anchors(reading), reading, collection)),
        cited=tuple(_cited(row, reading, collection)),
        found=tuple(_found(row, reading, collection)),
        gold=gold,
        id=row.id,
    )


def _wanted(row: QuestionScore, anchors: Anchors, reading: Reading, collection: str) -> Iterator[shown_failure.Excerpt]:
    """Each evidence in the passage it stands in now, else as the gold question has it."""
    from ui.failure import Excerpt

    for evidence in row.wanted:
        located = anchors.locate(evidence)
        place = located.places[0] if located.places else None
        document = reading.document(place.document_id) if place else None
        if place is None or document is None:
            lost = "not in the documents" if located.ingested else "no such document"
            yield Excerpt(evidence.document, "", evidence.quote, poor=(lost,))
        elif place.whole:
            yield Excerpt(
                document.title, "the whole document", "", link=links.address(document.id, collection=collection)
            )
        else:
            yield _in_document(document, place.start, place.end, reading, collection)


def _in_document(document: Document, start: int, end: int, reading: Reading, collection: str) -> shown_failure.Excerpt:
    from ui.failure import Excerpt

    citation = document.cite(start, end)
    around = [each for each in reading.passages_of(document.id) if each.start < end and each.end > start]
    first = min((each.start for each in around), default=max(0, start - _AROUND))
    last = max((each.end for each in around), default=min(len(document.text), end + _AROUND))
    return Excerpt(
        document.title,
        citation.where,
        document.text[first:last],
        ((start - first, end - first),),
        links.document_link(citation, collection),
    )


def _cited(row: QuestionScore, reading: Reading, collection: str) -> Iterator[shown_failure.Excerpt]:
    from ui.failure import Excerpt

    for citation in row.citations:
        text, start = citation.prefix + citation.quote + citation.suffix, len(citation.prefix)
        good = ["cited"]
        for hit in row.hits:
            inside = citation.start - hit.passage.start
            if hit.citation.document == citation.document and hit.passage.text[inside:].startswith(citation.quote):
                text, start = (hit.passage.text, inside) if inside >= 0 else (text, start)
                good += _held(row, hit)
                break
        yield Excerpt(
            citation.document.title,
            citation.where,
            text,
            ((start, start + len(citation.quote)),),
            _link(citation, reading, collection),
            tuple(good),
        )


def _found(row: QuestionScore, reading: Reading, collection: str) -> Iterator[shown_failure.Excerpt]:
    from ui.failure import Excerpt

    for hit in row.hits:
        where = f"{hit.citation.where}, found at rank {hit.rank}"
        link = _link(hit.citation, reading, collection)
        marks = tuple(_spans(row, hit))
        yield Excerpt(hit.citation.document.title, where, hit.passage.text, marks, link, tuple(_held(row, hit)))


def _spans(row: QuestionScore, hit: Hit) -> Iterator[tuple[int, int]]:
    """Where the wanted words stand in a passage, those that overlap made one."""
    done = 0
    text = hit.passage.text
    spans = [(text.find(each.quote), len(each.quote)) for each in row.wanted if each.quote and each.quote in text]
    for start, length in sorted(spans):
        if start + length > done:
            yield max(start, done), start + length
        done = max(done, start + length)


def _held(row: QuestionScore, hit: Hit) -> list[str]:
    held = any(each.quote and each.quote in hit.passage.text for each in row.wanted)
    return ["has the wanted words"] if held else []


def _link(citation: Citation, reading: Reading, collection: str) -> str:
    """The address of cited words, where there still is their document."""
    there = reading.document(citation.document.id) is not None
    return links.document_link(citation, collection) if there else ""


def seconds(made_from: Mapping[str, object]) -> str:
    """How long the questions took, where that is known."""
    taken = made_from.get("seconds")
    return f", {taken:,.0f} s" if isinstance(taken, int | float) else ""
