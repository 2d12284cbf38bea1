"""Answers that were kept, opened again: what has become of the words that they rest on."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from shelves import Answering, shelves
from talking import answer

from qa import exports
from qa.library import Library
from qa.proofs import Standing
from qa.sources import Upload
from qa.talk import look_again
from qa.types import Answer
from qa.web import talk as door
from ui import handlers

TEXT = "# Herons\n\nThey eat fish.\n\nThey nest in reeds.\n"
QUOTE = "They nest in reeds."


@pytest.fixture
def file(library: Library, tmp_path: Path) -> Path:
    path = tmp_path / "docs" / "herons.md"
    path.parent.mkdir()
    written(path, TEXT)
    library.add([path])
    return path


def written(path: Path, text: str) -> None:
    path.write_text(text)
    then = time.time() - 3600
    os.utime(path, (then, then))


def cited(library: Library, name: str = "herons.md") -> Answer:
    """An answer as it is kept, that rests on `QUOTE` in the document of that name."""
    (row,) = [row for row in library.sources() if row.name == name]
    document = library.document(row.document_id)
    start = document.text.index(QUOTE)
    return answer(text=f"{QUOTE} [1]", citations=(document.cite(start, start + len(QUOTE)),), hits=())


def cited_and_removed(library: Library, file: Path) -> Answer:
    """What is kept of a document that was taken out of a library with another one."""
    other = file.with_name("other.md")
    written(other, "Something else.\n")
    library.add([other])
    given = cited(library)
    library.remove("herons.md")
    return given


def told(library: Library, given: Answer) -> str:
    with library.reading() as reading:
        (again,) = look_again([given], reading, Standing())
    return exports.warning(again.citations[0])


CHANGED = "The file has changed since it was indexed."


def test_what_stands_has_no_flag(library: Library, file: Path) -> None:
    assert told(library, cited(library)) == ""


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (TEXT.replace("fish", "eels"), f"{CHANGED} These words are where they were."),
        (f"New.\n\n{TEXT}", f"{CHANGED} These words are elsewhere in it now."),
        (TEXT.replace("reeds", "trees"), f"{CHANGED} These words are no longer in it."),
    ],
)
@pytest.mark.parametrize("is_indexed", [True, False])
def test_a_file_that_was_edited_is_flagged_whether_or_not_it_was_indexed_again(
    library: Library, file: Path, text: str, sentence: str, is_indexed: bool
) -> None:
    given = cited(library)
    written(file, text)
    if is_indexed:
        library.add([file])
    assert told(library, given) == sentence


def test_a_file_that_is_gone_and_a_document_that_was_removed(library: Library, file: Path) -> None:
    given = cited_and_removed(library, file)
    assert told(library, given) == "The file is gone since it was indexed."
    library.add([file])
    again = cited(library)
    file.unlink()
    assert told(library, again) == "The file is gone since it was indexed."


def test_the_same_name_indexed_anew_is_looked_at(library: Library, file: Path) -> None:
    given = cited_and_removed(library, file)
    written(file, TEXT.replace("reeds", "trees"))
    library.add([file])
    assert told(library, given) == f"{CHANGED} These words are no longer in it."


def test_what_was_uploaded_again_with_other_words_is_flagged(library: Library) -> None:
    library.add([], uploads=[Upload("notes.md", TEXT.encode())])
    given = cited(library, "notes.md")
    assert told(library, given) == ""
    library.add([], uploads=[Upload("notes.md", TEXT.replace("reeds", "trees").encode())])
    assert told(library, given) == f"{CHANGED} These words are no longer in it."


def test_each_document_is_looked_up_once(library: Library, file: Path) -> None:
    given = cited(library)
    asked: list[str] = []

    class Counting:
        def __init__(self, reading: Any) -> None:
            self._reading = reading

        def __getattr__(self, name: str) -> Any:
            asked.append(name)
            return getattr(self._reading, name)

    with library.reading() as reading:
        counting: Any = Counting(reading)
        again = look_again([given, replace(given, question="Again?")] * 10, counting, Standing())
    assert sorted(asked) == ["paths_of", "source_of"]
    assert [each.question for each in again[:2]] == [given.question, "Again?"]


@pytest.fixture
def desk(library: Library, file: Path, tmp_path: Path) -> handlers.Desk:
    collections = shelves(tmp_path / "kept", Answering(lambda _: cited(library), library))
    return door.desks(collections)("")


def test_a_conversation_that_is_opened_again_shows_it(desk: handlers.Desk, library: Library, file: Path) -> None:
    talk_id, _ = desk.keep("", handlers.Turn("Where?", cited(library)))
    desk.keep(talk_id, handlers.Turn("Why?", notice="The store is locked."))
    shown = handlers.messages(handlers.opened(desk, talk_id))
    assert "pc-flag" not in shown[1]["content"][0]["text"]
    written(file, TEXT.replace("reeds", "trees"))
    shown = handlers.messages(handlers.opened(desk, talk_id))
    assert "These words are no longer in it" in shown[1]["content"][0]["text"]
    assert "pc-flag" not in shown[3]["content"][0]["text"]
