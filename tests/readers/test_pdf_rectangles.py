"""PDF: the way back from the text to the places on a page, and pages as pictures."""

from __future__ import annotations

import random
import re
import unicodedata
from io import BytesIO

import pypdfium2
import pytest
from pdf_files import HEIGHT, LEFT, WIDTH, book, by_column, line_by_line, page, pdf, put, raw, read, table
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from qa.errors import FileError
from qa.readers.pdf import Rectangle, picture, rectangles


def test_rectangles_lie_around_the_words() -> None:
    data = pdf(page("One two three."), page("Some words here\nand others."))
    extract = read(data)
    assert extract.text == "One two three.\n\nSome words here and others."
    start = extract.text.index("words")
    found = rectangles(data, extract.text, extract.page_starts, start, start + len("words here and"))
    assert [rectangle.page for rectangle in found] == [2, 2]
    # Times-Roman at 10 points: "Some" is 23.34 wide with its space, "and" 14.44; baselines are 842 - 700 and 12 below.
    first, second = found
    assert (first.left, first.top, first.bottom) == pytest.approx((72 + 25.28, 142 - 8, 142 + 2.2), abs=0.1)
    assert (second.left, second.right, second.top) == pytest.approx((72, 72 + 14.44, 154 - 8), abs=0.1)


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize("crop", [b"", b"/CropBox[40 90 500 800]"])
@pytest.mark.parametrize("matrix", [b"1 0 0 1", b"0 1 -1 0"])
def test_rectangles_lie_where_the_picture_is_dark(turn: int, crop: bytes, matrix: bytes) -> None:
    data = raw(b"BT /F 12 Tf " + matrix + b" 172 500 Tm (Hxg) Tj ET", b"<<>>")
    data = data.replace(b"/Contents", b"/Rotate %d%s/Contents" % (turn, crop))
    extract = read(data)
    (found,) = rectangles(data, extract.text, extract.page_starts, 0, 3)
    drawn = picture(data, 1, 4.0)
    with Image.open(BytesIO(drawn.png)) as image:
        assert image.size == pytest.approx((4 * drawn.width, 4 * drawn.height), abs=1)
        box = image.convert("L").point(lambda shade: 255 * (shade < 128)).getbbox()
    assert box
    left, top, right, bottom = (number / 4 for number in box)
    assert found.left - 0.5 <= left <= right <= found.right + 0.5
    assert found.top - 0.5 <= top <= bottom <= found.bottom + 0.5
    assert (right - left) * (bottom - top) > 0.5 * (found.right - found.left) * (found.bottom - found.top)


def test_rectangles_lie_around_those_words_of_which_there_are_several() -> None:
    data = pdf(page("again and again and again", ("again", 72, 780)), page("and again", ("again", 72, 780)))
    extract = read(data)
    assert extract.text == "again and again and again and again"
    lefts = [
        (found.page, round(found.left - 72, 1))
        for match in re.finditer("again", extract.text)
        for found in rectangles(data, extract.text, extract.page_starts, *match.span())
    ]
    # "again" and "and" with their spaces are 24.16 and 16.94 wide.
    assert lefts == [(1, 0.0), (1, 41.1), (1, 82.2), (2, 16.9)]


@pytest.mark.parametrize("other", ["x again and again and again", "gain and again and again"])
def test_rectangles_of_a_text_that_another_version_read(other: str) -> None:
    data = pdf(page("again and again and again"))
    (found,) = rectangles(data, other, (0,), other.index("again and", 3), other.index("again and", 3) + 5)
    assert found.left == pytest.approx(72 + 41.1, abs=0.1)
    assert rectangles(data, "something else", (0,), 0, 9) == []


def test_a_span_over_the_end_of_a_page_has_rectangles_on_both() -> None:
    data = pdf(page("It was impor-"), page("tant to them"))
    extract = read(data)
    at = extract.text.index("important")
    found = rectangles(data, extract.text, extract.page_starts, at, at + len("important"))
    assert [rectangle.page for rectangle in found] == [1, 2]


def test_punctuation_alone_has_no_rectangle_and_no_span_is_an_error() -> None:
    data = pdf(page("One."))
    assert rectangles(data, "One.", (0,), 3, 4) == []
    for start, end in ((0, 0), (-1, 2), (2, 9)):
        with pytest.raises(ValueError, match="no such span"):
            rectangles(data, "One.", (0,), start, end)


def letters(found: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKC", found) if letter.isalnum())


def within(document: pypdfium2.PdfDocument, rectangle: Rectangle) -> str:
    """What PDFium finds in a rectangle, by its own account."""
    shown = document[rectangle.page - 1]
    assert shown.get_rotation() in (0, 90)
    sheet = shown.get_textpage()
    left, bottom, _, top = shown.get_bbox()
    if shown.get_rotation() == 90:  # x to the right as shown is y upwards in the file, y down is x
        box = (left + rectangle.top, bottom + rectangle.left, left + rectangle.bottom, bottom + rectangle.right)
    else:
        box = (left + rectangle.left, top - rectangle.bottom, left + rectangle.right, top - rectangle.top)
    found = sheet.get_text_bounded(*box)
    sheet.close()
    shown.close()
    return str(found)


def turned(canvas: Canvas) -> None:
    canvas.setPageRotation(90)
    put(canvas, LEFT)


@pytest.mark.parametrize(
    "data",
    [book(5)[0], pdf(by_column, line_by_line, table), pdf(turned, size=(HEIGHT, WIDTH))],
    ids=["running headers", "columns and a table", "a turned page"],
)
def test_rectangles_hold_the_words_of_any_span(data: bytes) -> None:
    extract = read(data)
    words = [match.span() for match in re.finditer(r"\S+", extract.text)]
    rng = random.Random(7)
    document = pypdfium2.PdfDocument(data)
    for _ in range(12):
        first = rng.randrange(len(words))
        last = min(len(words) - 1, first + rng.choice([0, 2, 9, 40]))
        start, end = words[first][0], words[last][1]
        found = rectangles(data, extract.text, extract.page_starts, start, end)
        assert letters("".join(within(document, rectangle) for rectangle in found)) == letters(extract.text[start:end])
    document.close()


def test_a_picture_has_its_pages_size() -> None:
    data = pdf(page(LEFT), turned)
    first, second = picture(data, 1, 2.0), picture(data, 2, 2.0)
    assert (first.width, first.height) == (595, 842)
    assert (second.width, second.height) == (595, 842) or (second.width, second.height) == (842, 595)
    with Image.open(BytesIO(first.png)) as image:
        assert image.format == "PNG"
        assert image.size == (1190, 1684)
        assert image.convert("L").getextrema() == (0, 255)
    assert picture(data, 1, 2.0) == first
    for number in (0, 3):
        with pytest.raises(FileError, match="no page"):
            picture(data, number)


def test_a_picture_of_a_huge_page_is_small() -> None:
    data = pdf(page(LEFT), size=(14_000, 14_000))
    with Image.open(BytesIO(picture(data, 1, 2.0).png)) as image:
        assert image.width * image.height <= 16_100_000
