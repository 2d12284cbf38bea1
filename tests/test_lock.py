"""One writer: refused at once, with the process that holds the lock, and free again when that one is gone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from qa.errors import PinciteError
from qa.lock import writer_lock

HOLDER = """
import sys
from pathlib import Path
from qa.lock import writer_lock
with writer_lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def holding(path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock until the block ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process


def test_a_second_process_is_refused_at_once_with_the_pid_of_the_first(tmp_path: Path) -> None:
    with holding(tmp_path / "LOCK") as other:
        begin = time.perf_counter()
        with pytest.raises(PinciteError) as refusal, writer_lock(tmp_path / "LOCK"):
            pass
        assert time.perf_counter() - begin < 1
        assert str(refusal.value) == (
            f"Another process ({other.pid}) is writing to {tmp_path}: wait until it has finished, then try again."
        )
    with writer_lock(tmp_path / "LOCK"):
        pass


def test_a_refused_one_does_not_wipe_out_the_holder(tmp_path: Path) -> None:
    with holding(tmp_path / "LOCK") as other:
        for _ in range(3):
            with pytest.raises(PinciteError, match=f"\\({other.pid}\\)"), writer_lock(tmp_path / "LOCK"):
                pass


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX")
def test_a_killed_holder_leaves_no_lock(tmp_path: Path) -> None:
    with holding(tmp_path / "LOCK") as other:
        other.send_signal(signal.SIGKILL)
        other.wait()
        with writer_lock(tmp_path / "LOCK"):
            assert (tmp_path / "LOCK").read_text() == str(os.getpid())


def test_the_lock_is_dropped_where_an_error_leaves_the_block(tmp_path: Path) -> None:
    def fail() -> None:
        with writer_lock(tmp_path / "LOCK"):
            raise RuntimeError

    for _ in range(2):
        with pytest.raises(RuntimeError):
            fail()
    assert (tmp_path / "LOCK").read_text() == ""


def test_two_in_one_process_exclude_each_other(tmp_path: Path) -> None:
    with writer_lock(tmp_path / "LOCK"):
        with pytest.raises(PinciteError, match=f"\\({os.getpid()}\\)"), writer_lock(tmp_path / "LOCK"):
            pass
        with pytest.raises(PinciteError), writer_lock(tmp_path / "LOCK"):
            pass


@pytest.mark.parametrize("left", ["", "garbage\n", "\x00\xff", "12 34"])
def test_what_stands_in_the_file_does_not_matter(tmp_path: Path, left: str) -> None:
    (tmp_path / "LOCK").write_text(left, encoding="latin-1")
    with writer_lock(tmp_path / "LOCK"):
        assert (tmp_path / "LOCK").read_text() == str(os.getpid())


def test_a_holder_whose_number_cannot_be_read_is_still_a_holder(tmp_path: Path) -> None:
    with holding(tmp_path / "LOCK"):
        (tmp_path / "LOCK").write_bytes(b"\xff\xfe")
        with pytest.raises(PinciteError, match="Another process is writing"), writer_lock(tmp_path / "LOCK"):
            pass
