"""What a follow-up leaves out: the thing, person, place or date that an earlier question was about."""

from __future__ import annotations

from collections.abc import Sequence, Set

from qa.followup import vocabulary as known
from qa.followup.asked import READ, Asked, Subject, carried, named, subject_of
from qa.followup.names import is_date, is_person, is_plural, names, owner
from qa.followup.phrases import YEAR, stem, words_of

_TO_PLACES = frozenset(
    "in at to from visit visits visited visiting leave left reach reached enter entered invade invaded tour".split()
)

_PLACES = frozenset("city country district island place province region state town village".split())

_NEAR = 3
"""Turns in which a name may have been shown to be a person's."""

PEOPLE = frozenset("he him his himself she her hers herself he's she's".split())


def topic(asked: Sequence[Asked]) -> Subject | None:
    """What the last question with a subject was about."""
    return next((each.heading for each in asked if each.heading), None)


def thing(asked: Sequence[Asked], own: Set[str], *, several: bool) -> Subject | None:
    """What `it`, or with `several` `they`, stands for: the answer where something was asked for by name, else what the
    question was about. What the follow-up itself names (`own`, without plurals) it does not stand for."""
    people = frozenset().union(*(name.words for each in asked[:_NEAR] for name in persons(each)))
    answer = asked[0].entity if asked and asked[0].asks in ("which", "what") else ""
    if answer and not is_person(answer) and (several or not _is_list(answer)) and not _asks_aside(asked[0], people):
        return named(answer)
    for each in asked:
        subjects = [each.thing, each.subject, *map(subject_of, each.specific)]
        fitting = [one for one in subjects if one and not one.words <= own and not one.words <= people]
        if several:
            fitting.sort(key=lambda one: not (is_plural(one.text) or one.is_name))
        if fitting:
            return fitting[0]
    return None


def _asks_aside(each: Asked, people: Set[str]) -> bool:
    """Whether a question is about a thing and asks for something beside it: "In which city was the MOU signed?"."""
    return each.words[0].part == "preposition" and each.own is not None and not each.own.words <= people


def _is_list(answer: str) -> bool:
    return "," in answer or " and " in answer


def person(asked: Sequence[Asked]) -> Subject | None:
    """Whom the last person was: a name in the question, else the name that was its answer."""
    for each in asked:
        if who := _who(each):
            return who
        if each.asks in ("who", "whom") and each.entity:
            return named(each.entity)
        if found := persons(each):
            return found[0]
    return None


def _who(each: Asked) -> Subject | None:
    """The name in "Who is Zamir Kabulov?"."""
    words = [word for word in each.words if word.part != "determiner"]
    found = [word for word in words if word.is_name]
    asks = len(found) < len(words) and words[0].plain in ("who", "who's") and not any(word.owns for word in found)
    if not asks or not found or any(word.plain not in known.BE for word in words[1 : len(words) - len(found)]):
        return None
    return named(each.question[found[0].start : found[-1].end])


def persons(each: Asked) -> list[Subject]:
    """The persons in a question: their names, and what a `his` or `she` there stands for."""
    texts = [_text(each, first, last) for first, last in names(each.words, each.question)]
    found = [named(text) for text in texts if is_person(text)]
    if who := _who(each):
        return [who]
    return found or _personal(each)


def acting(asked: Sequence[Asked]) -> Subject | None:
    """The last name of one word that did something: Putin in "When did Putin visit Islamabad?"."""
    for each in asked:
        for first, last in names(each.words, each.question):
            before, after = each.words[first - 1 : first], each.words[last : last + 1]
            text = _text(each, first, last)
            does = before and after and before[0].part == "auxiliary" and after[0].part == "verb"
            if does and text.istitle() and text.isalpha() and text.lower() not in known.COUNTRIES:
                return named(text)
    return None


def _text(each: Asked, first: int, last: int) -> str:
    return owner(each.question[each.words[first].start : each.words[last - 1].end])


def _personal(each: Asked) -> list[Subject]:
    """What a `he` of the question as it was typed was found to stand for, or what a `his` in it belongs to."""
    typed = words_of(each.turn.question[:READ])
    if not any(word.plain in PEOPLE for word in typed):
        return []
    said = {stem(word.plain) for word in typed}
    put_in = [phrase for phrase in each.specific if not {stem(word) for word in phrase.words} & said]
    at = next((at for at, word in enumerate(each.words) if word.plain in PEOPLE), 0)
    bound = [phrase for phrase in each.specific if phrase.last <= at]
    return [subject_of(phrase) for phrase in (put_in or bound)[:1]]


def place(asked: Sequence[Asked]) -> str:
    """Where the last place was."""
    for each in asked:
        if each.entity and (each.asks == "where" or (each.asks and _PLACES & {word.plain for word in each.words[:3]})):
            return each.entity
        for phrase in reversed(each.phrases):
            before = each.words[phrase.first - 1].plain if phrase.first else ""
            before = each.words[phrase.first - 2].plain if before == "the" and phrase.first > 1 else before
            if phrase.is_name and (phrase.text.lower() in known.COUNTRIES or before in _TO_PLACES):
                return subject_of(phrase).text
        if each.entity and each.entity.lower() in known.COUNTRIES:
            return each.entity
    return ""


def date(asked: Sequence[Asked]) -> str:
    """The last year or date."""
    for each in asked:
        if is_date(each.turn.answer):
            return each.turn.answer.strip().rstrip(".")
        if found := YEAR.search(each.question):
            return found.group()
    return ""


def called(asked: Sequence[Asked], noun: str) -> Subject | None:
    """The longest phrase whose last noun is this one and that says more than it."""
    for each in asked:
        longer = [kept for phrase in each.phrases for kept in each.ending_in(phrase, stem(noun))]
        if longer:
            return subject_of(max(longer, key=lambda phrase: len(phrase.words)))
        if each.about and stem(noun) in carried(each.about).words and len(carried(each.about).words) > 1:
            return carried(each.about)
    return None
