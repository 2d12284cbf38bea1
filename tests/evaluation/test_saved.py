"""A run on disk: what is written, what is read again, and what is refused."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.errors import PinciteError
from qa.evaluation import Metric, Report, load_run, save_run
from qa.evaluation.report import QuestionScore
from qa.evaluation.saved import SavedRun, fingerprint
from qa.gold import Evidence

RANKING = {"d1:0-19": 0.75, "d2:5-9": 1 / 3, "d1:20-30": 0.0}
"""Scores are written so that they are read as the same number: ties stay ties, and no two become one."""
RELEVANT = {"d1:0-19": 1, "lost:1": 2}


def row(id_: str, short: str = "", **scores: float) -> QuestionScore:
    return QuestionScore(
        id=id_,
        question="Who?",
        tags=("bird",),
        answers=("a heron",),
        answerable=True,
        answered=bool(short),
        short=short,
        scores=scores,
        wanted=(Evidence("lakes.txt", "It was a heron."),),
        ranking=RANKING,
        relevant=RELEVANT,
    )


def report(*rows: QuestionScore) -> Report:
    return Report({"f1": Metric(0.5, None, len(rows), "a score")}, rows)


def saved(made: Report, folder: Path) -> dict[str, Any]:
    save_run(made, folder, {"seed": 3})
    run = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    assert isinstance(run, dict)
    return run


# --- what is written


def test_four_files_in_a_folder_that_is_made(tmp_path: Path) -> None:
    folder = tmp_path / "runs" / "first"
    run = saved(report(row("a", "green", f1=1.0), row("b", f1=1 / 3)), folder)
    names = ["predictions.json", "qrels.trec", "run.json", "run.trec"]
    assert sorted(file.name for file in folder.iterdir()) == names
    assert run["questions"] == 2
    assert run["made_from"] == {"seed": 3}
    assert run["metrics"]["f1"]["value"] == 0.5
    assert [entry["scores"] for entry in run["per_question"]] == [{"f1": 1.0}, {"f1": 0.3333}]
    assert json.loads((folder / "predictions.json").read_text()) == {"a": "green", "b": ""}
    found = "{0} Q0 d1:0-19 1 0.75 pincite\n{0} Q0 d2:5-9 2 0.3333333333333333 pincite\n{0} Q0 d1:20-30 3 0.0 pincite\n"
    assert (folder / "run.trec").read_text() == found.format("a") + found.format("b")
    judged = "{0} 0 d1:0-19 1\n{0} 0 lost:1 2\n"
    assert (folder / "qrels.trec").read_text() == judged.format("a") + judged.format("b")


def test_a_run_takes_the_place_of_an_earlier_one(tmp_path: Path) -> None:
    saved(report(row("a", f1=1.0), row("b", f1=1.0)), tmp_path)
    saved(report(row("a", f1=0.5)), tmp_path)
    assert load_run(tmp_path).scores == {"a": {"f1": 0.5}}


def test_what_was_saved_is_read_again(tmp_path: Path) -> None:
    first, second = row("a", f1=1 / 3, em=0.0), row("b")
    saved(report(first, second), tmp_path)
    assert load_run(tmp_path) == SavedRun(
        {"a": {"f1": 0.3333, "em": 0.0}, "b": {}}, {"a": fingerprint(first), "b": fingerprint(second)}, {"seed": 3}
    )


def test_a_run_may_be_named_by_its_file(tmp_path: Path) -> None:
    saved(report(row("a", f1=1.0)), tmp_path)
    assert load_run(tmp_path / "run.json") == load_run(str(tmp_path)) == load_run(tmp_path)


@pytest.mark.parametrize("made_from", ["", "3", "null", "[]", '"three"'])
def test_a_run_that_does_not_say_what_it_was_made_from(tmp_path: Path, made_from: str) -> None:
    said = f', "made_from": {made_from}' if made_from else ""
    (tmp_path / "run.json").write_text(f'{{"per_question": []{said}}}')
    assert load_run(tmp_path) == SavedRun({}, {}, {})


def test_lines_are_one_a_result_whatever_the_names(tmp_path: Path) -> None:
    # White space would divide the fields, and names that differ must not become the same.
    ids = ["a b", "a_b", "a%20b", "a\tb", "a\u2028b", "a\r\nb", " "]
    saved(report(*(row(id_) for id_ in ids)), tmp_path)
    lines = (tmp_path / "run.trec").read_text(encoding="utf-8").splitlines()
    assert {len(line.split()) for line in lines} == {6}
    named = list(dict.fromkeys(line.split()[0] for line in lines))
    assert named == ["a%20b", "a_b", "a%2520b", "a%09b", "a%E2%80%A8b", "a%0D%0Ab", "%20"]
    judged = (tmp_path / "qrels.trec").read_text(encoding="utf-8").splitlines()
    assert list(dict.fromkeys(line.split()[0] for line in judged)) == named


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(st.text(min_size=1), st.text(), min_size=1, max_size=5))
def test_any_ids_and_answers_come_back(tmp_path_factory: pytest.TempPathFactory, answers: dict[str, str]) -> None:
    folder = tmp_path_factory.mktemp("run")
    made = report(*(row(id_, short, f1=0.5) for id_, short in answers.items()))
    saved(made, folder)
    assert load_run(folder).scores == {id_: {"f1": 0.5} for id_ in answers}
    assert load_run(folder).questions == {each.id: fingerprint(each) for each in made.per_question}
    assert json.loads((folder / "predictions.json").read_text(encoding="utf-8")) == answers
    lines = (folder / "run.trec").read_text(encoding="utf-8").split("\n")[:-1]
    assert len(lines) == len(answers) * len(RANKING)
    assert len({line.split()[0] for line in lines}) == len(answers)


def test_half_a_character_does_not_stop_a_run(tmp_path: Path) -> None:
    made = report(row("a", "half \ud800 a pair", f1=1.0))
    assert saved(made, tmp_path)["per_question"][0]["short"] == "half ? a pair"
    assert len(fingerprint(row("\ud800"))) == 16


def test_a_fingerprint_is_of_what_is_asked_and_wanted() -> None:
    assert fingerprint(row("a", "green", f1=1.0)) == fingerprint(row("b"))
    assert fingerprint(QuestionScore("a", "Who?", (), (), False, False, "", {})) != fingerprint(row("a"))


# --- what cannot be written or read


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(PinciteError, match=r"The run could not be saved in .*file.*: .+\."):
            save_run(report(row("a")), folder, {})
    with pytest.raises(PinciteError, match="that is no name of a folder"):
        save_run(report(row("a")), tmp_path / "nul\0", {})


def test_a_folder_in_the_place_of_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "run.trec").mkdir()
    with pytest.raises(PinciteError, match=r"The run could not be saved in .*: Is a directory\."):
        save_run(report(row("a")), tmp_path, {})


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_folder_that_may_not_be_written_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(PinciteError, match=r"The run could not be saved in .*: Permission denied\."):
        save_run(report(row("a")), tmp_path / "run", {})
    tmp_path.chmod(0o700)


def test_a_missing_run_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    (tmp_path / "folder" / "run.json").mkdir(parents=True)
    for folder in ("nowhere", "file", "folder"):
        words = rf"{folder}.run\.json cannot be read \(.+\): name a folder made with --save"
        with pytest.raises(PinciteError, match=words):
            load_run(tmp_path / folder)


def questions(*entries: str) -> str:
    return f'{{"per_question": [{", ".join(entries)}]}}'


def scored(score: str) -> str:
    return questions(f'{{"id": "a", "scores": {{"f1": {score}}}}}')


BROKEN = {
    "empty": "",
    "words": "nonsense",
    "cut": '{"per_question": [{"id": "a"',
    "object": "{}",
    "list": "[]",
    "null": "null",
    "number": "3",
    "rows-number": '{"per_question": 3}',
    "rows-null": '{"per_question": null}',
    "rows-text": '{"per_question": "abc"}',
    "row-empty": questions("{}"),
    "row-text": questions('"a"'),
    "row-null": questions("null"),
    "no-id": questions('{"scores": {}}'),
    "id-number": questions('{"id": 1, "scores": {}}'),
    "id-null": questions('{"id": null, "scores": {}}'),
    "id-list": questions('{"id": ["a"], "scores": {}}'),
    "id-twice": questions('{"id": "a", "scores": {}}', '{"id": "a", "scores": {}}'),
    "no-scores": questions('{"id": "a"}'),
    "scores-list": questions('{"id": "a", "scores": []}'),
    "scores-null": questions('{"id": "a", "scores": null}'),
    "score-text": scored('"1"'),
    "score-null": scored("null"),
    "score-true": scored("true"),
    "score-list": scored("[1]"),
    "score-nan": scored("NaN"),
    "score-infinite": scored("Infinity"),
    "score-negative": scored("-0.1"),
    "score-percent": scored("81.5"),
    "score-huge": scored("1" + "0" * 400),
    "score-endless": scored("9" * 5000),
    "gold-number": questions('{"id": "a", "scores": {}, "gold": 3}'),
    "gold-null": questions('{"id": "a", "scores": {}, "gold": null}'),
    "deep": "[" * 100_000,
    "latin-1": b'{"per_question": [], "x": "\xe9"}',
    "utf-16": '{"per_question": []}'.encode("utf-16"),
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_what_is_no_run_is_told(tmp_path: Path, text: str | bytes) -> None:
    (tmp_path / "run.json").write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(PinciteError, match=r"run\.json is not a saved run: name a folder made with --save\."):
        load_run(tmp_path)


@settings(max_examples=60, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=3) | st.just("a"),
        lambda value: (
            st.lists(value, max_size=3)
            | st.dictionaries(st.sampled_from(["per_question", "id", "scores", "gold", "f1"]), value, max_size=3)
        ),
        max_leaves=8,
    )
)
def test_any_json_is_a_run_or_is_told(tmp_path_factory: pytest.TempPathFactory, value: object) -> None:
    folder = tmp_path_factory.mktemp("run")
    (folder / "run.json").write_text(json.dumps({"per_question": value}))
    with suppress(PinciteError):
        run = load_run(folder)
        assert all(0 <= score <= 1 for scores in run.scores.values() for score in scores.values())


def test_a_run_without_questions_is_one(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text('{"per_question": []}')
    assert load_run(tmp_path) == SavedRun({}, {})
