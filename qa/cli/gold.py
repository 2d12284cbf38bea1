"""`pincite gold`"""

from __future__ import annotations

import click

from qa.cli.gold_add import add
from qa.cli.gold_check import check
from qa.cli.gold_convert import convert


@click.group()
def gold() -> None:
    """Check, convert and write the questions that `pincite eval` asks."""


for _command in (check, convert, add):
    gold.add_command(_command)
