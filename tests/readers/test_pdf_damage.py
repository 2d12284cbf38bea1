"""PDF: files that cannot be read, or only in part."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

import pytest
from pdf_files import LEFT, by_column, page, pdf, raw, read, stream, table, whole
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from qa.errors import FileError
from qa.readers.pdf import read_pdf
from qa.readers.pdf.file import opened
from qa.readers.pdf.headings import outline_of


def test_a_scan_is_told() -> None:
    def scan(canvas: Canvas) -> None:
        canvas.rect(100, 100, 300, 500, fill=1)

    with pytest.raises(FileError, match="no text layer, so it may be a scan"):
        read_pdf(pdf(scan, scan), "scan.pdf")
    extract = read(pdf(page(LEFT), scan, scan))
    assert (extract.blank_pages, extract.notes) == ((2, 3), ("Pages without text: 2, 3.",))


def test_a_password_is_needed_or_not() -> None:
    owners = pdf(page(LEFT), encrypt=StandardEncryption("", ownerPassword="owner", strength=128))
    assert read(owners).text == whole(LEFT)
    users = pdf(page(LEFT), encrypt=StandardEncryption("user", ownerPassword="owner", strength=128))
    with pytest.raises(FileError, match="opens with a password only"):
        read_pdf(users, "a.pdf")


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7\n", b"Just a text.", b"PK\3\4", bytes(1000), b"%PDF-1.4\n%%EOF"])
def test_what_is_no_pdf_is_told(data: bytes) -> None:
    with pytest.raises(FileError, match="not a valid PDF file"):
        read_pdf(data, "a.pdf")


def damaged(data: bytes) -> Iterator[bytes]:
    for part in range(20):
        yield data[: len(data) * part // 20]
    for seed in range(150):
        rng = random.Random(seed)
        changed = bytearray(data)
        for _ in range(rng.choice([1, 3, 30])):
            at = rng.randrange(len(changed))
            if seed % 3 == 0:
                changed[at] = rng.randrange(256)
            elif seed % 3 == 1:
                del changed[at : at + rng.choice([1, 10, 200])]
            else:
                changed[at:at] = rng.choice(
                    [b"/Kids[2 0 R]", b" 0 R", b"/Parent", b"99999999999", b"-1", b"endstream", b"<<"]
                )
        yield bytes(changed)


def test_a_damaged_file_gives_a_text_or_a_sentence() -> None:
    file = pdf(by_column, table, page(LEFT), pageCompression=0)
    for data in damaged(file):
        try:
            extract = read_pdf(data, "a.pdf")
        except FileError as error:
            sentence = str(error)
        else:
            assert extract.text.strip()
            assert list(extract.page_starts) == sorted(extract.page_starts)
            continue
        assert re.fullmatch(r"(it|its|all) .+\.", sentence)


def test_files_that_lead_back_to_themselves_come_to_an_end() -> None:
    content = b"BT /F 12 Tf 72 700 Td (Some text) Tj ET /X Do"
    form = stream(b"/X Do", b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 7 0 R>>>>")
    outline = b"<</First 9 0 R>>"
    entry = b"<</Title(Some)/Next 9 0 R/First 9 0 R/Dest[3 0 R/Fit]>>"
    data = raw(content, b"6 0 R", form, outline, entry, tail=b"/Outlines 8 0 R")
    assert read(data).text == "Some text"
    with opened(data) as document:
        assert [entry.title for entry in outline_of(document)] == ["Some"]
    assert read(data.replace(b"/Kids[3 0 R]/Count 1", b"/Kids[2 0 R 3 0 R]/Count 2")).text == "Some text"


def test_too_many_pages_are_refused() -> None:
    data = raw(b"BT /F 12 Tf 72 700 Td (Some text) Tj ET", b"<<>>")
    many = data.replace(b"/Kids[3 0 R]/Count 1", b"/Kids[" + b"3 0 R " * 20_001 + b"]/Count 20001")
    with pytest.raises(FileError, match=r"20,001 pages, and at most 20,000"):
        read_pdf(many, "a.pdf")
