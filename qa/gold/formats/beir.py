"""A BEIR folder: a corpus, queries, and which documents are relevant to which query in what grade."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from qa.errors import PinciteError
from qa.gold.formats.fields import Fault, Field, Identifiers
from qa.gold.formats.files import no_questions, text_of, unwritable, write_text
from qa.gold.formats.lines import gathered, numbered, read_json_lines
from qa.gold.formats.qrels import Qrels, grade
from qa.gold.formats.texts import canonical
from qa.gold.questions import Gold, GoldQuestion, Text

CORPUS = "corpus.jsonl"
QUERIES = "queries.jsonl"
QRELS = ("qrels.tsv", "qrels/test.tsv", "qrels/dev.tsv", "qrels/train.tsv")
"""Where judgements are looked for, in this order; only the first that is there is read."""

_COLUMNS = ("query-id", "corpus-id", "score")
_HEADERS = ("query-id", "query_id", "qid")
_DIVIDERS = ("\t", "\n", "\r")


def read(path: Path) -> Gold:
    """Queries without a relevant document are left out, as are documents without words.

    A relevant document that is not in the corpus stays evidence: it cannot be found, and counts as missed. Raises
    PinciteError that names file, line and field of what is wrong.
    """
    judgements = next((path / name for name in QRELS if (path / name).is_file()), None)
    if missing := [name for name in (CORPUS, QUERIES) if not (path / name).is_file()]:
        raise PinciteError(f"The folder {path} is no BEIR folder: there is no {' and no '.join(missing)} in it.")
    if judgements is None:
        raise PinciteError(f"The folder {path} is no BEIR folder: there is none of {', '.join(QRELS)} in it.")
    names = Identifiers()
    texts = read_json_lines(path / CORPUS, lambda record: _text(record, names))
    if not any(text.text for text in texts):
        raise PinciteError(f"{path / CORPUS} holds no document with any words: there is nothing to ask about.")
    queries = _queries(path / QUERIES)
    questions = [
        GoldQuestion(query, queries[query], evidence=evidence)
        for query, evidence in _qrels(judgements, queries).relevant()
    ]
    if not questions:
        raise no_questions(judgements)
    return Gold(tuple(questions), tuple(text for text in texts if text.text))


def write(gold: Gold, path: Path) -> None:
    """Write a gold set of whole documents that brings their texts; BEIR knows no answers and no tags.

    Raises PinciteError for a question that has no such evidence.
    """
    if not gold.texts:
        raise PinciteError(f"The gold set cannot be written to {path} as BEIR: it brings no texts for a corpus.")
    for question in gold:
        if not question.evidence or any(evidence.quote for evidence in question.evidence):
            raise unwritable(question.id, "BEIR", "it needs evidence of whole documents, without quotes.")
        if any(_divided(name) for name in (question.id, *(evidence.document for evidence in question.evidence))):
            raise unwritable(question.id, "BEIR", "its id or a document's name has a tab or line end in it.")
    queries = ({"_id": question.id, "text": question.question} for question in gold)
    rows = (
        f"{question.id}\t{evidence.document}\t{evidence.grade}\n" for question in gold for evidence in question.evidence
    )
    write_text(path / CORPUS, "".join(json.dumps(_record(text), ensure_ascii=False) + "\n" for text in gold.texts))
    write_text(path / QUERIES, "".join(json.dumps(query, ensure_ascii=False) + "\n" for query in queries))
    write_text(path / "qrels" / "test.tsv", "\t".join(_COLUMNS) + "\n" + "".join(rows))


def _text(record: Field, names: Identifiers) -> Text:
    identifier = record.member("_id")
    name = names.take(identifier.identifier(), identifier)
    title = record.member("title").string() if record.has("title") else ""
    parts = [part for part in (title, record.member("text").string()) if part.strip()]
    return Text(name, title.strip() or name, canonical("\n".join(parts)))


def _queries(path: Path) -> dict[str, str]:
    identifiers = Identifiers()

    def query(record: Field) -> tuple[str, str]:
        identifier = record.member("_id")
        return identifiers.take(identifier.identifier(), identifier), record.member("text").text()

    return dict(read_json_lines(path, query))


def _qrels(path: Path, queries: dict[str, str]) -> Qrels:
    qrels = Qrels()

    def judgement(number: int, line: str) -> None:
        cells = _cells(line)
        if len(cells) != len(_COLUMNS):
            raise Fault(
                f"{len(_COLUMNS)} columns divided by tabs are needed ({', '.join(_COLUMNS)}), not {len(cells)}."
            )
        query, document, score = (Field(cell, (column,), number) for cell, column in zip(cells, _COLUMNS, strict=True))
        if query.text() not in queries:
            raise query.fault(f"there is no such query in {QUERIES}.")
        qrels.add(query, document, grade(score))

    gathered(path, _rows(text_of(path)), judgement)
    return qrels


def _rows(text: str) -> Iterator[tuple[int, str]]:
    """The lines of a qrels file without its header, which some have and some have not."""
    for at, (number, line) in enumerate(numbered(text)):
        if at or not is_header(line):
            yield number, line


def is_header(line: str) -> bool:
    cells = _cells(line)
    return len(cells) == len(_COLUMNS) and cells[0].strip().lower() in _HEADERS and not cells[2].strip().isdigit()


def _cells(line: str) -> list[str]:
    return line.removesuffix("\r").split("\t")


def _record(text: Text) -> dict[str, str]:
    """A title is only written where the text begins with it, because reading puts it there."""
    head, divider, rest = text.text.partition("\n")
    if divider and rest.strip() and head == text.title:
        return {"_id": text.name, "title": head, "text": rest}
    return {"_id": text.name, "title": "", "text": text.text}


def _divided(name: str) -> bool:
    return any(divider in name for divider in _DIVIDERS)
