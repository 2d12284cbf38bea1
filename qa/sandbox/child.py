"""The process that parses: it answers one request after the other until its input ends."""

from __future__ import annotations

import os
from typing import Any, BinaryIO

from qa.errors import FileError
from qa.sandbox import confinement, wire
from qa.sandbox.functions import FUNCTIONS

_LONGEST = 300
"""Characters of an error that nobody foresaw."""


def main() -> None:
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    # What a library prints, or wants to be told, must not get into what is sent.
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.dup2(2, 1)
    os.close(null)
    confinement.confine()
    wire.send(answers, {"kind": "ready"}, b"")
    while _serve(requests, answers):
        pass


def _serve(requests: BinaryIO, answers: BinaryIO) -> bool:
    """Answer the next request; False where there is none."""
    try:
        request, length = wire.receive_fields(requests)
    except EOFError:
        return False
    confinement.allow(request["memory"], request["seconds"])
    answer, payload = _answer(request, wire.receive_payload(requests, length))
    wire.send(answers, answer | {"number": request["number"]}, payload)
    return True


def _answer(request: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
    try:
        fields, payload = FUNCTIONS[request["function"]](data, request["arguments"])
        return {"kind": "done", "fields": fields}, payload
    except FileError as error:
        return {"kind": "refused", "told": str(error)}, b""
    except MemoryError:
        return {"kind": "memory"}, b""
    except BaseException as error:  # SystemExit too: nothing that a library raises may end the process in silence
        return {"kind": "failed", "told": _told(error)}, b""


def _told(error: BaseException) -> str:
    """An error in one line, with the place in the code that raised it."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    place = f" at {os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}" if trace else ""
    return f"{type(error).__name__}{place}: {str(error)[:_LONGEST]}"
