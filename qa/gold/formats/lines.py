"""Gold files of one record a line: the first wrong line is told in full, the others by their numbers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from qa.errors import PinciteError
from qa.gold.formats.documents import decode, decoded, line_of, not_json
from qa.gold.formats.fields import Fault, Field
from qa.gold.formats.files import sentence, text_of

_R = TypeVar("_R")
_T = TypeVar("_T")

_LISTED = 10
"""Numbers of further wrong lines that are told."""

_SUFFIXES = (".jsonl", ".ndjson")


def numbered(text: str) -> Iterator[tuple[int, str]]:
    """The lines that hold something, counted from 1; only `\\n` ends a line, as in JSON lines."""
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield number, line


def read_json_lines(path: Path, parse: Callable[[Field], _T]) -> list[_T]:
    """What `parse` makes of each line. Raises PinciteError that names line and field of what is wrong."""
    return gathered(path, numbered(text_of(path)), lambda number, line: parse(_record(number, line)))


def gathered(path: Path, rows: Iterable[tuple[int, _R]], parse: Callable[[int, _R], _T]) -> list[_T]:
    """What `parse` makes of each row and its line. Raises PinciteError with all lines for which it raised Fault."""
    values = []
    wrong: list[tuple[int, Fault]] = []
    for number, row in rows:
        try:
            values.append(parse(number, row))
        except Fault as fault:
            wrong.append((number, fault))
    if wrong:
        (first, cause), *others = wrong
        raise PinciteError(sentence(path, first, cause) + _further([number for number, _ in others])) from cause
    return values


def read_records(path: Path, parse: Callable[[Field], _T]) -> list[_T]:
    """Records that stand one a line, or in the list that the file is.

    Raises PinciteError that names line and field of what is wrong.
    """
    text = text_of(path)
    if in_lines(path, text):
        return read_json_lines(path, parse)
    whole = Field(decoded(path, text))
    try:
        return [parse(item) for item in whole.items()]
    except Fault as fault:
        raise PinciteError(sentence(path, line_of(text, fault.steps), fault)) from fault


def in_lines(path: Path, text: str) -> bool:
    """Whether a JSON file has a record a line: by its suffix, or because its first line is one and not its last."""
    if path.suffix.lower() in _SUFFIXES:
        return True
    lines = numbered(text)
    _, first = next(lines, (0, ""))
    if not first.lstrip().startswith("{") or next(lines, None) is None:
        return False
    try:
        decode(first)
    except (ValueError, RecursionError):
        return False
    return True


def _record(number: int, line: str) -> Field:
    try:
        field = Field(decode(line), line=number)
    except (json.JSONDecodeError, RecursionError) as error:
        raise Fault(not_json(error)) from error
    field.members()
    return field


def _further(numbers: list[int]) -> str:
    if not numbers:
        return ""
    if len(numbers) == 1:
        return f" Line {numbers[0]} is wrong too."
    named = [str(number) for number in numbers[:_LISTED]]
    last = f"{len(numbers) - _LISTED:,} more" if len(numbers) > _LISTED else named.pop()
    return f" Lines {', '.join(named)} and {last} are wrong too."
