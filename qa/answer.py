"""From the spans that were found to an answer whose every citation was checked."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from qa.errors import PinciteError
from qa.reader import Finding, Span
from qa.types import MARK, Answer, Citation, Document

Documents = Callable[[str], Document]
"""From a document's id to the document as the record holds it."""


def compose(
    question: str,
    asked: str,
    finding: Finding,
    missing: Sequence[str],
    documents: Documents,
    *,
    threshold: float,
) -> Answer:
    """Answer with the sentences that were found, each with its citation, or not at all below `threshold`.

    Raises PinciteError where a quote is not what the document says: then the store is damaged.
    """
    answered = bool(finding.spans) and finding.confidence >= threshold
    citations: dict[tuple[str, int, int], Citation] = {}
    parts: list[str] = []
    for span in finding.spans if answered else ():
        key = (span.hit.passage.document_id, span.sentence_start, span.sentence_end)
        if key not in citations:
            document = documents(span.hit.passage.document_id)
            if document.text[span.sentence_start : span.sentence_end] != _slice_sentence(span):
                raise _damaged(document.source)
            citations[key] = document.cite(span.sentence_start, span.sentence_end, len(citations) + 1)
            parts.append(f"{_running(_sentence(span))} [{citations[key].number}]")
    answer = Answer(
        question=question,
        asked=asked,
        answered=answered,
        text=" ".join(parts),
        short=_running(_slice(finding.spans[0])) if answered else "",
        confidence=finding.confidence,
        citations=tuple(citations.values()),
        hits=finding.hits,
        missing=tuple(missing),
    )
    verify(answer, finding.spans, documents)
    return answer


def verify(answer: Answer, spans: Sequence[Span], documents: Documents) -> None:
    """Re-slice every quote out of its document, and compare it with the words of the passage that was read.

    Passage and document are kept apart in the record, so that one damaged copy cannot vouch for itself.
    """
    read = {(s.hit.passage.document_id, s.sentence_start, s.sentence_end): _slice_sentence(s) for s in spans}
    for citation in answer.citations:
        text = documents(citation.document.id).text[citation.start : citation.end]
        if not text == citation.quote == read[citation.document.id, citation.start, citation.end]:
            raise _damaged(citation.document.source)
    marks = {int(mark) for mark in MARK.findall(answer.text)}
    if marks != {citation.number for citation in answer.citations}:
        raise AssertionError(f"The marks {sorted(marks)} are not the citations of {answer.text!r}.")


def _damaged(source: str) -> PinciteError:
    return PinciteError(
        f"A quote from {source} is not what the document says: the store is damaged. Run pincite check."
    )


def _slice(span: Span) -> str:
    passage = span.hit.passage
    return passage.text[span.start - passage.start : span.end - passage.start]


def _slice_sentence(span: Span) -> str:
    passage = span.hit.passage
    return passage.text[span.sentence_start - passage.start : span.sentence_end - passage.start]


def _sentence(span: Span) -> str:
    # A document's own "[3]" must not be taken for a mark of ours; the quote keeps it.
    return MARK.sub(r"(\1)", _slice_sentence(span))


def _running(text: str) -> str:
    """Text as it is read aloud: line breaks are spaces."""
    return " ".join(text.split())
