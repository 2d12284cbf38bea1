"""How well the cited words cover the evidence, in characters of the documents."""

from __future__ import annotations

from collections.abc import Sequence

from qa.evaluation.anchors import Anchor
from qa.types import Citation

Place = tuple[str, int]


def precision(citations: Sequence[Citation], anchors: Sequence[Anchor | None]) -> float:
    """Cited characters that are evidence / cited characters; 0 where nothing is cited."""
    cited, evidence = _cited(citations), _wanted(anchors)
    return len(cited & evidence) / len(cited) if cited else 0.0


def recall(citations: Sequence[Citation], anchors: Sequence[Anchor | None], characters: int) -> float:
    """Evidence characters that are cited / `characters` of evidence, those that were not found included."""
    return len(_cited(citations) & _wanted(anchors)) / characters if characters else 0.0


def _cited(citations: Sequence[Citation]) -> set[Place]:
    return {(citation.document.id, at) for citation in citations for at in range(citation.start, citation.end)}


def _wanted(anchors: Sequence[Anchor | None]) -> set[Place]:
    return {(anchor.document_id, at) for anchor in anchors if anchor for at in range(anchor.start, anchor.end)}
