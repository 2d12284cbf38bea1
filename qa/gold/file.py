"""A gold file in the house format that is changed in place: one process at a time, and whole lines only."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import portalocker

from embeddings.sealed import sync_folder
from qa.errors import PinciteError
from qa.gold.formats import house
from qa.gold.formats.files import text_of
from qa.gold.formats.recognition import recognise
from qa.gold.formats.texts import canonical
from qa.gold.questions import Evidence, GoldQuestion

_PATIENCE = 10.0
"""Seconds that another process is waited for; it writes for an instant."""

_MARK = b"\xef\xbb\xbf"
_SUFFIXES = (".jsonl", ".ndjson")

Repairs = Mapping[tuple[str, Evidence], Evidence]
"""New evidence by the id of its question and the evidence that it replaces."""


@contextmanager
def changing(path: Path) -> Iterator[Path]:
    """Hold the right to change a gold file, there or not, and hand out where it really is (behind links).

    Raises PinciteError where the folder does not take a lock, or another process holds it for long.
    """
    target = Path(os.path.realpath(path))
    lock = target.with_name(f".{target.name}.lock")
    with _explained(path):
        target.parent.mkdir(parents=True, exist_ok=True)
        file = _locked(path, lock)
    try:
        yield target
    finally:
        with suppress(OSError):  # Windows deletes no file that is open; one that is left does no harm
            lock.unlink()
        portalocker.unlock(file)
        file.close()


def questions(path: Path) -> tuple[GoldQuestion, ...]:
    """The questions of a file that lines can be added to; none where there is no file, or nothing in it.

    Raises PinciteError where it is not in the house format with a question a line.
    """
    if not os.path.lexists(path):
        if path.suffix.lower() not in _SUFFIXES:
            raise PinciteError(f"A new gold file has to end in .jsonl, with a question a line, which {path} does not.")
        return ()
    if not path.is_dir() and not text_of(path).strip():
        return ()
    need_lines(path)
    return house.read(path).questions


def need_lines(path: Path) -> None:
    """Raise PinciteError where a gold file is not one of the house format with a question a line."""
    if recognise(path) != "house" or text_of(path).lstrip().startswith("["):
        raise PinciteError(
            f"{path} is no gold file with a question a line, and only those can be changed: "
            f"make one of it with pincite gold convert {path} gold.jsonl"
        )


def append(path: Path, line: bytes) -> None:
    """Put a line behind what a file holds, which stays as it is. Where the disk does not take all of it, none is kept.

    Raises PinciteError where it cannot be written.
    """
    with _explained(path):
        is_new = not path.exists()
        with path.open("ab", buffering=0) as file:
            size = file.tell()
            try:
                _write_all(file.fileno(), _between(path, size) + line)
                os.fsync(file.fileno())
            except OSError:
                file.truncate(size)
                if is_new:
                    path.unlink()
                raise


def repair(path: Path, repairs: Repairs) -> int:
    """Replace evidence and return how often; lines without any stay byte for byte.

    The file is written beside its place and renamed. Raises PinciteError where it cannot be written.
    """
    with changing(path) as target:
        need_lines(target)
        house.read(target)  # what follows relies on its lines
        with _explained(path):
            lines = target.read_bytes().split(b"\n")
            repaired = [_repaired(line, repairs) for line in lines]
            count = sum(number for _, number in repaired)
            if count:
                _replace(target, b"\n".join(line for line, _ in repaired))
    return count


def replace_line(path: Path, question_id: str, line: bytes | None) -> int:
    """Put a line in the place of a question's, or nothing, and return which one it was, counted from 0.

    All others stay byte for byte. Only for who holds the right to change the file. Raises PinciteError where there is
    no such question, or the file cannot be written.
    """
    with _explained(path):
        lines = path.read_bytes().split(b"\n")
        at = next((at for at, each in enumerate(lines) if _id_of(each) == question_id), None)
        if at is None:
            raise PinciteError(f"There is no question {question_id} in {path} any more: look at the list again.")
        mark = _MARK if lines[at].startswith(_MARK) else b""
        if line is not None:
            lines[at] = mark + line.rstrip(b"\n") + (b"\r" if lines[at].endswith(b"\r") else b"")
        else:
            del lines[at]
            lines = [mark + lines[0], *lines[1:]] if lines else [mark]
        _replace(path, b"\n".join(lines))
    return at


def insert_line(path: Path, at: int, line: bytes) -> None:
    """Put a line in before line `at`, counted from 0, or behind the last. Only for who holds the right to change it.

    Raises PinciteError where the file cannot be written.
    """
    with _explained(path):
        data = path.read_bytes() if path.exists() else b""
        mark = _MARK if data.startswith(_MARK) else b""
        lines = data[len(mark) :].split(b"\n")
        if at >= len(lines) - (not lines[-1]):  # what is behind the last line end is no line
            append(path, line)
            return
        lines.insert(max(at, 0), line.rstrip(b"\n"))
        _replace(path, mark + b"\n".join(lines))


def _id_of(line: bytes) -> Any:
    body = line.removeprefix(_MARK)
    return json.loads(body)["id"] if body.strip() else None


def _locked(path: Path, lock: Path) -> Any:
    until = time.monotonic() + _PATIENCE
    while True:
        file = lock.open("a")
        try:
            portalocker.lock(file, portalocker.LockFlags.EXCLUSIVE | portalocker.LockFlags.NON_BLOCKING)
            if _is_at(file, lock):
                return file
        except portalocker.AlreadyLocked as error:
            if time.monotonic() > until:
                file.close()
                raise PinciteError(f"Another process is changing {path}: try again when it has finished.") from error
        except portalocker.LockException as error:
            file.close()
            raise PinciteError(f"{path} cannot be locked ({error}): put it on a local disk.") from error
        file.close()  # locked by somebody else, or deleted by them while we opened it
        time.sleep(0.01)


def _is_at(file: Any, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


def _between(path: Path, size: int) -> bytes:
    """What the last line of a file lacks."""
    if not size:
        return b""
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        last = file.read(1)
    return b"" if last == b"\n" or size == len(_MARK) else b"\n"


def _write_all(file: int, data: bytes) -> None:
    while data:
        data = data[os.write(file, data) :]


def _repaired(line: bytes, repairs: Repairs) -> tuple[bytes, int]:
    mark = _MARK if line.startswith(_MARK) else b""
    body = line[len(mark) :].rstrip(b"\r")
    if not body.strip():
        return line, 0
    record = json.loads(body)
    count = 0
    for entry in record.get("evidence", ()):
        before = Evidence(entry["document"], canonical(entry.get("quote", "")), entry.get("grade", 1))
        if after := repairs.get((record["id"], before)):
            entry["document"], entry["quote"] = after.document, after.quote
            count += 1
    if not count:
        return line, 0
    end = line[len(mark) + len(body) :]
    return mark + json.dumps(record, ensure_ascii=False).encode() + end, count


def _replace(path: Path, data: bytes) -> None:
    path.open("r+b").close()  # a rename would not ask whether the file may be written
    beside = path.with_name(f".{path.name}.new")
    try:
        with beside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        shutil.copymode(path, beside)
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise PinciteError(f"The gold file {path} cannot be changed: {error.strerror or error}.") from error
    except ValueError as error:  # a NUL in the name
        raise PinciteError("The gold file cannot be changed: that is no name of a file.") from error
