"""Child processes that are measured: wall time, when the answer was printed, and the peak of their memory."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, sleep
from typing import Any

ROOT = Path(__file__).resolve().parents[2]

OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "ANONYMIZED_TELEMETRY": "False",
    "HAYSTACK_TELEMETRY_ENABLED": "False",
    "LANGSMITH_TRACING": "false",
    "LANGCHAIN_TRACING_V2": "false",
}
"""Nothing is fetched and nothing reported while anything is measured."""

_MEGABYTE = 1_000_000
_LEAD = 5.0
"""Seconds that a companion has to get to work."""
_ADDRESS = re.compile(r"\w+://\S+|host='[^']*'")


class FailedError(Exception):
    """A child process did not do what it should; the message is one line."""


@dataclass(frozen=True, slots=True)
class Done:
    """A process that has ended; seconds count from its start, `printed` to the last of its output."""

    output: str
    wall: float
    printed: float
    peak_mb: float

    def value(self) -> Any:
        """The JSON that it printed: all of its output, else its last line. Raises FailedError where neither is JSON."""
        for text in (self.output, *self.output.strip().splitlines()[-1:]):
            with suppress(json.JSONDecodeError):
                return json.loads(text)
        raise FailedError("its output is no JSON")


def run(command: Sequence[str], *, seconds: float, accepted: Sequence[int] = (0,)) -> Done:
    """Run a command to its end. Raises FailedError where it cannot start, takes longer, or exits otherwise.

    A child begins as a copy of this process, and the kernel counts that in its peak: keep this process small.
    """
    with tempfile.TemporaryFile() as errors:
        begin = perf_counter()
        process = _start(command, stdout=subprocess.PIPE, stderr=errors)
        late = threading.Timer(seconds, process.kill)
        late.start()
        try:
            output, printed = _read(process, begin)
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            process.kill()
            process.wait()
            raise
        finally:
            late.cancel()
        wall = perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        errors.seek(0)
        said = errors.read().decode("utf-8", "replace")
    if process.returncode not in accepted:
        raise FailedError(_reason(process.returncode, said, wall >= seconds))
    unit = 1 if sys.platform == "darwin" else 1024
    return Done(output.decode("utf-8", "replace"), wall, printed, usage.ru_maxrss * unit / _MEGABYTE)


@contextmanager
def beside(command: Callable[[int], Sequence[str]]) -> Iterator[None]:
    """Keep a process running meanwhile; one that ends is followed by the next, `command(1)` by `command(2)`."""
    stop = threading.Event()
    running: list[subprocess.Popen[bytes]] = []

    def keep() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            running[:] = [_start(command(number), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)]
            while running[0].poll() is None and not stop.wait(0.05):
                pass

    companion = threading.Thread(target=keep)
    companion.start()
    try:
        sleep(_LEAD)
        yield
    finally:
        stop.set()
        companion.join()
        for process in running:
            process.terminate()
            process.wait()


def size_mb(folder: Path) -> float:
    """Bytes of all files in a folder, in MB."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / _MEGABYTE


def empty(path: Path) -> Path:
    """Remove what there is at a path, and make the folder that it is in."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _start(command: Sequence[str], *, stdout: int, stderr: Any) -> subprocess.Popen[bytes]:
    environment: Mapping[str, str] = os.environ | OFFLINE
    try:
        return subprocess.Popen(  # noqa: S603 - commands of this package, nobody else's words are in them
            command, stdout=stdout, stderr=stderr, stdin=subprocess.DEVNULL, cwd=ROOT, env=environment
        )
    except OSError as error:
        raise FailedError(f"it cannot be started ({error.strerror})") from error


def _read(process: subprocess.Popen[bytes], begin: float) -> tuple[bytes, float]:
    """All that it prints, and when the last of it came: the interpreter takes a while to end behind that."""
    assert process.stdout is not None  # noqa: S101 - it was asked for
    pieces, printed = [], 0.0
    with process.stdout as stream:
        while piece := os.read(stream.fileno(), 1 << 16):
            printed = perf_counter() - begin
            pieces.append(piece)
    return b"".join(pieces), printed


def _reason(code: int, said: str, late: bool) -> str:
    """The last line of what it said, without the addresses and folders of this machine."""
    if late:
        return "it did not end in time"
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    last = lines[-1] if lines else "it said nothing"
    last = _ADDRESS.sub("(address)", last).replace(str(ROOT), ".").replace(str(Path.home()), "~")
    return f"exit code {code}: {last[:200]}"
