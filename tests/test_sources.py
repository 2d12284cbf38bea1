"""From named paths to files: what is found, what is left out, and what is told."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

import pytest

from qa.errors import PinciteError
from qa.sources import SourceFile, can_matter, discover, read_bytes

posix = pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX file system")


def permissions_bind() -> bool:
    """Whether modes keep this user out; they do not keep out the superuser."""
    with tempfile.NamedTemporaryFile() as file:
        os.chmod(file.name, 0)
        return not os.access(file.name, os.R_OK)


bound = pytest.mark.skipif(not permissions_bind(), reason="permissions do not bind the superuser")


def tree(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"text of {name}")
    return folder


def names(*paths: Path) -> list[str]:
    return [file.name for file in discover(paths).files]


def test_files_of_a_folder_in_order_by_their_name_below_it(tmp_path: Path) -> None:
    tree(tmp_path, "b.txt", "a.md", "sub/deep/c.TXT", "sub/a.txt")
    found = discover([tmp_path])
    assert [(file.name, file.path, file.root) for file in found.files] == [
        ("a.md", str(tmp_path / "a.md"), str(tmp_path)),
        ("b.txt", str(tmp_path / "b.txt"), str(tmp_path)),
        ("sub/a.txt", str(tmp_path / "sub" / "a.txt"), str(tmp_path)),
        ("sub/deep/c.TXT", str(tmp_path / "sub" / "deep" / "c.TXT"), str(tmp_path)),
    ]
    assert found.failed == ()


def test_a_file_named_directly_is_called_by_its_file_name(tmp_path: Path) -> None:
    tree(tmp_path, "sub/a.txt")
    (file,) = discover([tmp_path / "sub" / "a.txt"]).files
    assert (file.name, file.root) == ("a.txt", str(tmp_path / "sub" / "a.txt"))


def test_paths_may_be_relative_or_begin_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree(tmp_path, "a.txt")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert [discover([path]).files[0].path for path in (".", "a.txt", "~/a.txt")] == [str(tmp_path / "a.txt")] * 3


def test_a_file_named_twice_is_found_once(tmp_path: Path) -> None:
    tree(tmp_path, "a.txt")
    assert len(discover([tmp_path, tmp_path, tmp_path / "a.txt"]).files) == 1


def test_other_formats_and_hidden_names_in_a_folder_are_left_out(tmp_path: Path) -> None:
    tree(tmp_path, "a.txt", "b.odt", "c", ".hidden.txt", ".git/d.txt", "sub/.e/f.txt", "txt", "g.txt.bak")
    assert names(tmp_path) == ["a.txt"]


def test_a_folder_that_is_a_store_is_left_out(tmp_path: Path) -> None:
    tree(tmp_path, "a.txt", "deep/store/LOCK", "deep/store/gold.jsonl", "deep/store/more/b.txt", "deep/c.txt")
    assert "deep/store/gold.jsonl" in names(tmp_path)
    tree(tmp_path, "deep/store/store.db")
    found = discover([tmp_path])
    assert [file.name for file in found.files] == ["a.txt", "deep/c.txt"]
    assert found.skipped == {"store of Pincite": 1}
    with pytest.raises(PinciteError, match="is a store of Pincite: name the folder of the documents"):
        discover([tmp_path / "deep" / "store"])


def test_a_file_that_is_known_is_taken_as_it_is(tmp_path: Path) -> None:
    tree(tmp_path, "a.txt", "b.txt")
    known = SourceFile(str(tmp_path / "a.txt"), "docs/a.txt", str(tmp_path))
    found = discover([known])
    assert (found.files, found.folders) == ((known,), ())


def test_what_can_matter(tmp_path: Path) -> None:
    tree(tmp_path, "a.txt", "b.jpg", ".c.txt", "sub/d.txt")
    wanted = {"a.txt": True, "gone.txt": True, "gone": True, "b.jpg": False, ".c.txt": False, ".gone": False}
    assert {name: can_matter(str(tmp_path / name)) for name in wanted} == wanted
    assert not can_matter(str(tmp_path / "sub"))  # of its files each is named


def test_a_hidden_name_may_be_named_directly(tmp_path: Path) -> None:
    tree(tmp_path, ".hidden.txt", ".folder/a.txt")
    assert names(tmp_path / ".hidden.txt", tmp_path / ".folder") == [".hidden.txt", "a.txt"]


def test_another_format_named_directly_is_found_and_told_on_reading(tmp_path: Path) -> None:
    tree(tmp_path, "a.odt")
    assert names(tmp_path / "a.odt") == ["a.odt"]


@pytest.mark.parametrize("missing", ["missing", "a.txt/b", "nul\0nul", "n" * 300])
def test_a_missing_path_is_named(tmp_path: Path, missing: str) -> None:
    tree(tmp_path, "a.txt")
    with pytest.raises(PinciteError, match=r"There is no file or folder .*: check the name"):
        discover([tmp_path / "a.txt", os.path.join(tmp_path, missing)])


@pytest.mark.parametrize("content", [(), ("a.odt",), (".hidden.txt", "sub/b.doc")])
def test_a_folder_with_nothing_to_index_is_named(tmp_path: Path, content: tuple[str, ...]) -> None:
    folder = tree(tmp_path / "folder", *content)
    folder.mkdir(exist_ok=True)
    with pytest.raises(PinciteError, match=r"nothing to index in .*folder: it holds no \.csv, .*, \.xhtml files"):
        discover([folder])


@posix
def test_links_inside_a_folder_are_not_followed(tmp_path: Path) -> None:
    tree(tmp_path, "secret/s.txt", "docs/a.txt")
    (tmp_path / "docs" / "file.txt").symlink_to(tmp_path / "secret" / "s.txt")
    (tmp_path / "docs" / "folder").symlink_to(tmp_path / "secret")
    (tmp_path / "docs" / "folder.txt").symlink_to(tmp_path / "secret")
    (tmp_path / "docs" / "loop").symlink_to(tmp_path / "docs")
    (tmp_path / "docs" / "self.txt").symlink_to(tmp_path / "docs" / "self.txt")
    assert names(tmp_path / "docs") == ["a.txt"]


@posix
def test_a_link_may_be_named_directly(tmp_path: Path) -> None:
    tree(tmp_path, "real/a.txt")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    (file,) = discover([tmp_path / "link"]).files
    assert (file.name, file.path) == ("a.txt", str(tmp_path / "link" / "a.txt"))


@posix
@pytest.mark.parametrize("named", [".", "pipe.txt"])
def test_a_pipe_is_never_waited_for(tmp_path: Path, named: str) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    (file,) = discover([tmp_path / named]).files
    with pytest.raises(PinciteError, match="not a regular file"):
        read_bytes(file.path)


@posix
def test_a_file_that_became_a_link_is_not_followed(tmp_path: Path) -> None:
    tree(tmp_path, "secret/s.txt", "docs/a.txt", "docs/b.txt")
    first, second = discover([tmp_path / "docs"]).files
    (named,) = discover([tmp_path / "docs" / "b.txt"]).files
    (tmp_path / "docs" / "b.txt").unlink()
    (tmp_path / "docs" / "b.txt").symlink_to(tmp_path / "secret" / "s.txt")
    assert first.read() == b"text of docs/a.txt"
    with pytest.raises(PinciteError, match="not a regular file"):
        second.read()
    assert named.read() == b"text of secret/s.txt"  # what a person names may be a link


@posix
def test_a_file_that_becomes_a_link_while_it_is_opened_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree(tmp_path, "secret/s.txt", "docs/a.txt")
    path = tmp_path / "docs" / "a.txt"
    (file,) = discover([tmp_path / "docs"]).files
    stat = os.stat

    def replaced(looked_at: str, **how: bool) -> os.stat_result:
        status = stat(looked_at, **how)
        if looked_at == str(path) and not path.is_symlink():
            path.unlink()
            path.symlink_to(tmp_path / "secret" / "s.txt")
        return status

    monkeypatch.setattr(os, "stat", replaced)
    with pytest.raises(PinciteError, match="could not be read"):
        file.read()


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="needs a file that says it has no bytes")
def test_a_file_that_is_not_as_long_as_it_was_is_told() -> None:
    with pytest.raises(PinciteError, match="it changes while it is read"):
        read_bytes("/proc/self/status")


def test_a_file_that_grows_is_read_as_it_was_at_one_moment_or_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "log.txt"
    path.write_bytes(b"a line\n" * 100_000)
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 2:  # nothing writes to it from the second attempt on
            monkeypatch.setattr(os, "fstat", fstat)

    def grown(descriptor: int) -> os.stat_result:
        status = fstat(descriptor)
        with path.open("ab") as stream:
            stream.write(b"a line\n")
        return status

    fstat = os.fstat
    monkeypatch.setattr(os, "fstat", grown)
    monkeypatch.setattr(time, "sleep", pause)
    data = read_bytes(str(path))
    assert data == path.read_bytes()
    assert pauses == [0, 0.2]


def test_a_file_that_is_too_large_is_told_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "large.txt"
    path.touch()
    os.truncate(path, 300_000_001)  # a hole, which takes no room
    with pytest.raises(PinciteError, match="it is larger than 300 MB: split it"):
        read_bytes(str(path))


def test_a_folder_called_like_a_file_is_searched(tmp_path: Path) -> None:
    tree(tmp_path, "odd.txt/a.txt")
    assert names(tmp_path) == ["odd.txt/a.txt"]
    with pytest.raises(PinciteError, match="not a regular file"):
        read_bytes(str(tmp_path / "odd.txt"))


def test_a_file_that_vanished_is_told(tmp_path: Path) -> None:
    with pytest.raises(PinciteError, match="could not be read: No such file"):
        read_bytes(str(tmp_path / "gone.txt"))


@posix
@bound
def test_what_may_not_be_read_is_told(tmp_path: Path) -> None:
    tree(tmp_path, "a.txt", "locked/b.txt", "open/c.txt")
    (tmp_path / "a.txt").chmod(0)
    (tmp_path / "locked").chmod(0)
    try:
        found = discover([tmp_path])
        assert [file.name for file in found.files] == ["a.txt", "open/c.txt"]
        assert found.failed == (("locked", "the folder could not be read: Permission denied."),)
        assert found.folders == ()
        with pytest.raises(PinciteError, match="may not be read: check its permissions"):
            read_bytes(str(tmp_path / "a.txt"))
    finally:
        (tmp_path / "a.txt").chmod(0o644)
        (tmp_path / "locked").chmod(0o755)


def test_only_folders_that_were_named_are_searched_to_the_end(tmp_path: Path) -> None:
    tree(tmp_path, "docs/a.txt", "docs-old/b.txt", "one.txt")
    found = discover([tmp_path / "docs", tmp_path / "one.txt"])
    assert found.folders == (os.path.join(tmp_path, "docs", ""),)


def test_what_is_left_alone_is_counted_by_what_it_is(tmp_path: Path) -> None:
    for name in (
        "a.jpg",
        "deep/b.JPG",
        "c",
        ".hidden.txt",
        "d.txt",
        "e." + "x" * 50,
        ".git/f.txt",
        "deep/.git/g/h.txt",
    ):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text("text")
    found = discover([tmp_path])
    assert found.skipped == {"hidden folder": 2, ".jpg": 2, "hidden": 1, "without a suffix": 1, "." + "x" * 19: 1}
    assert list(found.skipped)[:2] == ["hidden folder", ".jpg"]
    assert len(found.files) == 1


@posix
def test_links_that_are_left_alone_are_counted(tmp_path: Path) -> None:
    tree(tmp_path, "secret/s.txt", "docs/a.txt")
    (tmp_path / "docs" / "file.txt").symlink_to(tmp_path / "secret" / "s.txt")
    (tmp_path / "docs" / "folder").symlink_to(tmp_path / "secret")
    (tmp_path / "docs" / "loop").symlink_to(tmp_path / "docs")
    assert discover([tmp_path / "docs"]).skipped == {"link": 1, "link to a folder": 2}
