"""A report that was kept is read as it was, and one that is damaged is told."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa.errors import PinciteError
from qa.evaluation import compare, evaluate, load_run, save_run
from qa.evaluation.kept import keep_report, read_report
from qa.evaluation.page import report_page
from qa.evaluation.report import Candidate, Latency, Metric, QuestionScore, Report
from qa.evaluation.statistics import Interval
from qa.gold import Evidence, GoldQuestion
from qa.library import Library
from qa.types import Document, Hit, Passage, Place, Places, StageScores

TOWER = Document(
    "d1",
    "Tower",
    ("tower.pdf",),
    "5e1f",
    "The tower is green. It has 196 steps.",
    (0,),
    places=Places("paragraph", (0,), (7,)),
)


def row(id_: str, **given: object) -> QuestionScore:
    passage = Passage("d1", 0, 19, TOWER.text[:19], 1, ("Coast",))
    hit = Hit(1, 0.75, StageScores(0.0, 0.0), passage, TOWER.cite(0, 19))
    full = QuestionScore(
        id=id_,
        question="Which colour?",
        tags=("coast",),
        answers=("green", "grün"),
        answerable=True,
        answered=False,
        short="",
        scores={"f1": 1 / 3},
        best=Candidate("red", 0.123456789, False),
        given_gold=Candidate("green", None, None),
        cause="not read",
        ranks={"given": None, "dense": 3},
        wanted=(Evidence("tower.pdf", "The tower is green", 2),),
        lost_quotes=("\ud800 lost",),
        citations=(TOWER.cite(4, 9, 2),),
        hits=(hit, replace(hit, rank=2)),
        timings_ms={"total": 1.25},
        error="</script>",
    )
    return replace(full, **given)  # type: ignore[arg-type]


def report(*rows: QuestionScore) -> Report:
    metrics = {
        "f1": Metric(1 / 3, Interval(0.1, 0.9), 3, "words shared", detectable=0.25),
        "risk": Metric(0.5, None, 1, "share wrong", lower_is_better=True),
    }
    return Report(metrics, rows, {"total": Latency(1.5, 20.25)})


def test_what_was_kept_is_read_again(tmp_path: Path) -> None:
    kept = report(row("q1"), row("q2", best=None, given_gold=None, wanted=(), hits=(), citations=()))
    keep_report(kept, tmp_path, {"seed": 3})
    assert read_report(tmp_path) == (kept, {"seed": 3})
    again, _ = read_report(tmp_path)
    citation = again.per_question[0].citations[0]
    assert (citation.quote, citation.page, citation.place) == ("tower", 1, Place("paragraph", 7))
    value = json.loads((tmp_path / "report.json").read_text())
    assert (len(value["documents"]), len(value["passages"])) == (1, 1)


def test_an_evaluation_that_was_kept_is_the_same_page_and_compares(filled: Library, tmp_path: Path) -> None:
    from qa.assistant import Assistant

    gold = [
        GoldQuestion("q1", "What do herons eat?", ("small fish",), (Evidence("lakes.txt", "Herons eat small fish"),)),
        GoldQuestion("q2", "Who lit the lamp?"),
    ]
    done = evaluate(Assistant(filled), gold)
    save_run(done, tmp_path, {})
    keep_report(done, tmp_path, {})
    again, made_from = read_report(tmp_path)
    assert report_page(again, title="t", made_from=made_from) == report_page(done, title="t", made_from={})
    assert {each.verdict for each in compare(again, load_run(tmp_path), seed=0).values()} == {"cannot tell"}


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(question=st.text(), short=st.text(), score=st.floats(allow_nan=False), grade=st.integers(0, 9))
def test_any_texts_and_figures_come_back(tmp_path: Path, question: str, short: str, score: float, grade: int) -> None:
    wanted = (Evidence(short, question, grade),)
    kept = Report({}, (row("q", question=question, short=short, scores={"f1": score}, wanted=wanted),))
    keep_report(kept, tmp_path, {})
    assert read_report(tmp_path)[0] == kept


def test_the_page_within_a_page_has_neither_head_nor_summary() -> None:
    whole = report_page(report(row("q1")), title="The coast", made_from={})
    framed = report_page(report(row("q1")), title="The coast", made_from={}, framed=True)
    assert whole.policy == framed.policy
    assert all(part in whole.markup for part in ("<h1", 'id="summary"', 'href="#questions"'))
    assert not any(part in framed.markup for part in ("<h1", 'id="summary"', 'href="#questions"'))
    assert all(
        part in framed.markup for part in ('id="metrics"', 'id="confidence"', 'id="filters"', "Content-Security-Policy")
    )


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", "nonsense", '{"questions": 3}', "é", "[" * 100_000],
)
def test_a_damaged_report_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "report.json").write_text(text, encoding="utf-8")
    with pytest.raises(PinciteError, match="is damaged: delete it"):
        read_report(tmp_path)


def test_every_damaged_value_is_told_or_harmless(tmp_path: Path) -> None:
    keep_report(report(row("q1")), tmp_path, {})
    value = json.loads((tmp_path / "report.json").read_text())
    for key in value:
        for wrong in (None, 7, "text", [7], {"x": 7}):
            (tmp_path / "report.json").write_text(json.dumps(value | {key: wrong}))
            with suppress(PinciteError):
                read_report(tmp_path)


def test_no_report_is_told(tmp_path: Path) -> None:
    with pytest.raises(PinciteError, match="cannot be read"):
        read_report(tmp_path / "none")
    with pytest.raises(PinciteError, match="could not be kept"):
        keep_report(report(), tmp_path / "none", {})
