"""The layout of the chat, and which part of it calls which handler."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr

from ui import handlers, render
from ui.handlers import Desk, Talk

ASSETS = Path(__file__).parent / "assets"

HEAD = """
<title>Pincite</title>
<meta name="color-scheme" content="light dark">
<link rel="icon" type="image/svg+xml" href="/pincite/pin.svg">
<link rel="stylesheet" href="/pincite/page.css">
<link rel="stylesheet" href="/pincite/shell.css">
<link rel="stylesheet" href="/pincite/library.css">
<link rel="stylesheet" href="/pincite/evaluate.css">
<script src="/pincite/theme.js"></script>
<script defer src="/pincite/views.js"></script>
<script defer src="/pincite/page.js"></script>
<script defer src="/pincite/panel.js"></script>
<script defer src="/pincite/library.js"></script>
<script defer src="/pincite/evaluate.js"></script>
"""
"""What stands in the head of the page; the server serves `ASSETS` below /pincite."""


def page(desk: Callable[[str], Desk], *, examples: Sequence[str] = ()) -> gr.Blocks:
    """The chat; `desk` gives what answers from the collection of a name, or raises PinciteError.

    A conversation lives with the session on the server: a browser can send a question, or ask for another one by its
    id, and nothing else.
    """
    blocks = gr.Blocks(title="Pincite", fill_height=True, fill_width=True, analytics_enabled=False)
    with blocks:
        talk = gr.State(Talk())
        # Hidden by the style; the script of the page writes into it which conversation is wanted.
        opening = gr.Textbox(elem_id="pc-opening", label="Conversation", container=False)
        chat = _chat()
        with gr.Column(elem_id="pc-bottom"):
            with gr.Row(elem_id="pc-ask"):
                box = _box()
                stop = gr.Button("Stop", elem_id="pc-stop", size="sm")
            with gr.Row(elem_id="pc-examples", visible=bool(examples)):
                chips = {gr.Button(example, size="sm", elem_classes="pc-example"): example for example in examples}

        async def send(
            typed: str, talk: Talk, request: gr.Request, event: gr.EventData
        ) -> AsyncIterator[tuple[Any, list[handlers.Message], Talk]]:
            example = chips.get(event.target)  # type: ignore[call-overload]
            talk = replace(talk, collection=_collection(request))
            answering = await asyncio.to_thread(desk, talk.collection)
            if not talk.turns:  # a page that was forgotten, by a server that was started anew perhaps
                talk = await asyncio.to_thread(handlers.opened, answering, _conversation(request), talk.collection)
            async for left, after in handlers.converse(answering, example or typed, talk):
                untouched = left is None or example is not None
                yield (gr.skip() if untouched else left), await asyncio.to_thread(handlers.messages, after), after

        def begin(request: gr.Request) -> tuple[Any, Any]:
            talk_id = _conversation(request)
            if not talk_id:  # what somebody has asked by then is not to be wiped away
                return gr.skip(), gr.skip()
            return _opened(desk, talk_id, request)

        def change(wanted: str, request: gr.Request) -> tuple[list[handlers.Message], Talk]:
            return _opened(desk, wanted.partition(" ")[0], request)

        def give_up(talk: Talk, request: gr.Request) -> tuple[list[handlers.Message], Talk]:
            after = handlers.stopped(desk(_collection(request)), talk)
            return handlers.messages(after), after

        hidden: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        asking = gr.on(
            [box.submit, *(chip.click for chip in chips)],
            send,
            inputs=[box, talk],
            outputs=[box, chat, talk],
            # One at a time, so that no turn is lost to another that began before it ended.
            trigger_mode="once",
            concurrency_id="ask",
            concurrency_limit=4,
            **hidden,
        )
        # These wait for nobody. And what is queued is answered by a stream that all events of a page share: while it is
        # being closed after one of them, the answer to a question that is asked just then would never come.
        at_once = hidden | {"queue": False}
        stop.click(give_up, inputs=[talk], outputs=[chat, talk], cancels=[asking], **at_once)
        opening.change(change, inputs=[opening], outputs=[chat, talk], cancels=[asking], **at_once)
        blocks.load(begin, outputs=[chat, talk], **at_once)
    return blocks


def _opened(desk: Callable[[str], Desk], talk_id: str, request: gr.Request) -> tuple[list[handlers.Message], Talk]:
    collection = _collection(request)
    talk = handlers.opened(desk(collection), talk_id, collection)
    return handlers.messages(talk), talk


def _collection(request: gr.Request) -> str:
    """The name in the page's address of the collection that it is about."""
    return str(request.query_params.get("collection", ""))


def _conversation(request: gr.Request) -> str:
    """The id in the page's address of the conversation that it shows."""
    return str(request.query_params.get("talk", ""))


def _chat() -> gr.Chatbot:
    return gr.Chatbot(
        label="Conversation",
        show_label=False,
        container=False,
        elem_id="pc-talk",
        placeholder=render.welcome(),
        scale=1,
        height=None,
        autoscroll=False,
        layout="panel",
        buttons=[],
        feedback_options=None,
        latex_delimiters=[],
        sanitize_html=True,
        allow_tags=False,
        allow_file_downloads=False,
        group_consecutive_messages=False,
    )


def _box() -> gr.Textbox:
    return gr.Textbox(
        label="Question",
        show_label=False,
        container=False,
        elem_id="pc-box",
        placeholder="Ask a question",
        lines=1,
        max_lines=6,
        submit_btn="Ask",
        autofocus=True,
    )


def theme() -> gr.themes.Base:
    """Gradio's plainest theme, in fonts that every machine has; `page.css` does the rest."""
    return gr.themes.Base(
        primary_hue="indigo",
        neutral_hue="stone",
        font=["ui-sans-serif", "system-ui", "sans-serif"],
        font_mono=["ui-monospace", "monospace"],
    )
