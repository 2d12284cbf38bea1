"""`pincite index`"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qa.cli.options import index_type_option, json_option, model_option, open_library, store_option, tags_option
from qa.cli.output import counted, print_json, print_line
from qa.errors import PinciteError

if TYPE_CHECKING:
    from qa.intake import Progress
    from qa.library import Library
    from qa.receipts import Entry, Receipt
    from qa.sources import Upload

_KINDS = 8
"""Kinds of files that were left alone that are named."""


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@store_option
@model_option
@tags_option
@index_type_option
@click.option(
    "--name", default="stdin.txt", metavar="NAME", help="What is piped in is called; its suffix is the format."
)
@click.option("--watch", is_flag=True, help="Go on, and follow what changes, until Ctrl+C.")
@json_option
def index(
    paths: tuple[str, ...],
    store: Path,
    model: str | None,
    tags: tuple[str, ...],
    index_type: str | None,
    name: str,
    watch: bool,
    as_json: bool,
) -> None:
    """Add files and folders, or bring them up to date.

    Files that have not changed are left alone; files that are gone from a folder named here are removed from the
    answers. A file that cannot be read is named and stops nothing. A PATH may be a pattern, and - is standard input.
    """
    from qa.sources import discover

    files = tuple(path for path in paths if path != "-")
    discover(files)  # a path that is wrong is told before a store is made
    uploads = _piped(name) if "-" in paths else ()
    with open_library(store, model, create=True) as library:
        with progress_bar() as progress:
            receipt = library.add(files, progress, tags=tags, index_type=index_type, uploads=uploads)
        print_json(receipt.as_dict()) if as_json else print_receipt(receipt)
        if watch:
            _follow(library, files, tags, as_json=as_json)
    if not receipt.indexed and not watch:
        print_line("Nothing was indexed: see the reasons above.", err=True)
        sys.exit(2)


def _piped(name: str) -> tuple[Upload, ...]:
    from qa.sources import Upload

    return (Upload(name, sys.stdin.buffer.read()),)


def _follow(library: Library, paths: tuple[str, ...], tags: tuple[str, ...], *, as_json: bool) -> None:
    """Index what changes until it is interrupted. What fails is told, and tried again with the next change."""
    from qa.watching import changes

    print_line(f"Watching {', '.join(paths)} (stop it with Ctrl+C)", err=True)
    with suppress(KeyboardInterrupt):
        left: set[str] = set()
        for changed in changes(paths):
            wanted = None if changed is None else changed | left
            try:
                receipt = library.add(paths, tags=tags, changed=wanted)
            except PinciteError as error:
                print_line(str(error), err=True)
                left = wanted or set()
                continue
            left = set()
            if receipt.has_news:
                print_json(receipt.as_dict()) if as_json else print_receipt(receipt)


def print_receipt(receipt: Receipt) -> None:
    for label, entries in (("added", receipt.added), ("updated", receipt.updated), ("removed", receipt.removed)):
        for entry in entries:
            print_line(f"{label:9} {entry.source}{_details(entry)}")
    for failure in receipt.failed:
        print_line(f"{'failed':9} {failure.source}: {failure.error}")
    if receipt.skipped:
        kinds = ", ".join(f"{kind} {count}" for kind, count in islice(receipt.skipped.items(), _KINDS))
        others = ", and others" if len(receipt.skipped) > _KINDS else ""
        print_line(f"{'skipped':9} {counted(sum(receipt.skipped.values()), 'file')}: {kinds}{others}", dim=True)
    done = len(receipt.added) + len(receipt.updated)
    print_line(
        f"Indexed {done}, unchanged {receipt.unchanged}, failed {len(receipt.failed)}, "
        f"removed {len(receipt.removed)}. {counted(receipt.passages, 'passage')} in {receipt.seconds:.1f} s."
    )


def _details(entry: Entry) -> str:
    sizes = [counted(entry.passages, "passage"), counted(entry.characters, "character")] if entry.passages else []
    if entry.pages:
        sizes.insert(0, counted(entry.pages, "page"))
    if entry.blank_pages:
        sizes.append(f"{counted(entry.blank_pages, 'page')} without text (scanned?)")
    size = f"  {', '.join(sizes)}" if sizes else ""
    return f"{size}  ({entry.note})" if entry.note else size


@contextmanager
def progress_bar() -> Iterator[Progress | None]:
    """A bar on stderr with rate and time left; none where stderr is not a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from tqdm import tqdm

    with tqdm(unit="B", unit_scale=True, leave=False, desc="Indexing") as bar:

        def show(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield show
