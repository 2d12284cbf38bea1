"""What the page shows is, to a parser of HTML, our elements and the very words of the documents."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parsed import Page, shown, texts

from qa.types import Answer, Citation, Document, Hit, Passage, StageScores
from ui import render

OURS = set("div p a span details summary mark bdi h1 h2 h3 strong ol li q button".split())
ATTRIBUTES = {"class", "id", "href", "title", "dir", "open", "target", "rel"}

TEXT = "Alpha one.\nThe tower is 38 metres high. It has 196 steps.\n\nBeta."
DOCUMENT = Document("d", "The tower", ("notes/tower.md",), "f" * 64, TEXT)


def hit(document: Document, start: int, end: int, rank: int = 1) -> Hit:
    passage = Passage(document.id, start, end, document.text[start:end], document.page(start))
    return Hit(rank, 0.9, StageScores(0.8, 0.7), passage, document.cite(start, end))


def answered(
    text: str, *citations: Citation, hits: tuple[Hit, ...] = (), confidence: float = 0.93, question: str = "How high?"
) -> Answer:
    return Answer(question, question, True, text, "38", confidence, citations, hits, ())


def unanswered(*hits: Hit, missing: tuple[str, ...] = ()) -> Answer:
    return Answer("Who?", "Who?", False, "", "", 0.1, (), hits, missing)


TOWER = answered("The tower is 38 metres high. [1]", DOCUMENT.cite(11, 39), hits=(hit(DOCUMENT, 11, 57),))


def link(query: str) -> str:
    """The address of a passage, in which only an ampersand could act."""
    return f"/document/d?{query}#c".replace("&", "&#38;")


def opener(query: str) -> str:
    return f'<div class="pc-open"><a href="{link(query)}" target="_blank" rel="noopener">Open in the document</a></div>'


def found(said: str, *rows: tuple[str, str, str]) -> str:
    """The list of the passages that were found, by their addresses, places and words."""
    items = "".join(
        f'<li><a class="pc-hit" href="{link(query)}" target="_blank" rel="noopener">'
        f'<bdi class="pc-title">The tower</bdi> <span class="pc-place">{place}</span></a>'
        f'<span class="pc-snippet" dir="auto">{words}</span><span class="pc-scores" title="meaning: cosine similarity, '
        'words: BM25, reader: probability that the answer is in it">meaning 0.80, words 0.70</span></li>'
        for query, place, words in rows
    )
    return f'<details class="pc-found"><summary>{said}</summary><ol>{items}</ol></details>'


HIT = "c=11-57&q=The+tower+is+38+metres+high.+It+has+196+steps.&p=Alpha+one.%0A&s=%0A%0ABeta."
WORDS = "The tower is 38 metres high&#46; It has 196 steps&#46;"
FIRST = "c=0-10&q=Alpha+one.&p=&s=%0AThe+tower+is+38+metres+high.+It"


def test_an_answer_in_full() -> None:
    assert render.reply(TOWER, 3) == (
        '<div class="pc-reply"><p class="pc-short" dir="auto">38</p>'
        '<div class="pc-answer" dir="auto">The tower is 38 metres '
        '<span class="pc-pinned">high&#46; '
        '<a class="pc-chip" href="#turn-3-source-1" title="The tower&#44; line 2">1</a></span></div>'
        '<div class="pc-sources"><p class="pc-confidence pc-high" title="'
        'Probability that the answer is right: 0.93">High confidence</p>'
        '<details class="pc-card" id="turn-3-source-1" open><summary><span class="pc-number">1</span> '
        '<bdi class="pc-title">The tower</bdi> <span class="pc-where">'
        '<bdi class="pc-source">notes&#47;tower&#46;md</bdi> <span class="pc-place">line 2</span></span></summary>'
        '<div class="pc-passage" dir="auto"><p><mark>The tower is 38 metres high&#46;</mark>'
        " It has 196 steps&#46;</p></div>"
        f"{opener('c=11-39&q=The+tower+is+38+metres+high.&p=Alpha+one.%0A&s=+It+has+196+steps.%0A%0ABeta.')}"
        f"</details></div>{found('1 passage was found', (HIT, 'line 2', WORDS))}</div>"
    )


def test_a_silence_in_full() -> None:
    assert render.reply(unanswered(hit(DOCUMENT, 0, 10), missing=("moon", "a<b")), 1) == (
        '<div class="pc-reply"><div class="pc-unanswered"><p class="pc-silent">The sources do not answer this.</p>'
        '<p class="pc-missing" dir="auto">No document contains: <strong>moon</strong>, <strong>a&#60;b</strong></p>'
        '</div><div class="pc-sources"><h3 class="pc-nearest">Nearest passages</h3>'
        '<details class="pc-card" open><summary>'
        '<bdi class="pc-title">The tower</bdi> <span class="pc-where">'
        '<bdi class="pc-source">notes&#47;tower&#46;md</bdi> <span class="pc-place">line 1</span></span></summary>'
        '<div class="pc-passage" dir="auto"><p>Alpha one&#46;</p></div>'
        f"{opener(FIRST)}</details></div>{found('1 passage was found', (FIRST, 'line 1', 'Alpha one&#46;'))}</div>"
    )


def test_a_silence_with_nothing_near() -> None:
    page = Page(render.reply(unanswered(), 1))
    assert page.text("pc-silent") == ["The sources do not answer this."]
    assert not page.of("pc-missing")
    assert not page.of("pc-nearest")
    assert not page.of("mark")


def test_of_the_three_nearest_passages_the_first_is_open() -> None:
    page = Page(render.reply(unanswered(*(hit(DOCUMENT, n, n + 9, rank=n + 1) for n in range(5))), 1))
    assert [p.text for p in page.of("p")[1:]] == [TEXT[0:9], TEXT[1:10], TEXT[2:11]]
    assert ["open" in card.attributes for card in page.of("details")] == [True, False, False, False]


def test_the_quote_is_marked_by_offset_and_not_by_search() -> None:
    document = Document("d", "t", ("s",), "f" * 64, "yes no yes no yes")
    page = Page(render.reply(answered("yes [1]", document.cite(7, 10), hits=(hit(document, 4, 17),)), 1))
    assert page.text("pc-passage") == ["no yes no yes"]
    assert "<p>no <mark>yes</mark> no yes</p>" in render.reply(
        answered("yes [1]", document.cite(7, 10), hits=(hit(document, 4, 17),)), 1
    )


def test_signs_of_headings_are_toned_down_and_may_be_marked_in_part() -> None:
    document = Document("d", "t", ("s",), "f" * 64, "## High #1\n#no")
    shown = render.reply(answered("x [1]", document.cite(1, 7), hits=(hit(document, 0, 14),)), 1)
    sign = '<span class="pc-sign">&#35;</span>'
    assert f"<p>{sign}<mark>{sign} High</mark> &#35;1&#10;&#35;no</p>" in shown
    assert '<span class="pc-snippet" dir="auto">High &#35;1 &#35;no</span>' in shown


def test_a_mark_may_be_the_whole_passage() -> None:
    page = Page(render.reply(answered("x [1]", DOCUMENT.cite(0, 10), hits=(hit(DOCUMENT, 0, 10),)), 1))
    assert page.text("mark") == page.text("pc-passage") == ["Alpha one."]


@pytest.mark.parametrize(
    "other",
    [
        hit(DOCUMENT, 12, 58),  # begins within the quote
        hit(DOCUMENT, 11, 38),  # ends within it
        hit(replace(DOCUMENT, id="e"), 0, 60),  # another document
        hit(replace(DOCUMENT, sha256="0" * 64), 0, 60),  # another version
        hit(replace(DOCUMENT, text=TEXT.replace("38", "83")), 0, 60),  # other words in its place
    ],
)
def test_without_its_passage_a_quote_stands_in_its_context(other: Hit) -> None:
    page = Page(render.reply(answered("x [1]", DOCUMENT.cite(11, 39), hits=(other,)), 1))
    assert page.text("mark") == ["The tower is 38 metres high."]
    assert page.text("pc-excerpt") == ["Alpha one.\nThe tower is 38 metres high. It has 196 steps.\n\nBeta."]


def test_the_line_ends_of_a_wrapped_paragraph_flow_and_others_stand() -> None:
    long = "word " * 12
    text = f"{long}one\ntwo {long}\n- three {long}\n\nfour\nfive"
    document = replace(DOCUMENT, text=text)
    markup = render.reply(unanswered(hit(document, 0, len(text))), 1)
    assert (
        f'{long}one<span class="pc-wrap">&#10;</span>two {long}&#10;&#45; three {long}&#10;&#10;four&#10;five' in markup
    )
    assert Page(markup).text("pc-passage") == [text]
    wrapped = text.index("\n")
    quoted = render.reply(answered("x [1]", document.cite(wrapped - 3, wrapped + 1), hits=(hit(document, 0, 90),)), 1)
    assert '<mark>one<span class="pc-wrap">&#10;</span></mark>two' in quoted


@pytest.mark.parametrize("text", ["yes no yes", "yes.yes!"])
def test_the_same_words_elsewhere_are_not_the_quote(text: str) -> None:
    document = replace(DOCUMENT, text=text)
    page = Page(render.reply(answered("yes [1]", document.cite(0, 3), hits=(hit(document, 4, len(text)),)), 1))
    assert page.text("mark") == ["yes"]
    assert page.text("pc-excerpt") == [text]


def test_a_page_is_named_where_there_is_one() -> None:
    document = replace(DOCUMENT, page_starts=(0, 11))
    page = Page(render.reply(answered("x [1]", document.cite(11, 39)), 1))
    assert page.text("pc-place") == ["page 2"]
    assert page.of("a")[0].attributes["title"] == "The tower, page 2"


def test_a_source_of_the_same_name_as_its_title_is_named_once() -> None:
    page = Page(render.reply(answered("x [1]", replace(DOCUMENT, title="notes/tower.md").cite(0, 5)), 1))
    assert page.text("pc-title") == ["notes/tower.md"]
    assert not page.of("pc-source")


def test_only_marks_of_citations_become_chips() -> None:
    text = "[1] a [0] b [2] c[10] [1][2] [ 1 ] [01] [-1] [1"
    page = Page(render.reply(answered(text, DOCUMENT.cite(0, 5), DOCUMENT.cite(11, 14, number=2)), 7))
    assert [chip.attributes["href"] for chip in page.of("pc-chip")] == [
        f"#turn-7-source-{number}" for number in (1, 2, 1, 2, 1)
    ]
    assert page.text("pc-answer") == ["1 a [0] b 2 c[10] 12 [ 1 ] 1 [-1] [1"]


def test_every_chip_has_its_card_and_turns_share_none() -> None:
    citations = [DOCUMENT.cite(n, n + 3, number=n) for n in range(1, 4)]
    anchors = []
    for turn in (1, 2, 11):
        page = Page(render.reply(answered("a [1] b [2] c [3]", *citations), turn))
        ids = [card.attributes["id"] for card in page.of("details")]
        assert [chip.attributes["href"] for chip in page.of("pc-chip")] == [f"#{anchor}" for anchor in ids]
        assert ["open" in card.attributes for card in page.of("details")] == [True, False, False]
        anchors += ids
    assert len(set(anchors)) == 9


@pytest.mark.parametrize(
    ("probability", "word", "number"),
    [
        (1.0, "High", "1.00"),
        (0.8, "High", "0.80"),
        (0.799, "Moderate", "0.79"),
        (0.29, "Low", "0.29"),
        (0.5, "Moderate", "0.50"),
        (0.49, "Low", "0.49"),
        (0.0, "Low", "0.00"),
    ],
)
def test_confidence_in_words(probability: float, word: str, number: str) -> None:
    page = Page(render.reply(answered("x [1]", DOCUMENT.cite(0, 5), confidence=probability), 1))
    (element,) = page.of("pc-confidence")
    assert element.text == f"{word} confidence"
    assert element.attributes["title"] == f"Probability that the answer is right: {number}"


@pytest.mark.parametrize(
    ("text", "markup"),
    [
        ("plain words 123", "plain words 123"),
        ("<b>", "&#60;b&#62;"),
        ("a&b", "a&#38;b"),
        ("*_`~", "&#42;&#95;&#96;&#126;"),
        ("$[](#)!", "&#36;&#91;&#93;&#40;&#35;&#41;&#33;"),
        ("\"'", "&#34;&#39;"),
        ("a\nb\tc\rd", "a&#10;b&#9;c&#13;d"),
        ("\0\ud800x\udfff", "\ufffd\ufffdx\ufffd"),
        ("é日本🜁", "é日本🜁"),
        ("a\u202eb", 'a<span class="pc-unseen" title="U+202E">\u202e</span>b'),
        ("\x07", '<span class="pc-unseen" title="U+0007">\x07</span>'),
        ("\U000e0041", '<span class="pc-unseen" title="U+E0041">\U000e0041</span>'),
        ("\u200d\u200c\u200f\xad", "\u200d\u200c\u200f\xad"),
    ],
)
def test_plain(text: str, markup: str) -> None:
    assert render.plain(text) == markup


def test_the_pieces_of_the_page_that_are_not_answers() -> None:
    assert render.question("a < b") == '<div class="pc-question" dir="auto">a &#60; b</div>'
    assert render.notice("No!") == '<div class="pc-reply"><div class="pc-notice" dir="auto">No&#33;</div></div>'
    assert render.working("reading") == '<p class="pc-stage">Reading the passages found…</p>'
    assert Page(render.welcome()).of("h2")


# --- what was found, what was searched, what is thought of it


def scored(rank: int, reader: float | None) -> Hit:
    return replace(hit(DOCUMENT, 0, 10, rank), scores=StageScores(0.8125, 12.0, reader))


def test_all_passages_found_have_their_scores() -> None:
    page = Page(render.reply(unanswered(scored(1, 0.5), scored(2, None), *(scored(n, -1.0) for n in (3, 4, 5))), 1))
    assert page.text("summary")[-1] == "5 passages were found"
    assert page.text("pc-scores") == [
        "meaning 0.81, words 12.00, reader 0.50",
        "meaning 0.81, words 12.00",
        *["meaning 0.81, words 12.00, reader -1.00"] * 3,
    ]
    assert len(page.of("pc-hit")) == 5
    assert "open" not in page.of("pc-found")[0].attributes
    assert not Page(render.reply(unanswered(), 1)).of("pc-found")


def test_a_file_that_changed_is_told_of() -> None:
    for changed, verdict, said in (
        (True, "moved", ["The file has changed since it was indexed. These words are elsewhere in it now."]),
        (None, "missing", ["The file is gone since it was indexed."]),
        (False, "exact", []),
        (None, None, []),
    ):
        citation = replace(DOCUMENT.cite(0, 5), file_changed=changed, verdict=verdict)
        assert Page(render.reply(answered("x [1]", citation), 1)).text("pc-flag") == said


def test_the_question_that_was_searched_is_shown_where_it_is_another_one() -> None:
    followed = replace(unanswered(), question="And its <b>height</b>?", asked="What is the tower's <b>height</b>?")
    page = Page(render.reply(followed, 1))
    assert page.text("q") == ["What is the tower's <b>height</b>?"]
    assert page.text("pc-edit") == ["Edit the question"]
    assert not Page(render.reply(unanswered(), 1)).of("pc-searched")


def test_what_can_be_said_of_an_answer() -> None:
    page = Page(render.reply(TOWER, 1, kept="talk-a-1"))
    assert page.of("pc-reply")[0].attributes["id"] == "talk-a-1"
    assert page.text("button") == ["Right", "Wrong", "Correct it", "The sources do not say", "Copy"]
    silence = Page(render.reply(unanswered(), 1, kept="talk-a-1"))
    assert silence.text("button") == ["Keep as an open question", "Show the answer", "The sources do not say", "Copy"]


def test_what_was_said_of_it_is_marked() -> None:
    for kind in ("right", "wrong", "corrected", "unanswerable"):
        page = Page(render.reply(TOWER, 1, kept="talk-a-1", given=kind))
        assert [button.attributes["class"] for button in page.of("pc-given")] == [f"pc-act pc-{kind} pc-given"]
    assert not Page(render.reply(TOWER, 1, kept="talk-a-1", given="<none>")).of("pc-given")


def test_of_a_turn_that_is_not_kept_nothing_can_be_said() -> None:
    page = Page(render.reply(TOWER, 1, given="right"))
    assert not page.of("button")
    assert "id" not in page.of("pc-reply")[0].attributes


def test_links_name_the_collection() -> None:
    page = Page(render.reply(TOWER, 1, collection="birds & é"))
    links = [element.attributes["href"] or "" for element in page.of("a") if "pc-chip" not in str(element.attributes)]
    assert len(links) == 2  # of the card, and of the passage found
    assert all(link.endswith("&collection=birds+%26+%C3%A9#c") for link in links)


@st.composite
def quoted(draw: st.DrawFn) -> tuple[Document, int, int, int, int]:
    """A hostile document, a passage of it and a quote within that."""
    text = draw(texts.filter(bool))
    document = Document("d", draw(texts), (draw(texts),), "f" * 64, text)
    start, end = sorted((draw(st.integers(0, len(text) - 1)), draw(st.integers(0, len(text) - 1))))
    first, last = sorted((draw(st.integers(start, end)), draw(st.integers(start, end))))
    return document, start, end + 1, first, last + 1


def assert_inert(markup: str) -> Page:
    """Only our elements and attributes, and outside of them nothing that Markdown or HTML reads."""
    page = Page(markup)
    assert {element.tag for element in page.elements} <= OURS
    assert {name for element in page.elements for name in element.attributes} <= ATTRIBUTES
    links = r"#turn-1-source-\d+|/document/d\?[\w%&=+~.*-]+#c"
    assert all(re.fullmatch(links, element.attributes["href"] or "", re.ASCII) for element in page.of("a"))
    assert all(
        re.fullmatch(r"(pc-[a-z]+ ?)+", e.attributes["class"] or "") for e in page.elements if "class" in e.attributes
    )
    bare = re.sub(r"<[a-z/][^<>]*>|&#\d+;", "", markup)
    assert not re.search(r"[\t\n\r!-+\-/;-@\[-`{-~]", bare)  # our own words have , . and :
    return page


@given(quoted(), st.booleans(), texts, texts, texts)
def test_whatever_the_words_they_are_shown_and_do_nothing(
    case: tuple[Document, int, int, int, int], found: bool, before: str, after: str, collection: str
) -> None:
    document, start, end, first, last = case
    citation = document.cite(first, last)
    hits = (hit(document, start, end),) if found else ()
    answer = answered(f"{before}[1]{after}", citation, hits=hits)
    page = assert_inert(render.reply(answer, 1, kept="talk-a-1", given=before, collection=collection))
    assert page.text("mark") == [shown(citation.quote)]
    whole = document.text[start:end] if found else f"{citation.prefix}{citation.quote}{citation.suffix}"
    assert page.text("pc-passage") == [shown(whole)]
    assert page.text("pc-title") == [shown(document.title)] * (2 if found else 1)  # in its card, and among all found
    assert page.text("pc-source") == ([shown(document.source)] if document.source != document.title else [])
    assert page.text("pc-answer") == [shown(re.sub(r"\[0{0,5}1\]", "1", answer.text))]


@given(quoted(), st.lists(texts, max_size=3), texts)
def test_whatever_was_asked_in_vain(case: tuple[Document, int, int, int, int], missing: list[str], asked: str) -> None:
    document, start, end, *_ = case
    page = assert_inert(render.reply(unanswered(hit(document, start, end), missing=tuple(missing)), 1))
    assert page.text("pc-passage") == [shown(document.text[start:end])]
    assert page.text("strong") == [shown(word) for word in missing]
    assert assert_inert(render.question(asked)).text("pc-question") == [shown(asked)]
    assert assert_inert(render.notice(asked)).text("pc-notice") == [shown(asked)]
