"""Answers as Markdown and as JSON: everything is there, and nothing of a document acts."""

from __future__ import annotations

import html
import json
import re
import unicodedata
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from qa import exports
from qa.types import Answer, Citation, Document, Place, Places

TOWER = Document("t", "The tower", ("docs/tower.md",), "aa", "Gulls.\n\nThe tower was built\nin 1890. It has a lamp.")
BUILT = TOWER.cite(8, 36, 1)
LAMP = TOWER.cite(37, 51, 2)


def answer(text: str = "It was built in 1890. [1] It has a lamp. [2]", **fields: Any) -> Answer:
    given_fields = {"question": "When was\nit built?", "short": "1890", "citations": (BUILT, LAMP)} | fields
    return Answer(asked="", answered=True, text=text, confidence=0.8, hits=(), missing=(), **given_fields)


def test_markdown_by_hand() -> None:
    assert exports.markdown(answer()) == (
        "## When was it built?\n"
        "\n"
        "**1890**\n"
        "\n"
        "It was built in 1890. [^1] It has a lamp. [^2]\n"
        "\n"
        "[^1]: The tower (`docs/tower.md`), line 3: “The tower was built in 1890.”\n"
        "\n"
        "[^2]: The tower (`docs/tower.md`), line 4: “It has a lamp.”\n"
    )


def test_an_answer_that_is_only_short_is_said_once() -> None:
    made = exports.markdown(answer("In 1890. [1]", short="In 1890.", citations=(BUILT,)))
    assert made.startswith("## When was it built?\n\nIn 1890. [^1]\n\n[^1]: ")


def test_what_is_not_answered() -> None:
    made = replace(answer(), answered=False, text="", short="", citations=(), missing=("Atlantis", "*sank*"))
    assert exports.markdown(made) == (
        "## When was it built?\n\nThe sources do not answer this.\n\nIn no document: Atlantis, &#42;sank&#42;\n"
    )
    assert "In no" not in exports.markdown(replace(made, missing=()))


def test_a_place_is_told_as_its_format_counts() -> None:
    rows = Places("row", (0, 5), (2, 3))
    assert replace(TOWER, places=rows).cite(8, 9).where == "row 3"
    assert replace(TOWER, page_starts=(0, 5)).cite(8, 9).where == "page 2"
    assert replace(TOWER, page_starts=(0, 5), places=rows).cite(8, 9).where == "page 2"
    assert replace(BUILT, place=Place("slide", 9)).where == "slide 9"


@pytest.mark.parametrize(
    ("verdict", "changed", "sentence"),
    [
        (None, None, ""),
        ("exact", False, ""),
        ("exact", True, "The file has changed since it was indexed. These words are where they were."),
        ("moved", True, "The file has changed since it was indexed. These words are elsewhere in it now."),
        ("changed", True, "The file has changed since it was indexed. These words are no longer in it."),
        (None, True, "The file has changed since it was indexed. Whether it still has these words was not looked at."),
        ("missing", None, "The file is gone since it was indexed."),
    ],
)
def test_a_file_that_has_changed_is_told(verdict: Any, changed: Any, sentence: str) -> None:
    citation = replace(BUILT, verdict=verdict, file_changed=changed)
    assert exports.warning(citation) == sentence
    made = exports.markdown(answer(citations=(citation, LAMP)))
    assert f"in 1890.”{sentence and ' ' + sentence}\n" in made


def test_what_some_programs_hide_is_shown() -> None:
    made = exports.markdown(answer("Half: 50 % of it, %%%hidden%%, 5%. [1]"))
    assert "50 % of it, &#37;&#37;&#37;hidden&#37;&#37;, 5%. [^1]" in made


def test_a_mark_of_no_citation_is_text() -> None:
    made = exports.markdown(answer("As in [7] and [1]: yes. [2]"))
    assert "As in &#91;7&#93; and [^1]&#58; yes. [^2]" in made


# --- links


def test_a_page_is_linked_at_the_words() -> None:
    page = replace(TOWER, text="Gulls.\n\nThe tower was built in 1890, a well-known year. It has a lamp.")
    citation = page.cite(8, 55)
    link = exports.link(page, citation, "file:///docs/tower%201.html#old")
    assert link == (
        "file:///docs/tower%201.html#:~:text=The%20tower%20was%20built%20in%201890%2C%20a%20well%2Dknown%20year."
    )
    made = exports.markdown(answer(citations=(citation,)), {1: link})
    assert f"year.” [Open it at these words]({link})\n" in made


@pytest.mark.parametrize(
    "address",
    [
        *("javascript:alert(1)", " javascript:alert(1)", "java\nscript:alert(1)", "data:text/html,x", "//host/x", "x"),
        *("vbscript:x", "http", "https", "", "HTTP//x", "http[://", "blob:http://x"),
    ],
)
def test_an_address_that_is_no_page_is_no_link(address: str) -> None:
    made = exports.markdown(answer(), {1: address})
    assert made == exports.markdown(answer())
    assert exports.json(answer(), links={1: address}) == exports.json(answer())


def test_an_address_is_kept_as_it_is() -> None:
    address = "https://example.org/a_b*c?x=1&copy;=2&amp=(3)#:~:text=a,b"
    (link,) = [token for token in inline(exports.markdown(answer(), {1: address})) if token.type == "link_open"]
    assert link.attrGet("href") == address.replace("(", "%28").replace(")", "%29")
    assert exports.json(answer(), links={1: address})["citations"][0]["link"] == address


@given(st.text(max_size=30).map(lambda text: f"https://example.org/{text}"))
@example("https://example.org/a(b)[c]<d>\\*_`\"'&copy;&copy; )x")
def test_an_address_stays_within_its_link(address: str) -> None:
    made = exports.markdown(answer(citations=(BUILT,)), {1: address})
    links = [token for token in inline(made) if token.type == "link_open"]
    if "](" in made:
        assert len(links) == 1
        assert str(links[0].attrGet("href")).startswith("https://example.org/")
        assert shown(made).endswith("in 1890.” Open it at these words")


# --- the proof object


def test_the_proof_object() -> None:
    made = exports.json(answer(), {"total": 3.5}, {2: "https://example.org/#:~:text=lamp"})
    assert json.loads(json.dumps(made)) == made
    assert made["timings_ms"] == {"total": 3.5}
    assert [citation.pop("link") for citation in made["citations"]] == [None, "https://example.org/#:~:text=lamp"]
    del made["timings_ms"]
    assert made == answer().as_dict()
    assert "timings_ms" not in exports.json(answer())


# --- nothing of a document acts


def parsed(markdown: str) -> list[Any]:
    # Footnotes are no part of CommonMark: what they hold is read as a paragraph.
    text = re.sub(r"^\[\^[0-9]+\]: ", "", markdown, flags=re.MULTILINE).replace("[^", "(^").replace("^1]", "^1)")
    return MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(text)


def inline(markdown: str) -> list[Any]:
    return [child for token in parsed(markdown) for child in token.children or ()]


def is_file_name(token: Any) -> bool:
    return token.type == "code_inline" and re.fullmatch(r"[\w./+,() -]+", token.content) is not None


def shown(markdown: str) -> str:
    """What a person reads, block by block; fails where anything but our own markup is in it."""
    blocks = []
    for token in parsed(markdown):
        assert token.type in {"heading_open", "heading_close", "paragraph_open", "paragraph_close", "inline"}
        if token.type == "inline":
            kinds = {child.type for child in token.children if not is_file_name(child)}
            assert kinds <= {"text", "strong_open", "strong_close", "link_open", "link_close"}
            blocks.append("".join(child.content for child in token.children))
    return "\n".join(blocks)


ACTIVE = [
    *("# Title", "> quote", "- item", "+ item", "* item", "1. item", "1) item", "***", "---", "===", "```", "~~~"),
    *("    code", "\t x", "\u2028# x", "12345678. x", "-", "#", "?x", "!!! note", "a  \nb", "a\\\nb", "\\", "\\*"),
    *("[x](http://x)", "![x](http://x)", "<http://x>", "<b>bold</b>", "<script>alert(1)</script>", "<!-- x -->"),
    *("&lt;", "&#60;", "&", "[", "]", "[^1]: note", "[^1]", "[2]: http://x", "http://x.y", "www.x.y", "a@b.cd"),
    *("*a*", "_a_", "**a**", "~~a~~", "`a`", "a | b", "|-|-|", "$x$", "$$x$$", "==a==", "^a^", "~a~", ":smile:"),
    *(": definition", "{.class}", "{{ x }}", "{% x %}", "%% x %%", "\\u202e", "\u202ex", "a\u200bb", "\x1b[2J"),
]  # fmt: skip
texts = st.lists(st.sampled_from([*ACTIVE, " ", "\n", "\n\n", "a", "é", "“"]) | st.characters(), max_size=6).map(
    "".join
)
UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")


def visible(text: str) -> str:
    """As it should be read: in one line, and what cannot be seen by its code."""
    line = " ".join(text.split())
    hidden = {c for c in line if unicodedata.category(c) in UNSEEN} - {"\u200c", "\u200d"}
    return "".join(c.encode("unicode_escape").decode().replace("\\x", "\\u00") if c in hidden else c for c in line)


def shows_all(question: str, short: str, title: str, quote: str) -> None:
    document = replace(TOWER, title=title, sources=(quote,), text=quote)
    citation = document.cite(0, len(quote))
    said = exports.markdown(answer(f"Said: {quote} [1]", question=question, short=short, citations=(citation,)))
    footnote = f"{visible(title)} ({visible(quote)}), line 1: “{visible(quote)}”"
    expected = [visible(question), visible(short), f"{visible('Said: ' + quote)} (^1)", footnote]
    assert [line.split() for line in shown(said).split("\n") if line] == [line.split() for line in expected if line]


@given(texts, texts, texts, texts.filter(lambda text: text != "" and not re.search(r"\[[0-9]+\]", text)))
def test_every_text_is_shown_as_it_is(question: str, short: str, title: str, quote: str) -> None:
    shows_all(question, short, title, quote)


@pytest.mark.parametrize("around", ["{}", "a {}", "{} a", "a\n{}\nb", "a\n\n{}\n\nb", "a{}b", "1{}"])
def test_each_thing_that_could_act_does_not(around: str) -> None:
    for text in ACTIVE:
        shows_all(*[around.format(text)] * 3, around.format(re.sub(r"\[([0-9]+)\]", r"(\1)", text)))


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("At 3.5 % (or 4), e.g. in 1998/99: “well-known”.", "At 3.5 % (or 4), e&#46;g. in 1998/99: “well-known”."),
        ("www.evil.com", "www&#46;evil&#46;com"),
        ("https://evil.com", "https&#58;//evil&#46;com"),
        ("a@b", "a&#64;b"),
        ("a\u202eb", "a&#92;u202eb"),
        ("\x1b[2J", "&#92;u001b&#91;2J"),
    ],
)  # fmt: skip
def test_prose_stays_readable_and_addresses_stay_text(text: str, written: str) -> None:
    assert exports.markdown(answer(question=text)).split("\n")[0] == f"## {written}"
    assert html.unescape(written) == visible(text)


@pytest.mark.parametrize(
    ("source", "written"),
    [
        ("docs/well-known v1.2, (new) a.md", "`docs/well-known v1.2, (new) a.md`"),
        ("notes_of_may.txt", "`notes_of_may.txt`"),
        ("LICENSE", "LICENSE"),
        ("a`b.md", "a&#96;b&#46;md"),
        ("<b>.md", "&#60;b&#62;.md"),
        (" a.md", "a&#46;md"),
        ("a  b.md", "a b&#46;md"),
        ("a\u202eb.md", "a&#92;u202eb&#46;md"),
        ("a\n# b.md", "a &#35; b&#46;md"),
    ],
)
def test_plain_names_of_files_stay_readable(source: str, written: str) -> None:
    citation = replace(TOWER, sources=(source,)).cite(8, 36)
    assert f"]: The tower ({written}), line 3: " in exports.markdown(answer(citations=(citation,)))


def test_quotes_are_those_of_the_document() -> None:
    citation: Citation = answer().citations[0]
    assert TOWER.text[citation.start : citation.end] == citation.quote
