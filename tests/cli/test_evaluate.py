"""`pincite eval`: what it prints, what it keeps, and which exit code each limit gives."""

from __future__ import annotations

import importlib.util
import io
import json
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from qa.cli.progress import asking_bar

_FILE = Path(__file__).parents[1] / "gold" / "test_malformed.py"
_SPEC = importlib.util.spec_from_file_location("malformed_gold", _FILE)
assert _SPEC is not None
assert _SPEC.loader is not None
malformed = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(malformed)

HOSTILE = "\x1b[31mred\x1b[0m \x1b]0;title\x07 \u202egnp exe\u2066 \u200b\ufeff\x9b2J \x08\x7f\u2028forged line"
RAW = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


def document(result: Result) -> dict[str, Any]:
    """The one JSON document on stdout, with nothing on stderr."""
    assert result.stderr == ""
    value = json.loads(result.stdout)
    assert isinstance(value, dict)
    return value


def told(result: Result) -> str:
    """The one sentence of a command that could not do what it should."""
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("Error: ")
    assert len(result.stderr.splitlines()) == 1
    return result.stderr.removeprefix("Error: ").rstrip("\n")


def told_after(result: Result) -> str:
    """The same behind the figures, which are there by then and are not lost."""
    assert result.exit_code == 2
    assert result.stdout
    assert len(result.stderr.splitlines()) == 1
    return result.stderr.removeprefix("Error: ").rstrip("\n")


def write(path: Path, *lines: dict[str, Any]) -> Path:
    path.write_text("\n".join(json.dumps(line) for line in lines))
    return path


LOST = "Evidence that is not in the store, counted as not found: see pincite gold check."
EAT = {
    "id": "eat",
    "question": "What do herons eat?",
    "answers": ["Herons eat small fish at dawn"],
    "evidence": [{"document": "herons.txt", "quote": "Herons eat small fish at dawn."}],
}
CHESS = {"id": "chess", "question": "Do herons play chess?"}


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    return write(tmp_path / "gold.jsonl", EAT, CHESS)


# --- what is printed

OF_PASSAGES = "success@1 success@5 precision@5 recall@5 recall@10 recall@100 mrr@10 map@100 ndcg@10".split()
STAGES = ("", "dense.", "lexical.")


def test_json(run: Any, indexed: Path, gold: Path) -> None:
    result = run("eval", gold, "--json", "--seed", "5")
    assert result.exit_code == 0
    report = document(result)
    assert list(report) == ["questions", "metrics", "latency_ms", "causes", "per_question", "made_from"]
    assert (report["questions"], report["causes"]) == (2, {})
    # The one answer is right, first, and cites its evidence and no more; the other question is rightly not answered,
    # and its best answer, with a confidence of 0.01 after 0.99, would be wrong: risks of 0 and 1/2.
    ones = [f"{stage}{name}" for stage in STAGES for name in OF_PASSAGES if name != "precision@5"]
    ones += "em f1 em_unicode f1_unicode answerable_em answerable_f1 best_answer_f1 given_gold_f1".split()
    ones += "citation_validity citation_precision citation_recall joint_em joint_f1".split()
    ones += "answered abstained auroc auroc_answerable".split()
    expected = dict.fromkeys(ones, 1.0) | {f"{stage}precision@5": 0.2 for stage in STAGES}
    expected |= {"risk": 0, "aurc": 0.25, "e_aurc": 0, "risk@0.5": 0, "risk@0.8": 0.5, "coverage@0.1": 0.5}
    expected |= {"ece": 0.01, "brier": 0.0001}
    assert {name: metric["value"] for name, metric in report["metrics"].items()} == expected
    assert [row["id"] for row in report["per_question"]] == ["eat", "chess"]
    made_from = report["made_from"]
    assert (made_from["gold"]["file"], made_from["gold"]["questions"], made_from["seed"]) == (str(gold), 2, 5)
    assert made_from["settings"]["retriever"] == "fused"
    assert (made_from["store"]["documents"], made_from["store"]["passages"]) == (2, 3)


def test_for_people(run: Any, indexed: Path, gold: Path) -> None:
    result = run("eval", gold)
    assert (result.exit_code, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert lines[0] == "2 questions, 1 answerable, 1 not"
    assert " ".join(lines[1:3]) == (
        "1 question answered, 1 rightly (an acceptable answer is in what was given); of 1 without an answer, 1 left "
        "unanswered."
    )
    assert "Evidence that is not in the store" not in result.stdout
    heads = [line.partition("   ")[0] for line in lines if line.endswith("95 % interval    of")]
    assert heads == ["Passages", "Answers", "Citations", "Abstention and confidence"]
    (at,) = (at for at, line in enumerate(lines) if line.startswith("ndcg@10"))
    assert re.fullmatch(r"ndcg@10 +1\.000 +1  grade / log2\(rank \+ 1\) summed over 10, over the", lines[at])
    assert lines[at + 1] == " " * 49 + "best order possible (trec_eval ndcg_cut_10)"
    (brier,) = (line for line in lines if line.startswith("brier"))
    assert re.fullmatch(r"brier +0\.000 +2  mean square of confidence less 1 if right, 0 if", brier)
    assert "lower is better" in result.stdout
    assert "dense                     1.000" in result.stdout
    assert lines[-1].startswith("total  ")
    assert max(map(len, lines)) <= 100


def test_why_questions_failed(run: Any, indexed: Path, tmp_path: Path) -> None:
    shy = {"document": "foxes.md", "quote": "They are shy."}
    wrong = {**EAT, "id": "wrong", "answers": ["reeds"]}
    also = {"id": "also", "question": "Do herons eat small fish?"}
    endless = {**EAT, "id": "endless", "question": "What do herons eat? " * 200}
    # Its words are no more in the document: what was found cannot be right.
    gone = {
        "id": "gone",
        "question": "Who is shy?",
        "answers": ["they"],
        "evidence": [{**shy, "quote": "They were shy."}],
    }
    path = write(tmp_path / "gold.jsonl", EAT, CHESS, wrong, also, endless, gone)
    text = run("eval", path).stdout
    lines = text.splitlines()
    assert lines[0] == "6 questions, 4 answerable, 2 not, 1 without a result (scored 0)"
    # Answered are eat and gone rightly, wrong and also not; of also and chess, chess was left.
    assert " ".join(lines[1:3]) == (
        "4 questions answered, 2 rightly (an acceptable answer is in what was given); of 2 without an answer, 1 left "
        "unanswered."
    )
    # What spoils every figure stands above them, what did not come back below.
    assert lines[3:6] == ["", LOST, "    gone"]
    at = lines.index("Why questions failed:")
    causes = {line[6:36].strip(): int(line[:4]) for line in lines[at + 1 :] if re.match(r" +\d+  \S", line)}
    report = json.loads(run("eval", path, "--json").stdout)
    assert causes == report["causes"]
    assert causes == {"answered though unanswerable": 1, "no result": 1, "text lost": 1, "wrong span": 1}
    assert lines[-2] == "Without a result:"
    assert re.match(r"endless: .*the longest that can be asked is 2,000", lines[-1])
    assert sum(line.startswith("Without a result") for line in lines) == 1


def test_a_question_without_a_result_was_not_left_unanswered(run: Any, indexed: Path, tmp_path: Path) -> None:
    path = write(tmp_path / "gold.jsonl", EAT, CHESS, {**CHESS, "id": "endless", "question": "chess " * 2000})
    report = json.loads(run("eval", path, "--json").stdout)
    assert report["metrics"]["abstained"]["value"] == 0.5
    assert "of 2 without an answer, 1 left unanswered." in " ".join(run("eval", path).stdout.splitlines()[1:3])


def test_hostile_ids_and_questions_stay_on_their_line(run: Any, indexed: Path, tmp_path: Path) -> None:
    questions = [{**EAT, "id": f"{number} {HOSTILE} {'x' * 500}", "question": "eat " * 2000} for number in range(30)]
    lost = {"document": HOSTILE, "quote": HOSTILE}
    more = [{**EAT, "id": f"{HOSTILE}\n{number}", "evidence": [lost], "tags": [HOSTILE]} for number in range(30)]
    path = write(tmp_path / "gold.jsonl", EAT, *questions, *more)
    result = run("eval", path)
    assert result.exit_code == 0
    assert not RAW.search(result.stdout)
    assert not re.search(r"^ ?forged", result.stdout, re.MULTILINE)
    assert result.stdout.splitlines()[-1] == "... and 10 more"
    lost = result.stdout.partition(LOST)[2].partition("\n\n")[0]
    assert lost.endswith(" and 10 more")
    assert "\\u2028forged" in lost
    assert len(result.stdout) < 20_000
    kept = tmp_path / "kept"
    assert run("eval", path, "--save", kept).exit_code == 0
    compared = run("eval", path, "--baseline", kept)
    assert (compared.exit_code, RAW.search(compared.stdout)) == (0, None)
    assert "\x1b" not in run("eval", path, "--json").stdout


def test_passages_alone(run: Any, indexed: Path, gold: Path) -> None:
    report = document(run("eval", gold, "--retrieval-only", "--json"))
    assert report["metrics"].keys() == {f"{stage}{name}" for stage in STAGES for name in OF_PASSAGES}
    assert report["made_from"]["settings"] == {"retriever": "fused"}
    text = run("eval", gold, "--retrieval-only").stdout
    assert "Citations" not in text
    assert "rightly" not in text  # nothing was answered
    assert "retrieve  " in text


def test_questions_without_any_metric(run: Any, indexed: Path, tmp_path: Path) -> None:
    result = run("eval", write(tmp_path / "gold.jsonl", CHESS), "--retrieval-only")
    assert result.exit_code == 0
    assert result.stdout.startswith("1 question, 0 answerable, 1 not\n")


def test_questions_asked_are_shown_on_a_terminal_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    with asking_bar(3) as progress:
        assert progress is None
    monkeypatch.setattr("sys.stderr", terminal := Terminal())
    with asking_bar(3) as progress:
        assert progress is not None
        progress(1)
    assert "Asking" in terminal.getvalue()


# --- what is kept and compared


def test_a_run_is_saved_and_equals_itself(run: Any, indexed: Path, gold: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    result = run("eval", gold, "--save", kept)
    assert (result.exit_code, result.stderr) == (0, f"Saved in {kept}.\n")
    files = ["predictions.json", "qrels.trec", "run.json", "run.trec"]
    assert sorted(file.name for file in kept.iterdir()) == files
    saved = json.loads((kept / "run.json").read_text())
    assert saved["made_from"]["gold"]["file"] == str(gold)
    report = document(run("eval", gold, "--baseline", kept, "--json"))
    assert {entry["verdict"] for entry in report["comparison"].values()} == {"cannot tell"}
    assert report["comparison"].keys() >= {"f1", "ndcg@10", "risk"}
    for named in (kept, kept / "run.json"):
        text = run("eval", gold, "--baseline", named, "--max-drop", "f1=0").stdout
        count = len(report["comparison"])
        same = f"No question did better or worse than in the earlier run, in any of {count} metrics."
        assert text.splitlines()[-2:] == ["", same]
        assert max(map(len, text.splitlines())) <= 100


def test_a_page_is_written(run: Any, indexed: Path, gold: Path, tmp_path: Path) -> None:
    result = run("eval", gold, "--report", tmp_path / "page.html")
    assert (result.exit_code, result.stderr) == (0, f"Report written to {tmp_path / 'page.html'}.\n")
    assert (tmp_path / "page.html").read_text(encoding="utf-8").lower().startswith("<!doctype html")


SQUAD_TEXT = "Otters swim in cold rivers. Otters eat crayfish."
BEIR_TEXTS = {"D/1": "Otters swim in cold rivers.", "d/1": "Owls hunt voles by night.", "con": "Moles dig tunnels."}


def squad(folder: Path) -> Path:
    answer = {"text": "crayfish", "answer_start": SQUAD_TEXT.index("crayfish")}
    asked = [
        {"id": "eat", "question": "What do otters eat?", "answers": [answer], "is_impossible": False},
        {"id": "fly", "question": "Do otters fly?", "answers": [], "is_impossible": True},
    ]
    data = [{"title": "../../Otters", "paragraphs": [{"context": SQUAD_TEXT, "qas": asked}]}]
    path = folder / "squad.json"
    path.write_text(json.dumps({"version": "v2.0", "data": data}))
    return path


def beir(folder: Path) -> Path:
    path = folder / "beir"
    path.mkdir()
    write(path / "corpus.jsonl", *({"_id": name, "title": "", "text": text} for name, text in BEIR_TEXTS.items()))
    write(path / "queries.jsonl", {"_id": "q1", "text": "Who hunts voles?"}, {"_id": "q2", "text": "Who digs tunnels?"})
    (path / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq1\td/1\t1\nq2\tcon\t2\n")
    return path


@pytest.mark.parametrize("make", [squad, beir])
def test_texts_that_gold_brings_are_indexed_for_this_run_alone(
    run: Any, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Any
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    path = make(tmp_path)
    report = document(run("eval", path, "--json"))
    assert not store.exists()
    assert list(temporary.iterdir()) == []
    metrics = {name: metric["value"] for name, metric in report["metrics"].items()}
    assert (metrics["success@1"], metrics["recall@5"], metrics["ndcg@10"]) == (1, 1, 1)
    assert report["made_from"]["store"]["documents"] == (1 if make is squad else 3)
    assert [row["lost_quotes"] for row in report["per_question"]] == [[], []]
    if make is squad:
        # The sentence is the whole answer there is: one word of three that is wanted.
        assert metrics["answered"] == metrics["abstained"] == metrics["citation_recall"] == 1
        assert metrics["answerable_f1"] == 0.5
    again = document(run("eval", path, "--json"))
    assert again["made_from"]["gold"] == report["made_from"]["gold"]  # names in a temporary folder do not change it


def test_texts_that_gold_brings_can_be_compared(run: Any, tmp_path: Path) -> None:
    path = beir(tmp_path)
    assert run("eval", path, "--save", tmp_path / "kept").exit_code == 0
    result = run("eval", path, "--baseline", tmp_path / "kept", "--max-drop", "ndcg@10=0")
    assert (result.exit_code, result.stderr) == (0, "")


# --- limits

COUNT = 20
IDS = [f"q{number:02}" for number in range(COUNT)]


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """Twenty answerable questions, of which other programs answer as many rightly as a test says."""
    return write(
        tmp_path / "many.jsonl", *({"id": id_, "question": f"Which {id_}?", "answers": [f"it is {id_}"]} for id_ in IDS)
    )


def predictions(folder: Path, right: int) -> Path:
    path = folder / "predictions.json"
    path.write_text(json.dumps({id_: f"it is {id_}" if at < right else "nothing" for at, id_ in enumerate(IDS)}))
    return path


def baseline(folder: Path, right: int = COUNT, ids: Sequence[str] = IDS, **others: float) -> Path:
    """A run as it was saved by an early version: scores alone."""
    rows = [
        {"id": id_, "scores": {"f1": float(at < right), "risk": float(at >= right), **others}}
        for at, id_ in enumerate(ids)
    ]
    path = folder / "baseline"
    path.mkdir(exist_ok=True)
    (path / "run.json").write_text(json.dumps({"per_question": rows}))
    return path


@pytest.mark.parametrize(
    ("limits", "missed"),
    [
        ([], []),
        (["--fail-under", "f1=0.5"], []),
        (["--fail-under", "f1=0"], []),
        (["--fail-under", "f1=0.5001"], ["f1 is 0.5000, below the 0.5001 asked for with --fail-under."]),
        (["--fail-under", " f1 = 0.51 "], ["f1 is 0.5000, below the 0.51 asked for with --fail-under."]),
        (["--fail-under", "f1=1"], ["f1 is 0.5000, below the 1 asked for with --fail-under."]),
        (["--fail-over", "risk=0.5"], []),
        (["--fail-over", "risk=0.49"], ["risk is 0.5000, above the 0.49 asked for with --fail-over."]),
        (
            [
                "--fail-under",
                "em=0.9",
                "--fail-under",
                "f1=0.4",
                "--fail-over",
                "risk=0.1",
                "--fail-under",
                "f1_unicode=1",
            ],
            [
                "em is 0.5000, below the 0.9 asked for with --fail-under.",
                "f1_unicode is 0.5000, below the 1 asked for with --fail-under.",
                "risk is 0.5000, above the 0.1 asked for with --fail-over.",
            ],
        ),
    ],
)
def test_floors_and_ceilings(run: Any, many: Path, tmp_path: Path, limits: list[str], missed: list[str]) -> None:
    result = run("eval", many, "--predictions", predictions(tmp_path, 10), "--save", tmp_path / "kept", *limits)
    assert result.exit_code == (1 if missed else 0)
    assert result.stderr.splitlines() == [f"Saved in {tmp_path / 'kept'}.", *missed]
    assert result.stdout.startswith("20 questions, 20 answerable, 0 not\n")
    assert (tmp_path / "kept" / "run.json").exists()  # what did not pass is what one wants to look at
    assert json.loads((tmp_path / "kept" / "run.json").read_text())["made_from"]["settings"] is None
    as_json = run("eval", many, "--predictions", predictions(tmp_path, 10), "--json", *limits)
    assert (as_json.exit_code, as_json.stderr.splitlines()) == (result.exit_code, missed)
    assert json.loads(as_json.stdout)["metrics"]["f1"]["value"] == 0.5


@pytest.mark.parametrize("limit", [["--fail-under", "ndcg@10=0"], ["--fail-over", "ece=1"]])
def test_a_limit_of_what_was_not_measured_is_no_verdict(run: Any, many: Path, tmp_path: Path, limit: list[str]) -> None:
    given = ["--predictions", predictions(tmp_path, 10), *limit]
    name = limit[1].partition("=")[0]
    assert told_after(run("eval", many, *given)).startswith(f"{limit[0]} {name}: it was not measured. No question of")
    kept = tmp_path / "kept"
    result = run("eval", many, *given, "--fail-under", "f1=0.9", "--save", kept)
    assert result.exit_code == 2
    assert result.stdout.startswith("20 questions")  # the figures there are
    assert result.stderr.startswith(f"Saved in {kept}.\nError: {limit[0]} {name}: it was not measured.")
    assert (kept / "run.json").exists()  # what was asked for an hour is not lost


@pytest.mark.parametrize(
    ("right", "before", "drop", "code"),
    [
        (10, 20, "f1=0", 1),  # ten losses: p = 2 / 1,024
        (10, 20, "f1=0.49", 1),
        (10, 20, "f1=0.5", 0),  # as large as allowed
        (10, 20, "f1=0.6", 0),  # for certain, and within the margin
        (16, 20, "f1=0.1", 0),  # four losses: p = 2 / 16; a drop of 0.2 that may be chance
        (14, 20, "f1=0.1", 1),  # six losses: p = 2 / 64
        (20, 10, "f1=0", 0),  # better
        (20, 20, "f1=0", 0),
        (10, 20, "risk=0.1", 1),  # risk rose
        (20, 10, "risk=0", 0),  # risk fell
    ],
)
def test_a_regression_is_larger_than_its_margin_and_certain(
    run: Any, many: Path, tmp_path: Path, right: int, before: int, drop: str, code: int
) -> None:
    options = ["--predictions", predictions(tmp_path, right), "--baseline", baseline(tmp_path, before)]
    result = run("eval", many, *options, "--max-drop", drop)
    assert result.exit_code == code, result.stderr
    if code:
        assert re.fullmatch(
            r"\w+ became worse by 0\.\d{4} \(.*, p 0\.\d{3}\), more than the .* --max-drop\.\n", result.stderr
        )
    else:
        assert result.stderr == ""
    # A run that equals its baseline is told so in one sentence, and no table.
    same = "No question did better or worse than in the earlier run, in any of 2 metrics."
    assert ("Against the earlier run" in result.stdout) == (right != before)
    assert (same in result.stdout.splitlines()) == (right == before)


def test_a_margin_is_not_made_wider_by_what_else_is_compared(run: Any, many: Path, tmp_path: Path) -> None:
    # Six losses: p = 2 / 64 alone; with both metrics of the baseline in one family it would be twice that.
    options = ["--predictions", predictions(tmp_path, 14), "--baseline", baseline(tmp_path)]
    assert run("eval", many, *options, "--max-drop", "f1=0.1").exit_code == 1
    assert document(run("eval", many, *options, "--json"))["comparison"]["f1"]["verdict"] == "cannot tell"
    # Those that limits were set for are a family.
    assert run("eval", many, *options, "--max-drop", "f1=0.1", "--max-drop", "risk=0.1").exit_code == 0


def test_times(run: Any, indexed: Path, gold: Path, many: Path, tmp_path: Path) -> None:
    assert run("eval", gold, "--max-p95-ms", "1e9").exit_code == 0
    result = run("eval", gold, "--max-p95-ms", "0")
    assert result.exit_code == 1
    assert re.fullmatch(r"95 % of the questions took up to [\d.]+ ms, more than the 0 allowed .*\n", result.stderr)
    assert run("eval", gold, "--retrieval-only", "--max-p95-ms", "0").exit_code == 1
    sentence = told_after(run("eval", many, "--predictions", predictions(tmp_path, 1), "--max-p95-ms", "5"))
    assert sentence == "--max-p95-ms: predictions from a file have no times to be compared."


def test_runs_that_cannot_be_compared(run: Any, many: Path, tmp_path: Path) -> None:
    given = ["--predictions", predictions(tmp_path, 10)]
    for ids, words in ((IDS[1:], "differ in 1 question (q00)"), ([*IDS, "q99"], "differ in 1 question (q99)")):
        sentence = told(run("eval", many, *given, "--baseline", baseline(tmp_path, ids=ids), "--max-drop", "f1=0"))
        assert words in sentence
    kept = tmp_path / "kept"
    assert run("eval", many, *given, "--save", kept).exit_code == 0
    many.write_text(many.read_text().replace("Which q07?", "Whose q07?"))
    now = tmp_path / "now"
    result = run("eval", many, *given, "--baseline", kept, "--save", now)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "they ask differently, or want other answers or evidence, in 1 question (q07)" in result.stderr
    assert result.stderr.endswith(
        "(q07). Compare runs of the same gold file, or keep a new run of this one with --save to compare with from now "
        "on.\n"
    )
    assert (now / "run.json").exists()  # what another program answered was scored at once


def test_runs_that_cannot_be_compared_are_told_before_any_question_is_asked(
    run: Any, indexed: Path, gold: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, now = tmp_path / "kept", tmp_path / "now"
    assert run("eval", gold, "--save", kept).exit_code == 0
    monkeypatch.setattr("qa.assistant.Assistant.trace", lambda *_: pytest.fail("A question was asked."))
    for changed, words in (({"answers": ["fish"]}, "want other answers or evidence"), ({"id": "ate"}, "differ in")):
        write(gold, {**EAT, **changed}, CHESS)
        sentence = told(run("eval", gold, "--baseline", kept, "--save", now))
        assert words in sentence
        assert sentence.endswith("keep a new run of this one with --save to compare with from now on.")
    assert not now.exists()


def test_what_changed_is_told_with_what_the_runs_were_made_from(
    run: Any, indexed: Path, gold: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "kept"
    assert run("eval", gold, "--save", kept).exit_code == 0
    saved = json.loads((kept / "run.json").read_text())
    saved["made_from"]["settings"]["k"] = 3
    (row,) = (row for row in saved["per_question"] if row["id"] == "eat")
    row["scores"] |= {"f1": 0.5, "em": 0}
    (kept / "run.json").write_text(json.dumps(saved))
    (indexed / "owls.txt").write_text("Owls hunt voles.")
    run("index", indexed)
    text = run("eval", gold, "--baseline", kept).stdout
    told_from, _, told_of = text.partition("\nAgainst the earlier run (paired randomisation test, p by Holm over the")
    lines = told_from.splitlines()
    made_from = lines[lines.index("settings.k: 3 before, 10 now") :]
    assert [line.partition(":")[0] for line in made_from] == [
        "settings.k",
        "store.documents",
        "store.passages",
        "store.sha256",
    ]
    assert made_from[1:3] == ["store.documents: 2 before, 3 now", "store.passages: 3 before, 4 now"]
    verdicts = told_of.splitlines()[1:]
    # f1 was (0.5 + 1) / 2, em (0 + 1) / 2; one question changed of two, in two metrics alone.
    assert [re.sub(r" +", " ", line) for line in verdicts[:2]] == [
        "em 0.500 to 1.000 1 won 1 tied 0 lost p 1.000 cannot tell",
        "f1 0.750 to 1.000 1 won 1 tied 0 lost p 1.000 cannot tell",
    ]
    assert len(verdicts) == 3
    unchanged = verdicts[2].removeprefix("Unchanged in every question: ").split(", ")
    compared = document(run("eval", gold, "--baseline", kept, "--json"))["comparison"]
    assert sorted([*unchanged, "em", "f1"]) == sorted(compared)


def test_a_model_that_is_not_there_is_told_and_no_run_of_zeros(run: Any, indexed: Path, gold: Path) -> None:
    more = [["eval"], ["eval", "--retrieval-only"], ["sweep", "--over", "k=1,2"]]
    for command, *options in more:
        sentence = told(run(command, gold, *options, "--model", "nowhere/at-all"))
        assert "nowhere/at-all" in sentence
        assert "No question brought a result" not in sentence  # none was asked


def test_a_margin_of_what_one_run_does_not_have(run: Any, many: Path, tmp_path: Path) -> None:
    options = ["--predictions", predictions(tmp_path, 10), "--baseline", baseline(tmp_path)]
    sentence = "The runs cannot be compared in {}: no question has it in both of them."
    for name in ("em", "recall@5", "dense.ndcg@10"):
        assert told_after(run("eval", many, *options, "--max-drop", f"{name}=0.1")) == sentence.format(name)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (
            ["--fail-under", "f2=1"],
            "--fail-under f2=1: there is no metric f2. Is it ndcg@10 or f1 or answered? pincite eval prints them all.",
        ),
        (["--fail-under", "=1"], "--fail-under =1: there is no metric . Is it ndcg@10 or f1 or answered?"),
        (["--fail-under", ""], "--fail-under : there is no metric . Is it ndcg@10 or f1 or answered?"),
        (["--fail-under", "F1=1"], "there is no metric F1. Is it f1? pincite eval prints them all."),
        (["--fail-under", "nDCG@10=1"], "there is no metric nDCG@10. Is it ndcg@10 or "),
        (["--fail-over", "risks=1"], "--fail-over risks=1: there is no metric risks. Is it risk or "),
        (["--max-drop", "recall5=0", "--baseline", "BASELINE"], "there is no metric recall5. Is it recall@5 or "),
        (["--fail-under", "f1=70"], "--fail-under f1=70: metrics go from 0 to 1; write 70 % as 0.7."),
        (["--fail-under", "f1=1.0001"], "metrics go from 0 to 1"),
        (["--fail-under", "f1=inf"], "metrics go from 0 to 1"),
        (["--fail-over", "risk=5"], "--fail-over risk=5: metrics go from 0 to 1"),
        (["--max-drop", "f1=2", "--baseline", "BASELINE"], "--max-drop f1=2: metrics go from 0 to 1"),
        (["--fail-under", "f1=much"], "--fail-under f1=much: 'much' is not a number; write for example f1=0.7."),
        (["--fail-under", "f1"], "--fail-under f1: '' is not a number"),
        (["--fail-under", "f1="], "'' is not a number"),
        (["--fail-under", "f1=0.5=0.6"], "'0.5=0.6' is not a number"),
        (["--fail-under", "f1=nan"], "--fail-under f1=nan: nothing can be compared with nan."),
        (["--fail-over", "risk=-nan"], "nothing can be compared with nan"),
        (["--fail-under", "f1=0.9", "--fail-under", "f1=0.1"], "f1 was given twice"),
        (["--fail-under", "risk=0.1"], "--fail-under risk: lower is better there, use --fail-over."),
        (["--fail-under", "brier=0.1"], "--fail-under brier: lower is better there"),
        (["--fail-under", "risk@0.8=0.1"], "--fail-under risk@0.8: lower is better there"),
        (["--fail-over", "f1=0.9"], "--fail-over f1: higher is better there, use --fail-under."),
        (["--fail-over", "coverage@0.1=0.9"], "higher is better there"),
        (["--max-drop", "f1=0.1"], "--max-drop compares with an earlier run: name it with --baseline."),
        (["--max-drop", "f1=nan", "--baseline", "BASELINE"], "nothing can be compared with nan"),
        (["--max-drop", "f1=-0.1", "--baseline", "BASELINE"], "--max-drop f1=-0.1: how much worse it may become"),
        (["--max-drop", "f2=0.1", "--baseline", "BASELINE"], "there is no metric f2"),
        (
            ["--max-drop", "auroc=0.1", "--baseline", "BASELINE"],
            "--max-drop auroc: questions have no score of their own",
        ),
        (["--max-drop", "brier=0.1", "--baseline", "BASELINE"], "Set a limit with --fail-under or --fail-over."),
        (["--max-p95-ms", "nan"], "--max-p95-ms nan: a number of milliseconds is needed"),
        (["--max-p95-ms", "-1"], "--max-p95-ms -1: a number of milliseconds is needed"),
        (
            ["--baseline", "nowhere"],
            "run.json cannot be read (No such file or directory): name a folder made with --save.",
        ),
        (["--format", "xml"], "There is no gold format xml, only house"),
        (["--predictions", "nowhere.json"], "nowhere.json cannot be read: No such file or directory."),
        (
            ["--predictions", "nowhere.json", "--retrieval-only"],
            "--retrieval-only is about Pincite's own search: leave it out with --predictions.",
        ),
        (["--predictions", "FOLDER"], "is a folder: name a file, for example "),
        (["--save", "GOLD"], "there is something else already. Name a folder that is new, empty or an earlier run."),
        (["--save", "GOLD/below"], "The run could not be saved in"),
    ],
)
def test_wrong_options(run: Any, indexed: Path, gold: Path, tmp_path: Path, options: list[str], words: str) -> None:
    named = {"BASELINE": baseline(tmp_path), "GOLD": gold, "GOLD/below": gold / "below", "FOLDER": indexed}
    assert words in told(run("eval", gold, *(named.get(option, option) for option in options)))


@pytest.mark.parametrize("options", [["--max-p95-ms", "fast"], ["--seed", "x"], ["--seed", "1.5"], ["--seed", "-1"]])
def test_options_that_are_no_numbers(run: Any, indexed: Path, gold: Path, options: list[str]) -> None:
    result = run("eval", gold, *options)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "is not a valid" in result.stderr or "is not in the range x>=0" in result.stderr


def test_limits_are_looked_at_before_anything_is_asked(run: Any, gold: Path, store: Path) -> None:
    """Without a store even: a pipeline learns of its mistake at once."""
    for option in (["--fail-under", "risk=1"], ["--max-drop", "f1=1"], ["--max-p95-ms", "nan"]):
        assert told(run("eval", gold, *option)).startswith(option[0])
    assert not store.exists()


# --- gold that is wrong


@pytest.mark.parametrize("case", malformed.MALFORMED, ids=[case[0] for case in malformed.MALFORMED])
def test_malformed_gold(run: Any, tmp_path: Path, case: Any) -> None:
    _, name, content, line, field = case
    path = malformed.place(tmp_path, name, content)
    sentence = told(run("eval", path))
    assert str(path) in sentence
    if line is not None:
        assert f", line {line}" in sentence
    if field is not None:
        assert f'field "{field}"' in sentence


def test_gold_of_lost_evidence_is_named(run: Any, indexed: Path, gold: Path, tmp_path: Path) -> None:
    (indexed / "water" / "herons.txt").write_text("Herons build nests in tall reeds.\n\nHerons eat at dawn.")
    shy = {"document": "foxes.md", "quote": "They are shy."}
    path = write(
        tmp_path / "more.jsonl", EAT, {"id": "shy", "question": "Who is shy?", "answers": ["they"], "evidence": [shy]}
    )
    run("index", indexed)
    result = run("eval", path)
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert (lines[0], lines[2:5]) == ("2 questions, 2 answerable, 0 not", ["", LOST, "    eat"])
    assert "index the documents that they are about first" in told(run("eval", gold))
