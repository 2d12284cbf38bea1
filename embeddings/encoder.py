"""Text to unit vectors: questions and documents are encoded apart."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from embeddings.model import ModelFolder

Vectors = NDArray[np.float32]

_CHUNK = 64
"""Texts between two calls of `progress`: a second or two of work on an ordinary machine."""


class Encoder(Protocol):
    """Anything that turns texts into unit vectors, `float32` of shape `(len(texts), dimension)`.

    `fingerprint` changes with anything that changes the vectors; `location` is the name or path that finds it again.
    """

    @property
    def name(self) -> str: ...

    @property
    def location(self) -> str: ...

    @property
    def fingerprint(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    def encode_query(self, texts: Sequence[str]) -> Vectors: ...

    def encode_document(self, texts: Sequence[str], progress: Callable[[int], object] | None = None) -> Vectors: ...


class SentenceTransformerEncoder:
    """A sentence-transformers model from a folder: safetensors only, no remote code, no network."""

    def __init__(self, folder: ModelFolder) -> None:
        # transformers reads these when it is imported.
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            self._model = SentenceTransformer(
                str(folder.path),
                device="cpu",
                local_files_only=True,
                trust_remote_code=False,
                model_kwargs={"use_safetensors": True},
            )
        except MemoryError:
            raise
        except Exception as error:  # whatever stands in a stranger's files comes out as any kind of exception
            if "trust_remote_code" in str(error):
                raise ValueError(
                    f"The model in {folder.path} wants to run code of its own, which Pincite never lets a model do: "
                    "choose another one."
                ) from error
            raise ValueError(f"The model in {folder.path} cannot be loaded: {error}") from error
        dimension = self._model.get_embedding_dimension()
        if dimension is None:
            raise ValueError(f"{folder.path} does not say how long its vectors are: choose another model.")
        self.name = folder.name
        self.location = folder.location
        self.fingerprint = folder.fingerprint
        self.dimension = dimension

    def encode_query(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        return self._checked(self._model.encode_query(list(texts), normalize_embeddings=True, show_progress_bar=False))

    def encode_document(self, texts: Sequence[str], progress: Callable[[int], object] | None = None) -> Vectors:
        """Encode passages; `progress` is called with the number of texts finished since its last call."""
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        # A batch is padded to its longest text: neighbours in length waste least.
        order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
        for start in range(0, len(texts), _CHUNK):
            places = order[start : start + _CHUNK]
            chunk = [texts[at] for at in places]
            vectors[places] = self._checked(
                self._model.encode_document(chunk, normalize_embeddings=True, show_progress_bar=False)
            )
            if progress is not None:
                progress(len(chunk))
        return vectors

    # --- what a compiled network is made from

    def facts(self) -> dict[str, Any]:
        """What stands around the network, as JSON values. Raises ValueError where it is more than we can do alike."""
        model: Any = self._model
        first, *others = model
        pooling: Any = others[0] if others else None
        kinds = [type(module).__name__ for module in (first, *others)]
        mode = getattr(pooling, "pooling_mode", None)
        if kinds[1:] not in (["Pooling"], ["Pooling", "Normalize"]) or mode not in ("mean", "cls"):
            raise ValueError(f"its parts {', '.join(kinds)} are not all known")
        # As `encode_query` and `encode_document` of sentence-transformers choose them.
        default = model.prompts.get(model.default_prompt_name) if model.default_prompt_name else None
        query = model.prompts.get("query", default) or ""
        names = [name for name in ("document", "passage", "corpus") if name in model.prompts]
        document = (model.prompts[names[0]] if names else default) or ""
        if (query or document) and not pooling.include_prompt:
            raise ValueError("its prompts do not count")
        return {
            "dimension": self.dimension,
            "pooling": mode,
            "query": query,
            "document": document,
            "tokenizer": self._tokenizer(),
            "padding": model.tokenizer.pad_token_id or 0,
        }

    def network(self) -> tuple[Any, dict[str, NDArray[np.float32]]]:
        """The network's configuration, as transformers has it, and its weights by name."""
        network: Any = self._model[0].auto_model
        return network.config, {name: tensor.float().numpy() for name, tensor in network.state_dict().items()}

    def _tokenizer(self) -> str:
        """The model's tokenizer with its longest text, as the package tokenizers writes it down."""
        from tokenizers import Tokenizer

        own: Any = self._model.tokenizer
        longest = self._model.max_seq_length
        if getattr(own, "backend_tokenizer", None) is None or own.truncation_side != "right" or longest is None:
            raise ValueError("its tokenizer is not one of the package tokenizers")
        copy = Tokenizer.from_str(own.backend_tokenizer.to_str())
        copy.no_padding()
        copy.enable_truncation(int(longest))
        return copy.to_str()

    def _checked(self, vectors: object) -> Vectors:
        return checked(self.name, np.asarray(vectors, dtype=np.float32))


def checked(model: str, vectors: Vectors) -> Vectors:
    """The vectors. Raises ValueError, naming the model that gave them, where one is no number."""
    if not np.isfinite(vectors).all():
        raise ValueError(f"The model {model} gave vectors that are not numbers: its files may be damaged.")
    return vectors
