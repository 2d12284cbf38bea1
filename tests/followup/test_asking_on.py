"""The assistant asks a follow-up question as one that stands alone, and its reader reads that."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from quoting import QuotingReader

from embeddings import Encoder
from qa.assistant import Assistant
from qa.errors import PinciteError
from qa.library import Library
from qa.reader import Finding
from qa.types import Hit


class Listening(QuotingReader):
    """Remembers what it was asked."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__(encoder)
        self.heard: list[str] = []

    def read(self, question: str, hits: Sequence[Hit]) -> Finding:
        self.heard.append(question)
        return super().read(question, hits)


@pytest.fixture
def filled(library: Library, tmp_path: Path) -> Library:
    (tmp_path / "tower.md").write_text("The stone tower was built in 1890 by Anna Hale.\n\nGulls live on the rock.\n")
    library.add([tmp_path / "tower.md"])
    return library


def test_a_follow_up_is_searched_and_read_as_it_stands_alone(filled: Library) -> None:
    reader = Listening(filled.load_encoder())
    assistant = Assistant(filled, reader=reader, threshold=0.0)
    first = assistant.ask("When was the stone tower built?")
    second = assistant.ask(" and who built it? ", history=[first])
    assert reader.heard == ["When was the stone tower built?", "Who built the stone tower?"]
    assert (second.question, second.searched) == (" and who built it? ", "Who built the stone tower?")
    assert "tower" in second.hits[0].matched
    assert second.missing == ()
    alone = assistant.ask("Who built the stone tower?")
    assert [hit.passage for hit in second.hits] == [hit.passage for hit in alone.hits]
    assert second.text == alone.text


def test_traces_and_timings_take_a_history_too(filled: Library) -> None:
    assistant = Assistant(filled, threshold=0.0)
    history = [assistant.ask("When was the stone tower built?")]
    assert assistant.trace("who built it?", history=history).best.searched == "Who built the stone tower?"
    answer, _ = assistant.ask_timed("who built it?", history=history)
    assert answer.searched == "Who built the stone tower?"


def test_without_a_history_nothing_is_changed(filled: Library) -> None:
    assert Assistant(filled, threshold=0.0).ask("who built it?").searched == "who built it?"


def test_what_cannot_be_asked_cannot_be_asked_on(filled: Library) -> None:
    history = [Assistant(filled).ask("Who?")]
    for question, said in ((" ", "empty"), ("it " * 1000, "longest")):
        with pytest.raises(PinciteError, match=said):
            Assistant(filled).ask(question, history=history)
