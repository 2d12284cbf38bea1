"""Gradio's page as we send it: with a head of ours, a policy, and scripts that may run."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from qa.web.responses import COLLECTION

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_FIELDS = 1000

POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)


class FrontPage:
    """Gradio's page with `head` and `body` in it and a nonce on its scripts: no script that got into a page can run.

    `body` gives the markup around the chat for the collection that the address names.
    """

    def __init__(self, app: ASGIApp, *, head: str, body: Callable[[str], str]) -> None:
        self._app = app
        self._head = head.encode()
        self._around = body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        from starlette.concurrency import run_in_threadpool

        if scope["type"] != "http" or scope["path"] != "/":
            await self._app(scope, receive, send)
            return
        around = await run_in_threadpool(self._around, _collection(scope))
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
                body = self._body(bytes(page), around.encode("utf-8", "replace"), nonce)
                await send({**start, "headers": _headers(start["headers"], len(body), nonce)})
                await send({"type": "http.response.body", "body": body})

        # Compressed, the page could not be written into.
        readable = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
        await self._app({**scope, "headers": readable}, receive, collect)

    def _body(self, page: bytes, around: bytes, nonce: str) -> bytes:
        # The cards for social networks name Gradio and an address outside.
        page = re.sub(rb'<meta\s+(?:property|name)="(?:og|twitter):[^>]*>\s*', b"", page)
        # With it a link to a part of the page, such as #library, would lose the collection and the conversation.
        page = re.sub(rb"<base\b[^>]*>\s*", b"", page)
        page = page.replace(b"<head>", b"<head>" + self._head, 1)
        # Where a person's words stand there is no script to be found: they are escaped, and put in afterwards.
        page = re.sub(rb"<script\b", b'<script nonce="%b"' % nonce.encode(), page)
        before, mark, after = page.partition(b"<gradio-app")
        return before + around + mark + after


def _collection(scope: Scope) -> str:
    try:
        query = parse_qs(scope["query_string"].decode("latin-1"), max_num_fields=_FIELDS)
    except ValueError:
        return ""
    return str(query.get(COLLECTION, [""])[0])


def _headers(headers: list[tuple[bytes, bytes]], length: int, nonce: str) -> list[tuple[bytes, bytes]]:
    policy = (b"content-security-policy", POLICY.format(nonce=nonce).encode())
    return [policy, *((name, b"%d" % length if name == b"content-length" else value) for name, value in headers)]
