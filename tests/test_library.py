"""A library keeps in step with its files: what changed and nothing else, one writer, many readers."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from qa import intake
from qa.check import examine
from qa.errors import DamagedStoreError, PinciteError
from qa.library import Library
from qa.receipts import Receipt
from qa.retriever import Retriever

posix = pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX file system")

TOWER = "The tower was built in 1890.\n\nIt has a green lamp.\n"
BRIDGE = "The bridge was opened by the mayor.\n\nIt spans the river Mill.\n"


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "tower.txt").write_text(TOWER)
    (folder / "bridge.txt").write_text(BRIDGE)
    return folder


def shape(receipt: Receipt) -> dict[str, Any]:
    """A receipt by the names in it."""
    return {
        "added": [entry.source for entry in receipt.added],
        "updated": [entry.source for entry in receipt.updated],
        "unchanged": receipt.unchanged,
        "removed": [entry.source for entry in receipt.removed],
        "failed": [failure.source for failure in receipt.failed],
    }


def expected(**changes: Any) -> dict[str, Any]:
    return {"added": [], "updated": [], "unchanged": 0, "removed": [], "failed": []} | changes


def ids(library: Library) -> dict[str, str]:
    return {row.name: row.document_id for row in library.sources()}


def texts(library: Library, question: str = "tower bridge lamp river") -> list[str]:
    return [hit.passage.text for hit in Retriever(library).search(question, 100)]


def generation(library: Library) -> int:
    with library.reading() as reading:
        return reading.generation


@pytest.fixture
def second(library: Library, encoder: Any) -> Iterator[Library]:
    """The same store, opened once more."""
    with Library.open(library.store.folder, encoder=encoder) as other:
        yield other


# --- adding


def test_a_folder_is_added(library: Library, docs: Path, encoder: Any) -> None:
    receipt = library.add([docs])
    assert shape(receipt) == expected(added=["bridge.txt", "tower.txt"])
    assert [(entry.passages, entry.characters) for entry in receipt.added] == [(2, len(BRIDGE)), (2, len(TOWER))]
    assert (receipt.passages, receipt.indexed) == (4, True)
    assert receipt.seconds > 0
    assert encoder.encoded == [
        "The bridge was opened by the mayor.",
        "It spans the river Mill.",
        "The tower was built in 1890.",
        "It has a green lamp.",
    ]
    document = library.document(ids(library)["tower.txt"])
    assert (document.text, document.title, document.sources) == (TOWER, "tower", ("tower.txt",))


def test_the_sha256_is_that_of_the_bytes(library: Library, tmp_path: Path) -> None:
    (tmp_path / "abc.txt").write_bytes(b"abc")
    library.add([tmp_path / "abc.txt"])
    (row,) = library.sources()
    assert row.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert row.document_id == "ba7816bf8f01cfea"


def test_nothing_is_embedded_again_where_nothing_changed(library: Library, docs: Path, encoder: Any) -> None:
    library.add([docs])
    before = ids(library)
    encoder.encoded.clear()
    assert shape(library.add([docs])) == expected(unchanged=2)
    os.utime(docs / "tower.txt", (1, 1))
    assert shape(library.add([docs])) == expected(unchanged=2)
    assert encoder.encoded == []
    assert ids(library) == before


def test_nothing_is_written_where_nothing_changed(library: Library, docs: Path) -> None:
    library.add([docs])
    before = generation(library)
    library.add([docs])
    assert generation(library) == before


def test_only_changed_passages_are_embedded_again(library: Library, docs: Path, encoder: Any) -> None:
    library.add([docs])
    before = ids(library)
    encoder.encoded.clear()
    (docs / "tower.txt").write_text("A new first line.\n\n" + TOWER.replace("green", "red"))
    receipt = library.add([docs])
    assert shape(receipt) == expected(updated=["tower.txt"], unchanged=1)
    assert receipt.updated[0].passages == 3
    assert encoder.encoded == ["A new first line.", "It has a red lamp."]
    assert ids(library) == before
    assert "It has a green lamp." not in texts(library)
    assert {"It has a red lamp.", "A new first line.", "The tower was built in 1890."} <= set(texts(library))


def test_the_hash_tells_the_version_where_the_id_stays(library: Library, docs: Path) -> None:
    library.add([docs])
    (before,) = [row for row in library.sources() if row.name == "tower.txt"]
    (docs / "tower.txt").write_text(TOWER + "\nMore of it.\n")
    library.add([docs / "tower.txt"])
    (after,) = [row for row in library.sources() if row.path == before.path]
    assert after.document_id == before.document_id
    assert after.sha256 != before.sha256


def test_a_change_of_the_line_ends_alone_is_a_new_version(library: Library, docs: Path, encoder: Any) -> None:
    library.add([docs])
    encoder.encoded.clear()
    (docs / "tower.txt").write_bytes(TOWER.replace("\n", "\r\n").encode())
    assert shape(library.add([docs])) == expected(updated=["tower.txt"], unchanged=1)
    assert encoder.encoded == []
    assert library.document(ids(library)["tower.txt"]).text == TOWER


def test_the_same_text_in_two_documents_is_embedded_once_a_run(library: Library, docs: Path, encoder: Any) -> None:
    (docs / "tower2.txt").write_text(TOWER + "\nAnd more.\n")
    library.add([docs])
    assert encoder.encoded.count("It has a green lamp.") == 1
    assert texts(library).count("It has a green lamp.") == 2


# --- one document, several sources


def test_the_same_bytes_under_two_names_are_one_document(library: Library, docs: Path) -> None:
    (docs / "copy.md").write_text(TOWER)
    receipt = library.add([docs])
    assert shape(receipt) == expected(added=["bridge.txt", "copy.md", "tower.txt"])
    assert receipt.added[2].note == "the same content as copy.md"
    assert ids(library)["copy.md"] == ids(library)["tower.txt"]
    assert library.document(ids(library)["tower.txt"]).sources == ("copy.md", "tower.txt")
    assert texts(library).count("It has a green lamp.") == 1
    assert library.status()["documents"] == 2
    assert library.status()["sources"] == 3


def test_one_of_two_sources_that_changes_becomes_a_new_document(library: Library, docs: Path, encoder: Any) -> None:
    (docs / "copy.txt").write_text(TOWER)
    library.add([docs])
    shared = ids(library)["tower.txt"]
    encoder.encoded.clear()
    (docs / "copy.txt").write_text(TOWER + "\nA line more.\n")
    assert shape(library.add([docs])) == expected(updated=["copy.txt"], unchanged=2)
    assert ids(library)["tower.txt"] == shared
    assert ids(library)["copy.txt"] not in (shared, ids(library)["bridge.txt"])
    assert encoder.encoded == ["A line more."]
    assert library.document(shared).sources == ("tower.txt",)


def test_both_of_two_sources_that_change_in_one_run(library: Library, docs: Path) -> None:
    (docs / "copy.txt").write_text(TOWER)
    library.add([docs])
    (docs / "copy.txt").write_text("Something else.")
    (docs / "tower.txt").write_text("Something new.")
    library.add([docs])
    assert library.document(ids(library)["copy.txt"]).text == "Something else."
    assert library.document(ids(library)["tower.txt"]).text == "Something new."
    assert texts(library).count("It has a green lamp.") == 0
    assert examine(library).damage == ()


def test_a_file_that_becomes_equal_to_another_joins_its_document(library: Library, docs: Path) -> None:
    library.add([docs])
    bridge = ids(library)["bridge.txt"]
    (docs / "tower.txt").write_text(BRIDGE)
    receipt = library.add([docs])
    assert shape(receipt) == expected(updated=["tower.txt"], unchanged=1)
    assert receipt.updated[0].note == "now the same content as bridge.txt"
    assert ids(library) == {"bridge.txt": bridge, "tower.txt": bridge}
    assert "It has a green lamp." not in texts(library)


def test_two_files_that_swap_their_contents(library: Library, docs: Path) -> None:
    library.add([docs])
    (docs / "tower.txt").write_text(BRIDGE)
    (docs / "bridge.txt").write_text(TOWER)
    library.add([docs])
    assert library.document(ids(library)["tower.txt"]).text == BRIDGE
    assert library.document(ids(library)["bridge.txt"]).text == TOWER
    assert sorted(texts(library)) == sorted(TOWER.strip().split("\n\n") + BRIDGE.strip().split("\n\n"))
    assert examine(library).damage == ()


def test_a_new_file_with_the_bytes_that_another_had(library: Library, docs: Path) -> None:
    library.add([docs / "tower.txt"])
    before = ids(library)["tower.txt"]
    (docs / "tower.txt").write_text("Rewritten from scratch.")
    (docs / "zz.txt").write_text(TOWER)
    library.add([docs / "tower.txt", docs / "zz.txt"])
    assert library.document(ids(library)["tower.txt"]).text == "Rewritten from scratch."
    assert library.document(ids(library)["zz.txt"]).text == TOWER
    assert ids(library)["tower.txt"] == before
    assert len(set(ids(library).values())) == 2


# --- names


def test_a_file_is_shown_by_its_path_below_the_folder_that_was_named(library: Library, docs: Path) -> None:
    (docs / "sub").mkdir()
    (docs / "sub" / "a.txt").write_text("Deep down.")
    library.add([docs])
    assert sorted(ids(library)) == ["bridge.txt", "sub/a.txt", "tower.txt"]
    assert {row.path for row in library.sources()} == {str(docs / name) for name in ids(library)}


def test_two_folders_may_hold_the_same_name(library: Library, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.txt").write_text(f"Text number {name}.")
    library.add([tmp_path / "one", tmp_path / "two"])
    assert [row.name for row in library.sources()] == ["a.txt", "a.txt"]
    with pytest.raises(PinciteError, match=r"a.txt stands for several documents: .*one.*two.*Name one by its path"):
        library.remove("a.txt")
    library.remove(str(tmp_path / "one" / "a.txt"))
    assert texts(library) == ["Text number two."]


@posix
def test_a_folder_whose_name_is_not_utf8_stops_nothing(library: Library, docs: Path, tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path) + b"/caf\xe9"
    os.mkdir(folder)
    with open(folder + b"/a.txt", "w") as stream:
        stream.write("Text.")
    receipt = library.add([docs, os.fsdecode(folder)])
    assert shape(receipt)["added"] == ["bridge.txt", "tower.txt"]
    assert len(receipt.failed) == 1
    assert "not valid UTF-8" in receipt.failed[0].error


@posix
def test_a_file_name_that_is_not_utf8_is_told(library: Library, docs: Path) -> None:
    with open(os.fsencode(docs) + b"/caf\xe9.txt", "w") as stream:
        stream.write("Text.")
    receipt = library.add([docs])
    assert [(failure.source, failure.error) for failure in receipt.failed] == [
        ("caf\ufffd.txt", "its name or that of a folder above it is not valid UTF-8: rename it.")
    ]
    assert len(receipt.added) == 2


# --- removing


def test_files_gone_from_a_folder_are_removed(library: Library, docs: Path) -> None:
    library.add([docs])
    (docs / "tower.txt").unlink()
    receipt = library.add([docs])
    assert shape(receipt) == expected(removed=["tower.txt"], unchanged=1)
    assert receipt.removed[0].note == "the file is gone"
    assert sorted(texts(library)) == sorted(BRIDGE.strip().split("\n\n"))


def test_files_elsewhere_are_not_missed(library: Library, docs: Path, tmp_path: Path) -> None:
    (tmp_path / "docs2").mkdir()
    (tmp_path / "docs2" / "a.txt").write_text("Elsewhere.")
    library.add([docs, tmp_path / "docs2"])
    (tmp_path / "docs2" / "a.txt").unlink()
    (docs / "tower.txt").unlink()
    library.add([docs])
    assert sorted(ids(library)) == ["a.txt", "bridge.txt"]


def test_a_file_that_can_no_longer_be_found_but_is_there_stays(library: Library, docs: Path) -> None:
    (docs / ".hidden.txt").write_text("Hidden text.")
    library.add([docs / ".hidden.txt"])
    assert shape(library.add([docs])) == expected(added=["bridge.txt", "tower.txt"])
    assert ".hidden.txt" in ids(library)


def test_a_folder_inside_that_vanished_takes_its_files_along(library: Library, docs: Path) -> None:
    (docs / "sub").mkdir()
    (docs / "sub" / "a.txt").write_text("Deep down.")
    library.add([docs])
    (docs / "sub" / "a.txt").unlink()
    (docs / "sub").rmdir()
    assert shape(library.add([docs])) == expected(removed=["sub/a.txt"], unchanged=2)


def test_a_named_folder_that_vanished_is_told_and_nothing_is_removed(library: Library, docs: Path) -> None:
    library.add([docs])
    docs.rename(docs.with_name("elsewhere"))
    with pytest.raises(PinciteError, match="There is no file or folder"):
        library.add([docs])
    assert len(library.sources()) == 2


def test_one_of_two_sources_that_goes_leaves_the_document(library: Library, docs: Path) -> None:
    (docs / "copy.txt").write_text(TOWER)
    library.add([docs])
    (docs / "copy.txt").unlink()
    assert shape(library.add([docs])) == expected(removed=["copy.txt"], unchanged=2)
    assert library.document(ids(library)["tower.txt"]).sources == ("tower.txt",)
    assert "It has a green lamp." in texts(library)


@pytest.mark.parametrize(
    "name", [lambda row: row.document_id, lambda row: row.path, lambda row: row.name, lambda row: row.title]
)
def test_a_document_is_removed_by_any_of_its_names(library: Library, docs: Path, name: Callable[[Any], str]) -> None:
    library.add([docs])
    (row,) = [row for row in library.sources() if row.name == "tower.txt"]
    (entry,) = library.remove(name(row))
    assert (entry.source, entry.id, entry.passages) == ("tower.txt", row.document_id, 2)
    assert entry.note == f"the file {row.path} is still there and comes back when its folder is indexed again"
    assert list(ids(library)) == ["bridge.txt"]
    assert "It has a green lamp." not in texts(library)
    with pytest.raises(PinciteError, match="There is no document"):
        library.document(row.document_id)
    library.add([docs])
    assert "It has a green lamp." in texts(library)


def test_a_folder_can_be_removed(library: Library, docs: Path) -> None:
    library.add([docs])
    assert [entry.source for entry in library.remove(str(docs))] == ["bridge.txt", "tower.txt"]
    assert library.sources() == []
    with pytest.raises(PinciteError, match="is empty"):
        texts(library)


def test_removing_by_path_one_of_two_sources_leaves_the_document(library: Library, docs: Path) -> None:
    (docs / "copy.txt").write_text(TOWER)
    library.add([docs])
    library.remove(str(docs / "copy.txt"))
    assert "It has a green lamp." in texts(library)


@pytest.mark.parametrize("name", ["nothing.txt", "tow", "/", ""])
def test_a_name_that_stands_for_nothing_is_told(
    library: Library, docs: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(docs)  # an empty name must not stand for the folder one happens to be in
    library.add([docs])
    if name == "/":
        library.remove(str(docs))
    with pytest.raises(PinciteError, match="Nothing is indexed under the name"):
        library.remove(name)
    assert len(library.sources()) == (0 if name == "/" else 2)


# --- what goes wrong


def test_a_file_that_cannot_be_read_stops_nothing_and_keeps_its_old_version(library: Library, docs: Path) -> None:
    library.add([docs])
    (docs / "tower.txt").write_bytes(b"\xff\xfe\xff")
    (docs / "new.txt").write_text("A new one.")
    (docs / "empty.txt").touch()
    receipt = library.add([docs])
    assert shape(receipt) == expected(added=["new.txt"], unchanged=1, failed=["empty.txt", "tower.txt"])
    assert "no text" in receipt.failed[0].error
    assert "It has a green lamp." in texts(library)
    assert receipt.indexed


def test_nothing_indexed_is_told_apart(library: Library, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"\0")
    receipt = library.add([tmp_path / "a.txt"])
    assert shape(receipt) == expected(failed=["a.txt"])
    assert not receipt.indexed


def test_a_path_that_does_not_exist_changes_nothing(library: Library, docs: Path) -> None:
    with pytest.raises(PinciteError, match="There is no file or folder"):
        library.add([docs, docs / "missing.txt"])
    assert library.sources() == []


def test_an_interrupted_run_keeps_what_was_committed(
    library: Library, tmp_path: Path, encoder: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "_BATCH", 4)
    for number in range(10):
        (tmp_path / f"{number}.txt").write_text(f"First of {number}.\n\nSecond of {number}.")
    calls: list[int] = []
    encode = encoder.encode_document

    def interrupted(texts: list[str], progress: Any = None) -> Any:
        calls.append(len(texts))
        if len(calls) == 3:
            raise KeyboardInterrupt
        return encode(texts, progress)

    encoder.encode_document = interrupted
    with pytest.raises(KeyboardInterrupt):
        library.add([tmp_path])
    assert [row.name for row in library.sources()] == ["0.txt", "1.txt", "2.txt", "3.txt"]
    assert len(texts(library, "first second")) == 8
    assert examine(library).damage == ()
    encoder.encode_document = encode
    encoder.encoded.clear()
    assert shape(library.add([tmp_path]))["unchanged"] == 4
    assert encoder.encoded[:2] == ["First of 4.", "Second of 4."]
    assert len(encoder.encoded) == 12


def test_an_interruption_before_anything_was_committed_leaves_an_empty_store(
    library: Library, docs: Path, encoder: Any
) -> None:
    def interrupted(texts: list[str], progress: Any = None) -> Any:
        raise KeyboardInterrupt

    encoder.encode_document = interrupted
    with pytest.raises(KeyboardInterrupt):
        library.add([docs])
    assert library.sources() == []
    del encoder.encode_document
    assert len(library.add([docs]).added) == 2


def test_progress_counts_bytes_up_to_all_of_them(library: Library, docs: Path) -> None:
    seen: list[tuple[int, int]] = []
    (docs / "bad.txt").write_bytes(b"\xff")
    library.add([docs], progress=lambda done, total: seen.append((done, total)))
    total = len(TOWER) + len(BRIDGE) + 1
    assert seen[-1] == (total, total)
    assert seen == sorted(seen)
    seen.clear()
    library.add([docs], progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (total, total)


# --- generations, stores, models


def test_each_commit_is_one_generation(library: Library, docs: Path) -> None:
    assert generation(library) == 0
    library.add([docs])
    assert generation(library) == 1
    library.remove("tower.txt")
    assert generation(library) == 2
    (docs / "tower.txt").unlink()
    (docs / "bridge.txt").write_text("Another bridge.")
    library.add([docs / "bridge.txt"])
    assert generation(library) == 3


def test_another_model_is_refused_with_a_sentence(library: Library, docs: Path, encoder: Any) -> None:
    library.add([docs])
    other = type(encoder)()
    other.name, other.fingerprint = "better-words", "better-words-64"
    with Library.open(library.store.folder, encoder=other) as opened:
        with pytest.raises(PinciteError, match=r"was made with the model words, not better-words.*another --store"):
            opened.add([docs])
        assert other.encoded == []
    other.name = "words"
    with (
        Library.open(library.store.folder, encoder=other) as opened,
        pytest.raises(PinciteError, match=r"files of the model words are not those.*put the old files back"),
    ):
        opened.add([docs])


def test_another_model_never_answers_from_old_vectors(library: Library, docs: Path, encoder: Any) -> None:
    library.add([docs])
    other = type(encoder)()
    other.name, other.fingerprint = "better-words", "better-words-64"
    with (
        Library.open(library.store.folder, encoder=other) as opened,
        pytest.raises(PinciteError, match="was made with the model words, not better-words"),
    ):
        Retriever(opened).search("tower")


def test_a_store_is_not_made_by_reading(tmp_path: Path, encoder: Any) -> None:
    with pytest.raises(PinciteError, match=r"There is no store in .*pincite index PATH --store"):
        Library.open(tmp_path / "none", encoder=encoder, create=False)
    assert not (tmp_path / "none").exists()


def test_an_empty_library_is_told(library: Library) -> None:
    assert library.sources() == []
    assert library.status()["documents"] == 0
    with pytest.raises(PinciteError, match="is empty: put documents in with pincite index"):
        Retriever(library).search("tower")


def test_a_damaged_store_is_told_and_never_overwritten(library: Library, docs: Path, encoder: Any) -> None:
    library.add([docs])
    library.close()
    library.store.path.write_bytes(b"garbage" * 1000)
    with Library.open(library.store.folder, encoder=encoder) as opened:
        with pytest.raises(DamagedStoreError):
            opened.sources()
        with pytest.raises(DamagedStoreError):
            opened.add([docs])
    assert library.store.path.read_bytes() == b"garbage" * 1000


def test_status_counts_what_is_there(library: Library, docs: Path) -> None:
    library.add([docs])
    status = library.status()
    assert (status["documents"], status["sources"], status["passages"], status["generation"]) == (2, 2, 4, 1)
    assert status["model"]["name"] == "words"
    assert status["index"]["bytes"] == library.index_path.stat().st_size
    assert status["bytes"] >= status["index"]["bytes"] + library.store.path.stat().st_size


# --- two at once


def test_an_open_library_sees_what_another_one_adds(library: Library, second: Library, docs: Path) -> None:
    assert second.sources() == []
    library.add([docs / "tower.txt"])
    assert len(texts(second)) == 2
    library.add([docs])
    assert len(texts(second)) == 4
    library.remove("tower.txt")
    assert sorted(texts(second)) == sorted(BRIDGE.strip().split("\n\n"))


HOLDER = """
import sys
from pathlib import Path
from qa.lock import writer_lock
with writer_lock(Path(sys.argv[1]) / "LOCK"):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_while_another_process_writes_adding_is_refused_and_reading_is_not(library: Library, docs: Path) -> None:
    library.add([docs / "tower.txt"])
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(library.store.folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        for write in (lambda: library.add([docs]), lambda: library.remove("tower.txt")):
            with pytest.raises(PinciteError, match=rf"Another process \({other.pid}\) is writing"):
                write()
        assert len(texts(library)) == 2
    library.add([docs])
    assert len(texts(library)) == 4


def test_searching_while_adding_and_removing(
    library: Library, second: Library, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    rounds = 100
    folder = tmp_path / "docs"
    folder.mkdir()
    for number in range(30):
        (folder / f"base{number}.txt").write_text(f"The base text {number} speaks of the harbour.")
    library.add([folder])
    removed: set[str] = set()
    wrong: list[object] = []
    searches = 0
    done = threading.Event()

    def search(own: Library) -> None:
        nonlocal searches
        while not done.is_set():
            try:
                gone = set(removed)
                hits = Retriever(own).search("harbour visitor", 100)
                for hit in hits:
                    if hit.passage.text in gone:
                        wrong.append(hit.passage.text)
                    if hit.citation.quote != hit.passage.text:
                        wrong.append(hit)
                if sum("base" in hit.passage.text for hit in hits) != 30:
                    wrong.append(len(hits))
                searches += 1
                time.sleep(0.002)
            except Exception as error:  # whatever it is, there must be none
                wrong.append(error)

    threads = [threading.Thread(target=search, args=(own,)) for own in (library, library, second)]
    with caplog.at_level(logging.WARNING):
        for thread in threads:
            thread.start()
        for number in range(rounds):
            text = f"A visitor with number {number} came to the harbour."
            path = folder / f"visitor{number}.txt"
            path.write_text(text)
            library.add([path])
            assert text in [hit.passage.text for hit in Retriever(library).search(f"visitor number {number}", 100)]
            library.remove(str(path))
            removed.add(text)
        done.set()
        for thread in threads:
            thread.join()
    assert wrong == []
    assert searches > rounds
    assert caplog.records == []
    assert examine(library).damage == ()


def test_a_renamed_file_is_called_by_its_new_name(library: Library, encoder: Any, tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "draft.txt").write_text("Herons nest in reeds.")
    (before,) = library.add([docs]).added
    encoder.encoded.clear()
    (docs / "draft.txt").rename(docs / "report.txt")
    receipt = library.add([docs])
    assert [(entry.source, entry.id) for entry in receipt.added] == [("report.txt", before.id)]
    assert [entry.source for entry in receipt.removed] == ["draft.txt"]
    assert (receipt.updated, receipt.indexed) == ((), 1)
    assert library.document(str(before.id)).title == "report"
    assert Retriever(library).search("report", 1)[0].citation.document.title == "report"
    assert encoder.encoded == []
    assert library.add([docs]).unchanged == 1


def test_a_title_that_is_no_name_of_a_file_stays(library: Library, tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "draft.md").write_text("# Herons\n\nThey nest in reeds.")
    (before,) = library.add([docs]).added
    (docs / "draft.md").rename(docs / "report.md")
    library.add([docs])
    assert library.document(str(before.id)).title == "Herons"


def test_the_same_bytes_under_the_name_of_another_format_are_read_as_that(library: Library, tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "a.txt").write_text("Herons nest in reeds.")
    library.add([docs])
    (docs / "a.pdf").write_bytes((docs / "a.txt").read_bytes())
    (docs / "b.md").write_bytes((docs / "a.txt").read_bytes())
    for _ in range(2):
        receipt = library.add([docs])
        assert [failure.source for failure in receipt.failed] == ["a.pdf"]
    assert sorted(row.name for row in library.sources()) == ["a.txt", "b.md"]


def test_of_three_names_of_a_document_the_one_that_gave_its_title_goes(library: Library, tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    for name in ("a.txt", "b.txt", "c.txt"):
        (docs / name).write_text("Herons nest in reeds.")
    library.add([docs])
    (docs / "a.txt").unlink()
    receipt = library.add([docs])
    assert ([entry.source for entry in receipt.removed], receipt.failed) == (["a.txt"], ())
    assert {(row.name, library.document(row.document_id).title) for row in library.sources()} == {
        ("b.txt", "b"),
        ("c.txt", "b"),
    }
    assert examine(library).damage == ()
