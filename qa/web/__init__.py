"""What the page is served by, one file for each group of addresses."""
