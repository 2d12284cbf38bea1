"""Front matter: the YAML mapping between two lines of dashes at the beginning of a Markdown file.

Only its scalars and lists of scalars are read, as they are written, and no value is ever constructed. A block that
YAML cannot read, or that holds anchors, is front matter without metadata: the document is indexed all the same.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qa.tags import normalised_tags

if TYPE_CHECKING:
    from yaml import Node

_LARGEST = 64_000
"""Characters between which and the beginning of the file the block must end."""

_DATES = ("date", "created", "published")
_TAGS = ("tags", "keywords", "tag", "categories")

_OPENING = re.compile(r"---[ \t]*\n")
_CLOSING = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)
_KEY = re.compile(r"""["']?[\w.-]+["']?[ \t]*:(?:\s|$)""")
_BELOW_A_KEY = re.compile(r"[-#\s]|$")
_TIME = r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]*)?)?\s*(?:[Zz]|[-+][0-9]{1,2}(?::?[0-9]{2})?)?"
_DATE = re.compile(rf"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}(?:(?:[Tt]|\s+){_TIME})?")
_READ_AS_TEXT = frozenset(f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "float", "bool", "timestamp"))

Values = Mapping[str, list[str] | str]


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What a block says of its document. `end` is where its last line ends, 0 where a text has none."""

    end: int = 0
    title: str = ""
    date: datetime.date | None = None
    tags: tuple[str, ...] = ()


def read_front_matter(text: str) -> FrontMatter:
    """The front matter of a text; nothing in it can be an error."""
    opening = _OPENING.match(text)
    closing = _CLOSING.search(text, opening.end(), _LARGEST) if opening else None
    if opening is None or closing is None or text[closing.end() : closing.end() + 1] not in ("", "\n"):
        return FrontMatter()
    values = _values(text[opening.end() : closing.start()])
    if values is None:
        return FrontMatter()
    return FrontMatter(min(closing.end() + 1, len(text)), _title(values), _date(values), _tags(values))


def _values(block: str) -> Values | None:
    """The mapping in a block, without what lies deeper than a list; None where the block is something else."""
    import yaml  # asking needs no parser

    class Loader(yaml.SafeLoader):
        def compose_node(self, parent: Node | None, index: int) -> Node | None:
            event = self.peek_event()  # type: ignore[no-untyped-call]
            if isinstance(event, yaml.NodeEvent) and event.anchor is not None:
                raise yaml.YAMLError("anchors and aliases are refused")
            return super().compose_node(parent, index)

    def written(node: Node) -> str:
        return str(node.value) if isinstance(node, yaml.ScalarNode) and node.tag in _READ_AS_TEXT else ""

    try:
        root = yaml.compose(block, Loader)
    except (yaml.YAMLError, RecursionError, ValueError, OverflowError):  # the last two: escapes of no character
        return {} if _is_meant_as_mapping(block) else None
    if not isinstance(root, yaml.MappingNode):
        return None
    return {
        written(key).casefold(): [written(each) for each in node.value]
        if isinstance(node, yaml.SequenceNode)
        else written(node)
        for key, node in root.value
    }


def _is_meant_as_mapping(block: str) -> bool:
    """Whether a block that YAML cannot read is front matter with a mistake, not prose between two rules."""
    lines = block.split("\n")
    keys = [line for line in lines if _KEY.match(line)]
    return bool(keys) and all(_KEY.match(line) or _BELOW_A_KEY.match(line) for line in lines)


def _title(values: Values) -> str:
    title = values.get("title")
    if not isinstance(title, str):
        return ""
    return " ".join(title.encode("utf-8", "replace").decode().replace("\0", " ").split())


def _date(values: Values) -> datetime.date | None:
    """The first that is a date. One with a time counts as the day that is written, whatever its time zone."""
    for name in _DATES:
        text = values.get(name)
        if isinstance(text, str) and _DATE.fullmatch(text.strip()):
            try:
                return datetime.date.fromisoformat(text.strip()[:10])
            except ValueError:
                continue
    return None


def _tags(values: Values) -> tuple[str, ...]:
    """All tags under any of the names. A string holds several, between commas or else between spaces."""
    found: list[str] = []
    for name in _TAGS:
        value = values.get(name, [])
        if isinstance(value, str):
            value = value.split(",") if "," in value else value.split()
        found.extend(value)
    return normalised_tags(found)
