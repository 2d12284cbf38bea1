"""Answers as HTML that shows every word of a document as it is and lets none of them act.

The chat runs Markdown and a sanitiser over what it is given. Nothing here leaves either of them anything to do: each
turn is one line of markup of ours, and all else in it is text in which every character that HTML or Markdown could
read is written by its number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from qa.types import Answer, Citation, DocumentRef, Hit

NEAREST = 3
"""Passages shown where the sources do not answer."""

CONFIDENCE = ((0.8, "high"), (0.5, "moderate"), (0.0, "low"))
"""The word for a probability from each bound on."""

_MARK = re.compile(r"\[([0-9]{1,6})\]", re.ASCII)
_UNSEEN = (
    "\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # control characters
    "\u202a-\u202e\u2066-\u2069"  # what turns the direction of the text around it
    "\u180e\u200b\u2060-\u2064\ufeff\ufff9-\ufffb\U000e0000-\U000e007f"  # what hides letters between letters
)
_ACTIVE = re.compile(f"[\\x00\\t\\n\\r!-/:-@\\[-`{{-~\ud800-\udfff{_UNSEEN}]")


def plain(text: str) -> str:
    """The text, letter for letter, as HTML and Markdown both show it.

    Characters that cannot be seen but change what is seen are shut into an element that says which they are. A NUL
    and half a surrogate pair, which no page can hold, become U+FFFD.
    """
    return _ACTIVE.sub(_inert, text)


def _inert(match: re.Match[str]) -> str:
    character = match[0]
    if character == "\0" or "\ud800" <= character <= "\udfff":
        return "\ufffd"
    if character in "\t\n\r" or "!" <= character <= "~":
        return f"&#{ord(character)};"
    return f'<span class="pc-unseen" title="U+{ord(character):04X}">{character}</span>'


def _label(text: str) -> str:
    """The text for an attribute, in which no element can stand."""
    return re.sub(f"[{_UNSEEN}]", "\ufffd", text).translate(_NUMBERED)


_NUMBERED = {code: f"&#{code};" for code in map(ord, "\t\n\r!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")} | {
    code: "\ufffd" for code in (0, *range(0xD800, 0xE000))
}


def question(text: str) -> str:
    return f'<div class="pc-question" dir="auto">{plain(text)}</div>'


def reply(answer: Answer, turn: int) -> str:
    """The turn that answers; `turn` counts from 1 and keeps its anchors apart from those of other turns."""
    body = _answered(answer, turn) if answer.answered else _unanswered(answer)
    return f'<div class="pc-reply">{body}</div>'


def notice(sentence: str) -> str:
    """The turn that says what went wrong."""
    return f'<div class="pc-reply"><div class="pc-notice" dir="auto">{plain(sentence)}</div></div>'


def header(status: str) -> str:
    shown = f' <span class="pc-status" dir="auto">{plain(status)}</span>' if status else ""
    return f'<div class="pc-header"><h1 class="pc-name">Pincite</h1>{shown}</div>'


def welcome() -> str:
    return (
        '<div class="pc-welcome"><h2>Ask your documents</h2>'
        "<p>Every answer is pinned to the exact words it rests on.</p></div>"
    )


def _answered(answer: Answer, turn: int) -> str:
    anchors = {citation.number: f"turn-{turn}-source-{citation.number}" for citation in answer.citations}
    cards = "".join(
        _card(
            citation.document,
            _place(citation),
            _quoted(citation, answer.hits),
            number=citation.number,
            anchor=anchors[citation.number],
            opened=len(anchors) == 1,
        )
        for citation in answer.citations
    )
    return (
        f'<div class="pc-answer" dir="auto">{_chipped(answer, anchors)}</div>'
        f'<div class="pc-sources">{_confidence(answer.confidence)}{cards}</div>'
    )


def _chipped(answer: Answer, anchors: dict[int, str]) -> str:
    """The answer's text, its marks made links to their cards; a mark of no citation stays text."""
    titles = {citation.number: f"{citation.document.title}, {_place(citation)}" for citation in answer.citations}
    parts = _MARK.split(answer.text)
    shown = [plain(parts[0])]
    for digits, text in zip(parts[1::2], parts[2::2], strict=True):
        number = int(digits)
        if number in anchors:
            chip = f'<a class="pc-chip" href="#{anchors[number]}" title="{_label(titles[number])}">{number}</a>'
            shown.append(chip)
        else:
            shown.append(plain(f"[{digits}]"))
        shown.append(plain(text))
    return "".join(shown)


def _unanswered(answer: Answer) -> str:
    missing = ", ".join(f"<strong>{plain(word)}</strong>" for word in answer.missing)
    said = '<p class="pc-silent">The sources do not answer this.</p>'
    if missing:
        said += f'<p class="pc-missing" dir="auto">No document contains: {missing}</p>'
    cards = "".join(
        _card(hit.citation.document, _place(hit.citation), f"<p>{plain(hit.passage.text)}</p>")
        for hit in answer.hits[:NEAREST]
    )
    nearest = f'<div class="pc-sources"><h3 class="pc-nearest">Nearest passages</h3>{cards}</div>' if cards else ""
    return f'<div class="pc-unanswered">{said}</div>{nearest}'


def _card(
    document: DocumentRef,
    place: str,
    passage: str,
    *,
    number: int | None = None,
    anchor: str | None = None,
    opened: bool = False,
) -> str:
    """A source that opens and closes; `passage` is markup, all else text."""
    badge = f'<span class="pc-number">{number}</span> ' if number is not None else ""
    source = f'<bdi class="pc-source">{plain(document.source)}</bdi> ' if document.source != document.title else ""
    return (
        f'<details class="pc-card"{f" id={chr(34)}{anchor}{chr(34)}" if anchor else ""}{" open" if opened else ""}>'
        f'<summary>{badge}<bdi class="pc-title">{plain(document.title)}</bdi> '
        f'<span class="pc-where">{source}<span class="pc-place">{place}</span></span></summary>'
        f'<div class="pc-passage" dir="auto">{passage}</div></details>'
    )


def _place(citation: Citation) -> str:
    page = f"page {citation.page}, " if citation.page is not None else ""
    return f"{page}line {citation.line}"


def _quoted(citation: Citation, hits: Iterable[Hit]) -> str:
    """The passage around the quote with the quote marked where its offsets are, or as much as the citation carries."""
    for hit in hits:
        before = citation.start - hit.passage.start
        after = citation.end - hit.passage.start
        text = hit.passage.text
        if hit.citation.document == citation.document and before >= 0 and text[before:after] == citation.quote:
            return f"<p>{_marked(text[:before], text[before:after], text[after:])}</p>"
    return f'<p class="pc-excerpt">{_marked(citation.prefix, citation.quote, citation.suffix)}</p>'


def _marked(before: str, quote: str, after: str) -> str:
    return f"{plain(before)}<mark>{plain(quote)}</mark>{plain(after)}"


def _confidence(probability: float) -> str:
    word = next((word for bound, word in CONFIDENCE if probability >= bound), "low")
    return (
        f'<p class="pc-confidence pc-{word}" title="{probability:.2f}">'
        f"{word.capitalize()} confidence</p>"
    )
