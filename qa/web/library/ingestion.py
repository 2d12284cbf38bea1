"""What the page puts into a collection and takes out of it: one piece of work after the other, a slip for each file."""

from __future__ import annotations

import hashlib
import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from qa.errors import PinciteError
from qa.names import sources_called
from qa.receipts import Entry, Receipt
from qa.sources import NothingFoundError, SourceFile, Upload, can_matter
from qa.web.jobs import Stopped
from qa.web.library.removals import take_out
from qa.web.library.slips import Slip, State, entries, summary

if TYPE_CHECKING:
    from qa.library import Library
    from qa.receipts import Failure
    from qa.web.jobs import Job, Jobs, Progress

_BATCH_FILES = 256
_BATCH_BYTES = 64_000_000
"""Uploads that are indexed in one run: as many as are embedded together, and as large as memory holds with ease."""

_KEPT = 1000
"""Slips that are remembered of what has ended well. What failed is remembered until somebody has seen it."""

_NAMED = 300
"""Files of one folder that get a slip of their own, those that failed first."""

_LONG = 2.0
"""Seconds after which what is followed has a slip of its own while it is indexed."""

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class _Task:
    """One thing to do. Of an upload `file` holds the bytes, and several are done at once.

    `indexes` says whether a source of some path is indexed by it. `removes` is the id of the document that it takes
    out, with the sources of these `paths`. `failed` is told why it failed, and whether that may pass.
    """

    slip: Slip
    work: Callable[[Progress], object] | None = None
    file: Path | None = None
    indexes: Callable[[str], bool] | None = None
    removes: str = ""
    paths: Sequence[str] = ()
    failed: Callable[[str, bool], object] | None = None


class Ingestion:
    """Every method may be called from any thread. What is asked for is done in the thread of `jobs`.

    `before` is called before something is put into the queue that indexes, with what says which paths.
    """

    def __init__(
        self, library: Library, jobs: Jobs, before: Callable[[Callable[[str], bool]], object] = lambda _: None
    ) -> None:
        self._library = library
        self._jobs = jobs
        self._before = before
        self._title = str(library.store.folder)
        self._lock = threading.Lock()
        self._waiting: deque[_Task] = deque()
        self._slips: dict[str, Slip] = {}
        self._failed: dict[str, _Task] = {}
        self._removing: dict[str, Sequence[str]] = {}
        self._change = 0

    # --- what is asked for

    def upload(self, name: str, file: Path) -> Slip:
        """Index the bytes in `file`, which is deleted then, as `name`. Raises PinciteError where the name is empty."""
        source = SourceFile.of(Upload(name, b""))
        return self._put(_Task(Slip(source.name), file=file, indexes=lambda path: path == source.path))

    def folder(self, path: str) -> Slip:
        """Index a file or a folder of this machine."""
        slip = Slip(path)
        return self._put(_Task(slip, lambda progress: self._folder(slip, path, progress), indexes=_below(path)))

    def follow(self, path: str, changed: set[str] | None, ended: Callable[[str, bool], object]) -> None:
        """Index what has changed below a path, None for all; slips are made for what is news, and for what takes long.

        `ended` is called with the sentence that says why it failed, or with an empty one, and whether that may pass.
        """
        if changed is not None and path not in changed and not any(map(can_matter, changed)):
            ended("", False)
            return
        slip = Slip(path, "running")

        def work(progress: Progress) -> None:
            begin = time.monotonic()

            def shown(done: int, total: int) -> None:
                if time.monotonic() - begin >= _LONG and slip.id not in self._slips:
                    with self._lock:
                        self._list(slip)
                progress(done, total)

            try:
                receipt = self._library.add([path], shown, changed=changed)
            except NothingFoundError:
                if changed is None or changed <= {path}:  # of its files nothing was said: its disk may be out
                    raise
                receipt = Receipt(removed=self._empty(path))
            self._name_files(replace(receipt, failed=self._untold(receipt)))
            self._settle(slip, "done", summary(receipt))
            ended("", False)

        is_indexed = _below(path) if changed is None else changed.__contains__
        self._put(_Task(slip, work, indexes=is_indexed, failed=ended), shown=False)

    def refresh(self, document_id: str, name: str, paths: Sequence[str]) -> Slip:
        """Index a document's files, which have these paths, again, or of an upload the bytes that were kept."""
        slip = Slip(name)
        again = lambda progress: self._refresh(slip, document_id, progress)  # noqa: E731
        return self._put(_Task(slip, again, indexes=lambda path: path in paths))

    def remove(self, document_id: str, name: str, paths: Sequence[str]) -> Slip:
        """Take a document out with the sources of these paths."""
        slip = Slip(name)

        def work(_progress: Progress) -> None:
            gone = take_out(self._library, document_id, paths)
            self._settle(slip, "removed", "; ".join(dict.fromkeys(entry.note for entry in gone if entry.note)))

        return self._put(_Task(slip, work, removes=document_id, paths=paths))

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
    def removing(self) -> dict[str, Sequence[str]]:
        """The ids of the documents that are about to be removed, and the paths of their sources."""
        with self._lock:
            return dict(self._removing)

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
        if task.indexes is not None:
            self._before(task.indexes)
        with self._lock:
            if shown:
                self._list(task.slip)
            if task.removes:
                self._removing[task.removes] = task.paths
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
        """The task whose turn it is, and of an upload those with it that make a run; no two of one name.

        None overtakes a removal, which is of what was there before it came.
        """
        if not self._waiting:
            return []
        first = self._waiting.popleft()
        if first.file is None:
            return [first]
        taken, size, names = [first], _size(first.file), {first.slip.name}
        for task in list(self._waiting):
            if task.removes:
                break
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
                self._removing.pop(tasks[0].removes, None)
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
        try:
            receipt = self._library.add([], progress, uploads=uploads)
        except Stopped:
            self._settle_indexed(tasks, uploads)
            raise
        slips = {task.slip.name: task.slip for task in tasks}
        for state, found in entries(receipt):
            for entry in found:
                self._enter(slips.pop(entry.source), state, entry)
        for failure in receipt.failed:
            self._settle(slips.pop(failure.source), "failed", failure.error)
        for slip in slips.values():
            self._settle(slip, "unchanged")
        for task in tasks:
            _delete(task.file)

    def _settle_indexed(self, tasks: Sequence[_Task], uploads: Sequence[Upload]) -> None:
        """Tell of those that were indexed before the others were stopped."""
        rows = {row.path: row for row in self._library.sources()}
        for task, upload in zip(tasks, uploads, strict=True):
            row = rows.get(SourceFile.of(upload).path)
            if row and row.sha256 == hashlib.sha256(upload.data).hexdigest():
                self._enter(task.slip, "added", Entry(row.name, row.document_id, row.passages))

    def _folder(self, slip: Slip, path: str, progress: Progress) -> None:
        receipt = self._library.add([path], progress)
        self._name_files(receipt)
        self._settle(slip, "done", summary(receipt))

    def _empty(self, folder: str) -> tuple[Entry, ...]:
        """Take out what was indexed from a folder in which there is nothing any more."""
        is_below = _below(folder)
        gone = [row.path for row in self._library.sources() if is_below(row.path) and not os.path.isfile(row.path)]
        removed = self._library.remove(*gone) if gone else ()
        return tuple(Entry(entry.source, entry.id, note="the file is gone") for entry in removed)

    def _name_files(self, receipt: Receipt) -> None:
        """Make a slip for each file in which there is news."""
        made = [Slip(failure.source, "failed", failure.error) for failure in receipt.failed]
        for state, found in entries(receipt):
            made.extend(Slip(entry.source).enter(state, entry) for entry in found)
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
        # Not its folder: what else is there, or is gone from there, was not asked about.
        files = [SourceFile(row.path, row.name, row.root) for row in rows if kept[row.path] is None]
        receipt = self._library.add(files, progress, uploads=uploads)
        if receipt.failed:
            self._settle(slip, "failed", receipt.failed[0].error)
            return
        for state, found in entries(receipt):
            if found:
                self._enter(slip, state, found[0])
                return
        self._settle(slip, "unchanged")

    # --- the slips

    def _fail(self, tasks: Iterable[_Task], told: str) -> None:
        """What failed as a whole is kept, so that it can be tried again; what is followed tries again by itself."""
        for task in tasks:
            with self._lock:
                self._removing.pop(task.removes, None)
                if task.failed is None and task.slip.id in self._slips:
                    task.slip.again = True
                    self._failed[task.slip.id] = task
            if task.failed is not None:
                task.failed(told, True)
            self._settle(task.slip, "failed", told)

    def _drop(self, tasks: Iterable[_Task]) -> None:
        for task in tasks:
            if task.failed is not None:
                task.failed("It was stopped, and goes on with the next change.", False)
            _delete(task.file)
            if not task.slip.ended:
                self._settle(task.slip, "stopped")

    def _enter(self, slip: Slip, state: State, entry: Entry) -> None:
        with self._lock:
            slip.enter(state, entry)
            self._touch(slip)

    def _settle(self, slip: Slip, state: State, told: str = "") -> None:
        with self._lock:
            slip.state, slip.told = state, told
            slip.again = slip.again and state == "failed"
            self._touch(slip)

    def _list(self, slip: Slip) -> None:
        self._slips[slip.id] = slip
        self._touch(slip)
        ended = [known for known in self._slips.values() if known.ended and known.state != "failed"]
        self._forget(ended[: max(0, len(ended) - _KEPT)])

    def _touch(self, slip: Slip) -> None:
        self._change += 1
        slip.change = self._change

    def _forget(self, slips: Iterable[Slip]) -> None:
        for slip in slips:
            del self._slips[slip.id]
            if task := self._failed.pop(slip.id, None):
                _delete(task.file)


def _below(folder: str) -> Callable[[str], bool]:
    """Whether a path is that of a folder, or of a file in it."""
    return lambda path: path == folder or path.startswith(os.path.join(folder, ""))


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0


def _delete(file: Path | None) -> None:
    if file is not None:
        with suppress(OSError):
            file.unlink()
