"""What verifying is given: saved answers that may say anything, and folders that may hold anything."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from io import FileIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import FileError, PinciteError
from qa.proofs import append, read_saved, verify
from qa.proofs.folder import Folder
from qa.readers import read
from qa.types import Citation, Document, Place

TEXT = "Herons eat small fish at dawn."
SHA256 = hashlib.sha256(TEXT.encode()).hexdigest()
CITATION = Document("d1", "Herons", ("a.txt",), SHA256, TEXT).cite(0, 30)


def saved(path: Path, *lines: object) -> Path:
    """A file of lines: objects as JSON, texts and bytes as they are."""
    encoded = [
        line if isinstance(line, bytes) else (line if isinstance(line, str) else json.dumps(line)).encode()
        for line in lines
    ]
    path.write_bytes(b"".join(line + b"\n" for line in encoded))
    return path


def answer(**fields: Any) -> dict[str, Any]:
    return {"question": "?", "citations": [CITATION.as_dict() | fields]}


# --- appending


def test_what_is_saved_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    page = replace(CITATION, number=2, page=3, place=Place("row", 7))
    append(path, {"question": "Grüße\u2028\u0085🌉\n?", "citations": [CITATION.as_dict(), page.as_dict()]})
    append(path, {"question": "?", "citations": []})
    first, second = read_saved(path)
    assert (first.file, first.line, first.citations, first.problem) == (str(path), 1, (CITATION, page), "")
    assert (second.line, second.citations, second.problem) == (2, (), "")
    assert path.read_bytes().count(b"\n") == 2
    assert "Grüße" in path.read_text("utf-8")


@pytest.mark.skipif(os.name != "posix", reason="permissions are those of POSIX")
def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    append(path, answer())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)
    append(path, answer())
    assert stat.S_IMODE(path.stat().st_mode) == 0o644  # a person's decision


def test_a_line_that_broke_off_does_not_spoil_the_next(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    path.write_bytes(b'{"question": "bro')
    append(path, answer())
    damaged, whole = read_saved(path)
    assert (damaged.line, damaged.problem) == (1, "it is not JSON: was it cut off?")
    assert (whole.line, whole.citations) == (2, (CITATION,))


def test_a_full_disk_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = saved(tmp_path / "answers.jsonl", answer())
    before = path.read_bytes()
    parts: list[int] = []

    class Full(FileIO):
        def write(self, data: Any) -> int:
            if parts:
                raise OSError(errno.ENOSPC, "No space left on device")
            parts.append(super().write(bytes(data)[:10]))
            return 10

    with monkeypatch.context() as patch:
        patch.setattr("qa.proofs.saved.FileIO", Full)
        with pytest.raises(PinciteError, match=r"could not be saved to .*answers\.jsonl: No space left on device\."):
            append(path, answer())
    assert parts == [10]
    assert path.read_bytes() == before


@pytest.mark.parametrize("place", ["nowhere/answers.jsonl", ".", "fifo"])
def test_a_place_where_nothing_can_be_saved(tmp_path: Path, place: str) -> None:
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "fifo")
    with pytest.raises(PinciteError, match="The answer could not be saved to"):
        append(tmp_path / place, answer())


def test_several_processes_may_save_at_once(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    code = """
import sys
from pathlib import Path
from qa.proofs import append
for number in range(40):
    append(Path(sys.argv[1]), {"citations": [], "question": sys.argv[2] * 50_000})
"""
    running = [subprocess.Popen([sys.executable, "-c", code, str(path), name]) for name in "abc"]
    assert [process.wait(60) for process in running] == [0, 0, 0]
    questions = [json.loads(line)["question"] for line in path.read_bytes().splitlines()]
    assert sorted(questions) == sorted(name * 50_000 for name in "abc" for _ in range(40))


# --- reading


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{", "it is not JSON: was it cut off?"),
        (b"\xff\xfe{", "it is not JSON: was it cut off?"),
        ("NaN of them", "it is not JSON: was it cut off?"),
        (answer() | {"confidence": float("nan")}, "it is not JSON: was it cut off?"),
        (answer() | {"confidence": float("-inf")}, "it is not JSON: was it cut off?"),
        (
            json.dumps(answer()).replace('"quote":', '"quote": "Herons eat nothing.", "quote":'),
            "it gives one name two values, of which another program may take the other.",
        ),
        ("1" * 5000, "it is not JSON: was it cut off?"),
        ("[" * 100_000, "it is JSON that is nested too deeply."),
        ("[]", "it is no answer: save answers with pincite ask --save."),
        ("null", "it is no answer: save answers with pincite ask --save."),
        ({"question": "?"}, "it is no answer: save answers with pincite ask --save."),
        ({"citations": {}}, "it is no answer: save answers with pincite ask --save."),
        ({"citations": [1]}, "citation 1 is no object."),
        (answer(quote=""), "citation 1 quotes nothing."),
        (answer(quote=" \n\u00a0\u2028"), "citation 1 quotes nothing."),
        (answer(quote=None), '"quote" of citation 1 is no text.'),
        (answer(quote=["x"]), '"quote" of citation 1 is no text.'),
        (answer(prefix=3), '"prefix" of citation 1 is no text.'),
        (answer(start="0"), '"start" of citation 1 is no whole number from 0 on.'),
        (answer(start=0.0), '"start" of citation 1 is no whole number from 0 on.'),
        (answer(start=True), '"start" of citation 1 is no whole number from 0 on.'),
        (answer(start=None), '"start" of citation 1 is no whole number from 0 on.'),
        (answer(end=-1), '"end" of citation 1 is no whole number from 0 on.'),
        (answer(end=10**30), '"end" of citation 1 is no whole number from 0 on.'),
        (answer(number={}), '"number" of citation 1 is no whole number from 0 on.'),
        (answer(page="2"), '"page" of citation 1 is no whole number from 0 on.'),
        (answer(line=[]), '"line" of citation 1 is no whole number from 0 on.'),
        (answer(place=4), '"place" of citation 1 is no object.'),
        (answer(place={"unit": "verse", "number": 1}), '"place" of citation 1 has no unit that is known.'),
        (answer(place={"unit": [], "number": 1}), '"place" of citation 1 has no unit that is known.'),
        (answer(document=None), "citation 1 names no document."),
        (answer(document={"source": "a.txt"}), '"sha256" of citation 1 is no text.'),
        (
            answer(document={"source": "a.txt", "sha256": "x"}),
            '"sha256" of citation 1 is no SHA-256 in hexadecimal digits.',
        ),
        (answer(document={"sha256": SHA256}), '"source" of citation 1 is no text.'),
        ({"citations": [CITATION.as_dict(), {}]}, '"quote" of citation 2 is no text.'),
    ],
)
def test_a_damaged_line_is_told_and_stops_nothing(tmp_path: Path, line: object, problem: str) -> None:
    first, damaged, last = read_saved(saved(tmp_path / "a.jsonl", answer(), line, "", "  ", answer()))
    assert (damaged.line, damaged.citations, damaged.problem) == (2, (), problem)
    assert [entry.citations for entry in (first, last)] == [(CITATION,), (CITATION,)]
    assert last.line == 5


def test_what_older_answers_do_not_say(tmp_path: Path) -> None:
    spare = {
        key: value
        for key, value in CITATION.as_dict().items()
        if key in ("number", "document", "start", "end", "quote")
    }
    (entry,) = read_saved(saved(tmp_path / "a.jsonl", {"citations": [spare]}))
    assert entry.citations == (replace(CITATION, prefix="", suffix="", line=0),)


def test_a_line_without_end_is_not_kept_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.proofs.saved._LONGEST_LINE", 2_000_000)
    path = saved(tmp_path / "a.jsonl", answer(), '{"question": "' + "x" * 9_000_000, answer())
    first, damaged, last = read_saved(path)
    assert damaged.problem == "it is longer than 2 MB."
    assert (first.citations, last.citations, last.line) == ((CITATION,), (CITATION,), 3)


names = st.sampled_from([*CITATION.as_dict(), "id", "source"])
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner),
    max_leaves=6,
)


@given(st.sampled_from([*CITATION.as_dict(), "other"]), json_values, st.sampled_from(["citation", "document"]))
def test_any_value_anywhere_gives_citations_or_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, key: str, value: object, where: str
) -> None:
    given_citation = CITATION.as_dict()
    (given_citation if where == "citation" else given_citation["document"])[key] = value
    (entry,) = read_saved(saved(tmp_path_factory.getbasetemp() / "any.jsonl", {"citations": [given_citation]}))
    assert bool(entry.citations) != bool(entry.problem)
    if entry.citations:
        verify(entry.citations, tmp_path_factory.getbasetemp() / "nowhere", read)


# --- a hostile folder


@pytest.fixture
def tree(tmp_path: Path) -> Iterator[Path]:
    """A folder with a document, beside a secret of the same words and every way to it."""
    root = tmp_path / "docs"
    (root / "below").mkdir(parents=True)
    (tmp_path / "outside").mkdir()
    for path in (root / "a.txt", tmp_path / "secret.txt", tmp_path / "outside" / "secret.txt"):
        path.write_text(TEXT)
    (root / "link.txt").symlink_to(tmp_path / "secret.txt")
    (root / "inner.txt").symlink_to(root / "a.txt")
    (root / "folder").symlink_to(tmp_path / "outside")
    (root / "up").symlink_to("..")
    (root / "loop.txt").symlink_to("loop.txt")
    (root / "round").symlink_to(".")
    (root / "socket.txt").mkdir()
    os.mkfifo(root / "fifo.txt")
    with (root / "huge.txt").open("wb") as huge:
        huge.truncate(10**12)
    return root


NAMES = [
    *("../secret.txt", "below/../../secret.txt", "up/secret.txt", "folder/secret.txt", "link.txt", "inner.txt"),
    *("loop.txt", "round/a.txt", "round/round/a.txt", "fifo.txt", "socket.txt", ".", "", "/", "//", "below"),
    *("/etc/passwd", "~/secret.txt", "..", "a.txt/..", "a.txt/x", "a.txt\0", "\ud800.txt", "\udc80.txt", "x" * 5000),
    *("..\\secret.txt", "C:\\secret.txt", "file:a.txt", "%2e%2e/secret.txt", "/proc/self/environ", "a.txt\n"),
]


@pytest.mark.skipif(os.name != "posix", reason="links and pipes of POSIX")
@pytest.mark.parametrize("name", [*NAMES, "ABSOLUTE"], ids=range(len(NAMES) + 1))
def test_no_name_leads_out_of_the_folder(tree: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    name = str(tree.parent / "secret.txt") if name == "ABSOLUTE" else name
    opened: list[str] = []
    original = os.open

    def watched(path: Any, *arguments: Any, **options: Any) -> int:
        opened.append(os.path.realpath(path))
        return original(path, *arguments, **options)

    monkeypatch.setattr(os, "open", watched)
    citation = replace(CITATION, document=replace(CITATION.document, source=name, sha256="0" * 64))
    proof = verify([citation], tree, read)[0]
    assert (proof.verdict, proof.found) == ("missing", None)
    assert proof.reason.endswith(".")
    assert ("leads out of" in proof.reason) == (name.startswith("/") or ".." in name.split("/"))
    root = str(tree.resolve())
    assert all(path.startswith(root) for path in opened)


@pytest.mark.skipif(sys.platform != "linux", reason="where a name is its bytes")
def test_a_name_whose_accents_are_encoded_in_another_way(tmp_path: Path) -> None:
    composed, decomposed = "Überfähre/é.txt", "U\u0308berfa\u0308hre/e\u0301.txt"
    (tmp_path / decomposed).parent.mkdir()
    (tmp_path / decomposed).write_text(TEXT)
    citation = replace(CITATION, document=replace(CITATION.document, source=composed))
    assert verify([citation], tmp_path, read)[0].verdict == "exact"
    (tmp_path / decomposed).write_text("New. " + TEXT)
    proof = verify([citation], tmp_path, read)[0]
    assert proof.found is not None
    assert (proof.verdict, proof.found.document.source) == ("moved", decomposed)
    (tmp_path / composed).parent.mkdir()
    assert verify([citation], tmp_path, read)[0].verdict == "missing"  # the folder that has the very name is meant
    (tmp_path / composed).write_text(TEXT)
    assert verify([citation], tmp_path, read)[0].verdict == "exact"


@pytest.mark.skipif(sys.platform != "linux", reason="where a name is its bytes")
def test_a_name_that_two_files_may_mean_means_none(tmp_path: Path) -> None:
    for name in ("\u1e69.txt", "s\u0323\u0307.txt"):
        (tmp_path / name).write_text(TEXT)
    other = replace(CITATION.document, source="s\u0307\u0323.txt", sha256="0" * 64)
    assert verify([replace(CITATION, document=other)], tmp_path, read)[0].verdict == "missing"


def test_no_folder_behind_a_link_is_listed(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tree.parent / "outside" / "e\u0301.txt").write_text(TEXT)
    listed: list[str] = []
    original = os.listdir
    monkeypatch.setattr(os, "listdir", lambda path: listed.append(os.path.realpath(path)) or original(path))
    citation = replace(CITATION, document=replace(CITATION.document, source="folder/\u00e9.txt", sha256="0" * 64))
    assert verify([citation], tree, read)[0].verdict == "missing"
    assert listed == [str(tree.resolve())]


def test_a_name_may_be_written_in_a_roundabout_way(tree: Path) -> None:
    for name in ("./a.txt", "a.txt/.", ".//a.txt"):
        citation = replace(CITATION, document=replace(CITATION.document, source=name))
        assert verify([citation], tree, read)[0].verdict == "exact"


def test_a_hash_is_looked_for_in_regular_files_of_the_folder_only(tree: Path) -> None:
    (tree / "a.txt").unlink()
    citation = replace(CITATION, document=replace(CITATION.document, source="gone.txt"))
    assert verify([citation], tree, read)[0].verdict == "missing"
    (tree / "below" / "b.md").write_text(TEXT)
    proof = verify([citation], tree, read)[0]
    assert proof.found is not None
    assert (proof.verdict, proof.found.document.source) == ("moved", "below/b.md")


def test_the_root_may_itself_be_a_link(tree: Path) -> None:
    (tree.parent / "named").symlink_to(tree)
    assert verify([CITATION], tree.parent / "named", read)[0].verdict == "exact"


def test_a_file_that_becomes_a_link_while_it_is_opened(tree: Path) -> None:
    folder = Folder(tree)
    path = folder.path("a.txt")
    (tree / "a.txt").unlink()
    (tree / "a.txt").symlink_to(tree.parent / "secret.txt")
    with pytest.raises(FileError):
        folder.read(path)
    path = folder.path("below/c.txt") if (tree / "below" / "c.txt").write_text(TEXT) else ""
    (tree / "below" / "c.txt").unlink()
    (tree / "below").rmdir()
    (tree / "below").symlink_to(tree.parent / "outside")
    (tree.parent / "outside" / "c.txt").write_text("secret")
    with pytest.raises(FileError):
        folder.read(path)


def test_a_file_in_whose_place_another_comes_while_it_is_opened(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Folder(tree)
    path = folder.path("a.txt")
    original = os.open

    def replaced(name: Any, *arguments: Any, **options: Any) -> int:
        handle = original(name, *arguments, **options)
        (tree / "b.txt").write_text("another")
        (tree / "b.txt").rename(tree / "a.txt")
        return handle

    with monkeypatch.context() as patch:
        patch.setattr("qa.proofs.folder.os.open", replaced)
        with pytest.raises(FileError, match="another file took its place"):
            folder.read(path)
    assert folder.read(path) == b"another"


def test_a_file_that_becomes_a_pipe_holds_nobody_up(tree: Path) -> None:
    folder = Folder(tree)
    path = folder.path("a.txt")
    (tree / "a.txt").unlink()
    os.mkfifo(tree / "a.txt")
    with pytest.raises(FileError, match="not a regular file"):
        folder.read(path)


def test_an_endless_file_is_not_read(tree: Path) -> None:
    huge = replace(CITATION, document=replace(CITATION.document, source="huge.txt"))
    proof = verify([huge], tree, read)[0]
    assert (proof.verdict, proof.reason) == ("missing", "it is larger than 300 MB.")


def test_many_citations_of_one_file(tmp_path: Path) -> None:
    lines = [f"Line {number:05} says {number * 7}." for number in range(1000)]
    text = "\n".join(lines)
    document = Document("d", "A", ("a.txt",), hashlib.sha256(text.encode()).hexdigest(), text)
    (tmp_path / "a.txt").write_text(f"New.\n{text}")
    starts = [text.index(line) for line in lines]
    citations: list[Citation] = [document.cite(at, at + 10) for at in starts] * 20
    proofs = verify(citations, tmp_path, read)
    assert len(proofs) == 20_000
    assert {proof.verdict for proof in proofs} == {"moved"}
