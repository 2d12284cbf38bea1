"""A run on disk: for people, for trec_eval (`run.trec`, `qrels.trec`) and for the SQuAD script (`predictions.json`)."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from qa.errors import PinciteError
from qa.evaluation.report import QuestionScore, Report
from qa.gold.questions import GoldQuestion


@dataclass(frozen=True, slots=True)
class SavedRun:
    """Each question's scores by metric, what each asked and wanted (`fingerprint`), and what the run was made from, as
    far as the run says so."""

    scores: Mapping[str, Mapping[str, float]]
    questions: Mapping[str, str]
    made_from: Mapping[str, Any] = field(default_factory=dict)


def fingerprint(asked: QuestionScore | GoldQuestion) -> str:
    """What a question asks and wants, in 16 hexadecimal digits: scores of two runs are of the same thing or not."""
    evidence = asked.evidence if isinstance(asked, GoldQuestion) else asked.wanted
    wanted = [[each.document, each.quote, each.grade] for each in evidence]
    text = json.dumps([asked.question, asked.answers, asked.answerable, wanted])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def save_run(report: Report, folder: str | os.PathLike[str], made_from: Mapping[str, Any]) -> None:
    """Write a run with what it was made from. Raises PinciteError where the folder cannot be written."""
    rows = [row.as_dict() | {"gold": fingerprint(row)} for row in report.per_question]
    predictions = {row.id: row.short for row in report.per_question}
    try:
        path = Path(folder)
        path.mkdir(parents=True, exist_ok=True)
        run = {**report.as_dict(), "per_question": rows, "made_from": dict(made_from)}
        _write(path / "run.json", _text(run))
        _write(path / "predictions.json", _text(predictions))
        _write(path / "run.trec", _run(report))
        _write(path / "qrels.trec", _qrels(report))
    except OSError as error:
        raise PinciteError(f"The run could not be saved in {folder}: {error.strerror}.") from error
    except ValueError as error:  # a NUL in the name
        raise PinciteError(f"The run could not be saved in {folder}: that is no name of a folder.") from error


def load_run(folder: str | os.PathLike[str]) -> SavedRun:
    """The scores of a saved run, by its folder or the `run.json` in it. Raises PinciteError where it is none."""
    path = Path(folder) if Path(folder).name == "run.json" else Path(folder) / "run.json"
    try:
        run = json.loads(path.read_text(encoding="utf-8"))
        rows, made_from = run["per_question"], run.get("made_from", {})
        scores = {_text_of(row["id"]): {name: _share(score) for name, score in row["scores"].items()} for row in rows}
        if len(scores) < len(rows):
            raise ValueError("a question stands twice")
        questions = {row["id"]: _text_of(row["gold"]) for row in rows if "gold" in row}
        return SavedRun(scores, questions, made_from if isinstance(made_from, dict) else {})
    except OSError as error:
        raise PinciteError(f"{path} cannot be read ({error.strerror}): name a folder made with --save.") from error
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise PinciteError(f"{path} is not a saved run: name a folder made with --save.") from error


def _text_of(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value


def _share(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ValueError("no score")
    return float(value)


def _write(path: Path, text: str) -> None:
    path.write_bytes(text.encode("utf-8", "replace"))


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _run(report: Report) -> str:
    """`question Q0 passage rank score tag` a line."""
    return "".join(
        f"{_field(row.id)} Q0 {_field(name)} {rank} {score!r} pincite\n"
        for row in report.per_question
        for rank, (name, score) in enumerate(row.ranking.items(), start=1)
    )


def _qrels(report: Report) -> str:
    """`question 0 passage grade` a line: with the run, trec_eval gives the same figures."""
    return "".join(
        f"{_field(row.id)} 0 {_field(name)} {grade}\n"
        for row in report.per_question
        for name, grade in row.relevant.items()
    )


def _field(text: str) -> str:
    """White space, which divides the fields, and what cannot be printed, as percent codes; the percent sign too, so
    that names stay different."""
    return "".join(
        character if character.isprintable() and character not in " %" else quote(character, errors="replace")
        for character in text
    )
