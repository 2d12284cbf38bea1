"""A reader that does harm, in the process that parses: `start` makes it register it.

The suffix is `.hostile`, and the file says what is done: `kind:argument`. What must be refused says "refused" as its
text; anything else there was possible.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import resource
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import qa
from qa.errors import FileError
from qa.readers import READERS, Extract

_libc = ctypes.CDLL(None, use_errno=True)
_REFUSED = (1, 11)
"""EPERM, and EAGAIN where a user may have no more processes."""

_LIMITS = (resource.RLIMIT_CORE, resource.RLIMIT_FSIZE, resource.RLIMIT_NPROC, resource.RLIMIT_NOFILE)

_kept: list[bytearray] = []


def start() -> str:
    """What an interpreter is told, so that it has this reader."""
    from qa.sandbox.process import START

    here = str(Path(__file__).parent)
    return f"import sys; sys.path[:] = [*sys.argv[1:], {here!r}]; import hostile; hostile.register(); {START}"


def _in_c(name: str, *arguments: int | bytes) -> str:
    ctypes.set_errno(0)
    failed = getattr(_libc, name)(*arguments) < 0
    return "refused" if failed and ctypes.get_errno() in _REFUSED else f"{name}: {ctypes.get_errno()}"


def _in_python(work: Callable[[], object]) -> str:
    try:
        return f"done: {work()}"
    except PermissionError as error:
        return "refused" if "while a file is read" in str(error) else f"not by us: {error}"


def _thread() -> str:
    try:
        threading.Thread(target=int).start()
    except RuntimeError:
        return "refused"
    return "started"


def _pipes() -> list[int]:
    """The descriptors of what comes from the parent and goes to it."""
    return [number for number in range(3, 20) if os.path.exists(f"/proc/self/fd/{number}")]


def _flood() -> None:
    while True:
        for number in _pipes():
            with contextlib.suppress(OSError):  # of the two, one is for reading
                os.write(number, bytes(65536))


def _forever() -> None:
    while True:
        pass


def _ignore() -> None:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGXCPU):
        signal.signal(number, signal.SIG_IGN)
    time.sleep(60)


def _keep(size: int) -> str:
    _kept.append(bytearray(size))
    return "kept"


def _raise(error: BaseException) -> None:
    raise error


def _deep(depth: int) -> int:
    return _deep(depth + 1) + 1


def _surroundings() -> str:
    folder, files = os.getcwd(), [os.readlink(f"/proc/self/fd/{number}") for number in _pipes()]
    limits = [resource.getrlimit(limit) for limit in _LIMITS]
    found = {"path": sys.path, "folder": folder, "files": files, "environment": dict(os.environ)}
    return json.dumps({**found, "limits": limits, "package": qa.__file__})


HARM: dict[str, Callable[[str], object]] = {
    # takes too much
    "memory": lambda _: len(bytearray(2_000_000_000)),
    "keep": lambda size: _keep(int(size)),
    "loop": lambda _: _forever(),
    "sleep": lambda _: time.sleep(60),
    "ignore": lambda _: _ignore(),
    "stop": lambda _: getattr(_libc, "raise")(signal.SIGSTOP),
    "text": lambda size: "a" * int(size),
    # ends the process
    "segfault": lambda _: ctypes.string_at(0),
    "abort": lambda _: _libc.abort(),
    "leave": lambda code: os._exit(int(code)),
    "killed": lambda _: getattr(_libc, "raise")(signal.SIGKILL),
    "last words": lambda words: [os.write(2, words.encode()), os._exit(1)],
    # raises
    "refuse": lambda sentence: _raise(FileError(sentence)),
    "raise": lambda told: _raise(KeyError(told)),
    "exit": lambda code: sys.exit(int(code)),
    "deep": lambda _: _deep(0),
    # reaches beyond the process
    "fork": lambda _: _in_python(os.fork),
    "fork in C": lambda _: _in_c("fork"),
    "thread": lambda _: _thread(),
    "run": lambda _: _in_python(lambda: subprocess.run(["true"], check=True)),
    "spawn": lambda _: _in_python(lambda: os.posix_spawn("/bin/true", ["true"], {})),
    "run in C": lambda _: _in_c("execv", b"/bin/true", 0),
    "socket": lambda _: _in_python(socket.socket),
    "socket in C": lambda _: _in_c("socket", 2, 1, 0),
    "ring in C": lambda _: _in_c("syscall", 425, 1, 0),
    "kill": lambda pid: _in_python(lambda: os.kill(int(pid), signal.SIGTERM)),
    "kill in C": lambda pid: _in_c("kill", int(pid), int(signal.SIGTERM)),
    "kill thread in C": lambda pid: _in_c("tgkill", int(pid), int(pid), int(signal.SIGTERM)),
    "append": lambda path: _in_python(lambda: os.open(path, os.O_APPEND | os.O_WRONLY)),
    "write": lambda path: _in_python(lambda: Path(path).write_text("harm")),
    "open in C": lambda path: _in_c("open", path.encode(), os.O_WRONLY | os.O_CREAT, 0o600),
    "truncate in C": lambda path: _in_c("open", path.encode(), os.O_TRUNC),
    "create in C": lambda path: _in_c("creat", path.encode(), 0o600),
    "remove": lambda path: _in_python(lambda: os.remove(path)),
    "remove in C": lambda path: _in_c("unlink", path.encode()),
    "rename": lambda path: _in_python(lambda: os.rename(path, path + "2")),
    "rename in C": lambda path: _in_c("rename", path.encode(), (path + "2").encode()),
    "chmod in C": lambda path: _in_c("chmod", path.encode(), 0),
    "folder in C": lambda path: _in_c("mkdir", (path + "2").encode(), 0o700),
    "copy": lambda path: _in_python(lambda: shutil.copy(path, path + "2")),
    "database": lambda path: _in_python(lambda: sqlite3.connect(path + "2")),
    # disturbs what is sent
    "print": lambda words: [sys.stdout.write(words), sys.stdout.flush(), os.write(1, words.encode())],
    "ask": lambda _: f"[{sys.stdin.read()}]",
    "flood errors": lambda size: os.write(2, b"E" * int(size)),
    "flood": lambda _: _flood(),
    "close": lambda _: [[os.close(number) for number in _pipes()], time.sleep(60)],
    # looks around
    "surroundings": lambda _: _surroundings(),
}


def read_hostile(data: bytes, name: str) -> Extract:
    kind, _, argument = data.decode().partition(":")
    return Extract(title=name, text=f"{HARM[kind](argument)}")


def register() -> None:
    READERS[".hostile"] = read_hostile
