"""What the figures were measured with."""

from __future__ import annotations

import importlib.metadata
import os
import platform
from collections.abc import Iterable
from pathlib import Path

PACKAGES = ("numpy", "numba")


def processor() -> str:
    """Return the processor's name, or its kind where the system does not say."""
    information = Path("/proc/cpuinfo")
    if information.is_file():
        for line in information.read_text(encoding="utf-8", errors="replace").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return " ".join(value.split())
    return platform.processor() or platform.machine()


def versions(packages: Iterable[str]) -> list[str]:
    """Return name and version of those packages that are installed."""
    found = []
    for name in packages:
        try:
            found.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def machine(packages: Iterable[str] = ()) -> str:
    """Return one line on processor, cores, system, Python and packages: NumPy, numba and those that are named."""
    said = [f"Python {platform.python_version()}", *versions([*PACKAGES, *packages])]
    return f"{processor()}, {os.cpu_count()} cores, {platform.system()}, {', '.join(said)}"
