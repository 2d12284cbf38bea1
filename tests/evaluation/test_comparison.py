"""Two runs side by side: whether one is better, and which runs cannot be compared at all.

A p-value worked out by hand counts the ways to give signs; one of 10,000 rounds is less than 0.02 from it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.errors import PinciteError
from qa.evaluation import Metric, Report, SavedRun, compare, load_run, save_run
from qa.evaluation.comparison import Comparison, compared
from qa.evaluation.report import QuestionScore
from qa.gold import Evidence


def row(id_: str, document: str = "", **scores: float) -> QuestionScore:
    wanted = (Evidence(document, "Some words."),) if document else ()
    return QuestionScore(id_, "Who?", (), ("a heron",), True, True, "a crane", scores, wanted=wanted)


def report(*rows: QuestionScore) -> Report:
    names = dict.fromkeys(name for each in rows for name in each.scores)
    return Report({name: Metric(0.0, None, 1, "a score") for name in names}, tuple(rows))


def earlier(*rows: QuestionScore) -> SavedRun:
    """As an old run, which did not say what its questions were."""
    return SavedRun({each.id: dict(each.scores) for each in rows}, {})


def both(before: Mapping[str, float], after: Mapping[str, float], metric: str = "f1") -> dict[str, Comparison]:
    return compare(
        report(*(row(id_, **{metric: score}) for id_, score in after.items())),
        earlier(*(row(id_, **{metric: score}) for id_, score in before.items())),
        seed=0,
    )


def same(score: float, count: int) -> dict[str, float]:
    return {f"q{number}": score for number in range(count)}


# --- what can be told


def test_a_run_equals_itself(tmp_path: Path) -> None:
    made = report(*(row(f"q{number}", f1=number / 7) for number in range(7)))  # 1 / 7 is rounded when it is saved
    save_run(made, tmp_path, {})
    result = compare(made, load_run(tmp_path), seed=0)["f1"]
    assert (result.wins, result.ties, result.losses, result.p, result.verdict) == (0, 7, 0, 1.0, "cannot tell")
    assert (result.gain, result.detectable) == (0, None)  # runs that do not differ do not say how much they could


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=30), st.integers(0, 5))
def test_every_run_equals_itself(scores: list[float], seed: int) -> None:
    rows = [row(f"q{at}", f1=round(score, 4), risk=round(1 - score, 4)) for at, score in enumerate(scores)]
    for result in compare(report(*rows), earlier(*rows), seed=seed).values():
        assert (result.p, result.verdict, result.ties) == (1.0, "cannot tell", len(scores))


def test_ten_wins_are_better_and_ten_losses_worse() -> None:
    result = both(same(0.4, 10), same(0.9, 10))["f1"]
    assert (result.before, result.after, result.gain) == pytest.approx((0.4, 0.9, 0.5))
    assert (result.wins, result.ties, result.losses, result.verdict) == (10, 0, 0, "better")
    assert result.p == pytest.approx(2 / 2**10, abs=0.002)  # 2 of the 1,024 ways to give signs
    result = both(same(0.9, 10), same(0.4, 10))["f1"]
    assert (result.wins, result.losses, result.verdict) == (0, 10, "worse")


def test_four_wins_cannot_tell() -> None:
    result = both(same(0.0, 4), same(1.0, 4))["f1"]
    assert result.p == pytest.approx(2 / 16, abs=0.02)
    assert result.verdict == "cannot tell"


def test_wins_ties_and_losses() -> None:
    # Differences of 0.4, 0.2, 0.1, 0.1 and -0.2: their sum is 0.6, and 1 if all were gains. So it is at least 0.6 where
    # no more than 0.2 is lost: nothing, either 0.2, either 0.1, or both. Six of 32 ways, and six the other way round.
    before = {"a": 0.1, "b": 0.1, "c": 0.1, "d": 0.1, "e": 0.3, "f": 0.5}
    after = {"a": 0.5, "b": 0.3, "c": 0.2, "d": 0.2, "e": 0.1, "f": 0.5}
    result = both(before, after)["f1"]
    assert (result.wins, result.ties, result.losses) == (4, 1, 1)
    assert (result.before, result.after) == pytest.approx((1.2 / 6, 1.8 / 6))
    assert result.p == pytest.approx(12 / 32, abs=0.02)


def test_asking_more_metrics_asks_for_more_evidence() -> None:
    # Six wins: p = 2 / 64 = 0.03 alone, twice that beside a second metric, by Holm.
    before, after = report(*(row(f"q{n}", f1=0.0, em=0.0) for n in range(6))), [1.0] * 6
    alone = both(same(0.0, 6), dict(zip(same(0.0, 6), after, strict=True)))
    assert alone["f1"].verdict == "better"
    now = report(*(row(f"q{n}", f1=1.0, em=1.0) for n in range(6)))
    result = compare(now, earlier(*before.per_question), seed=0)
    assert {entry.verdict for entry in result.values()} == {"cannot tell"}
    assert result["f1"].p == pytest.approx(2 * alone["f1"].p)
    # Those that are asked for are a family of their own.
    assert compare(now, earlier(*before.per_question), seed=0, metrics=["f1"]) == {"f1": alone["f1"]}


def test_where_lower_is_better_a_drop_is_a_win() -> None:
    result = both(same(1.0, 10), {**same(0.0, 9), "q9": 1.0}, "risk")["risk"]
    assert (result.before, result.after, result.gain) == pytest.approx((1.0, 0.1, 0.9))
    assert (result.wins, result.ties, result.losses, result.verdict) == (9, 1, 0, "better")
    worse = both(same(0.0, 10), same(1.0, 10), "risk")["risk"]
    assert (worse.wins, worse.losses, worse.verdict) == (0, 10, "worse")
    assert worse.gain == -1


def test_questions_count_where_both_runs_have_a_score() -> None:
    result = compare(report(row("a", f1=1.0), row("b", em=1.0)), earlier(row("a", f1=0.5), row("b", f1=0.5)), seed=0)
    assert result.keys() == {"f1"}
    assert (result["f1"].before, result["f1"].after) == (0.5, 1.0)


def test_stages_are_compared_only_where_they_are_asked_for() -> None:
    scores = {"ndcg@10": 1.0, "dense.ndcg@10": 1.0, "auroc": 1.0}
    made = report(*(row(f"q{n}", **scores) for n in range(3)))
    before = earlier(*made.per_question)
    assert list(compare(made, before, seed=0)) == ["ndcg@10"]
    assert list(compare(made, before, seed=0, metrics=["dense.ndcg@10"])) == ["dense.ndcg@10"]


def test_the_seed_decides_and_nothing_else() -> None:
    before, after = same(0.5, 12), {f"q{n}": (n % 5) / 4 for n in range(12)}
    first = both(before, after)["f1"]
    assert both(before, after)["f1"] == first
    made, old = (
        report(*(row(id_, f1=score) for id_, score in after.items())),
        SavedRun({id_: {"f1": score} for id_, score in before.items()}, {}),
    )
    assert compare(made, old, seed=1)["f1"].p == pytest.approx(first.p, abs=0.03)
    assert len({compare(made, old, seed=seed)["f1"].p for seed in range(4)}) > 1


# --- what hangs together


def by_document(documents: int, questions: int) -> Comparison:
    """Every question won, `questions` of each document."""
    pairs = [(f"{d}-{n}", f"d{d}") for d in range(documents) for n in range(questions)]
    made = report(*(row(id_, document, f1=1.0) for id_, document in pairs))
    return compare(made, SavedRun({id_: {"f1": 0.0} for id_, _ in pairs}, {}), seed=0)["f1"]


def test_questions_of_one_document_share_a_sign_from_twenty_documents_on() -> None:
    # A p of 2 in 2**20 either way is 1 in 10,001 at the least; what differs is the smallest difference that shows.
    assert by_document(20, 2).p <= 3 / 10_001
    rows = [row(f"{d}-{n}", f"d{d}", f1=float(d % 2)) for d in range(20) for n in range(2)]
    old = SavedRun({each.id: {"f1": 0.0} for each in rows}, {})
    grouped = compare(report(*rows), old, seed=0)["f1"]
    alone = compare(report(*(replace(each, wanted=()) for each in rows)), old, seed=0)["f1"]
    few = compare(report(*(replace(each, wanted=(Evidence("d0", "x"),)) for each in rows)), old, seed=0)["f1"]
    # Ten documents of twenty won: 2 of 2**10. Twenty questions of forty: 2 of 2**20.
    assert grouped.p == pytest.approx(2 / 2**10, abs=0.0012)
    assert alone.p < 5e-4
    assert few == alone  # one document: its questions count one by one
    assert grouped.detectable is not None
    assert alone.detectable is not None
    assert grouped.detectable > 1.3 * alone.detectable


def test_nineteen_documents_are_too_few_to_be_drawn_from() -> None:
    rows = [row(f"{d}-{n}", f"d{d}", f1=float(d % 2)) for d in range(19) for n in range(2)]
    old = SavedRun({each.id: {"f1": 0.0} for each in rows}, {})
    grouped = compare(report(*rows), old, seed=0)["f1"]
    assert grouped == compare(report(*(replace(each, wanted=()) for each in rows)), old, seed=0)["f1"]


def test_p_is_adjusted_over_all_that_is_compared_in_one_call() -> None:
    won, lost = {f"q{n}": (0.0, 1.0) for n in range(8)}, {f"q{n}": (1.0, 0.0) for n in range(8)}
    tied = {f"q{n}": (0.5, 0.5) for n in range(8)}
    units = {f"q{n}": f"q{n}" for n in range(8)}
    result = compared({"a": won, "b": lost, "c": tied}, units, seed=0, lower_is_better={"b"})
    exact = 2 / 2**8
    # Holm: 3 times the smallest, then at least as much for the next, which is 2 times as small a one.
    assert [result[name].p for name in "abc"] == pytest.approx([3 * exact, 3 * exact, 1.0], abs=0.01)
    assert [result[name].verdict for name in "abc"] == ["better", "better", "cannot tell"]
    assert [result[name].wins for name in "abc"] == [8, 8, 0]


def test_json() -> None:
    result = both(same(0.0, 3), {"q0": 1 / 3, "q1": 0.0, "q2": 0.0})["f1"].as_dict()
    assert json.loads(json.dumps(result)) == result
    # Of one question with 0.3333 and two with nothing, random signs never give less.
    assert result["p"] == 1.0
    assert (result["before"], result["after"], result["verdict"]) == (0.0, 0.1111, "cannot tell")
    assert (result["wins"], result["ties"], result["losses"]) == (1, 2, 0)
    assert result["detectable"] > 0.1111


# --- what cannot be compared


def test_other_questions() -> None:
    with pytest.raises(PinciteError, match=r"cannot be compared: they differ in 2 questions \(a, z\)\. Compare runs"):
        both({"b": 1.0, "z": 1.0}, {"a": 1.0, "b": 1.0})
    with pytest.raises(PinciteError, match=r"they differ in 1 question \(q5\)\."):
        both(same(1.0, 5), same(1.0, 6))
    with pytest.raises(PinciteError, match=r"they differ in 30 questions \(q0, q1, q10, q11, q12\.\.\.\)\."):
        both({}, same(1.0, 30))


@pytest.mark.parametrize(
    "change",
    [
        {"question": "Who else?"},
        {"answers": ("a crane",)},
        {"answers": ()},
        {"answerable": False},
        {"wanted": (Evidence("lakes.txt", "Some more words."),)},
        {"wanted": (Evidence("hills.txt", "Some words."),)},
        {"wanted": (Evidence("lakes.txt", "Some words.", 2),)},
        {"wanted": ()},
    ],
    ids=lambda change: next(iter(change)),
)
def test_questions_that_ask_or_want_something_else(tmp_path: Path, change: dict[str, object]) -> None:
    made = report(row("a", "lakes.txt", f1=1.0), row("b", "lakes.txt", f1=1.0))
    save_run(made, tmp_path, {})
    other = replace(made.per_question[1], **change)  # type: ignore[arg-type]
    words = r"they ask differently, or want other answers or evidence, in 1 question \(b\)\. Compare runs of the same"
    with pytest.raises(PinciteError, match=words):
        compare(report(made.per_question[0], other), load_run(tmp_path), seed=0)


def test_what_was_answered_may_differ(tmp_path: Path) -> None:
    made = report(row("a", "lakes.txt", f1=1.0))
    save_run(made, tmp_path, {})
    other = replace(made.per_question[0], short="a duck", answered=False, scores={"f1": 0.0}, tags=("new",))
    assert compare(report(other), load_run(tmp_path), seed=0)["f1"].losses == 1


def test_a_run_from_before_questions_were_kept_is_compared_by_ids(tmp_path: Path) -> None:
    made = report(row("a", "lakes.txt", f1=1.0))
    save_run(made, tmp_path, {})
    run = json.loads((tmp_path / "run.json").read_text())
    for entry in run["per_question"]:
        del entry["gold"]
    (tmp_path / "run.json").write_text(json.dumps(run))
    other = replace(made.per_question[0], question="Who else?")
    assert compare(report(other), load_run(tmp_path), seed=0)["f1"].ties == 1


@pytest.mark.parametrize("metric", ["em", "dense.f1", "nonsense"])
def test_a_metric_that_is_not_in_both(metric: str) -> None:
    words = f"The runs cannot be compared in {metric}: no question has it in both of them."
    with pytest.raises(PinciteError, match=words):
        compare(report(row("a", f1=1.0, em=1.0)), earlier(row("a", f1=1.0)), seed=0, metrics=["f1", metric])


def test_nothing_in_common_is_nothing_compared() -> None:
    assert compare(report(row("a", em=1.0)), earlier(row("a", f1=1.0)), seed=0) == {}
