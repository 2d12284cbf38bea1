"""CSV: a header, and a question a row with its answers and, where it is known, its source."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from difflib import get_close_matches
from itertools import count
from pathlib import Path

from qa.errors import PinciteError
from qa.gold.formats.fields import Fault, Field, Identifiers
from qa.gold.formats.files import no_questions, sentence, text_of, unwritable, write_text
from qa.gold.formats.lines import gathered
from qa.gold.questions import Evidence, Gold, GoldQuestion

_MEANINGS = {
    "id": "id",
    "question": "question",
    "answer": "answer",
    "answers": "answer",
    "source": "source",
    "document": "source",
}
"""What each heading means, in any case."""

_DELIMITERS = (",", ";", "\t")
_ANSWERS = "|"

Row = list[str] | csv.Error


def read(path: Path) -> Gold:
    """Answers and sources are divided by `|`; a row with neither is an unanswerable question.

    Other columns are not read. Raises PinciteError that names line and column of what is wrong.
    """
    text = text_of(path)
    if not text.strip():
        raise no_questions(path)
    header, rows = _rows(path, text)
    identifiers = Identifiers()
    positions = count(1)
    questions = gathered(
        path, rows, lambda line, row: _question(_cells(header, row, line), str(next(positions)), identifiers)
    )
    if not questions:
        raise no_questions(path)
    return Gold(tuple(questions))


def write(gold: Gold, path: Path) -> None:
    """Write questions with answers and whole documents; CSV knows no tags.

    Raises PinciteError for a question with quotes, grades, or a `|` in an answer.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["id", "question", "answer", "source"])
    for question in gold:
        if any(evidence.quote or evidence.grade != 1 for evidence in question.evidence):
            raise unwritable(question.id, "CSV", "there is no place for quotes and grades.")
        sources = [evidence.document for evidence in question.evidence]
        for entry in (*question.answers, *sources):
            if _ANSWERS in entry or entry != entry.strip():
                raise unwritable(question.id, "CSV", f"an answer or source has {_ANSWERS} or white space around it.")
        writer.writerow([question.id, question.question, _ANSWERS.join(question.answers), _ANSWERS.join(sources)])
    write_text(path, out.getvalue())


def headings(line: str) -> tuple[str, list[str]]:
    """The delimiter of a header and its headings in lower case; no headings where none of them is a question's."""
    for delimiter in _DELIMITERS:
        try:
            cells = next(csv.reader([line], delimiter=delimiter), [])
        except csv.Error:
            continue
        found = [cell.strip().lower() for cell in cells]
        if "question" in found:
            return delimiter, found
    return _DELIMITERS[0], []


def _rows(path: Path, text: str) -> tuple[list[str], Iterator[tuple[int, Row]]]:
    """The headings, and the rows below them."""
    start = len(text) - len(text.lstrip())
    before = text.count("\n", 0, start) + 1
    lines = io.StringIO(text[start:], newline="")
    delimiter, header = headings(next(lines))
    if fault := _wrong_header(header):
        raise PinciteError(sentence(path, before, fault))
    return header, _numbered(lines, delimiter, before)


def _wrong_header(header: list[str]) -> Fault | None:
    meanings = [_MEANINGS.get(heading, "") for heading in header]
    for heading, meaning in zip(header, meanings, strict=True):
        if meaning and meanings.count(meaning) > 1:
            return Fault(f"there is more than one column for the {meaning}.", (heading,))
        # Any other column is the user's own; one that is nearly ours would be left out without a word.
        if not meaning and (near := get_close_matches(heading, _MEANINGS, n=1, cutoff=0.8)):
            return Fault(f"this column would not be read; is it {near[0]}? Else give it another name.", (heading,))
    for meaning in ("question", "answer"):
        if meaning not in meanings:
            return Fault("a column with this heading is needed, as in question,answer,source.", (meaning,))
    return None


def _numbered(lines: io.StringIO, delimiter: str, before: int) -> Iterator[tuple[int, Row]]:
    """The rows that hold something, each with the line where it begins; nothing is read behind one that is no CSV."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        line = before + reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield line, error
            return
        if any(cell.strip() for cell in row):
            yield line, row


def _cells(header: list[str], row: Row, line: int) -> dict[str, Field]:
    """The cells of a row by what their headings mean."""
    if isinstance(row, csv.Error):
        raise Fault(f"not valid CSV ({row}).") from row
    if len(row) != len(header):
        raise Fault(f"{len(header)} cells are needed, as in the header, not {len(row)}; quote what holds a delimiter.")
    return {
        _MEANINGS[heading]: Field(cell, (heading,), line)
        for heading, cell in zip(header, row, strict=True)
        if heading in _MEANINGS
    }


def _question(cells: dict[str, Field], position: str, identifiers: Identifiers) -> GoldQuestion:
    question = cells["question"]
    identifier = cells.get("id") or Field(position, (), question.line)
    return GoldQuestion(
        id=identifiers.take(identifier.text(), identifier),
        question=question.text(),
        answers=_divided(cells["answer"]),
        evidence=tuple(Evidence(name) for name in _divided(cells["source"])) if "source" in cells else (),
    )


def _divided(cell: Field) -> tuple[str, ...]:
    if not cell.string().strip():
        return ()
    parts = [part.strip() for part in cell.string().split(_ANSWERS)]
    return tuple(dict.fromkeys(Field(part, cell.steps, cell.line).text() for part in parts))
