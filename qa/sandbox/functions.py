"""What the process may be asked for, by name: arguments and a file's bytes in, fields and bytes out.

A function raises FileError for what is wrong with the file. What it gives is checked by whoever asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from qa.readers import read
from qa.sandbox.extracts import fields_of

Function = Callable[[bytes, Mapping[str, Any]], tuple[dict[str, Any], bytes]]


def _read(data: bytes, arguments: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    return fields_of(read(data, str(arguments["name"])))


def _picture(data: bytes, arguments: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    from qa.readers.pdf import picture  # few processes are asked for one

    drawn = picture(data, int(arguments["page"]), float(arguments["scale"]))
    return {"width": drawn.width, "height": drawn.height}, drawn.png


def _rectangles(data: bytes, arguments: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    from qa.readers.pdf import rectangles

    text, page_starts = str(arguments["text"]), list(arguments["page_starts"])
    found = rectangles(data, text, page_starts, int(arguments["start"]), int(arguments["end"]))
    rows = [[place.page, place.left, place.top, place.right, place.bottom] for place in found]
    return {"rectangles": rows}, b""


FUNCTIONS: dict[str, Function] = {"picture": _picture, "read": _read, "rectangles": _rectangles}
