"""Pincite beside txtai, LangChain, LlamaIndex and Haystack: indexing, cold start, latency, change, and work under load.

    python -m benchmarks.performance DATA --work FOLDER
    python -m benchmarks.performance --render FOLDER/results.json

DATA holds `train/` and `dev/`. Each peer gets an environment in FOLDER, made once. Every row goes to
FOLDER/results.json as soon as it is measured, and its part of the page in `docs/` is written at the end; `--render`
writes it again from the rows. A peer that fails is in the page with its reason. Works where the system has wait4: Linux
and macOS.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.peers.contestants import PINCITE, Contestant, contestants
from benchmarks.peers.corpus import make
from benchmarks.peers.environments import prepare
from benchmarks.peers.machine import machine
from benchmarks.peers.measures import MEASURES, Bench, Measure
from benchmarks.peers.process import FailedError, run
from benchmarks.results import Results

_PEERS = "txtai,langchain,llamaindex,haystack"
_LIMITS_SECONDS = 300.0


def main() -> None:
    options = _options()
    if options.render:
        _write(json.loads(options.render.read_text(encoding="utf-8")), options.docs)
        return
    results = Results(options.work / "results.json", _settings(options))
    measure(options, results)
    _write(results.value, options.docs)


def measure(options: argparse.Namespace, results: Results) -> None:
    """All rounds of a run."""
    work = options.work.resolve()
    part = work / f"{options.passages}-{options.seed}"
    try:
        corpus, results.value["corpus"] = make(
            options.data, part / "corpus", passages=options.passages, questions=options.questions, seed=options.seed
        )
    except ValueError as error:
        sys.exit(f"Error: {error}")
    known = contestants(work / "envs")
    programs = [known[name] for name in (PINCITE, *options.peers)]
    bench = Bench(_prepared(programs, results), corpus, part / "stores", results.keep)
    for number in range(options.rounds):
        results.keep(_limits(number))
        bench.round(number, options.only)
    # What the kernel counted of this process in the peak of every other.
    results.value["own_peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    results.save()


def _prepared(programs: Sequence[Contestant], results: Results) -> list[Contestant]:
    """Those whose environment is there; the others get their row."""
    ready = []
    for program in programs:
        entry: dict[str, Any] = {"title": program.title, "versions": {}}
        results.value["programs"][program.name] = entry
        try:
            entry["versions"] = prepare(program)
            ready.append(program)
        except FailedError as error:
            results.keep({"measure": "install", "program": program.name, "error": str(error)})
    return ready


def _limits(number: int) -> dict[str, Any]:
    row: dict[str, Any] = {"measure": "limits", "program": "machine", "round": number}
    try:
        done = run([sys.executable, "-m", "benchmarks.peers.limits"], seconds=_LIMITS_SECONDS)
        row |= done.value()
    except FailedError as error:
        row["error"] = str(error)
    return row


def _settings(options: argparse.Namespace) -> dict[str, Any]:
    options.work.mkdir(parents=True, exist_ok=True)
    names = ("passages", "questions", "rounds", "seed", "peers", "only")
    return {
        "date": date.today().isoformat(),
        "settings": {name: getattr(options, name) for name in names},
        "machine": machine(),
        "programs": {},
    }


def _write(results: Mapping[str, Any], docs: Path) -> None:
    # Drawing loads what measuring does not need, and this process has to be small while it measures.
    from benchmarks.page import write_page

    print(f"Written: {write_page(docs, peers=results)}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, nargs="?")
    parser.add_argument("--work", type=Path, help="where environments, stores and results go")
    parser.add_argument("--passages", type=int, default=20_000)
    parser.add_argument("--questions", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peers", type=_peers, default=_peers(_PEERS), help=f"of {_PEERS}")
    parser.add_argument("--only", type=_measures, default=list(MEASURES), help=f"of {','.join(MEASURES)}")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--docs", type=Path, default=Path("docs"), help="where the page goes")
    parser.add_argument("--render", type=Path, metavar="RESULTS", help="only write the page, from these results")
    options = parser.parse_args()
    if not options.render and not (options.data and options.work):
        parser.error("DATA and --work are needed, or --render")
    return options


def _peers(text: str) -> list[str]:
    return _of(text, _PEERS.split(","))


def _measures(text: str) -> list[Measure]:
    chosen = _of(text, MEASURES)
    return [measure for measure in MEASURES if measure in chosen]


def _of(text: str, known: Sequence[str]) -> list[str]:
    names = [name for name in text.split(",") if name]
    for name in names:
        if name not in known:
            raise argparse.ArgumentTypeError(f"{name} is none of {', '.join(known)}")
    return names


if __name__ == "__main__":
    main()
