"""The record: one SQLite file that holds every text and vector. All else can be deleted and comes back from it.

WAL with `synchronous=FULL`: a commit is the acknowledgement, and readers never wait. SQLite before 3.51.3 can corrupt
a WAL when one connection checkpoints while another commits; here only the writer's connection does either, because
readers open read-only.
"""

from __future__ import annotations

import os
import queue
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from embeddings.sealed import sync_folder
from qa.errors import DamagedStoreError, EmptyStoreError, PinciteError
from qa.lock import writer_lock
from qa.record import Reading
from qa.schema import SCHEMA, VERSION, migrate
from qa.writing import Writing

_File = tuple[int, int]
"""Device and inode: which file a path led to."""

_APPLICATION = 0x50494E43  # "PINC", as file(1) and SQLite's application_id want it


class _OutdatedError(Exception):
    """The store is of an earlier version: whoever may write it brings it up to date."""


class Store:
    """A folder with `store.db` and `LOCK`; open it as often as you like, write to it one at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "store.db"
        # Connections wait here between readings; each is used by one thread at a time.
        self._idle: queue.LifoQueue[tuple[sqlite3.Connection, _File]] = queue.LifoQueue()

    @property
    def exists(self) -> bool:
        with self._explained("read"):
            return self.path.is_file() and self.path.stat().st_size > 0

    def empty(self) -> EmptyStoreError:
        """What to tell whoever looks for something in a store that holds nothing."""
        return EmptyStoreError(
            f"The store in {self.folder} is empty: put documents in with pincite index PATH --store {self.folder}"
        )

    def create(self) -> None:
        """Make the store where there is none. Raises PinciteError where that is not possible here."""
        if self.exists:
            return
        with self._explained("made"):
            self.folder.mkdir(parents=True, exist_ok=True)
        with self.writing():
            pass

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        """A consistent view of the record for as long as the block lasts."""
        with self._explained("read"):
            try:
                connection, file = self._connection()
            except _OutdatedError:
                with self.writing():
                    pass
                connection, file = self._connection()
            try:
                connection.execute("BEGIN")
                yield Reading(connection)
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                if file is None:
                    connection.close()
                else:
                    self._idle.put((connection, file))

    @contextmanager
    def writing(self) -> Iterator[Writing]:
        """Hold the writer lock. Raises PinciteError at once where another process holds it."""
        with self._explained("written"), writer_lock(self.folder / "LOCK"):
            if not self.exists:
                self._make()
            connection = sqlite3.connect(self.path, isolation_level=None, timeout=10)
            try:
                version = self._version(connection)
                for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
                    connection.execute(f"PRAGMA {pragma}")
                if version < VERSION:
                    migrate(connection, version)
                writing = Writing(connection)
                yield writing
                writing.erase_removed()
                # store.db is whole by itself then. Where a reader is in the middle of a view: next time.
                connection.execute("PRAGMA busy_timeout=0")
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            finally:
                connection.close()

    def close(self) -> None:
        while not self._idle.empty():
            self._idle.get_nowait()[0].close()

    def _make(self) -> None:
        """Make an empty store beside its place and rename it, so that a crash leaves none or a complete one."""
        beside = self.folder / "store.db.new"
        for left in self.folder.glob("store.db.new*"):
            left.unlink()
        connection = sqlite3.connect(beside, isolation_level=None)
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.executescript(
                f"BEGIN IMMEDIATE; PRAGMA application_id = {_APPLICATION}; PRAGMA user_version = {VERSION};"
                f"{SCHEMA} COMMIT;"
            )
        finally:
            connection.close()  # the last one: its log goes into the file
        for name in ("store.db-wal", "store.db-shm"):  # of an earlier store here: SQLite would read them into this one
            (self.folder / name).unlink(missing_ok=True)
        beside.replace(self.path)
        sync_folder(self.folder)

    def _connection(self) -> tuple[sqlite3.Connection, _File | None]:
        """A connection that can only read, and the file it reads; None where it must not be kept for the next view."""
        if not self.exists:
            raise self.empty()
        status = self.path.stat()
        file = (status.st_dev, status.st_ino)
        while not self._idle.empty():
            with suppress(queue.Empty):
                connection, known = self._idle.get_nowait()
                if known == file:
                    return connection, known
                connection.close()  # the store was deleted and made anew meanwhile
        try:
            return self._connect("mode=ro"), file
        except sqlite3.OperationalError as error:
            log = self.folder / "store.db-wal"
            has_log = log.is_file() and log.stat().st_size > 0
            if error.sqlite_errorcode != sqlite3.SQLITE_CANTOPEN or has_log or os.access(self.folder, os.W_OK):
                raise
            # Read-only media: SQLite cannot set up the memory that it shares with writers, and needs none. Not kept,
            # because such a connection would not see what somebody with more rights writes.
            return self._connect("immutable=1"), None

    def _connect(self, how: str) -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"{self.path.absolute().as_uri()}?{how}",
            uri=True,
            isolation_level=None,
            timeout=10,
            check_same_thread=False,
        )
        try:
            if self._version(connection) < VERSION:
                raise _OutdatedError
        except BaseException:
            connection.close()
            raise
        return connection

    def _version(self, connection: sqlite3.Connection) -> int:
        """Of a store that is ours, and not of a later program."""
        application = connection.execute("PRAGMA application_id").fetchone()[0]
        version: int = connection.execute("PRAGMA user_version").fetchone()[0]
        if application != _APPLICATION:
            raise PinciteError(f"{self.path} was not made by Pincite: choose another folder with --store.")
        if not 1 <= version <= VERSION:
            raise PinciteError(
                f"{self.path} has store version {version} and this Pincite reads versions up to {VERSION}: "
                "use the Pincite that made it, or index into another --store."
            )
        return version

    @contextmanager
    def _explained(self, done: str) -> Iterator[None]:
        """Turn what the disk or SQLite refuses into a sentence."""
        try:
            yield
        except sqlite3.DatabaseError as error:
            raise _kind(error)(
                f"{self.path} could not be {done}: {error}. "
                f"Check the disk, then run: pincite check --store {self.folder}"
            ) from error
        except OSError as error:
            raise PinciteError(
                f"The store in {self.folder} could not be {done}: {error.strerror or error}. "
                "Check the disk and its permissions, or choose another folder with --store."
            ) from error


def _kind(error: sqlite3.DatabaseError) -> type[PinciteError]:
    """An OperationalError is the disk's or another program's doing, but for a table or text that is not."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)  # text that is not UTF-8 has none
    of_the_disk = isinstance(error, sqlite3.OperationalError) and code != sqlite3.SQLITE_ERROR
    return PinciteError if of_the_disk else DamagedStoreError
