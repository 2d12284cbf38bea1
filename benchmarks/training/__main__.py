"""Train the reader from the data to the weights in the product, in one command.

    python -m benchmarks.training DATA --work FOLDER

DATA holds `train/` and `dev/`. Each step keeps what it made in FOLDER and is not done again: a run that was stopped
goes on where it was.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.collections import check
from benchmarks.remembering import RememberingReader
from benchmarks.training.exporting import export
from benchmarks.training.fitting import collect, fit, write
from benchmarks.training.mining import mine
from benchmarks.training.preparing import Amounts, prepare
from benchmarks.training.training import Settings, train
from qa.reader.weights import FOLDER


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
    groups = prepare(train_data, mined, options.work, amounts=Amounts(), seed=options.seed)
    trained = train(
        groups,
        options.work / f"run-{options.seed}",
        settings=Settings(),
        seed=options.seed,
        workers=options.workers,
        limit=options.limit,
        begin=options.begin,
    )
    export(trained, options.weights)
    reader = RememberingReader(options.work / "readings.db", options.weights)
    write(fit(collect(options.data / "dev", reader, seed=options.seed)), options.weights)


if __name__ == "__main__":
    main()
