"""How usual a character beyond ASCII is in a language, where it stands: what a guess of an encoding goes by.

The shares are rough, from the rank of a letter in its alphabet: a wrong encoding is wrong by orders of magnitude.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from math import log
from typing import NamedTuple

# Letters beyond ASCII, the most frequent first. Latin scripts:
_LATIN = {
    "French": "éèàêçùâîôûœëïü",
    "German": "üäöß",
    "Spanish": "óíáéñúü",
    "Portuguese": "ãçáéíóõêâàúôü",
    "Italian": "èàùòìé",
    "Dutch": "ëéïèöóü",
    "Swedish": "äåöé",
    "Danish": "øåæé",
    "Icelandic": "íáðúöéþóæý",
    "Western": "éáíóöüäèñçàøåãúâêôëïæõßûîùòìœðþýšžÿ",
    "Polish": "ęąółżćśńź",
    "Czech": "íáéěýřčžšůúňťďó",
    "Slovak": "áíéčžýúšťľôňďóäĺŕ",
    "Hungarian": "áéöóőüíúű",
    "Romanian": "ăîâşţ",
    "Croatian": "čšžćđ",
    "Lithuanian": "ėšžįųūčąę",
    "Latvian": "āīēšņūļžģķč",
    "Estonian": "äõüöšž",
    "Turkish": "ıüşğöçİ",
}
_OTHER = {
    "Russian": "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё",
    "Ukrainian": "оаинвіртексумлдпязьбгчхйжюцєшїщфґ",
    "Bulgarian": "аиоентрсвлкдпмзгъябучщжцхшйфюь",
    "Serbian": "аоиенрстјкувдмпљзгбњцчшжћфђхџ",
    "Greek": "αοιετνσηρπκμλςυγδωάίχθόέφβήύώξζψϊϋΐ",
    "Hebrew": "יוהלאמרתבשנכדקםפעחטגסזץןךף",
    "Arabic": "اليمنرتبودةفهسعقكأحجصطخشىذضإئزءغثظآؤ",
    "Thai": "านรกองเม่ยลวด้สทตีิัปะหใชคบแจพข์ไำุถูซื",
}


class _Script(NamedTuple):
    """A script of thousands of characters: the first ones, what all of these are of a text, and the others.

    A national standard has the common ones, `common` in number, in its `rows`.
    """

    first: str
    share: float
    standard: str
    rows: range
    common: int


_MANY = {
    "Japanese": _Script(
        "日本人年大中会国長出事者社月分生上行合後前時場自同間方手業部定学対地子見",
        0.1,
        "euc_jp",
        range(0xB0, 0xD0),
        2965,
    ),
    "Korean": _Script(
        "이다는의에을를가고하지서은로기사어리한자도정대시인아수과보스라부일그나전제해상",
        0.35,
        "euc_kr",
        range(0xB0, 0xC9),
        2350,
    ),
    "simplified Chinese": _Script(
        "的一是不了在人有我他这中大来上国个到说们为和你地出也时年得就那要下以生会自着去",
        0.35,
        "gb2312",
        range(0xB0, 0xD8),
        3755,
    ),
    "traditional Chinese": _Script(
        "的一是不了在人有我他這中大來上國個到說們為和你地出也時年得就那要下以生會自著去",
        0.35,
        "big5",
        range(0xA4, 0xC7),
        5401,
    ),
}
_HIRAGANA, _KATAKANA, _NARROW_KATAKANA = ("\u3041", "\u3096"), ("\u30a1", "\u30fa"), ("\uff61", "\uff9f")
_WIDE = frozenset("、。・「」ー（），．：；！？『』【】〜“”‘’…—《》\u3000")

_SIGNS = {
    **dict.fromkeys("·½¼¾²³¹×÷±µºª¿¡‚›‹¢¥¶†‡‰ˆ˜\xad№″′", 0.002),
    **dict.fromkeys("§©®™־׳״،؛؟", 0.01),
    **dict.fromkeys("—‘…«»£€°•„", 0.03),
    **{"’": 0.15, "“": 0.08, "”": 0.08, "–": 0.06, "\xa0": 0.06},
}
_WITHIN_WORDS = frozenset("’\xa0\xad")
_BETWEEN_WORDS = frozenset("–—·")
_WORDS = frozenset("àèéíóåö")

_NEVER = 1e-6
_FOREIGN = 0.001
"""The share of all letters that a Latin script has and a language has not: those of foreign names."""


def kind(character: str) -> str:
    """`a` and `A` for ASCII letters, `l` and `L` for others, a space for what is no letter."""
    if not _is_letter(character):
        return " "
    capital = character.isupper()
    return ("A" if capital else "a") if character.isascii() else ("L" if capital else "l")


def likelihood(language: str, character: str, left: str, right: str) -> float:
    """The logarithm of how usual a character beyond ASCII is between neighbours of these kinds."""
    if language in _MANY:
        return log(_among_many(_MANY[language], character))
    if _is_letter(character):
        return log(_of_letter(language, character, left, right))
    return log(_of_sign(character, within=left != " " and right != " "))


def _is_letter(character: str) -> bool:
    return character.isalpha() or (character > "\u02ff" and unicodedata.category(character) == "Mn")


def _of_sign(character: str, *, within: bool) -> float:
    usual = _SIGNS.get(character, _NEVER)
    if not within or character in _WITHIN_WORDS:
        return usual
    return usual * (0.3 if character in _BETWEEN_WORDS else 0.01)


def _of_letter(language: str, character: str, left: str, right: str) -> float:
    small = character if character == "İ" else character.lower()
    usual = _shares(language).get(small)
    if usual is None:
        if language in _OTHER or not unicodedata.name(character).startswith("LATIN"):
            return _NEVER
        usual = _FOREIGN
    if character.isupper():
        usual *= 0.003 if left in "al" else 0.2 if left in "AL" or right in "AL" else 0.05
    alone = left == right == " "
    if language in _OTHER:
        return usual * (0.003 if alone or "a" in (left + right).lower() else 1)
    return usual * ((0.1 if small in _WORDS else 0.002) if alone else 1)


@cache
def _shares(language: str) -> dict[str, float]:
    """How frequent each letter is among the characters beyond ASCII; three in ten of these are signs."""
    letters = _LATIN.get(language) or _OTHER[language]
    raw = [1 / (rank + 3) for rank in range(len(letters))]
    return {letter: 0.7 * share / sum(raw) for letter, share in zip(letters, raw, strict=True)}


def _among_many(script: _Script, character: str) -> float:
    if character in _WIDE:
        return 0.15 / len(_WIDE)
    if character in script.first:
        return script.share / len(script.first)
    if script is _MANY["Japanese"]:
        if _HIRAGANA[0] <= character <= _HIRAGANA[1]:
            return 0.0056
        if _KATAKANA[0] <= character <= _KATAKANA[1]:
            return 0.0025
        if _NARROW_KATAKANA[0] <= character <= _NARROW_KATAKANA[1]:
            return 1e-4
    try:
        row = character.encode(script.standard)[0]
    except UnicodeEncodeError:
        return 1e-7
    if row in script.rows:
        return 0.5 / script.common
    return 1e-5 if _is_letter(character) else 1e-4
