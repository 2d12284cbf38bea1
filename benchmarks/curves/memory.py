"""What this process takes of the memory, as the system counts it."""

from __future__ import annotations

from pathlib import Path

_LINES = {"VmRSS": "resident_mb", "RssAnon": "own_mb", "RssFile": "files_mb", "VmHWM": "peak_mb"}
"""All that is resident; of it what is its own, and what are pages of files, which the system may drop; and the most."""


def memory(status: Path = Path("/proc/self/status")) -> dict[str, float]:
    """In MB; empty where the system does not say."""
    if not status.is_file():
        return {}
    lines = (line.partition(":") for line in status.read_text(encoding="ascii", errors="replace").splitlines())
    return {_LINES[name]: int(value.split()[0]) * 1024 / 1e6 for name, _, value in lines if name in _LINES}
