"""The addresses of the Evaluate view behind the gate: runs, gold questions and feedback of a small library."""

from __future__ import annotations

import asyncio
import html
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple
from urllib.parse import unquote, urlencode

import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa import exports
from qa.assistant import Assistant
from qa.errors import PinciteError
from qa.gate import Gate
from qa.gold import Evidence, GoldQuestion
from qa.gold import file as goldfile
from qa.library import Library
from qa.talk import Conversations, Feedback, Feedbacks, Turn
from qa.web import evaluation
from qa.web.collections import Collection, Collections
from qa.web.evaluation import goldforms
from qa.web.evaluation.runs import Runs
from qa.web.jobs import Jobs

SECONDS = 20
"""How long something may take that usually takes some hundredths of a second."""

HOSTILE = "<img src=x onerror=window.ran=1> \"' \u202e & </textarea>"
GOLD = (
    {
        "id": "q1",
        "question": "What do herons eat?",
        "answers": ["Herons eat small fish at dawn."],
        "evidence": [{"document": "lakes.txt", "quote": "Herons eat small fish at dawn."}],
        "tags": ["birds"],
    },
    {
        "id": "q2",
        "question": "Where do foxes dig dens?",
        "answers": ["under old oaks"],
        "evidence": [{"document": "hills.txt", "quote": "Foxes dig dens under old oaks."}],
        "tags": ["foxes"],
    },
    {"id": "q3", "question": f"Who lit the lamp? {HOSTILE}"},
    {"id": "q4", "question": "Who knows?", "tags": ["open"]},
)


class Reply(NamedTuple):
    status: int
    headers: dict[str, str]
    markup: str

    @property
    def text(self) -> str:
        """The words that are shown, without the markup."""
        return " ".join(unescape(re.sub(r"<[^>]*>", " ", self.markup)).split())

    @property
    def said(self) -> str:
        return unquote(self.headers.get("x-pincite-said", ""))

    def address(self, pattern: str) -> str:
        """The first address in the markup that a pattern matches."""
        return next(each for each in self.addresses if re.search(pattern, each))

    @property
    def addresses(self) -> list[str]:
        found = re.findall(r'(?:href|action|src|data-load|data-from|formaction)="([^"]*)"', self.markup)
        return [unescape(each) for each in found]


class Page:
    """What asks."""

    def __init__(self, collections: Collections, more: Path) -> None:
        self.collections = collections
        self.jobs = Jobs()
        self.site = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
        sets = (("Kept <b>set</b>", more), ("Gone", more.with_name("none.jsonl")))
        evaluation.add_to(self.site, collections, self.jobs, sets)

    @property
    def own(self) -> Path:
        return self.collections.get().gold

    def get(self, address: str, **fields: str) -> Reply:
        return self.ask("GET", address, fields, b"")

    def post(self, address: str, form: dict[str, str] | None = None, **fields: str) -> Reply:
        return self.ask("POST", address, fields, urlencode(form or {}).encode())

    def ask(self, method: str, address: str, fields: dict[str, str], body: bytes) -> Reply:
        path, _, query = address.partition("?")
        sent: list[Any] = []
        scope = {
            "type": "http",
            "method": method,
            "path": unquote(path),
            "raw_path": path.encode(),
            "query_string": "&".join(filter(None, (query, urlencode(fields)))).encode(),
            "headers": [(b"host", b"127.0.0.1:7860")],
            "root_path": "",
            "scheme": "http",
            "server": ("127.0.0.1", 7860),
            "client": ("127.0.0.1", 1),
            "http_version": "1.1",
        }

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        routes = evaluation.ROUTES
        asyncio.run(Gate(self.site, routes=routes)(scope, receive, send))
        headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return Reply(sent[0]["status"], headers, b"".join(part.get("body", b"") for part in sent[1:]).decode())

    def run(self, key: str = "more-0") -> str:
        """Run a gold set to its end and give the id of the run."""
        begun = self.post("/evaluate/runs", {"gold": key})
        assert begun.status == 200, begun.text
        ended = self.until(begun.address("jobs"), lambda reply: "data-poll" not in reply.markup)
        assert "asked" in ended.text, ended.text
        return ended.address("/runs/").rsplit("/", 1)[1]

    def until(self, address: str, wanted: Callable[[Reply], bool]) -> Reply:
        end = time.monotonic() + SECONDS
        while not wanted(reply := self.get(address)):
            assert time.monotonic() < end, reply.text
            time.sleep(0.01)
        return reply


@pytest.fixture
def filled(library: Library, tmp_path: Path) -> Library:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "lakes.txt").write_text("Herons eat small fish at dawn.\n\nHerons build nests in tall reeds.\n")
    (folder / "hills.txt").write_text("Foxes dig dens under old oaks.\n\nFoxes hunt voles after dusk.\n")
    library.add([folder])
    return library


@pytest.fixture
def page(filled: Library, tmp_path: Path, encoder: Any) -> Iterator[Page]:
    """The view over two collections, of which the second is empty."""

    def opened(name: str) -> Collection:
        held = Library.open(tmp_path / name, encoder=encoder) if name else filled
        folder = tmp_path / (name or "store")
        documents: Any = SimpleNamespace(close=lambda: None)
        return Collection(name, folder, Assistant(held, threshold=0.3), documents)

    more = tmp_path / "more.jsonl"
    more.write_text("".join(f"{json.dumps(line)}\n" for line in GOLD))
    collections = Collections(opened, lambda: ("an empty one",))
    shown = Page(collections, more)
    yield shown
    shown.jobs.close()
    collections.close()


def question(**given: str) -> dict[str, str]:
    """A form that adds or changes a question."""
    first = {"question": "What do foxes hunt?", "answers": "voles", "document-0": "hills.txt", "tags": "foxes, dusk"}
    return {**first, "quote-0": "Foxes hunt voles", **given}


# --- runs


def test_before_anything_was_run(page: Page) -> None:
    view = page.get("/evaluate")
    assert (view.status, view.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "No run was kept yet" in view.text
    assert "Kept <b>set</b> (3 questions)" in view.text  # the open one is not asked
    assert "Gone" not in view.text
    assert "Questions from use" not in view.text  # there are none
    assert page.get("/evaluate/runs").markup in view.markup


def test_where_there_is_nothing_to_ask_the_ways_to_questions_are_told(page: Page) -> None:
    view = page.get("/evaluate", collection="an empty one")
    assert "nothing to ask yet" in view.text
    assert {"/evaluate/gold", "/evaluate/feedback"} < set(view.addresses)
    assert 'name="gold"' not in view.markup
    refused = page.post("/evaluate/runs", {"gold": "own"}, collection="an empty one")
    assert (refused.status, refused.text) == (
        400,
        "There are no questions in this gold set yet: add some, then run them.",
    )


def test_a_run_is_kept_listed_and_looked_into(page: Page) -> None:
    run = page.run()
    assert re.fullmatch(r"[0-9]{8}T[0-9]{6}Z-kept-b-set-b", run)
    folder = page.collections.get().folder / "runs"
    assert [each.name for each in folder.iterdir()] == [run]
    made_from = json.loads((folder / run / "run.json").read_text())["made_from"]
    assert made_from["gold"]["name"] == "Kept <b>set</b>"
    listed = page.get("/evaluate/list")
    assert "3 questions" in listed.text
    assert "Kept <b>set</b>" in listed.text
    looked = page.get(f"/evaluate/runs/{run}")
    assert "3 questions: 2 that the documents answer, 1 that they do not" in looked.text
    assert "There is no other run yet" in looked.text
    assert "Relevant passages near the top".lower() in looked.text.lower()


def test_a_run_tells_how_far_it_is_and_can_be_stopped(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    go, asked = threading.Event(), threading.Event()
    trace = Assistant.trace

    def slow(self: Assistant, text: str, *rest: Any, **more: Any) -> Any:
        if "foxes" in text:
            asked.set()
            assert go.wait(SECONDS)
        return trace(self, text, *rest, **more)

    monkeypatch.setattr(Assistant, "trace", slow)
    begun = page.post("/evaluate/runs", {"gold": "more-0"})
    assert begun.said == "Asking 3 questions."
    assert asked.wait(SECONDS)
    going = page.get(begun.address("jobs/[^/]*$"))
    assert "1 of 3" in going.text
    assert 'value="1" max="3"' in going.markup
    assert 'data-poll="500"' in going.markup
    again = page.post("/evaluate/runs", {"gold": "more-0"})
    assert (again.status, again.text) == (400, "A run goes on already: wait until it has ended, or stop it.")
    assert page.get("/evaluate/runs").text.count("1 of 3") == 1
    assert page.collections.get().assistant.ask("What do herons eat?").answered  # meanwhile
    page.post(going.address("stop"))
    go.set()
    ended = page.until(begun.address("jobs/[^/]*$"), lambda reply: "data-poll" not in reply.markup)
    assert ended.text == "Stopped. Nothing was kept of this run."
    assert "No run was kept yet" in page.get("/evaluate/list").text


def test_why_a_run_failed_is_told(page: Page) -> None:
    page.own.write_text(json.dumps({"id": "q", "question": "What?", "evidence": [{"document": "x.txt"}]}) + "\n")
    begun = page.post("/evaluate/runs", {"gold": "own"})
    ended = page.until(begun.address("jobs/[^/]*$"), lambda reply: "data-poll" not in reply.markup)
    assert ended.text.startswith("None of the words that these questions want are in the documents")
    assert ended.text in page.get("/evaluate/runs").text  # for who comes back


def test_the_report_is_shown_in_a_frame_of_ours_and_in_no_other(page: Page) -> None:
    run = page.run()
    address = page.get(f"/evaluate/runs/{run}").address("framed")
    report = page.get(address)
    assert address == f"/evaluate/runs/{run}/report?framed=1"
    policy = report.headers["content-security-policy"]
    assert re.fullmatch(
        "default-src 'none'; style-src 'sha256-[^']*'; script-src 'sha256-[^']*'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'self'",
        policy,
    )
    assert report.headers["x-frame-options"] == "SAMEORIGIN"
    assert policy.removesuffix("; frame-ancestors 'self'") in unescape(report.markup)
    assert "<h1" not in report.markup
    assert "<h1" in page.get(f"/evaluate/runs/{run}/report").markup
    assert page.get(f"/evaluate/runs/{run}").headers["x-frame-options"] == "DENY"


def test_questions_of_a_run_are_filtered(page: Page) -> None:
    run = page.run()
    address = f"/evaluate/runs/{run}/questions"

    def shown(**fields: str) -> list[str]:
        return re.findall(r'id="pv-question-([0-9]+)"', page.get(address, **fields).markup)

    saved = json.loads((page.collections.get().folder / "runs" / run / "run.json").read_text())
    causes = [row["cause"] for row in saved["per_question"]]
    assert causes == ["", "wrong boundary", ""]
    assert shown() == ["0", "1", "2"]
    assert shown(cause="failed") == ["1"]
    assert shown(cause="wrong boundary") == ["1"]
    assert shown(find="WHERE foxes dens") == ["1"]
    assert shown(find="birds") == ["0"]
    assert shown(find="herons", cause="wrong boundary") == []
    assert shown(find="no such word") == []
    assert shown(begin="99") == shown(begin="-1") == shown(begin="²") == ["0", "1", "2"]


def test_a_failure_beside_the_wanted_passage(page: Page) -> None:
    run = page.run()
    right = page.get(f"/evaluate/runs/{run}/question", at="0")
    assert "<mark>Herons" in right.markup
    assert right.text.count("Herons eat small fish at dawn.") >= 3  # answer, wanted passage, cited passage
    assert "has the wanted words" in right.text
    for address in (each for each in right.addresses if each.startswith("/document/")):
        assert re.match(r"/document/[\w-]+\?c=[0-9]+-[0-9]+&q=", address)
    boundary = page.get(f"/evaluate/runs/{run}/question", at="1")
    assert "Wanted under old oaks" in boundary.text
    assert "wrong boundary" in boundary.text
    unanswerable = page.get(f"/evaluate/runs/{run}/question", at="2")
    assert "the documents do not say it" in unanswerable.text
    assert page.get(f"/evaluate/runs/{run}/question", at="3").status == 400


def test_a_wanted_passage_that_is_gone_is_told(page: Page) -> None:
    run = page.run()
    page.collections.get().assistant.library.remove("lakes.txt")
    shown = page.get(f"/evaluate/runs/{run}/question", at="0")
    assert "no such document" in shown.text
    assert "Herons eat small fish at dawn." in shown.text
    lakes = [each for each in shown.addresses if "Herons" in each]
    assert lakes == []  # no link to a document that is not there


def test_two_runs_are_compared(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    before = page.run()
    with monkeypatch.context() as patch:
        patch.setattr(page.collections.get().assistant, "threshold", 2.0)
        after = page.run()
    shown = page.get(f"/evaluate/runs/{after}/compared", against=before)
    assert "nothing is better or worse for certain" in shown.text  # two questions are too few
    assert "answerable questions that were answered ○ cannot tell 1.00 0.00 -1.00" in shown.text
    assert "settings.threshold" in shown.text
    assert shown.markup in page.get(f"/evaluate/runs/{after}", against=before).markup
    assert page.get(f"/evaluate/runs/{after}/compared", against="").markup == ""
    assert page.get(f"/evaluate/runs/{after}/compared", against="../x").status == 400


def test_what_is_provably_worse_is_said_with_its_interval(page: Page, tmp_path: Path) -> None:
    (tmp_path / "more.jsonl").write_text(
        "".join(
            json.dumps({**GOLD[0], "id": f"q{number}", "question": f"What do herons eat, {number}?"}) + "\n"
            for number in range(12)
        )
    )
    before = page.run()
    page.collections.get().assistant.threshold = 2.0
    after = page.run()
    shown = page.get(f"/evaluate/runs/{after}/compared", against=before)
    assert "figures worse for certain" in shown.text
    # All twelve were answered and are not any more; no resample is any different, so that there is no interval.
    assert "answerable questions that were answered ▼ worse 1.00 0.00 -1.00 no interval 0, 12" in shown.text


def test_runs_of_other_questions_are_not_compared(page: Page, tmp_path: Path) -> None:
    before = page.run()
    lines = [{**GOLD[0], "answers": ["fish"]}, GOLD[2], {"id": "q9", "question": "Who sings?"}]
    (tmp_path / "more.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    after = page.run()
    shown = page.get(f"/evaluate/runs/{after}/compared", against=before)
    assert shown.text == (
        "These two runs did not ask the same: 2 questions were in one of them only and 1 question was changed in "
        "between. Run both on the same questions to compare."
    )


def test_runs_of_the_same_gold_set_are_offered(page: Page) -> None:
    page.collections.get().gold.write_text(f"{json.dumps(GOLD[0])}\n")
    first, second, other = page.run(), page.run(), page.run("own")
    offered = html.unescape(page.get(f"/evaluate/runs/{first}").markup)
    assert f'value="{second}"' in offered
    assert f'value="{other}"' not in offered
    assert "no other run yet" in page.get(f"/evaluate/runs/{other}").text


def test_a_run_is_deleted(page: Page) -> None:
    first, second = page.run(), page.run()
    assert first != second
    left = page.post(f"/evaluate/runs/{first}/delete")
    assert (left.status, left.said.startswith("Deleted: Kept <b>set</b>, ")) == (200, True)
    assert [each for each in left.addresses if "delete" not in each] == [f"/evaluate/runs/{second}"]
    gone = page.get(f"/evaluate/runs/{first}")
    assert (gone.status, gone.text) == (400, "There is no such run any more: look at the list again.")


def test_a_damaged_run_is_told_and_can_be_deleted(page: Page) -> None:
    run = page.run()
    folder = page.collections.get().folder / "runs"
    damaged = folder / "20200101T000000Z-old"
    damaged.mkdir()
    (damaged / "report.json").write_text("{")
    (folder / "notes").mkdir()  # no run
    listed = page.get("/evaluate/list")
    assert "is damaged: delete it" in listed.text
    assert listed.markup.count("<li ") == 2
    assert page.get(f"/evaluate/runs/{damaged.name}").status == 400
    assert damaged.name not in page.get(f"/evaluate/runs/{run}").text  # nothing to compare with
    assert page.post(f"/evaluate/runs/{damaged.name}/delete").status == 200
    assert not damaged.exists()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/evaluate/runs/../gold.jsonl"),
        ("GET", "/evaluate/runs/x"),
        ("GET", "/evaluate/runs/20200101T000000Z-UP"),
        ("POST", "/evaluate/list"),
        ("GET", "/evaluate/gold/add"),
        ("POST", "/evaluate/feedback/x/accept"),
        ("PUT", "/evaluate"),
        ("GET", "/evaluate/"),
    ],
)
def test_other_addresses_are_closed(page: Page, method: str, path: str) -> None:
    assert page.ask(method, path, {}, b"").status == 404


def test_what_is_not_there_is_said(page: Page) -> None:
    for reply in (
        page.get("/evaluate/runs/20200101T000000Z-gold"),
        page.get("/evaluate/jobs/unknown-job"),
        page.post("/evaluate/jobs/unknown-job/stop"),
        page.post("/evaluate/runs", {"gold": "more-7"}),
        page.get("/evaluate", collection="none"),
    ):
        assert (reply.status, reply.headers["content-type"]) == (400, "text/plain; charset=utf-8")
        assert reply.text.endswith(".")


def test_runs_that_began_in_the_same_second_are_kept_apart(tmp_path: Path) -> None:
    from qa.evaluation import Report

    runs, at = Runs(tmp_path / "runs"), datetime(2026, 8, 1, 12, 30, tzinfo=UTC)
    ids = [runs.save(Report({}, ()), {}, gold="Ein Gold-Satz!", at=at).id for _ in range(3)]
    stem = "20260801T123000Z-ein-gold-satz"
    assert ids == [stem, f"{stem}-2", f"{stem}-3"]
    assert [(run.id, run.at, run.gold) for run in runs.all()] == [(id_, at, "Ein Gold-Satz!") for id_ in reversed(ids)]


# --- gold questions


def test_a_question_is_added_listed_and_found(page: Page) -> None:
    added = page.post("/evaluate/gold/add", question(question=HOSTILE))
    assert (added.status, added.said) == (200, "Added as q1.")
    assert goldfile.questions(page.own) == (
        GoldQuestion("q1", HOSTILE, ("voles",), (Evidence("hills.txt", "Foxes hunt voles"),), ("foxes", "dusk")),
    )
    assert "<img" not in added.markup
    assert "/document/" in added.address("document")
    page.post("/evaluate/gold/add", question(question="Another?"))
    newest = re.findall(r'id="pv-gold-([0-9]+)"', page.get("/evaluate/gold").markup)
    assert newest == ["1", "0"]
    for fields, found in (
        ({"find": "another"}, ["1"]),
        ({"find": "img FOXES"}, ["0"]),
        ({"tag": "dusk"}, ["1", "0"]),
        ({"tag": "other"}, []),
        ({"find": "id:q1"}, ["0"]),
    ):
        listed = page.get("/evaluate/gold/list", gold="own", **fields)
        assert re.findall(r'id="pv-gold-([0-9]+)"', listed.markup) == found


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"quote-0": "Foxes hunt cats"}, "The quote “Foxes hunt cats” cannot be kept."),
        ({"document-0": ""}, "The words have no document: name the one in which they stand."),
        ({"document-0": "none.txt", "quote-0": ""}, "none.txt"),
        ({"question": " "}, "The question of the new question cannot be kept"),
        ({"unanswerable": "on"}, "take one of the two away"),
        ({"answers": "", "quote-0": "", "document-0": ""}, "What would be right is missing"),
        ({"question": "What\0?"}, "NUL"),
    ],
)
def test_what_cannot_be_added_is_said_and_nothing_kept(page: Page, given: dict[str, str], said: str) -> None:
    refused = page.post("/evaluate/gold/add", question(**given))
    assert refused.status == 400
    assert said in refused.text
    assert not page.own.exists()


def test_a_question_that_the_documents_do_not_answer(page: Page) -> None:
    page.post("/evaluate/gold/add", {"question": "Who sings?", "unanswerable": "on", "document-0": "", "quote-0": ""})
    (kept,) = goldfile.questions(page.own)
    assert (kept.question, kept.answerable, kept.is_open) == ("Who sings?", False, False)
    assert "the documents do not answer it" in page.get("/evaluate/gold", gold="own").text


def test_a_question_is_changed_in_its_place(page: Page) -> None:
    page.post("/evaluate/gold/add", question())
    form = page.get("/evaluate/gold/question", id="q1", at="0")
    assert "Foxes hunt voles" in form.text
    assert 'action="&#47;evaluate&#47;gold&#47;edit" data-into="#pv-gold-0"' in form.markup
    more = {"id": "q1", "at": "0", "answers": "voles\n\n mice ", "document-1": "lakes.txt", "quote-1": "tall reeds"}
    saved = page.post("/evaluate/gold/edit", question(**more))
    assert saved.status == 200
    (kept,) = goldfile.questions(page.own)
    assert kept.answers == ("voles", "mice")
    assert kept.evidence == (Evidence("hills.txt", "Foxes hunt voles"), Evidence("lakes.txt", "tall reeds"))
    assert "Saved." in saved.text
    assert page.get("/evaluate/gold/entry", id="q1", at="0").text in saved.text
    assert page.post("/evaluate/gold/edit", question(id="q7")).status == 400


def test_two_windows_do_not_write_over_each_other(page: Page) -> None:
    page.post("/evaluate/gold/add", question())
    (seen,) = re.findall(r'name="seen" value="([0-9a-f]{64})"', page.get("/evaluate/gold/question", id="q1").markup)
    assert page.post("/evaluate/gold/edit", question(id="q1", answers="mice", seen=seen)).status == 200
    late = page.post("/evaluate/gold/edit", question(id="q1", answers="owls", seen=seen))
    assert late.status == 400
    assert "was changed meanwhile" in late.text
    assert goldfile.questions(page.own)[0].answers == ("mice",)


def test_a_question_is_brought_back_where_its_id_was_given_away(page: Page) -> None:
    page.post("/evaluate/gold/add", question())
    gone = page.post("/evaluate/gold/remove", {"id": "q1", "at": "0"})
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', gone.markup))
    page.post("/evaluate/gold/add", question(question="Another?"))
    back = page.post("/evaluate/gold/restore", {name: unescape(value) for name, value in fields.items()})
    assert back.said == "It is back as q2: q1 is another one now."
    assert [each.id for each in goldfile.questions(page.own)] == ["q2", "q1"]


def test_a_question_is_removed_and_brought_back(page: Page) -> None:
    for number in range(3):
        page.post("/evaluate/gold/add", question(question=f"{HOSTILE} {number}?"))
    before = page.own.read_bytes()
    gone = page.post("/evaluate/gold/remove", {"id": "q2", "at": "1"})
    assert gone.status == 200
    assert [each.id for each in goldfile.questions(page.own)] == ["q1", "q3"]
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', gone.markup))
    back = page.post("/evaluate/gold/restore", {name: unescape(value) for name, value in fields.items()})
    assert back.status == 200
    assert page.own.read_bytes() == before
    assert page.post("/evaluate/gold/restore", {"kept": "{", "line": "0"}).status == 400
    assert page.post("/evaluate/gold/remove", {"id": "q9"}).status == 400


def test_other_gold_sets_are_shown_and_not_changed(page: Page, tmp_path: Path) -> None:
    before = (tmp_path / "more.jsonl").read_bytes()
    shown = page.get("/evaluate/gold", gold="more-0")
    assert "stay as they are" in shown.text
    assert re.findall(r'id="pv-gold-([0-9]+)"', shown.markup) == ["0", "1", "2", "3"]
    assert not any("edit" in each or "remove" in each or "add" in each for each in shown.addresses)
    assert page.post("/evaluate/gold/remove", {"id": "q1", "gold": "more-0"}).status == 400
    assert (tmp_path / "more.jsonl").read_bytes() == before


def test_the_health_of_a_set_is_told_and_put_right(page: Page) -> None:
    page.post("/evaluate/gold/add", question())
    well = page.get("/evaluate/gold/check", gold="own")
    assert "All evidence stands in its document." in well.text
    page.own.write_text(page.own.read_text().replace("Foxes hunt voles", "foxes  hunt VOLES"))
    bad = page.get("/evaluate/gold/check", gold="own")
    assert "1 piece of evidence does not stand where it should." in bad.text
    assert "Put 1 quote right" in bad.text
    assert "There stands: Foxes hunt voles" in bad.text
    put = page.post("/evaluate/gold/fix")
    assert put.said == "Put right: 1."
    assert "All evidence stands" in put.text
    assert goldfile.questions(page.own)[0].evidence == (Evidence("hills.txt", "Foxes hunt voles"),)
    assert "Put" not in page.get("/evaluate/gold/check", gold="more-0").text


def test_the_failure_of_an_own_question_leads_to_its_form(page: Page) -> None:
    page.post("/evaluate/gold/add", question(answers="owls"))
    run = page.run("own")
    address = page.get(f"/evaluate/runs/{run}/question", at="0").address("/gold")
    assert address == "/evaluate/gold?gold=own&id=q1"
    assert "Foxes hunt voles" in page.get(address).text


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.sampled_from(["question", "answers", "document-0", "quote-0", "grade-0", "tags", "x"]), st.text()
    )
)
def test_any_form_is_read_or_refused_in_a_sentence(fields: dict[str, str]) -> None:
    try:
        form = goldforms.given(fields)
    except PinciteError:
        return
    assert form.question == form.question.strip()
    assert all(answer.strip() == answer and answer for answer in form.answers)
    assert all(entry.document and entry.grade >= 1 for entry in form.evidence)


# --- feedback


@pytest.fixture
def judged(page: Page) -> Page:
    """Five turns of a conversation with each kind of feedback."""
    collection = page.collections.get()
    conversations, feedbacks = Conversations(collection.folder), Feedbacks(collection.folder)
    talk = conversations.begin().id
    corrected = Feedback("corrected", HOSTILE, "hills.txt", "Foxes hunt voles", "voles")
    said = [Feedback("right"), Feedback("wrong"), corrected, Feedback("unanswerable"), Feedback("open")]
    asked = ["What do herons eat?", "Where do foxes dig?", "What do foxes hunt?", "Who sings?", "Who knows?"]
    for number, (text, word) in enumerate(zip(asked, said, strict=True), start=1):
        conversations.append(talk, Turn(text, exports.json(collection.assistant.ask(text))))
        feedbacks.give(talk, number, word)
    return page


def candidate(page: Page, text: str) -> tuple[str, dict[str, str]]:
    """The address at which the feedback on a question is accepted, and what its form holds."""
    part = page.get("/evaluate/feedback").markup
    item = next(each for each in part.split("<li ") if unescape(each).find(f">\n{text}<") > 0)
    fields = {name: unescape(value) for name, value in re.findall(r'<textarea name="([\w-]+)"[^>]*>\n([^<]*)<', item)}
    fields |= {
        name: unescape(value) for name, value in re.findall(r'<input[^>]* name="([\w-]+)"[^>]* value="([^"]*)"', item)
    }
    fields |= {
        name: unescape(value) for name, value in re.findall(r'<input name="([\w-]+)"[^>]* value="([^"]*)"', item)
    }
    fields |= {"unanswerable": "on"} if "checked" in item else {}
    return Reply(200, {}, item).address("accept"), fields


def test_feedback_waits_to_be_looked_at(judged: Page) -> None:
    part = judged.get("/evaluate/feedback")
    assert "5 answers that somebody judged" in part.text
    assert "onerror" in part.text  # the note of the correction, as text
    assert "<img" not in part.markup
    assert re.search(r'<span id="pv-waiting">5</span>', judged.get("/evaluate").markup)


def test_feedback_that_is_accepted_becomes_a_gold_question(judged: Page) -> None:
    for text, wanted in (
        (
            "What do foxes hunt?",
            GoldQuestion("q1", "What do foxes hunt?", ("voles",), (Evidence("hills.txt", "Foxes hunt voles"),)),
        ),
        ("Who sings?", GoldQuestion("q2", "Who sings?")),
        ("Who knows?", GoldQuestion("q3", "Who knows?", tags=("open",))),
    ):
        address, fields = candidate(judged, text)
        accepted = judged.post(address, fields)
        assert accepted.text == f"Accepted as gold question {wanted.id}."
        assert goldfile.questions(judged.own)[-1] == wanted
        assert judged.post(address, fields).status == 400  # no twice
    assert 'data-waiting="2"' in accepted.markup


def test_feedback_is_corrected_before_it_is_accepted(judged: Page) -> None:
    address, fields = candidate(judged, "Where do foxes dig?")
    refused = judged.post(address, fields)
    assert (refused.status, "What would be right is missing" in refused.text) == (400, True)
    more = {"question": "Where is the den of a fox?", "answers": "under old oaks", "document-0": "hills.txt"}
    accepted = judged.post(address, {**fields, **more, "quote-0": "dens under old oaks"})
    assert accepted.status == 200
    (kept,) = goldfile.questions(judged.own)
    assert (kept.question, kept.evidence) == (more["question"], (Evidence("hills.txt", "dens under old oaks"),))


def test_a_wrong_answer_may_have_been_wrong_because_there_is_none(judged: Page) -> None:
    address, fields = candidate(judged, "Where do foxes dig?")
    assert judged.post(address, {**fields, "unanswerable": "on"}).status == 200
    assert not goldfile.questions(judged.own)[0].answerable
    assert "4 answers" in judged.get("/evaluate/feedback").text


def test_feedback_is_dismissed(judged: Page) -> None:
    address, _ = candidate(judged, "Who sings?")
    dismissed = judged.post(address.replace("accept", "dismiss"))
    assert (dismissed.text, dismissed.said) == ("Dismissed.", "Dismissed.")
    assert judged.post(address.replace("accept", "dismiss")).text == "This was looked at already."
    assert "Who sings?" not in judged.get("/evaluate/feedback").text
    assert not judged.own.exists()


def test_without_feedback_the_ways_to_it_are_told(page: Page) -> None:
    assert "Nothing waits to be looked at" in page.get("/evaluate/feedback").text
