"""Train the reader from the data to the weights in the product, in one command.

    python -m benchmarks.training DATA --work FOLDER

DATA holds `train/` and `dev/`. Each step keeps what it made in FOLDER and is not done again: a run that was stopped
goes on where it was.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

from benchmarks.collections import check
from benchmarks.remembering import RememberingReader
from benchmarks.training.exporting import export
from benchmarks.training.fitting import collect, fit, write
from benchmarks.training.mining import mine
from benchmarks.training.preparing import Amounts, prepare
from benchmarks.training.training import Settings, train
from qa.reader.weights import FOLDER


@dataclass(frozen=True, slots=True)
class Round:
    """One pass over questions, from the weights of the one before."""

    amounts: Amounts
    settings: Settings


ROUNDS = (
    Round(Amounts(), Settings()),
    # Other noise, other near misses; less of what is easy by now, all of what was written to fool a reader.
    Round(
        Amounts(squad1=0.3, qamr=0.1, fairytale=0.6, policy_questions=500, selqa=0.3),
        Settings(rate=1.2e-4),
    ),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--weights", type=Path, default=FOLDER, help="where the weights go (default: the product)")
    parser.add_argument("--workers", type=int, default=2, help="processes, one a core")
    parser.add_argument("--mined", type=int, default=40_000, help="questions to find near misses for")
    parser.add_argument("--begin", type=Path, help="a folder of the reader's weights to begin with (default: the base)")
    parser.add_argument("--limit", type=int, help="stop after so many steps, to try it out")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    train_data = options.data / "train"
    check(options.data)
    options.work.mkdir(parents=True, exist_ok=True)
    mined = mine(train_data, options.work, count=options.mined, seed=options.seed)
    begin = options.begin
    for seed, each in enumerate(ROUNDS, start=options.seed):
        groups = prepare(train_data, mined, options.work, amounts=each.amounts, seed=seed)
        trained = train(
            groups,
            options.work / f"run-{seed}",
            settings=each.settings,
            seed=seed,
            workers=options.workers,
            limit=options.limit,
            begin=begin,
        )
        begin = export(trained, options.work / f"weights-{seed}").parent
    export(trained, options.weights)
    reader = RememberingReader(options.work / "readings.db", options.weights)
    write(fit(collect(options.data / "dev", reader, seed=options.seed)), options.weights)


if __name__ == "__main__":
    main()
