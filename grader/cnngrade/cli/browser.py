"""Open a page that was written, where there is a browser; elsewhere say where it is, as whoever has one can use it."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import webbrowser
from pathlib import Path

from cnngrade.cli.console import say
from cnngrade.jobs.student_machine import has_screen

_SECONDS = 10


def _is_open(path: Path) -> bool:
    if not has_screen(sys.platform, os.environ):
        return False
    try:
        return webbrowser.open(path.as_uri())
    except (OSError, ValueError, webbrowser.Error):
        return False


def _windows_path(path: Path) -> str:
    """Return the path under which Windows knows a file of the Linux inside it; "" on any other system."""
    if "microsoft" not in platform.release().lower() or (tool := shutil.which("wslpath")) is None:
        return ""
    try:
        told = subprocess.run([tool, "-w", str(path)], capture_output=True, text=True, timeout=_SECONDS, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    return told.stdout.strip()


def show_page(path: Path, wanted: bool) -> None:
    """Open a page in a browser if that is `wanted`, and say where it is."""
    whole = path.resolve()
    if wanted and _is_open(whole):
        say(f"Opened in your browser: {whole}")
        return
    if wanted:
        say("No browser could be started from here.")
    say(f"Open this file in a browser: {_windows_path(whole) or whole}")
