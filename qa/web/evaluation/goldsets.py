"""The gold sets of a collection: its own questions from use, and those that came with its documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from qa.errors import PinciteError

if TYPE_CHECKING:
    from qa.gold import GoldQuestion
    from qa.record import SourceRow
    from qa.web.collections import Collection

OWN = "own"
OWN_LABEL = "Questions from use"

More = Sequence[tuple[str, Path]]
"""Further gold files by their labels, which are read and never changed."""


@dataclass(frozen=True)
class GoldSet:
    """One of them, by its `key` in addresses; only the own one, `is_own`, can be changed."""

    key: str
    label: str
    path: Path
    questions: tuple[GoldQuestion, ...]

    @property
    def asked(self) -> list[GoldQuestion]:
        """The questions that a run asks: all but those whose answer nobody has given yet."""
        return [question for question in self.questions if not question.is_open]

    @property
    def is_own(self) -> bool:
        return self.key == OWN


def gold_sets(collection: Collection, more: More) -> list[GoldSet]:
    """The own one first, empty or not, then those whose documents the collection has.

    Raises PinciteError where the own one cannot be read.
    """
    from qa.gold import file as goldfile

    sets = [GoldSet(OWN, OWN_LABEL, collection.gold, goldfile.questions(collection.gold))]
    known = _known(collection)
    for number, (label, path) in enumerate(more):
        try:
            questions = _read(path, path.stat().st_mtime_ns)
        except (PinciteError, OSError):  # a file that came along and is gone is none to choose
            continue
        if any(entry.document in known for question in questions for entry in question.evidence):
            sets.append(GoldSet(f"more-{number}", label, path, questions))
    return sets


def gold_set(collection: Collection, more: More, key: str) -> GoldSet:
    """The set of that key, "" being the first with questions in it. Raises PinciteError where there is none."""
    sets = gold_sets(collection, more)
    if not key:
        return next((each for each in sets if each.asked), sets[0])
    for each in sets:
        if each.key == key:
            return each
    raise PinciteError("There is no such gold set any more: choose another one.")


def sources(collection: Collection) -> Sequence[SourceRow]:
    """What is indexed in a collection; nothing where nothing is."""
    try:
        with collection.assistant.library.reading() as reading:
            return reading.sources()
    except PinciteError:
        return ()


def _known(collection: Collection) -> set[str]:
    """What evidence may call the documents of a collection."""
    rows = sources(collection)
    return {name for row in rows for name in (row.document_id, row.path, row.name, Path(row.path).name, row.title)}


@lru_cache(maxsize=8)
def _read(path: Path, _changed: int) -> tuple[GoldQuestion, ...]:
    from qa.gold import read_gold

    return tuple(read_gold(path))
