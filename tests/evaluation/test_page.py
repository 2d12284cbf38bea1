"""The HTML report: what stands in it, what its drawings say, and that nothing in it can act."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup, escape

from qa.errors import PinciteError
from qa.evaluation import Comparison, Metric, Report
from qa.evaluation.metrics import METRICS
from qa.evaluation.page import html, plots, rows, shown, svg, tables, write_report
from qa.evaluation.report import Candidate, Latency, QuestionScore
from qa.evaluation.statistics import Interval
from qa.gold import Evidence
from qa.types import Citation, Document, Hit, Passage, StageScores

TOWER = Document(
    "d1", "Tower", ("tower.txt",), "5e1f", "The tower is green. It has 196 steps.\n\nIt was built in 1871."
)
HOSTILE = "</script><!--<script>\"'&\u202e\0\ud800 </style></title><img src=x onerror=y>\u2028"


def row(id_: str = "q1", **given: Any) -> QuestionScore:
    first: dict[str, Any] = {
        "question": "How high?",
        "tags": (),
        "answers": ("38 m",),
        "answerable": True,
        "answered": True,
        "short": "38 m",
        "scores": {"f1": 1.0},
    }
    return QuestionScore(id_, **(first | given))


def judged(confidence: float | None, right: bool | None, *, given: bool = True, answerable: bool = True) -> Any:
    best = Candidate("38 m", confidence, right)
    return row(f"q{confidence}", best=best, answered=given, answerable=answerable)


def hit(start: int, end: int, rank: int = 1, document: Document = TOWER) -> Hit:
    passage = Passage(document.id, start, end, document.text[start:end])
    return Hit(rank, 1 / rank, StageScores(0.5, 0.5), passage, document.cite(start, end))


def metric(value: float = 0.5, low: float | None = 0.25, definition: str = "a score", **given: Any) -> Metric:
    return Metric(value, None if low is None else Interval(low, 0.75), 4, definition, **given)


def written(report: Report, folder: Path, **given: Any) -> str:
    path = folder / "report.html"
    first: dict[str, Any] = {"title": "The coast", "made_from": {}}
    write_report(report, path, **(first | given))
    return path.read_text(encoding="utf-8")


class Parsed(HTMLParser):
    """The elements of a page with their attributes, and the text in each."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.elements:
            self.texts.append((self.elements[-1][0], data))

    def all(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.elements if tag == name]

    @property
    def text(self) -> str:
        return " ".join(" ".join(data for tag, data in self.texts if tag not in ("script", "style")).split())


def data_of(page: str) -> Any:
    return json.loads(next(text for tag, text in Parsed(page).texts if tag == "script" and text.startswith("{")))


def full_report(text: str = "plain") -> Report:
    """One question of each kind, with `text` wherever text from outside can be."""
    document = Document("d1", text, (text,), "5e1f", f"Before. {text} After.")
    start = len("Before. ")
    cited = document.cite(start, start + len(text))
    everything = row(
        text,
        question=text,
        tags=(text,),
        answers=(text,),
        short=text,
        best=Candidate(text, 0.75, False),
        given_gold=Candidate(text, 0.5, True),
        cause="not read",
        ranks={"dense": 1, "lexical": None},
        wanted=(Evidence(text, text), Evidence(text)),
        lost_quotes=(text,),
        citations=(cited, Document("d2", text, (text,), "5e20", text).cite(0, len(text))),
        hits=(hit(0, len(document.text), document=document),),
        timings_ms={"total": 12.5},
    )
    refused = row(f"{text}!", answerable=False, answered=False, short="", error=text, cause="no result")
    metrics = {"ndcg@10": metric(), "dense.ndcg@10": metric(), "f1": metric(detectable=0.25), "ece": metric(low=None)}
    return Report(metrics, (everything, refused), {"total": Latency(10.0, 20.0)})


# --- one file that nothing can get out of


def test_the_policy_names_exactly_the_style_and_the_script_by_hash(tmp_path: Path) -> None:
    page = written(full_report(), tmp_path)
    parsed = Parsed(page)
    policy = next(each["content"] for each in parsed.all("meta") if each.get("http-equiv") == "Content-Security-Policy")

    def hashed(name: str, opening: str) -> str:
        inside = re.findall(f"{opening}(.*?)</{name}>", page, re.DOTALL)
        assert len(inside) == 1
        return base64.b64encode(hashlib.sha256(inside[0].encode()).digest()).decode()

    assert policy == (
        f"default-src 'none'; style-src 'sha256-{hashed('style', '<style>')}'; "
        f"script-src 'sha256-{hashed('script', '<script>')}'; base-uri 'none'; form-action 'none'"
    )
    # By this the command knows what it may write over.
    assert '<meta name="generator" content="Pincite">' in page[:4096]
    assert page.index("Content-Security-Policy") < page.index("<title>") < page.index("<style>")
    assert [each.get("type") for each in parsed.all("script")] == ["application/json", None]


def test_no_element_has_a_style_a_handler_or_an_address(tmp_path: Path) -> None:
    parsed = Parsed(written(full_report(HOSTILE), tmp_path, title=HOSTILE, made_from={HOSTILE: HOSTILE}))
    for name, attributes in parsed.elements:
        assert not any(key == "style" or key.startswith("on") for key in attributes), name
        assert "src" not in attributes
        assert str(attributes.get("href", "#")).startswith("#")
    names = {name for name, _ in parsed.elements}
    assert names.isdisjoint({"link", "img", "iframe", "object", "embed", "base", "image", "use", "foreignobject"})


def test_the_files_inside_do_not_end_their_elements() -> None:
    for name in ("report.css", "report.js"):
        text = html._asset(name)
        assert not re.search("</style|</script|<script|<!--|\r", text, re.IGNORECASE)
        assert not re.search(r"@import|url\(|innerHTML|insertAdjacent|\.src\b|fetch\(|eval\(|https?:", text)


def test_hostile_text_makes_no_element_and_is_shown_letter_for_letter(tmp_path: Path) -> None:
    plain, hostile = (
        Parsed(written(full_report(text), tmp_path, title=text, made_from={text: [text, {text: 1}]}))
        for text in ("plain", HOSTILE)
    )
    unseen = [each for each in hostile.all("span") if each.get("class") == "unseen"]
    assert [name for name, _ in plain.elements] == [
        name for name, each in hostile.elements if each.get("class") != "unseen"
    ]
    assert {each["data-name"] for each in unseen} == {"U+202E"}
    visible = HOSTILE.replace("\0", "\ufffd").replace("\ud800", "\ufffd")
    # HTMLParser gives the heading in pieces, around the element that names the unseen character.
    heading = "".join(data for tag, data in hostile.texts if tag in ("h1", "span"))
    assert visible in heading
    title = next(data for tag, data in hostile.texts if tag == "title")
    assert title == f"{visible.replace(chr(0x202E), chr(0xFFFD))} – Pincite evaluation"


def test_the_data_block_holds_the_questions_with_what_no_page_can_hold_replaced(tmp_path: Path) -> None:
    page = written(full_report(HOSTILE), tmp_path)
    block = re.findall('<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert len(block) == 1
    assert not set("<>&\u2028\u2029\0") & set(block[0])
    first = json.loads(block[0])["questions"][0]
    visible = HOSTILE.replace("\0", "\ufffd").replace("\ud800", "\ufffd")
    assert first["question"] == first["short"] == first["wanted"][0]["quote"] == visible
    assert "\0" not in page


@given(st.recursive(st.text() | st.integers() | st.none() | st.booleans(), st.lists))
def test_data_is_json_of_the_same_value_without_characters_of_markup(value: Any) -> None:
    def possible(inner: Any) -> Any:
        if isinstance(inner, list):
            return [possible(each) for each in inner]
        return inner.replace("\0", "\ufffd") if isinstance(inner, str) else inner

    text = shown.data(value)
    assert not set("<>&\u2028\u2029") & set(text)
    assert json.loads(text) == possible(value)


@given(st.text(st.characters() | st.sampled_from("\0\ud800\udfff\u202e<&\"'\x07\U000e0041")))
def test_plain_text_is_all_there_and_makes_no_element_but_those_that_name(text: str) -> None:
    parsed = Parsed(f"<p>{shown.plain(text)}</p>".replace("\r", "&#13;"))
    assert {name for name, _ in parsed.elements} <= {"p", "span"}
    assert "".join(data for _, data in parsed.texts) == shown.clean(text)
    assert len(shown.clean(text)) == len(text)
    assert not shown._UNSEEN.search(shown.label(text))


def test_markup_and_numbers_are_left_as_they_are() -> None:
    assert shown.plain(Markup("<b>")) == "<b>"
    assert shown.plain(3) == 3
    assert str(shown.plain("<b>\x07")) == '&lt;b&gt;<span class="unseen" data-name="U+0007">\x07</span>'


def test_the_same_report_gives_the_same_bytes(tmp_path: Path) -> None:
    assert written(full_report(), tmp_path) == written(full_report(), tmp_path / "further" / "down")


def test_a_page_names_no_address_of_its_own(tmp_path: Path) -> None:
    assert "://" not in written(full_report(), tmp_path, comparison={"f1": Comparison(0.25, 0.5, 0.01, 9, 1, 2)})


def test_a_report_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    with pytest.raises(PinciteError, match=r"could not be written .*Is a directory"):
        write_report(Report({}, ()), tmp_path, title="t", made_from={})
    with pytest.raises(PinciteError, match="no name of a file"):
        write_report(Report({}, ()), tmp_path / "a\0b", title="t", made_from={})


# --- what it says


def test_the_summary_counts_the_questions_and_shows_the_figures(tmp_path: Path) -> None:
    text = Parsed(written(full_report(), tmp_path)).text
    assert "2 questions 1 answerable 1 unanswerable 1 without a result" in text
    assert "ndcg@10 0.50 0.25 to 0.75 relevant passages near the top" in text
    assert "f1 a score 0.500 0.250–0.750 4 0.250" in text
    assert "total 10.0 20.0" in text
    assert "not read 1" in text
    assert "a relevant passage was there to be read" in text


def test_a_comparison_shows_verdicts_the_worse_ones_first(tmp_path: Path) -> None:
    compared = {
        "f1": Comparison(0.25, 0.5, 0.01, 9, 1, 2, 0.125),
        "ndcg@10": Comparison(0.75, 0.5, 0.02, 1, 1, 8),
        "em": Comparison(0.5, 0.5, 1.0, 0, 9, 0),
    }
    text = Parsed(written(full_report(), tmp_path, comparison=compared)).text
    assert "1 better, 1 worse, 1 where these questions cannot tell." in text
    worse = "ndcg@10 ▼ worse 0.750 0.500 0.0200 1 – 1 – 8 –"
    better = "f1 ▲ better 0.250 0.500 0.0100 9 – 1 – 2 0.125"
    assert f"{worse} {better}" in text
    assert "▲ better 0.25 before, 0.50 now" in text
    assert "em ○ cannot tell 0.500 0.500 1.0000 0 – 9 – 0" in text
    assert "Compared" not in Parsed(written(full_report(), tmp_path)).text


def test_what_it_was_made_from_is_a_table_of_names_and_values(tmp_path: Path) -> None:
    made_from = {"gold": {"file": "g.jsonl", "n": 3}, "k": [1, 2], "tags": [], "on": True, "off": False, "none": None}
    assert list(tables.settings(made_from)) == [
        ("gold › file", "g.jsonl"),
        ("gold › n", "3"),
        ("k", "1, 2"),
        ("tags", ""),
        ("on", "yes"),
        ("off", "no"),
        ("none", "–"),
    ]
    assert "gold › file g.jsonl" in Parsed(written(full_report(), tmp_path, made_from=made_from)).text


def test_families_are_those_of_the_terminal_and_what_is_in_none_comes_last() -> None:
    names = ["some_day", "ece", "joint_em", "f1", "dense.mrr@10", "mrr@10", "success@1"]
    found = tables.families({name: metric() for name in names})
    assert {family: [line.name for line in lines] for family, lines in found.items()} == {
        "Passages": ["success@1", "mrr@10"],
        "Answers": ["f1"],
        "Citations": ["joint_em"],
        "Abstention and confidence": ["ece"],
        "Others": ["some_day"],
    }


def test_every_metric_there_is_stands_in_the_page_once() -> None:
    metrics = {name: metric() for name in METRICS}
    lines = [line for group in tables.families(metrics).values() for line in group] + tables.by_stage(metrics)
    assert sorted(f"{line.stage}.{line.name}".lstrip(".") for line in lines) == sorted(METRICS)
    assert "Others" not in tables.families(metrics)


def test_metrics_of_one_measure_stand_together_and_say_what_they_are_once() -> None:
    names = ["dense.mrr@10", "dense.ndcg@10", "lexical.mrr@10", "lexical.ndcg@10", "f1"]
    found = tables.by_stage({name: metric(definition=name.split(".")[-1]) for name in names})
    assert [(line.stage, line.name, line.explained) for line in found] == [
        ("dense", "mrr@10", True),
        ("lexical", "mrr@10", False),
        ("dense", "ndcg@10", True),
        ("lexical", "ndcg@10", False),
    ]


def test_stages_stand_beside_each_other_measure_by_measure(tmp_path: Path) -> None:
    metrics = {
        "mrr@10": metric(0.75),
        "success@1": metric(0.5),
        "dense.mrr@10": metric(0.125, None),
        "dense.recall@5": metric(0.25),
        "lexical.recall@5": metric(0.375),
        "risk@0.5": metric(0.625),
    }
    found = tables.stages(metrics)
    assert {stage: {name: each and each.value for name, each in row.items()} for stage, row in found.items()} == {
        "as searched": {"mrr@10": 0.75, "recall@5": None},
        "dense": {"mrr@10": 0.125, "recall@5": 0.25},
        "lexical": {"mrr@10": None, "recall@5": 0.375},
    }
    text = Parsed(written(Report(metrics, ()), tmp_path)).text
    assert "Stage mrr@10 recall@5 as searched 0.750 0.25–0.75 – dense 0.125 0.250 0.25–0.75 lexical – 0.375" in text
    assert list(tables.stages({"dense.mrr@10": metric()})) == ["dense"]
    assert tables.stages({"mrr@10": metric()}) == {}
    assert "by stage" not in Parsed(written(Report({"mrr@10": metric()}, ()), tmp_path)).text


def test_which_figures_stand_large() -> None:
    def large(*names: str) -> list[str]:
        return tables.headlines(dict.fromkeys(names, metric()))

    assert large("em", "recall@5", "f1", "ndcg@10", "auroc") == ["ndcg@10", "f1", "auroc"]
    assert large("recall@5", "em") == ["recall@5"]
    assert large("em", "x", "y", "z", "last") == ["em", "x", "y", "z"]
    assert large() == []


# --- the rows


def test_the_words_cited_are_marked_where_they_are_in_each_passage() -> None:
    # Passages [0:37] "The tower .. steps." and [39:60]; "is green. It" is [10:22], "green" [13:18] is in it, "It has"
    # [20:26] goes on from it; "1871" is [55:59] in the document and so [16:20] in the second passage.
    cited = tuple(TOWER.cite(*span) for span in ((20, 26), (13, 18), (10, 22), (55, 59)))
    found = row(hits=(hit(0, 37), hit(39, 60, 2)), citations=cited)
    table = rows.table([found])
    first, second = table["questions"][0]["hits"]
    assert first["marks"] == [[10, 26]]
    assert second["marks"] == [[16, 20]]
    assert table["passages"][1]["text"][16:20] == "1871"
    assert table["passages"][1]["line"] == 3
    assert table["questions"][0]["citations"] == []


def test_a_citation_across_the_end_of_a_passage_is_cut_and_one_of_no_passage_stands_apart() -> None:
    other = Document("d1", "Tower", ("tower.txt",), "0ld", TOWER.text)  # another version of the document
    found = row(hits=(hit(0, 19),), citations=(TOWER.cite(13, 37), other.cite(0, 3), TOWER.cite(55, 59)))
    question = rows.table([found])["questions"][0]
    assert question["hits"][0]["marks"] == [[13, 19]]
    assert [each["quote"] for each in question["citations"]] == ["The", "1871"]
    assert question["citations"][1]["suffix"] == "."


def test_passages_are_there_once_and_ten_a_question_are_shown() -> None:
    hits = tuple(hit(at, at + 5, at + 1) for at in range(12))
    table = rows.table([row("q1", hits=hits), row("q2", hits=hits[:2])])
    assert len(table["passages"]) == 10
    assert [each["left_out"] for each in table["questions"]] == [2, 0]
    assert [each["passage"] for each in table["questions"][1]["hits"]] == [0, 1]


def test_what_is_wanted_says_whether_it_was_found_or_lost() -> None:
    wanted = (Evidence("tower.txt", "196 steps"), Evidence("tower.txt", "gone", 2), Evidence("whole.txt"))
    found = rows.table([row(wanted=wanted, lost_quotes=("gone",), hits=(hit(0, 37), hit(39, 60, 2)))])["questions"][0]
    assert [each["held"] for each in found["hits"]] == [True, False]
    assert [each["lost"] for each in found["wanted"]] == [False, True, False]
    assert [each["grade"] for each in found["wanted"]] == [1, 2, 1]


def test_figures_that_are_no_numbers_are_missing_in_the_data() -> None:
    table = rows.table([row(scores={"f1": float("nan")}, timings_ms={"total": float("inf")})])
    assert table["questions"][0]["scores"] == {"f1": None}
    assert json.loads(shown.data(table))["questions"][0]["ms"] == {"total": None}


def test_columns_are_those_with_something_in_them() -> None:
    def keys(*questions: QuestionScore) -> list[str]:
        return [column.key for column in rows.columns(questions)]

    bare: dict[str, Any] = {"answers": (), "short": "", "answered": False}
    assert keys() == ["id", "question", "answerable"]
    retrieval = row(**bare, scores={"recall@5": 1.0}, ranks={"dense": 2, "fused": 1})
    assert keys(retrieval) == ["id", "question", "answerable", "score:recall@5", "rank:dense", "rank:fused"]
    of_another_program = row(best=Candidate("38 m", None, True))
    assert keys(of_another_program)[3:] == ["answered", "short", "answers", "score:f1"]
    assert keys(row(best=Candidate("", 0.5, None), cause="not read", timings_ms={"total": 1.0}))[3:] == [
        "answered",
        "short",
        "answers",
        "confidence",
        "cause",
        "score:f1",
        "ms",
    ]


# --- the drawings


def attributes(drawing: str, name: str, class_: str) -> list[Mapping[str, str | None]]:
    return [each for each in Parsed(drawing).all(name) if each.get("class") == class_]


def test_the_risk_coverage_curve_by_hand() -> None:
    # Surest first: right, wrong, right, wrong; risks 0, 1/2, 1/3, 1/2 at coverages 1/4 .. 1. The frame begins at
    # (48, 32), is 328 by 224, and its top is 0.5: a risk of 1/3 is a third of its height below the top.
    questions = [judged(0.9, True), judged(0.8, False), judged(0.7, True, given=False), judged(0.6, False, given=False)]
    drawing = plots.risk_coverage_plot([*questions, judged(None, True), judged(0.5, None)])
    assert drawing
    curve = attributes(drawing, "polyline", "curve")[0]["points"]
    assert curve == "130,256 212,32 294,106.67 376,32"
    operating = attributes(drawing, "circle", "operating")[0]
    assert (operating["cx"], operating["cy"]) == ("212", "32")  # half of the answers given, half of those wrong
    baseline = attributes(drawing, "line", "reference")[0]
    assert (baseline["x1"], baseline["y1"], baseline["x2"], baseline["y2"]) == ("48", "32", "376", "32")
    assert "This run gave 50 % of them, and 50 % of those are wrong." in drawing
    assert len(attributes(drawing, "circle", "curve-point")) == 4


@pytest.mark.parametrize(
    ("given", "overall", "x", "y"),
    [
        # The frame is (48, 32), 328 by 224, and its top is 1. The words "given: 25 % wrong" are 17 letters, 112.2 wide.
        ((0.5, 0.25), 0.75, "216", "220"),  # 4 right of 212, and 20 below 200
        ((0.9, 0.25), 0.75, "263.8", "220"),  # pushed left, so that it ends at 376
        ((0.5, 0.25), 0.15, "216", "238.4"),  # 220 would be on the line at 222.4: 16 below that
        ((0.5, 0.05), 0.75, "216", "232.8"),  # no room above the axis at 256: 12 above 244.8
        ((0.5, 0.05), 0.1, "216", "221.6"),  # nor there, for the line is at 233.6: 12 above that
    ],
)
def test_the_name_of_the_operating_point_keeps_off_the_line_and_inside(
    given: tuple[float, float], overall: float, x: str, y: str
) -> None:
    drawn = plots._operating_name(svg.Frame(48, 32, 328, 224), given, overall)
    assert attributes(drawn, "text", "operating-name") == [
        {"x": x, "y": y, "text-anchor": "start", "class": "operating-name"}
    ]


def test_a_run_that_gave_no_answer_has_no_operating_point() -> None:
    drawing = plots.risk_coverage_plot([judged(0.5, False, given=False)])
    assert drawing
    assert attributes(drawing, "circle", "operating") == []
    assert "This run gave none of them." in drawing


def test_the_reliability_diagram_by_hand() -> None:
    # Confidences 0.62 and 0.66 fall into the seventh bin, mean 0.64; one of two is right, and Wilson's interval for
    # 1 of 2 is 0.0945 to 0.9055 (z = 1.96: (0.5 + z^2/4) / (1 + z^2/2) -+ ...). The frame: (48, 44), 328 by 212.
    drawing = plots.calibration_plot([judged(0.62, True), judged(0.66, False)])
    assert drawing
    dot = attributes(drawing, "circle", "figure")[0]
    assert float(str(dot["cx"])) == pytest.approx(48 + 0.64 * 328, abs=0.01)
    assert float(str(dot["cy"])) == pytest.approx(44 + 0.5 * 212, abs=0.01)
    whisker = attributes(drawing, "line", "interval")[0]
    assert float(str(whisker["y1"])) == pytest.approx(44 + (1 - 0.0945) * 212, abs=0.02)
    assert float(str(whisker["y2"])) == pytest.approx(44 + (1 - 0.9055) * 212, abs=0.02)
    assert [data for tag, data in Parsed(drawing).texts if tag == "text"][-1] == "2"
    assert "60 % to 70 %: 2 answers, confidence 64 %, 50 % right." in drawing


def test_the_histograms_by_hand() -> None:
    # Right: two in the bar from 0.5 and one at 1.0, which is in the last; the tallest bar of all, the only wrong one,
    # is the full 62 high, and the bar of two in three 2/3 of that. Bars are 360 / 20 - 2 wide.
    questions = [judged(0.5, True), judged(0.52, True), judged(1.0, True), judged(0.1, False)]
    drawing = plots.distributions_plot([*questions, row(best=None), judged(0.9, None)])
    assert drawing
    right, wrong = attributes(drawing, "rect", "bar right"), attributes(drawing, "rect", "bar wrong")
    assert [(bar["x"], bar["height"], bar["width"]) for bar in right] == [
        ("199", "41.33", "16"),
        ("361", "20.67", "16"),
    ]
    assert [(bar["x"], bar["height"]) for bar in wrong] == [("55", "62")]
    assert attributes(drawing, "rect", "bar unanswerable") == []
    assert "unanswerable: 0 questions." in drawing
    # Whether the best answer to an unanswerable question is known to be wrong makes no difference.
    unanswerable = plots.distributions_plot([judged(0.3, None, answerable=False), judged(0.3, False, answerable=False)])
    assert unanswerable
    assert len(attributes(unanswerable, "rect", "bar unanswerable")) == 1
    assert attributes(unanswerable, "rect", "bar wrong") == []


def test_without_confidences_there_is_nothing_to_draw(tmp_path: Path) -> None:
    questions = [judged(None, True), judged(0.5, None), row()]
    assert plots.risk_coverage_plot(questions) is plots.calibration_plot(questions) is None
    assert plots.distributions_plot([judged(None, True), row()]) is None
    text = Parsed(written(Report({}, (row(),)), tmp_path)).text
    assert "there is no curve to draw" in text
    assert "No confidence is known." in text


def test_a_whisker_by_hand() -> None:
    # From 6 to 154: 0.25 is at 43, 0.5 at 80, 0.75 at 117.
    drawing = plots.whisker(metric(0.5, 0.25))
    bar, dot = attributes(drawing, "line", "interval")[0], attributes(drawing, "circle", "figure")[0]
    assert (bar["x1"], bar["x2"], dot["cx"]) == ("43", "117", "80")
    assert Parsed(drawing).all("svg")[0]["aria-label"] == "0.500, 95 % interval 0.250 to 0.750"
    assert attributes(plots.whisker(metric(low=None)), "line", "interval") == []
    assert attributes(plots.whisker(metric(float("nan"), None)), "circle", "figure") == []


def test_a_bar_of_latency_ends_at_the_median_and_its_line_at_the_95th_percentile() -> None:
    drawing = plots.latency_bar("<read>", Latency(5.0, 10.0), 20.0)  # from 2 to 238: 59 is a quarter, 120 a half
    assert attributes(drawing, "rect", "bar")[0]["width"] == "59"
    assert attributes(drawing, "line", "scale")[0]["x2"] == "120"
    assert "&lt;read&gt;: 5.0 ms in the middle" in drawing
    assert attributes(plots.latency_bar("read", Latency(0.0, 0.0), 0.0), "rect", "bar")[0]["width"] == "0"


def test_every_drawing_says_what_it_shows(tmp_path: Path) -> None:
    report = full_report()
    parsed = Parsed(written(report, tmp_path))
    for drawing in parsed.all("svg"):
        assert drawing.get("aria-hidden") or drawing.get("aria-label") or drawing.get("aria-labelledby")
    ids = [str(each["id"]) for _, each in parsed.elements if "id" in each]
    assert len(ids) == len(set(ids))
    named = {id_ for _, each in parsed.elements for id_ in str(each.get("aria-labelledby") or "").split()}
    assert named <= set(ids)


def test_text_and_attributes_of_drawings_are_escaped() -> None:
    drawn = svg.element("g", "<b>", svg.text((1.0, 2.5), "a & b"), class_='x" onload="y')
    assert drawn == (
        f'<g class="{escape(chr(120) + chr(34))} onload=&#34;y">&lt;b&gt;'
        '<text x="1" y="2.5" text-anchor="middle" class="tick">a &amp; b</text></g>'
    )


# --- at the edges


def test_a_report_of_passages_alone_has_no_columns_of_answers_and_nothing_to_draw(tmp_path: Path) -> None:
    bare: dict[str, Any] = {"answers": (), "short": "", "answered": False, "scores": {"recall@5": 0.5}}
    report = Report(
        {"recall@5": metric(), "dense.recall@5": metric()}, (row(**bare, ranks={"given": 2, "dense": None}),)
    )
    page = written(report, tmp_path)
    parsed = Parsed(page)
    heads = [str(each["data-key"]) for each in parsed.all("th") if "data-key" in each]
    assert heads == ["id", "question", "answerable", "score:recall@5", "rank:given", "rank:dense"]
    assert [each["class"] for each in parsed.all("col")] == ["id", "question", "answerable", "score", "rank", "rank"]
    assert [each["colspan"] for each in parsed.all("th") if each.get("class") == "ranks"] == ["2"]
    assert data_of(page)["questions"][0]["ranks"] == {"given": 2, "dense": None}
    assert all(each.get("class") != "plot" for each in parsed.all("svg"))


@pytest.mark.parametrize("count", [0, 1, 2000])
def test_reports_of_any_size(count: int, tmp_path: Path) -> None:
    questions = tuple(
        row(f"q{at}", best=Candidate("a", at / 2000, at % 2 == 0), hits=(hit(0, 37),)) for at in range(count)
    )
    page = written(Report({"f1": metric()} if count else {}, questions), tmp_path)
    assert len(data_of(page)["questions"]) == count
    assert f"{count} {'question' if count == 1 else 'questions'} {count} answerable" in Parsed(page).text
    assert len(page) < 100_000 + 600 * count


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.none() | st.floats(0, 1), st.none() | st.booleans(), st.booleans(), st.booleans(), st.text()),
        max_size=12,
    )
)
def test_any_questions_make_a_page(questions: list[tuple[float | None, bool | None, bool, bool, str]]) -> None:
    made = tuple(
        row(
            f"q{at}",
            question=text,
            best=Candidate(text, sure, right),
            answered=given,
            answerable=answerable,
            cause=text,
        )
        for at, (sure, right, given, answerable, text) in enumerate(questions)
    )
    page = html.report_page(Report({}, made), title="t", made_from={}).markup
    page.encode()
    assert len(data_of(page)["questions"]) == len(questions)


def test_a_cause_that_is_not_known_has_no_meaning_and_is_counted(tmp_path: Path) -> None:
    report = Report({}, (row(cause="moonlight"), row("q2", cause="not read"), row("q3", cause="not read")))
    parsed = Parsed(written(report, tmp_path))
    assert [each["data-cause"] for each in parsed.all("li") if "data-cause" in each] == ["not read", "moonlight"]


def test_citations_without_passages_are_kept() -> None:
    citation: Citation = TOWER.cite(0, 3)
    assert rows.table([row(citations=(citation,))])["questions"][0]["citations"][0]["quote"] == "The"
