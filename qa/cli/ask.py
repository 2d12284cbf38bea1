"""`pincite ask`"""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qa.cli.options import filter_options, json_option, model_option, open_library, store_option
from qa.cli.output import print_citation, print_hits, print_json, print_line, print_text
from qa.filters import Filter

if TYPE_CHECKING:
    from qa.assistant import Assistant
    from qa.types import Answer

_NOT_ANSWERED = 3
_NEAREST = 3


@click.command()
@click.argument("question")
@store_option
@model_option
@filter_options
@click.option(
    "--save",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Append the answer to this file of JSON lines, as --json prints it, for pincite verify.",
)
@click.option("--markdown", "as_markdown", is_flag=True, help="Print Markdown with a footnote for each citation.")
@json_option
def ask(
    question: str,
    store: Path,
    model: str | None,
    only: Filter,
    save: Path | None,
    as_markdown: bool,
    as_json: bool,
) -> None:
    """Answer QUESTION from the indexed documents, with citations.

    Exits with 3 where the documents do not answer it.
    """
    from qa import exports
    from qa.assistant import Assistant

    if as_json and as_markdown:
        raise click.UsageError("--json and --markdown exclude each other: leave one out.")
    with open_library(store, model) as library:
        assistant = Assistant(library)
        assistant.load()
        answer, timings = assistant.ask_timed(question, only)
        links = _links(assistant, answer)
    proof = exports.json(answer, timings.as_dict(), links)
    if as_json:
        print_json(proof)
    elif as_markdown:
        click.echo(exports.markdown(answer, links), nl=False)
    elif answer.answered:
        _print_answer(answer)
    else:
        _print_unanswered(answer)
    if save:
        _save(save, proof)
    if not answer.answered:
        sys.exit(_NOT_ANSWERED)


def _links(assistant: Assistant, answer: Answer) -> dict[int, str]:
    """Links to the cited words of web pages, by the number of their citation."""
    from qa import exports

    links = {}
    for citation in answer.citations:
        files = [path for path in assistant.paths(citation) if os.path.isabs(path)]
        if files and files[0].lower().endswith(exports.PAGES):
            with assistant.library.reading() as reading:
                document = reading.document(citation.document.id)
            if document and document.ref == citation.document:  # else it has changed since
                links[citation.number] = exports.link(document, citation, Path(files[0]).as_uri())
    return links


def _save(path: Path, proof: dict[str, Any]) -> None:
    from qa.proofs import append

    append(path, proof)
    print_line(f"Saved to {path}. To check it later: pincite verify {shlex.quote(str(path))} --root DIR", err=True)


def _print_answer(answer: Answer) -> None:
    from qa.exports import warning

    if not answer.is_whole:
        print_line(answer.short, bold=True)
        print_line()
    print_text(answer.text)
    print_line()
    for citation in answer.citations:
        print_citation(citation)
        if told := warning(citation):
            print_text(f"! {told}", "    ")
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
