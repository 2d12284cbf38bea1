"""The library of a collection: its list, what is put into it and taken out of it, and what became of each file."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.errors import PinciteError
from qa.gate import Route
from qa.readers import READERS
from qa.web.library.listing import Wanted
from qa.web.responses import COLLECTION, collection_of, fragment, posted, sentence, shown

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.responses import Response

    from qa.web.collections import Collections
    from qa.web.library.listing import Listed
    from qa.web.library.slips import Slip
    from qa.web.workrooms import Workroom, Workrooms

LARGEST_FILE = 200_000_000
LARGEST_TEXT = 20_000_000
"""Bytes that may be sent: of one file, and of a form with a text, which is longer than the text."""

ROUTES = (
    Route(("GET",), r"/library(/(list|receipts|watches))?"),
    Route(("POST",), r"/library/upload", body=LARGEST_FILE),
    Route(("POST",), r"/library/text", body=LARGEST_TEXT),
    Route(("POST",), r"/library/(folder|unwatch|refresh|remove|undo|retry|stop|clear|collection)"),
)

_SOON = 700
_LATER = 3000
"""Milliseconds until the page asks again: while something goes on, and while folders are followed."""

Form = Mapping[str, str]


def add_to(site: FastAPI, collections: Collections, workrooms: Workrooms) -> None:
    """Put them into `site`."""

    def room_of(request: Request) -> Workroom:
        return workrooms.of(collection_of(request, collections))

    def made(_request: Request, form: Form) -> Response:
        from ui import library

        name = collections.make(form.get("name", ""))
        return fragment(library.made(name), said=f"The collection {name} is made.")

    async def upload(request: Request) -> Response:
        from starlette.concurrency import run_in_threadpool
        from starlette.requests import ClientDisconnect

        try:
            room = await run_in_threadpool(room_of, request)
            file = await _received(request, room.uploads)
            name = request.query_params.get("name", "")
            slip = await run_in_threadpool(_taken, room, name, file)
        except PinciteError as error:
            return sentence(str(error))
        except ClientDisconnect:
            return sentence("The file did not arrive: try again.")
        except OSError as error:
            return sentence(f"The file could not be kept ({error.strerror}): check the disk.")
        return fragment(_slip(slip))

    looks = {"": _view, "/list": _list, "/receipts": _receipts, "/watches": _watches}
    for path, look in looks.items():
        site.add_route(f"/library{path}", _route(look, room_of), ["GET"])
    acts = {
        "text": _text,
        "folder": _folder,
        "unwatch": _unwatch,
        "refresh": _refresh,
        "remove": _remove,
        "undo": _undo,
        "retry": _retry,
        "stop": _stop,
        "clear": _clear,
    }
    for path, act in acts.items():
        site.add_route(f"/library/{path}", _form_route(act, room_of), ["POST"])
    site.add_route("/library/collection", posted(made), ["POST"])
    site.add_route("/library/upload", upload, ["POST"])


def _route(
    look: Callable[[Request, Workroom], Response], room_of: Callable[[Request], Workroom]
) -> Callable[[Request], Response]:
    return shown(lambda request: look(request, room_of(request)))


def _form_route(
    act: Callable[[Request, Workroom, Form], Response], room_of: Callable[[Request], Workroom]
) -> Callable[[Request], Awaitable[Response]]:
    return posted(lambda request, form: act(request, room_of(request), form))


# --- what is looked at


def _view(request: Request, room: Workroom) -> Response:
    from ui import library

    formats = sorted(READERS)
    table, work, watches = _table(request, room), _work(room), _watched(room)
    return fragment(library.view(table, work, watches, formats, LARGEST_FILE, _collection(request)))


def _list(request: Request, room: Workroom) -> Response:
    return fragment(_table(request, room))


def _receipts(request: Request, room: Workroom) -> Response:
    after = request.query_params.get("after", "")
    return fragment(_work(room, int(after) if after.isascii() and after.isdigit() and len(after) < 16 else 0))


def _watches(_request: Request, room: Workroom) -> Response:
    return fragment(_watched(room))


# --- what is done


async def _received(request: Request, folder: Path) -> Path:
    """The body of a request as a file, which is deleted where it does not arrive whole."""
    from starlette.concurrency import run_in_threadpool

    handle, path = _new(folder)
    try:
        with os.fdopen(handle, "wb") as file:
            async for chunk in request.stream():
                await run_in_threadpool(file.write, chunk)
    except BaseException:
        _delete(Path(path))
        raise
    return Path(path)


def _new(folder: Path) -> tuple[int, str]:
    """A new file in a folder, opened. Of a folder for passing files the system may have made a clean sweep."""
    try:
        return tempfile.mkstemp(dir=folder)
    except FileNotFoundError:
        folder.mkdir(mode=0o700, exist_ok=True)
        return tempfile.mkstemp(dir=folder)


def _taken(room: Workroom, name: str, file: Path) -> Slip:
    try:
        return room.ingestion.upload(name, file)
    except PinciteError:
        _delete(file)
        raise


def _text(_request: Request, room: Workroom, form: Form) -> Response:
    from ui import library

    title, text = " ".join(form.get("title", "").split()), form.get("text", "")
    if not title or not text.strip():
        raise PinciteError("A title and a text are needed: fill in both.")
    suffix = "md" if form.get("kind") == "md" else "txt"
    try:
        handle, path = _new(room.uploads)
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode("utf-8", "replace"))
    except OSError as error:
        raise PinciteError(f"The text could not be kept ({error.strerror}): check the disk.") from error
    _taken(room, f"{title}.{suffix}", Path(path))
    return fragment(library.paste(), said=f"{title} is being indexed.")


def _folder(_request: Request, room: Workroom, form: Form) -> Response:
    from ui import library

    path = _absolute(form.get("path", ""))
    room.ingestion.folder(path)
    watched = form.get("watch") == "yes"
    if watched:
        room.watches.start(path)
    said = f"{path} is being indexed{' and watched' if watched else ''}."
    return fragment(library.folder(_watched(room)), said=said)


def _absolute(typed: str) -> str:
    """The path in full of a file or folder of this machine. Raises PinciteError where it is none."""
    expanded = os.path.expanduser(typed.strip())
    if not os.path.isabs(expanded):
        raise PinciteError("Type the whole path, from the root of the disk or from ~, such as ~/Documents/contracts.")
    path = os.path.abspath(expanded)
    try:
        there = os.path.exists(path)
    except ValueError:  # a NUL
        there = False
    if not there:
        raise PinciteError(f"There is no file or folder {path} on this machine: check the name.")
    return path


def _unwatch(request: Request, room: Workroom, _form: Form) -> Response:
    from ui import library

    room.watches.stop(request.query_params.get("watch", ""))
    return fragment(library.folder(_watched(room)), said="It is not watched any more; what was indexed stays.")


def _refresh(request: Request, room: Workroom, _form: Form) -> Response:
    listed = _named(request, room)
    room.ingestion.refresh(listed.id, listed.title, listed.paths)
    return fragment(_table(request, room), said=f"{listed.title} is being indexed again.")


def _remove(request: Request, room: Workroom, _form: Form) -> Response:
    listed = _named(request, room)
    room.removals.begin(listed.id, listed.paths)
    return fragment(_table(request, room), said=f"{listed.title} is removed. For 30 seconds that can be undone.")


def _undo(request: Request, room: Workroom, _form: Form) -> Response:
    listed = _named(request, room)
    if not room.removals.undo(listed.id):
        raise PinciteError("The 30 seconds are over: it is removed. Add it again if it is needed.")
    return fragment(_table(request, room), said=f"{listed.title} is kept.")


def _named(request: Request, room: Workroom) -> Listed:
    """The document that a request is about."""
    document_id = request.query_params.get("document", "")
    listed = room.listing.get(document_id)
    if listed is None:
        raise PinciteError("There is no such document any more.")
    return listed


def _retry(request: Request, room: Workroom, _form: Form) -> Response:
    room.ingestion.retry(request.query_params.get("slip", ""))
    return fragment(_work(room))


def _stop(_request: Request, room: Workroom, _form: Form) -> Response:
    room.ingestion.stop()
    return fragment(_work(room), said="Stopped. What was indexed until now stays.")


def _clear(_request: Request, room: Workroom, _form: Form) -> Response:
    room.ingestion.clear()
    return fragment(_work(room))


def _delete(file: Path) -> None:
    with suppress(OSError):
        file.unlink()


# --- what is shown


def _collection(request: Request) -> str:
    return str(request.query_params.get(COLLECTION, ""))


def _table(request: Request, room: Workroom) -> str:
    from ui.library import Row, Table, table

    wanted, version = Wanted.parse(request.query_params), _version(room)  # what changes from here on is asked for anew
    page, left, leaving = room.listing.page(wanted), room.removals.left, room.ingestion.removing
    rows = [
        Row(
            listed.id,
            listed.title,
            listed.sources,
            listed.places,
            listed.kind,
            listed.passages,
            listed.date,
            listed.tags,
            left.get(listed.id),
            listed.id in leaving,
        )
        for listed in page.rows
    ]
    return table(
        Table(
            rows,
            page.found,
            page.total,
            page.passages,
            page.number,
            page.pages,
            wanted.search,
            wanted.sort,
            wanted.descending,
            _collection(request),
            version,
        )
    )


def _work(room: Workroom, after: int = 0) -> str:
    from ui import library_receipts as ui

    slips = room.ingestion.slips()
    last = max((slip.change for slip in slips), default=0)
    going = any(not slip.ended for slip in slips) or room.removals.left
    every = _SOON if going else _LATER if room.watches.all() else 0
    news = slips if after > last else [slip for slip in slips if slip.change > after]
    work = ui.Work(last, every, _version(room), *room.ingestion.progress)
    return ui.receipts([ui.Slip(**_fields(slip)) for slip in news], [slip.state for slip in slips], work)


def _slip(slip: Slip) -> str:
    from ui import library_receipts as ui

    return ui.slip(ui.Slip(**_fields(slip)))


def _fields(slip: Slip) -> dict[str, Any]:
    return {name: value for name, value in asdict(slip).items() if name != "change"}


def _watched(room: Workroom) -> str:
    from ui import library

    return library.watches([(watch.id, watch.path, watch.told) for watch in room.watches.all()])


def _version(room: Workroom) -> str:
    """What is another text when the list would be shown in another way."""
    return f"{room.listing.version}-{room.removals.changes}-{len(room.ingestion.removing)}"
