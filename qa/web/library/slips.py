"""What became of each file that is put into a collection: one slip for each."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from qa.receipts import Entry, Receipt

State = Literal["waiting", "running", "added", "updated", "unchanged", "removed", "done", "failed", "stopped"]
"""`done` is a folder's, whose files have slips of their own."""


@dataclass(slots=True)
class Slip:
    """What became of one file, folder or document. `told` says why it failed, or what a person should know.

    `change` counts the changes of all slips of a collection; `again` says that it can be tried again.
    """

    name: str
    state: State = "waiting"
    told: str = ""
    passages: int = 0
    pages: int | None = None
    blank_pages: int = 0
    again: bool = False
    change: int = 0
    id: str = field(default_factory=lambda: secrets.token_hex(8))

    @property
    def ended(self) -> bool:
        return self.state not in ("waiting", "running")

    def enter(self, state: State, entry: Entry) -> Slip:
        """Write down what a receipt says of it, and give it back."""
        self.state, self.told, self.passages = state, entry.note, entry.passages
        self.pages, self.blank_pages, self.again = entry.pages, entry.blank_pages, False
        return self


def entries(receipt: Receipt) -> tuple[tuple[State, tuple[Entry, ...]], ...]:
    """What came, changed and went, by the state of its slips."""
    return ("added", receipt.added), ("updated", receipt.updated), ("removed", receipt.removed)


def summary(receipt: Receipt) -> str:
    """How many files came to what, in words."""
    counts = (
        (len(receipt.added) + len(receipt.updated), "indexed"),
        (receipt.unchanged, "unchanged"),
        (len(receipt.failed), "failed"),
        (len(receipt.removed), "removed"),
        (sum(receipt.skipped.values()), "left alone (other formats, links, hidden)"),
    )
    return ", ".join(f"{count:,} {what}" for count, what in counts if count)
