"""The measures of a store of one size: each is a process, and keeps one row, whatever becomes of it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from benchmarks.curves.making import TAG
from benchmarks.curves.real import QUESTIONS
from benchmarks.peers.process import FailedError, empty, run, size_mb

Measure = Literal["build", "disk", "open", "search", "filter", "change"]
MEASURES: tuple[Measure, ...] = get_args(Measure)

OPENINGS = 3
"""Those that count; one before them fills the system's cache."""

_LIMIT = 6 * 3600.0
"""Seconds of one process."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Bench:
    """What a run has: the folder of its stores and of the real passages, its seed, and what takes the rows."""

    work: Path
    seed: int
    keep: Callable[[Row], object]

    def prepare(self, data: Path, passages: int, questions: int) -> Row:
        """The real passages and the questions. Raises FailedError."""
        return self._run("real", data, self.work / "real", passages, questions, self.seed)

    def size(self, passages: int, wanted: Sequence[Measure]) -> None:
        """All measures of one size, on a store that is made where there is none."""
        if not self._row("make", passages, self._make):
            return
        steps: dict[Measure, Callable[[Path], Row]] = {
            "build": lambda store: self._run("building", store),
            "disk": _disk,
            "open": self._open,
            "search": lambda store: self._run("searching", store, self._questions),
            "filter": lambda store: self._run("searching", store, self._questions, TAG),
            "change": self._change,
        }
        is_built = (self._store(passages) / "index").is_dir()
        for measure, step in steps.items():
            if measure in wanted or (measure == "build" and not is_built):
                self._row(measure, passages, step)

    def _make(self, store: Path) -> Row:
        return self._run("making", self.work, store.name, self.seed)

    def _open(self, store: Path) -> Row:
        times = [self._run("opening", store) for _ in range(1 + OPENINGS)][1:]
        return {name: [each[name] for each in times] for name in times[0]}

    def _change(self, store: Path) -> Row:
        """On a copy, so that the store is as it was for the next run."""
        copy = empty(store.with_name(f"{store.name}-changed"))
        try:
            shutil.copytree(store, copy)
            os.sync()  # or the first commit waits for all of it
            return self._run("changing", copy, self.work / "real", self.seed)
        finally:
            empty(copy)

    def _run(self, script: str, *arguments: object) -> Row:
        """Run a script of this package. Raises FailedError."""
        command = [sys.executable, "-m", f"benchmarks.curves.{script}", *map(str, arguments)]
        found: Row = run(command, seconds=_LIMIT).value()
        return found

    def _row(self, measure: str, passages: int, measured: Callable[[Path], Row]) -> bool:
        """Keep what was measured, or why it was not; whether it was."""
        row: Row = {"measure": measure, "passages": passages}
        try:
            row |= measured(self._store(passages))
        except (FailedError, KeyError, ValueError, OSError) as error:
            row["error"] = " ".join(str(error).split()) or type(error).__name__
        self.keep(row)
        return "error" not in row

    @property
    def _questions(self) -> Path:
        return self.work / "real" / QUESTIONS

    def _store(self, passages: int) -> Path:
        return self.work / "stores" / str(passages)


def _disk(store: Path) -> Row:
    record = sum(path.stat().st_size for path in store.glob("store.db*")) / 1e6
    return {"record_mb": record, "index_mb": size_mb(store / "index")}
