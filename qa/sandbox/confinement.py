"""What the process that parses may do: no network, no other process, no change of a file; so much memory and time.

Each of these is set where the system has it. Everywhere, what Python code does is refused by an audit hook; on POSIX
resources are limited; on Linux the kernel refuses what code in C tries (`syscalls.py`), and the process ends with its
parent. Reading files stays possible: libraries are loaded when the first file of their format comes.
"""

from __future__ import annotations

import contextlib
import errno
import math
import os
import signal
import sys
import time
from typing import Any

from qa.sandbox import syscalls

_FILES = 64
"""That may be open at once: an import opens one after the other."""

_REFUSED = ("os.", "socket.", "sqlite3.", "subprocess.", "winreg.", "_winapi.")
"""How the events begin by which Python code reaches beyond its process. `open` is looked at by itself."""

_HARMLESS = {"os.listdir", "os.scandir", "os.walk", "os.putenv", "os.unsetenv", "os.add_dll_directory"}
"""What imports do."""

_PR_SET_PDEATHSIG = 1

_base = 0
"""Bytes of address space that the interpreter itself takes."""


def confine() -> None:
    """Give up for good what parsing does not need."""
    global _base
    if sys.platform == "linux":
        with open("/proc/self/statm", "rb") as statm:
            _base = int(statm.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
        syscalls.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        syscalls.refuse()
    if sys.platform != "win32":
        import resource

        for limit, most in (
            (resource.RLIMIT_CORE, 0),
            (resource.RLIMIT_FSIZE, 0),
            (resource.RLIMIT_NPROC, 0),
            (resource.RLIMIT_NOFILE, _FILES),
        ):
            with contextlib.suppress(OSError, ValueError):
                resource.setrlimit(limit, (most, most))
    sys.addaudithook(_audit)


def allow(memory: int, seconds: float) -> None:
    """For the next request: bytes of memory beyond what the interpreter takes, and seconds of a processor."""
    if sys.platform == "win32":
        return
    import resource

    limits = [(resource.RLIMIT_CPU, math.ceil(time.process_time() + seconds))]
    if sys.platform == "linux":  # elsewhere the address space says nothing of memory
        limits.append((resource.RLIMIT_AS, _base + memory))
    for limit, wanted in limits:
        _, most = resource.getrlimit(limit)
        resource.setrlimit(limit, (wanted if most == resource.RLIM_INFINITY else min(wanted, most), most))


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open":
        refused = isinstance(arguments[2], int) and bool(arguments[2] & syscalls.WRITING)
    else:
        refused = event.startswith(_REFUSED) and event not in _HARMLESS
    if refused:
        raise PermissionError(errno.EPERM, f"{event} is not allowed while a file is read")
