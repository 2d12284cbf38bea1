"""The graph against the very networks of transformers, with random weights: every family, any lengths."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
import transformers
from numpy.testing import assert_allclose, assert_array_equal

from embeddings import transformer
from embeddings.program import Form, Program, _instructions, graph, padded

SIZES = {
    "vocab_size": 50,
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 64,
    "max_position_embeddings": 80,
}
ROWS = [[7, 8, 9], [11] * 40, [4], list(range(3, 45))]


def network(family: str, **changed: Any) -> Any:
    torch.manual_seed(0)
    if family == "distilbert":
        config = transformers.DistilBertConfig(
            vocab_size=50, dim=32, n_layers=2, n_heads=4, hidden_dim=64, max_position_embeddings=80, **changed
        )
        made: Any = transformers.DistilBertModel(config)
    elif family == "bert":
        made = transformers.BertModel(transformers.BertConfig(**SIZES, **changed), add_pooling_layer=False)
    elif family == "mpnet":
        made = transformers.MPNetModel(transformers.MPNetConfig(**SIZES, pad_token_id=1), add_pooling_layer=False)
    elif family == "roberta":
        config = transformers.RobertaConfig(**SIZES, pad_token_id=1, type_vocab_size=1)
        made = transformers.RobertaModel(config, add_pooling_layer=False)
    else:
        config = transformers.XLMRobertaConfig(**SIZES, pad_token_id=1, type_vocab_size=1)
        made = transformers.XLMRobertaModel(config, add_pooling_layer=False)
    with torch.no_grad():  # biases and norms that start at 0 and 1 would hide a swap
        for values in made.parameters():
            values += 0.3 * torch.randn_like(values)
    return made.eval()


def weights(made: Any) -> dict[str, np.ndarray]:
    return {name: tensor.numpy() for name, tensor in made.state_dict().items()}


def difference(made: Any, rows: list[list[int]], fill: int = 0) -> float:
    """How far apart graph and network are at any token, where the network's numbers are about 1."""
    encoded = transformer.encoder(made.config, weights(made), "f32")
    program = Program.made(graph(encoded.inputs, [encoded.hidden]), "f32")
    ids, mask = padded(rows, 8, fill)
    ((ours,),) = program.run([(ids, mask)])
    with torch.no_grad():
        theirs = made(input_ids=torch.tensor(ids), attention_mask=torch.tensor(mask)).last_hidden_state.numpy()
    present = mask.astype(bool)
    assert np.abs(theirs[present]).mean() > 0.3
    return float(np.abs(ours - theirs)[present].max())


@pytest.mark.parametrize("family", ["bert", "distilbert", "roberta", "xlm-roberta", "mpnet"])
def test_the_graph_gives_what_the_network_gives(family: str) -> None:
    fill = 0 if family in ("bert", "distilbert") else 1
    # Constants are kept in half precision: three digits.
    assert difference(network(family), ROWS, fill) < 0.02


@pytest.mark.parametrize("activation", ["relu", "gelu_new", "gelu_pytorch_tanh"])
def test_other_activations(activation: str) -> None:
    assert difference(network("bert", hidden_act=activation), ROWS) < 0.02


def test_token_types_count_where_they_are_given() -> None:
    made = network("bert")
    encoded = transformer.encoder(made.config, weights(made), "f32", types=True)
    program = Program.made(graph(encoded.inputs, [encoded.hidden]), "f32")
    ids, mask = padded([[5, 6, 7, 8]], 4)
    types = np.array([[0, 0, 1, 1]], dtype=np.int32)
    ((ours,),) = program.run([(ids, mask, types)])
    with torch.no_grad():
        theirs = made(torch.tensor(ids), torch.tensor(mask), token_type_ids=torch.tensor(types)).last_hidden_state
    assert_allclose(ours, theirs.numpy(), atol=0.02)


def test_padding_does_not_count() -> None:
    made = network("bert")
    encoded = transformer.encoder(made.config, weights(made), "f32")
    program = Program.made(graph(encoded.inputs, [transformer.mean_pooled(encoded)]), "f32")
    ((alone,), (together,)) = program.run([padded([[5, 6, 7]], 1), padded([[5, 6, 7], [9] * 30], 1)])
    assert_allclose(together[0], alone[0], atol=1e-4)


@pytest.mark.skipif("vnni" not in " ".join(_instructions()), reason="this processor has no instructions for 8 bits")
def test_the_8_bit_form_runs() -> None:
    made = network("bert")
    encoded = transformer.encoder(made.config, weights(made), "int8")
    written = graph(encoded.inputs, [encoded.hidden])
    ids, mask = padded(ROWS, 8)
    ((plain,),), ((small,),) = (Program.made(written, form).run([(ids, mask)]) for form in ("f32", "int8"))
    apart = np.abs(plain - small)[mask.astype(bool)]
    assert 0 < apart.mean() < 0.1


@pytest.mark.parametrize("family", ["roberta", "mpnet"])
def test_padding_that_stands_in_a_text_has_no_position(family: str) -> None:
    assert difference(network(family), [[7, 1, 8, 9], [5, 6, 1, 1, 4]], fill=1) < 0.02


@pytest.mark.parametrize(("form", "most"), [("bf16", 0.03), ("int8", 0.1)])
def test_in_8_bits_it_stays_near(form: Form, most: float) -> None:
    # In bf16 the tokens' own vectors are in 8 bits, in int8 every matrix is.
    made = network("bert")
    encoded = transformer.encoder(made.config, weights(made), form)
    ids, mask = padded(ROWS, 8)
    ((ours,),) = Program.made(graph(encoded.inputs, [encoded.hidden]), "f32").run([(ids, mask)])
    with torch.no_grad():
        theirs = made(torch.tensor(ids), torch.tensor(mask)).last_hidden_state.numpy()
    apart = np.abs(ours - theirs)[mask.astype(bool)]
    assert 0.001 < apart.mean() < most


def test_a_token_in_8_bits_is_off_by_half_a_step_at_most() -> None:
    # The largest number of a row is 127 steps.
    rows = np.array([[1.27, 0.014, -0.6], [0, 0, 0], [-2.54, 2.549, 0.009]], dtype=np.float32)
    small, scale = transformer._in_8_bits(rows)
    assert small.tolist()[0] == [127, 1, -60]
    assert scale[0, 0] == pytest.approx(0.01)
    assert (np.abs(small * scale - rows) <= scale / 2 + 1e-7).all()


def test_pooling_by_hand() -> None:
    # Two texts of two and one tokens, width 2: the mean of (1, 2) and (3, 4) is (2, 3); of (5, 6) alone itself.
    from embeddings.runtime import openvino

    op = openvino().opset13
    ids, mask = (op.parameter([-1, -1], np.int32, name) for name in ("ids", "mask"))
    table = op.constant(np.array([[0, 0], [1, 2], [3, 4], [5, 6]], dtype=np.float32))
    hidden = op.gather(table, ids, op.constant(np.int32(0)))
    encoded = transformer.Encoded([ids, mask], hidden, op.convert(mask, "f32"))
    mean = transformer.mean_pooled(encoded)
    outputs = [mean, transformer.first_token(encoded), transformer.unit(mean)]
    ((means, firsts, units),) = Program.made(graph([ids, mask], outputs), "f32").run([padded([[1, 2], [3]], 2)])
    assert_allclose(means, [[2, 3], [5, 6]])
    assert_allclose(firsts, [[1, 2], [5, 6]])
    assert_allclose(units, [[2 / 13**0.5, 3 / 13**0.5], [5 / 61**0.5, 6 / 61**0.5]], rtol=1e-5)


def test_buckets_of_distance_by_hand() -> None:
    found = transformer.distance_buckets(200, 32)
    # Seven places before: its own bucket. Sixteen: 8 + log(16/8) / log(128/8) * 8 = 10. Sixty: 8 + 5.8. Then the last.
    assert [found[150, at] for at in (150, 149, 143, 134, 90, 0)] == [0, 1, 7, 10, 13, 15]
    # Behind: the same in the other half.
    assert [found[50, at] for at in (51, 57, 66)] == [17, 23, 26]
    assert_array_equal(found[3:, 3:], found[:-3, :-3])


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"model_type": "t5"}, "networks of the kind t5 are not known"),
        ({"hidden_act": "silu"}, "its activation silu is not known"),
        ({"position_embedding_type": "relative_key"}, "its positions are not absolute"),
        ({"is_decoder": True}, "it is a decoder"),
        ({"model_type": "roberta", "pad_token_id": None}, "it does not say what its padding is"),
    ],
)
def test_other_networks_are_refused(changed: dict[str, Any], sentence: str) -> None:
    made = network("bert")
    for name, value in changed.items():
        setattr(made.config, name, value)
    with pytest.raises(ValueError, match=sentence):
        transformer.encoder(made.config, weights(made), "f32")
