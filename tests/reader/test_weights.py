"""The reader's files: only those that were published are read, and what is wrong with others is said by name."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from safetensors.torch import load, save
from torch import Tensor, nn

from qa.calibration import published
from qa.errors import PinciteError
from qa.reader import SpanReader
from qa.reader.weights import (
    CONFIDENCE,
    DELTAS,
    FOLDER,
    HASHES,
    apply_deltas,
    checked,
    fingerprint,
    load_confidence,
    load_network,
)

REMEDY = ": reinstall pincite."


class Tiny(nn.Module):
    """A network of the reader's shape: embeddings, one layer of an encoder, one head."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Module()
        self.encoder.embeddings = nn.Linear(2, 1, bias=False)
        self.encoder.layer = nn.Linear(2, 2)
        self.span = nn.Linear(2, 1)
        self.load_state_dict(
            {
                "encoder.embeddings.weight": torch.tensor([[1.0, 2.0]]),
                "encoder.layer.weight": torch.tensor([[1.0, 2.0], [3.0, 4.0]]),
                "encoder.layer.bias": torch.tensor([5.0, 6.0]),
                "span.weight": torch.tensor([[9.0, 9.0]]),
                "span.bias": torch.tensor([9.0]),
            }
        )


def deltas() -> dict[str, Tensor]:
    return {
        "encoder.layer.weight.delta": torch.tensor([[1, -2], [127, 0]], dtype=torch.int8),
        "encoder.layer.weight.scale": torch.tensor([0.5, 0.25]),
        "encoder.layer.bias.delta": torch.tensor([0.5, -1.0]),
        "span.weight": torch.tensor([[7.0, 8.0]]),
        "span.bias": torch.tensor([-1.0]),
    }


def sign(folder: Path) -> None:
    """The list that belongs to the files as they are now."""
    names = (DELTAS, CONFIDENCE)
    lines = [f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in names]
    (folder / HASHES).write_text("".join(lines))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Published files of a tiny reader."""
    folder = tmp_path / "weights"
    folder.mkdir()
    (folder / DELTAS).write_bytes(save(deltas()))
    (folder / CONFIDENCE).write_text('{"threshold": 0.5}')
    sign(folder)
    return folder


@pytest.fixture
def _tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """A network that is made in no time, in the place of the bundled encoder."""
    monkeypatch.setitem(sys.modules, "qa.reader.network", SimpleNamespace(Network=lambda base: Tiny()))
    monkeypatch.setattr("qa.reader.weights.find_model", lambda: SimpleNamespace(path=Path("nowhere")))


def test_what_was_published_is_read(folder: Path) -> None:
    assert checked(folder, DELTAS) == save(deltas())
    assert load_confidence(folder) == {"threshold": 0.5}


# --- what is wrong is said


READERS: list[tuple[str, Callable[[Path], object]]] = [
    (DELTAS, load_network),
    (CONFIDENCE, load_confidence),
    (CONFIDENCE, fingerprint),
    (CONFIDENCE, lambda folder: SpanReader(folder).read("When?", [])),
]


@pytest.mark.usefixtures("_tiny")
@pytest.mark.parametrize(("name", "read"), READERS)
def test_a_file_that_is_missing_is_named(folder: Path, name: str, read: Callable[[Path], object]) -> None:
    for missing in (name, HASHES):
        content = (folder / missing).read_bytes()
        (folder / missing).unlink()
        with pytest.raises(PinciteError) as error:
            read(folder)
        assert str(error.value) == f"The reader's file {folder / missing} cannot be read{REMEDY}"
        (folder / missing).write_bytes(content)


def test_a_folder_that_is_missing_is_named_by_its_first_file(tmp_path: Path) -> None:
    with pytest.raises(PinciteError) as error:
        load_confidence(tmp_path / "nowhere")
    assert str(error.value) == f"The reader's file {tmp_path / 'nowhere' / CONFIDENCE} cannot be read{REMEDY}"


def test_a_folder_in_the_place_of_a_file_is_named(folder: Path) -> None:
    (folder / HASHES).unlink()
    (folder / HASHES).mkdir()
    with pytest.raises(PinciteError) as error:
        load_confidence(folder)
    assert str(error.value) == f"The reader's file {folder / HASHES} cannot be read{REMEDY}"


@pytest.mark.usefixtures("_tiny")
@pytest.mark.parametrize(("name", "read"), READERS)
@pytest.mark.parametrize("alter", [lambda old: bytes([old[0] ^ 1]) + old[1:], lambda old: old[:-1], lambda old: b""])
def test_one_altered_byte_is_told(
    folder: Path, name: str, read: Callable[[Path], object], alter: Callable[[bytes], bytes]
) -> None:
    path = folder / name
    path.write_bytes(alter(path.read_bytes()))
    with pytest.raises(PinciteError) as error:
        read(folder)
    assert str(error.value) == f"{path} is not the file that was published with this version{REMEDY}"


def test_a_file_that_is_not_in_the_list_is_not_read(folder: Path) -> None:
    lines = (folder / HASHES).read_text().splitlines()
    for content in ("", lines[0] + "\n", lines[1].upper() + "\n"):
        (folder / HASHES).write_text(content)
        with pytest.raises(PinciteError, match=CONFIDENCE):
            load_confidence(folder)
    # The hash of another file is not its own.
    digests = [line.split()[0] for line in lines]
    (folder / HASHES).write_text(f"{digests[1]}  {DELTAS}\n{digests[0]}  {CONFIDENCE}\n")
    with pytest.raises(PinciteError, match="is not the file that was published"):
        load_confidence(folder)


@pytest.mark.usefixtures("_tiny")
@pytest.mark.parametrize("line", [b"\n", b"digest\n", b"digest two names\n", b"\xff\xfe\n", b"\xff digest\n"])
def test_a_list_of_hashes_that_is_none_is_told(folder: Path, line: bytes) -> None:
    with (folder / HASHES).open("ab") as stream:
        stream.write(line)
    for _, read in READERS:
        with pytest.raises(PinciteError) as error:
            read(folder)
        assert str(error.value) == f"{folder / HASHES} is not a list of hashes and names{REMEDY}"


def test_without_its_files_nothing_else_answers(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The threshold that an assistant begins with is in the same files.
    monkeypatch.setattr("qa.calibration.load_confidence", lambda: load_confidence(folder))
    assert published().threshold == 0.5
    (folder / CONFIDENCE).unlink()
    with pytest.raises(PinciteError, match=REMEDY):
        published()


# --- the fingerprint


def test_the_fingerprint_is_that_of_every_file(folder: Path) -> None:
    before = fingerprint(folder)
    assert before == fingerprint(folder)
    assert len(before) == 64
    (folder / CONFIDENCE).write_text('{"threshold": 0.6}')
    sign(folder)
    other_confidence = fingerprint(folder)
    (folder / DELTAS).write_bytes(b"other")
    sign(folder)
    assert len({before, other_confidence, fingerprint(folder)}) == 3


# --- the network


def test_differences_are_added_to_the_base_by_hand() -> None:
    network = Tiny()
    apply_deltas(network, deltas() | {"encoder.embeddings.weight.delta": torch.tensor([[100.0, 100.0]])})
    state = {name: tensor.tolist() for name, tensor in network.state_dict().items()}
    assert state == {
        "encoder.embeddings.weight": [[1.0, 2.0]],  # the base's own, whatever is there
        "encoder.layer.weight": [[1 + 0.5, 2 - 1.0], [3 + 31.75, 4.0]],  # a scale for each row
        "encoder.layer.bias": [5.5, 5.0],
        "span.weight": [[7.0, 8.0]],  # a head has no base
        "span.bias": [-1.0],
    }


@pytest.mark.parametrize("name", list(deltas()))
def test_no_difference_may_be_missing(name: str) -> None:
    given = deltas()
    del given[name]
    with pytest.raises((KeyError, RuntimeError)):
        apply_deltas(Tiny(), given)


@pytest.mark.usefixtures("_tiny")
def test_a_network_is_loaded_to_be_read_with(folder: Path) -> None:
    network = load_network(folder)
    assert network.span.bias.tolist() == [-1.0]
    assert not network.training


@pytest.mark.usefixtures("_tiny")
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not safetensors",
        save({}),
        save(deltas())[:-1],
        save({**deltas(), "span.weight": torch.zeros(3, 3)}),
        save({**deltas(), "encoder.layer.weight.scale": torch.zeros(3)}),
    ],
)
def test_a_file_that_does_not_fit_the_model_is_told(folder: Path, content: bytes) -> None:
    (folder / DELTAS).write_bytes(content)
    sign(folder)  # published so, by mistake
    with pytest.raises(PinciteError) as error:
        load_network(folder)
    assert str(error.value) == f"{folder / DELTAS} does not fit the bundled model{REMEDY}"


@pytest.mark.usefixtures("_tiny")
def test_a_model_that_is_missing_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def find() -> None:
        raise FileNotFoundError("model.safetensors is missing: reinstall it.")

    monkeypatch.setattr("qa.reader.weights.find_model", find)
    with pytest.raises(PinciteError, match=r"^model.safetensors is missing: reinstall it.$"):
        load_network(folder)


def test_the_published_files_are_whole() -> None:
    # Whatever they are just now. That the network fits the bundled model is seen in test_span_reader.py, by reading.
    assert load(checked(FOLDER, DELTAS))
    assert {"passage", "answer", "threshold"} <= load_confidence().keys()
    assert len(fingerprint()) == 64
