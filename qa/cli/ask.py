"""`pincite ask`"""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qa.cli.options import filter_options, json_option, model_option, open_library, store_option
from qa.cli.output import print_citation, print_hits, print_json, print_line, print_text
from qa.filters import Filter

if TYPE_CHECKING:
    from qa.types import Answer

_NOT_ANSWERED = 3
_NEAREST = 3


@click.command()
@click.argument("question")
@store_option
@model_option
@filter_options
@json_option
def ask(question: str, store: Path, model: str | None, only: Filter, as_json: bool) -> None:
    """Answer QUESTION from the indexed documents, with citations.

    Exits with 3 where the documents do not answer it.
    """
    from qa.assistant import Assistant

    with open_library(store, model) as library:
        assistant = Assistant(library)
        assistant.load()
        answer, timings = assistant.ask_timed(question, only)
    if as_json:
        print_json({**answer.as_dict(), "timings_ms": timings.as_dict()})
    elif answer.answered:
        _print_answer(answer)
    else:
        _print_unanswered(answer)
    if not answer.answered:
        sys.exit(_NOT_ANSWERED)


def _print_answer(answer: Answer) -> None:
    if not answer.is_whole:
        print_line(answer.short, bold=True)
        print_line()
    print_text(answer.text)
    print_line()
    for citation in answer.citations:
        print_citation(citation)
    print_line()
    print_line(f"confidence {answer.confidence:.2f}", dim=True)


def _print_unanswered(answer: Answer) -> None:
    print_line("The sources do not answer this.", bold=True)
    if answer.missing:
        print_text(f"In no document: {', '.join(answer.missing)}")
    if answer.hits:
        print_line()
        print_line("The nearest passages:")
        print_line()
        print_hits(answer.hits[:_NEAREST])
    print_line("To keep it as an open question:")
    print_line(f"  pincite gold add FILE --tag open --question {shlex.quote(answer.asked)}")
    print_line()
    print_line(f"confidence {answer.confidence:.2f}", dim=True)
