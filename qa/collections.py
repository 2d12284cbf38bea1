"""Collections: several stores beside each other, each in a folder of its own below that of the first."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

from qa.errors import PinciteError

FOLDER = "collections"
"""The folder in a store in which its collections are."""

LONGEST = 60
"""Characters of a name, which file systems take in every script."""


def checked(name: str) -> str:
    """The name as it is written on the disk: in NFC, with single spaces.

    It holds letters, marks and digits of any script, spaces, - and _. Raises PinciteError for any other, which might
    lead out of its folder or not be told from another by its looks.
    """
    text = " ".join(unicodedata.normalize("NFC", name).split())
    if not text:
        raise PinciteError("The collection has no name: give it one, such as contracts.")
    if len(text) > LONGEST:
        raise PinciteError(
            f"The name of the collection has {len(text):,} characters and may have {LONGEST}: shorten it."
        )
    if any(not _is_allowed(character) for character in text):
        raise PinciteError(
            f"A collection cannot be called {text!r}: use letters, digits, spaces, - and _, such as contracts-2024."
        )
    return text


def names(store: str | os.PathLike[str]) -> tuple[str, ...]:
    """The collections of the store in a folder, in alphabetical order; those that are empty are among them."""
    try:
        with os.scandir(_home(store)) as entries:
            found = [entry.name for entry in entries if entry.is_dir() and _is_name(entry.name)]
    except OSError:  # there are none yet
        return ()
    return tuple(sorted(found, key=lambda name: (_key(name), name)))


def folder(store: str | os.PathLike[str], name: str) -> Path:
    """Where the collection of a name is, or would be: letter case makes no difference.

    Raises PinciteError as `checked` does.
    """
    wanted = checked(name)
    known = next((other for other in names(store) if _key(other) == _key(wanted)), wanted)
    return _home(store) / known


def make(store: str | os.PathLike[str], name: str) -> str:
    """Make the folder of a new collection, and give back its name.

    Raises PinciteError as `checked` does, where there is one of that name, and where the disk refuses it.
    """
    wanted = checked(name)
    path = folder(store, wanted)
    try:
        path.mkdir(parents=True)
    except FileExistsError as error:
        raise PinciteError(f"There is a collection {path.name} already: choose another name.") from error
    except OSError as error:
        raise PinciteError(
            f"The collection {wanted} could not be made in {path.parent}: {error.strerror}. "
            "Check the disk and its permissions."
        ) from error
    return wanted


def parted(path: Path) -> tuple[Path, str]:
    """The store and the name of the collection that a folder is; the name is empty for that of the store itself."""
    return (path.parent.parent, path.name) if path.parent.name == FOLDER else (path, "")


def _home(store: str | os.PathLike[str]) -> Path:
    return Path(os.path.expanduser(store)) / FOLDER


def _is_name(text: str) -> bool:
    try:
        return checked(text) == unicodedata.normalize("NFC", text)
    except PinciteError:
        return False


def _is_allowed(character: str) -> bool:
    return character in " -_" or unicodedata.category(character)[0] in "LMN"


def _key(name: str) -> str:
    """What is the same for names that differ in letter case only."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
