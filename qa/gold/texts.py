"""Index the texts that a gold set brings along, in a store that is gone afterwards."""

from __future__ import annotations

import hashlib
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

from embeddings import Encoder
from qa.errors import PinciteError
from qa.gold.questions import Gold, GoldQuestion
from qa.intake import Progress
from qa.library import Library

_LONGEST = 120
"""Characters of a file name: file systems end at 255 bytes, and a hash and a suffix are to come."""
_DIGITS = 32
"""Hexadecimal digits of a hash: nobody finds two names with the same."""
_UNUSABLE = {"", "con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10))}
"""What no name may have before its first dot: it would be hidden, or on Windows a device and no file."""


@contextmanager
def indexed(
    gold: Gold, *, model: str | None = None, encoder: Encoder | None = None, progress: Progress | None = None
) -> Iterator[tuple[Library, Gold]]:
    """A library of a gold set's own texts, and the questions with their evidence named as it is there.

    `model`, `encoder` and `progress` are as in `Library`. Raises PinciteError where the texts cannot be indexed.
    """
    if not any(text.text.strip() for text in gold.texts):
        raise PinciteError("The gold set brings no text with words in it, so that there is nothing to index.")
    with tempfile.TemporaryDirectory(prefix="pincite-eval-", ignore_cleanup_errors=True) as folder:
        texts = Path(folder) / "texts"
        names = write_texts(gold, texts)
        with Library.open(Path(folder) / "store", model=model, encoder=encoder) as library:
            library.add([texts], progress)
            yield library, Gold(tuple(_renamed(question, names) for question in gold), gold.texts)


def write_texts(gold: Gold, folder: Path) -> dict[str, str]:
    """Write each text to a file of its own; the file's name by that of the text. Empty texts are left out."""
    folder.mkdir(parents=True, exist_ok=True)
    names = _file_names([text.name for text in gold.texts if text.text.strip()])
    for text in gold.texts:
        if text.name in names:
            (folder / names[text.name]).write_bytes(text.text.encode("utf-8", "replace"))
    return names


def _file_names(names: Sequence[str]) -> dict[str, str]:
    cases = Counter(name.casefold() for name in set(names))
    return {name: file_name(name, alone=cases[name.casefold()] == 1) for name in names}


def file_name(name: str, *, alone: bool = False) -> str:
    """A file name for the text called `name`: any name gives one, and different names give different ones.

    So they do where case does not count (unless no other name differs by case only: `alone`), and none is hidden (a dot
    in front) or a device of Windows.
    """
    plain = quote(name, safe=" ,;()[]@+='", errors="surrogatepass")
    told_apart = alone or name == name.casefold()
    if plain != name or len(plain) > _LONGEST or name != name.strip(" .") or not told_apart or _unusable(name):
        # Percent signs make room for anything; what is cut off, or told apart by case alone, is told apart by its hash.
        # A name that is taken as it is has no percent sign, so that no other text is called like this file.
        digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]
        plain = f"{plain.replace('.', '%2E')[:_LONGEST].strip()}%{digest}"
    return f"{plain}.txt"


def _unusable(name: str) -> bool:
    return name.partition(".")[0].rstrip().casefold() in _UNUSABLE


def _renamed(question: GoldQuestion, names: dict[str, str]) -> GoldQuestion:
    # No file is called like what stands in the place of a text that is not there, whatever the others are called.
    evidence = tuple(
        replace(each, document=names.get(each.document, f"missing: {each.document}")) for each in question.evidence
    )
    return replace(question, evidence=evidence)
