"""What verdicts depend on besides the submission, as it is on a machine; and how two machines differ in it."""

from __future__ import annotations

import os
import platform
import socket
from pathlib import Path
from typing import Any

import cnngrade
from cnngrade.classroom.report_store import judging_digest, named_versions
from cnngrade.files import digest_of_file, digest_of_parts
from cnngrade.model import Course, Unit

Machine = dict[str, Any]
"""Plain values, to be sent: `host` and `cores`, and what verdicts depend on: `versions` by name, `engine` and `judging`."""


def _engine_digest() -> str:
    """Return a digest of the engine's own code: two copies of one version may differ while somebody works on it."""
    top = Path(cnngrade.__file__).parent
    return digest_of_parts(*(digest_of_file(path) for path in sorted(top.rglob("*.py"))))


def machine_of(course: Course, unit: Unit) -> Machine:
    """Return what verdicts on the unit depend on here, apart from the submission."""
    return {
        "host": socket.gethostname(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        "system": platform.system(),
        "versions": named_versions(course),
        "engine": _engine_digest(),
        "judging": judging_digest(course, unit),
    }


def differences(ours: Machine, theirs: Machine) -> list[str]:
    """Return in what another machine differs from this one, such that the same work might be judged otherwise there."""
    found = [
        f"{name} {theirs['versions'].get(name) or 'is not installed'} (here {version or 'it is not installed'})"
        for name, version in ours["versions"].items()
        if theirs["versions"].get(name) != version
    ]
    if theirs["system"] != ours["system"]:
        found.append(f"{theirs['system']} (here {ours['system']})")
    if not found and theirs["engine"] != ours["engine"]:
        found.append("another cnngrade, though of the same version")
    if not found and theirs["judging"] != ours["judging"]:
        found.append("other files of the course, though they were sent")
    return found
