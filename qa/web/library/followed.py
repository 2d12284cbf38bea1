"""Which folders are followed, kept beside the record of a collection until the program begins again."""

from __future__ import annotations

import json
import logging
import os
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

FILE = "watched.json"
"""A list of paths, in the folder of the collection."""

_logger = logging.getLogger(__name__)


def read(folder: Path) -> tuple[str, ...]:
    """The paths that were kept; none where nothing was, and where the file is broken, which the log says."""
    file = folder / FILE
    try:
        paths = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, RecursionError) as error:
        _logger.warning("%s cannot be read (%s): no folder is watched any more", file, error)
        return ()
    if not isinstance(paths, list) or not all(isinstance(path, str) and os.path.isabs(path) for path in paths):
        _logger.warning("%s is not a list of whole paths: no folder is watched any more", file)
        return ()
    return tuple(dict.fromkeys(paths))


def keep(folder: Path, paths: Sequence[str]) -> None:
    """Keep these instead, for the owner only. Where the disk refuses it the log says so."""
    written = ""
    try:
        handle, written = tempfile.mkstemp(prefix=FILE, dir=folder)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(list(paths), file)
        os.replace(written, folder / FILE)
    except OSError as error:
        _logger.warning("%s could not be written (%s): after a new start nothing is watched", folder / FILE, error)
        with suppress(OSError):
            os.unlink(written)
