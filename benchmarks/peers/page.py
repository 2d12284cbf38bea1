"""The part of the page about a run beside other programs: tables in markdown, and plots."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from benchmarks import markdown
from benchmarks.peers.contestants import PINCITE
from benchmarks.peers.drawing import bars, ranges, shown
from benchmarks.peers.figures import SHARES, Figure, Figures, speeds
from benchmarks.peers.measures import BESIDE, STARTS

_TITLE = "Pincite"

Line = tuple[str, str, str]
"""A line of a table: what it is called, the program, and its step."""


def part(results: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    """The text about a run that was `reduced`, and its plots by name."""
    figures = Figures(results)
    plots: dict[str, str] = {}
    sections = {
        "index": _indexing,
        "cold": _cold,
        "warm": _warm,
        "change": _change,
        "load": _load,
    }
    parts = [_head(results)]
    parts += [written(figures, plots) for measure, written in sections.items() if measure in figures.measured]
    parts += [_limits(figures)] if "limits" in figures.measured else []
    parts.append(_conditions(results))
    return "\n\n".join(parts), plots


def _head(results: Mapping[str, Any]) -> str:
    corpus, settings = results["corpus"], results["settings"]
    titles = [each["title"] for name, each in results["programs"].items() if name != PINCITE]
    options = "".join(f" --{name} {settings[name]}" for name in ("passages", "questions", "rounds", "seed"))
    compared = markdown.prose(
        f"""Pincite beside {_and(titles)}: the same model (all-MiniLM-L6-v2, the same files), the same passages and
        questions, the same machine, one run. `make bench DATA=DATA WORK=FOLDER`, or in full"""
    )
    corpus_said = markdown.prose(
        f"""makes an environment for each program, measures, and writes this: nothing here was written by hand.
        The corpus has {corpus["passages"]:,} passages ({corpus["characters"] / 1e6:.1f} million characters) in
        {corpus["documents"]:,} documents: SQuAD 2.0's development file, SQuAD 1.1 and, to fill up, passages that belong
        to no article. The {corpus["questions"]:,} questions are those of the SQuAD 2.0 file, on which the model was not
        trained."""
    )
    figures_said = markdown.prose(
        f"""Figures are medians; there were {settings["rounds"]} rounds, in which the programs took turns, and the range
        in brackets is theirs. "Speed" is how many times as fast as the fastest peer a program is: 2 is twice as fast,
        0.5 half as fast."""
    )
    command = f"```\npython -m benchmarks.performance DATA --work FOLDER{options}\n```"
    return "\n\n".join([compared, command, corpus_said, figures_said])


def _indexing(figures: Figures, plots: dict[str, str]) -> str:
    rates = {name: rate for name in figures.programs if (rate := figures.rate(name))}
    speed = speeds({name: rate.value for name, rate in rates.items()}, higher_is_faster=True)
    floor = figures.floor("fp32", "2")

    def cells(line: Line) -> list[str]:
        name = line[1]
        rate = rates[name]
        return [
            _ranged(rate),
            _times(speed.get(name)),
            _shown(figures.figure("peak_mb", "index", name)),
            _shown(figures.figure("disk_mb", "index", name)),
            f"{rate.value / floor:.0%}" if floor else "",
        ]

    if rates:
        marks = {"what fp32 matrices allow": floor} if floor else {}
        values = {figures.programs[name]: rate.value for name, rate in rates.items()}
        plots["indexing"] = bars("Indexing: passages a second, more is better", values, own=_TITLE, marks=marks)
    table = markdown.table(
        ["", "passages/s", "speed", "peak memory, MB", "store, MB", "of what fp32 allows"],
        [_line(each, cells, rates.get(each[1]), figures.reason("index", each[1])) for each in _programs(figures)],
    )
    said = """
        From the start of the process to its end, with the store on disk. Every program has the settings that its
        documentation shows (txtai's index is approximate beyond 5,000 passages); of Pincite it is `pincite index` over
        a folder, of the others a script of a few lines that is given the passages.
    """
    return markdown.section(
        "Indexing", said, table, markdown.image("indexing", plots, "Passages a second of each program")
    )


def _cold(figures: Figures, plots: dict[str, str]) -> str:
    lines = _programs(
        figures, own=(("Pincite, `pincite search`", "search"), ("Pincite, `pincite ask`", "ask")), step="ask"
    )
    times = _found(lines, lambda name, step: figures.figure("printed_s", "cold", name, step=step))
    speed = speeds({key: time.value for key, time in times.items()})

    def cells(line: Line) -> list[str]:
        memory = figures.figure("peak_mb", "cold", line[1], step=line[2])
        return [_ranged(times[_key(line)]), _times(speed.get(_key(line))), _shown(memory)]

    _draw(plots, "start", "Cold start: seconds to the printed answer, less is better", lines, times)
    table = markdown.table(
        ["", "seconds", "speed", "peak memory, MB"],
        [_line(each, cells, times.get(_key(each)), figures.reason("cold", each[1], step=each[2])) for each in lines],
    )
    said = f"""
        A new process opens the store, searches once and prints: {STARTS} starts a round, each with another
        question, the files in the system's cache. The peers and `pincite search` print a passage; `pincite ask`
        also reads ten passages and cites.
    """
    return markdown.section(
        "From the start of a process to the first answer",
        said,
        table,
        markdown.image("start", plots, "Seconds from process start to printed answer"),
    )


def _warm(figures: Figures, plots: dict[str, str]) -> str:
    lines = _programs(
        figures, own=(("Pincite, search", "questions"), ("Pincite, answer with citations", "answers")), step="questions"
    )
    taken = {
        _key(line): [each.value for each in found]
        for line in lines
        if len(found := _percentiles(figures, "warm", line[1], step=line[2])) == len(SHARES)
    }
    speed = speeds({key: values[0] for key, values in taken.items()})

    def cells(line: Line) -> list[str]:
        success = figures.figure("success@10", "warm", line[1], step=line[2])
        return [
            *map(shown, taken[_key(line)]),
            _times(speed.get(_key(line))),
            f"{100 * success.value:.1f} %" if success else "",
        ]

    if taken:
        drawn = {_plain(line[0]): taken[_key(line)] for line in lines if _key(line) in taken}
        plots["latency"] = ranges("One question: milliseconds, p50, p95 and p99, less is better", drawn, own=_TITLE)
    table = markdown.table(
        ["", "p50, ms", "p95, ms", "p99, ms", "speed (p50)", "success@10"],
        [_line(each, cells, taken.get(_key(each)), figures.reason("warm", each[1], step=each[2])) for each in lines],
    )
    said = """
        In a process that has the store open and is warm, the question's embedding included. Success@10 is the
        share of questions whose passage is among the first ten found: the peers search vectors only, Pincite
        vectors and words. Pincite cuts documents into passages of its own; each counts as the passage that it
        covers most.
    """
    return markdown.section(
        "One question after the other",
        said,
        table,
        markdown.image("latency", plots, "Milliseconds of one question at three percentiles"),
    )


def _change(figures: Figures, _plots: dict[str, str]) -> str:
    lines = _programs(figures)
    times = _found(lines, lambda name, _step: figures.figure("seconds", "change", name))
    speed = speeds({key: time.value for key, time in times.items()})

    def cells(line: Line) -> list[str]:
        time, first = times[_key(line)], figures.figure("wall_s", "index", line[1])
        return [
            _ranged(time),
            _times(speed.get(_key(line))),
            f"{time.value / first.value:.1%}" if first else "",
            _shown(figures.figure("wall_s", "change", line[1])),
        ]

    corpus = figures.results["corpus"]
    table = markdown.table(
        ["", "seconds", "speed", "of the first indexing", "seconds with opening"],
        [_line(each, cells, times.get(_key(each)), figures.reason("change", each[1])) for each in lines],
    )
    said = f"""
        {corpus["changed_passages"]:,} passages have changed, those of whole documents as far as possible
        ({corpus["changed_documents"]:,} in all). The peers are told which; Pincite is given the folder and finds out.
        Measured once the store is open and the model loaded, until the change is on disk.
    """
    return markdown.section("After one in a hundred passages changed", said, table)


def _load(figures: Figures, _plots: dict[str, str]) -> str:
    rows = []
    for name in BESIDE:
        found = _percentiles(figures, "load", PINCITE, beside=name)
        shownfor = [shown(each.value) for each in found] or [figures.reason("load", PINCITE, beside=name), "", ""]
        rows.append([f"`{name}`" if name.startswith("pincite") else name, *shownfor])
    said = """
        Pincite answers with citations while something else runs: a process that keeps one core busy, and
        `pincite index` into another store.
    """
    return markdown.section(
        "While the machine is at work", said, markdown.table(["beside it", "p50, ms", "p95, ms", "p99, ms"], rows)
    )


def _limits(figures: Figures) -> str:
    kinds = (("fp32", "gflops", "fp32"), ("bf16", "gflops", "bf16"))
    rows = []
    for title, *keys in kinds:
        each = [figures.limit(*keys, threads) for threads in ("1", "2")]
        allowed = figures.floor(keys[-1], "2")
        rows.append(
            [f"{title} matrices, GFLOP/s", *map(_shown, each), f"{shown(allowed)} passages/s" if allowed else ""]
        )
    rows.append(["reading memory, GB/s", *(_shown(figures.limit("read_gb_s", threads)) for threads in ("1", "2")), ""])
    said = """
        Products of matrices of the model's shape (4096 × 384 × 1536) and the sum over 1 GB, by PyTorch, in
        every round of this run. A passage of 150 tokens takes 3.4 GFLOP: what the products alone would allow
        with two threads is in the last column.
    """
    return markdown.section(
        "What the machine allows", said, markdown.table(["", "1 thread", "2 threads", "allows"], rows)
    )


def _conditions(results: Mapping[str, Any]) -> str:
    machine = results["machine"]
    sets = ", ".join(machine["instruction_sets"]) or "not known"
    memory = f", {machine['memory_gb']:g} GB of memory" if machine.get("memory_gb") else ""
    versions = [
        [each["title"], ", ".join(f"{name} {number}" for name, number in each["versions"].items()) or "not installed"]
        for each in results["programs"].values()
    ]
    said = f"""
        {machine["processor"]}, {machine["cores"]} cores{memory}; of the instruction sets that matter here
        {sets}. {machine["system"]}, Python {machine["python"]}. {results["date"]}, seed
        {results["settings"]["seed"]}.
    """
    return markdown.section("Machine and versions", said, markdown.table(["", "versions"], versions))


# --- words, lines and tables


def _programs(figures: Figures, own: Sequence[tuple[str, str]] = ((_TITLE, ""),), step: str = "") -> list[Line]:
    """A line a program; Pincite has those of `own`, a title and a step each."""
    return [
        line
        for name, title in figures.programs.items()
        for line in ([(each, name, what) for each, what in own] if name == PINCITE else [(title, name, step)])
    ]


def _key(line: Line) -> str:
    return f"{line[1]} {line[2]}".strip()


def _found(lines: Sequence[Line], figure: Callable[[str, str], Figure | None]) -> dict[str, Figure]:
    return {_key(line): found for line in lines if (found := figure(line[1], line[2]))}


def _percentiles(figures: Figures, measure: str, program: str, **wanted: str) -> list[Figure]:
    found = [figures.percentile(share, measure, program, **wanted) for share in SHARES]
    return [each for each in found if each]


def _draw(plots: dict[str, str], name: str, title: str, lines: Sequence[Line], values: Mapping[str, Figure]) -> None:
    if values:
        drawn = {_plain(line[0]): values[_key(line)].value for line in lines if _key(line) in values}
        plots[name] = bars(title, drawn, own=_TITLE)


def _line(line: Line, cells: Callable[[Line], list[str]], found: object, reason: str) -> list[str]:
    """The cells of a line, or why there are none."""
    return [line[0], *cells(line)] if found else [line[0], reason]


def _ranged(figure: Figure) -> str:
    spread = f" ({shown(figure.low)} to {shown(figure.high)})" if figure.rounds > 1 else ""
    return f"**{shown(figure.value)}**{spread}"


def _shown(figure: Figure | None) -> str:
    return shown(figure.value) if figure else ""


def _times(speed: float | None) -> str:
    return f"{speed:.2f}" if speed else ""


def _plain(title: str) -> str:
    """A title for a plot, which is no markdown and has little room."""
    return title.replace("`", "").replace("Pincite, pincite", "Pincite").replace(" with citations", "")


def _and(words: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]])) if words else "no other program"
