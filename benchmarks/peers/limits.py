"""What this machine can do at all: products of matrices and sums over memory. Prints one line of JSON."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from benchmarks.peers.script import say

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


def main() -> None:
    import torch

    operations = 2 * ROWS * INNER * COLUMNS
    memory = torch.ones(_GIGABYTE // 4)
    matmul: dict[str, dict[str, float]] = {"fp32": {}, "bf16": {}}
    read: dict[str, float] = {}
    for threads in THREADS:
        torch.set_num_threads(threads)
        for name, kind in (("fp32", torch.float32), ("bf16", torch.bfloat16)):
            left, right = torch.randn(ROWS, INNER).to(kind), torch.randn(INNER, COLUMNS).to(kind)
            matmul[name][str(threads)] = operations / best(lambda left=left, right=right: left @ right) / 1e9  # type: ignore[misc]
        read[str(threads)] = _GIGABYTE / best(memory.sum) / 1e9
    say({"gflops": matmul, "read_gb_s": read})


if __name__ == "__main__":
    main()
