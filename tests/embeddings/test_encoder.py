"""The encoder over sentence-transformers: a model small enough to work out by hand, and the real one."""

from __future__ import annotations

import json
import math
import socket
import sys
from pathlib import Path
from typing import NoReturn

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from embeddings import SentenceTransformerEncoder, find_model

WORDS = ["[UNK]", "ask", "passage", "heron", "fox", "reed"]
"""The words of the small model, each of which has a place of its own in its vectors."""


def small_model(folder: Path, weights: np.ndarray | None = None) -> Path:
    """Save a model whose vectors are the mean of its words', with `ask` before questions and `passage` before texts."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer, models, pre_tokenizers

    tokenizer = Tokenizer(models.WordLevel({word: at for at, word in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    rows = np.eye(len(WORDS), dtype=np.float32) if weights is None else weights
    model = SentenceTransformer(
        modules=[StaticEmbedding(tokenizer, embedding_weights=rows)],
        prompts={"query": "ask ", "document": "passage "},
        device="cpu",
    )
    model.save_pretrained(str(folder), create_model_card=False)
    return folder


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> SentenceTransformerEncoder:
    return SentenceTransformerEncoder(find_model(str(small_model(tmp_path_factory.mktemp("small") / "model"))))


@pytest.fixture(scope="session")
def real() -> SentenceTransformerEncoder:
    return SentenceTransformerEncoder(find_model())


def cosine(first: np.ndarray, second: np.ndarray) -> float:
    return float(first @ second)


# --- by hand


def test_questions_and_passages_are_encoded_apart(small: SentenceTransformerEncoder) -> None:
    # "heron" becomes "ask heron" and "passage heron": two words each, so 1 / sqrt(2) at two places.
    half = 1 / math.sqrt(2)
    assert_allclose(small.encode_query(["heron"]), [[0, half, 0, half, 0, 0]], atol=1e-6)
    assert_allclose(small.encode_document(["heron"]), [[0, 0, half, half, 0, 0]], atol=1e-6)


def test_vectors_are_unit_vectors_whatever_the_length_of_the_text(small: SentenceTransformerEncoder) -> None:
    # "passage fox fox reed" sums to (1, 2, 1) at passage, fox, reed: its length is sqrt(6).
    expected = np.array([[0, 0, 1, 0, 2, 1]]) / math.sqrt(6)
    assert_allclose(small.encode_document(["fox fox reed"]), expected, atol=1e-6)


def test_rows_are_in_the_order_of_the_texts(small: SentenceTransformerEncoder) -> None:
    # Sentence-transformers sorts by length inside; longer texts first.
    texts = ["heron", "fox fox fox fox reed", "reed reed"]
    together = small.encode_document(texts)
    assert_allclose(together, np.concatenate([small.encode_document([text]) for text in texts]), atol=1e-6)


def test_no_texts_give_no_rows(small: SentenceTransformerEncoder) -> None:
    calls: list[int] = []
    for vectors in (small.encode_query([]), small.encode_document([], calls.append)):
        assert vectors.shape == (0, 6)
        assert vectors.dtype == np.float32
    assert sum(calls) == 0


@pytest.mark.parametrize("count", [1, 63, 64, 65, 200])
def test_progress_sums_up_to_the_texts(small: SentenceTransformerEncoder, count: int) -> None:
    calls: list[int] = []
    vectors = small.encode_document(["heron"] * count, calls.append)
    assert vectors.shape == (count, 6)
    assert sum(calls) == count
    assert all(call > 0 for call in calls)


def test_long_work_reports_before_its_end(small: SentenceTransformerEncoder) -> None:
    calls: list[int] = []
    small.encode_document(["heron"] * 600, calls.append)
    assert len(calls) >= 2


def test_texts_are_not_written_into(small: SentenceTransformerEncoder) -> None:
    texts = ["fox", "heron reed"]
    small.encode_document(texts)
    small.encode_query(texts)
    assert texts == ["fox", "heron reed"]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(st.sampled_from([*WORDS[3:], "unknown"]), min_size=1).map(" ".join), min_size=1, max_size=9))
def test_any_texts_give_a_unit_vector_each(small: SentenceTransformerEncoder, texts: list[str]) -> None:
    for vectors in (small.encode_query(texts), small.encode_document(texts)):
        assert vectors.shape == (len(texts), 6)
        assert vectors.dtype == np.float32
        assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


# --- what is refused


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_vectors_that_are_not_numbers_are_refused(tmp_path: Path, bad: float) -> None:
    rows = np.eye(len(WORDS), dtype=np.float32)
    rows[WORDS.index("fox")] = bad
    encoder = SentenceTransformerEncoder(find_model(str(small_model(tmp_path / "model", rows))))

    assert np.isfinite(encoder.encode_document(["heron"])).all()
    for encode in (encoder.encode_query, encoder.encode_document):
        with pytest.raises(ValueError, match="gave vectors that are not numbers") as error:
            encode(["heron", "fox"])
        assert str(tmp_path / "model") in str(error.value)


@pytest.mark.parametrize("where", ["beside the model", "on the path of Python"])
def test_a_class_from_elsewhere_runs_no_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    folder = small_model(tmp_path / "model")
    ran = tmp_path / "ran"
    code = f"import pathlib\npathlib.Path({str(ran)!r}).touch()\nclass Evil: ...\n"
    place = folder if where == "beside the model" else tmp_path / "path"
    place.mkdir(exist_ok=True)
    (place / "pincite_canary.py").write_text(code)
    monkeypatch.syspath_prepend(str(tmp_path / "path"))
    modules = json.loads((folder / "modules.json").read_text())
    modules[0]["type"] = "pincite_canary.Evil"
    (folder / "modules.json").write_text(json.dumps(modules))

    with pytest.raises(ValueError, match="wants to run code of its own, which Pincite never lets a model do"):
        SentenceTransformerEncoder(find_model(str(folder)))
    assert not ran.exists()
    assert "pincite_canary" not in sys.modules


# --- the real model


def test_real_model_has_384_dimensions_and_unit_vectors(real: SentenceTransformerEncoder) -> None:
    texts = [
        "Herons eat fish.",
        "",
        "x" * 5000,
        "日本語の文。",
        "\u202e\x00\ud83d\ude00".encode("utf-8", "replace").decode(),
    ]
    assert (real.name, real.dimension) == ("all-MiniLM-L6-v2", 384)
    for vectors in (real.encode_query(texts), real.encode_document(texts)):
        assert vectors.shape == (5, 384)
        assert vectors.dtype == np.float32
        assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_real_model_puts_like_things_near_each_other(real: SentenceTransformerEncoder) -> None:
    question = real.encode_query(["Which animal eats fish?"])[0]
    near, far = real.encode_document(["Herons live on small fish.", "The contract was signed in Moscow."])
    assert cosine(question, near) > cosine(question, far) + 0.3


def test_real_model_gives_the_same_vector_alone_and_in_company(real: SentenceTransformerEncoder) -> None:
    text = "Herons eat small fish at dawn."
    alone = real.encode_document([text])[0]
    company = real.encode_document(["a " * 400, text, "b"])[1]
    assert cosine(alone, company) > 0.99999


def test_real_model_asks_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[object] = []

    def refuse(*arguments: object, **_: object) -> NoReturn:
        tries.append(arguments)
        raise OSError("no network in this test")

    for name in ("create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    encoder = SentenceTransformerEncoder(find_model())
    assert encoder.encode_query(["Who?"]).shape == (1, 384)
    assert tries == []
