"""The command line: one small file a command. Nothing heavy is imported before a command needs it."""

from qa.cli.main import main

__all__ = ["main"]
