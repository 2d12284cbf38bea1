"""The measures: each runs the programs in turn and keeps one row a program and round, whatever becomes of it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal, get_args

from benchmarks.peers.contestants import PINCITE, Contestant, Step
from benchmarks.peers.corpus import Corpus
from benchmarks.peers.process import Done, FailedError, beside, empty, run, size_mb
from benchmarks.peers.script import rows

Measure = Literal["index", "cold", "warm", "change", "load"]
MEASURES: tuple[Measure, ...] = get_args(Measure)

STARTS = 3
"""Cold starts of each program in a round."""

BESIDE = ("nothing", "a busy core", "pincite index")
"""What runs meanwhile where Pincite is asked under load."""

_NOT_ANSWERED = 3
_HOUR = 3600.0
_LIMITS: Mapping[str, float] = {"index": 4 * _HOUR, "change": 4 * _HOUR, "questions": _HOUR, "answers": _HOUR}
_START = 300.0

Row = dict[str, Any]
Measured = Callable[[Contestant, Step], Row]


@dataclass(frozen=True, slots=True)
class Bench:
    """What a run has: its programs, its corpus, the folder for stores, and what takes the rows."""

    programs: Sequence[Contestant]
    corpus: Corpus
    stores: Path
    keep: Callable[[Row], object]

    def round(self, number: int, wanted: Sequence[Measure]) -> None:
        """All measures once; every round another program goes first."""
        at = number % len(self.programs)
        order = [*self.programs[at:], *self.programs[:at]]
        for program in order:
            if "index" in wanted or not self._store(program).exists():
                self._row(number, "index", program, "index", self._index)
        ready = [program for program in order if self._store(program).exists()]
        if "cold" in wanted:
            self._cold(ready, number)
        if "warm" in wanted:
            for program in ready:
                for step in _steps(program, "questions", "answers"):
                    self._row(number, "warm", program, step, self._warm)
        if "change" in wanted:
            for program in ready:
                self._row(number, "change", program, "change", self._change)
        if "load" in wanted:
            for program in ready:
                if program.name == PINCITE:
                    self._load(program, number)

    def _index(self, program: Contestant, step: Step) -> Row:
        store = empty(self._store(program))
        try:
            done = self._run(program, step, store)
            seconds = done.value()["seconds"]
        except FailedError:
            empty(store)  # half a store is none
            raise
        return {"wall_s": done.wall, "seconds": seconds, "peak_mb": done.peak_mb, "disk_mb": size_mb(store)}

    def _cold(self, programs: Sequence[Contestant], number: int) -> None:
        questions = [row["question"] for row in rows(self.corpus.questions)]
        for start in range(STARTS):
            question = questions[(number * STARTS + start) % len(questions)]
            for program in programs:
                for step in _steps(program, "ask", "search"):
                    self._row(number, "cold", program, step, partial(self._started, question))

    def _started(self, question: str, program: Contestant, step: Step) -> Row:
        done = self._run(program, step, self._store(program), question)
        done.value()  # an answer, and no message
        return {"printed_s": done.printed, "wall_s": done.wall, "peak_mb": done.peak_mb}

    def _warm(self, program: Contestant, step: Step) -> Row:
        done = self._run(program, step, self._store(program))
        said = done.value()
        row = {"milliseconds": said["milliseconds"], "peak_mb": done.peak_mb}
        if step == "questions":
            wanted = [each["passage"] for each in rows(self.corpus.questions)]
            found = sum(passage in ids for passage, ids in zip(wanted, said["ids"], strict=True))
            row["success@10"] = found / len(wanted)
        return row

    def _change(self, program: Contestant, step: Step) -> Row:
        """On a copy, so that the store is as it was for the next measure."""
        store = empty(self.stores / f"{program.name}-changed")
        shutil.copytree(self._store(program), store)
        try:
            with self.corpus.edited():
                done = self._run(program, step, store)
        finally:
            empty(store)
        said: Row = done.value()
        return {"wall_s": done.wall, **said}

    def _load(self, program: Contestant, number: int) -> None:
        def another(count: int) -> list[str]:
            return program.command("index", empty(self.stores / f"other-{count}"), self.corpus)

        companions: Sequence[Callable[[], AbstractContextManager[None]]] = (
            nullcontext,
            lambda: beside(lambda _count: [sys.executable, "-c", "while True: pass"]),
            lambda: beside(another),
        )
        for name, companion in zip(BESIDE, companions, strict=True):
            self._row(number, "load", program, "answers", partial(self._beside, companion), beside=name)
        for path in self.stores.glob("other-*"):
            empty(path)

    def _beside(self, companion: Callable[[], AbstractContextManager[None]], program: Contestant, step: Step) -> Row:
        with companion():
            done = self._run(program, step, self._store(program))
        return {"milliseconds": done.value()["milliseconds"]}

    def _run(self, program: Contestant, step: Step, store: Path, question: str = "") -> Done:
        command = program.command(step, store, self.corpus, question)
        accepted = (0, _NOT_ANSWERED) if program.name == PINCITE and step == "ask" else (0,)
        return run(command, seconds=_LIMITS.get(step, _START), accepted=accepted)

    def _row(
        self, number: int, measure: Measure, program: Contestant, step: Step, measured: Measured, **more: str
    ) -> bool:
        """Keep what was measured, or why it was not; whether it was."""
        row: Row = {"measure": measure, "program": program.name, "step": step, "round": number, **more}
        try:
            row |= measured(program, step)
        except (FailedError, KeyError, ValueError, OSError) as error:
            row["error"] = " ".join(str(error).split()) or type(error).__name__
        self.keep(row)
        return "error" not in row

    def _store(self, program: Contestant) -> Path:
        return self.stores / program.name


def _steps(program: Contestant, *steps: Step) -> tuple[Step, ...]:
    """The first of them, and for Pincite the other too."""
    return steps if program.name == PINCITE else steps[:1]
