"""Presentations written by another program: every shape once, in reading order, on the slide where it stands."""

from __future__ import annotations

import datetime
import io
import random
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.opc.package import Part
from pptx.opc.packuri import PackURI
from pptx.presentation import Presentation as Deck
from pptx.shapes.autoshape import Shape
from pptx.slide import Slide
from pptx.util import Cm

from qa.errors import FileError
from qa.readers.extract import Extract
from qa.readers.office.shapes import Spot, inherited_spot
from qa.readers.pptx import read_pptx

DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
TITLE, CONTENT, TWO, ONLY_TITLE, BLANK = 0, 1, 3, 5, 6
"""Layouts of the template."""


def saved(deck: Deck) -> bytes:
    stream = io.BytesIO()
    deck.save(stream)
    return stream.getvalue()


def read(deck: Deck | bytes) -> Extract:
    return read_pptx(deck if isinstance(deck, bytes) else saved(deck), "folder/talk.v2.pptx")


def slide_of(deck: Deck, layout: int, *texts: str) -> Slide:
    slide = deck.slides.add_slide(deck.slide_layouts[layout])
    for shape, text in zip(slide.placeholders, texts, strict=False):
        shape.text_frame.text = text
    return slide


def box(slide: Slide, left: float, top: float, text: str, width: float = 4, height: float = 2) -> Shape:
    shape = slide.shapes.add_textbox(Cm(left), Cm(top), Cm(width), Cm(height))
    shape.text_frame.text = text
    return shape


def slides(extract: Extract) -> list[str]:
    """The text of each slide, by where slides begin."""
    ends = (*extract.page_starts[1:], len(extract.text))
    return [extract.text[start:end].strip() for start, end in zip(extract.page_starts, ends, strict=True)]


def only(build: Callable[[Slide], object], layout: int = BLANK) -> list[str]:
    """The blocks of a presentation of one slide."""
    deck = Presentation()
    build(slide_of(deck, layout))
    return read(deck).text.split("\n\n")


# --- slides


def talk() -> Deck:
    deck = Presentation()
    slide_of(deck, TITLE, "Annual\vtalk", "Ann Writer")
    slide_of(deck, BLANK)
    first = slide_of(deck, CONTENT, "Goals", "Save money\nSpend less")
    first.notes_slide.notes_text_frame.text = "Smile here.\nThen go on."
    hidden = slide_of(deck, ONLY_TITLE, "Spare")
    hidden._element.set("show", "0")
    table = hidden.shapes.add_table(3, 3, Cm(2), Cm(8), Cm(20), Cm(5)).table
    for row, texts in zip(table.rows, (("", "2022", "2023"), ("Costs", "", "7"), ("Gain", "1", "")), strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    slide_of(deck, BLANK)
    return deck


def test_slides_begin_where_they_are_said_to() -> None:
    extract = read(talk())
    assert slides(extract) == [
        "Annual talk\n\nAnn Writer",
        "",
        "Goals\n\nSave money\n\nSpend less\n\nNotes:\n\nSmile here.\n\nThen go on.",
        "Spare\n\n| 2022 | 2023\n\nCosts | | 7\n\nGain | 1",
        "",
    ]
    assert extract.blank_pages == (2, 5)
    assert extract.notes == ("Hidden slides, read too: 4.", "Slides without text: 2, 5.")
    headings = [(heading.level, heading.text, extract.text[heading.start :][:5]) for heading in extract.headings]
    assert headings == [(1, "Annual talk", "Annua"), (1, "Goals", "Goals"), (1, "Spare", "Spare")]


def test_each_word_leads_to_its_slide() -> None:
    extract = read(talk())
    assert extract.places
    assert (extract.places.unit, extract.places.numbers) == ("slide", (1, 3, 4))
    for word, number in (("Annual", 1), ("Writer", 1), ("Goals", 3), ("go on", 3), ("Spare", 4), ("Gain", 4)):
        place = extract.places.at(extract.text.index(word))
        assert place
        assert place.number == number


@given(st.lists(st.integers(0, 3), max_size=8))
@settings(deadline=None, max_examples=15)
def test_every_slide_has_its_own_place(sizes: list[int]) -> None:
    deck = Presentation()
    for number, size in enumerate(sizes, 1):
        slide = slide_of(deck, BLANK)
        for at in range(size):
            box(slide, 1, 1 + 3 * at, f"slide {number} box {at}")
    extract = read(deck)
    assert len(extract.page_starts) == len(sizes)
    assert list(extract.page_starts) == sorted(extract.page_starts)
    assert extract.blank_pages == tuple(number for number, size in enumerate(sizes, 1) if not size)
    for number, size in enumerate(sizes, 1):
        wanted = "\n\n".join(f"slide {number} box {at}" for at in range(size))
        assert extract.text[extract.page_starts[number - 1] :].startswith(wanted)
        place = extract.places.at(extract.page_starts[number - 1]) if extract.places and size else None
        assert place is None or place.number == number


def test_the_order_of_slides_is_that_of_the_presentation() -> None:
    deck = talk()
    ids = deck.slides._sldIdLst
    ids.insert(0, ids[3])
    assert [text.partition("\n")[0] for text in slides(read(deck))] == ["Spare", "Annual talk", "", "Goals", ""]


# --- what a presentation says of itself


def test_title_date_and_keywords() -> None:
    deck = talk()
    own = deck.core_properties
    own.title, own.keywords = "The title", "Budget, Plans"
    own.modified = datetime.datetime(2024, 5, 6)
    extract = read(deck)
    assert (extract.title, extract.date, extract.tags) == ("The title", datetime.date(2024, 5, 6), ("budget", "plans"))


@pytest.mark.parametrize("title", ["PowerPoint Presentation", "PowerPoint-Präsentation", "", "Présentation PowerPoint"])
def test_the_title_that_the_program_makes_up_is_none(title: str) -> None:
    deck = talk()
    deck.core_properties.title = title
    assert read(deck).title == "Annual talk"
    blank = Presentation()
    box(slide_of(blank, BLANK), 1, 1, "Words")
    blank.core_properties.title = title
    assert read(blank).title == "talk.v2"


def test_a_title_about_the_program_is_one() -> None:
    deck = talk()
    deck.core_properties.title = "How to use PowerPoint well"
    assert read(deck).title == "How to use PowerPoint well"


# --- reading order


@given(st.permutations([(left, top) for top in range(3) for left in range(3)]), st.integers(0, 8))
@settings(deadline=None, max_examples=10)
def test_shapes_are_read_from_the_top_and_from_the_left(drawn: list[tuple[int, int]], jitter: int) -> None:
    def build(slide: Slide) -> None:
        for at, (left, top) in enumerate(drawn):
            box(slide, 1 + 5 * left, 1 + 5 * top + 0.1 * ((at * jitter) % 7), f"{top}{left}")

    assert only(build) == [f"{top}{left}" for top in range(3) for left in range(3)]


def test_the_title_is_read_first_wherever_it_stands() -> None:
    def build(slide: Slide) -> None:
        box(slide, 1, 0, "Above")
        assert slide.shapes.title
        slide.shapes.title.top, slide.shapes.title.left = Cm(15), Cm(1)
        slide.shapes.title.width, slide.shapes.title.height = Cm(10), Cm(2)
        slide.shapes.title.text_frame.text = "Title"

    assert only(build, ONLY_TITLE) == ["Title", "Above"]


def test_placeholders_stand_where_their_layout_puts_them() -> None:
    # The template's two contents stand side by side from 4.4 cm; the second is written first.
    def build(slide: Slide) -> None:
        tree = slide.shapes._spTree
        tree.insert(2, tree[-1])
        box(slide, 1, 1, "above")
        box(slide, 1, 17, "below")
        slide.placeholders[2].text_frame.text = "right"
        slide.placeholders[1].text_frame.text = "left"

    assert only(build, TWO) == ["above", "left", "right", "below"]


def test_the_master_says_where_a_layout_says_nothing() -> None:
    deck = Presentation()
    layout = deck.slide_layouts[CONTENT]
    slide = slide_of(deck, CONTENT, "Title", "body")
    for placeholder in layout.placeholders:
        properties = placeholder._element.spPr
        for frame in properties.findall(f"{{{DRAWING}/main}}xfrm"):
            properties.remove(frame)
    box(slide, 1, 18, "below")
    box(slide, 1, 4, "above")
    assert read(deck).text.split("\n\n") == ["Title", "above", "body", "below"]


def test_a_number_says_more_than_a_kind_but_0_is_no_number() -> None:
    numbered, kind, master = Spot(1, 1, 1), Spot(2, 2, 2), Spot(3, 3, 3)
    layout = {("", "4"): numbered, ("pic", ""): kind, ("", "0"): numbered}
    assert inherited_spot(("pic", "4"), layout, {}) == numbered
    assert inherited_spot(("pic", "0"), layout, {}) == kind
    assert inherited_spot(("ctrTitle", "0"), layout, {("title", ""): master}) == master
    assert inherited_spot(("ftr", "9"), layout, {}) == Spot()


def test_a_group_is_read_together() -> None:
    def build(slide: Slide) -> None:
        group = slide.shapes.add_group_shape()
        for top, text in ((6, "second"), (1, "first"), (12, "third")):
            group.shapes.add_textbox(Cm(1), Cm(top), Cm(4), Cm(2)).text_frame.text = text
        box(slide, 8, 5, "beside")
        box(slide, 1, 0, "above", height=0.5)

    assert only(build) == ["above", "first", "second", "third", "beside"]


# --- shapes


def test_each_paragraph_is_a_block_and_a_break_a_line() -> None:
    assert only(lambda slide: box(slide, 1, 1, "one\vtwo\n\n  three\u00a0 four \n")) == ["one\ntwo", "three four"]


def test_footers_numbers_and_dates_are_left_out() -> None:
    def build(slide: Slide) -> None:
        shape = box(slide, 1, 1, "Page ")
        field = etree.SubElement(shape.text_frame.paragraphs[0]._p, f"{{{DRAWING}/main}}fld", type="slidenum")
        etree.SubElement(field, f"{{{DRAWING}/main}}t").text = "7"
        for at, kind in enumerate(("ftr", "dt", "sldNum", "hdr")):
            own = box(slide, 1, 4, kind)._element.nvSpPr.nvPr
            etree.SubElement(own, own.tag.replace("nvPr", "ph"), type=kind, idx=str(20 + at))

    assert only(build) == ["Page"]


def test_hidden_shapes_are_left_out_and_said_so() -> None:
    deck = Presentation()
    slide = slide_of(deck, BLANK)
    box(slide, 1, 1, "seen")
    box(slide, 1, 5, "hidden")._element.nvSpPr.cNvPr.set("hidden", "1")
    extract = read(deck)
    assert (extract.text, extract.notes) == ("seen", ("Hidden shapes, left out: 1.",))


def test_a_chart_is_said_not_to_be_read() -> None:
    data = CategoryChartData()
    data.categories = ["Q1", "Q2"]
    data.add_series("Sales", (1, 2))
    deck = Presentation()
    slide = slide_of(deck, BLANK)
    box(slide, 1, 1, "Sales grew.")
    slide.shapes.add_chart(XL_CHART_TYPE.PIE, Cm(1), Cm(5), Cm(10), Cm(8), data)
    extract = read(deck)
    assert (extract.text, extract.notes) == ("Sales grew.", ("Charts, not read: 1.",))


def test_comments_are_said_not_to_be_read() -> None:
    deck = Presentation()
    for number in range(2):
        slide = slide_of(deck, BLANK)
        box(slide, 1, 1, "Sales grew.")
        name = PackURI(f"/ppt/comments/comment{number}.xml")
        part = Part(name, "application/xml", slide.part.package, b"<cmLst/>")
        slide.part.relate_to(part, "http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments")
    extract = read(deck)
    assert (extract.text, extract.notes) == (
        "Sales grew.\n\nSales grew.",
        ("Slides with comments, which are not read: 2.",),
    )


def test_merged_cells_keep_their_columns() -> None:
    def build(slide: Slide) -> None:
        table = slide.shapes.add_table(2, 3, Cm(1), Cm(1), Cm(9), Cm(3)).table
        table.cell(0, 0).merge(table.cell(0, 1))
        for row, column, text in ((0, 0, "wide"), (0, 2, "c"), (1, 0, "d\ne"), (1, 1, "f")):
            table.cell(row, column).text = text

    assert only(build) == ["wide | | c", "d e | f"]


MODEL = f"""<dgm:dataModel xmlns:dgm="{DRAWING}/diagram" xmlns:a="{DRAWING}/main"><dgm:ptLst>
  <dgm:pt modelId="0" type="doc"/>
  <dgm:pt modelId="4"><dgm:t><a:p><a:r><a:t>Fourth</a:t></a:r></a:p></dgm:t></dgm:pt>
  <dgm:pt modelId="3"><dgm:t><a:p><a:r><a:t>Third</a:t></a:r></a:p></dgm:t></dgm:pt>
  <dgm:pt modelId="1"><dgm:t><a:p><a:r><a:t>First</a:t></a:r></a:p></dgm:t></dgm:pt>
  <dgm:pt modelId="2"><dgm:t><a:p><a:r><a:t>below it</a:t></a:r></a:p></dgm:t></dgm:pt>
  <dgm:pt modelId="9" type="pres"><dgm:t><a:p><a:r><a:t>drawn</a:t></a:r></a:p></dgm:t></dgm:pt>
</dgm:ptLst><dgm:cxnLst>
  <dgm:cxn srcId="0" destId="1" srcOrd="0"/><dgm:cxn srcId="0" destId="4" srcOrd="2"/>
  <dgm:cxn srcId="0" destId="3" srcOrd="1"/>
  <dgm:cxn srcId="1" destId="2" srcOrd="0"/><dgm:cxn srcId="2" destId="1" srcOrd="0"/>
  <dgm:cxn type="presOf" srcId="1" destId="9" srcOrd="0"/>
</dgm:cxnLst></dgm:dataModel>""".encode()


def test_a_diagram_is_read_from_its_own_part_in_its_own_order() -> None:
    def build(slide: Slide) -> None:
        frame = slide.shapes.add_table(1, 1, Cm(1), Cm(1), Cm(4), Cm(4))._element
        model = Part(PackURI("/ppt/diagrams/data1.xml"), "application/xml", slide.part.package, MODEL)
        relation = slide.part.relate_to(model, "http://schemas.openxmlformats.org/x/relationships/diagramData")
        data = frame.find(f".//{{{DRAWING}/main}}graphicData")
        data.remove(data[0])
        space = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        etree.SubElement(data, f"{{{DRAWING}/diagram}}relIds", {f"{{{space}}}dm": relation})

    assert only(build) == ["First", "below it", "Third", "Fourth"]


def test_a_formula_is_read_in_its_newest_form() -> None:
    def build(slide: Slide) -> None:
        paragraph = box(slide, 1, 1, "So ").text_frame.paragraphs[0]._p
        paragraph.append(
            etree.fromstring(
                '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
                f' xmlns:a="{DRAWING}/main" xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math">'
                '<mc:Choice Requires="a14"><m:m><m:oMath><m:sSup><m:e><m:r><m:t>x</m:t></m:r></m:e>'
                "<m:sup><m:r><m:t>2</m:t></m:r></m:sup></m:sSup></m:oMath></m:m></mc:Choice>"
                "<mc:Fallback><a:r><a:t>picture</a:t></a:r></mc:Fallback></mc:AlternateContent>"
            )
        )

    assert only(build) == ["So x^2"]


# --- hostile and damaged files


def changed(data: bytes, part: str, before: bytes, after: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            assert name != part or before in content
            new.writestr(name, content.replace(before, after) if name == part else content)
    return stream.getvalue()


def test_a_document_is_no_presentation() -> None:
    import docx

    stream = io.BytesIO()
    docx.Document().save(stream)
    with pytest.raises(FileError, match="not a PowerPoint presentation, whatever its name says"):
        read(stream.getvalue())


def test_a_missing_slide_is_named() -> None:
    data = changed(saved(talk()), "ppt/_rels/presentation.xml.rels", b"slides/slide3.xml", b"slides/slide9.xml")
    with pytest.raises(FileError, match=r"no part 'ppt/slides/slide9\.xml'"):
        read(data)
    data = changed(saved(talk()), "ppt/presentation.xml", b"<p:sldIdLst>", b'<p:sldIdLst><p:sldId id="1" r:id="x"/>')
    with pytest.raises(FileError, match="one of its slides is missing"):
        read(data)


def test_what_many_slides_share_is_read_once() -> None:
    data = saved(talk())
    again = b"<p:sldIdLst>" + b'<p:sldId id="300" r:id="rId7"/>' * 1000
    extract = read(changed(data, "ppt/presentation.xml", b"<p:sldIdLst>", again))
    assert len(extract.page_starts) == 5
    assert extract.text.count("Annual talk") == 1
    link = b'<Relationship Id="n" Type="x/notesSlide" Target="../notesSlides/notesSlide1.xml"/></Relationships>'
    extract = read(changed(data, "ppt/slides/_rels/slide2.xml.rels", b"</Relationships>", link))
    assert extract.text.count("Smile here.") == 1


def test_a_document_type_is_refused() -> None:
    entity = b'<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    with pytest.raises(FileError, match="document type"):
        read(changed(saved(talk()), "ppt/slides/slide1.xml", b"<p:sld ", entity + b"<p:sld "))


def test_damaged_files_are_refused_with_a_sentence() -> None:
    chance = random.Random(7)
    whole = saved(talk())
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
    data = saved(talk())
    assert read(data[:]) == read(data)
