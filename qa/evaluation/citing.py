"""How well the cited words cover the evidence, in characters of the documents."""

from __future__ import annotations

from collections.abc import Sequence

from qa.gold.anchors import Anchor, Places
from qa.types import Citation

Character = tuple[str, int]


def precision(citations: Sequence[Citation], quotes: Sequence[Places]) -> float:
    """Cited characters that are evidence / cited characters; 0 where nothing is cited."""
    cited = _cited(citations)
    evidence = {character for places in quotes for place in places for character in _characters(place)}
    return len(cited & evidence) / len(cited) if cited else 0.0


def recall(citations: Sequence[Citation], quotes: Sequence[Places], characters: int) -> float:
    """Evidence characters that are cited / `characters` of evidence, those that were not found included.

    Of a quote that stands in several places, the one that is cited most counts.
    """
    cited = _cited(citations)
    covered = sum(max((len(cited & _characters(place)) for place in places), default=0) for places in quotes)
    return covered / characters if characters else 0.0


def supported(citations: Sequence[Citation], quotes: Sequence[Places]) -> bool:
    """Whether the first citations, as many as there are quotes, hold more than half of every quote.

    That is an R-precision of 1, which KILT wants before an answer counts (Petroni et al. 2021); KILT's is of pages.
    """
    cited = _cited(citations[: len(quotes)])
    return all(
        any(2 * len(cited & _characters(place)) > place.end - place.start for place in places) for places in quotes
    )


def touches(citations: Sequence[Citation], quotes: Sequence[Places]) -> bool:
    """Whether any cited character is evidence."""
    return any(
        citation.document.id == place.document_id and citation.start < place.end and place.start < citation.end
        for citation in citations
        for places in quotes
        for place in places
    )


def _cited(citations: Sequence[Citation]) -> set[Character]:
    return {(citation.document.id, at) for citation in citations for at in range(citation.start, citation.end)}


def _characters(place: Anchor) -> set[Character]:
    return {(place.document_id, at) for at in range(place.start, place.end)}
