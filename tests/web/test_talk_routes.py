"""The addresses of conversations behind the gate, and the desk that answers and keeps."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote, urlencode

import pytest
from fastapi import FastAPI
from shelves import Answering, Shelf, shelves

from qa.errors import PinciteError
from qa.gate import Gate
from qa.store import Store
from qa.talk import Conversations, Feedbacks, Turn
from qa.types import Answer, Document
from qa.web import talk as door
from qa.web.collections import Collections
from ui import handlers
from ui.render import label

TEXT = "The tower is 38 metres high.\nIt has 196 steps. It is high.\n"
TOWER = Document("d1", "The tower", ("tower.md",), "f" * 64, TEXT)
QUESTION = "How high is the tower?"


def answer(question: str) -> Answer:
    if "locked" in question:
        raise PinciteError("The store is locked.")
    if "painted" in question:
        return Answer(question, question, False, "", "", 0.1, (), (), ("painted",))
    text = "The tower is 38 metres high. [1]"
    return Answer(question, question, True, text, "38 metres", 0.9, (TOWER.cite(0, 28),), (), ())


class Reply(NamedTuple):
    status: int
    headers: dict[str, str]
    text: str

    @property
    def said(self) -> str:
        return unquote(self.headers.get("x-pincite-said", ""))


class Site:
    """The addresses over two collections; what is kept is in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.assistant = Answering(answer)
        others = {"birds": Answering(answer)}
        self.collections: Collections = shelves(folder, self.assistant, Shelf({"d1": TOWER}), others)
        self.kept = Conversations(folder)
        self.app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
        door.add_to(self.app, self.collections)

    def desk(self, name: str = "") -> handlers.Desk:
        return door.desks(self.collections)(name)

    def begun(self, *questions: str) -> str:
        """A conversation in which these were asked, by its id."""
        talk_id = ""
        for question in questions or (QUESTION,):
            talk_id, _ = self.desk().keep(talk_id, handlers.Turn(question, answer(question)))
        return talk_id

    def get(self, path: str, **query: str) -> Reply:
        return self._asked("GET", path, urlencode(query).encode(), b"")

    def post(self, path: str, fields: Mapping[str, str] | bytes = b"", **query: str) -> Reply:
        body = fields if isinstance(fields, bytes) else urlencode(fields).encode()
        return self._asked("POST", path, urlencode(query).encode(), body)

    def _asked(self, method: str, path: str, query: bytes, body: bytes) -> Reply:
        scope: dict[str, Any] = {
            "type": "http",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": query,
            "headers": [(b"host", b"127.0.0.1:7860"), (b"content-length", b"%d" % len(body))],
            "root_path": "",
            "scheme": "http",
            "server": ("127.0.0.1", 7860),
            "client": ("127.0.0.1", 1),
            "http_version": "1.1",
        }
        sent: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        asyncio.run(Gate(self.app, routes=door.ROUTES)(scope, receive, send))
        named = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        text = b"".join(message.get("body", b"") for message in sent[1:]).decode()
        return Reply(sent[0]["status"], named, text)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


# --- the desk


def test_the_desk_asks_with_what_was_answered_before(site: Site) -> None:
    stages: list[str] = []
    before = answer("Is it high?")
    given = site.desk().ask(QUESTION, [before], stages.append)
    assert given == answer(QUESTION)
    assert site.assistant.histories == [[before]]
    assert stages == ["searching", "reading"]
    with pytest.raises(PinciteError, match="locked"):
        site.desk().ask("Is it locked?", [], stages.append)


def test_what_it_keeps_is_there_again(site: Site) -> None:
    desk = site.desk()
    talk_id, first = desk.keep("", handlers.Turn(QUESTION, answer(QUESTION)))
    same, second = desk.keep(talk_id, handlers.Turn("Is it locked?", notice="The store is locked."))
    assert (same, first, second) == (talk_id, 1, 2)
    assert desk.kept(talk_id) == [
        handlers.Turn(QUESTION, answer(QUESTION), number=1),
        handlers.Turn("Is it locked?", notice="The store is locked.", number=2),
    ]
    Feedbacks(site.folder).give(talk_id, 1, door.Feedback("right"))
    assert [turn.given for turn in desk.kept(talk_id) or ()] == ["right", ""]


def test_what_is_not_there_is_none(site: Site) -> None:
    for talk_id in ("", "a" * 22, "../../etc/passwd", "\ud800"):
        assert site.desk().kept(talk_id) is None


def test_the_desks_of_two_collections_know_nothing_of_each_other(site: Site) -> None:
    talk_id = site.begun()
    assert site.desk("birds").kept(talk_id) is None


def test_a_collection_that_is_none_says_so_to_every_question(site: Site) -> None:
    desk = site.desk("nowhere")
    with pytest.raises(PinciteError, match="There is no such collection"):
        desk.ask(QUESTION, (), str)
    with pytest.raises(PinciteError, match="There is no such collection"):
        desk.kept("")
    assert desk.keep("", handlers.Turn(QUESTION)) == ("", 0)
    assert desk.keep("a" * 22, handlers.Turn(QUESTION)) == ("a" * 22, 0)  # it may be opened again


def test_where_nothing_is_indexed_yet_the_library_is_pointed_at(tmp_path: Path) -> None:
    def empty(_question: str) -> Answer:
        raise Store(tmp_path).empty()

    with (
        closing(shelves(tmp_path, Answering(empty))) as collections,
        pytest.raises(PinciteError, match="no documents here yet: add some in Library"),
    ):
        door.desks(collections)("").ask(QUESTION, (), str)


def test_a_conversation_that_was_deleted_is_not_gone_on_with(site: Site) -> None:
    talk_id = site.begun()
    site.kept.delete(talk_id)
    assert site.desk().keep(talk_id, handlers.Turn(QUESTION, answer(QUESTION))) == ("", 0)
    assert site.kept.list() == ()


# --- the list


def test_the_list(site: Site) -> None:
    assert site.get("/talk").text == '<p class="pc-none">What you ask is kept here.</p>'
    first, second = site.begun("First <b>one</b>?"), site.begun("Second one?")
    page = site.get("/talk")
    assert (page.status, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert page.headers["cache-control"] == "no-store"
    assert page.text.index(f"entry-{second}") < page.text.index(f"entry-{first}")
    assert "First &#60;b&#62;one&#60;&#47;b&#62;&#63;</a>" in page.text
    assert page.text.count("<h2>") == 1


def test_older_ones_are_listed_when_they_are_asked_for(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "LISTED", 2)
    oldest, *_ = [site.begun(f"Number {number}?") for number in range(3)]
    newest = site.get("/talk")
    assert (newest.text.count("entry-"), "Show older" in newest.text) == (2, True)
    assert f"entry-{oldest}" not in newest.text
    whole = site.get("/talk", all="1")
    assert (whole.text.count("entry-"), "Show older" in whole.text) == (3, False)
    renamed = site.post(f"/talk/{oldest}/title", {"title": "Kept"}, all="1")
    assert f"entry-{oldest}" in renamed.text
    site.kept.delete(oldest)
    assert "Show older" not in site.get("/talk").text


def test_the_conversation_that_is_shown_is_gone_where_it_is_not_kept(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "LISTED", 1)
    old, _ = site.begun(), site.begun()
    assert f"entry-{old}" not in site.get("/talk", shown=old).text  # it is not in the list, and kept all the same
    assert "pc-gone" not in site.get("/talk", shown=old).text
    site.kept.delete(old)
    assert f'id="pc-gone" data-talk="{label(old)}"' in site.get("/talk", shown=old).text
    assert "pc-gone" not in site.get("/talk").text
    assert "<b>" not in site.get("/talk", shown="<b>").text


def test_each_collection_has_its_own_list(site: Site) -> None:
    site.begun()
    assert "pc-none" in site.get("/talk", collection="birds").text
    reply = site.get("/talk", collection="nowhere")
    assert (reply.status, reply.text) == (400, "There is no such collection: choose one of those in the list.\n")


def test_days_are_those_of_this_machine(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    talk_id = site.begun()
    assert "<h2>Today</h2>" in site.get("/talk").text
    (kept,) = site.kept.list()
    monkeypatch.setattr("qa.talk.database.now", lambda: kept.changed)
    late = door.datetime

    class Later(late):  # type: ignore[valid-type, misc]
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return late.now(tz) + timedelta(days=1)

    monkeypatch.setattr(door, "datetime", Later)
    assert "<h2>Yesterday</h2>" in site.get("/talk").text
    assert talk_id in site.get("/talk").text


# --- a name, an end


def test_renaming(site: Site) -> None:
    talk_id = site.begun()
    reply = site.post(f"/talk/{talk_id}/title", {"title": "  Heights é\u202e\n& “steps”  "})
    assert (reply.status, reply.said) == (200, "Renamed to Heights é & “steps”.")
    assert "Heights é &#38; “steps”</a>" in reply.text
    assert [each.title for each in site.kept.list()] == ["Heights é & “steps”"]
    assert site.post(f"/talk/{talk_id}/title", {"title": " "}).said == f"Renamed to {QUESTION}."
    assert site.post(f"/talk/{talk_id}/title").status == 200


def test_deleting(site: Site) -> None:
    talk_id, other = site.begun(), site.begun("Another?")
    reply = site.post(f"/talk/{talk_id}/delete")
    assert (reply.status, reply.said) == (200, "The conversation is deleted.")
    assert f"entry-{talk_id}" not in reply.text
    assert f'<span id="pc-gone" data-talk="{label(talk_id)}" hidden>' in reply.text  # for the page that shows it
    assert f"entry-{other}" in reply.text
    assert site.post(f"/talk/{talk_id}/delete").said == "There is no such conversation: it may have been deleted."


def test_what_is_not_there_cannot_be_changed(site: Site) -> None:
    reply = site.post(f"/talk/{'a' * 22}/title", {"title": "x"})
    assert (reply.status, reply.text) == (400, "There is no such conversation: it may have been deleted.\n")
    talk_id = site.begun()
    assert site.post(f"/talk/{talk_id}/title", {"title": "x"}, collection="birds").status == 400
    assert [each.title for each in site.kept.list()] == [QUESTION]


# --- exports


def test_exports(site: Site) -> None:
    talk_id = site.begun(QUESTION, "Who painted it?")
    page = site.get(f"/talk/{talk_id}.md")
    assert page.status == 200
    assert page.headers["content-type"] == "text/markdown; charset=utf-8"
    assert page.headers["content-disposition"] == 'attachment; filename="how-high-is-the-tower.md"'
    assert page.text.startswith("# How high is the tower?\n\n## How high is the tower?\n")
    assert "[^1]: " in page.text
    proofs = site.get(f"/talk/{talk_id}.jsonl")
    assert proofs.headers["content-type"] == "application/jsonl; charset=utf-8"
    first, second = map(json.loads, proofs.text.splitlines())
    assert first["citations"][0]["quote"] == "The tower is 38 metres high."
    assert (second["question"], second["answered"]) == ("Who painted it?", False)


@pytest.mark.parametrize("end", ["md", "jsonl"])
def test_nothing_is_exported_of_what_is_not_there(site: Site, end: str) -> None:
    reply = site.get(f"/talk/{'a' * 22}.{end}")
    assert (reply.status, reply.text) == (404, "There is no such conversation: it may have been deleted.\n")
    assert site.get(f"/talk/{site.begun()}.{end}", collection="birds").status == 404


# --- what is said of an answer


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("right", "Noted as right. It can become a gold question in Evaluate."),
        ("wrong", "Noted as wrong. “Correct it” shows what would be right."),
        ("unanswerable", "Noted that the sources do not say, to be reviewed in Evaluate."),
    ],
)
def test_what_is_said_of_an_answer_is_kept(site: Site, kind: str, told: str) -> None:
    talk_id = site.begun()
    reply = site.post(f"/talk/{talk_id}/feedback", {"turn": "1", "kind": kind})
    assert (reply.status, reply.text) == (200, told)
    assert Feedbacks(site.folder).given(talk_id)[1].kind == kind
    back = site.post(f"/talk/{talk_id}/feedback", {"turn": "1", "kind": "none"})
    assert (back.status, back.text) == (200, "Taken back.")
    assert Feedbacks(site.folder).given(talk_id) == {}


def test_a_correction_is_not_overwritten_without_a_word(site: Site) -> None:
    talk_id = site.begun()
    path = f"/talk/{talk_id}/feedback"
    site.post(path, {"turn": "1", "kind": "corrected", "document": "d1", "quote": "It has 196 steps."})
    for kind in ("right", "wrong", "unanswerable", "open"):
        reply = site.post(path, {"turn": "1", "kind": kind})
        assert reply.status == 409
        assert "A correction is kept for this answer: take it back first" in reply.text
    assert Feedbacks(site.folder).given(talk_id)[1].quote == "It has 196 steps."
    assert site.post(path, {"turn": "1", "kind": "none"}).text == "Taken back."
    assert site.post(path, {"turn": "1", "kind": "right"}).status == 200


def test_an_open_question_is_kept(site: Site) -> None:
    talk_id = site.begun("Who painted it?")
    reply = site.post(f"/talk/{talk_id}/feedback", {"turn": "1", "kind": "open"})
    assert reply.text == "Kept as an open question, to be seen in Evaluate."
    assert [each.kind for each in Feedbacks(site.folder).candidates()] == ["open"]


def test_what_got_no_answer_cannot_be_right_or_wrong(site: Site) -> None:
    talk_id, _ = site.desk().keep("", handlers.Turn("Is it locked?", notice="The store is locked."))
    for kind in ("right", "wrong"):
        reply = site.post(f"/talk/{talk_id}/feedback", {"turn": "1", "kind": kind})
        assert reply.status == 400
        assert reply.text == "This question got no answer that could be right or wrong: ask it again.\n"


@pytest.mark.parametrize(
    ("words", "quote"),
    [
        ("It has 196 steps.", "It has 196 steps."),
        ("38 metres high. It has 196", "38 metres high.\nIt has 196"),  # a browser has its own line ends
        ("high", "high"),  # which stands there twice
    ],
)
def test_the_right_words_are_kept_as_they_stand_in_the_document(site: Site, words: str, quote: str) -> None:
    talk_id = site.begun()
    fields = {"turn": "1", "kind": "corrected", "document": "d1", "quote": words}
    reply = site.post(f"/talk/{talk_id}/feedback", fields)
    assert (reply.status, reply.text) == (200, "The correction is kept, to be reviewed in Evaluate.")
    (candidate,) = Feedbacks(site.folder).candidates()
    assert [(each.document, each.quote) for each in candidate.evidence] == [("tower.md", quote)]
    assert candidate.answers == (" ".join(quote.split()),)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, "could not be read"),
        ({"turn": "1"}, "could not be read"),
        ({"turn": "1", "kind": "perfect"}, "could not be read"),
        ({"turn": "", "kind": "right"}, "could not be read"),
        ({"turn": "one", "kind": "right"}, "could not be read"),
        ({"turn": "-1", "kind": "right"}, "could not be read"),
        ({"turn": "1" * 9, "kind": "right"}, "could not be read"),
        ({"turn": "\u0661", "kind": "right"}, "could not be read"),
        ({"turn": "2", "kind": "right"}, "There is no such turn"),
        ({"turn": "0", "kind": "right"}, "There is no such turn"),
        ({"turn": "1", "kind": "corrected"}, "This document is not there any more"),
        ({"turn": "1", "kind": "corrected", "document": "d1"}, "These words are not in the document"),
        (
            {"turn": "1", "kind": "corrected", "document": "d1", "quote": "It was built of brick."},
            "These words are not in the document",
        ),
        ({"turn": "1", "kind": "corrected", "document": "gone", "quote": "high"}, "This document is not there"),
    ],
)
def test_what_cannot_be_said_is_refused_with_a_sentence(site: Site, fields: dict[str, str], told: str) -> None:
    talk_id = site.begun()
    reply = site.post(f"/talk/{talk_id}/feedback", fields)
    assert reply.status == 400
    assert told in reply.text
    assert Feedbacks(site.folder).given(talk_id) == {}


@pytest.mark.parametrize("body", [b"\xff\xfe", b"&" * 2000, b"%FF=%FF", b"turn=1&kind=right&" + b"a=1&" * 2000])
def test_a_form_that_is_none_is_refused(site: Site, body: bytes) -> None:
    talk_id = site.begun()
    assert site.post(f"/talk/{talk_id}/feedback", body).status == 400
    assert Feedbacks(site.folder).given(talk_id) == {}


# --- the routes


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/talk", 200),
        ("POST", "/talk", 404),
        ("GET", "/talk/", 404),
        ("GET", "/talk/ID", 404),
        ("GET", "/talk/ID.md", 200),
        ("GET", "/talk/ID.jsonl", 200),
        ("GET", "/talk/ID.json", 404),
        ("GET", "/talk/ID.md/", 404),
        ("POST", "/talk/ID.md", 404),
        ("GET", "/talk/ID/title", 404),
        ("GET", "/talk/ID/delete", 404),  # nothing is changed by a link
        ("GET", "/talk/ID/feedback", 404),
        ("POST", "/talk/ID/other", 404),
        ("POST", "/talk/short/delete", 404),
        ("POST", "/talk/../../x/delete", 404),
    ],
)
def test_routes(site: Site, method: str, path: str, status: int) -> None:
    path = path.replace("ID", site.begun())
    assert (site.get(path) if method == "GET" else site.post(path)).status == status
    assert len(site.kept.list()) == 1


def test_a_file_that_is_damaged_is_a_sentence(site: Site) -> None:
    talk_id = site.begun()
    site.kept.path.write_bytes(b"not a database" * 100)
    for reply in (
        site.get("/talk"),
        site.get(f"/talk/{talk_id}.md"),
        site.post(f"/talk/{talk_id}/title", {"title": "x"}),
        site.post(f"/talk/{talk_id}/delete"),
        site.post(f"/talk/{talk_id}/feedback", {"turn": "1", "kind": "right"}),
    ):
        assert reply.status == 400
        assert "is damaged" in reply.text


def test_a_conversation_whose_answers_can_no_longer_be_read_is_listed_and_exported(site: Site) -> None:
    talk_id = site.begun()
    site.kept.append(talk_id, Turn("And now?", {"answered": "perhaps"}))
    turns = site.desk().kept(talk_id)
    assert turns
    assert (turns[1].answer, turns[1].notice) == (
        None,
        "The answer that was given here can no longer be read. Ask the question again.",
    )
    assert "And now?" in site.get(f"/talk/{talk_id}.md").text
