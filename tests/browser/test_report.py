"""The report as a person meets it: a file that is opened, with hostile words wherever words can be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from qa.evaluation import Comparison, Metric, Report
from qa.evaluation.page import write_report
from qa.evaluation.report import Candidate, Latency, QuestionScore
from qa.evaluation.statistics import Interval
from qa.gold import Evidence
from qa.types import Document, Hit, Passage, StageScores

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.browser

BREAKOUT = "</script><script>window.ran=1</script></style></title>\u202e\0\ud800 <!--<script>\"' onload=x"
LINE = "A line of a text that was wrapped, longer than sixty characters, goes on"
UNSEEN = "\x01\x08\x0b\x0e\x1f\x7f\x9f\u180e\u200b\u202a\u202e\u2060\u2064\u2066\u2069\ufeff\ufff9\U000e0041"


def question(id_: str, **given: Any) -> QuestionScore:
    first: dict[str, Any] = {
        "question": f"Question {id_}?",
        "tags": (),
        "answers": ("38 m",),
        "answerable": True,
        "answered": True,
        "short": "38 m",
        "scores": {"f1": 1.0},
    }
    return QuestionScore(id_, **(first | given))


def smiling() -> dict[str, Any]:
    """A passage of which the script counts other characters than we do, with its last word cited."""
    document = Document(
        "s", "Smile", ("smile.txt",), "5e1f", f"\U0001f600\U0001f600 It is here\n{LINE}\nand on.\n- end"
    )
    end = len(document.text)
    hit = Hit(1, 1.0, StageScores(0.5, 0.5), Passage("s", 0, end, document.text), document.cite(0, end))
    return {"hits": (hit,), "citations": (document.cite(9, 13), document.cite(14 + len(LINE) - 4, 14 + len(LINE) + 4))}


def hostile_report(document: Document) -> Report:
    """Four plain questions, and one that is hostile in all its parts."""
    start = document.text.index("<script>")
    whole = document.cite(0, len(document.text))
    passage = Passage(document.id, 0, len(document.text), document.text)
    hits = tuple(Hit(rank, 1 / rank, StageScores(0.5, 0.5), passage, whole) for rank in range(1, 7))
    hostile = question(
        BREAKOUT,
        question=f"{BREAKOUT} {document.text}",
        tags=(BREAKOUT,),
        answers=(document.text, "\U0001f600 word"),
        short=document.text,
        best=Candidate(BREAKOUT, 0.25, False),
        given_gold=Candidate(BREAKOUT, 0.5, True),
        cause="not read",
        ranks={"dense": 3},
        wanted=(Evidence(BREAKOUT, BREAKOUT, 2), Evidence("whole.txt")),
        lost_quotes=(BREAKOUT,),
        citations=(document.cite(start, start + len("<script>")),),
        hits=hits,
        timings_ms={"total": 9.0},
    )
    plain = (
        question("q2", best=Candidate("38 m", 0.75, True), ranks={"dense": 10}, timings_ms={"total": 100.0}),
        question("q10", best=Candidate("1871", 0.5, False), ranks={"dense": None}, cause="wrong span", tags=("tower",)),
        question("q1", answered=False, short="", answerable=False, answers=(), error="Too long.", cause="no result"),
        question("q3", question=UNSEEN, best=Candidate("38 m", 0.5, True), ranks={"dense": 1}, **smiling()),
    )
    metric = Metric(0.5, Interval(0.25, 0.75), 4, "a score")
    return Report({"f1": metric, "ndcg@10": metric}, (hostile, *plain), {"total": Latency(9.0, 100.0)})


@pytest.fixture
def open_report(window: Any, hostile: Document, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Opens the report from disk; at the end nothing was asked for but the file, nothing ran, nothing complained."""
    path = tmp_path / "report.html"
    made_from = {"gold": BREAKOUT, BREAKOUT: [BREAKOUT]}
    compared = {"f1": Comparison(0.25, 0.5, 0.01, 3, 1, 1)}
    write_report(hostile_report(hostile), path, title=BREAKOUT, made_from=made_from, comparison=compared)
    requests: list[str] = []
    complaints: list[str] = []
    pages: list[Page] = []

    def opened(width: int = 1440) -> Any:
        page = window.new_page()
        pages.append(page)
        page.set_default_timeout(10_000)
        page.set_viewport_size({"width": width, "height": 900})
        page.on("request", lambda request: requests.append(request.url))
        page.on("console", lambda said: complaints.append(said.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path.as_uri())
        return page

    yield opened
    ran = [page.evaluate("window.ran") for page in pages]
    for page in pages:
        page.close()
    assert set(requests) == {path.as_uri()}
    assert complaints == []
    assert set(ran) == {None}


@pytest.fixture
def page(open_report: Callable[..., Any]) -> Any:
    return open_report()


def shown_ids(page: Page) -> list[str]:
    """The ids of the rows that are shown, from the top; that of the hostile one as `!`."""
    ids = page.locator("#rows tr:not(.detail):not([hidden]) td.id").all_inner_texts()
    return [id_ if id_.startswith("q") else "!" for id_ in ids]


def sort_by(page: Page, name: str) -> Locator:
    head = page.locator("th[data-key]", has=page.get_by_role("button", name=name, exact=True))
    head.locator("button").click()
    return head


def possible(text: str) -> str:
    return text.replace("\0", "\ufffd").replace("\ud800", "\ufffd")


def test_hostile_text_is_text(page: Page, hostile: Document) -> None:
    assert page.locator("h1").text_content() == possible(BREAKOUT)
    opener = page.locator(".opener").first
    assert opener.text_content() == possible(f"{BREAKOUT} {hostile.text}")
    opener.click()
    detail = page.locator(".detail")
    assert detail.locator(".passages .words").first.text_content() == possible(hostile.text)
    assert detail.locator(".wanted .words").first.text_content() == possible(BREAKOUT)
    assert detail.locator(".wanted .title").first.text_content() == possible(BREAKOUT)
    assert BREAKOUT[:20] in (page.locator("#made-from").text_content() or "")
    for name in (
        "img",
        "iframe",
        "object",
        "link",
        "video",
        "form form",
        "main script",
        "main style",
        "a[href*=canary]",
    ):
        assert page.locator(name).count() == 0


def test_characters_that_cannot_be_seen_say_which_they_are(page: Page) -> None:
    marks = page.locator("tr", has=page.locator("td.id", has_text="q3")).locator(".opener .unseen")
    assert marks.evaluate_all("marks => marks.map((mark) => mark.dataset.name)") == [
        f"U+{ord(character):04X}" for character in UNSEEN
    ]
    heading = page.locator("h1 .unseen")
    assert heading.get_attribute("data-name") == "U+202E"
    assert heading.evaluate("mark => getComputedStyle(mark, '::before').content") != "none"


def test_a_header_sorts_up_then_down_then_as_it_was(page: Page) -> None:
    as_it_was = ["!", "q2", "q10", "q1", "q3"]
    assert shown_ids(page) == as_it_was
    head = sort_by(page, "Confidence")
    assert head.get_attribute("aria-sort") == "ascending"
    assert shown_ids(page) == ["!", "q10", "q3", "q2", "q1"]  # 0.25, 0.5 twice in their order, 0.75, none
    sort_by(page, "Confidence")
    assert head.get_attribute("aria-sort") == "descending"
    assert shown_ids(page) == ["q2", "q10", "q3", "!", "q1"]
    sort_by(page, "Confidence")
    assert head.get_attribute("aria-sort") is None
    assert shown_ids(page) == as_it_was


def test_ranks_sort_as_numbers_and_one_beyond_100_after_all_of_them(page: Page) -> None:
    sort_by(page, "Rank dense")
    assert shown_ids(page) == ["q3", "!", "q2", "q10", "q1"]  # 1, 3, 10, beyond 100, no rank at all
    assert page.locator("td.rank").all_inner_texts() == ["1", "3", "10", ">100", "–"]
    sort_by(page, "Id")
    assert shown_ids(page)[1:] == ["q1", "q2", "q3", "q10"]
    assert page.locator("th[aria-sort]").count() == 1


def test_sorting_by_keyboard_takes_open_rows_along(page: Page) -> None:
    page.locator(".opener").nth(1).click()
    page.locator("th[data-key=confidence] button").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Space")
    assert shown_ids(page)[0] == "q2"
    assert page.locator("#rows tr").nth(1).get_attribute("class") == "detail"
    assert "0.75" in page.locator("#rows tr").nth(1).inner_text()


def test_filters_and_what_is_announced(page: Page) -> None:
    count = page.locator("#count")
    assert count.get_attribute("aria-live") == "polite"
    assert count.inner_text() == "5 of 5 questions shown"
    page.fill("#find", "1871")  # the best answer found of q10; the others have other words
    assert (shown_ids(page), count.inner_text()) == (["q10"], "1 of 5 questions shown")
    page.fill("#find", "TOO LONG")
    assert shown_ids(page) == ["q1"]
    page.locator("#all").click()
    assert count.inner_text() == "5 of 5 questions shown"
    assert page.locator("#find").input_value() == ""
    assert page.locator("#all").is_disabled()
    page.select_option("#answerable", label="Unanswerable")
    assert shown_ids(page) == ["q1"]
    page.select_option("#answerable", label="Answerable")
    page.select_option("#cause", label="No failure")
    assert shown_ids(page) == ["q2", "q3"]
    page.select_option("#cause", label="Any failure")
    assert shown_ids(page) == ["!", "q10"]
    page.select_option("#tag", label="tower")
    assert shown_ids(page) == ["q10"]
    page.select_option("#tag", index=1)  # the hostile one: it sorts before
    assert shown_ids(page) == ["!"]
    page.fill("#find", "<script>window.ran=1")
    assert shown_ids(page) == ["!"]


def test_a_cause_filters_the_table_and_is_pressed_until_it_is_clicked_again(page: Page) -> None:
    cause = page.locator("#causes button", has_text="wrong span")
    assert cause.get_attribute("aria-pressed") == "false"
    cause.click()
    assert cause.get_attribute("aria-pressed") == "true"
    assert shown_ids(page) == ["q10"]
    assert page.locator("#cause").evaluate("list => list.selectedOptions[0].textContent") == "wrong span"
    assert page.evaluate("document.activeElement.id") == "questions-heading"
    cause.click()
    assert cause.get_attribute("aria-pressed") == "false"
    assert len(shown_ids(page)) == 5
    assert cause.evaluate("button => button === document.activeElement")


def test_a_row_opens_and_closes_by_keyboard(page: Page) -> None:
    opener = page.locator(".opener").first
    opener.focus()
    page.keyboard.press("Enter")
    assert opener.get_attribute("aria-expanded") == "true"
    detail = page.locator(f"#{opener.get_attribute('aria-controls')}")
    assert detail.is_visible()
    assert detail.locator("h3").all_inner_texts() == [
        "Passages found",
        "Passages wanted",
        "First relevant passage at rank",
        "Scores",
        "Milliseconds",
    ]
    assert detail.locator("mark").first.text_content() == "<script>"
    assert "Given the right passage the reader answers" in detail.inner_text()
    assert "not in the store" in detail.inner_text()
    assert "The whole document." in detail.inner_text()
    page.keyboard.press("Space")
    assert opener.get_attribute("aria-expanded") == "false"
    assert page.locator(".detail").count() == 0


def test_marks_are_where_the_words_are_though_the_script_counts_otherwise(page: Page) -> None:
    page.locator("tr", has=page.locator("td.id", has_text="q3")).locator(".opener").click()
    detail = page.locator(".detail")
    assert detail.locator("mark").all_text_contents() == ["here", "s on\nand"]
    # Of the three line ends one is after sixty characters and before a word, and only that one flows.
    assert detail.locator(".words .wrap").all_text_contents() == ["\n"]
    assert detail.locator("mark .wrap").count() == 1
    words = detail.locator(".words").first
    assert words.text_content() == f"\U0001f600\U0001f600 It is here\n{LINE}\nand on.\n- end"
    assert words.evaluate("words => words.dir") == "auto"


def test_an_open_row_says_what_came_instead_of_an_answer(page: Page) -> None:
    page.locator(".opener", has_text="Question q1?").click()
    said = page.locator(".detail").inner_text()
    assert "Too long." in said
    assert "no result: an error came instead of an answer" in said
    assert "None: the documents do not answer this question." in said
    assert "No passage was reported." in said
    page.fill("#find", "q2")
    assert page.locator(".detail").is_hidden()


def test_an_answer_that_was_not_given_is_shown_as_found(window: Any, tmp_path: Path) -> None:
    hits = tuple(
        Hit(rank, 1.0, StageScores(0.5, 0.5), Passage("d", 0, 1, "a"), Document("d", "D", ("d",), "5", "a").cite(0, 1))
        for rank in range(1, 13)
    )
    kept = question("q1", answered=False, short="", best=Candidate("39 m", 0.25, False), hits=hits)
    write_report(Report({}, (kept,)), tmp_path / "report.html", title="t", made_from={})
    page = window.new_page()
    page.goto((tmp_path / "report.html").as_uri())
    page.locator(".opener").click()
    said = page.locator(".detail").inner_text()
    assert "Best answer found, though not given\n39 m (confidence 0.25, wrong)" in said
    assert "2 passages of a lower rank are left out here." in said
    assert page.locator(".passages > li:visible").count() == 3
    page.get_by_role("button", name="Show 7 more").click()
    assert page.locator(".passages > li:visible").count() == 10
    page.close()


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_the_page_is_no_wider_than_the_window(open_report: Callable[..., Page], width: int) -> None:
    page = open_report(width)
    page.locator(".opener").first.click()
    assert page.evaluate("document.documentElement.scrollWidth") == width
    wide = page.locator(".detail .opened").bounding_box()
    assert wide
    assert wide["x"] >= 0
    assert wide["x"] + wide["width"] <= width


def test_long_words_are_cut_to_a_few_lines_until_the_row_is_open(page: Page) -> None:
    line = page.locator("#rows tr").first
    cut = line.locator(".clamped")
    assert [round(height / 20.3) for height in cut.evaluate_all("all => all.map((each) => each.clientHeight)")] == [
        4,
        3,
        3,
    ]
    line.locator(".opener").click()
    assert cut.first.evaluate("words => words.scrollHeight <= words.clientHeight")
    assert "Before." in page.locator(".detail .facts-of-row").inner_text()


def test_the_heads_stay_in_view_above_the_rows(page: Page) -> None:
    page.locator(".opener").first.click()
    page.mouse.wheel(0, 100)
    page.locator(".detail .beside").evaluate("part => part.scrollIntoView({ block: 'start', behavior: 'instant' })")
    for head in page.locator("th[data-key]").all():
        box = head.bounding_box()
        assert box
        assert 0 <= box["y"] < 80
        at = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
        assert page.evaluate("({ x, y }) => document.elementFromPoint(x, y).closest('thead') !== null", at)
    ranks = page.locator("th.ranks").bounding_box()
    assert ranks
    assert ranks["y"] == 0


@pytest.mark.parametrize("width", [1440, 1024])
def test_each_cell_is_below_its_head(open_report: Callable[..., Page], width: int) -> None:
    page = open_report(width)
    heads = page.locator("th[data-key]").evaluate_all("all => all.map((each) => each.getBoundingClientRect().x)")
    cells = page.locator("#rows tr").nth(1).locator("td")
    assert cells.evaluate_all("all => all.map((each) => each.getBoundingClientRect().x)") == heads
    assert heads == sorted(heads)
    assert cells.evaluate_all("all => all.map((each) => each.dataset.label)") == [
        "Id",
        "Question",
        "Answerable",
        "Answered",
        "Answer given",
        "Acceptable",
        "Confidence",
        "Cause of failure",
        "F1",
        "Time, ms",
        "Rank dense",
    ]


def test_where_there_are_no_headers_a_list_sorts(open_report: Callable[..., Page]) -> None:
    page = open_report(390)
    assert page.locator("#sort").is_visible()
    page.select_option("#sort", label="Confidence, descending")
    assert shown_ids(page)[0] == "q2"
    page.select_option("#sort", index=0)
    assert shown_ids(page)[0] == "!"


def test_without_scripts_all_but_the_questions_can_be_read(window: Any, hostile: Document, tmp_path: Path) -> None:
    write_report(hostile_report(hostile), tmp_path / "report.html", title="t", made_from={})
    context = window.browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((tmp_path / "report.html").as_uri())
    assert page.locator(".headline-value").first.is_visible()
    assert page.locator(".plot").count() == 3
    assert page.locator("#causes li").count() == 3
    assert "scripts are off" in page.locator("#questions").inner_text()
    assert page.locator("#filters").is_hidden()
    context.close()
