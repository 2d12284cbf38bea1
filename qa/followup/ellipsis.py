"""Questions that are no sentence: `why?`, `who else?`, `and in 2018?`, `what about India?`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from qa.followup import vocabulary as known
from qa.followup.asked import Asked, headed
from qa.followup.names import is_person, names
from qa.followup.phrases import YEAR, Word, has_verb, words_of

_LEAD = r"\W*(?:(?:and|but|so|ok|okay|oh|now|then|yes|no|or)\b[\s,]*)*"
_BARE = re.compile(
    rf"{_LEAD}(why not|why is that|why so|why|when exactly|when|where exactly|where|how so|how come|how exactly|how|"
    r"by whom|with whom|for whom|since when|until when|who else|what else|where else|who|how much|how many)"
    r"(?:\s+(?:then|though))?\s*[?.!]*\s*",
    re.IGNORECASE,
)
_ADVERBS = {"why", "when", "where", "how", "since when", "until when", "by whom", "with whom", "for whom"}
_SAME = {"why is that": "why", "why so": "why", "why not": "why", "how so": "why", "how come": "why"}
_ABOUT = re.compile(rf"{_LEAD}(?:(?:what|how) about|i mean|i meant)\s+([^?!\n]{{1,80}}?)\s*[?.!]*\s*", re.IGNORECASE)
_AND = re.compile(r"\W*(?:and|or|but)\s+([^?!\n]{1,80}?)\s*[?.!]*\s*", re.IGNORECASE)
_TIED = re.compile(
    r"(?:in|on|at|for|from|to|with|by|during|since|before|after|under)\s+(.+)", re.IGNORECASE | re.DOTALL
)
_ARTICLE = re.compile(r"^(?:the|a|an)\s+", re.IGNORECASE)
_OWNS = re.compile(r"['’]s$")

_FEW = 5
"""Words of something that is asked about like something else; more are a question of their own."""

Spans = Callable[[str], list[tuple[int, int]]]
"""Where in a text the things of one kind stand."""


def expanded(text: str, asked: Sequence[Asked]) -> str | None:
    """A question of a few words, made whole by the one before; None where it is none of these."""
    last = asked[0]
    if match := _BARE.fullmatch(text):
        whole = _asking(match.group(1).lower(), last)
    else:
        match = _ABOUT.fullmatch(text) or _AND.fullmatch(text)
        if not match or len(match.group(1).split()) > _FEW or has_verb(words_of(match.group(1))):
            return None
        whole = _instead(match.group(1), last)
    return headed(last.about, whole) if whole and last.about else whole


def _asking(word: str, last: Asked) -> str | None:
    """The question before, asked with another question word."""
    bare = last.question.strip().rstrip("?!. ")
    if not bare or not has_verb(last.words):
        return None
    first, second = last.words[0], last.words[1] if len(last.words) > 1 else None
    if word.endswith(" else"):
        opening, rest = bare[: len(first.text)], bare[len(first.text) :]
        return f"{opening} else{rest}?" if first.plain == word.removesuffix(" else") else None
    word = _SAME.get(word, word.removesuffix(" exactly"))
    if word in _ADVERBS and first.part == "auxiliary":
        return f"{word.capitalize()} {bare[0].lower()}{bare[1:]}?"
    if word in _ADVERBS and first.plain in _ADVERBS and second and second.part == "auxiliary":
        return f"{word.capitalize()}{bare[len(first.text) :]}?" if first.plain != word else None
    return f"{bare}, and {word}?"


def _instead(new: str, last: Asked) -> str | None:
    """The question before, with `new` in the place of what is of its kind there, or with what `new` adds to it."""
    before = last.question.strip()
    tied = _TIED.fullmatch(new)
    plain = tied.group(1) if tied else new
    bare = _ARTICLE.sub("", plain)
    for kind in (_countries, _dates, _names):
        if (len(plain) - len(bare), len(plain)) not in kind(plain):
            continue
        places = [span for span in kind(before) if before[slice(*span)].lower() != bare.lower()]
        alike = [span for span in places if is_person(before[slice(*span)]) == is_person(bare)]
        if places:
            start, end = (alike or places)[-1]
            article = _ARTICLE.match(plain) is not None and not before[:start].lower().endswith("the ")
            return before[:start] + (plain if article else bare) + before[end:]
    return f"{before.rstrip('?!. ')} {new}?" if tied and has_verb(last.words) else None


def _countries(text: str) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    words = words_of(text)
    at = 0
    while at < len(words):
        lengths = (n for n in (4, 3, 2, 1) if " ".join(w.plain for w in words[at : at + n]) in known.COUNTRIES)
        length = next(lengths, 0)
        if length and words[at].text != "us":  # a pronoun
            found.append(_span(words[at : at + length]))
        at += length or 1
    return found


def _dates(text: str) -> list[tuple[int, int]]:
    years = [match.span() for match in re.finditer(rf"\b{YEAR.pattern}\b", text)]
    months = re.finditer(rf"\b(?:{'|'.join(sorted(known.MONTHS))})\b", text, re.IGNORECASE)
    return years or [match.span() for match in months]


def _names(text: str) -> list[tuple[int, int]]:
    words = words_of(text)
    return [_span(words[first:last]) for first, last in names(words, text)]


def _span(words: Sequence[Word]) -> tuple[int, int]:
    """From the first word to the last, without its possessive ending."""
    return words[0].start, words[-1].end - (2 if _OWNS.search(words[-1].text) else 0)
