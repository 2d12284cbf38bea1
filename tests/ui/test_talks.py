"""The list of conversations: what stands in it, under which day, and what can be done with each."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from parsed import Page, shown, texts

from ui.talks import Entry, listed

TODAY = date(2026, 3, 1)


def entry(days: int = 0, title: str = "How high?", id_: str = "aaaaaaaaaaaaaaaaaaaaaa") -> Entry:
    return Entry(id_, title, TODAY - timedelta(days))


def test_an_empty_list_says_what_it_is_for() -> None:
    assert listed([], TODAY) == '<p class="pc-none">What you ask is kept here.</p>'


def test_one_in_full() -> None:
    name = "How high&#63;"
    id_ = "aaaaaaaaaaaaaaaaaaaaaa"
    here = f"/talk/{id_}"
    query = "&#47;&#63;talk&#61;aaaaaaaaaaaaaaaaaaaaaa"
    export = "&#47;talk&#47;aaaaaaaaaaaaaaaaaaaaaa&#46;"
    assert listed([entry()], TODAY) == (
        '<h2>Today</h2><ul><li class="pc-talk" id="entry-aaaaaaaaaaaaaaaaaaaaaa">'
        f'<a class="pc-talk-link" href="{query}" dir="auto">{name}</a>'
        f'<details class="pc-menu"><summary id="menu-{id_}" aria-label="What to do with: {name}"></summary><div>'
        f'<form method="post" action="{here}/title" data-into="#pc-talks"><label>Name'
        f'<input id="name-{id_}" name="title" value="{name}" maxlength="200" required></label>'
        "<button>Rename</button></form>"
        f'<a href="{export}md" download>Export as Markdown</a><a href="{export}jsonl" download>Export proofs (JSON)</a>'
        f'<button type="button" class="pc-share" value="{query}">Copy the link</button>'
        f'<form method="post" action="{here}/delete" data-into="#pc-talks"><button class="pc-delete" '
        'data-sure="Delete for good">Delete</button></form></div></details></li></ul>'
    )


@pytest.mark.parametrize(
    ("days", "heading"),
    [
        (-1, "Today"),  # a clock that was put back
        (0, "Today"),
        (1, "Yesterday"),
        (2, "Last seven days"),
        (7, "Last seven days"),
        (8, "Earlier"),
        (10_000, "Earlier"),
    ],
)
def test_the_day_it_stands_under(days: int, heading: str) -> None:
    assert Page(listed([entry(days)], TODAY)).text("h2") == [heading]


def test_each_day_stands_once_above_its_own() -> None:
    markup = listed([entry(days, f"t{number}") for number, days in enumerate((0, 0, 1, 3, 5, 40))], TODAY)
    page = Page(markup)
    assert page.text("h2") == ["Today", "Yesterday", "Last seven days", "Earlier"]
    assert [element.text.count("Rename") for element in page.of("ul")] == [2, 1, 2, 1]
    assert page.text("pc-talk-link") == [f"t{number}" for number in range(6)]


def test_links_name_the_collection() -> None:
    page = Page(listed([entry()], TODAY, "birds & é"))
    query = "collection=birds+%26+%C3%A9"
    link, *exports = [element.attributes["href"] or "" for element in page.of("a")]
    assert link == f"/?talk=aaaaaaaaaaaaaaaaaaaaaa&{query}"
    assert [export.split("?")[1] for export in exports] == [query] * 2
    assert page.of("pc-share")[0].attributes["value"] == link


def test_older_ones_are_a_link_away_and_their_forms_stay_with_all_of_them() -> None:
    newest = Page(listed([entry()], TODAY, more=True))
    (older,) = [element.attributes for element in newest.of("a") if element.attributes.get("id") == "pc-older"]
    assert (older["href"], older["data-into"]) == ("/talk?all=1", "#pc-talks")
    assert "pc-older" not in listed([entry()], TODAY)
    whole = Page(listed([entry()], TODAY, whole=True))
    assert [element.attributes["action"] for element in whole.of("form")] == [
        "/talk/aaaaaaaaaaaaaaaaaaaaaa/title?all=1",
        "/talk/aaaaaaaaaaaaaaaaaaaaaa/delete?all=1",
    ]


def test_one_that_is_gone_is_marked_for_the_page() -> None:
    for entries in ([], [entry()]):
        markup = listed(entries, TODAY, gone='b" onclick="x')
        assert markup.startswith('<span id="pc-gone" data-talk="b&#34; onclick&#61;&#34;x" hidden></span>')
        assert "pc-gone" not in listed(entries, TODAY)


@given(texts, texts)
def test_whatever_the_title_it_is_shown_and_does_nothing(title: str, collection: str) -> None:
    page = Page(listed([entry(title=title)], TODAY, collection))
    assert page.text("pc-talk-link") == [shown(title)]
    ours = set("h2 ul li a details summary div form label input button span".split())
    assert {element.tag for element in page.elements} <= ours
    assert "onclick" not in {name for element in page.elements for name in element.attributes}
    assert len(page.of("form")) == 2
