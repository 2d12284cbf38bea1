"""What came back against a small store: passages, documents, ranks, citations and causes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import log2

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa.evaluation.asking import GIVEN, Outcome
from qa.evaluation.failures import CAUSES
from qa.evaluation.judging import Judge
from qa.evaluation.report import Candidate, QuestionScore
from qa.evaluation.run import evaluate, evaluate_predictions
from qa.gold.questions import Evidence, GoldQuestion
from qa.library import Library
from qa.retriever import Ranked
from qa.types import Answer, Citation, Hit, Passage, StageScores

EAT = "Herons eat small fish at dawn."
BUILD = "Herons build nests in tall reeds."
DIG = "Foxes dig dens under old oaks."
HUNT = "Foxes hunt voles after dusk."

PASSAGES = [
    "success@1",
    "success@5",
    "precision@5",
    "recall@5",
    "recall@10",
    "recall@100",
    "mrr@10",
    "map@100",
    "ndcg@10",
]


def question(
    *evidence: tuple[str, str], answers: Sequence[str] = (), id_: str = "q", text: str = "What do herons eat?"
) -> GoldQuestion:
    return GoldQuestion(id_, text, tuple(answers), tuple(Evidence(*each) for each in evidence))


# --- a judge and outcomes made by hand


@dataclass(frozen=True)
class Shelf:
    """A library with its four passages by their texts, and a document's id by its source."""

    library: Library
    passages: Mapping[str, Passage]
    ids: Mapping[str, str]

    def cite(self, text: str, part: str = "") -> Citation:
        passage = self.passages[text]
        start = passage.start + text.index(part)
        with self.library.reading() as reading:
            document = reading.document(passage.document_id)
        assert document is not None
        return document.cite(start, start + len(part or text))

    def hits(self, *order: str) -> tuple[Hit, ...]:
        return tuple(
            Hit(rank, 1 / rank, StageScores(0.5, 0.5), self.passages[text], self.cite(text))
            for rank, text in enumerate(order, start=1)
        )

    def found(self, *order: str, **stages: Sequence[str]) -> Outcome:
        """As a retriever found them, best first; further stages by name."""
        named = {GIVEN: order, **stages}
        rankings = {
            stage: [Ranked(self.passages[text], 1 / rank) for rank, text in enumerate(texts, start=1)]
            for stage, texts in named.items()
        }
        return Outcome(hits=self.hits(*order), rankings=rankings)

    def read(self, short: str, sentence: str, *order: str, given: bool = True, confidence: float = 0.5) -> Outcome:
        """As an assistant answered, out of a sentence, after it had found these."""
        cited = (self.cite(sentence),)
        return replace(
            self.found(*order, reread=order),
            answered=given,
            short=short if given else "",
            best=short,
            confidence=confidence,
            citations=cited if given else (),
            best_citations=cited,
        )

    def score(self, gold: GoldQuestion, outcome: Outcome) -> QuestionScore:
        with self.library.reading() as reading:
            judge = Judge(reading)
            (row,) = judge.completed([gold], [judge.score(gold, outcome)])
        return row


@pytest.fixture
def shelf(filled: Library) -> Shelf:
    with filled.reading() as reading:
        ids = {row.name: row.document_id for row in filled.sources()}
        passages = {passage.text: passage for id_ in ids.values() for passage in reading.passages_of(id_)}
    return Shelf(filled, passages, ids)


def test_a_question_with_answers_and_a_quote(shelf: Shelf) -> None:
    gold = question(("lakes.txt", EAT), answers=["small fish"])
    row = shelf.score(gold, shelf.read("small fish", EAT, BUILD, EAT, DIG))
    assert row.scores == pytest.approx(
        dict(zip(PASSAGES, (0, 1, 1 / 5, 1, 1, 1, 1 / 2, 1 / 2, 1 / log2(3)), strict=True))
        | dict.fromkeys(("em", "f1", "em_unicode", "f1_unicode", "answerable_em", "answerable_f1", "best_answer_f1"), 1)
        | dict.fromkeys(("citation_precision", "citation_recall", "joint_em", "joint_f1", "citation_validity"), 1)
        | {"answered": 1, "risk": 0}
    )
    assert (row.ranks, row.cause) == ({"given": 2}, "")
    assert row.best == Candidate("small fish", 0.5, True)
    place = f"{shelf.ids['lakes.txt']}:0-30"
    assert (row.ranking[place], row.relevant) == (1 / 2, {place: 1})


def test_answers_without_evidence(shelf: Shelf) -> None:
    """No ranking and no citation is judged; the rank is that of the first passage with the words of the answer."""
    gold = question(answers=["tall reeds"])
    row = shelf.score(gold, shelf.read("small fish", EAT, EAT, DIG, BUILD))
    assert row.scores.keys() == {
        *("em", "f1", "em_unicode", "f1_unicode", "answerable_em", "answerable_f1", "best_answer_f1"),
        *("answered", "risk", "citation_validity"),
    }
    assert row.ranks == {"given": 3}
    assert (row.ranking, row.relevant, row.wanted) == ({}, {}, ())
    assert row.cause == "not read"
    assert shelf.score(gold, shelf.found(EAT, DIG)).cause == "not in top 100"
    assert shelf.score(gold, shelf.found(EAT, DIG, BUILD)).cause == ""


def test_evidence_without_answers(shelf: Shelf) -> None:
    """Passages and citations are judged, no answer is: the citation decides whether it was handled rightly."""
    gold = question(("lakes.txt", EAT))
    row = shelf.score(gold, shelf.read("dawn", EAT, EAT, BUILD))
    assert row.scores.keys() == {*PASSAGES, "citation_precision", "citation_recall", "citation_validity", "answered"}
    assert row.best == Candidate("dawn", 0.5, None)
    assert row.cause == ""
    assert shelf.score(gold, shelf.read("reeds", BUILD, EAT, BUILD)).cause == "not read"
    assert shelf.score(gold, shelf.read("dawn", EAT, EAT, BUILD, given=False)).cause == "wrongly abstained"


def test_an_unanswerable_question(shelf: Shelf) -> None:
    row = shelf.score(question(), shelf.read("fish", EAT, EAT))
    assert row.scores == dict.fromkeys(("em", "f1", "em_unicode", "f1_unicode", "abstained"), 0.0) | {
        "risk": 1.0,
        "citation_validity": 1.0,
    }
    assert (row.answerable, row.cause, row.ranks) == (False, "answered though unanswerable", {})
    assert row.best == Candidate("fish", 0.5, False)
    kept = shelf.score(question(), shelf.read("fish", EAT, EAT, given=False))
    assert (kept.cause, kept.scores["abstained"], kept.best) == ("", 1.0, Candidate("fish", 0.5, False))


def test_whole_documents_with_several_passages(shelf: Shelf) -> None:
    """Four passages are two documents; the one meant stands where its best passage stands, and counts once."""
    gold = question(("hills.txt", ""), answers=["voles"])
    row = shelf.score(gold, shelf.read("voles", HUNT, EAT, BUILD, HUNT, DIG))
    lakes, hills = shelf.ids["lakes.txt"], shelf.ids["hills.txt"]
    assert row.ranking == pytest.approx({lakes: 1, hills: 1 / 3})
    assert row.relevant == {hills: 1}
    assert row.ranks == {"given": 2}
    expected = dict(zip(PASSAGES, (0, 1, 1 / 5, 1, 1, 1, 1 / 2, 1 / 2, 1 / log2(3)), strict=True))
    assert {name: row.scores[name] for name in PASSAGES} == pytest.approx(expected)
    assert not {"citation_precision", "citation_recall", "joint_em", "joint_f1"} & row.scores.keys()
    assert row.cause == ""


def test_a_whole_document_is_read_when_one_of_its_passages_is(shelf: Shelf) -> None:
    """The second document, and the third passage, of which only two were read."""
    gold = question(("hills.txt", ""), answers=["voles"])
    outcome = replace(shelf.read("dawn", EAT, EAT, BUILD, HUNT), hits=shelf.hits(EAT, BUILD))
    row = shelf.score(gold, outcome)
    assert (row.ranks, row.cause) == ({"given": 2}, "not in top k")
    assert shelf.score(gold, replace(outcome, hits=shelf.hits(EAT, BUILD, HUNT))).cause == "not read"


def test_grades(shelf: Shelf) -> None:
    gold = GoldQuestion("q", "?", (), (Evidence("lakes.txt", EAT, 1), Evidence("hills.txt", DIG, 3)))
    row = shelf.score(gold, shelf.found(EAT, HUNT, DIG))
    # Found: 1 at rank 1 and 3 at rank 3; at best 3 and then 1.
    assert row.scores["ndcg@10"] == pytest.approx((1 + 3 / 2) / (3 + 1 / log2(3)))
    assert row.scores["map@100"] == pytest.approx((1 + 2 / 3) / 2)  # grades count in ndcg alone
    assert sorted(row.relevant.values()) == [1, 3]


def test_lost_quotes_are_named_and_stay_in_the_denominator(shelf: Shelf) -> None:
    gold = question(
        ("lakes.txt", EAT), ("lakes.txt", "Herons eat at noon."), ("rivers.txt", DIG), answers=["small fish"]
    )
    row = shelf.score(gold, shelf.read("voles", HUNT, EAT, HUNT))
    assert row.lost_quotes == ("Herons eat at noon.", DIG)
    assert row.scores["recall@5"] == pytest.approx(1 / 3)
    assert {name: grade for name, grade in row.relevant.items() if "lost" in name} == {"lost:1": 1, "lost:2": 1}
    assert row.cause == "not read"
    lost = question(("lakes.txt", "Herons eat at noon."), ("rivers.txt", ""), answers=["small fish"])
    row = shelf.score(lost, shelf.read("voles", HUNT, EAT, HUNT))
    assert (row.lost_quotes, row.cause) == (("Herons eat at noon.", "rivers.txt"), "text lost")
    foreign = question(("rivers.txt", ""), answers=["small fish"])
    assert shelf.score(foreign, shelf.read("voles", HUNT, EAT, HUNT)).cause == "not ingested"


def test_stages_have_ranks_and_scores_of_their_own(shelf: Shelf) -> None:
    gold = question(("lakes.txt", EAT), answers=["small fish"])
    outcome = shelf.found(EAT, BUILD, dense=[BUILD, EAT], lexical=[BUILD])
    row = shelf.score(gold, outcome)
    assert row.ranks == {"given": 1, "dense": 2, "lexical": None}
    assert (row.scores["mrr@10"], row.scores["dense.mrr@10"], row.scores["lexical.mrr@10"]) == (1, 1 / 2, 0)
    assert row.scores.keys() == {*PASSAGES, *(f"{stage}.{name}" for stage in ("dense", "lexical") for name in PASSAGES)}


def test_the_order_of_reading_is_judged_only_where_it_is_another(shelf: Shelf) -> None:
    gold = question(("lakes.txt", EAT))
    same = shelf.score(gold, shelf.found(EAT, BUILD, DIG, reread=[EAT, BUILD]))
    assert same.ranks == {"given": 1}
    assert not any(name.startswith("reread.") for name in same.scores)
    other = shelf.score(gold, shelf.found(EAT, BUILD, DIG, reread=[BUILD, EAT]))
    assert other.ranks == {"given": 1, "reread": 2}
    assert other.scores["reread.mrr@10"] == 1 / 2
    assert "reread.recall@100" not in other.scores


def test_one_question_in_another_order_brings_the_reading_of_all(shelf: Shelf) -> None:
    gold = [question(("lakes.txt", EAT), id_="same"), question(id_="other")]
    with shelf.library.reading() as reading:
        judge = Judge(reading)
        rows = [
            judge.score(gold[0], shelf.found(EAT, BUILD, reread=[EAT, BUILD])),
            judge.score(gold[1], shelf.found(EAT, BUILD, reread=[BUILD, EAT])),
        ]
        same, _ = judge.completed(gold, rows)
    assert same.scores["reread.mrr@10"] == 1
    assert same.ranks["reread"] == 1


@pytest.mark.parametrize("kind", ["quote", "shifted", "gone"])
def test_validity_is_below_one_where_a_citation_is_false(shelf: Shelf, kind: str) -> None:
    right, false = shelf.cite(EAT), shelf.cite(BUILD)
    false = {
        "quote": replace(false, quote="Herons build nests in tall trees."),
        "shifted": replace(false, start=false.start + 1, end=false.end + 1),
        "gone": replace(false, document=replace(false.document, id="0" * 16)),
    }[kind]
    answer = Answer("?", "?", True, "So. [1] [2]", "small fish", 0.5, (right, false), shelf.hits(EAT), ())
    report = evaluate(lambda _: answer, [question(("lakes.txt", EAT))], library=shelf.library)
    assert report.metrics["citation_validity"].value == 0.5
    true = replace(answer, citations=(right, shelf.cite(BUILD)))
    report = evaluate(lambda _: true, [question(("lakes.txt", EAT))], library=shelf.library)
    assert report.metrics["citation_validity"].value == 1


def test_what_was_read_is_told_by_the_hits_and_not_by_ranks_that_ties_give(shelf: Shelf) -> None:
    """All scores tie: trec_eval puts the passage that was read last, behind those that were not."""
    names = sorted(shelf.passages, key=lambda text: (shelf.passages[text].document_id, shelf.passages[text].start))
    first = names[0]
    source = "lakes.txt" if first in (EAT, BUILD) else "hills.txt"
    ranking = [Ranked(shelf.passages[text], 1.0) for text in names]
    outcome = replace(shelf.read("nonsense", names[1], first), rankings={GIVEN: ranking})
    row = shelf.score(question((source, first), answers=["small fish"]), outcome)
    assert (row.ranks["given"], row.cause) == (4, "not read")


# --- without a store


def test_without_a_store_only_answers_and_names_are_judged() -> None:
    gold = [question(("lakes.txt", EAT), answers=["small fish"]), question(id_="none")]
    report = evaluate_predictions(lambda _: Outcome(answered=True, short="small fish", best="small fish"), gold)
    assert report.metrics.keys() == {
        *("em", "f1", "em_unicode", "f1_unicode", "answerable_em", "answerable_f1", "best_answer_f1"),
        *("answered", "abstained", "risk"),
    }
    first, second = report.per_question
    assert (first.cause, second.cause) == ("", "answered though unanswerable")
    assert (first.ranks, first.relevant, first.lost_quotes, first.given_gold) == ({}, {}, (), None)


def test_names_of_documents_are_judged_without_a_store() -> None:
    gold = [question(("x", ""), id_="found"), question(("y", ""), id_="far"), question(("z", ""), id_="missing")]
    run = {"found": {"x": 2.0, "a": 1.0}, "far": {f"a{number}": 1.0 for number in range(12)} | {"y": 0.0}}

    def ask(each: GoldQuestion) -> Outcome:
        return Outcome(documents=run[each.id]) if each.id in run else Outcome(error="not there")

    report = evaluate_predictions(ask, gold)
    assert list(report.metrics) == PASSAGES
    assert [row.ranks for row in report.per_question] == [{"given": 1}, {"given": 13}, {}]
    assert [row.cause for row in report.per_question] == ["", "not in top k", "no result"]
    assert [row.relevant for row in report.per_question] == [{"x": 1}, {"y": 1}, {"z": 1}]
    assert report.metrics["mrr@10"].value == pytest.approx(1 / 3)


# --- whatever comes back

texts = st.sampled_from([EAT, BUILD, DIG, HUNT])
evidences = st.lists(
    st.sampled_from([("lakes.txt", EAT), ("lakes.txt", "small fish"), ("hills.txt", "oaks.\n\nFoxes"), ("x.txt", DIG)]),
    max_size=2,
)
wholes = st.lists(st.sampled_from([("lakes.txt", ""), ("hills.txt", ""), ("x.txt", "")]), min_size=1, max_size=2)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_every_row_of_any_evaluation(shelf: Shelf, data: st.DataObject) -> None:
    wanted = data.draw(st.one_of(evidences, wholes))
    answers = data.draw(st.lists(st.sampled_from(["small fish", "voles"]), max_size=1))
    gold = question(*wanted, answers=answers)
    order = data.draw(st.lists(texts, unique=True, max_size=4))
    short = data.draw(st.sampled_from(["small fish", "voles", "fish", "the", ""]))
    read = shelf.read(short, data.draw(texts), *order, given=data.draw(st.booleans()) and bool(short))
    outcome = data.draw(st.sampled_from([read, shelf.found(*order), Outcome(error="No."), Outcome(best="")]))
    row = shelf.score(gold, outcome)
    assert row.cause in ("", *CAUSES)
    assert (row.cause == "no result") == bool(row.error)
    assert all(0 <= score <= 1 + 1e-12 for score in row.scores.values())
    assert all(rank is None or 1 <= rank <= 100 for rank in row.ranks.values())
    if not gold.answerable and not row.error:
        assert (row.cause == "") == (row.scores.get("abstained", 1.0) == 1)
    if gold.answers and outcome.best is not None:
        assert (row.cause == "") == (row.scores["em_unicode"] == 1 and row.answered)
