"""The whole application behind a real server, asked over real sockets."""

from __future__ import annotations

import html
import http.client
import json
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shelves import Answering, served, shelves, silent

from qa import server
from qa.errors import PinciteError
from qa.gate import HEADERS

HOSTILE = "</script><script>alert(1)</script>"
OTHER = "Fables </nav><script>alert(2)</script>"

CLOSED = [
    "/gradio_api/file=/etc/passwd",
    "/gradio_api/file=https://example.com/",
    "/gradio_api/file/etc/passwd",
    "/file=/etc/passwd",
    "/proxy=https://example.com/",
    "/gradio_api/proxy=https://example.com/",
    "/gradio_api/upload",
    "/gradio_api/upload_progress",
    "/upload",
    "/monitoring",
    "/monitoring/summary",
    "/gradio_api/monitoring",
    "/gradio_api/run/send",
    "/gradio_api/api/send",
    "/gradio_api/call/send",
    "/gradio_api/call/v2/send",
    "/gradio_api/component_server",
    "/gradio_api/process_recording",
    "/gradio_api/stream/1",
    "/gradio_api/stream/a/b/1/playlist-file",
    "/gradio_api/queue/status",
    "/gradio_api/deep_link",
    "/gradio_api/dev/reload",
    "/gradio_api/vibe-edit",
    "/gradio_api/vibe-code",
    "/gradio_api/vibe-starter-queries",
    "/gradio_api/run-history/buckets",
    "/gradio_api/runs",
    "/gradio_api/info",
    "/gradio_api/openapi.json",
    "/gradio_api/startup-events",
    "/gradio_api/token",
    "/gradio_api/user",
    "/gradio_api/custom_component/a/client/b/c.js",
    "/gradio_api/mcp/",
    "/gradio_api/profiling/traces",
    "/config",
    "/config/",
    "/login",
    "/logout",
    "/svelte/svelte.js",
    "/static/img/logo.svg",
    "/pwa_icon",
    "/robots.txt",
    "/docs",
    "/redoc",
    "/openapi.json",
    "/assets/../routes.py",
    "/pincite/../app.py",
    "/pincite/app.py",
]


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a running application, which has two collections."""
    collections = shelves(tmp_path_factory.mktemp("shelves"), others={OTHER: Answering(silent)})

    def status(name: str) -> str:
        if name not in ("", OTHER):
            raise PinciteError(f"There is no {HOSTILE}.")
        return f"{HOSTILE} in [{name}]"

    shown = {"examples": [HOSTILE, "Who?"], "status": status}
    with served(collections, **shown) as address:
        yield int(address.rpartition(":")[2])


def get(port: int, path: str, method: str = "GET", headers: dict[str, str] | None = None) -> http.client.HTTPResponse:
    """The response, its body read, to a request whose path is sent as it is."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
        connection.putrequest(method, path, skip_accept_encoding=True)
        for name, value in (headers or {}).items():
            connection.putheader(name, value)
        connection.endheaders()
        response = connection.getresponse()
        response.text = response.read().decode()  # type: ignore[attr-defined]
        return response


def text(response: http.client.HTTPResponse) -> str:
    said: str = response.text  # type: ignore[attr-defined]
    return said


def post(port: int, path: str, value: Any) -> http.client.HTTPResponse:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
        connection.request("POST", path, json.dumps(value), {"content-type": "application/json"})
        response = connection.getresponse()
        response.text = response.read().decode()  # type: ignore[attr-defined]
        return response


def config(port: int) -> dict[str, Any]:
    """What the page tells the browser about itself."""
    found = re.search(r"window\.gradio_config = (\{.*?\});</script>", text(get(port, "/")))
    assert found
    value: dict[str, Any] = json.loads(found[1])
    return value


def test_health(port: int) -> None:
    response = get(port, "/healthz")
    assert (response.status, json.loads(text(response))) == (200, {"status": "ok"})


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/healthz", 200),
        ("/theme.css", 200),
        ("/pincite/page.css", 200),
        ("/pincite/page.js", 200),
        ("/talk", 200),
        ("/talk/none", 404),
        ("/pincite/pin.svg", 200),
        ("/pincite/none.css", 404),
        ("/favicon.ico", 200),
        ("/manifest.json", 200),
        ("/gradio_api/app_id", 200),
        ("/assets/none.js", 404),
        ("/nothing", 404),
    ],
)
def test_headers_on_every_route(port: int, path: str, status: int) -> None:
    response = get(port, path, headers={"origin": f"http://127.0.0.1:{port}"})
    assert response.status == status
    for name, value in HEADERS.items():
        assert response.headers.get_all(name.decode()) == [value.decode()]
    assert len(response.headers.get_all("content-security-policy") or []) == 1
    assert len(response.headers.get_all("cache-control") or []) == 1
    assert response.headers.get_all("server") is None
    assert not [name for name in response.headers if name.lower().startswith("access-control-")]


def test_what_may_be_kept_and_what_may_not(port: int) -> None:
    asset = re.search(r'src="\./(assets/index-[^"]+\.js)"', text(get(port, "/")))
    assert asset
    kept = {
        path: get(port, path).headers["cache-control"]
        for path in ("/", "/pincite/page.css", f"/{asset[1]}", "/assets/none.js", "/gradio_api/app_id")
    }
    assert kept == {
        "/": "no-store",
        "/pincite/page.css": "no-cache",
        f"/{asset[1]}": "private, max-age=604800, immutable",
        "/assets/none.js": "no-store",
        "/gradio_api/app_id": "no-store",
    }


def test_the_page_lets_only_its_own_scripts_run(port: int) -> None:
    first, second = get(port, "/"), get(port, "/", headers={"accept-encoding": "br, gzip"})
    assert first.headers["cache-control"] == "no-store"
    assert second.headers["content-encoding"] is None
    nonces = []
    for response in (first, second):
        policy = response.headers["content-security-policy"]
        nonce = re.search("script-src 'self' 'nonce-([A-Za-z0-9_-]{22})';", policy)
        assert nonce
        assert "unsafe-eval" not in policy
        for directive in ("default-src 'none'", "connect-src 'self'", "img-src 'self' data:", "frame-src 'self'"):
            assert f"{directive};" in policy
        assert policy.endswith("frame-ancestors 'none'")
        assert policy.count("unsafe-inline") == policy.count("style-src 'self' 'unsafe-inline'") == 1
        scripts = re.findall("<script[^>]*>", text(response))
        named = [name for script in scripts for name in re.findall('src="/pincite/([a-z]+)[.]js"', script)]
        assert {"theme", "views", "page", "panel"} <= set(named)
        assert len(scripts) == len(named) + 6  # Gradio's
        assert all(f'nonce="{nonce[1]}"' in script for script in scripts)
        assert text(response).count(nonce[1]) == len(scripts)
        nonces.append(nonce[1])
    assert nonces[0] != nonces[1]


def test_the_page_is_whole_and_ours(port: int) -> None:
    response = get(port, "/")
    page = text(response)
    assert int(response.headers["content-length"]) == len(page.encode())
    assert "<title>Pincite</title>" in page
    assert '<link rel="stylesheet" href="/pincite/page.css">' in page
    assert "og:image" not in page
    assert "githubusercontent" not in page
    assert get(port, "/", "HEAD").status == 200


def test_hostile_words_of_ours_do_not_break_out_of_the_page(port: int) -> None:
    for address in ("/", f"/?collection={quote(OTHER)}", f"/?collection={quote(HOSTILE)}", "/?collection=%FF&a=%00"):
        response = get(port, address)
        assert response.status == 200
        assert not re.search(r"alert\([12]\)</script>", text(response))
        assert not re.search(r"<script[^>]*>alert", text(response))
    assert HOSTILE in [part["props"].get("value") for part in config(port)["components"]]


def test_what_stands_around_the_chat_is_that_of_the_collection_in_the_address(port: int) -> None:
    for address, name, said in (
        ("/", "", f"{HOSTILE} in []"),
        (f"/?collection={quote(OTHER)}", OTHER, f"{HOSTILE} in [{OTHER}]"),
        ("/?collection=nowhere", "", f"There is no {HOSTILE}."),
    ):
        page = text(get(port, address))
        assert "<base" not in page
        (status,) = re.findall('class="pc-status" dir="auto">(.*?)</span>', page)
        assert html.unescape(status) == said
        assert html.unescape(text(get(port, f"/status{address[1:]}"))) == said
        assert page.count('aria-current="true"') == 1
        (shown,) = re.findall('<summary aria-label="Collection: .*?"><bdi>(.*?)</bdi>', page)
        assert html.unescape(shown) == (name or "Documents")


def test_cancelling_takes_nothing_but_a_post(port: int) -> None:
    for method in ("GET", "HEAD", "PUT", "DELETE"):
        assert get(port, "/gradio_api/cancel", method, {"content-length": "0"}).status == 404
    assert post(port, "/gradio_api/cancel", {}).status == 422
    foreign = {"origin": "http://evil.example", "content-length": "0"}
    assert get(port, "/gradio_api/cancel", "POST", foreign).status == 403


def test_gradio_is_told_to_keep_quiet(port: int) -> None:
    told = config(port)
    assert told["run_history"] is False
    assert told["footer_links"] == []
    assert told["show_error"] is False
    assert {part["api_visibility"] for part in told["dependencies"]} == {"private"}


@pytest.mark.parametrize("path", CLOSED)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE"])
def test_closed_routes(port: int, method: str, path: str) -> None:
    assert get(port, path, method, {"content-length": "0"}).status == 404


def spelled(path: str) -> st.SearchStrategy[str]:
    """Other spellings of a path: percent-encoded once and again, in capitals, with slashes turned and doubled."""

    def character(char: str) -> st.SearchStrategy[str]:
        once, twice = f"%{ord(char):02x}", f"%25{ord(char):02X}"
        slashes = ["//", "\\", "%5c", "%2f", "/./", "/a/../", "/%2e%2e/", "/;/"] if char == "/" else []
        return st.sampled_from([char, char, char, char.upper(), once, twice, f"%2525{ord(char):02x}", *slashes])

    return st.tuples(*map(character, path)).map("".join)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.sampled_from([path for path in CLOSED if ".." not in path]).flatmap(spelled), post=st.booleans())
def test_closed_routes_in_every_spelling(port: int, path: str, post: bool) -> None:
    assert get(port, path, "POST" if post else "GET", {"content-length": "0"}).status == 404


def test_another_name_or_another_site_is_refused(port: int) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", port)) as connection:
        connection.request("GET", "/", headers={"host": f"localhost.:{port}"})
        assert connection.getresponse().status == 421
    assert get(port, "/gradio_api/queue/join", "POST", {"origin": "http://evil.example"}).status == 403
    assert get(port, "/gradio_api/app_id", headers={"sec-fetch-site": "cross-site"}).status == 403


def test_a_forwarded_host_changes_no_address(port: int) -> None:
    lies = {"x-forwarded-host": "evil.example", "x-forwarded-proto": "https", "x-gradio-server": "http://evil.example"}
    page = text(get(port, "/", headers=lies))
    assert "evil.example" not in page
    assert f'"root":"http://127.0.0.1:{port}"' in page


def test_a_body_of_200_megabytes_is_refused_unread(port: int) -> None:
    assert get(port, "/gradio_api/queue/join", "POST", {"content-length": "200000000"}).status == 413


def test_a_stream_of_200_megabytes_is_refused_on_the_way(port: int) -> None:
    sent = 0
    with closing(socket.create_connection(("127.0.0.1", port), timeout=20)) as stream:
        stream.sendall(
            b"POST /gradio_api/queue/join HTTP/1.1\r\nhost: 127.0.0.1:%d\r\n"
            b"content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n" % port
        )
        chunk = b"10000\r\n" + b" " * 65536 + b"\r\n"
        try:
            while sent < 200_000_000:
                stream.sendall(chunk)
                sent += len(chunk)
        except OSError:
            pass
        else:
            pytest.fail("all of it was taken")
    assert sent < 50_000_000
    assert get(port, "/healthz").status == 200


def test_the_refusal_of_a_stream_is_413(port: int) -> None:
    with closing(socket.create_connection(("127.0.0.1", port), timeout=20)) as stream:
        stream.sendall(
            b"POST /gradio_api/queue/join HTTP/1.1\r\nhost: 127.0.0.1:%d\r\n"
            b"content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n" % port
        )
        for _ in range(16):  # just more than the limit
            stream.sendall(b"10000\r\n" + b" " * 65536 + b"\r\n")
        assert stream.recv(65536).startswith(b"HTTP/1.1 413 ")


def test_a_websocket_is_refused(port: int) -> None:
    upgrade = {"connection": "upgrade", "upgrade": "websocket", "sec-websocket-version": "13"}
    assert get(port, "/gradio_api/queue/ws", headers=upgrade).status == 404


def test_no_input_makes_the_server_fetch_an_address(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    resolve = socket.getaddrinfo

    def noted(host: Any, *rest: Any, **named: Any) -> Any:
        asked.append(host)
        return resolve(host, *rest, **named)

    monkeypatch.setattr(socket, "getaddrinfo", noted)
    told = config(port)
    send = next(part for part in told["dependencies"] if len(part["inputs"]) == 2)
    file = {"path": "http://canary.invalid/secret", "meta": {"_type": "gradio.FileData"}}
    body = {"data": [file, None], "fn_index": send["id"], "trigger_id": send["targets"][0][0], "session_hash": "abc"}
    assert post(port, "/gradio_api/queue/join", body).status == 200
    stream = text(get(port, "/gradio_api/queue/data?session_hash=abc"))
    assert '"msg":"process_completed"' in stream
    assert not [host for host in asked if "127.0.0.1" not in str(host)]
    assert "canary" not in stream


def test_a_question_over_the_wire(port: int) -> None:
    send = next(part for part in config(port)["dependencies"] if len(part["inputs"]) == 2)
    body = {"data": ["Who?", None], "fn_index": send["id"], "trigger_id": send["targets"][0][0], "session_hash": "def"}
    assert post(port, "/gradio_api/queue/join", body).status == 200
    stream = text(get(port, "/gradio_api/queue/data?session_hash=def"))
    assert "The sources do not answer this." in stream


def test_a_question_cannot_be_asked_past_the_queue(port: int) -> None:
    queued = [part for part in config(port)["dependencies"] if part["queue"]]
    assert [len(part["inputs"]) for part in queued] == [2]  # the question and the conversation
    body = {"data": ["Who?", None], "fn_index": queued[0]["id"], "session_hash": "ghi"}
    assert post(port, "/gradio_api/run/predict", body).status == 404


@pytest.mark.parametrize("more", [{"fn_index": 999}, {"fn_index": None}, {"batched": True}, {"session_hash": "\ud800"}])
def test_a_direct_call_that_is_none_is_refused(port: int, more: dict[str, Any]) -> None:
    load = next(part for part in config(port)["dependencies"] if not part["inputs"] and not part["queue"])
    body = {"data": ["Who?", None], "fn_index": load["id"], "session_hash": "jkl"} | more
    assert post(port, "/gradio_api/run/predict", body).status >= 400
    assert get(port, "/healthz").status == 200


def test_listen_takes_the_port_asked_for() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number = free.getsockname()[1]
    with closing(server.listen(number)) as listener:
        assert server.address(listener) == f"http://127.0.0.1:{number}"


def test_a_busy_port_is_a_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        with pytest.raises(PinciteError, match=rf"^Port {number} .*--port\.$"):
            server.listen(number)


@pytest.mark.parametrize("number", [-1, 0, 65536, 100_000])
def test_a_port_that_is_none_is_a_sentence(number: int) -> None:
    with pytest.raises(PinciteError, match=rf"{number}.*--port"):
        server.listen(number)


def test_without_a_port_the_next_free_one_is_taken() -> None:
    with closing(server.listen()) as first, closing(server.listen()) as second:
        one, other = first.getsockname()[1], second.getsockname()[1]
    assert server.PORT <= one < other < server.PORT + server.PORTS_TRIED


posix = pytest.mark.skipif(sys.platform == "win32", reason="about signals and modes of POSIX")


def python(code: str) -> subprocess.Popen[str]:
    pipe = subprocess.PIPE
    return subprocess.Popen([sys.executable, "-c", code], stdout=pipe, stderr=pipe, text=True)


@posix
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 0), (signal.SIGTERM, 143)])
def test_serve_ends_quietly_and_lets_all_be_closed(number: int, code: int) -> None:
    source = """
from contextlib import closing
from fastapi import FastAPI
from qa import server
class Open:
    def close(self):
        print("closed")
listener = server.listen()
print(listener.getsockname()[1], flush=True)
with closing(Open()):
    server.serve(FastAPI(), listener)
"""
    with python(source) as program:
        assert program.stdout is not None
        assert get(int(program.stdout.readline()), "/").status == 404
        program.send_signal(number)
        said, complained = program.communicate(timeout=20)
    assert (program.returncode, said, complained) == (code, "closed\n", "")


def test_the_import_is_light() -> None:
    code = "import sys, qa.server; print(*{'gradio', 'torch', 'ui', 'fastapi', 'uvicorn', 'numpy'} & set(sys.modules))"
    with python(code) as program:
        assert program.communicate(timeout=20) == ("\n", "")


@posix
def test_files_of_gradio_are_private_and_do_not_stay() -> None:
    code = """
import os, stat
from qa import server
server._settle_gradio()
folder = os.environ["GRADIO_TEMP_DIR"]
print(folder, oct(stat.S_IMODE(os.stat(folder).st_mode)), *(
    os.environ[name] for name in ("GRADIO_ANALYTICS_ENABLED", "GRADIO_RUN_HISTORY", "HF_HUB_OFFLINE")
))
"""
    with python(code) as program:
        said, complained = program.communicate(timeout=20)
    folder, *rest = said.split()
    assert (rest, complained) == (["0o700", "False", "False", "1"], "")
    assert folder
    assert not Path(folder).exists()
