"""A network made ready for this processor by OpenVINO, run by as many threads as there are cores.

Of many batches every one is run by one thread: threads do not wait for each other, and a core that another program
holds slows down one batch only. What somebody waits for alone is shared among all threads: faster by a third.
"""

from __future__ import annotations

import os
import platform
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from embeddings.runtime import openvino

Tokens = NDArray[np.int32]
Arrays = tuple[NDArray[np.float32], ...]
Form = Literal["bf16", "int8", "f32"]

_SETTINGS: dict[Form, dict[str, str]] = {
    "bf16": {"INFERENCE_PRECISION_HINT": "bf16"},
    # Weights in 8 bits, and 128 numbers of what they are multiplied with share a scale.
    "int8": {"INFERENCE_PRECISION_HINT": "f32", "DYNAMIC_QUANTIZATION_GROUP_SIZE": "128"},
    "f32": {"INFERENCE_PRECISION_HINT": "f32"},
}


@dataclass(frozen=True, slots=True)
class Graph:
    """A network as OpenVINO writes it down: its operations, and their constants in half precision."""

    operations: bytes
    constants: bytearray | memoryview


class Program:
    """A network compiled in one form. Raises RuntimeError where this processor cannot run it so."""

    def __init__(self, form: Form, make: Callable[[int], Any], content: Any, *, alone: bool = False) -> None:
        self.form = form
        # Shared, not copied: the runtime goes on reading it.
        self._content = content
        self._make = make
        self._making = threading.Lock()
        self._requests: dict[int, _Requests] = {}
        self._with(1 if alone else threads())  # what cannot be run here is told now

    @classmethod
    def made(cls, graph: Graph, form: Form) -> Program:
        """Compile a graph."""
        content = _shared(graph.constants)
        model = _core().read_model(graph.operations.decode(), content)
        return cls(form, lambda streams: _core().compile_model(model, "CPU", _settings(form, streams)), content)

    @classmethod
    def restored(cls, exported: memoryview, form: Form, *, alone: bool = False) -> Program:
        """What was `exported` here, on this processor and by this version of the runtime.

        Where it will first be run `alone`, what it takes to run many batches is made when there are some.
        """
        content = _shared(exported)

        def make(streams: int) -> Any:
            return _core().import_model(content, "CPU", _settings(form, streams))

        return cls(form, make, content, alone=alone)

    def exported(self) -> memoryview:
        """The program as the runtime writes it down: ready at once, and for no other processor or version."""
        exported: memoryview = self._with(threads()).compiled.export_model().getbuffer()
        return exported

    def run_alone(self, batch: Sequence[Tokens]) -> Arrays:
        """What the network gives for one batch that somebody waits for, as fast as all threads together find it."""
        requests = self._with(1)
        return requests.finish(requests.start(batch))

    def run(self, batches: Iterable[Sequence[Tokens]]) -> Generator[Arrays]:
        """What the network gives for each batch, in order; as many are under way as there are threads.

        May be called from any thread. A batch is one array of shape (texts, tokens) for each of the graph's inputs.
        """
        requests = self._with(width := threads())
        under_way: deque[Any] = deque()
        try:
            for batch in batches:
                if len(under_way) == width:
                    yield requests.finish(under_way.popleft())
                under_way.append(requests.start(batch))
            while under_way:
                yield requests.finish(under_way.popleft())
        finally:
            for request in under_way:  # whoever asked does not want the rest: an interruption, or an error
                request.wait()

    def _with(self, streams: int) -> _Requests:
        with self._making:
            if streams not in self._requests:
                self._requests[streams] = _Requests(self._make(streams))
            return self._requests[streams]


class _Requests:
    """The runs of a compiled model, each with memory of its own; those that are over wait to be used again."""

    def __init__(self, compiled: Any) -> None:
        self.compiled = compiled
        self._outputs = len(compiled.outputs)
        self._idle: list[Any] = []
        self._lock = threading.Lock()

    def start(self, batch: Sequence[Tokens]) -> Any:
        with self._lock:
            request = self._idle.pop() if self._idle else None
        request = request or self.compiled.create_infer_request()
        request.start_async(list(batch))
        return request

    def finish(self, request: Any) -> Arrays:
        request.wait()
        found = tuple(np.array(request.get_output_tensor(at).data) for at in range(self._outputs))
        with self._lock:
            self._idle.append(request)
        return found


def graph(inputs: Sequence[Any], outputs: Sequence[Any]) -> Graph:
    """Write down what computes `outputs` from `inputs`."""
    model = openvino().Model(list(outputs), list(inputs), "pincite")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "graph.xml"
        openvino().save_model(model, path, compress_to_fp16=True)
        return Graph(path.read_bytes(), bytearray(path.with_suffix(".bin").read_bytes()))


def forms() -> tuple[Form, ...]:
    """The forms worth a try on this processor, the fastest first.

    Eight bits are faster only with instructions for them (VNNI), which only Linux tells us of.
    """
    if "BF16" in _capabilities():
        return ("bf16", "f32")
    return ("int8", "f32") if any("vnni" in each for each in _instructions()) else ("f32",)


def threads() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def runtime() -> str:
    """Version of the runtime, and what it says of this processor: a program is good for no other."""
    name = _core().get_property("CPU", "FULL_DEVICE_NAME")
    able = " ".join([*_capabilities(), *_instructions()])
    return f"{openvino().__version__} {platform.machine()} {name} {able} for {' '.join(forms())}"


def padded(rows: Sequence[Sequence[int]], multiple: int, fill: int = 0) -> tuple[Tokens, Tokens]:
    """Token ids and mask of rows of different lengths; the runtime keeps memory for every length that it meets."""
    width = -(-max(len(row) for row in rows) // multiple) * multiple
    ids = np.full((len(rows), width), fill, dtype=np.int32)
    mask = np.zeros_like(ids)
    for at, row in enumerate(rows):
        ids[at, : len(row)] = row
        mask[at, : len(row)] = 1
    return ids, mask


def _instructions() -> list[str]:
    """The processor's sets of instructions, where the system tells: virtual ones share a name and differ in them."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    flags = next((line.partition(":")[2] for line in lines if line.startswith(("flags", "Features"))), "")
    return sorted(flags.split())


def _capabilities() -> list[str]:
    return sorted(_core().get_property("CPU", "OPTIMIZATION_CAPABILITIES"))


def _settings(form: Form, streams: int) -> dict[str, str]:
    ways = {"NUM_STREAMS": str(streams), "INFERENCE_NUM_THREADS": str(threads()), "ENABLE_CPU_PINNING": "NO"}
    return _SETTINGS[form] | ways


def _shared(content: bytes | bytearray | memoryview) -> Any:
    return openvino().Tensor(np.frombuffer(content, dtype=np.uint8), shared_memory=True)


@cache
def _core() -> Any:
    return openvino().Core()
