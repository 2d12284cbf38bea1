"""A store whose every word is hostile, and the whole page over it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from quoting import QuotingReader
from shelves import Same

from qa.assistant import Assistant
from qa.documents import Documents
from qa.library import Library
from qa.web.collections import Collection


@dataclass
class House:
    """A page over documents of which all words are `strings`; `names` are its collections."""

    folder: Path
    strings: Sequence[str]
    library: Library
    address: str = ""
    names: tuple[str, ...] = ()
    status: str = ""
    collection: Collection = field(init=False)

    def __post_init__(self) -> None:
        encoder: Any = Same()
        assistant = Assistant(self.library, reader=QuotingReader(encoder), threshold=0.0)
        self.collection = Collection("", self.folder, assistant, Documents(self.library))


def written(text: str, other: str) -> bytes:
    """A Markdown file in which both stand wherever something is read; YAML takes JSON for its own."""
    head = f"---\ntitle: {json.dumps(text)}\ntags: [{json.dumps(other[:60])}, {json.dumps(text[:40])}]\n---\n"
    line = " ".join(text.split())
    return f"{head}# {line}\n\n{other}\n\n## {' '.join(other.split())}\n\n{text}\n".encode("utf-8", "replace")
