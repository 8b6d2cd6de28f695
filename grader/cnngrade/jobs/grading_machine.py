"""What a grading needs of this machine besides what a check needs: packages, sandboxes, and room on the disk."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from cnngrade.jobs.examined import Examined, how_to_install
from cnngrade.jobs.student_machine import version

_PACKAGES = ("numba", "nbgrader", "jupytext", "filelock")


_ENOUGH_DISK = 1 << 30


def grading_packages() -> Iterator[Examined]:
    """Look for the packages that only instructors need."""
    for name in _PACKAGES:
        found = version(name)
        yield Examined(name, bool(found), found or f"not installed; only instructors need it: {how_to_install(name)}")


def sandboxes() -> Iterator[Examined]:
    """Try every sandbox: each is started, and a worker in it tries what it must not be able to do."""
    # NumPy may be what is missing.
    from cnngrade.sandbox.backends import NONE, WITHOUT, available, layers

    best = NONE
    for name, reason in available().items():
        if name != NONE:
            best = name if best == NONE and not reason else best
            yield Examined(f"sandbox {name}", not reason, reason or "holds: every escape that was tried failed")
    if best == NONE:
        yield Examined("grading", False, f"refused without --sandbox none. {WITHOUT}")
    for layer in layers(best):
        yield Examined(layer.name, layer.active, layer.text)


def disk(where: Path) -> Examined:
    """Say how much room there is."""
    free = shutil.disk_usage(where).free
    return Examined("disk", free > _ENOUGH_DISK, f"{free / (1 << 30):.1f} GiB free in {where}")
