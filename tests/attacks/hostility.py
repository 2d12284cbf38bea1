"""Hostile strings: each is a function of its number alone.

What they try: to run a script (`window.ran`), to ask for something (`/canary`, `canary.invalid`), to lie over the page,
to pass for a part of it, to change what is read, and to break what shows them.
"""

from __future__ import annotations

import os
import random

COUNT = int(os.environ.get("PINCITE_ATTACKS", "20"))

LONGEST = 1500
"""Characters of one; a question may have 2,000."""

RUN = "window.ran=1"
AWAY = "https://canary.invalid/x"

_MARKUP = (
    f"<script>{RUN}</script>",
    f"<ScRiPt src={AWAY}></sCrIpT>",
    f"</script><script>{RUN}</script>",
    f"<img src=/canary.png onerror={RUN}>",
    f'<img src="{AWAY}" srcset="/canary.png 2x" onload="{RUN}">',
    f"<svg/onload={RUN}>",
    f'<svg><image href="{AWAY}"/><animate onbegin={RUN} attributeName=x dur=1s></svg>',
    f"<svg><script>{RUN}</script></svg>",
    f'<svg><use href="data:image/svg+xml,<svg id=x onload={RUN}></svg>#x"></use></svg>',
    f"<body onload={RUN}>",
    f"<details open ontoggle={RUN}><summary>x</summary></details>",
    f"<input autofocus onfocus={RUN}>",
    f"<video autoplay oncanplay={RUN}><source src={AWAY}></video>",
    f"<audio src={AWAY} onerror={RUN}></audio>",
    f'<iframe src="javascript:{RUN}"></iframe>',
    f'<iframe srcdoc="<script>parent.{RUN}</script>"></iframe>',
    f"<object data={AWAY}></object><embed src={AWAY}>",
    f"<link rel=stylesheet href={AWAY}><link rel=prefetch href=/canary>",
    f"<meta http-equiv=refresh content='0;url={AWAY}'>",
    f"<base href={AWAY}>",
    f"<form action={AWAY}><input type=image src=/canary.gif><button formaction={AWAY}>x</button></form>",
    f'<a href="javascript:{RUN}">click</a>',
    f'<a href="{AWAY}" ping="{AWAY}" target=_blank>click</a>',
    f"<template><script>{RUN}</script></template>",
    f"<marquee onstart={RUN}>x</marquee>",
    "<dialog open style='position:fixed;inset:0'>x</dialog>",
    "<plaintext>",
    "<!-- ",
    "--><!--",
    "<!doctype html><html><head>",
    "<![CDATA[ ]]>",
    "<?xml version='1.0'?>",
    "</div></p></mark></details></main></body></html>",
    "</textarea></title></style></noscript></template>",
    "<table><tr><td>",
    "<select><option>",
    "<button popovertarget=pc-panel>x</button><div popover=auto id=x>y</div>",
)
_MUTATING = (
    f"<math><mtext><table><mglyph><style><img src=x onerror={RUN}>",
    f"<math><annotation-xml encoding=text/html><img src=x onerror={RUN}></annotation-xml></math>",
    f'<noscript><p title="</noscript><img src=x onerror={RUN}>">',
    f'<svg></p><style><a id="</style><img src=x onerror={RUN}>">',
    f"<form><math><mtext></form><form><mglyph><style></math><img src=x onerror={RUN}>",
    f"<a title='--!><img src=x onerror={RUN}>'>",
    f"<select><noscript></select><img src=x onerror={RUN}>",
    f"<xmp><p title='</xmp><img src=x onerror={RUN}>'>",
    f"<style><!--</style><img src=x onerror={RUN}>--></style>",
    f"<svg><desc><table><thead><s></table></s><a><img src=x onerror={RUN}>",
)
_ATTRIBUTES = (
    f'" onmouseover="{RUN}" x="',
    f"' onfocus='{RUN}' autofocus tabindex=1 x='",
    f"` onclick=`{RUN}`",
    f'"><img src=x onerror={RUN}>',
    f"'></option></select><img src=x onerror={RUN}>",
    f"x\tonpointerenter={RUN}\ty=",
    '" style="position:fixed;inset:0;z-index:99999;background:red" x="',
    '" id="pc-box" name="body" class="pc-chip" href="/canary" x="',
)
_MARKDOWN = (
    f"![x]({AWAY}) ![y](/canary.png 'z')",
    f"[x](javascript:{RUN}) [y](data:text/html,<script>{RUN}</script>)",
    f"[x][r]\n\n[r]: {AWAY} 'title'",
    f"<{AWAY}> {AWAY} www.canary.invalid canary@canary.invalid",
    "# heading\n\n> quote\n\n- item\n\n1. one\n\n---\n\n| a | b |\n|---|---|\n| c | d |",
    "**bold** _slant_ ~~gone~~ `code` ==mark== ^up^ ~down~",
    "```html\n<b>x</b>\n```\n\n    indented\n\n~~~mermaid\ngraph TD; A-->B\n~~~",
    "$$x^2$$ \\(y\\) \\[z\\] \\begin{equation}a\\end{equation} \\href{javascript:x}{y}",
    "[^1]\n\n[^1]: note\n\n*[HTML]: x\n\nTerm\n: definition",
    "[1] [2] [99] [1](#turn-1-source-1) [ ] [x]",
    "\\*not bold\\* \\<b\\> &lt;b&gt; &#60;i&#62; &#x3c;u&#x3e; &amp;lt; &NotEqualTilde; &#0; &#128;",
    "{{constructor.constructor('window.ran=1')()}} ${window.ran=1} <%= 1 %> {% raw %} #{x} @{x}",
    "%s %n {0} {name!r} $(id) `id` ; rm -rf / || ' OR 1=1 -- __proto__ constructor",
    ":smile: :::note\nx\n::: {.class onclick=window.ran=1} {#id}",
)
_STYLES = (
    f"<style>@import url({AWAY}); *{{display:none!important}}</style>",
    f'<div style="position:fixed;inset:0;z-index:99999;background:url({AWAY})">over all</div>',
    f'<p style="background-image:url(/canary.png)">x</p><b style="behavior:url({AWAY})">y</b>',
    f"</style><style>body{{background:url({AWAY})}}</style>",
    '<span class="pc-card pc-view" style="position:absolute;left:-50px;top:-50px;width:9999px;height:9999px">x</span>',
    "expression(window.ran=1) url(javascript:window.ran=1) \\3c script\\3e",
)
_ADDRESSES = (
    f"javascript:{RUN}",
    f"JaVaScRiPt&#58;{RUN}",
    f"java\nscript:{RUN}",
    f"data:text/html;base64,PHNjcmlwdD4{'A' * 8}",
    "//canary.invalid/y",
    "\\\\canary.invalid\\share",
    "file:///etc/passwd",
    "/gradio_api/file=/etc/passwd",
    "?collection=../..&talk=x#library",
    "../../../../etc/passwd%00.md",
)
_CLOBBERING = (
    "<a id=pc-panel></a><a id=pc-box name=x></a><img name=getElementById><form id=body><input name=children>",
    '<div id="turn-1-source-1" class="pc-active">fake</div><b id="talk-aaaaaaaaaaaaaaaaaaaa-1" class="pc-reply">x</b>',
    '<details class="pc-card" open><summary>fake</summary><mark>fake</mark></details>',
    '<p class="pc-confidence pc-high">High confidence</p>',
    "<gradio-app src=x></gradio-app><gradio-file></gradio-file>",
)
_SCRIPTS = (
    "\u202egnihton\u202c \u2066\u2067isolates\u2069\u2069 \u061c\u200f\u200e",
    "\u202a\u202b\u202d\u202e\u202e\u202e never ended",
    "zero\u200bwidth\u200cjoin\u200der\u2060word\ufeffbom\u00adsoft\u180evowel",
    "\U000e0041\U000e0042 tags \U000e007f",
    "\x01\x02\x07\x08\x0b\x0c\x0e\x1b[31mred\x1b[0m\x7f\x80\x85\x9b\x9f",
    "line\u2028separator\u2029paragraph\r\nreturn\rcarriage\ttab",
    "\ufffe\uffff\U0001fffe\ufdd0 none",
    "\uff1cscript\uff1e\uff57indow.ran=1\uff1c/script\uff1e \u2039b\u203a \u02bc\u02ba\u2032\u2033",
    "مرحبا שלום हिन्दी 日本語 한국어 ไทย Ελληνικά",
    "\U0001f469\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466\U0001f3f4\U000e0067\U000e0062\U000e007f",
    "a" + "\u0301\u0323\u0336\u20dd\u0e49" * 60,
    "\ufdfd\u1242b \U00012031 \ua9c5",
    "\ufff9base\ufffaruby\ufffb \u034f\u115f\u3164\uffa0",
    " \u00a0\u2000\u2003\u3000  spaces   ",
)
_SIZES = (
    "W" * 400,
    "\u2588" * 300,
    "<b>" * 150,
    "<div><blockquote><ul><li>" * 25,
    "[" * 200 + "]" * 200,
    "*" * 300,
    "\n" * 60 + "far below",
    "x " * 300,
    "&" * 200 + ";",
    ">" * 100 + "\n" + "- " * 100,
)
_KINDS = (
    _MARKUP,
    _MUTATING,
    _ATTRIBUTES,
    _MARKDOWN,
    _STYLES,
    _ADDRESSES,
    _CLOBBERING,
    _SCRIPTS,
    _SIZES,
)
_PARTED = (" ", "", "\n", "\n\n", "\t", '"', "'", ">", "<", "`", "</b>", "\\", "&", "[1] ", "| ")


def attack(number: int) -> str:
    """One string, which ends with its number so that no two are the same; the first ones are those above, alone."""
    alone = [piece for kind in _KINDS for piece in kind]
    chance = random.Random(f"attack {number}")
    text = alone[number] if number < len(alone) else _mixed(chance)
    return f"{text[:LONGEST]} #{number}"


def attacks(count: int = COUNT) -> list[str]:
    """So many of them; where they are few, some of each kind."""
    known = sum(map(len, _KINDS))
    return [attack(at * known // count if count < known else at) for at in range(count)]


def _mixed(chance: random.Random) -> str:
    pieces = [_changed(chance, chance.choice(chance.choice(_KINDS))) for _ in range(chance.randint(1, 4))]
    text = pieces[0]
    for piece in pieces[1:]:
        text += chance.choice(_PARTED) + piece
    return text


def _changed(chance: random.Random, piece: str) -> str:
    """The piece as it is, or as something that parsers take for the same, or cut where it hurts."""
    way = chance.randrange(8)
    at = chance.randrange(len(piece))
    if way == 0:
        return "".join(chance.choice((character.upper(), character.lower())) for character in piece)
    if way == 1:
        return piece[:at] + chance.choice("\x01\t\n\x0c\r/\u200b\u00ad") + piece[at:]
    if way == 2:
        return "".join(f"&#{ord(c)};" if chance.random() < 0.3 else c for c in piece)
    if way == 3:
        return piece[:at]
    if way == 4:
        return f"{chance.choice(_MARKUP)[:12]}{piece}"
    if way == 5:
        return piece.replace("<", "\\<" if chance.random() < 0.5 else "<<")
    if way == 6:
        return "".join(f"%{byte:02x}" if chance.random() < 0.2 else chr(byte) for byte in piece.encode()[:300])
    return piece
