"""Fine-tune the network on groups of questions and passages, on all cores, and resume where it stopped.

Each optimiser step is made of micro-batches of about the same cost, which the processes take one after the other: a
core that is busy with something else takes fewer. With one process the run is the same to the bit; with several only
the order in which gradients are summed differs.
"""

from __future__ import annotations

import json
import math
import os
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.multiprocessing as mp
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

from benchmarks.collections import rows
from benchmarks.training.preparing import Group
from embeddings import find_model
from qa.reader.network import Network
from qa.reader.weights import load_network
from qa.reader.windows import CLS, SEP, tokenizer

MAX_TOKENS = 320
_QUESTION_TOKENS = 64
_MULTIPLE = 32
"""Lengths are padded to multiples of this: oneDNN builds a kernel for every length that it meets."""

_MICRO_TOKENS = 2048
_MICRO_BATCHES = 6
"""A step is six micro-batches of 2,048 tokens: some 65 pairs of question and passage."""

_PATIENCE = 600
"""Seconds after which a process that does not come back is given up."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run is made with."""

    rate: float = 2e-4
    warm_up: float = 0.05
    decay: float = 0.01
    clip: float = 1.0
    answerable_weight: float = 0.5
    relevance_weight: float = 0.5


@dataclass(frozen=True, slots=True)
class Pair:
    """One question with one passage, as tokens. `start` and `end` are the answer's first and last token, or 0 and 0."""

    ids: list[int]
    types: list[int]
    start: int
    end: int
    answers: bool
    teaches_spans: bool
    group: int


Micro = dict[str, Tensor]


def pairs(groups: Sequence[Group], tokens: Tokenizer) -> list[list[Pair]]:
    """Each group's passages as tokens; groups are left out where one is too long."""
    found = []
    for number, group in enumerate(groups):
        question = tokens.encode(group.question, add_special_tokens=False).ids[:_QUESTION_TOKENS]
        passages = tokens.encode_batch([piece.text for piece in group.pieces], add_special_tokens=False)
        made = []
        for piece, passage in zip(group.pieces, passages, strict=True):
            start = end = 0
            if piece.answer:
                inside = [
                    at for at, (a, b) in enumerate(passage.offsets) if a < piece.answer.end and b > piece.answer.start
                ]
                if not inside:
                    break
                start, end = inside[0] + len(question) + 2, inside[-1] + len(question) + 2
            ids = [CLS, *question, SEP, *passage.ids, SEP]
            types = [0] * (len(question) + 2) + [1] * (len(passage.ids) + 1)
            if len(ids) > MAX_TOKENS:
                break
            made.append(Pair(ids, types, start, end, piece.answers, piece.teaches_spans, number))
        else:
            found.append(made)
    return found


def steps(groups: list[list[Pair]], seed: int) -> Iterator[list[list[Pair]]]:
    """Micro-batches of neighbours in length, in random order, by sixes; one pass over the groups."""
    chance = random.Random(seed)
    groups = list(groups)
    chance.shuffle(groups)
    micros: list[list[Pair]] = []
    for at in range(0, len(groups), 4096):
        micros.extend(_packed(sorted(groups[at : at + 4096], key=_length)))
    chance.shuffle(micros)
    for at in range(0, len(micros) - _MICRO_BATCHES + 1, _MICRO_BATCHES):
        yield micros[at : at + _MICRO_BATCHES]


def _length(group: list[Pair]) -> int:
    return max(len(pair.ids) for pair in group)


def _packed(groups: list[list[Pair]]) -> Iterator[list[Pair]]:
    batch: list[Pair] = []
    for group in groups:
        width = -(-_length(group) // _MULTIPLE) * _MULTIPLE
        if batch and width * (len(batch) + len(group)) > _MICRO_TOKENS:
            yield batch
            batch = []
        batch.extend(group)
    if batch:
        yield batch


def _tensors(batch: list[Pair]) -> Micro:
    width = -(-max(len(pair.ids) for pair in batch) // _MULTIPLE) * _MULTIPLE
    ids = torch.zeros(len(batch), width, dtype=torch.long)
    types, mask = torch.zeros_like(ids), torch.zeros_like(ids)
    for row, pair in enumerate(batch):
        ids[row, : len(pair.ids)] = torch.tensor(pair.ids)
        types[row, : len(pair.types)] = torch.tensor(pair.types)
        mask[row, : len(pair.ids)] = 1
    return {
        "ids": ids,
        "types": types,
        "mask": mask,
        "start": torch.tensor([pair.start for pair in batch]),
        "end": torch.tensor([pair.end for pair in batch]),
        "answers": torch.tensor([float(pair.answers) for pair in batch]),
        "spans": torch.tensor([float(pair.teaches_spans) for pair in batch]),
        "group": torch.tensor([pair.group for pair in batch]),
    }


def losses(network: Network, micro: Micro) -> dict[str, Tensor]:
    """Summed over the pairs: cross-entropy of start and end (null at 0), of answering or not, and of which answers."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits = network(micro["ids"], micro["mask"], micro["types"])
    allowed = micro["types"].bool() & micro["mask"].bool()
    allowed = allowed & (micro["ids"] != SEP)
    allowed[:, 0] = True
    start, end = (each.float().masked_fill(~allowed, -1e4) for each in (logits.start, logits.end))
    span = functional.cross_entropy(start, micro["start"], reduction="none")
    span = span + functional.cross_entropy(end, micro["end"], reduction="none")
    answerable = functional.binary_cross_entropy_with_logits(
        logits.answerable.float(), micro["answers"], reduction="sum"
    )
    return {
        "span": (span * micro["spans"]).sum() / 2,
        "answerable": answerable,
        "relevance": _listwise(logits.relevance.float(), micro["answers"], micro["group"]),
    }


def _listwise(scores: Tensor, answers: Tensor, group: Tensor) -> Tensor:
    """Cross-entropy of the passage that answers among those of its group."""
    same = group[:, None] == group[None, :]
    others = torch.logsumexp(scores[None, :].expand_as(same).masked_fill(~same, -1e4), 1)
    # In groups of one, or of one kind only, there is nothing to compare.
    wrong = (same & (answers[None, :] == 0)).any(1)
    counted = (answers == 1) & wrong
    return (others - scores)[counted].sum()


def train(
    groups: Path,
    target: Path,
    *,
    settings: Settings,
    seed: int,
    workers: int,
    limit: int | None = None,
    begin: Path | None = None,
) -> Path:
    """Fine-tune, and give the weights after the last step; goes on from the last checkpoint in `target`.

    It begins with the base, or with the reader's weights in the folder `begin`.
    """
    target.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    base = find_model().path
    torch.manual_seed(seed)
    network = load_network(begin) if begin else Network(base)
    network.train()
    for parameter in network.encoder.embeddings.parameters():
        parameter.requires_grad = False
    _without_dropout(network)
    tokens = tokenizer(base)
    made = pairs([Group.from_dict(row) for row in rows(groups)], tokens)
    planned = list(steps(made, seed))[:limit]
    print(f"{len(made)} groups, {sum(map(len, made))} pairs, {len(planned)} steps", flush=True)
    _Run(network, planned, target, settings, workers).go()
    return target / f"model-{len(planned)}.safetensors"


def _without_dropout(network: Network) -> None:
    """One pass over the data does not overfit, and drawing masks takes 40 % of the time on a CPU."""
    for module in network.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0


class _Run:
    """The processes of one training run: they share the weights and take micro-batches from one counter."""

    def __init__(
        self, network: Network, planned: list[list[list[Pair]]], target: Path, settings: Settings, workers: int
    ) -> None:
        self.network, self.planned, self.target, self.settings = network, planned, target, settings
        self.workers = workers
        self.trained = [p for p in network.parameters() if p.requires_grad]
        self.first = self._resumed()

    def go(self) -> None:
        network = self.network.share_memory()
        context = mp.get_context("fork")
        counter, barrier = context.Value("i", 0), context.Barrier(self.workers, timeout=_PATIENCE)
        gradients = [[_shared(torch.zeros_like(p)) for p in self.trained] for _ in range(self.workers)]
        sums = _shared(torch.zeros(self.workers, 3))
        plan = self.planned[self.first :]
        arguments = (network, plan, counter, barrier, gradients, sums, self.settings)
        others = [
            context.Process(target=_work, args=(rank, *arguments), daemon=True) for rank in range(1, self.workers)
        ]
        for process in others:
            process.start()
        optimiser = self._optimiser()
        begin, done, shown = time.time(), 0, torch.zeros(3)
        for number, _ in enumerate(_taking(0, *arguments), start=self.first):
            for own, *more in zip(*gradients, strict=True):
                for other in more:
                    own += other
            for parameter, gradient in zip(self.trained, gradients[0], strict=True):
                parameter.grad = gradient
            torch.nn.utils.clip_grad_norm_(self.trained, self.settings.clip)
            for group in optimiser.param_groups:
                group["lr"] = self._rate(number)
            optimiser.step()
            for own in gradients:
                torch._foreach_zero_(own)
            done += sum(len(micro) for micro in self.planned[number])
            shown += sums.sum(0)
            sums.zero_()
            if (number + 1) % 25 == 0:
                pace = (time.time() - begin) / (number + 1 - self.first)
                left = pace * (len(self.planned) - number - 1) / 60
                parts = " ".join(f"{value:.3f}" for value in (shown / 25).tolist())
                line = f"step {number + 1}/{len(self.planned)} loss {parts} {done / (time.time() - begin):.1f}/s"
                print(f"{line}, {left:.0f} min left", flush=True)
                shown.zero_()
            if (number + 1) % 250 == 0 or number + 1 == len(self.planned):
                self._save(number + 1, optimiser)
        for process in others:
            process.join()

    def _optimiser(self) -> torch.optim.AdamW:
        plain = [p for p in self.trained if p.ndim > 1]
        bare = [p for p in self.trained if p.ndim == 1]
        groups = [{"params": plain, "weight_decay": self.settings.decay}, {"params": bare, "weight_decay": 0.0}]
        optimiser = torch.optim.AdamW(groups, lr=self.settings.rate, betas=(0.9, 0.98), fused=True)
        state = self.target / f"optimiser-{self.first}.safetensors"
        if self.first:
            saved = load_file(state)
            for at, parameter in enumerate([*plain, *bare]):
                optimiser.state[parameter] = {
                    "step": torch.tensor(float(self.first)),
                    "exp_avg": saved[f"mean.{at}"],
                    "exp_avg_sq": saved[f"square.{at}"],
                }
        return optimiser

    def _rate(self, step: int) -> float:
        warm = max(1, round(self.settings.warm_up * len(self.planned)))
        if step < warm:
            return self.settings.rate * (step + 1) / warm
        return self.settings.rate * max(0.0, (len(self.planned) - step) / (len(self.planned) - warm))

    def _save(self, step: int, optimiser: torch.optim.AdamW) -> None:
        """Write a checkpoint; `state.json` names it when it is whole, and only the weights of earlier ones are kept."""
        save_file(_trained(self.network), self.target / f"model-{step}.safetensors")
        state: dict[str, Tensor] = {}
        for at, parameter in enumerate(p for group in optimiser.param_groups for p in group["params"]):
            state[f"mean.{at}"] = optimiser.state[parameter]["exp_avg"]
            state[f"square.{at}"] = optimiser.state[parameter]["exp_avg_sq"]
        save_file(state, self.target / f"optimiser-{step}.safetensors")
        written = self.target / "state.json.new"
        written.write_text(json.dumps({"step": step, "steps": len(self.planned)}))
        os.replace(written, self.target / "state.json")
        for old in self.target.glob("optimiser-*.safetensors"):
            if old.name != f"optimiser-{step}.safetensors":
                old.unlink()

    def _resumed(self) -> int:
        state = self.target / "state.json"
        if not state.is_file():
            return 0
        step = int(json.loads(state.read_text())["step"])
        self.network.load_state_dict(load_file(self.target / f"model-{step}.safetensors"), strict=False)
        return step


def _trained(network: Network) -> dict[str, Tensor]:
    return {
        name: tensor.detach().clone().contiguous()
        for name, tensor in network.state_dict().items()
        if not name.startswith("encoder.embeddings.")
    }


def _shared(tensor: Tensor) -> Tensor:
    shared: Tensor = tensor.share_memory_()  # type: ignore[no-untyped-call]
    return shared


def _work(rank: int, *arguments: Any) -> None:
    for _ in _taking(rank, *arguments):
        pass


def _taking(
    rank: int,
    network: Network,
    plan: list[list[list[Pair]]],
    counter: Any,
    barrier: Any,
    gradients: list[list[Tensor]],
    sums: Tensor,
    settings: Settings,
) -> Iterator[None]:
    """Take part in every step; between the two barriers around `yield` the first process updates the weights."""
    trained = [p for p in network.parameters() if p.requires_grad]
    for micros in plan:
        for parameter, gradient in zip(trained, gradients[rank], strict=True):
            parameter.grad = gradient
        if rank == 0:
            counter.value = 0
        barrier.wait()
        count = sum(map(len, micros))
        while (at := _next(counter)) < len(micros):
            parts = losses(network, _tensors(micros[at]))
            total = parts["span"] + settings.answerable_weight * parts["answerable"]
            total = (total + settings.relevance_weight * parts["relevance"]) / count
            if not math.isfinite(total.item()):
                raise SystemExit("The loss is not a number any more: lower the rate.")
            total.backward()  # type: ignore[no-untyped-call]
            sums[rank] += torch.stack([each.detach() for each in parts.values()]) / count
        barrier.wait()
        yield
        barrier.wait()


def _next(counter: Any) -> int:
    with counter.get_lock():
        counter.value += 1
        return int(counter.value) - 1
