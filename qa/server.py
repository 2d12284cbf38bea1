"""The page and its server: our own ASGI application, with Gradio mounted in it, behind the gate."""

from __future__ import annotations

import asyncio
import atexit
import os
import re
import secrets
import shutil
import socket
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING

from qa import links
from qa.errors import PinciteError
from qa.gate import Gate, Route
from qa.types import Answer

if TYPE_CHECKING:
    import gradio as gr
    import uvicorn
    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from qa.documents import Documents

HOST = "127.0.0.1"
PORT = 7860
PORTS_TRIED = 100

# Everything that may be asked for. Of Gradio's routes only those are here that the chat page was seen to use, so that
# closed are, in every spelling: its file and URL server (/gradio_api/file=, /gradio_api/file/, /gradio_api/proxy=,
# which fetch any public address for whoever asks), /gradio_api/upload, the direct calls of handlers (/gradio_api/run/,
# /api/, /call/, past the queue and its limits), component_server, stream, deep_link, process_recording, the
# vibe-* routes (they write code), dev/reload, custom_component, /monitoring, /config, /gradio_api/info and
# openapi.json (they describe every handler), runs, login, logout, token, user, /svelte, /static and pwa_icon.
# A newer Gradio's further routes are closed until they are added.
_FOREVER = "private, max-age=604800, immutable"  # the name of such a file changes with its content
ROUTES = (
    Route(("GET", "HEAD"), r"/", linked=True),
    Route(("GET", "HEAD"), r"/document/[\w-]{1,64}", linked=True),
    Route(("GET", "HEAD"), r"/document/[\w-]{1,64}/page/[1-9][0-9]{0,4}\.png"),
    Route(("GET", "HEAD"), r"/healthz"),
    Route(("GET", "HEAD"), r"/pincite/[a-z]+\.(css|js|svg)", "no-cache"),
    Route(("GET", "HEAD"), r"/(favicon\.ico|manifest\.json)", "no-cache"),
    Route(("GET",), r"/assets/[\w-]+(\.[\w-]+)+", _FOREVER),
    Route(("GET",), r"/static/js/iframeResizer\.contentWindow\.min\.js", "no-cache"),
    Route(("GET",), r"/theme\.css", "no-cache"),
    Route(("GET",), r"/gradio_api/app_id"),
    Route(("GET",), r"/gradio_api/heartbeat/[a-z0-9]+"),
    Route(("GET",), r"/gradio_api/queue/data"),
    Route(("POST",), r"/gradio_api/queue/join"),
)

PAGE_POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'self'; form-action 'none'; "
    "frame-ancestors 'none'"
)
DOCUMENT_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def application(
    ask: Callable[[str], Answer],
    *,
    documents: Documents | None = None,
    examples: Sequence[str] = (),
    status: str = "",
) -> ASGIApp:
    """The page whose questions `ask` answers, with `examples` to click on and one line of `status` in its head.

    `ask` is called in threads, two at once at the most. `documents` are those that citations lead to.
    """
    _settle_gradio()
    from fastapi import FastAPI
    from fastapi.responses import FileResponse
    from fastapi.staticfiles import StaticFiles

    from ui import app

    site = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    @site.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @site.get("/favicon.ico")
    def favicon() -> FileResponse:
        return FileResponse(app.ASSETS / "pin.svg")

    @site.get("/manifest.json")
    def manifest() -> FileResponse:
        return FileResponse(app.ASSETS / "manifest.json")

    site.mount("/pincite", StaticFiles(directory=app.ASSETS))
    _show_documents(site, documents)
    _within_a_loop(lambda: _mount(site, app.page(ask, examples=examples, status=status), app.theme()))
    return Gate(FrontPage(site, head=app.HEAD), routes=ROUTES)


def _show_documents(site: FastAPI, documents: Documents | None) -> None:
    """Puts the pages of documents into `site`, and the pictures of their files' pages."""
    from starlette.responses import HTMLResponse, PlainTextResponse, Response

    from ui.document import failure

    def page(request: Request) -> Response:
        query = request.scope["query_string"].decode("latin-1")
        try:
            shown = _document_page(documents, request.path_params["id"], query) if documents else None
        except PinciteError as error:
            status, shown = 503, failure("This document cannot be shown", str(error))
        else:
            status = 200 if shown else 404
        return HTMLResponse(shown or failure(*_NO_DOCUMENT), status, {"content-security-policy": DOCUMENT_POLICY})

    def picture(request: Request) -> Response:
        document = documents.document(request.path_params["id"]) if documents else None
        if documents is None or document is None:
            return PlainTextResponse(f"{_NO_DOCUMENT[1]}\n", 404)
        try:
            return Response(documents.picture(document, int(request.path_params["page"])), media_type="image/png")
        except PinciteError as error:
            return PlainTextResponse(f"{error}\n", 404)

    site.add_route("/document/{id}", page, ["GET"])
    site.add_route("/document/{id}/page/{page:int}.png", picture, ["GET"])


_NO_DOCUMENT = (
    "No such document",
    "The store has no document with this address. It was removed since the link was made, or the address is not whole.",
)


def _document_page(documents: Documents, document_id: str, query: str) -> str | None:
    from qa.relocation import locate
    from ui.document import Picture, page, window

    document = documents.document(document_id)
    if document is None:
        return None
    request = links.parse(query)
    found = [locate(document.text, target) for target in request.targets]
    start, end = window(document, request, found)
    passages = documents.passages(document, start, end)
    marked = [(place.start, place.end) for place in found if place.start < end and place.end > start]
    pictures = [
        Picture(
            shown.page, f"{links.address(document.id)}/page/{shown.page}.png", shown.width, shown.height, shown.boxes
        )
        for shown in documents.pictures(document, marked)
    ]
    return page(document, (start, end), request, found, passages, pictures)


def _mount(site: FastAPI, blocks: gr.Blocks, theme: gr.Theme) -> None:
    """Puts Gradio under all routes that `site` has not."""
    import gradio as gr

    blocks.queue(max_size=64, default_concurrency_limit=2, api_open=False)
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


class FrontPage:
    """Gradio's page with `head` in it and a nonce on its scripts, so that no script that got into a page can run."""

    def __init__(self, app: ASGIApp, *, head: str) -> None:
        self._app = app
        self._head = head.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != "/":
            await self._app(scope, receive, send)
            return
        start: Message = {}
        page = bytearray()

        async def collect(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                return
            page.extend(message.get("body", b""))
            if not message.get("more_body", False):
                nonce = secrets.token_urlsafe(16)
                body = self._body(bytes(page), nonce)
                await send({**start, "headers": _headers(start["headers"], len(body), nonce)})
                await send({"type": "http.response.body", "body": body})

        # Compressed, the page could not be written into.
        readable = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
        await self._app({**scope, "headers": readable}, receive, collect)

    def _body(self, page: bytes, nonce: str) -> bytes:
        # The cards for social networks name Gradio and an address outside.
        page = re.sub(rb'<meta\s+(?:property|name)="(?:og|twitter):[^>]*>\s*', b"", page)
        page = page.replace(b"<head>", b"<head>" + self._head, 1)
        return re.sub(rb"<script\b", b'<script nonce="%b"' % nonce.encode(), page)


def _headers(headers: list[tuple[bytes, bytes]], length: int, nonce: str) -> list[tuple[bytes, bytes]]:
    policy = (b"content-security-policy", PAGE_POLICY.format(nonce=nonce).encode())
    return [policy, *((name, b"%d" % length if name == b"content-length" else value) for name, value in headers)]


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
    """Serves `app` until it is interrupted."""
    with suppress(KeyboardInterrupt):
        server(app).run(sockets=[listener])


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
            # A page keeps a connection open for as long as it is; it would hold up the end.
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
