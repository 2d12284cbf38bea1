"""`pincite search`"""

from __future__ import annotations

from pathlib import Path
from time import perf_counter

import click

from qa.cli.options import filter_options, json_option, model_option, open_library, store_option
from qa.cli.output import print_hits, print_json, print_line
from qa.filters import Filter


@click.command()
@click.argument("question")
@click.option("-k", default=10, show_default=True, metavar="N", help="How many passages.")
@store_option
@model_option
@filter_options
@json_option
def search(question: str, k: int, store: Path, model: str | None, only: Filter, as_json: bool) -> None:
    """Show the passages that are nearest to QUESTION, by meaning and by words together."""
    from qa.retriever import Retriever

    with open_library(store, model) as library:
        retriever = Retriever(library)
        begin = perf_counter()
        hits = retriever.search(question, k, only)
        total = (perf_counter() - begin) * 1000
    if as_json:
        hit_dicts = [hit.as_dict() for hit in hits]
        print_json({"question": question, "hits": hit_dicts, "timings_ms": {"total": round(total, 1)}})
    elif hits:
        print_hits(hits)
    else:
        print_line("Nothing was found." if only else "Nothing is indexed.")
