"""PDF: the words of its pages in the order in which they are read, put together as they were before they were set.

Columns come one after the other and tables row by row. Words that the end of a line divides are whole again,
paragraphs go on over the ends of columns and pages, ligatures are letters, raised digits are superscripts, and what
repeats at the edges of pages is left out. A page is worked out from itself and its neighbours alone, so that the place
of any words can be found again in the file's bytes (`rectangles`) without reading all of it.
"""

from __future__ import annotations

from qa.readers.pdf.picture import Picture, picture
from qa.readers.pdf.reading import read_pdf
from qa.readers.pdf.rectangles import Rectangle, rectangles

__all__ = ["Picture", "Rectangle", "picture", "read_pdf", "rectangles"]
