"""The Evaluate view: runs of a gold set, how far one is, what each found, and its report."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from time import monotonic
from typing import TYPE_CHECKING

from qa.errors import PinciteError
from qa.gate import Route
from qa.web.evaluation import evaluated
from qa.web.evaluation.goldsets import OWN, More, gold_set, gold_sets
from qa.web.evaluation.runs import RUN, Run, Runs
from qa.web.responses import collection_of, fragment, posted, shown

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.responses import Response

    from qa.evaluation import Report
    from qa.web.collections import Collection, Collections
    from qa.web.evaluation.goldsets import GoldSet
    from qa.web.jobs import Job, Jobs, Progress
    from ui import run as shown_run
    from ui.evaluation import Set, Work

_JOB = r"[\w-]{8,64}"
ROUTES = (
    Route(("GET",), r"/evaluate(/runs|/list)?"),
    Route(("POST",), r"/evaluate/runs"),
    Route(("GET",), rf"/evaluate/jobs/{_JOB}"),
    Route(("POST",), rf"/evaluate/jobs/{_JOB}/stop"),
    Route(("GET",), rf"/evaluate/runs/{RUN}(/compared|/questions|/question)?"),
    Route(("GET",), rf"/evaluate/runs/{RUN}/report", framed=True),
    Route(("POST",), rf"/evaluate/runs/{RUN}/delete"),
)

_SEED = 0


def add_to(site: FastAPI, collections: Collections, jobs: Jobs, more: More = ()) -> None:
    """Put it into `site`. `jobs` does the evaluations one after the other; `more` are gold files beside the own one."""
    view = _View(collections, jobs, more)
    for path, work in (
        ("", view.whole),
        ("/runs", view.part),
        ("/list", view.list),
        ("/jobs/{job}", view.job),
        ("/runs/{run}", view.run),
        ("/runs/{run}/compared", view.compared),
        ("/runs/{run}/questions", view.questions),
        ("/runs/{run}/question", view.question),
        ("/runs/{run}/report", view.report),
    ):
        site.add_route(f"/evaluate{path}", shown(work), ["GET"])
    for path, change in (("/runs", view.begin), ("/jobs/{job}/stop", view.stop), ("/runs/{run}/delete", view.delete)):
        site.add_route(f"/evaluate{path}", posted(change), ["POST"])


def runs_of(collection: Collection) -> Runs:
    """The runs that are kept in a collection's store."""
    return Runs(collection.folder / "runs")


class _View:
    """What each address answers. Every method may be called from any thread."""

    def __init__(self, collections: Collections, jobs: Jobs, more: More) -> None:
        self._collections = collections
        self._jobs = jobs
        self._more = more
        self._latest: dict[str, Job] = {}
        self._beginning = threading.Lock()

    def whole(self, request: Request) -> Response:
        from qa.talk import Feedbacks
        from ui.evaluation import view

        collection = self._collection(request)
        waiting = len(Feedbacks(collection.folder).candidates())
        return fragment(view(self._runs(collection), "runs", waiting))

    def part(self, request: Request) -> Response:
        return fragment(self._runs(self._collection(request)))

    def list(self, request: Request) -> Response:
        from ui.evaluation import run_list

        return fragment(run_list([evaluated.line(run) for run in runs_of(self._collection(request)).all()]))

    def begin(self, request: Request, fields: Mapping[str, str]) -> Response:
        collection = self._collection(request)
        gold = gold_set(collection, self._more, fields.get("gold", ""))
        with self._beginning:
            latest = self._latest.get(collection.name)
            if latest is not None and not latest.ended:
                raise PinciteError("A run goes on already: wait until it has ended, or stop it.")
            if not gold.asked:
                raise PinciteError("There are no questions in this gold set yet: add some, then run them.")
            job = self._jobs.start(gold.label, _asking(collection, gold))
            self._latest[collection.name] = job
        return fragment(self._job(job), said=f"Asking {len(gold.asked):,} questions.")

    def job(self, request: Request) -> Response:
        return fragment(self._job(self._known(request)))

    def stop(self, request: Request, _fields: Mapping[str, str]) -> Response:
        job = self._known(request)
        self._jobs.stop(job.id)
        return fragment(self._job(job), said="Stopping.")

    def delete(self, request: Request, _fields: Mapping[str, str]) -> Response:
        from ui.evaluation import run_list

        runs = runs_of(self._collection(request))
        gone = runs.delete(request.path_params["run"])
        return fragment(
            run_list([evaluated.line(run) for run in runs.all()]), said=f"Deleted: {evaluated.name_of(gone)}."
        )

    def run(self, request: Request) -> Response:
        from ui.run import run

        return fragment(run(self._run(request)))

    def compared(self, request: Request) -> Response:
        from ui.run import comparison

        runs = runs_of(self._collection(request))
        chosen = runs.get(request.path_params["run"])
        return fragment(comparison(_comparison(runs, chosen, request.query_params.get("against", ""))))

    def questions(self, request: Request) -> Response:
        from ui.run import questions

        run, report = self._readable(request)
        cause, find = (request.query_params.get(name, "") for name in ("cause", "find"))
        page = evaluated.questions(report, cause, find, _number(request, "begin"))
        return fragment(questions(run.id, page, cause, find))

    def question(self, request: Request) -> Response:
        from ui.failure import failure

        collection = self._collection(request)
        _, report = self._readable(request)
        at = _number(request, "at")
        if at >= len(report.per_question):
            raise PinciteError("There is no such question in this run.")
        row = report.per_question[at]
        own = next(each for each in gold_sets(collection, self._more) if each.key == OWN)
        editable = any(each.id == row.id and each.question == row.question for each in own.questions)
        with collection.assistant.library.reading() as reading:
            return fragment(failure(evaluated.failure(row, reading, collection.name, OWN if editable else "")))

    def report(self, request: Request) -> Response:
        from starlette.responses import HTMLResponse

        from qa.evaluation.page import report_page

        run, report = self._readable(request)
        framed = request.query_params.get("framed") == "1"
        page = report_page(report, title=evaluated.name_of(run), made_from=run.made_from, framed=framed)
        return HTMLResponse(page.markup, headers={"content-security-policy": f"{page.policy}; frame-ancestors 'self'"})

    # --- what they are made from

    def _collection(self, request: Request) -> Collection:
        return collection_of(request, self._collections)

    def _known(self, request: Request) -> Job:
        job = self._jobs.get(request.path_params["job"])
        if job is None:
            raise PinciteError("This run is not known any more: look at the list of runs.")
        return job

    def _readable(self, request: Request) -> tuple[Run, Report]:
        run = runs_of(self._collection(request)).get(request.path_params["run"])
        if run.report is None:
            raise PinciteError(run.problem)
        return run, run.report

    def _runs(self, collection: Collection) -> str:
        from ui.evaluation import runs

        sets = [_as_shown(each) for each in gold_sets(collection, self._more)]
        latest = self._latest.get(collection.name)
        lines = [evaluated.line(run) for run in runs_of(collection).all()]
        return runs(sets, _work(latest) if latest else None, lines)

    def _job(self, job: Job) -> str:
        from ui import evaluation

        return evaluation.job(_work(job))

    def _run(self, request: Request) -> shown_run.Run:
        from ui import run as ui_run

        collection = self._collection(request)
        runs = runs_of(collection)
        run, report = self._readable(request)
        against = request.query_params.get("against", "")
        failed = ui_run.FAILED if report.causes else ""
        address = f"/evaluate/runs/{run.id}/report"
        query = _query(collection.name)
        return ui_run.Run(
            id=run.id,
            gold=run.gold,
            at=evaluated.at(run.at),
            facts=f"{evaluated.facts(report)}{evaluated.seconds(run.made_from)}",
            figures=evaluated.figures(report),
            others=tuple(
                ui_run.Other(each.id, evaluated.name_of(each))
                for each in runs.all()
                if each.id != run.id and each.gold == run.gold and each.report
            ),
            causes=evaluated.causes(report),
            questions=evaluated.questions(report, failed, "", 0),
            against=against,
            comparison=_comparison(runs, run, against),
            report=f"{address}?framed=1{query and f'&{query}'}",
            whole_report=f"{address}{query and f'?{query}'}",
        )


def _comparison(runs: Runs, run: Run, against: str) -> shown_run.Comparison | None:
    from ui.run import Comparison

    if not against:
        return None
    before = runs.get(against)
    try:
        return evaluated.comparison(before, *runs.compared(run, before))
    except PinciteError as error:
        return Comparison(evaluated.name_of(before), problem=str(error))


def _asking(collection: Collection, gold: GoldSet) -> Callable[[Progress], Run]:
    """What asks every question of a gold set and keeps the run."""

    def work(progress: Progress) -> Run:
        from qa.evaluation import evaluate
        from qa.evaluation.provenance import provenance

        asked = len(gold.asked)
        begun, at = monotonic(), datetime.now(UTC)
        _refuse_foreign(collection, gold)
        done = 0

        def one_more(_number: int) -> None:
            nonlocal done
            done += 1
            progress(done, asked)

        progress(0, asked)
        report = evaluate(collection.assistant, gold.asked, one_more, seed=_SEED)
        made_from = provenance(collection.assistant, report.per_question, gold=str(gold.path), seed=_SEED)
        taken = {"seconds": round(monotonic() - begun, 1)}
        return runs_of(collection).save(report, {**made_from, **taken}, gold=gold.label, at=at)

    return work


def _refuse_foreign(collection: Collection, gold: GoldSet) -> None:
    """Before anything is asked, and not after all of it."""
    from qa.gold.anchors import Anchors

    evidence = [entry for question in gold.questions for entry in question.evidence]
    library = collection.assistant.library
    library.require_documents()
    with library.reading() as reading:
        anchors = Anchors(reading)
        if evidence and not any(anchors.locate(entry).places for entry in evidence):
            raise PinciteError(
                "None of the words that these questions want are in the documents of this collection: add the "
                "documents first."
            )


def _as_shown(gold: GoldSet) -> Set:
    from ui.evaluation import Set

    return Set(gold.key, gold.label, len(gold.asked))


def _work(job: Job) -> Work:
    from ui.evaluation import Work

    left = job.result.id if isinstance(job.result, Run) else ""
    return Work(job.id, job.title, job.state, job.done, job.total, job.told, left)


def _number(request: Request, name: str) -> int:
    text = request.query_params.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _query(collection: str) -> str:
    from urllib.parse import urlencode

    return urlencode({"collection": collection}, errors="replace") if collection else ""
