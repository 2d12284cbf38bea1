"""Texts that a gold set brings along: files of any name, a store that is gone afterwards, evidence under its names."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from qa import Assistant, PinciteError, Retriever, evaluate
from qa.gold import Evidence, Gold, GoldQuestion, Text, indexed, read_gold
from qa.gold.texts import file_name, write_texts

names = st.text(st.characters(exclude_categories=())) | st.text('aA./\\ %-~:*?"<>|', max_size=6)
"""Any characters at all, halves of surrogate pairs included, and those that file systems mind."""


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that temporary folders are made in."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


# --- names of files

AWKWARD = [
    *("", " ", ".", "..", "...", ".hidden", "a.", "a ", " a", "a. ", "-", "~", "%", "%2F"),
    *("con", "CON", "nul.b", "com1", "lpt9 ", "aux.txt", "a/b", "/etc/passwd", "../../a", "a\\b", "C:\\a", "a:b"),
    *("a\0b", "a\nb", "\x1b[31m", "\u202e", "\ud800", "\udfff", "é", "e\u0301", "İ", "ı", "ß", "ss", "ſ", "s"),
    *("a", "A", "aa", "aA", "a" * 300, "a" * 299 + "b", "A" * 300, "深" * 300, "a" * 120, "a" * 121, "a" * 119 + " b"),
]


def valid(name: str) -> bool:
    """Whether every file system takes it, and no reader of folders hides it."""
    return (
        name.isascii()
        and name.isprintable()
        and not set(name) & set('/\\:*?"<>|')
        and not name.startswith((".", " "))
        and not name.endswith((".", " "))
        and name.endswith(".txt")
        and name.partition(".")[0].strip().lower()
        not in {"con", "prn", "aux", "nul", "com1", "com9", "lpt1", "lpt9", ""}
        and len(name) <= 200
    )


def test_awkward_names_give_files_that_differ_also_where_case_does_not_count() -> None:
    files = [file_name(name) for name in AWKWARD]
    assert [file for file in files if not valid(file)] == []
    assert len({file.casefold() for file in files}) == len(AWKWARD)


@pytest.mark.parametrize("name", ["a", "herons of the lakes", "d1", "1234", "a-b_c, (d) [e]", "a.b", "it's"])
def test_plain_names_stay_as_they_are(name: str) -> None:
    assert file_name(name) == f"{name}.txt"


@settings(max_examples=500, deadline=None)
@given(names, names)
@example("a", "A")
@example("\ud800", "\ud801")
@example("", ".")
def test_different_names_give_different_files(first: str, second: str) -> None:
    assume(first != second)
    assert valid(file_name(first)), first
    assert file_name(first) == file_name(first)
    assert file_name(first).casefold() != file_name(second).casefold()


@pytest.mark.parametrize("name", AWKWARD)
def test_no_name_can_be_that_of_another_ones_file(name: str) -> None:
    file = file_name(name)
    taken = {file_name(other).casefold() for other in (file, file.removesuffix(".txt"), file.lower(), file.upper())}
    assert file.casefold() not in taken - {file.casefold()} or name == file.removesuffix(".txt")
    if name != file.removesuffix(".txt"):
        assert file.casefold() not in taken


def test_every_text_gets_a_file_but_those_without_words(tmp_path: Path) -> None:
    texts = [Text(name, "", f"Text {number}.") for number, name in enumerate(AWKWARD)]
    gold = Gold((), (*texts, Text("blank", "", " \n\t"), Text("none", "", "")))
    written = write_texts(gold, tmp_path / "new" / "texts")
    assert written.keys() == set(AWKWARD)
    found = {file.name: file.read_text() for file in (tmp_path / "new" / "texts").iterdir()}
    assert found == {written[text.name]: text.text for text in texts}
    assert sorted(file.parent for file in tmp_path.rglob("*.txt")) == [tmp_path / "new" / "texts"] * len(AWKWARD)


@pytest.mark.parametrize("name", ["Harbour", "Port of Ghent", "D1", "README", "X.Y"])
def test_capitals_need_no_hash_where_no_other_name_is_like_them(tmp_path: Path, name: str) -> None:
    assert file_name(name, alone=True) == f"{name}.txt"
    assert "%" in file_name(name)
    others = (Text("harbours", "", "b"), Text(name + "!", "", "c"))
    assert write_texts(Gold((), (Text(name, "", "a"), *others)), tmp_path)[name] == f"{name}.txt"


def test_names_that_differ_by_case_alone_keep_their_hash(tmp_path: Path) -> None:
    names = ["Harbour", "harbour", "HARBOUR", "Lake"]
    written = write_texts(Gold((), tuple(Text(name, "", name) for name in names)), tmp_path)
    assert [written[name] for name in ("harbour", "Lake")] == ["harbour.txt", "Lake.txt"]
    assert [written[name] for name in ("Harbour", "HARBOUR")] == [file_name("Harbour"), file_name("HARBOUR")]
    assert len({file.casefold() for file in written.values()}) == 4
    # An empty text has no file, and takes none away from another one.
    beside = Gold((), (Text("Harbour", "", "a"), Text("harbour", "", " ")))
    assert write_texts(beside, tmp_path / "beside") == {"Harbour": "Harbour.txt"}


@settings(max_examples=200, deadline=None)
@given(st.lists(names | st.sampled_from(AWKWARD) | st.text("aAbB.% "), unique=True, max_size=8))
def test_the_files_of_a_set_differ_also_where_case_does_not_count(
    tmp_path_factory: pytest.TempPathFactory, called: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("texts")
    written = write_texts(Gold((), tuple(Text(name, "", f"Text {at}.") for at, name in enumerate(called))), folder)
    assert list(written) == called
    assert [file for file in written.values() if not valid(file)] == []
    assert len({file.casefold() for file in written.values()}) == len(called)
    assert [(folder / written[name]).read_text() for name in called] == [f"Text {at}." for at in range(len(called))]


def test_half_a_character_in_a_text(tmp_path: Path) -> None:
    write_texts(Gold((), (Text("a", "", "half \ud800 a pair"),)), tmp_path)
    assert (tmp_path / "a.txt").read_text() == "half ? a pair"


# --- a library of them

LAKES = Text("Lakes/1", "Lakes", "Herons eat small fish at dawn.\n\nHerons build nests in tall reeds.")
HILLS = Text("hills", "Hills", "Foxes dig dens under old oaks.")


def question(id_: str, *evidence: tuple[str, str]) -> GoldQuestion:
    return GoldQuestion(id_, "What do herons eat?", ("small fish",), tuple(Evidence(*each) for each in evidence))


def test_evidence_is_found_under_the_names_of_the_set(encoder: Any, temporary: Path) -> None:
    gold = Gold((question("quote", ("Lakes/1", "small fish")), question("whole", ("hills", ""))), (LAKES, HILLS))
    told: list[int] = []
    with indexed(gold, encoder=encoder, progress=lambda *done: told.append(1)) as (library, asked):
        assert [each.evidence[0].quote for each in asked] == ["small fish", ""]
        assert asked.texts == gold.texts
        assert [(each.id, each.question, each.answers) for each in asked] == [
            (each.id, each.question, each.answers) for each in gold
        ]
        report = evaluate(Retriever(library), asked)
        assert [row.lost_quotes for row in report.per_question] == [(), ()]
        assert report.per_question[0].scores["success@1"] == 1
        with library.reading() as reading:
            sources = sorted(row.name for row in reading.sources())
    assert sources == sorted([file_name("Lakes/1"), "hills.txt"])
    assert told


@pytest.mark.parametrize("name", AWKWARD)
def test_a_text_of_any_name_is_found(encoder: Any, temporary: Path, name: str) -> None:
    texts = (Text(name, "", LAKES.text), Text("another", "", HILLS.text))
    with indexed(Gold((question("q", (name, "small fish")),), texts), encoder=encoder) as (library, asked):
        row = evaluate(Retriever(library), asked).per_question[0]
    assert (row.lost_quotes, row.scores["recall@5"]) == ((), 1.0)


@pytest.mark.parametrize("missing", ["rivers", "hills.txt", "hills.txt.txt", "blank", "", ".", "/", "Lakes", "LAKES/1"])
def test_evidence_of_a_text_that_is_not_there_is_lost(encoder: Any, temporary: Path, missing: str) -> None:
    """Whatever the files of the others are called."""
    texts = (LAKES, HILLS, Text("blank", "", " "), Text("hills.md", "", "Voles run."))
    gold = Gold((question("there", ("hills", "")), question("gone", (missing, ""))), texts)
    with indexed(gold, encoder=encoder) as (library, asked):
        rows = evaluate(Retriever(library), asked).per_question
    assert rows[0].lost_quotes == ()
    assert rows[1].lost_quotes == (f"missing: {missing}",)
    assert rows[1].scores["recall@100"] == 0


def test_texts_that_are_the_same_stay_known_by_both_names(encoder: Any, temporary: Path) -> None:
    gold = Gold(
        (question("a", ("a", "small fish")), question("b", ("b", "small fish"))),
        (Text("a", "", LAKES.text), Text("b", "", LAKES.text)),
    )
    with indexed(gold, encoder=encoder) as (library, asked):
        rows = evaluate(Retriever(library), asked).per_question
    assert [row.scores["recall@5"] for row in rows] == [1.0, 1.0]


def test_the_folder_is_gone_afterwards(encoder: Any, temporary: Path) -> None:
    gold = Gold((question("q", ("hills", "")),), (HILLS,))
    with indexed(gold, encoder=encoder) as (library, _):
        (folder,) = temporary.iterdir()
        assert folder.name.startswith("pincite-eval-")
        assert sorted(entry.name for entry in folder.iterdir()) == ["store", "texts"]
        library.require_documents()
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("error", [ValueError("mine"), KeyboardInterrupt(), PinciteError("A sentence.")])
def test_the_folder_is_gone_when_something_goes_wrong(encoder: Any, temporary: Path, error: BaseException) -> None:
    with pytest.raises(type(error)), indexed(Gold((), (HILLS,)), encoder=encoder):
        raise error
    assert list(temporary.iterdir()) == []


def test_the_folder_is_gone_when_nothing_can_be_indexed(encoder: Any, temporary: Path) -> None:
    class Broken(type(encoder)):  # type: ignore[misc]
        def encode_document(self, texts: Any, progress: Any = None) -> Any:
            raise ValueError("The model is broken.")

    with pytest.raises(PinciteError), indexed(Gold((), (HILLS,)), encoder=Broken()) as _:
        pytest.fail("nothing was indexed")
    assert list(temporary.iterdir()) == []
    for gold in (Gold((), ()), Gold((), (Text("blank", "", " "),))):
        with pytest.raises(PinciteError, match="no text with words"), indexed(gold, encoder=encoder):
            pytest.fail("nothing was indexed")
    assert list(temporary.iterdir()) == []


# --- sets of the field


@pytest.fixture
def squad(tmp_path: Path) -> Path:
    path = tmp_path / "squad.json"
    context = LAKES.text
    answer = {"text": "small fish", "answer_start": context.index("small fish")}
    asked = [
        {"id": "eat", "question": "What do herons eat?", "answers": [answer], "is_impossible": False},
        {"id": "old", "question": "How old do herons get?", "answers": [], "is_impossible": True},
    ]
    article = {"title": "../Herons", "paragraphs": [{"context": context, "qas": asked}]}
    path.write_text(json.dumps({"version": "v2.0", "data": [article]}))
    return path


@pytest.fixture
def over_squad(squad: Path, encoder: Any, temporary: Path) -> Iterator[tuple[Any, Gold]]:
    with indexed(read_gold(squad), encoder=encoder) as found:
        yield found


def test_squad(over_squad: tuple[Any, Gold]) -> None:
    library, asked = over_squad
    rows = {row.id: row for row in evaluate(Assistant(library), asked).per_question}
    assert rows["eat"].wanted[0].quote == "Herons eat small fish at dawn."
    assert rows["eat"].scores["success@1"] == 1
    assert rows["eat"].citations == () or rows["eat"].scores["citation_validity"] == 1
    assert rows["old"].answerable is False
