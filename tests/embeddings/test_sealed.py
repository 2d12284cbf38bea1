"""The sealed file: whole or refused, the old one or the new one."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings import DamagedFileError, sealed
from embeddings.sealed import read_sealed, write_sealed


def test_header_and_payload_come_back(tmp_path: Path) -> None:
    write_sealed(tmp_path / "deep" / "file", {"model": "ü", "n": 3}, b"payload")
    header, payload = read_sealed(tmp_path / "deep" / "file")
    assert (header["model"], header["n"], header["size"], bytes(payload)) == ("ü", 3, 7, b"payload")


def test_parts_are_written_one_behind_the_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed, "_PIECE", 4)
    write_sealed(tmp_path / "parts", {}, b"abc", bytearray(b""), memoryview(b"defghi"), np.arange(2, dtype=np.int16))
    write_sealed(tmp_path / "whole", {}, b"abcdefghi\0\0\1\0")
    assert (tmp_path / "parts").read_bytes() == (tmp_path / "whole").read_bytes()
    header, payload = read_sealed(tmp_path / "parts")
    assert bytes(payload) == b"abcdefghi\0\0\1\0"
    assert len(header["pieces"]) == 4


def test_an_empty_payload_comes_back(tmp_path: Path) -> None:
    write_sealed(tmp_path / "file", {}, b"")
    assert bytes(read_sealed(tmp_path / "file")[1]) == b""


def test_nothing_else_is_left_in_the_folder(tmp_path: Path) -> None:
    write_sealed(tmp_path / "file", {}, b"one")
    write_sealed(tmp_path / "file", {}, b"two")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert bytes(read_sealed(tmp_path / "file")[1]) == b"two"


def test_a_missing_file_is_told_apart_from_a_damaged_one(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_sealed(tmp_path / "file")


@pytest.mark.parametrize("content", [b"", b"P", b"PINCITE SEALED 1\n", b"PINCITE SEALED 1\n" + b"\xff" * 8, b"x" * 99])
def test_what_was_never_sealed_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(DamagedFileError):
        read_sealed(tmp_path / "file")


def test_every_flipped_bit_is_noticed_in_every_piece(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed, "_PIECE", 16)
    path = tmp_path / "file"
    write_sealed(path, {"n": 1}, bytes(range(40)))  # three pieces, the last one short
    good = path.read_bytes()
    for place in range(len(good)):
        path.write_bytes(good[:place] + bytes([good[place] ^ (1 << place % 8)]) + good[place + 1 :])
        with pytest.raises(DamagedFileError):
            read_sealed(path)


def test_pieces_in_another_order_are_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed, "_PIECE", 16)
    path = tmp_path / "file"
    write_sealed(path, {}, b"a" * 16 + b"b" * 16)
    path.write_bytes(path.read_bytes()[:-32] + b"b" * 16 + b"a" * 16)
    with pytest.raises(DamagedFileError):
        read_sealed(path)


@given(st.binary(max_size=200), st.data())
def test_any_cut_is_noticed(tmp_path_factory: pytest.TempPathFactory, payload: bytes, data: st.DataObject) -> None:
    path = tmp_path_factory.getbasetemp() / "cut"
    write_sealed(path, {"n": 1}, payload)
    good = path.read_bytes()
    path.write_bytes(good[: data.draw(st.integers(0, len(good) - 1))])
    with pytest.raises(DamagedFileError):
        read_sealed(path)


def test_the_old_file_stays_where_the_disk_does_not_take_the_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_sealed(tmp_path / "file", {}, b"old")
    before = (tmp_path / "file").read_bytes()

    def no_space(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(OSError, match="No space"):
        write_sealed(tmp_path / "file", {}, b"new")
    assert (tmp_path / "file").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.skipif(sys.platform == "win32", reason="limits on file sizes are POSIX")
def test_the_old_file_stays_where_writing_stops_half_way(tmp_path: Path) -> None:
    import resource

    write_sealed(tmp_path / "file", {}, b"old")
    before = (tmp_path / "file").read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))
    try:
        with pytest.raises(OSError, match="too large"):
            write_sealed(tmp_path / "file", {}, b"x" * 1_000_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert (tmp_path / "file").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_what_reads_back_otherwise_is_never_put_in_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_sealed(tmp_path / "file", {}, b"old")

    def damage(_handle: int) -> None:
        beside = tmp_path / "file.new"
        beside.write_bytes(beside.read_bytes()[:-1] + b"?")

    monkeypatch.setattr(sealed.os, "fsync", damage)
    with pytest.raises(OSError, match="check the disk"):
        write_sealed(tmp_path / "file", {}, b"new")
    monkeypatch.undo()
    assert bytes(read_sealed(tmp_path / "file")[1]) == b"old"


def test_a_reader_sees_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_sealed(path, {"n": 0}, b"0" * 1000)
    done = threading.Event()
    wrong: list[object] = []

    def read() -> None:
        while not done.is_set():
            try:
                header, payload = read_sealed(path)
                if bytes(payload) != str(header["n"] % 10).encode() * 1000:
                    wrong.append(header)
            except Exception as error:  # whatever it is, there must be none
                wrong.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(100):
        write_sealed(path, {"n": number}, str(number % 10).encode() * 1000)
    done.set()
    reader.join()
    assert wrong == []
