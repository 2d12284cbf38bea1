"""Each cause of failure by hand, and what holds of every question whatever came back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.evaluation.answers import exact_match, unicode_tokens
from qa.evaluation.asking import Outcome
from qa.evaluation.failures import CAUSES, Found, cause
from qa.gold.anchors import Anchor, Located
from qa.gold.questions import Evidence, GoldQuestion
from qa.types import Citation, Document

DOCUMENT = Document("a", "a", ("a.txt",), "a" * 64, "0123456789" * 10)
RIGHT, ELSEWHERE = DOCUMENT.cite(5, 30), DOCUMENT.cite(60, 90)
QUOTE = Evidence("a.txt", DOCUMENT.text[10:20])

HERE = Located((Anchor("a", 10, 20),))
LOST = Located((), lost="These words are not in it.")
FOREIGN = Located((), ingested=False, lost="Nothing is indexed.")

READ = Found((HERE,), rank=3, read=True)
ANSWERED = GoldQuestion("q", "?", ("small fish",), (QUOTE,))
UNANSWERABLE = GoldQuestion("q", "?")
CITED_ONLY = GoldQuestion("q", "?", (), (QUOTE,))
BARE = GoldQuestion("q", "?", ("small fish",))


def given_answer(short: str, *citations: Citation) -> Outcome:
    return Outcome(answered=True, short=short, best=short, citations=citations, best_citations=citations)


def kept(best: str, *citations: Citation) -> Outcome:
    """The best answer found was not given."""
    return Outcome(best=best, best_citations=citations)


@pytest.mark.parametrize(
    ("gold", "outcome", "found", "expected"),
    [
        # handled rightly
        (ANSWERED, given_answer("Small fish!", RIGHT), READ, ""),
        (ANSWERED, given_answer("the ｓｍａｌｌ fish", ELSEWHERE), READ, ""),
        (ANSWERED, given_answer("small fish"), Found((LOST,), rank=None, read=False), ""),
        (BARE, given_answer("small fish"), Found((), rank=None, read=False, judged=False), ""),
        (CITED_ONLY, given_answer("anything", RIGHT), READ, ""),
        (CITED_ONLY, given_answer("anything"), Found((), rank=None, read=False, judged=False), ""),
        (UNANSWERABLE, kept("small fish"), Found((), rank=None, read=False), ""),
        (UNANSWERABLE, Outcome(), Found((), rank=None, read=False), ""),
        (UNANSWERABLE, given_answer("The..."), Found((), rank=None, read=False), ""),  # no word: no answer, as in SQuAD
        (ANSWERED, Outcome(), READ, ""),  # a retriever alone
        # no result, before anything else
        (ANSWERED, Outcome(error="It is too long."), READ, "no result"),
        (UNANSWERABLE, Outcome(error="It is too long."), READ, "no result"),
        # answered though unanswerable
        (UNANSWERABLE, given_answer("fish", RIGHT), Found((), rank=None, read=False), "answered though unanswerable"),
        # wrongly abstained
        (ANSWERED, kept("small fish", RIGHT), READ, "wrongly abstained"),
        (ANSWERED, kept("small fish", ELSEWHERE), Found((LOST,), rank=None, read=False), "wrongly abstained"),
        (ANSWERED, kept("They eat small fish.", RIGHT), READ, "wrongly abstained"),
        (CITED_ONLY, kept("anything", RIGHT), READ, "wrongly abstained"),
        (BARE, kept(""), Found((), rank=None, read=False, judged=False), "wrongly abstained"),
        # not ingested, text lost
        (ANSWERED, given_answer("voles"), Found((FOREIGN,), rank=None, read=False), "not ingested"),
        (ANSWERED, kept("voles"), Found((FOREIGN, FOREIGN), rank=None, read=False), "not ingested"),
        (ANSWERED, given_answer("voles"), Found((LOST,), rank=None, read=False), "text lost"),
        (ANSWERED, given_answer("voles"), Found((FOREIGN, LOST), rank=None, read=False), "text lost"),
        (ANSWERED, Outcome(), Found((LOST,), rank=None, read=False), "text lost"),
        # not in top 100, not in top k
        (ANSWERED, given_answer("voles"), Found((HERE,), rank=None, read=False), "not in top 100"),
        (ANSWERED, given_answer("voles"), Found((HERE, LOST), rank=None, read=False), "not in top 100"),
        (ANSWERED, given_answer("voles"), Found((HERE,), rank=11, read=False), "not in top k"),
        (ANSWERED, Outcome(), Found((HERE,), rank=None, read=False), "not in top 100"),
        (ANSWERED, Outcome(), Found((HERE,), rank=100, read=False), "not in top k"),
        (ANSWERED, kept("voles", ELSEWHERE), Found((HERE,), rank=11, read=False), "not in top k"),
        # more than 100 were read: then it was there, whatever its rank
        (ANSWERED, given_answer("voles", ELSEWHERE), Found((HERE,), rank=None, read=True), "not read"),
        # not read
        (ANSWERED, given_answer("voles", ELSEWHERE), READ, "not read"),
        (ANSWERED, given_answer("many small fish", ELSEWHERE), READ, "not read"),
        (ANSWERED, kept("voles", ELSEWHERE), READ, "not read"),
        (CITED_ONLY, given_answer("anything", ELSEWHERE), READ, "not read"),
        (BARE, given_answer("voles", ELSEWHERE), Found((), rank=2, read=True), "not read"),
        # wrong boundary: words in common, out of the right sentence
        (ANSWERED, given_answer("small fish at dawn", RIGHT), READ, "wrong boundary"),
        (ANSWERED, given_answer("a small vole or two", RIGHT), READ, "wrong boundary"),
        (BARE, given_answer("small fish at dawn"), Found((), rank=2, read=True), "wrong boundary"),
        (BARE, given_answer("small fish at dawn"), Found((), rank=None, read=False, judged=False), "wrong boundary"),
        # wrong span: none in common
        (ANSWERED, given_answer("at dawn", RIGHT), READ, "wrong span"),
        (ANSWERED, kept("at dawn", RIGHT), READ, "wrong span"),
        # wrong answer
        (BARE, given_answer("voles"), Found((), rank=None, read=False, judged=False), "wrong answer"),
        (ANSWERED, given_answer("voles"), Found((), rank=None, read=False, judged=False), "wrong answer"),
    ],
)
def test_cause(gold: GoldQuestion, outcome: Outcome, found: Found, expected: str) -> None:
    assert cause(gold, outcome, found) == expected


def test_every_cause_has_a_case_above_and_a_meaning() -> None:
    (mark,) = test_cause.pytestmark  # type: ignore[attr-defined]
    assert {expected for *_, expected in mark.args[1]} == {"", *CAUSES}
    assert all(meaning and not meaning.endswith(".") for meaning in CAUSES.values())


shorts = st.sampled_from(["", "small fish", "small fish at dawn", "voles", "the", "?", "魚"])
answers = st.lists(st.sampled_from(["small fish", "fish", "魚"]), max_size=2).map(tuple)
evidence = st.sampled_from([(), (QUOTE,), (QUOTE, QUOTE), (Evidence("a.txt"),)])
citations = st.lists(st.sampled_from([RIGHT, ELSEWHERE]), max_size=2).map(tuple)


@st.composite
def outcomes(draw: st.DrawFn) -> Outcome:
    if draw(st.integers(0, 9)) == 0:
        return Outcome(error="It is too long.")
    if draw(st.integers(0, 4)) == 0:
        return Outcome()
    best, cited = draw(shorts), draw(citations)
    if best and draw(st.booleans()):
        return given_answer(best, *cited)
    return kept(best, *cited)


founds = st.builds(
    Found,
    st.lists(st.sampled_from([HERE, LOST, FOREIGN]), max_size=2),
    st.one_of(st.none(), st.integers(1, 100)),
    st.booleans(),
    st.booleans(),
)


@given(answers, evidence, outcomes(), founds)
def test_a_question_has_a_cause_exactly_where_it_was_not_handled_rightly(
    acceptable: tuple[str, ...], wanted: tuple[Evidence, ...], outcome: Outcome, found: Found
) -> None:
    gold = GoldQuestion("q", "?", acceptable, wanted)
    why = cause(gold, outcome, found)
    assert why in ("", *CAUSES)
    if outcome.error:
        rightly = False
    elif not gold.answerable:
        rightly = exact_match(outcome.short, []) == 1
    elif outcome.best is None:  # nothing was read: then only the ranking can be wrong
        return
    elif gold.answers:
        rightly = outcome.answered and exact_match(outcome.short, gold.answers, unicode_tokens) == 1
    else:
        cited = RIGHT in outcome.citations and HERE in found.located
        rightly = outcome.answered and (not found.judged or cited)
    assert (why == "") == rightly


@given(st.sampled_from([("small fish",), ("fish", "魚")]), evidence, founds)
def test_what_nobody_read_fails_only_by_its_ranking(
    acceptable: tuple[str, ...], wanted: tuple[Evidence, ...], found: Found
) -> None:
    why = cause(GoldQuestion("q", "?", acceptable, wanted), Outcome(), found)
    assert why in ("", "not ingested", "text lost", "not in top 100", "not in top k")
    if not found.judged:
        assert why == ""
