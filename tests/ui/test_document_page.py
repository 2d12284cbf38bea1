"""A document's page is, to a parser of HTML, our elements and the very text, with the passages marked in it."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field, replace
from datetime import date
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.links import Found, Request, Target, parse
from qa.types import Document, Passage, Places
from ui import document as pages
from ui import parts
from ui.app import ASSETS
from ui.document import Picture, failure, page, window
from ui.prose import Mark, markup

OURS = {
    *"html head meta title link body header main nav article div span p h1 h2 h3 h4 h5 h6 ul li a bdi mark q".split(),
    *"figure figcaption img svg rect".split(),
}
ATTRIBUTES = {
    *"lang charset name content rel type href class id dir title tabindex role autofocus src alt width height".split(),
    *"aria-label aria-hidden viewbox preserveaspectratio x y".split(),
}
VOID = {"meta", "link", "img"}

HOSTILE = [
    "<script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</mark></p></article>",
    "<!-- comment -->",
    "]]>",
    '" autofocus onfocus="alert(1)',
    "&lt;b&gt;",
    "&#60;",
    "\n\n# heading\n\n",
    "Title\n=====\n",
    "    indented\n    code\n",
    "\ttab\r\n",
    "| a | b |\n|---|---|\n",
    "a,b,c\n1,2,3\n4,5,6\n",
    "```\ncode\n```",
    "\u202eright to left\u202c",
    "zero\u200bwidth",
    "\U000e0041tag",
    "\x00\x07\x85\x9f\x0b\x0c\x1c",
    "\ud800",
    "word " * 14 + "\nwrapped " + "word " * 14 + "\n  wrapped",
    " ",
    "\n",
    "\n\n",
]

TEXT = "# Tower\n\nThe tower is 38 m high.\nIt has 196 steps.\n\n## Oil\n\nIt burned oil.\n"
DOCUMENT = Document("d-1", "The tower", ("notes/tower.md",), "f" * 64, TEXT, date=date(1871, 3, 4), tags=("sea",))
PASSAGES = (
    Passage("d-1", 0, 50, TEXT[0:50], None, ("Tower",)),
    Passage("d-1", 52, 74, TEXT[52:74], None, ("Tower", "Oil")),
)


@dataclass
class Element:
    tag: str
    attributes: dict[str, str | None]
    text: str = ""
    inside: list[Element] = field(default_factory=list)


class Page(HTMLParser):
    """The elements of a page, each with all the text in it; fails where they do not nest."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(html)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs))
        assert len(element.attributes) == len(attrs)
        for outer in self._open:
            outer.inside.append(element)
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError("a comment")

    def handle_decl(self, decl: str) -> None:
        assert decl == "doctype html"

    def handle_pi(self, data: str) -> None:
        raise AssertionError("an instruction")

    def unknown_decl(self, data: str) -> None:
        raise AssertionError("a declaration")

    def of(self, name: str) -> list[Element]:
        """The elements of a class, or of a tag."""
        return [e for e in self.elements if e.tag == name or name in (e.attributes.get("class") or "").split()]

    def text(self, name: str) -> list[str]:
        return [element.text for element in self.of(name)]


def there(start: int, end: int) -> Found:
    return Found(Target(start, end), "there", start, end)


def shown(document: Document, *found: Found, request: Request | None = None, **named: object) -> Page:
    asked = request or Request(tuple(place.target for place in found))
    return Page(page(document, window(document, asked, found), asked, found, **named))  # type: ignore[arg-type]


def plain(text: str) -> str:
    """The text as far as a page can hold it."""
    return re.sub("[\0\ud800-\udfff]", "\ufffd", text)


def words(shown: Page) -> str:
    """The text of the article without the numbers of pages that are put into it."""
    (article,) = shown.of("article")
    numbers = [element for element in article.inside if element.attributes.get("class") == "pd-page"]
    text = article.text
    for number in numbers:
        text = text.replace(number.text, "", 1)
    return text


# --- what the page says


def test_a_page_in_full() -> None:
    html = page(DOCUMENT, (0, 75), Request((Target(13, 18),)), [there(13, 18)], PASSAGES)
    assert html == (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><title>The tower – Pincite</title>'
        '<link rel="icon" type="image/svg+xml" href="/pincite/pin.svg">'
        '<link rel="stylesheet" href="/pincite/document.css"></head>'
        '<body><header class="pd-top"><a class="pd-name" href="/">Pincite</a>'
        '<bdi class="pd-running" aria-hidden="true">The tower</bdi>'
        '<nav class="pd-chips" aria-label="Cited passages"><a href="#c" title="Cited passage, line 3">Cited passage</a>'
        '</nav></header><main><div class="pd-head"><h1 dir="auto">The tower</h1><ul class="pd-facts">'
        '<li><bdi class="pd-source">notes&#47;tower&#46;md</bdi></li><li>Markdown</li><li>75 characters</li>'
        '<li>4 March 1871</li><li><bdi class="pd-tag">sea</bdi></li></ul>'
        '<ul class="pd-where"><li><a href="#c">Cited passage</a> <span>line 3</span>'
        '<bdi class="pd-above">Tower</bdi></li></ul></div>'
        '<article class="pd-text pd-single" aria-label="Text of the document" lang="">'
        '<h2 dir="auto"><span class="pd-signs">&#35; </span>Tower</h2>&#10;&#10;'
        '<p dir="auto">The <mark id="c" tabindex="0" role="group" aria-label="Cited passage" autofocus>tower</mark>'
        " is 38 m high&#46;&#10;It has 196 steps&#46;</p>&#10;&#10;"
        '<h3 dir="auto"><span class="pd-signs">&#35;&#35; </span>Oil</h3>&#10;&#10;'
        '<p dir="auto">It burned oil&#46;</p>&#10;</article></main></body></html>\n'
    )


def test_without_a_passage_nothing_is_marked_and_nothing_said() -> None:
    found = shown(DOCUMENT)
    assert not found.of("mark") + found.of("nav") + found.of("pd-where") + found.of("pd-notice")
    assert words(found) == TEXT


@pytest.mark.parametrize(
    ("document", "facts"),
    [
        (DOCUMENT, ["notes/tower.md", "Markdown", "75 characters", "4 March 1871", "sea"]),
        (Document("d", "tower.txt", ("tower.txt",), "f", "x"), ["Plain text", "1 character"]),
        (Document("d", "t", ("a/T.PDF", "b/t.pdf"), "f", "xy", (0, 1)), "a/T.PDF|b/t.pdf|PDF|2 pages|2 characters"),
        (Document("d", "t", ("README",), "f", "x" * 1000), ["README", "Document", "1,000 characters"]),
        (Document("d", "t", tuple("abcde"), "f", "x"), ["a", "b", "c", "Document", "1 character"]),
        (Document("d", "t", ("<b>.<i>",), "f", "x"), ["<b>.<i>", "<I>", "1 character"]),
    ],
)
def test_what_a_document_is(document: Document, facts: str | list[str]) -> None:
    (found,) = shown(document).of("pd-facts")
    assert [e.text for e in found.inside if e.tag == "li"] == (facts.split("|") if isinstance(facts, str) else facts)


@pytest.mark.parametrize(
    ("document", "place"),
    [
        (DOCUMENT, "line 6"),
        (replace(DOCUMENT, page_starts=(0, 52)), "page 2 of 2"),
        (replace(DOCUMENT, places=Places("row", (0, 52), (1, 1200))), "row 1,200"),
        (replace(DOCUMENT, places=Places("slide", (60,), (2,))), "line 6"),  # before the first
    ],
)
def test_where_a_passage_is(document: Document, place: str) -> None:
    found = shown(document, there(54, 57), passages=PASSAGES)
    (row,) = [e for e in found.of("pd-where")[0].inside if e.tag == "li"]
    assert row.text == f"Cited passage {place}TowerOil"
    assert found.of("pd-chips")[0].inside[0].attributes["title"] == f"Cited passage, {place}"


def test_several_passages_are_numbered_as_they_stand_and_the_first_has_the_focus() -> None:
    found = shown(DOCUMENT, there(60, 69), there(13, 18), there(36, 39))
    assert found.text("mark") == ["tower", "has", "It burned"]
    assert [mark.attributes["id"] for mark in found.of("mark")] == ["c", "c2", "c3"]
    assert [mark.attributes["aria-label"] for mark in found.of("mark")] == [
        f"Cited passage {number} of 3" for number in (1, 2, 3)
    ]
    assert ["autofocus" in mark.attributes for mark in found.of("mark")] == [True, False, False]
    (chips,) = found.of("pd-chips")
    assert [(chip.text, chip.attributes["href"]) for chip in chips.inside] == [("1", "#c"), ("2", "#c2"), ("3", "#c3")]


def test_passages_that_overlap_share_a_mark_and_neighbours_do_not() -> None:
    assert shown(DOCUMENT, there(9, 18), there(13, 24)).text("mark") == ["The tower is 38"]
    assert shown(DOCUMENT, there(13, 18), there(13, 18)).text("mark") == ["tower"]
    assert shown(DOCUMENT, there(13, 18), there(18, 21)).text("mark") == ["tower", " is"]


def test_a_passage_over_several_blocks_is_one_mark_to_reach() -> None:
    found = shown(DOCUMENT, there(27, 62), passages=PASSAGES)
    assert found.text("mark") == ["high.\nIt has 196 steps.", "## ", "Oil", "It"]
    first, *others = found.of("mark")
    assert (first.attributes["id"], first.attributes["tabindex"]) == ("c", "0")
    assert [other.attributes for other in others] == [{}, {}, {}]
    assert len(found.of("pd-chips")[0].inside) == 1


@pytest.mark.parametrize(
    ("found", "request_", "said"),
    [
        (there(13, 18), None, []),
        (
            Found(Target(0, 5, "tower"), "moved", 13, 18),
            None,
            [
                "The document has changed since this link was made. Its words stand in another place now, where they "
                "are marked."
            ],
        ),
        (
            Found(Target(0, 5, "TOWER"), "rewritten", 13, 18),
            None,
            [
                "The document has changed since this link was made. Its words are written in another way now and are "
                "marked as they are."
            ],
        ),
        (
            Found(Target(0, 5, "<b>lost</b>"), "gone"),
            None,
            ["The document has changed since this link was made and no longer holds its words: <b>lost</b>"],
        ),
        (
            Found(Target(0, 2, "38"), "uncertain", places=1200),
            None,
            [
                "The document has changed since this link was made. Its words stand in 1,200 places now, and it cannot "
                "be told whether that is what was meant, so nothing is marked for them: 38"
            ],
        ),
        (
            Found(Target(5, 2), "nowhere"),
            None,
            ["This link names a place that the document does not have, so nothing is marked for it."],
        ),
        (
            there(13, 18),
            Request((Target(13, 18),), unreadable=2, left_out=1),
            [
                "This link names a place that the document does not have, so nothing is marked for it.",
                "This link names more than 20 passages. The first 20 are marked.",
            ],
        ),
    ],
)
def test_what_has_to_be_said_of_a_link(found: Found, request_: Request | None, said: list[str]) -> None:
    result = shown(DOCUMENT, found, request=request_)
    assert result.text("pd-notice") == said
    assert len(result.of("mark")) == found.is_shown
    assert result.text("pd-note") == (["Please note"] if said and found.is_shown else [])


def test_each_sentence_is_said_once_and_long_words_are_cut() -> None:
    gone = [Found(Target(0, 1, "x" * 400), "gone"), Found(Target(0, 1, "y"), "gone"), Found(Target(0, 1, "y"), "gone")]
    assert shown(DOCUMENT, *gone).text("q") == ["x" * 300 + "…", "y"]


def test_a_page_that_cannot_be_shown_is_a_sentence() -> None:
    found = Page(failure("No such document", "It is <gone>."))
    assert found.text("h1") == ["No such document"]
    assert found.text("pd-notice") == ["It is <gone>."]
    assert [a.attributes["href"] for a in found.of("main")[0].inside if a.tag == "a"] == ["/"]


# --- its text


def blocks(text: str, headings: dict[str, int] | None = None, *marks: Mark) -> list[str]:
    """The tags of a text's blocks with their words; rows are marked by their class."""
    found = Page(markup(Document("d", "t", ("s",), "f", text), (0, len(text)), marks, headings or {}))
    return [f"{e.attributes.get('class') or e.tag}: {e.text}" for e in found.elements if "dir" in e.attributes]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", []),
        (" \n\n ", []),
        ("one\ntwo\n \nthree", ["p: one\ntwo", "p: three"]),
        ("\n\n  two  spaces \n\n", ["p:   two  spaces "]),
        ("# A\ntext", ["h2: # A", "p: text"]),
        ("text\n## B ##\nmore", ["p: text", "h3: ## B ##", "p: more"]),
        ("A\n===\ntext", ["h2: A\n===", "p: text"]),
        ("B", ["h3: B"]),
        ("B\nand more", ["p: B\nand more"]),  # words of a sentence
        ("#B", ["h3: #B"]),
        ("# C", ["p: # C"]),  # the passages know no such heading
        ("a  long\n name", ["p: a  long\n name"]),
        ("| a | b |\n|---|---|\n| 1 | 2 |", ["pd-rows: | a | b |\n|---|---|\n| 1 | 2 |"]),
        ("a    1\nb    2", ["pd-rows pd-wide: a    1\nb    2"]),
        ("a\t1\nb\t2", ["pd-rows pd-wide: a\t1\nb\t2"]),
        ("a\t1\nb\t" + "x" * 200, ["pd-rows: a\t1\nb\t" + "x" * 200]),
        ("    code\n      more", ["pd-rows pd-wide:     code\n      more"]),
        ("```\ncode\n```", ["pd-rows pd-wide: ```\ncode\n```"]),
        ("a,b,c\n1,2,3\n4,5,6", ["pd-rows: a,b,c\n1,2,3\n4,5,6"]),
        ("one, two, three\nfour, five, six", ["p: one, two, three\nfour, five, six"]),  # by chance
        ("one, two\nthree, four\nfive, six", ["p: one, two\nthree, four\nfive, six"]),
        ("a    1 and one line alone", ["p: a    1 and one line alone"]),
    ],
)
def test_blocks(text: str, shown: list[str]) -> None:
    assert blocks(text, {"A": 1, "B": 2, "a long name": 1}) == shown


def test_headings_go_no_deeper_than_html_does() -> None:
    assert blocks("# A", {"A": 9}) == ["h6: # A"]


def test_lines_that_were_wrapped_flow_and_others_stand() -> None:
    long = "word " * 12
    text = f"{long}one\ntwo {long}\n  three {long}\n- four {long}\n1. five\nsix"
    html = markup(Document("d", "t", ("s",), "f", text), (0, len(text)), (), {})
    assert Page(html).text("pc-wrap") == ["\n", "\n  "]
    assert Page(html).text("p") == [text]


def test_a_mark_may_end_within_a_wrapped_line_s_end() -> None:
    long = "word " * 12
    text = f"{long}one\n  two"
    mark = Mark(len(long), len(long) + 5, "c", "Cited passage")
    found = Page(markup(Document("d", "t", ("s",), "f", text), (0, len(text)), [mark], {}))
    assert found.text("mark") == ["one\n "]
    assert found.text("pc-wrap") == ["\n ", " "]


def test_pages_are_numbered_where_they_begin() -> None:
    document = Document("d", "t", ("t.pdf",), "f", "one\n\ntwo goes\non here\n\nfour", (0, 5, 14, 23, 23))
    found = shown(document, there(9, 17))
    assert found.text("pd-page") == ["Page 1", "Page 2", "Page 3", "Page 5"]
    assert [e.attributes["id"] for e in found.of("pd-page")] == ["page-1", "page-2", "page-3", "page-5"]
    assert found.text("p") == ["one", "two goes", "on here", "four"]
    assert found.text("mark") == ["goes", "on "]
    assert words(found) == document.text


hostile = st.lists(st.one_of(st.sampled_from(HOSTILE), st.text(st.characters(), max_size=20)), max_size=8).map("".join)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Document, list[Found], list[Passage], Request]:
    """A hostile document with pages, headings and passages to mark, and an address for it."""
    text = draw(hostile.filter(bool))
    offsets = st.integers(0, len(text))
    starts = tuple(sorted(draw(st.lists(offsets, max_size=4))))
    document = Document("d-1", draw(hostile), (draw(hostile),), "f" * 64, text, starts, tags=(draw(hostile),))
    found = []
    for start, end in draw(st.lists(st.tuples(offsets, offsets), max_size=4)):
        target = Target(start, end, draw(hostile), "before", "behind")
        state = draw(st.sampled_from(["moved", "gone", "uncertain"]))
        found.append(Found(target, "moved", start, end) if start < end else Found(target, state, places=3))
    names = draw(st.lists(st.one_of(hostile, st.sampled_from(["heading", "Title"])), max_size=3))
    passage = Passage(document.id, 0, len(text), text, None, tuple(" ".join(name.split()) for name in names))
    return document, found, [passage], Request(tuple(place.target for place in found), unreadable=1)


@settings(max_examples=60)
@given(cases())
def test_whatever_the_document_holds_is_shown_and_does_nothing(
    case: tuple[Document, list[Found], list[Passage], Request],
) -> None:
    document, found, passages, request = case
    picture = Picture(1, "/document/d-1/page/1.png", 10, 14, ((0.1, 0.2, 0.3, 0.4),))
    html = page(document, (0, len(document.text)), request, found, passages, [picture])
    result = Page(html)
    assert {element.tag for element in result.elements} <= OURS
    assert {name for element in result.elements for name in element.attributes} <= ATTRIBUTES
    assert words(result) == plain(document.text)
    assert result.text("h1") == [plain(document.title)]
    assert result.text("pd-tag") == [plain(document.tags[0])]
    links = [a.attributes["href"] or "" for a in result.of("a")]
    assert all(re.fullmatch(r"/|/document/d-1/page/1\.png|#(c|c[2-4]|text|notices)", link) for link in links)
    ids = [e.attributes["id"] for e in result.elements if "id" in e.attributes]
    assert len(ids) == len(set(ids)) or len(document.page_starts) != len(set(document.page_starts))
    # No character of a document stands for itself where HTML reads it.
    bare = re.sub(r"<[a-z!/][^<>]*>|&#\d+;", "", html.replace("<!doctype html>", ""))
    assert not re.search("[<>&\"'`]", bare)


@settings(max_examples=60)
@given(cases())
def test_what_is_marked_are_the_passages(case: tuple[Document, list[Found], list[Passage], Request]) -> None:
    document, found, passages, request = case
    result = Page(page(document, (0, len(document.text)), request, found, passages))
    covered = sorted({n for place in found if place.is_shown for n in range(place.start, place.end)})
    assert re.sub(r"\s", "", "".join(result.text("mark"))) == re.sub(
        r"\s", "", plain("".join(document.text[n] for n in covered))
    )


# --- long documents


def long(count: int, unit: str = "A sentence of some length stands in each of these lines.\n\n") -> Document:
    return Document("d", "Long", ("long.txt",), "f", unit * count)


def test_a_short_document_is_shown_whole() -> None:
    document = long(50_000 // 58)
    for request in (Request(), Request(begin=30_000)):
        assert window(document, request, []) == (0, len(document.text))
    assert not shown(document).of("pd-turn")


def turned(document: Document, at: int | None, name: str) -> int | None:
    """Where the link of this class leads to, in the page that begins at `at`."""
    request = Request(begin=at)
    html = page(document, window(document, request, []), request)
    links = {link.attributes["href"] for link in Page(html).of(name) if link.tag == "a"}
    if not links:
        return None
    (link,) = links
    assert link
    return parse(urlsplit(link).query).begin


@pytest.mark.parametrize(
    "document",
    [
        long(2000),
        long(20_000, "short\n"),
        long(120_000, "x"),
        long(5, "a paragraph without an end " * 1000 + "\n\n"),
        replace(long(2000), page_starts=tuple(range(0, 116_000, 2900))),
        replace(long(2000), page_starts=(0, 24_000, 24_001, 26_000, 70_000, 115_000)),
    ],
    ids=["paragraphs", "lines", "one word", "long paragraphs", "pages", "pages of any size"],
)
def test_turning_shows_every_character_once_and_leads_back(document: Document) -> None:
    visited: list[int] = []
    at: int | None = 0
    while at is not None:
        start, end = window(document, Request(begin=at), [])
        assert start == at
        assert end - start <= 2 * parts.PART + 4000
        visited.append(at)
        at = turned(document, at, "pd-after")
        assert at == (end if end < len(document.text) else None)
    back = [visited[-1]]
    while (before := turned(document, back[-1], "pd-before")) is not None:
        back.append(before)
    assert back == visited[::-1]


@given(st.integers(-5, 400_000), st.integers(0, 289_990))
def test_a_window_holds_what_is_asked_for(begin: int, start: int) -> None:
    document = long(5000)
    first, last = window(document, Request(begin=max(0, begin)), [])
    assert first <= min(max(0, begin), len(document.text) - 1) < last
    first, last = window(document, Request(), [there(start, start + 10)])
    assert first <= start
    assert start + 10 <= last
    assert start - first > 8000 or first == 0
    assert last - start > 8000 or last == len(document.text)


def test_a_window_is_where_the_words_are_or_else_where_they_were() -> None:
    document = long(5000)
    gone = Found(Target(150_000, 150_010, "gone"), "gone")
    first, last = window(document, Request(), [gone])
    assert first < 150_000 < last
    first, last = window(document, Request(), [gone, there(20_000, 20_010)])
    assert first < 20_000 < last


def test_a_window_begins_with_a_page_or_a_paragraph() -> None:
    document = long(5000)
    start, end = window(document, Request(), [there(150_000, 150_010)])
    assert document.text[start - 2 : start] == document.text[end - 2 : end] == "\n\n"
    pages = tuple(range(0, 290_000, 2900))
    start, end = window(replace(document, page_starts=pages), Request(), [there(150_000, 150_010)])
    assert {start, end} <= set(pages)


def test_where_in_the_document_one_is() -> None:
    document = long(5000)
    request = Request((Target(0, 10),), begin=100_000)
    start, end = window(document, request, [])
    found = shown(document, there(0, 10), request=request)
    for turn in found.of("pd-turn"):
        assert f"Characters {start + 1:,} to {end:,} of 290,000" in turn.text
    assert not found.of("mark")
    (link,) = {chip.attributes["href"] for chip in found.of("pd-chips")[0].inside}
    assert link == "/document/d?c=0-10&from=0#c"
    with_pages = replace(document, page_starts=tuple(range(0, 290_000, 2900)))
    start, end = window(with_pages, request, [])
    (text, _) = shown(with_pages, request=request).text("pd-turn")
    assert f"Pages {start // 2900 + 1} to {end // 2900} of 100" in text


def test_words_that_are_gone_open_the_document_where_they_stood() -> None:
    document = long(5000)
    gone = Found(Target(150_000, 150_004, "gone"), "gone")
    start, end = window(document, Request((gone.target,)), [gone])
    assert start < 150_000 < end


@pytest.mark.parametrize("unit", ["A line of words.\n\n", "\u200b", "<&>", "a\n\n", "x", " x\n", "| a "])
def test_ten_megabytes_make_a_small_page_in_no_time(unit: str) -> None:
    document = long(10_000_000 // len(unit), unit)
    whole = there(0, len(document.text))
    begin = time.process_time()
    html = page(document, window(document, Request(), [whole]), Request((whole.target,)), [whole])
    assert time.process_time() - begin < 2
    assert len(html.encode()) < 3_000_000


# --- pictures and looks


def test_pictures_have_the_anchor_and_boxes_in_parts_of_the_page() -> None:
    pictures = [
        Picture(2, "/document/d-1/page/2.png", 800, 1100, ((0.1, 0.25, 0.6, 0.3), (0.1, 0.3, 0.2, 0.35))),
        Picture(3, "/document/d-1/page/3.png", 800, 1100, ((0.1, 0.0, 0.5, 0.1),)),
    ]
    found = shown(DOCUMENT, there(13, 18), there(34, 37), pictures=pictures)
    assert [(i.attributes["src"], i.attributes["width"], i.attributes["height"]) for i in found.of("img")] == [
        ("/document/d-1/page/2.png", "800", "1100"),
        ("/document/d-1/page/3.png", "800", "1100"),
    ]
    boxes = [tuple(box.attributes[name] for name in ("x", "y", "width", "height")) for box in found.of("rect")]
    assert boxes == [
        ("0.1000", "0.2500", "0.5000", "0.0500"),
        ("0.1000", "0.3000", "0.1000", "0.0500"),
        ("0.1000", "0.0000", "0.4000", "0.1000"),
    ]
    assert [box.attributes.get("id") for box in found.of("rect")] == ["c", None, None]
    assert found.of("rect")[0].attributes["aria-label"] == "Cited passage on page 2"
    assert [mark.attributes["id"] for mark in found.of("mark")] == ["text", "c2"]
    assert found.text("figcaption")[0] == "Page 2 as it is in the file Larger The same passage in the text"


def test_a_picture_has_the_anchor_of_the_first_passage_that_is_shown() -> None:
    document = long(5000)
    request = Request((Target(0, 10), Target(150_000, 150_010)), begin=150_000)
    picture = Picture(1, "/document/d/page/1.png", 8, 11, ((0, 0, 1, 1),))
    found = shown(document, there(0, 10), there(150_000, 150_010), request=request, pictures=[picture])
    assert found.of("figure")[0].inside[3].attributes["id"] == "c2"
    assert [chip.attributes["href"] for chip in found.of("pd-chips")[0].inside] == [
        "/document/d?c=0-10&c=150000-150010&from=0#c",
        "#c2",
    ]


def custom_properties(css: str) -> dict[str, str]:
    return {name: " ".join(value.split()) for name, value in re.findall(r"(--pc-[a-z-]+):\s*([^;]+);", css)}


def in_a_theme(css: str, theme: int) -> str:
    """The style with the colours that it has in the light (0) or in the dark (1)."""
    return re.sub(r"light-dark\(((?:[^(),]|\([^)]*\))+), ((?:[^(),]|\([^)]*\))+)\)", lambda m: m[1 + theme], css)


def test_the_colours_are_those_of_the_chat() -> None:
    chat, own = ((ASSETS / name).read_text(encoding="utf-8") for name in ("page.css", "document.css"))
    light, dark = chat.split(".dark {")
    root = own.split("}", 1)[0]
    both = custom_properties(light) | custom_properties(dark)
    for ours, theirs in (
        (in_a_theme(root, 0), custom_properties(light)),
        (in_a_theme(root, 1), both),  # what is the same in the dark is not said again
    ):
        assert "light-dark" not in ours
        assert len(custom_properties(ours)) > 10
        assert custom_properties(ours).items() <= theirs.items()


def test_every_class_has_its_style() -> None:
    css = (ASSETS / "document.css").read_text(encoding="utf-8")
    source = (ASSETS.parent / "document.py").read_text() + (ASSETS.parent / "prose.py").read_text()
    classes = set(re.findall(r"\bpd-[a-z]+", source)) | {f"pd-{theme}" for theme in pages.THEMES}
    assert classes - set(re.findall(r"\.(pd-[a-z]+)", css)) == {"pd-head", "pd-source"}  # for tests and for people
    assert set(re.findall(r"\.(pd-[a-z]+)", css)) <= classes


def test_marks_of_nothing() -> None:
    assert pages.marks_of([]) == []
