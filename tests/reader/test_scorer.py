"""The compiled reader says what the reference says; what does not is never used."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from embeddings import find_model
from embeddings.program import Arrays, Program, Tokens
from qa.errors import PinciteError
from qa.reader import SpanReader, scoring
from qa.reader.network import Reference
from qa.reader.scoring import load_scorer, scored
from qa.reader.weights import DELTAS, FOLDER, load_network
from qa.reader.windows import tokenizer, windows

PAIRS = [
    ("Who founded the observatory?", "The observatory on the hill was founded by Teresa Lindqvist in 1911."),
    ("How long is the tunnel?", "Nobody measured the road. The tunnel is 3.4 km long, the bridge 210 m."),
    (
        "What colour is the flag?",
        "The ship sailed at noon. " * 40 + "Its flag is green and white. " + "It rained. " * 200,
    ),
]


@pytest.fixture(scope="module")
def reference() -> Reference:
    return Reference(load_network())


@pytest.fixture
def fresh() -> Iterator[None]:
    """No scorer is known from before, and none of this test afterwards."""
    scoring._scorer.cache_clear()
    yield
    scoring._scorer.cache_clear()


def test_the_compiled_reader_says_what_the_reference_says(reference: Reference) -> None:
    compiled = load_scorer(FOLDER)
    assert isinstance(compiled, Program)
    tokens = tokenizer(find_model().path)
    seen = 0
    for question, passage in PAIRS:
        made = windows(tokens, question, [passage])
        for window, ours, theirs in zip(made, scored(compiled, made), scored(reference, made), strict=True):
            size = len(window.ids)
            for mine, other in zip(ours, theirs, strict=True):
                assert mine.shape == other.shape
            # Logits of about 10: two digits, where both are rounded to eight bits at every step.
            assert np.abs(ours[0][:size] - theirs[0][:size]).max() < 0.6
            assert np.abs(ours[1] - theirs[1]).max() < 0.3
            assert ours[0][: size - 1, 0].argmax() == theirs[0][: size - 1, 0].argmax()
            seen += 1
    assert seen > len(PAIRS)


def test_a_window_is_read_alike_in_whatever_company() -> None:
    compiled = load_scorer(FOLDER)
    made = windows(tokenizer(find_model().path), "Who founded it?", [passage for _, passage in PAIRS])
    together = list(scored(compiled, made))
    for window, (spans, whole) in zip(made, together, strict=True):
        ((alone, alone_whole),) = scored(compiled, [window])
        np.testing.assert_array_equal(spans, alone)
        np.testing.assert_array_equal(whole, alone_whole)


class Changed:
    """The reference, with its logits changed."""

    def __init__(self, reference: Reference, change: Callable[[Any, Any], tuple[Any, Any]]) -> None:
        self.reference = reference
        self.change = change

    def run(self, batches: Iterable[Sequence[Tokens]]) -> Iterator[Arrays]:
        for spans, whole in self.reference.run(batches):
            yield self.change(spans, whole)


OTHER_WORDS = "it answers 'When was the bridge opened?' in other words than the reference"
LESS_SURE = "it is not as sure of 'When was the bridge opened?' as the reference"
OTHER_MARGIN = "its answer to 'When was the bridge opened?' leads by another margin than the reference's"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda spans, whole: (spans, whole), ""),
        (lambda spans, whole: (spans + 0.1, whole + 0.01), ""),
        (lambda spans, whole: (np.roll(spans, 2, axis=1), whole), OTHER_WORDS),
        (lambda spans, whole: (spans * np.nan, whole), OTHER_WORDS),
        (lambda spans, whole: (spans, whole + np.array([-9, 0])), LESS_SURE),
        (lambda spans, whole: (spans, whole + np.array([0, -9])), LESS_SURE),
        (lambda spans, whole: (spans, whole * np.nan), LESS_SURE),
        (lambda spans, whole: (spans * 3, whole), OTHER_MARGIN),
    ],
)
def test_what_differs_from_the_reference_is_refused(reference: Reference, change: Any, reason: str) -> None:
    assert scoring._differs(Changed(reference, change), reference, find_model().path) == reason


@pytest.mark.usefixtures("fresh")
def test_where_it_cannot_be_compiled_the_reference_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scoring, "compiled", lambda *_: None)
    assert isinstance(load_scorer(FOLDER), Reference)


@pytest.mark.usefixtures("fresh")
def test_altered_weights_are_refused_although_they_were_compiled_before(tmp_path: Path) -> None:
    load_scorer(FOLDER)
    folder = tmp_path / "weights"
    shutil.copytree(FOLDER, folder)
    content = bytearray((folder / DELTAS).read_bytes())
    content[-1] ^= 1
    (folder / DELTAS).write_bytes(content)
    with pytest.raises(PinciteError, match=DELTAS):
        SpanReader(folder).load()
