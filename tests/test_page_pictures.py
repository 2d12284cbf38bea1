"""Pages of a real PDF file, drawn by the real process, with the words of a passage found on them."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from qa.documents import Documents
from qa.errors import FileError
from qa.library import Library
from qa.types import Document

WIDTH, HEIGHT = A4


def pdf(path: Path, *pages: str) -> None:
    """A file with a sentence on each page, one inch from the left and 700 points from below."""
    canvas = Canvas(str(path), pagesize=A4, invariant=1)
    for sentence in pages:
        canvas.setFont("Helvetica", 12)
        canvas.drawString(72, 700, sentence)
        canvas.drawString(72, 400, f"Behind it stand other words: {sentence.upper()}")
        canvas.showPage()
    canvas.save()


@pytest.fixture
def tower(library: Library, tmp_path: Path) -> Iterator[tuple[Documents, Document, Path]]:
    path = tmp_path / "tower.pdf"
    pdf(path, "The lamp burned oil.", "The tower is 38 metres high. It has 196 steps.")
    (entry,) = library.add([path]).added
    documents = Documents(library)
    document = documents.document(entry.id)
    assert document
    yield documents, document, path
    documents.close()


def test_a_passage_is_found_on_the_picture_of_its_page(tower: tuple[Documents, Document, Path]) -> None:
    documents, document, _ = tower
    start = document.text.index("It has 196 steps.")
    (picture,) = documents.pictures(document, [(start, start + 17)])
    assert (picture.page, picture.width, picture.height) == (2, 1191, 1684)  # two pixels a point
    ((left, top, right, bottom),) = picture.boxes
    shown = Image.open(BytesIO(documents.picture(document, 2))).convert("L")
    assert shown.size == (picture.width, picture.height)
    begin = 72 + stringWidth("The tower is 38 metres high. ", "Helvetica", 12)
    assert left == pytest.approx(begin / WIDTH, abs=0.005)
    assert right == pytest.approx((begin + stringWidth("It has 196 steps.", "Helvetica", 12)) / WIDTH, abs=0.005)
    assert top < (HEIGHT - 704) / HEIGHT < bottom
    assert bottom - top < 20 / HEIGHT
    inked = shown.crop((round(left * 1191), round(top * 1684), round(right * 1191), round(bottom * 1684)))
    assert inked.getextrema()[0] < 100
    beside = shown.crop((round(right * 1191) + 3, round(top * 1684), 1191, round(bottom * 1684)))
    assert beside.getextrema() == (255, 255)


def test_a_passage_over_two_pages_is_shown_on_both(tower: tuple[Documents, Document, Path]) -> None:
    documents, document, _ = tower
    pictures = documents.pictures(document, [(0, len(document.text))])
    assert [(picture.page, len(picture.boxes)) for picture in pictures] == [(1, 2), (2, 2)]


def test_a_file_that_changed_is_not_shown(tower: tuple[Documents, Document, Path]) -> None:
    documents, document, path = tower
    pdf(path, "Another lamp.", "Another tower.")
    assert documents.pictures(document, [(0, 5)]) == []
    path.unlink()
    assert documents.pictures(document, [(0, 5)]) == []
    with pytest.raises(FileError, match="not there any more"):
        documents.picture(document, 1)
