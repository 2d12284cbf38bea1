"""A PDF file that PDFium has opened: its pages and what it says of itself, or a sentence that says why not.

PDFium serves one thread at a time, so whoever reads PDF files does so in one thread of a process.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from qa.errors import FileError
from qa.readers.signatures import refuse_others

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage

MOST_PAGES = 20_000
"""Pages that a file may have. A page can be listed any number of times in a few bytes each."""

_OLDEST = 1993
"""The year of the first PDF file."""

_DATE = re.compile(r"(?:D:)?\s*([0-9]{4})(?:-?([0-9]{2}))?(?:-?([0-9]{2}))?")
_ENDING = re.compile(r"\.[A-Za-z][A-Za-z0-9]{1,4}$")
_NO_TITLE = re.compile(
    r"(untitled|no title|title|unknown|anonymous|unspecified|none|document|presentation|powerpoint presentation|"
    r"microsoft (word|powerpoint|excel)\b.*|slide|print|pdf|about:blank|\W*)[\s\d]*",
    re.IGNORECASE,
)


@contextmanager
def opened(data: bytes) -> Iterator[PdfDocument]:
    """Open a file's bytes. Raises FileError where PDFium does not take them."""
    from pypdfium2 import PdfDocument, PdfiumError

    _use_built_in_fonts()
    try:
        document = PdfDocument(data)
    except PdfiumError as error:
        if not data.startswith(b"%PDF-"):
            refuse_others(data)
        raise FileError(_sentence(error.err_code)) from error
    try:
        if len(document) > MOST_PAGES:
            raise FileError(f"it has {len(document):,} pages, and at most {MOST_PAGES:,} are read. Split it.")
        yield document
    finally:
        document.close()


@contextmanager
def page_of(document: PdfDocument, number: int) -> Iterator[PdfPage | None]:
    """The page of this number, from 1, with what was filled in its forms; None where it is too damaged to be opened."""
    import pypdfium2.raw as pdfium
    from pypdfium2 import PdfiumError

    try:
        page = document[number - 1]
        if document.get_formtype() != pdfium.FORMTYPE_NONE:
            pdfium.FPDFPage_Flatten(page, pdfium.FLAT_NORMALDISPLAY)
            page.close()
            page = document[number - 1]
    except PdfiumError:
        yield None
        return
    try:
        yield page
    finally:
        page.close()


def title_of(document: PdfDocument) -> str:
    """The title that a file gives itself, or nothing where it is a file's name or what a program fills in."""
    title = said(lambda: document.get_metadata_value("Title"))
    is_name = _ENDING.search(title) or "\\" in title or (" " not in title and re.search(r"[_/0-9]", title))
    return "" if is_name or _NO_TITLE.fullmatch(title.strip("()[]<> ")) else title


def date_of(document: PdfDocument) -> datetime.date | None:
    """The day on which it was made, else last changed."""
    for key in ("CreationDate", "ModDate"):
        match = _DATE.match(said(partial(document.get_metadata_value, key)))
        try:
            day = match and datetime.date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
        except ValueError:
            continue
        if day and day.year >= _OLDEST:
            return day
    return None


def keywords_of(document: PdfDocument) -> list[str]:
    return re.split(r"[,;]", said(lambda: document.get_metadata_value("Keywords")))


def said(ask: Callable[[], str]) -> str:
    """What a file says of itself, in one line; nothing where it is no text."""
    try:
        text = ask()
    except UnicodeDecodeError:
        return ""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _sentence(code: int | None) -> str:
    import pypdfium2.raw as pdfium

    if code == pdfium.FPDF_ERR_PASSWORD:
        return "it is encrypted and opens with a password only. Save it without one and index it again."
    if code == pdfium.FPDF_ERR_SECURITY:
        return "it is encrypted in a way that cannot be read. Save it without a password and index it again."
    return "it is not a valid PDF file: it is damaged, cut off or of another format. Export or download it again."


@cache
def _use_built_in_fonts() -> object:
    """Keep PDFium from the fonts of this machine, so that a file is the same text everywhere and no other is opened.

    Gives what has to be kept as long as PDFium is.
    """
    import pypdfium2.internal as internal
    import pypdfium2.raw as pdfium

    def none(*_: Any) -> None:
        return None

    def zero(*_: Any) -> int:
        return 0

    fonts = pdfium.FPDF_SYSFONTINFO(version=1)
    nothing = dict.fromkeys(("Release", "EnumFonts", "MapFont", "GetFont", "DeleteFont"), none)
    internal.set_callbacks(fonts, **nothing, **dict.fromkeys(("GetFontData", "GetFaceName", "GetFontCharset"), zero))
    pdfium.FPDF_SetSystemFontInfo(fonts)
    return fonts
