"""The Evaluate view as markup: what it says, and that no word of a question, a document or an error can act in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui import evaluation, failure, feedback, gold, run
from ui.evaluation import Figure, Line, Set, Work
from ui.failure import Excerpt, Failure
from ui.gold import Evidence, Listed, Problem, Question
from ui.run import Asked, Cause, Change, Comparison, Other, Page, Run

HOSTILE = (
    '</p></details></textarea><script>ran=1</script><img src=x onerror=ran=1>"\' data-poll="1" \u202e\0\ud800&amp;'
)


class Parsed(HTMLParser):
    """The elements of a fragment with their attributes, what is open at its end, and what the fields hold."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.areas: dict[str, str] = {}
        self._area = ""
        self.text = ""
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in ("input",):
            self.open.append(tag)
        if tag == "textarea":
            self._area = dict(attrs)["name"] or ""
            self.areas[self._area] = ""

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.areas[self._area] += data
        self.text += data

    @property
    def inputs(self) -> dict[str, str]:
        return {str(each["name"]): each.get("value") or "" for tag, each in self.elements if tag == "input"}


def texts(value: Any) -> Iterator[Any]:
    """The value with HOSTILE in the place of each text in it, one of them at a time."""
    if isinstance(value, str):
        yield HOSTILE
    elif isinstance(value, tuple):
        for at, each in enumerate(value):
            yield from ((*value[:at], other, *value[at + 1 :]) for other in texts(each))
    elif is_dataclass(value) and not isinstance(value, type):
        known = {each.name: getattr(value, each.name) for each in fields(value)}
        for name, each in known.items():
            if name not in ("state", "verdict", "link", "report", "whole_report"):  # these are ours
                yield from (type(value)(**{**known, name: other}) for other in texts(each))


FIGURE = Figure("f1", "words shared", 0.5, (0.25, 0.75))
LINE = Line("run-1", "Demo", "1 Aug 2026, 12:30", 3, (FIGURE,))
CHANGE = Change("f1", "words shared", "worse", 0.5, 0.25, (-0.5, -0.125), 1, 4, is_main=True)
SAME = Change("em", "exact", "cannot tell", 0.5, 0.5, None, 0, 0)
COMPARED = Comparison("Demo, yesterday", (CHANGE, SAME), ("settings.k: 5 before, 10 now",))
PAGE = Page((Asked(0, "q1", "How high?", "38 m", "not read"), Asked(4, "q5", "Who?", "", "")), 0, 50, 2)
RUN = Run(
    "run-1", "Demo", "1 Aug", "3 questions", (FIGURE,), (Other("run-0", "Demo, before"),),
    (Cause("not read", "taken from elsewhere", 2),), PAGE, "run-0", COMPARED, "/report?framed=1", "/report",
)  # fmt: skip
EXCERPT = Excerpt("Tower", "line 3", "The tower is 38 m high.", ((4, 9),), "/document/d", ("cited",), ("lost",))
FAILURE = Failure(
    "How high?", ("38 m", "38 metres"), True, False, "12 m", 0.4, False, "38 m", "not read", "taken from elsewhere",
    "It failed.", (EXCERPT,), (EXCERPT,), (EXCERPT,) * 5, "own", "q1",
)  # fmt: skip
QUESTION = Question("q1", 3, "How high?", ("38 m",), (Evidence("tower.md", "38 m high", 2, "/document/d"),), ("coast",))
LISTED = Listed("own", True, (QUESTION,), 25, 25, 60, "high", "coast")
PROBLEM = Problem("q1", "It is gone.", "38 m high", "39 m high")
CANDIDATE = feedback.Candidate(7, "wrong", "1 Aug", "No!", QUESTION, "12 m", needs_correction=True)

VIEWS: list[tuple[Any, Any]] = [
    (lambda part: evaluation.runs((part,), None, ()), Set("own", "From use", 3)),
    (lambda work: evaluation.runs((Set("own", "x", 1),), work, ()), Work("job-1", "Demo", "running", 1, 3)),
    (evaluation.job, Work("job-1", "Demo", "waiting")),
    (evaluation.job, Work("job-1", "Demo", "failed", told="The store is locked.")),
    (evaluation.job, Work("job-1", "Demo", "done", 3, 3, run="run-1")),
    (evaluation.job, Work("job-1", "Demo", "stopped")),
    (lambda line: evaluation.run_list((line,)), LINE),
    (lambda line: evaluation.run_list((line,)), Line("run-1", "Demo", "1 Aug", problem="damaged")),
    (run.run, RUN),
    (run.comparison, Comparison("Demo", problem="They did not ask the same.")),
    (failure.failure, FAILURE),
    (lambda shown: gold.gold((Set("own", "x", 1),), "own", (shown.tag,), (shown.find,), shown), LISTED),
    (lambda row: gold.form(row, "own", "f0"), QUESTION),
    (lambda row: gold.entry(row, row.id, editable=True, said=row.question), QUESTION),
    (lambda row: gold.removed(row, 3, row.question), QUESTION),
    (lambda problem: gold.health("3 questions.", "One is lost.", (problem,), 1, editable=True), PROBLEM),
    (lambda remark: gold.health("3.", "Well.", (remark,), 0, editable=True), Problem("q", "?", is_remark=True)),
    (lambda shown: feedback.review((shown,), ("tower.md",)), CANDIDATE),
    (lambda said: feedback.looked_at(said, 2), "Accepted."),
]  # fmt: skip


@pytest.mark.parametrize(("markup", "value"), VIEWS, ids=range(len(VIEWS)))
def test_no_word_acts(markup: Any, value: Any) -> None:
    plain = Parsed(markup(value))
    assert plain.open == []
    shape = [(tag, sorted(attributes)) for tag, attributes in plain.elements]
    for hostile in texts(value):
        parsed = Parsed(markup(hostile))
        assert parsed.open == []
        found = [
            (tag, sorted(each)) for tag, each in parsed.elements if each.get("class") not in ("pc-unseen", "pv-wrap")
        ]
        assert not {tag for tag, _ in found} & {"script", "img", "style", "base", "link", "meta", "object"}
        assert not any(name.startswith("on") or name == "style" for _, names in found for name in names)
        polls = sum("data-poll" in names for _, names in found)
        assert polls <= sum("data-poll" in names for _, names in shape)
        links = [each.get("href") or each.get("action") for tag, each in parsed.elements if tag in ("a", "form")]
        assert all(link and link.startswith(("/evaluate", "/document/", "/report")) for link in links)


def test_every_field_has_a_label_and_every_button_a_name() -> None:
    for markup, value in VIEWS:
        shown = markup(value)
        for field in re.finditer(r"<(?:select|textarea|input)\b[^>]*>", shown):
            if 'type="hidden"' in field[0]:
                continue
            before = shown[: field.start()]
            assert before.rfind("<label") > before.rfind("</label"), field[0]
        assert "<button></button>" not in shown
        ids = re.findall(r' id="([^"]+)"', shown)
        assert len(ids) == len(set(ids))


# --- what it says


def test_how_far_a_run_is() -> None:
    going = Parsed(evaluation.job(Work("job-1", "Demo", "running", 37, 120)))
    assert "37 of 120" in going.text
    ((tag, box), *_) = going.elements
    assert (tag, box["data-from"], box["data-poll"]) == ("div", "/evaluate/jobs/job-1", "500")
    assert next(each for tag, each in going.elements if tag == "progress") == {
        "value": "37",
        "max": "120",
        "aria-label": "Questions asked",
    }
    waiting = Parsed(evaluation.job(Work("job-1", "Demo", "waiting")))
    assert "value" not in next(each for tag, each in waiting.elements if tag == "progress")
    for state in ("done", "failed", "stopped"):
        assert "data-poll" not in evaluation.job(Work("job-1", "Demo", state, 3, 3, "It broke.", "run-1"))  # type: ignore[arg-type]


def test_a_run_that_ended_brings_the_list_of_runs_up_to_date() -> None:
    done = evaluation.job(Work("job-1", "Demo", "done", 3, 3, run="run-1"))
    assert '<span hidden data-load="&#47;evaluate&#47;list" data-at="#pv-runs">' in done
    assert 'href="&#47;evaluate&#47;runs&#47;run&#45;1"' in done
    # Who comes back later sees it in the list, and nothing is loaded a second time.
    assert "data-load" not in evaluation.runs((), Work("job-1", "Demo", "done", 3, 3, run="run-1"), (LINE,))


def test_a_figure_is_drawn_where_it_is() -> None:
    def drawn(*figures: Any, **ends: float) -> dict[str, tuple[str | None, ...]]:
        parsed = Parsed(evaluation.whisker(*figures, **ends))
        return {
            str(each["class"]): tuple(each.get(name) for name in ("x1", "x2", "cx"))
            for _, each in parsed.elements
            if each["class"] != "pv-scale"
        } | {"scales": (str(sum(each["class"] == "pv-scale" for _, each in parsed.elements)),)}

    # From 4 to 116 is from 0 to 1.
    assert drawn(0.5, (0.25, 1.0)) == {
        "pv-whisker": (None, None, None),
        "pv-bar": ("32.0", "116.0", None),
        "pv-dot": (None, None, "60.0"),
        "scales": ("1",),
    }
    assert drawn(0.0, None)["pv-dot"] == (None, None, "4.0")
    moved = drawn(-0.5, (-2.0, 0.0), low=-1, high=1)  # what is beyond the line ends at its end
    assert (moved["pv-bar"], moved["pv-dot"], moved["scales"]) == (("4.0", "60.0", None), (None, None, "32.0"), ("2",))


def test_a_comparison_says_what_is_certain() -> None:
    shown = Parsed(run.comparison(COMPARED)).text
    assert "Since the run of Demo, yesterday, 1 figure worse for certain." in shown
    assert "words shared▼ worse0.500.25-0.25-0.50 to -0.121, 4" in shown
    assert "1 other figure of which these questions cannot tell" in shown
    better = Change("em", "exact", "better", 0.5, 0.75, (0.1, 0.4), 3, 0)
    assert (
        "1 figure worse and 1 figure better for certain."
        in Parsed(run.comparison(Comparison("x", (CHANGE, better)))).text
    )
    nothing = Parsed(run.comparison(Comparison("x", (SAME,)))).text
    assert "nothing is better or worse for certain." in nothing
    assert "Settings, documents, model and program were the same." in nothing
    assert run.comparison(None) == ""


def test_pages_of_questions_lead_on_with_their_filters() -> None:
    rows = tuple(Asked(at, f"q{at}", "?", "", "") for at in range(50, 100))
    shown = run.questions("run-1", Page(rows, 50, 50, 130), "not read", "high & low")
    assert "51 to 100 of 130 questions" in Parsed(shown).text
    links = [each["href"] for tag, each in Parsed(shown).elements if tag == "a"]
    stem = "/evaluate/runs/run-1/questions?cause=not+read&find=high+%26+low&begin="
    assert links == [f"{stem}0", f"{stem}100"]
    assert "No question is like that." in run.questions("run-1", Page((), 0, 50, 0), "", "x")


def test_marks_stand_on_their_words_and_wrapped_lines_flow() -> None:
    text = "a" * 60 + "\nand <on>\n- a list"
    assert failure.marked(text, ((0, 2), (65, 69))) == (
        "<mark>aa</mark>" + "a" * 58 + '<span class="pv-wrap">&#10;</span>and '
        "<mark>&#60;on&#62;</mark>&#10;&#45; a list"
    )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "Best answer found, though not given: 12 m wrong low confidence"),
        ({"given": True, "right": True, "confidence": 0.9}, "Answered12 m right high confidence"),
        ({"answer": "", "right": None, "confidence": None}, "Best answer found, though not given: nothing"),
        ({"answerable": False}, "WantedNo answer: the documents do not say it."),
        ({"wanted": ()}, "WantedThe gold question names no passage.".replace("Wanted", "38 m or 38 metres")),
        ({"cited": (), "found": ()}, "No passage was found."),
        ({}, "5 passages found"),
        ({"cited": ()}, "Nearest passages"),
        ({"cited": ()}, "2 more passages found"),
        ({"gold": ""}, ""),
    ],
)
def test_what_a_failure_says(given: dict[str, Any], said: str) -> None:
    known = {each.name: getattr(FAILURE, each.name) for each in fields(FAILURE)}
    shown = Parsed(failure.failure(Failure(**{**known, **given}))).text
    assert said in shown
    assert ("Edit this gold question" in shown) == (given.get("gold", "own") == "own")


def test_an_own_question_can_be_changed_and_another_not() -> None:
    assert "Remove" in gold.entry(QUESTION, "own", editable=True)
    assert "Remove" not in gold.entry(QUESTION, "more-0", editable=False)
    assert "the documents do not answer it" in gold.entry(Question("q", 0, "Who?"), "own", editable=False)
    assert "nobody has said what is right" in gold.entry(Question("q", 0, "Who?", is_open=True), "own", editable=False)


_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"))


@given(_TEXT, _TEXT, _TEXT)
def test_what_is_not_changed_comes_back_letter_for_letter(question: str, quote: str, name: str) -> None:
    row = Question("q", 0, question, evidence=(Evidence(name, quote),))
    parsed = Parsed(gold.fields(row, "0"))
    # A browser drops the first line end of a textarea.
    assert {key: text.removeprefix("\n") for key, text in parsed.areas.items()} == {
        "question": question,
        "answers": "",
        "quote-0": quote,
        "quote-1": "",
    }
    assert parsed.inputs["document-0"] == name
    assert parsed.inputs["grade-0"] == "1"


def test_the_form_of_feedback_says_what_was_said() -> None:
    silent = feedback.Candidate(8, "unanswerable", "1 Aug", "", Question("", 8, "Who?"), "")
    shown = feedback.review((silent,), ())
    assert 'name="unanswerable" checked' in shown
    assert "Not answered." in shown
    wrong = feedback.Candidate(8, "wrong", "1 Aug", "", Question("", 8, "Who?"), "Ada", needs_correction=True)
    assert "checked" not in feedback.review((wrong,), ())
    assert "Answered: Ada" in Parsed(feedback.review((wrong,), ())).text
