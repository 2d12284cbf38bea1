"""Electronic books: their chapters in the order of the spine, and what they say of themselves."""

from __future__ import annotations

import datetime
import io
import random
from collections.abc import Mapping
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import FileError
from qa.readers.epub import read_epub

CONTAINER = """<?xml version="1.0"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
<rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>"""

METADATA = """<dc:title>The <!-- -->Keepers</dc:title><dc:date>1907-03-04</dc:date>
<dc:subject>Lights; Islands</dc:subject><dc:subject>History</dc:subject>"""


def package(items: str, spine: str, metadata: str = METADATA, more: str = "") -> str:
    return f"""<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">{metadata}</metadata>
<manifest>{items}</manifest><spine>{spine}</spine>{more}</package>"""


def chapter(body: str) -> str:
    return f"""<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN" "http://www.w3.org/TR/xhtml11/DTD/xhtml11.dtd">
<html xmlns="http://www.w3.org/1999/xhtml"><head><title/><script src="x.js"/></head><body>{body}</body></html>"""


def archived(parts: Mapping[str, str | bytes]) -> bytes:
    stream = io.BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/epub+zip", ZIP_STORED)
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def item(id_: str, href: str, kind: str = "application/xhtml+xml", properties: str = "") -> str:
    return f'<item id="{id_}" href="{href}" media-type="{kind}" properties="{properties}"/>'


ONE = chapter("<header><h1>One</h1></header><p>The lamp burned<br/>colza&#160;oil.<a id='x'/></p>")
TWO = chapter("<h2>Two</h2><p>Ada kept it<sup>1</sup>.</p><aside epub:type='footnote'>1. To 1907.</aside>")
NOTES = chapter("<h1>Notes</h1><p>All of them.</p><footer>End of it</footer>")
NAV = chapter("<nav epub:type='toc'><ol><li><a href='one.xhtml'>One</a></li></ol></nav>")

BOOK: dict[str, str | bytes] = {
    "META-INF/container.xml": CONTAINER,
    "OEBPS/book.opf": package(
        item("nav", "nav.xhtml", properties="scripted nav")
        + item("notes", "text/notes.xhtml")
        + item("two", "./text/ch%20two.xhtml")
        + item("one", "text/one.xhtml")
        + item("cover", "cover.jpg", "image/jpeg"),
        '<itemref idref="cover"/><itemref idref="nav"/><itemref idref="notes" linear="no"/><itemref idref="one"/>'
        '<itemref idref="two"/><itemref idref="one"/><itemref idref="nothing"/>',
    ),
    "OEBPS/nav.xhtml": NAV,
    "OEBPS/text/one.xhtml": ONE,
    "OEBPS/text/ch two.xhtml": TWO,
    "OEBPS/text/notes.xhtml": NOTES,
    "OEBPS/cover.jpg": b"\xff\xd8\xff",
}


def test_chapters_come_in_the_order_of_the_spine_and_auxiliary_ones_last() -> None:
    extract = read_epub(archived(BOOK), "shelf/keepers.epub")
    assert extract.text.split("\n\n") == [
        "One",
        "The lamp burned\ncolza oil.",
        "Two",
        "Ada kept it1.",
        "1. To 1907.",
        "Notes",
        "All of them.",
        "End of it",
    ]
    assert [(h.start, h.level, h.text) for h in extract.headings] == [(0, 1, "One"), (33, 2, "Two"), (66, 1, "Notes")]
    assert extract.title == "The Keepers"
    assert extract.date == datetime.date(1907, 3, 4)
    assert extract.tags == ("lights", "islands", "history")
    assert (extract.places, extract.page_starts) == (None, ())
    assert extract.notes == ("1 of its chapters are not in the file: 'nothing'.",)


def test_a_missing_chapter_is_named_and_the_others_are_read() -> None:
    parts = {name: content for name, content in BOOK.items() if "two" not in name}
    extract = read_epub(archived(parts), "a.epub")
    assert "Ada" not in extract.text
    assert "lamp" in extract.text
    assert extract.notes == ("2 of its chapters are not in the file: 'nothing', 'OEBPS/text/ch two.xhtml'.",)


@pytest.mark.parametrize(
    ("spine", "reason"),
    [
        ("", r"the order of its chapters \(spine\) names none"),
        ('<itemref idref="gone"/><itemref idref="unlisted"/>', "none of its 2 chapters is in the file"),
    ],
)
def test_a_book_without_any_chapter_says_so(spine: str, reason: str) -> None:
    opf = package(item("one", "text/one.xhtml") + item("gone", "text/gone.xhtml"), spine)
    with pytest.raises(FileError, match=f"{reason}.*Get a new copy"):
        read_epub(archived(BOOK | {"OEBPS/book.opf": opf}), "a.epub")


@pytest.mark.parametrize(
    ("metadata", "title", "date"),
    [
        ("", "One", None),
        ("<dc:title> </dc:title><dc:date>1907</dc:date>", "One", None),
        ("<dc:date>circa</dc:date><dc:date>2001-02-03T04:05Z</dc:date>", "One", datetime.date(2001, 2, 3)),
        ('<meta property="dcterms:modified">2020-01-02T00:00:00Z</meta>', "One", datetime.date(2020, 1, 2)),
        ('<dc:date>1907</dc:date><meta property="dcterms:modified">2020-01-02</meta>', "One", None),
        (f"<dc:title>{'word ' * 90}</dc:title>", ("word " * 40)[:199] + "…", None),
    ],
)
def test_title_and_date(metadata: str, title: str, date: datetime.date | None) -> None:
    opf = package(item("one", "text/one.xhtml"), '<itemref idref="one"/>', metadata)
    extract = read_epub(archived(BOOK | {"OEBPS/book.opf": opf}), "a.epub")
    assert (extract.title, extract.date) == (title, date)


def test_a_book_without_title_or_heading_is_called_as_its_file() -> None:
    parts = BOOK | {
        "OEBPS/book.opf": package(item("one", "text/one.xhtml"), '<itemref idref="one"/>', ""),
        "OEBPS/text/one.xhtml": chapter("<p>text</p>"),
    }
    assert read_epub(archived(parts), "shelf/old.book.epub").title == "old.book"


def test_the_contents_page_of_an_older_book_is_left_out() -> None:
    opf = package(
        item("toc", "toc.html", "text/html") + item("one", "text/one.xhtml"),
        '<itemref idref="toc"/><itemref idref="one"/>',
        more='<guide><reference type="toc" title="Contents" href="toc.html#top"/></guide>',
    ).replace(
        "<package", '<!DOCTYPE package PUBLIC "+//ISBN 0-9673008-1-9//DTD OEB 1.2 Package//EN" "x.dtd">\n<package'
    )
    parts = BOOK | {"OEBPS/book.opf": opf, "OEBPS/toc.html": chapter("<p>One .... 1</p>")}
    assert read_epub(archived(parts), "a.epub").text.startswith("One\n\nThe lamp")


def test_a_book_of_nothing_but_its_contents_keeps_them() -> None:
    opf = package(item("nav", "nav.xhtml", properties="nav"), '<itemref idref="nav"/>')
    assert read_epub(archived(BOOK | {"OEBPS/book.opf": opf}), "a.epub").text == "1. One"


# --- protection and damage


def encryption(algorithm: str, part: str) -> str:
    return f"""<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container"
 xmlns:enc="http://www.w3.org/2001/04/xmlenc#"><enc:EncryptedData>
<enc:EncryptionMethod Algorithm="{algorithm}"/>
<enc:CipherData><enc:CipherReference URI="{part}"/></enc:CipherData></enc:EncryptedData></encryption>"""


@pytest.mark.parametrize("part", ["OEBPS/text/one.xhtml", "OEBPS/text/ch%20two.xhtml"])
def test_an_encrypted_text_is_refused(part: str) -> None:
    parts = BOOK | {
        "META-INF/encryption.xml": encryption("http://www.w3.org/2001/04/xmlenc#aes128-cbc", part),
        "OEBPS/text/one.xhtml": random.Random(1).randbytes(500),
    }
    with pytest.raises(FileError, match=r"encrypted \(DRM\)"):
        read_epub(archived(parts), "a.epub")


@pytest.mark.parametrize(
    ("algorithm", "part"),
    [
        ("http://www.idpf.org/2008/embedding", "OEBPS/fonts/a.otf"),
        ("http://ns.adobe.com/pdf/enc#RC", "OEBPS/fonts/a.otf"),
        ("http://www.w3.org/2001/04/xmlenc#aes128-cbc", "OEBPS/cover.jpg"),
    ],
)
def test_disguised_fonts_and_pictures_are_no_protection_of_the_text(algorithm: str, part: str) -> None:
    parts = BOOK | {"META-INF/encryption.xml": encryption(algorithm, part)}
    assert "colza" in read_epub(archived(parts), "a.epub").text


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"META-INF/container.xml": "<container/>"}, "does not say where its contents are listed"),
        ({"META-INF/container.xml": "<container>"}, "not well-formed"),
        ({"META-INF/container.xml": CONTAINER.replace("book.opf", "b.opf")}, "no part 'OEBPS/b.opf'"),
        ({"META-INF/container.xml": '<!DOCTYPE a [<!ENTITY b "c">]><container/>'}, "document type"),
        ({"OEBPS/book.opf": "no"}, "not well-formed"),
        ({"OEBPS/text/one.xhtml": random.Random(1).randbytes(500)}, "'OEBPS/text/one.xhtml' is no text"),
    ],
)
def test_a_damaged_book_says_what_is_wrong(changed: dict[str, str | bytes], reason: str) -> None:
    with pytest.raises(FileError, match=reason):
        read_epub(archived(BOOK | changed), "a.epub")


@pytest.mark.parametrize("data", [b"", b"<html>", archived({}), archived(BOOK)[:-30], archived(BOOK)[:700]])
def test_what_is_no_book_is_refused(data: bytes) -> None:
    with pytest.raises(FileError):
        read_epub(data, "a.epub")


def test_entities_of_a_chapter_are_never_expanded() -> None:
    bomb = '<!DOCTYPE html [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;"><!ENTITY c SYSTEM "file:///etc/hostname">]>'
    body = f"<?xml version='1.0'?>\n{bomb}\n<html xmlns='http://www.w3.org/1999/xhtml'><p>x&b;&c;y</p></html>"
    text = read_epub(archived(BOOK | {"OEBPS/text/one.xhtml": body}), "a.epub").text
    assert text.startswith("x&b;&c;y\n\nTwo")


@given(st.integers(0, 10**9))
def test_a_changed_byte_gives_a_book_or_a_sentence(seed: int) -> None:
    chance = random.Random(seed)
    parts = dict(BOOK)
    name = chance.choice(["META-INF/container.xml", "OEBPS/book.opf", "OEBPS/text/one.xhtml"])
    content = bytearray(str(parts[name]).encode())
    for _ in range(chance.randint(1, 5)):
        content[chance.randrange(len(content))] = chance.randrange(256)
    parts[name] = bytes(content)
    try:
        extract = read_epub(archived(parts), "a.epub")
    except FileError:
        return
    assert extract == read_epub(archived(parts), "a.epub")
