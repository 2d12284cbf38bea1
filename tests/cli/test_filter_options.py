"""The options that choose documents, and those that tag them, on commands of their own."""

from __future__ import annotations

from datetime import date
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from qa.cli.main import cli
from qa.cli.options import filter_options, json_option, tags_option
from qa.filters import Filter

SEEN: list[Any] = []


@click.command()
@click.argument("word")
@filter_options
@json_option
def look(word: str, only: Filter, as_json: bool) -> None:
    """Look for WORD."""
    SEEN.append((word, only, as_json))


@click.command()
@tags_option
def keep(tags: tuple[str, ...]) -> None:
    """Keep something."""
    SEEN.append(tags)


@pytest.fixture(autouse=True)
def _nothing_seen() -> None:
    SEEN.clear()


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(type(cli)(commands={"look": look, "keep": keep}), arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def seen(*arguments: str) -> Any:
    result = run(*arguments)
    assert (result.exit_code, result.stderr) == (0, "")
    return SEEN.pop()


def test_without_them_nothing_is_filtered() -> None:
    assert seen("look", "herons") == ("herons", Filter(), False)


def test_all_of_them_make_one_filter() -> None:
    line = "look herons --document a.md --document notes --since 2023 --until 2024-02 --tag #Birds --tag water --json"
    only = Filter(("a.md", "notes"), date(2023, 1, 1), date(2024, 2, 29), ("birds", "water"))
    assert seen(*line.split()) == ("herons", only, True)


def test_help_says_what_they_do_in_their_order() -> None:
    text = run("look", "--help").stdout
    assert "look [OPTIONS] WORD\n\n  Look for WORD.\n" in text
    places = [
        text.index(option) for option in ("--document NAME", "--since DATE", "--until DATE", "--tag TAG", "--json")
    ]
    assert places == sorted(places)
    assert "2024-05-31" in text


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("--since 2024-13", "since '2024-13' is not a date: write a year, a month or a day, for example 2024, "),
        ("--until soon", "until 'soon' is not a date: write a year, "),
        ("--since 2024 --until 2023", "since 2024 is after until 2023, "),
        ("--tag #", "'#' is not a tag: write letters or numbers"),
        ("--document=", "A document's name is empty: write its path"),
        ("--since=", "since '' is not a date"),
    ],
)
def test_a_bad_value_is_told_before_the_command_runs(line: str, sentence: str) -> None:
    result = run("look", "herons", *line.split())
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"Error: {sentence}")
    assert SEEN == []


def test_tags_for_what_is_indexed() -> None:
    assert seen("keep") == ()
    assert seen("keep", "--tag", "#New  York", "--tag", "minutes", "--tag", "new york") == ("new york", "minutes")


def test_a_tag_of_nothing_is_told() -> None:
    result = run("keep", "--tag", " ")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "Error: ' ' is not a tag: write letters or numbers, for example minutes.\n"
    assert SEEN == []
