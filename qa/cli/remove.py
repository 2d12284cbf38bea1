"""`pincite remove`"""

from __future__ import annotations

from pathlib import Path

import click

from qa.cli.options import json_option, open_library, store_option
from qa.cli.output import print_json, print_line


@click.command()
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@store_option
@json_option
def remove(sources: tuple[str, ...], store: Path, as_json: bool) -> None:
    """Take SOURCEs out of the index: files, folders, ids or titles. The files themselves are not touched."""
    with open_library(store) as library:
        removed = library.remove(*sources)
    if as_json:
        print_json({"removed": [entry.as_dict() for entry in removed]})
        return
    for entry in removed:
        note = f"  ({entry.note})" if entry.note else ""
        print_line(f"removed   {entry.source}{note}")
