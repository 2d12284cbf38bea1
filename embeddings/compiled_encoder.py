"""The encoder without torch: tokens, the compiled network, vectors; and the reference where that cannot be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np

from embeddings import transformer
from embeddings.compiled import Compiled, Recipe, compiled
from embeddings.encoder import Encoder, SentenceTransformerEncoder, Vectors, checked
from embeddings.model import ModelFolder
from embeddings.program import Form, Graph, Program, graph, padded

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_MULTIPLE, _QUERY_MULTIPLE = 16, 8
"""Tokens are padded to a multiple of so many: few enough lengths for the runtime, and short questions stay short."""

_BATCH = 1280
"""Tokens that go through the network at once, padding included: eight passages, which fit the processor's cache."""

_WINDOW = 4096
"""Texts that are tokenised together and sorted by length."""

_MEAN, _LEAST = 0.99, 0.98
"""How near the vectors must be to the reference's, as cosines: on average, and each of them."""

_SAMPLE = (
    "Who signed the agreement?",
    "when was the bridge over the river finished",
    "",
    "a",
    "  Spaces \t around\n\nand lines between.  ",
    "WHAT DID THE MINISTER SAY ABOUT THE 2,500 TONS OF WHEAT (AT $310 EACH)?",
    "The committee met on 3 March 1998; its chair, Dr. Ana-Lucía Ñuñez, read the letter aloud.",
    "Der Fluß trägt im Frühjahr viel Wasser, und die Fähre über den Rhein fährt dann nicht.",
    "北京の冬は寒いが、湖の氷は歩けるほど厚くない。",
    "Лодка вышла из порта на рассвете и вернулась с сетью, полной рыбы.",
    "[CLS] brackets [SEP] and <s> tags </s> are words too 🙂 e\u0301 \u200d",
    "What stands for [PAD] padding <pad> in a text, [MASK] and <mask>, [UNK] and <unk>",
    "Herons stand still in shallow water. They wait for fish, and strike when one swims past. " * 3,
    "A long passage goes on after the last token that the network reads, which must not matter. " * 60,
)
"""What every compiled encoder is compared on: short and long, several scripts, and what only looks like markup."""


class CompiledEncoder:
    """A sentence-transformers model whose network was compiled; as `Encoder`."""

    def __init__(self, folder: ModelFolder, found: Compiled) -> None:
        from tokenizers import Tokenizer

        facts = found.facts
        self.name = folder.name
        self.location = folder.location
        self.fingerprint = folder.fingerprint
        self.dimension: int = facts["dimension"]
        self._program = found.program
        self._tokens: Tokenizer = Tokenizer.from_str(facts["tokenizer"])
        self._padding: int = facts["padding"]
        self._query: str = facts["query"]
        self._document: str = facts["document"]

    def encode_query(self, texts: Sequence[str]) -> Vectors:
        """One by one, so that a question's vector is the same in whatever company it comes."""
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for at, text in enumerate(texts):
            row = self._tokens.encode(self._query + text).ids
            vectors[at] = self._program.run_alone(padded([row], _QUERY_MULTIPLE, self._padding))[0][0]
        return checked(self.name, vectors)

    def encode_document(self, texts: Sequence[str], progress: Callable[[int], object] | None = None) -> Vectors:
        """Encode passages; `progress` is called with the number of texts finished since its last call."""
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for start in range(0, len(texts), _WINDOW):
            window = [self._document + text for text in texts[start : start + _WINDOW]]
            rows = [encoded.ids for encoded in self._tokens.encode_batch(window)]
            batches = list(_batches([len(row) for row in rows]))
            found = self._program.run(padded([rows[at] for at in batch], _MULTIPLE, self._padding) for batch in batches)
            for batch, (part,) in zip(batches, found, strict=True):
                vectors[[start + at for at in batch]] = part
                if progress is not None:
                    progress(len(batch))
        return checked(self.name, vectors)


def load_encoder(folder: ModelFolder) -> Encoder:
    """The model in `folder`, compiled for this processor where it can be.

    Raises ValueError as `SentenceTransformerEncoder` does.
    """
    references: list[SentenceTransformerEncoder] = []

    def recipe() -> Recipe:
        references.append(SentenceTransformerEncoder(folder))
        return _recipe(folder, references[0])

    # What is kept holds the tokenizer as this version of its package writes it down.
    found = compiled("encoder", f"{folder.fingerprint} tokenizers {version('tokenizers')}", recipe, alone=True)
    if found:
        return CompiledEncoder(folder, found)
    return references[0] if references else SentenceTransformerEncoder(folder)


def _recipe(folder: ModelFolder, reference: SentenceTransformerEncoder) -> Recipe:
    facts: dict[str, Any] = {}

    def make(form: Form) -> Graph:
        facts.update(reference.facts())
        config, weights = reference.network()
        encoded = transformer.encoder(config, weights, form)
        pooled = transformer.mean_pooled(encoded) if facts["pooling"] == "mean" else transformer.first_token(encoded)
        return graph(encoded.inputs, [transformer.unit(pooled)])

    def check(program: Program) -> str:
        return _differs(CompiledEncoder(folder, Compiled(program, facts)), reference)

    return Recipe(make, check, facts)


def _differs(encoder: CompiledEncoder, reference: SentenceTransformerEncoder) -> str:
    cosines = np.concatenate(
        [
            (encoder.encode_query(_SAMPLE) * reference.encode_query(_SAMPLE)).sum(axis=1),
            (encoder.encode_document(_SAMPLE) * reference.encode_document(_SAMPLE)).sum(axis=1),
        ]
    )
    if cosines.mean() > _MEAN and cosines.min() > _LEAST:
        return ""
    return f"its vectors differ from the reference's: cosine {cosines.mean():.3f} on average, {cosines.min():.3f} once"


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Places of texts of about the same length, the longest first."""
    order = sorted(range(len(lengths)), key=lambda at: -lengths[at])
    while order:
        width = -(-lengths[order[0]] // _MULTIPLE) * _MULTIPLE
        size = max(1, _BATCH // max(width, 1))
        yield order[:size]
        order = order[size:]
