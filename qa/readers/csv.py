"""Comma- and tab-separated values: a block a row, of parts `column: value` where the file names its columns. The row
of these names has no block: it answers nothing.

The separator is the one of `, ; tab |` that divides most rows into the same number of tidy cells; quotes are those of
RFC 4180, or with backslashes where only these fit. The header is the first row, of the first twenty, that is as wide as
most rows and more than half filled behind its first cell, if it can be one: its cells are short, in one line, different
from each other, none comes again in its column, and none is a value; a year names a column where no year is below it.

Rows are numbered as a spreadsheet numbers them: a record is a row however many lines its cells have, blank lines count,
and where the header is row 1, the first row of data is row 2.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice, zip_longest
from pathlib import PurePath
from typing import NamedTuple

from qa.readers.extract import Extract, listed
from qa.readers.rows import headings, joined, line_end, sentence
from qa.readers.text import decode

_SEPARATORS = ",;\t|"
_SAID = re.compile(r"sep=([,;\t|])\n")
"""The line with which a file for Excel may name its separator."""

_SAMPLE, _SAMPLE_ROWS = 100_000, 200
"""Characters and rows by which a file is judged."""

_TOP = 20
"""Rows among which the header is looked for."""

_LONGEST_NAME = 100
"""Characters that the name of a column has at most."""

_LARGEST_CELL = 2**31 - 1

_YEAR = re.compile(r"(?:1[5-9]|20)[0-9]{2}(?:[-/–][0-9]{2,4})?")
_VALUE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}|\w+://|\S+@\S+\.\w+$|(?:true|false|null|n/a)$", re.IGNORECASE)
_UNTIDY = re.compile(r'[;\t|"]|,(?![ 0-9])')


class _Dialect(NamedTuple):
    separator: str
    escape: str | None = None


class _Row(NamedTuple):
    """A record. It is `whole` where its quotes open and close as they should."""

    number: int
    cells: list[str]
    whole: bool = True


def read_csv(data: bytes, name: str) -> Extract:
    """Notes say which rows have more or fewer cells than the others, and which have a quote out of place."""
    text, notes = decode(data)
    csv.field_size_limit(_LARGEST_CELL)  # the module's own limit refuses a long cell; this only ever raises it
    said = _SAID.match(text)
    begin = said.end() if said else 0
    dialect = _Dialect(said[1]) if said else _dialect(text, PurePath(name).suffix.lower())
    top = _top(text, begin, dialect)
    width = _width(top)
    header = _header(top, width)
    ragged: list[int] = []
    broken: list[int] = []

    def blocks() -> Iterator[tuple[int, str]]:
        for row in _rows(text, begin, dialect, width):
            if not row.whole:
                broken.append(row.number)
            elif row.number > header.number and _is_ragged(row.cells, width):
                ragged.append(row.number)
            below = row.number > header.number
            names = header.cells[: len(row.cells)] if below else []
            block = sentence(zip_longest(names, row.cells, fillvalue=""), closed=below and width > 1)
            if block and row.number != header.number:
                yield row.number, block

    canonical, places = joined(blocks())
    if ragged:
        notes += (f"Most rows have {width} cells; rows with more or fewer: {listed(ragged)}.",)
    if broken:
        notes += (f"Rows with a quote out of place, which were read line by line: {listed(broken)}.",)
    return Extract(
        title=PurePath(name).stem,
        text=canonical,
        headings=headings(canonical, places),
        places=places,
        notes=notes,
    )


def _top(text: str, at: int, dialect: _Dialect) -> list[_Row]:
    """The first rows, as many as it takes to judge the file."""
    top: list[_Row] = []
    size = 0
    for row in islice(_rows(text, at, dialect), _SAMPLE_ROWS):
        top.append(row)
        size += sum(map(len, row.cells))
        if size > _SAMPLE:
            break
    return top


def _dialect(text: str, suffix: str) -> _Dialect:
    """The dialect that makes the best table; one without a separator that occurs makes rows of one cell."""
    separators = [separator for separator in _SEPARATORS if text.find(separator, 0, _SAMPLE) >= 0]
    if suffix == ".tsv" and "\t" in separators:
        separators = ["\t"]
    tables = [_table(text, separator) for separator in separators]
    score, dialect = max(tables, key=lambda table: table[0], default=(0.0, None))
    return dialect if score and dialect else _Dialect("\0")


def _table(text: str, separator: str) -> tuple[float, _Dialect]:
    """How good a table a separator makes: by its share of rows of one width, the share of tidy cells, and the width."""
    dialect = _Dialect(separator)
    rows = _top(text, 0, dialect)
    if text.find('\\"', 0, _SAMPLE) >= 0 and not all(row.whole for row in rows):
        escaped = _top(text, 0, _Dialect(separator, "\\"))
        if all(row.whole for row in escaped):
            dialect, rows = _Dialect(separator, "\\"), escaped
    width = _width(rows)
    filled = [row.cells for row in rows if not _is_blank(row.cells)]
    wide = [cells for cells in filled if len(cells) == width]
    if width < 2 or 2 * len(wide) < len(filled) or len(wide) < min(2, len(filled)):
        return 0.0, dialect
    cells = [cell for row in wide for cell in row if cell]
    tidy = sum(not _UNTIDY.search(cell) for cell in cells) / len(cells)
    return len(wide) / len(filled) * tidy**2 * (1 - 1 / width), dialect


def _width(rows: Sequence[_Row]) -> int:
    """The number of cells that most rows have."""
    widths = Counter(len(row.cells) for row in rows if not _is_blank(row.cells))
    return max(widths, key=lambda width: (widths[width], width), default=0)


def _header(top: Sequence[_Row], width: int) -> _Row:
    """The names of the columns and the number of their row, which is 0 where there is none."""
    wide = [row for row in top if len(row.cells) == width and _is_filled(row.cells)]
    if len(wide) < 2 or wide[0].number > _TOP:
        return _Row(0, [])
    names = [name.strip() for name in wide[0].cells]
    columns = [[row.cells[column].strip() for row in wide[1:]] for column in range(width)]
    filled = [name.casefold() for name in names if name]
    if width == 1 and 2 * sum(map(_is_value, columns[0])) < len(columns[0]):
        return _Row(0, [])  # the first line of a list may be its title, or its first item
    is_header = len(set(filled)) == len(filled) and all(map(_can_name, names, columns))
    return _Row(wide[0].number, [name.rstrip(":") for name in names]) if is_header else _Row(0, [])


def _is_blank(cells: Sequence[str]) -> bool:
    return not any(map(str.strip, cells))


def _is_filled(cells: Sequence[str]) -> bool:
    behind = cells[1:] or cells  # a title may stand in the first column alone, and an index has no name
    return 2 * sum(map(bool, map(str.strip, behind))) > len(behind)


def _can_name(name: str, column: Sequence[str]) -> bool:
    if _YEAR.fullmatch(name):
        return not any(map(_YEAR.fullmatch, column))
    return not name or (len(name) <= _LONGEST_NAME and "\n" not in name and name not in column and not _is_value(name))


def _is_value(cell: str) -> bool:
    return bool(_VALUE.match(cell)) or (any(map(str.isdigit, cell)) and not any(map(str.isalpha, cell)))


def _is_ragged(cells: Sequence[str], width: int) -> bool:
    return bool(cells) and (len(cells) < width or not _is_blank(cells[width:]))


def _rows(text: str, at: int, dialect: _Dialect, width: int = 0) -> Iterator[_Row]:
    """The records from an offset on. One with a quote out of place is read line by line, so that it swallows no other.

    Where `width` is given, a record is also taken apart if each line within it looks like a record of so many cells.
    """
    number = 0
    while at < len(text):
        for end, cells in _records(text, at, dialect):
            number += 1
            if cells is None or _has_swallowed(text, at, end, dialect.separator, width):
                end = line_end(text, at)
                yield _Row(number, _split(text[at:end].rstrip("\n"), dialect.separator), whole=False)
                at = end
                break
            yield _Row(number, cells)
            at = end


def _records(text: str, at: int, dialect: _Dialect) -> Iterator[tuple[int, list[str] | None]]:
    """The records and the offsets behind them, up to one with a quote out of place, which is None."""

    def lines() -> Iterator[str]:
        nonlocal at
        while at < len(text):
            begin, at = at, line_end(text, at)
            yield text[begin:at]

    try:
        for cells in csv.reader(lines(), strict=True, delimiter=dialect.separator, escapechar=dialect.escape):
            yield at, cells
    except csv.Error:
        yield at, None


def _has_swallowed(text: str, begin: int, end: int, separator: str, width: int) -> bool:
    if width < 2 or text.count("\n", begin, end) < 4:
        return False
    within = text[begin:end].rstrip("\n").split("\n")[1:-1]
    return len(within) > 2 and all(line.count(separator) == width - 1 for line in within)


def _split(line: str, separator: str) -> list[str]:
    """The cells of a line. A quote closes one where a separator or the end follows; else it is a character."""
    cells = []
    at = 0
    may_close = True
    while at <= len(line):
        end = -1
        if may_close and line.startswith('"', at):
            end = line.find('"' + separator, at + 1)
            if end < 0:
                may_close = False
                end = len(line) - 1 if line.endswith('"', at + 1) else -1
        if end < 0:
            end = line.find(separator, at) % (len(line) + 1)
            cells.append(line[at:end])
            at = end + 1
        else:
            cells.append(line[at + 1 : end].replace('""', '"'))
            at = end + 2
    return cells
