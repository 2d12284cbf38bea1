"""Follow-up questions: what a conversation remembers, and the stand-alone question that a follow-up asks."""

from qa.followup.rewriting import standalone
from qa.followup.turn import Turn

__all__ = ["Turn", "standalone"]
