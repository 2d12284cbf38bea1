"""Verdicts while an answer is given: what is known of the cited files, what it costs, and what is left open."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qa.assistant import Assistant
from qa.library import Library
from qa.proofs import Standing
from qa.readers import read
from qa.sources import Upload
from qa.types import Citation, Document

TEXT = "# Herons\n\nThey eat fish.\n\nThey nest in reeds.\n"
QUOTE = "They nest in reeds."


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "herons.md"
    path.write_text(TEXT)
    age(path)
    return path


def age(path: Path, seconds: int = 3600) -> None:
    """As if a file had not changed for long; when it was last looked after cannot be set."""
    then = time.time() - seconds
    os.utime(path, (then, then))


def cite(text: str = TEXT, quote: str = QUOTE) -> Citation:
    document = Document("d", "A", ("herons.md",), hashlib.sha256(text.encode()).hexdigest(), text)
    return document.cite(text.index(quote), text.index(quote) + len(quote))


def told(path: Path | str, citation: Citation | None = None, standing: Standing | None = None) -> tuple[Any, Any]:
    (citation,) = (standing or Standing()).told([citation or cite()], lambda _: [str(path)])
    return citation.verdict, citation.file_changed


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (TEXT, ("exact", False)),
        (TEXT.replace("fish", "eels"), ("exact", True)),
        (TEXT + "More.", ("exact", True)),
        ("New.\n\n" + TEXT, ("moved", True)),
        (TEXT.replace("nest in", "nest\nin"), ("moved", True)),
        (TEXT.replace("reeds", "trees"), ("changed", True)),
        ("", ("changed", True)),
    ],
)
def test_a_file_that_was_edited(file: Path, text: str, expected: object) -> None:
    file.write_text(text)
    assert told(file) == expected


def test_a_file_that_is_gone_or_is_none(file: Path) -> None:
    file.unlink()
    assert told(file) == ("missing", None)
    assert told(file / "below") == ("missing", None)
    file.mkdir()
    assert told(file) == ("missing", None)
    file.rmdir()
    os.mkfifo(file)
    assert told(file) == ("missing", None)
    assert told("\0") == (None, None)


def test_what_has_no_file_stands(file: Path) -> None:
    assert told("upload:notes.md") == ("exact", False)
    (citation,) = Standing().told([cite()], lambda _: [])
    assert (citation.verdict, citation.file_changed) == (None, None)


@pytest.mark.parametrize("suffix", [".md", ".txt", ".markdown", ".MD"])
def test_the_text_that_is_looked_through_is_the_one_that_is_indexed(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    data = "\ufeff---\ntitle: Herons\n---\r\nThey eat.\r\n\r\nThey nest in reeds.\r\n".encode()
    text = read(data, path.name).text
    citation = cite(text)
    path.write_bytes(data + b"More.")
    assert told(path, citation) == ("exact", True)
    assert read(path.read_bytes(), path.name).text[citation.start : citation.end] == QUOTE


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.html", b"<p>They nest in reeds."),
        ("a.pdf", b"%PDF"),
        ("a.txt", b"\xff\xfe\xff"),
        ("a.txt", b"x" * 1_000_001),
        ("a.txt", "Ces hérons vivent au bord de l’été, près de l’eau.".encode("cp1252")),
    ],
)
def test_what_takes_a_parser_or_long_is_left_open(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    assert told(tmp_path / name) == (None, True)


def test_large_files_are_not_read_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    large = tmp_path / "large.txt"
    with large.open("wb") as stream:
        stream.truncate(8_000_001)
    monkeypatch.setattr(os, "open", lambda *_: pytest.fail("it was opened"))
    assert told(large) == (None, None)


def test_no_more_than_so_many_bytes_are_read_for_one_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.proofs.standing._HASHED", 100)
    paths = [tmp_path / f"{number}.md" for number in range(4)]
    for path in paths:
        path.write_text(TEXT)
        age(path)
    citations = [cite()] * 4
    standing, each = Standing(), iter([*map(str, paths)] * 2)
    first = standing.told(citations, lambda _: [next(each)])
    assert len(TEXT) == 46
    assert [citation.verdict for citation in first] == ["exact", "exact", None, None]


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of files that were opened."""
    opened: list[str] = []
    original = os.open

    def watched(path: Any, *arguments: Any, **options: Any) -> int:
        opened.append(str(path))
        return original(path, *arguments, **options)

    monkeypatch.setattr(os, "open", watched)
    return opened


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Let so many seconds pass."""
    clock = [time.time_ns()]
    monkeypatch.setattr("qa.proofs.standing.time.time_ns", lambda: clock[0])

    def pass_(seconds: float) -> None:
        clock[0] += round(seconds * 1e9)

    return pass_


def test_a_hash_is_kept_until_the_file_is_touched(file: Path, reads: list[str], later: Callable[[float], None]) -> None:
    standing = Standing()
    later(60)
    for _ in range(3):
        assert told(file, standing=standing) == ("exact", False)
    assert reads == [str(file)]
    before = file.stat()
    file.write_text(TEXT.replace("reeds", "trees"))  # as long as before
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))  # and pretending to be as old
    assert told(file, standing=standing) == ("changed", True)


def test_a_hash_is_not_kept_while_a_change_could_leave_the_same_time(
    file: Path, reads: list[str], later: Callable[[float], None]
) -> None:
    standing = Standing()
    later(2)
    for _ in range(3):
        assert told(file, standing=standing) == ("exact", False)
    assert reads == [str(file)] * 3


def test_what_is_kept_is_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, later: Callable[[float], None]
) -> None:
    monkeypatch.setattr("qa.proofs.standing._KEPT", 3)
    later(60)
    standing = Standing()
    for number in range(10):
        (tmp_path / f"{number}.md").write_text(TEXT)
        assert told(tmp_path / f"{number}.md", standing=standing) == ("exact", False)
        assert len(standing._hashes) <= 3


def test_of_several_files_of_one_name_the_best_counts(tmp_path: Path) -> None:
    paths = {}
    for name, text in {"same": TEXT, "moved": f"New.\n\n{TEXT}", "changed": "Other."}.items():
        paths[name] = str(tmp_path / f"{name}.md")
        Path(paths[name]).write_text(text)
    paths["missing"] = str(tmp_path / "missing.md")

    def best(*names: str) -> tuple[Any, Any]:
        (citation,) = Standing().told([cite()], lambda _: [paths[name] for name in names])
        return citation.verdict, citation.file_changed

    assert best("missing", "changed", "moved", "same") == ("exact", False)
    assert best("changed", "moved") == ("moved", True)
    assert best("missing", "changed") == ("changed", True)


def test_several_threads_may_look_at_once(file: Path) -> None:
    standing, seen = Standing(), []
    threads = [
        threading.Thread(target=lambda: seen.extend(told(file, standing=standing) for _ in range(50))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(seen) == {("exact", False)}
    assert len(seen) == 400


# --- in answers


def verdicts(library: Library) -> list[tuple[str, Any, Any]]:
    answer = Assistant(library, threshold=0).ask("Where do herons nest?")
    return [(citation.quote, citation.verdict, citation.file_changed) for citation in answer.citations]


def test_an_answer_says_what_became_of_its_files(library: Library, tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "herons.txt").write_text("Herons nest in reeds.\n")
    library.add([docs])
    assert verdicts(library) == [("Herons nest in reeds.", "exact", False)]
    (docs / "herons.txt").write_text("Now:\n\nHerons nest in reeds.\n")
    assert verdicts(library) == [("Herons nest in reeds.", "moved", True)]
    (docs / "herons.txt").write_text("Herons nest in trees.\n")
    assert verdicts(library) == [("Herons nest in reeds.", "changed", True)]
    (docs / "herons.txt").rename(docs / "other.txt")
    assert verdicts(library) == [("Herons nest in reeds.", "missing", None)]
    library.add([docs])
    assert verdicts(library) == [("Herons nest in trees.", "exact", False)]


def test_it_is_the_file_that_is_named(library: Library, tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    (docs / "copies").mkdir(parents=True)
    for path in (docs / "a.txt", docs / "copies" / "b.txt"):
        path.write_text("Herons nest in reeds.\n")
    library.add([docs])
    answer = Assistant(library, threshold=0).ask("Where do herons nest?")
    assert answer.citations[0].document.source == "a.txt"
    (docs / "copies" / "b.txt").rename(docs / "c.txt")
    assert verdicts(library) == [("Herons nest in reeds.", "exact", False)]
    (docs / "c.txt").rename(docs / "copies" / "b.txt")
    (docs / "a.txt").unlink()
    assert verdicts(library) == [("Herons nest in reeds.", "missing", None)]


def test_an_upload_is_kept_by_the_store(library: Library) -> None:
    library.add([], uploads=[Upload("herons.txt", b"Herons nest in reeds.\n")])
    assert verdicts(library) == [("Herons nest in reeds.", "exact", False)]
