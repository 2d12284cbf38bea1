"""The options that commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from qa.library import Library

_Function = TypeVar("_Function", bound=Callable[..., Any])


def _default_store() -> Path:
    from platformdirs import user_data_path

    return user_data_path("pincite", appauthor=False)


def store_option(function: _Function) -> _Function:
    return click.option(
        "--store",
        type=click.Path(file_okay=False, path_type=Path),
        envvar="PINCITE_STORE",
        default=_default_store,
        metavar="DIR",
        help="The folder that keeps the indexed documents (or PINCITE_STORE). Default: your data directory.",
    )(function)


def model_option(function: _Function) -> _Function:
    return click.option(
        "--model",
        envvar="PINCITE_MODEL",
        metavar="NAME|PATH",
        help="The sentence-transformers model to embed with (or PINCITE_MODEL). Default: the store's, "
        "else the bundled all-MiniLM-L6-v2.",
    )(function)


def json_option(function: _Function) -> _Function:
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON document on stdout.")(function)


def seed_option(function: _Function) -> _Function:
    return click.option(
        "--seed",
        type=click.IntRange(min=0),
        default=0,
        show_default=True,
        metavar="N",
        help="Decides what is drawn by chance.",
    )(function)


def form_option(function: _Function) -> _Function:
    return click.option(
        "--format",
        "form",
        metavar="FORMAT",
        help="The gold file's format, where it is not recognised: house, squad, beir, trec, dpr, kilt, legalbench, "
        "ragas or csv.",
    )(function)


def open_library(store: Path, model: str | None = None, *, create: bool = False) -> Library:
    """Open a store to work with what is in it. Raises PinciteError where there is none, or nothing in it.

    With `create`, it is made where there is none; commands that only read never make one.
    """
    from qa.library import Library

    library = Library.open(store, model=model, create=create)
    if not create:
        library.require_documents()
    return library
