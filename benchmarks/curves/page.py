"""The part of the page about stores of several sizes: tables in markdown, and two plots."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks import markdown
from benchmarks.curves.drawing import Curve, curves
from benchmarks.curves.figures import Figures
from benchmarks.curves.targets import PASSAGES, TARGETS
from benchmarks.peers.drawing import shown

_ALL = ("p50", "p95", "p99")
_LEVEL = 3
_ACROSS = "passages"


@dataclass(frozen=True, slots=True)
class Column:
    """A figure of a measure; where several percentiles are wanted, one behind the other."""

    title: str
    measure: str
    key: str
    shares: Sequence[str] = ("p50",)
    form: Callable[[Any], str] = shown

    def cell(self, figures: Figures, size: int) -> str:
        found = [figures.value(self.measure, size, self.key, share) for share in self.shares]
        return " / ".join(self.form(value) for value in found if value is not None)


def part(results: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    """The text about a run that was `reduced`, and its plots by name."""
    figures = Figures(results)
    plots = _plots(figures)
    sections = (_targets, _search, _filter, _space, _start, _change)
    written = [section(figures, plots) for section in sections]
    return "\n\n".join([_head(results), *written, _conditions(results)]), plots


def _head(results: Mapping[str, Any]) -> str:
    real, settings = results["real"], results["settings"]
    said = """
        Pincite over stores of several sizes, each measure in a process of its own, the files in the system's cache.
        `make scale DATA=DATA WORK=FOLDER`, or in full
    """
    sizes = ",".join(map(str, settings["sizes"]))
    options = f"--sizes {sizes}" + "".join(f" --{name} {settings[name]}" for name in ("questions", "real", "seed"))
    command = f"```\npython -m benchmarks.scale DATA --work FOLDER {options}\n```"
    made_of = f"""
        The first {real["passages"]:,} passages are real ones (SQuAD 2.0's development file, SQuAD 1.1, passages that
        belong to no article; {real["characters"] / 1e6:.1f} million characters), embedded by Pincite. **Those beyond
        are mixed**: the text is spliced from sentences of two or three real passages, the vector is the weighed sum of
        their vectors with a little noise. Times and bytes carry over to real documents; recall over mixed vectors need
        not. A document has 20 passages. The {real["questions"]:,} questions are those of the SQuAD 2.0 file.
    """
    return "\n\n".join([markdown.section("By number of passages", said, command), markdown.prose(made_of)])


def _targets(figures: Figures, _plots: Container[str]) -> str:
    said = "What was asked for beforehand, and what was reached."
    head = [f"at {PASSAGES:,} passages", "asked for", "reached", "met"]
    table = markdown.table(head, [target.cells(figures) for target in TARGETS])
    return markdown.section("At a million passages", said, table, level=_LEVEL)


def _search(figures: Figures, plots: Container[str]) -> str:
    columns = [
        Column("index", "search", "kind", form=str),
        *(Column(f"{share}, ms", "search", "whole_ms", (share,)) for share in _ALL),
        Column("asked first, p50 / p95", "search", "first_ms", ("p50", "p95")),
        Column("recall@10", "search", "recall", form=_share),
        Column("where only ten are asked for", "search", "recall_of_ten", form=_share),
    ]
    parts = [
        Column(name, "search", f"{key}_ms", _ALL)
        for name, key in (("embedding", "embedding"), ("vectors", "vectors"), ("words", "words"), ("the rest", "rest"))
    ]
    said = """
        `Retriever.search` for ten passages, in a process that has the store open and is warm, the question's
        embedding included. All questions are asked one after the other, and then again: that is what counts as
        warm. Where they were asked first, what they are answered from may have come from the disk. Recall@10 is
        the share of the ten nearest rows, by exact search over all, that stand first among the 100 that the
        retriever asks the vector index for; the last column is that of asking it for ten.
    """
    apart = """
        Where the time goes: p50 / p95 / p99 in ms of each part, called by itself in a third pass. The rest is reading,
        fusing and citing what was found.
    """
    shown_here = markdown.image("scale-latency", plots, "Milliseconds of one question by number of passages")
    tables = [_table(figures, columns), shown_here, markdown.prose(apart), _table(figures, parts)]
    return markdown.section("One question after the other, by size", said, *tables, level=_LEVEL)


def _filter(figures: Figures, _plots: Container[str]) -> str:
    columns = [
        Column("passages that may be found", "filter", "compared", form="{:,.0f}".format),
        *(Column(f"{share}, ms", "filter", "whole_ms", (share,)) for share in _ALL),
        Column("asked first, p50 / p95", "filter", "first_ms", ("p50", "p95")),
        Column("of it the filter, p50", "filter", "filter_ms"),
        Column("recall@10", "filter", "recall", form=_share),
    ]
    said = """
        The same questions to the documents with a tag that one in a hundred has, drawn by chance. Recall is against
        exact search over these.
    """
    return markdown.section("In one hundredth of the documents", said, _table(figures, columns), level=_LEVEL)


def _space(figures: Figures, plots: Container[str]) -> str:
    columns = [
        Column("resident, MB", "search", "resident_mb"),
        Column("its own, MB", "search", "own_mb"),
        Column("pages of files, MB", "search", "files_mb"),
        Column("peak, MB", "search", "peak_mb"),
        Column("store.db, MB", "disk", "record_mb"),
        Column("index, MB", "disk", "index_mb"),
    ]
    said = """
        Memory of the process that has answered the questions, with the model; the system may drop pages of files when
        others need the room. On disk are the record, which has every text and vector, and what is derived from it.
    """
    shown_here = markdown.image("scale-memory", plots, "Memory and disk by number of passages")
    return markdown.section("Memory and disk", said, _table(figures, columns), shown_here, level=_LEVEL)


def _start(figures: Figures, _plots: Container[str]) -> str:
    columns = [
        Column("open, s", "open", "seconds"),
        Column("of it vectors", "open", "vectors_s"),
        Column("of it words", "open", "words_s"),
        Column("imports, s", "open", "imports_s"),
        Column("model, s", "open", "model_s"),
        Column("build vectors, s", "build", "vectors_s"),
        Column("build words, s", "build", "words_s"),
        Column("peak of building, MB", "build", "peak_mb"),
        Column("write the record, s", "make", "seconds"),
    ]
    said = """
        Opening is from `Library.open` until vectors and words can be searched, without the imports and the model, which
        stand beside. Building is what happens at the end of an indexing run where no index is there yet: vectors read
        from the record, their index made, written and opened; then the word index, where there are enough passages for
        one. The record itself is written before that, texts being made up on the way; nothing is embedded.
    """
    return markdown.section("Opening and building", said, _table(figures, columns), level=_LEVEL)


def _change(figures: Figures, _plots: Container[str]) -> str:
    columns = [
        Column("`add`, s", "change", "add_s"),
        Column("until found, s", "change", "found_s"),
        Column("`remove`, s", "change", "remove_s"),
        Column("until not found, s", "change", "gone_s"),
    ]
    said = """
        A file of 20 passages with a made-up word: until `Library.add` has returned, and until a search has found the
        word; then the same of `Library.remove`. The store is open and the model loaded. Medians of three.
    """
    return markdown.section("One document more, one less", said, _table(figures, columns), level=_LEVEL)


def _conditions(results: Mapping[str, Any]) -> str:
    machine = results["machine"]
    memory = f", {machine['memory_gb']:g} GB of memory" if machine.get("memory_gb") else ""
    versions = ", ".join(f"{name} {number}" for name, number in results["versions"].items())
    said = f"""
        {machine["processor"]}, {machine["cores"]} cores{memory}. {machine["system"]}, Python {machine["python"]};
        {versions}. {results["date"]}, seed {results["settings"]["seed"]}.
    """
    return markdown.section("Machine and versions, by size", said, level=_LEVEL)


def _table(figures: Figures, columns: Sequence[Column]) -> str:
    """A line a size; where a measure is missing, why stands in the first of its cells."""
    rows = []
    for size in figures.sizes:
        missing = {each.measure for each in columns if figures.row(each.measure, size) is None}
        cells = []
        for column in columns:
            is_told = column.measure in missing
            missing.discard(column.measure)
            cells.append(figures.reason(column.measure, size) if is_told else column.cell(figures, size))
        rows.append([f"{size:,}", *cells])
    return markdown.table([_ACROSS, *(column.title for column in columns)], rows)


def _plots(figures: Figures) -> dict[str, str]:
    drawings = {
        "scale-latency": (
            "One question, milliseconds by number of passages",
            [
                Curve("p95", figures.curve("search", "whole_ms", "p95"), dashed=True),
                Curve("p50", figures.curve("search", "whole_ms")),
                Curve("vectors, p50", figures.curve("search", "vectors_ms"), own=False),
                Curve("words, p50", figures.curve("search", "words_ms"), own=False, dashed=True),
            ],
        ),
        "scale-memory": (
            "Memory and disk, MB by number of passages",
            [
                Curve("resident", figures.curve("search", "resident_mb")),
                Curve("of it its own", figures.curve("search", "own_mb"), dashed=True),
                Curve("store.db", figures.curve("disk", "record_mb"), own=False),
                Curve("index", figures.curve("disk", "index_mb"), own=False, dashed=True),
            ],
        ),
    }
    return {
        name: curves(title, _ACROSS, given)
        for name, (title, given) in drawings.items()
        if any(curve.points for curve in given)
    }


def _share(value: float) -> str:
    return f"{value:.4f}"
