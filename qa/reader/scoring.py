"""What the network says of windows: compiled for this processor, or by the reference where it cannot be.

A window goes through the network by itself, so that what is said of it never depends on what is read beside it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from embeddings import find_model
from embeddings.compiled import Recipe, compiled
from embeddings.program import Arrays, Form, Graph, Program, Tokens, graph, padded
from qa.errors import explained
from qa.reader.decoding import candidates
from qa.reader.weights import DELTAS, checked, fingerprint, load_network
from qa.reader.windows import Window, tokenizer, windows

if TYPE_CHECKING:
    from qa.reader.network import Network

_MULTIPLE = 32

_NEAR = 0.05
"""How far the probabilities of a passage, of answering and of being the best, may lie from the reference's ..."""
_NEAR_MARGIN = 1.0
"""... and the margin of its best span, in logits: some 10 where it answers, and features of the confidence."""

_SAMPLE = (
    ("When was the bridge opened?", "The old ferry ran until 1931. The bridge was opened on 4 May 1932 by the mayor."),
    ("Who designed the lighthouse?", "The lighthouse, designed by Ingrid Solberg, has stood on the point since 1888."),
    ("How many people live in the valley?", "Some 2,300 people live in the valley; most of them keep sheep."),
    ("Where is the archive kept?", "After the fire the archive was moved. It is kept in the cellar of the town hall."),
    ("Why did the mill close?", "The mill closed in 1974 because the river had silted up, and no boat could reach it."),
    (
        "What do herons eat?",
        "Herons wait in shallow water. They eat fish and frogs. " + "The reeds are tall. " * 110,
    ),
)
"""What every compiled reader is compared on: questions that their passages answer, one of them in several windows."""


class Scorer(Protocol):
    """Logits of batches of windows, given as ids, mask and types.

    Of each batch the spans, of shape (windows, tokens, 2), as start and end; and (windows, 2) of each as a whole:
    whether it answers, and how it compares with others.
    """

    def run(self, batches: Iterable[Sequence[Tokens]]) -> Iterator[Arrays]: ...


def scored(scorer: Scorer, made: Sequence[Window]) -> Iterator[tuple[NDArray[np.float32], NDArray[np.float32]]]:
    """Of each window the logits of its tokens, (tokens, 2), and of the whole, (2,)."""
    for spans, whole in scorer.run(_batch(window) for window in made):
        yield spans[0], whole[0]


def load_scorer(folder: Path) -> Scorer:
    """One network for all readers of the same weights. Raises PinciteError where they are missing or altered."""
    with _LOADING:
        return _scorer(folder)


_LOADING = threading.Lock()


@lru_cache(maxsize=1)
def _scorer(folder: Path) -> Scorer:
    checked(folder, DELTAS)
    base = explained(find_model)
    networks: list[Network] = []

    def recipe() -> Recipe:
        networks.append(load_network(folder))
        return _recipe(networks[0], base.path)

    found = compiled("reader", f"{base.fingerprint} {fingerprint(folder)}", recipe)
    if found:
        return found.program
    return _reference(networks[0] if networks else load_network(folder))


def _reference(network: Network) -> Scorer:
    from qa.reader.network import Reference

    return Reference(network)


def _recipe(network: Network, base: Path) -> Recipe:
    def make(form: Form) -> Graph:
        return network_graph(network, form)

    def check(program: Program) -> str:
        return _differs(program, _reference(network), base)

    return Recipe(make, check)


def network_graph(network: Network, form: Form) -> Graph:
    """The network with its heads, as what compiles it takes it."""
    from embeddings import transformer

    state = {name: tensor.float().numpy() for name, tensor in network.state_dict().items()}
    weights = {name.removeprefix("encoder."): values for name, values in state.items() if name.startswith("encoder.")}
    encoded = transformer.encoder(network.encoder.config, weights, form, types=True)

    def head(values: Any, name: str) -> Any:
        return transformer.linear(values, state[f"{name}.weight"], state[f"{name}.bias"])

    return graph(encoded.inputs, [head(encoded.hidden, "span"), head(transformer.first_token(encoded), "passage")])


def _differs(program: Scorer, reference: Scorer, base: Path) -> str:
    tokens = tokenizer(base)
    for question, passage in _SAMPLE:
        made = windows(tokens, question, [passage])
        ours, theirs = (_said(scorer, made, passage) for scorer in (program, reference))
        if [said.place for said in ours] != [said.place for said in theirs]:
            return f"it answers {question!r} in other words than the reference"
        for mine, other in zip(ours, theirs, strict=True):
            # Whatever is not a number is not near.
            if not np.abs(mine.probabilities - other.probabilities).max() <= _NEAR:
                return f"it is not as sure of {question!r} as the reference"
            if not abs(mine.margin - other.margin) <= _NEAR_MARGIN:
                return f"its answer to {question!r} leads by another margin than the reference's"
    return ""


class _Said(NamedTuple):
    """Of a window the best span, its margin, and the probabilities that it answers and that it is the best."""

    place: tuple[int, int] | None
    margin: float
    probabilities: NDArray[np.floating]


def _said(scorer: Scorer, made: Sequence[Window], passage: str) -> list[_Said]:
    found = []
    for window, (spans, whole) in zip(made, scored(scorer, made), strict=True):
        best = next(iter(candidates(window, passage, spans[:, 0], spans[:, 1])), None)
        found.append(
            _Said((best.start, best.end) if best else None, best.margin if best else 0.0, 1 / (1 + np.exp(-whole)))
        )
    return found


def _batch(window: Window) -> Sequence[Tokens]:
    ids, mask = padded([window.ids], _MULTIPLE)
    types = np.zeros_like(ids)
    types[0, window.first : len(window.ids)] = 1
    return ids, mask, types
