"""Gold files that are wrong, over all formats: each is told in one sentence with its file, line and field.

`MALFORMED` lists them as (id, file name, content, line, field). The content is text, bytes, or for a folder its files;
line and field are None where there is none to tell. Lines and fields were found by reading the contents.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from qa.errors import PinciteError
from qa.gold.formats import FORMATS, read_gold

Content = str | bytes | dict[str, str | bytes]
Case = tuple[str, str, Content, int | None, str | None]

HOUSE = {"id": "q1", "question": "Where do herons hide?"}
QUOTE = {"document": "lakes.txt", "quote": "Herons hide in reeds."}
HUGE = "9" * 5000
DEEP = "[" * 100_000


def lines(*records: str | dict[str, Any]) -> str:
    return "".join((record if isinstance(record, str) else json.dumps(record)) + "\n" for record in records)


def house(id_: str, field: str | None, **changes: Any) -> Case:
    """A good record in line 1, a blank line, and the wrong one in line 3; `...` takes a field out."""
    record = {key: value for key, value in {**HOUSE, **changes}.items() if value is not ...}
    return f"house-{id_}", "gold.jsonl", lines({**HOUSE, "id": "q0"}, "", record), 3, field


def house_line(id_: str, line: str, field: str | None = None) -> Case:
    return f"house-line-{id_}", "gold.jsonl", lines(HOUSE, line), 2, field


HOUSE_CASES: list[Case] = [
    house("id-missing", "id", id=...),
    house("id-empty", "id", id=""),
    house("id-white-space", "id", id="  "),
    house("id-number", "id", id=7),
    house("id-null", "id", id=None),
    house("id-list", "id", id=["q1"]),
    house("id-nul", "id", id="q\0"),
    house("id-twice", "id", id="q0"),
    house("question-missing", "question", question=...),
    house("question-empty", "question", question=""),
    house("question-white-space", "question", question="\n\t"),
    house("question-null", "question", question=None),
    house("question-list", "question", question=["Where?"]),
    house("question-true", "question", question=True),
    house("question-surrogate", "question", question="Where\ud800?"),
    house("answers-text", "answers", answers="reeds"),
    house("answers-object", "answers", answers={"text": "reeds"}),
    house("answers-null", "answers", answers=None),
    house("answers-number", "answers", answers=2016),
    house("answers-empty-one", "answers[1]", answers=["reeds", ""]),
    house("answers-number-one", "answers[0]", answers=[2016]),
    house("answers-null-one", "answers[0]", answers=[None]),
    house("answers-list-one", "answers[0]", answers=[["reeds"]]),
    house("answers-nan-one", "answers[0]", answers=[float("nan")]),
    house("evidence-object", "evidence", evidence=QUOTE),
    house("evidence-text", "evidence", evidence="lakes.txt"),
    house("evidence-null", "evidence", evidence=None),
    house("evidence-text-one", "evidence[0]", evidence=["Herons hide in reeds."]),
    house("evidence-list-one", "evidence[1]", evidence=[QUOTE, ["lakes.txt", "Herons"]]),
    house("evidence-null-one", "evidence[0]", evidence=[None]),
    house("evidence-mixed", "evidence", evidence=[QUOTE, {"document": "lakes.txt"}]),
    house("evidence-unknown-field", "evidence[0].qoute", evidence=[{"document": "lakes.txt", "qoute": "Herons"}]),
    house("document-missing", "evidence[0].document", evidence=[{"quote": "Herons"}]),
    house("document-white-space", "evidence[0].document", evidence=[{**QUOTE, "document": " "}]),
    house("document-number", "evidence[0].document", evidence=[{**QUOTE, "document": 3}]),
    house("quote-empty", "evidence[1].quote", evidence=[QUOTE, {**QUOTE, "quote": ""}]),
    house("quote-null", "evidence[0].quote", evidence=[{**QUOTE, "quote": None}]),
    house("quote-list", "evidence[0].quote", evidence=[{**QUOTE, "quote": ["Herons"]}]),
    house("grade-zero", "evidence[0].grade", evidence=[{**QUOTE, "grade": 0}]),
    house("grade-negative", "evidence[0].grade", evidence=[{**QUOTE, "grade": -1}]),
    house("grade-true", "evidence[0].grade", evidence=[{**QUOTE, "grade": True}]),
    house("grade-half", "evidence[0].grade", evidence=[{**QUOTE, "grade": 1.5}]),
    house("grade-text", "evidence[0].grade", evidence=[{**QUOTE, "grade": "2"}]),
    house("grade-null", "evidence[0].grade", evidence=[{**QUOTE, "grade": None}]),
    house("grade-nan", "evidence[0].grade", evidence=[{**QUOTE, "grade": float("nan")}]),
    house("tags-text", "tags", tags="factoid"),
    house("tags-null", "tags", tags=None),
    house("tags-number-one", "tags[1]", tags=["factoid", 1]),
    house("tags-empty-one", "tags[0]", tags=[""]),
    house("unknown-field", "answer", answer="reeds"),
    house("unknown-odd-field", '["\\u001b[2J"]', **{"\x1b[2J": 1}),
    house_line("cut", "{"),
    house_line("tabs", "q1\tWhere?"),
    house_line("two", '{"id": "q2", "question": "Where?"} {"id": "q3"}'),
    house_line("comma", '{"id": "q2", "question": "Where?",}'),
    house_line("quotes", "{'id': 'q2'}"),
    house_line("control", '{"id": "q2", "question": "Wh\x01ere?"}'),
    house_line("string", '{"id": "q2", "question": "Where?'),
    house_line("deep", DEEP),
    house_line("list", "[]"),
    house_line("text", '"q2"'),
    house_line("null", "null"),
    house_line("huge-number", f'{{"id": {HUGE}, "question": "Where?"}}', "id"),
    ("house-empty", "gold.jsonl", "", None, None),
    ("house-blank", "gold.jsonl", "\n \n\t\n", None, None),
    ("house-mark-only", "gold.jsonl", b"\xef\xbb\xbf", None, None),
    ("house-latin-1", "gold.jsonl", b'{"id": "q1",\n "question": "caf\xe9"}', 2, None),
    ("house-utf-16", "gold.jsonl", json.dumps(HOUSE).encode("utf-16"), 1, None),
    ("house-list-document", "gold.json", '[\n{"id": "q1", "tags": [],\n"question": 5}]', 3, "[0].question"),
    ("unknown-keys", "gold.jsonl", lines({"prompt": "Where?", "completion": "reeds"}), None, None),
    ("unknown-text", "gold.txt", "Where do herons hide?\nIn reeds.\n", None, None),
    ("unknown-json", "gold.json", '{"herons": 1}', None, None),
    ("unknown-json-number", "gold.json", "7", None, None),
    ("unknown-json-list", "gold.json", "[]", None, None),
    ("json-empty", "gold.json", " \n", None, None),
    ("json-cut", "gold.json", '{"version": "v2.0",\n "data": [\n', 3, None),
    ("json-deep", "gold.json", DEEP, None, None),
    ("json-latin-1", "gold.json", b'{"data": [\n\n"\xe9"]}', 3, None),
]

CONTEXT = "Herons hide in reeds. Storks nest on roofs."  # 43 characters; "in reeds" stands at 12


def squad(id_: str, line: int, field: str, **changes: Any) -> Case:
    """One article; each part of the one question and its answer stands in a line of its own, from line 1."""
    parts = {
        "title": '"Birds"',
        "context": json.dumps(CONTEXT),
        "id": '"q1"',
        "question": '"Where?"',
        "is_impossible": "false",
        "text": '"in reeds"',
        "answer_start": "12",
    } | changes
    text = (
        f'{{"data": [{{"title": {parts["title"]},\n'
        f'"paragraphs": [{{"context": {parts["context"]},\n'
        f'"qas": [{{"id": {parts["id"]},\n'
        f'"question": {parts["question"]},\n'
        f'"is_impossible": {parts["is_impossible"]},\n'
        f'"answers": [{{"text": {parts["text"]},\n'
        f'"answer_start": {parts["answer_start"]}}}]}}]}}]}}]}}\n'
    )
    return f"squad-{id_}", "squad.json", text, line, field


QAS = "data[0].paragraphs[0].qas[0]"
ANSWER = f"{QAS}.answers[0]"


def squad_document(id_: str, document: Any, line: int, field: str | None) -> Case:
    return f"squad-{id_}", "squad.json", document if isinstance(document, str) else json.dumps(document), line, field


PARAGRAPH = {"context": CONTEXT, "qas": [{"id": "q1", "question": "Where?", "answers": []}]}
SQUAD_CASES: list[Case] = [
    squad("title-number", 1, "data[0].title", title="7"),
    squad("context-empty", 2, "data[0].paragraphs[0].context", context='" "'),
    squad("context-list", 2, "data[0].paragraphs[0].context", context="[]"),
    squad("context-nul", 2, "data[0].paragraphs[0].context", context='"Herons\\u0000"'),
    squad("id-null", 3, f"{QAS}.id", id="null"),
    squad("id-true", 3, f"{QAS}.id", id="true"),
    squad("id-half", 3, f"{QAS}.id", id="1.5"),
    squad("question-empty", 4, f"{QAS}.question", question='""'),
    squad("impossible-text", 5, f"{QAS}.is_impossible", is_impossible='"false"'),
    squad("impossible-number", 5, f"{QAS}.is_impossible", is_impossible="0"),
    squad("impossible-with-answers", 5, f"{QAS}.is_impossible", is_impossible="true"),
    squad("answer-empty", 6, f"{ANSWER}.text", text='""'),
    squad("answer-number", 6, f"{ANSWER}.text", text="5"),
    squad("start-outside", 7, f"{ANSWER}.answer_start", answer_start="57"),
    squad("start-at-the-end", 7, f"{ANSWER}.answer_start", answer_start="43"),
    squad("end-outside", 7, f"{ANSWER}.answer_start", answer_start="36"),
    squad("start-one-off", 7, f"{ANSWER}.answer_start", answer_start="13"),
    squad("start-negative", 7, f"{ANSWER}.answer_start", answer_start="-31"),
    squad("start-true", 7, f"{ANSWER}.answer_start", answer_start="true"),
    squad("start-text", 7, f"{ANSWER}.answer_start", answer_start='"12"'),
    squad("start-float", 7, f"{ANSWER}.answer_start", answer_start="12.0"),
    squad("start-nan", 7, f"{ANSWER}.answer_start", answer_start="NaN"),
    squad("start-infinite", 7, f"{ANSWER}.answer_start", answer_start="Infinity"),
    squad("start-huge", 7, f"{ANSWER}.answer_start", answer_start=HUGE),
    squad("start-null", 7, f"{ANSWER}.answer_start", answer_start="null"),
    squad("answer-other-case", 7, f"{ANSWER}.answer_start", text='"In reeds"'),
    squad_document("data-object", {"data": {}}, 1, "data"),
    squad_document("data-missing", '\n{"version": "v2.0"}', 2, "data"),
    squad_document("no-articles", {"data": []}, 0, None),
    squad_document("no-questions", {"data": [{"paragraphs": [{**PARAGRAPH, "qas": []}]}]}, 0, None),
    squad_document("article-text", {"data": ["Birds"]}, 1, "data[0]"),
    squad_document("paragraphs-missing", '{"data": [\n{}]}', 2, "data[0].paragraphs"),
    squad_document("paragraphs-empty", '{"data": [\n{"paragraphs": []}]}', 2, "data[0].paragraphs"),
    squad_document("qas-missing", {"data": [{"paragraphs": [{"context": "a"}]}]}, 1, "data[0].paragraphs[0].qas"),
    squad_document(
        "qas-text", '{"data": [{"paragraphs": [{"context": "a", "qas": [\n3]}]}]}', 2, "data[0].paragraphs[0].qas[0]"
    ),
    squad_document(
        "id-twice", {"data": [{"paragraphs": [PARAGRAPH, PARAGRAPH]}]}, 1, "data[0].paragraphs[1].qas[0].id"
    ),
    squad_document(
        "possible-without-answers",
        {"data": [{"paragraphs": [{"context": "a", "qas": [{"id": "q", "question": "b", "is_impossible": False}]}]}]},
        1,
        f"{QAS}.answers",
    ),
]

CORPUS = lines({"_id": "d1", "title": "", "text": "Herons hide in reeds."}, {"_id": "d2", "text": "Storks nest."})
QUERIES = lines({"_id": "q1", "text": "Where do herons hide?"}, {"_id": "q2", "text": "Where do storks nest?"})
HEADER = "query-id\tcorpus-id\tscore\n"


def beir(id_: str, line: int | None, field: str | None, **files: str | bytes) -> Case:
    """A good folder with one of its files changed, or left out with an empty name."""
    good: dict[str, str | bytes] = {"corpus": CORPUS, "queries": QUERIES, "qrels": f"{HEADER}q1\td1\t1\n"}
    names = {"corpus": "corpus.jsonl", "queries": "queries.jsonl", "qrels": "qrels.tsv"}
    folder = {names[name]: content for name, content in (good | files).items() if content != "gone"}
    return f"beir-{id_}", "folder", folder, line, field


BEIR_CASES: list[Case] = [
    beir("no-corpus", None, None, corpus="gone"),
    beir("no-queries", None, None, queries="gone"),
    beir("no-qrels", None, None, qrels="gone"),
    ("beir-empty-folder", "folder", {}, None, None),
    beir("qrels-empty", None, None, qrels=""),
    beir("qrels-header-only", None, None, qrels=HEADER),
    beir("qrels-nothing-relevant", None, None, qrels=f"{HEADER}q1\td1\t0\n"),
    beir("corpus-id-missing", 3, "_id", corpus=CORPUS + lines({"text": "x"})),
    beir("corpus-id-twice", 3, "_id", corpus=CORPUS + lines({"_id": "d1", "text": "x"})),
    beir("corpus-text-missing", 3, "text", corpus=CORPUS + lines({"_id": "d3", "title": "x"})),
    beir("corpus-text-number", 3, "text", corpus=CORPUS + lines({"_id": "d3", "text": 3})),
    beir("corpus-title-null", 3, "title", corpus=CORPUS + lines({"_id": "d3", "text": "x", "title": None})),
    beir("corpus-broken", 3, None, corpus=CORPUS + "{\n"),
    beir("corpus-latin-1", 3, None, corpus=CORPUS.encode() + b'{"_id": "d3", "text": "\xe9"}\n'),
    beir("query-id-true", 3, "_id", queries=QUERIES + lines({"_id": True, "text": "x"})),
    beir("query-id-twice", 3, "_id", queries=QUERIES + lines({"_id": "q2", "text": "x"})),
    beir("query-text-empty", 3, "text", queries=QUERIES + lines({"_id": "q3", "text": ""})),
    beir("query-text-missing", 3, "text", queries=QUERIES + lines({"_id": "q3"})),
    beir("unknown-query", 2, "query-id", qrels=f"{HEADER}q9\td1\t1\n"),
    beir("score-word", 2, "score", qrels=f"{HEADER}q1\td1\tyes\n"),
    beir("score-half", 3, "score", qrels=f"{HEADER}q1\td1\t1\nq1\td2\t0.5\n"),
    beir("score-nan", 2, "score", qrels=f"{HEADER}q1\td1\tnan\n"),
    beir("score-huge", 2, "score", qrels=f"{HEADER}q1\td1\t{HUGE}\n"),
    beir("score-other-digits", 2, "score", qrels=f"{HEADER}q1\td1\t١\n"),
    beir("score-empty", 2, "score", qrels=f"{HEADER}q1\td1\t\n"),
    beir("document-empty", 2, "corpus-id", qrels=f"{HEADER}q1\t\t1\n"),
    beir("judged-twice", 3, "corpus-id", qrels=f"{HEADER}q1\td1\t1\nq1\td1\t0\n"),
    beir("two-columns", 2, None, qrels=f"{HEADER}q1\td1\n"),
    beir("spaces", 2, None, qrels=f"{HEADER}q1 d1 1\n"),
    beir("first-line-is-no-header", 1, "score", qrels="q1\td1\tyes\n"),
    ("beir-qrels-alone", "qrels.tsv", f"{HEADER}q1\td1\t1\n", None, None),
]

TREC_CASES: list[Case] = [
    ("trec-three-columns", "gold.qrels", "q1 0 d1 1\nq1 0 d2\n", 2, None),
    ("trec-five-columns", "gold.qrels", "q1 0 d1 1\nq1 0 d2 1 x\n", 2, None),
    ("trec-first-line-wrong", "gold.qrels", "q1 0 d1\nq1 0 d2 1\n", 1, None),
    ("trec-relevance-word", "gold.qrels", "q1 0 d1 1\n\nq1 0 d2 high\n", 3, "rel"),
    ("trec-relevance-half", "gold.qrels", "q1 0 d1 1\nq1 0 d2 0.5\n", 2, "rel"),
    ("trec-relevance-huge", "gold.qrels", f"q1 0 d1 1\nq1 0 d2 {HUGE}\n", 2, "rel"),
    ("trec-judged-twice", "gold.qrels", "q1 0 d1 1\nq1 0 d1 1\n", 2, "docid"),
    ("trec-nul", "gold.qrels", "q1 0 d1 1\nq1 0 d\0 1\n", 2, "docid"),
    ("trec-nothing-relevant", "gold.qrels", "q1 0 d1 0\nq1 0 d2 -1\n", None, None),
    ("trec-empty", "gold.qrels", "", None, None),
    ("trec-run", "run.trec", "q1 Q0 d1 1 0.5 tag\n", None, None),
]


def record_cases(
    form: str, name: str, good: dict[str, Any], wrong: list[tuple[str, str, dict[str, Any]]]
) -> list[Case]:
    """A good record in line 1, and one with the changes in line 2; `...` takes a field out."""
    cases: list[Case] = []
    for id_, field, changes in wrong:
        record = {key: value for key, value in {**good, **changes}.items() if value is not ...}
        cases.append((f"{form}-{id_}", name, lines(good, record), 2, field))
    return cases


DPR = {
    "question": "Where do herons hide?",
    "answers": ["reeds"],
    "ctxs": [{"id": "p1", "text": "Herons hide in reeds."}],
}
DPR_CASES: list[Case] = [
    *record_cases(
        "dpr",
        "dpr.jsonl",
        DPR,
        [
            ("question-missing", "question", {"question": ...}),
            ("answers-missing", "answers", {"answers": ...}),
            ("answers-number", "answers", {"answers": 4}),
            ("answer-empty", "answers[1]", {"answers": ["reeds", ""]}),
            ("passages-object", "ctxs", {"ctxs": {}}),
            ("passage-text-one", "ctxs[0]", {"ctxs": ["Herons"]}),
            ("passage-without-text", "ctxs[0].text", {"ctxs": [{"id": "p1"}]}),
            ("passage-empty", "ctxs[0].text", {"ctxs": [{"id": "p1", "text": " "}]}),
            ("passage-without-name", "ctxs[0].passage_id", {"ctxs": [{"text": "Herons"}]}),
            ("passage-id-true", "ctxs[0].id", {"ctxs": [{"id": True, "text": "Herons"}]}),
            ("has-answer-number", "ctxs[0].has_answer", {"ctxs": [{"id": "p", "text": "x", "has_answer": 1}]}),
            ("positive-null", "positive_ctxs", {"positive_ctxs": None}),
            ("id-list", "id", {"id": []}),
        ],
    ),
    ("dpr-id-twice", "dpr.jsonl", lines({**DPR, "id": "a"}, {**DPR, "id": "a"}), 2, "id"),
    ("dpr-id-is-a-position", "dpr.jsonl", lines({**DPR, "id": "2"}, DPR), 2, None),
    ("dpr-list", "dpr.json", f"[{json.dumps(DPR)},\n\n{json.dumps({**DPR, 'answers': [3]})}]", 3, "[1].answers[0]"),
    ("dpr-list-of-texts", "dpr.json", f'[{json.dumps(DPR)},\n"x"]', 2, "[1]"),
    ("dpr-by-id", "dpr.json", '{"q 1": {"question": "a",\n"answers": 7}}', 2, '["q 1"].answers'),
    ("dpr-by-empty-id", "dpr.json", '{"": {"question": "a", "answers": []}}', 1, '[""]'),
    (
        "dpr-drqa",
        "open.jsonl",
        lines({"question": "a", "answer": ["b"]}, {"question": "a", "answer": [1]}),
        2,
        "answer[0]",
    ),
]

KILT = {
    "id": "k1",
    "input": "Where do herons hide?",
    "output": [{"answer": "reeds", "provenance": [{"title": "Heron"}]}],
}
KILT_CASES = record_cases(
    "kilt",
    "kilt.jsonl",
    KILT,
    [
        ("id-missing", "id", {"id": ...}),
        ("id-twice", "id", {}),
        ("input-empty", "input", {"id": "k2", "input": ""}),
        ("output-missing", "output", {"id": "k2", "output": ...}),
        ("output-empty", "output", {"id": "k2", "output": []}),
        ("output-says-nothing", "output", {"id": "k2", "output": [{"meta": {}}]}),
        ("answer-number", "output[0].answer", {"id": "k2", "output": [{"answer": 4}]}),
        ("provenance-text", "output[0].provenance", {"id": "k2", "output": [{"provenance": "Heron"}]}),
        ("provenance-empty", "output[0].provenance[0].title", {"id": "k2", "output": [{"provenance": [{}]}]}),
    ],
)


def legalbench(id_: str, line: int, field: str | None, **changes: str) -> Case:
    parts = {"query": '"Who?"', "file_path": '"a.txt"', "span": "[4, 10]", "answer": '"Herons"'} | changes
    text = (
        f'{{"tests": [\n{{"query": {parts["query"]},\n"snippets": [{{"file_path": {parts["file_path"]},\n'
        f'"span": {parts["span"]},\n"answer": {parts["answer"]}}}]}}]}}'
    )
    return f"legalbench-{id_}", "legal.json", text, line, field


SNIPPET = "tests[0].snippets[0]"
LEGALBENCH_CASES: list[Case] = [
    legalbench("query-empty", 2, "tests[0].query", query='""'),
    legalbench("path-number", 3, f"{SNIPPET}.file_path", file_path="1"),
    legalbench("span-text", 4, f"{SNIPPET}.span", span='"4-10"'),
    legalbench("span-of-three", 4, f"{SNIPPET}.span", span="[4, 10, 11]"),
    legalbench("span-too-long", 4, f"{SNIPPET}.span", span="[4, 11]"),
    legalbench("span-reversed", 4, f"{SNIPPET}.span", span="[10, 4]"),
    legalbench("span-negative", 4, f"{SNIPPET}.span[0]", span="[-6, 0]"),
    legalbench("span-true", 4, f"{SNIPPET}.span[0]", span="[true, 7]"),
    legalbench("span-nan", 4, f"{SNIPPET}.span[1]", span="[4, NaN]"),
    legalbench("answer-empty", 5, f"{SNIPPET}.answer", answer='""'),
    ("legalbench-no-snippets", "legal.json", '{"tests": [{"query": "Who?",\n"snippets": []}]}', 2, "tests[0].snippets"),
    ("legalbench-snippets-missing", "legal.json", '{"tests": [\n{"query": "Who?"}]}', 2, "tests[0].snippets"),
    ("legalbench-tests-object", "legal.json", '{"tests": {}}', 1, "tests"),
    ("legalbench-no-tests", "legal.json", '{"tests": []}', None, None),
]

RAGAS = {"user_input": "Where do herons hide?", "reference": "In reeds."}
OLD_RAGAS = {"question": "Where?", "ground_truth": "In reeds.", "contexts": ["Herons"], "answer": "In nests."}
RAGAS_CASES: list[Case] = [
    *record_cases(
        "ragas",
        "ragas.jsonl",
        RAGAS,
        [
            ("input-messages", "user_input", {"user_input": [{"content": "Where?", "type": "human"}]}),
            ("input-empty", "user_input", {"user_input": ""}),
            ("reference-missing", "reference", {"reference": ...}),
            ("reference-null", "reference", {"reference": None}),
            ("reference-nan", "reference", {"reference": float("nan")}),
            ("contexts-text", "reference_contexts", {"reference_contexts": "Herons"}),
            ("context-empty", "reference_contexts[1]", {"reference_contexts": ["Herons", ""]}),
            ("context-null", "reference_contexts[0]", {"reference_contexts": [None]}),
            ("truths-with-number", "ground_truths[1]", {"ground_truths": ["reeds", 4]}),
        ],
    ),
    *record_cases(
        "ragas-old",
        "ragas.jsonl",
        OLD_RAGAS,
        [
            ("no-truth", "reference", {"ground_truth": ...}),
            ("truth-number", "ground_truth", {"ground_truth": 4}),
            ("question-missing", "user_input", {"question": ...}),
        ],
    ),
    ("ragas-list", "ragas.json", f'[{json.dumps(RAGAS)},\n{{"user_input": "a"}}]', 2, "[1].reference"),
]

CSV_CASES: list[Case] = [
    ("csv-no-header", "gold.csv", "Where do herons hide?,reeds\n", 1, "question"),
    ("csv-no-answer-column", "gold.csv", "\nquestion,reply\nWhere?,reeds\n", 2, "answer"),
    ("csv-question-twice", "gold.csv", "question,answer,Question\nWhere?,reeds,Where?\n", 1, "question"),
    ("csv-answer-and-answers", "gold.csv", "question,answer,answers\nWhere?,reeds,reeds\n", 1, "answer"),
    ("csv-header-only", "gold.csv", "question,answer\n", None, None),
    ("csv-blank-rows", "gold.csv", "question,answer\n,\n\n", None, None),
    ("csv-empty", "gold.csv", "", None, None),
    ("csv-too-many-cells", "gold.csv", "question,answer\nWhere?,in reeds, and rushes\n", 2, None),
    ("csv-too-few-cells", "gold.csv", "question,answer\nWhere?,reeds\nWho?\n", 3, None),
    ("csv-question-empty", "gold.csv", "question,answer\n,reeds\n", 2, "question"),
    ("csv-behind-a-line-end", "gold.csv", 'question,answer\n"Where\ndo they hide?",reeds\n,x\n', 4, "question"),
    ("csv-own-heading", "gold.csv", "Question;Answers\nWhere?;reeds||rushes\n", 2, "answers"),
    ("csv-source-gap", "gold.csv", "question,answer,document\nWhere?,reeds,a.txt|\n", 2, "document"),
    ("csv-quote-open", "gold.csv", 'question,answer\nWhere?,"reeds\n', 2, None),
    ("csv-quote-inside", "gold.csv", 'question,answer\nWhere?,"reeds" they say\n', 2, None),
    ("csv-cell-too-long", "gold.csv", f"question,answer\nWhere?,{'a' * 200_000}\n", 2, None),
    ("csv-nul", "gold.csv", "question,answer\nWhere?,re\0eds\n", 2, "answer"),
    ("csv-id-empty", "gold.csv", "id,question,answer\n ,Where?,reeds\n", 2, "id"),
    ("csv-id-twice", "gold.csv", "id,question,answer\na,Where?,reeds\na,Who?,herons\n", 3, "id"),
    ("csv-latin-1", "gold.csv", "question,answer\nWhere?,café\n".encode("latin-1"), 2, None),
    ("tsv-too-many-cells", "gold.tsv", "question\tanswer\nWhere?\treeds\trushes\n", 2, None),
]

MALFORMED: list[Case] = [
    *HOUSE_CASES,
    *((id_, name, content, line or None, field) for id_, name, content, line, field in SQUAD_CASES),
    *BEIR_CASES,
    *TREC_CASES,
    *DPR_CASES,
    *KILT_CASES,
    *LEGALBENCH_CASES,
    *RAGAS_CASES,
    *CSV_CASES,
]


def place(folder: Path, name: str, content: Content) -> Path:
    """Put a malformed gold set where it can be read."""
    path = folder / name
    files = content if isinstance(content, dict) else {"": content}
    if isinstance(content, dict):
        path.mkdir()
    for part, data in files.items():
        (path / part).write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def told(folder: Path, case: Case) -> tuple[Path, str]:
    path = place(folder, case[1], case[2])
    with pytest.raises(PinciteError) as error:
        read_gold(path)
    return path, str(error.value)


@pytest.mark.parametrize("case", MALFORMED, ids=[case[0] for case in MALFORMED])
def test_what_is_wrong_is_told_with_file_line_and_field(tmp_path: Path, case: Case) -> None:
    _, _, content, line, field = case
    path, sentence = told(tmp_path, case)
    assert str(path) in sentence
    assert sentence.endswith(".")
    assert len(sentence) < 1200
    assert "\n" not in sentence
    if line is None:
        assert ", line " not in sentence
        assert 'field "' not in sentence
        return
    files = [str(path / part) for part in content] if isinstance(content, dict) else [str(path)]
    before = [f'{file}, line {line}, field "{field}": ' if field else f"{file}, line {line}: " for file in files]
    assert any(sentence.startswith(start) for start in before), sentence


def test_there_are_more_than_a_hundred_of_every_format() -> None:
    ids = [case[0] for case in MALFORMED]
    assert len(set(ids)) == len(ids) > 100
    assert {id_.split("-")[0] for id_ in ids} >= FORMATS.keys()
    assert len({(case[1], str(case[2])) for case in MALFORMED}) == len(ids)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("content", ["", "{", "[", "null", DEEP, "\0", "a,b", f"[{HUGE}]", b"\xff", '{"data": NaN}'])
def test_no_format_that_is_named_meets_a_file_with_a_trace(tmp_path: Path, form: str, content: str | bytes) -> None:
    path = place(tmp_path, "gold", content)
    with pytest.raises(PinciteError, match="gold"):
        read_gold(path, form)


@pytest.mark.parametrize("form", FORMATS)
def test_no_format_meets_a_missing_file_or_a_folder_with_a_trace(tmp_path: Path, form: str) -> None:
    for path in (tmp_path / "gone", tmp_path, tmp_path / "nul\0"):
        with pytest.raises(PinciteError) as error:
            read_gold(path, form)
        assert str(path) in str(error.value)
