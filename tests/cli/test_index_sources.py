"""`pincite index` from standard input, and following a folder."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest


def test_standard_input_is_a_document(run: Any) -> None:
    result = run("index", "-", "--name", "owls.md", stdin=b"# Owls\n\nOwls hunt at night.\n")
    assert result.exit_code == 0
    assert result.stdout.startswith("added     owls.md  1 passage, 28 characters\nIndexed 1, unchanged 0,")
    assert "Owls hunt" in run("search", "owls").stdout
    assert run("index", "-", "--name", "owls.md", stdin=b"Owls sleep by day.").stdout.startswith("updated   owls.md")


def test_nothing_on_standard_input_is_told(run: Any) -> None:
    result = run("index", "-")
    assert result.exit_code == 2
    assert "failed    stdin.txt: there is no text in it." in result.stdout


def appears(log: Path, text: str) -> bool:
    end = time.monotonic() + 60
    while text not in log.read_text() and time.monotonic() < end:
        time.sleep(0.1)
    return text in log.read_text()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no interrupt for one process")
def test_a_folder_is_followed_until_it_is_interrupted(docs: Path, store: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with log.open("w") as stream:
        command = [sys.executable, "-m", "qa", "index", str(docs), "--store", str(store), "--watch"]
        process = subprocess.Popen(command, stdout=stream, stderr=stream, env={**os.environ, "PYTHONUNBUFFERED": "1"})
    try:
        assert appears(log, "Watching")
        (docs / "owls.md").write_text("Owls hunt at night.")
        assert appears(log, "added     owls.md")
        (docs / "owls.md").unlink()
        assert appears(log, "removed   owls.md")
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.wait()
    assert "Traceback" not in log.read_text()
