"""A reader that reads a passage once, however often it is asked: the network's answers are kept in a file."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from qa.reader import SpanReader, decoding, network, windows
from qa.reader.decoding import Candidate
from qa.reader.reading import Reading
from qa.reader.weights import DELTAS, FOLDER
from qa.types import Hit


class RememberingReader(SpanReader):
    """As `SpanReader`. What is kept is known by weights, code, question and passage, and never by their order."""

    def __init__(self, kept: Path, folder: Path = FOLDER) -> None:
        super().__init__(folder)
        made_with = [folder / DELTAS, *(Path(module.__file__ or "") for module in (decoding, network, windows))]
        self._made_with = [hashlib.sha256(path.read_bytes()).hexdigest() for path in made_with]
        self._kept = sqlite3.connect(kept, isolation_level=None)
        self._kept.execute("CREATE TABLE IF NOT EXISTS reading (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID")

    def readings(self, question: str, hits: Sequence[Hit]) -> list[Reading]:
        keys = [self._key(question, hit) for hit in hits]
        found = {key: value for key in keys if (value := self._known(key))}
        new = [at for at, key in enumerate(keys) if key not in found]
        for at, reading in zip(new, super().readings(question, [hits[at] for at in new]) if new else [], strict=True):
            found[keys[at]] = value = _written(reading)
            self._kept.execute("INSERT OR REPLACE INTO reading VALUES (?, ?)", (keys[at], value))
        return [_read(hit, found[key]) for hit, key in zip(hits, keys, strict=True)]

    def _key(self, question: str, hit: Hit) -> str:
        return hashlib.sha256(json.dumps([*self._made_with, question, hit.passage.text]).encode()).hexdigest()

    def _known(self, key: str) -> str | None:
        row = self._kept.execute("SELECT value FROM reading WHERE key = ?", (key,)).fetchone()
        return row[0] if row else None


def _written(reading: Reading) -> str:
    spans = [[each.start, each.end, each.margin] for each in reading.candidates]
    return json.dumps([spans, reading.answerable, reading.relevance])


def _read(hit: Hit, value: str) -> Reading:
    spans, answerable, relevance = json.loads(value)
    return Reading(hit, tuple(Candidate(*span) for span in spans), answerable, relevance)
