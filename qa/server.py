"""The page and its server: our own ASGI application, with Gradio mounted in it, behind the gate."""

from __future__ import annotations

import asyncio
import atexit
import os
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from qa.errors import PinciteError
from qa.gate import Gate, Route
from qa.web import documents, evaluation, library, talk
from qa.web.collections import Collections
from qa.web.front import FrontPage

if TYPE_CHECKING:
    import gradio as gr
    import uvicorn
    from fastapi import FastAPI
    from starlette.types import ASGIApp

    from qa.web.workrooms import Workrooms

HOST = "127.0.0.1"
PORT = 7860
PORTS_TRIED = 100
_PAGES = 256
"""Open pages whose conversations are held in memory, those used last."""

# Everything that may be asked for. Of Gradio's routes only those are here that the chat page was seen to use, so that
# closed are, in every spelling: its file and URL server (/gradio_api/file=, /gradio_api/file/, /gradio_api/proxy=,
# which fetch any public address for whoever asks), /gradio_api/upload, the direct calls of handlers by name
# (/gradio_api/run/, /api/, /call/; run/predict calls those alone that wait for nobody: `api_open` is off),
# component_server, stream, deep_link, process_recording, the vibe-* routes (they write code), dev/reload,
# custom_component, /monitoring, /config, /gradio_api/info and openapi.json (they describe every handler), runs, login,
# logout, token, user, /svelte, /static and pwa_icon.
# A newer Gradio's further routes are closed until they are added.
_FOREVER = "private, max-age=604800, immutable"  # the name of such a file changes with its content
ROUTES = (
    Route(("GET", "HEAD"), r"/", linked=True),
    Route(("GET", "HEAD"), r"/healthz"),
    Route(("GET",), r"/status"),
    Route(("GET", "HEAD"), r"/pincite/[a-z]+\.(css|js|svg)", "no-cache"),
    Route(("GET", "HEAD"), r"/(favicon\.ico|manifest\.json)", "no-cache"),
    Route(("GET",), r"/assets/[\w-]+(\.[\w-]+)+", _FOREVER),
    Route(("GET",), r"/static/js/iframeResizer\.contentWindow\.min\.js", "no-cache"),
    Route(("GET",), r"/theme\.css", "no-cache"),
    Route(("GET",), r"/gradio_api/app_id"),
    Route(("GET",), r"/gradio_api/queue/data"),
    Route(("POST",), r"/gradio_api/queue/join"),
    Route(("POST",), r"/gradio_api/run/predict"),
    Route(("POST",), r"/gradio_api/cancel"),
    Route(("POST",), r"/gradio_api/reset"),  # which the page asks for after it, and does nothing
    *documents.ROUTES,
    *talk.ROUTES,
    *library.ROUTES,
    *evaluation.ROUTES,
)


def application(
    collections: Collections,
    workrooms: Workrooms,
    *,
    gold_sets: Sequence[tuple[str, Path]] = (),
    examples: Sequence[str] = (),
    status: Callable[[str], str] = lambda _name: "",
) -> ASGIApp:
    """The page of `collections`, with `examples` to click on; `status` gives the line in the head of a collection.

    Questions are answered in threads, four at once at the most. `gold_sets` are gold files by their titles, beside
    that of each collection. Whoever made `collections` and `workrooms` closes them.
    """
    _settle_gradio()
    from fastapi import FastAPI
    from fastapi.responses import FileResponse, HTMLResponse
    from fastapi.staticfiles import StaticFiles

    from ui import app
    from ui.render import plain
    from ui.shell import shell

    def said(collection: str) -> str:
        try:
            return status(collection)
        except PinciteError as error:  # which is told to whoever asks, too
            return str(error)

    def around(collection: str) -> str:
        return shell(said(collection), collections.names, collection if collection in collections.names else "")

    site = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    @site.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @site.get("/status")
    def facts(collection: str = "") -> HTMLResponse:
        return HTMLResponse(plain(said(collection)))

    @site.get("/favicon.ico")
    def favicon() -> FileResponse:
        return FileResponse(app.ASSETS / "pin.svg")

    @site.get("/manifest.json")
    def manifest() -> FileResponse:
        return FileResponse(app.ASSETS / "manifest.json")

    site.mount("/pincite", StaticFiles(directory=app.ASSETS))
    documents.add_to(site, collections)
    talk.add_to(site, collections)
    library.add_to(site, collections, workrooms)
    evaluation.add_to(site, collections, workrooms.evaluations, gold_sets)
    _within_a_loop(lambda: _mount(site, app.page(talk.desks(collections), examples=examples), app.theme()))
    return Gate(FrontPage(site, head=app.HEAD, body=around), routes=ROUTES)


def _mount(site: FastAPI, blocks: gr.Blocks, theme: gr.Theme) -> None:
    """Puts Gradio under all routes that `site` has not."""
    import gradio as gr

    blocks.queue(max_size=64, default_concurrency_limit=4, api_open=False)
    blocks.state_session_capacity = _PAGES
    _forbid_downloads(blocks)
    gr.mount_gradio_app(
        site,
        blocks,
        path="/",
        theme=theme,
        allowed_paths=[],
        footer_links=[],
        show_error=False,
        enable_monitoring=False,
        run_history=False,
        mcp_server=False,
        ssr_mode=False,
        pwa=False,
    )
    # A page would keep a connection open for as long as it is, and a browser has six for all its pages: the sixth tab
    # would wait without end. A page that was forgotten finds its conversation again by its address.
    blocks.config["connect_heartbeat"] = False


def listen(port: int | None = None) -> socket.socket:
    """A socket at `port` of this machine, else at 7860 or the next port that is free.

    It takes connections from now on, so that an address can be told before the page is ready.
    """
    if port is not None and not 0 < port < 65536:
        raise PinciteError(f"There is no port {port}: choose one from 1 to 65535 with --port.")
    for candidate in [port] if port else range(PORT, PORT + PORTS_TRIED):
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if os.name == "posix":  # elsewhere the option would let two programs share the port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, candidate))
            listener.listen(128)
        except OSError as error:
            listener.close()
            if port:
                raise PinciteError(
                    f"Port {port} cannot be used ({error.strerror}): choose another with --port."
                ) from error
        else:
            return listener
    raise PinciteError(f"The ports from {PORT} to {PORT + PORTS_TRIED - 1} are all in use: choose one with --port.")


def address(listener: socket.socket) -> str:
    host, port = listener.getsockname()
    return f"http://{host}:{port}"


def serve(app: ASGIApp, listener: socket.socket) -> None:
    """Serves `app` until it is interrupted. Raises SystemExit where it is told to end, so that all is closed first."""

    def end(number: int, _frame: object) -> None:
        sys.exit(128 + number)

    # uvicorn, once it has ended, raises the signal anew for whoever listened before.
    before = signal.signal(signal.SIGTERM, end)
    try:
        with suppress(KeyboardInterrupt):
            server(app).run(sockets=[listener])
    finally:
        signal.signal(signal.SIGTERM, before)


def server(app: ASGIApp) -> uvicorn.Server:
    import uvicorn

    return uvicorn.Server(
        uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            ws="none",
            proxy_headers=False,
            server_header=False,
            limit_concurrency=256,
            # An answer that is still on its way to a page would hold up the end.
            timeout_graceful_shutdown=1,
        )
    )


@cache
def _settle_gradio() -> None:
    """Says to Gradio, before it is imported, that it is to call nobody and to keep its files to this process."""
    folder = tempfile.mkdtemp(prefix="pincite-")  # readable by its owner only
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ |= {
        "GRADIO_ANALYTICS_ENABLED": "False",
        # It would make a table of all events after each of them, for the monitoring page that is closed.
        "GRADIO_ANALYTICS_CACHE_FREQUENCY": str(10**9),
        "GRADIO_RUN_HISTORY": "False",
        "GRADIO_TEMP_DIR": folder,
        "HF_HUB_OFFLINE": "1",
    }


def _within_a_loop(build: Callable[[], None]) -> None:
    """Where no event loop runs, Gradio makes one for each of its locks and forgets it open."""

    async def built() -> None:
        build()

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        asyncio.run(built())
    else:
        build()


def _forbid_downloads(blocks: gr.Blocks) -> None:
    """Any input of a request may name a file by its address, and Gradio would fetch it before the handler runs."""

    async def refuse(_address: object) -> str:
        raise ValueError("the page takes no files")

    for block in blocks.blocks.values():
        block.async_move_resource_to_block_cache = refuse  # type: ignore[assignment, method-assign]
