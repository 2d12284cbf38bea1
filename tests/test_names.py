"""What a document may be called, which name comes first, and what is no name."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import PinciteError
from qa.names import Names
from qa.record import SourceRow


def row(path: str, id_: str, *, name: str = "", title: str = "") -> SourceRow:
    """A source; shown by its file name, and titled as its id is, unless told otherwise."""
    return SourceRow(path, name or os.path.basename(path), "/docs", id_, title or f"Title {id_}", "0" * 64, 1)


ROWS = [
    row("/docs/water/lakes.txt", "a", name="water/lakes.txt", title="Lakes"),
    row("/docs/hills.md", "b", title="The hills"),
    row("/other/hills.txt", "c", name="hills.txt", title="The hills"),
    row("/docs/copy of lakes.txt", "a", title="Lakes"),  # a second source of the first document
]


@pytest.mark.parametrize(
    ("name", "paths"),
    [
        ("a", ["/docs/water/lakes.txt", "/docs/copy of lakes.txt"]),  # by id: every source of the document
        ("/docs/water/lakes.txt", ["/docs/water/lakes.txt"]),
        ("/docs/water/../hills.md", ["/docs/hills.md"]),
        ("water/lakes.txt", ["/docs/water/lakes.txt"]),
        ("lakes.txt", ["/docs/water/lakes.txt"]),
        ("copy of lakes.txt", ["/docs/copy of lakes.txt"]),
        ("Lakes", ["/docs/water/lakes.txt", "/docs/copy of lakes.txt"]),
        ("/docs/water", ["/docs/water/lakes.txt"]),
        ("/docs/", ["/docs/water/lakes.txt", "/docs/hills.md", "/docs/copy of lakes.txt"]),
        ("/other", ["/other/hills.txt"]),
    ],
)
def test_ways_to_name_a_document(name: str, paths: list[str]) -> None:
    assert [found.path for found in Names(ROWS).find(name)] == paths


def test_paths_may_be_relative_or_below_the_home(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    names = Names([row(str(tmp_path / "sub" / "x.txt"), "a", name="shown")])
    for name in ("sub/x.txt", "./sub/x.txt", "~/sub/x.txt", "sub", "~/sub", "."):
        assert [found.document_id for found in names.find(name)] == ["a"]
    with pytest.raises(PinciteError, match="Nothing is indexed"):
        names.find("")  # no name is not this folder


def test_the_order_of_the_ways() -> None:
    # One word is an id, a shown source, a file name and a title, each of another document.
    rows = [
        row("/1.txt", "word"),
        row("/2.txt", "b", name="word"),
        row("/docs/word", "c", name="far/word"),
        row("/4.txt", "d", title="word"),
        row("/docs/5.txt", "e"),
    ]
    for expected in ("word", "b", "c", "d"):
        assert [found.document_id for found in Names(rows).find("word")] == [expected]
        rows = rows[1:]
    with pytest.raises(PinciteError):
        Names(rows).find("word")


def test_a_path_comes_before_a_shown_source() -> None:
    rows = [row("/1.txt", "a", name="/2.txt"), row("/2.txt", "b")]
    assert [found.document_id for found in Names(rows).find("/2.txt")] == ["b"]


def test_a_name_of_several_documents_is_told() -> None:
    told = (
        r"^The hills stands for several documents: /docs/hills\.md, /other/hills\.txt\. Name one by its path or id\.$"
    )
    with pytest.raises(PinciteError, match=told):
        Names(ROWS).find("The hills")


@pytest.mark.parametrize(
    "name", ["rivers.txt", "", " ", "/doc", "LAKES.TXT", "lakes.txt ", "\0", "\ud800", "%", "*.txt"]
)
def test_what_is_no_name_is_told(name: str) -> None:
    with pytest.raises(PinciteError, match=r"^Nothing is indexed under the name .*: see pincite sources"):
        Names(ROWS).find(name)


def test_half_the_name_of_a_folder_is_no_folder() -> None:
    with pytest.raises(PinciteError, match="Nothing is indexed"):
        Names(ROWS).find("/docs/wat")
    assert [found.path for found in Names(ROWS).find("/docs/water/")] == ["/docs/water/lakes.txt"]


def test_nothing_is_indexed() -> None:
    with pytest.raises(PinciteError, match="Nothing is indexed"):
        Names([]).find("a")


def test_a_broken_character_names_what_was_indexed_with_it_replaced() -> None:
    assert Names([row("/docs/x?.txt", "a")]).find("x\udc80.txt")[0].document_id == "a"


@given(st.text(max_size=20))
def test_any_name_finds_sources_or_a_sentence(name: str) -> None:
    try:
        found = Names(ROWS).find(name)
    except PinciteError:
        return
    assert found
    assert all(each in ROWS for each in found)
