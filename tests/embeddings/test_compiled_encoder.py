"""The compiled encoder says what sentence-transformers says: the bundled model, and small ones of other kinds."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import transformers
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from test_encoder import small_model

from embeddings import SentenceTransformerEncoder, find_model, load_encoder
from embeddings.compiled_encoder import CompiledEncoder, _differs

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "ask", "passage", "heron", "fox", "reed", "river", "stone", "wind"]

TEXTS = [
    "Who keeps the keys of the old archive?",
    "The archive is kept in the cellar. " * 20,
    "Wörter mit Umlauten, 数字 and 1,234.5 numbers",
    "x",
]


def tokenizer() -> Any:
    from tokenizers import Tokenizer, models, pre_tokenizers, processors

    made = Tokenizer(models.WordLevel({word: at for at, word in enumerate(WORDS)}, unk_token="[UNK]"))
    made.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=made, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]"
    )


def small(folder: Path, *, pooling: str = "mean", include_prompt: bool = True, **prompts: str) -> Path:
    """Save a small BERT with random weights as a model of sentence-transformers."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer

    torch.manual_seed(1)
    config = transformers.BertConfig(
        vocab_size=len(WORDS), hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64
    )
    network = transformers.BertModel(config)
    with torch.no_grad():
        for values in network.parameters():
            values += 0.3 * torch.randn_like(values)
    network.save_pretrained(folder / "network")
    tokenizer().save_pretrained(folder / "network")
    first = Transformer(str(folder / "network"), max_seq_length=12)
    model = SentenceTransformer(
        modules=[first, Pooling(32, pooling_mode=pooling, include_prompt=include_prompt)],
        prompts=prompts or None,
        device="cpu",
    )
    model.save_pretrained(str(folder / "model"), create_model_card=False)
    return folder / "model"


@pytest.fixture(scope="session")
def reference() -> SentenceTransformerEncoder:
    return SentenceTransformerEncoder(find_model())


@pytest.fixture(scope="session")
def encoder() -> CompiledEncoder:
    found = load_encoder(find_model())
    assert isinstance(found, CompiledEncoder)
    return found


def cosines(first: Any, second: Any) -> list[float]:
    return [float(cosine) for cosine in (first * second).sum(axis=1)]


def test_the_bundled_model_is_compiled_and_as_good(
    encoder: CompiledEncoder, reference: SentenceTransformerEncoder
) -> None:
    assert (encoder.name, encoder.location, encoder.fingerprint, encoder.dimension) == (
        reference.name,
        reference.location,
        reference.fingerprint,
        reference.dimension,
    )
    assert min(cosines(encoder.encode_query(TEXTS), reference.encode_query(TEXTS))) > 0.995
    assert min(cosines(encoder.encode_document(TEXTS), reference.encode_document(TEXTS))) > 0.995


@settings(max_examples=30, deadline=None)
@given(texts=st.lists(st.text(max_size=80), min_size=1, max_size=4))
def test_whatever_the_text_the_vectors_are_near_the_references(
    encoder: CompiledEncoder, reference: SentenceTransformerEncoder, texts: list[str]
) -> None:
    found = cosines(encoder.encode_document(texts), reference.encode_document(texts))
    assert min(found) > 0.98


def test_vectors_are_unit_vectors_in_the_order_of_the_texts(encoder: CompiledEncoder) -> None:
    together = encoder.encode_document(TEXTS)
    assert together.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-3)
    alone = np.concatenate([encoder.encode_document([text]) for text in TEXTS])
    assert min(cosines(together, alone)) > 0.999


def test_a_question_has_the_same_vector_in_whatever_company(encoder: CompiledEncoder) -> None:
    together = encoder.encode_query(TEXTS)
    for text, vector in zip(TEXTS, together, strict=True):
        assert_array_equal(encoder.encode_query([text])[0], vector)


def test_no_texts_give_no_rows(encoder: CompiledEncoder) -> None:
    assert encoder.encode_query([]).shape == encoder.encode_document([]).shape == (0, 384)


def test_progress_counts_every_text_once(encoder: CompiledEncoder) -> None:
    calls: list[int] = []
    encoder.encode_document([f"text {at} " * at for at in range(50)], calls.append)
    assert sum(calls) == 50
    assert len(calls) > 1


def test_what_stands_behind_the_longest_text_does_not_count(encoder: CompiledEncoder) -> None:
    long = "The lake is frozen in winter. " * 100
    (cosine,) = cosines(encoder.encode_document([long]), encoder.encode_document([long + "Lions roar at night."]))
    assert cosine == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize(
    ("options", "compiled"),
    [
        ({}, True),
        ({"pooling": "cls"}, True),
        ({"query": "ask ", "document": "passage "}, True),
        ({"query": "ask ", "passage": "passage "}, True),
        ({"pooling": "max"}, False),
        ({"query": "ask ", "include_prompt": False}, False),
    ],
)
def test_models_of_sentence_transformers(
    tmp_path: Path, options: dict[str, Any], compiled: bool, caplog: pytest.LogCaptureFixture
) -> None:
    folder = find_model(str(small(tmp_path, **options)))
    reference = SentenceTransformerEncoder(folder)
    with caplog.at_level(logging.WARNING, "embeddings"):
        found = load_encoder(folder)
    assert isinstance(found, CompiledEncoder if compiled else SentenceTransformerEncoder)
    assert ("PyTorch runs it, which is slower" in caplog.text) != compiled
    texts = ["heron fox", "reed river stone wind " * 5, "fox", ""]
    assert min(cosines(found.encode_query(texts), reference.encode_query(texts))) > 0.99
    assert min(cosines(found.encode_document(texts), reference.encode_document(texts))) > 0.99
    if options.get("query"):
        assert min(cosines(found.encode_query(texts), found.encode_document(texts))) < 0.99


class Off:
    """An encoder whose vectors turn away from the model's: all by a little, or those of one text by more."""

    def __init__(self, encoder: CompiledEncoder, *, everywhere: float = 0.0, once: float = 0.0) -> None:
        self.encoder = encoder
        self.everywhere = everywhere
        self.once = once

    def encode_query(self, texts: Any) -> Any:
        return self._turned(self.encoder.encode_query(texts))

    def encode_document(self, texts: Any) -> Any:
        return self._turned(self.encoder.encode_document(texts))

    def _turned(self, vectors: Any) -> Any:
        share = np.full((len(vectors), 1), self.everywhere, dtype=np.float32)
        share[3] = max(self.once, self.everywhere)
        # Each vector and one at a right angle to it, so that the cosine is that of the share.
        aside = np.roll(vectors, 1, axis=1)
        aside -= (aside * vectors).sum(axis=1, keepdims=True) * vectors
        aside /= np.linalg.norm(aside, axis=1, keepdims=True)
        return np.sqrt(1 - share**2) * vectors + share * aside


@pytest.mark.parametrize(
    ("turned", "compares"),
    [
        ({}, True),
        ({"everywhere": 0.1}, True),  # cosine 0.995
        ({"everywhere": 0.16}, False),  # 0.987: too far on average
        ({"once": 0.25}, False),  # 0.968 for one text: too far once, though not on average
        ({"once": float("nan")}, False),
    ],
)
def test_an_encoder_that_differs_from_the_reference_is_refused(
    encoder: CompiledEncoder, reference: SentenceTransformerEncoder, turned: dict[str, float], compares: bool
) -> None:
    reason = _differs(Off(encoder, **turned), reference)  # type: ignore[arg-type]
    assert (reason == "") == compares
    assert compares or reason.startswith("its vectors differ from the reference's: cosine ")


def test_a_model_without_a_network_is_not_compiled(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    found = load_encoder(find_model(str(small_model(tmp_path / "model"))))
    assert isinstance(found, SentenceTransformerEncoder)
    assert "The encoder cannot be compiled (its parts StaticEmbedding" in caplog.text


def test_vectors_that_are_no_numbers_are_refused(encoder: CompiledEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def run_alone(self, batch: Any) -> Any:
            return (np.full((len(batch[0]), 384), np.nan, dtype=np.float32),)

    monkeypatch.setattr(encoder, "_program", Broken())
    with pytest.raises(ValueError, match="gave vectors that are not numbers"):
        encoder.encode_query(["Who?"])


def test_a_compiled_model_is_loaded_without_torch_and_without_reporting(encoder: CompiledEncoder) -> None:
    del encoder  # compiled and kept
    code = """
import sys
from embeddings import find_model, load_encoder
assert load_encoder(find_model()).encode_query(["Who?"]).shape == (1, 384)
heavy = {"torch", "transformers", "sentence_transformers", "scipy", "pandas", "openvino_telemetry"}
print(sorted(heavy & sys.modules.keys()))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_the_tools_of_the_runtime_can_still_be_had() -> None:
    code = """
from embeddings.runtime import openvino
openvino()
import openvino.tools.ovc
assert openvino.tools.ovc.convert_model
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
