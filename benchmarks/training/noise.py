"""Questions as people type them: keywords, lower case, no question mark, slips of the finger."""

from __future__ import annotations

import random
import re

from qa.lexical import STOP_WORDS

_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_WORD = re.compile(r"\w+")
_LEFT_OUT = STOP_WORDS - {"who", "when", "where", "why", "how", "many", "much", "not", "no"}


def noisy(question: str, chance: random.Random) -> str:
    """The question as it was for two thirds, else in one of the ways in which people write less carefully."""
    draw = chance.random()
    if draw < 0.66:
        return question
    if draw < 0.76:
        return careless(question)
    if draw < 0.82:
        return question.rstrip(" ?")
    if draw < 0.88:
        return keywords(question)
    return typed(question if chance.random() < 0.6 else careless(question), chance)


def careless(question: str) -> str:
    """Lower case and no punctuation, as it is spoken or typed into a search box."""
    return " ".join(_WORD.findall(question.replace("'", "").lower()))


def keywords(question: str) -> str:
    """The words that carry the question, or the question where fewer than three are left."""
    left = [word for word in _WORD.findall(question) if word.lower() not in _LEFT_OUT]
    return " ".join(left).lower() if len(left) >= 3 else question


def typed(question: str, chance: random.Random) -> str:
    """One slip in ten words or so: a neighbouring key, a letter left out, doubled, or two exchanged."""
    words = question.split(" ")
    long = [at for at, word in enumerate(words) if len(word) > 3]
    for at in chance.sample(long, min(len(long), 1 + len(words) // 10)):
        words[at] = _slip(words[at], chance)
    return " ".join(words)


def _slip(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word) - 1)
    before, letter, after = word[:at], word[at], word[at + 1 :]
    kind = chance.randrange(4)
    if kind == 0:
        return before + _neighbour(letter, chance) + after
    if kind == 1:
        return before + after
    if kind == 2:
        return before + letter + letter + after
    return before + after[0] + letter + after[1:]


def _neighbour(letter: str, chance: random.Random) -> str:
    row = next((keys for keys in _KEYS if letter.lower() in keys), letter)
    at = row.find(letter.lower())
    near = row[max(0, at - 1) : at] + row[at + 1 : at + 2]
    return chance.choice(near) if near else letter
