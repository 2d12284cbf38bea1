"""Exact match and F1 by the rules of the SQuAD 2.0 evaluation, and the same for every script and language."""

from __future__ import annotations

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence

Tokens = Callable[[str], list[str]]

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation)
_WORDLESS = re.compile(
    "([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff])"
)
"""Scripts that put no spaces between words: Thai, Lao, Burmese, Khmer, kana and Han."""


def squad_tokens(text: str) -> list[str]:
    """Lower case, no ASCII punctuation, no articles, split at white space: in that order (SQuAD 2.0)."""
    return _ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split()


def unicode_tokens(text: str) -> list[str]:
    """As SQuAD, for every script: NFKC and case folded, no punctuation or symbols, Han, kana and the like by letter.

    Marks that are not seen (soft hyphens, writing directions) are left out too. An answer of symbols or articles alone,
    as € or A, stays as it is.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    seen = "".join(character for character in folded if unicodedata.category(character) != "Cf")
    plain = "".join(character for character in seen if unicodedata.category(character)[0] not in "PS")
    return _WORDLESS.sub(r" \1 ", _ARTICLES.sub(" ", plain)).split() or seen.split()


def exact_match(given: str, answers: Sequence[str], tokens: Tokens = squad_tokens) -> float:
    """1 if the answer equals an acceptable one.

    Acceptable ones of which no token is left are none, and where there are none, "" is right: as SQuAD 2.0 has it.
    """
    return max(float(tokens(given) == wanted) for wanted in _wanted(answers, tokens))


def f1(given: str, answers: Sequence[str], tokens: Tokens = squad_tokens) -> float:
    """Best harmonic mean of token precision and recall with an acceptable answer."""
    return max(_token_f1(tokens(given), wanted) for wanted in _wanted(answers, tokens))


def holds(text: str, answers: Sequence[str]) -> bool:
    """Whether a text has the words of an acceptable answer in a row (the has-answer test of DrQA and DPR)."""
    words = unicode_tokens(text)
    return any(
        wanted and any(words[at : at + len(wanted)] == wanted for at in range(len(words) - len(wanted) + 1))
        for wanted in map(unicode_tokens, answers)
    )


def is_right(given: str, answers: Sequence[str]) -> bool:
    """Whether a person would take the answer: it holds an acceptable one, or has half of its words in common (F1)."""
    return bool(answers) and (holds(given, answers) or f1(given, answers, unicode_tokens) >= 0.5)


def _wanted(answers: Sequence[str], tokens: Tokens) -> list[list[str]]:
    return [wanted for answer in answers if (wanted := tokens(answer))] or [[]]


def _token_f1(given: list[str], wanted: list[str]) -> float:
    if not given or not wanted:
        return float(given == wanted)
    same = sum((Counter(given) & Counter(wanted)).values())
    return 2 * same / (len(given) + len(wanted))
