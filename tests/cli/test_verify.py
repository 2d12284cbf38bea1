"""`pincite ask --save` and `--markdown`, and `pincite verify`: what is kept, checked, told, and the exit codes."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from qa.cli.main import cli
from qa.readers import READERS

HERONS = "Herons eat small fish at dawn.\n\nHerons build nests in tall reeds.\n"
QUESTION = "Where do herons build nests?"


@pytest.fixture
def answers(run: Any, indexed: Path, tmp_path: Path) -> Path:
    """A file with one answer, saved."""
    path = tmp_path / "answers.jsonl"
    assert run("ask", QUESTION, "--save", path).exit_code == 0
    return path


def verify(*arguments: str | Path, root: Path) -> Result:
    line = ["verify", *map(str, arguments), "--root", str(root)]
    result = CliRunner().invoke(cli, line, prog_name="pincite")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


# --- saving


def test_what_is_saved_is_what_json_prints(run: Any, indexed: Path, tmp_path: Path) -> None:
    path = tmp_path / "my answers.jsonl"
    result = run("ask", QUESTION, "--json", "--save", path)
    assert result.exit_code == 0
    assert json.loads(result.stdout) == json.loads(path.read_text())
    assert result.stderr == f"Saved to {path}. To check it later: pincite verify '{path}' --root DIR\n"
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_answers_are_appended_also_where_there_are_none(run: Any, answers: Path) -> None:
    assert run("ask", "Who painted the bridge?", "--save", answers).exit_code == 3
    first, second = map(json.loads, answers.read_text().splitlines())
    assert (first["question"], first["answered"], second["answered"]) == (QUESTION, True, False)
    assert first["citations"][0]["verdict"] == "exact"
    assert first["citations"][0]["file_changed"] is False
    assert first["citations"][0]["link"] is None


def test_an_answer_that_cannot_be_saved_is_given_all_the_same(run: Any, indexed: Path, tmp_path: Path) -> None:
    result = run("ask", QUESTION, "--save", tmp_path / "nowhere" / "a.jsonl")
    assert result.exit_code == 2
    assert "Herons build nests in tall reeds." in result.stdout
    assert "could not be saved to" in result.stderr


def test_markdown(run: Any, indexed: Path) -> None:
    result = run("ask", QUESTION, "--markdown")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == (
        "## Where do herons build nests?\n\n"
        "Herons build nests in tall reeds. [^1]\n\n"
        "[^1]: herons (`water/herons.txt`), line 3: “Herons build nests in tall reeds.”\n"
    )
    result = run("ask", "Who painted it?", "--markdown")
    assert result.exit_code == 3
    assert result.stdout.endswith("The sources do not answer this.\n\nIn no document: painted\n")
    result = run("ask", QUESTION, "--markdown", "--json")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "--json and --markdown exclude each other" in result.stderr


@pytest.mark.skipif(".html" not in READERS, reason="there is no reader of web pages")
def test_a_web_page_is_linked_at_the_words(run: Any, docs: Path) -> None:
    page = docs / "my page.html"
    page.write_text("<title>Cranes</title><p>Cranes dance on wide moors in early spring.</p>")
    assert run("index", docs).exit_code == 0
    link = f"{page.as_uri()}#:~:text=Cranes%20dance%20on%20wide%20moors%20in%20early%20spring."
    result = run("ask", "Where do cranes dance?", "--json")
    assert json.loads(result.stdout)["citations"][0]["link"] == link
    assert f"[Open it at these words]({link})\n" in run("ask", "Where do cranes dance?", "--markdown").stdout


def test_a_file_that_has_changed_since_is_flagged(run: Any, indexed: Path) -> None:
    herons = indexed / "water" / "herons.txt"
    assert "!" not in run("ask", QUESTION).stdout
    herons.write_text("New.\n\n" + HERONS)
    told = "    ! The file has changed since it was indexed. These words are elsewhere in it now.\n"
    assert told in run("ask", QUESTION).stdout
    herons.unlink()
    result = run("ask", QUESTION)
    assert "    ! The file is gone since it was indexed.\n" in result.stdout
    assert result.exit_code == 0


# --- verifying


def test_all_is_as_it_was(answers: Path, docs: Path) -> None:
    result = verify(answers, root=docs)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == "1 citation of 1 answer: 1 exact, 0 moved, 0 changed, 0 missing.\n"


def test_each_kind_is_told(run: Any, answers: Path, docs: Path) -> None:
    herons = docs / "water" / "herons.txt"
    begin = f"{answers}, line 1, [1]: water/herons.txt, line 3, characters 32 to 65"
    herons.write_text(HERONS.replace("dawn", "dusk"))
    result = verify(answers, root=docs)
    assert result.stdout == (
        "1 citation of 1 answer: 1 exact (1 in files that have changed since), 0 moved, 0 changed, 0 missing.\n"
    )
    assert result.exit_code == 0
    herons.write_text("New.\n" + HERONS)
    result = verify(answers, root=docs)
    assert result.stdout.splitlines()[0] == f"moved    {begin}, is now line 4, characters 37 to 70"
    assert result.exit_code == 0
    herons.write_text(HERONS)
    herons.rename(docs / "birds.txt")
    result = verify(answers, root=docs)
    assert result.stdout.splitlines()[0] == f"moved    {begin}, is now birds.txt, line 3, characters 32 to 65"
    (docs / "birds.txt").unlink()
    result = verify(answers, root=docs)
    assert result.stdout.splitlines() == [
        f"missing  {begin}: there is no such file in {docs.resolve()}. “Herons build nests in tall reeds.”",
        "1 citation of 1 answer: 0 exact, 0 moved, 0 changed, 1 missing.",
    ]
    assert result.exit_code == 1
    herons.write_text(HERONS.replace("tall", "short"))
    result = verify(answers, root=docs)
    assert result.stdout.splitlines()[0] == (
        f"changed  {begin}: these words are not in it any more. “Herons build nests in tall reeds.”"
    )
    assert result.exit_code == 1


def test_a_line_number_that_is_wrong_is_told(answers: Path, docs: Path) -> None:
    answers.write_text(answers.read_text().replace('"line": 3', '"line": 30'))
    result = verify(answers, root=docs)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == (
        f"exact    {answers}, line 1, [1]: water/herons.txt, line 30, characters 32 to 65, "
        "is now line 3, characters 32 to 65"
    )


def test_json(answers: Path, docs: Path) -> None:
    (docs / "water" / "herons.txt").write_text("New.\n" + HERONS)
    with answers.open("a") as stream:
        stream.write('{"broken\n{"citations": []}\n')
    result = verify(answers, "--json", root=docs)
    assert result.exit_code == 2
    told = json.loads(result.stdout)
    (proof,) = told.pop("proofs")
    assert told == {
        "answers": 2,
        "citations": 1,
        "exact": 0,
        "exact_in_changed_files": 0,
        "moved": 1,
        "changed": 0,
        "missing": 0,
        "damaged": [{"file": str(answers), "line": 2, "problem": "it is not JSON: was it cut off?"}],
    }
    assert (proof["file"], proof["line"], proof["verdict"]) == (str(answers), 1, "moved")
    assert (proof["file_changed"], proof["reason"]) == (True, "")
    assert (proof["cited"]["start"], proof["found"]["start"], proof["found"]["end"]) == (32, 37, 70)
    assert proof["found"]["quote"] == proof["cited"]["quote"] == "Herons build nests in tall reeds."


def test_damaged_lines_are_named_and_the_others_checked(answers: Path, docs: Path, tmp_path: Path) -> None:
    more = tmp_path / "more.jsonl"
    more.write_text("x\n" * 25 + answers.read_text())
    result = verify(answers, more, root=docs)
    assert result.exit_code == 2
    assert result.stdout == "2 citations of 2 answers: 2 exact, 0 moved, 0 changed, 0 missing.\n"
    lines = result.stderr.splitlines()
    assert lines[0] == f"{more}, line 1: it is not JSON: was it cut off?"
    assert len(lines) == 21
    assert lines[20] == "Damaged lines beside these: 5."


def test_a_file_that_is_named_twice_is_checked_once(answers: Path, docs: Path) -> None:
    assert verify(answers, answers, root=docs).stdout.startswith("1 citation of 1 answer: 1 exact")


@pytest.mark.parametrize("content", ["", "\n", '{"citations": []}\n', "not JSON\n", "[]", "\0" * 100])
@pytest.mark.parametrize("as_json", [[], ["--json"]])
def test_a_file_without_citations_is_wrong_use(tmp_path: Path, content: str, as_json: list[str]) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(content)
    result = verify(path, *as_json, root=tmp_path)
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"There are no citations in {path}: save answers with pincite ask --save." in result.stderr


def test_one_file_of_several_without_citations(answers: Path, docs: Path, tmp_path: Path) -> None:
    (tmp_path / "gold.jsonl").write_text('{"question": "?", "answers": []}\n')
    result = verify(answers, tmp_path / "gold.jsonl", root=docs)
    assert result.exit_code == 2
    assert result.stdout.startswith("1 citation of 1 answer: 1 exact")
    assert "There are no citations in" in result.stderr
    assert str(answers) not in result.stderr


def test_names_that_are_none(answers: Path, docs: Path, tmp_path: Path) -> None:
    result = verify(tmp_path / "none.jsonl", root=docs)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "none.jsonl could not be read: No such file or directory." in result.stderr
    assert verify(docs, root=docs).exit_code == 2
    assert verify(answers, root=docs / "none").exit_code == 2
    assert verify(answers, root=answers).exit_code == 2
    assert CliRunner().invoke(cli, ["verify", str(answers)]).exit_code == 2


def test_nothing_in_a_saved_answer_acts_on_the_terminal(answers: Path, docs: Path, pincite: Any) -> None:
    saved = json.loads(answers.read_text())
    saved["citations"][0]["document"]["source"] = "\x1b[2J\u202egone\n.txt"
    saved["citations"][0]["document"]["sha256"] = "0" * 64
    saved["citations"][0]["quote"] = "\x1b]0;title\x07\ud800"
    answers.write_text(json.dumps(saved) + "\n")
    done = pincite("verify", answers, "--root", docs)
    assert (done.returncode, done.stderr) == (1, b"")
    assert b"\x1b" not in done.stdout
    assert "\u202e" not in done.stdout.decode()
    assert len(done.stdout.splitlines()) == 2
    assert pincite("verify", answers, "--root", docs, "--json").returncode == 1


_LOADED = """
import json, sys
from qa.cli.main import cli
try:
    cli(sys.argv[1:], prog_name="pincite")
except SystemExit as end:
    assert end.code == 0
print(json.dumps(sorted(sys.modules)))
"""


def test_it_needs_no_store_and_loads_nothing_heavy(answers: Path, docs: Path, store: Path, tmp_path: Path) -> None:
    store.rename(tmp_path / "elsewhere")
    (docs / "water" / "herons.txt").write_text("New.\n" + HERONS)
    done = subprocess.run(
        [sys.executable, "-c", _LOADED, "verify", str(answers), "--root", str(docs)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PINCITE_STORE": str(store)},
    )
    assert done.stderr == ""
    assert "1 moved" in done.stdout
    loaded = {name.split(".")[0] for name in json.loads(done.stdout.splitlines()[-1])}
    heavy = {
        "numpy",
        "torch",
        "openvino",
        "faiss",
        "tantivy",
        "gradio",
        "transformers",
        "sqlite3",
        "embeddings",
        "yaml",
    }
    assert loaded & heavy == set()
    assert not store.exists()


def test_the_real_command(answers: Path, docs: Path, pincite: Any) -> None:
    done = pincite("verify", answers, "--root", docs)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == b"1 citation of 1 answer: 1 exact, 0 moved, 0 changed, 0 missing.\n"


def test_help_says_what_is_0() -> None:
    text = " ".join(CliRunner().invoke(cli, ["verify", "--help"], prog_name="pincite").stdout.split())
    assert "Exits with 0 where all are exact or moved" in text
    assert "Needs no store, no index and no model" in text
