"""What a store's own questions said about the reader: when to answer there, and how sure it is."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from math import log
from pathlib import Path
from typing import Any

from qa.errors import PinciteError
from qa.reader.confidence import sigmoid
from qa.reader.weights import fingerprint, load_confidence

NAME = "calibration.json"
"""The file in a store's folder."""

_LEAST = 1e-6


@dataclass(frozen=True, slots=True)
class Calibration:
    """A threshold, and Platt's scaling of the confidence: the logistic of `offset + slope * logit` (Platt 1999).

    `reader` is the fingerprint of the reader that it was made with; with another one it means nothing. `promise` is
    what was found when it was made, for people to read.
    """

    threshold: float
    slope: float = 1.0
    offset: float = 0.0
    reader: str = ""
    promise: dict[str, Any] | None = None

    def probability(self, confidence: float) -> float:
        """The probability that a confidence of the reader stands for in this store."""
        if (self.slope, self.offset) == (1.0, 0.0):
            return confidence
        return sigmoid(self.offset + self.slope * logit(confidence))


def logit(probability: float) -> float:
    """ln(p / (1 - p)), finite for 0 and 1 too."""
    inside = min(max(probability, _LEAST), 1 - _LEAST)
    return log(inside / (1 - inside))


def published() -> Calibration:
    """The reader's own threshold, its confidence as it is."""
    return Calibration(load_confidence()["threshold"])


def calibration_of(folder: Path) -> Calibration:
    """What was found for the store in `folder`, else the published one.

    Raises PinciteError where the file is damaged or was made with another reader: its promise would not hold.
    """
    path = folder / NAME
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return published()
    except (OSError, UnicodeDecodeError) as error:
        raise PinciteError(f"{path} cannot be read ({error}): {_REMEDY}") from error
    try:
        found = _from_dict(json.loads(text))
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
        raise PinciteError(f"{path} is not a calibration: {_REMEDY}") from error
    if found.reader != fingerprint():
        raise PinciteError(f"{path} was made with another version of the reader: {_REMEDY}")
    return found


_REMEDY = "run pincite calibrate again, or delete the file to answer as Pincite does without it."


def save(calibration: Calibration, folder: Path) -> Path:
    """Write a calibration for the store in `folder`, all of it or nothing."""
    path = folder / NAME
    written = path.with_suffix(".json.new")
    try:
        written.write_text(json.dumps(asdict(calibration), indent=2) + "\n", encoding="utf-8")
        os.replace(written, path)
    except OSError as error:
        raise PinciteError(f"{path} cannot be written: {error.strerror or error}.") from error
    return path


def forget(folder: Path) -> bool:
    """Delete the calibration of the store in `folder`; False where there is none."""
    path = folder / NAME
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise PinciteError(f"{path} cannot be deleted: {error.strerror or error}.") from error
    return True


def _from_dict(row: dict[str, Any]) -> Calibration:
    threshold, slope, offset = (float(row[name]) for name in ("threshold", "slope", "offset"))
    promise = row["promise"]
    promised = promise is None or 0 < promise["risk"] < 1
    sound = 0 <= threshold <= 1 and 0 < slope < 1e3 and abs(offset) < 1e3 and promised
    if not sound:
        raise ValueError
    return Calibration(threshold, slope, offset, str(row["reader"]), promise)
