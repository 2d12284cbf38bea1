"""The gold questions of the Evaluate view: listed, added, changed, removed and brought back, and checked."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from qa.errors import PinciteError
from qa.gate import Route
from qa.web.evaluation import goldforms
from qa.web.evaluation.goldsets import OWN, More, gold_set, gold_sets, sources
from qa.web.responses import collection_of, fragment, posted, shown

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.responses import Response

    from qa.gold import GoldQuestion
    from qa.gold.checking import Checked
    from qa.record import Reading
    from qa.web.collections import Collection, Collections
    from qa.web.evaluation.goldsets import GoldSet
    from ui import gold as shown_gold

ROUTES = (
    Route(("GET",), r"/evaluate/gold(/list|/entry|/question|/check)?"),
    Route(("POST",), r"/evaluate/gold/(add|edit|remove|restore|fix)"),
)
PAGE = 25
"""Questions that are shown at once."""


def add_to(site: FastAPI, collections: Collections, more: More = ()) -> None:
    """Put them into `site`; `more` are gold files beside the own one, which are shown and not changed."""
    view = _View(collections, more)
    for path, work in (
        ("", view.part),
        ("/list", view.list),
        ("/entry", view.entry),
        ("/question", view.question),
        ("/check", view.check),
    ):
        site.add_route(f"/evaluate/gold{path}", shown(work), ["GET"])
    for path, change in (
        ("/add", view.add),
        ("/edit", view.edit),
        ("/remove", view.remove),
        ("/restore", view.restore),
        ("/fix", view.fix),
    ):
        site.add_route(f"/evaluate/gold{path}", posted(change), ["POST"])


class _View:
    """What each address answers. Every method may be called from any thread."""

    def __init__(self, collections: Collections, more: More) -> None:
        self._collections = collections
        self._more = more

    def part(self, request: Request) -> Response:
        collection = self._collection(request)
        gold = gold_set(collection, self._more, request.query_params.get("gold", ""))
        find = f"id:{wanted}" if (wanted := request.query_params.get("id", "")) else ""
        return fragment(self._part(collection, gold, find))

    def list(self, request: Request) -> Response:
        from ui.gold import entries

        collection = self._collection(request)
        asked = request.query_params
        gold = gold_set(collection, self._more, asked.get("gold", ""))
        begin = _number(asked.get("begin", ""))
        return fragment(entries(_listed(collection, gold, asked.get("find", ""), asked.get("tag", ""), begin)))

    def entry(self, request: Request) -> Response:
        from ui.gold import entry

        row = self._row(request)
        return fragment(entry(row, OWN, editable=True))

    def question(self, request: Request) -> Response:
        from qa.gold.editing import fingerprint
        from ui.gold import form

        question = self._question(request)
        return fragment(form(self._as_shown(request, question), OWN, fingerprint(question)))

    def check(self, request: Request) -> Response:
        collection = self._collection(request)
        return fragment(_health(collection, gold_set(collection, self._more, request.query_params.get("gold", ""))))

    def add(self, request: Request, fields: Mapping[str, str]) -> Response:
        from qa.gold.adding import add_question

        collection = self._collection(request)
        asked = goldforms.question_of(goldforms.given(fields))
        with looking(collection, asked) as reading:
            kept = add_question(collection.gold, asked, reading)
        part = self._part(collection, gold_set(collection, self._more, OWN))
        return fragment(part, said=f"Added as {kept.id}.{_remarks(kept)}")

    def edit(self, request: Request, fields: Mapping[str, str]) -> Response:
        from qa.gold.editing import replace_question
        from ui.gold import entry

        collection = self._collection(request)
        asked = goldforms.question_of(goldforms.given(fields))
        with looking(collection, asked) as reading:
            kept = replace_question(collection.gold, fields.get("id", ""), asked, reading, seen=fields.get("seen"))
        row = goldforms.as_shown(kept, _number(fields.get("at", "")), goldforms.places([kept], collection))
        return fragment(entry(row, OWN, editable=True, said=f"Saved.{_remarks(kept)}"), said="Saved.")

    def remove(self, request: Request, fields: Mapping[str, str]) -> Response:
        from qa.gold.adding import line_of
        from qa.gold.editing import remove_question
        from ui.gold import removed

        collection = self._collection(request)
        gone = remove_question(collection.gold, fields.get("id", ""))
        row = goldforms.as_shown(gone.question, _number(fields.get("at", "")), {})
        kept = json.dumps(json.loads(line_of(gone.question)))  # in ASCII, so that no letter of it is lost in a field
        return fragment(removed(row, gone.line, kept), said="Removed. Undo brings it back.")

    def restore(self, request: Request, fields: Mapping[str, str]) -> Response:
        from qa.gold.editing import Removed, restore_question
        from ui.gold import entry

        collection = self._collection(request)
        question = _read(fields.get("kept", ""))
        kept = restore_question(collection.gold, Removed(question, _number(fields.get("line", ""))))
        row = goldforms.as_shown(kept, _number(fields.get("at", "")), goldforms.places([kept], collection))
        told = (
            "It is back." if kept.id == question.id else f"It is back as {kept.id}: {question.id} is another one now."
        )
        return fragment(entry(row, OWN, editable=True), said=told)

    def fix(self, request: Request, _fields: Mapping[str, str]) -> Response:
        from qa.gold import file as goldfile

        collection = self._collection(request)
        repairs = {
            key: after for each in _checked(collection, self._own(collection)) for key, after in each.repairs.items()
        }
        number = goldfile.repair(collection.gold, repairs) if repairs else 0
        return fragment(_health(collection, self._own(collection)), said=f"Put right: {number:,}.")

    # --- what they are made from

    def _collection(self, request: Request) -> Collection:
        return collection_of(request, self._collections)

    def _own(self, collection: Collection) -> GoldSet:
        return gold_set(collection, (), OWN)

    def _part(self, collection: Collection, gold: GoldSet, find: str = "") -> str:
        from ui.evaluation import Set
        from ui.gold import gold as markup

        sets = [Set(each.key, each.label, len(each.questions)) for each in gold_sets(collection, self._more)]
        tags = sorted({tag for question in gold.questions for tag in question.tags})
        return markup(sets, gold.key, tags, document_names(collection), _listed(collection, gold, find))

    def _row(self, request: Request) -> shown_gold.Question:
        return self._as_shown(request, self._question(request))

    def _as_shown(self, request: Request, question: GoldQuestion) -> shown_gold.Question:
        at = _number(request.query_params.get("at", ""))
        return goldforms.as_shown(question, at, goldforms.places([question], self._collection(request)))

    def _question(self, request: Request) -> GoldQuestion:
        """The own question that a request names. Raises PinciteError where there is none."""
        wanted = request.query_params.get("id", "")
        own = self._own(self._collection(request)).questions
        question = next((each for each in own if each.id == wanted), None)
        if question is None:
            raise PinciteError("There is no such question any more: look at the list again.")
        return question


def document_names(collection: Collection) -> list[str]:
    """The names that evidence can give the documents of a collection."""
    return sorted({row.name for row in sources(collection)})[: goldforms.NAMES]


def _listed(collection: Collection, gold: GoldSet, find: str, tag: str = "", begin: int = 0) -> shown_gold.Listed:
    """Some of the questions; those from use newest first. `find` is words, or `id:` with an id."""
    from ui.gold import Listed

    placed = list(enumerate(gold.questions))
    if gold.is_own:
        placed.reverse()
    found = [
        (at, question) for at, question in placed if _is_wanted(question, find) and (not tag or tag in question.tags)
    ]
    begin = min(begin, max(0, len(found) - 1)) // PAGE * PAGE
    page = found[begin : begin + PAGE]
    links_of = goldforms.places([question for _, question in page], collection)
    rows = tuple(goldforms.as_shown(question, at, links_of) for at, question in page)
    return Listed(gold.key, gold.is_own, rows, begin, PAGE, len(found), find, tag)


def _is_wanted(question: GoldQuestion, find: str) -> bool:
    if find.startswith("id:"):
        return question.id == find.removeprefix("id:")
    quotes = [text for entry in question.evidence for text in (entry.document, entry.quote)]
    text = "\n".join((question.id, question.question, *question.answers, *question.tags, *quotes)).casefold()
    return all(word in text for word in find.casefold().split())


@contextmanager
def looking(collection: Collection, question: GoldQuestion) -> Iterator[Reading | None]:
    """The store to look its quotes up in; without evidence none is needed."""
    if not question.evidence:
        yield None
        return
    with collection.assistant.library.reading() as reading:
        yield reading


def _remarks(question: GoldQuestion) -> str:
    from qa.gold.checking import unquoted

    return "".join(f" {remark}" for remark in unquoted(question))


def _read(kept: str) -> GoldQuestion:
    """A question that was removed, as the page kept it. Raises PinciteError where that is none."""
    import tempfile
    from pathlib import Path

    from qa.gold.formats import house

    with tempfile.TemporaryDirectory(prefix="pincite-gold-") as folder:
        path = Path(folder) / "removed.jsonl"
        path.write_text(" ".join(kept.splitlines()), encoding="utf-8", errors="replace")
        try:
            (question,) = house.read(path).questions
        except (PinciteError, ValueError) as error:
            raise PinciteError("What was removed cannot be read again: add the question anew.") from error
    return question


def _checked(collection: Collection, gold: GoldSet) -> Sequence[Checked]:
    from qa.gold.checking import check
    from qa.gold.shelves import StoreShelf

    with collection.assistant.library.reading() as reading:
        return check(gold.questions, StoreShelf(reading))


def _health(collection: Collection, gold: GoldSet) -> str:
    from qa.gold.checking import summary
    from ui.evaluation import counted
    from ui.gold import Problem, health

    checked = _checked(collection, gold)
    problems = [
        Problem(each.question.id, found.sentence, found.evidence.quote, found.found.quote if found.found else "")
        for each in checked
        for found in each.problems
    ]
    remarks = [Problem(each.question.id, remark, is_remark=True) for each in checked for remark in each.remarks]
    facts = summary(gold.questions)
    open_ = sum(question.is_open for question in gold.questions)
    said = (
        f"{counted(facts['questions'])}: {facts['answerable']:,} with an answer, "
        f"{facts['unanswerable'] - open_:,} that the documents do not answer, {open_:,} open. "
        f"{counted(facts['quotes'], 'quote')} from {counted(facts['documents'], 'document')}."
    )
    verdict = "All evidence stands in its document."
    if problems:
        stands = "does not stand where it should" if len(problems) == 1 else "do not stand where they should"
        verdict = f"{counted(len(problems), 'piece')} of evidence {stands}."
    return health(
        said, verdict, [*problems, *remarks], sum(len(each.repairs) for each in checked), editable=gold.is_own
    )


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
