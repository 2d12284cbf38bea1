"""Files are parsed in a process of its own, which holds nothing and may do nothing but read what it is given.

The parent's side is `sandbox.py` > `process.py`, the child's side `child.py` > `functions.py`, `confinement.py` >
`syscalls.py`. Between them go lengths, JSON and bytes (`wire.py`), and what comes back is checked (`extracts.py`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qa.sandbox.sandbox import Sandbox

__all__ = ["Sandbox"]


def __getattr__(name: str) -> Any:
    # Loaded on first use: a quarter of the time in which a child starts would go into its parent's side.
    if name == "Sandbox":
        from qa.sandbox.sandbox import Sandbox

        return Sandbox
    raise AttributeError(f"module 'qa.sandbox' has no attribute '{name}'")
