"""`pincite chat`"""

from __future__ import annotations

import hashlib
import sys
import threading
import webbrowser
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import click

from qa.cli.index import print_receipt, progress_bar
from qa.cli.options import model_option, open_library, store_option
from qa.cli.output import counted, print_line
from qa.errors import PinciteError

if TYPE_CHECKING:
    from qa.assistant import Assistant
    from qa.library import Library
    from qa.web.collections import Collection


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH...]")
@click.option("--port", type=int, metavar="N", help="Default: 7860, or the next one that is free.")
@click.option("--no-browser", is_flag=True, help="Do not open a browser, only print the address.")
@store_option
@model_option
def chat(paths: tuple[str, ...], port: int | None, no_browser: bool, store: Path, model: str | None) -> None:
    """Open the web chat, after indexing what is new in PATH.

    Without PATH and with an empty store, the two documents of the demo are indexed. The page can be reached from this
    machine only.
    """
    from qa import collections, server
    from qa.web.collections import Collections
    from qa.web.workrooms import Workrooms

    base, name = collections.parted(store)

    def opened(wanted: str) -> Collection:
        return _collection(wanted, collections.folder(base, wanted) if wanted else base, model)

    shelves = Collections(opened, lambda: collections.names(base), lambda wanted: collections.make(base, wanted))
    with server.listen(port) as listener, closing(shelves), closing(Workrooms()) as workrooms:
        if name and name not in shelves.names:
            open_library(store, model, create=True).close()
        first = shelves.get(name)
        library = first.assistant.library
        library.check_model()
        _index(library, paths)
        workrooms.of(first)  # follows again what was followed in it
        # The models load while the page is being built, so that the first question does not wait for both.
        threading.Thread(target=_warm_up, args=(first.assistant,), daemon=True).start()
        examples = _examples(library)
        app = server.application(
            shelves,
            workrooms,
            gold_sets=_gold_sets() if examples else (),
            examples=examples,
            status=lambda wanted: _status(shelves.get(wanted).assistant.library),
        )
        address = server.address(listener) + (f"/?{urlencode({'collection': name})}" if name else "")
        print_line(f"Pincite is open at {address} (stop it with Ctrl+C)", bold=True)
        if not no_browser:
            # A browser in the terminal holds up whoever opens it until it is closed.
            threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
        server.serve(app, listener)


def _collection(name: str, store: Path, model: str | None) -> Collection:
    from qa.assistant import Assistant
    from qa.documents import Documents
    from qa.web.collections import Collection

    library = open_library(store, model, create=True)
    return Collection(name, store, Assistant(library), Documents(library))


def _index(library: Library, paths: tuple[str, ...]) -> None:
    from seeds import CORPUS

    wanted = paths or (() if library.sources() else (str(CORPUS),))
    if not wanted:
        return
    with progress_bar() as progress:
        receipt = library.add(wanted, progress)
    print_receipt(receipt)
    if not receipt.indexed:
        print_line("Nothing was indexed: see the reasons above.", err=True)
        sys.exit(2)


def _warm_up(assistant: Assistant) -> None:
    with suppress(PinciteError):  # the first question tells it to the person who asks
        assistant.load()


def _examples(library: Library) -> tuple[str, ...]:
    """Questions to click on, where the documents they are about are indexed."""
    from seeds import CORPUS, EXAMPLES

    demo = {hashlib.sha256(file.read_bytes()).hexdigest() for file in CORPUS.glob("*.md")}
    return EXAMPLES if demo <= {row.sha256 for row in library.sources()} else ()


def _gold_sets() -> tuple[tuple[str, Path], ...]:
    """The questions of the demo."""
    from seeds import CORPUS

    return (("Questions of the demo", CORPUS.parent / "gold.jsonl"),)


def _status(library: Library) -> str:
    facts = library.status()
    documents, passages = counted(facts["documents"], "document"), counted(facts["passages"], "passage")
    return f"{documents}, {passages}, all on this machine"
