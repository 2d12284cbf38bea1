"""From a follow-up question and what was asked before to a question that stands alone, by rules.

Only words of the conversation are carried over. A question that names its own subject is left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.followup import vocabulary as known
from qa.followup.asked import Asked, Subject, headed, is_headed, lately
from qa.followup.ellipsis import expanded
from qa.followup.phrases import Phrase, Word, asking_phrase, has_verb, phrases_of, says_something, stem, words_of
from qa.followup.pronouns import applied, pointing
from qa.followup.repetition import repeats, written
from qa.followup.subject import topic
from qa.followup.turn import Turn
from qa.question import MAX_QUESTION

_LONGEST = 300
"""Characters of a follow-up question: a longer one says what it is about."""

_ROUNDS = 3
"""Times that something is carried over: "Why did he do that?" needs two."""

_FEW = 5
"""Words of a fragment: more say enough by themselves."""

_LEAD = re.compile(rf"\s*(?:(?:{'|'.join(sorted(known.LEADS, key=len, reverse=True))})\b[\s,]*)+(?=\w)", re.IGNORECASE)


def standalone(question: str, history: Sequence[Turn]) -> str:
    """The question that `question` asks after the turns of `history`, which are in order; itself where it stands alone.

    Never longer than may be asked. The same words always give the same question.
    """
    if not question.strip() or len(question) > _LONGEST or not history:
        return question
    asked = lately(history)
    if not asked:
        return question
    text = question.strip()
    texts = written(question, history)
    for _ in range(_ROUNDS):
        found = _rewritten(text, asked)
        if found is None or len(found) > MAX_QUESTION or repeats(found, texts):
            break
        text = found
    return question if text == question.strip() else text


def _rewritten(text: str, asked: Sequence[Asked]) -> str | None:
    """A question with one thing carried over; None where nothing is missing."""
    words = words_of(text)
    if not words or is_headed(text):
        return None
    short = expanded(text, asked)
    if short:
        return short
    phrases = phrases_of(text, words)
    found = pointing(text, words, phrases, asked)
    if found.edits:
        return _sentence(applied(text, found.edits))
    about = topic(asked)
    if about and (found.dangling or lacks_subject(text, words, phrases)) and not _mentions(words, about):
        return headed(about.text, _led(text))
    return None


def lacks_subject(text: str, words: Sequence[Word], phrases: Sequence[Phrase]) -> bool:
    """Whether a question does not say what it is about."""
    first = next((at for at, word in enumerate(words) if word.plain not in known.LEADS), 0)
    if [word.plain for word in words[first : first + 2]] in (["what", "about"], ["how", "about"]):
        return len(words) - first <= _FEW
    if asking_phrase(words):
        return True
    if any(word.is_name for word in words):
        return False
    if not any(word.plain.isascii() for word in words):
        return False  # another language
    nouns = [word for word in words if says_something(word)]
    if any(word.plain in ("other", "others", "another") for word in words) and len(nouns) <= 1 and has_verb(words):
        return True
    if _has_no_verb(text, words):
        return True
    if any(sign in text.rstrip(" .?!") for sign in ".?!\n"):
        return False
    if not has_verb(words):
        return len(words) <= _FEW and not any(word.part == "preposition" for word in words) and _is_one(words, phrases)
    opens = words[0].part in ("ask", "auxiliary") or words[0].plain in ("any", "another", "other", "others")
    return opens and not nouns


def _has_no_verb(text: str, words: Sequence[Word]) -> bool:
    """Whether a question begins like "why that ..." or "how many years, ...": with no verb where one belongs."""
    if (
        words[0].plain not in ("why", "when", "where", "how")
        or len(words) < 2
        or words[1].plain in ("to", "about", "come")
    ):
        return False
    sentence = text[: next((at for at, sign in enumerate(text) if sign in ".?!,"), len(text))]
    inside = [word for word in words[1:] if word.start < len(sentence)]
    if any(word.part == "auxiliary" for word in inside):
        return False
    return words[0].plain != "how" or not any(word.part == "verb" for word in inside)


def _is_one(words: Sequence[Word], phrases: Sequence[Phrase]) -> bool:
    """Whether a fragment is one noun phrase, or two with `and` between them."""
    if len(phrases) == 2:
        between = words[phrases[0].last : phrases[1].first]
        return [word.plain for word in between] in (["and"], ["or"])
    return len(phrases) <= 1


def _mentions(words: Sequence[Word], about: Subject) -> bool:
    own = {stem(word.plain) for word in words if says_something(word) and word.plain not in known.VERBS}
    return bool(about.words & own)


def _sentence(text: str) -> str:
    text = _led(text)
    return text[:1].upper() + text[1:]


def _led(text: str) -> str:
    """A question without the words that only tie it to what was said before."""
    lead = _LEAD.match(text)
    return text[lead.end() :] if lead else text
