"""What follow-up questions are worth: asked as they are, as `qa.followup` makes them whole, and as a person does.

    python -m benchmarks.followups DATA --work FOLDER [--docs docs]

DATA holds `dev/mtrag-human`. The passages are indexed into FOLDER, so that a second run is quick. With `--docs` the
figures go into `followups.md` there, above what a person wrote in it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks import markdown
from benchmarks.collections import rows
from qa import Library, Retriever
from qa.evaluation.answers import f1
from qa.evaluation.ranking import ndcg
from qa.evaluation.statistics import Statistic, bootstrap, divide, mean_of, value_of
from qa.followup import Turn, standalone

_COLLECTIONS = ("clapnq", "cloud", "fiqa", "govt")
_REFERENCE = "reference_subset_with_human_evaluations.json"
_SEED = 0
_FIRST = 10
_FOUND = 30
"""Passages that are looked at until ten texts are found: a long text has several."""

_FORMS = ("as asked", "made whole", "by a person")
_BY_HAND = "<!-- written by hand from here on -->"


@dataclass(frozen=True, slots=True)
class Task:
    """A question of a conversation, with those before it and as a person made it whole; `texts` answer it."""

    id: str
    earlier: tuple[str, ...]
    last: str
    human: str
    texts: frozenset[str]

    @property
    def conversation(self) -> str:
        return self.id.partition("<::>")[0]

    @property
    def written_on(self) -> bool:
        """Whether its conversation is one of those that were read while the rules were written."""
        return hashlib.sha256(f"{_SEED}:{self.conversation}".encode()).digest()[0] % 2 == 1


@dataclass(frozen=True, slots=True)
class Measured:
    """A task with its question made whole, and three nDCG@10: asked as it is, made whole, as a person made it whole.

    They are NaN where no texts are known.
    """

    task: Task
    whole: str
    ndcg: tuple[float, float, float]

    @property
    def kind(self) -> str:
        """What was done to the question."""
        if self.whole == self.task.last:
            return "left"
        return "set before" if self.whole.startswith("About ") else "put in"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--work", type=Path, required=True, help="where the passages are indexed")
    parser.add_argument("--docs", type=Path, help="where the page goes (default: nowhere)")
    options = parser.parse_args()
    folder = options.data / "dev" / "mtrag-human"
    if not (folder / _REFERENCE).is_file():
        raise SystemExit(f"{folder} lacks {_REFERENCE}: give the folder that holds dev/mtrag-human.")
    reference = json.loads((folder / _REFERENCE).read_text(encoding="utf-8"))
    with Library.open(options.work / "store") as library:
        names = indexed(library, reference["documents"], options.work / "texts")
        found = [measured(task, Retriever(library)) for task in tasks(folder, reference["tasks"], names)]
    text = page(found)
    print(text)
    if options.docs:
        print("Written:", written(text, options.docs / "followups.md"))


def indexed(library: Library, documents: Sequence[dict[str, Any]], folder: Path) -> dict[str, str]:
    """Index each text once, and give the name of its file by each id that it has."""
    folder.mkdir(parents=True, exist_ok=True)
    files: dict[str, str] = {}
    names = {}
    for document in documents:
        text = document["text"]
        names[document["document_id"]] = files.setdefault(text, f"{document['document_id']}.txt")
        (folder / files[text]).write_text(text, encoding="utf-8")
    library.add([folder])
    return names


def tasks(folder: Path, known: Sequence[dict[str, Any]], names: dict[str, str]) -> Iterator[Task]:
    """Every question, in the order of the files."""
    texts = {
        task["task_id"]: frozenset(names[context["document_id"]] for context in task["contexts"]) for task in known
    }
    for collection in _COLLECTIONS:
        kinds = ("questions", "rewrite")
        asked, human = (
            _texts(folder / "retrieval_tasks" / collection / f"{collection}_{kind}.jsonl") for kind in kinds
        )
        for id_, turns in asked.items():
            yield Task(id_, turns[:-1], turns[-1], human[id_][0], texts.get(id_, frozenset()))


def _texts(path: Path) -> dict[str, tuple[str, ...]]:
    """The turns of each row, by its id."""
    found = ((row["_id"], re.split(r"(?:^|\n)\|user\|:", row["text"])[1:]) for row in rows(path))
    return {id_: tuple(turn.strip() for turn in turns) for id_, turns in found}


def measured(task: Task, retriever: Retriever) -> Measured:
    """One task; the questions before it are made whole too, one after the other, and nothing is known of answers."""
    history: list[Turn] = []
    for question in task.earlier:
        history.append(Turn(question, standalone(question, history)))
    whole = standalone(task.last, history)
    asked = (task.last, whole, task.human)
    if not task.texts:
        return Measured(task, whole, (np.nan, np.nan, np.nan))
    scores = {question: _ndcg(question, task.texts, retriever) for question in dict.fromkeys(asked)}
    return Measured(task, whole, (scores[asked[0]], scores[asked[1]], scores[asked[2]]))


def _ndcg(question: str, texts: frozenset[str], retriever: Retriever) -> float:
    """Over texts: each counts at its first passage, those that say the same right after it."""
    found: dict[str, float] = {}
    for hit in retriever.search(question, _FOUND):
        for citation in (hit.citation, *hit.duplicates):
            source = citation.document.source
            found.setdefault(source, float(source in texts))
    return ndcg(list(found.values()), [1.0] * len(texts), _FIRST)


# --- the page


def page(found: Sequence[Measured]) -> str:
    """Both halves of the conversations and all of them, as tables."""
    halves = {
        "read while the rules were written": [each for each in found if each.task.written_on],
        "the others": [each for each in found if not each.task.written_on],
        "all": list(found),
    }
    said = """
        Conversations of MTRAG (Apache-2.0): people's questions, and a stand-alone form of each that a person approved.
        They are split into halves by a seeded hash; the rules were written on one half, and are measured on the others.
        Nothing is known of the answers in between. All intervals are 95 %, by the bootstrap over conversations.
    """
    search = """
        Search: nDCG@10 in points over the texts that come with the tasks, all four collections in one store, by the
        product's own retriever. The share is how much of the way from the question as it was asked to the one that a
        person made whole is gone; where that way is short, the share is hardly known.
    """
    kinds = """
        The same tasks by what was done to them: something was put into the question, its subject was set before it
        ("About the steel mills: ..."), or it was left as it was.
    """
    words = """
        Words: F1 of the words with those of the person's form, in points, over the questions that are not the first of
        their conversation. Wrongly changed are those that the person left as they were.
    """
    searched = [_searched(name, [each for each in half if each.task.texts]) for name, half in halves.items()]
    worded = [_worded(name, [each for each in half if each.task.earlier]) for name, half in halves.items()]
    return "\n\n".join(
        [
            markdown.section("Follow-up questions", said, level=1),
            "```\npython -m benchmarks.followups DATA --work FOLDER --docs docs\n```",
            markdown.prose(search),
            markdown.table(["conversations", "tasks", *_FORMS, "gained", "share"], searched),
            markdown.prose(kinds),
            markdown.table(["conversations", "done", "tasks", *_FORMS], _by_kind(halves)),
            markdown.prose(words),
            markdown.table(["conversations", "questions", "as asked", "made whole", "changed", "wrongly"], worded),
        ]
    )


def _searched(name: str, found: Sequence[Measured]) -> list[str]:
    scores = np.array([each.ndcg for each in found])
    groups = [each.task.conversation for each in found]
    asked, whole, human = scores.T

    def share(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        return divide(weights @ (whole - asked), weights @ (human - asked))

    means = [_shown(mean_of(each), groups, 100) for each in (asked, whole, human)]
    gained = _shown(mean_of(whole - asked), groups, 100)
    return [name, f"{len(found)} of {len(set(groups))}", *means, gained, _shown(share, groups, 1)]


def _by_kind(halves: Mapping[str, Sequence[Measured]]) -> list[list[str]]:
    rows_ = []
    for name, half in halves.items():
        for kind in ("put in", "set before", "left"):
            scores = [each.ndcg for each in half if each.task.texts and each.kind == kind]
            means = [f"{100 * mean:.1f}" for mean in np.mean(scores, axis=0)] if scores else []
            rows_.append([name, kind, str(len(scores)), *means])
    return rows_


def _worded(name: str, found: Sequence[Measured]) -> list[str]:
    groups = [each.task.conversation for each in found]
    asked = [f1(each.task.last, [each.task.human]) for each in found]
    whole = [f1(each.whole, [each.task.human]) for each in found]
    alone = [each for each in found if each.task.last == each.task.human]
    wrongly = sum(each.whole != each.task.last for each in alone)
    means = [_shown(mean_of(each), groups, 100) for each in (asked, whole)]
    changed = sum(each.whole != each.task.last for each in found)
    return [name, f"{len(found)} of {len(set(groups))}", *means, str(changed), f"{wrongly} of {len(alone)}"]


def _shown(statistic: Statistic, groups: Sequence[str], scale: float) -> str:
    digits = 1 if scale > 1 else 2
    value = scale * value_of(statistic, len(groups))
    between = bootstrap(statistic, groups, seed=_SEED)
    if between is None:
        return f"{value:.{digits}f}"
    return f"{value:.{digits}f} ({scale * between.low:.{digits}f} to {scale * between.high:.{digits}f})"


def written(text: str, path: Path) -> Path:
    """Put the figures into the page, above what was written by hand."""
    by_hand = path.read_text(encoding="utf-8").partition(_BY_HAND)[2] if path.is_file() else "\n"
    path.write_text(f"{text}\n\n{_BY_HAND}{by_hand}", encoding="utf-8")
    return path


if __name__ == "__main__":
    main()
