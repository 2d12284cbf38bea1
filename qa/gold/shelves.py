"""Where documents are looked up by the names that evidence gives them: in a store, or among a gold set's own texts."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import lru_cache
from typing import Protocol

from qa.errors import PinciteError
from qa.gold.questions import Text
from qa.names import Names
from qa.record import Reading

_KEPT = 64
"""Documents kept while a gold set is looked through: its questions come document by document as a rule."""

_LOOKED_AT = 20
"""Documents of a store in which a quote is looked for that is not where it should be."""


class Shelf(Protocol):
    """Documents by keys of their own."""

    def named(self, name: str) -> list[str]:
        """The documents that a name stands for. Raises PinciteError where it is none, or several (a folder may)."""
        ...

    def knows(self, name: str) -> bool:
        """Whether there is any document of that name."""
        ...

    def text(self, key: str) -> str: ...

    def name(self, key: str) -> str:
        """What evidence can call a document, so that `named` finds this one alone."""
        ...

    def holding(self, quote: str) -> list[str]:
        """Documents that may hold the words of a quote."""
        ...


class StoreShelf:
    """The documents of one view of a store."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._rows = reading.sources()
        self._names = Names(self._rows)
        self.text = lru_cache(maxsize=_KEPT)(self._text)

    def named(self, name: str) -> list[str]:
        return sorted({row.document_id for row in self._names.find(name)})

    def knows(self, name: str) -> bool:
        return any(
            name in (row.document_id, row.path, row.name, os.path.basename(row.path), row.title) for row in self._rows
        )

    def name(self, key: str) -> str:
        shown = next((row.name for row in self._rows if row.document_id == key), key)
        try:
            return shown if self.named(shown) == [key] else key
        except PinciteError:  # the name of several
            return key

    def holding(self, quote: str) -> list[str]:
        return self._reading.documents_holding(quote, _LOOKED_AT)

    def _text(self, key: str) -> str:
        document = self._reading.document(key)
        return document.text if document else ""


class TextShelf:
    """The texts that a gold set brings along."""

    def __init__(self, texts: Sequence[Text]) -> None:
        self._texts = {text.name: text.text for text in texts}

    def named(self, name: str) -> list[str]:
        if name not in self._texts:
            raise PinciteError(f"The gold set brings no text of the name {name}.")
        return [name]

    def knows(self, name: str) -> bool:
        return name in self._texts

    def text(self, key: str) -> str:
        return self._texts[key]

    def name(self, key: str) -> str:
        return key

    def holding(self, quote: str) -> list[str]:
        return [name for name, text in self._texts.items() if quote in text]
