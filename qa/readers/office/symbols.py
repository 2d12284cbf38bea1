"""Characters that Word writes by their number in a font that has letters of its own."""

from __future__ import annotations

# The font Symbol, by code; what is not here stands for the ASCII character of its code.
_GREEK = dict(
    zip(
        [*range(0x41, 0x5B), *range(0x61, 0x7B)],
        "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖαβχδεφγηιϕκλμνοπθρστυϖωξψζ",
        strict=True,
    )
)
_SIGNS = dict(
    zip(
        bytes.fromhex(
            "22 24 27 2a 2d 40 5c 5e 7e a1 a2 a3 a5 ab ac ad ae af b0 b1 b2 b3 b4 b5 b6 b7 b8 b9 ba bb bc"
            "c4 c5 c6 c7 c8 c9 ca cb cc cd ce cf d0 d1 d5 d6 d7 d8 d9 da db dc dd de df e5 f2"
        ),
        "∀∃∋∗−≅∴⊥∼ϒ′≤∞↔←↑→↓°±″≥×∝∂•÷≠≡≈…⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇∏√⋅¬∧∨⇔⇐⇑⇒⇓∑∫",
        strict=True,
    )
)
_SYMBOL = _GREEK | _SIGNS

_WINGDINGS = {0x6F: "☐", 0x78: "☒", 0xA8: "☐", 0xDF: "←", 0xE0: "→", 0xFB: "✗", 0xFC: "✓", 0xFD: "☒", 0xFE: "☑"}


def symbol(font: str, code: str) -> str:
    """The character that a font shows for a hexadecimal code; nothing for the ornaments of the others."""
    try:
        number = int(code, 16)
    except ValueError:
        return ""
    at = number - 0xF000 if 0xF000 <= number <= 0xF0FF else number
    if font == "Symbol":
        return _SYMBOL.get(at) or (chr(at) if 0x20 <= at < 0x7F else "")
    if font == "Wingdings":
        return _WINGDINGS.get(at, "")
    return chr(number) if 0x20 <= number < 0xD800 else ""
