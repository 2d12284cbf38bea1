"""Where in a file a value stands, and how it is called."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.gold.formats.documents import line_of
from qa.gold.formats.fields import Steps, name, shown

DOCUMENT = """
{ "a" :
  [ 1,
    {"b": "x\\n]}",
     "c d": [[],
       {}]}],
  "a\\u0062": 3, "twice": 1,
  "twice":
     2 }
"""


@pytest.mark.parametrize(
    ("steps", "line"),
    [
        ((), 2),
        (("a",), 3),
        (("a", 0), 3),
        (("a", 1), 4),
        (("a", 1, "b"), 4),
        (("a", 1, "c d"), 5),
        (("a", 1, "c d", 1), 6),
        (("ab",), 7),
        (("twice",), 9),
        # What is not there is looked for in what lacks it.
        (("a", 7), 3),
        (("a", 1, "z"), 4),
        (("a", 1, "b", "z"), 4),
        (("z", "z"), 2),
    ],
)
def test_a_value_is_found_in_its_line(steps: Steps, line: int) -> None:
    assert json.loads(DOCUMENT)
    assert line_of(DOCUMENT, steps) == line


keys = st.text(st.characters(codec="utf-8"), max_size=3)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=12,
)


def marked(value: Any, steps: Steps) -> Any:
    """The same document with the value at `steps` replaced by a mark."""
    if not steps:
        return "the mark"
    if isinstance(value, dict):
        return {key: marked(inner, steps[1:]) if key == steps[0] else inner for key, inner in value.items()}
    return [marked(inner, steps[1:]) if at == steps[0] else inner for at, inner in enumerate(value)]


@given(values, st.data())
def test_any_value_is_found_in_its_line(document: Any, data: st.DataObject) -> None:
    steps: Steps = ()
    inner = document
    while inner and isinstance(inner, dict | list) and data.draw(st.booleans()):
        step = data.draw(st.sampled_from(sorted(inner) if isinstance(inner, dict) else list(range(len(inner)))))
        steps, inner = (*steps, step), inner[step]
    text = json.dumps(marked(document, steps), indent=1)
    assert text.split("\n")[line_of(text, steps) - 1].rstrip(",").endswith('"the mark"')


def test_values_are_called_as_in_code() -> None:
    assert name(("data", 0, "qas", 12, "answer_start")) == "data[0].qas[12].answer_start"
    assert name((3,)) == "[3]"
    assert name(("corpus-id",)) == "corpus-id"
    assert name(("1 2", "a", "")) == '["1 2"].a[""]'


def test_what_is_shown_stays_on_its_line_and_short() -> None:
    assert shown("reeds") == '"reeds"'
    assert shown("Kräniche") == '"Kräniche"'
    assert shown("a\n\x1b[2J\u202e") == '"a\\n\\u001b[2J\\u202e"'
    assert shown("x" * 61) == '"' + "x" * 60 + '…"'
