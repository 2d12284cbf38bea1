"""What the reader is worth: answers, order, abstention, confidence, noise and time, as docs/quality.md has them.

    python -m benchmarks.reader_quality DATA --work FOLDER

DATA holds `dev/` and `train/`; of the latter only the articles that the reader was not trained on are used. What the
network says of a passage is kept in FOLDER, so that a second run is quick.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import numpy as np
from numpy.typing import NDArray

from benchmarks.collections import (
    Given,
    clapnq,
    given,
    held_aside,
    in_fitting_half,
    paraphrases,
    squad1,
    squad2,
)
from benchmarks.remembering import RememberingReader
from qa import Assistant, Library, evaluate, read_gold
from qa.evaluation import Report, evaluate_predictions
from qa.evaluation.asking import Outcome
from qa.evaluation.metrics import metrics
from qa.evaluation.report import Metric, QuestionScore
from qa.evaluation.statistics import bootstrap, divide
from qa.gold.questions import Gold, GoldQuestion
from qa.gold.texts import indexed
from qa.passages import split
from qa.reader import Reader, SpanReader
from qa.reader.weights import FOLDER
from qa.types import Document, Hit, StageScores

SEEDS = Path(__file__).parent.parent / "seeds"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--work", type=Path, help="where readings are kept (default: nowhere)")
    parser.add_argument("--weights", type=Path, default=FOLDER, help="the reader's files (default: the product's)")
    parser.add_argument("--only", help="the parts to run, by their first letters: given,noise,squad2,clapnq,seeds,time")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        reader = RememberingReader((options.work or Path(folder)) / "readings.db", options.weights)
        print("| on | measure | value | 95 % | over |\n|---|---|---|---|---|", flush=True)
        for name, part in _PARTS.items():
            if not options.only or name in options.only.split(","):
                part(options.data, reader)


def _given(data: Path, reader: Reader) -> None:
    rows = given(data / "dev", "squad2")
    report = read_given(reader, rows)
    _show("squad2, passage given", report.metrics, "best_answer_f1", "auroc_answerable", "auroc")
    _show("qed-nq, passage given", read_given(reader, given(data / "dev", "qed-nq")).metrics, "best_answer_f1")


def _noise(data: Path, reader: Reader) -> None:
    clean = read_given(reader, given(data / "dev", "xquad"))
    _show("xquad, passage given", clean.metrics, "best_answer_f1")
    for source in ("noise-keyboard", "noise-asr"):
        _show_drop(source, clean, read_given(reader, given(data / "dev", source)))
    original, changed = (read_given(reader, rows) for rows in paraphrases(data / "dev", data / "train"))
    _show("originals of paraphrases", original.metrics, "best_answer_f1")
    _show_drop("paraphrases", original, changed)


def _squad2(data: Path, reader: Reader) -> None:
    with asked(squad2(data / "dev"), reader) as report:
        names = ("success@1", "reread.success@1", "ndcg@10", "reread.ndcg@10", "best_answer_f1", "given_gold_f1")
        _show("squad2, end to end", report.metrics, *names, *_CONFIDENCE)
        _show_half("squad2, articles not fitted on", "squad2", report)


def _clapnq(data: Path, reader: Reader) -> None:
    with asked(clapnq(data / "dev"), reader) as report:
        _show("clapnq", report.metrics, "success@1", "reread.success@1", "auroc_answerable", *_GIVING)
        _show_half("clapnq, half not fitted on", "clapnq", report, "auroc_answerable")


def _squad1(data: Path, reader: Reader) -> None:
    aside = held_aside(data / "train")
    gold = squad1(data / "train", set(aside[::2]), set(aside))
    drawn = tuple(question for question in gold if not in_fitting_half("squad1", question))[:1000]
    with asked(Gold(drawn, gold.texts), reader) as report:
        names = ("success@1", "reread.success@1", "best_answer_f1", "auroc_answerable")
        _show("squad1, articles held aside", report.metrics, *names, *_CONFIDENCE)


def _seeds(data: Path, reader: Reader) -> None:
    del data
    with tempfile.TemporaryDirectory() as folder, Library.open(Path(folder) / "store") as library:
        library.add([SEEDS / "corpus"])
        report = evaluate(Assistant(library, reader=reader), read_gold(SEEDS / "gold.jsonl"))
    names = ("success@1", "reread.success@1", "answerable_f1", "best_answer_f1", "given_gold_f1", "abstained")
    _show("seeds", report.metrics, *names, *_CONFIDENCE, "answered")


def _time(data: Path, reader: Reader) -> None:
    """Reading the ten best passages, each question once warm, by a reader that remembers nothing."""
    del reader
    with indexed(squad2(data / "dev")) as (library, gold):
        assistant = Assistant(library, reader=SpanReader())
        questions = [question.question for question in gold[:60]]
        for question in questions[:10]:
            assistant.ask(question)
        times = [assistant.ask_timed(question)[1].read for question in questions]
    print(f"| time | reading 10 passages, ms, median | {median(times):.0f} | | {len(times)} |", flush=True)


_PARTS: dict[str, Callable[[Path, Reader], None]] = {
    "given": _given,
    "noise": _noise,
    "squad2": _squad2,
    "clapnq": _clapnq,
    "squad1": _squad1,
    "seeds": _seeds,
    "time": _time,
}
_GIVING = ("answered", "abstained", "risk")
_CONFIDENCE = ("auroc_answerable", "auroc", "aurc", "coverage@0.1", "ece", "answered", "abstained", "risk")


@contextmanager
def asked(gold: Gold, reader: Reader) -> Iterator[Report]:
    """Every question over the texts of its collection."""
    with indexed(gold) as (library, questions):
        yield evaluate(Assistant(library, reader=reader), questions)


def read_given(reader: Reader, rows: Sequence[Given]) -> Report:
    """Each question with the passages of its own context, as if they had been found first."""
    contexts = {row.question.id: row.context for row in rows}

    def ask(question: GoldQuestion) -> Outcome:
        finding = reader.read(question.question, _hits(contexts[question.id]))
        span = finding.spans[0] if finding.spans else None
        best = contexts[question.id][span.start : span.end] if span else ""
        return Outcome(answered=bool(span), short=best, best=best, confidence=finding.confidence)

    return evaluate_predictions(ask, [row.question for row in rows])


def _hits(context: str) -> list[Hit]:
    document = Document("given", "", ("given.txt",), "", context)
    return [
        Hit(rank, 1.0, StageScores(1.0, 0.0), passage, document.cite(passage.start, passage.end))
        for rank, passage in enumerate(split(document), start=1)
    ]


def _show(on: str, found: Mapping[str, Metric], *names: str) -> None:
    for name in dict.fromkeys(names):
        if name in found:
            metric = found[name]
            between = f"{metric.interval.low:.3f} to {metric.interval.high:.3f}" if metric.interval else ""
            print(f"| {on} | {name} | {metric.value:.3f} | {between} | {metric.count} |", flush=True)


def _show_half(on: str, collection: str, report: Report, *names: str) -> None:
    """The questions that the confidence was not fitted on."""
    rows = [row for row in report.per_question if not in_fitting_half(collection, _question(row))]
    _show(on, metrics(rows, seed=0), *names, *_CONFIDENCE)


def _question(row: QuestionScore) -> GoldQuestion:
    return GoldQuestion(row.id, row.question, tags=row.tags)


def _show_drop(on: str, before: Report, after: Report) -> None:
    """The relative drop of F1, question by question: the same ones in both, by id or by their order."""
    first, second = (
        np.array([row.scores["best_answer_f1"] for row in report.per_question]) for report in (before, after)
    )

    def drop(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        return 1 - divide(weights @ second, weights @ first)

    between = bootstrap(drop, [row.id for row in before.per_question], seed=0)
    _show(on, after.metrics, "best_answer_f1")
    shown = f"{between.low:.3f} to {between.high:.3f}" if between else ""
    value = 1 - second.mean() / first.mean()
    print(f"| {on} | relative drop of F1 | {value:.3f} | {shown} | {len(first)} |", flush=True)


if __name__ == "__main__":
    main()
