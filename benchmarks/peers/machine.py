"""The machine of a run: processor, cores, instruction sets, memory, system."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import Any

_SETS = ("avx2", "avx512f", "avx512_vnni", "avx_vnni", "avx512_bf16", "amx_tile", "amx_bf16", "amx_int8")


def machine() -> dict[str, Any]:
    """What can be known without asking more than the system's own files."""
    name, flags = processor(_text(Path("/proc/cpuinfo")))
    return {
        "processor": name or platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "instruction_sets": flags,
        "memory_gb": _memory(),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
    }


def processor(cpuinfo: str) -> tuple[str, list[str]]:
    """The first processor's name, and those of its instruction sets that matter here."""
    fields: dict[str, str] = {}
    for line in cpuinfo.splitlines():
        key, _, value = line.partition(":")
        fields.setdefault(key.strip(), value.strip())
    flags = set(fields.get("flags", "").split())
    return fields.get("model name", ""), [name for name in _SETS if name in flags]


def _memory() -> float | None:
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1)
    except (AttributeError, OSError, ValueError):
        return None


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
