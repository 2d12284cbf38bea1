"""Where runs and reports are written, and what must not be lost there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from qa.errors import PinciteError

_MARK = b'<meta name="generator" content="Pincite">'


def refuse_overwriting(saved: Path | None, page: Path | None) -> None:
    """Raise PinciteError where a run or a report would take the place of something else, before anything is asked.

    An earlier run and an earlier report are replaced.
    """
    if saved is not None and _is_taken("--save", saved, _is_run):
        raise PinciteError(
            f"--save {saved}: there is something else already. Name a folder that is new, empty or an earlier run."
        )
    if page is not None and _is_taken("--report", page, _is_report):
        raise PinciteError(f"--report {page}: there is something else already. Name a new file, or an earlier report.")


def _is_taken(option: str, path: Path, is_ours: Callable[[Path], bool]) -> bool:
    try:
        return path.exists() and not is_ours(path)
    except OSError as error:
        raise PinciteError(f"{option} {path}: nothing can be written there ({error.strerror}).") from error


def _is_run(folder: Path) -> bool:
    return folder.is_dir() and ((folder / "run.json").is_file() or not any(folder.iterdir()))


def _is_report(file: Path) -> bool:
    if not file.is_file():
        return False
    with file.open("rb") as page:
        return _MARK in page.read(4096)
