"""Collections: which names they may have, where they are, and that they are kept apart."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa import collections
from qa.errors import PinciteError


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("contracts", "contracts"),
        ("Contracts 2024", "Contracts 2024"),
        ("  two \t spaces  ", "two spaces"),
        ("my_own-notes", "my_own-notes"),
        ("Verträge", "Verträge"),
        (unicodedata.normalize("NFD", "Verträge"), "Verträge"),
        ("契約書", "契約書"),
        ("हिन्दी", "हिन्दी"),  # whose vowel signs are marks
        ("٢٠٢٤", "٢٠٢٤"),
        ("x" * 60, "x" * 60),
    ],
)
def test_names_of_every_script(typed: str, name: str) -> None:
    assert collections.checked(typed) == name


@pytest.mark.parametrize(
    "typed",
    ["", "  ", "a.b", "..", ".hidden", "a/b", "a\\b", "a:b", "a\0b", "a\u200bb", "a\u202eb", "\ud800", "x" * 61],
)
def test_names_that_are_none_are_told_in_a_sentence(typed: str) -> None:
    with pytest.raises(PinciteError, match=r"\.$") as told:
        collections.checked(typed)
    assert str(told.value).isprintable()


@given(st.text(max_size=70))
def test_no_name_leads_out_of_its_folder(typed: str) -> None:
    try:
        path = collections.folder("store", typed)
    except PinciteError:
        return
    assert path.parent == Path("store/collections")
    assert path.name not in (".", "..")
    assert collections.checked(path.name) == path.name
    assert len(path.name.encode()) <= 255


def test_there_are_none_before_one_is_made(tmp_path: Path) -> None:
    assert collections.names(tmp_path) == ()
    assert collections.make(tmp_path, " letters ") == "letters"
    assert collections.make(tmp_path, "Contracts") == "Contracts"
    assert collections.names(tmp_path) == ("Contracts", "letters")
    assert (tmp_path / "collections" / "letters").is_dir()


def test_letter_case_makes_no_second_one(tmp_path: Path) -> None:
    collections.make(tmp_path, "Verträge")
    assert collections.folder(tmp_path, "VERTRÄGE") == tmp_path / "collections" / "Verträge"
    assert collections.folder(tmp_path, unicodedata.normalize("NFD", "verträge")).name == "Verträge"
    with pytest.raises(PinciteError, match="There is a collection Verträge already"):
        collections.make(tmp_path, "verträge")
    assert collections.names(tmp_path) == ("Verträge",)


def test_only_folders_with_a_name_are_collections(tmp_path: Path) -> None:
    for name in ("good", ".hidden", "two  spaces", "a.b"):
        (tmp_path / "collections" / name).mkdir(parents=True)
    (tmp_path / "collections" / "file").write_text("")
    assert collections.names(tmp_path) == ("good",)


def test_a_disk_that_refuses_is_told(tmp_path: Path) -> None:
    (tmp_path / "collections").write_text("a file in the way")
    with pytest.raises(PinciteError, match="could not be made"):
        collections.make(tmp_path, "letters")


def test_a_folder_says_which_collection_it_is(tmp_path: Path) -> None:
    assert collections.parted(collections.folder(tmp_path, "letters")) == (tmp_path, "letters")
    assert collections.parted(tmp_path) == (tmp_path, "")


def test_the_home_of_a_person_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert collections.folder("~/store", "letters") == tmp_path / "store" / "collections" / "letters"
