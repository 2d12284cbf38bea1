"""Work that goes on by itself: how far it is, how it ends, how it is stopped."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from qa.errors import PinciteError
from qa.web.jobs import Job, Jobs, Progress


@pytest.fixture
def jobs() -> Iterator[Jobs]:
    with closing(Jobs()) as jobs:
        yield jobs


def until(true: Callable[[], bool]) -> None:
    for _ in range(2000):
        if true():
            return
        time.sleep(0.005)
    pytest.fail("it did not come about in ten seconds")


def ended(job: Job) -> Job:
    until(lambda: job.ended)
    return job


class Slow:
    """Work in steps that begin when they may."""

    def __init__(self, steps: int = 3) -> None:
        self.steps = steps
        self.may = threading.Semaphore(0)
        self.begun = threading.Event()

    def __call__(self, progress: Progress) -> str:
        for step in range(self.steps):
            progress(step, self.steps)
            self.begun.set()
            assert self.may.acquire(timeout=10)
        progress(self.steps, self.steps)
        return "made"


def test_work_is_done_and_its_result_kept(jobs: Jobs) -> None:
    job = ended(jobs.start("Count", lambda _progress: 6 * 7))
    assert (job.title, job.state, job.result, job.told) == ("Count", "done", 42, "")
    assert jobs.get(job.id) is job


def test_its_progress_is_seen(jobs: Jobs) -> None:
    work = Slow(4)
    job = jobs.start("Slow", work)
    assert work.begun.wait(10)
    assert (job.state, job.done, job.total, job.share) == ("running", 0, 4, 0.0)
    work.may.release()
    until(lambda: job.done == 1)
    assert job.share == 0.25
    work.may.release(3)
    assert ended(job).share == 1.0


def test_the_share_of_work_without_an_end_and_beyond_it() -> None:
    assert Job("a").share == 0.0
    assert Job("a", done=5, total=0).share == 0.0
    assert Job("a", done=5, total=4).share == 1.0


def test_one_is_done_after_the_other_in_their_order(jobs: Jobs) -> None:
    work, order = Slow(1), []
    first = jobs.start("first", work)
    second = jobs.start("second", lambda _progress: order.append("second"))
    third = jobs.start("third", lambda _progress: order.append("third"))
    assert work.begun.wait(10)
    assert (first.state, second.state, third.state) == ("running", "waiting", "waiting")
    assert jobs.all() == (third, second, first)
    work.may.release()
    ended(third)
    assert order == ["second", "third"]


def test_what_runs_is_stopped_where_it_next_tells_of_its_progress(jobs: Jobs) -> None:
    work = Slow()
    job = jobs.start("Slow", work)
    assert work.begun.wait(10)
    jobs.stop(job.id)
    assert job.state == "running"
    work.may.release()
    assert ended(job).state == "stopped"
    assert job.result is None
    assert ended(jobs.start("next", lambda _progress: 1)).state == "done"


def test_what_waits_is_stopped_at_once(jobs: Jobs) -> None:
    work = Slow(1)
    jobs.start("first", work)

    def never(_progress: Progress) -> None:
        raise AssertionError("it was stopped")

    waiting = jobs.start("second", never)
    last = jobs.start("third", lambda _progress: None)
    jobs.stop(waiting.id)
    assert waiting.state == "stopped"
    work.may.release()
    assert ended(last).state == "done"
    assert (waiting.state, waiting.told) == ("stopped", "")


def test_what_has_ended_or_is_not_known_cannot_be_stopped(jobs: Jobs) -> None:
    job = ended(jobs.start("Count", lambda _progress: 1))
    jobs.stop(job.id)
    jobs.stop("no such job")
    assert job.state == "done"
    assert jobs.get("no such job") is None
    assert ended(jobs.start("next", lambda progress: progress(1, 1))).state == "done"


def test_an_error_for_a_person_is_its_sentence(jobs: Jobs) -> None:
    def refused(_progress: Progress) -> None:
        raise PinciteError("The disk is full: make room.")

    job = ended(jobs.start("Refused", refused))
    assert (job.state, job.told) == ("failed", "The disk is full: make room.")


def test_any_other_error_is_logged_and_not_told(jobs: Jobs, caplog: pytest.LogCaptureFixture) -> None:
    def broken(_progress: Progress) -> None:
        raise RuntimeError("/home/someone/secret")

    with caplog.at_level(logging.ERROR):
        job = ended(jobs.start("Broken", broken))
    assert (job.state, job.told) == ("failed", "Something went wrong; the program's log says more.")
    assert caplog.records[0].exc_info
    assert ended(jobs.start("next", lambda _progress: 1)).result == 1


def test_the_last_hundred_are_remembered_and_none_that_goes_on_is_forgotten(jobs: Jobs) -> None:
    work = Slow(1)
    first = jobs.start("first", work)
    later = [jobs.start(f"{number}", lambda _progress: None) for number in range(150)]
    assert jobs.get(first.id) is first
    assert len(jobs.all()) == 151  # none of them has ended
    work.may.release()
    ended(later[-1])
    last = ended(jobs.start("last", lambda _progress: None))
    assert jobs.get(first.id) is None
    assert len(jobs.all()) <= 102
    assert jobs.all()[0] is last


def test_closing_stops_what_runs_and_drops_what_waits() -> None:
    jobs = Jobs()
    work = Slow()
    running = jobs.start("Slow", work)
    waiting = jobs.start("next", lambda _progress: 1)
    assert work.begun.wait(10)
    closing_ = threading.Thread(target=jobs.close)
    closing_.start()
    work.may.release(3)
    closing_.join(10)
    assert not closing_.is_alive()
    assert (running.state, waiting.result) == ("stopped", None)


def test_closing_where_nothing_was_begun() -> None:
    Jobs().close()
