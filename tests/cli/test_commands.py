"""Every command on its good days: what it prints for people and for programs, and what it exits with."""

from __future__ import annotations

import hashlib
import json
import os
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from qa.calibration import published
from qa.errors import PinciteError

HERONS = "Herons eat small fish at dawn.\n\nHerons build nests in tall reeds.\n"
FOXES = "# Foxes\n\nFoxes dig dens under old oaks. They are shy.\n"
HERONS_SHA = hashlib.sha256(HERONS.encode()).hexdigest()


def document(result: Result) -> dict[str, Any]:
    """The one JSON document on stdout, with nothing on stderr."""
    assert result.stderr == ""
    value = json.loads(result.stdout)
    assert isinstance(value, dict)
    return value


# --- index


def test_index_names_every_file(run: Any, docs: Path) -> None:
    result = run("index", docs)
    assert result.exit_code == 0
    assert result.stderr == ""
    lines = result.stdout.splitlines()
    assert lines[0] == "added     foxes.md  1 passage, 54 characters"
    assert lines[1] == "added     water/herons.txt  2 passages, 66 characters"
    assert re.fullmatch(r"Indexed 2, unchanged 0, failed 0, removed 0\. 3 passages in \d+\.\d s\.", lines[2])
    assert len(lines) == 3


def test_index_json(run: Any, docs: Path) -> None:
    receipt = document(run("index", docs, "--json"))
    assert receipt["seconds"] >= 0
    del receipt["seconds"]
    foxes_id, herons_id = (hashlib.sha256(text.encode()).hexdigest()[:16] for text in (FOXES, HERONS))
    assert receipt == {
        "added": [
            {"source": "foxes.md", "id": foxes_id, "passages": 1, "characters": 54},
            {"source": "water/herons.txt", "id": herons_id, "passages": 2, "characters": 66},
        ],
        "updated": [],
        "unchanged": 0,
        "removed": [],
        "failed": [],
        "skipped": {},
        "passages": 3,
    }


def test_index_again_does_nothing(run: Any, indexed: Path, contents: Any) -> None:
    before = contents()
    receipt = document(run("index", indexed, "--json"))
    assert (receipt["added"], receipt["updated"], receipt["unchanged"]) == ([], [], 2)
    assert contents() == before


def test_index_a_file_by_itself_shows_its_name(run: Any, docs: Path) -> None:
    receipt = document(run("index", docs / "water" / "herons.txt", "--json"))
    assert [entry["source"] for entry in receipt["added"]] == ["herons.txt"]


def test_index_brings_changes_up_to_date(run: Any, indexed: Path) -> None:
    herons = indexed / "water" / "herons.txt"
    before = {row["source"]: row for row in document(run("sources", "--json"))["sources"]}
    herons.write_text(HERONS.replace("small fish", "large frogs"))
    (indexed / "foxes.md").unlink()
    (indexed / "owls.txt").write_text("Owls hunt by ear.")

    receipt = document(run("index", indexed, "--json"))
    assert [entry["source"] for entry in receipt["added"]] == ["owls.txt"]
    assert [entry["source"] for entry in receipt["updated"]] == ["water/herons.txt"]
    assert [(entry["source"], entry["note"]) for entry in receipt["removed"]] == [("foxes.md", "the file is gone")]

    after = {row["source"]: row for row in document(run("sources", "--json"))["sources"]}
    assert set(after) == {"owls.txt", "water/herons.txt"}
    assert after["water/herons.txt"]["id"] == before["water/herons.txt"]["id"]
    assert after["water/herons.txt"]["sha256"] == hashlib.sha256(herons.read_bytes()).hexdigest()
    assert "large frogs" in document(run("ask", "What do herons eat?", "--json"))["text"]
    assert run("ask", "Where do foxes dig?", "--json").exit_code == 3


def test_one_bad_file_stops_nothing(run: Any, docs: Path) -> None:
    (docs / "binary.txt").write_bytes(b"PK\x03\x04\x00\x00\x00 not text")
    (docs / "latin.md").write_bytes(b"\xef\xbb\xbfcaf\xe9 au lait")
    (docs / "empty.txt").write_text(" \n\n")

    result = run("index", docs)
    assert result.exit_code == 0
    for line in (
        "failed    binary.txt: it holds NUL characters, so it is a binary file and not text, whatever its name says.",
        "failed    latin.md: it is not valid UTF-8: byte 0xe9 at 6. Save it as UTF-8 and index it again.",
        "failed    empty.txt: there is no text in it.",
    ):
        assert line in result.stdout.splitlines()
    assert "Indexed 2, unchanged 0, failed 3, removed 0." in result.stdout

    receipt = document(run("index", docs, "--json"))
    assert {failure["source"] for failure in receipt["failed"]} == {"binary.txt", "latin.md", "empty.txt"}
    assert receipt["unchanged"] == 2


def test_the_same_content_twice_is_one_document(run: Any, indexed: Path) -> None:
    (indexed / "copy.txt").write_text(HERONS)
    receipt = document(run("index", indexed, "--json"))
    assert [(entry["source"], entry["note"]) for entry in receipt["added"]] == [
        ("copy.txt", "the same content as water/herons.txt")
    ]
    assert document(run("status", "--json"))["documents"] == 2


# --- ask


def test_ask_json_is_as_designed(run: Any, indexed: Path) -> None:
    result = run("ask", "What do herons eat?", "--json")
    answer = document(result)
    assert result.exit_code == 0
    assert set(answer["timings_ms"]) == {"retrieve", "read", "total"}
    assert all(value >= 0 for value in answer["timings_ms"].values())
    reference = {
        "id": HERONS_SHA[:16],
        "title": "herons",
        "source": "water/herons.txt",
        "sha256": HERONS_SHA,
    }
    hits = answer.pop("hits")
    del answer["timings_ms"]
    assert answer == {
        "question": "What do herons eat?",
        "asked": "What do herons eat?",
        "answered": True,
        "text": "Herons eat small fish at dawn. [1]",
        "short": "Herons eat small fish at dawn.",
        "confidence": 0.99,
        "missing": [],
        "citations": [
            {
                "number": 1,
                "document": reference,
                "start": 0,
                "end": 30,
                "quote": "Herons eat small fish at dawn.",
                "prefix": "",
                "suffix": "\n\nHerons build nests in tall ree",
                "page": None,
                "line": 1,
                "place": None,
                "verdict": "exact",
                "file_changed": False,
                "link": None,
            }
        ],
    }
    assert [hit["rank"] for hit in hits] == [1, 2, 3]
    first = hits[0]
    assert first["document"] == reference
    assert (first["start"], first["end"], first["text"]) == (0, 30, "Herons eat small fish at dawn.")
    assert first["page"] is None
    assert set(first["scores"]) >= {"dense", "lexical"}
    for hit in hits:
        assert all(score == round(score, 4) for score in (hit["score"], *hit["scores"].values()))


def test_ask_cites_what_stands_in_the_file(run: Any, indexed: Path) -> None:
    answer = document(run("ask", "Where do foxes dig?", "--json"))
    (citation,) = answer["citations"]
    text = (indexed / citation["document"]["source"]).read_text()
    assert text[citation["start"] : citation["end"]] == citation["quote"] == "Foxes dig dens under old oaks."
    assert citation["line"] == 3
    assert citation["document"]["title"] == "Foxes"


def test_ask_for_people(run: Any, indexed: Path) -> None:
    result = run("ask", "What do herons eat?")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == (
        "Herons eat small fish at dawn. [1]\n"
        "\n"
        "[1] water/herons.txt, line 1, characters 0 to 30\n"
        "    “Herons eat small fish at dawn.”\n"
        "\n"
        "confidence 0.99\n"
    )


def test_ask_what_is_not_answered_exits_with_3(run: Any, indexed: Path) -> None:
    result = run("ask", "Do herons play chess?", "--json")
    assert result.exit_code == 3
    answer = document(result)
    assert (answer["answered"], answer["text"], answer["short"], answer["citations"]) == (False, "", "", [])
    assert answer["confidence"] == 0.01
    assert answer["missing"] == ["play", "chess"]
    assert answer["hits"]


def test_ask_what_is_not_answered_for_people(run: Any, indexed: Path) -> None:
    result = run("ask", "Do herons play chess?")
    assert (result.exit_code, result.stderr) == (3, "")
    lines = result.stdout.splitlines()
    assert lines[:4] == [
        "The sources do not answer this.",
        "In no document: play, chess",
        "",
        "The nearest passages:",
    ]
    assert re.fullmatch(r"1\. (foxes\.md|water/herons\.txt), line \d", lines[5])
    assert lines[-4:] == [
        "To keep it as an open question:",
        "  pincite gold add FILE --tag open --question 'Do herons play chess?'",
        "",
        "confidence 0.01",
    ]


# --- search


def test_search_json(run: Any, indexed: Path) -> None:
    found = document(run("search", "tall reeds", "--json"))
    assert list(found) == ["question", "hits", "timings_ms"]
    assert found["question"] == "tall reeds"
    assert [hit["rank"] for hit in found["hits"]] == [1, 2, 3]
    assert found["hits"][0]["text"] == "Herons build nests in tall reeds."
    assert 0 < found["hits"][0]["score"] <= 1
    assert found["timings_ms"]["total"] >= 0


@pytest.mark.parametrize(("k", "count"), [("1", 1), ("2", 2), ("3", 3), ("1000", 3)])
def test_search_k(run: Any, indexed: Path, k: str, count: int) -> None:
    assert len(document(run("search", "herons", "-k", k, "--json"))["hits"]) == count


def test_search_for_people(run: Any, indexed: Path) -> None:
    result = run("search", "tall reeds", "-k", "1")
    assert (result.exit_code, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert lines[0] == "1. water/herons.txt, line 3"
    assert re.fullmatch(r"   score 0\.\d\d \(dense \d\.\d\d, lexical \d\.\d\d\); words tall, reeds", lines[1])
    assert lines[2] == "   Herons build nests in tall reeds."


# --- filters and tags


def test_tags_and_filters(run: Any, indexed: Path) -> None:
    result = run("index", indexed / "water", "--tag", "Birds", "--tag", "#nests")
    assert (result.exit_code, result.stderr) == (0, "")
    assert [row["tags"] for row in document(run("sources", "--json"))["sources"]] == [[], ["birds", "nests"]]
    assert run("sources").stdout.splitlines()[1].endswith("  #birds  #nests")
    hits = document(run("search", "foxes", "--tag", "birds", "--json"))["hits"]
    assert {hit["document"]["source"] for hit in hits} == {"herons.txt"}
    assert document(run("ask", "Who builds nests in reeds?", "--document", "foxes.md", "--json"))["answered"] is False
    result = run("search", "foxes", "--since", "2200")
    assert (result.exit_code, result.stdout) == (0, "Nothing was found.\n")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--tag", "fish"), "No document has the tag fish. Tags in this store: none."),
        (("--document", "owls.txt"), "Nothing is indexed under the name owls.txt: see pincite sources."),
        (("--since", "May"), "since 'May' is not a date"),
        (("-k", "0"), "The number of passages must be between 1 and 1000, not 0."),
    ],
)
def test_what_cannot_be_filtered_by_is_told(run: Any, indexed: Path, options: tuple[str, ...], sentence: str) -> None:
    result = run("search", "foxes", *options)
    assert (result.exit_code, result.stdout) == (2, "")
    assert sentence in result.stderr


def test_the_type_of_the_index_is_chosen(run: Any, indexed: Path) -> None:
    before = document(run("search", "tall reeds", "--json"))["hits"]
    assert run("index", indexed, "--index-type", "compressed").exit_code == 0
    assert "search     compressed, chosen by a person" in run("status").stdout
    assert document(run("search", "tall reeds", "--json"))["hits"] == before
    assert run("index", indexed, "--index-type", "hnsw").exit_code == 2


# --- sources, status, check


def test_sources(run: Any, indexed: Path) -> None:
    rows = document(run("sources", "--json"))["sources"]
    today = datetime.fromtimestamp((indexed / "foxes.md").stat().st_mtime, UTC).date().isoformat()
    assert rows == [
        {
            "id": hashlib.sha256(FOXES.encode()).hexdigest()[:16],
            "title": "Foxes",
            "source": "foxes.md",
            "sha256": hashlib.sha256(FOXES.encode()).hexdigest(),
            "passages": 1,
            "path": str(indexed / "foxes.md"),
            "date": today,
            "tags": [],
        },
        {
            "id": HERONS_SHA[:16],
            "title": "herons",
            "source": "water/herons.txt",
            "sha256": HERONS_SHA,
            "passages": 2,
            "path": str(indexed / "water" / "herons.txt"),
            "date": today,
            "tags": [],
        },
    ]
    lines = run("sources").stdout.splitlines()
    assert lines[0].split() == [rows[0]["id"], "foxes.md", "1", "passage", "Foxes"]
    assert lines[1].split() == [rows[1]["id"], "water/herons.txt", "2", "passages", "herons"]
    assert lines[2] == "2 sources."


def test_status(run: Any, indexed: Path, store: Path) -> None:
    facts = document(run("status", "--json"))
    assert (facts["store"], facts["documents"], facts["sources"], facts["passages"]) == (str(store), 2, 2, 3)
    assert facts["model"] == {"name": "words", "location": "words", "fingerprint": "words-64", "dimension": 64}
    on_disk = sum(file.stat().st_size for file in store.rglob("*") if file.is_file())
    assert 0 < facts["index"]["bytes"] < facts["bytes"] <= on_disk
    assert Path(facts["index"]["file"]).is_file()

    lines = run("status").stdout.splitlines()
    assert lines[:4] == [
        f"store      {store}",
        "documents  2 from 2 sources",
        "passages   3",
        "model      words, 64 dimensions",
    ]
    assert lines[4] == "search     exact, chosen by the number of passages"
    assert lines[5].startswith("answers    from a confidence of 0.")
    assert facts["answers"] == {"threshold": published().threshold, "promise": None}


def test_check_of_a_whole_store(run: Any, indexed: Path) -> None:
    assert document(run("check", "--json")) == {"ok": True, "damage": [], "notes": []}
    result = run("check")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "The store is whole.\n", "")


def test_check_notes_files_that_moved_on_and_exits_with_0(run: Any, indexed: Path) -> None:
    (indexed / "foxes.md").unlink()
    (indexed / "water" / "herons.txt").write_text("Herons have flown.")
    (indexed / "owls.txt").write_text("Owls hunt by ear.")
    result = run("check", "--json")
    assert result.exit_code == 0
    report = document(result)
    assert report["ok"] is True
    assert report["damage"] == []
    assert sorted(report["notes"]) == sorted(
        [
            f"{indexed / 'foxes.md'} is gone since it was indexed",
            f"{indexed / 'water' / 'herons.txt'} has changed since it was indexed",
            f"{indexed / 'owls.txt'} is new: index {indexed} again",
        ]
    )
    assert run("check").stdout.splitlines()[-1] == "The store is whole."


def test_check_of_damage_exits_with_1(run: Any, indexed: Path, store: Path) -> None:
    index = store / "index" / "vectors.faiss"
    data = bytearray(index.read_bytes())
    data[-1] ^= 1
    index.write_bytes(data)
    result = run("check", "--json")
    assert result.exit_code == 1
    report = document(result)
    assert report["ok"] is False
    assert str(index) in report["damage"][0]
    told = run("check")
    assert told.exit_code == 1
    assert told.stdout.splitlines()[-1] == "The store is damaged."
    # Questions are answered from the store all the same, and the next writer puts the file right.
    assert run("ask", "What do herons eat?").exit_code == 0
    assert run("index", indexed).exit_code == 0
    assert run("check").exit_code == 0


def test_check_of_a_record_that_is_none_exits_with_1(run: Any, indexed: Path, store: Path) -> None:
    for file in store.glob("store.db*"):
        file.unlink()
    (store / "store.db").write_bytes(b"this is no database, whatever its name says" * 100)
    result = run("check")
    assert result.exit_code == 1
    assert str(store / "store.db") in result.stdout
    told = run("ask", "What do herons eat?")
    assert told.exit_code == 2
    assert f"pincite check --store {store}" in told.stderr


# --- remove


@pytest.mark.parametrize("way", ["id", "path", "source", "file name", "title"])
def test_remove_by_any_name(run: Any, indexed: Path, way: str) -> None:
    name = {
        "id": HERONS_SHA[:16],
        "path": str(indexed / "water" / "herons.txt"),
        "source": "water/herons.txt",
        "file name": "herons.txt",
        "title": "herons",
    }[way]
    result = run("remove", name, "--json")
    assert result.exit_code == 0
    (entry,) = document(result)["removed"]
    assert (entry["source"], entry["id"], entry["passages"]) == ("water/herons.txt", HERONS_SHA[:16], 2)
    assert "comes back when its folder is indexed again" in entry["note"]
    assert (indexed / "water" / "herons.txt").read_text() == HERONS

    assert [row["source"] for row in document(run("sources", "--json"))["sources"]] == ["foxes.md"]
    assert run("ask", "What do herons eat?").exit_code == 3
    assert all("eron" not in hit["text"] for hit in document(run("search", "herons", "--json"))["hits"])
    assert [entry["source"] for entry in document(run("index", indexed, "--json"))["added"]] == ["water/herons.txt"]
    assert run("ask", "What do herons eat?").exit_code == 0


def test_remove_a_folder(run: Any, indexed: Path) -> None:
    (indexed / "water" / "swans.txt").write_text("Swans nest on water.")
    run("index", indexed)
    result = run("remove", indexed / "water")
    assert result.exit_code == 0
    assert [line.split()[:2] for line in result.stdout.splitlines()] == [
        ["removed", "water/herons.txt"],
        ["removed", "water/swans.txt"],
    ]
    assert "still there and comes back when its folder is indexed again" in result.stdout
    assert [row["source"] for row in document(run("sources", "--json"))["sources"]] == ["foxes.md"]


def test_remove_a_folder_by_a_relative_path(run: Any, indexed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(indexed)
    assert len(document(run("remove", "water", "--json"))["removed"]) == 1


def test_remove_a_file_that_is_gone_says_nothing_of_coming_back(run: Any, indexed: Path) -> None:
    (indexed / "foxes.md").unlink()
    result = run("remove", "foxes.md")
    assert (result.exit_code, result.stdout) == (0, "removed   foxes.md\n")


def test_the_index_file_may_be_deleted_at_any_moment(run: Any, indexed: Path, store: Path) -> None:
    index = store / "index" / "vectors.faiss"
    index.unlink()
    assert document(run("check", "--json"))["ok"] is True
    assert run("ask", "What do herons eat?").exit_code == 0
    assert run("index", indexed).exit_code == 0
    assert index.is_file()
    assert document(run("check", "--json")) == {"ok": True, "damage": [], "notes": []}


def test_remove_several(run: Any, indexed: Path) -> None:
    result = run("remove", "foxes.md", "herons.txt", "--json")
    assert result.exit_code == 0
    assert [entry["source"] for entry in document(result)["removed"]] == ["foxes.md", "water/herons.txt"]


# --- chat


def test_chat_indexes_and_opens_the_page(run: Any, docs: Path, door: dict[str, Any]) -> None:
    result = run("chat", docs)
    assert result.exit_code == 0
    host, port = door["address"]
    assert host == "127.0.0.1"
    assert f"Pincite is open at http://127.0.0.1:{port} (stop it with Ctrl+C)" in result.stdout
    assert "added     foxes.md" in result.stdout
    assert door["browser"] == [f"http://127.0.0.1:{port}"]
    assert door["answer"].text == "Herons eat small fish at dawn. [1]"
    assert door["shown"] == "2 documents, 3 passages, all on this machine"
    assert door["examples"] == ()  # they are about the demo's documents


def test_chat_without_a_browser(run: Any, docs: Path, door: dict[str, Any]) -> None:
    assert run("chat", docs, "--no-browser").exit_code == 0
    assert door["browser"] == []


def test_chat_without_a_path_opens_the_demo_in_an_empty_store(run: Any, door: dict[str, Any]) -> None:
    from seeds import CORPUS, EXAMPLES

    result = run("chat", "--no-browser")
    assert result.exit_code == 0
    assert door["examples"] == EXAMPLES
    names = {row["source"] for row in document(run("sources", "--json"))["sources"]}
    assert names == {file.name for file in CORPUS.iterdir()}


def test_chat_without_a_path_leaves_a_store_with_documents_alone(
    run: Any, indexed: Path, door: dict[str, Any], contents: Any
) -> None:
    before = contents()
    assert run("chat", "--no-browser").exit_code == 0
    assert contents() == before
    assert door["examples"] == ()


def test_chat_opens_the_collection_that_is_named(run: Any, docs: Path, store: Path, door: dict[str, Any]) -> None:
    assert run("index", docs / "foxes.md").exit_code == 0
    door["collection"] = "Wading birds"
    result = run("chat", docs / "water", "--collection", "Wading birds")
    assert result.exit_code == 0
    _, port = door["address"]
    assert door["browser"] == [f"http://127.0.0.1:{port}/?collection=Wading+birds"]
    assert f"Pincite is open at http://127.0.0.1:{port}/?collection=Wading+birds (stop" in result.stdout
    assert door["shown"] == "1 document, 2 passages, all on this machine"
    assert door["answer"].text == "Herons eat small fish at dawn. [1]"
    names = [row["source"] for row in document(run("sources", "--json"))["sources"]]
    assert names == ["foxes.md"]  # the first collection is left as it was
    assert (store / "collections" / "Wading birds" / "store.db").is_file()


def test_the_page_opens_each_collection_by_its_name_and_no_other(run: Any, indexed: Path, door: dict[str, Any]) -> None:
    assert run("index", indexed / "foxes.md", "--collection", "shy").exit_code == 0

    def look(seen: dict[str, Any]) -> None:
        page = seen["collections"]
        assert page.names == ("shy",)
        assert [row.name for row in page.get("shy").assistant.library.sources()] == ["foxes.md"]
        assert len(page.get().assistant.library.sources()) == 2
        assert page.get("shy").folder != page.get().folder
        with pytest.raises(PinciteError, match="There is no such collection"):
            page.get("bold")
        seen["opened"] = [page.get(name).assistant.library for name in ("", "shy")]

    door["while"] = look
    assert run("chat", "--no-browser").exit_code == 0
    assert [library.store._idle.empty() for library in door["opened"]] == [True, True]  # closed with the page


# --- places


def test_the_store_can_be_named_by_the_environment(docs: Path, tmp_path: Path, pincite: Any) -> None:
    place = tmp_path / "elsewhere"
    done = pincite("sources", "--json", PINCITE_STORE=str(place))
    assert done.returncode == 2
    assert str(place).encode() in done.stderr
    assert not place.exists()


def test_a_file_named_from_another_folder_is_the_same_file(
    run: Any, indexed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(indexed / "water")
    receipt = document(run("index", f"..{os.sep}foxes.md", "--json"))
    assert receipt["unchanged"] == 1
