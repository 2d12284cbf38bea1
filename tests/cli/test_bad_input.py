"""Bad input: a sentence that names the thing and says what to do, exit code 2, nothing lost, nothing raw on stdout."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from qa.cli.main import cli
from qa.readers import formats

READING = [
    ("ask", "What do herons eat?"),
    ("search", "herons"),
    ("sources",),
    ("status",),
    ("check",),
    ("remove", "herons.txt"),
]
"""Commands that only look at a store, or take out of it; none of them ever makes one."""


def told(result: Result) -> str:
    """What a person is told: exit code 2, nothing on stdout, a sentence on stderr."""
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    assert result.stderr.startswith("Error: ")
    assert result.stderr.rstrip()
    return result.stderr.removeprefix("Error: ").rstrip("\n")


# --- where there is no store


@pytest.mark.parametrize("as_json", [False, True], ids=["text", "json"])
@pytest.mark.parametrize("command", READING, ids=lambda command: command[0])
def test_reading_never_makes_a_store(run: Any, store: Path, command: tuple[str, ...], as_json: bool) -> None:
    sentence = told(run(*command, *(["--json"] if as_json else [])))
    assert str(store) in sentence
    assert f"pincite index PATH --store {store}" in sentence
    assert not store.exists()


def test_eval_never_makes_a_store(run: Any, store: Path, tmp_path: Path) -> None:
    gold = tmp_path / "gold.jsonl"
    gold.write_text('{"id": "q1", "question": "What do herons eat?"}')
    for command in (("eval", gold), ("eval", gold, "--retrieval-only"), ("sweep", gold, "--over", "k=1,2")):
        assert f"pincite index PATH --store {store}" in told(run(*command))
        assert not store.exists()


@pytest.mark.parametrize("command", READING, ids=lambda command: command[0])
def test_a_folder_that_is_no_store_is_left_alone(run: Any, store: Path, command: tuple[str, ...]) -> None:
    store.mkdir()
    (store / "letter.txt").write_text("mine")
    assert "pincite index PATH" in told(run(*command))
    assert [file.name for file in store.iterdir()] == ["letter.txt"]


@pytest.mark.parametrize("command", READING, ids=lambda command: command[0])
def test_an_empty_store_is_told_with_the_line_to_run(
    run: Any, store: Path, tmp_path: Path, command: tuple[str, ...]
) -> None:
    # Made, and nothing could be put in: the file named was not text.
    bad = tmp_path / "bad.txt"
    bad.write_bytes(b"\0")
    assert run("index", bad).exit_code == 2
    assert store.is_dir()
    assert f"pincite index PATH --store {store}" in told(run(*command))


@pytest.mark.parametrize("command", READING[:2], ids=lambda command: command[0])
def test_a_store_that_was_emptied_is_told_with_the_line_to_run(
    run: Any, indexed: Path, store: Path, command: tuple[str, ...]
) -> None:
    run("remove", indexed)
    assert f"pincite index PATH --store {store}" in told(run(*command))


def test_a_store_of_another_program_is_left_alone(run: Any, store: Path, docs: Path) -> None:
    import sqlite3

    store.mkdir()
    connection = sqlite3.connect(store / "store.db")
    connection.executescript("CREATE TABLE mine (x); INSERT INTO mine VALUES (7);")
    connection.close()
    before = (store / "store.db").read_bytes()
    for command in (("index", str(docs)), *READING):
        if command[0] == "check":
            continue  # tells it as damage
        assert f"{store / 'store.db'} was not made by Pincite" in told(run(*command))
    assert (store / "store.db").read_bytes() == before


def test_a_file_in_the_place_of_the_store(tmp_path: Path, docs: Path) -> None:
    file = tmp_path / "file"
    file.write_text("mine")
    for command in (["index", str(docs)], ["ask", "Who?"], ["status"]):
        result = CliRunner().invoke(cli, [*command, "--store", str(file)])
        assert (result.exit_code, result.stdout) == (2, "")
        assert str(file) in result.stderr
    assert file.read_text() == "mine"


# --- what cannot be indexed


def test_a_missing_path(run: Any, indexed: Path, contents: Any, tmp_path: Path) -> None:
    before = contents()
    sentence = told(run("index", indexed, tmp_path / "nowhere"))
    assert sentence == f"There is no file or folder {tmp_path / 'nowhere'}: check the name."
    assert contents() == before


def test_an_empty_folder(run: Any, indexed: Path, contents: Any, tmp_path: Path) -> None:
    before = contents()
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "picture.png").write_bytes(b"\x89PNG")
    sentence = told(run("index", tmp_path / "empty"))
    assert sentence.startswith(f"There is nothing to index in {tmp_path / 'empty'}: it holds no {formats()} files.")
    assert contents() == before


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("binary.txt", b"PK\x03\x04\x00\x00", "it holds NUL characters"),
        ("latin.txt", b"\xef\xbb\xbfcaf\xe9", "it is not valid UTF-8: byte 0xe9 at 6."),
        ("cut.md", b"# caf\xc3", "it is not valid UTF-8: byte 0xc3 at 5."),
        ("utf16.txt", b"\xff\xfea\x00b", "it is not valid UTF-16"),
        ("blank.txt", b"\n \n", "there is no text in it."),
        ("empty.md", b"", "there is no text in it."),
        ("letter.docx", b"PK", "it is damaged or cut off: the list of its parts cannot be read. Copy it again."),
        ("letter.odt", b"PK", f".odt is not a format that can be read ({formats()})."),
        ("Makefile", b"all:", f"a file without a suffix is not a format that can be read ({formats()})."),
    ],
)
@pytest.mark.parametrize("as_json", [False, True], ids=["text", "json"])
def test_a_file_that_cannot_be_read_by_itself(
    run: Any, indexed: Path, contents: Any, tmp_path: Path, name: str, data: bytes, reason: str, as_json: bool
) -> None:
    before = contents()
    (tmp_path / name).write_bytes(data)
    result = run("index", tmp_path / name, *(["--json"] if as_json else []))
    assert result.exit_code == 2
    assert "Nothing was indexed" in result.stderr
    if as_json:
        receipt = json.loads(result.stdout)
        assert [failure["source"] for failure in receipt["failed"]] == [name]
        assert receipt["failed"][0]["error"].startswith(reason)
    else:
        assert f"failed    {name}: {reason}" in result.stdout
    assert contents() == before


@pytest.fixture
def unreadable(docs: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file without permissions. The administrator may read it all the same; for that case the system is played."""
    file = docs / "secret.txt"
    file.write_text("not for you")
    file.chmod(0)
    if os.access(file, os.R_OK):
        opened = os.open

        def refuse(path: Any, *arguments: Any, **more: Any) -> int:
            if path == str(file):
                raise PermissionError(13, "Permission denied", path)
            return opened(path, *arguments, **more)

        monkeypatch.setattr(os, "open", refuse)
    return file


def test_an_unreadable_file_stops_nothing(run: Any, docs: Path, unreadable: Path) -> None:
    result = run("index", docs, "--json")
    assert result.exit_code == 0
    receipt = json.loads(result.stdout)
    assert receipt["failed"] == [{"source": "secret.txt", "error": "it may not be read: check its permissions."}]
    assert len(receipt["added"]) == 2


def test_an_unreadable_file_by_itself(run: Any, indexed: Path, unreadable: Path, contents: Any) -> None:
    before = contents()
    result = run("index", unreadable)
    assert result.exit_code == 2
    assert "failed    secret.txt: it may not be read: check its permissions." in result.stdout
    assert contents() == before


def test_a_file_that_became_unreadable_keeps_answering(run: Any, indexed: Path) -> None:
    """A bad version of a file takes nothing away: the version that was read stays until it can be read again."""
    (indexed / "water" / "herons.txt").write_bytes(b"\0")
    result = run("index", indexed, "--json")
    assert result.exit_code == 0
    assert [failure["source"] for failure in json.loads(result.stdout)["failed"]] == ["water/herons.txt"]
    assert run("ask", "What do herons eat?").exit_code == 0


def test_a_pipe_is_not_waited_for(run: Any, docs: Path) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("this system has no named pipes")
    os.mkfifo(docs / "pipe.txt")
    result = run("index", docs, "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["failed"] == [{"source": "pipe.txt", "error": "it is not a regular file."}]


# --- what cannot be asked


@pytest.mark.parametrize("question", ["", "   ", "\n\t"])
@pytest.mark.parametrize("command", ["ask", "search"])
def test_an_empty_question(run: Any, indexed: Path, contents: Any, command: str, question: str) -> None:
    before = contents()
    assert told(run(command, question)) == "The question is empty: ask something."
    assert contents() == before


@pytest.mark.parametrize("command", ["ask", "search"])
def test_a_question_of_100_kilobytes(run: Any, indexed: Path, contents: Any, command: str) -> None:
    before = contents()
    sentence = told(run(command, "heron " * 17_000))
    assert sentence == (
        "The question is 101,999 characters long, and the longest that can be asked is 2,000: "
        "shorten it, or index the text and ask about it."
    )
    assert contents() == before


@pytest.mark.parametrize(
    "question", ['"', "'; DROP TABLE document; --", "NEAR(a b)", "herons*", "?", "\x00", "💥", "\\"]
)
def test_no_question_is_a_query_language(run: Any, indexed: Path, contents: Any, question: str) -> None:
    before = contents()
    result = run("search", question, "--json")
    if question == "\x00":
        assert told(result) == "The question is empty: ask something."
    else:
        assert result.exit_code == 0
        assert json.loads(result.stdout)["question"] == question
    assert contents() == before


@pytest.mark.parametrize("k", ["0", "-1", "1001"])
def test_a_number_of_passages_that_cannot_be(run: Any, indexed: Path, k: str) -> None:
    assert told(run("search", "herons", "-k", k)) == f"The number of passages must be between 1 and 1000, not {k}."


def test_a_number_of_passages_that_is_no_number(run: Any, indexed: Path) -> None:
    result = run("search", "herons", "-k", "many")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "'many' is not a valid integer" in result.stderr


def test_a_name_that_is_not_indexed(run: Any, indexed: Path, contents: Any) -> None:
    before = contents()
    assert told(run("remove", "swans.txt")) == "Nothing is indexed under the name swans.txt: see pincite sources."
    assert contents() == before


def test_a_name_that_several_documents_have(run: Any, indexed: Path, contents: Any) -> None:
    (indexed / "herons.txt").write_text("Other herons.")
    (indexed / "water" / "foxes.md").write_text("Foxes do not swim.")
    run("index", indexed)
    before = contents()
    for name in ("foxes.md", "herons"):  # the first is a shown source too, and means that one
        result = run("remove", name)
        if name == "foxes.md":
            assert result.exit_code == 0
            run("index", indexed)
            continue
        sentence = told(result)
        assert "stands for several documents" in sentence
        assert str(indexed / "herons.txt") in sentence
        assert str(indexed / "water" / "herons.txt") in sentence
    assert contents()["source"] == before["source"] or len(contents()["source"]) == len(before["source"])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "cannot be read: No such file or directory"),
        ("", "holds no questions"),
        ('{"id": "q1", "question": "Who?"}\n{"id": "q2"}', 'line 2, field "question"'),
        ("[" * 100_000, "line 1: not valid JSON"),
    ],
    ids=["missing", "empty", "field", "deep"],
)
def test_bad_gold(run: Any, indexed: Path, tmp_path: Path, text: str | None, words: str) -> None:
    gold = tmp_path / "gold.jsonl"
    if text is not None:
        gold.write_text(text)
    sentence = told(run("eval", gold))
    assert str(gold) in sentence
    assert words in sentence


def test_gold_about_other_documents(run: Any, indexed: Path, tmp_path: Path) -> None:
    gold = tmp_path / "gold.jsonl"
    evidence = [{"document": "owls.txt", "quote": "Owls hunt by ear."}]
    gold.write_text(json.dumps({"id": "q1", "question": "How?", "answers": ["by ear"], "evidence": evidence}))
    assert "index the documents that they are about first" in told(run("eval", gold))


# --- models


def test_a_store_made_by_another_model(run: Any, indexed: Path, store: Path, contents: Any) -> None:
    before = contents()
    for command in (("index", str(indexed)), ("ask", "What do herons eat?"), ("search", "herons")):
        sentence = told(run(*command, "--model", "letters"))
        assert sentence == (
            f"The store in {store} was made with the model words, not letters. Vectors of two models are never mixed: "
            "leave --model out, or index into another --store."
        )
    assert contents() == before
    assert run("ask", "What do herons eat?", "--model", "words").exit_code == 0


def test_a_model_whose_files_have_changed(
    run: Any, indexed: Path, contents: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from embeddings import ModelFolder

    before = contents()
    monkeypatch.setattr(
        "qa.library.find_model", lambda _name: ModelFolder("words", "words", Path("nowhere"), "words-65")
    )
    sentence = told(run("ask", "What do herons eat?"))
    assert "The files of the model words are not those that the store" in sentence
    assert "put the old files back, or index into another --store" in sentence
    (indexed / "owls.txt").write_text("Owls hunt by ear.")
    assert told(run("index", indexed)) == sentence
    assert {table: rows for table, rows in contents().items() if table != "meta"} == {
        table: rows for table, rows in before.items() if table != "meta"
    }


def test_a_model_that_is_not_here_is_told_whatever_the_number_of_passages(run: Any, tmp_path: Path) -> None:
    # 256 passages are embedded together: here when the third file is read, and there is nothing left to do at the end.
    for number in range(3):
        text = "\n\n".join(f"Mole {number} digs tunnel {tunnel}." for tunnel in range(100))
        (tmp_path / f"moles-{number}.txt").write_text(text)
    sentence = told(run("index", *tmp_path.glob("moles-*.txt"), "--model", "nobody/no-such-model"))
    assert sentence.startswith("The model nobody/no-such-model is not on this machine")


def test_a_model_that_is_not_here(run: Any, docs: Path) -> None:
    sentence = told(run("index", docs, "--model", "nobody/no-such-model"))
    assert sentence.startswith("The model nobody/no-such-model is not on this machine")
    assert sentence.endswith("hf download nobody/no-such-model")


def test_a_model_that_is_a_pickle(run: Any, docs: Path, tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "config.json").write_text("{}")
    (tmp_path / "model" / "pytorch_model.bin").write_bytes(b"\x80\x04.")
    sentence = told(run("index", docs, "--model", str(tmp_path / "model")))
    assert f"{tmp_path / 'model' / 'pytorch_model.bin'} is a pickle" in sentence


# --- a second writer

_WRITER = """
import sys
from pathlib import Path
from qa.store import Store

with Store(Path(sys.argv[1])).writing():
    print("writing", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def writer(indexed: Path, store: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that is writing to the store."""
    process = subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(store)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stdout.readline() == "writing\n"
    yield process
    process.stdin.close()
    process.stdout.close()
    process.wait(timeout=30)


def test_a_second_writer(run: Any, indexed: Path, store: Path, contents: Any, writer: subprocess.Popen[str]) -> None:
    before = contents()
    (indexed / "owls.txt").write_text("Owls hunt by ear.")
    for command in (("index", str(indexed)), ("remove", "foxes.md")):
        sentence = told(run(*command))
        assert sentence == (
            f"Another process ({writer.pid}) is writing to {store}: wait until it has finished, then try again."
        )
    assert contents() == before


def test_reading_goes_on_while_another_process_writes(run: Any, indexed: Path, writer: object) -> None:
    for command in READING[:-1]:
        assert run(*command).exit_code == 0


def test_writing_goes_on_when_the_other_process_was_killed(
    run: Any, indexed: Path, writer: subprocess.Popen[str]
) -> None:
    writer.kill()
    writer.wait(timeout=30)
    (indexed / "owls.txt").write_text("Owls hunt by ear.")
    assert run("index", indexed).exit_code == 0


# --- chat


@pytest.mark.parametrize("port", ["-1", "0", "65536"])
def test_a_port_that_cannot_be(run: Any, store: Path, door: dict[str, Any], port: str) -> None:
    assert told(run("chat", "--port", port, "--no-browser")).startswith(f"There is no port {port}: ")
    assert not store.exists()


def test_a_port_that_is_taken(run: Any, store: Path, door: dict[str, Any]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        sentence = told(run("chat", "--port", str(port), "--no-browser"))
    assert sentence == f"Port {port} cannot be used (Address already in use): choose another with --port."
    assert not store.exists()


def test_chat_with_another_model_opens_no_page(run: Any, indexed: Path, door: dict[str, Any]) -> None:
    sentence = told(run("chat", "--model", "letters", "--no-browser"))
    assert "was made with the model words, not letters" in sentence
    assert "app" not in door


def test_a_path_that_is_missing_leaves_no_store(run: Any, tmp_path: Path, store: Path) -> None:
    told(run("index", tmp_path / "nowhere"))
    assert not store.exists()


def test_chat_with_a_missing_path(run: Any, tmp_path: Path, door: dict[str, Any]) -> None:
    sentence = told(run("chat", tmp_path / "nowhere", "--no-browser"))
    assert sentence == f"There is no file or folder {tmp_path / 'nowhere'}: check the name."


# --- the command line itself


@pytest.mark.parametrize(
    "line",
    [
        ["index"],
        ["ask"],
        ["ask", "a", "b"],
        ["remove"],
        ["eval"],
        ["sweep"],
        ["sweep", "x"],
        ["nonsense"],
        ["ask", "Who?", "--nonsense"],
    ],
)
def test_wrong_use(line: list[str]) -> None:
    result = CliRunner().invoke(cli, line)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Usage: " in result.stderr


# --- hostile names and texts

HOSTILE = "\x1b[31mred\x1b[0m \x1b]0;title\x07 \u202egnp exe\u2066 \u200b\ufeff\x9b2J \x08\x7f"
RAW = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


def test_hostile_text_never_reaches_the_terminal_raw(run: Any, docs: Path) -> None:
    (docs / "evil.md").write_text(f"# Evil {HOSTILE}\n\nMoles dig {HOSTILE} deep tunnels.\n")
    for command in (
        ("index", str(docs)),
        ("sources",),
        ("ask", "Do moles dig deep tunnels?"),
        ("ask", "Do moles play chess?"),
        ("search", "moles"),
        ("ask", HOSTILE),
        ("remove", f"Evil {HOSTILE}"),
        ("status",),
        ("check",),
    ):
        result = run(*command)
        assert not RAW.search(result.stdout), command
        assert not RAW.search(result.stderr), command


@pytest.mark.skipif(os.name == "nt", reason="such names cannot be had on Windows")
@pytest.mark.parametrize(
    "name",
    [
        "\x1b[2Jred.txt",
        "\u202egnp.txt",
        "a\nadded     forged.txt  9 passages.txt",
        "tab\there.txt",
        "line\u2028end.txt",
    ],
)
def test_hostile_names_never_reach_the_terminal_raw(run: Any, docs: Path, name: str) -> None:
    (docs / name).write_text("Moles dig deep tunnels.")
    (docs / f"bad {name}").write_bytes(b"\0")
    lines = {
        ("index", str(docs)): 5,
        ("sources",): 4,
        ("ask", "Do moles dig deep tunnels?"): None,
        ("search", "moles", "-k", "1"): None,
        ("remove", name): 1,
        ("remove", f"no {name}"): 0,
        ("index", str(docs / f"no {name}")): 0,
        ("eval", str(docs / f"no {name}")): 0,
        ("eval", str(docs / f"no {name}"), "--predictions", name): 0,
        ("sweep", str(docs / f"no {name}"), "--over", "k=1,2"): 0,
    }
    for command, count in lines.items():
        result = run(*command)
        for stream in (result.stdout, result.stderr):
            assert not RAW.search(stream), command
            assert "\nadded     forged.txt" not in stream, command
        if count is not None:
            assert len(result.stdout.splitlines()) == count, command
        if count == 0:
            assert len(result.stderr.splitlines()) == 1, command


def test_json_keeps_hostile_text_as_it_is_and_escapes_it(run: Any, docs: Path) -> None:
    (docs / "evil.txt").write_text(f"Moles dig {HOSTILE} deep tunnels.")
    run("index", docs)
    result = run("ask", "Do moles dig deep tunnels?", "--json")
    assert "\x1b" not in result.stdout  # JSON itself escapes control characters
    # The quote is exact: universal newlines aside, the very characters of the file.
    assert json.loads(result.stdout)["citations"][0]["quote"].startswith("Moles dig \x1b[31mred")


# --- real processes


def test_progress_and_errors_go_to_stderr_and_json_to_stdout(pincite: Any, store: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.txt"
    bad.write_bytes(b"\0")
    done = pincite("index", bad, "--store", store, "--json")
    assert done.returncode == 2
    assert [failure["source"] for failure in json.loads(done.stdout)["failed"]] == ["bad.txt"]
    assert b"Nothing was indexed" in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="file names are always text there")
def test_names_that_are_no_text(run: Any, pincite: Any, store: Path, docs: Path) -> None:
    (Path(os.fsdecode(os.fsencode(docs) + b"/caf\xe9.txt"))).write_text("Moles dig.")
    receipt = json.loads(run("index", docs, "--json").stdout)
    (failure,) = receipt["failed"]
    assert failure["source"] == "caf\ufffd.txt"
    assert failure["error"].endswith("is not valid UTF-8: rename it.")
    assert len(receipt["added"]) == 2

    for arguments in (
        ("index", os.fsencode(docs) + b"/gone\xe9.txt"),
        ("remove", b"caf\xe9.txt"),
        ("eval", b"caf\xe9.jsonl"),
        ("status", "--store", b"caf\xe9"),
    ):
        done = pincite(*arguments, *([] if "--store" in arguments else ["--store", store]))
        assert done.returncode == 2, arguments
        assert b"Traceback" not in done.stderr, arguments
        assert done.stdout == b"", arguments


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="file names are always text there")
def test_a_folder_whose_name_is_no_text(run: Any, tmp_path: Path) -> None:
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9"))
    folder.mkdir()
    (folder / "moles.txt").write_text("Moles dig.")
    result = run("index", folder, "--json")
    receipt = json.loads(result.stdout) if result.stdout else {}
    # Either indexed under a name that can be shown, or refused with a reason.
    assert (result.exit_code == 0 and receipt["added"]) or (
        result.exit_code == 2 and (receipt.get("failed") or result.stderr.startswith("Error: "))
    )


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_a_terminal_that_knows_few_characters(run: Any, pincite: Any, store: Path, docs: Path, encoding: str) -> None:
    (docs / "moles.md").write_text("# Moles → tunnels\n\nMoles dig 深い tunnels.", encoding="utf-8")
    run("index", docs)
    done = pincite("sources", "--store", store, PYTHONIOENCODING=encoding)
    assert b"Traceback" not in done.stderr
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1].strip() == b"3 sources."

    done = pincite("sources", "--json", "--store", store, PYTHONIOENCODING=encoding)
    titles = {row["title"] for row in json.loads(done.stdout.decode("utf-8"))["sources"]}
    assert "Moles → tunnels" in titles  # JSON is UTF-8 whatever the terminal's encoding
