"""BM25 over the words of the passages, by SQLite's FTS5: Porter stems, no diacritics."""

from __future__ import annotations

import json
import re
import sqlite3
import unicodedata
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

SCHEMA = """
CREATE VIRTUAL TABLE lexical USING fts5(
    text, context, content = 'passage', content_rowid = 'number',
    tokenize = "porter unicode61 remove_diacritics 2 categories 'L* N*'"
);
"""

Numbers = NDArray[np.int64]

CONTEXT = 0.3
"""How much a word of the title or of a heading counts, beside one of the passage itself."""

WORD = re.compile(r"[^\W_]+")
"""A word, in any script."""

_FETCHED = 1000
"""Passages that are looked through at a time for those that may be found."""

_ROW = 6
"""Words that hardly ever stand in a row by chance."""

_ROWS = 20
"""Such rows that are looked for at most."""

STOP_WORDS = frozenset(
    """
    a about all also am an and any are as at be been being but by can could did do does doing done for from had
    has have having he her hers him his how i if in into is it its just may me many might more most much must my
    no nor not of on or other our ours shall she should so some such than that the their theirs them then there
    these they this those to too upon us very was we were what when where which who whom whose why will with
    would you your yours s t tell say please
    """.split()
)
"""Words that say how a question is asked, not what it is about."""

_HEADING = re.compile(r"About [^\n]{1,200}?: ")
"""What `qa.followup` sets before a question that leaves out its subject."""


def words(question: str) -> list[str]:
    """The words of a question that carry its subject, in order and once each; all words where none does.

    Of "About the steel mills: any costs?" those after the heading, which is searched by meaning alone: it says what the
    conversation is about, and in a question of a word or two its words would outweigh those that were asked.
    """
    heading = _HEADING.match(question)
    asked = subjects(question[heading.end() :]) if heading else []
    return asked or subjects(question) or _forms(_written(question))


def subjects(question: str) -> list[str]:
    """The words of a question that carry its subject, in order and once each."""
    shouted = question.isupper()
    written = enumerate(_written(question))
    return _forms(word for at, word in written if _carries_subject(word, first=at == 0, shouted=shouted))


def _written(question: str) -> list[str]:
    return WORD.findall(unicodedata.normalize("NFC", question))  # where marks are no characters of their own


def _forms(found: Iterable[str]) -> list[str]:
    forms: dict[str, str] = {}
    for word in found:
        forms.setdefault(word.casefold(), word)
    return list(forms.values())


def _carries_subject(word: str, *, first: bool, shouted: bool) -> bool:
    """Whether a word is no stop word, or one that is written as a name: US, IS, WHO, May."""
    if word.casefold() not in STOP_WORDS:
        return True
    return len(word) > 1 and not shouted and (word.isupper() or (word[0].isupper() and not first))


def add(connection: sqlite3.Connection, rows: Iterable[tuple[int, str, str]]) -> None:
    """Put passages in: number, text and context of each."""
    connection.executemany("INSERT INTO lexical (rowid, text, context) VALUES (?, ?, ?)", rows)


def remove(connection: sqlite3.Connection, rows: Iterable[tuple[int, str, str]]) -> None:
    """Take passages out. FTS5 needs the very text that was added, so this comes before the passages are deleted."""
    connection.executemany("INSERT INTO lexical (lexical, rowid, text, context) VALUES ('delete', ?, ?, ?)", rows)


def erase(connection: sqlite3.Connection) -> None:
    """Rewrite the index without what was removed: until then its words can still be read in the file.

    From SQLite 3.42 on, FTS5's own secure-delete would do it at once; older ones have nothing else.
    """
    connection.execute("INSERT INTO lexical (lexical) VALUES ('optimize')")


def search(
    connection: sqlite3.Connection, question: str, k: int, among: Numbers | None = None
) -> list[tuple[int, float]]:
    """The `k` best passages as (number, BM25 score), best first, ties by number; only those `among`, which ascend."""
    query = " OR ".join(_quoted(word) for word in words(question))
    if not query or k <= 0:
        return []
    rows = connection.execute(
        "SELECT rowid, -rank FROM lexical WHERE lexical MATCH ? AND rank MATCH ? ORDER BY rank, rowid LIMIT ?",
        (query, f"bm25(1.0, {CONTEXT})", k if among is None else -1),
    )
    if among is None:
        return rows.fetchall()
    found: list[tuple[int, float]] = []
    while len(found) < k and (part := rows.fetchmany(_FETCHED)):
        numbers = np.array([number for number, _ in part], dtype=np.int64)
        found += [part[at] for at in np.flatnonzero(inside(numbers, among))]
    return found[:k]


def inside(numbers: Numbers, among: Numbers) -> NDArray[np.bool_]:
    """Which of some numbers are `among` others, which ascend."""
    places = np.minimum(np.searchsorted(among, numbers), max(0, len(among) - 1))
    found: NDArray[np.bool_] = among[places] == numbers if len(among) else np.zeros(len(numbers), dtype=bool)
    return found


def frequency(connection: sqlite3.Connection, word: str) -> int:
    """In how many passages a word stands."""
    query = "SELECT count(*) FROM lexical WHERE lexical MATCH ?"
    number: int = connection.execute(query, (f"text : {_quoted(word)}",)).fetchone()[0]
    return number


def matched(
    connection: sqlite3.Connection, wanted: Iterable[str], numbers: Sequence[int]
) -> dict[int, tuple[str, ...]]:
    """Of passages the words among those wanted that they have, or their titles or headings."""
    query = "SELECT rowid FROM lexical WHERE lexical MATCH ? AND rowid IN (SELECT value FROM json_each(?))"
    found: dict[int, list[str]] = {number: [] for number in numbers}
    for word in wanted:
        for (number,) in connection.execute(query, (_quoted(word), json.dumps(list(found)))):
            found[number].append(word)
    return {number: tuple(held) for number, held in found.items()}


def in_a_row(connection: sqlite3.Connection, text: str, k: int) -> list[int]:
    """The `k` best passages that have six words of a text, or all of a shorter one, in a row.

    A text that does not stand in one passage alone is found by the part that does.
    """
    found = WORD.findall(text)
    starts = [*range(0, len(found) - _ROW, _ROW), max(0, len(found) - _ROW)]
    phrases = [" ".join(found[at : at + _ROW]) for at in starts[-_ROWS:]]
    query = " OR ".join(_quoted(phrase) for phrase in phrases if phrase)
    if not query:
        return []
    rows = connection.execute(
        "SELECT rowid FROM lexical WHERE lexical MATCH ? ORDER BY rank, rowid LIMIT ?", (f"text : ({query})", k)
    )
    return [number for (number,) in rows]


def missing(connection: sqlite3.Connection, question: str) -> tuple[str, ...]:
    """The words of a question, as they were written, that stand in no passage."""
    query = "SELECT 1 FROM lexical WHERE lexical MATCH ? LIMIT 1"
    return tuple(
        word for word in subjects(question) if not connection.execute(query, (f"text : {_quoted(word)}",)).fetchone()
    )


def _quoted(word: str) -> str:
    # Between quotes FTS5 sees no operators; a word never holds a quote itself.
    return f'"{word}"'
