"""Tables in text: each row is found again under its number, with each character of its cells."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.readers.csv import read_csv
from qa.readers.extract import Extract

SEPARATORS = [",", ";", "\t", "|"]
FRENCH = "Le café est fermé à midi; la crème brûlée coûte 5 euros.\nLes élèves ont déjà mangé."


def rows(content: str, name: str = "a.csv") -> dict[int, str]:
    """The block of each row by its number."""
    return blocks(read_csv(content.encode(), name))


def blocks(extract: Extract) -> dict[int, str]:
    assert extract.places is not None
    assert extract.places.unit == "row"
    starts = extract.places.starts
    ends = [*(start - 2 for start in starts[1:]), len(extract.text)][: len(starts)]
    assert all(extract.text[end : end + 2] == "\n\n" for end in ends[:-1])
    return {
        number: extract.text[start:end] for number, start, end in zip(extract.places.numbers, starts, ends, strict=True)
    }


def notes(content: str) -> tuple[str, ...]:
    return read_csv(content.encode(), "a.csv").notes


# --- by hand


def test_a_row_is_a_sentence_with_the_names_of_its_columns() -> None:
    extract = read_csv(b"name,born,city\r\nAnn,1950,Leeds\r\nBob,,York\r\n", "people/staff.csv")
    assert extract.text == "name: Ann; born: 1950; city: Leeds.\n\nname: Bob; city: York."
    assert extract.title == "staff"
    assert extract.notes == ()
    assert extract.places is not None
    assert (extract.places.unit, extract.places.starts, extract.places.numbers) == ("row", (0, 37), (2, 3))


def test_rows_count_as_in_a_spreadsheet() -> None:
    content = 'name,note\nAnn,"two\nlines"\n\nBob,x\n,\nEve,y\n'
    assert rows(content) == {2: "name: Ann; note: two\nlines.", 4: "name: Bob; note: x.", 6: "name: Eve; note: y."}


def test_a_cell_that_ends_a_sentence_needs_no_mark() -> None:
    assert rows('id,q,a\n7,"Do moles dig?","Yes, they do."\n8,a,b\n')[2] == "id: 7; q: Do moles dig? a: Yes, they do."


def test_blank_lines_in_a_cell_do_not_end_its_row() -> None:
    content = 'name,text\nAnn,"One.\r\n\r\n  \r\nTwo."\nBob,x\n'
    assert rows(content)[2] == "name: Ann; text: One.\nTwo."


@pytest.mark.parametrize("separator", SEPARATORS)
def test_every_separator_is_found(separator: str) -> None:
    content = "\n".join(separator.join(row) for row in (["a", "b", "c"], ["1", "x y", "p"], ["2", "z", "q"]))
    assert rows(content) == {2: "a: 1; b: x y; c: p.", 3: "a: 2; b: z; c: q."}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("x;y\n1,5;2,25\n3,5;4,75\n", "x: 1,5; y: 2,25."),  # decimal commas
        ("Name;Ort\nMeier, Hans;Bonn, am Rhein\nSchulz, Eva;Köln\n", "Name: Meier, Hans; Ort: Bonn, am Rhein."),
        ("id,genre\n1,Action|Drama|Crime\n2,Comedy|War|Drama\n", "id: 1; genre: Action|Drama|Crime."),
        ('id,text\n1,"a; b; c"\n2,"d; e; f"\n', "id: 1; text: a; b; c."),
        ("sep=;\na;b\nx,y;z,w\n1;2\n", "a: x,y; b: z,w."),
        ('a,b\n"say \\"hi, you\\" now",x\n"p",y\n', 'a: say "hi, you" now; b: x.'),
        ('a,b\n"C:\\dir\\",x\n"D:\\",y\n', "a: C:\\dir\\; b: x."),
        ('a,b\n5" pipe,"6"" pipe"\n1,2\n', 'a: 5" pipe; b: 6" pipe.'),
    ],
)
def test_the_dialect_is_that_of_the_table(content: str, expected: str) -> None:
    assert rows(content)[2] == expected
    assert notes(content) == ()


def test_a_separator_leaves_tidy_cells() -> None:
    assert rows("1,5;2,25\n3,5;4,75\n") == {1: "1,5; 2,25.", 2: "3,5; 4,75."}


def test_the_suffix_says_that_tabs_separate() -> None:
    assert rows("a,b\tc,d\n1,2\t3,4\n", "a.tsv")[2] == "a,b: 1,2; c,d: 3,4."


@pytest.mark.parametrize(
    ("content", "first"),
    [
        ("Paris,France\nLyon,France\nBonn,Germany\n", "Paris; France."),  # comes again in its column
        ("1,2\n3,4\n", "1; 2."),
        ("Ann,2019\nBob,2020\n", "Ann; 2019."),
        ("Ann,2024-01-31\nBob,2024-02-01\n", "Ann; 2024-01-31."),
        ("a,b,c\n", "a; b; c."),  # nothing is below it
        ("x,x\n1,2\n3,4\n", "x; x."),
        (f"{'long ' * 30},b\n1,2\n", f"{'long ' * 29}long; b."),
    ],
)
def test_a_first_row_that_names_nothing_is_data(content: str, first: str) -> None:
    assert rows(content)[1] == first


@pytest.mark.parametrize(
    ("content", "second"),
    [
        ("Country,2019,2020-21\nChad,16,16.4\n", "Country: Chad; 2019: 16; 2020-21: 16.4."),
        ("No,Yes/No\n1,Yes\n2,No\n", "No: 1; Yes/No: Yes."),
        (",name\n0,Ann\n1,Bob\n", "0; name: Ann."),
        ("Name:,Age:\nAnn,7\n", "Name: Ann; Age: 7."),
    ],
)
def test_a_first_row_that_names_the_columns_is_their_header(content: str, second: str) -> None:
    assert rows(content)[2] == second


def test_lines_above_the_header_are_rows_without_names() -> None:
    content = "Sales of 2024,,\n\nRegion,Units,Price\nNorth,5,1.2\nSouth,7,1.3\n"
    assert rows(content) == {
        1: "Sales of 2024",
        4: "Region: North; Units: 5; Price: 1.2.",
        5: "Region: South; Units: 7; Price: 1.3.",
    }


def test_a_list_keeps_its_lines() -> None:
    assert rows("Fruits\napple\npear\n") == {1: "Fruits", 2: "apple", 3: "pear"}
    assert rows("Prose, with commas, here.\nNone there\n") == {1: "Prose, with commas, here.", 2: "None there"}


def test_ragged_rows_are_read_and_named() -> None:
    content = "a,b,c\n1,2\n1,2,3,4\n1,2,3\n5,6,7\n8,9,10,\n"
    assert rows(content) == {
        2: "a: 1; b: 2.",
        3: "a: 1; b: 2; c: 3; 4.",
        4: "a: 1; b: 2; c: 3.",
        5: "a: 5; b: 6; c: 7.",
        6: "a: 8; b: 9; c: 10.",
    }
    assert notes(content) == ("Most rows have 3 cells; rows with more or fewer: 2, 3.",)
    assert notes("a,b\n" + "x,y\n" * 9 + "z\n" * 5) == (
        "Most rows have 2 cells; rows with more or fewer: 11, 12, 13 and 2 more.",
    )


@pytest.mark.parametrize(
    "last",
    [
        "4,y",  # no other quote follows
        '4,"y"',  # the next quote begins a cell
        '4,"y ""z"""',
    ],
)
def test_a_quote_that_never_closes_swallows_nothing(last: str) -> None:
    content = f'a,b\n1,"oops\n2,x\n3,x\n{last}\n'
    found = rows(content)
    assert [found[number] for number in (2, 3, 4)] == ['a: 1; b: "oops.', "a: 2; b: x.", "a: 3; b: x."]
    assert found[5].startswith("a: 4; b: y")
    assert notes(content) == ("Rows with a quote out of place, which were read line by line: 2.",)


def test_a_quote_that_closes_in_a_later_row_swallows_nothing() -> None:
    content = 'a,b,c\n1,"oops,q\n' + "2,x,q\n" * 4 + '3,6 in",q\n'
    found = rows(content)
    assert found[2] == 'a: 1; b: "oops; c: q.'
    assert [found[number] for number in (3, 4, 5, 6)] == ["a: 2; b: x; c: q."] * 4
    assert "out of place" in notes(content)[-1]


def test_quotes_within_a_quoted_cell_are_kept() -> None:
    assert rows('a,b\n"He said "hi" to me",5\nx,6\n')[2] == 'a: He said "hi" to me; b: 5.'


def test_a_cell_may_be_longer_than_the_module_allows() -> None:
    long = "word " * 60_000
    content = f'id,text\n1,"{long}"\n2,x\n'
    assert rows(content) == {2: f"id: 1; text: {long.strip()}.", 3: "id: 2; text: x."}
    assert notes(content) == ()


def test_long_rows_are_found_by_their_beginning() -> None:
    extract = read_csv(f"id,text\n1,{'first ' * 300}\n2,{'second ' * 300}\n".encode(), "a.csv")
    assert extract.places is not None
    assert [heading.start for heading in extract.headings] == list(extract.places.starts)
    assert [heading.text[:18] for heading in extract.headings] == ["id: 1; text: first", "id: 2; text: secon"]
    assert {len(heading.text) for heading in extract.headings} == {100}
    assert read_csv(b"id,text\n1,x\n2,y\n", "a.csv").headings == ()


def test_the_encoding_is_guessed_as_that_of_a_text() -> None:
    extract = read_csv(
        ("nom;texte\nÉric;" + FRENCH.replace("\n", " ").replace(";", ",") + "\nZoé;déjà vu\n").encode("cp1252"), "a.csv"
    )
    assert blocks(extract)[3] == "nom: Zoé; texte: déjà vu."
    assert "windows-1252" in extract.notes[0]
    assert read_csv("a,b\n1,é\n2,x\n".encode("utf-16"), "a.csv").text == "a: 1; b: é.\n\na: 2; b: x."


# --- whatever a table holds

plain = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r\n"), max_size=12)
lines = st.lists(st.text("ab é\"'日", max_size=6), min_size=2, max_size=4).map("\n".join)
cells = st.one_of(st.just(""), plain, lines, st.sampled_from(['"', '""', "a;b,c", "x\ty|z", " ", "=1+1", "\\"]))
tables = st.integers(1, 5).flatmap(
    lambda width: st.lists(st.lists(cells, min_size=width, max_size=width), min_size=1, max_size=8)
)


def written(table: Sequence[Sequence[str]], **options: object) -> str:
    stream = io.StringIO()
    csv.writer(stream, **options).writerows(table)  # type: ignore[arg-type]
    return stream.getvalue()


def squashed(text: str) -> str:
    return "".join(text.split())


@given(
    tables,
    st.sampled_from(SEPARATORS),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    st.sampled_from(["\n", "\r\n"]),
)
@settings(max_examples=300, deadline=None)
def test_every_cell_is_in_its_row(table: list[list[str]], separator: str, quoting: int, line_end: str) -> None:
    content = written(table, delimiter=separator, quoting=quoting, lineterminator=line_end)
    extract = read_csv(f"sep={separator}\n{content}".encode(), "a.csv")
    found = blocks(extract)
    filled = [number for number, row in enumerate(table, 1) if squashed("".join(row))]
    header = next((number for number in filled if number not in found), None)
    for number, row in enumerate(table, 1):
        if number == header:
            continue
        rest = squashed(found.get(number, ""))
        for cell in row:
            assert squashed(cell) in rest
            rest = rest[rest.index(squashed(cell)) + len(squashed(cell)) :]
    names = [squashed(name).rstrip(":") for name in table[header - 1]] if header else []
    below = [row for row in table[header or 0 :] if any(map(squashed, row))]
    for column, name in enumerate(names):
        assert not any(squashed(row[column]) for row in below) or name in squashed(extract.text)
    assert extract.notes == ()


names = st.lists(
    st.sampled_from("name city age price date comment No. e-mail Größe".split()), min_size=2, max_size=6, unique=True
)
words = st.lists(st.sampled_from("the moles dig a long deep hole, and sleep; well".split()), min_size=1, max_size=9)
kinds = [
    st.integers(-999, 10**6).map(str),
    st.floats(0, 1000).map(lambda number: f"{number:.2f}"),
    st.dates().map(str),
    words.map(" ".join),
    words.map(lambda found: " ".join(found) + '. "Yes!"'),
]


@given(names, st.data(), st.sampled_from(SEPARATORS), st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
@settings(deadline=None)
def test_an_ordinary_table_needs_no_help(header: list[str], data: st.DataObject, separator: str, quoting: int) -> None:
    columns = [data.draw(st.sampled_from(kinds)) for _ in header]
    table = data.draw(st.lists(st.tuples(*columns), min_size=3, max_size=12))
    content = written([header, *table], delimiter=separator, quoting=quoting)
    found = rows(content)
    assert list(found) == list(range(2, len(table) + 2))
    for block, row in zip(found.values(), table, strict=True):
        for name, cell in zip(header, row, strict=True):
            assert f"{name}: {cell}" in block


@given(st.text('",;\n 1\\', max_size=60))
@settings(max_examples=300, deadline=None)
def test_no_character_is_lost_whatever_the_quotes(content: str) -> None:
    # A digit cannot be part of a header here, whose names appear as often as they have cells.
    assert read_csv(content.encode(), "a.csv").text.count("1") == content.count("1")


def test_quotes_out_of_place_take_linear_time() -> None:
    def seconds(content: bytes) -> float:
        begin = time.process_time()
        read_csv(content, "a.csv")
        return time.process_time() - begin

    for line in (b'1,"x y z\n', b',,"""\n', b'a,"b ""c"" d",e\n'):
        small, large = (min(seconds(b"a,b,c\n" + line * n) for _ in range(2)) for n in (4_000, 16_000))
        assert large < 10 * small + 0.1  # four times as much takes four times as long
