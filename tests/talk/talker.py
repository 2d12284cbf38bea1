"""The processes that write conversations at once, one of which is killed."""

from __future__ import annotations

from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Thread
from typing import Any

from qa.talk import Conversations, Turn

ID = "a-conversation-of-all"
FILLING = "word " * 4000
"""More than a page of the file holds, so that half of it would be seen."""


def answer_to(question: str) -> dict[str, Any]:
    """An answer that says what it was an answer to, and is large."""
    return {
        "question": question,
        "asked": question,
        "answered": False,
        "text": "",
        "short": "",
        "confidence": 0.25,
        "missing": [question, FILLING],
        "citations": [],
        "hits": [],
    }


def write(folder: Path, name: str, threads: int, turns: int) -> None:
    """Let some threads append turns to one conversation."""

    def work(thread: int) -> None:
        for number in range(turns):
            question = f"{name} {thread} {number}"
            Conversations(folder).append(ID, Turn(question, answer_to(question)))

    running = [Thread(target=work, args=(thread,)) for thread in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()


def write_until_killed(folder: Path, done: Connection) -> None:
    """Append turns, and send the number of each that was kept."""
    done.send(0)
    conversations = Conversations(folder)
    for number in count(1):
        done.send(conversations.append(ID, Turn(f"q{number}", answer_to(f"q{number}"))))
