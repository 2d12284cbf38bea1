"""The `pincite` command and its exit codes."""

from __future__ import annotations

import io
import sys
from typing import Any

import click

from qa.cli.ask import ask
from qa.cli.calibrate import calibrate
from qa.cli.chat import chat
from qa.cli.check import check
from qa.cli.evaluate import evaluate
from qa.cli.gold import gold
from qa.cli.index import index
from qa.cli.output import plain
from qa.cli.remove import remove
from qa.cli.search import search
from qa.cli.sources import sources
from qa.cli.status import status
from qa.cli.sweep import sweep
from qa.cli.verify import verify
from qa.errors import PinciteError


class _Sentence(click.ClickException):
    """An error for a person: one sentence on stderr, exit code 2."""

    exit_code = 2


class _Pincite(click.Group):
    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except PinciteError as error:
            raise _Sentence(plain(str(error))) from error
        except KeyboardInterrupt:
            click.echo("Interrupted. What was indexed or saved until now is kept.", err=True)
            sys.exit(130)

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(self.commands)  # in the order of use, not of the alphabet


@click.group(
    cls=_Pincite,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 done, 1 damage found or a limit not kept, 2 wrong use or bad input, 3 not answered (ask).",
)
@click.version_option(package_name="pincite", message="%(prog)s %(version)s")
def cli() -> None:
    """Answer questions about your own documents, with every answer pinned to the exact words it rests on.

    Runs on this machine alone and sends nothing anywhere.
    """


for _command in (chat, index, ask, search, sources, remove, evaluate, sweep, calibrate, gold, status, check, verify):
    cli.add_command(_command)


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal of another encoding shows codes, not an exception
            stream.reconfigure(errors="backslashreplace")
    cli(prog_name="pincite")
