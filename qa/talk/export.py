"""A conversation for other programs: as Markdown with footnotes, and as proofs that `pincite verify` checks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from unicodedata import normalize

from qa import exports
from qa.talk.conversations import Conversation
from qa.talk.turns import Turn, as_line
from qa.types import MARK, Answer

_LONGEST_NAME = 60
"""Characters of the name of a file."""


def as_markdown(conversation: Conversation) -> str:
    """The title, then each question as a heading with its answer; footnotes are numbered from 1 to the end."""
    parts = [f"# {exports.shown(conversation.title) or 'Conversation'}\n"]
    used = 0
    for turn in conversation.turns:
        given = turn.read()
        if given is None:
            parts.append(f"## {exports.shown(turn.question)}\n\n{exports.shown(turn.notice)}\n")
            continue
        numbers = {citation.number: used + at for at, citation in enumerate(given.citations, start=1)}
        used += len(numbers)
        answer = _renumbered(replace(given, question=turn.question), numbers)
        parts.append(exports.markdown(answer, _links(turn, numbers), notes=_notes(given)))
    return "\n".join(parts)


def file_name(conversation: Conversation) -> str:
    """The title as the name of a file, without its suffix: letters and digits of ASCII with hyphens between them."""
    plain = normalize("NFKD", conversation.title).encode("ascii", "ignore").decode().lower()
    return re.sub("[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST_NAME].strip("-") or "conversation"


def as_json_lines(conversation: Conversation) -> str:
    """The answers, each the JSON object that was kept of it, one a line. Turns without an answer are left out."""
    return "".join(f"{as_line(turn.answer)}\n" for turn in conversation.turns if turn.answer and turn.read())


def _notes(answer: Answer) -> list[str]:
    """The question as it was searched, where it is another one, and how sure the answer is."""
    searched = [f"Searched for: {answer.searched}"] if answer.searched != answer.question else []
    return searched + ([f"Confidence: {answer.confidence:.0%}"] if answer.answered else [])


def _renumbered(answer: Answer, numbers: Mapping[int, int]) -> Answer:
    """The answer with other numbers; what only looks like the mark of a citation must not become one."""
    marks = {str(old): f"[{new}]" for old, new in numbers.items()}
    return replace(
        answer,
        text=MARK.sub(lambda mark: marks.get(mark[1], f"({mark[1]})"), answer.text),
        citations=tuple(replace(citation, number=numbers[citation.number]) for citation in answer.citations),
    )


def _links(turn: Turn, numbers: Mapping[int, int]) -> dict[int, str]:
    """The addresses that were kept with the citations, by their new numbers."""
    kept: list[Mapping[str, Any]] = turn.answer["citations"] if turn.answer else []
    return {numbers[each["number"]]: each["link"] for each in kept if isinstance(each.get("link"), str)}
