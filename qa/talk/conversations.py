"""Conversations as they are kept: begun, gone on with, listed, renamed, deleted.

Every method may be called by any thread and process, and raises PinciteError with a sentence where `talk.db` cannot be
read or written. Questions can be asked and answered without it.
"""

from __future__ import annotations

import re
import secrets
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from qa.errors import PinciteError
from qa.talk import database
from qa.talk.database import NAME, microseconds, now, time_of, within
from qa.talk.titles import headline, title_of
from qa.talk.turns import UNREADABLE, Turn, as_kept, as_line, parsed

MOST_TURNS = 1000
LISTED = 200
"""Conversations that are listed unless more are asked for."""

_ID = re.compile(r"[\w-]{16,64}", re.ASCII)


class DeletedError(PinciteError):
    """What was to be kept belongs to a conversation that was deleted."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """`title` is empty until the first question gives it one. Times are in UTC."""

    id: str
    title: str
    begun: datetime
    changed: datetime
    turns: tuple[Turn, ...] = ()


@dataclass(frozen=True, slots=True)
class Summary:
    """A conversation with the number of its turns in their place."""

    id: str
    title: str
    begun: datetime
    changed: datetime
    turns: int


class Conversations:
    """Those of the store in `folder`. Nothing is made there before something is kept."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME

    def begin(self, title: str = "") -> Conversation:
        """A new conversation, under an id that nobody guesses. Without a title it is kept with its first turn."""
        at = now()
        begun = Conversation(secrets.token_urlsafe(16), title_of(title), at, at)
        if begun.title:
            with database.writing(self.path) as connection:
                _begun(connection, begun.id, begun.title, at)
        return begun

    def list(self, limit: int | None = LISTED) -> tuple[Summary, ...]:
        """The last that were gone on with, newest first; all of them without a limit."""
        with database.reading(self.path) as connection:
            if connection is None:
                return ()
            rows = connection.execute(
                "SELECT id, title, begun, changed, "
                "(SELECT coalesce(max(turn.number), 0) FROM turn WHERE conversation = conversation.number) "
                "FROM conversation ORDER BY changed DESC, number DESC LIMIT ?",
                (-1 if limit is None else max(0, within(limit)),),
            ).fetchall()
        return tuple(Summary(id_, title, time_of(begun), time_of(changed), n) for id_, title, begun, changed, n in rows)

    def has(self, id_: str) -> bool:
        """Whether a conversation of this id is kept."""
        with database.reading(self.path) as connection:
            return connection is not None and bool(_ID.fullmatch(id_)) and _number(connection, id_) is not None

    def get(self, id_: str) -> Conversation | None:
        """A conversation with its turns in order, None where there is none of this id."""
        with database.reading(self.path) as connection:
            if connection is None or not _ID.fullmatch(id_):
                return None
            found = connection.execute(
                "SELECT number, title, begun, changed FROM conversation WHERE id = ?", (id_,)
            ).fetchone()
            if found is None:
                return None
            rows = connection.execute(
                "SELECT number, question, answer, notice, at FROM turn WHERE conversation = ? ORDER BY number",
                found[:1],
            ).fetchall()
        _, title, begun, changed = found
        return Conversation(id_, title, time_of(begun), time_of(changed), tuple(turn_of(*row) for row in rows))

    def append(self, id_: str, turn: Turn) -> int:
        """Keep a turn and return its number, from 1. A conversation that was begun without a title is kept with it.

        Raises PinciteError where the conversation is full, as DeletedError where it was deleted, and ValueError for an
        answer that is no JSON.
        """
        _check(id_)
        answer = None if turn.answer is None else as_line(turn.answer)
        question, notice = as_kept(turn.question), as_kept(turn.notice)
        with database.writing(self.path) as connection:
            conversation = _number(connection, id_) or _begun(connection, id_, "", now())
            (last,) = connection.execute(
                "SELECT coalesce(max(number), 0) FROM turn WHERE conversation = ?", (conversation,)
            ).fetchone()
            if last >= MOST_TURNS:
                raise PinciteError(f"This conversation has {MOST_TURNS:,} turns, and no room for more: begin one.")
            connection.execute(
                "INSERT INTO turn VALUES (?, ?, ?, ?, ?, ?)",
                (conversation, last + 1, question, answer, notice, microseconds(turn.at)),
            )
            connection.execute(
                "UPDATE conversation SET changed = ?, title = coalesce(nullif(title, ''), ?) WHERE number = ?",
                (microseconds(now()), headline(question), conversation),
            )
        return int(last) + 1

    def rename(self, id_: str, title: str) -> str:
        """Give a conversation another title and return it as it is kept; an empty one is the first question again.

        Raises PinciteError where there is no such conversation.
        """
        with database.writing(self.path) as connection:
            conversation = need(connection, id_)
            given = title_of(title) or _first_headline(connection, conversation)
            connection.execute("UPDATE conversation SET title = ? WHERE number = ?", (given, conversation))
        return given

    def delete(self, id_: str) -> bool:
        """Delete a conversation with the feedback on it, and say whether there was one.

        An answer to it that is under way is not kept. What became a gold question stays one.
        """
        _check(id_)
        with database.writing(self.path) as connection:
            connection.execute("INSERT OR IGNORE INTO deleted VALUES (?)", (id_,))
            return connection.execute("DELETE FROM conversation WHERE id = ?", (id_,)).rowcount > 0


def turn_of(number: int, question: str, line: str | None, notice: str, at: int) -> Turn:
    """A turn out of its row."""
    answer = parsed(line)
    is_lost = line is not None and answer is None
    return Turn(question, answer, UNREADABLE if is_lost else notice, time_of(at), number)


def need(connection: sqlite3.Connection, id_: str) -> int:
    """The number of a conversation. Raises PinciteError where there is none of this id."""
    number = _number(connection, id_) if _ID.fullmatch(id_) else None
    if number is None:
        raise PinciteError("There is no such conversation: it may have been deleted.")
    return number


def _number(connection: sqlite3.Connection, id_: str) -> int | None:
    found = connection.execute("SELECT number FROM conversation WHERE id = ?", (id_,)).fetchone()
    return int(found[0]) if found else None


def _begun(connection: sqlite3.Connection, id_: str, title: str, at: datetime) -> int:
    if connection.execute("SELECT 1 FROM deleted WHERE id = ?", (id_,)).fetchone():
        raise DeletedError("This conversation was deleted: begin a new one.")
    connection.execute(
        "INSERT INTO conversation (id, title, begun, changed) VALUES (?, ?, ?, ?)",
        (id_, title, microseconds(at), microseconds(at)),
    )
    number = _number(connection, id_)
    if number is None:
        raise AssertionError("a conversation that was kept a moment ago")
    return number


def _first_headline(connection: sqlite3.Connection, conversation: int) -> str:
    found = connection.execute(
        "SELECT question FROM turn WHERE conversation = ? AND number = 1", (conversation,)
    ).fetchone()
    return headline(found[0]) if found else ""


def _check(id_: str) -> None:
    if not _ID.fullmatch(id_):
        raise PinciteError("That is no conversation: begin a new one.")
