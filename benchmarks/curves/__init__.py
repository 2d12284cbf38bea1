"""Pincite by number of passages: stores of several sizes, each measure in a process of its own, and the curves."""
