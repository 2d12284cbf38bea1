"""What moves on a terminal while gold questions are asked, and the library that they are asked of."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from qa.cli.index import progress_bar
from qa.cli.options import open_library

if TYPE_CHECKING:
    from qa.gold import Gold
    from qa.library import Library


@contextmanager
def questioned(gold: Gold, store: Path, model: str | None) -> Iterator[tuple[Library, Gold]]:
    """The library that a gold set is about: one of its own texts where it brings them, else the store."""
    from qa.gold import indexed

    if not gold.texts:
        with open_library(store, model) as library:
            yield library, gold
        return
    with ExitStack() as stack:
        with progress_bar() as progress:
            found = stack.enter_context(indexed(gold, model=model, progress=progress))
        yield found


@contextmanager
def asking_bar(questions: int) -> Iterator[Callable[[int], object] | None]:
    """A bar that is moved by a number of questions, where there is a terminal to show it."""
    if not sys.stderr.isatty():
        yield None
        return
    from tqdm import tqdm

    with tqdm(total=questions, unit="question", leave=False, desc="Asking") as bar:
        yield bar.update
