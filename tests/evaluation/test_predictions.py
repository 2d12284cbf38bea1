"""Answers and rankings of other programs, from a file: what they score, and what is wrong with a file."""

from __future__ import annotations

import json
from math import log2
from pathlib import Path
from typing import Any

import pytest

from qa.errors import PinciteError
from qa.evaluation import Report, evaluate_predictions, read_predictions
from qa.gold import Evidence, Gold, GoldQuestion, read_gold

HOUSE = Gold(
    (
        GoldQuestion("eat", "What do herons eat?", ("small fish",), (Evidence("lakes.txt", "small fish"),)),
        GoldQuestion("build", "Where do herons build?", ("tall reeds",), (Evidence("lakes.txt", "tall reeds"),)),
        GoldQuestion("dig", "What do foxes dig?", ("dens",)),
        GoldQuestion("old", "How old do herons get?"),
    )
)
RANKED = Gold(
    (
        GoldQuestion("1", "herons", evidence=(Evidence("d1", grade=2), Evidence("d2"))),
        GoldQuestion("2", "foxes", evidence=(Evidence("d3"),)),
        GoldQuestion("3", "owls", evidence=(Evidence("d1"),)),
    )
)


def scored(folder: Path, content: Any, gold: Gold = HOUSE) -> Report:
    path = folder / "predictions"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return evaluate_predictions(read_predictions(path, gold), gold)


def values(report: Report) -> dict[str, float]:
    return {name: metric.value for name, metric in report.metrics.items()}


# --- answers


def test_answers_by_id_as_squad_has_them(tmp_path: Path) -> None:
    report = scored(tmp_path, {"eat": " small \n fish ", "build": "reeds", "dig": "", "old": ""})
    # Right; "reeds" against "tall reeds" is 2 * 1 / (1 + 2), and right enough; wrongly and rightly abstained.
    f1 = (1 + 2 / 3 + 0 + 1) / 4
    answerable = (1 + 2 / 3) / 3
    assert values(report) == pytest.approx(
        {"em": 2 / 4, "f1": f1, "em_unicode": 2 / 4, "f1_unicode": f1}
        | {"answerable_em": 1 / 3, "answerable_f1": answerable, "best_answer_f1": answerable}
        | {"answered": 2 / 3, "abstained": 1, "risk": 0}
    )
    assert [row.answered for row in report.per_question] == [True, True, False, False]
    assert [row.short for row in report.per_question] == ["small fish", "reeds", "", ""]
    assert report.latency_ms == {}


def test_best_answers_that_were_not_given(tmp_path: Path) -> None:
    report = scored(
        tmp_path,
        {
            "eat": {"answer": "small fish", "confidence": 0.9, "by": "another program"},
            "build": {"answer": "tall reeds", "confidence": 0.2, "answered": False},
            "dig": {"answer": "holes", "confidence": 1, "answered": True},
            "old": {"answer": "", "confidence": 0},
        },
    )
    rows = {row.id: row for row in report.per_question}
    assert [(row.answered, row.short) for row in rows.values()] == [
        *((True, "small fish"), (False, ""), (True, "holes"), (False, ""))
    ]
    assert rows["build"].best is not None
    assert rows["build"].best.as_dict() == {"short": "tall reeds", "confidence": 0.2, "right": True}
    assert rows["build"].cause == "wrongly abstained"
    assert rows["dig"].cause == "wrong answer"
    expected = {"f1": 2 / 4, "best_answer_f1": 2 / 3, "answered": 2 / 3, "risk": 1 / 2}
    # Right with 0.9 and 0.2, wrong with 1 and 0: each right one is surer than one wrong one.
    expected |= {"auroc": 2 / 4, "brier": (0.1**2 + 0.8**2 + 1 + 0) / 4}
    # In order 1 wrong, 0.9 and 0.2 right, 0 wrong.
    expected |= {"aurc": (1 + 1 / 2 + 1 / 3 + 2 / 4) / 4}
    assert {name: values(report)[name] for name in expected} == pytest.approx(expected)


def test_without_confidences_nothing_is_said_of_them(tmp_path: Path) -> None:
    assert "auroc" not in scored(tmp_path, {"eat": "small fish", "dig": "holes"}).metrics
    some = scored(tmp_path, {"eat": "small fish", "dig": {"answer": "holes", "confidence": 0.3}})
    assert some.metrics["brier"].count == 1


def test_a_question_without_a_prediction_scores_zero(tmp_path: Path) -> None:
    report = scored(tmp_path, {"eat": "small fish"})
    assert [row.error for row in report.per_question] == ["", *["there is no prediction for this question"] * 3]
    assert report.causes == {"no result": 3}
    # Also where nothing was right to say, and in what would be counted by documents.
    expected = {"em": 1 / 4, "answerable_em": 1 / 3, "answered": 1 / 3, "abstained": 0}
    assert {name: values(report)[name] for name in expected} == pytest.approx(expected)
    assert report.metrics["abstained"].count == 1


def test_ids_that_the_gold_does_not_know_are_left_out(tmp_path: Path) -> None:
    report = scored(tmp_path, {"eat": "small fish", "fly": "wings"})
    assert [row.id for row in report.per_question] == ["eat", "build", "dig", "old"]


def test_a_byte_order_mark_and_space_before(tmp_path: Path) -> None:
    assert scored(tmp_path, '\ufeff\n {"eat": "small fish"}').per_question[0].short == "small fish"


# --- rankings


RUN = """1 Q0 d9 1 3.0 other
1 Q0 d1 2 2.0 other
1 Q0 d2 9 1e-1 other

2\tQ0\td1\t1\t0.5\tother
2 Q0 d3 2 .5 other
2 Q0 d2 3 +0.4 other
"""
"""The first relevant one is second; in 2, d3 is first, because ties are broken by name, descending."""


def test_a_trec_run_against_documents(tmp_path: Path) -> None:
    report = scored(tmp_path, RUN, RANKED)
    # Of 1, d1 with grade 2 is second and d2 third; best would be 2 and 1 at the first ranks. 3 was not answered.
    ndcg = (2 / log2(3) + 1 / log2(4)) / (2 + 1 / log2(3))
    assert values(report) == pytest.approx(
        {"success@1": 1 / 3, "success@5": 2 / 3, "precision@5": (2 / 5 + 1 / 5) / 3}
        | {"recall@5": 2 / 3, "recall@10": 2 / 3, "recall@100": 2 / 3}
        | {"mrr@10": (1 / 2 + 1) / 3, "map@100": ((1 / 2 + 2 / 3) / 2 + 1) / 3, "ndcg@10": (ndcg + 1) / 3}
    )
    assert [row.error for row in report.per_question] == ["", "", "there is no prediction for this question"]
    first = report.per_question[0]
    assert list(first.ranking) == ["d9", "d1", "d2"]
    assert first.relevant == {"d1": 2, "d2": 1}
    assert first.ranks == {"given": 2}


def test_a_trec_run_against_a_beir_folder_and_against_qrels(tmp_path: Path) -> None:
    beir = tmp_path / "beir"
    (beir / "qrels").mkdir(parents=True)
    texts = [{"_id": f"d{n}", "title": "", "text": f"text {n}"} for n in range(1, 4)]
    (beir / "corpus.jsonl").write_text("\n".join(map(json.dumps, texts)))
    queries = [{"_id": question.id, "text": question.question} for question in RANKED]
    (beir / "queries.jsonl").write_text("\n".join(map(json.dumps, queries)))
    rows = [(each.id, evidence.document, str(evidence.grade)) for each in RANKED for evidence in each.evidence]
    judged = "\n".join("\t".join(row) for row in rows)
    (beir / "qrels" / "test.tsv").write_text(f"query-id\tcorpus-id\tscore\n{judged}\n")
    (tmp_path / "gold.qrels").write_text("\n".join(f"{query} 0 {name} {grade}" for query, name, grade in rows))
    expected = values(scored(tmp_path, RUN, RANKED))
    assert expected
    assert values(scored(tmp_path, RUN, read_gold(beir))) == expected
    assert values(scored(tmp_path, RUN, read_gold(tmp_path / "gold.qrels"))) == expected


def test_a_trec_run_against_quotes_is_of_their_documents(tmp_path: Path) -> None:
    run = "eat Q0 hills.txt 1 2 x\neat Q0 lakes.txt 2 1 x\nold Q0 hills.txt 1 2 x\n"
    report = scored(tmp_path, run)
    # Two questions have evidence: one's document is second, the other's was not looked for.
    expected = {"success@1": 0, "success@5": 1 / 2, "mrr@10": 1 / 4, "recall@5": 1 / 2, "map@100": 1 / 4}
    assert {name: values(report)[name] for name in expected} == pytest.approx(expected)
    assert report.metrics["mrr@10"].count == 2
    # A run says nothing of answers, and so nothing of abstaining.
    assert not values(report).keys() & {"em", "f1", "answered", "abstained", "citation_recall"}


# --- what is wrong


@pytest.mark.parametrize(
    ("content", "first"),
    [
        ('{"fly": "wings", "swim": "fins"}', '"fly"'),
        ("{}", '""'),
        ('{"\\u001b[31m": ""}', '"\\u001b[31m"'),
        ("9 Q0 d1 1 1.0 x\n", '"9"'),
    ],
)
def test_a_file_about_other_questions(tmp_path: Path, content: str, first: str) -> None:
    with pytest.raises(PinciteError) as error:
        scored(tmp_path, content)
    path = tmp_path / "predictions"
    assert str(error.value) == f'{path} answers none of these questions: its first id is {first}, the gold\'s is "eat".'


ANSWER = "an answer in quotes is needed"
MALFORMED = [
    ('{\n"eat": null}', 2, "eat", ANSWER),
    ('{\n"eat": 3}', 2, "eat", ANSWER),
    ('{\n"eat": true}', 2, "eat", ANSWER),
    ('{\n"eat": ["small fish"]}', 2, "eat", ANSWER),
    ('{"old": "",\n\n"eat": {}}', 3, "eat.answer", "a text is needed"),
    ('{"eat": {"answer": null}}', 1, "eat.answer", "a text is needed"),
    ('{"eat": {"answer":\n["small fish"]}}', 2, "eat.answer", "a text is needed"),
    ('{"eat": "small\\u0000fish"}', 1, "eat", "NUL"),
    ('{"eat": {"answer": "\\ud800"}}', 1, "eat.answer", "surrogate"),
    ('{"eat": {"answer": "fish",\n"confidence": "0.5"}}', 2, "eat.confidence", "a number from 0 to 1"),
    ('{"eat": {"answer": "fish",\n"confidence": null}}', 2, "eat.confidence", "a number from 0 to 1"),
    ('{"eat": {"answer": "fish",\n"confidence": true}}', 2, "eat.confidence", "a number from 0 to 1"),
    ('{"eat": {"answer": "fish", "confidence": NaN}}', 1, "eat.confidence", "a number from 0 to 1"),
    ('{"eat": {"answer": "fish", "confidence": Infinity}}', 1, "eat.confidence", "a number from 0 to 1"),
    ('{"eat": {"answer": "fish", "confidence": 93}}', 1, "eat.confidence", "a number from 0 to 1"),
    ('{"eat": {"answer": "fish", "confidence": -0.1}}', 1, "eat.confidence", "a number from 0 to 1"),
    ('{"eat": {"answer": "fish", "answered": "yes"}}', 1, "eat.answered", "true or false"),
    ('{"eat": {"answer": "fish", "answered": null}}', 1, "eat.answered", "true or false"),
    ('{"eat": {"answer": " ", "answered": true}}', 1, "eat.answer", "cannot be empty"),
    ('{"what is it?": 3}', 1, '["what is it?"]', ANSWER),
    ('{"eat": "small fish"', 1, None, "not valid JSON"),
    ('{"eat": "small fish"}\n{"dig": "dens"}', 2, None, "not valid JSON"),
    ('{"a":' * 100_000, None, None, "nested too deeply"),
    ("eat Q0 d1 1 1.0 x\neat Q0 d2 2 0.5\n", 2, None, "6 columns are needed"),
    ("eat Q0 d1 1 1.0 x\neat Q0 d2 2 0.5 a b\n", 2, None, "6 columns are needed"),
    ("eat Q0 d1 1 1.0 x\neat Q0 d2 2 much x\n", 2, "score", "a number is needed"),
    ("eat Q0 d1 1 nan x\n", 1, "score", "a number is needed"),
    ("eat Q0 d1 1 1e999 x\n", 1, "score", "a number is needed"),
    ("eat Q0 d1 first 1.0 x\n", 1, "rank", "whole number"),
    ("eat Q0 d1 1 1.0 x\n\neat Q0 d1 2 0.5 x\n", 3, "docid", "in an earlier line"),
]


@pytest.mark.parametrize(("content", "line", "field", "words"), MALFORMED, ids=range(len(MALFORMED)))
def test_what_is_wrong_is_told_with_line_and_field(
    tmp_path: Path, content: str, line: int | None, field: str | None, words: str
) -> None:
    with pytest.raises(PinciteError) as error:
        scored(tmp_path, content)
    place = str(tmp_path / "predictions") + (f", line {line}" if line else "")
    name = f', field "{field}"' if field else ""
    assert str(error.value).startswith(f"{place}{name}: ")
    assert words in str(error.value)
    assert str(error.value).endswith(".")


@pytest.mark.parametrize(
    "content",
    [
        *("", " \n\n", '[{"id": "eat"}]', "small fish\n", "id,answer\neat,small fish\n", "eat 0 lakes.txt 1\n"),
        *("eat Q0 d1 1 1.0\n", "eat Q0 d1 1 1.0 a b\n"),
    ],
)
def test_a_file_of_neither_form_is_told_both(tmp_path: Path, content: str) -> None:
    with pytest.raises(PinciteError) as error:
        scored(tmp_path, content)
    assert str(error.value) == (
        f'{tmp_path / "predictions"} holds no predictions: neither answers by id, as {{"q1": "an answer", "q2": ""}}, '
        "nor a TREC run (qid Q0 docid rank score tag a line)."
    )


def test_columns_are_divided_by_spaces_and_tabs_alone(tmp_path: Path) -> None:
    ranked = Gold((GoldQuestion("1", "herons", evidence=(Evidence("grey\u00a0herons"),)),))
    assert values(scored(tmp_path, "1 Q0 grey\u00a0herons 1\t1.0  x \r\n", ranked))["mrr@10"] == 1


def test_a_folder_is_told_with_the_file_that_may_be_meant(tmp_path: Path) -> None:
    with pytest.raises(PinciteError) as error:
        read_predictions(tmp_path, HOUSE)
    meant = tmp_path / "predictions.json"
    assert str(error.value) == f"{tmp_path} is a folder: name a file, for example {meant} of a saved run."


def test_a_run_that_calls_every_document_otherwise_is_refused(tmp_path: Path) -> None:
    passages = RUN.replace("d", "d.txt:0-12:d")  # as `pincite eval --save` names what it found
    with pytest.raises(PinciteError) as error:
        scored(tmp_path, passages, RANKED)
    assert str(error.value) == (
        f'{tmp_path / "predictions"} names no document that the gold set names: its first is "d.txt:0-12:d9", '
        'the gold\'s is "d1". The run of pincite eval --save names passages; trec_eval judges it by its qrels.trec.'
    )
    # One that both know is enough, in whatever question; and gold without evidence asks for none.
    assert values(scored(tmp_path, f"{passages}3 Q0 d3 1 1 x\n", RANKED))["success@1"] == 0
    bare = Gold(tuple(GoldQuestion(question.id, "?") for question in RANKED))
    assert scored(tmp_path, passages, bare).metrics == {}


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    for path in (tmp_path / "gone", tmp_path / "nul\0", tmp_path / ("long" * 100)):
        with pytest.raises(PinciteError, match=r"cannot be read: .+\."):
            read_predictions(path, HOUSE)
    (tmp_path / "latin").write_bytes(b'{"eat":\n"caf\xe9"}')
    with pytest.raises(PinciteError, match=r"latin, line 2: byte 0xe9 is not UTF-8"):
        read_predictions(tmp_path / "latin", HOUSE)
