"""The runs of a collection: evaluations that were kept in its store, a folder each."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.errors import PinciteError

if TYPE_CHECKING:
    from qa.evaluation import Comparison, Report
    from qa.evaluation.statistics import Interval

RUN = r"[0-9]{8}T[0-9]{6}Z-[a-z0-9-]{1,60}"
"""The name of a run's folder: when its questions were asked, in UTC, and of which gold set."""

_SEED = 0
_TIME = "%Y%m%dT%H%M%SZ"
_KEPT = 32
"""Runs that are kept in memory once they were read."""


@dataclass(frozen=True)
class Run:
    """One of them. `gold` is its gold set's name; `problem` says why a run cannot be read, which then has no report."""

    id: str
    at: datetime
    gold: str
    report: Report | None = None
    made_from: Mapping[str, Any] = field(default_factory=dict)
    problem: str = ""


@dataclass(frozen=True)
class Change:
    """One figure in two runs, with the 95 % interval of the difference (after less before)."""

    name: str
    compared: Comparison
    interval: Interval | None


class Runs:
    """Those below one folder, which need not be there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def all(self) -> list[Run]:
        """Newest first."""
        return [self._read(folder) for folder in sorted(self._folders(), key=lambda each: each.name, reverse=True)]

    def get(self, run_id: str) -> Run:
        """The run of that id. Raises PinciteError where there is none."""
        if not re.fullmatch(RUN, run_id, re.ASCII) or not (self._folder / run_id).is_dir():
            raise PinciteError("There is no such run any more: look at the list again.")
        return self._read(self._folder / run_id)

    def save(self, report: Report, made_from: Mapping[str, Any], *, gold: str, at: datetime) -> Run:
        """Keep a run; it is in the list when all of it is written. Raises PinciteError where it cannot be."""
        from qa.evaluation import save_run
        from qa.evaluation.kept import keep_report

        made_from = {**made_from, "gold": {**made_from.get("gold", {}), "name": gold}}
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=".", dir=self._folder) as folder:
                beside = Path(folder) / "run"
                save_run(report, beside, made_from)
                keep_report(report, beside, made_from)
                place = next(place for place in self._places(at, gold) if not place.exists())
                beside.rename(place)
        except OSError as error:
            raise PinciteError(f"The run could not be saved in {self._folder}: {error.strerror or error}.") from error
        return self._read(place)

    def delete(self, run_id: str) -> Run:
        """Delete a run and return what it was. Raises PinciteError where there is none, or it cannot be deleted."""
        run = self.get(run_id)
        try:
            shutil.rmtree(self._folder / run_id)
        except OSError as error:
            raise PinciteError(f"The run could not be deleted: {error.strerror or error}.") from error
        return run

    def compared(self, run: Run, before: Run) -> tuple[list[Change], list[str]]:
        """Each figure now and before, and what else is different: settings, documents, model, versions.

        Raises PinciteError with a sentence where the two did not ask the same questions, or cannot be read.
        """
        from qa.evaluation import differences

        _refuse_others(run, before)
        return list(_changes(self._folder / run.id, self._folder / before.id)), differences(
            before.made_from, run.made_from
        )

    def _folders(self) -> Iterator[Path]:
        if self._folder.is_dir():
            yield from (each for each in self._folder.iterdir() if re.fullmatch(RUN, each.name, re.ASCII))

    def _places(self, at: datetime, gold: str) -> Iterator[Path]:
        """Where it may stand: two that began in the same second are told apart by a number."""
        name = re.sub("[^a-z0-9]+", "-", gold.casefold()).strip("-")[:40] or "gold"
        stem = f"{at.astimezone(UTC).strftime(_TIME)}-{name}"
        yield self._folder / stem
        yield from (self._folder / f"{stem}-{number}" for number in count(2))

    def _read(self, folder: Path) -> Run:
        at = datetime.strptime(folder.name[:16], _TIME).replace(tzinfo=UTC)
        try:
            report, made_from = _report(folder)
        except PinciteError as error:
            return Run(folder.name, at, folder.name[17:], problem=str(error))
        return Run(folder.name, at, _name(made_from) or folder.name[17:], report, made_from)


def _name(made_from: Mapping[str, Any]) -> str:
    gold = made_from.get("gold")
    return str(gold.get("name", "")) if isinstance(gold, Mapping) else ""


@lru_cache(maxsize=_KEPT)
def _report(folder: Path) -> tuple[Report, dict[str, Any]]:
    """A run is never changed, and its name never given again."""
    from qa.evaluation.kept import read_report

    return read_report(folder)


def _refuse_others(run: Run, before: Run) -> None:
    from qa.evaluation.saved import fingerprint

    if run.report is None or before.report is None:
        raise PinciteError(run.problem or before.problem)
    now, then = ({row.id: fingerprint(row) for row in each.per_question} for each in (run.report, before.report))
    lone = len(now.keys() ^ then.keys())
    changed = sum(then[id_] != now[id_] for id_ in now.keys() & then.keys())
    parts = [f"{_counted(lone)} in one of them only"] if lone else []
    parts += [f"{_counted(changed)} changed in between"] if changed else []
    if parts:
        raise PinciteError(
            f"These two runs did not ask the same: {' and '.join(parts)}. Run both on the same questions to compare."
        )


def _counted(number: int) -> str:
    return f"{number:,} question was" if number == 1 else f"{number:,} questions were"


@lru_cache(maxsize=_KEPT)
def _changes(run: Path, before: Path) -> Sequence[Change]:
    """Every figure that each question has a score of."""
    from qa.evaluation import compare, load_run
    from qa.evaluation.metrics import units_of
    from qa.evaluation.statistics import bootstrap, mean_of

    report, _ = _report(run)
    baseline = load_run(before)
    units = units_of(report.per_question)
    changes = []
    for name, compared in compare(report, baseline, seed=_SEED).items():
        gains = {
            row.id: round(row.scores[name], 4) - baseline.scores[row.id][name]
            for row in report.per_question
            if name in row.scores and name in baseline.scores[row.id]
        }
        interval = bootstrap(mean_of(list(gains.values())), [units[id_] for id_ in gains], seed=_SEED)
        changes.append(Change(name, compared, interval))
    return changes
