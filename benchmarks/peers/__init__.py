"""Pincite beside other programs: the same passages, questions, model and machine, each in an environment of its own."""
