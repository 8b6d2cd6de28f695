"""What a student's work needs of this machine: Python and packages, a worker, notebooks, a browser, the course's folder."""

from __future__ import annotations

import importlib
import importlib.metadata
import os
import re
import shutil
import sys
import time
import webbrowser
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from cnngrade import __version__
from cnngrade.course.folder import CourseFolder
from cnngrade.errors import CnngradeError
from cnngrade.jobs.examined import WINDOWS, Examined, as_typed, how_to_install
from cnngrade.jobs.targets import unit_target
from cnngrade.model import Course, Policy

NEEDED = {"numpy": "numpy", "pytest": "pytest", "click": "click", "PyYAML": "yaml", "threadpoolctl": "threadpoolctl"}
"""The packages without which nothing can be checked, each with the name by which it is imported."""


# What Python takes for a browser where there is no better one: it shows text, and runs no script.
_TEXT_BROWSERS = re.compile(r"\b(?:www-browser|lynx|links2?|elinks|w3m)\b")


def version(package: str) -> str:
    """Return the version of an installed package, "" of one that is not."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


def needed_package(name: str) -> Examined:
    """Try to load a package without which nothing can be checked."""
    try:
        importlib.import_module(NEEDED[name])
    except Exception as error:
        if not version(name):
            return Examined(name, False, f"not installed: {how_to_install(name)}", needed=True)
        # A package for another processor or another Python is there and cannot be loaded.
        said = f"is installed and cannot be loaded ({type(error).__name__}: {error}). Reinstall it"
        return Examined(name, False, f"{said}: {how_to_install('--force-reinstall', name)}", needed=True)
    return Examined(name, True, version(name), needed=True)


def matplotlib() -> Examined:
    """Say whether pictures come as images."""
    if found := version("matplotlib"):
        return Examined("matplotlib", True, found)
    return Examined(
        "matplotlib", False, f"not installed, so pictures are drawn in the terminal: {how_to_install('matplotlib')}"
    )


def command() -> Examined:
    """Say whether the command can be typed as it stands in the guides."""
    if shutil.which("cnngrade"):
        return Examined("command", True, "cnngrade is on the PATH")
    typed = "py" if WINDOWS else "python"
    return Examined("command", False, f"cnngrade is not on the PATH. Type `{typed} -m cnngrade` instead.")


def wheel_beside(course: Course) -> Examined | None:
    """Say whether the course's folder holds another cnngrade than this one; None where it holds none, or the same."""
    wheels = [wheel for folder in (course.root, course.root.parent) for wheel in sorted(folder.glob("cnngrade-*.whl"))]
    others = [wheel for wheel in wheels if wheel.name.split("-")[1] != __version__]
    if not others or len(others) < len(wheels):
        return None
    held = others[-1].name.split("-")[1]
    text = f"{__version__} is installed, and the course's folder holds {held}: {how_to_install(str(others[-1]))}"
    return Examined("version", False, text)


def worker() -> Examined:
    """Start a worker, as a check does, and have it answer."""
    # NumPy may be what is missing.
    from cnngrade.sandbox.unconfined import Fresh
    from cnngrade.student.transport import Remote
    from cnngrade.worker import wire

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
        return Examined(
            "worker", False, f"the process for your code does not answer: {type(error).__name__}: {error}", needed=True
        )
    return Examined(
        "worker",
        bool(answer["ok"]),
        f"the process for your code starts and answers in {time.monotonic() - start:.2f} s",
        needed=True,
    )


def clock() -> Examined:
    """Say how well the time of a student's code can be measured."""
    if sys.platform == "linux":
        return Examined("clock", True, "the time that your code takes is measured whatever else runs (CPU time of its process)")
    return Examined(
        "clock",
        False,
        "time budgets are measured by the clock, since this system tells no CPU time of another process: they are less exact",
    )


def as_graded() -> Examined:
    """Say whether work can be checked in the sandbox in which it is graded."""
    from cnngrade.sandbox.backends import available  # see `worker`

    if sys.platform != "linux":
        return Examined("--as-graded", False, "there is no sandbox on this system; `cnngrade check` needs none")
    try:
        name = next((name for name, reason in available().items() if not reason), "none")
    except CnngradeError as error:
        return Examined("--as-graded", False, str(error))
    if name == "none":
        return Examined("--as-graded", False, "no sandbox works here (--all says why); `cnngrade check` needs none")
    return Examined("--as-graded", True, f"`cnngrade check --as-graded` works, with {name}")


def notebooks() -> Examined:
    """Say whether notebooks can be opened with this Python, in which cnngrade is installed."""
    here = {"JupyterLab": version("jupyterlab"), "Notebook": version("notebook")}
    programs = [f"{name} {number}" for name, number in here.items() if number]
    if not version("ipykernel"):
        how = how_to_install("jupyterlab")
        return Examined("notebooks", False, f"this Python has no kernel for notebooks; scripts need none. {how}")
    if (other := _other_kernel()) is not None:
        text = f'in Jupyter, "Python 3" is {other}, where cnngrade may be missing. To have this Python offered as well: '
        offer = as_typed(sys.executable, "-m", "ipykernel", "install", "--user", "--name", "cnngrade")
        return Examined("notebooks", False, text + offer)
    if not programs:
        return Examined("notebooks", True, f"VS Code and others can choose this Python ({sys.executable}) as a kernel")
    return Examined("notebooks", True, f"{' and '.join(programs)}; VS Code can choose this Python as a kernel")


def _other_kernel() -> str | None:
    """Return the Python that Jupyter starts for "Python 3", None if that is this one or cannot be said."""
    try:
        from jupyter_client.kernelspec import KernelSpecManager

        started = KernelSpecManager().get_kernel_spec("python3").argv[0]
    except Exception:
        # Whatever Jupyter lacks, it says itself.
        return None
    found = shutil.which(started)
    # An environment's Python may be a link to the system's, so that only the folders tell them apart.
    is_this_one = found is None or Path(started).name == started or Path(found).parent == Path(sys.executable).parent
    return None if is_this_one else started


def has_screen(system: str, environment: Mapping[str, str]) -> bool:
    """Say whether a browser may be started here. Elsewhere Python would start one in the terminal, if there is one for it."""
    if environment.get("BROWSER") or not system.startswith(("linux", "freebsd")):
        return True
    return bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


def browser() -> Examined:
    """Say whether `cnngrade explore` can open a page."""
    otherwise = "Open UNIT.explore.html from the file manager, or on any machine with a browser."
    if not has_screen(sys.platform, os.environ):
        return Examined("browser", False, f"none can be started from this terminal. {otherwise}")
    try:
        name = str(getattr(webbrowser.get(), "name", "") or "the system's")
    except webbrowser.Error:
        return Examined("browser", False, f"none was found. {otherwise}")
    if _TEXT_BROWSERS.search(name):
        return Examined("browser", False, f"{name} shows only text. {otherwise}")
    return Examined("browser", True, f"{name} opens the pages of `cnngrade explore`")


def terminal() -> Examined:
    """Say whether the terminal can show every character."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        "\u2588\u2591".encode(encoding)
    except (UnicodeEncodeError, LookupError):
        set_it = "$env:PYTHONUTF8 = 1" if WINDOWS else "export PYTHONUTF8=1"
        text = f"its encoding {encoding} lacks characters, so pictures are plainer. To change that: {set_it}"
        return Examined("terminal", False, text)
    return Examined("terminal", True, f"{encoding}, {shutil.get_terminal_size((100, 20)).columns} columns")


def packages(names: Sequence[str], needed: bool) -> Examined:
    """Say which packages submissions may use, and whether they are here; all are `needed` for a grading."""
    from cnngrade.worker.packages import offer

    text = f"submissions may use {' and '.join(names)}"
    if missing := offer(names).missing:
        lacks = "; not installed" if needed else f". Code that imports {' or '.join(missing)} fails here until you have it"
        return Examined("packages", False, f"{text}{lacks}: {how_to_install(*missing)}", needed=needed)
    return Examined("packages", True, text)


def folder(course: Course) -> Examined:
    """Say whether the course's folder can be worked in."""
    if os.access(course.root, os.W_OK):
        return Examined("folder", True, str(course.root))
    text = f"{course.root} cannot be written to, so nothing can be saved there. Copy it to a folder of your own."
    return Examined("folder", False, text)


def unit_files(place: CourseFolder) -> Iterator[Examined]:
    """Say for each unit that is here which file would be checked now."""
    for unit in place.units_here:
        try:
            target = unit_target(place, unit)
        except CnngradeError as error:
            yield Examined(unit.name, False, str(error))
        else:
            yield Examined(unit.name, True, target.note or f"{target.path.name} is the file that is checked")
