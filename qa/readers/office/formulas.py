"""Formulas of office files, in one line as a person would type them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_LEFT_OUT = frozenset({"ctrlPr", "del", "moveFrom", "rPr", "rt", "pPr"})


def formula(element: Element) -> str:
    """The text of an element of Office Math, its names without namespaces: `(a+b)/2`, `x_1^2`, `√(x)`."""
    match element.tag:
        case "t":
            return element.text or ""
        case "f":
            return f"{_group(element, 'num')}/{_group(element, 'den')}"
        case "sSup" | "sSub" | "sSubSup" | "sPre":
            return _part(element, "e") + _scripts(element)
        case "rad":
            return f"{_part(element, 'deg')}√({_part(element, 'e')})"
        case "nary":
            return f"{_mark(element, 'naryPr/chr', '∫')}{_scripts(element)} {_part(element, 'e')}"
        case "func":
            return f"{_part(element, 'fName')} {_part(element, 'e')}"
        case "d":
            inside = ", ".join(map(_inside, element.iterfind("e")))
            return f"{_mark(element, 'dPr/begChr', '(')}{inside}{_mark(element, 'dPr/endChr', ')')}"
        case _:
            return _inside(element)


def _inside(element: Element) -> str:
    return "".join(formula(child) for child in element if child.tag not in _LEFT_OUT)


def _part(element: Element, name: str) -> str:
    part = element.find(name)
    return "" if part is None else _inside(part)


def _group(element: Element, name: str) -> str:
    text = _part(element, name)
    return text if re.fullmatch(r"\w*", text) else f"({text})"


def _scripts(element: Element) -> str:
    below, above = _group(element, "sub"), _group(element, "sup")
    return (below and f"_{below}") + (above and f"^{above}")


def _mark(element: Element, path: str, otherwise: str) -> str:
    found = element.find(path)
    return otherwise if found is None else found.get("val", "")
