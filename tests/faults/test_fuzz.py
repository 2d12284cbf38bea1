"""Files that are not what they should be: every one is read or named, none takes long, none breaks anything.

`PINCITE_FUZZ_ROUNDS` sets how many mutated files of each format are read (default 10; 1,000 is the full count). A file
is named by its format and seed, and the same seed makes the same file.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable

import pytest

from benchmarks.documents.writing import WRITERS, Known
from qa.errors import FileError
from qa.readers import READERS, Extract
from qa.sandbox import Sandbox

ROUNDS = int(os.environ.get("PINCITE_FUZZ_ROUNDS", "10"))

SECONDS = 40
"""What a file of a hundred kilobytes may take here, by the clock, when others use the machine too."""

Mutation = Callable[[random.Random, bytes], bytes]


def truncated(rng: random.Random, data: bytes) -> bytes:
    return data[: rng.randrange(len(data))]


def flipped(rng: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.choice([1, 3, 30])):
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def blanked(rng: random.Random, data: bytes) -> bytes:
    start = rng.randrange(len(data))
    size = rng.randrange(1, 2000)
    return data[:start] + b"\0" * min(size, len(data) - start) + data[start + size :]


def doubled(rng: random.Random, data: bytes) -> bytes:
    start, end = sorted(rng.randrange(len(data)) for _ in range(2))
    return data[:end] + data[start:end] * rng.choice([1, 5]) + data[end:]


def cut_out(rng: random.Random, data: bytes) -> bytes:
    start, end = sorted(rng.randrange(len(data)) for _ in range(2))
    return data[:start] + data[end:]


def scattered(rng: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.randrange(1, 40)):
        at = rng.randrange(len(changed))
        changed[at : at + rng.randrange(4)] = rng.randbytes(rng.randrange(6))
    return bytes(changed)


def numbers(rng: random.Random, data: bytes) -> bytes:
    """Digits become others: lengths, offsets and counts lie."""
    places = [at for at, byte in enumerate(data) if 48 <= byte <= 57]
    changed = bytearray(data)
    for at in rng.sample(places, min(len(places), rng.choice([1, 10, 200]))):
        changed[at] = rng.choice(b"0123456789")
    return bytes(changed)


MUTATIONS: tuple[Mutation, ...] = (truncated, flipped, blanked, doubled, cut_out, scattered, numbers)


def mutant(known: Known, others: list[Known], seed: int) -> bytes:
    """The bytes of a file: mostly a mutated document, sometimes another format's, random bytes, or nothing."""
    rng = random.Random(f"{known.name} {seed}")
    kind = rng.randrange(20)
    if kind == 0:
        return rng.choice(others).data
    if kind == 1:
        return rng.randbytes(rng.randrange(5000))
    if kind == 2:
        return known.data[: rng.randrange(3)]
    data = known.data
    for _ in range(rng.choice([1, 1, 2])):
        data = rng.choice(MUTATIONS)(rng, data) or b"\0"
    return data


def check(extract: Extract) -> None:
    """What is read can be cited: everything that counts characters of the text is inside it and in order."""
    size = len(extract.text)
    places = extract.places.starts if extract.places else ()
    for starts in (extract.page_starts, places, tuple(heading.start for heading in extract.headings)):
        assert list(starts) == sorted(starts)
        assert all(0 <= start <= size for start in starts)
    assert "\0" not in extract.text
    extract.text.encode("utf-8")


@pytest.mark.parametrize("format_", WRITERS)
def test_every_file_is_read_or_named(format_: str) -> None:
    documents = {name: write(0) for name, write in WRITERS.items()}
    known, others = documents[format_], [each for name, each in documents.items() if name != format_]
    with Sandbox() as sandbox:
        check(sandbox.read(known.data, known.name))
        for seed in range(ROUNDS):
            data = mutant(known, others, seed)
            begin = time.monotonic()
            try:
                check(sandbox.read(data, known.name))
            except FileError as error:
                told = str(error)
                assert told.endswith("."), (seed, told)
                assert len(told) > 10, (seed, told)
            assert time.monotonic() - begin < SECONDS, seed
        check(sandbox.read(known.data, known.name))


def test_every_format_is_fuzzed() -> None:
    fuzzed = {"." + write(0).name.rpartition(".")[2] for write in WRITERS.values()}
    assert fuzzed >= READERS.keys() - {".docm", ".htm", ".markdown", ".ndjson", ".pptm", ".tsv", ".xht", ".xhtml"}
