"""The routes of documents behind the gate: what is answered, with which status and which headers."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa.documents import Documents, PagePicture
from qa.errors import FileError, PinciteError
from qa.gate import HEADERS, Gate
from qa.library import Library
from qa.links import document_link
from qa.sources import Upload
from qa.types import Document, Passage
from qa.web import documents as door
from qa.web.collections import Collection, Collections

TEXT = "# Tower\n\nThe tower is 38 m high.\n\nIt burned oil.\n"
TOWER = Document("d-1", "The tower", ("tower.md",), "f" * 64, TEXT)
LONG = Document("long", "Long", ("long.pdf",), "d" * 64, "A line of words.\n\n" * 10_000, (0,))
DRAWN = Document("pdf", "Drawn", ("drawn.pdf",), "e" * 64, "One page.", (0,))
OTHER = Document("other-1", "Elsewhere", ("other.txt",), "c" * 64, "It is here.\n\n" * 10_000)
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (80).to_bytes(4) + (110).to_bytes(4) + b"rest"


class Fake:
    """Two documents, one with a page to draw."""

    def document(self, document_id: str) -> Document | None:
        if document_id == "broken":
            raise PinciteError("The store <is> damaged.")
        return {"d-1": TOWER, "pdf": DRAWN, "long": LONG}.get(document_id)

    def passages(self, document: Document, start: int, end: int) -> Sequence[Passage]:
        return [Passage("d-1", 0, 32, TEXT[:32], None, ("Tower",))] if document is TOWER else []

    def pictures(self, document: Document, spans: Sequence[tuple[int, int]]) -> Sequence[PagePicture]:
        self.marked = spans
        return [PagePicture(1, 80, 110, ((0.1, 0.1, 0.5, 0.2),))] if document is DRAWN and spans else []

    def picture(self, document: Document, page: int) -> bytes:
        if document is DRAWN and page == 1:
            return PNG
        raise FileError("there is no such page to draw.")


class Elsewhere(Fake):
    """Those of another collection."""

    def document(self, document_id: str) -> Document | None:
        return OTHER if document_id == "other-1" else None


class Reply(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


def get(path: str, query: bytes = b"", *, method: str = "GET", documents: Any = None, **headers: str) -> Reply:
    """The answer to one request of our own."""
    site = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    shown = Fake() if documents is None else documents
    held: dict[str, Any] = {"": shown, "other": Elsewhere()}
    names = tuple(name for name in held if name)
    door.add_to(site, Collections(lambda name: Collection(name, Path(), None, held[name]), lambda: names))  # type: ignore[arg-type]
    told = [(b"host", b"127.0.0.1:7860"), *((k.replace("_", "-").encode(), v.encode()) for k, v in headers.items())]
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query,
        "headers": told,
        "root_path": "",
        "scheme": "http",
        "server": ("127.0.0.1", 7860),
        "client": ("127.0.0.1", 1),
        "http_version": "1.1",
    }
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(Gate(site, routes=door.ROUTES)(scope, receive, send))
    named = [(name.decode(), value.decode()) for name, value in sent[0]["headers"]]
    assert len(named) == len(dict(named))
    return Reply(sent[0]["status"], dict(named), b"".join(message.get("body", b"") for message in sent[1:]))


def test_a_document_with_its_passage_marked() -> None:
    path, query = document_link(TOWER.cite(13, 18)).removesuffix("#c").split("?")
    reply = get(path, query.encode())
    assert (reply.status, reply.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert ">tower</mark>" in reply.text
    assert '<h2 dir="auto">' in reply.text
    assert "pd-notice" not in reply.text


def test_the_policy_of_the_page_lets_nothing_run() -> None:
    for reply in (get("/document/d-1"), get("/document/none"), get("/document/broken")):
        assert reply.headers["content-security-policy"] == (
            "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; "
            "frame-ancestors 'self'"
        )
        assert reply.headers["cache-control"] == "no-store"
        ours = {name.decode(): value.decode() for name, value in HEADERS.items()}
        assert (ours | {"x-frame-options": "SAMEORIGIN"}).items() <= reply.headers.items()
        assert "<script" not in reply.text
        assert " style=" not in reply.text
        assert "<style" not in reply.text


def test_a_passage_that_moved_is_found_and_told_of() -> None:
    reply = get("/document/d-1", b"c=0-5&q=tower&p=The+&s=+is+38+m+high.")
    assert ">tower</mark>" in reply.text
    assert "another place now" in reply.text


def test_in_the_panel_beside_an_answer_the_page_around_it_has_the_head() -> None:
    assert (
        '<body class="pd-framed">' in get("/document/d-1", sec_fetch_dest="iframe", sec_fetch_site="same-origin").text
    )
    for dest in ("document", "empty"):
        assert "<body>" in get("/document/d-1", sec_fetch_dest=dest).text


def test_it_is_as_light_or_dark_as_was_chosen() -> None:
    for theme in ("light", "dark"):
        for path in ("/document/d-1", "/document/none", "/document/broken"):
            assert f'<html lang="en" class="pd-{theme}">' in get(path, cookie=f"a=b; pc-theme={theme}").text
    for cookie in ("pc-theme=system", 'pc-theme="><script>', "pc-theme=", "other=dark"):
        assert '<html lang="en">' in get("/document/d-1", cookie=cookie).text


def test_a_document_of_another_collection() -> None:
    assert get("/document/other-1").status == get("/document/d-1", b"collection=other").status == 404
    page = get("/document/other-1", b"c=3-5&collection=other")
    assert page.status == 200
    assert "Elsewhere" in page.text
    turn = re.search(r'<a class="pd-after" href="(.*?)"', page.text)
    assert turn
    assert turn[1].endswith("&#38;collection&#61;other")  # the next part is one of the same collection


def test_the_pictures_of_a_page_are_of_its_collection() -> None:
    assert "page&#47;1&#46;png&#63;" not in get("/document/pdf", b"c=0-3").text
    assert get("/document/pdf/page/1.png", b"collection=other").status == 404


@pytest.mark.parametrize("name", ["nowhere", "..", "Other", "%00"])
def test_a_collection_that_is_none(name: str) -> None:
    reply = get("/document/d-1", f"collection={name}".encode())
    assert reply.status == 503
    assert "There is no such collection" in reply.text
    assert get("/document/pdf/page/1.png", f"collection={name}".encode()).status == 404


def test_no_such_document() -> None:
    for reply in (get("/document/none"), get("/document/none", b"c=1-2"), get("/document/d-2")):
        assert reply.status == 404
        assert "No such document" in reply.text
    assert get("/document/none/page/1.png").status == 404


def test_a_store_that_fails_is_a_sentence() -> None:
    reply = get("/document/broken")
    assert reply.status == 503
    assert "The store &#60;is&#62; damaged&#46;" in reply.text


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/document/d-1", 200),
        ("HEAD", "/document/d-1", 200),
        ("POST", "/document/d-1", 404),
        ("PUT", "/document/d-1", 404),
        ("GET", "/document", 404),
        ("GET", "/document/", 404),
        ("GET", "/document/d-1/", 404),
        ("GET", "/document/../d-1", 404),
        ("GET", "/document/a/b", 404),
        ("GET", "/document/" + "a" * 65, 404),
        ("GET", "/document/é", 404),
        ("GET", "/document/pdf/page/1.png", 200),
        ("HEAD", "/document/pdf/page/1.png", 200),
        ("GET", "/document/pdf/page/2.png", 404),
        ("GET", "/document/d-1/page/1.png", 404),
        ("GET", "/document/pdf/page/0.png", 404),
        ("GET", "/document/pdf/page/01.png", 404),
        ("GET", "/document/pdf/page/-1.png", 404),
        ("GET", "/document/pdf/page/100000.png", 404),
        ("GET", "/document/pdf/page/1.svg", 404),
    ],
)
def test_routes(method: str, path: str, status: int) -> None:
    assert get(path, method=method).status == status


def test_a_link_on_another_site_may_lead_to_a_document_and_nothing_else_of_it_may() -> None:
    link = {"sec_fetch_site": "cross-site", "sec_fetch_mode": "navigate", "sec_fetch_dest": "document"}
    assert get("/document/d-1", **link).status == 200
    assert get("/document/pdf/page/1.png", **link).status == 403
    for other in ({"sec_fetch_dest": "iframe"}, {"sec_fetch_mode": "no-cors"}, {"origin": "http://evil.example"}):
        assert get("/document/d-1", **{**link, **other}).status == 403


def test_pages_of_the_file_are_shown() -> None:
    page = get("/document/pdf", b"c=0-3").text
    assert '<img src="&#47;document&#47;pdf&#47;page&#47;1&#46;png" width="80" height="110"' in page
    reply = get("/document/pdf/page/1.png")
    assert (reply.headers["content-type"], reply.body) == ("image/png", PNG)
    assert "<img" not in get("/document/pdf").text


def test_only_what_is_marked_in_what_is_shown_is_drawn() -> None:
    fake = Fake()
    query = b"c=20-26&c=90-100&c=100000-100006&c=179990-179995&c=7-3&from="
    for begin, marked in (("0", [(20, 26), (90, 100)]), ("100000", [(100_000, 100_006)])):
        get("/document/long", query + begin.encode(), documents=fake)
        assert fake.marked == marked


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.one_of(
        st.binary(max_size=200),
        st.lists(
            st.sampled_from(["c=", "q=", "p=", "s=", "from=", "1-2", "13-18", "9", "-", "tower", "&", "%00", "%", "é"])
        ).map(lambda parts: "".join(parts).encode()),
    )
)
def test_no_query_is_an_error(query: bytes) -> None:
    assert get("/document/d-1", query).status == 200


# --- over a library


class Sandbox:
    """In the place of the process that draws: says what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, bytes, Mapping[str, Any]]] = []
        self.png = PNG
        self.fields: dict[str, Any] = {"width": 40.0, "height": 55}
        self.rectangles: Any = [[1, 4.0, 11, 20.0, 22.0], [1, -1.0, 0.0, 99.0, 5.5]]

    def call(self, function: str, data: bytes, arguments: Mapping[str, Any], checked: Any) -> Any:
        self.asked.append((function, data, arguments))
        try:
            return checked(
                {"rectangles": self.rectangles, **self.fields}, b"" if function == "rectangles" else self.png
            )
        except (ValueError, TypeError, KeyError) as error:
            raise FileError("what was read from it cannot be right.") from error

    def close(self) -> None:
        pass


@pytest.fixture
def drawn(library: Library) -> Iterator[tuple[Documents, Document, Sandbox]]:
    """A document with pages in a library whose only source is an upload, and the process that draws."""
    data = b"One page.\n\nAnother page."
    library.add([], uploads=[Upload("drawn.txt", data)])
    documents = Documents(library)
    documents._sandbox = sandbox = Sandbox()  # type: ignore[assignment]
    known = documents.document(hashlib.sha256(data).hexdigest()[:16])
    assert known
    yield documents, Document(known.id, "Drawn", ("drawn.pdf",), known.sha256, known.text, (0, 11)), sandbox
    documents.close()


def test_the_documents_of_a_library(library: Library, tmp_path: Path) -> None:
    (tmp_path / "tower.md").write_text("# Tower\n\n" + "The tower is high. " * 60 + "\n\n## Oil\n\nIt burned oil.\n")
    (entry,) = library.add([tmp_path / "tower.md"]).added
    documents = Documents(library)
    assert documents.document("none") is None
    document = documents.document(entry.id)
    assert document
    assert document.title == "Tower"
    assert [passage.headings for passage in documents.passages(document, 1150, 1180)] == [("Tower", "Oil")]
    first, *others = documents.passages(document, 0, len(document.text))
    assert 1 + len(others) == entry.passages
    assert first not in documents.passages(document, first.end, first.end + 1)
    assert others[-1] not in documents.passages(document, others[-1].start - 1, others[-1].start)
    assert documents.pictures(document, [(0, 5)]) == []
    with pytest.raises(FileError):
        documents.picture(document, 1)
    documents.close()


def test_the_pages_of_passages_are_drawn_from_the_very_bytes(drawn: tuple[Documents, Document, Sandbox]) -> None:
    documents, document, sandbox = drawn
    (picture,) = documents.pictures(document, [(0, 3)])
    assert picture == PagePicture(1, 80, 110, ((0.1, 0.2, 0.5, 0.4), (0.0, 0.0, 1.0, 0.1)))
    assert [asked[:2] for asked in sandbox.asked] == [
        ("rectangles", b"One page.\n\nAnother page."),
        ("picture", b"One page.\n\nAnother page."),
    ]
    assert documents.picture(document, 1) == PNG
    assert len(sandbox.asked) == 2  # it was kept
    assert documents.pictures(document, []) == []


def test_a_page_that_is_none_is_not_drawn(drawn: tuple[Documents, Document, Sandbox]) -> None:
    documents, document, sandbox = drawn
    for page in (0, 3, -1):
        with pytest.raises(FileError):
            documents.picture(document, page)
    assert sandbox.asked == []


def test_pictures_are_kept_up_to_a_number(drawn: tuple[Documents, Document, Sandbox]) -> None:
    documents, document, sandbox = drawn
    many = Document(document.id, "t", ("a.pdf",), document.sha256, document.text, tuple(range(12)))
    for page in range(1, 13):
        documents.picture(many, page)
    assert len(documents._drawn) == 8
    documents.picture(many, 12)
    documents.picture(many, 5)  # what was shown last is kept longest
    assert len(sandbox.asked) == 12
    documents.picture(many, 1)
    documents.picture(many, 5)
    assert len(sandbox.asked) == 13
    documents.picture(many, 6)
    assert len(sandbox.asked) == 14


def test_no_more_than_three_pages_are_drawn(drawn: tuple[Documents, Document, Sandbox]) -> None:
    documents, document, sandbox = drawn
    sandbox.rectangles = [[page, 0.1, 0.1, 0.2, 0.2] for page in (9, 4, 2, 7)]
    assert [picture.page for picture in documents.pictures(document, [(0, 3)])] == [2, 4, 7]


def test_what_comes_back_is_not_believed(drawn: tuple[Documents, Document, Sandbox]) -> None:
    documents, document, sandbox = drawn
    wrong_boxes: list[Any] = [
        None,
        {},
        "text",
        [1],
        [[1, 0.1]],
        [[0, 0.1, 0.1, 0.2, 0.2]],
        [["1", 0, 0, 1, 1]],
        [[1, 0, 0, 1, float("nan")]],
        [[1, 0, 0, float("inf"), 1]],
        [[1, 2, 0, 1, 1]],
        [[1, 0, 0, 1, 1]] * 501,
    ]
    right, png = sandbox.rectangles, sandbox.png
    for sandbox.rectangles in wrong_boxes:
        assert documents.pictures(document, [(0, 3)]) == []
    sandbox.rectangles = right
    for sandbox.png in (b"", b"<html>", PNG[:20], PNG[:16] + b"\0\0\xff\xff" + PNG[20:], b"\x88" + PNG[1:]):
        assert documents.pictures(document, [(0, 3)]) == []
        with pytest.raises(FileError):
            documents.picture(document, 1)
    sandbox.png = png
    for side in (0, -1.0, float("inf"), float("nan"), None, "wide", []):
        for name in ("width", "height"):
            sandbox.fields = {"width": 40.0, "height": 55.0, name: side}
            assert documents.pictures(document, [(0, 3)]) == []
    sandbox.fields = {"width": 40.0, "height": 55.0}
    assert len(documents.pictures(document, [(0, 3)])) == 1


def test_only_the_pages_of_a_passage_are_handed_on(drawn: tuple[Documents, Document, Sandbox]) -> None:
    documents, document, sandbox = drawn
    sandbox.rectangles = []
    text = "one two three four five six "
    starts = (0, 4, 8, 8, 14, 19, 24)  # the third page is blank
    pages = Document(document.id, "t", ("a.pdf",), document.sha256, text, starts)
    documents.pictures(pages, [(16, 26), (0, 2), (9, 28)])
    assert [asked[2] for asked in sandbox.asked] == [
        {"text": "one two ", "page_starts": [0, 4, 8, 8, 8, 8, 8], "start": 0, "end": 2},
        {"text": "three four five ", "page_starts": [0, 0, 0, 0, 6, 11, 16], "start": 1, "end": 16},
        {"text": "four five six ", "page_starts": [0, 0, 0, 0, 0, 5, 10], "start": 2, "end": 12},
    ]


def test_a_file_that_is_gone_or_another_one_is_not_drawn(drawn: tuple[Documents, Document, Sandbox]) -> None:
    documents, document, sandbox = drawn
    changed = Document(document.id, "t", ("a.pdf",), "0" * 64, document.text, (0,))
    gone = Document("none", "t", ("a.pdf",), document.sha256, document.text, (0,))
    for other in (changed, gone):
        assert documents.pictures(other, [(0, 3)]) == []
        with pytest.raises(FileError):
            documents.picture(other, 1)
    assert sandbox.asked == []
