"""The layout of the page, and which part of it calls which handler."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from ui import handlers, render
from ui.handlers import Ask, Talk

ASSETS = Path(__file__).parent / "assets"

HEAD = """
<title>Pincite</title>
<meta name="color-scheme" content="light dark">
<link rel="icon" type="image/svg+xml" href="/pincite/pin.svg">
<link rel="stylesheet" href="/pincite/page.css">
<script defer src="/pincite/page.js"></script>
"""
"""What stands in the head of the page; the server serves `ASSETS` below /pincite."""


def page(ask: Ask, *, examples: Sequence[str] = (), status: str = "") -> gr.Blocks:
    """The chat. Its turns live with the session on the server: a browser can send a question and nothing else."""
    blocks = gr.Blocks(title="Pincite", fill_height=True, fill_width=True, analytics_enabled=False)
    with blocks:
        talk = gr.State([])
        with gr.Row(elem_id="pc-top"):
            gr.Markdown(render.header(status))
            # Loading the page anew begins a new session, and nobody waits for what the old one still reads.
            gr.Button("New conversation", link="/", elem_id="pc-new", size="sm")
        chat = _chat()
        with gr.Column(elem_id="pc-bottom"):
            box = _box()
            with gr.Row(elem_id="pc-examples", visible=bool(examples)):
                chips = {gr.Button(example, size="sm", elem_classes="pc-example"): example for example in examples}

        def send(typed: str, talk: Talk, event: gr.EventData) -> Iterator[tuple[Any, Talk, Talk]]:
            example = chips.get(event.target)  # type: ignore[call-overload]
            for left, turns in handlers.converse(ask, example or typed, talk):
                untouched = left is None or example is not None
                yield (gr.skip() if untouched else left), turns, turns

        gr.on(
            [box.submit, *(chip.click for chip in chips)],
            send,
            inputs=[box, talk],
            outputs=[box, chat, talk],
            show_progress="hidden",
            # One at a time, so that no turn is lost to another that began before it ended.
            trigger_mode="once",
            api_visibility="private",
        )
    return blocks


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
