"""Web pages: the words that a browser shows, in its order, block by block, each on its line of the file."""

from __future__ import annotations

import codecs
import datetime
import random
import re
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment
from markdown_it import MarkdownIt

from qa.errors import FileError
from qa.passages import split
from qa.readers.extract import Extract
from qa.readers.html import read_html
from qa.types import Document


def page(html: str, name: str = "page.html") -> Extract:
    return read_html(html.encode(), name)


def blocks(html: str, name: str = "page.html") -> list[str]:
    text = page(html, name).text
    return text.split("\n\n") if text else []


def lines_of(extract: Extract) -> list[int]:
    """The line on which each block begins."""
    assert extract.places
    assert extract.places.unit == "line"
    starts = [0, *(found.end() for found in re.finditer("\n\n", extract.text))]
    return [place.number for start in starts if (place := extract.places.at(start))]


# --- blocks


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>one<p>two</p>three", ["one", "two", "three"]),
        ("<div>one<div>two</div>three</div>", ["one", "two", "three"]),
        ("<h2>Title</h2>text", ["Title", "text"]),
        ("one <b>bo</b>ld, <i>slanted</i><span> word</span>", ["one bold, slanted word"]),
        ("  one \n\t two&nbsp;&nbsp;three\n", ["one two three"]),
        ("one<!-- no -->two<br>three<br/>four", ["onetwo\nthree\nfour"]),
        ("one<br><br>two<br><br><br>three<br>", ["one", "two", "three"]),
        ("<blockquote><p>said</p></blockquote><address>here</address>", ["said", "here"]),
        ("<dl><dt>term<dd>meaning<dt>other<dd>sense</dl>", ["term", "meaning", "other", "sense"]),
        ("<figure><img alt='no' src=x><figcaption>caption</figcaption></figure>", ["caption"]),
        ("<details><summary>more</summary>hidden by nobody</details>", ["more", "hidden by nobody"]),
        ("<p>half<hr>other", ["half", "other"]),
        ("x<sup>2</sup> and H<sub>2</sub>O", ["x2 and H2O"]),
        ("<svg><title>no</title><text>in a</text><text>picture</text></svg>", ["in a", "picture"]),
        ("<p>it is <math><mi>x</mi><mo>=</mo><mn>1</mn><annotation>x=1</annotation></math>.", ["it is x=1."]),
        ("<label>Name <input value=no> of it</label>", ["Name of it"]),
        ("<button>Press</button> <output>7</output>", ["Press 7"]),
    ],
)
def test_blocks(html: str, expected: list[str]) -> None:
    assert blocks(html) == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<ul><li>one<li>two</ul>", ["• one", "• two"]),
        ("<ol><li>one</li><li>two</li></ol>", ["1. one", "2. two"]),
        ("<ol start=9><li>one<li value=3>two<li>three</ol>", ["9. one", "3. two", "4. three"]),
        ("<ol type=a start=26><li>one<li>two</ol>", ["z. one", "aa. two"]),
        ("<ol type=I start=1994><li>one</ol><ol type=i><li>two</ol>", ["MCMXCIV. one", "i. two"]),
        ("<ol reversed><li>one</ol>", ["• one"]),
        ("<ul><li>one<ol><li>in<li>deep</ol><li>two</ul>", ["• one", "1. in", "2. deep", "• two"]),
        ("<ul><li><p>one</p><p>more</p><li></li><li>two</ul>", ["• one", "more", "• two"]),
        ("<ul><li></ul><p>text", ["text"]),
        ("<ol><li><h3>Head</h3>text</ol>", ["Head", "text"]),
    ],
)
def test_list_items_have_their_bullet_or_number(html: str, expected: list[str]) -> None:
    assert blocks(html) == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<table><tr><th>A<th>B<tr><td>1<td>2</table>", ["A | B", "1 | 2"]),
        ("<table><caption>Of it<tr><td>1<td><td>3</table>end", ["Of it", "1 | 3", "end"]),
        ("<table><tbody><tr><td><p>one</p></td><td>two<br>lines</td></tr></table>", ["one | two lines"]),
        ("<table><tr><td>one</td><td><p>two</p><p>three</p></td></tr></table>", ["one", "two", "three"]),
        ("<table><tr><td><h2>Head</h2><td>side</table>", ["Head", "side"]),
        (
            "<table><tr><td>menu<td><table><tr><td>a<td>b<tr><td>c<td>d</table></table>",
            ["menu", "a | b", "c | d"],
        ),
        ("<table><tr><td>menu<td><table><tr><td>a<td>b</table></table>", ["menu", "a | b"]),
        ("<table><td>no<td>row</table>", ["no | row"]),
        ("<table><tr hidden><td>a<td>b<tr><td>c<td hidden>d<td>e</table>", ["c | e"]),
    ],
)
def test_a_row_is_one_block_unless_its_table_only_lays_out(html: str, expected: list[str]) -> None:
    assert blocks(html) == expected


def test_preformatted_lines_are_kept() -> None:
    assert page("<pre>\n\n  def f():\n\n\treturn 1  \n</pre>after").text == "  def f():\n\n\treturn 1\n\nafter"
    assert page("<pre>a &lt;b&gt;\n<b> c</b>\r\n  d</pre>").text == "a <b>\n c\n  d"


def test_headings_have_their_level_and_offset() -> None:
    extract = page("<h1>A\n <i>title</i></h1><p>text<h3>Third<br>level</h3>more<h6>Six</h6>")
    assert [(h.start, h.level, h.text) for h in extract.headings] == [
        (0, 1, "A title"),
        (15, 3, "Third level"),
        (34, 6, "Six"),
    ]
    assert extract.text == "A title\n\ntext\n\nThird\nlevel\n\nmore\n\nSix"


def test_passages_carry_the_headings_above_them() -> None:
    extract = page("<h1>Top</h1><h2>Oil</h2><p>It burned colza oil until the year 1894.</p>")
    document = Document("id", extract.title, ("a.html",), "0" * 64, extract.text)
    (passage,) = split(document, extract.headings)
    assert passage.headings == ("Top", "Oil")
    assert passage.text == extract.text


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("&lt;&amp;&gt; &eacute;&copy &#8211;&#x1F309;", "<&> é© –🌉"),
        ("&notit; &unknown; & &; AT&T", "¬it; &unknown; & &; AT&T"),
        ("soft&shy;hyphen zero\u200bwidth &zwnj;joi&zwj;ned\ufeff", "softhyphen zerowidth joined"),
        ("می‌خواهم 👩‍🚀", "می‌خواهم 👩‍🚀"),
        ("ten\u202fkilos 10&#8239;kg&ensp;wide", "ten kilos 10 kg\u2002wide"),
        ("&#0;&#xD800;&#x110000;&#99999999999999999999999;", "\ufffd" * 4),
        ("&#" + "0" * 5000 + "65;", "A"),
        ("&#" + "9" * 5000 + ";", "\ufffd"),
        ("a\x01b\x0bc", "ab c"),
        ("1 < 2 > 0 <3 </ <", "1 < 2 > 0 <3"),
    ],
)
def test_characters(written: str, shown: str) -> None:
    assert page(f"<p>{written}</p>").text.rstrip(" </") == shown.rstrip(" </")


# --- what is left out


@pytest.mark.parametrize(
    "html",
    [
        "<script>if (a<b) '<p>no</p>'</script>",
        "<script><!-- <script>no</script> no --></script>",
        "<SCRIPT>no</SCRIPT >",
        "<style>p::before{content:'no'}</style>",
        "<template><p>no</template>",
        "<!-- <p>no</p> -->",
        "<!--> -->"[:5],
        "<!doctype html [no]>",
        "<?php no ?>",
        "<textarea>no</textarea><select><option>no</select><input value=no>",
        "<iframe>no</iframe><noframes>no</noframes><noscript><img><p>no</noscript>",
        "<p hidden>no</p>",
        "<div style='color:red; DISPLAY : none'><p>no</p></div>",
        "<span style=visibility:hidden>no</span>",
        "<dialog>no</dialog><datalist><option>no</datalist>",
        "<video>no</video><audio>no</audio><canvas>no</canvas>",
    ],
)
def test_what_a_browser_does_not_show_is_left_out(html: str) -> None:
    assert blocks(f"<body>{html}<p>yes</p>") == ["yes"]


@pytest.mark.parametrize(
    "html",
    [
        "<p aria-hidden=true>yes</p>",
        "<p hidden=until-found>yes</p>",
        "<dialog open>yes</dialog>",
        "<p style='display:block' class=hidden data-hidden=1>yes</p>",
        "<body hidden>yes",
    ],
)
def test_what_can_be_shown_is_kept(html: str) -> None:
    assert blocks(f"{html}<p hidden>no") == ["yes"]


def test_hidden_words_do_not_break_the_sentence_around_them() -> None:
    extract = page("<div>one <span hidden>no <p>no</p><br>no</span> two</div>")
    assert extract.text == "one two"
    assert extract.notes == ("Text that the page does not show was left out.",)


SITE = """<body><header><h1>Site</h1></header><nav><a href=x>Home</a></nav>
<{content}><header>Head of it</header><p>Words.</p><aside>Beside</aside><footer>Foot of it</footer></{content}>
<aside>Ads</aside><div role=navigation>Next</div><footer>Imprint</footer>"""


@pytest.mark.parametrize("content", ["main", "article"])
def test_what_a_page_puts_around_its_content_is_left_out(content: str) -> None:
    extract = page(SITE.format(content=content))
    assert extract.text.split("\n\n") == ["Head of it", "Words.", "Beside", "Foot of it"]
    assert extract.notes == ("Left out, because the page marks it so: navigation, header or sidebar, footer.",)


def test_header_and_sidebar_stay_where_no_element_is_called_the_content() -> None:
    extract = page(SITE.format(content="div"))
    assert extract.text.split("\n\n") == ["Site", "Head of it", "Words.", "Beside", "Ads"]
    assert extract.notes == ("Left out, because the page marks it so: navigation, footer.",)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<div role=banner>b</div><main>x</main>", ["x"]),
        ("<div role=main>x</div><div role=complementary>y</div><div role=contentinfo>z</div>", ["x"]),
        ("<p>x</p><aside role=doc-footnote>note</aside><main>y</main>", ["x", "note", "y"]),
        ("<div class=nav id=footer>kept, as its name is only a name</div>", ["kept, as its name is only a name"]),
    ],
)
def test_roles_say_what_a_part_is(html: str, expected: list[str]) -> None:
    assert blocks(html) == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<nav>Home</nav><p> </p>", ["Home"]),
        ("<nav>Home</nav><footer>Foot</footer><p hidden>x", ["Foot"]),
        ("<div hidden>all</div><script>no</script>", ["all"]),
        ("<div id=root></div><noscript>Turn on scripts.</noscript>", ["Turn on scripts."]),
    ],
)
def test_where_nothing_would_be_left_the_next_best_is_taken(html: str, expected: list[str]) -> None:
    assert blocks(html) == expected


# --- broken markup, as browsers repair it


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>one</div>two</p>three", ["onetwo", "three"]),
        ("<b><p>one</b>two", ["onetwo"]),
        ("<div><b hidden>no</div>no</b>yes", ["yes"]),
        ("<a hidden>no<a>yes", ["yes"]),
        ("<span hidden>no<p>no</span>no", ["no", "nono"]),
        ("<a><span hidden>no</a>yes", ["yes"]),
        ("<table><tr><td><b hidden>no<td>yes</table>", ["yes"]),
        ("<table hidden>before<tr><td>no</table>", ["before"]),
        ("<p hidden>no<div>yes</div>", ["yes"]),
        ("<button><p hidden>no<button><p>yes", ["yes"]),
        ("<p>one</br>two</p>", ["one\ntwo"]),
        ("one</p>two", ["one", "two"]),
        ("<li>one<li>two", ["• one", "• two"]),
        ("<tr><td>no<td>table", ["notable"]),
        ("<table><tr><td>one</table></table></tr>two", ["one", "two"]),
        ("<h1>one<h2>two</h1>three", ["one", "two", "three"]),
        ("<p title='a>b' x=\"'>\" y=z'>one", ["one"]),
        ("<p/>one<br/>two<div/>three", ["one\ntwo", "three"]),
        ("<svg><p>one</svg>two", ["onetwo"]),
        ("<svg><style/><g>one</g></svg>", ["one"]),
        ("<svg><![CDATA[one <b> &amp;]]></svg><![CDATA[ no ]]>two", ["one <b> &amp;two"]),
        ("<p>one<!-- --!>two<!--->three<!-->four<!--!>no-->five", ["onetwothreefourfive"]),
        ("<xmp><b>one</b></xmp><plaintext><i>two", ["<b>one</b>", "<i>two"]),
        ("<title>no</title><p>one</title>", ["one"]),
        ("<!DOCTYPE html><html><head></head>text<body>more</body></html>after", ["textmoreafter"]),
        ("<select><option>no</select>one", ["one"]),
        ("<button>one<button>two", ["onetwo"]),
    ],
)
def test_broken_markup(html: str, expected: list[str]) -> None:
    assert blocks(html) == expected


@pytest.mark.parametrize(
    ("html", "expected", "line"),
    [
        ("<p>one</p>\n<a href='two\n<p>three", ["one"], 2),
        ("<p>one\n\n<!-- two\n<p>three", ["one"], 3),
        ("<p>one<script>\ntwo", ["one"], 1),
        ("<p>one</p\n", ["one"], 1),
    ],
)
def test_markup_that_never_ends_is_named(html: str, expected: list[str], line: int) -> None:
    extract = page(html)
    assert extract.text.split("\n\n") == expected
    assert extract.notes == (f"The markup that begins in line {line} never ends: what follows it could not be read.",)


@pytest.mark.parametrize(
    "tag", ["div", "span", "b", "ul><li", "table><tr><td", "blockquote", "svg><g", "x-y", "p><font"]
)
def test_nothing_is_lost_however_deep_it_lies(tag: str) -> None:
    extract = page(f"<{tag}>" * 5000 + "deep" + "</p>after")
    assert "deep" in extract.text
    assert extract.text.endswith("after")


# --- lines


def test_every_block_says_its_line() -> None:
    html = (
        "<!DOCTYPE html>\r\n<html>\r<body\nclass='a\nb'>\n<h1>Head</h1><p>one\ntwo <b\n>three</b>\n\n&#10;four</p>\n"
        "<!-- a\ncomment --><script>\n\n</script><ul>\n<li>five\n</ul><pre>\nsix\n\nseven</pre>\n"
        "<table>\n<tr>\n<td>eight\n<td>nine</table>"
    )
    extract = page(html)
    assert extract.text == "Head\n\none two three four\n\n• five\n\nsix\n\nseven\n\neight | nine"
    found = {word: extract.places.at(extract.text.index(word)) for word in re.findall(r"\w+", extract.text)}
    assert {word: place and place.number for word, place in found.items()} == {
        "Head": 6,
        "one": 6,
        "two": 7,
        "three": 8,
        "four": 10,
        "five": 15,
        "six": 17,
        "seven": 19,
        "eight": 22,
        "nine": 23,
    }
    between = extract.places.at(extract.text.index(" | ") + 2)
    assert between
    assert between.number == 22


TAGS = "p div h2 li td blockquote pre section dd table tr b i span code svg option select button".split()
SOUP = st.lists(
    st.one_of(
        st.just("WORD"),
        st.sampled_from(
            [" ", "\n", "\r\n", "\r", "&nbsp;", "<br>", "<!--\n-->", "&amp;", "&#10;", "<script>\n</script>"]
        ),
        st.sampled_from(TAGS).map(lambda name: f"<{name}\n>"),
        st.sampled_from(TAGS).map(lambda name: f"</{name}>"),
    ),
    max_size=40,
)


@given(SOUP)
def test_each_word_is_kept_once_and_has_its_line(parts: list[str]) -> None:
    html = "".join(f" word{at}x " if part == "WORD" else part for at, part in enumerate(parts))
    extract = page(html)
    source = html.replace("\r\n", "\n").replace("\r", "\n")
    words = re.findall(r"word\d+x", extract.text)
    assert len(words) == len(set(words))
    if "<select\n>" not in parts:
        assert words == re.findall(r"word\d+x", source)
    for word in words:
        assert extract.places
        place = extract.places.at(extract.text.index(word))
        assert place
        assert place.number == source.count("\n", 0, source.index(word)) + 1


# --- known sources


def test_words_of_a_template_come_in_their_order() -> None:
    chance = random.Random(7)
    words = [f"w{number}" for number in range(3000)]
    left = iter(words)

    def take(most: int) -> list[str]:
        return [word for _, word in zip(range(chance.randint(1, most)), left, strict=False)]

    parts = [(chance.choice(["p", "ul", "table", "h2", "pre"]), [take(9) for _ in range(3)]) for _ in range(400)]
    template = Environment(autoescape=True).from_string(
        """<!DOCTYPE html><title>T</title><body><nav>Home</nav>
{%- for kind, rows in parts %}
{%- if kind == "ul" %}<ul>{% for row in rows %}
  <li>{{ row | join(" ") }}</li>{% endfor %}</ul>
{%- elif kind == "table" %}<table>{% for row in rows %}
  <tr>{% for word in row %}<td><em>{{ word }}</em>{% endfor %}{% endfor %}</table>
{%- else %}
<{{ kind }} class="{{ kind }}">{% for row in rows %}{{ row | join("\n ") }} <a href="?a=1&b=2">{% endfor %}</{{ kind }}>
{%- endif %}{% endfor %}"""
    )
    html = template.render(parts=parts)
    extract = page(html)
    assert re.findall(r"w\d+", extract.text) == re.findall(r"w\d+", html)
    assert len(re.findall(r"w\d+", extract.text)) > 2900
    assert lines_of(extract) == sorted(lines_of(extract))
    lines = {word: number for number, line in enumerate(html.split("\n"), 1) for word in re.findall(r"w\d+", line)}
    assert extract.places
    for found in re.finditer(r"w\d+", extract.text):
        place = extract.places.at(found.start())
        assert place
        assert place.number == lines[found[0]]


def test_a_page_made_from_markdown_reads_like_its_source() -> None:
    source = """# The lamp

Its *lamp* burned `colza` oil until 1894,
and [paraffin](https://example.org) since.

- one
- two
  with more

3. three

| year | oil |
|------|-----|
| 1871 | colza |

> said she

```
if a < b:
    go()
```
"""
    extract = page(MarkdownIt("commonmark").enable("table").render(source))
    assert extract.text.split("\n\n") == [
        "The lamp",
        "Its lamp burned colza oil until 1894, and paraffin since.",
        "• one",
        "• two with more",
        "3. three",
        "year | oil",
        "1871 | colza",
        "said she",
        "if a < b:\n    go()",
    ]


# --- what a page says of itself


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("<title>The &lt;lamp&gt;\n &amp; more</title><h1>Head</h1>", "The <lamp> & more"),
        ("<title> </title><meta property=og:title content=Shared><h2>x</h2><h1>Head</h1>", "Head"),
        ("<meta property=og:title content='Shared one'><h2>Second</h2>", "Shared one"),
        ("<svg><title>Icon</title></svg><title>Page</title>", "Page"),
        ("<p>Nothing", "my.page"),
        (f"<title>{'word ' * 100}</title>", ("word " * 40)[:199] + "…"),
    ],
)
def test_the_title(head: str, title: str) -> None:
    assert page(f"{head}<p>x", "notes/my.page.html").title == title


@pytest.mark.parametrize(
    ("head", "date"),
    [
        ("<meta property='article:published_time' content='2024-05-06T23:30:00-08:00'>", (2024, 5, 6)),
        ("<meta name=DC.Date content=2020-01-02>", (2020, 1, 2)),
        ("<meta name=date content='May 2020'><time pubdate datetime='2021-02-03'>then</time>", (2021, 2, 3)),
        ("<meta name=date content=2020-02-31><meta itemprop=datePublished content=2020-02-28>", (2020, 2, 28)),
        ("<time datetime='2021-02-03'>some day</time>", None),
        ("<meta name=date content=2020-01-011>", None),
    ],
)
def test_the_date(head: str, date: tuple[int, int, int] | None) -> None:
    assert page(f"{head}<p>x").date == (date and datetime.date(*date))


def test_keywords_are_tags() -> None:
    extract = page(
        "<meta name=Keywords content='Oil, New  York;lamp,oil'><meta property=article:tag content='A, b'><p>x"
    )
    assert extract.tags == ("oil", "new york", "lamp", "a, b")


# --- encodings


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (codecs.BOM_UTF8 + "<p>Grüße 東京".encode(), "Grüße 東京"),
        (codecs.BOM_UTF16_LE + "<p>Grüße 東京".encode("utf-16-le"), "Grüße 東京"),
        (codecs.BOM_UTF16_BE + "<meta charset=latin1><p>Grüße".encode("utf-16-be"), "Grüße"),
        ("<p>Grüße 東京".encode(), "Grüße 東京"),
        ("<meta charset=iso-8859-1><p>“Grüße” €".encode("cp1252"), "“Grüße” €"),
        ("<META HTTP-EQUIV=x CONTENT='text/html; charset=Windows-1251'><p>Привет".encode("cp1251"), "Привет"),
        ("<?xml version='1.0' encoding='koi8-r'?><p>Привет".encode("koi8-r"), "Привет"),
        ("<meta charset='Shift_JIS'><p>東京①".encode("cp932"), "東京①"),
        ("<meta charset=gb2312><p>東京镕".encode("gb18030"), "東京镕"),
        ("<meta charset=iso-8859-9><p>ığ”".encode("cp1254"), "ığ”"),
        ("<meta charset=utf-16><p>Grüße".encode(), "Grüße"),
        ("<!-- <meta charset=koi8-r> --><p>Grüße".encode(), "Grüße"),
        ("<meta charset=x-sjis><p>東京".encode("cp932"), "東京"),
        (b"<meta charset=utf-7><p>+ADw-b+AD4-", "+ADw-b+AD4-"),
    ],
)
def test_a_page_is_decoded_as_it_says(data: bytes, text: str) -> None:
    extract = read_html(data, "a.html")
    assert (extract.text, extract.notes) == (text, ())


@pytest.mark.parametrize(
    ("data", "text", "note"),
    [
        ("<p>“Grüße”".encode("cp1252"), "“Grüße”", "It does not say how it is written: it was read as windows-1252."),
        (
            "<meta charset=utf-8><p>Grüße".encode("cp1252"),
            "Grüße",
            "It says that it is written in utf-8, but is not: it was read as windows-1252.",
        ),
        ("<meta charset=latin1><p>Grüße".encode(), "Grüße", "It says that it is written in cp1252, but it is UTF-8."),
        (
            "<meta charset=euc-jp><p>Grüße 東京".encode(),
            "Grüße 東京",
            "It says that it is written in euc_jp, but is not: it was read as UTF-8.",
        ),
        (
            "<p>Grüße aus Köln, schöne\xff".encode().replace("\xff".encode(), b"\xff"),
            "Grüße aus Köln, schöne\ufffd",
            "What is not valid utf-8 in it shows as \ufffd, in 1 places.",
        ),
    ],
)
def test_what_is_guessed_is_said(data: bytes, text: str, note: str) -> None:
    extract = read_html(data, "a.html")
    assert (extract.text, extract.notes) == (text, (note,))


@pytest.mark.parametrize(
    "data",
    [
        "<h1>東京の橋です".encode("utf-16-le"),
        bytes(range(256)) * 4,
        random.Random(1).randbytes(5000),
    ],
)
def test_binary_files_are_refused(data: bytes) -> None:
    with pytest.raises(FileError, match="binary file"):
        read_html(data, "a.html")


def test_stray_control_characters_are_no_reason_to_refuse() -> None:
    assert page("<p>" + "word " * 200 + "wi\0th\x02in").text.endswith("within")


# --- XHTML


def test_in_xhtml_tags_close_themselves() -> None:
    html = (
        "<html xmlns='x'><head><title/><script src='a.js'/><style/></head>"
        "<body><p>one<a id='x'/><span hidden=''/> two<br></br>three</p><div/>"
        "<p><![CDATA[<b> & four]]></p></body></html>"
    )
    for data, name in ((html, "a.xhtml"), (f"<?xml version='1.0'?>\n{html}", "a.html")):
        assert page(data, name).text == "one two\nthree\n\n<b> & four"
    assert page(html).text == ""  # in HTML, the title goes on to its end tag


# --- any bytes, any size


@given(st.binary(max_size=200), st.sampled_from(["a.html", "a.xhtml"]))
def test_any_bytes_give_an_extract_or_a_sentence(data: bytes, name: str) -> None:
    try:
        extract = read_html(data, name)
    except FileError:
        return
    assert not set("\0\r") & set(extract.text)
    assert extract == read_html(data, name)


PIECES = """
< > / ! - [ ] & ; # x 6 a p b td table svg script title hidden = ' " word <!-- --> ]]> <![CDATA[ </
""".split()


@given(st.lists(st.sampled_from([*PIECES, " ", "\n"]), max_size=60).map("".join))
def test_any_markup_gives_blocks_in_order(html: str) -> None:
    extract = page(html)
    starts = [heading.start for heading in extract.headings]
    assert starts == sorted(set(starts))
    assert extract.places
    assert list(extract.places.starts) == sorted(set(extract.places.starts))
    assert all(0 < number <= html.count("\n") + 1 for number in extract.places.numbers)
    assert all(block.strip() for block in (extract.text.split("\n\n") if extract.text else []))


def seconds(html: str) -> float:
    data = html.encode()
    begun = time.process_time()
    read_html(data, "a.html")
    return time.process_time() - begun


@pytest.mark.parametrize(
    "make",
    [
        lambda n: "<p>some words of <b>plain</b> text\n" * n,
        lambda n: "<p>" + "some words\n" * (10 * n),
        lambda n: "<div>" * n + "</x>" * n,
        lambda n: "".join(f"<font size={number}><p>a" for number in range(n)),
        lambda n: "<table><tr><td>a<td>" * (n // 2),
        lambda n: "<!-- a " * (200 * n),
        lambda n: "<a b='" * (100 * n),
        lambda n: "<a b=\"x' c" * (100 * n),
        lambda n: "<" * (20 * n) + "&" * (20 * n) + "&#" * (20 * n),
        lambda n: "<b hidden>" + "<b>" * n + "</b>" * n,
        lambda n: "<script><!--" + "<script>" * (50 * n),
    ],
)
def test_time_grows_with_the_size(make: Callable[[int], str]) -> None:
    # Twice the size takes twice the time; what grows with its square takes four times as long, every time.
    small, large = make(2000), make(4000)
    assert any(seconds(large) < 3 * seconds(small) + 0.01 for _ in range(5))
