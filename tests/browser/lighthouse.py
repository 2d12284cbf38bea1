"""The documents of these tests, and what is answered about them: a function of the question alone."""

from __future__ import annotations

import struct
import threading
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate, pairwise
from types import SimpleNamespace
from typing import Any

from shelves import Answering, Shelf

from qa.errors import PinciteError
from qa.types import Answer, Citation, Document, Hit, Passage, StageScores

LIGHTHOUSE = Document(
    id="lighthouse",
    title="The lighthouse at Skerry Point",
    sources=("islands/skerry-point.md",),
    sha256="1" * 64,
    text=(
        "The lighthouse was lit on 4 March 1871. Its lamp burned colza oil until 1894.\n\n"
        "The tower is 38 metres high and has 196 steps.\nIt was built of granite.\n\n"
        "In 1962 the light was made automatic and the last keeper left the island.\n"
    ),
)
KEEPERS = Document(
    id="keepers",
    title="Keepers of the northern lights",
    sources=("people/keepers.pdf",),
    sha256="2" * 64,
    text="Ada Lindqvist kept the light from 1889 to 1907. She was the first keeper on the coast to burn paraffin.",
    page_starts=(0,),
)
PAYLOADS = (
    "<script>window.ran=1</script>",
    '<img src="https://canary.invalid/a.png" onerror="window.ran=1">',
    '<img src="/canary.png" srcset="/canary-2.png 2x">',
    "![picture](https://canary.invalid/b.png) ![x][r]\n\n[r]: https://canary.invalid/c.png",
    '<svg onload="window.ran=1"><image href="https://canary.invalid/d.png"/></svg>',
    "<style>@import url(https://canary.invalid/e.css); body { display: none }</style>",
    '<link rel="stylesheet" href="https://canary.invalid/f.css">',
    '<div style="position:fixed;inset:0;background:url(https://canary.invalid/g.png)">over all</div>',
    '<iframe src="https://canary.invalid/h"></iframe><object data="/canary"></object>',
    '<video src="https://canary.invalid/i" poster="/canary.jpg" autoplay></video>',
    '<form action="https://canary.invalid/j"><input type="image" src="/canary.gif"></form>',
    "</mark></p></div></details><details open id=turn-1-source-1><summary>fake</summary></details>",
    "**bold** _slant_ `code` # heading $$x^2$$ ~~gone~~ | a | b |",
    "```mermaid\ngraph TD; A-->B\n```\n\n    indented\n\n> quoted\n\n- item\n\n<!-- hidden -->",
    "[1] [2](#x) [link](javascript:window.ran=1) https://canary.invalid/k",
    "&lt;b&gt; &#60;i&#62; \\*star\\* \ttab  two  spaces",
    "\u202edrawkcab\u202c zero\u200bwidth \u2066isolate\u2069 \x07bell",
)
HOSTILE = Document(
    id="hostile",
    title="<img src=x onerror=window.ran=1> **title** [1]",
    sources=("files/<script>window.ran=1</script>`_.md",),
    sha256="3" * 64,
    text="\n".join(("Before.", *PAYLOADS, "After.")),
)


def cite(document: Document, quote: str, number: int = 1) -> Citation:
    start = document.text.index(quote)
    return document.cite(start, start + len(quote), number)


def hit(document: Document, text: str, rank: int = 1) -> Hit:
    whole = cite(document, text)
    passage = Passage(document.id, whole.start, whole.end, text, whole.page)
    return Hit(rank, 1 / rank, StageScores(0.8, 0.7), passage, whole)


OIL = "The lighthouse was lit on 4 March 1871. Its lamp burned colza oil until 1894."
TOWER = "The tower is 38 metres high and has 196 steps.\nIt was built of granite."
LAST = "In 1962 the light was made automatic and the last keeper left the island."


LINE = "The quick brown fox jumps over the lazy dog, and nobody in the harbour has ever found out why it does so."
SECTIONS = [f"Section {n}\n\n{LINE} {LINE}\n\n{LINE} This is {n}.\n\n" for n in range(1, 501)]
BEGINS = [0, *accumulate(map(len, SECTIONS))]
LONG = Document(
    "long", "A long document", ("archive/long.pdf",), "5" * 64, "".join(SECTIONS), page_starts=tuple(BEGINS[:-1:10])
)
TABLE = Document(
    "table",
    "Rain",
    ("rain.txt",),
    "6" * 64,
    "Month      Valencia   Bergen    Lima    Skerry Point    Northern coast\n"
    "January          37      190       1             205               211\n"
    "February         36      152       1             180               199\n\n"
    f"{'x' * 2000}\n\n| station | {'remark ' * 40}|\n|---|---|\n",
)
DOCUMENTS = {document.id: document for document in (LIGHTHOUSE, KEEPERS, HOSTILE, LONG, TABLE)}
TALL = (0.2, 0.6, 0.8, 0.63)
"""A box on the picture of a page."""


def png(width: int, height: int) -> bytes:
    """A white picture."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack("!I", len(data)) + name + data + struct.pack("!I", zlib.crc32(name + data))

    header = struct.pack("!IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\xff" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


class Lighthouse(Shelf):
    """The documents of this file; one has a page that is drawn."""

    def __init__(self) -> None:
        super().__init__(DOCUMENTS)

    def passages(self, document: Document, start: int, end: int) -> Sequence[Passage]:
        if document is not LONG:
            return []
        return [
            Passage("long", at, stop, LONG.text[at:stop], None, (f"Section {number}",))
            for number, (at, stop) in enumerate(pairwise(BEGINS), start=1)
            if at < end and stop > start
        ]

    def pictures(self, document: Document, spans: Sequence[tuple[int, int]]) -> Sequence[Any]:
        shown = document is KEEPERS and spans
        return [SimpleNamespace(page=1, width=600, height=850, boxes=(TALL,))] if shown else []

    def picture(self, document: Document, page: int) -> bytes:
        return png(600, 850)


LATE = f"{LINE} This is 400."
HIGH = "How high is the tower?"
LAMP = "What did the lamp burn?"
PAD = "Is there a helicopter pad?"
FAR = "Where is four hundred?"


@dataclass
class Asked(Answering):
    """Answers by the question: `slow` in it is searched until `found` is set, and `wait` is read until `go` is."""

    answer: Callable[[str], Answer] = field(default_factory=lambda: answer)
    found: threading.Event = field(default_factory=threading.Event)
    go: threading.Event = field(default_factory=threading.Event)

    def ask(
        self,
        question: str,
        *_only: object,
        history: Sequence[Answer] = (),
        stage: Callable[[str], object] = lambda _stage: None,
        **_more: object,
    ) -> Answer:
        stage("searching")
        if "slow" in question:
            assert self.found.wait(10)
        stage("reading")
        if "wait" in question:
            assert self.go.wait(10)
        return self.answer(question)


def answer(question: str) -> Answer:
    if "locked" in question:
        raise PinciteError("The store <b>is</b> locked.")
    if "hostile" in question:
        quote = HOSTILE.text[3:-3]
        return answered(question, f"{quote} [1]", (hit(HOSTILE, HOSTILE.text),), cite(HOSTILE, quote))
    if "high" in question:
        quote = "The tower is 38 metres high and has 196 steps."
        asked = "How high is the tower of the lighthouse?" if question.startswith("And") else ""
        return answered(question, f"{quote} [1]", (hit(LIGHTHOUSE, TOWER),), cite(LIGHTHOUSE, quote), asked=asked)
    if "rebuilt" in question:
        moved = replace(cite(LIGHTHOUSE, "It was built of granite."), verdict="moved", file_changed=True)
        return answered(question, "It was built of granite. [1]", (hit(LIGHTHOUSE, TOWER),), moved)
    if "four hundred" in question:
        return answered(question, f"{LATE} [1]", (hit(LONG, LATE),), cite(LONG, LATE))
    if "lamp" in question:
        oil, first = (
            "Its lamp burned colza oil until 1894.",
            "She was the first keeper on the coast to burn paraffin.",
        )
        hits = (hit(LIGHTHOUSE, OIL), hit(KEEPERS, KEEPERS.text, 2), hit(LIGHTHOUSE, LAST, 3))
        return answered(question, f"{oil} [1] {first} [2]", hits, cite(LIGHTHOUSE, oil), cite(KEEPERS, first, 2))
    near = (
        hit(LIGHTHOUSE, LAST),
        hit(LIGHTHOUSE, TOWER, 2),
        hit(KEEPERS, KEEPERS.text, 3),
        hit(LIGHTHOUSE, OIL, 4),
    )
    return Answer(question, question, False, "", "", 0.1, (), near, ("helicopter",))


def answered(question: str, text: str, hits: tuple[Hit, ...], *citations: Citation, asked: str = "") -> Answer:
    return Answer(question, asked or question, True, text, "short", 0.93, citations, hits, ())
