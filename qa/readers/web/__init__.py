"""Web pages: from their bytes to blocks of text, as a browser would show them, with the line that each came from."""
