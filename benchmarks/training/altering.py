"""Questions altered so that their passage answers them no longer: another year, number or name, an opposite, a not.

The kinds are those in which the questions of SQuAD 2.0 without an answer differ from the others (Rajpurkar et al. 2018,
table 2).
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

_YEAR = re.compile(r"\b1[0-9]{3}\b|\b20[0-2][0-9]\b")
_NUMBER = re.compile(r"\b\d{1,3}(?:,\d{3})*\b")
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][\w'’-]+(?: (?:of |the )?[A-Z][\w'’-]+){0,3}")
_AUXILIARY = re.compile(r"\b(did|does|do|is|was|were|are|can|has|had|could|would)\b")

_PAIRS = """
    first last; before after; largest smallest; biggest smallest; highest lowest; oldest youngest; north
    south; east west; northern southern; eastern western; northeast southwest; northwest southeast; more less;
    most least; most fewest; increase decrease; increased decreased; rise fall; rose fell; won lost; win lose;
    early late; earliest latest; earlier later; began ended; begin end; started ended; start end; beginning
    end; upper lower; above below; minimum maximum; male female; men women; man woman; father mother; son
    daughter; brother sister; king queen; husband wife; old new; positive negative; import export; imports
    exports; public private; internal external; inside outside; inner outer; birth death; born killed; joined
    left; supported opposed; accepted rejected; allowed banned; gained lost; arrive leave; arrived departed;
    buy sell; bought sold; common rare; majority minority; similar different; strong weak; stronger weaker;
    fast slow; faster slower; winter summer; spring autumn; day night; morning evening; long short; longest
    shortest; longer shorter; high low; higher lower; large small; larger smaller; rich poor; hot cold; warm
    cold; left right; victory defeat; ally enemy; allies enemies; attack defend; attacked defended; build
    destroy; built destroyed; create destroy; created destroyed; open closed; opened closed; legal illegal;
    formal informal; rural urban; major minor; ancient modern; natural artificial; same opposite; best worst;
    better worse; good bad; heavy light; wet dry; young old; cause prevent; caused prevented; include exclude;
    included excluded; approved denied; agree disagree; agreed disagreed; appointed dismissed; founded
    dissolved; established abolished; predecessor successor; domestic foreign; civilian military; peace war;
    spend save; easy difficult; always never; with without; former current; acquired sold; top bottom; front
    rear; over under; maternal paternal; primary secondary; married divorced; raised lowered; expanded shrank
"""
_OPPOSITES: dict[str, list[str]] = {}
for _pair in " ".join(_PAIRS.split()).split("; "):
    _one, _other = _pair.split()
    _OPPOSITES.setdefault(_one, []).append(_other)
    _OPPOSITES.setdefault(_other, []).append(_one)


@dataclass(frozen=True, slots=True)
class _Case:
    """A question with its passage and answer, and another text on the same subject."""

    question: str
    passage: str
    answer: str
    elsewhere: str
    chance: random.Random


def altered(question: str, passage: str, answer: str, elsewhere: str, chance: random.Random) -> str | None:
    """The question with one thing changed, or None where nothing in it can be.

    `elsewhere` is another text on the same subject, from which names are taken.
    """
    case = _Case(question, passage, answer, elsewhere, chance)
    ways = [_other_year, _other_number, _other_name, _other_name, _opposite, _opposite, _negated]
    chance.shuffle(ways)
    for way in ways:
        changed = way(case)
        if changed and changed != question:
            return changed
    return None


def _other_year(case: _Case) -> str | None:
    year = _YEAR.search(case.question)
    if not year or year.group() not in case.passage:
        return None
    others = {found for found in _YEAR.findall(case.elsewhere) if found not in case.passage}
    moved = str(int(year.group()) + case.chance.choice([-40, -12, -7, -3, -2, -1, 1, 2, 3, 5, 9, 25]))
    other = case.chance.choice(sorted(others)) if others and case.chance.random() < 0.6 else moved
    return None if other in case.passage else _replaced(case.question, year.span(), other)


def _other_number(case: _Case) -> str | None:
    number = _NUMBER.search(case.question)
    if not number or number.group() not in case.passage:
        return None
    value = int(number.group().replace(",", ""))
    other = f"{max(2, round(value * case.chance.choice([0.25, 0.5, 0.7, 1.5, 2, 3]))):,}"
    return None if other in case.passage else _replaced(case.question, number.span(), other)


def _other_name(case: _Case) -> str | None:
    names = [found for found in _NAME.finditer(case.question) if found.group() in case.passage]
    if not names:
        return None
    name = case.chance.choice(names)
    length = len(name.group().split())
    others = {found for found in _NAME.findall(case.elsewhere) if abs(len(found.split()) - length) <= 1}
    others = {
        found for found in others if found not in case.passage and found not in case.question and found != case.answer
    }
    return _replaced(case.question, name.span(), case.chance.choice(sorted(others))) if others else None


def _opposite(case: _Case) -> str | None:
    words = [found for found in re.finditer(r"\w+", case.question) if found.group() in _OPPOSITES]
    if not words:
        return None
    word = case.chance.choice(words)
    other = case.chance.choice(_OPPOSITES[word.group()])
    return None if re.search(rf"\b{other}\b", case.passage) else _replaced(case.question, word.span(), other)


def _negated(case: _Case) -> str | None:
    auxiliary = _AUXILIARY.search(case.question)
    if not auxiliary or case.chance.random() < 0.7 or " not " in case.question or "n't" in case.question:
        return None
    short = "can't" if auxiliary.group() == "can" else f"{auxiliary.group()}n't"
    return _replaced(case.question, auxiliary.span(), short)


def _replaced(text: str, span: tuple[int, int], other: str) -> str:
    return text[: span[0]] + other + text[span[1] :]
