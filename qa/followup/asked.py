"""An earlier question taken apart, and what it was about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property

from qa.followup import vocabulary as known
from qa.followup.names import is_date
from qa.followup.phrases import (
    Phrase,
    Word,
    asking_phrase,
    phrase_at,
    phrases_of,
    quoted,
    says_something,
    stem,
    words_of,
)
from qa.followup.repetition import repeats, written
from qa.followup.turn import Turn

READ = 250
"""Characters of an earlier question that are looked at."""

_TURNS = 8
"""Turns that are looked back to."""

_LONGEST = 9
"""Words of a noun phrase that can stand for a pronoun: a longer one is a sentence that was not understood."""

_WIDEST = 100
"""Characters of such a phrase."""

_ENTITY = 60
"""Characters of an answer that may be a name."""

_BELONGING = frozenset("of on for between against with towards about".split())
_REGARDING = frozenset("about regarding towards on".split())
_WHERE = frozenset("in at during near outside within".split())
_HEADED = re.compile(r"\s*About ([^\n]{1,200}?): ")


@dataclass(frozen=True, slots=True)
class Subject:
    """Something that was asked about: `text` as it stands in a sentence, its article included; its nouns and
    adjectives without plurals; and whether a name is in it."""

    text: str
    words: frozenset[str]
    is_name: bool


class Asked:
    """An earlier turn, its question taken apart. `about` is what it was headed with, where it was."""

    def __init__(self, turn: Turn) -> None:
        self.turn = turn
        about = _HEADED.match(turn.searched[:READ])
        self.about = about.group(1) if about else ""
        self.question = turn.searched[about.end() if about else 0 : READ]

    @cached_property
    def words(self) -> list[Word]:
        return words_of(self.question)

    @cached_property
    def phrases(self) -> list[Phrase]:
        return phrases_of(self.question, self.words)

    @cached_property
    def subject(self) -> Subject | None:
        """What the question was about."""
        if self.about and not (self.own and self.own.is_name):
            return carried(self.about)
        return self.own

    @cached_property
    def heading(self) -> Subject | None:
        """What a question without a subject is headed with: the subject with what hangs on it, `fans in Japan`."""
        return self._with(self.subject, known.PREPOSITIONS)

    @cached_property
    def slot(self) -> Phrase | None:
        """Where the subject stands in the question, with what hangs on it."""
        return self._whole(self.own, known.PREPOSITIONS)

    @cached_property
    def thing(self) -> Subject | None:
        """What `it` stands for."""
        return self._with(self.own, _BELONGING)

    def _with(self, subject: Subject | None, ties: Set[str]) -> Subject | None:
        """A subject with the phrases that follow it after such prepositions."""
        whole = self._whole(subject, ties)
        fits = whole and whole.last - whole.first <= _LONGEST and len(whole.text) <= _WIDEST
        return subject_of(whole) if whole and fits else subject

    def _whole(self, subject: Subject | None, ties: Set[str]) -> Phrase | None:
        first = next((phrase for phrase in self.specific if subject_of(phrase) == subject), None)
        if first is None:
            return None
        last = first
        for phrase in self.phrases:
            between = self.words[last.last : phrase.first] if phrase.first > last.last else []
            parts = [word.part for word in between]
            if parts in (["preposition"], ["preposition", "determiner"]) and between[0].plain in ties:
                last = phrase
        return phrase_at(self.question, self.words, first.first, last.last)

    @cached_property
    def own(self) -> Subject | None:
        for text in quoted(self.question):
            return Subject(f"“{text}”", frozenset(map(stem, text.lower().split())), is_name=True)
        found = self.specific
        if self.about and all(phrase.text.lower() in known.COUNTRIES for phrase in found):
            return None  # "About the steel mills: what about India?" is about the mills still
        return subject_of(max(found, key=lambda phrase: self._weight(phrase))) if found else None

    @cached_property
    def specific(self) -> list[Phrase]:
        """The phrases that name something, in order. `city` in "in which city?" names nothing."""
        if asking_phrase(self.words):
            return []
        found = [kept for phrase in self.phrases if (kept := self._specific(phrase))]
        return [kept for kept in found if kept.last - kept.first <= _LONGEST and len(kept.text) <= _WIDEST]

    @cached_property
    def entity(self) -> str:
        """The answer, where it is a name."""
        text = self.turn.answer.strip().rstrip(".")
        if not text or len(text) > _ENTITY:
            return ""
        words = words_of(text)
        names = [word for word in words if word.is_name or text[word.start].isupper()]
        small = [word for word in words if word not in names]
        plain = all(word.part in ("determiner", "preposition", "conjunction") for word in small)
        return text if names and plain and len(words) <= 6 and not is_date(text) else ""

    @property
    def asks(self) -> str:
        """The question word at its beginning, after a preposition or not; else nothing."""
        opening = [word for word in self.words[:2] if word.part != "preposition"]
        return opening[0].plain if opening and opening[0].part == "ask" else ""

    def _specific(self, phrase: Phrase) -> Phrase | None:
        """A phrase without the nouns at its front that only say what is asked about it; None where nothing is left."""
        first, last = phrase.first, phrase.last
        while first < last and self.words[first].plain in known.EMPTY:
            first += 1
        while first < last and not self._is_specific(first, last):
            ties = [at for at in range(first, last) if self.words[at].part == "preposition"]
            if not ties:
                break
            first = ties[0] + 1
            while first < last and self.words[first].part in ("determiner", "preposition"):
                first += 1
        if first >= last or not self._is_specific(first, last):
            return None
        return phrase_at(self.question, self.words, first, last)

    def ending_in(self, phrase: Phrase, noun: str) -> Iterator[Phrase]:
        """The parts of a phrase whose noun this is, and that say more than it: `Berlin Wall`, `wall in Berlin`."""
        first = phrase.first
        for at in range(phrase.first, phrase.last):
            word = self.words[at]
            if word.part in ("preposition", "determiner", "conjunction"):
                first = at + 1
                continue
            ends = at + 1 == phrase.last or self.words[at + 1].part != "noun"
            said = [each for each in self.words[first : at + 1] if each.plain not in known.NO_SUBJECTS]
            if not ends or stem(word.plain) != noun:
                continue
            if len(said) > 1:
                yield phrase_at(self.question, self.words, first, at + 1)
            elif first == phrase.first and at + 1 < phrase.last:
                yield phrase_at(self.question, self.words, first, phrase.last)

    def _is_specific(self, first: int, last: int) -> bool:
        """Whether the nouns up to the first preposition name something."""
        for word in self.words[first:last]:
            if word.part == "preposition":
                return False
            if says_something(word):
                return True
        return False

    def _weight(self, phrase: Phrase) -> float:
        """How likely a phrase is the subject: for its place in the question, and for a name in it."""
        before = self.words[: phrase.first]
        tie = self._tie(phrase)
        parts = [word.part for word in before]
        acts = not tie and "auxiliary" in parts and "verb" not in parts
        hangs = tie in _WHERE or (bool(tie) and self._follows(phrase))
        regards = tie in _REGARDING and not self._follows(phrase)
        points = 3.0 * phrase.is_name + 1.0 * acts + 0.5 * min(4, len(phrase.words))
        return points + 3.0 * regards - 2.5 * (hangs and not regards) - 0.02 * phrase.first

    def _follows(self, phrase: Phrase) -> bool:
        """Whether only a preposition and an article stand between a phrase and the one before it."""
        ends = [each.last for each in self.phrases if each.last <= phrase.first]
        return bool(ends) and phrase.first - ends[-1] <= 2

    def _tie(self, phrase: Phrase) -> str:
        """The preposition before a phrase, if any."""
        before = self.words[max(0, phrase.first - 2) : phrase.first]
        if before and before[-1].part == "determiner":
            before = before[:-1]
        return before[-1].plain if before and before[-1].part == "preposition" else ""


def headed(subject: str, question: str) -> str:
    """A question with the subject that it leaves out before it."""
    return f"About {' '.join(subject.split())}: {question}"


def is_headed(question: str) -> bool:
    return _HEADED.match(question) is not None


def subject_of(phrase: Phrase) -> Subject:
    article = "the " if phrase.article in ("the", "a", "an", "this", "that") else ""
    if phrase.article in ("my", "our", "your", "these", "those"):
        article = "the " if phrase.article in ("these", "those") else f"{phrase.article} "
    return Subject(article + phrase.text, frozenset(map(stem, phrase.words)), phrase.is_name)


def carried(text: str) -> Subject:
    """The subject that a searched question was headed with."""
    words = words_of(f"about {text}")[1:]
    nouns = frozenset(stem(word.plain) for word in words if word.part == "noun")
    return Subject(text, nouns, any(word.is_name for word in words))


def named(name: str) -> Subject:
    return Subject(name, frozenset(stem(word.plain) for word in words_of(name)), is_name=True)


def lately(history: Sequence[Turn]) -> list[Asked]:
    """The last turns, the latest first. One that was searched with words said twice counts as it was typed."""
    texts = written("", history)
    turns = [replace(turn, searched=turn.question) if repeats(turn.searched, texts) else turn for turn in history]
    turns = [turn for turn in turns if turn.searched.strip()]
    return [Asked(turn) for turn in reversed(turns[-_TURNS:])]
