"""JSON lines: the value of each line as a block of its own.

An object gives its title, then its other fields as `key: value`, then the paragraphs of the fields that hold its text:
`text`, `content`, `contents`, `body`, `passage`. Keys of objects in objects are joined by dots, the items of an array
share its key, null gives nothing. Numbers stand as they are written, NaN too, and a key that comes twice gives both
values. What is no character, NUL or half of a surrogate pair, becomes U+FFFD.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

from qa.errors import FileError
from qa.readers.extract import Extract, listed
from qa.readers.rows import headings, joined, line_end, sentence
from qa.readers.text import decode

_TITLE = "title"
_TEXTS = frozenset({"text", "content", "contents", "body", "passage"})

_DEEPEST = 100
"""Arrays and objects within each other that are followed."""

_LONGEST_KEY = 100
"""Characters of a key and those above it that are kept: they are repeated with each value."""

_SHORT = 60
"""Characters of an item of an array that shares a line with the others."""

_NO_CHARACTER = re.compile("[\0\ud800-\udfff]")

# An object becomes a tuple of pairs, so that it is no array and no key is lost; a number stays as it is written.
_DECODER = json.JSONDecoder(object_pairs_hook=tuple, parse_float=str, parse_int=str, parse_constant=str, strict=False)


def read_jsonl(data: bytes, name: str) -> Extract:
    """Lines that are no JSON are left out, and noted; raises FileError where most are none."""
    text, notes = decode(data)
    wrong: list[int] = []
    right = 0
    titled = False

    def blocks() -> Iterator[tuple[int, str]]:
        nonlocal right, titled
        for number, line in _lines(text):
            try:
                title, paragraphs, cells = _parts(_DECODER.decode(line))
            except (ValueError, RecursionError):  # no JSON; nested more deeply than Python or we follow
                wrong.append(number)
                continue
            right += 1
            titled = titled or bool(title)
            if block := "\n\n".join(filter(None, [title, sentence(cells, closed=not paragraphs), *paragraphs])):
                yield number, _NO_CHARACTER.sub("\ufffd", block) if "\\u" in line else block

    canonical, places = joined(blocks())
    if len(wrong) > right:
        raise FileError(
            f"it is not JSON lines: {len(wrong):,} of its {len(wrong) + right:,} lines are no JSON value, "
            f"such as line {wrong[0]}. Write one value a line and index it again."
        )
    if wrong:
        notes += (f"Lines that were left out, as they are no JSON or nested too deeply: {listed(wrong)}.",)
    return Extract(
        title=PurePath(name).stem,
        text=canonical,
        headings=headings(canonical, places, titled=titled),
        places=places,
        notes=notes,
    )


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines that are not blank, with their numbers from 1."""
    at = number = 0
    while at < len(text):
        number += 1
        begin, at = at, line_end(text, at)
        if line := text[begin:at].strip():
            yield number, line


def _parts(value: Any) -> tuple[str, list[str], list[tuple[str, str]]]:
    """The title, the paragraphs and the other fields of a value."""
    title = ""
    paragraphs: list[str] = []
    cells: list[tuple[str, str]] = []
    for key, field in value if isinstance(value, tuple) else [("text" if isinstance(value, str) else "", value)]:
        known = key.casefold()
        if known == _TITLE and isinstance(field, str) and not title:
            title = " ".join(field.split())
        elif known in _TEXTS and isinstance(field, str):
            paragraphs.append(_with_plain_line_ends(field))
        else:
            cells += _cells(field, key)
    return title, paragraphs, cells


def _cells(value: Any, key: str) -> list[tuple[str, str]]:
    """The strings, numbers and truth values in a value, in order, each with the path of keys to it."""
    cells: list[tuple[str, str]] = []
    waiting = [(_shortened(key), value, 1)]
    while waiting:
        path, inner, depth = waiting.pop()
        if depth > _DEEPEST:
            raise ValueError("nested too deeply")
        if isinstance(inner, tuple):
            children = [(_shortened(f"{path}.{name}" if path else name), item, depth + 1) for name, item in inner]
            waiting.extend(reversed(children))
        elif isinstance(inner, list) and not _shares_a_line(inner):
            waiting.extend((path, item, depth + 1) for item in reversed(inner))
        elif isinstance(inner, list):
            cells.append((path, ", ".join(filter(None, map(_written, inner)))))
        else:
            cells.append((path, _written(inner)))
    return cells


def _shares_a_line(items: list[Any]) -> bool:
    return all(not isinstance(item, tuple | list) and len(_written(item)) <= _SHORT for item in items)


def _written(scalar: str | bool | None) -> str:
    """A string or number as it is, `true`, `false`, or nothing for null."""
    if isinstance(scalar, str):
        return _with_plain_line_ends(scalar)
    return "" if scalar is None else str(scalar).lower()


def _with_plain_line_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _shortened(key: str) -> str:
    return " ".join(key[: 2 * _LONGEST_KEY].split())[:_LONGEST_KEY]
