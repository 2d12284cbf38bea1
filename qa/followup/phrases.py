"""The words of a question, their parts of speech as far as lists and neighbours tell them, and its noun phrases."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from qa.followup import vocabulary as known

Part = Literal["ask", "auxiliary", "determiner", "preposition", "conjunction", "pronoun", "adverb", "verb", "noun"]

_WORD = re.compile(r"[^\W_]+(?:['’.\-&/][^\W_]+)*[’']?(?=\W|_|$)|[^\W_]+")
_QUOTED = re.compile(r"[\"“«]([^\"“”«»\n]{2,80})[\"”»]")
_GAP = re.compile(r"[\s\-]*")
_NUMBER = re.compile(r"[0-9]+(?:[.,][0-9]+)*(?:st|nd|rd|th|s)?")
_PARTICIPLES = frozenset(
    "held made met read said sold told laid paid led heard found understood come become become run".split()
)
_OPENINGS = (
    known.AUXILIARIES | known.ASKING | known.DETERMINERS | known.PREPOSITIONS | known.ADVERBS | known.CONJUNCTIONS
) | (known.VERBS | known.GENERIC)
"""What a question begins with that is no name, though it has a capital."""

_WHICH = frozenset("how which what whose whom who where when".split())

_ACTING = frozenset("i you he she we they it".split())
_HELPING = known.AUXILIARIES - known.BE - frozenset("be been being have haven't has hasn't had hadn't".split())

_CLOSED = known.AUXILIARIES | known.PREPOSITIONS | known.CONJUNCTIONS | known.PRONOUNS

YEAR = re.compile(r"(?:1[0-9]|20)[0-9]{2}s?")


@dataclass(frozen=True, slots=True)
class Word:
    """A word at `start` of its text. `plain` is in lower case, with straight apostrophes and no possessive ending."""

    text: str
    start: int
    end: int
    plain: str
    part: Part
    is_name: bool
    owns: bool
    """Whether it ends in a possessive."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase, without its article: `words[first:last]` of its question. `is_name` where a name is in it."""

    text: str
    start: int
    end: int
    first: int
    last: int
    article: str
    is_name: bool
    words: tuple[str, ...]
    """Its nouns and adjectives in lower case."""

    @property
    def head(self) -> str:
        return self.words[-1]


def words_of(text: str) -> list[Word]:
    """The words of a text, in order."""
    found = [(match.group(), match.start()) for match in _WORD.finditer(text)]
    plains = [_plain(word) for word, _ in found]
    shouted = _shouted([word for word, _ in found], plains)
    words: list[Word] = []
    for at, (word, start) in enumerate(found):
        first = at == 0 or _ends_sentence(text[found[at - 1][1] + len(found[at - 1][0]) : start])
        following = found[at + 1][0] if at + 1 < len(found) else ""
        name = not shouted and _is_name(word, plains[at], following, first=first)
        part: Part = "noun" if name else _part(plains[at], words, plains[at + 1 : at + 2])
        owns = word.endswith(("'s", "’s", "s'", "s’")) and part == "noun"
        words.append(Word(word, start, start + len(word), plains[at], part, name, owns))
    return words


def phrases_of(text: str, words: Sequence[Word]) -> list[Phrase]:
    """The noun phrases of a text, in order; those that hang together by `of`, or stand before a verb, are one."""
    runs = _runs(text, words)
    joined: list[tuple[int, int]] = []
    for first, last in runs:
        if joined and _hang_together(text, words, joined[-1], first):
            joined[-1] = (joined[-1][0], last)
        else:
            joined.append((first, last))
    return [phrase_at(text, words, first, last) for first, last in joined]


def phrase_at(text: str, words: Sequence[Word], first: int, last: int) -> Phrase:
    """The words `first` to `last` of a text as a phrase."""
    before = words[first - 1].plain if first and words[first - 1].part == "determiner" else ""
    start, end = words[first].start, words[last - 1].end
    if words[last - 1].owns:
        end -= 2 if words[last - 1].text[-1] in "sS" else 1
    nouns = tuple(word.plain for word in words[first:last] if word.part == "noun")
    name = any(word.is_name for word in words[first:last])
    return Phrase(text[start:end], start, end, first, last, before, name, nouns)


def quoted(text: str) -> list[str]:
    """What stands between quotation marks."""
    found = (match.strip(" ,;.") for match in _QUOTED.findall(text))
    return [each for each in found if each]


def has_verb(words: Sequence[Word]) -> bool:
    """Whether it is a sentence: `cost` and `uses` alone are none."""
    sure = any(word.part in ("auxiliary", "ask") for word in words)
    return sure or any(word.part == "verb" and word.plain not in known.GENERIC for word in words)


def asking_phrase(words: Sequence[Word]) -> list[Word]:
    """The words of a question that is no more than "and in which city?", "what colour?" or "for whom?", without what
    ties it to the question before; none where it is more."""
    first = next((at for at, word in enumerate(words) if word.plain not in known.LEADS | {"but"}), len(words))
    kept = list(words[first:])
    tied = bool(kept) and kept[0].part == "preposition"
    asking = kept[tied:]
    if not asking or asking[0].plain not in _WHICH:
        return []
    rest = asking[1:]
    if not rest:
        return kept if tied else []
    if asking[0].plain == "how":
        return kept if tied and all(word.part in ("adverb", "noun") for word in rest) else []
    if asking[0].plain not in ("which", "what", "whose"):
        return []
    named = all(word.part == "noun" or word.plain == "of" for word in rest)
    return kept if named or (tied and len(rest) == 1 and rest[0].part == "verb") else []


def says_something(word: Word) -> bool:
    """Whether a word names something that could be asked about by itself."""
    if word.part != "noun" or word.plain in known.GENERIC or not any(letter.isalpha() for letter in word.plain):
        return False
    gerund = word.plain.endswith("ing") and word.plain in known.VERBS
    return word.is_name or not (gerund or word.plain in known.ADJECTIVES)


def stem(word: str) -> str:
    """A noun without its plural."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3 else word


def _plain(word: str) -> str:
    low = word.replace("’", "'").lower()
    if low in known.PRONOUNS or low in known.ASKING or low in known.AUXILIARIES:
        return low
    return low.removesuffix("'s").removesuffix("'")


def _shouted(found: Sequence[str], plains: Sequence[str]) -> bool:
    """Whether capitals say nothing: nearly every word has one."""
    small = [word for word, plain in zip(found, plains, strict=True) if plain.isalpha() and word[0].islower()]
    return len(found) > 3 and not small


def _ends_sentence(gap: str) -> bool:
    return any(sign in gap for sign in '.?!:\n"“')


def _is_name(word: str, plain: str, following: str, *, first: bool) -> bool:
    if any(letter.isupper() for letter in word[1:]):
        return len(plain) > 1
    if not word[0].isupper() or plain in known.PRONOUNS or plain in known.LEADS:
        return False
    if not first:
        return plain not in known.ASKING and plain not in known.AUXILIARIES
    return plain not in _OPENINGS and following[:1].isupper()


def _part(plain: str, before: Sequence[Word], after: Sequence[str]) -> Part:
    """The part of speech of a word after those `before`; `after` is the one that follows, if any."""
    previous = before[-1] if before else None
    following = after[0] if after else ""
    if plain in known.ASKING and not (
        plain in ("which", "who", "whom", "whose") and previous and previous.part == "noun"
    ):
        return "ask"
    if plain in known.AUXILIARIES:
        return (
            "noun" if plain in ("can", "will", "might") and previous and previous.part == "determiner" else "auxiliary"
        )
    if plain == "that" and (previous is None or previous.part not in ("auxiliary", "preposition", "ask")) and following:
        return "determiner" if previous is None and following not in known.AUXILIARIES else "conjunction"
    if plain in known.POINTING:
        return "pronoun" if not following or following in _CLOSED or _verbal(following) else "determiner"
    if plain in ("other", "others", "another", "each", "both", "all", "same", "such"):
        return "determiner"
    if plain in known.DETERMINERS:
        return "determiner"
    if plain in known.PRONOUNS:
        return "pronoun"
    if plain in known.PREPOSITIONS:
        return "preposition"
    if plain in known.CONJUNCTIONS or plain in ("which", "who", "whom", "whose"):
        return "conjunction"
    if plain in known.ADVERBS:
        return "adverb"
    if plain.endswith("ly") and plain not in known.LY_NOUNS:
        return "adverb"
    if plain.endswith("ing") and previous:
        if previous.part == "verb":
            return "verb"
        if previous.plain in ("and", "or") and len(before) > 1 and before[-2].part == "noun":
            return "noun"
    if previous and previous.plain in _ACTING and len(before) > 1 and before[-2].plain in _HELPING:
        return "verb"  # "do I reset", whatever follows
    return "verb" if _verbal(plain) and not (_names_something(previous) or _after_copula(plain, before)) else "noun"


def _verbal(plain: str) -> bool:
    return plain in known.VERBS or (plain.endswith("ed") and len(plain) > 4)


def _names_something(previous: Word | None) -> bool:
    """Whether a word after this one is a noun though it could be a verb."""
    if previous is None:
        return False
    if previous.part == "determiner" or previous.owns or previous.plain in known.ADJECTIVES:
        return True
    return previous.part == "preposition" and previous.plain != "to"


def _after_copula(plain: str, before: Sequence[Word]) -> bool:
    """Whether a form that is no participle follows a noun whose verb is `is`: "Is the standard plan ..."."""
    if not before or before[-1].part != "noun" or plain.endswith(("ed", "ing", "en", "n", "t")):
        return False
    verbs = [word.plain for word in before if word.part in ("auxiliary", "verb", "conjunction", "ask")]
    return bool(verbs) and verbs[-1] in known.BE and plain not in _PARTICIPLES


def _runs(text: str, words: Sequence[Word]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for at, word in enumerate(words):
        if word.part != "noun":
            continue
        before = words[at - 1] if at else None
        if runs and before and runs[-1][1] == at and _GAP.fullmatch(text[before.end : word.start]):
            runs[-1] = (runs[-1][0], at + 1)
        else:
            runs.append((at, at + 1))
    trimmed = [(first, _without_adjectives(words, first, last)) for first, last in runs]
    return [(first, last) for first, last in trimmed if first < last]


def _without_adjectives(words: Sequence[Word], first: int, last: int) -> int:
    """The end of a run of nouns without the adjectives that stand after them."""
    while first < last and words[last - 1].plain in known.ADJECTIVES and not words[last - 1].is_name:
        last -= 1
    return last


def _hang_together(text: str, words: Sequence[Word], before: tuple[int, int], first: int) -> bool:
    """Whether a run of nouns belongs to the phrase before it."""
    between = words[before[1] : first]
    gap = text[words[before[1] - 1].end : words[first].start]
    if not between or len(between) > 2 or any(sign in gap for sign in ",;:?!()\n") or words[before[1] - 1].owns:
        return False
    tie, rest = between[0].plain, between[1:]
    if rest and rest[0].part != "determiner":
        return False
    if tie == "of":
        return True
    if tie in ("and", "vs", "versus", "or"):
        opening = words[before[0] - 1].plain if before[0] else ""
        alike = _all_names(words, before, first) or _all_gerunds(words, before, first)
        return not rest and (opening in ("between", "of") or alike)
    return tie in known.INSIDE_PHRASES and _is_subject(words, before[0], first)


def _all_names(words: Sequence[Word], before: tuple[int, int], first: int) -> bool:
    return words[before[1] - 1].is_name and words[first].is_name


def _all_gerunds(words: Sequence[Word], before: tuple[int, int], first: int) -> bool:
    return words[before[1] - 1].plain.endswith("ing") and words[first].plain.endswith("ing")


def _is_subject(words: Sequence[Word], first: int, last: int) -> bool:
    """Whether a phrase stands between the auxiliary and the verb of its clause, or ends a question about what it is."""
    opening = [word.part for word in words[:first]]
    if "auxiliary" not in opening or any(word.part == "verb" for word in words[:first]):
        return False
    following = [word for word in words[last:] if word.part in ("verb", "conjunction", "auxiliary", "pronoun")]
    if following:
        return following[0].part == "verb"
    return words[0].part == "ask" and len(words) > 1 and words[1].plain in known.BE
