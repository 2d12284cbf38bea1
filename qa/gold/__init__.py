"""Gold questions: read, written, checked against documents, and found in them."""

from qa.gold.formats import FORMATS, read_gold, write_gold
from qa.gold.questions import Evidence, Gold, GoldQuestion, Text
from qa.gold.texts import indexed

__all__ = ["FORMATS", "Evidence", "Gold", "GoldQuestion", "Text", "indexed", "read_gold", "write_gold"]
