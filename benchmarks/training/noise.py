"""Questions as people ask them: keywords, lower case, no question mark, slips of the finger, words misheard."""

from __future__ import annotations

import random
import re

from qa.lexical import STOP_WORDS

_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_WORD = re.compile(r"\w+")
_YEAR = re.compile(r"\b1[1-9]\d\d\b")
_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_SPOKEN = {*_SMALL, *_TENS, "hundred"}
_ALIKE = """
    to too two; for four; there their; its it's; no know; won one; by buy; sea see; right write; war wore; sun
    son; who's whose; where wear; which witch; new knew; week weak; whole hole; ate eight; made maid; male
    mail; main mane; piece peace; plane plain; role roll; sight site; some sum; weather whether; threw
    through; root route; air heir; rain reign; led lead; past passed; principal principle; capital capitol;
    council counsel; born borne; cells sells; currents currants
"""
_LIKE: dict[str, list[str]] = {}
for _group in " ".join(_ALIKE.replace("'", "").split()).split("; "):
    for _word in _group.split():
        _LIKE[_word] = [other for other in _group.split() if other != _word]
_SOUNDS = (
    *(
        ("ph", "f"),
        ("ck", "k"),
        ("c", "k"),
        ("k", "c"),
        ("ie", "y"),
        ("y", "ie"),
        ("ea", "ee"),
        ("ee", "ea"),
        ("ou", "ow"),
    ),
    *(("tion", "shun"), ("s", "z"), ("z", "s"), ("er", "or"), ("or", "er"), ("an", "en"), ("en", "an"), ("ll", "l")),
    *(("tt", "t"), ("ss", "s"), ("e", "a"), ("i", "e"), ("o", "u"), ("d", "t"), ("t", "d"), ("b", "p"), ("v", "f")),
)
_LEFT_OUT = STOP_WORDS - {"who", "when", "where", "why", "how", "many", "much", "not", "no"}


def noisy(question: str, chance: random.Random) -> str:
    """The question as it was for six in ten, else in one of the ways in which people ask less carefully."""
    draw = chance.random()
    if draw < 0.6:
        return question
    if draw < 0.66:
        return careless(question)
    if draw < 0.7:
        return question.rstrip(" ?")
    if draw < 0.76:
        return keywords(question)
    if draw < 0.9:
        return misheard(question, chance)
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


def misheard(question: str, chance: random.Random) -> str:
    """As a machine writes down what was said: no case, no marks, years in words, long words by their sound."""
    words = []
    for word in careless(_YEAR.sub(_spoken, question)).split():
        like = _LIKE.get(word)
        if like and chance.random() < 0.3:
            word = chance.choice(like)
        elif len(word) > 5 and word not in _SPOKEN and chance.random() < 0.25:
            word = _sounding(word, chance)
        words.append(word)
    return " ".join(words)


def _spoken(year: re.Match[str]) -> str:
    century, rest = divmod(int(year.group()), 100)
    if rest == 0:
        return f"{_cardinal(century)} hundred"
    return f"{_cardinal(century)} {'oh ' if rest < 10 else ''}{_cardinal(rest)}"


def _cardinal(number: int) -> str:
    if number < 20:
        return _SMALL[number]
    tens, ones = divmod(number, 10)
    return f"{_TENS[tens - 2]} {_SMALL[ones]}" if ones else _TENS[tens - 2]


def _sounding(word: str, chance: random.Random) -> str:
    """Another spelling of about the same sound, or the word in two pieces."""
    changes = [(old, new) for old, new in _SOUNDS if old in word[1:]]
    if not changes or chance.random() < 0.3:
        at = chance.randrange(2, len(word) - 2)
        return f"{word[:at]} {word[at:]}"
    old, new = chance.choice(changes)
    at = word.index(old, 1)
    return word[:at] + new + word[at + len(old) :]


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
