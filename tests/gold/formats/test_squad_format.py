"""SQuAD: articles as texts, the sentences around the answers as evidence, and offsets that are checked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import PinciteError
from qa.gold.formats import read_gold, write_gold
from qa.gold.questions import Evidence, Gold, GoldQuestion, Text

CONTEXT = "Herons hide in reeds. Storks nest on roofs. They eat frogs."
# "in reeds" stands at 12, "reeds" at 15, "on roofs" at 34, "frogs" at 53.


def qa(*answers: tuple[str, int], id_: Any = "q1", **more: Any) -> dict[str, Any]:
    return {
        "id": id_,
        "question": "Where?",
        "answers": [{"text": text, "answer_start": start} for text, start in answers],
        **more,
    }


def squad(folder: Path, *articles: tuple[str, list[tuple[str, list[dict[str, Any]]]]]) -> Path:
    data = [
        {"title": title, "paragraphs": [{"context": context, "qas": qas} for context, qas in paragraphs]}
        for title, paragraphs in articles
    ]
    path = folder / "squad.json"
    path.write_text(json.dumps({"version": "v2.0", "data": data}, indent=1))
    return path


def evidence(folder: Path, *answers: tuple[str, int], context: str = CONTEXT) -> list[str]:
    gold = read_gold(squad(folder, ("Birds", [(context, [qa(*answers)])])))
    assert {entry.document for entry in gold[0].evidence} <= {"Birds"}
    return [entry.quote for entry in gold[0].evidence]


def test_an_article_is_one_text_and_an_answer_is_quoted_with_its_sentence(tmp_path: Path) -> None:
    answers = [("in reeds", 12), ("reeds", 15), ("in reeds", 12)]
    impossible = qa(id_="q2", is_impossible=True, plausible_answers=[{"text": "roofs", "answer_start": 37}])
    path = squad(tmp_path, ("Birds", [(CONTEXT, [qa(*answers)]), ("Frogs croak.", [impossible])]))
    assert read_gold(path) == Gold(
        (
            GoldQuestion("q1", "Where?", ("in reeds", "reeds"), (Evidence("Birds", "Herons hide in reeds."),)),
            GoldQuestion("q2", "Where?"),
        ),
        (Text("Birds", "Birds", f"{CONTEXT}\n\nFrogs croak."),),
    )


def test_answers_in_one_sentence_are_one_evidence_and_in_two_are_two(tmp_path: Path) -> None:
    assert evidence(tmp_path, ("in reeds", 12), ("Herons", 0)) == ["Herons hide in reeds."]
    assert evidence(tmp_path, ("frogs", 53), ("in reeds", 12)) == ["Herons hide in reeds.", "They eat frogs."]


def test_an_answer_across_sentences_is_quoted_with_all_of_them(tmp_path: Path) -> None:
    across = "Herons hide in reeds. Storks nest on roofs."
    assert evidence(tmp_path, ("reeds. Storks", 15)) == [across]
    assert evidence(tmp_path, ("in reeds", 12), ("reeds. Storks", 15), ("on roofs", 34)) == [across]


def test_a_question_or_heading_that_holds_the_answer_is_quoted_too(tmp_path: Path) -> None:
    assert evidence(tmp_path, ("1066", 11), context="# The year 1066\n\nIt was so.") == ["# The year 1066"]
    assert evidence(tmp_path, ("1066", 7), context="Was it 1066? It was.") == ["Was it 1066?"]


def test_of_a_sentence_that_no_passage_holds_the_answer_alone_is_quoted(tmp_path: Path) -> None:
    # 300 words of four characters and a space are 1,500 bytes, and a passage has at most 1,000.
    assert evidence(tmp_path, ("reed", 5), context="word reed " + "word " * 300) == ["reed"]


def test_titles_that_repeat_get_numbers(tmp_path: Path) -> None:
    articles = [
        ("Birds", [("Herons hide.", [qa(("Herons", 0), id_="a")])]),
        ("Birds (2)", [("Storks nest.", [qa(("Storks", 0), id_="b")])]),
        ("Birds", [("Cranes dance.", [qa(("Cranes", 0), id_="c")])]),
        ("Birds", [("Herons hide.", [qa(("Herons", 0), id_="d")])]),
        ("", [("Owls hoot.", [qa(("Owls", 0), id_=5)])]),
        ("Birds (3)", [("Larks rise.", [qa(("Larks", 0), id_="f")])]),
    ]
    gold = read_gold(squad(tmp_path, *articles))
    birds, others = ["Birds", "Birds (2)", "Birds (3)"], ["article", "Birds (3) (2)"]
    assert [question.evidence[0].document for question in gold] == [*birds, "Birds", *others]
    assert [text.name for text in gold.texts] == [*birds, *others]
    assert gold[4].id == "5"


def test_windows_line_ends_move_offsets(tmp_path: Path) -> None:
    # In the file "reeds" stands at 16, in the canonical text at 15; the answer across the line end loses its \r.
    context = "Herons hide\r\nin reeds.\rSo do bitterns."
    gold = read_gold(squad(tmp_path, ("Birds", [(context, [qa(("reeds", 16), ("hide\r\nin", 7))])])))
    assert gold[0].answers == ("reeds", "hide\nin")
    assert gold.texts[0].text == "Herons hide\nin reeds.\nSo do bitterns."
    assert all(entry.quote in gold.texts[0].text for entry in gold[0].evidence)


def test_an_answer_may_begin_or_end_within_a_line_end(tmp_path: Path) -> None:
    gold = read_gold(squad(tmp_path, ("Birds", [("In\r\nreeds\r\nhere.", [qa(("\nreeds\r", 3), ("In", 0))])])))
    # "\n" belongs to the line end before it, which is one character from 2 to 3; the "\r" is left to the next.
    assert gold[0].answers == ("\nreeds", "In")


def test_offsets_count_characters_and_not_bytes(tmp_path: Path) -> None:
    gold = read_gold(squad(tmp_path, ("鶴", [("鶴🐸 croaks.", [qa(("croaks", 3))])])))
    assert gold[0].answers == ("croaks",)


def test_answers_need_no_flag_in_the_older_version(tmp_path: Path) -> None:
    assert not read_gold(squad(tmp_path, ("Birds", [(CONTEXT, [qa()])])))[0].answerable


def test_a_wrong_offset_is_told_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "squad.json"
    context = "Herons hide in the tall reeds of quiet lakes"  # 44 characters
    wrong = {"data": [{"title": "B", "paragraphs": [{"context": context, "qas": [qa(id_="a"), qa(("in", 57))]}]}]}
    path.write_text(json.dumps(wrong, indent=1))
    line = path.read_text().split("\n").index('         "answer_start": 57') + 1
    with pytest.raises(PinciteError) as error:
        read_gold(path)
    assert str(error.value) == (
        f'{path}, line {line}, field "data[0].paragraphs[0].qas[1].answers[0].answer_start": '
        "57 is outside the context of 44 characters."
    )


def test_an_answer_that_does_not_stand_there_is_told_with_what_does(tmp_path: Path) -> None:
    path = squad(tmp_path, ("Birds", [(CONTEXT, [qa(("in reeds", 13))])]))
    with pytest.raises(PinciteError, match='the context has "n reeds\\." at 13, and not "in reeds"'):
        read_gold(path)


def test_an_id_that_stands_twice_is_told_with_both_places(tmp_path: Path) -> None:
    path = squad(tmp_path, ("A", [(CONTEXT, [qa()])]), ("B", [(CONTEXT, [qa()])]))
    with pytest.raises(PinciteError, match=r'the id "q1" stands in data\[0\]\.paragraphs\[0\]\.qas\[0\]\.id too'):
        read_gold(path)


# --- writing


def one(*evidence: Evidence, answers: tuple[str, ...] = ("reeds",)) -> Gold:
    text = f"{CONTEXT}\n\nFrogs croak.\n\nOwls hoot."
    return Gold((GoldQuestion("q1", "Where?", answers, evidence),), (Text("Birds", "Birds", text),))


def contexts(path: Path) -> list[str]:
    return [part["context"] for article in json.loads(path.read_text())["data"] for part in article["paragraphs"]]


def test_texts_are_cut_at_blank_lines_but_not_within_evidence(tmp_path: Path) -> None:
    path = tmp_path / "squad.json"
    write_gold(one(Evidence("Birds", "Herons hide in reeds.")), path, "squad")
    assert contexts(path) == [CONTEXT, "Frogs croak.", "Owls hoot."]
    gold = one(
        Evidence("Birds", "Herons hide in reeds."), Evidence("Birds", "Frogs croak."), answers=("reeds", "Frogs")
    )
    write_gold(gold, path, "squad")
    assert contexts(path) == [f"{CONTEXT}\n\nFrogs croak.", "Owls hoot."]
    assert read_gold(path) == gold


def test_a_quote_that_begins_at_a_blank_line_takes_its_question_along(tmp_path: Path) -> None:
    write_gold(one(Evidence("Birds", "\nFrogs croak."), answers=("Frogs",)), tmp_path / "squad.json", "squad")
    assert contexts(tmp_path / "squad.json") == [f"{CONTEXT}\n\nFrogs croak.", "Owls hoot."]
    assert [question.id for question in read_gold(tmp_path / "squad.json")] == ["q1"]


def test_no_paragraph_is_white_space(tmp_path: Path) -> None:
    text = Text("Birds", "Birds", "\n\nHerons hide.\n\n\n\n\nOwls hoot.\n\n \n\n")
    gold = Gold((GoldQuestion("q1", "Who?", ("Owls",), (Evidence("Birds", "Owls hoot."),)),), (text,))
    write_gold(gold, tmp_path / "squad.json", "squad")
    assert contexts(tmp_path / "squad.json") == ["\n\nHerons hide.", "\n\n\nOwls hoot.\n\n \n\n"]
    assert read_gold(tmp_path / "squad.json") == gold


def test_an_unanswerable_question_stands_where_the_one_before_it_does(tmp_path: Path) -> None:
    known = one(Evidence("Birds", "Frogs croak."), answers=("croak",))
    write_gold(Gold((*known, GoldQuestion("q2", "Who?")), known.texts), tmp_path / "squad.json", "squad")
    paragraphs = json.loads((tmp_path / "squad.json").read_text())["data"][0]["paragraphs"]
    assert [[item["id"] for item in part["qas"]] for part in paragraphs] == [[], ["q1", "q2"], []]
    assert [item["is_impossible"] for item in paragraphs[1]["qas"]] == [False, True]
    assert paragraphs[1]["qas"][0]["answers"] == [{"text": "croak", "answer_start": 6}]


@pytest.mark.parametrize(
    "gold",
    [
        one(Evidence("Birds", "Herons hide in reeds."), answers=()),
        one(),
        one(Evidence("Birds")),
        one(Evidence("Birds", "Herons hid in reeds.")),
        one(Evidence("Frogs", "Herons hide in reeds.")),
        one(Evidence("Birds", "Herons hide in reeds."), answers=("rushes",)),
        one(Evidence("Birds", "Herons hide in reeds."), answers=("reeds", "rushes")),
        one(Evidence("Birds", "Herons hide in reeds."), Evidence("Birds", "Frogs croak.")),
        one(Evidence("Birds", "Herons hide in reeds."), Evidence("Owls", "Herons hide in reeds.")),
    ],
    ids=["no-answer", "no-evidence", "whole", "other-words", "other-text", "elsewhere", "one-elsewhere", "idle", "two"],
)
def test_a_question_that_squad_cannot_say_is_refused(tmp_path: Path, gold: Gold) -> None:
    with pytest.raises(PinciteError, match="The question q1 cannot be written as SQuAD: "):
        write_gold(gold, tmp_path / "squad.json", "squad")
    assert not list(tmp_path.iterdir())


def test_without_texts_there_is_no_squad(tmp_path: Path) -> None:
    with pytest.raises(PinciteError, match="bring no texts"):
        write_gold(Gold((GoldQuestion("q1", "Where?"),)), tmp_path / "squad.json", "squad")


words = st.sampled_from(["heron", "stork", "frog", "鶴", "reed", "🐸"])
paragraphs = st.lists(st.lists(st.lists(words, min_size=1, max_size=4), min_size=1, max_size=3), min_size=1, max_size=3)


@given(st.lists(paragraphs, min_size=1, max_size=3), st.data())
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, articles: list[list[list[list[str]]]], data: st.DataObject
) -> None:
    # A sentence begins with a number that no other has, so that its place is the only one; its last word is the answer.
    texts, questions = [], []
    number = 0
    for at, article in enumerate(articles):
        written = []
        for paragraph in article:
            sentences = []
            for words_ in paragraph:
                number += 1
                sentences.append(f"Bird{number:03} saw {' '.join(words_)} there.")
                if data.draw(st.booleans()):
                    answers = tuple(dict.fromkeys(data.draw(st.permutations([f"Bird{number:03}", words_[-1]]))))
                    quoted = (Evidence(f"a{at}", sentences[-1]),)
                    questions.append(GoldQuestion(str(number), "Who?", answers, quoted))
                elif data.draw(st.booleans()):
                    questions.append(GoldQuestion(str(number), "Why?"))
            written.append(" ".join(sentences))
        texts.append(Text(f"a{at}", f"a{at}", "\n\n".join(written)))
    questions = questions or [GoldQuestion("0", "Why?")]
    path = tmp_path_factory.mktemp("gold") / "squad.json"
    write_gold(Gold(tuple(questions), tuple(texts)), path, "squad")
    gold = read_gold(path)
    assert gold.texts == tuple(texts)
    # An unanswerable question at the very start is put into the first text, before or after those of it.
    assert sorted(gold, key=lambda question: int(question.id)) == questions
