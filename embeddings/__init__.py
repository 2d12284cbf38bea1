"""Text to unit vectors, and vectors to nearest rows. Knows nothing of documents."""

from embeddings.compiled_encoder import load_encoder
from embeddings.encoder import Encoder, SentenceTransformerEncoder
from embeddings.index import VectorIndex
from embeddings.model import DEFAULT_MODEL, ModelFolder, find_model
from embeddings.scan import KINDS, Kind, kind_for
from embeddings.sealed import DamagedFileError

__all__ = [
    "DEFAULT_MODEL",
    "KINDS",
    "DamagedFileError",
    "Encoder",
    "Kind",
    "ModelFolder",
    "SentenceTransformerEncoder",
    "VectorIndex",
    "find_model",
    "kind_for",
    "load_encoder",
]
