"""What is known of a run so far, in its file after every row."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_FEW = 3
"""Values of a list that are told one by one."""


class Results:
    """The facts of a run and its rows, kept in a file."""

    def __init__(self, path: Path, value: Mapping[str, Any]) -> None:
        self._path = path
        self.value: dict[str, Any] = {"rows": [], **value}

    def keep(self, row: dict[str, Any]) -> None:
        self.value["rows"].append(row)
        self.save()
        print(" ".join(f"{key}={_short(value)}" for key, value in row.items()), flush=True)

    def save(self) -> None:
        beside = self._path.with_suffix(".new")
        beside.write_text(json.dumps(self.value) + "\n", encoding="utf-8")
        beside.replace(self._path)


def _short(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, list):
        return ",".join(map(_short, value)) if 0 < len(value) <= _FEW else f"[{len(value)}]"
    return str(value)
