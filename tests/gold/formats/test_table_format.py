"""CSV as people bring it: any delimiter, order and case of the headings."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import PinciteError
from qa.gold.formats import read_gold, write_gold
from qa.gold.questions import Evidence, Gold, GoldQuestion

EXPECTED = Gold(
    (
        GoldQuestion("1", "Where, if at all?", ("in reeds", "reeds"), (Evidence("lakes.txt"),)),
        GoldQuestion("2", "Who?"),
        GoldQuestion("3", "Why?", (), (Evidence("a.txt"), Evidence("b.txt"))),
    )
)


@pytest.mark.parametrize(
    "text",
    [
        'question,answer,source\n"Where, if at all?",in reeds|reeds,lakes.txt\nWho?,,\nWhy?,,a.txt|b.txt\n',
        "SOURCE;Question; Answers \nlakes.txt;Where, if at all?; in reeds | reeds |reeds\n"
        ";Who?;\n\na.txt|b.txt;Why?;\n",
        "document\tnotes\tanswer\tQuestion\nlakes.txt\tx\tin reeds|reeds\tWhere, if at all?\n"
        "\ty\t\tWho?\na.txt|b.txt\t\t\tWhy?",
        '\ufeff\r\n"question","answer","source"\r\n"Where, if at all?","in reeds|reeds","lakes.txt"\r\n'
        '"Who?","",""\r\n"Why?","","a.txt|b.txt"\r\n',
    ],
    ids=["commas", "semicolons", "tabs", "windows"],
)
def test_a_table_is_read_whatever_its_form(tmp_path: Path, text: str) -> None:
    (tmp_path / "gold.csv").write_bytes(text.encode())
    assert read_gold(tmp_path / "gold.csv") == EXPECTED


def test_ids_are_taken_where_there_is_a_column(tmp_path: Path) -> None:
    (tmp_path / "gold.csv").write_text("ID,question,answer\nx,Where?,reeds\ny,Who?,\n")
    assert [(question.id, question.answerable) for question in read_gold(tmp_path / "gold.csv")] == [
        ("x", True),
        ("y", False),
    ]


def test_a_wrong_row_is_told_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "gold.csv"
    path.write_text("question,answer\nWhere?,in reeds, or rushes\n,x\n")
    with pytest.raises(PinciteError) as error:
        read_gold(path)
    assert str(error.value) == (
        f"{path}, line 2: 2 cells are needed, as in the header, not 3; quote what holds a delimiter. "
        "Line 3 is wrong too."
    )


@pytest.mark.parametrize(
    ("header", "heading", "meant"),
    [
        ("question,answer,sorce", "sorce", "source"),
        ("question,anwser", "anwser", "answer"),  # and not only that a column for the answer is missing
        ("Question;Answer;Documents", "documents", "document"),
        ("question\tanswer\tqeustion", "qeustion", "question"),
    ],
)
def test_a_heading_that_is_nearly_ours_is_asked_about(tmp_path: Path, header: str, heading: str, meant: str) -> None:
    """Else the column would be left out without a word: evidence that was written would not count."""
    path = tmp_path / "gold.csv"
    path.write_text(f"\n{header}\n")
    with pytest.raises(PinciteError) as error:
        read_gold(path)
    assert str(error.value) == (
        f'{path}, line 2, field "{heading}": this column would not be read; is it {meant}? Else give it another name.'
    )


@pytest.mark.parametrize("heading", ["", "notes", "context", "score", "topic", "author", "page", "quote"])
def test_a_heading_of_the_users_own_is_let_be(tmp_path: Path, heading: str) -> None:
    (tmp_path / "gold.csv").write_text(f"question,{heading},answer\nWhere?,x,reeds\n")
    assert read_gold(tmp_path / "gold.csv") == Gold((GoldQuestion("1", "Where?", ("reeds",)),))


# --- writing


def test_a_table_is_written(tmp_path: Path) -> None:
    write_gold(EXPECTED, tmp_path / "gold.csv", "csv")
    assert (tmp_path / "gold.csv").read_bytes().decode() == (
        'id,question,answer,source\r\n1,"Where, if at all?",in reeds|reeds,lakes.txt\r\n'
        "2,Who?,,\r\n3,Why?,,a.txt|b.txt\r\n"
    )


@pytest.mark.parametrize(
    "question",
    [
        GoldQuestion("q1", "Where?", ("reeds",), (Evidence("lakes.txt", "Herons hide in reeds."),)),
        GoldQuestion("q1", "Where?", ("reeds",), (Evidence("lakes.txt", grade=2),)),
        GoldQuestion("q1", "Where?", ("reeds|rushes",)),
        GoldQuestion("q1", "Where?", (" reeds",)),
        GoldQuestion("q1", "Where?", (), (Evidence("a|b.txt"),)),
    ],
    ids=["quote", "grade", "divider", "space", "source"],
)
def test_a_question_that_a_table_cannot_say_is_refused(tmp_path: Path, question: GoldQuestion) -> None:
    with pytest.raises(PinciteError, match="The question q1 cannot be written as CSV"):
        write_gold(Gold((question,)), tmp_path / "gold.csv", "csv")
    assert not list(tmp_path.iterdir())


characters = st.characters(codec="utf-8", exclude_characters="\0")
texts = st.text(characters, min_size=1).filter(lambda text: bool(text.strip()))
parts = texts.map(lambda text: text.replace("|", "/").strip())


@given(
    st.lists(
        st.builds(
            GoldQuestion,
            id=texts,
            question=texts,
            answers=st.lists(parts, unique=True, max_size=2).map(tuple),
            evidence=st.lists(st.builds(Evidence, parts), unique=True, max_size=2).map(tuple),
        ),
        min_size=1,
        max_size=4,
        unique_by=lambda question: question.id,
    )
)
def test_what_is_written_is_read(tmp_path_factory: pytest.TempPathFactory, questions: list[GoldQuestion]) -> None:
    path = tmp_path_factory.mktemp("gold") / "gold.csv"
    write_gold(Gold(tuple(questions)), path, "csv")
    assert read_gold(path) == Gold(tuple(questions))
