"""What a doctor finds: one thing that was looked at, and what to do where it is not good."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cnngrade.report.layout import wrapped
from cnngrade.safe_text import visible

WINDOWS = os.name == "nt"

_INDENT = 30


@dataclass(frozen=True, slots=True)
class Examined:
    """One thing that was looked at. `needed` means that `cnngrade check` does not work without it."""

    subject: str
    good: bool
    text: str
    needed: bool = False

    def as_text(self, width: int = 100) -> str:
        """Return it as lines of at most `width` columns, if that leaves room for words."""
        word = "ok" if self.good else "missing" if self.needed else "note"
        first, *more = wrapped(visible(self.text), max(width, _INDENT + 40), _INDENT)
        return "\n".join([f"  {word:8}{self.subject:20}{first.strip()}", *more])

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        return {"subject": self.subject, "good": self.good, "needed": self.needed, "text": self.text}


def how_to_install(*packages: str) -> str:
    """Return the command by which this Python gets packages; where the system keeps it to itself, first one for an environment.

    A package may be the path of a wheel.
    """
    if not _is_kept_by_the_system():
        return as_typed(sys.executable, "-m", "pip", "install", *packages)
    make = as_typed(sys.executable, "-m", "venv", ".venv")
    python = r".venv\Scripts\python" if WINDOWS else ".venv/bin/python"
    return f"{make}, and then {as_typed(python, '-m', 'pip', 'install', *packages)}"


def _is_kept_by_the_system() -> bool:
    """Say whether pip would refuse to install into this Python, which the system uses itself."""
    return sys.prefix == sys.base_prefix and Path(sysconfig.get_path("stdlib"), "EXTERNALLY-MANAGED").exists()


def as_typed(*words: str) -> str:
    """Return a command as it is typed into this system's shell."""
    return subprocess.list2cmdline(words) if WINDOWS else shlex.join(words)
