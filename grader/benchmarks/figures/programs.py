"""Whole programs of this checkout or of another one: what each costs, its children included."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import sysconfig
import time
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[3]

ONE_THREAD = {
    f"{library}_NUM_THREADS": "1" for library in ("OPENBLAS", "OMP", "MKL", "VECLIB_MAXIMUM", "BLIS", "NUMEXPR")
}  # fmt: skip
"""With these NumPy starts no threads: a thread for each core would cost CPU time that the number of cores decides."""


class Cost(NamedTuple):
    """What a program took, in seconds."""

    cpu: float
    wall: float


def sides(costs: Sequence[Cost]) -> dict[str, list[float]]:
    """Return the two kinds of seconds, each by itself."""
    return {"CPU": [cost.cpu for cost in costs], "wall": [cost.wall for cost in costs]}


def cpu_of_children() -> float:
    """Return the CPU seconds of all children that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def environment(checkout: Path = ROOT, more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the variables with which a program takes its engine from a checkout.

    Bytecode may be kept, as by installed programs, and programs of this interpreter's environment are found by name.
    """
    path = os.pathsep.join([sysconfig.get_path("scripts"), os.environ["PATH"]])
    variables = {**os.environ, "PATH": path, "PYTHONPATH": str(checkout / "grader"), **(more or {})}
    variables.pop("PYTHONDONTWRITEBYTECODE", None)
    return variables


def said_of(checkout: Path) -> str:
    """Return a sentence that says which version another checkout holds."""
    command = ["git", "-C", str(checkout), "describe", "--always", "--dirty"]
    try:
        version = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "The other checkout is under no version control."
    return f"The other checkout is at {version}."


def run(command: Sequence[str], folder: Path, variables: Mapping[str, str], right: Collection[int] = (0,)) -> Cost:
    """Run a program to its end; exits with what it said if its exit status is not among the `right` ones."""
    before, start = cpu_of_children(), time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=dict(variables), capture_output=True, text=True, check=False)
    cost = Cost(cpu_of_children() - before, time.perf_counter() - start)
    if done.returncode not in right or "Traceback" in done.stderr:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
    return cost
