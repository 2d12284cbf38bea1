"""Judgements of whole documents, as BEIR and TREC have them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qa.gold.formats.fields import Fault, Field, shown
from qa.gold.questions import Evidence

_WHOLE = re.compile(r"[+-]?[0-9]{1,9}")


class Qrels:
    """The judged documents of each query, in the order in which they came."""

    def __init__(self) -> None:
        self._grades: dict[str, dict[str, int]] = {}

    def add(self, query: Field, document: Field, score: int) -> None:
        """Raises Fault where the pair was judged before."""
        judged = self._grades.setdefault(query.text(), {})
        if document.text() in judged:
            raise document.fault(f"{shown(document.text())} was judged for {shown(query.text())} in an earlier line.")
        judged[document.text()] = score

    def relevant(self) -> Iterator[tuple[str, tuple[Evidence, ...]]]:
        """The queries that have relevant documents, with these; a grade of 0 or less is none."""
        for query, grades in self._grades.items():
            evidence = tuple(Evidence(document, grade=score) for document, score in grades.items() if score > 0)
            if evidence:
                yield query, evidence


def grade(field: Field) -> int:
    """A cell as a whole number. Raises Fault."""
    text = field.string().strip()
    if not is_grade(text):
        raise Fault(f"a whole number is needed, and not {shown(text)}.", field.steps)
    return int(text)


def is_grade(text: str) -> bool:
    return _WHOLE.fullmatch(text) is not None
