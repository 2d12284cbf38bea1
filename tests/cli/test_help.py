"""Help is there, is quick, and loads nothing that it does not need."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import version

import pytest
from click.testing import CliRunner

from qa.cli.main import cli

COMMANDS = [
    *("chat", "index", "ask", "search", "sources", "remove", "eval", "sweep", "calibrate", "gold", "status", "check")
]
GOLD = ["check", "convert", "add"]
HEAVY = {"torch", "openvino", "gradio", "faiss", "numpy", "transformers", "sentence_transformers"}

_LOADED = """
import io, json, sys
from contextlib import redirect_stdout
from qa.cli.main import cli

text = io.StringIO()
with redirect_stdout(text):
    for line in json.loads(sys.argv[1]):
        try:
            cli(line, prog_name="pincite")
        except SystemExit as end:
            assert end.code == 0, line
print(json.dumps({"modules": sorted(sys.modules), "text": text.getvalue()}))
"""


def python(code: str, *arguments: str) -> str:
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return done.stdout


def top(modules: list[str]) -> set[str]:
    return {module.split(".")[0] for module in modules}


def test_every_help_loads_nothing_heavy() -> None:
    lines = [["--help"], ["-h"], ["--version"], *([command, "--help"] for command in COMMANDS)]
    lines += [["gold", command, "--help"] for command in GOLD]
    seen = json.loads(python(_LOADED, json.dumps(lines)))
    assert top(seen["modules"]) & HEAVY == set()
    assert seen["text"].count("Usage: pincite") == len(lines) - 1


def test_import_qa_loads_nothing_heavy() -> None:
    modules = json.loads(python("import json, sys, qa; print(json.dumps(sorted(sys.modules)))"))
    assert top(modules) & (HEAVY | {"click", "fastapi", "uvicorn", "sentencex", "embeddings", "ui", "seeds"}) == set()


def test_an_answer_type_loads_nothing_heavy() -> None:
    modules = json.loads(python("import json, sys; from qa import Answer; print(json.dumps(sorted(sys.modules)))"))
    assert top(modules) & HEAVY == set()


def test_a_store_is_looked_at_without_the_model() -> None:
    # sources, status and check need the index at most.
    code = "import json, sys; from qa import Library, Retriever; print(json.dumps(sorted(sys.modules)))"
    assert top(json.loads(python(code))) & {"torch", "gradio", "transformers", "sentence_transformers"} == set()


def test_help_lists_every_command_in_the_order_of_use() -> None:
    text = CliRunner().invoke(cli, ["--help"], prog_name="pincite").stdout
    listed = [line.split()[0] for line in text.partition("Commands:\n")[2].splitlines() if line.startswith("  ")]
    assert listed[: len(COMMANDS)] == COMMANDS
    for code in ("0 done", "1 damage", "2 wrong use or bad", "3 not answered"):
        assert code in " ".join(text.split())


@pytest.mark.parametrize("command", [*COMMANDS, *(f"gold {command}" for command in GOLD)])
def test_every_command_explains_itself(command: str) -> None:
    result = CliRunner().invoke(cli, [*command.split(), "--help"], prog_name="pincite")
    assert result.exit_code == 0
    assert result.stdout.startswith(f"Usage: pincite {command} ")
    words = result.stdout.split()
    if command == "gold":
        assert set(GOLD) <= set(words)
        return
    assert command == "gold convert" or "--store" in words  # which needs none
    if command != "chat":
        assert "--json" in words
    assert "\n\n  " in result.stdout  # what it does


def test_version_is_that_of_the_package() -> None:
    result = CliRunner().invoke(cli, ["--version"], prog_name="pincite")
    assert (result.exit_code, result.stdout) == (0, f"pincite {version('pincite')}\n")


def test_python_m_qa_is_the_same_command() -> None:
    done = subprocess.run([sys.executable, "-m", "qa", "--help"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Usage: pincite ")
