"""Write what training changed into the product: differences from the base in 8 bits, with their hash."""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

import torch
from safetensors.torch import load_file, save
from torch import Tensor

from embeddings import find_model
from qa.reader.network import Network
from qa.reader.weights import CONFIDENCE, DELTAS, FOLDER, HASHES


def export(trained: Path, folder: Path = FOLDER) -> Path:
    """Write the deltas of the weights in `trained` into `folder`, and their hash into its list."""
    base = Network(find_model().path).state_dict()
    deltas: dict[str, Tensor] = {}
    for name, tensor in load_file(trained).items():
        if not name.startswith("encoder."):
            deltas[name] = tensor
        elif tensor.ndim == 2:
            difference = tensor - base[name]
            scale = difference.abs().amax(1).clamp_min(1e-12) / 127
            deltas[f"{name}.delta"] = torch.round(difference / scale[:, None]).to(torch.int8)
            deltas[f"{name}.scale"] = scale
        else:
            deltas[f"{name}.delta"] = tensor - base[name]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / DELTAS).write_bytes(save(deltas))
    sign(folder)
    return folder / DELTAS


def sign(folder: Path) -> None:
    """Write the hash of each of the reader's files."""
    names = [name for name in (DELTAS, CONFIDENCE) if (folder / name).is_file()]
    lines = [f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in names]
    (folder / HASHES).write_text("".join(lines), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("trained", type=Path, help="model.safetensors of a training run")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    options = parser.parse_args()
    path = export(options.trained, options.folder)
    print(f"{path}: {path.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
