"""PDF: what a file says of itself: title, headings, date and keywords."""

from __future__ import annotations

from datetime import date

import pytest
from pdf_files import LEFT, RIGHT, pdf, put, raw, read
from reportlab.pdfgen.canvas import Canvas


def test_headings_are_those_of_the_outline_that_stand_in_the_text() -> None:
    def draw(canvas: Canvas) -> None:
        for key, title, level in (("a", "Introduction", 0), ("b", "The harbour", 1), ("c", "Not there", 0)):
            canvas.bookmarkPage(key)
            canvas.addOutlineEntry(title, key, level)
        put(canvas, "1 Introduction", y=740, size=11)
        put(canvas, LEFT)
        put(canvas, "1.1 The harbour", y=620, size=11)
        put(canvas, RIGHT, y=600)

    extract = read(pdf(draw))
    found = [
        (heading.level, heading.text, extract.text[heading.start :].split("\n")[0]) for heading in extract.headings
    ]
    assert found == [(1, "1 Introduction", "1 Introduction"), (2, "1.1 The harbour", "1.1 The harbour")]


def test_without_an_outline_headings_are_what_is_larger() -> None:
    def draw(canvas: Canvas) -> None:
        put(canvas, "The Harbour of\nthe Old Town", y=780, size=20, step=22)
        put(canvas, "How it was widened", y=720, size=14)
        put(canvas, LEFT)
        put(canvas, "What came of it", y=620, size=14)
        put(canvas, RIGHT, y=600)

    extract = read(pdf(draw))
    assert [(heading.level, heading.text) for heading in extract.headings] == [
        (1, "The Harbour of the Old Town"),
        (2, "How it was widened"),
        (2, "What came of it"),
    ]
    assert all(extract.text[heading.start :].startswith(heading.text[:14]) for heading in extract.headings)
    assert extract.title == "The Harbour of the Old Town"


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("The harbour of the old town", "The harbour of the old town"),
        ("  Two \n words ", "Two words"),
        ("Größe", "Größe"),
        ("x" * 300, "x" * 199 + "…"),
        ("untitled", "file"),
        ("(anonymous)", "file"),
        ("Microsoft Word - minutes 2.doc", "file"),
        ("Microsoft Word - Minutes of May", "file"),
        ("minutes_final.docx", "file"),
        ("report-2024", "file"),
        ("", "file"),
        ("...", "file"),
    ],
)
def test_a_title_is_not_a_file_name(said: str, title: str) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setTitle(said)
        put(canvas, LEFT)

    assert read(pdf(draw)).title == title


@pytest.mark.parametrize(
    ("created", "changed", "day"),
    [
        (b"D:20180305120000+01'00'", b"D:20190101", date(2018, 3, 5)),
        (b"2018-03-05", b"", date(2018, 3, 5)),
        (b"D:2018", b"", date(2018, 1, 1)),
        (b"D:20181340", b"D:20190101", date(2019, 1, 1)),
        (b"D:19700101000000Z", b"", None),  # before there was PDF
        (b"yesterday", b"", None),
    ],
)
def test_dates_and_keywords(created: bytes, changed: bytes, day: date | None) -> None:
    info = b"<</CreationDate(%s)/ModDate(%s)/Keywords(Ships, Old Town;ships)/Title<feffd800>>>" % (created, changed)
    data = raw(b"BT /F 12 Tf 72 700 Td (Some text) Tj ET", b"<<>>", info)
    extract = read(data.replace(b"/Root 1 0 R", b"/Root 1 0 R/Info 7 0 R"))
    assert (extract.date, extract.tags, extract.title) == (day, ("ships", "old town"), "file")
