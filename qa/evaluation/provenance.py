"""What a run was made from, so that it can be told what is compared, and made again."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from qa.assistant import Assistant
from qa.evaluation.report import QuestionScore
from qa.evaluation.saved import fingerprint
from qa.library import Library
from qa.retriever import Retriever

_PACKAGES = ("pincite", "sentence-transformers", "torch", "openvino", "tokenizers", "faiss-cpu", "numpy", "scipy")


def provenance(
    answerer: Assistant | Retriever | None, rows: Sequence[QuestionScore], *, gold: str, seed: int
) -> dict[str, Any]:
    """Gold set, settings, store, model, versions and seed as JSON values; no settings or store for predictions."""
    asked = hashlib.sha256("".join(sorted(f"{row.id} {fingerprint(row)}" for row in rows)).encode()).hexdigest()
    return {
        "gold": {"file": gold, "questions": len(rows), "sha256": asked},
        "settings": _settings(answerer),
        "store": _store(answerer.library) if answerer else None,
        "versions": {"python": platform.python_version()} | {package: _version(package) for package in _PACKAGES},
        "seed": seed,
    }


def differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """What two runs were made from differently, a line each: settings, documents, model, versions."""
    first, second = dict(_flat(before)), dict(_flat(now))
    return [
        f"{name}: {_short(first[name])} before, {_short(second[name])} now"
        for name in second
        if name in first and first[name] != second[name] and name.split(".")[0] in ("settings", "store", "versions")
    ]


def _short(value: Any) -> str:
    """Of a hash the first digits are enough to see that it is another."""
    return str(value)[:12]


def _flat(value: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """The values of nested objects by dotted names, without how often a store was written."""
    for name, each in value.items():
        if isinstance(each, Mapping):
            yield from _flat(each, f"{prefix}{name}.")
        elif name != "generation":
            yield f"{prefix}{name}", each


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:  # run from a checkout, or FAISS from a distribution of another name
        return None


def _settings(answerer: Assistant | Retriever | None) -> dict[str, Any] | None:
    if answerer is None:
        return None
    if isinstance(answerer, Retriever):
        return {"retriever": answerer.stage}
    calibration = answerer.calibration
    return {
        "retriever": answerer.retriever.stage,
        "k": answerer.k,
        "threshold": answerer.threshold,
        "reader": answerer.reader_fingerprint,
        "calibration": {"slope": calibration.slope, "offset": calibration.offset},
    }


def _store(library: Library) -> dict[str, Any]:
    """What was asked about: the same documents give the same hash, whatever order they were indexed in."""
    with library.reading() as reading:
        model = reading.model
        hashes = sorted({row.sha256 for row in reading.sources()})
        return {
            "documents": len(hashes),
            "passages": reading.count("passage"),
            "sha256": hashlib.sha256("".join(hashes).encode()).hexdigest(),
            "generation": reading.generation,
            "model": {"name": model.name, "fingerprint": model.fingerprint} if model else None,
        }
