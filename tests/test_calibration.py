"""What a store keeps of its own questions: read as it was saved, and never taken for what it is not."""

from __future__ import annotations

import json
from math import inf, log
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.assistant import Assistant
from qa.calibration import NAME, Calibration, calibration_of, forget, logit, published, save
from qa.errors import PinciteError
from qa.library import Library

REMEDY = "run pincite calibrate again, or delete the file to answer as Pincite does without it."
KEPT = Calibration(0.75, 1.25, -0.5, "reader-1", {"risk": 0.05, "questions": 100})


@pytest.fixture(autouse=True)
def _reader(monkeypatch: pytest.MonkeyPatch) -> None:
    """The published reader, as it is today."""
    monkeypatch.setattr("qa.calibration.fingerprint", lambda: "reader-1")
    monkeypatch.setattr("qa.calibration.load_confidence", lambda: {"threshold": 0.625})


def keep(folder: Path, **changes: Any) -> Path:
    """A calibration that is sound, but for the changes; `...` takes a field out."""
    row = {"threshold": 0.75, "slope": 1.25, "offset": -0.5, "reader": "reader-1", "promise": None} | changes
    path = folder / NAME
    path.write_text(json.dumps({name: value for name, value in row.items() if value is not ...}))
    return path


def told(folder: Path) -> str:
    with pytest.raises(PinciteError) as error:
        calibration_of(folder)
    return str(error.value)


# --- probabilities


def test_the_published_confidence_is_left_as_it_is() -> None:
    assert published() == Calibration(0.625)
    for confidence in (0.0, 1e-9, 0.3, 0.5, 1 - 1e-12, 1.0):
        assert published().probability(confidence) == confidence


def test_platts_scaling_by_hand() -> None:
    # Odds of 3 to the power of 2, times 1/3: 9/3 = 3, and that is 3/4.
    assert Calibration(0.5, 2.0, -log(3)).probability(0.75) == pytest.approx(0.75)
    assert Calibration(0.5, 2.0).probability(0.75) == pytest.approx(0.9)
    assert Calibration(0.5, 0.5).probability(0.9) == pytest.approx(0.75)
    assert Calibration(0.5, 1.0, log(3)).probability(0.5) == pytest.approx(0.75)


def test_a_logit_by_hand() -> None:
    assert logit(0.5) == 0
    assert logit(0.75) == pytest.approx(log(3))
    assert logit(0.25) == pytest.approx(-log(3))
    # What is certain is as one in a million.
    assert logit(1.0) == logit(1 - 1e-6) == pytest.approx(log(999_999))
    assert logit(0.0) == logit(1e-6) == pytest.approx(-log(999_999))


@given(
    st.floats(0.001, 999.999),
    st.floats(-999.999, 999.999),
    st.floats(0, 1),
    st.floats(0, 1),
)
def test_a_probability_is_one_and_grows_with_the_confidence(
    slope: float, offset: float, one: float, two: float
) -> None:
    # Whatever a file may hold: none of it overflows.
    kept = Calibration(0.5, slope, offset)
    low, high = kept.probability(min(one, two)), kept.probability(max(one, two))
    assert 0 <= low <= high + 1e-15 <= 1 + 1e-15


# --- kept with the store


def test_what_is_saved_is_what_is_found(tmp_path: Path) -> None:
    assert save(KEPT, tmp_path) == tmp_path / NAME
    assert calibration_of(tmp_path) == KEPT
    # A person can read it.
    assert json.loads((tmp_path / NAME).read_text()) == {
        "threshold": 0.75,
        "slope": 1.25,
        "offset": -0.5,
        "reader": "reader-1",
        "promise": {"risk": 0.05, "questions": 100},
    }
    assert [path.name for path in tmp_path.iterdir()] == [NAME]


@given(st.floats(0, 1), st.floats(0.05, 20), st.floats(-20, 20))
def test_no_digit_is_lost(tmp_path_factory: pytest.TempPathFactory, threshold: float, slope: float, at: float) -> None:
    # A threshold that is rounded up would not give the answer that it was found at.
    folder = tmp_path_factory.getbasetemp()
    kept = Calibration(threshold, slope, at, "reader-1")
    save(kept, folder)
    assert calibration_of(folder) == kept


def test_saving_again_replaces(tmp_path: Path) -> None:
    save(KEPT, tmp_path)
    save(Calibration(0.5, reader="reader-1"), tmp_path)
    assert calibration_of(tmp_path) == Calibration(0.5, reader="reader-1")


def test_what_cannot_be_written_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(KEPT, tmp_path)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("qa.calibration.os.replace", full)
    with pytest.raises(PinciteError, match=f"{NAME} cannot be written: No space left on device."):
        save(Calibration(0.5, reader="reader-1"), tmp_path)
    assert calibration_of(tmp_path) == KEPT


def test_without_one_the_published_holds(tmp_path: Path) -> None:
    assert calibration_of(tmp_path) == published()
    assert calibration_of(tmp_path / "nowhere") == published()
    assert list(tmp_path.iterdir()) == []


def test_what_is_forgotten_is_gone(tmp_path: Path) -> None:
    save(KEPT, tmp_path)
    assert forget(tmp_path)
    assert not (tmp_path / NAME).exists()
    assert calibration_of(tmp_path) == published()
    assert not forget(tmp_path)


def test_a_damaged_one_can_be_forgotten_and_replaced(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text("{")
    save(KEPT, tmp_path)
    assert calibration_of(tmp_path) == KEPT
    (tmp_path / NAME).write_bytes(b"\xff")
    assert forget(tmp_path)


def test_what_cannot_be_written_or_deleted_is_told(tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    with pytest.raises(PinciteError) as error:
        save(KEPT, nowhere)
    assert str(error.value) == f"{nowhere / NAME} cannot be written: No such file or directory."
    (tmp_path / NAME).mkdir()
    (tmp_path / NAME / "below").touch()
    with pytest.raises(PinciteError, match=f"{NAME} cannot be written: "):
        save(KEPT, tmp_path)
    with pytest.raises(PinciteError, match=f"{NAME} cannot be deleted: "):
        forget(tmp_path)


# --- what is not a calibration


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "null",
        "[]",
        "0.5",
        '"text"',
        "{}",
        "[" * 100_000,
        '{"threshold": 0.5}',
        '{"threshold": ' + "9" * 5000 + "}",
    ],
)
def test_what_is_not_a_calibration_is_told(tmp_path: Path, content: str) -> None:
    path = tmp_path / NAME
    path.write_text(content)
    assert told(tmp_path) == f"{path} is not a calibration: {REMEDY}"


@pytest.mark.parametrize(
    "changes",
    [
        *({name: ...} for name in ("threshold", "slope", "offset", "reader", "promise")),
        *({name: None} for name in ("threshold", "slope", "offset")),
        *({name: float("nan")} for name in ("threshold", "slope", "offset")),
        *({name: sign * inf} for name in ("threshold", "slope", "offset") for sign in (1, -1)),
        *({name: "much"} for name in ("threshold", "slope", "offset")),
        *({name: [0.5]} for name in ("threshold", "slope", "offset")),
        *({name: 10**400} for name in ("threshold", "slope", "offset")),  # too large for a float
        {"threshold": -0.0001},
        {"threshold": 1.0001},
        {"slope": 0},
        {"slope": -1},  # the surer, the less probable
        {"slope": 1000},
        {"offset": 1000},
        {"offset": -1000},
        {"promise": "at most 5 %"},
        {"promise": [0.05]},
        {"promise": {}},
        *({"promise": {"risk": risk}} for risk in (0, 1, -0.05, float("nan"), None, "0.05", [0.05])),
    ],
)
def test_values_that_cannot_be_are_told(tmp_path: Path, changes: dict[str, Any]) -> None:
    path = keep(tmp_path, **changes)
    assert told(tmp_path) == f"{path} is not a calibration: {REMEDY}"


@pytest.mark.parametrize(
    "changes",
    [{"threshold": 0}, {"threshold": 1}, {"slope": 0.05}, {"slope": 20}, {"offset": 20}, {"offset": -20}],
)
def test_values_at_the_ends_are_taken(tmp_path: Path, changes: dict[str, Any]) -> None:
    keep(tmp_path, **changes)
    found = calibration_of(tmp_path)
    (name,) = changes
    assert getattr(found, name) == changes[name]


def test_one_of_another_reader_is_told(tmp_path: Path) -> None:
    for other in ("reader-2", "", None):
        path = keep(tmp_path, reader=other)
        assert told(tmp_path) == f"{path} was made with another version of the reader: {REMEDY}"


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_bytes(b"\xff\xfe")
    sentence = told(tmp_path)
    assert sentence.startswith(f"{path} cannot be read (")
    assert sentence.endswith(REMEDY)
    path.unlink()
    path.mkdir()
    sentence = told(tmp_path)
    assert sentence.startswith(f"{path} cannot be read (")
    assert sentence.endswith(REMEDY)


# --- what an assistant makes of it


def test_an_assistant_goes_by_what_its_store_keeps(library: Library, tmp_path: Path) -> None:
    (tmp_path / "tower.txt").write_text("The tower was built in 1890.")
    library.add([tmp_path / "tower.txt"])
    question = "The tower was built in 1890."
    before = Assistant(library).ask(question)
    save(KEPT, library.store.folder)
    assistant = Assistant(library)
    assert assistant.threshold == 0.75
    assert assistant.ask(question).confidence == KEPT.probability(before.confidence) != before.confidence
    # A threshold that is given is the one that holds, over the same confidence.
    assert Assistant(library, threshold=0.1).threshold == 0.1
    assert Assistant(library, calibration=published()).ask(question).confidence == before.confidence


def test_what_was_found_for_our_reader_says_nothing_of_another(library: Library) -> None:
    save(KEPT, library.store.folder)

    class Silent:
        def read(self, question: str, hits: Any) -> Any:
            raise NotImplementedError

    assert Assistant(library, reader=Silent()).threshold == 0.625


def test_no_assistant_begins_with_a_damaged_one(library: Library) -> None:
    keep(library.store.folder, threshold=2)
    with pytest.raises(PinciteError, match="is not a calibration"):
        Assistant(library)
