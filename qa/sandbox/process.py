"""One process that parses, seen from its parent: started, asked, ended."""

from __future__ import annotations

import contextlib
import math
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Any, BinaryIO, TypeVar, cast

from qa.errors import PinciteError
from qa.sandbox import wire

_T = TypeVar("_T")

START = "import sys; sys.path[:] = sys.argv[1:]; from qa.sandbox.child import main; main()"
"""What the interpreter is told to do."""

_ROOT = str(Path(__file__).parents[2])
"""The folder that holds our packages."""

_KEPT = ("SYSTEMROOT", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
"""Of the environment: what an interpreter may not start without."""

_STARTING = 60.0
"""Seconds until a process must be ready: from a cold disk it can take some."""

_DYING = 1.0
"""Seconds given to a process that answers no more to end by itself, so that it can be said why it did."""

_TICK = 0.2
"""Seconds by which the time that is left is counted down."""

_LAST_WORDS = 2_000
"""Bytes kept of what it wrote to its standard error."""


class Process:
    """A process that is ready to be asked, by one thread at a time. Raises PinciteError where it cannot be started.

    It ends with its parent: on Linux at once, elsewhere when it is ready for more.
    """

    def __init__(self) -> None:
        self._asked = 0
        self._left = math.inf
        self._late = False
        self._said = b""
        self._lock = threading.RLock()
        self._over = threading.Event()
        self._popen = self._started()
        self._requests = cast(BinaryIO, self._popen.stdin)
        self._answers = cast(BinaryIO, self._popen.stdout)
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        try:
            self._within(_STARTING, lambda: wire.receive_fields(self._answers))
        except (OSError, OverflowError, ValueError) as error:
            self.end()
            raise _no_start(self.last_words) from error
        except BaseException:
            self.end()
            raise

    def ask(
        self, request: Mapping[str, Any], data: bytes, largest: int, seconds: float
    ) -> tuple[dict[str, Any], bytes]:
        """Its answer and the payload of that.

        Raises TimeoutError after `seconds`, ChildProcessError where it ended or closed its output, OverflowError where
        the payload would have more than `largest` bytes, ValueError where the answer is none. Then it must be ended.
        """
        self._asked += 1
        numbered = {**request, "number": self._asked}

        def exchange() -> tuple[dict[str, Any], bytes]:
            wire.send(self._requests, numbered, data)
            answer, length = wire.receive_fields(self._answers)
            if length > largest:
                raise OverflowError(f"{length:,} bytes")
            return answer, wire.receive_payload(self._answers, length)

        answer, payload = self._within(seconds, exchange)
        if answer.get("number") != self._asked:
            raise ValueError("an answer to something else")
        return answer, payload

    def end(self) -> int | None:
        """Kill it, and wait until it is gone. Where it had ended by itself, its exit code; negative for a signal."""
        code = self._kill()
        self._over.set()
        for thread in (self._watcher, self._listener):
            thread.join(_DYING)
        for stream in (self._requests, self._answers):
            with contextlib.suppress(OSError):  # half a request may still be in the buffer
                stream.close()
        return code

    @property
    def last_words(self) -> str:
        """The last line that it wrote to its standard error."""
        lines = self._said.decode("utf-8", "replace").split("\n")
        return next((line.strip() for line in reversed(lines) if line.strip()), "")

    def _within(self, seconds: float, work: Callable[[], _T]) -> _T:
        """Do what waits for the process. Closed pipes are all that is seen of its end, whoever brought it about."""
        with self._lock:
            self._late, self._left = False, seconds
        try:
            return work()
        except (EOFError, OSError) as error:
            if self._late:
                raise TimeoutError from error
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._popen.wait(_DYING)
            raise ChildProcessError from error
        finally:
            with self._lock:
                self._left = math.inf

    def _started(self) -> subprocess.Popen[bytes]:
        started: Future[subprocess.Popen[bytes]] = Future()
        self._watcher = threading.Thread(target=self._watch, args=(started,), daemon=True)
        self._watcher.start()
        try:
            return started.result()
        except OSError as error:
            raise _no_start(str(error)) from error
        except BaseException:
            self._over.set()
            raise

    def _watch(self, started: Future[subprocess.Popen[bytes]]) -> None:
        """Start it, kill it when its time is over, and see it end.

        On Linux a process ends with the thread that started it, so that must be this one and no thread of a pool. On
        Windows nothing but the end of the process ends a wait for its pipes.
        """
        try:
            self._popen = _start()
        except Exception as error:  # whatever it is, somebody waits for it
            started.set_exception(error)
            return
        started.set_result(self._popen)
        while not self._over.wait(_TICK):
            with self._lock:
                self._left -= _TICK  # a clock would go on while this program is stopped
                if self._left < 0:
                    self._late = True
                    self._kill()
        self._kill()

    def _kill(self) -> int | None:
        with self._lock:
            code = self._popen.poll()
            if code is None:
                if sys.platform == "win32":
                    self._popen.kill()
                else:
                    with contextlib.suppress(ProcessLookupError):
                        os.killpg(self._popen.pid, signal.SIGKILL)
                self._popen.wait()
            return code

    def _listen(self) -> None:
        """Take what it writes to its standard error: nobody else empties that pipe."""
        with cast(Any, self._popen.stderr) as stream:
            while said := stream.read1():
                self._said = (self._said + said)[-_LAST_WORDS:]


def _start() -> subprocess.Popen[bytes]:
    pipe = subprocess.PIPE
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return subprocess.Popen(  # noqa: S603 - our own interpreter, our own words
        # Isolated from the environment and the folder of the caller, without a cache of what it compiles.
        [sys.executable, "-I", "-B", "-X", "utf8", "-c", START, *_places()],
        stdin=pipe,
        stdout=pipe,
        stderr=pipe,
        cwd=os.path.abspath(os.sep),
        env=environment,
        start_new_session=True,
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
    )


def _places() -> list[str]:
    """Where modules are, exactly as here, but never in the current folder, unless that is our own."""
    try:
        here = os.getcwd()
    except FileNotFoundError:  # deleted meanwhile
        here = ""
    places = [place for place in sys.path if os.path.isabs(place) and (place != here or place == _ROOT)]
    return places if _ROOT in places else [*places, _ROOT]


def _no_start(reason: str) -> PinciteError:
    return PinciteError(
        f"No file can be read, because the process that parses them does not start: {reason or 'it says nothing'}. "
        "Install Pincite anew; if that does not help, report it."
    )
