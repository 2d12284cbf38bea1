"""The sentence reader: which sentence it takes, where it stands, and how its confidence is made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa import reader
from qa.library import Library
from qa.reader import SentenceReader, SentenceReading, confidence, features
from qa.retriever import Retriever
from qa.types import Document, Hit, Passage, StageScores

TEXT = "Intro line.\n\nThe tower was built in 1890. Its lamp\nis green. Gulls live there."


def hit(text: str = TEXT, start: int = 0, end: int | None = None, rank: int = 1, id_: str = "d") -> Hit:
    document = Document(id_, "Tower", ("tower.txt",), "5e1f", text)
    end = len(text) if end is None else end
    passage = Passage(id_, start, end, text[start:end])
    return Hit(rank, 1 / rank, StageScores(0.5, 1.0), passage, document.cite(start, end))


def test_no_hits_give_no_spans_and_no_confidence(encoder: Any) -> None:
    finding = SentenceReader(encoder).read("Who?", [])
    assert (finding.spans, finding.confidence) == ((), 0.0)


def test_the_sentence_that_shares_the_words_is_taken(encoder: Any) -> None:
    finding = SentenceReader(encoder).read("Is the lamp green?", [hit(start=13)])
    best = finding.spans[0]
    assert TEXT[best.start : best.end] == TEXT[best.sentence_start : best.sentence_end] == "Its lamp\nis green."
    assert best.hit == hit(start=13)
    assert 0 <= finding.confidence <= 1


def test_offsets_are_those_of_the_document_and_not_of_the_passage(encoder: Any) -> None:
    (best, *_) = SentenceReader(encoder).read("Is the lamp green?", [hit(start=13)]).spans
    assert (best.start, best.end) == (42, 60)


def test_every_sentence_is_ranked_with_cosine_and_share_by_hand(encoder: Any) -> None:
    ranked = SentenceReader(encoder).rank("lamp green", [hit("Its lamp shone green. Lamp.", 0)])
    assert [(r.start, r.end) for r in ranked] == [(0, 21), (22, 27)]
    first, second = ranked
    # two of four words shared: 2 / (sqrt(2) * sqrt(4)); one of one: 1 / sqrt(2)
    assert first.cosine == pytest.approx(2 / 8**0.5, abs=1e-6)
    assert second.cosine == pytest.approx(1 / 2**0.5, abs=1e-6)
    assert (first.share, second.share) == (1.0, 0.5)


def test_shares_count_stems(encoder: Any) -> None:
    (ranked,) = SentenceReader(encoder).rank("Who builds towers?", [hit("A tower was building.", 0)])
    assert ranked.share == 1.0


def test_further_spans_are_few_and_close(encoder: Any) -> None:
    hits = [hit("The lamp is green.", 0, rank=1, id_=f"d{number}") for number in range(5)]
    finding = SentenceReader(encoder).read("Is the lamp green?", [*hits, hit("Gulls live there.", 0)])
    assert finding.spans[0].hit.passage.document_id == "d0"
    assert 1 <= len(finding.spans) <= 3
    best = finding.spans[0].score
    assert all(span.score <= best for span in finding.spans)
    assert "Gulls" not in "".join(span.hit.passage.text for span in finding.spans)


def test_only_the_best_passages_are_read(encoder: Any) -> None:
    hits = [hit("Gulls live there.", 0, rank=rank) for rank in range(1, 10)]
    hits[-1] = hit("The lamp is green.", 0, rank=9)
    texts = {reading.hit.passage.text for reading in SentenceReader(encoder).rank("Is the lamp green?", hits)}
    assert texts == {"Gulls live there."}


@pytest.mark.parametrize("question", ["?", "the", "_", "漢字", "x" * 2000])
def test_odd_questions_are_read(encoder: Any, question: str) -> None:
    finding = SentenceReader(encoder).read(question, [hit()])
    assert finding.spans
    assert 0 <= finding.confidence <= 1


def test_reading_is_the_same_every_time(library: Library, tmp_path: Path, encoder: Any) -> None:
    (tmp_path / "a.txt").write_text(TEXT)
    library.add([tmp_path / "a.txt"])
    hits = Retriever(library).search("Which lamp is green?")
    assert SentenceReader(encoder).read("Which lamp?", hits) == SentenceReader(encoder).read("Which lamp?", hits)


def reading(cosine: float, share: float) -> SentenceReading:
    return SentenceReading(hit(), 0, 5, cosine, share)


def test_features_are_the_best_sentence_and_its_lead() -> None:
    ranked = [reading(0.8, 1.0), reading(0.5, 0.5)]
    assert features(ranked) == pytest.approx((0.8, 1.0, 0.5, ranked[0].score - ranked[1].score))
    assert features(ranked[:1]) == pytest.approx((0.8, 1.0, 0.5, ranked[0].score))
    assert ranked[0].score > ranked[1].score


def test_confidence_is_a_logistic_regression(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "_WEIGHTS", (2.0, 0.0, 0.0, -1.0))
    monkeypatch.setattr(reader, "_INTERCEPT", -1.0)
    assert confidence((0.5, 9, 9, 0.0)) == pytest.approx(0.5)  # -1 + 2 * 0.5 = 0
    assert confidence((1.0, 9, 9, 0.0)) == pytest.approx(0.7310586)  # 1 / (1 + e^-1)
    assert confidence((1.0, 9, 9, 2.0)) == pytest.approx(0.2689414)


@given(st.lists(st.floats(-3, 3), min_size=len(reader._WEIGHTS), max_size=len(reader._WEIGHTS)))
def test_confidence_is_a_probability(seen: list[float]) -> None:
    assert 0 <= confidence(seen) <= 1


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200).filter(str.strip), st.data())
def test_spans_lie_inside_their_passage(text: str, data: st.DataObject) -> None:
    class Flat:
        """Every text at the same place."""

        name, fingerprint, dimension = "flat", "flat", 1

        def encode_query(self, texts: list[str]) -> Any:
            import numpy as np

            return np.ones((len(texts), 1), dtype=np.float32)

        encode_document = encode_query

    found = hit("Before. " + text.strip(), 8)
    for span in SentenceReader(Flat()).read("Who?", [found]).spans:  # type: ignore[arg-type]
        assert found.passage.start <= span.sentence_start <= span.start < span.end <= span.sentence_end
        assert span.sentence_end <= found.passage.end


FAQ = (
    "## When is the cafeteria open?\n\nFrom nine to five, but on Sundays.\n\n"
    "Is the cafeteria open now?\nLook at the clock."
)


def test_headings_and_questions_do_not_answer(encoder: Any) -> None:
    ranked = SentenceReader(encoder).rank("When is the cafeteria open?", [hit(FAQ, 0)])
    assert {FAQ[reading.start : reading.end] for reading in ranked} == {
        "From nine to five, but on Sundays.",
        "Look at the clock.",
    }


def test_a_passage_of_headings_gives_nothing(encoder: Any) -> None:
    finding = SentenceReader(encoder).read("Open?", [hit("# Open?\n\n## Open!", 0)])
    assert (finding.spans, finding.confidence) == ((), 0.0)
    assert len(finding.hits) == 1
