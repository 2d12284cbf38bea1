"""Reading: which span, which sentence, which order, who agrees and who does not; and whatever is given, an answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

import pytest

from qa.reader import Finding, SpanReader
from qa.reader.confidence import Confidence, Logistic
from qa.reader.decoding import Candidate
from qa.reader.reading import Reading
from qa.types import Document, Hit, Passage, StageScores

# A passage's probability is the logistic of its best margin, and the answer's confidence that of its score.
BY_MARGIN = Confidence(Logistic({"margin": 1.0}, 0.0), Logistic({"score": 0.5}, 0.0), 0.5)


@dataclass
class Told(SpanReader):
    """Reads what it is told: for the passage that holds the words, the margin of the span that they are."""

    spans: dict[str, float]

    def readings(self, question: str, hits: Sequence[Hit]) -> list[Reading]:
        return [Reading(hit, self._candidates(hit.passage.text), 0.0, 0.0) for hit in hits]

    def _candidates(self, text: str) -> tuple[Candidate, ...]:
        found = [
            Candidate(text.index(words), text.index(words) + len(words), margin)
            for words, margin in self.spans.items()
            if words in text
        ]
        return tuple(sorted(found, key=lambda each: -each.margin))

    @property
    def _confidence(self) -> Confidence:  # type: ignore[override]
        return BY_MARGIN


def document(name: str, text: str) -> Document:
    return Document(name, name, (f"{name}.txt",), name, text)


def hit(made: Document, words: str = "", rank: int = 1) -> Hit:
    """The paragraph of a document that begins with the words."""
    start = made.text.index(words)
    end = made.text.find("\n\n", start)
    end = len(made.text) if end < 0 else end
    passage = Passage(made.id, start, end, made.text[start:end])
    return Hit(rank, 1 / rank, StageScores(0.5, 1.0), passage, made.cite(start, end))


def words_of(finding: Finding) -> list[str]:
    return [
        span.hit.passage.text[span.start - span.hit.passage.start :][: span.end - span.start] for span in finding.spans
    ]


def sigmoid(value: float) -> float:
    return 1 / (1 + exp(-value))


TOWER = document("tower", "Gulls.\n\nThe tower stands on a rock. It was built in 1890 by Anna Hale.")
BRIDGE = document("bridge", "The bridge is older.\nThe tower was built in 1890.")
GUIDE = document("guide", "The guide says that the tower was built in 1895.")
LEAFLET = document("leaflet", "A leaflet has 1895 for the tower, too.")


def test_an_answer_by_hand() -> None:
    finding = Told({"1890": 3.0, "a rock": 1.0}).read("When was the tower built?", [hit(TOWER, "The tower")])
    (span,) = finding.spans
    assert TOWER.text[span.start : span.end] == "1890"
    assert TOWER.text[span.sentence_start : span.sentence_end] == "It was built in 1890 by Anna Hale."
    assert (span.score, span.part) == (3.0, 0)
    assert finding.confidence == pytest.approx(sigmoid(1.5))
    assert finding.otherwise == ()


def test_reading_gives_the_hits_an_order_of_its_own() -> None:
    hits = [hit(GUIDE, rank=1), hit(TOWER, "Gulls", rank=2), hit(TOWER, "The tower", rank=3)]
    finding = Told({"1890": 3.0, "the tower": -2.0, "Gulls": -2.0}).read("When?", hits)
    assert [each.passage.text[:9] for each in finding.hits] == ["The tower", "The guide", "Gulls."]
    assert [each.rank for each in finding.hits] == [1, 2, 3]
    assert [each.score for each in finding.hits] == pytest.approx([sigmoid(3), sigmoid(-2), sigmoid(-2)])
    # What the other stages thought of a passage stays with it.
    assert finding.hits[0].scores == StageScores(0.5, 1.0, finding.hits[0].score)
    assert finding.spans[0].hit == finding.hits[0]


def test_a_span_over_two_sentences_quotes_both() -> None:
    finding = Told({"a rock. It": 3.0}).read("Where?", [hit(TOWER, "The tower")])
    (span,) = finding.spans
    assert TOWER.text[span.sentence_start : span.sentence_end] == TOWER.text[8:]


@pytest.mark.parametrize(
    ("filling", "words", "quote"),
    [
        ("and on " * 40, "lit by Ada Lindqvist", "whole"),  # 280 characters are a sentence that can be read
        ("and on " * 60, "lit by Ada Lindqvist", "span"),
        ("and on " * 60, "Ada Lindqvist", "whole"),  # two words are no proof
    ],
)
def test_of_an_endless_sentence_a_long_answer_is_the_quote(filling: str, words: str, quote: str) -> None:
    told = document("endless", f"The lamp {filling}was lit by Ada Lindqvist.")
    (span,) = Told({words: 3.0}).read("Who?", [hit(told)]).spans
    quoted = told.text[span.sentence_start : span.sentence_end]
    assert quoted == (words if quote == "span" else told.text)


def test_passages_that_say_the_same_are_cited_together() -> None:
    hits = [hit(TOWER, "The tower", rank=1), hit(BRIDGE, rank=2)]
    finding = Told({"1890": 3.0}).read("When?", hits)
    assert words_of(finding) == ["1890", "1890"]
    # Both are as likely: the order is that of the documents.
    assert [span.hit.passage.document_id for span in finding.spans] == ["bridge", "tower"]
    assert finding.otherwise == ()


def test_every_source_that_says_the_same_counts() -> None:
    many = [document(f"d{number}", f"In book {number} it says 1890.") for number in range(5)]
    few = [document(f"e{number}", f"In book {number} it says 1895.") for number in range(4)]
    hits = [hit(each, rank=rank) for rank, each in enumerate([*few, *many], start=1)]
    finding = Told({"1890": 3.0, "1895": 2.0}).read("When?", hits)
    assert [span.hit.passage.document_id for span in finding.spans] == ["d0", "d1", "d2", "d3", "d4"]
    assert [[span.hit.passage.document_id for span in group] for group in finding.otherwise] == [
        ["e0", "e1", "e2", "e3"]
    ]


def test_a_document_that_says_both_is_no_witness_against_the_answer() -> None:
    both = document("both", "It was built in 1890.\n\nIt was opened in 1895.")
    hits = [hit(TOWER, "The tower"), hit(both, "It was built", rank=2), hit(both, "It was opened", rank=3)]
    assert Told({"1890": 3.0, "1895": 2.5}).read("When?", hits).otherwise == ()


def test_what_cannot_be_compared_is_no_contradiction() -> None:
    told = document("told", "It was finished under Anna Hale.")
    finding = Told({"1890": 3.0, "Anna Hale": 2.9}).read("When?", [hit(TOWER, "The tower"), hit(told, rank=2)])
    assert finding.otherwise == ()
    # Nor is another part of a list.
    hits = [hit(TOWER, "The tower"), hit(GUIDE, rank=2)]
    assert Told({"1890": 3.0, "1895": 2.9}).read("Which two years?", hits).otherwise == ()


def test_other_documents_that_differ_stand_beside() -> None:
    hits = [hit(TOWER, "The tower", rank=1), hit(GUIDE, rank=2), hit(LEAFLET, rank=3), hit(BRIDGE, rank=4)]
    finding = Told({"1890": 3.0, "1895": 2.0}).read("When?", hits)
    assert words_of(finding) == ["1890", "1890"]
    ((first, second),) = finding.otherwise
    assert [first.hit.passage.document_id, second.hit.passage.document_id] == ["guide", "leaflet"]
    assert GUIDE.text[first.start : first.end] == "1895"


@pytest.mark.parametrize(
    ("margin", "counts"),
    [
        (0.8, True),  # 0.69 is over seven tenths of 0.95
        (0.6, False),  # 0.65 is not
    ],
)
def test_what_is_much_less_likely_contradicts_nothing(margin: float, counts: bool) -> None:
    finding = Told({"1890": 3.0, "1895": margin}).read("When?", [hit(TOWER, "The tower"), hit(GUIDE, rank=2)])
    assert bool(finding.otherwise) is counts


def test_a_document_does_not_contradict_itself() -> None:
    told = document("one", "Begun in 1880.\n\nFinished in 1890.")
    finding = Told({"1890": 3.0, "1880": 2.9}).read("When?", [hit(told, "Finished"), hit(told, "Begun", rank=2)])
    assert words_of(finding) == ["1890"]
    assert finding.otherwise == ()


def test_a_list_is_an_answer_of_several_parts() -> None:
    told = document("crew", "Ada kept the lamp. Nils cooked. Ove drew maps.")
    finding = Told({"Nils": 4.0, "Ada": 3.0, "Ove": 1.0}).read("Which keepers were there?", [hit(told)])
    assert words_of(finding) == ["Nils", "Ada"]
    assert [span.part for span in finding.spans] == [0, 1]
    assert words_of(Told({"Nils": 4.0, "Ada": 3.0}).read("Who cooked?", [hit(told)])) == ["Nils"]


def test_no_hits_and_no_spans_are_no_answer() -> None:
    assert Told({}).read("When?", []) == Finding((), 0.0, ())
    finding = Told({}).read("When?", [hit(TOWER, "The tower")])
    assert (finding.spans, finding.confidence, len(finding.hits)) == ((), 0.0, 1)


# --- the trained network


@pytest.fixture(scope="module")
def reader() -> SpanReader:
    return SpanReader()


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("When was the tower built?", "1890"),
        ("Who built the tower?", "Anna Hale"),
        ("who built the tower", "Anna Hale"),
        ("What does the tower stand on?", "a rock"),
    ],
)
def test_what_is_asked_is_found(reader: SpanReader, question: str, words: str) -> None:
    gulls = document("gulls", "Gulls and herons nest on the cliffs in the north since 1970.")
    finding = reader.read(question, [hit(gulls, rank=1), hit(TOWER, "The tower", rank=2)])
    assert words_of(finding)[0] == words
    assert finding.hits[0].passage.document_id == "tower"


LONG = " ".join(f"Keeper number {number} came from Oslo and left after a year." for number in range(900))


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Who kept the light?", LONG[:25_000] + " Ada Lindqvist kept the light. " + LONG[:25_000]),
        ("who " * 500, "Ada kept the light."),
        ("谁守护灯塔?", "阿达守护灯塔。她来自挪威。"),
        ("Кто хранил свет?", "Ада хранила свет с 1889 года."),
        ("من أشعل النور؟", "أشعلت آدا النور عام 1889."),
        ("Who\x00\x07\u202e kept?", "Ada\x00 kept\x07 \u202ethe light\x1b[31m.\ufffe"),
        ("?", "."),
        ("...", "\u200b\u200d"),
        ("Who?", "🗼" * 200),
        ("Who?", "a" * 3000),
    ],
    ids=[
        "50,000 characters",
        "long question",
        "Han",
        "Cyrillic",
        "Arabic",
        "control",
        "marks",
        "unseen",
        "emoji",
        "word",
    ],
)
def test_whatever_is_read_gives_a_defined_answer(reader: SpanReader, question: str, text: str) -> None:
    told = document("odd", text)
    finding = reader.read(question, [hit(told), hit(TOWER, "The tower", rank=2)])
    assert 0 <= finding.confidence <= 1
    assert sorted(each.passage.document_id for each in finding.hits) == ["odd", "tower"]
    for span in finding.spans:
        passage = span.hit.passage
        assert passage.start <= span.sentence_start <= span.start < span.end <= span.sentence_end <= passage.end


def test_the_same_is_read_in_the_same_way(reader: SpanReader) -> None:
    hits = [hit(TOWER, "The tower"), hit(BRIDGE, rank=2)]
    assert reader.read("When was the tower built?", hits) == SpanReader().read("When was the tower built?", hits)


def test_the_middle_of_a_long_passage_is_read(reader: SpanReader) -> None:
    told = document("long", LONG[:9_000] + " Ada Lindqvist painted the lamp. " + LONG[:9_000])
    assert words_of(reader.read("Who painted the lamp?", [hit(told)]))[0] == "Ada Lindqvist"
