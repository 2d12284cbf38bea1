"""Train the reader's weights: `python -m benchmarks.training DATA --work FOLDER` (docs/reader.md)."""
