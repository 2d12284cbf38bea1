"""The benchmark of follow-up questions: its tasks, its figures, and the page that keeps what a person wrote."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks.followups import Measured, Task, measured, page, tasks, written
from qa.library import Library
from qa.retriever import Retriever


def task(id_: str, last: str, human: str, texts: frozenset[str] = frozenset()) -> Task:
    return Task(id_, ("Who built the tower?",), last, human, texts)


def test_tasks_are_read_turn_by_turn(tmp_path: Path) -> None:
    for name in ("clapnq", "cloud", "fiqa", "govt"):
        folder = tmp_path / "retrieval_tasks" / name
        folder.mkdir(parents=True)
        asked = {"_id": f"{name}<::>2", "text": "|user|:  Who built it?\n|user|: And\nwhen?"}
        (folder / f"{name}_questions.jsonl").write_text(json.dumps(asked) + "\n")
        human = {"_id": f"{name}<::>2", "text": "|user|: When was it built?"}
        (folder / f"{name}_rewrite.jsonl").write_text(json.dumps(human) + "\n")
    known = [{"task_id": "cloud<::>2", "contexts": [{"document_id": "d"}]}]
    found = list(tasks(tmp_path, known, {"d": "d.txt"}))
    assert [each.id for each in found] == ["clapnq<::>2", "cloud<::>2", "fiqa<::>2", "govt<::>2"]
    assert found[1] == Task("cloud<::>2", ("Who built it?",), "And\nwhen?", "When was it built?", frozenset({"d.txt"}))
    assert found[0].texts == frozenset()


def test_a_conversation_is_in_one_half() -> None:
    halves = {task(f"{number}<::>{turn}", "", "").written_on for number in range(40) for turn in (1,)}
    assert halves == {True, False}
    for number in range(40):
        assert len({task(f"{number}<::>{turn}", "", "").written_on for turn in range(9)}) == 1


def test_each_form_is_searched(library: Library, tmp_path: Path) -> None:
    (tmp_path / "tower.txt").write_text("The tower was built by Anna Hale.")
    (tmp_path / "rock.txt").write_text("Why gulls live there.")
    library.add([tmp_path / "tower.txt", tmp_path / "rock.txt"])
    found = measured(task("a<::>2", "why there?", "What of the tower?", frozenset({"tower.txt"})), Retriever(library))
    assert found.ndcg == pytest.approx((1 / np.log2(3), 1 / np.log2(3), 1.0))
    nothing = measured(task("a<::>2", "and when?", "When?"), Retriever(library))
    assert nothing.whole == "Who built the tower, and when?"
    assert np.isnan(nothing.ndcg).all()


def test_the_share_and_the_words_by_hand() -> None:
    """Gone is a half of the way: from 0.2 to 0.4, and a person goes on to 0.6."""
    texts = frozenset({"a"})
    found = [
        Measured(task("a<::>2", "when?", "When was it built?", texts), "When was it?", (0.0, 0.4, 0.8)),
        Measured(task("b<::>2", "why?", "why?", texts), "About it: why?", (0.4, 0.4, 0.4)),
        Measured(task("c<::>2", "where?", "where?", texts), "where?", (0.2, 0.4, 0.6)),
    ]
    lines = [line for line in page(found).splitlines() if line.startswith("| all")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    assert cells[0][1] == "3 of 3"
    assert [cell.split(" (")[0] for cell in cells[0][2:]] == ["20.0", "40.0", "60.0", "20.0", "0.50"]
    assert cells[1:4] == [
        ["all", "put in", "1", "0.0", "40.0", "80.0"],
        ["all", "set before", "1", "40.0", "40.0", "40.0"],
        ["all", "left", "1", "20.0", "40.0", "60.0"],
    ]
    # "when" of "when was it built": 2 * 1 * 1/4 / (5/4) = 0.4, and "when was it": 2 * 1 * 3/4 / (7/4) = 6/7;
    # "about it why" has "why" of it: 2 * 1/3 / (4/3) = 0.5.
    assert cells[4][2].startswith(f"{100 * (0.4 + 1 + 1) / 3:.1f}")
    assert cells[4][3].startswith(f"{100 * (6 / 7 + 0.5 + 1) / 3:.1f}")
    assert cells[4][4:] == ["2", "1 of 2"]


def test_what_a_person_wrote_stays(tmp_path: Path) -> None:
    path = tmp_path / "followups.md"
    written("first", path)
    path.write_text(path.read_text() + "\nBy hand.\n")
    written("second", path)
    assert "first" not in path.read_text()
    assert path.read_text().startswith("second\n")
    assert path.read_text().endswith("\nBy hand.\n")
