"""Answers as HTML that shows every word of a document as it is and lets none of them act.

The chat runs Markdown and a sanitiser over what it is given. Nothing here leaves either of them anything to do: each
turn is one line of markup of ours, and all else in it is text in which every character that HTML or Markdown could
read is written by its number.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

from qa.exports import warning
from qa.links import document_link
from qa.types import Answer, Citation, Hit

_SNIPPET = 120
"""Characters of a passage in the list of all that were found."""

_SCALES = "meaning: cosine similarity, words: BM25, reader: probability that the answer is in it"

NEAREST = 3
"""Passages shown where the sources do not answer."""

_STAGES = {"searching": "Searching the documents…", "reading": "Reading the passages found…"}

_ANSWERED = (
    ("right", "Right"),
    ("wrong", "Wrong"),
    ("corrected", "Correct it"),
    ("unanswerable", "The sources do not say"),
)
_UNANSWERED = (
    ("open", "Keep as an open question"),
    ("corrected", "Show the answer"),
    ("unanswerable", "The sources do not say"),
)
"""What can be said of an answer, and of one that was not given, by its kind."""

CONFIDENCE = ((0.8, "high"), (0.5, "moderate"), (0.0, "low"))
"""The word for a probability from each bound on."""

_MARK = re.compile(r"\[([0-9]{1,6})\]", re.ASCII)
_WRAP = re.compile(r"(?<=[^\n]{60})\n(?=\w)")
"""A line end that only keeps lines short: after many characters, and before a word and no list, table or heading."""
_HEADING = re.compile(r"^#{1,6}(?= )", re.MULTILINE)
_UNSEEN = (
    "\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # control characters
    "\u202a-\u202e\u2066-\u2069"  # what turns the direction of the text around it
    "\u180e\u200b\u2060-\u2064\ufeff\ufff9-\ufffb\U000e0000-\U000e007f"  # what hides letters between letters
)
_HIDDEN = re.compile(f"[{_UNSEEN}]")
_LAST_WORD = re.compile(rf"[^\s{_UNSEEN}]{{0,12}} ?\Z")
"""As much of it as fits into a narrow window in one piece."""
_ACTIVE_IN_LINK = re.compile(r"[^A-Za-z0-9/?#%+=.-]")
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


def label(text: str) -> str:
    """The text for an attribute, in which no element can stand."""
    return plain(_HIDDEN.sub("\ufffd", text))


def link(url: str) -> str:
    """A URL for an attribute, percent-encoded as `urlencode` does it: what is left active of it is shown by number."""
    return _ACTIVE_IN_LINK.sub(_inert, url)


def question(text: str) -> str:
    return f'<div class="pc-question" dir="auto">{plain(text)}</div>'


def reply(answer: Answer, turn: int, *, kept: str = "", given: str = "", collection: str = "") -> str:
    """The turn that answers; `turn` counts from 1 and keeps its anchors apart from those of other turns.

    `kept` names the turn where it is kept, so that something can be said of it, and `given` is what was;
    `collection` has its documents.
    """
    body = _answered(answer, turn, collection) if answer.answered else _unanswered(answer, collection)
    name = f' id="{label(kept)}"' if kept else ""
    return (
        f'<div class="pc-reply"{name}>{body}{_found(answer, collection)}'
        f"{_searched(answer)}{_acts(answer, given) if kept else ''}</div>"
    )


def working(stage: str) -> str:
    """What stands in the place of a reply until it comes."""
    return f'<p class="pc-stage">{_STAGES.get(stage, _STAGES["searching"])}</p>'


def notice(sentence: str) -> str:
    """The turn that says what went wrong."""
    return f'<div class="pc-reply"><div class="pc-notice" dir="auto">{plain(sentence)}</div></div>'


def welcome() -> str:
    return (
        '<div class="pc-welcome"><h2>Ask your documents</h2>'
        "<p>Every answer is pinned to the exact words it rests on.</p></div>"
    )


def _answered(answer: Answer, turn: int, collection: str) -> str:
    anchors = {citation.number: f"turn-{turn}-source-{citation.number}" for citation in answer.citations}
    cards = [_source(citation, answer.hits, anchors[citation.number], collection) for citation in answer.citations]
    short = "" if answer.is_whole else f'<p class="pc-short" dir="auto">{plain(answer.short)}</p>'
    return (
        f'{short}<div class="pc-answer" dir="auto">{_chipped(answer, anchors)}</div>'
        f'<div class="pc-sources">{_confidence(answer.confidence)}{"".join(cards)}</div>'
    )


def _chipped(answer: Answer, anchors: dict[int, str]) -> str:
    """The answer's text, its marks made links to their cards; a mark of no citation stays text."""
    titles = {citation.number: f"{citation.document.title}, {citation.where}" for citation in answer.citations}
    shown, done = [], 0
    for mark in _MARK.finditer(answer.text):
        number = int(mark[1])
        if number in anchors:
            chip = f'<a class="pc-chip" href="#{anchors[number]}" title="{label(titles[number])}">{number}</a>'
            shown.append(_pinned(answer.text[done : mark.start()], chip))
            done = mark.end()
    return "".join(shown) + plain(answer.text[done:])


def _pinned(text: str, chip: str) -> str:
    """The text and its chip, which no line break parts from the last word."""
    word = next(_LAST_WORD.finditer(text)).start()
    return f'{plain(text[:word])}<span class="pc-pinned">{plain(text[word:])}{chip}</span>'


def _unanswered(answer: Answer, collection: str) -> str:
    missing = ", ".join(f"<strong>{plain(word)}</strong>" for word in answer.missing)
    said = '<p class="pc-silent">The sources do not answer this.</p>'
    if missing:
        said += f'<p class="pc-missing" dir="auto">No document contains: {missing}</p>'
    cards = "".join(_nearest(hit, collection, is_open=hit is answer.hits[0]) for hit in answer.hits[:NEAREST])
    nearest = f'<div class="pc-sources"><h3 class="pc-nearest">Nearest passages</h3>{cards}</div>' if cards else ""
    return f'<div class="pc-unanswered">{said}</div>{nearest}'


def _source(citation: Citation, hits: Iterable[Hit], anchor: str, collection: str) -> str:
    """The card that a chip opens; the first of an answer is open from the start, for the proof is to be seen."""
    state = " open" if citation.number == 1 else ""
    return (
        f'<details class="pc-card" id="{anchor}"{state}>'
        f'<summary><span class="pc-number">{citation.number}</span> {_titled(citation)}</summary>'
        f'{_flag(citation)}<div class="pc-passage" dir="auto">{_quoted(citation, hits)}</div>'
        f"{_opener(citation, collection)}</details>"
    )


def _nearest(hit: Hit, collection: str, *, is_open: bool) -> str:
    return (
        f'<details class="pc-card"{" open" if is_open else ""}><summary>{_titled(hit.citation)}</summary>'
        f'<div class="pc-passage" dir="auto"><p>{_prose(hit.passage.text)}</p></div>'
        f"{_opener(hit.citation, collection)}</details>"
    )


def _opener(citation: Citation, collection: str) -> str:
    href = link(document_link(citation, collection))
    return f'<div class="pc-open"><a href="{href}" target="_blank" rel="noopener">Open in the document</a></div>'


def _flag(citation: Citation) -> str:
    """What became of the file since it was indexed, where something did."""
    told = warning(citation)
    return f'<p class="pc-flag">{plain(told)}</p>' if told else ""


def _found(answer: Answer, collection: str) -> str:
    """All passages that were found, in the reader's order, with what each stage thought of them."""
    if not answer.hits:
        return ""
    number = len(answer.hits)
    rows = "".join(
        f'<li><a class="pc-hit" href="{link(document_link(hit.citation, collection))}" target="_blank" rel="noopener">'
        f'<bdi class="pc-title">{plain(hit.citation.document.title)}</bdi> '
        f'<span class="pc-place">{plain(hit.citation.where)}</span></a>'
        f'<span class="pc-snippet" dir="auto">{plain(_snippet(hit.passage.text))}</span>'
        f'<span class="pc-scores" title="{_SCALES}">{_scores(hit)}</span></li>'
        for hit in answer.hits
    )
    said = "1 passage was found" if number == 1 else f"{number} passages were found"
    return f'<details class="pc-found"><summary>{said}</summary><ol>{rows}</ol></details>'


def _snippet(text: str) -> str:
    """The passage's first words, without the signs of a heading."""
    words = " ".join(text.lstrip("#").split())
    return words if len(words) <= _SNIPPET else words[:_SNIPPET].rstrip() + "…"


def _scores(hit: Hit) -> str:
    """The stages by name, each with its score."""
    scores = [("meaning", hit.scores.dense), ("words", hit.scores.lexical), ("reader", hit.scores.reader)]
    return ", ".join(f"{name} {score:.2f}" for name, score in scores if score is not None)


def _searched(answer: Answer) -> str:
    """The question that was asked in the place of one that carried on from those before it."""
    if answer.searched == answer.question:
        return ""
    return (
        f'<p class="pc-searched">Searched for <q dir="auto">{plain(answer.searched)}</q> '
        '<button class="pc-edit">Edit the question</button></p>'
    )


def _acts(answer: Answer, given: str) -> str:
    """What can be said of a turn; the script of the page knows the buttons by their classes."""
    acts = _ANSWERED if answer.answered else _UNANSWERED
    shown = "".join(
        f'<button class="pc-act pc-{kind}{" pc-given" if kind == given else ""}">{words}</button>'
        for kind, words in acts
    )
    return f'<p class="pc-acts">{shown}<button class="pc-copy">Copy</button></p>'


def _titled(citation: Citation) -> str:
    title, source = citation.document.title, citation.document.source
    named = f'<bdi class="pc-source">{plain(source)}</bdi> ' if source != title else ""
    return (
        f'<bdi class="pc-title">{plain(title)}</bdi> '
        f'<span class="pc-where">{named}<span class="pc-place">{plain(citation.where)}</span></span>'
    )


def _quoted(citation: Citation, hits: Iterable[Hit]) -> str:
    """The passage around the quote with the quote marked where its offsets are, or as much as the citation carries."""
    for hit in hits:
        start = citation.start - hit.passage.start
        end = citation.end - hit.passage.start
        text = hit.passage.text
        if hit.citation.document == citation.document and start >= 0 and text[start:end] == citation.quote:
            return f"<p>{_prose(text, start, end)}</p>"
    start = len(citation.prefix)
    text = citation.prefix + citation.quote + citation.suffix
    return f'<p class="pc-excerpt">{_prose(text, start, start + len(citation.quote))}</p>'


def _prose(text: str, start: int = 0, end: int = 0) -> str:
    """The text with `text[start:end]` marked, the signs of headings toned down, and wrapped paragraphs made to flow."""
    shown = [plain(character) for character in text]
    for sign in _HEADING.finditer(text):
        for at in range(*sign.span()):  # one by one, for a mark may begin or end among them
            shown[at] = f'<span class="pc-sign">{shown[at]}</span>'
    for wrap in _WRAP.finditer(text):
        shown[wrap.start()] = '<span class="pc-wrap">&#10;</span>'
    if start < end:
        shown[start] = f"<mark>{shown[start]}"
        shown[end - 1] += "</mark>"
    return "".join(shown)


def _confidence(probability: float) -> str:
    word = next((word for bound, word in CONFIDENCE if probability >= bound), "low")
    below = math.floor(round(probability * 100, 6)) / 100  # never at a bound that it does not reach
    title = f"Probability that the answer is right: {below:.2f}"
    return f'<p class="pc-confidence pc-{word}" title="{title}">{word.capitalize()} confidence</p>'
