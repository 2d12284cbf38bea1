"""Text to unit vectors, and vectors to nearest rows. Knows nothing of documents."""

from embeddings.compiled_encoder import load_encoder
from embeddings.encoder import Encoder, SentenceTransformerEncoder
from embeddings.index import VectorIndex
from embeddings.model import DEFAULT_MODEL, ModelFolder, find_model
from embeddings.sealed import DamagedFileError

__all__ = [
    "DEFAULT_MODEL",
    "DamagedFileError",
    "Encoder",
    "ModelFolder",
    "SentenceTransformerEncoder",
    "VectorIndex",
    "find_model",
    "load_encoder",
]
