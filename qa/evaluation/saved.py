"""A run on disk: `run.json`, `run.trec` and `predictions.json`, for people, for trec_eval and for the SQuAD script."""

from __future__ import annotations

import json
import os
from importlib.metadata import version
from pathlib import Path
from typing import Any

from qa.errors import PinciteError
from qa.evaluation.comparison import Scores
from qa.evaluation.report import Report
from qa.record import StoreModel

_PACKAGES = ("pincite", "sentence-transformers", "torch", "faiss-cpu", "numpy")


def save_run(
    report: Report, folder: str | os.PathLike[str], *, gold: str, seed: int, generation: int, model: StoreModel | None
) -> None:
    """Write a run with what it was made from. Raises PinciteError where the folder cannot be written."""
    made_from = {
        "gold": gold,
        "seed": seed,
        "generation": generation,
        "model": {"name": model.name, "fingerprint": model.fingerprint} if model else None,
        "versions": {package: version(package) for package in _PACKAGES},
    }
    predictions = {row.id: row.short for row in report.per_question}
    try:
        path = Path(folder)
        path.mkdir(parents=True, exist_ok=True)
        (path / "run.json").write_text(_text({**report.as_dict(), "made_from": made_from}), encoding="utf-8")
        (path / "predictions.json").write_text(_text(predictions), encoding="utf-8")
        (path / "run.trec").write_text(_trec(report), encoding="utf-8")
    except OSError as error:
        raise PinciteError(f"The run could not be saved in {folder}: {error.strerror}.") from error


def load_scores(folder: str | os.PathLike[str]) -> Scores:
    """The scores of a saved run. Raises PinciteError where it is none."""
    path = Path(folder) / "run.json"
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))["per_question"]
        return {row["id"]: {name: float(score) for name, score in row["scores"].items()} for row in rows}
    except OSError as error:
        raise PinciteError(f"{path} cannot be read ({error.strerror}): name a folder made with --save.") from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise PinciteError(f"{path} is not a saved run: name a folder made with --save.") from error


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _trec(report: Report) -> str:
    """`question Q0 passage rank score tag` a line; white space, which divides the fields, becomes `_`."""
    lines = []
    for row in report.per_question:
        question = "_".join(row.id.split())
        for hit in row.hits:
            passage = f"{hit.passage.document_id}:{hit.passage.start}-{hit.passage.end}"
            lines.append(f"{question} Q0 {passage} {hit.rank} {hit.score:.6f} pincite\n")
    return "".join(lines)
