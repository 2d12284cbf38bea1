"""Gold files that are one JSON document, and the line of anything in them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from qa.errors import PinciteError
from qa.gold.formats.fields import Fault, Field, Steps
from qa.gold.formats.files import no_questions, sentence, text_of

_T = TypeVar("_T")

_SPACE = re.compile(r"[ \t\n\r]*")

_LONGEST_NUMBER = 18
"""Digits that are read as a whole number: Python refuses thousands of them, and no offset or grade has more."""

DECODER = json.JSONDecoder(parse_int=lambda digits: int(digits) if len(digits) <= _LONGEST_NUMBER else float(digits))
"""Too large a number comes out as a float, which is then told where a whole number is wanted."""


def read_document(path: Path, parse: Callable[[Field], _T]) -> _T:
    """What `parse` makes of a JSON document. Raises PinciteError that names line and field of what is wrong."""
    text = text_of(path)
    value = decoded(path, text)
    try:
        return parse(Field(value))
    except Fault as fault:
        raise PinciteError(sentence(path, line_of(text, fault.steps), fault)) from fault


def decoded(path: Path, text: str) -> Any:
    """The value of a JSON document. Raises PinciteError that names the line where it stops being one."""
    if not text.strip():
        raise no_questions(path)
    try:
        return decode(text)
    except json.JSONDecodeError as error:
        raise PinciteError(f"{path}, line {error.lineno}: {not_json(error)}") from error
    except RecursionError as error:
        raise PinciteError(f"{path}: {not_json(error)}") from error


def decode(text: str) -> Any:
    """Raises JSONDecodeError or RecursionError."""
    return DECODER.decode(text)


def not_json(error: json.JSONDecodeError | RecursionError) -> str:
    if isinstance(error, RecursionError):
        return "not valid JSON (nested too deeply)."
    return f"not valid JSON ({error.msg}, character {error.colno} of the line)."


def line_of(text: str, steps: Steps) -> int:
    """The line of a value in a JSON document, or of what lacks it."""
    at = _SPACE.match(text).end()  # type: ignore[union-attr]
    for step in steps:
        found = _entries(text, at).get(step)
        if found is None:
            break
        at = found
    return text.count("\n", 0, at) + 1


def _entries(text: str, at: int) -> dict[str | int, int]:
    """Where the value of each key or index of the object or list at `at` begins; of keys that repeat, the last."""
    kind = text[at]
    places: dict[str | int, int] = {}
    if kind not in "{[":
        return places
    at = _past_space(text, at + 1)
    while text[at] not in "}]":
        key: str | int = len(places)
        if kind == "{":
            key, at = DECODER.raw_decode(text, at)
            at = _past_space(text, _past_space(text, at) + 1)  # the colon
        places[key] = at
        at = _past_space(text, DECODER.raw_decode(text, at)[1])
        if text[at] == ",":
            at = _past_space(text, at + 1)
    return places


def _past_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at
