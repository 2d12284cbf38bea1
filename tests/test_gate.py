"""The gate alone, before an application that says what reached it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.gate import HEADERS, POLICY, Gate, Route

ROUTES = [
    Route(("GET", "HEAD"), r"/", linked=True),
    Route(("GET",), r"/files/[\w-]+(\.[\w-]+)+", "private, max-age=60"),
    Route(("POST",), r"/ask"),
    Route(("POST",), r"/upload", body=1000),
    Route(("POST",), r"/note", body=10),
    Route(("GET",), r"/panel", framed=True),
]
HOST = ("host", "127.0.0.1:7860")


class Reply(NamedTuple):
    status: int
    headers: list[tuple[str, str]]
    body: bytes
    read: int

    def values(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key == name]


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """Reads the whole body, then answers with the request's headers and the length of its body."""
    length, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        length += len(message["body"])
        more = message["more_body"]
    told = json.dumps({"headers": [[k.decode(), v.decode()] for k, v in scope["headers"]], "length": length})
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": told.encode()})


def knock(
    method: str = "GET",
    path: str = "/",
    headers: Iterable[tuple[str, str]] = (HOST,),
    body: Iterable[bytes] = (b"",),
    app: Any = echo,
    limit: int = 100,
) -> Reply:
    """One request through the gate."""
    parts = list(body)
    sent: list[dict[str, Any]] = []
    read = 0

    async def receive() -> dict[str, Any]:
        nonlocal read
        read += 1
        return {"type": "http.request", "body": parts[read - 1], "more_body": read < len(parts)}

    async def send(message: Any) -> None:
        sent.append(message)

    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    scope = {"type": "http", "method": method, "path": path, "headers": raw}
    asyncio.run(Gate(app, routes=ROUTES, body_limit=limit)(scope, receive, send))
    assert sent[0]["type"] == "http.response.start"
    named = [(name.decode(), value.decode()) for name, value in sent[0]["headers"]]
    return Reply(sent[0]["status"], named, b"".join(message["body"] for message in sent[1:]), read)


def test_a_request_of_ours_is_let_in() -> None:
    reply = knock()
    assert reply.status == 200
    assert json.loads(reply.body) == {"headers": [["host", "127.0.0.1:7860"]], "length": 0}


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.1:7860", "localhost", "localhost:80", "localhost:65535", "[::1]", "[::1]:7860"]
)
def test_our_own_names(host: str) -> None:
    assert knock(headers=[("host", host)]).status == 200


@pytest.mark.parametrize(
    "host",
    [
        "",
        "localhost.",
        "localhost.:7860",
        "127.0.0.1.",
        "127.0.0.1.:7860",
        "127.0.0.2",
        "127.1",
        "2130706433",
        "0.0.0.0:7860",
        "::1",
        "[::]",
        "192.168.1.7:7860",
        "evil.example",
        "evil.example:7860",
        "evil.localhost",
        "localhost.evil.example",
        "127.0.0.1.nip.io",
        "LOCALHOST",
        "localhost:",
        "localhost:0",
        "localhost:07860",
        "localhost:123456",
        "localhost:78a0",
        "localhost:7860:7860",
        "localhost:7860 ",
        " localhost",
        "user@localhost",
        "localhost/",
        "localhost\n",
        "localhost,localhost",
        "127x0x0x1",
        "\xb9localhost",
    ],
)
def test_any_other_name_is_misdirected(host: str) -> None:
    assert knock(headers=[("host", host)]).status == 421


@pytest.mark.parametrize("headers", [[], [HOST, HOST], [HOST, ("host", "evil.example")], [HOST, ("HOST", "localhost")]])
def test_no_host_or_two_are_misdirected(headers: list[tuple[str, str]]) -> None:
    assert knock(headers=headers).status == 421


@pytest.mark.parametrize("origin", ["http://127.0.0.1:7860", "http://localhost:7860"])
@pytest.mark.parametrize("host", ["127.0.0.1:7860", "localhost:7860"])
def test_our_own_origins(host: str, origin: str) -> None:
    assert knock("POST", "/ask", [("host", host), ("origin", origin)]).status == 200


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "null",
        "http://evil.example",
        "http://evil.example:7860",
        "https://127.0.0.1:7860",
        "http://127.0.0.1",
        "http://127.0.0.1:3000",
        "http://127.0.0.1:78600",
        "http://127.0.0.1:7860/",
        "http://127.0.0.1:7860.evil.example",
        "http://localhost.:7860",
        "HTTP://127.0.0.1:7860",
        "http://127.0.0.1:7860, http://evil.example",
        "file://",
    ],
)
@pytest.mark.parametrize(("method", "path"), [("GET", "/"), ("POST", "/ask"), ("OPTIONS", "/ask")])
def test_any_other_origin_is_refused(method: str, path: str, origin: str) -> None:
    assert knock(method, path, [HOST, ("origin", origin)]).status == 403


def test_one_foreign_origin_among_two_is_refused() -> None:
    headers = [HOST, ("origin", "http://127.0.0.1:7860"), ("origin", "http://evil.example")]
    assert knock("POST", "/ask", headers).status == 403


@pytest.mark.parametrize(
    ("method", "path", "site", "mode", "dest", "status"),
    [
        ("GET", "/", "same-origin", "cors", "empty", 200),
        ("GET", "/", "none", "navigate", "document", 200),
        ("POST", "/ask", "same-origin", "cors", "empty", 200),
        ("GET", "/", "cross-site", "navigate", "document", 200),
        ("GET", "/", "same-site", "navigate", "document", 200),
        ("GET", "/", "cross-site", "navigate", "iframe", 403),
        ("GET", "/", "cross-site", "navigate", "embed", 403),
        ("GET", "/", "cross-site", "no-cors", "image", 403),
        ("GET", "/", "cross-site", "cors", "empty", 403),
        ("GET", "/", "same-site", "cors", "empty", 403),
        ("GET", "/", "", "navigate", "iframe", 403),
        ("GET", "/", "something new", "cors", "empty", 403),
        ("HEAD", "/", "cross-site", "navigate", "document", 403),
        ("GET", "/files/a.js", "cross-site", "navigate", "document", 403),
        ("GET", "/files/a.js", "cross-site", "no-cors", "script", 403),
        ("POST", "/ask", "cross-site", "navigate", "document", 403),
        ("POST", "/ask", "same-site", "no-cors", "empty", 403),
    ],
)
def test_what_the_browser_says_of_the_sender(
    method: str, path: str, site: str, mode: str, dest: str, status: int
) -> None:
    fetched = [("sec-fetch-site", site), ("sec-fetch-mode", mode), ("sec-fetch-dest", dest)]
    assert knock(method, path, [HOST, *fetched]).status == status


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("HEAD", "/", 200),
        ("POST", "/ask", 200),
        ("GET", "/files/a.b.js", 200),
        ("POST", "/", 404),
        ("OPTIONS", "/", 404),
        ("TRACE", "/", 404),
        ("GET", "/ask", 404),
        ("GET", "", 404),
        ("GET", "//", 404),
        ("GET", "/\n", 404),
        ("POST", "/ask/", 404),
        ("POST", "/ask\n", 404),
        ("POST", "/ASK", 404),
        ("GET", "/files/../etc.passwd", 404),
        ("GET", "/files/a.js/../../x", 404),
        ("GET", "/files/..", 404),
        ("GET", "/files/\u0430.js", 404),
        ("GET", "/healthz", 404),
    ],
)
def test_only_named_routes_are_open(method: str, path: str, status: int) -> None:
    assert knock(method, path).status == status


@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_any_other_path_is_not_found(path: str) -> None:
    assert knock("POST", f"/{path}").status == (200 if path in ("ask", "upload", "note") else 404)


def test_a_long_body_is_refused_before_it_is_read() -> None:
    reply = knock("POST", "/ask", [HOST, ("content-length", "200000000")])
    assert (reply.status, reply.read) == (413, 0)


def test_a_body_of_just_the_limit_is_read() -> None:
    reply = knock("POST", "/ask", [HOST, ("content-length", "100")], [b"x" * 60, b"x" * 40])
    assert (reply.status, json.loads(reply.body)["length"]) == (200, 100)


@pytest.mark.parametrize(
    ("path", "size", "status"),
    [("/ask", 101, 413), ("/upload", 101, 200), ("/upload", 1000, 200), ("/upload", 1001, 413), ("/note", 11, 413)],
)
def test_a_route_may_take_more_or_less(path: str, size: int, status: int) -> None:
    for headers in ([HOST, ("content-length", f"{size}")], [HOST]):
        reply = knock("POST", path, headers, [b"x" * (size // 2), b"x" * (size - size // 2)])
        assert reply.status == status
        if status == 413:
            limit = {"/ask": "100", "/upload": "1,000", "/note": "10"}[path]
            assert reply.body == f"The request is larger than {limit} bytes.\n".encode()


def test_what_a_closed_path_takes_is_the_gate_s_limit() -> None:
    assert knock("POST", "/closed", [HOST, ("content-length", "1000")]).status == 404


@pytest.mark.parametrize("length", ["-1", "+5", "1e2", "0x10", "ten", "", "1 0", "9" * 19, "1_0"])
def test_a_length_that_is_no_number(length: str) -> None:
    assert knock("POST", "/ask", [HOST, ("content-length", length)]).status == 400


async def excuse(scope: Any, receive: Any, send: Any) -> None:
    """Answers 400 where the body breaks off, as FastAPI does."""
    while (message := await receive())["type"] != "http.disconnect":
        assert message["more_body"], "the body came to its end"
    await send({"type": "http.response.start", "status": 400, "headers": []})
    await send({"type": "http.response.body", "body": b"an excuse"})


async def fail(scope: Any, receive: Any, send: Any) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    raise ConnectionError("the client has gone")


@pytest.mark.parametrize("app", [echo, excuse, fail])
def test_a_streamed_body_is_counted(app: Any) -> None:
    reply = knock("POST", "/ask", body=[b"x" * 30] * 50, app=app)
    assert (reply.status, reply.read) == (413, 4)
    assert b"excuse" not in reply.body


def test_an_exception_of_the_application_stays_one() -> None:
    async def broken(scope: Any, receive: Any, send: Any) -> None:
        raise LookupError("a bug")

    with pytest.raises(LookupError, match="a bug"):
        knock(app=broken)


def test_what_proxies_say_is_not_handed_on() -> None:
    hearsay = ["X-Forwarded-Host", "x-forwarded-for", "x-forwarded-proto", "Forwarded", "x-real-ip", "x-gradio-server"]
    told = json.loads(knock(headers=[HOST, *((name, "evil.example") for name in hearsay), ("x-kept", "1")]).body)
    assert told["headers"] == [["host", "127.0.0.1:7860"], ["x-kept", "1"]]


@pytest.mark.parametrize(
    ("status", "request_"),
    [
        (200, {}),
        (404, {"path": "/nothing"}),
        (421, {"headers": [("host", "evil.example")]}),
        (403, {"headers": [HOST, ("origin", "null")]}),
        (413, {"method": "POST", "path": "/ask", "headers": [HOST, ("content-length", "101")]}),
        (413, {"method": "POST", "path": "/ask", "body": [b"x" * 101]}),
        (400, {"method": "POST", "path": "/ask", "headers": [HOST, ("content-length", "x")]}),
    ],
)
def test_every_response_wears_the_headers(status: int, request_: dict[str, Any]) -> None:
    reply = knock(**request_)
    assert reply.status == status
    for name, value in HEADERS.items():
        assert reply.values(name.decode()) == [value.decode()]
    assert reply.values("content-security-policy") == [POLICY.decode()]
    assert reply.values("cache-control") == ["no-store"]


def test_the_headers_by_their_words() -> None:
    reply = knock()
    assert reply.values("x-content-type-options") == ["nosniff"]
    assert reply.values("x-frame-options") == ["DENY"]
    assert reply.values("referrer-policy") == ["no-referrer"]
    assert reply.values("cross-origin-opener-policy") == ["same-origin"]
    assert reply.values("cross-origin-resource-policy") == ["same-origin"]
    assert "camera=()" in reply.values("permissions-policy")[0]
    assert "default-src 'none'" in reply.values("content-security-policy")[0]


def test_only_what_may_be_framed_may_be_and_only_by_our_own_page() -> None:
    for path, status, framing in (
        ("/panel", 200, "SAMEORIGIN"),
        ("/", 200, "DENY"),
        ("/nothing", 404, "DENY"),
    ):
        reply = knock(path=path)
        assert (reply.status, reply.values("x-frame-options")) == (status, [framing])
        others = {name.decode(): value.decode() for name, value in HEADERS.items() if name != b"x-frame-options"}
        assert others.items() <= dict(reply.headers).items()
    # A page of another site that frames it is refused all the same.
    foreign = [("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "iframe")]
    assert knock(path="/panel", headers=[HOST, *foreign]).status == 403


def test_our_headers_stand_in_the_place_of_the_application_s() -> None:
    async def lax(scope: Any, receive: Any, send: Any) -> None:
        headers = [
            (b"X-Frame-Options", b"ALLOWALL"),
            (b"Cache-Control", b"public"),
            (b"Access-Control-Allow-Origin", b"*"),
            (b"access-control-allow-credentials", b"true"),
            (b"Content-Security-Policy", b"default-src 'self'"),
            (b"etag", b"1"),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    reply = knock(path="/files/a.js", app=lax)
    lowered = [(name.lower(), value) for name, value in reply.headers]
    assert [value for name, value in lowered if name == "x-frame-options"] == ["DENY"]
    assert [value for name, value in lowered if name == "cache-control"] == ["private, max-age=60"]
    assert [value for name, value in lowered if name == "content-security-policy"] == ["default-src 'self'"]
    assert [value for name, value in lowered if name == "etag"] == ["1"]
    assert not [name for name, _ in lowered if name.startswith("access-control-")]


def test_a_refusal_is_a_sentence_and_to_head_without_a_body() -> None:
    spoken, silent = knock(path="/nothing"), knock("HEAD", "/nothing")
    assert spoken.body == b"There is nothing here.\n"
    assert spoken.values("content-type") == silent.values("content-type") == ["text/plain; charset=utf-8"]
    assert spoken.values("content-length") == silent.values("content-length") == ["23"]
    assert (silent.status, silent.body) == (404, b"")


def test_websockets_are_refused() -> None:
    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "websocket", "path": "/", "headers": [(b"host", b"127.0.0.1:7860")]}
    asyncio.run(Gate(fail, routes=ROUTES)(scope, None, send))  # type: ignore[arg-type]
    assert sent == [{"type": "websocket.close", "code": 1008}]


def test_the_life_of_the_application_is_its_own() -> None:
    seen = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["type"])

    asyncio.run(Gate(app, routes=ROUTES)({"type": "lifespan"}, None, None))  # type: ignore[arg-type]
    assert seen == ["lifespan"]
