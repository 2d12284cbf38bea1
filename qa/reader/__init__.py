"""Takes the answer out of the passages that were retrieved, and says how far to trust it."""

from qa.reader.finding import Finding, Reader, Span
from qa.reader.reader import SpanReader

__all__ = ["Finding", "Reader", "Span", "SpanReader"]
