"""The trained weights beside this file: found, checked against their hashes, and put on top of the bundled encoder.

Only what training changed is stored: of each matrix of the encoder's layers the difference from the base, in 8 bits
with one scale a row, of everything else the difference as it is. The embeddings are the base's own.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from embeddings import find_model
from qa.errors import PinciteError, explained

if TYPE_CHECKING:
    from torch import Tensor

    from qa.reader.network import Network

FOLDER = Path(__file__).parent / "weights"
DELTAS = "reader.safetensors"
CONFIDENCE = "confidence.json"
HASHES = "SHA256SUMS"
"""Names in the folder: the differences, what the confidence was fitted to, and the hash of each."""


def load_network(folder: Path = FOLDER) -> Network:
    """The trained network. Raises PinciteError where a file is missing or is not the one that was published."""
    # transformers reads these when it is imported.
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    from safetensors import SafetensorError
    from safetensors.torch import load
    from transformers.utils import logging

    from qa.reader.network import Network

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    content = checked(folder, DELTAS)
    network = Network(explained(find_model).path)
    try:
        apply_deltas(network, load(content))
    except (SafetensorError, KeyError, RuntimeError) as error:
        raise PinciteError(f"{folder / DELTAS} does not fit the bundled model: reinstall pincite.") from error
    return network.eval()


def load_confidence(folder: Path = FOLDER) -> dict[str, Any]:
    """What `fitting` wrote: weights by feature and the threshold. Raises PinciteError as `load_network` does."""
    found: dict[str, Any] = json.loads(checked(folder, CONFIDENCE))
    return found


def fingerprint(folder: Path = FOLDER) -> str:
    """The hash over all of the reader's files: it changes with anything that changes what the reader says."""
    checked(folder, CONFIDENCE)
    return hashlib.sha256((folder / HASHES).read_bytes()).hexdigest()


def checked(folder: Path, name: str) -> bytes:
    """The bytes of a file of the reader, if its hash is the published one."""
    path = folder / name
    try:
        content = path.read_bytes()
        published = _published((folder / HASHES).read_text(encoding="utf-8"))
    except OSError as error:
        raise PinciteError(f"The reader's file {error.filename} cannot be read: reinstall pincite.") from error
    except ValueError as error:
        raise PinciteError(f"{folder / HASHES} is not a list of hashes and names: reinstall pincite.") from error
    if hashlib.sha256(content).hexdigest() != published.get(name):
        raise PinciteError(f"{path} is not the file that was published with this version: reinstall pincite.")
    return content


def _published(text: str) -> dict[str, str]:
    return {name: digest for digest, name in (line.split() for line in text.splitlines())}


def apply_deltas(network: Network, deltas: dict[str, Tensor]) -> None:
    """Add the differences to the base, in place. `deltas` are those of `benchmarks/training/exporting.py`."""
    state = network.state_dict()
    for name, tensor in state.items():
        if name.startswith("encoder.embeddings."):
            continue
        if not name.startswith("encoder."):
            tensor.copy_(deltas[name])
        elif tensor.ndim == 2:
            tensor += deltas[f"{name}.delta"].float() * deltas[f"{name}.scale"][:, None]
        else:
            tensor += deltas[f"{name}.delta"]
