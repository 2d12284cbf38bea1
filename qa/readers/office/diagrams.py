"""The text of a diagram (SmartArt), which PowerPoint keeps as a tree of points in a part of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qa.readers.office.ooxml import whole_number
from qa.readers.office.shapes import text_of

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element


def diagram_texts(root: Element) -> list[str]:
    """The texts of its points, each before those below it, in their order."""
    points = {point.get("modelId", ""): point for point in root.iterfind("ptLst/pt")}
    below: dict[str, list[tuple[int, str]]] = {}
    for line in root.iterfind("cxnLst/cxn"):
        if line.get("type", "parOf") == "parOf":
            below.setdefault(line.get("srcId", ""), []).append(
                (whole_number(line.get("srcOrd")), line.get("destId", ""))
            )
    texts = []
    waiting = [id_ for id_, point in points.items() if point.get("type") == "doc"]
    while waiting:
        id_ = waiting.pop()
        point = points.pop(id_, None)
        if point is not None:
            texts += [text for paragraph in point.iterfind("t/p") if (text := text_of(paragraph))]
            waiting += [child for _, child in sorted(below.get(id_, ()), reverse=True)]
    return texts
