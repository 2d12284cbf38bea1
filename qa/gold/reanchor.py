"""Where the words of an evidence stand now: in their place, written differently, changed, elsewhere, or nowhere.

Highlighting the wrong sentence is worse than highlighting none: what is not certain is shown and never taken.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Literal

from qa.errors import PinciteError
from qa.gold.folding import Folded, Span, fold
from qa.gold.questions import Evidence
from qa.gold.shelves import Shelf
from qa.gold.similar import Run, runs

SIMILAR = 0.75
"""From here on words are shown as what a quote may have become."""

CERTAIN = 0.9
"""From here on they are taken for it: about one word of ten is another one. Sentences that are made alike, as in lists
("The capital of … is …."), stay below it as a rule."""

MARGIN = 0.05
"""How much less similar every other place has to be."""

SHORTEST_RESPACED = 8
"""Folded characters from which the same words in other letter case are no other words: "US" is not "us"."""

SHORTEST_MOVED = 32
"""Folded characters, about six words, from which similar words, or the same in another document, are no chance."""

_DENYING = frozenset("not no never none nor neither nobody nothing nowhere cannot without except unless hardly".split())
"""Words that turn a sentence into its opposite, and cost few letters."""
_NUMBERS = re.compile(r"\d+")
_FOLDED = 16
"""Folded documents kept; each takes some nine bytes a character."""

_LISTED = 3
"""Documents that a sentence names."""

Status = Literal[
    "there", "repeated", "respaced", "changed", "elsewhere", "lost", "no such document", "ambiguous document"
]


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """What became of an evidence; `sentence` says it in words, and is empty where it stands in its place.

    `found` is the evidence as it would have to be, with `places` the number of times that it stands there, and
    `similarity` (0..1, see `similar`) where it is `changed`. Only with `certain` may it be taken without a look at it.
    """

    evidence: Evidence
    status: Status
    sentence: str = ""
    found: Evidence | None = None
    places: int = 0
    certain: bool = False
    similarity: float | None = None

    @property
    def is_problem(self) -> bool:
        return self.status not in ("there", "repeated")

    @property
    def repair(self) -> Evidence | None:
        return self.found if self.is_problem and self.certain else None

    def as_dict(self) -> dict[str, Any]:
        found = {"document": self.found.document, "quote": self.found.quote} if self.found else None
        return {
            "status": self.status,
            "document": self.evidence.document,
            "quote": self.evidence.quote,
            "places": self.places,
            "found": found,
            "certain": self.certain,
            "similarity": None if self.similarity is None else round(self.similarity, 4),
            "sentence": self.sentence,
        }


class Seeker:
    """Looks for evidence on one shelf."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._folded = lru_cache(maxsize=_FOLDED)(lambda key: fold(shelf.text(key)))

    def find(self, evidence: Evidence) -> Whereabouts:
        """Where an evidence stands now. Never raises for what is in it."""
        try:
            keys = self._shelf.named(evidence.document)
        except PinciteError as error:
            status: Status = "ambiguous document" if self._shelf.knows(evidence.document) else "no such document"
            return self._elsewhere(evidence, []) or Whereabouts(evidence, status, str(error))
        if not evidence.quote:
            return Whereabouts(evidence, "there", found=evidence, places=len(keys), certain=True)
        return (
            self._verbatim(evidence, keys)
            or self._respaced(evidence, keys)
            or _one_of(self._changed(evidence, keys), self._elsewhere(evidence, keys))
            or Whereabouts(evidence, "lost", f"Nothing like these words stands in {evidence.document}.")
        )

    def _verbatim(self, evidence: Evidence, keys: Sequence[str]) -> Whereabouts | None:
        places = sum(self._shelf.text(key).count(evidence.quote) for key in keys)
        if places > 1:
            sentence = f"These words stand in {places} places of {evidence.document}."
            return Whereabouts(evidence, "repeated", sentence, evidence, places, certain=True)
        return Whereabouts(evidence, "there", "", evidence, places, certain=True) if places else None

    def _respaced(self, evidence: Evidence, keys: Sequence[str]) -> Whereabouts | None:
        wanted = fold(evidence.quote).text
        quotes = [quote for key in keys for quote in self._same_words(key, wanted)]
        if not quotes:
            return None
        found = replace(evidence, quote=quotes[0])
        sentence = f"In {evidence.document} these words are written in another way"
        if len(set(quotes)) > 1:
            sentence += f", and not the same in all of their {len(quotes)} places."
            return Whereabouts(evidence, "respaced", sentence, found, len(quotes))
        if len(wanted) < SHORTEST_RESPACED:
            sentence += f"; below {SHORTEST_RESPACED} characters that could be other words."
            return Whereabouts(evidence, "respaced", sentence, found, len(quotes))
        return Whereabouts(evidence, "respaced", f"{sentence}.", found, len(quotes), certain=True)

    def _changed(self, evidence: Evidence, keys: Sequence[str]) -> Whereabouts | None:
        wanted = fold(evidence.quote).text
        candidates = [
            (run, key)
            for key in keys
            for run in runs(wanted, self._shelf.text(key), self._folded(key))
            if run.similarity >= SIMILAR - MARGIN
        ]
        candidates.sort(key=lambda candidate: -candidate[0].similarity)
        if not candidates or candidates[0][0].similarity < SIMILAR:
            return None
        best, key = candidates[0]
        found = replace(evidence, quote=self._shelf.text(key)[best.start : best.end])
        doubt = _doubt(wanted, found.quote, [run for run, _ in candidates])
        sentence = f"These words are not in {evidence.document}; similar ones are ({best.similarity:.0%})"
        return Whereabouts(
            evidence,
            "changed",
            f"{sentence}, {doubt}." if doubt else f"{sentence}.",
            found,
            self._shelf.text(key).count(found.quote),
            certain=not doubt,
            similarity=best.similarity,
        )

    def _elsewhere(self, evidence: Evidence, keys: Sequence[str]) -> Whereabouts | None:
        """The one other document that has the words."""
        if not evidence.quote:
            return None
        wanted = fold(evidence.quote).text
        held = {key: self._held(key, evidence.quote, wanted) for key in self._shelf.holding(evidence.quote)}
        held = {key: quotes for key, quotes in held.items() if quotes and key not in keys}
        # The very words are better than the same ones written in another way.
        held = {key: quotes for key, quotes in held.items() if evidence.quote in quotes} or held
        if not held:
            return None
        names = [self._shelf.name(key) for key in held]
        quotes = next(iter(held.values()))
        sentence = f"These words stand in {', '.join(names[:_LISTED])}"
        if len(names) > _LISTED:
            sentence += f" and {len(names) - _LISTED} more"
        certain = len(held) == 1 and len(set(quotes)) == 1 and len(wanted) >= SHORTEST_MOVED
        if len(wanted) < SHORTEST_MOVED:
            sentence += f", which below {SHORTEST_MOVED} characters can be chance"
        found = replace(evidence, document=names[0], quote=quotes[0]) if len(held) == 1 else None
        return Whereabouts(evidence, "elsewhere", f"{sentence}.", found, len(quotes), certain=certain)

    def _held(self, key: str, quote: str, wanted: str) -> list[str]:
        """The quote as often as a document has it, else the same words as they are written there."""
        return [quote] * self._shelf.text(key).count(quote) or self._same_words(key, wanted)

    def _same_words(self, key: str, wanted: str) -> list[str]:
        text = self._shelf.text(key)
        folded: Folded = self._folded(key)
        spans: list[Span] = list(folded.places(wanted))
        return [text[start:end] for start, end in spans]


def _one_of(changed: Whereabouts | None, elsewhere: Whereabouts | None) -> Whereabouts | None:
    """Of similar words in their document and the same ones in another: where both are good, neither is certain."""
    if not changed or not elsewhere:
        return changed or elsewhere
    if (changed.similarity or 0) < CERTAIN:
        return elsewhere
    return replace(changed, sentence=f"{changed.sentence} {elsewhere.sentence}", certain=False)


def _negations(folded: str) -> int:
    return sum(word in _DENYING or word.endswith("n't") for word in re.findall(r"[\w']+", folded))


def _doubt(wanted: str, found: str, candidates: Sequence[Run]) -> str:
    """Why similar words may not be the ones that were meant, "" where nothing speaks against it."""
    if len(wanted) < SHORTEST_MOVED:
        return f"but below {SHORTEST_MOVED} characters that can be chance"
    if candidates[0].similarity < CERTAIN:
        return f"but below {CERTAIN:.0%} they can be others"
    if len(candidates) > 1 and candidates[0].similarity - candidates[1].similarity < MARGIN:
        return "but another place is about as similar"
    if _NUMBERS.findall(wanted) != _NUMBERS.findall(fold(found).text):
        return "but the numbers in them are others"
    if _negations(wanted) != _negations(fold(found).text):
        return "but one denies what the other says"
    return ""
