"""Names in a text, and what a short phrase is: a person's name, a date, one thing or several."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.followup import vocabulary as known
from qa.followup.phrases import YEAR, Word

_SMALL = {"of", "al", "bin", "de", "van", "von", "ibn"}
"""What stands between two words of a name."""

_FILLING = {"in", "on", "the", "of", "th", "st", "nd", "rd", "early", "late", "mid"}
_TIE = re.compile(rf"\s(?:{'|'.join(sorted(known.PREPOSITIONS))})\s")
_OWNS = re.compile(r"['’]s?$")

_NOT_PERSONS = known.THINGS.union(known.CATEGORIES, known.GENERIC, known.MONTHS, known.PREPOSITIONS, known.DETERMINERS)


def names(words: Sequence[Word], text: str) -> list[tuple[int, int]]:
    """Runs of capitalised words, with a small one between two of them."""
    runs: list[tuple[int, int]] = []
    for at, word in enumerate(words):
        if not word.is_name:
            continue
        if runs and not words[runs[-1][1] - 1].owns:
            last = runs[-1][1]
            gap = text[words[last - 1].end : word.start]
            tied = at - last == 1 and words[last].plain in _SMALL
            if (at == last and gap.isspace()) or tied:
                runs[-1] = (runs[-1][0], at + 1)
                continue
        runs.append((at, at + 1))
    return runs


def owner(text: str) -> str:
    """A name without its possessive ending."""
    return _OWNS.sub("", text)


def is_person(name: str) -> bool:
    """Whether a name looks like a person's: a title, or two or three words of which none is another thing's."""
    words = owner(name).split()
    low = [word.lower().strip(".") for word in words]
    if low and low[0] in known.TITLES and len(low) > 1:
        return True
    return (
        2 <= len(words) <= 3
        and all(word[0].isupper() and not word.isupper() and word.isalpha() for word in words)
        and _NOT_PERSONS.isdisjoint(low)
        and name.lower() not in known.COUNTRIES
    )


def is_date(text: str) -> bool:
    """Whether a short text is a year, month or day."""
    low = re.findall(r"[a-z]+|[0-9]+", text.lower())
    if not low or len(low) > 5:
        return False
    dated = any(word in known.MONTHS or YEAR.fullmatch(word) for word in low)
    return dated and all(word in known.MONTHS or word in _FILLING or word.isdigit() for word in low)


def is_plural(text: str) -> bool:
    """Whether a phrase means several things, by its head: "mills in the city" does, "the MOU on the mills" does not."""
    head = _TIE.split(text.lower(), maxsplit=1)[0]
    return " and " in head or (head.endswith("s") and not head.endswith(("ss", "us", "is", "'s", "series", "news")))
