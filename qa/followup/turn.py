"""What a conversation remembers of an earlier question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from qa.types import Answer


@dataclass(frozen=True, slots=True)
class Turn:
    """A question as it was typed and as it was searched, its short answer (empty where there was none), and the titles
    of the documents that the answer rests on."""

    question: str
    searched: str
    answer: str = ""
    titles: tuple[str, ...] = ()

    @classmethod
    def of(cls, answer: Answer) -> Turn:
        """What is remembered of an answer."""
        titles = dict.fromkeys(citation.document.title for citation in answer.citations)
        return cls(answer.question, answer.searched, answer.short, tuple(titles))

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Turn:
        """From its JSON. Raises ValueError where that is not a turn's."""
        question, searched, answer = (value.get(name, "") for name in ("question", "searched", "answer"))
        titles = value.get("titles", [])
        if not isinstance(titles, list) or not all(
            isinstance(each, str) for each in (question, searched, answer, *titles)
        ):
            raise ValueError("A turn holds the texts question, searched and answer, and titles, a list of texts.")
        return cls(question, searched or question, answer, tuple(titles))

    def as_dict(self) -> dict[str, Any]:
        return {
            "question": self.question,
            "searched": self.searched,
            "answer": self.answer,
            "titles": list(self.titles),
        }
