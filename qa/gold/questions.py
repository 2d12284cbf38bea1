"""Gold questions: what is asked, what would be right, and the words of the documents that it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import overload

OPEN = "open"
"""The tag of a question whose right answer nobody has given yet."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Verbatim words of a document that answer a question; the document is named by id, path, shown source or title.

    Without a quote the whole document is meant: any passage of it will do. `grade` is how relevant it is, 1 or more.
    """

    document: str
    quote: str = ""
    grade: int = 1


@dataclass(frozen=True, slots=True)
class GoldQuestion:
    """A question with its acceptable short answers and their evidence; where it has neither, abstaining is right.

    With evidence but no answers only the passages and citations can be judged. Either every evidence has a quote or
    none has: a ranking is one of passages or one of documents.
    """

    id: str
    question: str
    answers: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    tags: tuple[str, ...] = ()

    @property
    def answerable(self) -> bool:
        return bool(self.answers or self.evidence)

    @property
    def is_open(self) -> bool:
        """Whether nobody has said yet what would be right: a question that was kept when it was not answered."""
        return OPEN in self.tags

    @property
    def whole_documents(self) -> bool:
        """Whether the evidence names documents without quoting them."""
        return any(not evidence.quote for evidence in self.evidence)


@dataclass(frozen=True, slots=True)
class Text:
    """A document that a gold set brings along; evidence names it by `name`."""

    name: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Gold(Sequence[GoldQuestion]):
    """A gold set: its questions in order and, where its format brings them, the texts that they are about."""

    questions: tuple[GoldQuestion, ...]
    texts: tuple[Text, ...] = ()

    @overload
    def __getitem__(self, at: int) -> GoldQuestion: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[GoldQuestion, ...]: ...
    def __getitem__(self, at: int | slice) -> GoldQuestion | tuple[GoldQuestion, ...]:
        return self.questions[at]

    def __len__(self) -> int:
        return len(self.questions)

    def __iter__(self) -> Iterator[GoldQuestion]:
        return iter(self.questions)
