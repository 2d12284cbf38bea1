"""Show what each confidence threshold would do to a gold set, and which one parts its two kinds of questions best.

    python benchmarks/choose_threshold.py seeds/gold.jsonl seeds/corpus

An answer is right when it holds an acceptable one, or has an F1 of at least 0.5 with one. The balance is the mean of
two shares, answerable questions answered and unanswerable ones not answered (Youden's J, on a scale where 0.5 is
chance). Handled rightly are questions answered rightly and unanswerable ones not answered.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import dataclass
from pathlib import Path

from qa import Assistant, Library, evaluate, read_gold

_STEPS = [step / 100 for step in range(0, 100, 5)]


@dataclass(frozen=True)
class _Asked:
    confidence: float
    answerable: bool
    right: bool


@dataclass(frozen=True)
class _Row:
    threshold: float
    answered: float
    right: float
    abstained: float
    handled: float

    @property
    def balance(self) -> float:
        return (self.answered + self.abstained) / 2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path)
    parser.add_argument("corpus", type=Path)
    options = parser.parse_args()
    asked = _ask_all(options.gold, options.corpus)
    rows = [_row(asked, threshold) for threshold in _STEPS]
    print("threshold  answerable: answered  answered: right  unanswerable: not answered  balance  handled rightly")
    for row in rows:
        print(
            f"{row.threshold:9.2f} {row.answered:21.3f} {row.right:16.3f} {row.abstained:27.3f} {row.balance:8.3f} "
            f"{row.handled:16.3f}"
        )
    print(f"best balance at {max(rows, key=lambda row: row.balance).threshold:.2f}")


def _ask_all(gold: Path, corpus: Path) -> list[_Asked]:
    with tempfile.TemporaryDirectory() as folder, Library.open(folder) as library:
        library.add([corpus])
        rows = evaluate(Assistant(library), read_gold(gold)).per_question
    return [
        _Asked(row.best.confidence or 0.0, row.answerable, bool(row.best.right)) for row in rows if row.best is not None
    ]


def _row(asked: list[_Asked], threshold: float) -> _Row:
    given = [each for each in asked if each.confidence >= threshold]
    held = [each for each in asked if each.confidence < threshold]
    right = sum(each.right for each in given)
    abstained = sum(not each.answerable for each in held)
    answerable = sum(each.answerable for each in asked)
    return _Row(
        threshold=threshold,
        answered=sum(each.answerable for each in given) / answerable,
        right=right / len(given) if given else 1.0,
        abstained=abstained / (len(asked) - answerable),
        handled=(right + abstained) / len(asked),
    )


if __name__ == "__main__":
    main()
