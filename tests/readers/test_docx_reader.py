"""Word documents written by another program, and the parts of the format that it cannot write, written by hand."""

from __future__ import annotations

import datetime
import io
import random
import zipfile
from itertools import count

import docx
import pytest
from docx.enum.text import WD_BREAK
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.errors import FileError
from qa.readers.docx import read_docx
from qa.readers.extract import Extract

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
SPACES = (
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    ' xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
    ' xmlns:v="urn:schemas-microsoft-com:vml"'
    ' xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"'
)


def saved(document: docx.document.Document) -> bytes:
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def by_hand(body: str, space: str = W, **parts: str) -> bytes:
    """A document of this body; `styles="<w:style .../>"` and the like are the insides of its other parts."""
    stream = io.BytesIO()
    roots = {"numbering": "numbering", "styles": "styles", "footnotes": "footnotes", "endnotes": "endnotes"}
    links = "".join(
        f'<Relationship Id="r{name}" Type="{OFFICE}/relationships/{name}" Target="{name}.xml"/>' for name in parts
    )
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        main = f'<Relationship Id="r" Type="{OFFICE}/relationships/officeDocument" Target="/word/document.xml"/>'
        archive.writestr("_rels/.rels", f"<Relationships>{main}</Relationships>")
        archive.writestr("word/_rels/document.xml.rels", f"<Relationships>{links}</Relationships>")
        document = f'<w:document xmlns:w="{space}"{SPACES}><w:body>{body}</w:body></w:document>'
        archive.writestr("word/document.xml", document)
        for name, inside in parts.items():
            archive.writestr(f"word/{name}.xml", f'<w:{roots[name]} xmlns:w="{space}">{inside}</w:{roots[name]}>')
    return stream.getvalue()


def p(*texts: str, properties: str = "") -> str:
    runs = "".join(text if text.startswith("<") else f"<w:r><w:t>{text}</w:t></w:r>" for text in texts)
    return f"<w:p><w:pPr>{properties}</w:pPr>{runs}</w:p>"


def read(data: bytes) -> Extract:
    return read_docx(data, "folder/plan.v2.docx")


def text(*body: str, **parts: str) -> str:
    return read(by_hand("".join(body), **parts)).text


def headings(extract: Extract) -> list[tuple[int, str]]:
    for heading in extract.headings:
        assert extract.text.startswith(heading.text, heading.start)
    return [(heading.level, heading.text) for heading in extract.headings]


def numbers(extract: Extract) -> list[tuple[str, int]]:
    """Each block with the number of the paragraph where it begins."""
    assert extract.places
    assert extract.places.unit == "paragraph"
    assert list(extract.places.starts) == sorted(set(extract.places.starts))
    found = []
    at = 0
    for block in extract.text.split("\n\n"):
        place = extract.places.at(at)
        assert place
        found.append((block, place.number))
        at += len(block) + 2
    return found


# --- a document of another program


def report() -> bytes:
    document = docx.Document()
    document.add_heading("Annual report", 0)
    document.add_heading("Scope", 1)
    paragraph = document.add_paragraph("It covers the year ")
    paragraph.add_run("2023").bold = True
    paragraph.add_run(" and\u00a0 its\tprojects.")
    document.add_paragraph("")
    document.add_heading("Money", 2)
    document.add_paragraph("Earned", style="List Number")
    document.add_paragraph("Spent", style="List Number")
    document.add_paragraph("on trains", style="List Bullet")
    table = document.add_table(3, 3)
    for row, texts in zip(table.rows, (("", "2022", "2023"), ("Costs", "", "7"), ("Gain", "1", "2")), strict=True):
        for cell, content in zip(row.cells, texts, strict=True):
            cell.text = content
    broken = document.add_paragraph("One line")
    broken.runs[0].add_break()
    broken.add_run("another")
    broken.add_run().add_break(WD_BREAK.PAGE)
    broken.add_run("after the page")
    document.sections[0].header.paragraphs[0].text = "Head of every page"
    document.sections[0].footer.paragraphs[0].text = "Foot of every page"
    return saved(document)


def test_a_document_of_another_program() -> None:
    extract = read(report())
    assert numbers(extract) == [
        ("Annual report", 1),
        ("Scope", 2),
        ("It covers the year 2023 and its projects.", 3),
        ("Money", 5),
        ("1. Earned", 6),
        ("2. Spent", 7),
        ("• on trains", 8),
        ("| 2022 | 2023", 10),
        ("Costs | | 7", 12),
        ("Gain | 1 | 2", 15),
        ("One line\nanother\nafter the page", 18),
    ]
    assert headings(extract) == [(1, "Annual report"), (1, "Scope"), (2, "Money")]
    assert (extract.title, extract.page_starts, extract.notes) == ("Annual report", (), ())


def test_each_cell_leads_to_its_own_paragraph() -> None:
    extract = read(report())
    assert extract.places
    for word, number in (("2023\n", 11), ("Costs", 12), ("7", 14), ("Gain", 15), ("1 |", 16), ("2\n\nOne", 17)):
        place = extract.places.at(extract.text.index(word))
        assert place
        assert place.number == number


blocks = st.lists(st.sampled_from(["text", "heading", "item", "empty", "table", "nested"]), max_size=12)


@given(blocks)
@settings(deadline=None, max_examples=15)
def test_every_word_is_read_once_in_order_and_leads_to_its_paragraph(kinds: list[str]) -> None:
    document = docx.Document()
    words = (f"w{number}w" for number in count())
    for kind in kinds:
        if kind == "heading":
            document.add_heading(next(words), 3)
        elif kind in ("table", "nested"):
            table = document.add_table(2, 2)
            for cell in table._cells[:3]:
                cell.text = next(words)
                cell.add_paragraph(next(words))
            if kind == "nested":
                inner = table.cell(0, 1).add_table(1, 2)
                for cell in inner._cells:
                    cell.text = next(words)
        else:
            style = "List Bullet" if kind == "item" else None
            document.add_paragraph("" if kind == "empty" else f"{next(words)} {next(words)}", style)
    known = [
        (word, number)
        for number, paragraph in enumerate(document.element.body.iter(qn("w:p")), 1)
        for word in "".join(node.text for node in paragraph.iter(qn("w:t"))).split()
    ]
    extract = read(saved(document))
    assert extract.text.replace("|", " ").replace("•", " ").split() == [word for word, _ in known]
    assert extract.places
    for word, number in known:
        place = extract.places.at(extract.text.index(word))
        assert place
        assert place.number == number


# --- what a document says of itself


def test_title_date_and_keywords() -> None:
    document = docx.Document()
    document.add_heading("Within", 1)
    own = document.core_properties
    own.title, own.keywords = "  The\ttitle ", "Budget; New York, budget"
    own.created, own.modified = datetime.datetime(2019, 1, 2), datetime.datetime(2024, 5, 6, 23, 59)
    extract = read(saved(document))
    assert (extract.title, extract.date, extract.tags) == (
        "The title",
        datetime.date(2024, 5, 6),
        ("budget", "new york"),
    )


def test_without_properties_the_first_heading_is_the_title_then_the_name() -> None:
    styles = '<w:style w:styleId="h"><w:name w:val="heading 1"/></w:style>'
    body = p("Text") + p("One", properties='<w:pStyle w:val="h"/>')
    extract = read(by_hand(body, styles=styles))
    assert (extract.title, extract.date, extract.tags) == ("One", None, ())
    assert read(by_hand(p("Text"))).title == "plan.v2"


def test_a_heading_of_a_lower_level_is_no_title() -> None:
    body = p("Below", properties='<w:outlineLvl w:val="1"/>') + p("Top", properties='<w:outlineLvl w:val="0"/>')
    assert read(by_hand(body)).title == "Top"


def test_an_endless_title_is_cut() -> None:
    styles = '<w:style w:styleId="h"><w:name w:val="Title"/></w:style>'
    extract = read(by_hand(p("word " * 1000, properties='<w:pStyle w:val="h"/>'), styles=styles))
    assert len(extract.title) == len(extract.headings[0].text) == 200
    assert len(extract.text) == 4999


# --- headings


STYLES = """
<w:style w:type="paragraph" w:default="1" w:styleId="Standard"><w:name w:val="Normal"/></w:style>
<w:style w:styleId="berschrift2"><w:name w:val="heading 2"/><w:pPr><w:outlineLvl w:val="1"/></w:pPr></w:style>
<w:style w:styleId="Heading4"><w:name w:val="Rubrique"/></w:style>
<w:style w:styleId="Kapitel"><w:name w:val="Kapitel"/><w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>
<w:style w:styleId="Sub"><w:name w:val="Own"/><w:basedOn w:val="berschrift2"/></w:style>
<w:style w:styleId="TOCHeading"><w:name w:val="TOC Heading"/><w:basedOn w:val="Kapitel"/>
  <w:pPr><w:outlineLvl w:val="9"/></w:pPr></w:style>
<w:style w:styleId="Round"><w:basedOn w:val="Trip"/></w:style>
<w:style w:styleId="Trip"><w:basedOn w:val="Round"/></w:style>
<w:style w:styleId="TOC1"><w:name w:val="toc 1"/></w:style>
<w:style w:type="character" w:styleId="Secret"><w:rPr><w:vanish/></w:rPr></w:style>
<w:style w:styleId="SecretP"><w:basedOn w:val="SecretBase"/></w:style>
<w:style w:styleId="SecretBase"><w:rPr><w:vanish w:val="true"/></w:rPr></w:style>
"""


@pytest.mark.parametrize(
    ("properties", "level"),
    [
        ("", 0),
        ('<w:pStyle w:val="Standard"/>', 0),
        ('<w:pStyle w:val="berschrift2"/>', 2),
        ('<w:pStyle w:val="Heading4"/>', 4),
        ('<w:pStyle w:val="Kapitel"/>', 1),
        ('<w:pStyle w:val="Sub"/>', 2),
        ('<w:pStyle w:val="TOCHeading"/>', 0),
        ('<w:pStyle w:val="Round"/>', 0),
        ('<w:pStyle w:val="Missing"/>', 0),
        ('<w:outlineLvl w:val="8"/>', 9),
        ('<w:pStyle w:val="Kapitel"/><w:outlineLvl w:val="9"/>', 0),
        ('<w:outlineLvl w:val="-3"/>', 0),
        ('<w:outlineLvl w:val="x"/>', 0),
    ],
)
def test_headings_by_name_by_id_by_outline_and_by_what_a_style_is_based_on(properties: str, level: int) -> None:
    extract = read(by_hand(p("Before") + p("Words", properties=properties), styles=STYLES))
    assert extract.text == "Before\n\nWords"
    assert headings(extract) == ([(level, "Words")] if level else [])


def test_what_names_no_style_has_the_default_one_of_paragraphs() -> None:
    def default(kind: str, level: int) -> str:
        outline = f'<w:pPr><w:outlineLvl w:val="{level - 1}"/></w:pPr>'
        return f'<w:style w:type="{kind}" w:default="1" w:styleId="{kind}"><w:name w:val="{kind}"/>{outline}</w:style>'

    styles = default("character", 2) + default("paragraph", 3) + default("table", 4)
    assert headings(read(by_hand(p("Words"), styles=styles))) == [(3, "Words")]


def test_the_table_of_contents_is_left_out_and_said_so() -> None:
    body = p("Scope 3", properties='<w:pStyle w:val="TOC1"/>') + p("Text")
    extract = read(by_hand(body, styles=STYLES))
    assert numbers(extract) == [("Text", 2)]
    assert extract.notes == ("The table of contents was left out: its words stand in the headings.",)


# --- lists


def lists(*levels: tuple[str, str], more: str = "", own: str = "") -> str:
    inside = "".join(
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{shown}"/></w:lvl>'
        for at, (form, shown) in enumerate(levels)
    )
    return (
        f'<w:abstractNum w:abstractNumId="0">{own}{inside}</w:abstractNum>{more}'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
        '<w:num w:numId="2"><w:abstractNumId w:val="0"/>'
        '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride></w:num>'
    )


def item(content: str, level: int = 0, number: int = 1) -> str:
    return p(content, properties=f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')


def test_numbers_count_restart_below_and_begin_anew_where_they_are_told_to() -> None:
    numbering = lists(("decimal", "%1."), ("decimal", "%1.%2"), ("lowerLetter", "(%3)"))
    items = (("a", 0, 1), ("b", 1, 1), ("c", 1, 1), ("d", 2, 1), ("e", 0, 1), ("f", 1, 1), ("g", 2, 1), ("h", 0, 2))
    body = "".join(item(*each) for each in items) + item("i", 0, 2) + item("j", 0, 0) + item("k", 0, 9) + item("l", 8)
    assert text(body, numbering=numbering).split("\n\n") == [
        *("1. a", "1.1 b", "1.2 c", "(a) d", "2. e", "2.1 f", "(a) g", "5. h", "6. i", "j", "k", "l")
    ]


def test_each_level_in_a_number_has_its_own_form() -> None:
    numbering = lists(("upperRoman", "%1."), ("lowerLetter", "%1.%2"), ("decimal", "%1.%2.%3"))
    body = item("a") + item("b", 1) + item("c", 2) + item("d", 0) + item("e", 2)
    assert text(body, numbering=numbering).split("\n\n") == ["I. a", "I.a b", "I.a.1 c", "II. d", "II.a.1 e"]


@pytest.mark.parametrize(
    ("form", "start", "label"),
    [
        ("decimal", "12", "12)"),
        ("decimalZero", "7", "07)"),
        ("lowerLetter", "26", "z)"),
        ("upperLetter", "27", "AA)"),
        ("lowerLetter", "9999999", "9999999)"),
        ("lowerRoman", "1994", "mcmxciv)"),
        ("upperRoman", "49", "XLIX)"),
        ("upperRoman", "4000", "4000)"),
        ("chineseCounting", "3", "3)"),
        ("none", "3", ")"),
        ("bullet", "1", "•"),
        ("decimal", "9" * 5000, "1)"),
    ],
)
def test_forms_of_numbers(form: str, start: str, label: str) -> None:
    numbering = lists((form, "%1)")).replace('<w:start w:val="1"/>', f'<w:start w:val="{start}"/>')
    assert text(item("Words"), numbering=numbering) == f"{label} Words"


def test_numbers_of_headings_come_from_their_styles() -> None:
    numbering = lists(("upperRoman", "Article %1:"), ("decimal", "%1.%2"))
    numbering = numbering.replace('<w:numFmt w:val="decimal"/>', '<w:numFmt w:val="decimal"/><w:isLgl/>')
    numbering = numbering.replace('<w:lvl w:ilvl="1">', '<w:lvl w:ilvl="1"><w:pStyle w:val="H2"/>')
    styles = "".join(
        f'<w:style w:styleId="H{level}"><w:name w:val="heading {level}"/>'
        '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        for level in (1, 2)
    )
    body = "".join(p(f"Head {level}", properties=f'<w:pStyle w:val="H{level}"/>') for level in (1, 2, 1, 2))
    extract = read(by_hand(body, numbering=numbering, styles=styles))
    assert headings(extract) == [
        (1, "Article I: Head 1"),
        (2, "1.1 Head 2"),
        (1, "Article II: Head 1"),
        (2, "2.1 Head 2"),
    ]


def test_a_list_that_is_kept_in_a_list_style() -> None:
    linked = '<w:abstractNum w:abstractNumId="7"><w:numStyleLink w:val="Steps"/></w:abstractNum>'
    numbering = lists(("decimal", "Step %1"), more=linked, own='<w:styleLink w:val="Steps"/>')
    numbering += '<w:num w:numId="3"><w:abstractNumId w:val="7"/></w:num>'
    assert text(item("go", 0, 3), numbering=numbering) == "Step 1 go"


def test_a_level_of_its_own() -> None:
    numbering = lists(("decimal", "%1."))
    override = '<w:lvlOverride w:ilvl="0"><w:lvl w:ilvl="0"><w:lvlText w:val="Nr %1"/></w:lvl></w:lvlOverride></w:num>'
    numbering = numbering.replace("</w:num>", override, 1)
    assert text(item("go"), numbering=numbering) == "Nr 1 go"


@pytest.mark.parametrize(
    ("own", "label"),
    [
        ("", "(a) "),
        ('<w:numId w:val="3"/>', "(i) "),
        ('<w:ilvl w:val="0"/>', "1. "),
        ('<w:ilvl w:val="0"/><w:numId w:val="3"/>', "I. "),
        ('<w:numId w:val="0"/>', ""),
    ],
)
def test_what_a_paragraph_says_of_its_list_comes_before_what_its_style_says(own: str, label: str) -> None:
    roman = lists(("upperRoman", "%1."), ("lowerRoman", "(%2)")).partition("<w:num ")[0].replace('Id="0"', 'Id="8"')
    numbering = roman + lists(("decimal", "%1."), ("lowerLetter", "(%2)"))
    numbering += '<w:num w:numId="3"><w:abstractNumId w:val="8"/></w:num>'
    of_style = '<w:numPr><w:ilvl w:val="1"/><w:numId w:val="1"/></w:numPr>'
    styles = f'<w:style w:styleId="L"><w:pPr>{of_style}</w:pPr></w:style>'
    body = p("go", properties=f'<w:pStyle w:val="L"/><w:numPr>{own}</w:numPr>')
    assert text(body, numbering=numbering, styles=styles) == f"{label}go"


def test_an_endless_label_is_cut() -> None:
    numbering = lists(("decimal", "x" * 100_000))
    assert text(item("a") * 3, numbering=numbering) == "\n\n".join(["x" * 60 + " a"] * 3)
    numbering = lists(("decimal", "%1" * 30)).replace('<w:start w:val="1"/>', '<w:start w:val="111111111111111"/>')
    assert text(item("a"), numbering=numbering) == "1" * 60 + " a"


# --- tables


def row(*cells: str) -> str:
    return "<w:tr>" + "".join(f"<w:tc>{cell}</w:tc>" for cell in cells) + "</w:tr>"


def test_a_cell_of_several_paragraphs_stays_in_its_row() -> None:
    body = f"<w:tbl>{row(p('Ann') + p('Lane 1', '<w:r><w:br/></w:r>', 'York'), p(''), p('7'))}</w:tbl>"
    assert text(body) == "Ann Lane 1 York | | 7"


def test_a_row_that_lays_out_a_page_is_read_paragraph_by_paragraph() -> None:
    long = "word " * 150
    body = f"<w:tbl>{row(p(long) + p('End.'), p(long))}{row(p('Alone') + p('here'), p(''))}</w:tbl>"
    assert text(body).split("\n\n") == [long.strip(), "End.", long.strip(), "Alone", "here"]


def test_a_table_in_a_table_keeps_its_rows() -> None:
    inner = f"<w:tbl>{row(p('a'), p('b'))}{row(p('c'), p('d'))}</w:tbl>"
    assert text(f"<w:tbl>{row(p('Left'), inner + p(''))}</w:tbl>", p("End")) == "Left\n\na | b\n\nc | d\n\nEnd"


def test_rows_and_cells_in_content_controls() -> None:
    cell = f"<w:sdt><w:sdtContent><w:tc>{p('b')}</w:tc></w:sdtContent></w:sdt>"
    line = f"<w:tr><w:tc>{p('a')}</w:tc>{cell}</w:tr>"
    assert text(f"<w:tbl><w:sdt><w:sdtContent>{line}</w:sdtContent></w:sdt></w:tbl>") == "a | b"


# --- notes, text boxes, revisions, hidden text


def reference(number: int, kind: str = "footnote") -> str:
    return f'<w:r><w:{kind}Reference w:id="{number}"/></w:r>'


NOTES = {
    "footnotes": '<w:footnote w:type="separator" w:id="0"><w:p/></w:footnote>'
    + f'<w:footnote w:id="2">{p("<w:r><w:footnoteRef/></w:r>", " Second.")}{p("Goes on.")}</w:footnote>'
    + f'<w:footnote w:id="3">{p("Never named.")}</w:footnote>',
    "endnotes": f'<w:endnote w:id="2">{p("At the end.")}</w:endnote>',
}


def test_notes_follow_their_paragraph_and_lead_to_it() -> None:
    body = (
        p("One.")
        + p("Two", reference(2), " words", reference(2, "endnote"), ".")
        + p("Three", reference(2), reference(8))
    )
    extract = read(by_hand(body, **NOTES))
    assert numbers(extract) == [
        ("One.", 1),
        ("Two words.", 2),
        ("Second.", 2),
        ("Goes on.", 2),
        ("At the end.", 2),
        ("Three", 3),
    ]


def test_notes_follow_their_row() -> None:
    body = f"<w:tbl>{row(p('a', reference(2)), p('b'))}{row(p('c'), p('d'))}</w:tbl>" + p("End")
    extract = read(by_hand(body, **NOTES))
    assert numbers(extract) == [("a | b", 1), ("Second.", 1), ("Goes on.", 1), ("c | d", 3), ("End", 5)]


def box(content: str) -> str:
    """A text box as Word writes it: in today's form, and again in the form of before."""
    inside = f"<w:txbxContent>{content}</w:txbxContent>"
    new = f"<w:drawing><wps:wsp><wps:txbx>{inside}</wps:txbx></wps:wsp></w:drawing>"
    old = f"<w:pict><v:shape><v:textbox>{inside}</v:textbox></v:shape></w:pict>"
    choice = f'<mc:Choice Requires="wps">{new}</mc:Choice>'
    return f"<w:r><mc:AlternateContent>{choice}<mc:Fallback>{old}</mc:Fallback></mc:AlternateContent></w:r>"


def test_text_boxes_follow_their_paragraph_once() -> None:
    inner = p("In the box", box(p("deeper"))) + f"<w:tbl>{row(p('a'), p('b'))}</w:tbl>"
    extract = read(by_hand(p("Before", box(inner), " and after.") + p("Next.")))
    assert numbers(extract) == [
        ("Before and after.", 1),
        ("In the box", 1),
        ("a | b", 1),
        ("deeper", 1),
        ("Next.", 2),
    ]


def test_revisions_are_read_as_accepted() -> None:
    gone, moved = "<w:del><w:r><w:delText>old</w:delText></w:r></w:del>", "<w:r><w:t>moved</w:t></w:r>"
    new = "<w:ins><w:r><w:t>new</w:t></w:r></w:ins>"
    body = [
        p("The ", gone, new, " word"),
        p(gone, properties="<w:rPr><w:del/></w:rPr>"),
        p(f"<w:moveFrom>{moved}</w:moveFrom>"),
        p(f"<w:moveTo>{moved}</w:moveTo>"),
    ]
    extract = read(by_hand("".join(body)))
    assert numbers(extract) == [("The new word", 1), ("moved", 4)]
    assert extract.notes == ("Changes are tracked: deleted parts were left out, 2 of them.",)


def test_a_deleted_item_is_not_counted_but_an_empty_one_is() -> None:
    gone = item("<w:del><w:r><w:delText>old</w:delText></w:r></w:del>")
    marked = gone.replace("</w:pPr>", "<w:rPr><w:del/></w:rPr></w:pPr>")
    numbering = lists(("decimal", "%1."))
    assert text(item("a") + marked + item("b") + gone + item("c"), numbering=numbering) == "1. a\n\n2. b\n\n4. c"


def test_hidden_text_is_left_out_and_counted() -> None:
    def run(properties: str, content: str) -> str:
        return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{content}</w:t></w:r>"

    body = [
        p("Seen ", run("<w:vanish/>", "not seen"), run('<w:vanish w:val="0"/>', "again")),
        p(run('<w:rStyle w:val="Secret"/>', "nor this"), "but that"),
        p("all hidden", run('<w:vanish w:val="false"/>', "but one"), properties='<w:pStyle w:val="SecretP"/>'),
        p("End", f"<w:r><w:rPr><w:vanish/></w:rPr>{box(p('hidden box'))}</w:r>"),
    ]
    extract = read(by_hand("".join(body), styles=STYLES))
    assert extract.text == "Seen again\n\nbut that\n\nbut one\n\nEnd"
    assert extract.notes == ("Words of hidden text, left out: 6.",)


def test_what_is_not_read_is_said() -> None:
    drawing = '<w:r><w:drawing><c:chart r:id="r1"/></w:drawing></w:r>'
    extract = read(by_hand(p("Text", drawing) + '<w:altChunk r:id="r2"/>' * 2))
    assert extract.notes == ("Charts and diagrams, not read: 1.", "Other files inserted in it, not read: 2.")
    mark = '<w:commentRangeStart w:id="0"/><w:r><w:t>late</w:t></w:r><w:r><w:commentReference w:id="0"/></w:r>'
    extract = read(by_hand(p("Too ", mark) + p("Text", mark.replace('"0"', '"1"'))))
    assert (extract.text, extract.notes) == ("Too late\n\nTextlate", ("Comments, not read: 2.",))


# --- the inside of a paragraph


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ('<w:hyperlink r:id="x"><w:r><w:t>link</w:t></w:r></w:hyperlink>', "link"),
        ("<w:r><w:t>co</w:t><w:softHyphen/><w:t>op\u00ad</w:t><w:noBreakHyphen/><w:t>s</w:t></w:r>", "coop-s"),
        ("<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:cr/><w:t>  c </w:t></w:r>", "a b\nc"),
        ("<w:r><w:t>a          b\u2003 \u00a0c</w:t></w:r>", "a b c"),
        ("<w:r><w:br/><w:br/><w:t>a</w:t><w:br/><w:t> </w:t><w:br/><w:t>b</w:t><w:br/></w:r>", "a\nb"),
        ('<w:fldSimple w:instr="REF x"><w:r><w:t>Table 1</w:t></w:r></w:fldSimple>', "Table 1"),
        ("<w:r><w:instrText>PAGEREF x</w:instrText></w:r><w:r><w:t>3</w:t></w:r>", "3"),
        ("<w:smartTag><w:r><w:t>York</w:t></w:r></w:smartTag>", "York"),
        ("<w:sdt><w:sdtContent><w:r><w:t>chosen</w:t></w:r></w:sdtContent></w:sdt>", "chosen"),
        ("<w:r><w:t>a</w:t></w:r><w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent><w:r><w:t>Click</w:t></w:r>"
         "</w:sdtContent></w:sdt>", "a"),
        ("<w:r><w:ruby><w:rt><w:r><w:t>とう</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>東</w:t></w:r></w:rubyBase>"
         "</w:ruby></w:r>", "東"),
        ('<w:r><w:sym w:font="Symbol" w:char="F0B3"/><w:t> 5 </w:t><w:sym w:font="Symbol" w:char="006D"/></w:r>',
         "≥ 5 μ"),
        ('<w:r><w:sym w:font="Wingdings" w:char="F0FE"/><w:t> yes</w:t><w:sym w:font="Webdings" w:char="zz"/></w:r>',
         "☑ yes"),
        ("<m:oMathPara><m:oMath><m:f><m:num><m:r><m:t>a+b</m:t></m:r></m:num><m:den><m:r><m:t>2</m:t></m:r></m:den></m:f>"
         "<m:sSup><m:e><m:r><m:t>x</m:t></m:r></m:e><m:sup><m:r><m:t>10</m:t></m:r></m:sup></m:sSup></m:oMath></m:oMathPara>",
         "(a+b)/2x^10"),
        ("<m:oMath><m:rad><m:deg><m:r><m:t>3</m:t></m:r></m:deg><m:e><m:d><m:dPr><m:endChr m:val=']'/></m:dPr>"
         "<m:e><m:r><m:t>x</m:t></m:r></m:e><m:e><m:r><m:t>y</m:t></m:r></m:e></m:d></m:e></m:rad></m:oMath>",
         "3√((x, y])"),
    ],
)  # fmt: skip
def test_the_inside_of_a_paragraph(inside: str, expected: str) -> None:
    assert text(p(inside)) == expected


def test_the_strict_form_of_the_standard() -> None:
    assert text(p("Words", properties='<w:pStyle w:val="Kapitel"/>'), space=STRICT, styles=STYLES) == "Words"
    assert headings(read(by_hand(p("Words", properties='<w:pStyle w:val="Kapitel"/>'), STRICT, styles=STYLES)))


def test_a_placeholder_counts_its_paragraphs_and_says_nothing() -> None:
    control = f"<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{p('Click here')}</w:sdtContent></w:sdt>"
    assert numbers(read(by_hand(p("One") + control + p("Three")))) == [("One", 1), ("Three", 3)]


# --- hostile and damaged files


def test_other_files_are_named() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("content.xml", "<a/>")
    with pytest.raises(FileError, match=r"it has no part '_rels/\.rels'"):
        read(stream.getvalue())
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("_rels/.rels", "<Relationships/>")
    with pytest.raises(FileError, match="not a Word document, whatever its name says, or it is damaged"):
        read(stream.getvalue())


def test_a_presentation_is_no_document() -> None:
    from pptx import Presentation

    stream = io.BytesIO()
    Presentation().save(stream)
    with pytest.raises(FileError, match="not a Word document, whatever its name says"):
        read(stream.getvalue())


@pytest.mark.parametrize("part", ["word/document.xml", "word/styles.xml", "docProps/core.xml", "_rels/.rels"])
def test_a_document_type_is_refused_in_every_part(part: str) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(report())) as before, zipfile.ZipFile(stream, "w") as after:
        for name in before.namelist():
            content = before.read(name)
            if name == part:
                content = b'<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + content.partition(b"?>")[2]
            after.writestr(name, content)
    with pytest.raises(FileError, match="document type"):
        read(stream.getvalue())


def test_nothing_outside_the_file_is_looked_for() -> None:
    link = f'<Relationship Id="x" Type="{OFFICE}/relationships/%s" Target="%s" TargetMode="External"/>'
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        main = f'<Relationship Id="r" Type="{OFFICE}/relationships/officeDocument" Target="a.xml"/>'
        far = link % ("officeDocument", "http://127.0.0.1:9/a.xml")
        archive.writestr("_rels/.rels", f"<Relationships>{far}{main}</Relationships>")
        far = link % ("styles", "file:///etc/passwd")
        archive.writestr("_rels/a.xml.rels", f"<Relationships>{far}</Relationships>")
        archive.writestr("a.xml", f'<w:document xmlns:w="{W}"><w:body>{p("Near")}</w:body></w:document>')
    assert read(stream.getvalue()).text == "Near"


def test_a_missing_part_is_named() -> None:
    with pytest.raises(FileError, match=r"has no part 'word/styles\.xml'"):
        read(by_hand(p("x"), styles="").replace(b"word/styles.xml", b"word/stylez.xml"))


def test_notes_that_are_named_a_million_times_are_read_once() -> None:
    body = p("x", *[reference(2)] * 1000) * 20
    assert text(body, **NOTES).count("Second.") == 1


@pytest.mark.parametrize("wrapped", ["<w:tbl><w:tr><w:tc>{}</w:tc></w:tr></w:tbl>", "<w:sdt>{}</w:sdt>"])
def test_deep_documents_are_read(wrapped: str) -> None:
    body = p("deep")
    for _ in range(190 // wrapped.count("</")):
        body = wrapped.format(body)
    assert text(body) == "deep"


def test_deep_formulas_and_runs_are_read() -> None:
    deep = "<m:d><m:e>" * 90 + "<m:r><m:t>x</m:t></m:r>" + "</m:e></m:d>" * 90
    assert text(p(f"<m:oMath>{deep}</m:oMath>")) == "(" * 90 + "x" + ")" * 90
    assert text(p("<w:smartTag>" * 190 + "<w:r><w:t>x</w:t></w:r>" + "</w:smartTag>" * 190)) == "x"


def test_damaged_files_are_refused_with_a_sentence() -> None:
    chance = random.Random(7)
    whole = report()
    sentences = []
    for _ in range(100):
        data = bytearray(whole)
        for _ in range(chance.choice([1, 3, 30])):
            data[chance.randrange(len(data))] = chance.randrange(256)
        try:
            extract = read(bytes(data[: chance.choice([len(data), chance.randrange(len(data))])]))
        except FileError as error:
            sentences.append(str(error))
        else:
            assert "\0" not in extract.text
    assert sentences
    assert all(sentence.endswith(".") for sentence in sentences)


def test_the_same_bytes_give_the_same_extract() -> None:
    assert read(report()[:]) == read(report())
