"""The gold questions of the Evaluate view: their list, the form that adds or changes one, and whether they are well."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from ui.evaluation import Set, address, counted
from ui.failure import marked
from ui.render import label, plain

_IMPOSSIBLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Evidence:
    """Words of a document; without a quote the whole document is meant. `link` leads to them where they stand."""

    document: str
    quote: str = ""
    grade: int = 1
    link: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A gold question at its place in the file; `at` keeps its element on the page apart from the others."""

    id: str
    at: int
    question: str
    answers: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    tags: tuple[str, ...] = ()
    is_open: bool = False

    @property
    def unanswerable(self) -> bool:
        return not (self.answers or self.evidence or self.is_open)


@dataclass(frozen=True, slots=True)
class Listed:
    """Some of the questions of a set: those from `begin` on, of `total` that the filters let through."""

    gold: str
    editable: bool
    rows: tuple[Question, ...]
    begin: int
    size: int
    total: int
    find: str = ""
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something to look at: of a question, in a sentence, with the words as they are and as they stand now."""

    id: str
    sentence: str
    quote: str = ""
    there: str = ""
    is_remark: bool = False


def gold(sets: Sequence[Set], chosen: str, tags: Sequence[str], documents: Sequence[str], listed: Listed) -> str:
    """The part of gold questions. `documents` are the names that evidence can have."""
    own = listed.editable
    known = "".join(f'<option value="{label(name)}"></option>' for name in documents)
    said = (
        "Questions with their right answers and the words that these rest on. They are asked in a run."
        if own
        else "These came with the documents and stay as they are."
    )
    return (
        f'<section class="pv-panel" aria-label="Gold set">{_picker(sets, chosen)}<p>{said}</p>'
        f"{_adding() if own else ''}{_check(chosen) if listed.total else ''}"
        f'<datalist id="pv-documents">{known}</datalist></section>'
        f'<section aria-labelledby="pv-gold-heading"><h3 id="pv-gold-heading">Questions</h3>'
        f"{_filters(listed, tags) if listed.total else ''}"
        f'<div id="pv-gold" tabindex="-1">{entries(listed)}</div></section>'
    )


def _picker(sets: Sequence[Set], chosen: str) -> str:
    options = "".join(
        f'<option value="{label(each.key)}"{" selected" if each.key == chosen else ""}>'
        f"{label(each.name)} ({counted(each.questions)})</option>"
        for each in sets
    )
    return (
        f'<form class="pv-row" method="get" action="{address("/gold")}" data-into="#pv-part">'
        f'<label class="pv-field">Gold set <select id="pv-set" name="gold" data-send>{options}</select></label></form>'
    )


def _adding() -> str:
    inside = fields(Question("", 0, ""), "new")
    return (
        '<details class="pv-add"><summary>Add a question</summary>'
        f'<form class="pv-form" method="post" action="{address("/gold/add")}" data-into="#pv-part">{inside}'
        '<div class="pv-row"><button class="pv-main">Add</button></div></form></details>'
    )


def _check(chosen: str) -> str:
    return (
        f'<form method="get" action="{address("/gold/check", gold=chosen)}" data-into="#pv-health">'
        '<button id="pv-check">Check the quotes against the documents</button></form><div id="pv-health"></div>'
    )


def _filters(listed: Listed, tags: Sequence[str]) -> str:
    options = "".join(
        f'<option value="{_exact(tag)}"{" selected" if tag == listed.tag else ""}>{label(tag)}</option>' for tag in tags
    )
    chosen = f'<select name="tag" data-send><option value="">any</option>{options}</select>'
    tagged = f'<label class="pv-field">Tag {chosen}</label>' if tags else ""
    return (
        f'<form class="pv-row" method="get" action="{address("/gold/list", gold=listed.gold)}" data-into="#pv-gold">'
        '<label class="pv-field pv-grow">Find <input type="search" name="find" data-send autocomplete="off" '
        f'value="{label(listed.find)}" placeholder="words of a question, an answer, a quote"></label>'
        f"{tagged}</form>"
    )


def entries(listed: Listed) -> str:
    """A page of the questions."""
    if not listed.rows:
        said = "No question is like that." if listed.find or listed.tag else "There are no questions in it yet."
        return f'<p class="pv-none" role="status">{said}</p>'
    rows = "".join(
        f'<li id="pv-gold-{row.at}" class="pv-gold" tabindex="-1">'
        f"{entry(row, listed.gold, editable=listed.editable)}</li>"
        for row in listed.rows
    )
    last = listed.begin + len(listed.rows)
    places = (
        ("Earlier", max(0, listed.begin - listed.size), listed.begin > 0),
        ("Further", last, last < listed.total),
    )
    asked = {"gold": listed.gold, "find": listed.find, "tag": listed.tag}
    pages = [
        f'<a href="{address("/gold/list", **asked, begin=str(begin))}" data-into="#pv-gold">{name}</a>'
        for name, begin, there in places
        if there
    ]
    said = f"{listed.begin + 1:,} to {last:,} of {counted(listed.total)}" if pages else counted(listed.total)
    return (
        f'<p class="pv-facts" role="status">{said}</p><ol class="pv-panel pv-golds">{rows}</ol>'
        f'<p class="pv-pages">{"".join(pages)}</p>'
    )


def entry(row: Question, gold_key: str, *, editable: bool, said: str = "") -> str:
    """What stands in the element of a question."""
    answers = " <span>or</span> ".join(f'<q dir="auto">{plain(answer)}</q>' for answer in row.answers)
    if row.is_open:
        answers = "open: nobody has said what is right, and it is not asked in a run"
    elif row.unanswerable:
        answers = "the documents do not answer it"
    tags = "".join(f'<span class="pv-tag" dir="auto">{plain(tag)}</span>' for tag in row.tags)
    note = f'<p class="pv-note" role="status">{plain(said)}</p>' if said else ""
    tools = _tools(row, gold_key) if editable else ""
    return (
        f'{note}<div class="pv-gold-head"><p class="pv-words" dir="auto">{plain(row.question)}</p>{tools}</div>'
        f'<p class="pv-answer">{answers} {tags}</p>{"".join(map(_evidence, row.evidence))}'
    )


def _tools(row: Question, gold_key: str) -> str:
    what = label(row.question[:80])
    edit = address("/gold/question", gold=gold_key, id=row.id, at=str(row.at))
    return (
        f'<div class="pv-tools"><a class="pv-quiet" href="{edit}" data-into="#pv-gold-{row.at}" '
        f'aria-label="Edit: {what}">Edit</a>'
        f'<form method="post" action="{address("/gold/remove")}" data-into="#pv-gold-{row.at}">{_named(row)}'
        f'<button class="pv-quiet" aria-label="Remove: {what}">Remove</button></form></div>'
    )


def _named(row: Question) -> str:
    return f'<input type="hidden" name="id" value="{_exact(row.id)}"><input type="hidden" name="at" value="{row.at}">'


def _evidence(evidence: Evidence) -> str:
    name = f'<bdi class="pv-doc">{plain(evidence.document)}</bdi>'
    if evidence.link:
        name = f'<a href="{label(evidence.link)}" target="_blank" rel="noopener">{name}</a>'
    quote = f'<p class="pv-passage" dir="auto">{marked(evidence.quote)}</p>' if evidence.quote else ""
    whole = "" if evidence.quote else ' <span class="pv-where">the whole document</span>'
    return f'<div class="pv-excerpt"><p class="pv-source">{name}{whole}</p>{quote}</div>'


def removed(row: Question, line: int, kept: str) -> str:
    """What stands in the place of a question that was removed; `kept` is what brings it back, at `line`."""
    return (
        f'<form class="pv-row" method="post" action="{address("/gold/restore")}" data-into="#pv-gold-{row.at}">'
        f'<p class="pv-grow" role="status" dir="auto">Removed: {plain(row.question)}</p>'
        f'<input type="hidden" name="at" value="{row.at}"><input type="hidden" name="line" value="{line}">'
        f'<input type="hidden" name="kept" value="{label(kept)}"><button autofocus>Undo</button></form>'
    )


def form(row: Question, gold_key: str, seen: str) -> str:
    """What stands in the element of a question that is being changed; `seen` is the fingerprint of what is shown."""
    back = address("/gold/entry", gold=gold_key, id=row.id, at=str(row.at))
    inside = fields(row, str(row.at), focus=True, silent=row.unanswerable)
    return (
        f'<form class="pv-form" method="post" action="{address("/gold/edit")}" data-into="#pv-gold-{row.at}">'
        f'<input type="hidden" name="seen" value="{label(seen)}">{_named(row)}{inside}'
        '<div class="pv-row"><button class="pv-main">Save</button>'
        f'<a class="pv-quiet" href="{back}" data-into="#pv-gold-{row.at}">Cancel</a></div></form>'
    )


def fields(row: Question, stem: str, *, focus: bool = False, silent: bool = False) -> str:
    """The fields of a question with its values, and one more of its evidence to fill in.

    `silent` says that the documents do not answer it, and `stem` keeps its elements apart from those of other forms.
    """
    first = " autofocus" if focus else ""
    checked = " checked" if silent else ""
    shown = [*row.evidence, Evidence("")]
    return (
        f'<label class="pv-field pv-block">Question <textarea name="question" rows="2" required dir="auto"{first}>'
        f"{_area(row.question)}</textarea></label>"
        '<label class="pv-field pv-block">Acceptable answers, one a line <textarea name="answers" rows="2" dir="auto">'
        f"{_area(chr(10).join(row.answers))}</textarea></label>"
        f"{''.join(_evidence_fields(each, at, stem) for at, each in enumerate(shown))}"
        f'<label class="pv-field pv-block">Tags, with commas <input name="tags" dir="auto" autocomplete="off" '
        f'value="{_exact(", ".join(row.tags))}"></label>'
        f'<label class="pv-check"><input type="checkbox" name="unanswerable"{checked}> The documents do not answer it'
        "</label>"
    )


def _evidence_fields(evidence: Evidence, at: int, stem: str) -> str:
    title = "Words that the answer rests on" if evidence.document or not at else "Further words"
    if evidence.link:
        title += f' <a href="{label(evidence.link)}" target="_blank" rel="noopener">Open in the document</a>'
    return (
        f'<fieldset id="pv-evidence-{label(stem)}-{at}"><legend>{title}</legend>'
        f'<label class="pv-field pv-block">Document <input name="document-{at}" list="pv-documents" dir="auto" '
        f'autocomplete="off" value="{_exact(evidence.document)}"></label>'
        f'<label class="pv-field pv-block">Quote, as it stands there <textarea name="quote-{at}" rows="2" dir="auto">'
        f"{_area(evidence.quote)}</textarea></label>"
        f'<input type="hidden" name="grade-{at}" value="{evidence.grade}"></fieldset>'
    )


def _area(text: str) -> str:
    """Text within a textarea, of which a browser drops a first line end."""
    return f"\n{_exact(text)}"


def _exact(text: str) -> str:
    """Text that comes back from a field letter for letter, what cannot be seen too; no element can stand in it."""
    return _IMPOSSIBLE.sub("\ufffd", escape(text))


def health(said: str, verdict: str, problems: Sequence[Problem], repairable: int, *, editable: bool) -> str:
    """Whether the questions are well: `said` what there is, `verdict` how it stands."""
    bad = [problem for problem in problems if not problem.is_remark]
    remarks = [problem for problem in problems if problem.is_remark]
    fix = ""
    if repairable and editable:
        fix = (
            f'<form method="post" action="{address("/gold/fix")}" data-into="#pv-health">'
            f"<button>Put {counted(repairable, 'quote')} right</button></form>"
        )
    listed = f'<ul class="pv-problems">{"".join(map(_problem, bad))}</ul>' if bad else ""
    more = ""
    if remarks:
        inside = f'<ul class="pv-problems">{"".join(map(_problem, remarks))}</ul>'
        more = f"<details><summary>{counted(len(remarks), 'remark')}</summary>{inside}</details>"
    kind = "pv-notice" if bad else "pv-well"
    return (
        f'<div class="pv-health"><p class="{kind}" role="status">{plain(verdict)}</p>'
        f'<p class="pv-note">{plain(said)}</p>{fix}{listed}{more}</div>'
    )


def _problem(problem: Problem) -> str:
    quote = f'<p class="pv-passage" dir="auto">{marked(problem.quote)}</p>' if problem.quote else ""
    there = ""
    if problem.there:
        there = f'<p class="pv-note">There stands:</p><p class="pv-passage" dir="auto">{marked(problem.there)}</p>'
    return f'<li><p dir="auto"><strong>{plain(problem.id)}</strong> {plain(problem.sentence)}</p>{quote}{there}</li>'
