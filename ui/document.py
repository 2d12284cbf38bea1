"""A document as a page of its own: its text with the cited passages marked, and where in it they are.

No script is needed: the first mark has the focus when the page opens, which brings it into view, and so does an
address whose fragment names a mark.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

from qa.links import MOST, Found, Request, address
from qa.types import Document, Passage
from ui import parts
from ui.prose import Mark, Span, headings_of, markup
from ui.render import label, plain

_QUOTED = 300
"""Characters shown of words that are not there any more."""

_SOURCES = 3
"""Files of the same content that are named."""

_KINDS = {
    ".csv": "Table (CSV)",
    ".docm": "Word document",
    ".docx": "Word document",
    ".epub": "E-book (EPUB)",
    ".htm": "Web page",
    ".html": "Web page",
    ".jsonl": "JSON lines",
    ".markdown": "Markdown",
    ".md": "Markdown",
    ".ndjson": "JSON lines",
    ".pptm": "Slides (PowerPoint)",
    ".pptx": "Slides (PowerPoint)",
    ".tsv": "Table (TSV)",
    ".txt": "Plain text",
    ".xht": "Web page",
    ".xhtml": "Web page",
}
"""What a suffix is called, where it says too little itself."""

_SENTENCES = {
    "moved": "The document has changed since this link was made. Its words stand in another place now, where they are "
    "marked.",
    "rewritten": "The document has changed since this link was made. Its words are written in another way now and are "
    "marked as they are.",
    "nowhere": "This link names a place that the document does not have, so nothing is marked for it.",
}

THEMES = ("light", "dark")

Box = tuple[float, float, float, float]
"""Left, top, right and bottom, as parts of a page's width and height."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A page of the file as a picture at `source`, its size in pixels, and what to mark on it."""

    page: int
    source: str
    width: int
    height: int
    boxes: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True)
class _Entry:
    """A mark with the address that leads to it, the place in the file where it is, and the headings above it."""

    mark: Mark
    link: str
    place: str
    headings: tuple[str, ...]


def window(document: Document, request: Request, found: Sequence[Found]) -> Span:
    """What of a document is shown: all of a short one, else what the request says or what is around the first mark."""
    if request.begin is not None:
        return parts.beginning(document, request.begin)
    places = [place.start for place in found if place.is_shown] or [place.target.start for place in found]
    return parts.around(document, min(places, default=0))


def page(
    document: Document,
    span: Span,
    request: Request,
    found: Sequence[Found] = (),
    passages: Sequence[Passage] = (),
    pictures: Sequence[Picture] = (),
    *,
    framed: bool = False,
    theme: str = "",
) -> str:
    """The page that shows `span` of a document.

    `passages` are those that lie in it, in order, for the headings above them; `pictures` are the pages of its marks.
    Where it is `framed`, the page around it has the head. `theme` is light, dark, or as the system is.
    """
    marks = marks_of(found)
    inside = [mark for mark in marks if mark.start < span[1] and mark.end > span[0]]
    entries = [_entry(document, mark, mark in inside, request, passages) for mark in marks]
    anchor = inside[0].anchor if inside else ""
    if inside and pictures:  # the first of them has it
        inside[0] = replace(inside[0], anchor="text")
    notices = _notices(request, found)
    turning = _turning(document, span, request)
    single = " pd-single" if len(marks) == 1 else ""
    body = (
        f'<main><div class="pd-head"><h1 dir="auto">{plain(document.title)}</h1>{_facts(document)}{notices}'
        f"{_where(entries)}</div>{_figures(pictures, anchor)}"
        f'{turning}<article class="pd-text{single}" aria-label="Text of the document" lang="">'
        f"{markup(document, span, inside, headings_of(passages))}</article>{turning}</main>"
    )
    return _whole(document.title, body, _chips(entries, bool(notices)), framed=framed, theme=theme)


def failure(heading: str, sentence: str, *, framed: bool = False, theme: str = "") -> str:
    """The page where there is no document to show."""
    body = (
        f'<main><div class="pd-head"><h1>{plain(heading)}</h1><p class="pd-notice">{plain(sentence)}</p>'
        '<p><a href="/">Ask your documents</a></p></div></main>'
    )
    return _whole(heading, body, "", framed=framed, theme=theme)


def marks_of(found: Sequence[Found]) -> list[Mark]:
    """What is to be marked, in the order of the text; passages that overlap share a mark."""
    spans: list[Span] = []
    for start, end in sorted((place.start, place.end) for place in found if place.is_shown):
        if spans and start < spans[-1][1]:
            spans[-1] = spans[-1][0], max(end, spans[-1][1])
        else:
            spans.append((start, end))
    if len(spans) == 1:
        return [Mark(*spans[0], "c", "Cited passage")]
    return [
        Mark(*span, "c" if number == 1 else f"c{number}", f"Cited passage {number} of {len(spans)}")
        for number, span in enumerate(spans, start=1)
    ]


def _whole(title: str, body: str, chips: str, *, framed: bool, theme: str) -> str:
    frame = ' class="pd-framed"' if framed else ""
    chosen = f' class="pd-{theme}"' if theme in THEMES else ""
    return (
        f'<!doctype html>\n<html lang="en"{chosen}><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{label(title)} – Pincite</title>"
        '<link rel="icon" type="image/svg+xml" href="/pincite/pin.svg">'
        '<link rel="stylesheet" href="/pincite/document.css"></head>'
        f'<body{frame}><header class="pd-top"><a class="pd-name" href="/">Pincite</a>'
        f'<bdi class="pd-running" aria-hidden="true">{plain(title)}</bdi>{chips}</header>{body}</body></html>\n'
    )


def _facts(document: Document) -> str:
    sources = [source for source in document.sources if source != document.title][:_SOURCES]
    suffix = PurePath(document.source).suffix.lower()
    pages = len(document.page_starts)
    shown = [f'<bdi class="pd-source">{plain(source)}</bdi>' for source in sources]
    shown.append(plain(_KINDS.get(suffix) or suffix.lstrip(".").upper() or "Document"))
    shown += [_counted(pages, "page")] if pages else []
    shown.append(_counted(len(document.text), "character"))
    if day := document.date:
        shown.append(f"{day.day} {day:%B} {day.year}")
    shown += [f'<bdi class="pd-tag">{plain(tag)}</bdi>' for tag in document.tags]
    return f'<ul class="pd-facts">{"".join(f"<li>{fact}</li>" for fact in shown)}</ul>'


def _notices(request: Request, found: Sequence[Found]) -> str:
    """What has to be said of the address, each sentence once."""
    said = [_SENTENCES[place.state] for place in found if place.state in _SENTENCES]
    said += [_SENTENCES["nowhere"]] * request.unreadable
    if request.left_out:
        said.append(f"This link names more than {MOST} passages. The first {MOST} are marked.")
    sentences = [plain(sentence) for sentence in said] + [_lost(place) for place in found]
    shown = [f'<p class="pd-notice" dir="auto">{sentence}</p>' for sentence in dict.fromkeys(sentences) if sentence]
    return f'<div id="notices">{"".join(shown)}</div>' if shown else ""


def _lost(place: Found) -> str:
    """The sentence about words that are not marked, which shows them."""
    words = place.target.quote
    quoted = f"<q>{plain(words[:_QUOTED])}{'…' if len(words) > _QUOTED else ''}</q>"
    if place.state == "gone":
        return f"The document has changed since this link was made and no longer holds its words: {quoted}"
    if place.state == "uncertain":
        stand = "stand in one place" if place.places == 1 else f"stand in {place.places:,} places"
        return (
            f"The document has changed since this link was made. Its words {stand} now, and it cannot be told whether "
            f"that is what was meant, so nothing is marked for them: {quoted}"
        )
    return ""


def _entry(document: Document, mark: Mark, is_inside: bool, request: Request, passages: Sequence[Passage]) -> _Entry:
    at = bisect_right(passages, mark.start, key=lambda passage: passage.start) - 1
    above = passages[at].headings if is_inside and at >= 0 else ()
    begin = parts.around(document, mark.start)[0]
    elsewhere = plain(_again(document, request, begin, mark.anchor))
    return _Entry(
        mark,
        f"#{mark.anchor}" if is_inside else elsewhere,
        _place(document, mark.start),
        tuple(heading for heading in above if heading != document.title),
    )


def _again(document: Document, request: Request, begin: int, anchor: str = "") -> str:
    """The address of another part of the document, with the same marks."""
    return address(document.id, request.targets, begin=begin, anchor=anchor, collection=request.collection)


def _place(document: Document, offset: int) -> str:
    """The page that holds an offset, else its row, slide, paragraph or line."""
    page, place = document.page(offset), document.place(offset)
    if page:
        return f"page {page:,} of {len(document.page_starts):,}"
    return f"{place.unit} {place.number:,}" if place else f"line {document.line(offset):,}"


def _where(entries: Sequence[_Entry]) -> str:
    rows = []
    for entry in entries:
        path = "".join(f'<bdi class="pd-above">{plain(heading)}</bdi>' for heading in entry.headings)
        rows.append(f'<li><a href="{entry.link}">{entry.mark.label}</a> <span>{entry.place}</span>{path}</li>')
    return f'<ul class="pd-where">{"".join(rows)}</ul>' if rows else ""


def _chips(entries: Sequence[_Entry], has_notices: bool) -> str:
    """What leads to the marks from anywhere, and to what has to be said of them: the page opens below that."""
    if not entries:
        return ""
    note = '<a class="pd-note" href="#notices">Please note</a>' if has_notices else ""
    chips = [
        f'<a href="{entry.link}" title="{entry.mark.label}, {entry.place}">'
        f"{number if len(entries) > 1 else entry.mark.label}</a>"
        for number, entry in enumerate(entries, start=1)
    ]
    return f'<nav class="pd-chips" aria-label="Cited passages">{note}{"".join(chips)}</nav>'


def _figures(pictures: Sequence[Picture], anchor: str) -> str:
    """Pages of the file as pictures; the first box on the first of them has the anchor of the first mark."""
    shown = []
    for picture in pictures:
        boxes = []
        for left, top, right, bottom in picture.boxes:
            name = f'id="{anchor}" tabindex="0" role="img" aria-label="Cited passage on page {picture.page}" '
            named, anchor = name if anchor else "", ""
            boxes.append(
                f'<rect {named}x="{left:.4f}" y="{top:.4f}" width="{right - left:.4f}" height="{bottom - top:.4f}"/>'
            )
        source = plain(picture.source)
        shown.append(
            f'<figure class="pd-sheet"><div><img src="{source}" width="{picture.width}" height="{picture.height}" '
            f'alt="Page {picture.page} of the file"><svg viewBox="0 0 1 1" preserveAspectRatio="none">'
            f"{''.join(boxes)}</svg></div><figcaption><span>Page {picture.page} as it is in the file</span> "
            f'<a href="{source}">Larger</a> <a href="#text">The same passage in the text</a></figcaption></figure>'
        )
    return "".join(shown)


def _turning(document: Document, span: Span, request: Request) -> str:
    """What leads to the parts before and behind those that are shown, and where in the document these are."""
    start, end = span
    length, pages = len(document.text), len(document.page_starts)
    if end - start == length:
        return ""

    def turn(begin: int | None, name: str, words: str) -> str:
        if begin is None:
            return f'<span class="{name}"></span>'
        return f'<a class="{name}" href="{plain(_again(document, request, begin))}">{words}</a>'

    where = f"Characters {start + 1:,} to {end:,} of {length:,}"
    if pages:
        where = f"Pages {document.page(start) or 1:,} to {document.page(end - 1) or 1:,} of {pages:,}"
    return (
        f'<nav class="pd-turn" aria-label="Parts of the document">'
        f"{turn(parts.before(document, span), 'pd-before', 'Before')}<span>{where}</span>"
        f"{turn(end if end < length else None, 'pd-after', 'After')}"
        f'<svg viewBox="0 0 {length} 1" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect x="{start}" width="{end - start}" height="1"/></svg></nav>'
    )


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
