"""`pincite check`"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from qa.cli.options import json_option, store_option
from qa.cli.output import print_json, print_line


@click.command("check")
@store_option
@json_option
def check(store: Path, as_json: bool) -> None:
    """Tell whether files, store and index agree. Exits with 1 for damage; what is merely newer is only listed."""
    from qa.check import examine
    from qa.library import Library

    with Library.open(store, create=False) as library:
        report = examine(library)
        if not report.damage:
            library.require_documents()
    if as_json:
        print_json(report.as_dict())
    else:
        for problem in report.damage:
            print_line(f"damage  {problem}")
        for note in report.notes:
            print_line(f"note    {note}")
        print_line("The store is damaged." if report.damage else "The store is whole.", bold=True)
    if report.damage:
        sys.exit(1)
