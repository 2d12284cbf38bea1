"""`pincite calibrate`: what it finds is used by `ask`, and nothing changes where it finds nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from qa.calibration import NAME, calibration_of

BIRDS = range(100)


def question(number: int) -> str:
    return f"What can bird{number} eat?"


def document(result: Result) -> dict[str, Any]:
    """The one JSON document on stdout."""
    assert result.exit_code == 0
    value = json.loads(result.stdout)
    assert isinstance(value, dict)
    return value


def told(result: Result) -> str:
    """The one sentence of a command that could not do what it should."""
    assert (result.exit_code, result.stdout) == (2, "")
    line = result.stderr.splitlines()[-1]  # behind the bar, where questions were asked
    assert line.startswith("Error: ")
    return line.removeprefix("Error: ")


def write(path: Path, questions: Sequence[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(each) + "\n" for each in questions))
    return path


@pytest.fixture
def birds(run: Any, tmp_path: Path) -> Path:
    """Ten documents about ten birds each, indexed."""
    folder = tmp_path / "birds"
    folder.mkdir()
    for ten in range(0, len(BIRDS), 10):
        sentences = [f"Bird{number} can eat seed{number}.\n\n" for number in BIRDS[ten : ten + 10]]
        (folder / f"{ten}.txt").write_text("".join(sentences))
    assert run("index", folder).exit_code == 0
    return folder


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    """A question about every bird, which the reader is certain of, and ten about none, which it is not."""
    known = [{"id": f"b{n}", "question": question(n), "answers": [f"seed{n}"]} for n in BIRDS]
    unknown = [{"id": f"c{n}", "question": f"What can cat{n} eat?"} for n in range(10)]
    return write(tmp_path / "gold.jsonl", [*known, *unknown])


@pytest.fixture
def files(store: Path) -> Callable[[], dict[str, bytes]]:
    """Everything in the store that is no part of SQLite's."""
    return lambda: {
        path.relative_to(store).as_posix(): path.read_bytes()
        for path in sorted(store.rglob("*"))
        if path.is_file() and not path.name.endswith(("-wal", "-shm"))
    }


# --- what is found


def test_what_is_found_is_told_kept_used_and_forgotten(
    run: Any, birds: Path, gold: Path, store: Path, tmp_path: Path
) -> None:
    before = document(run("ask", question(7), "--json"))
    assert before["confidence"] == 0.99

    result = run("calibrate", gold)
    assert result.exit_code == 0
    path = store / NAME
    # 100 right ones are sure, and the ten behind them wrong: 100 are answered, none of them wrongly. Of 110 questions
    # 100 or more would be answered in one of twenty cases if that were 0.8507 of all.
    kept = calibration_of(store)
    assert result.stdout.splitlines() == [
        f"From a confidence of {kept.threshold:.2f} on, questions are answered.",
        "Then at most 5% of the answers are wrong, and at least 85% of the questions are answered, each with 95% "
        "certainty, if people ask such questions.",
        f"Of these 110 it answers 100 (91%), 0.0% of them wrongly. Kept in {path}.",
    ]
    assert kept.threshold == kept.probability(0.99) > 0.99  # they were always right, and so it is surer than it was
    assert kept.probability(0.01) < 0.01

    after = document(run("ask", question(7), "--json"))
    assert after["answered"]
    assert after["confidence"] == round(kept.threshold, 4)
    assert run("ask", "What can cat3 eat?").exit_code == 3

    # The threshold that is asked with is the one in the store.
    row = json.loads(path.read_text())
    path.write_text(json.dumps(row | {"threshold": row["threshold"] + 1e-12}))
    assert run("ask", question(7)).exit_code == 3

    # It is found over the reader's own confidence, whatever was found before.
    assert run("calibrate", gold).exit_code == 0
    assert calibration_of(store) == kept

    result = run("calibrate", "--forget")
    assert (result.exit_code, result.stdout) == (0, "Forgotten: the reader's own threshold holds again.\n")
    assert not path.exists()
    again = document(run("ask", question(7), "--json"))
    assert (again["answered"], again["confidence"]) == (True, 0.99)


def test_json_and_a_share_that_is_not_whole(run: Any, birds: Path, gold: Path, store: Path) -> None:
    # 42 known ones are more than the 33 that 12.5 % takes (0.875^33 = 0.0122); with the five behind them, all wrong,
    # a risk of 12.5 % would show as little in half of all cases.
    lines = gold.read_text().splitlines(keepends=True)
    gold.write_text("".join([*lines[:42], *lines[100:105]]))
    found = document(run("calibrate", gold, "--json", "--risk", "0.125"))
    kept = calibration_of(store)
    assert found == {
        "file": str(store / NAME),
        "threshold": round(kept.threshold, 4),
        "risk": 0.125,
        "certainty": 0.95,
        "questions": 47,
        "answered": 42,
        "seen_risk": 0.0,
        "coverage": 0.8936,
        "least_coverage": 0.7892,
    }
    assert kept.promise == {name: found[name] for name in kept.promise or {}}
    # Neither figure is rounded to a promise that was not made.
    told_of = run("calibrate", gold, "--risk", "0.125").stdout
    assert "Then at most 12.5% of the answers are wrong, and at least 78% of the questions are answered" in told_of


def test_forgetting_what_is_not_there(run: Any, indexed: Path) -> None:
    result = run("calibrate", "--forget")
    assert (result.exit_code, result.stdout) == (0, "There was none to forget.\n")
    assert document(run("calibrate", "--forget", "--json")) == {"forgotten": False}


def test_forgetting_in_json(run: Any, indexed: Path, store: Path) -> None:
    (store / NAME).write_text("{")  # a damaged one too
    assert document(run("calibrate", "--forget", "--json")) == {"forgotten": True}
    assert not (store / NAME).exists()


# --- what is refused, and changes nothing


def test_too_few_questions_are_told_with_the_number_that_is_missing_before_any_is_asked(
    run: Any, indexed: Path, tmp_path: Path, files: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.assistant.Assistant.trace", lambda *_: pytest.fail("A question was asked."))
    path = write(
        tmp_path / "gold.jsonl",
        [
            {"id": "eat", "question": "What do herons eat?", "answers": ["small fish"]},
            {"id": "chess", "question": "Do herons play chess?"},
            # Nobody says what would be right.
            {"id": "shy", "question": "Who is shy?", "evidence": [{"document": "foxes.md", "quote": "They are shy."}]},
        ],
    )
    before = files()
    sentence = told(run("calibrate", path))
    assert sentence.startswith(
        "2 questions whose right answer is known are too few to promise at most 5% wrong answers: "
        "it takes at least 86, 84 more"
    )
    assert "it takes at least 7, 5 more" in told(run("calibrate", path, "--risk", "0.5", "--json"))
    assert files() == before


def test_answers_that_are_not_good_enough_change_nothing(
    run: Any, birds: Path, gold: Path, store: Path, files: Any
) -> None:
    # The reader is as certain of every bird; of half of them it is wrong.
    lines = [json.loads(line) for line in gold.read_text().splitlines()]
    write(gold, [line | {"answers": ["worms"]} if n % 2 else line for n, line in enumerate(lines[:12])])
    before = files()
    sentence = told(run("calibrate", gold, "--risk", "0.5"))
    assert sentence.startswith("No threshold keeps the promise of at most 50% wrong answers: of the 7 surest answers ")
    assert " 3 are wrong" in sentence
    assert files() == before
    assert document(run("ask", question(7), "--json"))["confidence"] == 0.99


@pytest.mark.parametrize("risk", ["0", "1", "-0.1", "5", "much", ""])
def test_a_risk_that_is_no_share_is_wrong_use(run: Any, indexed: Path, gold: Path, risk: str) -> None:
    result = run("calibrate", gold, "--risk", risk)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Invalid value for '--risk'" in result.stderr


@pytest.mark.parametrize("risk", ["nan", "1e-17"])
def test_a_risk_that_no_questions_can_keep_is_told_before_any_is_asked(
    run: Any, indexed: Path, gold: Path, risk: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.assistant.Assistant.trace", lambda *_: pytest.fail("A question was asked."))
    sentence = told(run("calibrate", gold, "--risk", risk))
    assert sentence.startswith(f"--risk {risk}: a share between 0.000001 and 1 is needed, for example 0.05.")


def test_gold_that_brings_its_own_texts_is_refused(run: Any, indexed: Path, tmp_path: Path, files: Any) -> None:
    path = tmp_path / "squad.json"
    answer = {"text": "1890", "answer_start": 9}
    asked = {"id": "q", "question": "When was it built?", "answers": [answer], "is_impossible": False}
    paragraph = {"context": "Built in 1890.", "qas": [asked]}
    path.write_text(json.dumps({"version": "v2.0", "data": [{"title": "T", "paragraphs": [paragraph]}]}))
    before = files()
    sentence = told(run("calibrate", path))
    assert sentence.startswith(f"{path} brings its own texts")
    assert sentence.endswith("calibrate on questions about the documents in the store.")
    assert files() == before


def test_gold_that_is_missing_is_told(run: Any, indexed: Path, tmp_path: Path) -> None:
    sentence = "Name the file of gold questions to calibrate on, or give --forget and no file."
    assert told(run("calibrate")) == sentence
    nowhere = tmp_path / "nowhere.jsonl"
    assert told(run("calibrate", nowhere, "--forget")) == sentence
    assert str(nowhere) in told(run("calibrate", nowhere))
    (tmp_path / "broken.jsonl").write_text("{\n")
    assert "broken.jsonl, line 1" in told(run("calibrate", tmp_path / "broken.jsonl"))
    assert "There is no gold format xml" in told(run("calibrate", nowhere, "--format", "xml"))


def test_without_documents_there_is_nothing_to_calibrate(run: Any, gold: Path, store: Path) -> None:
    for arguments in ([gold], ["--forget"]):
        assert str(store) in told(run("calibrate", *arguments))
    assert not store.exists()


# --- a file that cannot be trusted


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "is not a calibration"),
        ('{"threshold": NaN, "slope": 1, "offset": 0, "reader": "", "promise": null}', "is not a calibration"),
        ('{"threshold": 0, "slope": 1, "offset": 0, "reader": "", "promise": null}', "another version of the reader"),
    ],
)
def test_with_a_damaged_file_nothing_is_answered(
    run: Any, indexed: Path, store: Path, door: dict[str, Any], content: str, words: str
) -> None:
    assert run("ask", "What do herons eat?").exit_code == 0
    (store / NAME).write_text(content)
    for command in ("ask", "chat"):
        arguments = ["What do herons eat?"] if command == "ask" else []
        sentence = told(run(command, *arguments))
        assert sentence.startswith(str(store / NAME))
        assert words in sentence
        assert sentence.endswith(
            "run pincite calibrate again, or delete the file to answer as Pincite does without it."
        )
    assert "app" not in door  # no page was opened
    # What does not answer goes on without it.
    assert run("search", "herons").exit_code == 0
    (store / NAME).unlink()
    assert run("ask", "What do herons eat?").exit_code == 0


def test_calibrating_again_replaces_a_damaged_file(run: Any, birds: Path, gold: Path, store: Path) -> None:
    (store / NAME).write_text("{")
    gold.write_text("".join(gold.read_text().splitlines(keepends=True)[:8]))
    assert run("calibrate", gold, "--risk", "0.5").exit_code == 0
    assert document(run("ask", question(7), "--json"))["answered"]
