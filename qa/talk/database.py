"""`talk.db`: conversations and feedback, in a file of their own that any process and thread may write at any moment.

WAL with `synchronous=FULL`: a commit is the acknowledgement, and readers never wait. Each use has a connection of its
own. SQLite before 3.51.3 can corrupt a WAL when one connection checkpoints while another commits; here none does:
checkpoints come only with the closing of the last connection, which SQLite does with the whole file locked. That also
deletes the log, and with it the last trace of what was deleted.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from qa.errors import PinciteError

NAME = "talk.db"
VERSION = 1

_APPLICATION = 0x50494E54  # "PINT": the record's is "PINC"
_PATIENCE = 10.0
"""Seconds that another writer is waited for; it writes for an instant."""

_SCHEMA = (
    """
CREATE TABLE conversation (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    begun INTEGER NOT NULL,
    changed INTEGER NOT NULL
) STRICT""",
    "CREATE INDEX conversation_changed ON conversation (changed)",
    """
CREATE TABLE turn (
    conversation INTEGER NOT NULL REFERENCES conversation ON DELETE CASCADE,
    number INTEGER NOT NULL,
    question TEXT NOT NULL,
    answer TEXT,
    notice TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (conversation, number)
) STRICT""",
    "CREATE TABLE deleted (id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID",
    """
CREATE TABLE feedback (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation INTEGER NOT NULL,
    turn INTEGER NOT NULL,
    kind TEXT NOT NULL,
    document TEXT NOT NULL,
    quote TEXT NOT NULL,
    answer TEXT NOT NULL,
    note TEXT NOT NULL,
    at INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'pending',
    UNIQUE (conversation, turn),
    FOREIGN KEY (conversation, turn) REFERENCES turn ON DELETE CASCADE
) STRICT""",
)
"""Times are microseconds since 1970. `deleted` keeps an answer that was under way from bringing a conversation back.
Numbers of feedback are never used again, so that nobody accepts another one than was looked at."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST = int(datetime(9999, 1, 1, tzinfo=UTC).timestamp()) * 1_000_000

_making = threading.Lock()


def now() -> datetime:
    return datetime.now(UTC)


def microseconds(at: datetime) -> int:
    """A time as it is kept. One without a zone is taken as local time."""
    return (at.astimezone(UTC) - _EPOCH) // timedelta(microseconds=1)


def within(number: int) -> int:
    """A whole number that SQLite takes; one that is too large stands for no row."""
    return number if abs(number) < 2**63 else -1


def time_of(kept: int) -> datetime:
    return _EPOCH + timedelta(microseconds=min(max(kept, 0), _LAST))


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection | None]:
    """A consistent view of the file, None where there is none yet. Raises PinciteError where it cannot be read."""
    with _explained(path, "read"):
        if not _has_content(path):
            yield None
            return
        with closing(_connected(path)) as connection:
            connection.execute("PRAGMA query_only=ON")
            connection.execute("BEGIN")
            yield connection if _version(connection, path) else None


@contextmanager
def writing(path: Path) -> Iterator[sqlite3.Connection]:
    """Change the file, all or nothing; it is made where there is none.

    When the block has ended without an exception, it is on the disk. Raises PinciteError where that cannot be.
    """
    with _explained(path, "written"):
        made = _make(path)
        with closing(_connected(path)) as connection:
            connection.execute("BEGIN")
            _version(connection, path)  # before anything is changed in a file that is not ours
            connection.execute("ROLLBACK")
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "wal_autocheckpoint=0"):
                connection.execute(f"PRAGMA {pragma}")
            for pragma in ("foreign_keys=ON", "secure_delete=ON"):
                connection.execute(f"PRAGMA {pragma}")
            connection.execute("BEGIN IMMEDIATE")
            if not _version(connection, path):
                _create(connection)
            yield connection
            connection.execute("COMMIT")
        if made:
            _sync_folder(path.parent)


def _has_content(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0


def _make(path: Path) -> bool:
    """Make an empty file for its owner alone where there is none, and say whether it was this call that did.

    SQLite drops the log of an earlier file when it finds this one empty.
    """
    with _making:  # its locks are the process's: they would be lost were the file closed while another thread has it
        path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
            return True
    return False


def _connected(path: Path) -> sqlite3.Connection:
    # Never read-only: what a process that was killed left half done has to be undone before anything is read.
    address = f"{path.absolute().as_uri()}?mode=rw"
    connection = sqlite3.connect(address, uri=True, isolation_level=None, timeout=_PATIENCE)
    # A damaged letter costs its turn, not the conversation.
    connection.text_factory = lambda data: data.decode("utf-8", "replace")
    return connection


def _create(connection: sqlite3.Connection) -> None:
    for statement in _SCHEMA:
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {_APPLICATION}")
    connection.execute(f"PRAGMA user_version = {VERSION}")


def _version(connection: sqlite3.Connection, path: Path) -> int:
    """Of a file that is ours and not of a later program; 0 where nothing is in it yet.

    To be asked within a transaction: another process may be making the file.
    """
    application: int = connection.execute("PRAGMA application_id").fetchone()[0]
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if application == version == 0 and not connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
        return 0
    if application != _APPLICATION:
        raise PinciteError(
            f"{path} was not made by Pincite, and conversations cannot be kept in it: move it away, and one is made."
        )
    if version != VERSION:
        raise PinciteError(
            f"{path} has version {version} and this Pincite reads version {VERSION}: "
            "use the Pincite that made it, or move it away to begin with no conversations."
        )
    return version


def _sync_folder(folder: Path) -> None:
    from embeddings.sealed import sync_folder  # brings numpy

    sync_folder(folder)


@contextmanager
def _explained(path: Path, done: str) -> Iterator[None]:
    """Turn what the disk or SQLite refuses into a sentence."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        if _is_of_the_disk(error):
            raise PinciteError(f"{path} could not be {done}: {error}. Check the disk and its permissions.") from error
        raise PinciteError(
            f"{path}, which holds the conversations, is damaged ({error}): move it away with the {NAME}-wal beside it, "
            "and a new one is made with the next question. Documents and answers do not need it."
        ) from error
    except OSError as error:
        raise PinciteError(
            f"{path} could not be {done}: {error.strerror or error}. Check the disk and its permissions."
        ) from error


def _is_of_the_disk(error: sqlite3.DatabaseError) -> bool:
    """Whether it is the disk's or another program's doing. A table that is missing is not."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    return isinstance(error, sqlite3.OperationalError) and code != sqlite3.SQLITE_ERROR
