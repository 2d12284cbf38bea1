"""Pincite answers questions about your own documents and pins every answer to the exact words it rests on."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qa.assistant import Assistant
    from qa.errors import PinciteError
    from qa.evaluation import evaluate
    from qa.filters import Filter
    from qa.gold import read_gold
    from qa.library import Library
    from qa.retriever import Retriever
    from qa.types import Answer, Citation, Document, Hit, Passage

__all__ = [
    "Answer",
    "Assistant",
    "Citation",
    "Document",
    "Filter",
    "Hit",
    "Library",
    "Passage",
    "PinciteError",
    "Retriever",
    "evaluate",
    "read_gold",
]

_HOMES = {
    "Answer": "qa.types",
    "Assistant": "qa.assistant",
    "Citation": "qa.types",
    "Document": "qa.types",
    "Filter": "qa.filters",
    "Hit": "qa.types",
    "Library": "qa.library",
    "Passage": "qa.types",
    "PinciteError": "qa.errors",
    "Retriever": "qa.retriever",
    "evaluate": "qa.evaluation",
    "read_gold": "qa.gold",
}


def __getattr__(name: str) -> Any:
    # Loaded on first use, so that `import qa` and `pincite --help` load neither numpy nor faiss.
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'qa' has no attribute '{name}'")
