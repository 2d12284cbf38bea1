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
from contextlib import contextmanager
from pathlib import Path

from qa import lexical
from qa.errors import DamagedStoreError, PinciteError
from qa.lock import writer_lock
from qa.record import SCHEMA, Reading, Writing

_APPLICATION = 0x50494E43  # "PINC", as file(1) and SQLite's application_id want it
_VERSION = 1


class Store:
    """A folder with `store.db` and `LOCK`; open it as often as you like, write to it one at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "store.db"
        # Connections wait here between readings; each is used by one thread at a time.
        self._idle: queue.LifoQueue[sqlite3.Connection] = queue.LifoQueue()

    @property
    def exists(self) -> bool:
        return self.path.is_file()

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
                connection = self._idle.get_nowait()
            except queue.Empty:
                connection = self._connect_reader()
            try:
                connection.execute("BEGIN")
                yield Reading(connection)
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                self._idle.put(connection)

    @contextmanager
    def writing(self) -> Iterator[Writing]:
        """Hold the writer lock. Raises PinciteError at once where another process holds it."""
        with self._explained("written"), writer_lock(self.folder / "LOCK"):
            connection = sqlite3.connect(self.path, isolation_level=None, timeout=10)
            try:
                for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
                    connection.execute(f"PRAGMA {pragma}")
                self._prepare(connection)
                yield Writing(connection)
                # store.db is whole by itself then; where a reader is in the middle of a view, next time.
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            finally:
                connection.close()

    def close(self) -> None:
        while not self._idle.empty():
            self._idle.get_nowait().close()

    def _connect_reader(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"{self.path.absolute().as_uri()}?{'immutable=1' if self._is_sealed() else 'mode=ro'}",
            uri=True,
            isolation_level=None,
            timeout=10,
            check_same_thread=False,
        )
        try:
            self._check_version(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _is_sealed(self) -> bool:
        """Whether this is a whole store in a place where nobody can write, and SQLite no shared memory either."""
        log = self.path.with_name("store.db-wal")
        return not os.access(self.folder, os.W_OK) and not (log.is_file() and log.stat().st_size)

    def _prepare(self, connection: sqlite3.Connection) -> None:
        empty = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0] == 0
        if not empty:
            self._check_version(connection)
            return
        # One transaction, so that a crash leaves an empty file or a complete store.
        connection.executescript(
            f"BEGIN IMMEDIATE; PRAGMA application_id = {_APPLICATION}; PRAGMA user_version = {_VERSION};"
            f"{SCHEMA} {lexical.SCHEMA} COMMIT;"
        )

    def _check_version(self, connection: sqlite3.Connection) -> None:
        application = connection.execute("PRAGMA application_id").fetchone()[0]
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if application == 0 and version == 0 and self._is_empty(connection):
            raise PinciteError(f"The store in {self.folder} is empty: index something into it first.")
        if application != _APPLICATION:
            raise PinciteError(f"{self.path} was not made by Pincite: choose another folder with --store.")
        if version != _VERSION:
            raise PinciteError(
                f"{self.path} has store version {version} and this Pincite reads version {_VERSION}: "
                "use the Pincite that made it, or index into another --store."
            )

    @staticmethod
    def _is_empty(connection: sqlite3.Connection) -> bool:
        count: int = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
        return count == 0

    @contextmanager
    def _explained(self, done: str) -> Iterator[None]:
        """Turn what the disk or SQLite refuses into a sentence."""
        try:
            yield
        except sqlite3.DatabaseError as error:
            # An OperationalError is the disk's or another program's doing; the rest is what stands in the file.
            kind = PinciteError if isinstance(error, sqlite3.OperationalError) else DamagedStoreError
            raise kind(
                f"{self.path} could not be {done}: {error}. "
                f"Check the disk, then run: pincite check --store {self.folder}"
            ) from error
        except OSError as error:
            raise PinciteError(
                f"The store in {self.folder} could not be {done}: {error.strerror or error}. "
                "Check the disk and its permissions, or choose another folder with --store."
            ) from error
