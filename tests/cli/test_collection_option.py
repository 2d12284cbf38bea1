"""`--collection`: documents that are kept apart, by every command that takes a store."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from qa.cli.main import cli

Run = Callable[..., Result]


def names(result: Result) -> list[str]:
    assert result.exit_code == 0
    return [row["source"] for row in json.loads(result.stdout)["sources"]]


def test_collections_are_kept_apart(run: Run, docs: Path, store: Path) -> None:
    run("index", docs / "foxes.md")
    assert run("index", "--collection", "Birds", docs / "water").exit_code == 0
    assert names(run("sources", "--json")) == ["foxes.md"]
    assert names(run("sources", "--collection", "birds", "--json")) == ["herons.txt"]
    assert (store / "collections" / "Birds" / "store.db").is_file()
    assert run("ask", "--collection", "Birds", "What do herons eat?").exit_code == 0
    assert run("ask", "What do herons eat?").exit_code == 3


def test_the_environment_names_one(run: Run, docs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("index", "--collection", "birds", docs / "water")
    run("index", docs / "foxes.md")
    monkeypatch.setenv("PINCITE_COLLECTION", "birds")
    assert names(run("sources", "--json")) == ["herons.txt"]
    monkeypatch.setenv("PINCITE_COLLECTION", "")
    assert names(run("sources", "--json")) == ["foxes.md"]


def test_what_is_taken_out_of_one_stays_in_the_other(run: Run, docs: Path) -> None:
    run("index", docs)
    run("index", "--collection", "copy", docs)
    assert run("remove", "--collection", "copy", "foxes.md").exit_code == 0
    assert names(run("sources", "--json")) == ["foxes.md", "water/herons.txt"]
    assert names(run("sources", "--collection", "copy", "--json")) == ["water/herons.txt"]


@pytest.mark.parametrize("name", ["", "../other", "a/b", "x" * 61])
def test_a_wrong_name_is_a_sentence(run: Run, docs: Path, name: str, store: Path) -> None:
    result = run("index", "--collection", name, docs)
    assert result.exit_code == 2
    assert "collection" in result.stderr
    assert not store.exists()


def test_one_that_is_not_there_is_told_and_not_made(run: Run, store: Path) -> None:
    result = run("sources", "--collection", "birds")
    assert result.exit_code == 2
    assert "There is no store in" in result.stderr
    assert not store.exists()


def test_a_collection_that_is_named_is_where_gold_is_checked(tmp_path: Path) -> None:
    gold = tmp_path / "gold.jsonl"
    gold.write_text('{"id": "q1", "question": "What do herons eat?", "answers": ["fish"]}\n')
    line = ["gold", "check", str(gold)]
    assert CliRunner().invoke(cli, line).exit_code == 0  # no store: the format alone is looked at
    result = CliRunner().invoke(cli, [*line, "--collection", "birds"])
    assert (result.exit_code, "There is no store in" in result.stderr) == (2, True)


@pytest.mark.parametrize("command", ["chat", "index", "ask", "search", "sources", "remove", "eval", "status", "check"])
def test_every_command_with_a_store_has_it(command: str) -> None:
    assert "--collection NAME" in CliRunner().invoke(cli, [command, "--help"]).stdout
