"""Answers that were kept: a file of JSON lines, one answer a line, appended to and read again.

What is read may be anything: every value is looked at before it becomes a citation.
"""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import Any, get_args

from qa.errors import PinciteError
from qa.types import Citation, DocumentRef, Place, Unit

_LONGEST_LINE = 10_000_000
"""Bytes of a line: an answer has some ten thousand, and JSON can take 25 times its length in memory."""

_LARGEST_NUMBER = 2**53
"""What every program that reads JSON can hold."""

_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class SavedAnswer:
    """The citations of the answer in one line; `problem` says what is wrong with a line that holds none."""

    file: str
    line: int
    citations: tuple[Citation, ...] = ()
    problem: str = ""


def append(path: Path, answer: Mapping[str, Any]) -> None:
    """Add an answer to a file, which is made where there is none, for its owner alone.

    All of it is on the disk afterwards, or none. Raises PinciteError where that cannot be.
    """
    line = json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
    try:
        with _opened(path) as file:
            _append(file, line)
            if file.tell() == len(line) and os.name == "posix":  # a new name has to last, too
                _sync_folder(path.absolute().parent)
    except OSError as error:
        raise PinciteError(f"The answer could not be saved to {path}: {error.strerror or error}.") from error


def _opened(path: Path) -> FileIO:
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    file = FileIO(os.open(path, flags, 0o600), "r+")
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise PinciteError(f"The answer could not be saved to {path}, which is not a regular file: name another one.")
    return file


def _append(file: FileIO, line: bytes) -> None:
    import portalocker

    portalocker.lock(file, portalocker.LockFlags.EXCLUSIVE)  # until it is closed
    end = file.seek(0, os.SEEK_END)
    if end:
        file.seek(end - 1)
        if file.read(1) != b"\n":  # something broke off while it was written
            line = b"\n" + line
    try:
        rest = memoryview(line)
        while rest:
            rest = rest[file.write(rest) :]
        os.fsync(file.fileno())
    except OSError:
        file.truncate(end)
        raise


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read_saved(path: Path) -> Iterator[SavedAnswer]:
    """The answers in a file, one after the other; blank lines are none. Raises PinciteError where it cannot be read."""
    documents: dict[DocumentRef, DocumentRef] = {}
    try:
        with path.open("rb") as file:
            for number, line in enumerate(_lines(file), start=1):
                if not line.strip():
                    continue
                try:
                    yield SavedAnswer(str(path), number, tuple(_citations(_parsed(line), documents)))
                except ValueError as error:
                    yield SavedAnswer(str(path), number, problem=str(error))
    except OSError as error:
        raise PinciteError(f"{path} could not be read: {error.strerror or error}.") from error


def _lines(file: Any) -> Iterator[bytes]:
    """The lines of a file; of one that is too long only as much as shows that it is."""
    while line := file.readline(_LONGEST_LINE + 1):
        yield line
        while len(line) > _LONGEST_LINE and not line.endswith(b"\n"):
            line = file.readline(_LONGEST_LINE + 1)


def _parsed(line: bytes) -> Any:
    _require(len(line) <= _LONGEST_LINE, f"it is longer than {_LONGEST_LINE // 10**6} MB.")
    is_ambiguous = False

    def fields(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal is_ambiguous
        values = dict(pairs)
        is_ambiguous = is_ambiguous or len(values) < len(pairs)
        return values

    try:
        value = json.loads(line, object_pairs_hook=fields, parse_constant=_no_number)
    except RecursionError as error:
        raise ValueError("it is JSON that is nested too deeply.") from error
    except ValueError as error:
        raise ValueError("it is not JSON: was it cut off?") from error
    _require(not is_ambiguous, "it gives one name two values, of which another program may take the other.")
    return value


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _citations(answer: Any, documents: dict[DocumentRef, DocumentRef]) -> Iterator[Citation]:
    citations = answer.get("citations") if isinstance(answer, dict) else None
    if not isinstance(citations, list):
        raise ValueError("it is no answer: save answers with pincite ask --save.")
    for position, value in enumerate(citations, start=1):
        _require(isinstance(value, dict), f"citation {position} is no object.")
        yield citation_of(Fields(value, f"citation {position}"), documents)


@dataclass(frozen=True, slots=True)
class Fields:
    """A JSON object whose values are asked for by name and kind. Raises ValueError for a value of another kind."""

    values: Mapping[str, Any]
    name: str

    def text(self, key: str, default: str | None = None) -> str:
        value = self.values.get(key, default)
        _require(isinstance(value, str), f'"{key}" of {self.name} is no text.')
        return str(value)

    def number(self, key: str, default: int | None = None) -> int:
        value = self.values.get(key, default)
        fits = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _LARGEST_NUMBER
        _require(fits, f'"{key}" of {self.name} is no whole number from 0 on.')
        return int(value or 0)

    def optional_number(self, key: str) -> int | None:
        return None if self.values.get(key) is None else self.number(key)

    def real(self, key: str) -> float:
        value: Any = self.values.get(key)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        fits = is_number and -_LARGEST_NUMBER <= value <= _LARGEST_NUMBER  # NaN does not
        _require(fits, f'"{key}" of {self.name} is no number.')
        return float(value)

    def flag(self, key: str) -> bool:
        value = self.values.get(key)
        _require(isinstance(value, bool), f'"{key}" of {self.name} is neither true nor false.')
        return bool(value)

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.values.get(key)
        fits = isinstance(value, list) and all(isinstance(entry, str) for entry in value)
        _require(fits, f'"{key}" of {self.name} is no list of texts.')
        return tuple(value or ())

    def inner(self, key: str) -> Fields | None:
        value = self.values.get(key)
        _require(value is None or isinstance(value, dict), f'"{key}" of {self.name} is no object.')
        return None if value is None else Fields(value, self.name)

    def objects(self, key: str) -> list[Fields]:
        value = self.values.get(key)
        fits = isinstance(value, list) and all(isinstance(entry, dict) for entry in value)
        _require(fits, f'"{key}" of {self.name} is no list of objects.')
        return [Fields(entry, f"number {at} of {key} of {self.name}") for at, entry in enumerate(value or (), start=1)]


def citation_of(fields: Fields, documents: dict[DocumentRef, DocumentRef]) -> Citation:
    """A citation without its verdict; `documents` has each document once. Raises ValueError, as what follows does."""
    quote = fields.text("quote")
    _require(quote.strip() != "", f"{fields.name} quotes nothing.")
    document = document_of(fields)
    return Citation(
        number=fields.number("number"),
        document=documents.setdefault(document, document),
        start=fields.number("start"),
        end=fields.number("end"),
        quote=quote,
        prefix=fields.text("prefix", ""),
        suffix=fields.text("suffix", ""),
        page=None if fields.values.get("page") is None else fields.number("page"),
        line=fields.number("line", 0),
        place=place_of(fields),
    )


def document_of(fields: Fields) -> DocumentRef:
    document = fields.inner("document")
    if document is None:
        raise ValueError(f"{fields.name} names no document.")
    sha256 = document.text("sha256")
    _require(_SHA256.fullmatch(sha256) is not None, f'"sha256" of {fields.name} is no SHA-256 in hexadecimal digits.')
    return DocumentRef(document.text("id", ""), document.text("title", ""), document.text("source"), sha256)


def place_of(fields: Fields) -> Place | None:
    place = fields.inner("place")
    if place is None:
        return None
    unit = next((unit for unit in get_args(Unit) if unit == place.values.get("unit")), None)
    if unit is None:
        raise ValueError(f'"place" of {fields.name} has no unit that is known.')
    return Place(unit, place.number("number"))


def _require(holds: bool, sentence: str) -> None:
    if not holds:
        raise ValueError(sentence)
