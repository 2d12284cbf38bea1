"""What the page puts into a collection and takes out of it: one piece of work after the other, a slip for each file."""

from __future__ import annotations

import logging
import secrets
import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from qa.errors import PinciteError
from qa.names import sources_called
from qa.sources import SourceFile, Upload
from qa.web.jobs import Stopped

if TYPE_CHECKING:
    from qa.library import Library
    from qa.receipts import Entry, Failure, Receipt
    from qa.web.jobs import Job, Jobs, Progress

State = Literal["waiting", "running", "added", "updated", "unchanged", "removed", "done", "failed", "stopped"]
"""`done` is a folder's, whose files have slips of their own."""

_BATCH_FILES = 256
_BATCH_BYTES = 64_000_000
"""Uploads that are indexed in one run: as many as are embedded together, and as large as memory holds with ease."""

_KEPT = 1000
"""Slips that are remembered of what has ended."""

_NAMED = 300
"""Files of one folder that get a slip of their own, those that failed first."""

_logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Slip:
    """What became of one file, folder or document. `told` says why it failed, or what a person should know.

    `change` counts the changes of all slips of a collection; `again` says that it can be tried again.
    """

    name: str
    state: State = "waiting"
    told: str = ""
    passages: int = 0
    pages: int | None = None
    blank_pages: int = 0
    again: bool = False
    change: int = 0
    id: str = field(default_factory=lambda: secrets.token_hex(8))

    @property
    def ended(self) -> bool:
        return self.state not in ("waiting", "running")


@dataclass(frozen=True, slots=True, eq=False)
class _Task:
    """One thing to do. Of an upload `file` holds the bytes, and several are done at once.

    `removes` is the id of the document that it takes out; `failed` is told why it failed.
    """

    slip: Slip
    work: Callable[[Progress], object] | None = None
    file: Path | None = None
    removes: str = ""
    failed: Callable[[str], object] | None = None


class Ingestion:
    """Every method may be called from any thread. What is asked for is done in the thread of `jobs`."""

    def __init__(self, library: Library, jobs: Jobs) -> None:
        self._library = library
        self._jobs = jobs
        self._title = str(library.store.folder)
        self._lock = threading.Lock()
        self._waiting: deque[_Task] = deque()
        self._slips: dict[str, Slip] = {}
        self._failed: dict[str, _Task] = {}
        self._removing: set[str] = set()
        self._change = 0

    # --- what is asked for

    def upload(self, name: str, file: Path) -> Slip:
        """Index the bytes in `file`, which is deleted then, as `name`. Raises PinciteError where the name is empty."""
        return self._put(_Task(Slip(SourceFile.of(Upload(name, b"")).name), file=file))

    def folder(self, path: str) -> Slip:
        """Index a file or a folder of this machine."""
        slip = Slip(path)
        return self._put(_Task(slip, lambda progress: self._folder(slip, path, progress)))

    def follow(self, path: str, changed: set[str] | None, ended: Callable[[str], object]) -> None:
        """Index what has changed below a path, None for all; slips are made for what is news.

        `ended` is called with the sentence that says why it failed, or with an empty one.
        """

        def work(_progress: Progress) -> None:
            receipt = self._library.add([path], changed=changed)
            self._name_files(replace(receipt, failed=self._untold(receipt)))
            ended("")

        self._put(_Task(Slip(path), work, failed=ended), shown=False)

    def refresh(self, document_id: str, name: str) -> Slip:
        """Index a document's files again, or of an upload the bytes that were kept."""
        slip = Slip(name)
        return self._put(_Task(slip, lambda progress: self._refresh(slip, document_id, progress)))

    def remove(self, document_id: str, name: str) -> Slip:
        """Take a document out with all its sources."""
        slip = Slip(name)
        return self._put(_Task(slip, lambda _progress: self._remove(slip, document_id), removes=document_id))

    def retry(self, slip_id: str) -> None:
        """Do once more what failed, where that can help."""
        with self._lock:
            task = self._failed.pop(slip_id, None)
        if task is not None:
            self._settle(task.slip, "waiting")
            self._put(task)

    def stop(self) -> None:
        """Drop what waits to be indexed, and stop what runs; what it has indexed by then stays."""
        with self._lock:
            dropped = [task for task in self._waiting if not task.removes]
            self._waiting = deque(task for task in self._waiting if task.removes)
        self._drop(dropped)
        for job in self._running:
            self._jobs.stop(job.id)

    def clear(self) -> None:
        """Forget the slips of what has ended."""
        with self._lock:
            ended = [slip for slip in self._slips.values() if slip.ended]
            self._forget(ended)

    # --- what there is to see

    @property
    def removing(self) -> frozenset[str]:
        """The ids of the documents that are about to be removed."""
        with self._lock:
            return frozenset(self._removing)

    @property
    def progress(self) -> tuple[int, int]:
        """How many bytes of what runs are done, and how many there are."""
        return next(((job.done, job.total) for job in self._running), (0, 0))

    @property
    def _running(self) -> list[Job]:
        return [job for job in self._jobs.all() if job.title == self._title and job.state == "running"]

    def slips(self, after: int = 0) -> tuple[Slip, ...]:
        """Those that changed after a number, in the order of their changes."""
        with self._lock:
            changed = [replace(slip) for slip in self._slips.values() if slip.change > after]
        return tuple(sorted(changed, key=lambda slip: slip.change))

    # --- the work

    def _put(self, task: _Task, *, shown: bool = True) -> Slip:
        with self._lock:
            if shown:
                self._list(task.slip)
            if task.removes:
                self._removing.add(task.removes)
            self._waiting.append(task)
            made = replace(task.slip)
        # A turn for each: one that finds what it was for done with others has nothing left to do.
        self._jobs.start(self._title, self._turn)
        return made

    def _turn(self, progress: Progress) -> None:
        with self._lock:
            tasks = self._next()
        if tasks:
            self._do(tasks, progress)

    def _next(self) -> list[_Task]:
        """The task whose turn it is, and of an upload those with it that make a run; no two of one name."""
        if not self._waiting:
            return []
        first = self._waiting.popleft()
        if first.file is None:
            return [first]
        taken, size, names = [first], _size(first.file), {first.slip.name}
        for task in list(self._waiting):
            if task.file is None or task.slip.name in names:
                continue
            size += _size(task.file)
            if size > _BATCH_BYTES or len(taken) == _BATCH_FILES:
                break
            taken.append(task)
            names.add(task.slip.name)
            self._waiting.remove(task)
        return taken

    def _do(self, tasks: Sequence[_Task], progress: Progress) -> None:
        for task in tasks:
            self._settle(task.slip, "running")
        try:
            work = tasks[0].work
            work(progress) if work else self._index(tasks, progress)
            with self._lock:
                self._removing.discard(tasks[0].removes)
        except Stopped:
            self._drop(tasks)
            raise
        except PinciteError as error:
            self._fail(tasks, str(error))
        except Exception:
            self._fail(tasks, "Something went wrong; the program's log says more.")
            raise

    def _index(self, tasks: Sequence[_Task], progress: Progress) -> None:
        uploads = [Upload(task.slip.name, task.file.read_bytes()) for task in tasks if task.file]
        receipt = self._library.add([], progress, uploads=uploads)
        slips = {task.slip.name: task.slip for task in tasks}
        for state, entries in _entries(receipt):
            for entry in entries:
                self._enter(slips.pop(entry.source), state, entry)
        for failure in receipt.failed:
            self._settle(slips.pop(failure.source), "failed", failure.error)
        for slip in slips.values():
            self._settle(slip, "unchanged")
        for task in tasks:
            _delete(task.file)

    def _folder(self, slip: Slip, path: str, progress: Progress) -> None:
        receipt = self._library.add([path], progress)
        self._name_files(receipt)
        self._settle(slip, "done", _summary(receipt))

    def _name_files(self, receipt: Receipt) -> None:
        """Make a slip for each file in which there is news."""
        made = [Slip(failure.source, "failed", failure.error) for failure in receipt.failed]
        for state, entries in _entries(receipt):
            made.extend(_entered(Slip(entry.source), state, entry) for entry in entries)
        with self._lock:
            for slip in reversed(made[:_NAMED]):
                self._list(slip)

    def _untold(self, receipt: Receipt) -> tuple[Failure, ...]:
        """What failed and was not told of: of a folder that is followed the same file fails again and again."""
        with self._lock:
            told = {(slip.name, slip.told) for slip in self._slips.values()}
        return tuple(failure for failure in receipt.failed if (failure.source, failure.error) not in told)

    def _refresh(self, slip: Slip, document_id: str, progress: Progress) -> None:
        with self._library.reading() as reading:
            rows = sources_called(reading, document_id)
            kept = {row.path: reading.original(row.path) for row in rows}
        uploads = [Upload(row.name, data) for row in rows if (data := kept[row.path]) is not None]
        files = [row for row in rows if kept[row.path] is None]
        # Named as it was when it was indexed, so that it keeps the name by which it is shown.
        roots = list(dict.fromkeys(row.root for row in files))
        receipt = self._library.add(roots, progress, uploads=uploads, changed={row.path for row in files})
        if receipt.failed:
            self._settle(slip, "failed", receipt.failed[0].error)
            return
        for state, entries in _entries(receipt):
            if entries:
                self._enter(slip, state, entries[0])
                return
        self._settle(slip, "unchanged")

    def _remove(self, slip: Slip, document_id: str) -> None:
        entries = self._library.remove(document_id)
        self._settle(slip, "removed", "; ".join(dict.fromkeys(entry.note for entry in entries if entry.note)))

    # --- the slips

    def _fail(self, tasks: Iterable[_Task], told: str) -> None:
        """What failed as a whole is kept, so that it can be tried again."""
        for task in tasks:
            if task.failed is not None:
                task.failed(told)
            with self._lock:
                self._removing.discard(task.removes)
                task.slip.again = True
                if task.slip.id in self._slips:
                    self._failed[task.slip.id] = task
            self._settle(task.slip, "failed", told)

    def _drop(self, tasks: Iterable[_Task]) -> None:
        for task in tasks:
            if task.failed is not None:
                task.failed("It was stopped, and goes on with the next change.")
            _delete(task.file)
            self._settle(task.slip, "stopped")

    def _enter(self, slip: Slip, state: State, entry: Entry) -> None:
        with self._lock:
            _entered(slip, state, entry)
            self._touch(slip)

    def _settle(self, slip: Slip, state: State, told: str = "") -> None:
        with self._lock:
            slip.state, slip.told = state, told
            slip.again = slip.again and state == "failed"
            self._touch(slip)

    def _list(self, slip: Slip) -> None:
        self._slips[slip.id] = slip
        self._touch(slip)
        ended = [known for known in self._slips.values() if known.ended]
        self._forget(ended[: max(0, len(ended) - _KEPT)])

    def _touch(self, slip: Slip) -> None:
        self._change += 1
        slip.change = self._change

    def _forget(self, slips: Iterable[Slip]) -> None:
        for slip in slips:
            del self._slips[slip.id]
            if task := self._failed.pop(slip.id, None):
                _delete(task.file)


def _entries(receipt: Receipt) -> tuple[tuple[State, tuple[Entry, ...]], ...]:
    return ("added", receipt.added), ("updated", receipt.updated), ("removed", receipt.removed)


def _entered(slip: Slip, state: State, entry: Entry) -> Slip:
    slip.state, slip.told, slip.passages = state, entry.note, entry.passages
    slip.pages, slip.blank_pages, slip.again = entry.pages, entry.blank_pages, False
    return slip


def _summary(receipt: Receipt) -> str:
    counts = (
        (len(receipt.added) + len(receipt.updated), "indexed"),
        (receipt.unchanged, "unchanged"),
        (len(receipt.failed), "failed"),
        (len(receipt.removed), "removed"),
        (sum(receipt.skipped.values()), "left alone (other formats, links, hidden)"),
    )
    return ", ".join(f"{count:,} {what}" for count, what in counts if count)


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0


def _delete(file: Path | None) -> None:
    if file is not None:
        with suppress(OSError):
            file.unlink()
