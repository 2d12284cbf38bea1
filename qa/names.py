"""What a person may call a document: its id, a path or folder, its shown source, its file name, its title."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Sequence

from qa.errors import PinciteError
from qa.record import Reading, SourceRow


def sources_called(reading: Reading, name: str) -> list[SourceRow]:
    """The sources that `name` stands for, as `Names.find`, without looking at all of them."""
    name = _as_text(name)
    return Names(reading.sources_called(name, _path(name))).find(name)


class Names:
    """The names of all sources of a store, as of one reading."""

    def __init__(self, rows: Sequence[SourceRow]) -> None:
        self._rows = rows
        ways: tuple[Callable[[SourceRow], str], ...] = (
            lambda row: row.document_id,
            lambda row: row.path,
            lambda row: row.name,
            lambda row: os.path.basename(row.path),
            lambda row: row.title,
        )
        self._by: list[dict[str, list[SourceRow]]] = []
        for way in ways:
            named: dict[str, list[SourceRow]] = defaultdict(list)
            for row in rows:
                named[way(row)].append(row)
            self._by.append(named)

    def find(self, name: str) -> list[SourceRow]:
        """The sources that `name` stands for: an id, path, shown source, file name, title or folder, in that order.

        Raises PinciteError where it stands for nothing, or for several documents (a folder may).
        """
        name = _as_text(name)
        path = _path(name)
        for at, named in enumerate(self._by):
            matches = named.get(path if at == 1 else name, [])
            if len({row.document_id for row in matches}) > 1:
                paths = ", ".join(row.path for row in matches)
                raise PinciteError(f"{name} stands for several documents: {paths}. Name one by its path or id.")
            if matches:
                return matches
        below = [row for row in self._rows if row.path.startswith(os.path.join(path, ""))]
        if not below or not name:
            raise PinciteError(f"Nothing is indexed under the name {name}: see pincite sources.")
        return below


def _as_text(name: str) -> str:
    return name.encode("utf-8", "replace").decode().replace("\0", " ")  # which no path takes


def _path(name: str) -> str:
    return os.path.abspath(os.path.expanduser(name))
