"""Every version of Python finds the same loops, whatever the loop is made of."""

from __future__ import annotations

import functools
import json
import subprocess

import pytest

from cnngrade.budget.loops import looped_axes
from support import loop_bodies
from support.pythons import python_of

VERSIONS = ("3.11", "3.12", "3.13")


@functools.cache
def counted(version: str) -> dict[str, list[int]]:
    """Return the counts of all bodies in a version of Python, of those that need NumPy where it has that."""
    if (python := python_of(version)) is None:
        pytest.skip(f"no Python {version} on the path or in pyenv's folder")
    done = subprocess.run([python, loop_bodies.__file__], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, list[int]] = json.loads(done.stdout)
    return found


def looped(version: str, bodies: dict[str, str]) -> dict[str, str]:
    return {body: " ".join(looped_axes("HW", counts)) for body, counts in counted(version).items() if body in bodies}


@pytest.mark.parametrize("version", VERSIONS)
def test_loops_are_found(version: str) -> None:
    """a loop of any kind over an axis is found, however little it does for an entry, and over no other axis"""
    assert looped(version, loop_bodies.LOOPS) == loop_bodies.LOOPS


@pytest.mark.parametrize("version", VERSIONS)
def test_what_loops_over_nothing(version: str) -> None:
    """code without loops, or whose loops are as long as they are, loops over no axis"""
    without = dict.fromkeys(loop_bodies.NO_LOOPS, "")
    assert looped(version, without) == without


@pytest.mark.parametrize("version", VERSIONS)
def test_loops_of_numpy(version: str) -> None:
    """functions of NumPy that call Python for each entry loop; what NumPy does in C does not"""
    if not looped(version, loop_bodies.WITH_NUMPY):
        pytest.skip(f"the Python {version} that was found has no NumPy")
    assert looped(version, loop_bodies.WITH_NUMPY) == loop_bodies.WITH_NUMPY
