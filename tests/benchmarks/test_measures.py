"""Children are measured, and one that fails becomes a row with its reason."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from benchmarks.peers.contestants import PINCITE, Contestant, contestants, pins
from benchmarks.peers.corpus import Corpus, Passage, write
from benchmarks.peers.measures import Bench
from benchmarks.peers.process import ROOT, FailedError, beside, run

GOOD = """
import json, os, sys
step, first, second = sys.argv[-3:]
if step == "index":
    os.mkdir(second)
    open(os.path.join(second, "vectors"), "wb").write(bytes(2_000_000))
print("a greeting")
print(json.dumps({"seconds": 1.5, "milliseconds": [1.0, 2.0], "ids": [["p0"], ["p1"]]}))
"""
BAD = "import os, sys; os.mkdir(sys.argv[-1]); sys.exit('it has\\nno room')"


def program(name: str, code: str, folder: Path) -> Contestant:
    """A peer whose Python is a script that does as it is told."""
    script = folder / name
    (folder / f"{name}.py").write_text(code)
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{folder / name}.py" "$@"\n')
    script.chmod(0o755)
    return Contestant(name, name, (), script)


def test_a_round(tmp_path: Path) -> None:
    questions = [{"id": str(at), "question": "Which?", "passage": "p0"} for at in range(2)]
    corpus, _ = write([Passage("p0", "one", "Text.")], questions, tmp_path / "corpus", seed=0)
    kept: list[dict[str, Any]] = []
    programs = [program("good", GOOD, tmp_path), program("bad", BAD, tmp_path)]
    Bench(programs, corpus, tmp_path / "stores", kept.append).round(1, ["index", "warm", "change"])
    assert [(row["measure"], row["program"]) for row in kept] == [
        ("index", "bad"),  # the second goes first in the second round
        ("index", "good"),
        ("warm", "good"),
        ("change", "good"),
    ]
    assert kept[0]["error"] == "exit code 1: no room"
    assert kept[1]["disk_mb"] == 2.0
    assert kept[1]["wall_s"] > 0
    assert kept[2]["success@10"] == 0.5
    assert kept[3]["seconds"] == 1.5
    assert [path.name for path in (tmp_path / "stores").iterdir()] == ["good"]


def test_peak_memory_and_time_are_the_childs() -> None:
    small = run([sys.executable, "-c", "print(1)"], seconds=60)
    large = run([sys.executable, "-c", "x = b'1' * 150_000_000; print(2)"], seconds=60)
    assert (small.value(), large.value()) == (1, 2)
    assert 150 < large.peak_mb < small.peak_mb + 200
    assert 0 < small.printed <= small.wall


def test_a_child_that_fails_says_why_in_a_line() -> None:
    with pytest.raises(FailedError, match=r"^exit code 3: second$"):
        run([sys.executable, "-c", "import sys; print('first\\nsecond', file=sys.stderr); sys.exit(3)"], seconds=60)
    assert run([sys.executable, "-c", "raise SystemExit(3)"], seconds=60, accepted=(0, 3)).output == ""
    with pytest.raises(FailedError, match=r"^exit code 1: not found in \(address\) or \.$"):
        run([sys.executable, "-c", f"raise SystemExit('not found in file:///somewhere or {ROOT}')"], seconds=60)
    with pytest.raises(FailedError, match="it did not end in time"):
        run([sys.executable, "-c", "import time; time.sleep(60)"], seconds=0.1)
    with pytest.raises(FailedError, match="it cannot be started"):
        run(["/nowhere/python"], seconds=60)
    with pytest.raises(FailedError, match="no JSON"):
        run([sys.executable, "-c", "print('hello')"], seconds=60).value()


def test_a_companion_is_started_again_and_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.peers.process._LEAD", 0.0)
    code = "import os, sys; open(sys.argv[1], 'w').write(str(os.getpid()))"
    with beside(lambda number: [sys.executable, "-c", code, str(tmp_path / str(number))]):
        end = time.monotonic() + 10
        while not (tmp_path / "3").exists() and time.monotonic() < end:
            time.sleep(0.01)
    assert {"1", "2", "3"} <= {path.name for path in tmp_path.iterdir()}


def test_the_commands_of_pincite_are_the_real_ones(tmp_path: Path) -> None:
    known = contestants(tmp_path)
    corpus = Corpus(tmp_path)
    name, *rest = known[PINCITE].command("ask", tmp_path / "store", corpus, "Who?")
    assert Path(name).name == "pincite"
    assert rest == ["ask", "Who?", "--store", str(tmp_path / "store"), "--json"]
    command = known["txtai"].command("ask", tmp_path / "store", corpus, "Who?")
    assert command[1:] == ["-m", "benchmarks.peers.txtai_peer", "ask", str(tmp_path / "store"), "Who?"]


def test_versions_are_held_without_the_label_of_a_build() -> None:
    held = pins()
    assert any(each.startswith("torch==") for each in held)
    assert "+" not in json.dumps(held)
