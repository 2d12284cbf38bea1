"""What goes through the pipes: two lengths of 8 bytes, an object in JSON, and a payload of bytes.

The two halves are received one after the other, so that the length of a payload can be refused before it is read.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import Any, BinaryIO

LARGEST_FIELDS = 100_000_000
"""Bytes of JSON: for a table, where its rows begin, of which this is five million."""

_LENGTHS = struct.Struct("!QQ")


def send(stream: BinaryIO, fields: Mapping[str, Any], payload: bytes) -> None:
    encoded = json.dumps(fields, separators=(",", ":")).encode("ascii")
    stream.write(_LENGTHS.pack(len(encoded), len(payload)) + encoded)
    stream.write(payload)
    stream.flush()


def receive_fields(stream: BinaryIO) -> tuple[dict[str, Any], int]:
    """The object, and the length of the payload that follows.

    Raises EOFError where the stream has ended, OverflowError where the object is too large, ValueError where what came
    is none.
    """
    length, payload_length = _LENGTHS.unpack(receive_payload(stream, _LENGTHS.size))
    if length > LARGEST_FIELDS:
        raise OverflowError(f"{length:,} bytes of JSON")
    encoded = receive_payload(stream, length)
    try:
        fields = json.loads(encoded)
    except RecursionError as error:
        raise ValueError("JSON nested too deeply") from error
    if not isinstance(fields, dict):
        raise ValueError("JSON that is no object")
    return fields, payload_length


def receive_payload(stream: BinaryIO, length: int) -> bytes:
    """Exactly `length` bytes. Raises EOFError where the stream ends before."""
    payload = stream.read(length)
    if len(payload) < length:
        raise EOFError("the other side has closed its end")
    return payload
