"""`python -m qa` is the same command as `pincite`."""

from qa.cli import main

main()
