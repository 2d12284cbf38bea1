"""The network of a BERT-like encoder as a graph of OpenVINO, made from its configuration and its weights.

Devlin et al. 2019 (BERT), Liu et al. 2019 (RoBERTa), Sanh et al. 2019 (DistilBERT), Song et al. 2020 (MPNet). The
families differ in the names of their weights, in where their positions begin, and in MPNet's bias by distance.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.program import Form
from embeddings.runtime import openvino

Weights = Mapping[str, NDArray[np.float32]]

_MASKED = -1e4
"""Added to the attention to a padded token: its softmax is 0 in every precision."""

_LARGEST = 127
"""The largest number of a weight in 8 bits."""


@dataclass(frozen=True, slots=True)
class _Names:
    """What a family calls its weights."""

    layer: str
    query: str
    key: str
    value: str
    mixed: str
    mixed_norm: str
    wide: str
    narrow: str
    narrow_norm: str


_BERT = _Names(
    "encoder.layer.{}.",
    "attention.self.query",
    "attention.self.key",
    "attention.self.value",
    "attention.output.dense",
    "attention.output.LayerNorm",
    "intermediate.dense",
    "output.dense",
    "output.LayerNorm",
)
_DISTILBERT = _Names(
    "transformer.layer.{}.",
    "attention.q_lin",
    "attention.k_lin",
    "attention.v_lin",
    "attention.out_lin",
    "sa_layer_norm",
    "ffn.lin1",
    "ffn.lin2",
    "output_layer_norm",
)
_MPNET = _Names(
    "encoder.layer.{}.",
    "attention.attn.q",
    "attention.attn.k",
    "attention.attn.v",
    "attention.attn.o",
    "attention.LayerNorm",
    "intermediate.dense",
    "output.dense",
    "output.LayerNorm",
)
_FAMILIES = {
    "bert": _BERT,
    "roberta": _BERT,
    "xlm-roberta": _BERT,
    "camembert": _BERT,
    "distilbert": _DISTILBERT,
    "mpnet": _MPNET,
}
_PADDED_POSITIONS = ("roberta", "xlm-roberta", "camembert", "mpnet")
"""Families whose first position stands behind that of the padding."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """The graph's inputs and what it makes of them: `hidden` of shape (texts, tokens, width), `mask` as numbers."""

    inputs: list[Any]
    hidden: Any
    mask: Any


def encoder(config: Any, weights: Weights, form: Form, *, types: bool = False) -> Encoded:
    """The graph from token ids and mask (and token types, if wanted) to the last hidden state.

    In "int8" all matrices are in 8 bits, in "bf16" the tokens' own vectors: a good part of such a network, read a row a
    token, and as precise as what is made of them. All inputs are `int32` of shape (texts, tokens). `config` is that of
    transformers, `weights` the network's state. Raises ValueError where the network is of another kind.
    """
    return _Builder(config, weights, form).build(types)


class _Builder:
    """One graph under construction."""

    def __init__(self, config: Any, weights: Weights, form: Form) -> None:
        self.op: Any = openvino().opset13
        self.config = config
        self.weights = weights
        self.form = form
        if config.model_type not in _FAMILIES:
            raise ValueError(f"networks of the kind {config.model_type} are not known")
        self.names = _FAMILIES[config.model_type]
        if getattr(config, "position_embedding_type", None) not in (None, "absolute"):
            raise ValueError("its positions are not absolute")
        if getattr(config, "is_decoder", False):
            raise ValueError("it is a decoder")
        self.activate: Callable[[Any], Any] = self._activation()
        self.epsilon = float(getattr(config, "layer_norm_eps", 1e-12))
        self.heads = int(config.num_attention_heads)
        self.width = int(config.hidden_size)

    def build(self, types: bool) -> Encoded:
        op = self.op
        ids, mask = (op.parameter([-1, -1], np.int32, name) for name in ("ids", "mask"))
        inputs = [ids, mask]
        kinds = None
        if types:
            kinds = op.parameter([-1, -1], np.int32, "types")
            inputs.append(kinds)
        length = op.gather(op.shape_of(ids, "i32"), self._number(1), self._number(0))
        present = op.convert(mask, "f32")
        absent = op.subtract(self._constant(np.float32(1)), op.unsqueeze(present, self._axes(1, 2)))
        bias = op.multiply(absent, self._constant(np.float32(_MASKED)))
        if self.config.model_type == "mpnet":
            bias = op.add(bias, self._distances(length))
        hidden = self._embedded(ids, kinds, length)
        for layer in range(self.config.num_hidden_layers):
            hidden = self._layer(self.names.layer.format(layer), hidden, bias)
        return Encoded(inputs, hidden, present)

    def _embedded(self, ids: Any, kinds: Any, length: Any) -> Any:
        op = self.op
        if self.config.model_type in _PADDED_POSITIONS:
            added = self._rows("embeddings.position_embeddings.weight", self._counted(ids))
        else:
            places = op.range(self._number(0), length, self._number(1), "i32")
            added = op.unsqueeze(self._rows("embeddings.position_embeddings.weight", places), self._axes(0))
        if kinds is not None:
            added = op.add(added, self._rows("embeddings.token_type_embeddings.weight", kinds))
        elif "embeddings.token_type_embeddings.weight" in self.weights:
            added = op.add(added, self._constant(self.weights["embeddings.token_type_embeddings.weight"][:1]))
        tokens = self._tokens("embeddings.word_embeddings.weight", ids)
        return self._norm(op.add(tokens, added), "embeddings.LayerNorm")

    def _counted(self, ids: Any) -> Any:
        """Positions of families that count tokens from behind the padding's own, and leave out what is padding."""
        if self.config.pad_token_id is None:
            raise ValueError("it does not say what its padding is")
        op, padding = self.op, self._number(int(self.config.pad_token_id))
        present = op.convert(op.not_equal(ids, padding), "i32")
        return op.add(op.multiply(op.cum_sum(present, self._number(1)), present), padding)

    def _layer(self, prefix: str, hidden: Any, bias: Any) -> Any:
        op, names = self.op, self.names
        size = self.width // self.heads
        apart = op.constant(np.array([0, 0, self.heads, size], dtype=np.int64))
        together = op.constant(np.array([0, 0, self.width], dtype=np.int64))
        turned = self._axes(0, 2, 1, 3)
        query, key, value = (
            op.transpose(op.reshape(self._linear(hidden, prefix + name), apart, True), turned)
            for name in (names.query, names.key, names.value)
        )
        scale = self._constant(np.float32(1 / np.sqrt(size)))
        mixed = op.scaled_dot_product_attention(query, key, value, bias, scale)
        mixed = self._linear(op.reshape(op.transpose(mixed, turned), together, True), prefix + names.mixed)
        hidden = self._norm(op.add(mixed, hidden), prefix + names.mixed_norm)
        wide = self.activate(self._linear(hidden, prefix + names.wide))
        return self._norm(op.add(self._linear(wide, prefix + names.narrow), hidden), prefix + names.narrow_norm)

    def _linear(self, values: Any, name: str) -> Any:
        weight, bias = self.weights[f"{name}.weight"], self.weights[f"{name}.bias"]
        return linear(values, weight, bias, in_8_bits=self.form == "int8")

    def _norm(self, values: Any, name: str) -> Any:
        op = self.op
        even = op.mvn(values, self._axes(-1), True, self.epsilon, "inside_sqrt")
        scaled = op.multiply(even, self._constant(self.weights[f"{name}.weight"]))
        return op.add(scaled, self._constant(self.weights[f"{name}.bias"]))

    def _distances(self, length: Any) -> Any:
        """MPNet's bias: for each head, what the distance between two tokens adds to their attention."""
        op = self.op
        table = self.weights["encoder.relative_attention_bias.weight"]
        biases = table[distance_buckets(int(self.config.max_position_embeddings), len(table))].transpose(2, 0, 1)
        whole = self._constant(np.ascontiguousarray(biases[None]))
        size = op.unsqueeze(length, self._axes(0))
        end = op.concat([size, size], 0)
        start = op.constant(np.zeros(2, dtype=np.int32))
        step = op.constant(np.ones(2, dtype=np.int32))
        return op.slice(whole, start, end, step, op.constant(np.array([2, 3], dtype=np.int32)))

    def _activation(self) -> Callable[[Any], Any]:
        name = getattr(self.config, "hidden_act", None) or getattr(self.config, "activation", None)
        if name == "gelu":
            return lambda values: self.op.gelu(values, "erf")
        if name in ("gelu_new", "gelu_pytorch_tanh"):
            return lambda values: self.op.gelu(values, "tanh")
        if name == "relu":
            return lambda values: self.op.relu(values)
        raise ValueError(f"its activation {name} is not known")

    def _tokens(self, name: str, ids: Any) -> Any:
        if self.form == "f32":
            return self._rows(name, ids)
        op, (small, scale) = self.op, _in_8_bits(self.weights[name])
        rows = op.convert(op.gather(op.constant(small), ids, self._number(0)), "f32")
        return op.multiply(rows, op.gather(op.constant(scale), ids, self._number(0)))

    def _rows(self, name: str, places: Any) -> Any:
        return self.op.gather(self._constant(self.weights[name]), places, self._number(0))

    def _constant(self, values: NDArray[np.float32] | np.float32) -> Any:
        return self.op.constant(np.asarray(values, dtype=np.float32))

    def _number(self, value: int) -> Any:
        return self.op.constant(np.int32(value))

    def _axes(self, *axes: int) -> Any:
        return self.op.constant(np.array(axes, dtype=np.int64))


def linear(values: Any, weight: NDArray[np.float32], bias: NDArray[np.float32], *, in_8_bits: bool = False) -> Any:
    """`values @ weight.T + bias`; in 8 bits the weights have one scale a row, of their largest number."""
    op = openvino().opset13
    if in_8_bits:
        small, scale = _in_8_bits(weight)
        matrix = op.multiply(op.convert(op.constant(small), "f32"), op.constant(scale))
    else:
        matrix = op.constant(weight)
    return op.add(op.matmul(values, matrix, False, True), op.constant(bias))


def _in_8_bits(matrix: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """The matrix in whole numbers, and the scale of each row, of shape (rows, 1)."""
    scale = np.maximum(np.abs(matrix).max(axis=1, keepdims=True) / _LARGEST, np.finfo(np.float32).tiny)
    return np.round(matrix / scale).astype(np.int8), scale.astype(np.float32)


def mean_pooled(encoded: Encoded) -> Any:
    """The mean of each text's tokens."""
    op = openvino().opset13
    mask = op.unsqueeze(encoded.mask, op.constant(np.array([2], dtype=np.int64)))
    tokens = op.constant(np.array([1], dtype=np.int64))
    return op.divide(op.reduce_sum(op.multiply(encoded.hidden, mask), tokens), op.reduce_sum(mask, tokens))


def first_token(encoded: Encoded) -> Any:
    """What stands at each text's first token."""
    op = openvino().opset13
    return op.gather(encoded.hidden, op.constant(np.int32(0)), op.constant(np.int32(1)))


def unit(values: Any) -> Any:
    """Rows of length 1."""
    op = openvino().opset13
    return op.normalize_l2(values, op.constant(np.array([1], dtype=np.int64)), 1e-12, "max")


def distance_buckets(length: int, buckets: int, furthest: int = 128) -> NDArray[np.int64]:
    """The bucket of each pair of positions (Raffel et al. 2020, section 2.1), of shape (length, length).

    One half of the buckets is for tokens before, one for tokens behind; in each the nearest distances have one bucket
    each, and those further off share buckets that grow with the logarithm of the distance up to `furthest`.
    """
    half = buckets // 2
    exact = half // 2
    distance = np.arange(length)[None, :] - np.arange(length)[:, None]
    size = np.abs(distance)
    with np.errstate(divide="ignore"):
        far = exact + np.log(size / exact) / np.log(furthest / exact) * (half - exact)
    shared = np.minimum(np.where(size < exact, exact, far), half - 1).astype(np.int64)
    found: NDArray[np.int64] = np.where(size < exact, size, shared) + np.where(distance > 0, half, 0)
    return found
