"""Nothing that is carried over is said twice."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from qa.followup import vocabulary as known
from qa.followup.turn import Turn

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_TIES = (
    known.AUXILIARIES | known.ASKING | known.DETERMINERS | known.PREPOSITIONS | known.CONJUNCTIONS | known.PRONOUNS
) | known.ADVERBS
"""Words that a sentence may need twice."""


def written(question: str, history: Sequence[Turn]) -> list[str]:
    """The texts that a person or a document wrote: a question, those before it as they were typed, their answers."""
    return [question, *(text for turn in history for text in (turn.question, turn.answer, *turn.titles))]


def repeats(text: str, texts: Iterable[str]) -> bool:
    """Whether a text says a name, or two words in a row, more than once, and more often than each of `texts` does."""
    counts = {said: count for said, count in _said(text).items() if count > 1}
    if not counts:
        return False
    most: Counter[str] = Counter()
    for each in texts:
        most |= _said(each)
    return any(count > max(1, most[said]) for said, count in counts.items())


def _said(text: str) -> Counter[str]:
    """How often each word with a capital stands in a text, and each two words in a row of which one is no tie."""
    words = [word.replace("’", "'").removesuffix("'s") for word in _WORD.findall(text)]
    plain = [word.lower() for word in words]
    names = [word for word, low in zip(words, plain, strict=True) if word[0].isupper() and low not in _TIES]
    pairs = [f"{one} {two}" for one, two in pairwise(plain) if one not in _TIES or two not in _TIES]
    return Counter(names + pairs)
