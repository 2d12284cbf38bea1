"""The reader's network: the bundled encoder over question and passage together, with four heads.

Devlin et al. 2019 (BERT), sections 4.2 and 4.3: one vector for the start and one for the end of the answer, the null
answer at `[CLS]`. Two more look at `[CLS]`: whether the passage answers, and how it compares with other passages.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor, nn
from transformers import BertModel

from embeddings.program import Arrays, Tokens


class Logits(NamedTuple):
    """What the network says of a batch: `start` and `end` have the shape (batch, tokens), the others (batch,)."""

    start: Tensor
    end: Tensor
    answerable: Tensor
    relevance: Tensor


class Network(nn.Module):
    """Question and passage in, logits out."""

    def __init__(self, base: Path) -> None:
        super().__init__()
        # Eager attention: the only one that is fast on CPUs in bf16, forwards and backwards.
        self.encoder = BertModel.from_pretrained(
            str(base),
            add_pooling_layer=False,
            attn_implementation="eager",
            local_files_only=True,
            use_safetensors=True,
            dtype=torch.float32,
        )
        width = self.encoder.config.hidden_size
        self.span = nn.Linear(width, 2)
        self.passage = nn.Linear(width, 2)

    def forward(self, ids: Tensor, mask: Tensor, types: Tensor) -> Logits:
        hidden = self.encoder(input_ids=ids, attention_mask=mask, token_type_ids=types).last_hidden_state
        start, end = self.span(hidden).unbind(-1)
        answerable, relevance = self.passage(hidden[:, 0]).unbind(-1)
        return Logits(start, end, answerable, relevance)


class Reference:
    """The network as torch runs it: what the compiled one is compared with, and used where that cannot be."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def run(self, batches: Iterable[Sequence[Tokens]]) -> Iterator[Arrays]:
        """As `scoring.Scorer`."""
        for batch in batches:
            inputs = (torch.from_numpy(each).long() for each in batch)
            with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=_has_bfloat16()):
                found = self._network(*inputs)
            spans = torch.stack([found.start, found.end], dim=-1)
            whole = torch.stack([found.answerable, found.relevance], dim=-1)
            yield spans.float().numpy(), whole.float().numpy()


@cache
def _has_bfloat16() -> bool:
    """Whether this CPU multiplies in bfloat16: three times as fast, and slower than float32 where it does not."""
    known = (getattr(torch.cpu, name, None) for name in ("_is_avx512_bf16_supported", "_is_amx_tile_supported"))
    return any(supported() for supported in known if supported)
