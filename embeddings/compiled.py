"""Compiled networks: made once for this processor, compared with their reference, and kept in the user's cache folder.

What cannot be made or does not compare is said in the log, and its reference is used; what cannot be read or kept is
said there too, and made again.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import threading
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

_FORMAT = 2
"""Goes up with any change to what is compiled or how: what was kept before is then made anew."""

_SUFFIX = ".pincite-model"
_MAKING = "pincite-making-"
"""What tells our files, and the folders that they are written in, from others in a folder that the user named."""

_COMPILING = threading.Lock()
"""One reference at a time is loaded: the packages that do it are not made to be imported by two threads at once."""

_UNUSED = 90 * 24 * 3600
"""Seconds after which a file that nobody used is deleted, when another is written."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """A network as its reference gives it: `facts` are JSON values that its user needs beside it."""

    graph: Callable[[Form], Graph]
    """Makes the graph for one form. Raises ValueError where the network is of an unknown kind."""
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


def compiled(name: str, fingerprint: str, recipe: Callable[[], Recipe], *, alone: bool = False) -> Compiled | None:
    """The network `name` in the fastest form for this processor, or None where only the reference will do.

    `fingerprint` changes with the network; `recipe` loads the reference, and is called only where nothing is kept;
    `alone` says how it will be run first, as for `Program.restored`.
    """
    try:
        key = {"format": _FORMAT, "name": name, "fingerprint": fingerprint, "runtime": runtime()}
    except (ImportError, RuntimeError) as error:
        _log.warning("Compiled models cannot be run here (%s): PyTorch runs them, which is slower.", _line(error))
        return None
    path = cache_folder() / f"{name}-{hashlib.sha256(json.dumps(key).encode()).hexdigest()[:16]}{_SUFFIX}"
    found = _kept(path, key, alone)
    if found is None:
        with _COMPILING:
            found = _made(path, key, recipe())
    return found


def _kept(path: Path, key: dict[str, Any], alone: bool) -> Compiled | None:
    try:
        header, payload = read_sealed(path)
        if header["key"] != key:
            return None
        found = Compiled(Program.restored(payload, header["form"], alone=alone), header["facts"])
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
            program = Program.made(recipe.graph(form), form)
            reason = recipe.check(program)
        except MemoryError:
            raise
        except Exception as error:  # whatever stands in a stranger's model comes out as any kind of exception
            reason = _line(error)
            continue
        if not reason:
            _keep(path, key, program, recipe.facts)
            return Compiled(program, recipe.facts)
    _log.warning("The %s cannot be compiled (%s): PyTorch runs it, which is slower.", key["name"], reason)
    return None


def _keep(path: Path, key: dict[str, Any], program: Program, facts: dict[str, Any]) -> None:
    header = {"key": key, "form": program.form, "facts": facts}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Each process writes in a folder of its own: several may be making the same.
        with TemporaryDirectory(dir=path.parent, prefix=_MAKING) as folder:
            beside = Path(folder) / path.name
            write_sealed(beside, header, program.exported())
            beside.replace(path)
    except OSError as error:
        _log.warning("The compiled model could not be kept in %s (%s): the next start makes it again.", path, error)
    _tidy(path.parent)


def _tidy(folder: Path) -> None:
    """Delete what nobody has used for long, and what a process that was killed has left."""
    making = folder.glob(f"{_MAKING}*")
    paths = [*folder.glob(f"*{_SUFFIX}"), *(file for left in making for file in (*left.glob("*"), left))]
    for path in [path for path in paths if _is_old(path)]:
        with suppress(OSError):
            path.rmdir() if path.is_dir() else path.unlink()


def _is_old(path: Path) -> bool:
    try:
        return time.time() - path.stat().st_mtime > _UNUSED
    except OSError:  # another process was at the same
        return False


def _touch(path: Path) -> None:
    with suppress(OSError):  # a cache that is only read is as good
        os.utime(path)


def _line(error: BaseException) -> str:
    text = str(error).strip()
    return text.splitlines()[-1] if text else type(error).__name__
