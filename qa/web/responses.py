"""What every group of addresses answers with, and how it reads what is asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote

from qa.errors import PinciteError

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from qa.web.collections import Collection, Collections

COLLECTION = "collection"
"""The name in an address's query of the collection that it is about; without it, it is the first."""

SAID = "x-pincite-said"
"""The header whose sentence is spoken to whoever cannot see what has changed."""

_FIELDS = 1000


def collection_of(request: Request, collections: Collections) -> Collection:
    """The one that a request is about. Raises PinciteError where there is none of that name."""
    return collections.get(request.query_params.get(COLLECTION, ""))


def fragment(markup: str, status: int = 200, *, said: str = "") -> Response:
    """A part of a page, for a script of ours to put in its place. Everything in `markup` is escaped already."""
    from starlette.responses import HTMLResponse

    return HTMLResponse(markup, status, {SAID: quote(said)} if said else None)


def sentence(text: str, status: int = 400) -> Response:
    """What is said to a person in the place of what was asked for."""
    from starlette.responses import PlainTextResponse

    return PlainTextResponse(f"{text}\n", status)


def shown(work: Callable[[Request], Response]) -> Callable[[Request], Response]:
    """A route that says what went wrong in a sentence."""

    def route(request: Request) -> Response:
        try:
            return work(request)
        except PinciteError as error:
            return sentence(str(error))

    return route


def posted(work: Callable[[Request, Mapping[str, str]], Response]) -> Callable[[Request], Awaitable[Response]]:
    """A route for a form: `work` gets its fields, in a thread, and what went wrong is said in a sentence."""

    async def route(request: Request) -> Response:
        from starlette.concurrency import run_in_threadpool

        body = await request.body()

        def read(asked: Request) -> Response:  # a long text takes seconds
            try:
                fields = dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_FIELDS))
            except ValueError:
                raise PinciteError("The form could not be read: load the page anew and try again.") from None
            return work(asked, fields)

        return await run_in_threadpool(shown(read), request)

    return route
