"""Work that takes long, and goes on while its page is looked at or closed."""

from __future__ import annotations

import logging
import secrets
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from qa.errors import PinciteError

State = Literal["waiting", "running", "done", "failed", "stopped"]
Progress = Callable[[int, int], None]
"""Called with how much is done and how much there is in all."""
Work = Callable[[Progress], object]
"""What gives a result, and raises PinciteError with a sentence where it cannot. It may be stopped wherever it tells of
its progress."""

_KEPT = 100
"""Jobs that are remembered."""

_logger = logging.getLogger(__name__)


class Stopped(Exception):
    """Raised in work that somebody has stopped."""


@dataclass
class Job:
    """One piece of work: how far it is, and how it ended. `told` is the sentence that says why it failed."""

    title: str
    id: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    state: State = "waiting"
    done: int = 0
    total: int = 0
    result: object = None
    told: str = ""

    @property
    def ended(self) -> bool:
        return self.state in ("done", "failed", "stopped")

    @property
    def share(self) -> float:
        """How much of it is done, from 0 to 1."""
        return min(self.done / self.total, 1.0) if self.total else 0.0


class Jobs:
    """Work that is done in a thread of its own, one piece after the other.

    Every method may be called from any thread.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: deque[tuple[Job, Work]] = deque()
        self._jobs: dict[str, Job] = {}
        self._stopping: set[str] = set()
        self._closed = False
        self._thread: threading.Thread | None = None

    def start(self, title: str, work: Work) -> Job:
        """Put work at the end of what waits. What is given back tells of it from now on."""
        job = Job(title)
        with self._changed:
            self._jobs[job.id] = job
            for old in [known for known in self._jobs.values() if known.ended][: max(0, len(self._jobs) - _KEPT)]:
                del self._jobs[old.id]
            self._waiting.append((job, work))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)
                self._thread.start()
            self._changed.notify_all()
        return job

    def get(self, job_id: str) -> Job | None:
        with self._changed:
            return self._jobs.get(job_id)

    def all(self) -> tuple[Job, ...]:
        """Those that are remembered, the newest first."""
        with self._changed:
            return tuple(reversed(self._jobs.values()))

    def stop(self, job_id: str) -> None:
        """Stop it where it next tells of its progress; what it has done by then stays done."""
        with self._changed:
            job = self._jobs.get(job_id)
            if job is not None and job.state == "waiting":
                job.state = "stopped"
            elif job is not None and job.state == "running":
                self._stopping.add(job_id)

    def close(self) -> None:
        """Stop what runs, drop what waits, and wait until the thread has ended."""
        with self._changed:
            self._closed = True
            self._stopping.update(job.id for job in self._jobs.values() if job.state == "running")
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closed or self._waiting)
                if self._closed:
                    return
                job, work = self._waiting.popleft()
                if job.state == "stopped":
                    continue
                job.state = "running"
            self._do(job, work)

    def _do(self, job: Job, work: Work) -> None:
        def progress(done: int, total: int) -> None:
            job.done, job.total = done, total
            if job.id in self._stopping:
                raise Stopped

        try:
            job.result = work(progress)
            job.state = "done"
        except Stopped:
            job.state = "stopped"
        except PinciteError as error:
            job.told, job.state = str(error), "failed"
        except Exception:
            _logger.exception("%s: it could not be done", job.title)
            job.told = "Something went wrong; the program's log says more."
            job.state = "failed"
        finally:
            self._stopping.discard(job.id)
