"""Killed at any moment: what was acknowledged is whole, nothing is half, and the store opens by itself.

`PINCITE_CRASH_ROUNDS` sets the number of kills (default 10; 200 is the full count). A round is named by its seed, and
every second one begins with an empty folder, so that the first commit is killed as well.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import shutil
import signal
import sys
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import crasher
import numpy as np
import pytest

from qa.check import examine
from qa.errors import PinciteError
from qa.library import Library
from qa.passages import split
from qa.retriever import Retriever

ROUNDS = int(os.environ.get("PINCITE_CRASH_ROUNDS", "10"))

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX")

Texts = dict[str, str | None]


def kill_one(store: Path, docs: Path, seed: int) -> list[tuple[Any, ...]]:
    """Let a process work until a random moment, kill it, and give what it said."""
    rng = random.Random(seed)  # a seed makes a round repeatable
    context = multiprocessing.get_context("spawn")
    ours, its = context.Pipe(duplex=False)
    process = context.Process(target=crasher.work, args=(store, docs, seed, its))
    process.start()
    its.close()
    said = [ours.recv()]
    # Short times reach the making of the store and the first commit; many messages many steps and publications.
    wait, messages = rng.choice([(0.02, 0), (0.2, 0), (0.2, 24), (0.2, 24)])
    for _ in range(rng.randint(1, messages) if messages else 0):
        said.append(ours.recv())
    time.sleep(rng.uniform(0, wait))
    os.kill(process.pid or 0, signal.SIGKILL)
    process.join()
    said += drained(ours)
    ours.close()
    process.close()
    return said


def drained(pipe: Connection) -> list[tuple[Any, ...]]:
    said = []
    while True:
        try:
            said.append(pipe.recv())
        except (EOFError, OSError):  # a message may be cut off as well
            return said


def outcomes(before: Texts, said: list[tuple[Any, ...]]) -> list[Texts]:
    """The states that may be found: that of the last step acknowledged, and that of the one under way.

    A step that adds several files commits them together.
    """
    acknowledged = {number for kind, number, *_ in (message for message in said if message[0] == "done")}
    state = dict(before)
    for _, number, texts in (message for message in said if message[0] == "try"):
        after = {**state, **texts}
        if number not in acknowledged:
            return [state, after]
        state = after
    return [state]


def is_whole(library: Library, text: str, document_id: str, encoder: crasher.SmallEncoder) -> None:
    document = library.document(document_id)
    assert document.text == text
    with library.reading() as reading:
        passages = reading.passages_of(document_id)
        vectors = reading.vectors_of(document_id, encoder.dimension)
        index = library.index(reading)
        numbers = reading.passage_numbers(document_id)
    assert passages == split(document)
    stored = encoder.encode_document([passage.text for passage in passages]).astype(np.float16).astype(np.float32)
    assert vectors is not None
    assert np.array_equal(vectors, stored)
    cosines = index.scores(stored[0], numbers)
    assert sorted(cosines) == numbers
    assert cosines[numbers[0]] == pytest.approx(float(stored[0] @ stored[0]))
    first = passages[0].text.split("\n")[0]
    assert document_id in {hit.passage.document_id for hit in Retriever(library).search(first, 100)}


def test_what_was_acknowledged_survives_every_kill(tmp_path: Path) -> None:
    encoder = crasher.SmallEncoder()
    store, docs = tmp_path / "store", tmp_path / "docs"
    state: Texts = {}
    steps = interrupted = 0
    for seed in range(ROUNDS):
        if seed % 2 == 0:
            shutil.rmtree(store, ignore_errors=True)
            shutil.rmtree(docs, ignore_errors=True)
            docs.mkdir()
            state = {}
        said = kill_one(store, docs, seed)
        possible = outcomes(state, said)
        steps += sum(message[0] == "done" for message in said)
        interrupted += len(possible) - 1
        with Library.open(store, encoder=encoder) as library:
            try:
                found: Texts = {row.name: library.document(row.document_id).text for row in library.sources()}
            except PinciteError as error:  # killed before the first commit: an empty file
                if "is empty" not in str(error):
                    raise
                found = {}
            held = [{name: text for name, text in each.items() if text is not None} for each in possible]
            assert found in held, f"round {seed}"
            if found:
                report = examine(library)
                assert report.damage == (), f"round {seed}"
                for row in library.sources():
                    is_whole(library, found[row.name] or "", row.document_id, encoder)
                assert len({row.document_id for row in library.sources()}) == len(found)
                hits = Retriever(library).search("keeper of the lamp and the storm", 1000)
                assert {hit.passage.document_id for hit in hits} <= {row.document_id for row in library.sources()}
            # A step forward works at once: the lock went with the process.
            (docs / "after.txt").write_text(f"After round {seed} came this.\n")
            library.add([docs / "after.txt"])
            library.remove("after.txt")
            (docs / "after.txt").unlink()
            state = found
    assert steps > 2 * ROUNDS
    assert interrupted > ROUNDS // 5
