"""Which format a gold file has, by what stands in it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from qa.errors import PinciteError
from qa.gold.formats.beir import is_header
from qa.gold.formats.documents import decode, decoded
from qa.gold.formats.files import no_questions, text_of
from qa.gold.formats.lines import in_lines, numbered
from qa.gold.formats.qrels import is_grade
from qa.gold.formats.table import headings
from qa.gold.formats.trec import QRELS_COLUMNS, RUN_COLUMNS, columns

_JSON = (".json", ".jsonl", ".ndjson")
_TABLES = (".csv", ".tsv")
_ANSWERS_ALONE = {"id", "qid", "question", "answer", "answers"}


def recognise(path: Path) -> str:
    """The name of a gold file's format, "" where nothing fits.

    Raises PinciteError where the file cannot be read, is empty, is broken JSON, or is a part of something else.
    """
    if path.is_dir():
        return "beir"
    text = text_of(path)
    if not text.strip():
        raise no_questions(path)
    if path.suffix.lower() not in _JSON and text.lstrip()[0] not in "{[":
        return _of_line(path, next(numbered(text))[1])
    if in_lines(path, text):
        return _of_lines(text)
    return _of_document(decoded(path, text))


def _of_lines(text: str) -> str:
    """Lines that are no records are for the house reader to tell."""
    return next((_of_record(record) for _, line in numbered(text) if (record := _record(line))), "house")


def _record(line: str) -> dict[str, Any]:
    try:
        value = decode(line)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _of_document(value: Any) -> str:
    if isinstance(value, dict):
        if value.keys() & {"data", "version"}:
            return "squad"
        if "tests" in value:
            return "legalbench"
        first = next(iter(value.values()), None)
        return "dpr" if isinstance(first, dict) and "question" in first else ""
    if isinstance(value, list):
        return next((_of_record(record) for record in value if isinstance(record, dict)), "")
    return ""


def _of_record(record: Mapping[str, Any]) -> str:
    """The format of a record by its keys.

    What could be more than one is taken for the strict house format, whose reader names a field that it does not know:
    another one would leave it out without a word.
    """
    keys = record.keys()
    if "user_input" in keys:
        return "ragas"
    if keys & {"input", "output"}:
        return "kilt"
    if keys & {"evidence", "tags"}:
        return "house"
    if keys & {"ctxs", "positive_ctxs"}:
        return "dpr"
    if keys & {"ground_truth", "ground_truths", "reference", "reference_contexts"}:
        return "ragas"
    if "contexts" in keys:
        return "dpr" if "answers" in keys else "ragas"
    if keys <= _ANSWERS_ALONE and ("answer" in keys or ("answers" in keys and "id" not in keys)):
        return "dpr"
    return "house" if keys & _ANSWERS_ALONE else ""


def _of_line(path: Path, line: str) -> str:
    if headings(line)[1]:
        return "csv"
    if is_header(line):
        raise PinciteError(f"{path} is a part of a BEIR folder: name the folder, and not this file.")
    cells = columns(line)
    if len(cells) == len(QRELS_COLUMNS) and is_grade(cells[-1]):
        return "trec"
    if len(cells) == len(RUN_COLUMNS) and cells[1] == "Q0":
        raise PinciteError(f"{path} is a TREC run, which says what was found: name the qrels, which say what is right.")
    if path.suffix.lower() in _TABLES:
        return "csv"
    return "trec" if "qrel" in path.name.lower() else ""
