"""The shapes of a slide: their text in the order in which one reads them, rows from the top, each from the left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qa.readers.office.formulas import formula
from qa.readers.office.ooxml import tidy, whole_number

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

Kind = tuple[str, str]
"""What a placeholder is for, and its number among those of its layout."""

_TITLES = frozenset({"ctrTitle", "title"})
_FURNITURE = frozenset({"dt", "ftr", "hdr", "sldImg", "sldNum"})
_ON_MASTER = {"ctrTitle": "title", "obj": "body", "subTitle": "body"}


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a shape is, in EMU from the corner of its slide or group."""

    left: int = 0
    top: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True)
class Box:
    """A shape with its text; a group, a table or a diagram is one too."""

    spot: Spot
    blocks: list[str]
    is_title: bool = False


Spots = dict[Kind, Spot]
"""Where the placeholders of a layout or master are."""


def boxes(tree: Element, inherited: Callable[[Kind], Spot], diagram: Callable[[str], list[str]]) -> list[Box]:
    """The shapes of a slide or group that have text, in reading order.

    `inherited` says where a placeholder is that has no place of its own; `diagram` reads the part of a relation.
    """

    def found(tree: Element) -> Iterator[Box]:
        for element in tree:
            if element.tag == "AlternateContent":
                yield from found(next(iter(element), element))  # the newest form stands first
            elif (own := element.find("*/cNvPr")) is not None and is_hidden(own):
                continue
            elif element.tag == "sp":
                yield _shape(element, inherited)
            elif element.tag == "grpSp":
                yield Box(
                    _spot(element.find("grpSpPr/xfrm")) or Spot(),
                    [block for box in _in_order(found(element)) for block in box.blocks],
                )
            elif element.tag == "graphicFrame":
                yield Box(_spot(element.find("xfrm")) or Spot(), list(_graphic(element, diagram)))

    return _in_order(found(tree))


def is_hidden(own: Element) -> bool:
    return own.get("hidden") in ("1", "true")


def spots(tree: Element) -> Spots:
    """Where the placeholders of a layout or master are, also by their number alone and by their kind alone."""
    found: Spots = {}
    for shape in tree.iter("sp"):
        kind, spot = _kind(shape), _spot(shape.find("spPr/xfrm"))
        if kind and spot:
            for key in (kind, ("", kind[1]), (kind[0], "")):
                found.setdefault(key, spot)
    return found


def inherited_spot(kind: Kind, layout: Spots, master: Spots) -> Spot:
    """The place of a placeholder: the layout's of the same number or else the same kind, else the master's."""
    type_, index = kind
    by_kind = ((type_, ""), (_ON_MASTER.get(type_, type_), ""))
    by_number = (kind,) if index == "0" else (kind, ("", index))
    wanted = [(layout, key) for key in (*by_number, *by_kind)] + [(master, key) for key in by_kind]
    return next((spots[key] for spots, key in wanted if key in spots), Spot())


def text_of(paragraph: Element) -> str:
    """The text of a paragraph without dates and slide numbers, its line breaks kept."""
    return tidy("".join(_runs(paragraph)))


def _runs(element: Element) -> Iterator[str]:
    for child in element:
        if child.tag == "t":
            yield child.text or ""
        elif child.tag == "br":
            yield "\n"
        elif child.tag == "m":
            yield formula(child)
        elif child.tag == "AlternateContent":
            yield from _runs(next(iter(child), child))
        elif child.tag not in ("fld", "pPr", "rPr", "endParaRPr"):
            yield from _runs(child)


def _shape(element: Element, inherited: Callable[[Kind], Spot]) -> Box:
    kind = _kind(element)
    spot = _spot(element.find("spPr/xfrm")) or (inherited(kind) if kind else Spot())
    if kind and kind[0] in _FURNITURE:
        return Box(spot, [])
    texts = [text for paragraph in element.iterfind("txBody/p") if (text := text_of(paragraph))]
    if kind and kind[0] in _TITLES and texts:
        return Box(spot, [" ".join(" ".join(texts).split())], is_title=True)
    return Box(spot, texts)


def _graphic(frame: Element, diagram: Callable[[str], list[str]]) -> Iterator[str]:
    for row in frame.iterfind("graphic/graphicData/tbl/tr"):
        cells = [" ".join(" ".join(map(text_of, cell.iterfind("txBody/p"))).split()) for cell in row.iterfind("tc")]
        if text := tidy(" | ".join(cells)).rstrip("| "):
            yield text
    for relation in frame.iterfind("graphic/graphicData/relIds"):
        yield from diagram(relation.get("r:dm", ""))


def _kind(shape: Element) -> Kind | None:
    placeholder = shape.find("nvSpPr/nvPr/ph")
    return None if placeholder is None else (placeholder.get("type", "obj"), placeholder.get("idx", "0"))


def _spot(frame: Element | None) -> Spot | None:
    offset = None if frame is None else frame.find("off")
    if frame is None or offset is None:
        return None
    size = frame.find("ext")
    height = 0 if size is None else whole_number(size.get("cy"))
    return Spot(whole_number(offset.get("x")), whole_number(offset.get("y")), height)


def _in_order(found: Iterator[Box]) -> list[Box]:
    """The title, then rows: what begins above the middle of a row's first box stands in that row."""
    rows: list[list[Box]] = []
    for box in sorted((box for box in found if box.blocks), key=lambda box: (box.spot.top, box.spot.left)):
        first = rows[-1][0].spot if rows else None
        if first is not None and box.spot.top <= first.top + max(first.height // 2 - 1, 0):
            rows[-1].append(box)
        else:
            rows.append([box])
    ordered = [box for row in rows for box in sorted(row, key=lambda box: (box.spot.left, box.spot.top))]
    return sorted(ordered, key=lambda box: not box.is_title)
