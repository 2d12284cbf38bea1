"""How much of a document's known text the readers find, in which order, and whether they say where."""
