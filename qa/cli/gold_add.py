"""`pincite gold add`"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qa.cli.options import json_option, open_library, store_option
from qa.cli.output import print_json, print_line
from qa.errors import PinciteError

if TYPE_CHECKING:
    from qa.gold import Evidence, GoldQuestion


@click.command()
@click.argument("gold", type=click.Path(path_type=Path))
@click.option("--question", required=True, metavar="TEXT", help="What is asked.")
@click.option("--answer", "answers", multiple=True, metavar="TEXT", help="An acceptable short answer.")
@click.option("--document", "documents", multiple=True, metavar="NAME", help="Where the answer stands.")
@click.option("--quote", "quotes", multiple=True, metavar="TEXT", help="The words of that document it rests on.")
@click.option("--tag", "tags", multiple=True, metavar="TAG", help="What kind of question it is.")
@click.option("--id", "identifier", default="", metavar="ID", help="Its id. Default: one that is free.")
@store_option
@json_option
def add(
    gold: Path,
    question: str,
    answers: tuple[str, ...],
    documents: tuple[str, ...],
    quotes: tuple[str, ...],
    tags: tuple[str, ...],
    identifier: str,
    store: Path,
    as_json: bool,
) -> None:
    """Add a question to GOLD, once its quotes stand in the documents of the store.

    The first --quote is of the first --document and so on, or all are of the only one; without quotes, the whole
    documents are meant. With neither answers nor documents the question is one that the documents do not answer.
    """
    from qa.gold import GoldQuestion
    from qa.gold.adding import add_question
    from qa.gold.checking import unquoted

    given = GoldQuestion(identifier, question, answers, _evidence(documents, quotes), tags)
    if given.evidence:
        with open_library(store) as library, library.reading() as reading:
            kept = add_question(gold, given, reading)
    else:
        kept = add_question(gold, given, None)
    if as_json:
        print_json({"gold": str(gold), **_as_dict(kept), "remarks": list(unquoted(kept))})
        return
    said = " as an open question" if kept.is_open else " as one that the documents do not answer"
    print_line(f"Added {kept.id} to {gold}{'' if kept.answerable and not kept.is_open else said}.")
    for evidence in kept.evidence:
        if evidence.quote and evidence.quote not in quotes:
            print_line(f"{evidence.document} has these words, which are kept: “{evidence.quote}”")
    for remark in unquoted(kept):
        print_line(remark, err=True)


def _evidence(documents: Sequence[str], quotes: Sequence[str]) -> tuple[Evidence, ...]:
    """Raises PinciteError where documents and quotes do not pair up."""
    from qa.gold import Evidence

    if quotes and len(documents) == 1:
        documents = [*documents] * len(quotes)
    if quotes and len(documents) != len(quotes):
        raise PinciteError(
            f"--document was given {len(documents)} times and --quote {len(quotes)} times: name a document for each "
            "quote, or one for all of them."
        )
    if not all(quote.strip() for quote in quotes):
        raise PinciteError("A --quote is empty: give the words, or leave it out to mean the whole document.")
    return tuple(
        Evidence(document, quote) for document, quote in zip(documents, quotes or [""] * len(documents), strict=True)
    )


def _as_dict(question: GoldQuestion) -> dict[str, object]:
    return {
        "id": question.id,
        "question": question.question,
        "answers": list(question.answers),
        "evidence": [{"document": entry.document, "quote": entry.quote} for entry in question.evidence],
        "tags": list(question.tags),
    }
