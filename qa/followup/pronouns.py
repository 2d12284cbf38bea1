"""Words of a question that point back to an earlier one, and what is put in their place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from qa.followup import vocabulary as known
from qa.followup.asked import Asked, Subject
from qa.followup.names import is_plural
from qa.followup.phrases import Phrase, Word, stem
from qa.followup.subject import PEOPLE, acting, called, date, person, place, thing, topic

_SEVERAL = {"they", "them", "their", "theirs", "they're", "these", "those"}
_THINGS = {"it", "its", "itself", "it's", "they", "them", "their", "theirs", "they're"}
_OWNERS = {"its", "their", "his", "her"}
_REMARKS = {"it", "it's", "that", "that's", "this"}
_DOING = {"do", "does", "did", "doing", "done"}
_SAYING_MORE = {"that", "which", "who"} | known.INSIDE_PHRASES
_DOCUMENTS = {"article", "document", "report", "paper", "book", "study", "text", "memo", "letter", "contract", "file"}
_PLURAL = known.PLURAL | {one.capitalize(): several.capitalize() for one, several in known.PLURAL.items()}

_EMPTY_IT = re.compile(
    r"it\s+(?:(?:not|still|also|really|ever|always|even|so|very|too|that|more|less)\s+)*"
    r"(?:(?:\w+\s+){1,2}(?:to|that|if|for|when|than)\b|(?:takes?|took|seems?|rains?|snows?|means?)\b|cost\w*\s+to\b)",
    re.IGNORECASE,
)
"""From an `it` on that stands for nothing: it is safe to, it takes."""

_IDIOM = re.compile(
    r"\b(?:what time|how late)\b[^?]*\bit\b|\b(?:get|got|made|make|do|did) it\b(?=\W*$|[.,]| (?:right|wrong))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Edit:
    """Words put in the place of `[start, end)` of a question."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Pointing:
    """What of a question is replaced, and whether it points back to something that was not found."""

    edits: tuple[Edit, ...]
    dangling: bool


def pointing(text: str, words: Sequence[Word], phrases: Sequence[Phrase], asked: Sequence[Asked]) -> Pointing:
    """What to put in the place of a question's pronouns and of its `this company`; each thing is named once."""
    edits: list[Edit] = []
    said: set[str] = set()
    dangling = False
    if words[0].plain in _REMARKS and "?" not in text:
        return Pointing((), dangling=False)
    for at, word in enumerate(words):
        kind = _kind(text, words, at)
        if not kind or kind in said or _is_bound(text, words, phrases, at, kind):
            continue
        edit = _edit(words, at, kind, asked)
        if kind != "noun":
            said.add(kind)
        unknown = edit is None and word.plain != "the"
        dangling = dangling or (unknown and (kind == "event" or not any(each.is_name for each in words)))
        if edit and not (edits and edits[-1].end > edit.start):
            edits += [*_agreeing(words, at, edit), edit]
    return Pointing(tuple(edits), dangling)


def applied(text: str, edits: Sequence[Edit]) -> str:
    """A text with its edits, which do not overlap."""
    for edit in sorted(edits, key=lambda each: -each.start):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def _kind(text: str, words: Sequence[Word], at: int) -> str:
    """What a word points back to: thing, person, place, date, event, noun (`this company`); empty for nothing."""
    word = words[at]
    following = words[at + 1] if at + 1 < len(words) else None
    ends = following is None or bool(re.match(r"\s*[.?!]", text[word.end :]))
    if word.plain in PEOPLE:
        return "person"
    if word.plain in _THINGS:
        empty = word.plain in ("it", "it's") and (_EMPTY_IT.match(text, word.start) or _IDIOM.search(text))
        return "" if empty else "thing"
    if word.plain == "there" and ends and at and words[at - 1].part != "auxiliary":
        return "place"
    if word.plain == "then" and ends and at > 2:
        return "date"
    if (word.plain == "the" or word.plain in known.POINTING - {"such"}) and following and word.part == "determiner":
        return "noun" if following.part == "noun" else ""
    if word.plain in known.POINTING and word.part in ("pronoun", "conjunction"):
        return _pointed(words, at, following, ends=ends)
    return ""


def _pointed(words: Sequence[Word], at: int, following: Word | None, *, ends: bool) -> str:
    """What a `this` or `that` without a noun stands for. "Does that mean ...?" and "That is good." are remarks."""
    previous = words[at - 1] if at else None
    if previous and previous.plain in _DOING and ends:
        return "event"
    if previous is None or (following and following.plain in ("mean", "means", "sounds")):
        return "thing" if ends else ""
    return "thing" if ends or previous.part in ("preposition", "auxiliary") else ""


def _is_bound(text: str, words: Sequence[Word], phrases: Sequence[Phrase], at: int, kind: str) -> bool:
    """Whether a pronoun stands for a noun before it in its own question.

    Within its clause only a possessive can: in "What did Kabulov say about it?" it is not Kabulov.
    """
    if kind in ("noun", "place", "date", "event"):
        return False
    before = [phrase for phrase in phrases if phrase.last <= at and _may_be(phrase)]
    if not before or words[at].plain in _OWNERS:
        return bool(before)
    first = next((each for each in before if not each.first or words[each.first - 1].part != "preposition"), before[0])
    tied = {word.plain for word in words[first.last : at]} & (known.CONJUNCTIONS | {"which", "who"})
    return bool(tied) or any(sign in text[first.end : words[at].start] for sign in ",;:.?!")


def _may_be(phrase: Phrase) -> bool:
    return phrase.is_name or any(word not in known.GENERIC and word not in known.ADJECTIVES for word in phrase.words)


def _edit(words: Sequence[Word], at: int, kind: str, asked: Sequence[Asked]) -> Edit | None:
    word = words[at]
    if kind == "noun":
        return _named(words, at, asked)
    if kind in ("place", "date"):
        found = place(asked) if kind == "place" else date(asked)
        return Edit(word.start, word.end, f"in {found}") if found else None
    if kind == "event":
        return None
    own = {stem(each.plain) for each in words}
    subject = person(asked) or acting(asked) if kind == "person" else thing(asked, own, several=word.plain in _SEVERAL)
    return Edit(word.start, word.end, subject.text + _ending(words, at, subject)) if subject else None


def _ending(words: Sequence[Word], at: int, subject: Subject) -> str:
    """What a noun needs to stand for a pronoun: a possessive, or the verb that was part of it."""
    plain = words[at].plain
    before_noun = at + 1 < len(words) and words[at + 1].part in ("noun", "verb")
    if plain in _OWNERS and (plain != "her" or before_noun):
        return "'" if subject.text.endswith("s") else "'s"
    if "'" in plain:
        return " are" if plain == "they're" else " is"
    return ""


def _agreeing(words: Sequence[Word], at: int, edit: Edit) -> list[Edit]:
    """The auxiliary before `it`, in the plural where that stands for several things: "How are secrets made?"."""
    before = words[at - 1] if at else None
    if before is None or words[at].plain != "it" or before.text not in _PLURAL or not is_plural(edit.text):
        return []
    return [Edit(before.start, before.end, _PLURAL[before.text])]


def _named(words: Sequence[Word], at: int, asked: Sequence[Asked]) -> Edit | None:
    """`this company`, `the movement` in full. None where the noun says enough, or nothing is known of it."""
    last = at + 1
    while last < len(words) and words[last].part == "noun" and not words[last - 1].owns:
        last += 1
    noun, alone, definite = words[last - 1], last - at == 2, words[at].plain == "the"
    if last < len(words) and words[last].plain in _SAYING_MORE and not noun.owns:
        return None
    if noun.is_name or noun.plain in known.GENERIC or (definite and not alone):
        return None
    subject = called(asked, noun.plain) if alone else None
    if subject is None and noun.plain in _DOCUMENTS and asked and len(asked[0].turn.titles) == 1:
        subject = Subject(f"“{asked[0].turn.titles[0]}”", frozenset(), is_name=True)
    if subject is None and not definite and stem(noun.plain) in known.CATEGORIES:
        about = topic(asked)
        fits = about and about.is_name and (noun.plain != "country" or about.text.lower() in known.COUNTRIES)
        subject = about if fits else None
    if subject is None:
        return None
    return Edit(words[at].start, noun.end, subject.text + (noun.text[-2:] if noun.owns else ""))
