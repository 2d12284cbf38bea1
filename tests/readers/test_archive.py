"""Archives are read within limits, and XML without anything that it could declare or fetch."""

from __future__ import annotations

import codecs
import contextlib
import io
import random
import struct
import tracemalloc
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import FileError
from qa.readers import archive
from qa.readers.archive import Archive, parse_xml

NOISE = random.Random(1).randbytes(600_000)


def packed(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as written:
        for name, content in members:
            written.writestr(name, content)
    return stream.getvalue()


def claiming(data: bytes, size: int) -> bytes:
    """An archive whose directory says of each member that it has `size` bytes unpacked."""
    lying = bytearray(data)
    at = lying.find(b"PK\1\2")
    while at >= 0:
        lying[at + 24 : at + 28] = struct.pack("<I", size)
        at = lying.find(b"PK\1\2", at + 1)
    return bytes(lying)


# --- archives


@given(
    st.dictionaries(
        st.text(st.characters(min_codepoint=0x21, exclude_characters="/\\:.", exclude_categories=["Cs"]), min_size=1),
        st.binary(max_size=50).filter(lambda content: not content.startswith(b"PK")),
        max_size=5,
    )
)
def test_what_was_packed_is_read(members: dict[str, bytes]) -> None:
    with Archive(packed(*members.items())) as opened:
        assert opened.names() == tuple(members)
        assert {name: opened.read(name) for name in members} == members


def test_folders_are_no_names() -> None:
    with Archive(packed(("word/", b""), ("word/a.xml", b"a"))) as opened:
        assert opened.names() == ("word/a.xml",)
        assert "word/a.xml" in opened
        assert "a.xml" not in opened


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "this is none"),
        (b"Some text.", "this is none"),
        (b"%PDF-1.7\n", "it is a PDF file"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "password or the format of Office 2003"),
        (packed(("a", NOISE))[:-30], "damaged or cut off"),
        (packed(("a", NOISE))[:4000], "damaged or cut off"),
        (b"PK\3\4" + bytes(100), "damaged or cut off"),
    ],
)
def test_what_is_no_archive_is_named(data: bytes, sentence: str) -> None:
    with pytest.raises(FileError, match=sentence):
        Archive(data)


@pytest.mark.parametrize(
    "name", ["/etc/a", "..", "../a", "a/../../b", "a/..", "\\a", "..\\a", "a\\..\\b", "C:\\a", "c:a"]
)
def test_names_that_lead_out_are_refused(name: str) -> None:
    with pytest.raises(FileError, match="leads out of the file"):
        Archive(packed((name, b"x")))


@pytest.mark.parametrize("name", ["a..b", "...", "a/..b", "[Content_Types].xml", "a/.rels"])
def test_dots_alone_lead_nowhere(name: str) -> None:
    assert Archive(packed((name, b"x"))).read(name) == b"x"


def test_a_name_that_is_there_twice_is_refused() -> None:
    with pytest.raises(FileError, match=r"'a\.xml' is there twice"):
        Archive(packed(("a.xml", b"one"), ("b.xml", b"two")).replace(b"b.xml", b"a.xml"))


def test_a_hostile_name_is_shown_short_and_in_ascii() -> None:
    name = "/\u202e\x1b[2J" + "x" * 500
    with pytest.raises(FileError) as error:
        Archive(packed((name, b"x")))
    assert str(error.value).isascii()
    assert str(error.value).isprintable()
    assert len(str(error.value)) < 250


@pytest.mark.parametrize("flag", [0x01, 0x40, 0x2000])
def test_encryption_is_refused(flag: int) -> None:
    data = bytearray(packed(("a", b"secret")))
    at = data.find(b"PK\1\2") + 8
    data[at : at + 2] = struct.pack("<H", flag)
    with pytest.raises(FileError, match=r"encrypted\. Save it without a password"):
        Archive(bytes(data))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_compressions_are_refused(method: int) -> None:
    with pytest.raises(FileError, match="compressed in a way that documents are not"):
        Archive(packed(("a", b"x"), method=method))


def test_too_many_members_are_refused() -> None:
    data = packed(*((f"{number}", b"") for number in range(10_001)), method=zipfile.ZIP_STORED)
    with pytest.raises(FileError, match="more than 10,000 parts"):
        Archive(data)


def test_a_bomb_is_refused_by_its_claims() -> None:
    with pytest.raises(FileError, match="would unpack to 20,000,000: it is damaged or meant to harm"):
        Archive(packed(("word/document.xml", bytes(20_000_000)), ("noise", NOISE)))


def test_a_bomb_of_many_small_members_is_refused() -> None:
    with pytest.raises(FileError, match="would unpack to 40,000,000: it is damaged or meant to harm"):
        Archive(packed(*((f"{number}.xml", bytes(1_000_000)) for number in range(40))))


def test_small_members_may_be_compressed_well() -> None:
    assert Archive(packed(("a.xml", bytes(1_000_000)))).read("a.xml") == bytes(1_000_000)


def test_pictures_may_claim_what_they_like() -> None:
    with Archive(packed(("word/media/white.BMP", bytes(20_000_000)), ("a.xml", b"<a/>"))) as opened:
        assert opened.read("a.xml") == b"<a/>"


def test_claims_are_added_up() -> None:
    members = [(f"{number}.xml", NOISE) for number in range(4)]
    with pytest.raises(FileError, match=r"unpack to 360,000,000 bytes\. Divide the document"):
        Archive(claiming(packed(*members), 90_000_000))


def test_a_member_that_claims_too_much_is_not_read() -> None:
    opened = Archive(claiming(packed(("a.xml", NOISE)), 100_000_001))
    with pytest.raises(FileError, match=r"part 'a\.xml' is too large"):
        opened.read("a.xml")


def test_a_reader_may_want_less() -> None:
    opened = Archive(packed(("a.xml", b"four")))
    assert opened.read("a.xml", 4) == b"four"
    with pytest.raises(FileError, match=r"part 'a\.xml' is too large"):
        opened.read("a.xml", 3)


def test_a_lying_member_gives_no_more_than_it_claims() -> None:
    opened = Archive(claiming(packed(("word/media/a.png", bytes(50_000_000))), 10))
    tracemalloc.start()
    with pytest.raises(FileError, match="cannot be unpacked"):
        opened.read("word/media/a.png")
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


def test_what_is_read_is_counted_over_all_members(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "_LARGEST", 1000)
    opened = Archive(packed(("a", b"x" * 400), ("b", b"y" * 200)))
    assert opened.read("a") + opened.read("a") + opened.read("b") == b"x" * 800 + b"y" * 200
    with pytest.raises(FileError, match="too large"):
        opened.read("b")


def test_a_changed_byte_is_found() -> None:
    data = packed(("a.xml", b"one two three"), method=zipfile.ZIP_STORED).replace(b"two", b"TWO")
    with pytest.raises(FileError, match=r"'a\.xml' cannot be unpacked"):
        Archive(data).read("a.xml")


def test_a_missing_member_is_named() -> None:
    with pytest.raises(FileError, match=r"has no part 'word/document\.xml'"):
        Archive(packed(("a", b"x"))).read("word/document.xml")


def test_an_archive_inside_is_not_read() -> None:
    inner = packed(("0.xml", NOISE))
    opened = Archive(packed(*((f"{number}.xml", inner) for number in range(16))))
    with pytest.raises(FileError, match=r"'3\.xml' is another archive. Unpack it"):
        opened.read("3.xml")


@given(st.binary(max_size=200), st.integers(0, 200), st.sampled_from([0, 1]))
def test_any_bytes_are_an_archive_or_refused(noise: bytes, at: int, replaced: int) -> None:
    data = packed(("a.xml", b"<a>text</a>"), ("b.xml", b"<b/>"))
    mutated = data[:at] + noise + data[at + len(noise) * replaced :]
    with contextlib.suppress(FileError), Archive(mutated) as opened:
        for name in opened.names():
            opened.read(name)


# --- XML


LAUGHS = (
    '<!DOCTYPE a [<!ENTITY l0 "ha">'
    + "".join(f'<!ENTITY l{level} "{f"&l{level - 1};" * 10}">' for level in range(1, 10))
    + "]><a>&l9;</a>"
)
QUADRATIC = f'<!DOCTYPE a [<!ENTITY l "{"x" * 50_000}">]><a>{"&l;" * 50_000}</a>'
OUTSIDE = '<!DOCTYPE a [<!ENTITY f SYSTEM "file:///etc/passwd">]><a>&f;</a>'
PARAMETER = '<!DOCTYPE a [<!ENTITY % f SYSTEM "http://127.0.0.1:9/x.dtd"> %f;]><a/>'
HARMLESS = '<?xml version="1.0"?>\n<!-- x --><!DOCTYPE a><a/>'


@pytest.mark.parametrize("text", [LAUGHS, QUADRATIC, OUTSIDE, PARAMETER, HARMLESS])
@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (b"", "utf-8"),
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ],
)
def test_a_document_type_is_refused(text: str, mark: bytes, encoding: str) -> None:
    with pytest.raises(FileError, match="document type"):
        parse_xml(mark + text.encode(encoding))


@pytest.mark.parametrize(
    ("encoding", "hidden"),
    [
        ("utf-7", b"+ADwAIQ-DOCTYPE a+AD4APA-a/+AD4-"),
        ("cp037", "<!DOCTYPE a><a/>".encode("cp037")),
        ("utf-32", "<!DOCTYPE a><a/>".encode("utf-32-le")),
        ("shift_jis", b"<a/>"),
        ("no-such", b"<a/>"),
        ("hex", b"3c612f3e"),
    ],
)
def test_an_encoding_that_could_hide_something_is_refused(encoding: str, hidden: bytes) -> None:
    with pytest.raises(FileError, match="not well-formed"):
        parse_xml(f'<?xml version="1.0" encoding="{encoding}"?>'.encode() + hidden)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b'<?xml version="1.0"?><a>text &amp; &#228;</a>', "text & ä"),
        ("<a>Größe 🌉</a>".encode(), "Größe 🌉"),
        ("\ufeff<a>Größe</a>".encode(), "Größe"),
        ("\ufeff<a>Größe 🌉</a>".encode("utf-16-le"), "Größe 🌉"),
        ('\ufeff<?xml version="1.0" encoding="UTF-16"?><a>東京</a>'.encode("utf-16-be"), "東京"),
        ('<?xml version="1.0" encoding="ISO-8859-1"?><a>Größe</a>'.encode("latin-1"), "Größe"),
        (b"<a>one<!-- comment -->two<![CDATA[<three>]]></a>", "onetwo<three>"),
    ],
)
def test_xml_is_parsed(data: bytes, text: str) -> None:
    assert parse_xml(data).text == text


@pytest.mark.parametrize(
    "data", [b"", b"text", b"<a>", b"<a></b>", b"<a>&nbsp;</a>", b"<a>\0</a>", b"<a>\xff</a>", b"<a/><b/>", b"<a b=1/>"]
)
def test_what_is_not_well_formed_is_refused(data: bytes) -> None:
    with pytest.raises(FileError, match="not well-formed"):
        parse_xml(data)


def test_depth_is_bounded() -> None:
    assert parse_xml(b"<a>" * 200 + b"</a>" * 200).tag == "a"
    with pytest.raises(FileError, match="more than 200 elements inside each other"):
        parse_xml(b"<a>" * 201 + b"</a>" * 201)
    with pytest.raises(FileError, match="inside each other"):
        parse_xml(b"<a>" * 500_000 + b"</a>" * 500_000)


@pytest.mark.parametrize("data", [b"<a>" + b"x" * 32_000_000 + b"</a>", b"<a>" + b"<b/>" * 2_500_000 + b"</a>"])
def test_size_is_bounded(data: bytes) -> None:
    with pytest.raises(FileError, match="too large to be read in one go"):
        parse_xml(data)


def test_attributes_count_twice() -> None:
    with pytest.raises(FileError, match="too large"):
        parse_xml(b"<a>" + b'<b c=""/>' * 900_000 + b"</a>")


@given(
    st.lists(st.sampled_from([b"<a>", b"</a>", b"<a", b"/>", b' b="', b'"', b"&", b";", b"x", b"<!", b"\xc3", b"]]>"]))
)
def test_any_xml_is_parsed_or_refused(parts: list[bytes]) -> None:
    with contextlib.suppress(FileError):
        parse_xml(b"".join(parts))


def test_the_sum_that_zip_keeps_is_what_is_checked() -> None:
    # A member whose directory entry was made to agree with other bytes is what it says it is.
    data = packed(("a", b"one"), method=zipfile.ZIP_STORED)
    other = data.replace(b"one", b"two").replace(
        struct.pack("<I", zlib.crc32(b"one")), struct.pack("<I", zlib.crc32(b"two"))
    )
    assert Archive(other).read("a") == b"two"
