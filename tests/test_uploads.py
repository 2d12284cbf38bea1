"""What comes without a file: piped in or sent by a browser. The record keeps its bytes."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from qa.check import examine
from qa.errors import PinciteError
from qa.library import Library
from qa.retriever import Retriever
from qa.sources import Upload

HERONS = Upload("herons.md", b"# Herons\n\nHerons stand still in shallow water.\n")


def originals(library: Library) -> dict[str, bytes]:
    with library.reading() as reading:
        return {row.name: reading.original(row.path) or b"" for row in library.sources()}


def test_an_upload_is_found_cited_and_kept(library: Library) -> None:
    (entry,) = library.add([], uploads=[HERONS]).added
    (hit,) = Retriever(library).search("herons")
    assert (entry.source, hit.citation.document.source, hit.citation.document.title) == (
        "herons.md",
        "herons.md",
        "Herons",
    )
    assert originals(library) == {"herons.md": HERONS.data}
    assert examine(library).damage == examine(library).notes == ()


def test_an_upload_of_the_same_name_takes_its_place(library: Library) -> None:
    library.add([], uploads=[HERONS])
    before = library.sources()[0].document_id
    receipt = library.add([], uploads=[Upload("herons.md", b"Herons nest in high trees.")])
    assert [entry.source for entry in receipt.updated] == ["herons.md"]
    assert library.sources()[0].document_id == before
    assert originals(library) == {"herons.md": b"Herons nest in high trees."}
    assert library.add([], uploads=[Upload("herons.md", b"Herons nest in high trees.")]).unchanged == 1


def test_the_same_content_as_a_file_is_one_document(library: Library, tmp_path: Path) -> None:
    (tmp_path / "birds.md").write_bytes(HERONS.data)
    library.add([tmp_path / "birds.md"])
    (entry,) = library.add([], uploads=[HERONS]).added
    assert entry.note == "the same content as birds.md"
    library.remove("birds.md")
    assert originals(library) == {"herons.md": HERONS.data}


def test_what_is_removed_is_not_kept(library: Library) -> None:
    library.add([], uploads=[HERONS, Upload("b.txt", b"The bridge is green.")])
    library.remove("herons.md")
    assert list(originals(library)) == ["b.txt"]
    assert b"shallow" not in library.store.path.read_bytes()


def test_uploads_stay_where_folders_are_brought_up_to_date(library: Library, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("The tower was built in 1890.")
    library.add([tmp_path], uploads=[HERONS])
    (tmp_path / "a.txt").write_text("The tower was built in 1891.")
    assert [entry.source for entry in library.add([tmp_path]).updated] == ["a.txt"]
    assert set(originals(library)) == {"a.txt", "herons.md"}


@pytest.mark.parametrize(
    ("name", "told"), [("a.exe", "not a format"), ("noname", "not a format"), ("../../a.bin", "not a format")]
)
def test_an_upload_that_cannot_be_read_is_named(library: Library, name: str, told: str) -> None:
    receipt = library.add([], uploads=[Upload(name, b"text"), HERONS])
    ((failed,), (added,)) = receipt.failed, receipt.added
    assert (failed.source, added.source) == (name, "herons.md")
    assert told in failed.error


@pytest.mark.parametrize("name", ["", "  ", "\0"])
def test_an_upload_needs_a_name(library: Library, name: str) -> None:
    with pytest.raises(PinciteError, match="An upload has no name"):
        library.add([], uploads=[Upload(name, b"text")])


def test_bytes_that_are_not_as_they_came_are_damage_that_is_told(library: Library) -> None:
    library.add([], uploads=[HERONS])
    connection = sqlite3.connect(library.store.path)
    connection.execute("UPDATE original SET data = x'00'")
    connection.commit()
    connection.close()
    assert examine(library).notes == ("herons.md: what was uploaded is not kept as it came",)
