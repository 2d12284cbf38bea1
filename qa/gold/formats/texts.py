"""The texts that a gold set brings along, each under a name of its own."""

from __future__ import annotations

from qa.gold.questions import Evidence, Text


def canonical(text: str) -> str:
    """Line ends as the text reader keeps them, so that a quote is found in the document."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


class Texts:
    """Texts in the order in which they came."""

    def __init__(self) -> None:
        self._texts: dict[str, Text] = {}
        self._names: dict[tuple[str, str], str] = {}
        self._copies: dict[str, int] = {}

    def add(self, wanted: str, title: str, text: str) -> str:
        """Keep a text and return its name: the wanted one, with a number where that stands for another text."""
        text = canonical(text)
        if (wanted, text) not in self._names:
            name, copies = wanted, self._copies.get(wanted, 1)
            while name in self._texts:
                copies += 1
                name = f"{wanted} ({copies})"
            self._copies[wanted] = copies
            self._names[wanted, text] = name
            self._texts[name] = Text(name, title, text)
        return self._names[wanted, text]

    def all(self) -> tuple[Text, ...]:
        return tuple(self._texts.values())


def distinct(evidence: list[Evidence]) -> tuple[Evidence, ...]:
    return tuple(dict.fromkeys(evidence))
