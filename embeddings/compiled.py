"""Compiled networks: made once for this processor, compared with their reference, and kept in the user's cache folder.

Raises and returns nothing wrong: what cannot be read, made, kept or does not compare is said in the log, and the
reference is used.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from platformdirs import user_cache_path

from embeddings.program import Form, Graph, Program, forms, runtime
from embeddings.sealed import DamagedFileError, read_sealed, write_sealed

_log = logging.getLogger(__name__)

_FORMAT = 1
"""Goes up with any change to what is compiled or how: what was kept before is then made anew."""

_MAKING = "making-"

_UNUSED = 90 * 24 * 3600
"""Seconds after which a file that nobody used is deleted, when another is written."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """A network as its reference gives it: `facts` are JSON values that its user needs beside it."""

    graph: Callable[[bool], Graph]
    """Makes the graph, in 8 bits or not. Raises ValueError where the network is of an unknown kind."""
    check: Callable[[Program], str]
    """Why the program must not be used in the reference's place; nothing where it may be."""
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Compiled:
    """A network that compared well with its reference."""

    program: Program
    facts: dict[str, Any]


def cache_folder() -> Path:
    """Where compiled networks are kept: `PINCITE_CACHE`, else the user's cache folder. It may be deleted any time."""
    named = os.environ.get("PINCITE_CACHE")
    return Path(named).expanduser() if named else user_cache_path("pincite")


def compiled(name: str, fingerprint: str, recipe: Callable[[], Recipe]) -> Compiled | None:
    """The network `name` in the fastest form for this processor, or None where only the reference will do.

    `fingerprint` changes with the network; `recipe` loads the reference, and is called only where nothing is kept.
    """
    try:
        key = {"format": _FORMAT, "name": name, "fingerprint": fingerprint, "runtime": runtime()}
    except (ImportError, RuntimeError) as error:
        _log.warning("The compiled models cannot be run here (%s): the slower way is taken.", _line(error))
        return None
    path = cache_folder() / f"{name}-{hashlib.sha256(json.dumps(key).encode()).hexdigest()[:16]}.model"
    return _kept(path, key) or _made(path, key, recipe())


def _kept(path: Path, key: dict[str, Any]) -> Compiled | None:
    try:
        header, payload = read_sealed(path)
        if header["key"] != key:
            return None
        split = header["operations"]
        graph = Graph(bytes(payload[:split]), payload[split:])
        found = Compiled(Program(graph, header["form"]), header["facts"])
    except FileNotFoundError:
        return None
    except (DamagedFileError, OSError, RuntimeError, KeyError, TypeError) as error:
        _log.warning("The compiled model in %s cannot be used (%s): it is made again.", path, _line(error))
        return None
    _touch(path)
    return found


def _made(path: Path, key: dict[str, Any], recipe: Recipe) -> Compiled | None:
    reason = ""
    for form in forms():
        try:
            graph = recipe.graph(form == "int8")
            program = Program(graph, form)
            reason = recipe.check(program)
        except (ValueError, KeyError, RuntimeError) as error:
            reason = _line(error)
            continue
        if not reason:
            _keep(path, key, form, graph, recipe.facts)
            return Compiled(program, recipe.facts)
    _log.warning("The %s cannot be compiled for this processor (%s): the slower way is taken.", key["name"], reason)
    return None


def _keep(path: Path, key: dict[str, Any], form: Form, graph: Graph, facts: dict[str, Any]) -> None:
    header = {"key": key, "form": form, "facts": facts, "operations": len(graph.operations)}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _tidy(path.parent)
        # Each process writes in a folder of its own: several may be making the same.
        with TemporaryDirectory(dir=path.parent, prefix=_MAKING) as folder:
            beside = Path(folder) / path.name
            write_sealed(beside, header, graph.operations, graph.constants)
            beside.replace(path)
    except OSError as error:
        _log.warning("The compiled model could not be kept in %s (%s): the next start makes it again.", path, error)


def _tidy(folder: Path) -> None:
    """Delete what nobody has used for long, and what a process that was killed has left."""
    paths = [*folder.glob("*.model"), *folder.glob(f"{_MAKING}*/*"), *folder.glob(f"{_MAKING}*")]
    for path in [path for path in paths if time.time() - path.stat().st_mtime > _UNUSED]:
        path.rmdir() if path.is_dir() else path.unlink(missing_ok=True)


def _touch(path: Path) -> None:
    with suppress(OSError):  # a cache that is only read is as good
        os.utime(path)


def _line(error: BaseException) -> str:
    text = str(error).strip()
    return text.splitlines()[-1] if text else type(error).__name__
