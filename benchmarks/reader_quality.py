"""What the reader is worth: answers, order, abstention, confidence, noise and time, as docs/quality.md has them.

    python -m benchmarks.reader_quality DATA --work FOLDER

DATA holds `dev/` and `train/`; of the latter only articles whose questions the reader was not trained on are used. What
the network says of a passage is kept in FOLDER, so that a second run is quick.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np
from numpy.typing import NDArray

from benchmarks.collections import (
    Given,
    aside,
    check,
    clapnq,
    given,
    in_fitting_half,
    natural_questions,
    paraphrases,
    squad2,
)
from benchmarks.remembering import RememberingReader
from qa import Assistant, Library, evaluate, read_gold
from qa.calibration import Calibration
from qa.evaluation import Report, evaluate_predictions
from qa.evaluation.asking import Outcome
from qa.evaluation.metrics import metrics
from qa.evaluation.report import Metric, QuestionScore
from qa.evaluation.statistics import bootstrap, divide
from qa.gold.questions import Gold, GoldQuestion
from qa.gold.texts import indexed
from qa.passages import split
from qa.reader import Reader, SpanReader
from qa.reader.weights import FOLDER, load_confidence
from qa.types import Document, Hit, StageScores

SEEDS = Path(__file__).parent.parent / "seeds"


@dataclass(frozen=True, slots=True)
class Measured:
    """The reader that is measured, and where its weights lie."""

    reader: RememberingReader
    weights: Path

    def assistant(self, library: Library) -> Assistant:
        """One that answers from the threshold of these weights on."""
        threshold = load_confidence(self.weights)["threshold"]
        return Assistant(library, reader=self.reader, calibration=Calibration(threshold))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--work", type=Path, help="where readings are kept (default: nowhere)")
    parser.add_argument("--weights", type=Path, default=FOLDER, help="the reader's files (default: the product's)")
    parser.add_argument("--only", nargs="*", choices=list(_PARTS), default=list(_PARTS), help="the parts to run")
    options = parser.parse_args()
    check(options.data)
    with tempfile.TemporaryDirectory() as folder:
        work = options.work or Path(folder)
        work.mkdir(parents=True, exist_ok=True)
        measured = Measured(RememberingReader(work / "readings.db", options.weights), options.weights)
        print("| on | measure | value | 95 % | over |\n|---|---|---|---|---|", flush=True)
        for name in options.only:
            _PARTS[name](options.data, measured)


def _given(data: Path, measured: Measured) -> None:
    report = read_given(measured.reader, given(data / "dev", "squad2"))
    _show("squad2, passage given", report.metrics, "best_answer_f1", "auroc_answerable")
    held = read_given(measured.reader, random.Random(0).sample(aside(data / "train"), 500))
    _show("squad1, articles held aside, passage given", held.metrics, "best_answer_f1")


def _noise(data: Path, measured: Measured) -> None:
    clean = read_given(measured.reader, given(data / "dev", "xquad"))
    _show("xquad, passage given", clean.metrics, "best_answer_f1")
    for source in ("noise-keyboard", "noise-asr"):
        _show_drop(source, clean, read_given(measured.reader, given(data / "dev", source)))
    original, changed = (read_given(measured.reader, rows) for rows in paraphrases(data / "dev", data / "train"))
    _show("originals of paraphrases", original.metrics, "best_answer_f1")
    _show_drop("paraphrases", original, changed)


def _squad2(data: Path, measured: Measured) -> None:
    with asked(squad2(data / "dev"), measured) as report:
        names = ("success@1", "reread.success@1", "ndcg@10", "reread.ndcg@10", "best_answer_f1", "given_gold_f1")
        _show("squad2, end to end", report.metrics, *names)
        _show("squad2, end to end, articles not fitted on", _not_fitted(report, "squad2"), *_CONFIDENCE)


def _clapnq(data: Path, measured: Measured) -> None:
    """Its answers are sentences of a person's own: of the reader's words only order and abstention can be judged."""
    with asked(clapnq(data / "dev"), measured) as report:
        _show("clapnq", report.metrics, "success@1", "reread.success@1", "auroc_answerable", "answered", "abstained")
        _show("clapnq, half not fitted on", _not_fitted(report, "clapnq"), "auroc_answerable", "answered", "abstained")


def _natural_questions(data: Path, measured: Measured) -> None:
    with asked(natural_questions(data / "dev"), measured) as report:
        _show("natural questions", report.metrics, "success@1", "reread.success@1", "best_answer_f1")
        _show("natural questions, half not fitted on", _not_fitted(report, "natural questions"), *_CONFIDENCE)


def _seeds(data: Path, measured: Measured) -> None:
    del data
    with tempfile.TemporaryDirectory() as folder, Library.open(Path(folder) / "store") as library:
        library.add([SEEDS / "corpus"])
        report = evaluate(measured.assistant(library), read_gold(SEEDS / "gold.jsonl"))
    names = ("success@1", "reread.success@1", "answerable_f1", "best_answer_f1", "given_gold_f1")
    _show("seeds", report.metrics, *names, *_CONFIDENCE)


def _time(data: Path, measured: Measured) -> None:
    """Reading the ten best passages, each question once warm, by a reader that remembers nothing."""
    with indexed(squad2(data / "dev")) as (library, gold):
        assistant = Assistant(library, reader=SpanReader(measured.weights))
        questions = [question.question for question in gold[:60]]
        for question in questions[:10]:
            assistant.ask(question)
        times = [assistant.ask_timed(question)[1].read for question in questions]
    print(f"| time | reading 10 passages, ms, median | {median(times):.0f} | | {len(times)} |", flush=True)


_PARTS: dict[str, Callable[[Path, Measured], None]] = {
    "given": _given,
    "noise": _noise,
    "squad2": _squad2,
    "natural": _natural_questions,
    "clapnq": _clapnq,
    "seeds": _seeds,
    "time": _time,
}
_CONFIDENCE = ("auroc_answerable", "auroc", "aurc", "coverage@0.1", "ece", "answered", "abstained", "risk")


@contextmanager
def asked(gold: Gold, measured: Measured) -> Iterator[Report]:
    """Every question over the texts of its collection."""
    with indexed(gold) as (library, questions):
        yield evaluate(measured.assistant(library), questions)


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


def _not_fitted(report: Report, collection: str) -> Mapping[str, Metric]:
    """The figures of the questions that the confidence was not fitted on."""
    rows = [row for row in report.per_question if not in_fitting_half(collection, _question(row))]
    return metrics(rows, seed=0)


def _question(row: QuestionScore) -> GoldQuestion:
    return GoldQuestion(row.id, row.question, tags=row.tags)


def _show(on: str, found: Mapping[str, Metric], *names: str) -> None:
    for name in dict.fromkeys(names):
        if name in found:
            metric = found[name]
            between = f"{metric.interval.low:.3f} to {metric.interval.high:.3f}" if metric.interval else ""
            print(f"| {on} | {name} | {metric.value:.3f} | {between} | {metric.count} |", flush=True)


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
