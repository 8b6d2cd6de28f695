"""The parts of `make bench`: which program measures what, with which arguments and for how long at most."""

from __future__ import annotations

import argparse
import contextlib
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Part:
    """A program of this folder that writes the section of its name.

    quick, full: its arguments   minutes: how long a full run may take on two quiet cores, three times what it does
    against: the option that names another checkout; a part that `needs_other` is left out where there is none
    pythons: it takes other versions of Python as arguments
    """

    name: str
    program: str
    what: str
    quick: Sequence[str] = ()
    full: Sequence[str] = ()
    minutes: float = 30.0
    against: str | None = None
    needs_other: bool = False
    pythons: bool = False

    def arguments(self, quick: bool, other: Path | None, pythons: Sequence[str]) -> list[str]:
        """Return the arguments of a run, but for the page."""
        given = list(self.quick if quick else self.full)
        if other and self.against is not None:
            given = [self.against, str(other), *given] if self.against else [str(other), *given]
        return [*pythons, *given] if self.pythons else given


PARTS = (
    Part(
        "check", "check_startup.py", "what a student waits for",
        ["--rounds", "9"], ["pixels", "convolution", "filters", "classifier", "learning", "--rounds", "25"], 45, "--against",
    ),
    Part("grading", "grading.py", "what grading a class costs", ["--count", "50"], ["--rounds", "3"], 120, "--against"),
    Part("judging", "judging.py", "judging apart from the student's code", ["--long", "600"], ["--count", "60"], 30),
    Part(
        "pairs", "judging_pairs.py", "judging, beside another checkout", ["--pairs", "3"], ["--pairs", "6"], 30,
        against="", needs_other=True,
    ),
    Part("torch", "torch_agreement.py", "whether the reference agrees with torch", ["1000"], ["5000"], 30),
    Part("onnx", "onnx_agreement.py", "whether the reference agrees with ONNX", minutes=5),
    Part("kernels", "speed.py", "how fast the reference is", ["--quick"], minutes=60, against="--against"),
    Part("loops", "loops.py", "what counting loops costs", ["--repeat", "3"], ["--repeat", "5"], 30, pythons=True),
    Part("hidden-loops", "hidden_loops.py", "what loops cost that are hard to see", ["--repeat", "5"], minutes=10),
    Part("similar", "similar.py", "whether copies are found", ["--seeds", "1", "--sizes", "30", "300"], minutes=45),
    Part("naming", "naming.py", "whether mistakes are named", minutes=45),
    Part("groups", "groups.py", "whether one cause lands in one group", minutes=30),
    Part("liars", "liars.py", "what a lie about time gains", ["2"], ["5"], 60),
    Part("verify", "verify_cost.py", "what verifying costs", full=["--rounds", "3"], minutes=30, against="--against"),
    Part(
        "scale", "scale.py", "how fast a large class is judged",
        ["--count", "120", "--entered", "200"], ["--count", "600", "--rounds", "3"], 60,
    ),
)  # fmt: skip

LEFT_OUT = {
    "budget_verdicts.py": "takes an hour, and loads the machine on purpose: make bench-budget",
    "mutants.py": "measures the tests, and runs them for ten minutes and more: make mutants",
    "run_all.py": "runs the others",
}
"""Programs that are no part, each with the reason."""

OTHER_PYTHONS = ("python3.11", "python3.12", "python3.13")
_NEEDED = "import click, numba, numpy, pytest, yaml"
"""What a Python has to have for the course."""


def usable_python(text: str) -> str:
    """Return the path of a Python that has what the course needs, for argparse."""
    path = shutil.which(text)
    if not path:
        raise argparse.ArgumentTypeError(f"there is no program {text!r}")
    done = subprocess.run([path, "-c", _NEEDED], capture_output=True, text=True, check=False)
    if done.returncode:
        raise argparse.ArgumentTypeError(f"{text} lacks something: {(done.stderr.splitlines() or ['it ended'])[-1]}")
    return path


def other_pythons() -> list[str]:
    """Return the versions of Python that are found by name and are usable, but for the running one."""
    running = f"python{sys.version_info.major}.{sys.version_info.minor}"
    found = []
    for name in OTHER_PYTHONS:
        if name != running:
            with contextlib.suppress(argparse.ArgumentTypeError):
                found.append(usable_python(name))
    return found
