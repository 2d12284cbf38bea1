"""Tags of documents, in the one form in which they are kept and compared."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

MOST = 100
"""Tags that are taken at once: of what a document says, or of what a person gives."""

_LONGEST = 100
"""Characters of a tag that are kept."""


def normalised_tags(texts: Iterable[str]) -> tuple[str, ...]:
    """Each tag once and in order: `#New  York` and `new york` are the same. What is empty is left out."""
    return tuple(dict.fromkeys(tag for text in texts if (tag := _normalised(text))))[:MOST]


def _normalised(text: str) -> str:
    plain = text.encode("utf-8", "replace").decode().replace("\0", " ")  # no store takes the others
    composed = unicodedata.normalize("NFC", unicodedata.normalize("NFC", plain).casefold())
    return " ".join(composed.split()).lstrip("# ")[:_LONGEST].rstrip()
