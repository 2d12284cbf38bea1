"""The documents of the demo and the questions about them, as files beside this one."""

from pathlib import Path

CORPUS = Path(__file__).parent / "corpus"
GOLD = Path(__file__).parent / "gold.jsonl"

EXAMPLES = (
    "Who is Zamir Kabulov?",
    "When was the MOU on the steel mills signed?",
    "How much is the gas pipeline worth?",
    "Why is IS a concern for Russia?",
    "How many US troops are stationed in Afghanistan?",
)
"""Questions to begin with; the documents do not answer the last one."""
