"""The command line over deterministic fakes: models that count words, and a reader that wants every word."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from embeddings import ModelFolder, find_model
from qa.cli.main import cli
from qa.reader import Finding, Span
from qa.types import Hit

HERONS = "Herons eat small fish at dawn.\n\nHerons build nests in tall reeds.\n"
FOXES = "# Foxes\n\nFoxes dig dens under old oaks. They are shy.\n"

_ASKING = set("what where when who why how do does did is are the a an of in at it".split())


class WordReader:
    """Answers with the first sentence that holds every word of the question: certain with one, hopeless without."""

    def read(self, question: str, hits: Sequence[Hit]) -> Finding:
        wanted = {word for word in re.findall(r"\w+", question.casefold()) if word not in _ASKING}
        for hit in hits:
            for sentence in re.finditer(r"[^.#\s][^.\n]*\.", hit.passage.text):
                if wanted and wanted <= set(re.findall(r"\w+", sentence[0].casefold())):
                    start, end = hit.passage.start + sentence.start(), hit.passage.start + sentence.end()
                    return Finding((Span(hit, start, end, start, end, 1.0),), 0.99, tuple(hits))
        return Finding((), 0.01, tuple(hits))


@pytest.fixture(autouse=True)
def _fakes(monkeypatch: pytest.MonkeyPatch, encoder: Any) -> None:
    """Two models of words, one the default and one called `letters`; no other is on this machine."""

    def find(name: str = "all-MiniLM-L6-v2") -> ModelFolder:
        known = {"all-MiniLM-L6-v2": "words", "words": "words", "letters": "letters"}
        if name not in known:
            return find_model(name)
        return ModelFolder(known[name], known[name], Path("nowhere"), f"{known[name]}-64")

    def load(folder: ModelFolder) -> Any:
        loaded = type(encoder)()
        loaded.name, loaded.location, loaded.fingerprint = folder.name, folder.location, folder.fingerprint
        return loaded

    monkeypatch.setattr("qa.library.find_model", find)
    monkeypatch.setattr("qa.library.load_encoder", load)
    monkeypatch.setattr("qa.assistant.SpanReader", WordReader)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "the store"


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    """A folder with two documents, one of them in a folder below."""
    folder = tmp_path / "docs"
    (folder / "water").mkdir(parents=True)
    (folder / "water" / "herons.txt").write_text(HERONS)
    (folder / "foxes.md").write_text(FOXES)
    return folder


Run = Callable[..., Result]


@pytest.fixture
def run(store: Path) -> Run:
    """Run a command on the test's store. No exception but the end of the command may leave it."""

    def invoke(*arguments: str | Path, stdin: bytes = b"") -> Result:
        line = [str(argument) for argument in arguments]
        command = [*line[:1], "--store", str(store), *line[1:]]
        result = CliRunner().invoke(cli, command, input=stdin, prog_name="pincite")
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert "Traceback" not in result.stdout + result.stderr
        return result

    return invoke


@pytest.fixture
def indexed(run: Run, docs: Path) -> Path:
    """The folder of documents, indexed."""
    assert run("index", docs).exit_code == 0
    return docs


def contents(store: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the record."""
    connection = sqlite3.connect(f"{(store / 'store.db').as_uri()}?mode=ro", uri=True)
    try:
        tables = ("meta", "document", "source", "passage", "vectors", "gone")
        return {table: connection.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall() for table in tables}  # noqa: S608
    finally:
        connection.close()


@pytest.fixture(name="contents")
def _contents(store: Path) -> Callable[[], dict[str, list[tuple[Any, ...]]]]:
    return lambda: contents(store)


@pytest.fixture
def pincite(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[bytes]]:
    """Run the real command in a process of its own."""

    def start(*arguments: str | bytes | Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [sys.executable, "-m", "qa", *arguments],
            capture_output=True,
            env={**os.environ, **environment},
            check=False,
            timeout=120,
        )

    return start


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the page would have been opened with; the server stands still."""
    seen: dict[str, Any] = {"browser": []}

    def application(
        collections: Any, _workrooms: Any, *, gold_sets: Any = (), examples: Any = (), status: Any = lambda _name: ""
    ) -> str:
        seen.update(collections=collections, gold_sets=gold_sets, examples=examples, status=status)
        return "the application"

    def serve(app: object, listener: Any) -> None:
        seen.update(app=app, address=listener.getsockname(), shown=seen["status"](seen.get("collection", "")))
        answering = seen["collections"].get(seen.get("collection", "")).assistant
        seen["answer"] = answering.ask("What do herons eat?") if seen.get("question", True) else None
        if "while" in seen:
            seen["while"](seen)

    monkeypatch.setattr("qa.server.application", application)
    monkeypatch.setattr("qa.server.serve", serve)
    monkeypatch.setattr("webbrowser.open", seen["browser"].append)
    return seen
