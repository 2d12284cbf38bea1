"""What the reader is trained on: passages as the product cuts them, questions as people ask them."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import save_file

from benchmarks.training.altering import altered
from benchmarks.training.data import Question, pieces
from benchmarks.training.exporting import export
from benchmarks.training.noise import careless, keywords, misheard, noisy, typed
from benchmarks.training.preparing import Group
from benchmarks.training.training import pairs, steps
from embeddings import find_model
from qa.passages import MAX_BYTES
from qa.reader.network import Network
from qa.reader.weights import CONFIDENCE, load_network
from qa.reader.windows import tokenizer

SENTENCES = [f"Keeper number {number} of the light came from the town of Bergen in the north." for number in range(30)]


def question(context: str, *answers: str, text: str = "Who kept the light?") -> Question:
    return Question("q", "here", text, context, tuple((answer, context.index(answer)) for answer in answers))


def test_the_passage_with_the_answer_comes_first() -> None:
    context = " ".join([*SENTENCES, "Ada kept it.", *SENTENCES])
    first, *others = pieces(question(context, "Ada"))
    assert first.answer is not None
    assert first.text[first.answer.start : first.answer.end] == "Ada"
    assert first.answers
    assert len(others) >= 3
    assert all(not other.answers and "Ada" not in other.text for other in others)
    assert all(len(piece.text.encode()) <= MAX_BYTES for piece in (first, *others))


def test_a_part_that_holds_the_answer_too_is_no_near_miss() -> None:
    context = " ".join(["Ada kept it.", *SENTENCES, "Ada left."])
    assert len(pieces(question(context, "Ada"))) < len(pieces(question(context)))


def test_of_several_answers_most_people_decide() -> None:
    made = pieces(
        question("It was Ada Lindqvist of Bergen.", "Ada Lindqvist of Bergen", "Ada Lindqvist", "Ada Lindqvist")
    )
    assert made[0].answer is not None
    assert made[0].text[made[0].answer.start : made[0].answer.end] == "Ada Lindqvist"


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ("Who is the keeper of the light at Skerry Point?", "who keeper light skerry point"),
        ("Who is it?", "Who is it?"),  # too little would be left
    ],
)
def test_keywords(asked: str, kept: str) -> None:
    assert keywords(asked) == kept


def test_careless() -> None:
    assert careless("Who's Ada Lindqvist, the keeper?") == "whos ada lindqvist the keeper"


def test_what_is_misheard_is_written_as_it_sounds() -> None:
    made = {misheard("Who kept the light in Philadelphia in 1905?", random.Random(seed)) for seed in range(60)}
    assert all("nineteen oh five" in each for each in made)
    assert all(each == each.lower() and "?" not in each for each in made)
    assert any("philatelphia" in each for each in made)
    assert any("philadelphia" in each for each in made)
    assert "in eighteen hundred" in misheard("In 1800?", random.Random(0))
    assert "in nineteen seventy three" in misheard("In 1973?", random.Random(0))


@given(st.text(), st.integers())
def test_any_question_can_be_written_less_carefully(text: str, seed: int) -> None:
    assert noisy(text, random.Random(seed)) == noisy(text, random.Random(seed))
    assert abs(len(typed(text, random.Random(seed))) - len(text)) <= 1 + len(text.split(" ")) // 10


PASSAGE = "Napoleon Bonaparte invaded Russia in 1812 with the largest army of its time. He lost."
ELSEWHERE = "Alexander Pushkin, who knew George Smith, was born in 1799."


def test_an_altered_question_differs_in_one_thing_that_the_passage_does_not_have() -> None:
    chance = random.Random(0)
    asked = "When did the largest army of Napoleon Bonaparte invade Russia, in 1812?"
    made = {altered(asked, PASSAGE, "1812", ELSEWHERE, chance) for _ in range(60)} - {None}
    assert len(made) >= 5
    assert asked not in made
    assert any("George Smith" in each for each in made if each)
    assert any("smallest" in each for each in made if each)
    assert any("1799" in each for each in made if each)
    assert altered("Why?", PASSAGE, "He lost", ELSEWHERE, chance) is None


# --- to tokens and batches


def groups(count: int) -> list[Group]:
    context = "The light at Skerry Point was kept by Ada Lindqvist of Bergen for many years."
    answering = pieces(question(context, "Ada Lindqvist"))[0]
    missing = pieces(question("Gulls live on the rock."))[0]
    return [Group("here", f"Who kept light {number}?", (answering, missing)) for number in range(count)]


def test_the_answer_is_found_again_in_its_tokens() -> None:
    tokens = tokenizer(find_model().path)
    ((pair, missing),) = pairs(groups(1), tokens)
    assert tokens.decode(pair.ids[pair.start : pair.end + 1]) == "ada lindqvist"
    assert (missing.start, missing.end, missing.answers) == (0, 0, False)
    assert len(pair.ids) == len(pair.types)


def test_every_group_is_in_one_micro_batch_and_batches_keep_to_their_size() -> None:
    tokens = tokenizer(find_model().path)
    made = pairs(groups(600), tokens)
    planned = list(steps(made, seed=1))
    assert planned == list(steps(made, seed=1))
    assert planned != list(steps(made, seed=2))
    micros = [micro for step in planned for micro in step]
    assert all(len(step) == 6 for step in planned)
    seen = [pair.group for micro in micros for pair in micro]
    assert len(seen) == 2 * len(set(seen))
    for micro in micros:
        assert {pair.group for pair in micro} == {pair.group for pair in micro if pair.answers}
        assert len(micro) * 32 <= 2048  # all are shorter than 32 tokens, and padded to that


def test_weights_survive_being_written(tmp_path: Path) -> None:
    torch.manual_seed(0)
    network = Network(find_model().path)
    trained = {
        name: tensor + 0.01 * torch.randn_like(tensor)
        for name, tensor in network.state_dict().items()
        if not name.startswith("encoder.embeddings.")
    }
    save_file(trained, tmp_path / "model.safetensors")
    (tmp_path / "weights").mkdir()
    (tmp_path / "weights" / CONFIDENCE).write_text("{}")
    path = export(tmp_path / "model.safetensors", tmp_path / "weights")
    assert path.stat().st_size < 25_000_000
    loaded = load_network(tmp_path / "weights").state_dict()
    for name, tensor in trained.items():
        # Of a matrix a difference of some 0.04 at most is rounded to a 127th of it.
        assert (loaded[name] - tensor).abs().max() <= 0.06 / 127, name
    untouched = "encoder.embeddings.word_embeddings.weight"
    assert torch.equal(loaded[untouched], network.state_dict()[untouched])
