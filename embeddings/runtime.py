"""OpenVINO, without the part of it that is not for running."""

from __future__ import annotations

import sys
import threading
from functools import cache
from typing import Any

_TOOLS = "openvino.tools.ovc"


_IMPORTING = threading.Lock()


def openvino() -> Any:
    """The package. Its tools for converting are left out, and may be imported later by who wants them.

    They would bring a module that reports their use to the maker's servers, and double the time of the import.
    """
    with _IMPORTING:
        return _imported()


@cache
def _imported() -> Any:
    left_out = _TOOLS not in sys.modules
    if left_out:
        sys.modules[_TOOLS] = None  # type: ignore[assignment]  # the package takes that for not installed
    try:
        import openvino
    finally:
        if left_out:
            del sys.modules[_TOOLS]
    return openvino
