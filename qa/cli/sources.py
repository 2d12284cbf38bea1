"""`pincite sources`"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from qa.cli.options import json_option, open_library, store_option
from qa.cli.output import counted, print_json, print_line

if TYPE_CHECKING:
    from qa.record import SourceRow


@click.command()
@store_option
@json_option
def sources(store: Path, as_json: bool) -> None:
    """List what is indexed."""
    with open_library(store) as library:
        rows = library.sources()
    if as_json:
        print_json({"sources": [row.as_dict() for row in rows]})
        return
    width = max((len(row.name) for row in rows), default=0)
    for row in rows:
        print_line(
            f"{row.document_id}  {row.name:{width}}  {counted(row.passages, 'passage'):>14}  {row.title}{_tags(row)}"
        )
    print_line(f"{counted(len(rows), 'source')}.")


def _tags(row: SourceRow) -> str:
    return "".join(f"  #{tag.replace(' ', '_')}" for tag in row.tags)
