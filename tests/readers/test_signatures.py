"""Files whose names say the wrong format: what they are is told, and none is indexed as the letters of its bytes."""

from __future__ import annotations

import gzip
from io import BytesIO
from zipfile import ZipFile

import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from qa.errors import FileError
from qa.readers import READERS, read


def pdf() -> bytes:
    stream = BytesIO()
    canvas = Canvas(stream, pageCompression=1)
    canvas.drawString(72, 700, "The tower was built in 1890.")
    canvas.save()
    return stream.getvalue()


def archive() -> bytes:
    stream = BytesIO()
    with ZipFile(stream, "w") as archive:
        archive.writestr("content.txt", "The tower was built in 1890.")
    return stream.getvalue()


def picture(format_: str) -> bytes:
    stream = BytesIO()
    Image.new("RGB", (20, 20), "white").save(stream, format_)
    return stream.getvalue()


PDF = pdf()
FILES = [
    (PDF, "a PDF file"),
    (PDF.replace(b"\x93\x8c\x8b\x9e", b""), "a PDF file"),  # all of it ASCII: a text, but for its beginning
    (archive(), "an Office file, an e-book or another archive"),
    (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "a file of Office 2003 or older"),
    (rb"{\rtf1\ansi The tower {\b was} built in 1890.}", "a Rich Text file"),
    (b"%!PS-Adobe-3.0\n(The tower) show\n", "a PostScript file"),
    (picture("png"), "a picture"),
    (picture("jpeg"), "a picture"),
    (picture("gif"), "a picture"),
    (gzip.compress(b"The tower was built in 1890.", mtime=0), r"a compressed file \(gzip\)"),
]


@pytest.mark.parametrize("suffix", [".txt", ".md", ".csv", ".jsonl", ".html"])
@pytest.mark.parametrize(("data", "kind"), FILES)
def test_a_file_of_another_format_is_named_as_what_it_is(data: bytes, kind: str, suffix: str) -> None:
    with pytest.raises(FileError, match=f"^it is {kind}, whatever its own name says. "):
        read(data, f"a{suffix}")


@pytest.mark.parametrize("suffix", [".docx", ".pptx", ".epub"])
def test_a_pdf_file_that_is_called_an_archive_is_named(suffix: str) -> None:
    with pytest.raises(FileError, match=r"it is a PDF file, .*Give it the suffix \.pdf and index it again"):
        read(PDF, f"a{suffix}")


def test_what_is_called_a_pdf_file_and_is_none_is_named() -> None:
    with pytest.raises(FileError, match="it is an Office file, an e-book or another archive"):
        read(archive(), "a.pdf")
    with pytest.raises(FileError, match="not a valid PDF file"):
        read(b"%PDF-1.7 and no more", "a.pdf")


@pytest.mark.parametrize("text", ["PK", "%PDF is a format", "GIF89a is a picture", "{\\rtf", "%!PS", "MZ", "BM"])
def test_a_text_may_begin_like_another_format(text: str) -> None:
    assert read(text.encode(), "a.txt").text == text


@pytest.mark.parametrize("suffix", sorted(READERS))
@pytest.mark.parametrize("data", [b"", b" \t\r\n"])
def test_an_empty_file_is_called_empty_in_every_format(suffix: str, data: bytes) -> None:
    with pytest.raises(FileError, match=r"^there is no text in it\.$"):
        read(data, f"a{suffix}")


def test_a_page_that_only_a_script_fills_is_no_document() -> None:
    with pytest.raises(FileError, match="Pictures, and what scripts would write, are not read"):
        read(b"<body><script>document.write('words')</script><img src=a.png></body>", "a.html")
