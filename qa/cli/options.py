"""The options that commands share."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from qa import collections
from qa.filters import Filter, checked_tags

if TYPE_CHECKING:
    from qa.library import Library

_Function = TypeVar("_Function", bound=Callable[..., Any])


def _default_store() -> Path:
    from platformdirs import user_data_path

    return user_data_path("pincite", appauthor=False)


def store_option(function: _Function) -> _Function:
    """Where the documents are; --store and --collection reach the command as one Path named `store`."""

    @wraps(function)
    def placed(*args: Any, store: Path, collection: str | None, **rest: Any) -> Any:
        return function(*args, store=_place(store, collection), **rest)

    options = (
        click.option(
            "--store",
            type=click.Path(file_okay=False, path_type=Path),
            envvar="PINCITE_STORE",
            default=_default_store,
            metavar="DIR",
            help="The folder that keeps the indexed documents (or PINCITE_STORE). Default: your data directory.",
        ),
        click.option(
            "--collection",
            envvar="PINCITE_COLLECTION",
            metavar="NAME",
            help="Documents that are kept apart from all others (or PINCITE_COLLECTION); index makes it.",
        ),
    )
    for option in reversed(options):
        placed = option(placed)
    return cast(_Function, placed)


def _place(store: Path, collection: str | None) -> Path:
    if collection is None:
        return store
    context = click.get_current_context()
    if source := context.get_parameter_source("collection"):
        context.set_parameter_source("store", source)  # the place was named, whichever of the two named it
    return collections.folder(store, collection)


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


def filter_options(function: _Function) -> _Function:
    """Which documents to look into; they reach the command as one Filter named `only`."""

    @wraps(function)
    def filtered(
        *args: Any, documents: tuple[str, ...], since: str | None, until: str | None, tags: tuple[str, ...], **rest: Any
    ) -> Any:
        return function(*args, only=Filter.parse(documents, since, until, tags), **rest)

    options = (
        click.option(
            "--document",
            "documents",
            multiple=True,
            metavar="NAME",
            help="Only in this document: its path, file name, title or id, or a folder. Several: in any of them.",
        ),
        click.option(
            "--since", metavar="DATE", help="Only in documents of this date or later: 2024, 2024-05 or 2024-05-31."
        ),
        click.option("--until", metavar="DATE", help="Only in documents of this date or earlier."),
        click.option(
            "--tag", "tags", multiple=True, metavar="TAG", help="Only in documents with this tag. Several: with all."
        ),
    )
    for option in reversed(options):
        filtered = option(filtered)
    return cast(_Function, filtered)


def tags_option(function: _Function) -> _Function:
    return click.option(
        "--tag",
        "tags",
        multiple=True,
        callback=lambda _context, _option, texts: checked_tags(texts),
        metavar="TAG",
        help="A tag for these documents, beside those in their front matter. May be given several times.",
    )(function)


def index_type_option(function: _Function) -> _Function:
    return click.option(
        "--index-type",
        type=click.Choice(["auto", "exact", "compressed", "inverted"]),
        help="How vectors are searched from now on; auto, as in a new store, goes by their number.",
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
