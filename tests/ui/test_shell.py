"""What stands around the chat: its parts, by the names that scripts and people know them by."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parsed import Page, shown, texts

import ui
from ui.shell import shell

ASSETS = Path(ui.__file__).parent / "assets"


def page(status: str = "", *collections: str, chosen: str = "") -> Page:
    return Page(shell(status, collections, chosen))


def test_the_parts_have_names_for_those_who_listen() -> None:
    parts = page("2 documents")
    named = {(e.tag, e.attributes["aria-label"]) for e in parts.elements if e.tag in ("nav", "aside", "main")}
    assert named >= {("nav", "Views"), ("nav", "Conversations"), ("aside", "Source")}
    assert {("main", "Library"), ("main", "Evaluate")} <= named
    assert [e.text for e in parts.of("h1")] == ["Pincite"]
    for button in parts.of("button"):
        assert button.text or button.attributes.get("aria-label"), button.attributes
    (said,) = [e for e in parts.elements if e.attributes.get("id") == "pc-said"]
    assert (said.attributes["role"], said.attributes["aria-live"]) == ("status", "polite")


def test_the_views() -> None:
    links = [(e.attributes["href"], e.text) for e in page().of("a") if str(e.attributes.get("href")).startswith("#")]
    assert links == [
        ("#pc-box", "To the question"),
        ("#chat", "Chat"),
        ("#library", "Library"),
        ("#evaluate", "Evaluate"),
    ]


def test_what_is_open_later_is_hidden_at_first() -> None:
    hidden = {e.attributes["id"] for e in page().elements if "hidden" in e.attributes}
    assert hidden >= {"pc-panel", "pc-library", "pc-evaluate", "pc-hover", "pc-correct"}


def test_the_line_in_the_head() -> None:
    assert page("2 documents, <i>all</i> here").text("pc-status") == ["2 documents, <i>all</i> here"]
    assert page("").text("pc-status") == [""]


def test_one_collection_needs_no_picker() -> None:
    assert not [e for e in page().elements if e.attributes.get("id") == "pc-picker"]


@pytest.mark.parametrize("chosen", ["", "birds & é", "nests"])
def test_the_picker_leads_to_every_collection(chosen: str) -> None:
    found = page("", "birds & é", "nests", chosen=chosen)
    (picker,) = [e for e in found.elements if e.attributes.get("id") == "pc-picker"]
    links = [e for e in picker.inside if e.tag == "a"]
    assert [(e.text, e.attributes["href"]) for e in links] == [
        ("Documents", "/"),
        ("birds & é", "/?collection=birds+%26+%C3%A9"),
        ("nests", "/?collection=nests"),
    ]
    here = [e.text for e in links if e.attributes.get("aria-current")]
    assert here == [chosen or "Documents"]
    assert [e.text for e in picker.inside if e.tag == "summary"] == [chosen or "Documents"]


@given(texts, st.lists(texts.filter(bool), min_size=1, max_size=3, unique=True))
def test_whatever_the_words_they_are_shown_and_do_nothing(status: str, names: list[str]) -> None:
    found = page(status, *names, chosen=names[0])
    assert found.text("pc-status") == [shown(status)]
    (picker,) = [e for e in found.elements if e.attributes.get("id") == "pc-picker"]
    assert [e.text for e in picker.inside if e.tag == "a"] == ["Documents", *map(shown, names)]
    links = [urlsplit(e.attributes["href"] or "") for e in picker.inside if e.tag == "a"]
    assert {link.path for link in links} == {"/"}
    asked = [name.encode("utf-8", "replace").decode() for name in names]
    assert [parse_qs(link.query)["collection"] for link in links[1:]] == [[name] for name in asked]
    plain = {e.tag for e in page("", "a").elements} | {"span"}
    assert {e.tag for e in found.elements} <= plain


def test_every_part_that_a_script_or_a_style_names_is_there() -> None:
    known = {e.attributes["id"] for e in page("", "a").elements if "id" in e.attributes}
    panel = (ASSETS / "panel.js").read_text(encoding="utf-8")
    wanted = {f"pc-panel-{name}" for name in re.findall(r'part\("([a-z]+)"\)', panel)}
    wanted |= set(re.findall(r'getElementById\("(pc-[a-z-]+)"\)', panel))
    assert wanted
    assert wanted <= known
    style = (ASSETS / "shell.css").read_text(encoding="utf-8")
    elsewhere = {"pc-talk", "pc-box"}  # in the chat itself
    assert set(re.findall(r"#(pc-[a-z-]+)", style)) - elsewhere <= known | {"pc-talks"}
