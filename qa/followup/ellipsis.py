"""Questions that are no sentence: `why?`, `who else?`, `in which city?`, `and in 2018?`, `what about India?`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from qa.followup import vocabulary as known
from qa.followup.asked import Asked, headed
from qa.followup.names import is_person, names
from qa.followup.phrases import YEAR, Word, asking_phrase, has_verb, words_of
from qa.followup.switching import switched

_LEAD = r"\W*(?:(?:and|but|so|ok|okay|oh|now|then|yes|no|or)\b[\s,]*)*"
_BARE = re.compile(
    rf"{_LEAD}(why not|why is that|why so|why|when exactly|when|where exactly|where|how so|how come|how exactly|how|"
    r"by whom|with whom|for whom|since when|until when|who else|what else|where else|who|how much|how many)"
    r"(?:\s+(?:then|though))?\s*[?.!]*\s*",
    re.IGNORECASE,
)
_ADVERBS = {"why", "when", "where", "how", "since when", "until when", "by whom", "with whom", "for whom"}
_WHEN = frozenset("day days month months year years week weeks time times date dates century decade".split())
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
    elif asks := asking_phrase(words_of(text)):
        whole = _asking_beside(asks, text[asks[0].start : asks[-1].end], last)
    else:
        match = _ABOUT.fullmatch(text) or _AND.fullmatch(text)
        if not match or len(match.group(1).split()) > _FEW or has_verb(words_of(match.group(1))):
            return None
        whole = _instead(match.group(1), last)
        if not whole and (instead := switched(match.group(1), asked)):
            return instead
    return headed(last.about, whole) if whole and last.about else whole


def _asking(word: str, last: Asked) -> str | None:
    """The question before, asked with another question word."""
    bare = _bare(last.question)
    if not bare or not _is_sentence(last):
        return None
    first, second = last.words[0], last.words[1] if len(last.words) > 1 else None
    if word.endswith(" else"):
        opening, rest = bare[: len(first.text)], bare[len(first.text) :]
        return f"{opening} else{rest}?" if first.plain == word.removesuffix(" else") else None
    word = _SAME.get(word, word.removesuffix(" exactly"))
    if word in _ADVERBS and first.part == "auxiliary":
        return f"{word.capitalize()} {bare[0].lower()}{bare[1:]}?"
    if word in _ADVERBS and first.plain in _ADVERBS and second and second.part == "auxiliary":
        return f"{word.capitalize()}{bare[len(first.text) :]}?"
    return f"{bare}, and {word}?"


def _asking_beside(asks: Sequence[Word], opening: str, last: Asked) -> str | None:
    """The question before, with "in which city" or "what year" in the place of its `when` or "to whom", or after it;
    None where that may make no sense, as with "what colour"."""
    verb = next((at for at, word in enumerate(last.words) if word.part == "auxiliary"), None)
    before = last.words[:verb] if verb is not None else last.words
    if not _is_adjunct(asks):
        return None
    if verb is not None and (not before or _is_adjunct(before)):
        rest = _bare(last.question[last.words[verb].start :])
        return f"{opening[0].upper()}{opening[1:]} {rest[0].lower()}{rest[1:]}?"
    acts = any(word.part == "verb" for word in last.words)
    return f"{_bare(last.question)}, and {opening[0].lower()}{opening[1:]}?" if acts else None


def _is_adjunct(words: Sequence[Word]) -> bool:
    """Whether it asks for something beside what a sentence needs: `when`, "in which city", "what year"."""
    if len(words) == 1:
        return words[0].plain in _ADVERBS
    return bool(asking_phrase(words)) and (words[0].part == "preposition" or words[-1].plain in _WHEN)


def _bare(question: str) -> str:
    """A question without its sign, and without the "and when" at its end: of two such, the last is asked."""
    bare = question.strip().rstrip("?!. ")
    whole, _, added = bare.rpartition(", and ")
    return whole if whole and (_BARE.fullmatch(added) or asking_phrase(words_of(added))) else bare


def _is_sentence(last: Asked) -> bool:
    return any(word.part in ("auxiliary", "verb") for word in last.words)


def _instead(new: str, last: Asked) -> str | None:
    """The question before, with `new` in the place of what is of its kind there, or with what `new` adds to it."""
    before = last.question.strip()
    tied = _TIED.fullmatch(new)
    plain = tied.group(1) if tied else new
    bare = _ARTICLE.sub("", plain)
    told = f"about {plain}"  # not the beginning of a sentence, where a capital says nothing
    for kind in (_countries, _dates, _names):
        start, end = len(told) - len(bare), len(told)
        if (start, end) not in kind(told):
            continue
        places = [span for span in kind(before) if before[slice(*span)].lower() != bare.lower()]
        if kind is _names:
            places = [span for span in places if _is_the(told[:start]) == _is_the(before[: span[0]])]
        alike = [span for span in places if is_person(before[slice(*span)]) == is_person(bare)]
        if places:
            start, end = (alike or places)[-1]
            article = _ARTICLE.match(plain) is not None and not _is_the(before[:start])
            return before[:start] + (plain if article else bare) + before[end:]
    return f"{before.rstrip('?!. ')} {new}?" if tied and has_verb(last.words) else None


def _is_the(before: str) -> bool:
    return before.lower().endswith("the ")


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
