"""Words as an index holds them: what FTS5's tokenizer would make of a text, for tantivy to stem."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tantivy import TextAnalyzer

_SPACED = {code: " " for code in range(128) if not chr(code).isalnum()}


def folded(text: str) -> str:
    """A text in which words are what FTS5's unicode61 makes of them: letters and numbers, without Latin diacritics.

    Characters are composed first, so that a word is the same however it was typed, in any script.
    """
    return text if text.isascii() else unicodedata.normalize("NFC", text).translate(_FOLDED)


def pieces(text: str) -> list[str]:
    """The words of a text, folded and in lower case, before they are stemmed."""
    return folded(text).lower().translate(_SPACED).split()


class _Folded(dict[int, str]):
    """What a character becomes, by code point, as far as it was met."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        case = character.casefold()
        letter = case if len(case) == 1 else character.lower()  # ß stays one letter
        base = unicodedata.normalize("NFD", letter)[0]
        is_word = unicodedata.category(character)[0] in "LN"
        is_diacritic = 0x300 <= code <= 0x36F
        self[code] = "" if is_diacritic else " " if not is_word else base if base.isascii() else letter
        return self[code]


_FOLDED = _Folded()


def analyzer() -> TextAnalyzer:
    """What stems the words of a folded text, in any language as if it were English."""
    from tantivy import Filter, TextAnalyzerBuilder, Tokenizer

    words = TextAnalyzerBuilder(Tokenizer.simple())
    return words.filter(Filter.lowercase()).filter(Filter.stemmer("english")).build()
