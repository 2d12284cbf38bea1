"""BEIR folders: documents, graded judgements, and what is left out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import PinciteError
from qa.gold.formats import read_gold, write_gold
from qa.gold.questions import Evidence, Gold, GoldQuestion, Text

HEADER = "query-id\tcorpus-id\tscore\n"


def folder(root: Path, qrels: str, at: str = "qrels.tsv") -> Path:
    """Three documents, the last without words, and two queries."""
    corpus = [
        {"_id": "d1", "title": "Herons", "text": "They hide\r\nin reeds.", "metadata": {"year": 1}},
        {"_id": 2, "text": "Storks nest on roofs."},
        {"_id": "d3", "title": " ", "text": ""},
    ]
    queries = [{"_id": "q1", "text": "Who hides?"}, {"_id": "q2", "text": "Who nests?", "metadata": {}}]
    (root / at).parent.mkdir(exist_ok=True)
    (root / "corpus.jsonl").write_text("".join(json.dumps(entry) + "\n" for entry in corpus))
    (root / "queries.jsonl").write_text("".join(json.dumps(entry) + "\n" for entry in queries))
    (root / at).write_text(qrels)
    return root


def test_documents_and_judgements_are_read(tmp_path: Path) -> None:
    gold = read_gold(folder(tmp_path, f"{HEADER}q2\t2\t2\nq2\td1\t1\nq1\td1\t1\n"))
    assert gold == Gold(
        (
            GoldQuestion("q2", "Who nests?", evidence=(Evidence("2", grade=2), Evidence("d1"))),
            GoldQuestion("q1", "Who hides?", evidence=(Evidence("d1"),)),
        ),
        (Text("d1", "Herons", "Herons\nThey hide\nin reeds."), Text("2", "2", "Storks nest on roofs.")),
    )


def test_the_header_may_be_missing_and_lines_may_end_as_on_windows(tmp_path: Path) -> None:
    assert [question.id for question in read_gold(folder(tmp_path, "q1\td1\t1\r\n\r\nq2\t2\t1\r\n"))] == ["q1", "q2"]


def test_queries_without_a_relevant_document_are_left_out(tmp_path: Path) -> None:
    gold = read_gold(folder(tmp_path, f"{HEADER}q1\td1\t0\nq2\td1\t-1\nq2\t2\t1\n"))
    assert [(question.id, question.evidence) for question in gold] == [("q2", (Evidence("2"),))]


def test_a_relevant_document_that_is_not_there_counts_as_missed(tmp_path: Path) -> None:
    gold = read_gold(folder(tmp_path, f"{HEADER}q1\td9\t1\nq2\td3\t1\n"))
    assert [question.evidence for question in gold] == [(Evidence("d9"),), (Evidence("d3"),)]
    assert [text.name for text in gold.texts] == ["d1", "2"]


@pytest.mark.parametrize("at", ["qrels.tsv", "qrels/test.tsv", "qrels/dev.tsv", "qrels/train.tsv"])
def test_judgements_are_found_in_each_place(tmp_path: Path, at: str) -> None:
    assert read_gold(folder(tmp_path, f"{HEADER}q1\td1\t1\n", at))[0].id == "q1"


def test_of_several_judgements_those_for_testing_are_read(tmp_path: Path) -> None:
    folder(tmp_path, f"{HEADER}q1\td1\t1\n", "qrels/train.tsv")
    folder(tmp_path, f"{HEADER}q2\td1\t1\n", "qrels/test.tsv")
    assert [question.id for question in read_gold(tmp_path)] == ["q2"]


def test_the_file_of_the_folder_is_named(tmp_path: Path) -> None:
    folder(tmp_path, f"{HEADER}q1\td1\t1\nq7\td1\t1\nq1\td2\tx\n", "qrels/dev.tsv")
    with pytest.raises(PinciteError) as error:
        read_gold(tmp_path)
    assert str(error.value) == (
        f'{tmp_path}/qrels/dev.tsv, line 3, field "query-id": there is no such query in queries.jsonl. '
        "Line 4 is wrong too."
    )
    (tmp_path / "queries.jsonl").write_text('{"_id": "q1"}\n')
    with pytest.raises(PinciteError) as error:
        read_gold(tmp_path)
    assert str(error.value).startswith(f'{tmp_path}/queries.jsonl, line 1, field "text": ')


def test_what_a_folder_lacks_is_named(tmp_path: Path) -> None:
    (tmp_path / "queries.jsonl").write_text("")
    with pytest.raises(PinciteError, match=r"no BEIR folder: there is no corpus\.jsonl in it\."):
        read_gold(tmp_path)


# --- writing


def test_a_folder_is_written_as_others_read_it(tmp_path: Path) -> None:
    questions = (GoldQuestion("q1", "Who hides?", evidence=(Evidence("d1", grade=2), Evidence("d9"))),)
    texts = (Text("d1", "Herons", "Herons\nThey hide."), Text("d2", "Storks", "They nest."))
    write_gold(Gold(questions, texts), tmp_path / "out", "beir")
    assert (tmp_path / "out" / "qrels" / "test.tsv").read_text() == f"{HEADER}q1\td1\t2\nq1\td9\t1\n"
    assert (tmp_path / "out" / "queries.jsonl").read_text() == '{"_id": "q1", "text": "Who hides?"}\n'
    assert (tmp_path / "out" / "corpus.jsonl").read_text() == (
        '{"_id": "d1", "title": "Herons", "text": "They hide."}\n{"_id": "d2", "title": "", "text": "They nest."}\n'
    )


@pytest.mark.parametrize(
    "question",
    [
        GoldQuestion("q1", "Who?"),
        GoldQuestion("q1", "Who?", ("Herons",)),
        GoldQuestion("q1", "Who?", evidence=(Evidence("d1", "Herons hide."),)),
        GoldQuestion("q1", "Who?", evidence=(Evidence("d\t1"),)),
        GoldQuestion("q\n1", "Who?", evidence=(Evidence("d1"),)),
    ],
    ids=["unanswerable", "answers", "quote", "tab", "line-end"],
)
def test_a_question_that_beir_cannot_say_is_refused(tmp_path: Path, question: GoldQuestion) -> None:
    with pytest.raises(PinciteError, match="cannot be written as BEIR"):
        write_gold(Gold((question,), (Text("d1", "d1", "Herons hide."),)), tmp_path / "out", "beir")
    assert not (tmp_path / "out").exists()


def test_without_texts_there_is_no_corpus(tmp_path: Path) -> None:
    with pytest.raises(PinciteError, match="no texts for a corpus"):
        write_gold(Gold((GoldQuestion("q1", "Who?", evidence=(Evidence("d1"),)),)), tmp_path / "out", "beir")


characters = st.characters(codec="utf-8", exclude_characters="\0\t\n\r")
names = st.text(characters, min_size=1).filter(lambda text: bool(text.strip()))
bodies = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), min_size=1).filter(
    lambda text: bool(text.strip())
)
documents = st.lists(
    st.builds(lambda name, text: Text(name, name, text), names, bodies), min_size=1, unique_by=lambda t: t.name
)
judged = st.dictionaries(names, st.integers(1, 99), min_size=1, max_size=3)


@given(st.dictionaries(names, st.tuples(bodies, judged), min_size=1, max_size=3), documents)
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, queries: dict[str, tuple[str, dict[str, int]]], texts: list[Text]
) -> None:
    questions = tuple(
        GoldQuestion(id_, text, evidence=tuple(Evidence(document, grade=grade) for document, grade in grades.items()))
        for id_, (text, grades) in queries.items()
    )
    path = tmp_path_factory.mktemp("gold") / "beir"
    write_gold(Gold(questions, tuple(texts)), path, "beir")
    assert read_gold(path) == Gold(questions, tuple(texts))


def test_a_corpus_without_words_is_refused(tmp_path: Path) -> None:
    # Else the set would bring no texts, and be asked of whatever happens to be indexed.
    (tmp_path / "corpus.jsonl").write_text('{"_id": "d1", "title": "", "text": " "}\n')
    (tmp_path / "queries.jsonl").write_text('{"_id": "q1", "text": "Which?"}\n')
    (tmp_path / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq1\td1\t1\n")
    with pytest.raises(PinciteError, match=r"corpus\.jsonl holds no document with any words"):
        read_gold(tmp_path)
