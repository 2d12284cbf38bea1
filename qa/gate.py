"""The gate in front of every door that speaks HTTP: who may come in, by which routes, with how much, and what leaves.

The page belongs to the person at this machine. A browser, though, will carry a request from any web page to
127.0.0.1, and a name that its owner points at 127.0.0.1 makes such a page look like ours. So nothing is let in that
does not name us exactly and come from us, whatever the application behind would do with it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

HOSTS = ("127.0.0.1", "localhost", "[::1]")
BODY_LIMIT = 1_000_000
"""Bytes of a request's body; a question has at most some thousands."""

HEADERS = {
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"permissions-policy": b"camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
}
POLICY = b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""The content security policy of everything that is no page; a page brings its own."""

# What a proxy would say of the request before it. There is no proxy here, so whoever sends these wants the
# application to take another address for its own (Gradio builds its links from them).
_HEARSAY = re.compile(rb"forwarded|x-forwarded-.*|x-real-ip|x-original-.*|x-rewrite-.*|x-gradio-server")


class Route(NamedTuple):
    """What may be asked for: the methods, the path as a regular expression, and for how long a browser may keep it.

    `linked` says that a link on another site may lead here, which then shows itself in a window of its own. `framed`
    lets a page of ours show it within itself. `body` is the most bytes that may be sent there, if it is not the gate's.
    """

    methods: tuple[str, ...]
    path: str
    keep: str = "no-store"
    linked: bool = False
    framed: bool = False
    body: int | None = None


class Refusal(NamedTuple):
    status: int
    sentence: str


class Gate:
    """Lets in what names one of `hosts`, comes from our own pages and asks for one of `routes`; all else is refused.

    The path is compared after the one decoding that the application's router sees, so a closed route is closed in
    every spelling. WebSockets are refused. Every response leaves with `HEADERS`.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        routes: Sequence[Route],
        hosts: Collection[str] = HOSTS,
        body_limit: int = BODY_LIMIT,
    ) -> None:
        self._app = app
        self._routes = [(route, re.compile(route.path, re.ASCII)) for route in routes]
        self._hosts = tuple(hosts)
        self._host = re.compile(f"(?:{'|'.join(map(re.escape, hosts))})(?P<port>:[1-9][0-9]{{0,4}})?", re.ASCII)
        self._body_limit = body_limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        route = self._route(scope)
        leave = _dressed(send, route)
        refusal = self._refusal(scope, route)
        if refusal is None:
            told = [(name, value) for name, value in scope["headers"] if not _HEARSAY.fullmatch(name.lower())]
            refusal = await self._let_in({**scope, "headers": told}, receive, leave, self._limit(route))
        if refusal is not None:
            await _say(leave, scope, refusal)

    def _route(self, scope: Scope) -> Route | None:
        for route, path in self._routes:
            if scope["method"] in route.methods and path.fullmatch(scope["path"]):
                return route
        return None

    def _refusal(self, scope: Scope, route: Route | None) -> Refusal | None:
        host = self._host.fullmatch(",".join(_values(scope, b"host")))
        if host is None:
            return Refusal(421, f"This is Pincite at {' and '.join(self._hosts)}, and at no other name.")
        origins = {f"http://{name}{host['port'] or ''}" for name in self._hosts}
        if not origins.issuperset(_values(scope, b"origin")) or _is_foreign(scope, route):
            return Refusal(403, "Another site sent this request; Pincite answers its own page only.")
        if route is None:
            return Refusal(404, "There is nothing here.")
        lengths = _values(scope, b"content-length")
        if any(not re.fullmatch("[0-9]{1,18}", length, re.ASCII) for length in lengths):
            return Refusal(400, "The length of the request is not a number.")
        limit = self._limit(route)
        return _too_large(limit) if any(int(length) > limit for length in lengths) else None

    def _limit(self, route: Route | None) -> int:
        return self._body_limit if route is None or route.body is None else route.body

    async def _let_in(self, scope: Scope, receive: Receive, send: Send, limit: int) -> Refusal | None:
        """Runs the application on a body that is counted as it is read, for a stream announces no length."""
        read, started = 0, False

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            return message if read <= limit else {"type": "http.disconnect"}

        async def answered(message: Message) -> None:
            nonlocal started
            # What the application makes of the body that broke off is not the answer; the refusal is.
            if started or read <= limit:
                started = True
                await send(message)

        try:
            await self._app(scope, counted, answered)
        except Exception:
            if read <= limit:
                raise
        return _too_large(limit) if read > limit and not started else None


def _too_large(limit: int) -> Refusal:
    return Refusal(413, f"The request is larger than {limit:,} bytes.")


def _values(scope: Scope, name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in scope["headers"] if key.lower() == name]


def _is_foreign(scope: Scope, route: Route | None) -> bool:
    """Whether the browser says that another site asks; following a link that may lead here is the one exception."""
    if {"same-origin", "none"}.issuperset(_values(scope, b"sec-fetch-site")):
        return False
    by_a_link = scope["method"] == "GET" and route is not None and route.linked
    as_a_page = (_values(scope, b"sec-fetch-mode"), _values(scope, b"sec-fetch-dest")) == (["navigate"], ["document"])
    return not (by_a_link and as_a_page)


def _dressed(send: Send, route: Route | None) -> Send:
    """`send` with our headers on the response, in the place of any that the application set."""
    keep = route.keep if route else "no-store"
    framing = {b"x-frame-options": b"SAMEORIGIN"} if route and route.framed else {}

    async def dressed(message: Message) -> None:
        if message["type"] == "http.response.start":
            ours = {**HEADERS, **framing, b"cache-control": keep.encode() if message["status"] < 400 else b"no-store"}
            kept = [
                (name, value)
                for name, value in message.get("headers", ())
                # Gradio hands out cross-origin permissions, of which none is meant.
                if name.lower() not in ours and not name.lower().startswith(b"access-control-")
            ]
            policy = [] if any(name.lower() == b"content-security-policy" for name, _ in kept) else [POLICY]
            named = [(b"content-security-policy", value) for value in policy]
            message = {**message, "headers": [*kept, *named, *ours.items()]}
        await send(message)

    return dressed


async def _say(send: Send, scope: Scope, refusal: Refusal) -> None:
    body = f"{refusal.sentence}\n".encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", b"%d" % len(body)),
        (b"connection", b"close"),  # a body that is refused need not be sent to its end
    ]
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
