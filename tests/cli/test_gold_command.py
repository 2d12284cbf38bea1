"""`pincite gold`: checking, converting and adding to gold files, with whatever stands in them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from qa.cli.main import cli
from qa.errors import PinciteError
from qa.gold import Evidence, GoldQuestion, read_gold
from qa.gold.adding import add_question
from qa.gold.file import repair

HERONS = "Herons eat small fish at dawn.\n\nHerons build nests in tall reeds.\n"
LONG = "The lessee shall pay the rent on the first working day of each month."
LEASE = f"# Lease\n\nThis is an old lease.\n\n{LONG}\n"

Gold = Callable[..., Result]


def permissions_bind() -> bool:
    """Whether modes keep this user out; they do not keep out the superuser."""
    with tempfile.NamedTemporaryFile() as file:
        os.chmod(file.name, 0)
        return not os.access(file.name, os.R_OK)


bound = pytest.mark.skipif(not permissions_bind(), reason="permissions do not bind the superuser")


@pytest.fixture
def gold(store: Path) -> Gold:
    """Run `pincite gold` on the test's store where there is one."""

    def invoke(command: str, *arguments: str | Path, on: Path | None = store) -> Result:
        place = ["--store", str(on)] if on and command != "convert" and on.exists() else []
        line = ["gold", command, *place, *map(str, arguments)]
        result = CliRunner().invoke(cli, line, prog_name="pincite")
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return invoke


@pytest.fixture
def lease(run: Any, tmp_path: Path) -> Path:
    """A folder of two indexed documents."""
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "herons.txt").write_text(HERONS)
    (folder / "lease.md").write_text(LEASE)
    assert run("index", folder).exit_code == 0
    return folder


def record(identifier: str, quote: str = "", document: str = "lease.md", **others: Any) -> dict[str, Any]:
    evidence = {"evidence": [{"document": document, "quote": quote}]} if quote else {}
    return {"id": identifier, "question": f"What about {identifier}?", **evidence, **others}


def written(path: Path, *records: dict[str, Any]) -> Path:
    path.write_bytes("".join(json.dumps(entry) + "\n" for entry in records).encode())
    return path


def told(result: Result) -> str:
    """The sentence on stderr of a command that failed and printed nothing else."""
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("Error: ")
    assert result.stderr.count("\n") == 1
    return result.stderr.removeprefix("Error: ").rstrip("\n")


# --- check


def test_check_of_a_good_file(gold: Gold, lease: Path, tmp_path: Path) -> None:
    path = written(tmp_path / "gold.jsonl", record("a", LONG), record("b", "Herons", "herons.txt"), record("c"))
    result = gold("check", path)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines() == [
        "b  remark  These words stand in 2 places of herons.txt.",
        f"{path}: 3 questions (2 answerable, 1 unanswerable), 2 quotes, 2 documents of the store.",
        "All evidence stands in its document.",
    ]


def test_check_shows_both_quotes(gold: Gold, lease: Path, tmp_path: Path) -> None:
    path = written(tmp_path / "gold.jsonl", record("a", "HERONS eat small fish at  dawn.", "herons.txt"))
    result = gold("check", path)
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "a  respaced  In herons.txt these words are written in another way.",
        "    gold   “HERONS eat small fish at  dawn.”",
        "    there  “Herons eat small fish at dawn.”",
        f"{path}: 1 question (1 answerable, 0 unanswerable), 1 quote, 1 document of the store.",
        "1 piece of evidence does not stand in its document. 1 of them can be put right with --fix.",
    ]


def test_check_json(gold: Gold, lease: Path, tmp_path: Path) -> None:
    changed = LONG.replace("working", "business")
    path = written(tmp_path / "gold.jsonl", record("a", changed), record("b", LONG, "herons.txt"))
    result = gold("check", path, "--json")
    assert (result.exit_code, result.stderr) == (1, "")
    value = json.loads(result.stdout)
    first, second = value.pop("problems")
    assert value == {
        "gold": str(path),
        "questions": 2,
        "answerable": 2,
        "unanswerable": 0,
        "quotes": 2,
        "documents": 2,
        "checked": "store",
        "statuses": {"changed": 1, "elsewhere": 1},
        "remarks": [],
        "fixed": 0,
    }
    # Both are 69 and 70 characters; of "working" and "business" only "in" is common: 2 x (69 - 7 + 2) / 139.
    assert first.pop("similarity") == round(2 * 64 / 139, 4)
    assert first.pop("sentence").endswith("similar ones are (92%).")
    assert first == {
        "id": "a",
        "status": "changed",
        "document": "lease.md",
        "quote": changed,
        "places": 1,
        "found": {"document": "lease.md", "quote": LONG},
        "certain": True,
    }
    assert (second["status"], second["found"]) == ("elsewhere", {"document": "lease.md", "quote": LONG})


def test_check_remarks(gold: Gold, lease: Path, tmp_path: Path) -> None:
    path = written(
        tmp_path / "gold.jsonl",
        record("a", LONG, answers=["the landlord"]),
        record("b", LONG, answers=["The rent", "money"]),  # one of them stands in it
        record("c", LONG, answers=["yes"]),
        record("d", question="what  about A ?"),
    )
    result = gold("check", path, "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["remarks"] == [
        {"id": "a", "remark": "The answer “the landlord” stands in none of its quotes."},
        {"id": "d", "remark": "The same is asked by a."},
    ]


def test_questions_without_text_are_no_twins(gold: Gold, tmp_path: Path) -> None:
    path = tmp_path / "qrels.txt"
    path.write_text("1 0 lease.md 1\n2 0 lease.md 1\n")
    assert json.loads(gold("check", path, "--json").stdout)["remarks"] == []


def test_check_without_a_store_looks_at_the_format_only(gold: Gold, tmp_path: Path) -> None:
    path = written(tmp_path / "gold.jsonl", record("a", LONG))
    result = gold("check", path, on=None)
    assert result.exit_code == 0
    assert "Only the format was checked" in result.stdout
    assert json.loads(gold("check", path, "--json", on=None).stdout)["checked"] == "format"


@pytest.mark.parametrize("extra", [["--store", "nowhere"], ["--fix"]], ids=["named", "fix"])
def test_check_needs_a_store_that_is_named_or_to_fix(gold: Gold, tmp_path: Path, extra: list[str]) -> None:
    path = written(tmp_path / "gold.jsonl", record("a", LONG))
    assert "There is no store in" in told(gold("check", path, *extra, on=None))


def test_check_of_an_empty_default_store(
    gold: Gold, lease: Path, run: Any, tmp_path: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("remove", str(lease)).exit_code == 0
    monkeypatch.setenv("PINCITE_STORE", str(store))
    path = written(tmp_path / "gold.jsonl", record("a", LONG))
    assert "Only the format was checked" in gold("check", path, on=None).stdout
    assert "is empty" in told(gold("check", path))


def test_check_of_a_set_that_brings_its_texts(gold: Gold, tmp_path: Path) -> None:
    path = tmp_path / "squad.json"
    path.write_text(json.dumps(SQUAD))
    result = gold("check", path, on=None)
    assert result.exit_code == 0
    assert "that it brings." in result.stdout
    assert "can be changed: make one of it with pincite gold convert" in told(gold("check", path, "--fix", on=None))


def test_check_of_a_malformed_file(gold: Gold, tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text('{"id": "a", "question": "b?"}\n{"id": "a"}\n')
    assert f"{path}, line 2" in told(gold("check", path))
    assert "cannot be read" in told(gold("check", tmp_path / "none.jsonl"))
    assert "is no BEIR folder" in told(gold("check", tmp_path))
    assert "There is no gold format nonsense" in told(gold("check", path, "--from", "nonsense"))


def test_check_shows_hostile_text_as_its_codes(gold: Gold, lease: Path, tmp_path: Path) -> None:
    evil = "\x1b[2J\u202eevil\nline"
    (lease / "evil.txt").write_text(f"Before. The tower of London{evil} is old. After.\n")
    path = written(tmp_path / "gold\x1b[0m.jsonl", record(f"a{evil}", evil * 3, f"{evil}.txt", answers=[evil]))
    result = gold("check", path)
    assert result.exit_code == 1
    for character in ("\x1b", "\u202e"):
        assert character not in result.output
    assert "\\u001b[2J\\u202eevil\\u000aline" in result.stdout
    assert json.loads(gold("check", path, "--json").stdout)["problems"][0]["quote"] == evil * 3


# --- check --fix


def test_fix_changes_only_what_is_certain(gold: Gold, lease: Path, tmp_path: Path) -> None:
    lines = [
        b'\xef\xbb\xbf{"id":"a",  "question":"A?"}\r\n',
        b'{"question": "B?", "id": "b", "evidence": [{"quote": "herons EAT small fish", "document": "herons.txt", '
        b'"grade": 2}], "tags": ["\xc3\xa9"]}\r\n',
        b"\r\n",
        b'{"id": "c", "question": "C?", "evidence": [{"document": "herons.txt", "quote": "gone for ever"}]}',
    ]
    path = tmp_path / "gold.jsonl"
    path.write_bytes(b"".join(lines))
    result = gold("check", path, "--fix")
    assert result.exit_code == 1  # one is left
    assert "b  respaced  fixed" in result.stdout
    assert "1 quote put right. 1 piece of evidence does not stand in its document." in result.stdout
    fixed = lines[1].replace(b"herons EAT small fish", b"Herons eat small fish")
    assert path.read_bytes() == b"".join([lines[0], fixed, *lines[2:]])
    assert sorted(entry.name for entry in tmp_path.iterdir() if "gold" in entry.name) == ["gold.jsonl"]


def test_fix_makes_a_file_good(gold: Gold, lease: Path, tmp_path: Path) -> None:
    changed = LONG.replace("working", "business")
    real = written(tmp_path / "real.jsonl", record("a", changed), record("b", LONG, "herons.txt"), record("c", LONG))
    real.chmod(0o640)
    link = tmp_path / "gold.jsonl"
    link.symlink_to(real)
    result = gold("check", link, "--fix")
    assert result.exit_code == 0
    assert result.stdout.endswith("2 quotes put right. All evidence stands in its document.\n")
    assert [question.evidence[0].document for question in read_gold(real)] == ["lease.md"] * 3
    assert {question.evidence[0].quote for question in read_gold(real)} == {LONG}
    assert link.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640
    before = real.stat().st_ino, real.read_bytes()
    assert gold("check", link, "--fix").exit_code == 0
    assert (real.stat().st_ino, real.read_bytes()) == before  # nothing to do, nothing written


def test_a_file_that_was_spoiled_meanwhile_is_not_repaired(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text('{"id": "a", "question": "A?", "evidence": [1]}\n')
    with pytest.raises(PinciteError, match="line 1"):
        repair(path, {("a", Evidence("b", "c")): Evidence("b", "d")})


def test_fix_refuses_a_list(gold: Gold, lease: Path, tmp_path: Path) -> None:
    path = tmp_path / "gold.json"
    path.write_text(json.dumps([record("a", LONG.upper())]))
    before = path.read_bytes()
    assert f"make one of it with pincite gold convert {path}" in told(gold("check", path, "--fix"))
    assert path.read_bytes() == before
    assert gold("convert", path, tmp_path / "lines.jsonl").exit_code == 0
    assert gold("check", tmp_path / "lines.jsonl", "--fix").exit_code == 0


@bound
def test_a_file_that_may_only_be_read_stays(gold: Gold, lease: Path, tmp_path: Path) -> None:
    path = written(tmp_path / "gold.jsonl", record("a", LONG.upper()))
    path.chmod(0o400)
    before = path.read_bytes()
    assert "cannot be changed: Permission denied" in told(gold("check", path, "--fix"))
    assert "cannot be changed" in told(gold("add", path, "--question", "New?"))
    assert path.read_bytes() == before


# --- convert

SQUAD = {
    "version": "v2.0",
    "data": [
        {
            "title": "Birds: of a/feather",
            "paragraphs": [
                {
                    "context": HERONS.strip(),
                    "qas": [
                        {
                            "id": "s1",
                            "question": "What do herons eat?",
                            "is_impossible": False,
                            "answers": [{"text": "small fish", "answer_start": 11}],
                        },
                        {"id": "s2", "question": "Who reigns?", "is_impossible": True, "answers": []},
                    ],
                }
            ],
        }
    ],
}


@pytest.fixture
def squad(tmp_path: Path) -> Path:
    path = tmp_path / "squad.json"
    path.write_text(json.dumps(SQUAD))
    return path


def test_convert_with_texts_can_be_indexed_and_asked(gold: Gold, run: Any, squad: Path, tmp_path: Path) -> None:
    target, texts = tmp_path / "gold.jsonl", tmp_path / "texts"
    result = gold("convert", squad, target, "--texts", texts)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines() == [
        f"Wrote {target} (house) from 2 questions.",
        f"Wrote 1 text to {texts}: index them with pincite index {texts}",
    ]
    assert run("index", texts).exit_code == 0
    assert gold("check", target).exit_code == 0
    value = json.loads(run("eval", target, "--json").stdout)
    assert value["questions"] == 2
    assert value["metrics"]["recall@5"]["value"] == 1.0


def test_convert_says_what_is_lost(gold: Gold, squad: Path, tmp_path: Path) -> None:
    result = gold("convert", squad, tmp_path / "gold.csv")
    assert result.exit_code == 0
    assert result.stderr.splitlines() == [
        "csv has no place for the quotes of 1 question.",
        "csv has no place for the 1 text: write them with --texts DIR.",
    ]
    rows = (tmp_path / "gold.csv").read_text().splitlines()
    assert rows[0] == "id,question,answer,source"
    assert rows[1].startswith("s1,What do herons eat?,small fish,")


def test_convert_to_formats_that_judge_documents(gold: Gold, squad: Path, tmp_path: Path) -> None:
    value = json.loads(gold("convert", squad, tmp_path / "beir", "--to", "beir", "--json").stdout)
    assert value == {
        "source": str(squad),
        "target": str(tmp_path / "beir"),
        "format": "beir",
        "questions": 2,
        "texts": 0,
        "lost": [
            "beir has no place for 1 question of 2, which are left out.",
            "beir has no place for the answers of 1 question.",
            "beir has no place for the quotes of 1 question.",
        ],
    }
    (question,) = read_gold(tmp_path / "beir")
    assert (question.id, question.whole_documents) == ("s1", True)
    assert "has white space in it" in told(gold("convert", tmp_path / "beir", tmp_path / "b.trec"))


def test_convert_names_the_texts_that_a_format_keeps_by_their_files(gold: Gold, squad: Path, tmp_path: Path) -> None:
    assert gold("convert", squad, tmp_path / "b.json", "--texts", tmp_path / "texts").exit_code == 0
    (text,) = read_gold(tmp_path / "b.json").texts
    assert text.name in [entry.name for entry in (tmp_path / "texts").iterdir()]


def test_convert_drops_grades_and_tags_for_csv(gold: Gold, tmp_path: Path) -> None:
    entry = record("a", answers=["rent"], tags=["law"], evidence=[{"document": "lease.md", "grade": 2}])
    result = gold("convert", written(tmp_path / "gold.jsonl", entry), tmp_path / "gold.csv")
    assert result.exit_code == 0
    assert (
        result.stderr
        == "csv has no place for the grades of 1 question.\ncsv has no place for the tags of 1 question.\n"
    )
    (question,) = read_gold(tmp_path / "gold.csv")
    assert question.evidence == (Evidence("lease.md"),)


def test_convert_does_not_write_over_anything(gold: Gold, squad: Path, tmp_path: Path) -> None:
    target, texts = tmp_path / "gold.jsonl", tmp_path / "texts"
    target.write_text("mine")
    assert f"{target} exists already" in told(gold("convert", squad, target))
    assert target.read_text() == "mine"
    texts.mkdir()
    (texts / "mine.txt").write_text("mine")
    other = tmp_path / "other.jsonl"
    assert f"{texts} exists already" in told(gold("convert", squad, other, "--texts", texts))
    assert not other.exists()
    assert gold("convert", squad, target, "--texts", texts, "--force").exit_code == 0
    assert (texts / "mine.txt").read_text() == "mine"


def test_convert_refuses_what_cannot_be(gold: Gold, squad: Path, tmp_path: Path) -> None:
    plain = written(tmp_path / "gold.jsonl", record("a", LONG, answers=["rent"]))
    assert "brings no texts" in told(gold("convert", plain, tmp_path / "b.csv", "--texts", tmp_path / "t"))
    assert "bring no texts" in told(gold("convert", plain, tmp_path / "b.json"))
    assert "only read" in told(gold("convert", squad, tmp_path / "b", "--to", "kilt"))
    assert "cannot be written" in told(gold("convert", squad, tmp_path / "b.csv", "--texts", plain, "--force"))
    assert "cannot be written" in told(gold("convert", squad, tmp_path, "--to", "house", "--force"))


# --- add


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8-sig").splitlines()]


def test_add_makes_a_file_and_goes_on(gold: Gold, lease: Path, tmp_path: Path) -> None:
    path = tmp_path / "new" / "gold.jsonl"
    first = gold(
        "add",
        path,
        "--question",
        "When is the rent due?",
        "--answer",
        "on the first working day",
        "--document",
        "lease.md",
        "--quote",
        LONG,
        "--tag",
        "law",
    )
    assert (first.exit_code, first.stdout, first.stderr) == (0, f"Added q1 to {path}.\n", "")
    second = gold("add", path, "--question", "Who reigns?")
    assert second.stdout == f"Added q2 to {path} as one that the documents do not answer.\n"
    third = gold("add", path, "--question", "What is old?", "--document", "lease.md", "--id", "x", "--json")
    assert json.loads(third.stdout) == {
        "gold": str(path),
        "id": "x",
        "question": "What is old?",
        "answers": [],
        "evidence": [{"document": "lease.md", "quote": ""}],
        "tags": [],
        "remarks": [],
    }
    assert lines(path) == [
        {
            "id": "q1",
            "question": "When is the rent due?",
            "answers": ["on the first working day"],
            "evidence": [{"document": "lease.md", "quote": LONG}],
            "tags": ["law"],
        },
        {"id": "q2", "question": "Who reigns?"},
        {"id": "x", "question": "What is old?", "evidence": [{"document": "lease.md"}]},
    ]
    assert gold("check", path).exit_code == 0
    assert [entry.name for entry in path.parent.iterdir()] == ["gold.jsonl"]


def test_add_keeps_the_words_of_the_document(gold: Gold, lease: Path, tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    result = gold("add", path, "--question", "A?", "--document", "herons.txt", "--quote", "herons  eat small fish")
    assert result.exit_code == 0
    assert "herons.txt has these words, which are kept: “Herons eat small fish”" in result.stdout
    assert lines(path)[0]["evidence"] == [{"document": "herons.txt", "quote": "Herons eat small fish"}]


def test_add_pairs_documents_and_quotes(gold: Gold, lease: Path, tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    one, two, three = "eat small fish", "build nests", "an old lease"
    paired = ["--document", "herons.txt", "--quote", one, "--document", "lease.md", "--quote", three]
    assert gold("add", path, "--question", "A?", *paired).exit_code == 0
    assert gold("add", path, "--question", "B?", *paired[:4], "--quote", two).exit_code == 0
    assert [entry["evidence"] for entry in lines(path)] == [
        [{"document": "herons.txt", "quote": one}, {"document": "lease.md", "quote": three}],
        [{"document": "herons.txt", "quote": one}, {"document": "herons.txt", "quote": two}],
    ]
    before = path.read_bytes()
    for wrong in (["--quote", one], [*paired, "--quote", two]):
        assert "name a document for each quote" in told(gold("add", path, "--question", "C?", *wrong))
    assert "A --quote is empty" in told(gold("add", path, "--question", "C?", *paired[:2], "--quote", " "))
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("document", "quote", "sentence"),
    [
        ("lease.md", LONG.replace("working", "business"), f"similar ones are (92%). In lease.md stands: “{LONG}”"),
        ("herons.txt", LONG, f"These words stand in lease.md. In lease.md stands: “{LONG}”"),
        ("lease.md", "gone for ever", "Nothing like these words stands in lease.md."),
        ("none.txt", "gone for ever", "Nothing is indexed under the name none.txt"),
        ("none.txt", "", "Nothing is indexed under the name none.txt"),
    ],
)
def test_add_refuses_what_does_not_stand_there(
    gold: Gold, lease: Path, tmp_path: Path, document: str, quote: str, sentence: str
) -> None:
    path = tmp_path / "gold.jsonl"
    extra = ["--quote", quote] if quote else []
    assert sentence in told(gold("add", path, "--question", "A?", "--document", document, *extra))
    assert not path.exists()


def test_add_refuses_what_stands_already(gold: Gold, lease: Path, tmp_path: Path) -> None:
    path = written(tmp_path / "gold.jsonl", record("a"))
    before = path.read_bytes()
    assert "under the id a" in told(gold("add", path, "--question", "what ABOUT a"))
    assert "a question with the id a already" in told(gold("add", path, "--question", "B?", "--id", "a"))
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("before", "between"),
    [
        (b'{"id":"q2","question":"A?"}', b"\n"),
        (b'{"id":"q2","question":"A?"}\n', b""),
        (b'\xef\xbb\xbf{"id":"q2","question":"A?"}\r\n', b""),
        (b'{"id":"q2",  "question":"\xc3\xa9?"}\n\n  \n', b""),
        (b"", b""),
        (b"\xef\xbb\xbf", b""),
        (b"\n", b""),
    ],
)
def test_add_leaves_what_is_there(gold: Gold, tmp_path: Path, before: bytes, between: bytes) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_bytes(before)
    assert gold("add", path, "--question", "“B”?").exit_code == 0
    identifier = b"q3" if b"q2" in before else b"q1"  # the second question would be q2, which is taken
    assert (
        path.read_bytes() == before + between + b'{"id": "%s", "question": "\xe2\x80\x9cB\xe2\x80\x9d?"}\n' % identifier
    )
    assert gold("check", path).exit_code == 0


def test_add_refuses_files_that_are_no_house_files(gold: Gold, squad: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").write_text('{"id": "a", "question": "b?"}\n{"id"')
    (tmp_path / "latin.jsonl").write_bytes(b'{"id": "a", "question": "\xe9?"}\n')
    for name, sentence in (
        ("squad.json", "no gold file with a question a line"),
        ("bad.jsonl", "line 2"),
        ("latin.jsonl", "not UTF-8"),
        ("new.json", "has to end in .jsonl"),
        ("", "no gold file with a question a line"),  # a folder
        ("squad.json/gold.jsonl", "cannot be changed"),
    ):
        before = {entry: entry.read_bytes() for entry in tmp_path.iterdir() if entry.is_file()}
        assert sentence in told(gold("add", tmp_path / name, "--question", "A?"))
        assert {entry: entry.read_bytes() for entry in tmp_path.iterdir() if entry.is_file()} == before


@pytest.mark.parametrize("option", ["--question", "--answer", "--tag", "--id"])
@pytest.mark.parametrize("value", ["\ud800", "a\0b", " "])
def test_add_refuses_texts_that_no_file_can_hold(gold: Gold, tmp_path: Path, option: str, value: str) -> None:
    question = [] if option == "--question" else ["--question", "A?"]
    path = tmp_path / "gold.jsonl"
    assert "of the new question cannot be kept" in told(gold("add", path, *question, option, value))
    assert not path.exists()


def test_add_needs_documents_only_for_evidence(gold: Gold, tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    assert "There is no store" in told(gold("add", path, "--question", "A?", "--document", "a.txt"))
    assert gold("add", path, "--question", "A?").exit_code == 0


def test_many_adding_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    failures: list[BaseException] = []

    def add(number: int) -> None:
        try:
            add_question(path, GoldQuestion("", f"Question {number}?"), None)
        except PinciteError as error:
            failures.append(error)

    threads = [threading.Thread(target=add, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    questions = read_gold(path)
    assert {question.question for question in questions} == {f"Question {number}?" for number in range(12)}
    assert {question.id for question in questions} == {f"q{number}" for number in range(1, 13)}
    assert [entry.name for entry in tmp_path.iterdir()] == ["gold.jsonl"]


_FULL = """
import resource, signal, sys
from pathlib import Path
from qa.errors import PinciteError
from qa.gold.questions import GoldQuestion
from qa.gold.adding import add_question
path = Path(sys.argv[1])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
try:
    add_question(path, GoldQuestion("", "x" * int(sys.argv[3])), None)
except PinciteError as error:
    sys.exit(str(error))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no limit on the size of files there")
@pytest.mark.parametrize("is_new", [True, False])
def test_a_disk_that_is_full_keeps_no_half_line(tmp_path: Path, is_new: bool) -> None:
    # The line fits into a file of its own, where it is read back, but not behind what is there; or nowhere.
    path = tmp_path / "gold.jsonl"
    before = b"" if is_new else b'{"id": "a", "question": "%s?"}\n' % (b"a" * 400)
    if before:
        path.write_bytes(before)
    length = "900" if is_new else "300"
    command = [sys.executable, "-c", _FULL, str(path), "500", length]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "cannot be" in done.stderr
    assert "Traceback" not in done.stderr
    assert (path.read_bytes() if path.exists() else b"") == before
