"""The seed data keeps its promises: quotes, tags, paraphrases, examples, and the counts in its README."""

from __future__ import annotations

import re
from collections import Counter
from itertools import takewhile

import pytest

import seeds
from qa.gold import GoldQuestion, read_gold
from seeds import CORPUS, EXAMPLES, GOLD

QUESTIONS = read_gold(GOLD)
ANSWERABLE = [question for question in QUESTIONS if question.answerable]
UNANSWERABLE = [question for question in QUESTIONS if not question.answerable]
TEXTS = {file.name: file.read_text(encoding="utf-8") for file in CORPUS.iterdir()}
README = (CORPUS.parent / "README.md").read_text(encoding="utf-8")

STOP_WORDS = set(
    """
    a about according after all an and any are as at be because been before behalf being both but by call called can
    could did do does done during each for from further get had has have her him his how if in into is it its just like
    many may me might more most much must no not now of on one only or other ought out over own same she should since
    so some such than that the their them then there these they this those to too under until up upon us was were what
    when where which who whom whose why will with would you
    """.split()
)


def stem(word: str) -> str:
    """A word without a usual English ending, so that "signed" and "signs" are the same word."""
    word = re.sub(r"['’]s?$", "", word.lower())
    for ending in ("ings", "ing", "ied", "ies", "ed", "es", "s", "e", "y"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def content_words(text: str) -> set[str]:
    words = re.findall(r"[^\W_]+(?:['’][^\W_]+)*", text)
    return {stem(word) for word in words if word.lower() not in STOP_WORDS}


def test_the_rules_for_words_see_what_they_should() -> None:
    assert content_words("Who signed the country's policies?") == content_words("signing of countries, a policy")
    assert content_words("What is it and why are those there?") == set()


def test_size_of_the_gold_set() -> None:
    assert len(QUESTIONS) >= 80
    assert len(UNANSWERABLE) >= 25


def test_ids_and_questions_are_there_once() -> None:
    assert [question.id for question in QUESTIONS] == [f"q{n:03}" for n in range(1, len(QUESTIONS) + 1)]
    repeated = [text for text, n in Counter(q.question.casefold() for q in QUESTIONS).items() if n > 1]
    assert repeated == []


@pytest.mark.parametrize("question", ANSWERABLE, ids=lambda question: question.id)
def test_evidence_is_verbatim_and_there_once(question: GoldQuestion) -> None:
    assert question.evidence
    for evidence in question.evidence:
        assert TEXTS[evidence.document].count(evidence.quote) == 1
        assert not any(evidence.quote in text for name, text in TEXTS.items() if name != evidence.document)
        assert evidence.quote == evidence.quote.strip()


@pytest.mark.parametrize("question", ANSWERABLE, ids=lambda question: question.id)
def test_evidence_is_whole_sentences(question: GoldQuestion) -> None:
    for evidence in question.evidence:
        text = TEXTS[evidence.document]
        start = text.index(evidence.quote)
        before, after = text[:start], text[start + len(evidence.quote) :]
        assert before.endswith("\n\n") or before.rstrip()[-1] in '.!?"'
        assert evidence.quote[-1] in '.!?"'
        assert after == "" or after[0].isspace()
        assert evidence.quote[0].isupper() or evidence.quote[0] == '"'


def test_unanswerable_questions_have_neither_answers_nor_evidence() -> None:
    assert all(not question.evidence for question in UNANSWERABLE)
    assert {question.tags for question in UNANSWERABLE} == {("unanswerable",)}
    assert not any("unanswerable" in question.tags for question in ANSWERABLE)


def test_unanswerable_questions_speak_of_what_the_documents_are_about() -> None:
    subject = content_words(" ".join(TEXTS.values()))
    off_topic = [question.question for question in UNANSWERABLE if len(content_words(question.question) & subject) < 2]
    assert off_topic == []


@pytest.mark.parametrize(
    "question", [question for question in QUESTIONS if "paraphrase" in question.tags], ids=lambda question: question.id
)
def test_a_paraphrase_shares_no_content_word_with_its_evidence(question: GoldQuestion) -> None:
    evidence = content_words(" ".join(evidence.quote for evidence in question.evidence))
    assert content_words(question.question) & evidence == set()


def test_cross_document_questions_have_evidence_in_both_documents() -> None:
    crossing = [question for question in QUESTIONS if "cross-document" in question.tags]
    assert crossing
    for question in crossing:
        assert {evidence.document for evidence in question.evidence} == set(TEXTS)


@pytest.mark.parametrize(
    "question", [question for question in ANSWERABLE if "factoid" in question.tags], ids=lambda question: question.id
)
def test_a_factoid_has_an_answer_in_the_words_of_its_evidence(question: GoldQuestion) -> None:
    evidence = " ".join(" ".join(evidence.quote for evidence in question.evidence).split()).casefold()
    assert any(answer.casefold() in evidence for answer in question.answers)


def test_counts_in_the_readme_are_true() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \| (\d+) \|", README, flags=re.MULTILINE)
    assert {tag: int(count) for tag, count in rows} == Counter(tag for q in QUESTIONS for tag in q.tags)
    stated = re.search(r"(\w+) short documents and (\d+) questions", README)
    assert stated is not None
    assert {"Two": 2}[stated[1]] == len(TEXTS)
    assert int(stated[2]) == len(QUESTIONS)


def test_the_readme_names_every_document_and_what_it_shows_is_in_the_file() -> None:
    assert set(re.findall(r"^\| `corpus/([\w.-]+)` \|", README, flags=re.MULTILINE)) == set(TEXTS)
    block = re.search(r"```json\n(.*?)```", README, flags=re.DOTALL)
    assert block is not None
    shown = " ".join(block[1].split())
    assert shown in {" ".join(line.split()) for line in GOLD.read_text(encoding="utf-8").splitlines()}


def test_layouts_are_as_the_readme_says() -> None:
    def body(name: str) -> list[str]:
        return [line for line in TEXTS[name].splitlines() if line and not line.startswith("#")]

    assert max(map(len, body("pakistan-russia-commentary.md"))) <= 100
    assert min(map(len, body("pakistan-russia-analysis.md"))) > 100
    for text in TEXTS.values():
        assert text.startswith("# ")
        assert "\t" not in text
        assert not re.search(r" $", text, flags=re.MULTILINE)


def test_examples_are_questions_whose_answerability_is_stated() -> None:
    assert len(EXAMPLES) >= 4
    assert all(example.endswith("?") for example in EXAMPLES)
    assert len(set(EXAMPLES)) == len(EXAMPLES)
    # What stands under EXAMPLES says which of them the documents do not answer.
    source = (CORPUS.parent / "__init__.py").read_text(encoding="utf-8").splitlines()
    at = next(number for number, line in enumerate(source) if line == ")")
    stated = " ".join(takewhile(bool, source[at + 1 :]))
    assert "the documents do not answer the last one" in stated


ANSWERED_BY = {
    "Who is Zamir Kabulov?": "Zamir Kabulov, the Russian Presidential Envoy to Afghanistan,",
    "When was the MOU on the steel mills signed?": "In February 2013 the two sides signed an MOU on the mills'",
    "How much is the gas pipeline worth?": "to build a gas pipeline worth 2 billion US dollars.",
    "Why is IS a concern for Russia?": "IS could create problems not only for Russia but also",
}


def test_every_example_but_the_last_is_answered() -> None:
    corpus = " ".join(" ".join(TEXTS.values()).split())
    assert set(EXAMPLES[:-1]) == set(ANSWERED_BY)
    assert [example for example, words in ANSWERED_BY.items() if words not in corpus] == []


def test_the_last_example_is_not_answered() -> None:
    # It asks for a number of soldiers; the documents have no number but years, a sum and four gunships.
    assert EXAMPLES[-1] == "How many US troops are stationed in Afghanistan?"
    corpus = " ".join(TEXTS.values())
    assert "troops" in corpus
    assert set(re.findall(r"\d+", corpus)) == {"2", "2011", "2013", "2015", "2016", "2017"}


def test_the_package_names_its_files() -> None:
    assert CORPUS.is_dir()
    assert GOLD.is_file()
    assert CORPUS.parent == GOLD.parent
    assert seeds.__doc__
