"""The pages of documents, and the pictures of their files' pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qa import links
from qa.errors import PinciteError
from qa.gate import Route
from qa.web.responses import collection_of

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.responses import Response

    from qa.documents import Documents
    from qa.web.collections import Collections

ROUTES = (
    Route(("GET", "HEAD"), r"/document/[\w-]{1,64}", linked=True, framed=True),
    Route(("GET", "HEAD"), r"/document/[\w-]{1,64}/page/[1-9][0-9]{0,4}\.png"),
)
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
_NO_DOCUMENT = (
    "No such document",
    "The store has no document with this address. It was removed since the link was made, or the address is not whole.",
)


def add_to(site: FastAPI, collections: Collections) -> None:
    """Put them into `site`."""
    from starlette.responses import HTMLResponse, PlainTextResponse, Response

    from ui.document import failure

    def page(request: Request) -> Response:
        framed = request.headers.get("sec-fetch-dest") == "iframe"  # in the panel beside an answer
        theme = request.cookies.get("pc-theme", "")
        try:
            documents = collection_of(request, collections).documents
            query = request.scope["query_string"].decode("latin-1")
            shown = _page(documents, request.path_params["id"], query, framed, theme)
        except PinciteError as error:
            status, shown = 503, failure("This document cannot be shown", str(error), framed=framed, theme=theme)
        else:
            status = 200 if shown else 404
        markup = shown or failure(*_NO_DOCUMENT, framed=framed, theme=theme)
        return HTMLResponse(markup, status, {"content-security-policy": POLICY})

    def picture(request: Request) -> Response:
        try:
            documents = collection_of(request, collections).documents
            document = documents.document(request.path_params["id"])
            if document is None:
                return PlainTextResponse(f"{_NO_DOCUMENT[1]}\n", 404)
            return Response(documents.picture(document, int(request.path_params["page"])), media_type="image/png")
        except PinciteError as error:
            return PlainTextResponse(f"{error}\n", 404)

    site.add_route("/document/{id}", page, ["GET"])
    site.add_route("/document/{id}/page/{page:int}.png", picture, ["GET"])


def _page(documents: Documents, document_id: str, query: str, framed: bool, theme: str) -> str | None:
    from qa.relocation import located
    from ui.document import Picture, page, window

    document = documents.document(document_id)
    if document is None:
        return None
    request = links.parse(query)
    found = located(document.text, request.targets)
    start, end = window(document, request, found)
    passages = documents.passages(document, start, end)
    marked = [(place.start, place.end) for place in found if place.start < end and place.end > start]
    pictures = [
        Picture(
            shown.page,
            links.picture_address(document.id, shown.page, request.collection),
            shown.width,
            shown.height,
            shown.boxes,
        )
        for shown in documents.pictures(document, marked)
    ]
    return page(document, (start, end), request, found, passages, pictures, framed=framed, theme=theme)
