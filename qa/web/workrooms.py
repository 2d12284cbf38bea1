"""What goes on in the collections of a page: what is indexed, evaluated, followed, and about to be removed."""

from __future__ import annotations

import logging
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from qa.errors import PinciteError
from qa.web.jobs import Jobs
from qa.web.library import followed
from qa.web.library.ingestion import Ingestion
from qa.web.library.listing import Listing
from qa.web.library.removals import Removals, take_out
from qa.web.library.watches import Watches

if TYPE_CHECKING:
    from qa.library import Library
    from qa.web.collections import Collection

_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Workroom:
    """What goes on in one of them. `uploads` is the folder where they wait; only its owner may read it."""

    library: Library
    listing: Listing
    ingestion: Ingestion
    removals: Removals
    watches: Watches
    uploads: Path


class Workrooms:
    """One for each collection, made when it is first asked for. Every method may be called from any thread.

    From then on what was followed in it when the program last ran is followed again.

    All share one thread that indexes, so that the machine has something left for those who ask, and one in which
    gold questions are asked: that of `evaluations`.
    """

    def __init__(self) -> None:
        self.evaluations = Jobs()
        self._jobs = Jobs()
        self._rooms: dict[str, Workroom] = {}
        self._lock = threading.Lock()
        self._uploads = tempfile.TemporaryDirectory(prefix="pincite-", ignore_cleanup_errors=True)

    def of(self, collection: Collection) -> Workroom:
        with self._lock:
            if collection.name not in self._rooms:
                self._rooms[collection.name] = self._made(collection.assistant.library)
            return self._rooms[collection.name]

    def close(self) -> None:
        """End all that goes on. What was to be removed is removed now, for the page says that it is.

        The collections are still open then.
        """
        self.evaluations.close()
        with self._lock:
            for room in self._rooms.values():
                room.watches.close()
                room.removals.close()
            self._jobs.close()
            for room in self._rooms.values():
                for document_id, paths in (room.removals.paths | room.ingestion.removing).items():
                    _remove(room.library, document_id, paths)
            self._rooms.clear()
        self._uploads.cleanup()

    def _made(self, library: Library) -> Workroom:
        listing = Listing(library)
        removals = Removals(lambda document_id, paths: ingestion.remove(document_id, listing.name(document_id), paths))
        ingestion = Ingestion(library, self._jobs, removals.hurry)
        folder = library.store.folder
        watches = Watches(ingestion.follow, keep=partial(followed.keep, folder))
        watches.resume(followed.read(folder))
        return Workroom(library, listing, ingestion, removals, watches, Path(self._uploads.name))


def _remove(library: Library, document_id: str, paths: Sequence[str]) -> None:
    try:
        take_out(library, document_id, paths)
    except PinciteError as error:
        _logger.warning("%s was not removed: %s", document_id, error)
