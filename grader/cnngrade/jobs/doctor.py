"""What this machine can do: for a student's check, for an instructor's grading, and what is missing for either."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cnngrade import __version__
from cnngrade.course.load import find_course, load_course
from cnngrade.errors import CnngradeError
from cnngrade.model import Course, Policy
from cnngrade.sandbox.backends import NONE, WITHOUT, available, layers
from cnngrade.sandbox.unconfined import Fresh
from cnngrade.student.transport import Remote
from cnngrade.worker import wire
from cnngrade.worker.packages import offer

_FOR_CHECK = ("numpy", "pytest", "click", "PyYAML", "threadpoolctl")


_FOR_GRADING = ("numba", "nbgrader", "jupytext", "filelock")


_ENOUGH_DISK = 1 << 30


@dataclass(frozen=True, slots=True)
class Examined:
    """One thing that was looked at. `needed` means that `cnngrade check` does not work without it."""

    subject: str
    good: bool
    text: str
    needed: bool = False

    def as_text(self) -> str:
        """Return it as a line."""
        word = "ok" if self.good else "missing" if self.needed else "note"
        return f"  {word:8}{self.subject:20}{self.text}"

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        return {"subject": self.subject, "good": self.good, "needed": self.needed, "text": self.text}


def _package(name: str, needed: bool, remedy: str) -> Examined:
    try:
        return Examined(name, True, importlib.metadata.version(name), needed)
    except importlib.metadata.PackageNotFoundError:
        return Examined(name, False, remedy, needed)


def _worker() -> Examined:
    start = time.monotonic()
    try:
        remote = Remote(Fresh(Policy(), Path.cwd()))
        try:
            message = {"op": "receive", "name": "doctor", "path": "doctor.py", "cells": []}
            answer = remote.request(wire.parcel(message), 20.0, 60.0)
        finally:
            remote.close()
    except Exception as error:
        # Whatever keeps a worker from answering is a finding.
        return Examined("worker", False, f"a worker process does not answer: {type(error).__name__}: {error}", needed=True)
    return Examined("worker", bool(answer["ok"]), f"starts and answers in {time.monotonic() - start:.2f} s", needed=True)


def _clock() -> Examined:
    if sys.platform == "linux":
        return Examined("clock", True, "a worker's CPU time is read from outside")
    return Examined(
        "clock", False, "no CPU clock of another process here: budgets are measured in wall time and are less exact"
    )


def _sandboxes() -> list[Examined]:
    """Try every sandbox: each is started, and a worker in it tries what it must not be able to do."""
    found, best = [], NONE
    for name, reason in available().items():
        if name != NONE:
            best = name if best == NONE and not reason else best
            found.append(Examined(f"sandbox {name}", not reason, reason or "holds: every escape that was tried failed"))
    if best == NONE:
        found.append(Examined("grading", False, f"refused without --sandbox none. {WITHOUT}"))
    for layer in layers(best):
        found.append(Examined(layer.name, layer.active, layer.text))
    return found


def _disk(where: Path) -> Examined:
    free = shutil.disk_usage(where).free
    return Examined("disk", free > _ENOUGH_DISK, f"{free / (1 << 30):.1f} GiB free in {where}")


def _course(where: Path) -> list[Examined]:
    try:
        course: Course = load_course(find_course(where))
    except CnngradeError as error:
        return [Examined("course", False, str(error))]
    kind = "a released folder" if course.handout else "a course"
    units = ", ".join(unit.name for unit in course.units)
    return [
        Examined("course", True, f"{course.title} ({kind} with {units}) in {course.root}"),
        _packages(course.policy.packages),
    ]


def _packages(packages: Sequence[str]) -> Examined:
    """Say which packages submissions may use, and whether they are here."""
    text = f"submissions may use {' and '.join(packages)}"
    if missing := offer(packages).missing:
        return Examined("packages", False, f"{text}; not installed: pip install {' '.join(missing)}", needed=True)
    return Examined("packages", True, text)


def examine(where: Path) -> list[Examined]:
    """Look at everything that a check or a grading in the folder `where` needs."""
    system = f"{platform.system()} {platform.release()}, {os.cpu_count()} cores"
    python = Examined("Python", sys.version_info >= (3, 11), f"{platform.python_version()} ({sys.executable})", needed=True)
    findings = [Examined("cnngrade", True, f"{__version__} on {system}"), python]
    findings += [_package(name, True, "not installed: pip install cnngrade") for name in _FOR_CHECK]
    remedy = 'not installed; pictures come as text: pip install "cnngrade[pictures]"'
    findings.append(_package("matplotlib", False, remedy))
    remedy = 'not installed; only instructors need it: pip install "cnngrade[instructor]"'
    findings += [_package(name, False, remedy) for name in _FOR_GRADING]
    return [*findings, _worker(), _clock(), *_sandboxes(), _disk(where), *_course(where)]
