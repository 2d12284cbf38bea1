"""`talk.db` itself: many writers at once, one that is killed, damage, versions, and what deleting leaves of it."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
import talker

from qa.errors import PinciteError
from qa.talk import Conversations, Feedback, Feedbacks, Turn
from qa.talk.database import NAME, VERSION

posix = pytest.mark.skipif(os.name != "posix", reason="modes and SIGKILL are POSIX")


@pytest.fixture
def kept(tmp_path: Path) -> Conversations:
    kept = Conversations(tmp_path)
    kept.append(talker.ID, Turn("A first question?", talker.answer_to("A first question?")))
    return kept


def files(kept: Conversations) -> list[str]:
    return sorted(path.name for path in kept.path.parent.iterdir())


def altered(kept: Conversations, statement: str) -> None:
    with closing(sqlite3.connect(kept.path)) as connection:
        connection.execute(statement)
        connection.commit()


# --- many at once


@pytest.mark.parametrize("there", [False, True])
def test_processes_and_threads_write_at_once(tmp_path: Path, there: bool) -> None:
    if there:
        Conversations(tmp_path).begin("an earlier one")
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=talker.write, args=(tmp_path, f"p{n}", 3, 8)) for n in range(2)]
    for process in processes:
        process.start()
    while any(process.is_alive() for process in processes):
        assert all(turn.read() for each in [Conversations(tmp_path).get(talker.ID)] if each for turn in each.turns)
    for process in processes:
        process.join()
        assert process.exitcode == 0
        process.close()
    again = Conversations(tmp_path).get(talker.ID)
    assert again is not None
    assert [turn.number for turn in again.turns] == list(range(1, 49))
    assert sorted(turn.question for turn in again.turns) == sorted(
        f"p{n} {thread} {number}" for n in range(2) for thread in range(3) for number in range(8)
    )
    assert all(turn.answer == talker.answer_to(turn.question) for turn in again.turns)


@posix
@pytest.mark.parametrize("seed", range(4))
def test_killed_at_any_moment_it_holds_whole_turns(tmp_path: Path, seed: int) -> None:
    context = multiprocessing.get_context("spawn")
    ours, its = context.Pipe(duplex=False)
    process = context.Process(target=talker.write_until_killed, args=(tmp_path, its))
    process.start()
    its.close()
    said = [ours.recv()]
    time.sleep(random.Random(seed).choice([0.005, 0.03, 0.2, 0.4]))
    os.kill(process.pid or 0, signal.SIGKILL)
    process.join()
    process.close()
    while ours.poll():
        try:
            said.append(ours.recv())
        except EOFError:
            break
    ours.close()
    again = Conversations(tmp_path).get(talker.ID)
    turns = again.turns if again else ()
    assert len(turns) in (said[-1], said[-1] + 1)  # it can be kept and not yet told
    for number, turn in enumerate(turns, start=1):
        assert (turn.number, turn.question, turn.answer) == (number, f"q{number}", talker.answer_to(f"q{number}"))
    assert Conversations(tmp_path).append(talker.ID, Turn("goes on")) == len(turns) + 1
    assert files(Conversations(tmp_path)) == [NAME]


def test_a_reader_keeps_nobody_from_writing(kept: Conversations) -> None:
    with closing(sqlite3.connect(f"{kept.path.as_uri()}?mode=ro", uri=True, isolation_level=None)) as connection:
        connection.execute("BEGIN")
        assert connection.execute("SELECT count(*) FROM turn").fetchone() == (1,)
        assert kept.append(talker.ID, Turn("?")) == 2
        assert connection.execute("SELECT count(*) FROM turn").fetchone() == (1,)


# --- the file


@posix
def test_it_is_for_its_owner_alone(kept: Conversations) -> None:
    assert files(kept) == [NAME]
    assert stat.S_IMODE(kept.path.stat().st_mode) == 0o600


@pytest.mark.parametrize("reader_is_there", [False, True])
def test_what_was_deleted_is_in_no_file(kept: Conversations, reader_is_there: bool) -> None:
    secret = "nobody must read this"
    doomed = kept.begin("a secret title").id
    kept.append(doomed, Turn(secret, talker.answer_to(secret)))
    Feedbacks(kept.path.parent).give(doomed, 1, Feedback("wrong", note="a secret note"))
    assert secret.encode() in kept.path.read_bytes()
    with closing(sqlite3.connect(kept.path, isolation_level=None)) as connection:
        if reader_is_there:
            connection.execute("SELECT count(*) FROM turn").fetchone()
        kept.delete(doomed)
    left = b"".join(path.read_bytes() for path in kept.path.parent.iterdir())
    assert not any(word in left for word in (b"nobody must", b"secret title", b"secret note"))
    assert b"A first question?" in left


def test_an_empty_file_is_none_yet(tmp_path: Path) -> None:
    (tmp_path / NAME).touch()
    kept = Conversations(tmp_path)
    assert kept.list() == ()
    assert kept.append(talker.ID, Turn("?")) == 1


@posix
def test_what_a_killed_process_left_half_done_is_undone_by_whoever_reads(tmp_path: Path) -> None:
    """Killed while it made the file, before there was a log."""
    code = (
        "import os, sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "c.execute('PRAGMA cache_size = 1'); c.execute('BEGIN'); c.execute('CREATE TABLE half (a)')\n"
        "c.executemany('INSERT INTO half VALUES (?)', [('x' * 3000,)] * 50); os._exit(0)"
    )
    kept = Conversations(tmp_path)
    subprocess.run([sys.executable, "-c", code, kept.path], check=True)
    assert files(kept) == [NAME, f"{NAME}-journal"]
    assert kept.list() == ()
    assert kept.append(talker.ID, Turn("?")) == 1


@posix
def test_a_log_of_a_file_that_was_moved_away_is_not_read(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from qa.talk import database as d\n"
        "with d.writing(Path(sys.argv[1])) as c: c.execute(\"INSERT INTO deleted VALUES ('old')\")\n"
        "connection = d._connected(Path(sys.argv[1])); connection.execute('SELECT 1 FROM turn').fetchone()\n"
        "with d.writing(Path(sys.argv[1])) as c: c.execute(\"INSERT INTO deleted VALUES ('older')\")\n"
        "os._exit(0)"
    )
    kept = Conversations(tmp_path)
    subprocess.run([sys.executable, "-c", code, kept.path], check=True)
    assert kept.path.with_name(f"{NAME}-wal").stat().st_size > 0
    kept.path.unlink()
    kept.append(talker.ID, Turn("?"))
    with closing(sqlite3.connect(kept.path)) as connection:
        assert connection.execute("SELECT count(*) FROM deleted").fetchone() == (0,)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


# --- what cannot be read or written


def refused(kept: Conversations) -> str:
    """The one sentence with which everything is refused."""
    feedbacks = Feedbacks(kept.path.parent)
    sentences = set()
    for use in (
        kept.list,
        feedbacks.candidates,
        lambda: kept.get(talker.ID),
        lambda: kept.append(talker.ID, Turn("?")),
        lambda: kept.begin("x"),
        lambda: kept.delete(talker.ID),
        lambda: feedbacks.give(talker.ID, 1, Feedback("open")),
    ):
        with pytest.raises(PinciteError) as error:
            use()
        sentences.add(str(error.value))
    (sentence,) = sentences
    return sentence


def test_a_later_version_is_refused(kept: Conversations) -> None:
    altered(kept, f"PRAGMA user_version = {VERSION + 1}")
    before = kept.path.read_bytes()
    assert refused(kept) == (
        f"{kept.path} has version 2 and this Pincite reads version 1: "
        "use the Pincite that made it, or move it away to begin with no conversations."
    )
    assert kept.path.read_bytes() == before


def test_a_file_of_another_program_is_left_alone(tmp_path: Path) -> None:
    kept = Conversations(tmp_path)
    with closing(sqlite3.connect(kept.path)) as connection:
        connection.execute("CREATE TABLE theirs (a)")
    before = kept.path.read_bytes()
    assert refused(kept) == (
        f"{kept.path} was not made by Pincite, and conversations cannot be kept in it: move it away, and one is made."
    )
    assert (kept.path.read_bytes(), files(kept)) == (before, [NAME])


def test_a_damaged_file_is_named(kept: Conversations) -> None:
    kept.path.write_bytes(b"not a database at all" * 400)
    assert refused(kept) == (
        f"{kept.path}, which holds the conversations, is damaged (file is not a database): move it away with the "
        "talk.db-wal beside it, and a new one is made with the next question. Documents and answers do not need it."
    )
    kept.path.rename(kept.path.with_name("damaged"))
    assert kept.append(talker.ID, Turn("?")) == 1


def test_a_table_that_is_gone_is_damage(kept: Conversations) -> None:
    altered(kept, "DROP TABLE turn")
    with pytest.raises(PinciteError, match=r"is damaged \(no such table: turn\): move it away"):
        kept.get(talker.ID)


@pytest.mark.parametrize("seed", range(30))
def test_bytes_that_are_damaged_are_told_or_do_not_matter(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    kept = Conversations(tmp_path)
    for number in range(3):
        kept.append(talker.ID, Turn(f"{number}?", talker.answer_to(f"{number}?")))
    Feedbacks(tmp_path).give(talker.ID, 2, Feedback("right"))
    data = bytearray(kept.path.read_bytes())
    if seed % 3 == 0:
        del data[rng.randrange(len(data)) :]
    for _ in range(rng.choice([1, 50, 1000])):
        if data:
            data[rng.randrange(min(len(data), rng.choice([100, 8192, len(data)])))] = rng.randrange(256)
    kept.path.write_bytes(data)
    told = []
    for use in (
        kept.list,
        lambda: kept.get(talker.ID),
        Feedbacks(tmp_path).candidates,
        lambda: kept.append(talker.ID, Turn("?")),
        lambda: kept.delete(talker.ID),
    ):
        try:
            use()
        except PinciteError as error:
            told.append(str(error))
    assert all(str(kept.path) in sentence or "conversation" in sentence for sentence in told)


def test_a_place_that_takes_no_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    kept = Conversations(tmp_path / "file")
    assert kept.list() == ()
    with pytest.raises(PinciteError, match=r"talk.db could not be written: .+\. Check the disk and its permissions\."):
        kept.append(talker.ID, Turn("?"))
    (tmp_path / NAME).mkdir()
    with pytest.raises(PinciteError, match=r"talk.db could not be written: unable to open database file\."):
        Conversations(tmp_path).append(talker.ID, Turn("?"))


def test_nothing_heavy_comes_with_it() -> None:
    code = "import sys, qa.talk; print(sorted({'numpy', 'faiss', 'torch', 'gradio', 'yaml'} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
