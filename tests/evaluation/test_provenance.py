"""What a run says that it was made from."""

from __future__ import annotations

import importlib
import json
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from qa import Assistant, Library, Retriever
from qa.evaluation.provenance import differences, provenance
from qa.evaluation.report import QuestionScore
from qa.gold import Evidence

ROWS = (
    QuestionScore("a", "Who?", (), ("a heron",), True, True, "a heron", {"f1": 1.0}),
    QuestionScore("b", "Where?", (), (), True, False, "", {}, wanted=(Evidence("lakes.txt", "at dawn"),)),
)


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "lakes.txt").write_text("Herons eat at dawn.\n\nHerons nest in reeds.")
    (folder / "hills.txt").write_text("Foxes dig dens.")
    return folder


def made_from(answerer: Assistant | Retriever | None, *rows: QuestionScore, seed: int = 0) -> dict[str, Any]:
    value = provenance(answerer, rows or ROWS, gold="gold.jsonl", seed=seed)
    assert json.loads(json.dumps(value)) == value
    return value


def test_an_assistant(library: Library, docs: Path, encoder: Any) -> None:
    library.add([docs])
    value = made_from(Assistant(library, k=7, threshold=0.25), seed=3)
    assert list(value) == ["gold", "settings", "store", "versions", "seed"]
    assert (value["gold"]["file"], value["gold"]["questions"], value["seed"]) == ("gold.jsonl", 2, 3)
    settings = value["settings"]
    assert (settings["retriever"], settings["k"], settings["threshold"]) == ("fused", 7, 0.25)
    assert (settings["reader"], settings["calibration"]) == ("QuotingReader", {"slope": 1.0, "offset": 0.0})
    store = value["store"]
    assert (store["documents"], store["passages"]) == (2, 3)
    assert store["model"] == {"name": encoder.name, "fingerprint": encoder.fingerprint}
    assert value["versions"]["python"] == platform.python_version()
    assert value["versions"]["pincite"] == version("pincite")
    assert value["versions"].keys() >= {"torch", "faiss-cpu", "sentence-transformers", "numpy"}


def test_a_retriever_and_predictions(library: Library, docs: Path) -> None:
    library.add([docs])
    assert made_from(Retriever(library, stage="lexical"))["settings"] == {"retriever": "lexical"}
    assert Assistant(library, retriever=Retriever(library, stage="dense")).retriever.stage == "dense"
    value = made_from(None)
    assert (value["settings"], value["store"]) == (None, None)
    assert value["gold"] == made_from(Retriever(library))["gold"]


def test_the_same_documents_are_the_same_whatever_their_order_and_names(
    library: Library, docs: Path, tmp_path: Path, encoder: Any
) -> None:
    library.add([docs])
    first = made_from(Retriever(library))["store"]
    (docs / "hills.txt").rename(docs / "mountains.txt")
    with Library.open(tmp_path / "other", encoder=encoder) as other:
        other.add([docs / "mountains.txt"])
        other.add([docs / "lakes.txt"])
        second = made_from(Retriever(other))["store"]
        assert second["sha256"] == first["sha256"]
        (docs / "lakes.txt").write_text("Herons eat at noon.")
        other.add([docs])
        third = made_from(Retriever(other))["store"]
    assert third["sha256"] != first["sha256"]
    assert third["generation"] > second["generation"]


def test_the_gold_is_known_by_what_it_asks_and_wants() -> None:
    def gold(*rows: QuestionScore) -> str:
        sha = made_from(None, *rows)["gold"]["sha256"]
        assert isinstance(sha, str)
        return sha

    first, second = ROWS
    assert gold(second, first) == gold(first, second)  # in any order
    answered_otherwise = QuestionScore("a", "Who?", (), ("a heron",), True, False, "", {"f1": 0.0})
    assert gold(answered_otherwise, second) == gold(first, second)
    others = [
        QuestionScore("c", "Who?", (), ("a heron",), True, True, "", {}),
        QuestionScore("a", "Who else?", (), ("a heron",), True, True, "", {}),
        QuestionScore("a", "Who?", (), ("a crane",), True, True, "", {}),
    ]
    assert len({gold(first, second), gold(first), *(gold(other, second) for other in others)}) == 5


def test_runs_of_one_store_do_not_differ_however_often_it_was_written(library: Library, docs: Path) -> None:
    library.add([docs])
    before = made_from(Retriever(library), seed=1)
    (docs / "more.txt").write_text("Owls hunt.")
    library.add([docs])
    library.remove("more.txt")
    now = provenance(Retriever(library), ROWS[:1], gold="other.jsonl", seed=2)
    assert before["store"]["generation"] != now["store"]["generation"]
    # Nor do the gold set and the seed count, which are no part of what answers.
    assert differences(before, now) == []


def test_what_runs_were_made_from_differently_is_told_a_line_each(library: Library, docs: Path) -> None:
    library.add([docs])
    before = made_from(Assistant(library, k=7, threshold=0.25))
    (docs / "more.txt").write_text("Owls hunt.")
    library.add([docs])
    now = made_from(Assistant(library, k=7, threshold=0.5))
    now["versions"]["numpy"] = "9"
    shas = [each["store"]["sha256"][:12] for each in (before, now)]
    assert differences(before, now) == [
        "settings.threshold: 0.25 before, 0.5 now",
        "store.documents: 2 before, 3 now",
        "store.passages: 3 before, 4 now",
        f"store.sha256: {shas[0]} before, {shas[1]} now",
        f"versions.numpy: {version('numpy')} before, 9 now",
    ]


def test_what_an_earlier_run_does_not_say_is_no_difference() -> None:
    now = made_from(None)
    for before in ({}, {"seed": 3}, {"settings": "none", "store": [], "versions": {}}):
        assert [line for line in differences(before, now) if "versions" in line] == []
    assert differences({"versions": {"python": "2"}}, now) == [
        f"versions.python: 2 before, {platform.python_version()} now"
    ]


def test_a_package_that_is_not_known_by_its_name_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """FAISS from another distribution, or a checkout that was never installed."""
    module = importlib.import_module("qa.evaluation.provenance")  # its name in the package is the function's
    monkeypatch.setattr(module, "_PACKAGES", ("numpy", "no-such-package-anywhere"))
    assert made_from(None)["versions"] == {
        "python": platform.python_version(),
        "numpy": version("numpy"),
        "no-such-package-anywhere": None,
    }
