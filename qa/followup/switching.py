"""The last question, asked about something else: "How much is the pipeline worth?" - "What about the steel mills?"."""

from __future__ import annotations

from collections.abc import Sequence

from qa.followup import vocabulary as known
from qa.followup.asked import Asked, carried, headed
from qa.followup.names import is_person, is_plural
from qa.followup.phrases import Phrase, Word, phrase_at, phrases_of, says_something, stem, words_of

_TOPIC = ("on", "about", "regarding")
"""What stands before that which a document is about."""

_SINGULAR = {several: one for one, several in known.PLURAL.items()}


def switched(new: str, asked: Sequence[Asked]) -> str | None:
    """The last question with `new` in the place of its subject; None where `new` may be a side of that subject, as "the
    costs" are, or cannot take its place."""
    last = asked[0]
    text = f"about {new}"  # not the beginning of a sentence, where a capital says nothing
    words = words_of(text)
    phrase, old = _only_phrase(text, words), last.slot
    if phrase is None:
        return None
    head = _head(words, phrase)
    another = _is_another(head, phrase, asked)
    if last.about:
        alike = stem(head[-1].plain) in carried(last.about).words
        return headed(new, last.question) if alike or another else None
    if old is None or not _is_free(old, last.words):
        return None
    old_head = _head(last.words, old)
    alike = stem(head[-1].plain) == stem(old_head[-1].plain)
    if not alike and not another:
        return None
    if not old.article and all(word.is_name for word in old_head) and not any(word.is_name for word in head):
        return None  # a person or a country is no like of a thing without a name
    first = old.first if alike else _topic(last.words, old)
    return _put(new, first, old, last)


def _only_phrase(text: str, words: Sequence[Word]) -> Phrase | None:
    """The phrase after the first word, with what hangs on it; None where there is more, or less."""
    phrases = phrases_of(text, words)
    if not phrases or phrases[-1].last != len(words):
        return None
    first = phrases[0].first
    tied = all(word.part in ("noun", "preposition", "determiner") for word in words[first:])
    if not tied or first > 2 or (first == 2 and phrases[0].article not in ("the", "a", "an")):
        return None
    return phrase_at(text, words, first, len(words))


def _is_free(old: Phrase, words: Sequence[Word]) -> bool:
    """Whether another phrase can stand in the place of this one: not in that of `mills` in "which mills"."""
    before = words[old.first - 1 - bool(old.article)] if old.first > bool(old.article) else None
    tied = before is None or before.part in ("auxiliary", "verb", "preposition")
    return tied and old.article in ("", "the", "a", "an", "this", "my", "our", "your")


def _head(words: Sequence[Word], phrase: Phrase) -> list[Word]:
    """A phrase up to what hangs on it by a preposition."""
    inside = words[phrase.first : phrase.last]
    end = next((at for at, word in enumerate(inside) if word.part == "preposition"), len(inside))
    return list(inside[:end])


def _is_another(head: Sequence[Word], phrase: Phrase, asked: Sequence[Asked]) -> bool:
    """Whether a phrase is a thing by itself: it was asked about before, or it is a name or "the" and two words."""
    if not says_something(head[-1]) or is_person(phrase.text) or phrase.text.lower() in known.COUNTRIES:
        return False
    words = {stem(word) for word in phrase.words}
    if any(each.own and words <= each.own.words for each in asked[1:]):
        return True
    return len(head) > 1 and (phrase.article == "the" or all(word.is_name for word in head))


def _topic(words: Sequence[Word], old: Phrase) -> int:
    """Where that begins which takes the place of the new thing: "the steel mills" in "the MOU on the steel mills"."""
    inside = range(old.first, old.last - 1)
    tie = next((at for at in inside if words[at].plain in _TOPIC and words[at].part == "preposition"), None)
    if tie is None:
        return old.first
    return tie + 2 if words[tie + 1].part == "determiner" and tie + 2 < old.last else tie + 1


def _put(new: str, first: int, old: Phrase, last: Asked) -> str:
    """The last question with `new` from its word `first` to the end of the old phrase."""
    before = first - 1 if first and last.words[first - 1].part == "determiner" else first
    start = last.words[before].start
    verb = last.words[before - 1] if before else None
    text = last.question[:start] + new + last.question[old.end :]
    if verb is None or verb.plain not in known.PLURAL | _SINGULAR:
        return text
    forms = known.PLURAL if is_plural(new) else _SINGULAR
    agreeing = forms.get(verb.plain, verb.plain)
    agreeing = agreeing.capitalize() if verb.text[0].isupper() else agreeing
    return text[: verb.start] + agreeing + text[verb.end :]
