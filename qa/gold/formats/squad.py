"""SQuAD 1.1 and 2.0: an article is one text, and the sentences that hold an answer are its evidence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from qa.gold.formats.documents import read_document
from qa.gold.formats.fields import Field, Identifiers, shown
from qa.gold.formats.files import no_questions
from qa.gold.formats.texts import Texts, canonical
from qa.gold.questions import Evidence, Gold, GoldQuestion
from qa.passages import MAX_BYTES, Span, sentences


def read(path: Path) -> Gold:
    """Raises PinciteError that names line and field of what is wrong, such as an answer that is not where it says."""
    gold = read_document(path, _gold)
    if not gold.questions:
        raise no_questions(path)
    return gold


def _gold(document: Field) -> Gold:
    identifiers = Identifiers()
    texts = Texts()
    questions: list[GoldQuestion] = []
    for article in document.member("data").items():
        questions += _article(article, texts, identifiers)
    return Gold(tuple(questions), texts.all())


def _article(article: Field, texts: Texts, identifiers: Identifiers) -> Iterator[GoldQuestion]:
    title = article.member("title").string().strip() if article.has("title") else ""
    paragraphs = article.member("paragraphs").items()
    if not paragraphs:
        raise article.member("paragraphs").fault("there are no paragraphs in it.")
    text = "\n\n".join(canonical(paragraph.member("context").text()) for paragraph in paragraphs)
    name = texts.add(title or "article", title or "article", text)
    for paragraph in paragraphs:
        context = paragraph.member("context").text()
        for item in paragraph.member("qas").items():
            yield _question(item, context, name, identifiers)


def _question(item: Field, context: str, name: str, identifiers: Identifiers) -> GoldQuestion:
    identifier = item.member("id")
    impossible = item.has("is_impossible") and item.member("is_impossible").flag()
    answers = item.optional_items("answers")
    spans = [_span(answer, context) for answer in answers]
    if impossible and spans:
        raise item.member("is_impossible").fault("it is true, and yet there are answers.")
    if item.has("is_impossible") and not impossible and not spans:
        raise item.member("answers").fault("an answer is needed, or is_impossible has to be true.")
    text = canonical(context)
    quotes = dict.fromkeys(text[start:end] for start, end in _holding(text, spans))
    return GoldQuestion(
        id=identifiers.take(identifier.identifier(), identifier),
        question=item.member("question").text(),
        answers=tuple(dict.fromkeys(text[start:end] for start, end in spans)),
        evidence=tuple(Evidence(name, quote) for quote in quotes),
    )


def _span(answer: Field, context: str) -> Span:
    """Where an answer stands in the canonical context. Raises Fault where it does not stand where it should."""
    text = answer.member("text").text()
    at = answer.member("answer_start")
    start = at.whole(least=0)
    end = start + len(text)
    if end > len(context):
        raise at.fault(f"{start} is outside the context of {len(context)} characters.")
    if context[start:end] != text:
        raise at.fault(f"the context has {shown(context[start:end])} at {start}, and not {shown(text)}.")
    return _canonical_offset(context, start), _canonical_offset(context, end)


def _canonical_offset(context: str, at: int) -> int:
    within_a_line_end = context[at - 1 : at + 1] == "\r\n" if at else False
    return len(canonical(context[:at])) - within_a_line_end


def _holding(text: str, spans: list[Span]) -> list[Span]:
    """The sentences that hold each span, from the first to the last; those that overlap are one.

    A sentence that no passage can hold gives way to the span itself.
    """
    if not spans:
        return []
    found: list[Span] = []
    known = sentences(text)
    for start, end in sorted(spans):
        held = [span for span in known if span[0] < end and start < span[1]]
        first, last = min([start, *(span[0] for span in held)]), max([end, *(span[1] for span in held)])
        if len(text[first:last].encode()) > MAX_BYTES:
            first, last = start, end
        if found and first < found[-1][1]:
            first, last = min(first, found[-1][0]), max(last, found.pop()[1])
        found.append((first, last))
    return found
