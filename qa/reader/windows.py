"""From a question and a passage to what the network reads: windows of tokens that overlap, so that none is dropped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer

LONGEST = 384
"""Tokens of a window, question included. Passages are shorter in every script that the base's vocabulary knows."""

_QUESTION = 96
"""Tokens of the question at most: of a longer one the beginning and the end are read."""

_OVERLAP = 96
"""Tokens that neighbouring windows share: longer than any answer, so that each answer is whole in one of them."""

CLS, SEP = 101, 102


@dataclass(frozen=True, slots=True)
class Window:
    """Some of a passage behind the question.

    `offsets` are the code points of the passage that each of its tokens stands for; `first` is the place of the first
    of them in `ids`.
    """

    passage: int
    ids: tuple[int, ...]
    first: int
    offsets: tuple[tuple[int, int], ...]


def tokenizer(base: Path) -> Tokenizer:
    """The base's own, without truncation or padding."""
    from tokenizers import Tokenizer

    found = Tokenizer.from_file(str(base / "tokenizer.json"))
    found.no_truncation()
    found.no_padding()
    # A document that says "[SEP]" means the word.
    found.encode_special_tokens = True
    return found


def windows(tokens: Tokenizer, question: str, passages: Sequence[str]) -> list[Window]:
    """Every passage in one window or more, in order."""
    asked = _question(tokens, question)
    found = []
    for number, passage in enumerate(passages):
        encoded = tokens.encode(passage, add_special_tokens=False)
        found.extend(_windows(number, asked, encoded))
    return found


def _question(tokens: Tokenizer, question: str) -> list[int]:
    ids: list[int] = tokens.encode(question, add_special_tokens=False).ids
    if len(ids) > _QUESTION:
        ids = [*ids[: _QUESTION // 2], *ids[-_QUESTION // 2 :]]
    return ids


def _windows(number: int, question: Sequence[int], passage: Encoding) -> list[Window]:
    room = LONGEST - len(question) - 3
    found = []
    start = 0
    while True:
        part = passage.ids[start : start + room]
        ids = (CLS, *question, SEP, *part, SEP)
        offsets = tuple(passage.offsets[start : start + room])
        found.append(Window(number, ids, len(question) + 2, offsets))
        if start + room >= len(passage.ids):
            return found
        start += room - _OVERLAP
