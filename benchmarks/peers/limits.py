"""What this machine can do at all: products of matrices and sums over memory. Prints one line of JSON.

A product is measured with PyTorch and with OpenVINO, and the faster counts: neither reaches the limit everywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

import numpy as np

from benchmarks.peers.script import say
from embeddings.runtime import openvino

THREADS = (1, 2)
ROWS, INNER, COLUMNS = 4096, 384, 1536
"""The shape of the model's largest layer, over a batch."""

_GIGABYTE = 1_000_000_000
_SECONDS = 1.0


def best(work: Callable[[], object], seconds: float = _SECONDS) -> float:
    """The shortest of as many repetitions as fit into so many seconds, three at least."""
    work()
    taken: list[float] = []
    end = perf_counter() + seconds
    while len(taken) < 3 or perf_counter() < end:
        begin = perf_counter()
        work()
        taken.append(perf_counter() - begin)
    return min(taken)


def by_torch(kind: str) -> Callable[[], object]:
    """The product of two matrices as PyTorch makes it."""
    import torch

    number = {"fp32": torch.float32, "bf16": torch.bfloat16}[kind]
    left, right = torch.randn(ROWS, INNER).to(number), torch.randn(INNER, COLUMNS).to(number)
    return lambda: left @ right


def by_openvino(kind: str, threads: int) -> Callable[[], object]:
    """The same as OpenVINO makes it; the numbers of the left one are turned into bfloat16 on the way."""
    op, package = openvino().opset13, openvino()
    chance = np.random.default_rng(0)
    left = chance.standard_normal((ROWS, INNER), dtype=np.float32)
    given = op.parameter(left.shape, np.float32, "left")
    right = op.constant(chance.standard_normal((INNER, COLUMNS), dtype=np.float32))
    model = package.Model([op.matmul(given, right, False, False)], [given], "product")
    hint = {"fp32": "f32", "bf16": "bf16"}[kind]
    settings = {"INFERENCE_PRECISION_HINT": hint, "NUM_STREAMS": "1", "INFERENCE_NUM_THREADS": str(threads)}
    request = package.Core().compile_model(model, "CPU", settings).create_infer_request()
    return lambda: request.infer([left], share_inputs=True, share_outputs=True)


def main() -> None:
    import torch

    operations = 2 * ROWS * INNER * COLUMNS
    memory = torch.ones(_GIGABYTE // 4)
    matmul: dict[str, dict[str, float]] = {"fp32": {}, "bf16": {}}
    read: dict[str, float] = {}
    for threads in THREADS:
        torch.set_num_threads(threads)
        for kind, found in matmul.items():
            shortest = min(best(by_torch(kind)), best(by_openvino(kind, threads)))
            found[str(threads)] = operations / shortest / 1e9
        read[str(threads)] = _GIGABYTE / best(memory.sum) / 1e9
    say({"gflops": matmul, "read_gb_s": read})


if __name__ == "__main__":
    main()
