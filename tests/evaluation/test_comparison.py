"""Two runs side by side, and a run on disk."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from qa.errors import PinciteError
from qa.evaluation import Metric, Report, compare, load_scores, save_run
from qa.evaluation.report import QuestionScore
from qa.types import Document, Hit, Passage, StageScores

TOWER = Document("d1", "Tower", ("tower.txt",), "5e1f", "The tower is green.")


def row(id_: str, short: str = "", **scores: float) -> QuestionScore:
    passage = Passage("d1", 0, 19, TOWER.text)
    hit = Hit(1, 0.75, StageScores(0.5, 1.0), passage, TOWER.cite(0, 19))
    return QuestionScore(id_, "Who?", (), True, bool(short), short, 0.5, (), scores, hits=(hit,))


def report(rows: list[QuestionScore]) -> Report:
    names = dict.fromkeys(name for each in rows for name in each.scores)
    return Report({name: Metric(0.0, None, 1, "a score") for name in names}, tuple(rows))


def saved(made: Report, folder: Path) -> dict[str, Any]:
    save_run(made, folder, gold="gold.jsonl", seed=0, generation=3, model=None)
    return json.loads((folder / "run.json").read_text())


def test_a_run_equals_itself(tmp_path: Path) -> None:
    made = report([row(f"q{number}", f1=number / 7) for number in range(7)])  # 1 / 7 is rounded when it is saved
    saved(made, tmp_path)
    result = compare(made, load_scores(tmp_path), seed=0)["f1"]
    assert (result.wins, result.ties, result.losses, result.p, result.verdict) == (0, 7, 0, 1.0, "cannot tell")


def test_ten_wins_are_better_and_ten_losses_worse() -> None:
    better = report([row(f"q{number}", f1=0.9) for number in range(10)])
    before = {f"q{number}": {"f1": 0.4} for number in range(10)}
    result = compare(better, before, seed=0)["f1"]
    assert (result.before, result.after) == pytest.approx((0.4, 0.9))
    assert (result.wins, result.ties, result.losses, result.verdict) == (10, 0, 0, "better")
    assert result.p == pytest.approx(2 / 2**10, abs=0.002)  # 2 of the 1,024 ways to give signs
    worse = report([row(f"q{number}", f1=0.4) for number in range(10)])
    assert compare(worse, {id_: {"f1": 0.9} for id_ in before}, seed=0)["f1"].verdict == "worse"


def test_four_wins_cannot_tell() -> None:
    # 2 of 16: p = 0.125.
    result = compare(report([row(f"q{n}", f1=1.0) for n in range(4)]), {f"q{n}": {"f1": 0.0} for n in range(4)}, seed=0)
    assert result["f1"].verdict == "cannot tell"


def test_asking_more_metrics_asks_for_more_evidence() -> None:
    # Six wins: p = 2 / 64 = 0.03 alone, twice that beside a second metric, by Holm.
    alone = report([row(f"q{n}", f1=1.0) for n in range(6)])
    assert compare(alone, {f"q{n}": {"f1": 0.0} for n in range(6)}, seed=0)["f1"].verdict == "better"
    both = report([row(f"q{n}", f1=1.0, em=1.0) for n in range(6)])
    result = compare(both, {f"q{n}": {"f1": 0.0, "em": 0.0} for n in range(6)}, seed=0)
    assert {entry.verdict for entry in result.values()} == {"cannot tell"}


def test_questions_count_where_both_runs_have_a_score() -> None:
    made = report([row("a", f1=1.0), row("b", em=1.0)])
    result = compare(made, {"a": {"f1": 0.5}, "b": {"f1": 0.5}}, seed=0)
    assert result.keys() == {"f1"}
    assert (result["f1"].before, result["f1"].after) == (0.5, 1.0)


def test_other_questions_cannot_be_compared() -> None:
    with pytest.raises(PinciteError, match=r"cannot be compared: they differ in 2 questions \(a, z"):
        compare(report([row("a", f1=1.0), row("b", f1=1.0)]), {"b": {"f1": 1.0}, "z": {"f1": 1.0}}, seed=0)


def test_what_is_saved(tmp_path: Path) -> None:
    folder = tmp_path / "runs" / "first"
    run = saved(report([row("a b", "green", f1=1.0), row("c", f1=0.0)]), folder)
    assert run["questions"] == 2
    assert run["made_from"]["gold"] == "gold.jsonl"
    assert (run["made_from"]["seed"], run["made_from"]["generation"]) == (0, 3)
    assert run["made_from"]["versions"].keys() >= {"pincite", "torch"}
    assert json.loads((folder / "predictions.json").read_text()) == {"a b": "green", "c": ""}
    assert (folder / "run.trec").read_text() == ("a_b Q0 d1:0-19 1 0.750000 pincite\nc Q0 d1:0-19 1 0.750000 pincite\n")


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"per_question": [{}]}', '{"per_question": 3}', "nonsense"])
def test_what_is_no_run_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "run.json").write_text(text)
    with pytest.raises(PinciteError, match=r"run\.json is not a saved run: name a folder made with --save"):
        load_scores(tmp_path)


def test_a_missing_run_is_told(tmp_path: Path) -> None:
    with pytest.raises(PinciteError, match=r"run\.json cannot be read"):
        load_scores(tmp_path / "nowhere")


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(PinciteError, match=r"The run could not be saved in .*file"):
        saved(report([row("a", f1=1.0)]), tmp_path / "file")
