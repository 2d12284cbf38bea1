"""A deterministic reader: it quotes the sentences that are nearest to the question by meaning and by words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from embeddings import Encoder
from qa import lexical
from qa.passages import statements
from qa.reader import Finding, Span
from qa.types import Hit

_CLOSE = 0.92
"""A further sentence is given when its score is at least this share of the best one's."""


class QuotingReader:
    """Whole sentences of the first five passages, up to three; its confidence grows with the best one's score."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder

    def read(self, question: str, hits: Sequence[Hit]) -> Finding:
        spans = sorted(self._spans(question, hits), key=lambda span: (-span.score, span.hit.rank, span.start))
        if not spans:
            return Finding((), 0.0, tuple(hits))
        best = spans[0].score
        # Each sentence is a part of the answer: nothing here knows which say the same.
        kept = [span for span in spans[:3] if span.score >= _CLOSE * best]
        parts = tuple(Span(s.hit, s.start, s.end, s.start, s.end, s.score, part) for part, s in enumerate(kept))
        return Finding(parts, min(1.0, best / 2), tuple(hits))

    def _spans(self, question: str, hits: Sequence[Hit]) -> list[Span]:
        places = [(hit, *place) for hit in hits[:5] for place in statements(hit.passage.text)]
        if not places:
            return []
        texts = [" ".join(hit.passage.text[start:end].split()) for hit, start, end in places]
        cosines = self._encoder.encode_document(texts) @ self._encoder.encode_query([question])[0]
        wanted = [word.casefold() for word in lexical.words(question)]
        made = []
        for (hit, start, end), text, cosine in zip(places, texts, cosines.tolist(), strict=True):
            found = {word.casefold() for word in re.findall(r"\w+", text)}
            share = sum(word in found for word in wanted) / len(wanted) if wanted else 0.0
            at, to = hit.passage.start + start, hit.passage.start + end
            made.append(Span(hit, at, to, at, to, cosine + 0.5 * share + 0.2 * hit.score))
        return made
