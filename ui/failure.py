"""One question of a run: what was answered, and from where, beside what was wanted and where that stands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ui.evaluation import address
from ui.render import CONFIDENCE, label, plain

SHOWN = 3
"""Passages found that are shown open; the others are one click away."""

_WRAP = re.compile(r"(?<=[^\n]{60})\n(?=\w)")
"""A line end that only keeps lines short: after many characters, and before a word and no list, table or heading."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Words of a document: `text` with `text[start:end]` marked, a `link` to where they stand, and remarks on them."""

    title: str
    where: str
    text: str
    marks: tuple[tuple[int, int], ...] = ()
    link: str = ""
    good: tuple[str, ...] = ()
    poor: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """One question with all that is known of it.

    `answer` is the best answer found, `given` or not; `right` is None where that is not known. `reads` is what the
    reader says to the wanted passage. `gold` is the key of the gold set in which the question can be edited, else "".
    """

    question: str
    answers: tuple[str, ...]
    answerable: bool
    given: bool
    answer: str
    confidence: float | None = None
    right: bool | None = None
    reads: str = ""
    cause: str = ""
    meaning: str = ""
    error: str = ""
    wanted: tuple[Excerpt, ...] = ()
    cited: tuple[Excerpt, ...] = ()
    found: tuple[Excerpt, ...] = ()
    gold: str = ""
    id: str = ""


def failure(shown: Failure) -> str:
    why = f'<p class="pv-why"><strong>{plain(shown.cause)}</strong>: {plain(shown.meaning)}.</p>' if shown.cause else ""
    error = f'<p class="pv-notice" dir="auto">{plain(shown.error)}</p>' if shown.error else ""
    edit = ""
    if shown.gold:
        link = address("/gold", gold=shown.gold, id=shown.id)
        edit = f'<p><a href="{link}" data-into="#pv-part">Edit this gold question</a></p>'
    return (
        f'{why}{error}<div class="pv-beside"><section aria-label="Wanted"><h4>Wanted</h4>{_wanted(shown)}</section>'
        f'<section aria-label="Answered"><h4>{"Answered" if shown.given else "Not answered"}</h4>{_answered(shown)}'
        f"</section></div>{edit}"
    )


def _wanted(shown: Failure) -> str:
    if not shown.answerable:
        return '<p class="pv-answer">No answer: the documents do not say it.</p>'
    answers = " <span>or</span> ".join(f'<q dir="auto">{plain(answer)}</q>' for answer in shown.answers)
    said = f'<p class="pv-answer">{answers}</p>' if answers else ""
    if not shown.wanted:
        return f'{said}<p class="pv-none">The gold question names no passage.</p>'
    return said + "".join(map(_excerpt, shown.wanted))


def _answered(shown: Failure) -> str:
    words = f'<q dir="auto">{plain(shown.answer)}</q>' if shown.answer else "nothing"
    judged = {True: '<span class="pv-tag pv-good">right</span>', False: '<span class="pv-tag pv-poor">wrong</span>'}
    verdict = judged.get(shown.right, "") if shown.right is not None else ""
    before = "" if shown.given else "<span>Best answer found, though not given:</span> "
    said = f'<p class="pv-answer">{before}{words} {verdict}{_sure(shown.confidence)}</p>'
    if shown.reads:
        said += f'<p class="pv-note">Given the wanted passage, it answers <q dir="auto">{plain(shown.reads)}</q>.</p>'
    said += "".join(map(_excerpt, shown.cited))
    if not shown.found:
        return said if shown.cited else f'{said}<p class="pv-none">No passage was found.</p>'
    first, rest = shown.found[:SHOWN], shown.found[SHOWN:]
    if shown.cited:
        first, rest = (), shown.found
    head = "<h5>Nearest passages</h5>" if first else ""
    more = f"<details><summary>{len(rest)} {'more ' if first else ''}passages found</summary>{_all(rest)}</details>"
    return f"{said}{head}{_all(first)}{more if rest else ''}"


def _sure(confidence: float | None) -> str:
    if confidence is None:
        return ""
    word = next((word for bound, word in CONFIDENCE if confidence >= bound), "low")
    return f' <span class="pv-sureness" title="{confidence:.2f}">{word} confidence</span>'


def _all(excerpts: Sequence[Excerpt]) -> str:
    return "".join(map(_excerpt, excerpts))


def _excerpt(shown: Excerpt) -> str:
    title = f'<bdi class="pv-doc">{plain(shown.title)}</bdi>'
    if shown.link:
        title = f'<a href="{label(shown.link)}" target="_blank" rel="noopener">{title}</a>'
    tags = "".join(f'<span class="pv-tag pv-good">{plain(tag)}</span>' for tag in shown.good)
    tags += "".join(f'<span class="pv-tag pv-poor">{plain(tag)}</span>' for tag in shown.poor)
    where = f' <span class="pv-where">{plain(shown.where)}</span>' if shown.where else ""
    words = f'<p class="pv-passage" dir="auto">{marked(shown.text, shown.marks)}</p>' if shown.text else ""
    return f'<div class="pv-excerpt"><p class="pv-source">{title}{where} {tags}</p>{words}</div>'


def marked(text: str, marks: Sequence[tuple[int, int]] = ()) -> str:
    """The text with the marked parts in marks, which neither overlap nor touch, and with wrapped lines made to flow."""
    shown = [plain(character) for character in text]
    for wrap in _WRAP.finditer(text):
        shown[wrap.start()] = '<span class="pv-wrap">&#10;</span>'
    for start, end in marks:
        shown[start] = f"<mark>{shown[start]}"
        shown[end - 1] += "</mark>"
    return "".join(shown)
