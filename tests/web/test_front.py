"""Gradio's page as it is sent: our head and what stands around the chat, a nonce on each script, a policy."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from qa.web.front import FrontPage

HEAD = '<title>Pincite</title><script src="/pincite/page.js"></script>'
PAGE = (
    '<!doctype html><html><head><meta property="og:title" content="Gradio">\n'
    '<meta name="twitter:image" content="https://elsewhere.invalid/card.png"><meta name="viewport" content="x">'
    "<script>window.config = 1</script></head><body><gradio-app></gradio-app>"
    '<script type="module" src="./index.js"></script></body></html>'
)


def asked(
    path: str = "/",
    query: bytes = b"",
    *,
    page: str = PAGE,
    parts: int = 1,
    around: Any = lambda name: f"<header>{name}</header>",
    headers: Any = ((b"accept-encoding", b"gzip"), (b"host", b"127.0.0.1")),
) -> tuple[dict[str, str], str, list[Any]]:
    """Headers and body of what is sent, and the scopes that the application was asked with."""
    scopes: list[Any] = []
    sent: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        scopes.append(scope)
        body = page.encode()
        length = (b"content-length", b"%d" % len(body))
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html"), length]})
        size = -(-len(body) // parts)
        for part in range(parts):
            more = part < parts - 1
            await send({"type": "http.response.body", "body": body[part * size : (part + 1) * size], "more_body": more})

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "path": path, "query_string": query, "headers": list(headers)}
    asyncio.run(FrontPage(app, head=HEAD, body=around)(scope, None, send))  # type: ignore[arg-type]
    named = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return named, b"".join(message.get("body", b"") for message in sent[1:]).decode(), scopes


def test_the_head_comes_first_and_the_shell_before_the_chat() -> None:
    _, page, _ = asked()
    assert page.index("<title>Pincite</title>") == page.index("<head>") + len("<head>")
    assert "<body><header></header><gradio-app>" in page


def test_every_script_of_the_page_has_the_nonce_of_its_response() -> None:
    nonces = set()
    for _ in range(3):
        headers, page, _ = asked()
        (nonce,) = re.findall("'nonce-([A-Za-z0-9_-]{22})'", headers["content-security-policy"])
        scripts = re.findall("<script[^>]*>", page)
        assert len(scripts) == 3
        assert all(f'nonce="{nonce}"' in script for script in scripts)
        nonces.add(nonce)
    assert len(nonces) == 3


def test_the_policy() -> None:
    policy = asked()[0]["content-security-policy"]
    directives = dict(each.split(" ", 1) for each in policy.split("; "))
    nonce = directives.pop("script-src").removeprefix("'self' 'nonce-").removesuffix("'")
    assert len(nonce) == 22
    assert directives == {
        "default-src": "'none'",
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "manifest-src": "'self'",
        "frame-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }


def test_cards_for_other_sites_are_taken_out() -> None:
    _, page, _ = asked()
    assert "og:" not in page
    assert "twitter" not in page
    assert 'name="viewport"' in page


def test_the_length_is_that_of_what_is_sent_in_however_many_parts_it_came() -> None:
    for parts in (1, 2, 7):
        headers, page, _ = asked(parts=parts)
        assert int(headers["content-length"]) == len(page.encode())
        assert page.endswith("</body></html>")


def test_it_is_asked_for_uncompressed() -> None:
    _, _, (scope,) = asked()
    assert scope["headers"] == [(b"host", b"127.0.0.1")]


def test_any_other_path_is_handed_on_as_it_is() -> None:
    headers, page, (scope,) = asked("/theme.css")
    assert "content-security-policy" not in headers
    assert page == PAGE
    assert (b"accept-encoding", b"gzip") in scope["headers"]


def test_what_stands_around_is_that_of_the_collection_in_the_address() -> None:
    for query, name in (
        (b"", ""),
        (b"collection=birds", "birds"),
        (b"talk=x&collection=a%26b+c%C3%A9", "a&b cé"),
        (b"collection=one&collection=two", "one"),
        (b"collection=", ""),
    ):
        assert f"<header>{name}</header>" in asked(query=query)[1]


def test_a_person_s_words_are_not_taken_for_parts_of_the_page() -> None:
    words = "<head></head><gradio-app></gradio-app><script>x</script>"  # as if they were not escaped
    headers, page, _ = asked(around=lambda _name: words)
    nonce = re.findall("'nonce-([A-Za-z0-9_-]{22})'", headers["content-security-policy"])[0]
    assert page.count(nonce) == 3
    assert words in page
    assert page.count(HEAD.split(">")[1]) == 1


@given(st.binary(max_size=100))
def test_no_query_is_an_error(query: bytes) -> None:
    seen: list[str] = []

    def around(name: str) -> str:
        seen.append(name)
        return "<header></header>"

    assert "<header></header><gradio-app>" in asked(query=query, around=around)[1]
    assert len(seen) == 1


def test_half_a_surrogate_pair_can_be_sent() -> None:
    assert "<header>?</header>" in asked(around=lambda _name: "<header>\ud800</header>")[1]
