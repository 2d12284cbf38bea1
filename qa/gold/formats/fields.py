"""One value of a gold file with its name, so that whatever is wrong with it can be told."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

Steps = tuple[str | int, ...]
"""The keys and indices that lead from a record to one of its values."""

_SHOWN = 60
"""Characters of a value that are repeated in a sentence."""

_PLAIN_KEY = re.compile(r"[A-Za-z_][\w-]*", re.ASCII)


class Fault(Exception):
    """What is wrong with one value; who reads the file adds its name and the line."""

    def __init__(self, problem: str, steps: Steps = ()) -> None:
        super().__init__(problem)
        self.problem = problem
        self.steps = steps


@dataclass(frozen=True, slots=True)
class Field:
    """A value and the steps to it; `line` is 0 where it is only looked for when there is something to tell."""

    value: Any
    steps: Steps = ()
    line: int = 0

    def fault(self, problem: str) -> Fault:
        return Fault(problem, self.steps)

    @property
    def place(self) -> str:
        return f"line {self.line}" if self.line else name(self.steps)

    def has(self, key: str) -> bool:
        return key in self.members()

    def members(self) -> dict[str, Any]:
        """The value as an object. Raises Fault where it is none, as every method here does for its kind."""
        if not isinstance(self.value, dict):
            raise self.fault("an object is needed.")
        return self.value

    def member(self, *keys: str) -> Field:
        """The first of these members that is there, else the first with the value None."""
        members = self.members()
        key = next((key for key in keys if key in members), keys[0])
        return Field(members.get(key), (*self.steps, key), self.line)

    def items(self) -> list[Field]:
        if not isinstance(self.value, list):
            raise self.fault("a list is needed.")
        return [Field(item, (*self.steps, at), self.line) for at, item in enumerate(self.value)]

    def optional_items(self, key: str) -> list[Field]:
        return self.member(key).items() if self.has(key) else []

    def string(self) -> str:
        """A text that may be empty, without what no document and no question can hold."""
        if not isinstance(self.value, str):
            raise self.fault("a text is needed.")
        if "\0" in self.value:
            raise self.fault("there is a NUL character in it; take it out.")
        try:
            self.value.encode()
        except UnicodeEncodeError as error:
            raise self.fault("there is half a surrogate pair in it, which is no character; take it out.") from error
        return self.value

    def text(self) -> str:
        """A text that holds something other than white space."""
        if not isinstance(self.value, str) or not self.value.strip():
            raise self.fault("a text that is not empty is needed.")
        return self.string()

    def texts(self) -> tuple[str, ...]:
        return tuple(item.text() for item in self.items())

    def identifier(self) -> str:
        """A text, or a whole number as one: other people's files have both."""
        if isinstance(self.value, int) and not isinstance(self.value, bool):
            return str(self.value)
        if not isinstance(self.value, str) or not self.value.strip():
            raise self.fault("a text that is not empty, or a whole number, is needed.")
        return self.string()

    def whole(self, least: int) -> int:
        if not isinstance(self.value, int) or isinstance(self.value, bool) or self.value < least:
            raise self.fault(f"a whole number of {least} or more is needed.")
        return self.value

    def flag(self) -> bool:
        if not isinstance(self.value, bool):
            raise self.fault("true or false is needed.")
        return self.value


class Identifiers:
    """The ids of a file, each with the place where it first stood."""

    def __init__(self) -> None:
        self._places: dict[str, str] = {}

    def take(self, identifier: str, field: Field) -> str:
        """Raises Fault where the id was taken before."""
        if identifier in self._places:
            raise field.fault(f"the id {shown(identifier)} stands in {self._places[identifier]} too.")
        self._places[identifier] = field.place
        return identifier


def name(steps: Steps) -> str:
    """`data[0].paragraphs[1]`, and keys that are no words in quotes: `["1 2"].question`."""
    parts = []
    for step in steps:
        if isinstance(step, int):
            parts.append(f"[{step}]")
        elif _PLAIN_KEY.fullmatch(step):
            parts.append(f".{step}" if parts else step)
        else:
            parts.append(f"[{shown(step)}]")
    return "".join(parts)


def shown(text: str) -> str:
    """A text in quotes for a sentence: cut where it is long, and on one line whatever it holds."""
    return json.dumps(text if len(text) <= _SHOWN else text[:_SHOWN] + "…", ensure_ascii=not text.isprintable())
