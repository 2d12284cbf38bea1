"""PDF: the words themselves, letter by letter."""

from __future__ import annotations

import pytest
from pdf_files import LEFT, listed, page, put, raw, read, stream, text, whole
from reportlab.pdfgen.canvas import Canvas

from qa.errors import FileError


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        ("It is an impor-", "tant matter.", "important matter"),
        ("It was a well-", "known matter.", "well-known matter"),  # one of the openings that English joins so
        ("It was an Anglo-", "American matter.", "Anglo-American matter"),
        ("It was COVID-", "19 that did it.", "COVID-19 that"),
        ("It is a state-of-", "the-art matter.", "state-of-the-art matter"),
        ("The in-house and the in-", "house rule.", "the in-house rule"),  # as it is written elsewhere
        ("A selfish and self-", "ish man.", "selfish man"),  # the same, though `self-` is such an opening
        ("The wide region and the region-", "wide plan.", "region-wide plan"),  # two words that are written elsewhere
        ("The men were ill by then -", "or so it seemed.", "then - or so"),
        ("He read pages 10–", "12 of it.", "10–12 of"),
    ],
)
def test_hyphens_at_the_ends_of_lines(first: str, second: str, found: str) -> None:
    assert found in text(page(f"{first}\n{second}"))


def test_hyphens_stay_where_a_document_divides_no_words() -> None:
    lines = [*listed(LEFT) * 12, "It is a rain-", "sodden land."]
    assert "rain-sodden land" in text(page("\n".join(lines), y=780, step=11))


def mapped(codes: dict[int, str]) -> bytes:
    lines = "".join(f"<{code:02x}> <{letters.encode('utf-16-be').hex()}>\n" for code, letters in codes.items())
    cmap = f"/CIDInit /ProcSet findresource begin begincmap {len(codes)} beginbfchar\n{lines}endbfchar endcmap end"
    return stream(cmap.encode())


@pytest.mark.parametrize(
    ("letters", "found"),
    [
        ("\ufb01", "fix"),
        ("\ufb03", "ffix"),
        ("\U0001d49c", "\U0001d49cx"),
        ("e\u0301", "éx"),
        ("\u200b", "x"),
        ("\uf0b7", "•x"),  # Word's bullet
        ("\ue123", "x"),
        ("\x0e", "ffix"),  # as TeX codes it
    ],
)
def test_letters_are_those_that_people_type(letters: str, found: str) -> None:
    data = raw(b"BT /F 12 Tf 72 700 Td (Ax and more of it) Tj ET", mapped({0x41: letters}))
    assert read(data).text.split()[0] == found


@pytest.mark.parametrize(
    ("kerned", "found"),
    [
        (b"(so) -180 (, it)", "so, it"),  # PDFium puts a space there
        (b"(of) -180 (it)", "of it"),
        (b"(of) -400 (, it)", "of , it"),
    ],
)
def test_spaces_are_where_there_is_room_for_one(kerned: bytes, found: str) -> None:
    assert read(raw(b"BT /F 12 Tf 72 700 Td [" + kerned + b"] TJ ET", b"<<>>")).text == found


def test_a_font_without_letters_is_told() -> None:
    data = raw(b"BT /F 12 Tf 72 700 Td (AAAAAAAAAAAAAAA some) Tj ET", mapped({0x41: "\ue123"}))
    extract = read(data)
    assert extract.text == "some"
    assert extract.notes == ("15 characters were left out, because their fonts do not say which letters they are.",)
    with pytest.raises(FileError, match="do not say which letters"):
        read(raw(b"BT /F 12 Tf 72 700 Td (AAAA) Tj ET", mapped({0x41: "\ue123"})))


def test_raised_digits_are_superscripts_and_divide_no_word() -> None:
    def draw(canvas: Canvas) -> None:
        line = canvas.beginText(72, 700)
        for part, rise, size in (
            ("The policy", 0, 10),
            ("3", 4, 6),
            (" of the town was 10", 0, 10),
            ("6", 4, 6),
            (" on the 19", 0, 10),
            ("th", 4, 6),
            (" with H", 0, 10),
            ("2", -3, 6),
            ("O.", 0, 10),
        ):
            line.setFont("Times-Roman", size)
            line.setRise(rise)
            line.textOut(part)
        canvas.drawText(line)

    assert text(draw) == "The policy³ of the town was 10⁶ on the 19th with H2O."


@pytest.mark.parametrize("lines", [2, 3, 4])
def test_a_large_first_letter_is_part_of_its_word(lines: int) -> None:
    def draw(canvas: Canvas) -> None:
        put(canvas, "T", y=712 - 12 * lines, size=14 * lines)
        put(canvas, "\n".join(["he" + listed(LEFT)[0][3:], *listed(LEFT)[1:lines]]), x=72 + 9 * lines)
        put(canvas, "\n".join(listed(LEFT)[lines:]), y=700 - 12 * lines)

    assert text(draw) == whole(LEFT)


def test_what_lies_off_the_page_is_not_read() -> None:
    assert text(page("On the page.", ("off it", 700, 700), ("below it", 72, -50))) == "On the page."


def test_what_was_filled_in_a_form_is_read() -> None:
    def draw(canvas: Canvas) -> None:
        put(canvas, "Name:")
        canvas.acroForm.textfield(name="n", value="Ada Lovelace", x=110, y=694, width=200, height=16)

    assert text(draw) == "Name: Ada Lovelace"
