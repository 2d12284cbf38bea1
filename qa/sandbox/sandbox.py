"""Parsing in a process of its own: what a file may cost, and what is told of one that takes more or breaks it."""

from __future__ import annotations

import logging
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, TypeVar

from qa.errors import FileError
from qa.readers import Extract
from qa.sandbox.extracts import extract_of
from qa.sandbox.process import Process

_T = TypeVar("_T")
_log = logging.getLogger(__name__)

_MB = 1_000_000

_MEMORY, _MEMORY_PER_BYTE = 512 * _MB, 5
"""Bytes: a text can take four for each byte of its file, and those are there too."""

_SECONDS, _SECONDS_PER_MB, _MOST_SECONDS = 10, 20, 600
"""Of a processor. PDF files that are all text take most: 14 a MB were measured, and many machines are slower."""

_WAITING = 3
"""How many times as long it may take by the clock, because others use the machine too."""

_LONGEST = 1_000
"""Characters of a sentence about a file."""

_TOLD = 300
"""Characters of an error that are shown."""

_BREAKING = (OSError, EOFError, MemoryError, OverflowError, RuntimeError, ValueError, TypeError, KeyError)
"""What is raised where a process breaks, and where its answer makes no sense."""

_SIMPLER = "Split it, or save it in a simpler format, such as plain text, and index that."
_ANEW = "Open it with the program that it is for, save it anew, and index it again."


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading a file may take: bytes of memory, seconds of a processor and by the clock, bytes of text."""

    memory: int
    seconds: int
    waiting: int
    text: int

    @classmethod
    def of(cls, size: int) -> Limits:
        """Those of a file of `size` bytes."""
        seconds = min(_SECONDS + _SECONDS_PER_MB * size // _MB, _MOST_SECONDS)
        text = min(100 * size + _MB, max(300 * _MB, 3 * size))  # three bytes in UTF-8 can be one in the file
        return cls(_MEMORY + _MEMORY_PER_BYTE * size, seconds, _WAITING * seconds, text)


class _BrokenError(FileError):
    """A process that broke over a file, which may be the fault of files before it."""


class Sandbox:
    """A process that parses files: started when the first comes, and anew after one that broke it.

    For one thread at a time.
    """

    def __init__(self) -> None:
        self._process: Process | None = None

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process at once. The next call would start another."""
        if self._process:
            self._process.end()
            self._process = None

    def read(self, data: bytes, name: str) -> Extract:
        """What `qa.readers.read` gives. Raises FileError as that does, and where reading takes too much or breaks."""
        return self.call("read", data, {"name": name}, extract_of)

    def call(
        self,
        function: str,
        data: bytes,
        arguments: Mapping[str, Any],
        checked: Callable[[Any, bytes], _T],
    ) -> _T:
        """What one of `functions.FUNCTIONS` makes of a file's bytes; `arguments` are JSON values.

        `checked` makes the result of JSON values and bytes. It must believe nothing of them, and raises ValueError,
        TypeError or KeyError for what cannot be. Raises FileError as the function does, and where that takes too much
        or breaks; PinciteError where no process can be started.
        """
        request = {"function": function, "arguments": arguments}
        used = self._process is not None
        try:
            return self._ask(request, data, checked)
        except _BrokenError:
            if not used:
                raise
        return self._ask(request, data, checked)  # what comes of a file must not depend on those before it

    def _ask(self, request: Mapping[str, Any], data: bytes, checked: Callable[[Any, bytes], _T]) -> _T:
        limits = Limits.of(len(data))
        request = {**request, "memory": limits.memory, "seconds": limits.seconds}
        process = self._process = self._process or Process()
        try:
            return _result(*process.ask(request, data, limits.text, limits.waiting), checked)
        except FileError:
            raise
        except _BREAKING as error:
            self._process = None
            code = process.end()
            _log.info("reading ended with %r, exit code %s, last words %r", error, code, process.last_words)
            if isinstance(error, TimeoutError):
                raise FileError(_slow(limits.waiting)) from error
            if _name(code) == "SIGXCPU":
                raise FileError(_slow(limits.seconds)) from error
            raise _BrokenError(_sentence(error, code, process.last_words, limits)) from error
        except BaseException:
            self.close()
            raise


def _result(answer: Mapping[str, Any], payload: bytes, checked: Callable[[Any, bytes], _T]) -> _T:
    """What an answer holds, or what it tells of as an error."""
    kind = answer["kind"]
    if kind == "done":
        return checked(answer["fields"], payload)
    if kind == "memory":
        raise MemoryError
    told = answer["told"]
    if kind not in ("refused", "failed") or not isinstance(told, str) or len(told) > _LONGEST:
        raise ValueError("an answer of no kind")
    told.encode()  # JSON can hold lone surrogates, and no terminal takes them
    raise FileError(told) if kind == "refused" else RuntimeError(told)


def _sentence(error: Exception, code: int | None, last_words: str, limits: Limits) -> str:
    """What is wrong with a file that broke the process."""
    if isinstance(error, ChildProcessError):
        return _ending(code, last_words, limits)
    if isinstance(error, MemoryError):
        return _memory(limits)
    if isinstance(error, OverflowError):
        return f"it grows to more than {limits.text // _MB:,} MB of text, or into millions of parts. {_SIMPLER}"
    if isinstance(error, RuntimeError):
        return f"reading it failed in a way that nobody foresaw ({_plain(str(error))}). {_ANEW}"
    return f"what was read from it cannot be right ({_plain(str(error))}). {_ANEW}"


def _ending(code: int | None, last_words: str, limits: Limits) -> str:
    """Why a process ended by itself. Where it was SIGKILL, the system is short of memory."""
    name = _name(code)
    if name == "SIGKILL" or "MemoryError" in last_words or "bad_alloc" in last_words:
        return _memory(limits)
    return (
        f"the library that reads it crashed ({name}): either it is damaged, or reading it needs more than "
        f"{limits.memory // _MB:,} MB of memory. {_ANEW}"
    )


def _slow(seconds: int) -> str:
    return f"reading it takes longer than {seconds:,} seconds. {_SIMPLER}"


def _memory(limits: Limits) -> str:
    return f"reading it takes more than {limits.memory // _MB:,} MB of memory. {_SIMPLER}"


def _name(code: int | None) -> str:
    """What ended a process, by its exit code."""
    if code is None:
        return "it answers no more"
    if code >= 0:
        return f"exit code {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"


def _plain(told: str) -> str:
    """The beginning, in one line and without what could steer a terminal."""
    return "".join(character if character.isprintable() else " " for character in told[:_TOLD])
