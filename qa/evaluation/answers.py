"""Exact match and F1 by the rules of the SQuAD 2.0 evaluation."""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Sequence

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation)


def normalise(text: str) -> str:
    """Lower case, no ASCII punctuation, no articles, single spaces: in that order."""
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split())


def exact_match(given: str, answers: Sequence[str]) -> float:
    """1 if the answer equals an acceptable one; no acceptable ones means that "" is right."""
    return max(float(normalise(given) == normalise(answer)) for answer in (answers or [""]))


def f1(given: str, answers: Sequence[str]) -> float:
    """Best harmonic mean of token precision and recall with an acceptable answer."""
    return max(_token_f1(normalise(given).split(), normalise(answer).split()) for answer in (answers or [""]))


def _token_f1(given: list[str], wanted: list[str]) -> float:
    if not given or not wanted:
        return float(given == wanted)
    same = sum((Counter(given) & Counter(wanted)).values())
    return 2 * same / (len(given) + len(wanted))
