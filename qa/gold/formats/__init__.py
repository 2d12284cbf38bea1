"""Gold files as people have them: one small file a format, each to and from the same values."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from qa.errors import PinciteError
from qa.gold.formats import articles, beir, dpr, house, kilt, legalbench, ragas, squad, table, trec
from qa.gold.formats.files import unwritable
from qa.gold.formats.recognition import recognise
from qa.gold.formats.trec import read_run
from qa.gold.questions import Gold

__all__ = ["FORMATS", "read_gold", "read_run", "write_gold"]


@dataclass(frozen=True, slots=True)
class _Format:
    description: str
    read: Callable[[Path], Gold]
    write: Callable[[Gold, Path], None] | None = None


_FORMATS = {
    "house": _Format("JSON lines with id, question, answers, evidence and tags", house.read, house.write),
    "squad": _Format("SQuAD 1.1 or 2.0 JSON, which brings its texts", squad.read, articles.write),
    "beir": _Format(
        "a folder with corpus.jsonl, queries.jsonl and qrels.tsv, or qrels/test.tsv", beir.read, beir.write
    ),
    "trec": _Format("TREC qrels: question, iteration, document and relevance a line", trec.read, trec.write),
    "dpr": _Format("DPR, DrQA or Pyserini JSON: questions, answers and passages", dpr.read),
    "kilt": _Format("KILT JSON lines: input and output with provenance", kilt.read),
    "legalbench": _Format("LegalBench-RAG JSON: queries with snippets of files", legalbench.read),
    "ragas": _Format("ragas JSON or JSON lines: user_input, reference and reference_contexts", ragas.read, ragas.write),
    "csv": _Format("a table with the headings question, answer and, if known, source", table.read, table.write),
}

FORMATS = {name: form.description for name, form in _FORMATS.items()}
"""Each format by the name that `read_gold` and `write_gold` take, with what it is in a line."""


def read_gold(path: str | os.PathLike[str], form: str | None = None) -> Gold:
    """Read a gold set, in a format of `FORMATS` or in the one that it seems to have.

    Raises PinciteError that names file, line and field of the first thing that is wrong.
    """
    path = Path(path)
    if not (name := form or recognise(path)):
        listed = "; ".join(f"{name}: {description}" for name, description in FORMATS.items())
        raise PinciteError(
            f"The format of the gold file {path} cannot be recognised. If it is one of these, name it with --format, "
            f"or as the second argument of read_gold. {listed}."
        )
    return _named(name).read(path)


def write_gold(gold: Gold, path: str | os.PathLike[str], form: str) -> None:
    """Write a gold set, so that `read_gold` gives the same questions.

    What a format has no place for (tags, answers in BEIR, names of documents in ragas) its `write` says. Raises
    PinciteError for a question that cannot be said in it, and for a format that is only read.
    """
    write = _named(form).write
    if write is None:
        writable = ", ".join(name for name, entry in _FORMATS.items() if entry.write)
        raise PinciteError(f"The format {form} is only read; write one of {writable}.")
    if not gold.questions:
        raise PinciteError(f"There are no questions to write to {path}.")
    for question in gold:
        if not question.question.strip() and form != "trec":
            raise unwritable(question.id, form, "its text is not known.")
    write(gold, Path(path))


def _named(form: str) -> _Format:
    if form not in _FORMATS:
        raise PinciteError(f"There is no gold format {form}, only {', '.join(FORMATS)}.")
    return _FORMATS[form]
