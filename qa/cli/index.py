"""`pincite index`"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qa.cli.options import index_type_option, json_option, model_option, open_library, store_option, tags_option
from qa.cli.output import counted, print_json, print_line

if TYPE_CHECKING:
    from qa.intake import Progress
    from qa.receipts import Entry, Receipt


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@store_option
@model_option
@tags_option
@index_type_option
@json_option
def index(
    paths: tuple[str, ...],
    store: Path,
    model: str | None,
    tags: tuple[str, ...],
    index_type: str | None,
    as_json: bool,
) -> None:
    """Add files and folders, or bring them up to date.

    Files that have not changed are left alone; files that are gone from a folder named here are removed from the
    answers. A file that cannot be read is named and stops nothing.
    """
    from qa.sources import discover

    discover(paths)  # a path that is wrong is told before a store is made
    with open_library(store, model, create=True) as library, progress_bar() as progress:
        receipt = library.add(paths, progress, tags=tags, index_type=index_type)
    if as_json:
        print_json(receipt.as_dict())
    else:
        print_receipt(receipt)
    if not receipt.indexed:
        print_line("Nothing was indexed: see the reasons above.", err=True)
        sys.exit(2)


def print_receipt(receipt: Receipt) -> None:
    for label, entries in (("added", receipt.added), ("updated", receipt.updated), ("removed", receipt.removed)):
        for entry in entries:
            print_line(f"{label:9} {entry.source}{_details(entry)}")
    for failure in receipt.failed:
        print_line(f"{'failed':9} {failure.source}: {failure.error}")
    done = len(receipt.added) + len(receipt.updated)
    print_line(
        f"Indexed {done}, unchanged {receipt.unchanged}, failed {len(receipt.failed)}, "
        f"removed {len(receipt.removed)}. {counted(receipt.passages, 'passage')} in {receipt.seconds:.1f} s."
    )


def _details(entry: Entry) -> str:
    size = f"  {counted(entry.passages, 'passage')}, {counted(entry.characters, 'character')}" if entry.passages else ""
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
