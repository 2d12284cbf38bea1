"""TREC qrels there and back, and runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import PinciteError
from qa.gold.formats import read_gold, read_run, write_gold
from qa.gold.questions import Evidence, Gold, GoldQuestion


def written(folder: Path, text: str, name: str = "gold.qrels") -> Path:
    (folder / name).write_text(text)
    return folder / name


def test_judgements_are_read_whatever_divides_them(tmp_path: Path) -> None:
    gold = read_gold(written(tmp_path, "q1 0 d1 2\nq2\t0\td1\t1\r\n\nq1  Q0   d2 +1 \nq1 0 d3 0\nq3 0 d1 -1\n"))
    assert gold == Gold(
        (
            GoldQuestion("q1", "", evidence=(Evidence("d1", grade=2), Evidence("d2"))),
            GoldQuestion("q2", "", evidence=(Evidence("d1"),)),
        )
    )


def test_judgements_are_written(tmp_path: Path) -> None:
    question = GoldQuestion("q1", "Who?", evidence=(Evidence("d1", grade=3), Evidence("d2")))
    write_gold(Gold((question,)), tmp_path / "gold.qrels", "trec")
    assert (tmp_path / "gold.qrels").read_text() == "q1 0 d1 3\nq1 0 d2 1\n"


@pytest.mark.parametrize(
    "question",
    [
        GoldQuestion("q1", ""),
        GoldQuestion("q1", "", evidence=(Evidence("d1", "Herons hide."),)),
        GoldQuestion("q 1", "", evidence=(Evidence("d1"),)),
        GoldQuestion("q1", "", evidence=(Evidence("my file.txt"),)),
        GoldQuestion("", "", evidence=(Evidence("d1"),)),
    ],
)
def test_a_question_that_qrels_cannot_say_is_refused(tmp_path: Path, question: GoldQuestion) -> None:
    with pytest.raises(PinciteError, match="cannot be written as TREC qrels"):
        write_gold(Gold((question,)), tmp_path / "gold.qrels", "trec")
    assert not list(tmp_path.iterdir())


characters = st.characters(codec="utf-8", exclude_characters="\0")
names = st.text(characters, min_size=1).filter(lambda text: not any(character.isspace() for character in text))


@given(
    st.dictionaries(names, st.dictionaries(names, st.integers(1, 99), min_size=1, max_size=3), min_size=1, max_size=3)
)
def test_what_is_written_is_read(tmp_path_factory: pytest.TempPathFactory, qrels: dict[str, dict[str, int]]) -> None:
    gold = Gold(
        tuple(
            GoldQuestion(id_, "", evidence=tuple(Evidence(name, grade=grade) for name, grade in grades.items()))
            for id_, grades in qrels.items()
        )
    )
    path = tmp_path_factory.mktemp("gold") / "gold.qrels"
    write_gold(gold, path, "trec")
    assert read_gold(path, "trec") == gold


# --- runs


def test_a_run_is_read(tmp_path: Path) -> None:
    path = written(tmp_path, "q1 Q0 d1 1 0.5 me\nq1 Q0 d2 2 -1e-3 me\n\nq2\tQ0\td1\t1\t7\tme\n", "run.trec")
    assert read_run(path) == {"q1": {"d1": 0.5, "d2": -0.001}, "q2": {"d1": 7.0}}


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("q1 Q0 d2 2 0.5", None),
        ("q1 Q0 d2 2 0.5 me too", None),
        ("q1 Q0 d2 second 0.5 me", "rank"),
        ("q1 Q0 d2 2 high me", "score"),
        ("q1 Q0 d2 2 nan me", "score"),
        ("q1 Q0 d2 2 inf me", "score"),
        ("q1 Q0 d2 2 1e999 me", "score"),
        ("q1 Q0 d2 2 1_0 me", "score"),
        ("q1 Q0 d1 2 0.4 me", "docid"),
    ],
)
def test_a_wrong_line_of_a_run_is_told_with_its_field(tmp_path: Path, line: str, field: str | None) -> None:
    path = written(tmp_path, f"q1 Q0 d1 1 0.5 me\n{line}\n", "run.trec")
    with pytest.raises(PinciteError) as error:
        read_run(path)
    assert str(error.value).startswith(f'{path}, line 2, field "{field}": ' if field else f"{path}, line 2: ")


def test_an_empty_or_missing_run_is_told(tmp_path: Path) -> None:
    with pytest.raises(PinciteError, match="holds no results"):
        read_run(written(tmp_path, "\n", "run.trec"))
    with pytest.raises(PinciteError, match="cannot be read"):
        read_run(tmp_path / "gone.trec")
