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

    Sources that say the same are cited together; what others say instead stands beside it. Raises PinciteError where a
    quote is not what the document says: then the store is damaged.
    """
    answered = bool(finding.spans) and finding.confidence >= threshold
    cited = _Citing(documents)
    text = ""
    if answered:
        text = _side_by_side(finding, cited) if finding.otherwise else _in_a_row(finding.spans, cited)
    answer = Answer(
        question=question,
        asked=asked,
        answered=answered,
        text=text,
        short=_short(finding.spans) if answered else "",
        confidence=finding.confidence,
        citations=tuple(cited.citations.values()),
        hits=finding.hits,
        missing=tuple(missing),
    )
    verify(answer, (*finding.spans, *(span for spans in finding.otherwise for span in spans)), documents)
    return answer


class _Citing:
    """Numbers the sentences that are cited; each is cited once, out of whatever passage it was read."""

    def __init__(self, documents: Documents) -> None:
        self.citations: dict[tuple[str, int, int], Citation] = {}
        self._documents = documents

    def mark(self, span: Span) -> tuple[str, bool]:
        """The mark of a span's sentence, and whether it is new."""
        key = (span.hit.passage.document_id, span.sentence_start, span.sentence_end)
        new = key not in self.citations
        if new:
            document = self._documents(span.hit.passage.document_id)
            if document.text[span.sentence_start : span.sentence_end] != _slice_sentence(span):
                raise _damaged(document.source)
            self.citations[key] = document.cite(span.sentence_start, span.sentence_end, len(self.citations) + 1)
        return f"[{self.citations[key].number}]", new


def _in_a_row(spans: Sequence[Span], cited: _Citing) -> str:
    """Sentence and mark, one after the other; sources that say the same as a sentence before only add their marks."""
    parts: dict[int, list[str]] = {}
    for span in spans:
        mark, new = cited.mark(span)
        if new:
            parts.setdefault(span.part, [_running(_sentence(span))]).append(mark)
    return " ".join(" ".join(part) for part in parts.values())


def _side_by_side(finding: Finding, cited: _Citing) -> str:
    """What each group of sources says, its best sentence quoted."""
    parts = ["The sources differ."]
    for spans in (finding.spans, *finding.otherwise):
        marks = list(dict.fromkeys(cited.mark(span)[0] for span in spans))
        number = len({span.hit.passage.document_id for span in spans})
        says = "1 source says" if number == 1 else f"{number} sources say"
        parts.append(f"{says} {_unmarked(_short(spans))}: “{_running(_sentence(spans[0]))}” {' '.join(marks)}")
    return " ".join(parts)


def _short(spans: Sequence[Span]) -> str:
    """The minimal span; of an answer in several parts all of them."""
    parts: dict[int, str] = {}
    for span in spans:
        parts.setdefault(span.part, _running(_slice(span)))
    return ", ".join(parts.values())


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
    return _unmarked(_slice_sentence(span))


def _unmarked(text: str) -> str:
    # A document's own "[3]" must not be taken for a mark of ours; the quote keeps it.
    return MARK.sub(r"(\1)", text)


def _running(text: str) -> str:
    """Text as it is read aloud: line breaks are spaces."""
    return " ".join(text.split())
