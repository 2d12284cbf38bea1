"""Conversations as Markdown and as proofs: footnotes of one count, and `pincite verify` checks each on the files."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from talking import HERONS, answer, answers, document, proof, unanswered

from qa import exports
from qa.assistant import Assistant
from qa.cli.main import cli
from qa.library import Library
from qa.talk import Conversation, Conversations, Turn, as_json_lines, as_markdown, database, file_name
from qa.talk.turns import UNREADABLE
from qa.types import Answer

FISH = answer(
    question="What do herons eat?",
    text="Herons eat small fish at dawn. [1] They build nests. [2]",
    short="small fish",
    citations=(document().cite(0, 30, 1), document().cite(32, 65, 2)),
)


def conversation(*turns: Turn, title: str = "Herons") -> Conversation:
    return Conversation("x" * 22, title, database.now(), database.now(), turns)


def kept(given: Answer, question: str = "") -> Turn:
    return Turn(question or given.question, proof(given))


# --- Markdown


def test_markdown_by_hand() -> None:
    made = conversation(
        kept(answer()),
        kept(unanswered()),
        Turn("*What* failed?", None, "The store is <empty>: put documents in."),
        kept(replace(FISH, question="And what do they eat?", asked="What do *herons* eat?")),
        title="Herons & *friends*",
    )
    assert as_markdown(made) == (
        "# Herons &#38; &#42;friends&#42;\n"
        "\n"
        "## Where do herons build nests?\n"
        "\n"
        "Confidence: 88%\n"
        "\n"
        "**tall reeds**\n"
        "\n"
        "Herons build nests in tall reeds. [^1]\n"
        "\n"
        "[^1]: Herons (`herons.txt`), line 3: “Herons build nests in tall reeds.”\n"
        "\n"
        "## Who painted the bridge?\n"
        "\n"
        "The sources do not answer this.\n"
        "\n"
        "In no document: painted, bridge\n"
        "\n"
        "## &#42;What&#42; failed?\n"
        "\n"
        "The store is &#60;empty&#62;: put documents in.\n"
        "\n"
        "## And what do they eat?\n"
        "\n"
        "Searched for: What do &#42;herons&#42; eat?\n"
        "\n"
        "Confidence: 88%\n"
        "\n"
        "**small fish**\n"
        "\n"
        "Herons eat small fish at dawn. [^2] They build nests. [^3]\n"
        "\n"
        "[^2]: Herons (`herons.txt`), line 1: “Herons eat small fish at dawn.”\n"
        "\n"
        "[^3]: Herons (`herons.txt`), line 3: “Herons build nests in tall reeds.”\n"
    )


def test_an_empty_conversation_has_a_title() -> None:
    assert as_markdown(conversation(title="")) == "# Conversation\n"
    assert as_json_lines(conversation()) == ""


def test_an_answer_that_cannot_be_read_is_its_question_and_a_notice() -> None:
    made = as_markdown(conversation(Turn("Why?", None, UNREADABLE)))
    assert made.endswith(f"## Why?\n\n{UNREADABLE}\n")


def test_links_go_with_their_footnotes() -> None:
    address = "https://example.org/herons.html#:~:text=Herons%20build"
    linked = Turn("Where?", exports.json(answer(), links={1: address}))
    made = as_markdown(conversation(kept(FISH), linked))
    assert f"line 3: “Herons build nests in tall reeds.” [Open it at these words]({address})\n" in made
    assert made.count("Open it at") == 1
    hostile = Turn("Where?", exports.json(answer()))
    hostile.answer["citations"][0]["link"] = "javascript:alert(1)"  # type: ignore[index]
    assert "javascript" not in as_markdown(conversation(hostile))


def test_what_looks_like_a_footnote_is_none() -> None:
    """The second answer's `[1]` must not become the first one's footnote, nor `[2]` its own."""
    odd = answer(text="Herons build nests. [7] As in [1] and [2].", citations=(document().cite(32, 65, 7),))
    made = as_markdown(conversation(kept(answer()), kept(odd)))
    assert "Herons build nests. [^2] As in (1) and (2)." in made


@given(st.lists(answers(), max_size=4))
@settings(max_examples=60, deadline=None)
def test_footnotes_are_numbered_through_the_whole(made: list[Answer]) -> None:
    markdown = as_markdown(conversation(*map(kept, made)))
    numbers = [str(number) for number in range(1, sum(len(each.citations) for each in made) + 1)]
    assert re.findall(r"^\[\^([0-9]+)\]: ", markdown, re.MULTILINE) == numbers
    assert re.findall(r"\[\^([0-9]+)\](?!: )", markdown) == numbers


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("How high is the tower?", "how-high-is-the-tower"),
        ("Où est l’étang n°2", "ou-est-letang-n2"),
        ('../../"evil"\r\nx: y', "evil-x-y"),
        ("塔は？", "conversation"),
        ("", "conversation"),
        ("word " * 40, "word-word-word-word-word-word-word-word-word-word-word-word"),
    ],
)
def test_the_file_has_the_name_of_the_title(title: str, name: str) -> None:
    assert file_name(conversation(title=title)) == name


# --- proofs


def test_each_line_is_what_was_kept() -> None:
    made = as_json_lines(conversation(kept(answer()), Turn("?", None, "no"), Turn("?", {"a": 1}), kept(unanswered())))
    assert [json.loads(line) for line in made.splitlines()] == [proof(answer()), proof(unanswered())]


@given(st.lists(answers(), max_size=3))
@settings(max_examples=60, deadline=None)
def test_there_are_as_many_lines_as_answers(made: list[Answer]) -> None:
    lines = as_json_lines(conversation(*map(kept, made))).encode().split(b"\n")
    assert [json.loads(line) for line in lines[:-1]] == list(map(proof, made))
    assert lines[-1] == b""


@pytest.fixture
def exported(library: Library, tmp_path: Path) -> Path:
    """What was asked of two files, kept, and exported."""
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "herons.txt").write_text(HERONS)
    (folder / "foxes.md").write_text("# Foxes\n\nFoxes dig dens under old oaks. They are shy.\n")
    library.add([folder])
    assistant = Assistant(library, threshold=0.0)
    conversations = Conversations(library.store.folder)
    id_ = conversations.begin().id
    for question in ("Where do herons build nests in tall reeds?", "Where do foxes dig dens under old oaks?"):
        conversations.append(id_, Turn(question, exports.json(assistant.ask(question))))
    conversations.append(id_, Turn("", None, "The question is empty: ask something."))
    conversations.append(id_, Turn("?", exports.json(replace(assistant.ask("Who?"), answered=False, citations=()))))
    again = conversations.get(id_)
    assert again is not None
    path = tmp_path / "conversation.jsonl"
    path.write_bytes(as_json_lines(again).encode())
    return path


def verified(path: Path) -> tuple[int, str]:
    result = CliRunner().invoke(cli, ["verify", str(path), "--root", str(path.parent / "docs")], prog_name="pincite")
    return result.exit_code, result.output


def test_what_is_exported_is_verified_on_the_files(exported: Path) -> None:
    first, second, third = map(json.loads, exported.read_text().splitlines())
    count = len(first["citations"]) + len(second["citations"])
    assert count >= 2
    assert third["citations"] == []
    status, said = verified(exported)
    assert (status, said) == (0, f"{count} citations of 3 answers: {count} exact, 0 moved, 0 changed, 0 missing.\n")


def test_what_a_file_says_no_more_is_found(exported: Path) -> None:
    (exported.parent / "docs" / "herons.txt").write_text(HERONS.replace("tall reeds", "old trees"))
    status, said = verified(exported)
    assert status == 1
    assert "these words are not in it any more. “Herons build nests in tall reeds.”" in said
