"""What a student waits for: `cnngrade check` as a whole process, against `import numpy` and against plain pytest.

    python grader/benchmarks/check_startup.py [UNIT] [ROUNDS]

Releases the unit into a temporary folder, puts a right answer there, and runs in turn A B C D A B C D ...:

    A   python -c "import numpy"
    B   cnngrade check, worker process included
    C   plain pytest on the same public tests, in one process: the student's file beside the course's solution, which needs
        numba (what it compiled is cached); left out, and said to be, where numba is missing
    D   as C, with another right answer in NumPy for a reference: as cheap as plain pytest can be

C and D run without the pytest plugins that happen to be installed here, since a student has none. All may keep their bytecode,
as installed programs do: where PYTHONDONTWRITEBYTECODE is set, compiling modules again would cost more than what is measured.

Figures are CPU seconds (user and system, children included) and wall seconds of whole processes: medians, with minimum and
maximum. The ratios are those of the medians. The first round warms the caches and is not counted.
"""

from __future__ import annotations

import importlib.util
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RIGHT = {
    "pixels": "slices.py",
    "padding": "numpy_pad.py",
    "convolution": "taps_loop.py",
    "filters": "as_the_lesson_says.py",
    "pooling": "taps.py",
    "hierarchy": "from_what_is_given.py",
    "classifier": "step_by_step.py",
    "learning": "taps.py",
}
OTHER = {
    "pixels": "tensordot_and_pad.py",
    "padding": "full_and_slice.py",
    "convolution": "einsum_windows.py",
    "filters": "separable.py",
    "pooling": "places.py",
    "hierarchy": "accumulate.py",
    "classifier": "loops_over_layers.py",
    "learning": "im2col.py",
}

# What a course that uses plain pytest would write: the same fixtures, without a worker, a verdict or a diagnosis.
CONFTEST = """
import hashlib, importlib, importlib.util, pathlib, sys
import numpy as np, pytest

def load(name):
    spec = importlib.util.spec_from_file_location(name, pathlib.Path(__file__).parent / (name + ".py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module

code, solution = load("{unit}"), {reference}

def pytest_configure(config):
    config.addinivalue_line("markers", "points(n)")
    config.addinivalue_line("markers", "gate")

@pytest.fixture
def student(): return code
@pytest.fixture
def reference(): return solution
@pytest.fixture
def data(): return pathlib.Path({root!r}) / "exercises" / "data"
@pytest.fixture
def rng(request): return np.random.default_rng(int.from_bytes(hashlib.sha256(request.node.name.encode()).digest()[:8]))
@pytest.fixture
def budget(rng):
    def run(function, make, sized=None, **sizes):
        args = make(rng)
        for _ in range(5):
            getattr(code, function)(*args), getattr(solution, function)(*args)
    return run
"""


def cpu_of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def run(command: list[str], folder: Path) -> tuple[float, float]:
    """Run a process to its end; return its CPU and wall seconds, its children's included."""
    environment = os.environ | {"PYTHONPATH": str(ROOT / "grader"), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    before, start = cpu_of_children(), time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
    wall, cpu = time.perf_counter() - start, cpu_of_children() - before
    if done.returncode != 0:
        sys.exit(f"{command} ended with {done.returncode}:\n{done.stdout.decode()}\n{done.stderr.decode()}")
    return cpu, wall


def prepare_handout(unit: str, handout: Path) -> None:
    """Release the unit into a folder and put a right answer there."""
    sys.path.insert(0, str(ROOT / "grader"))
    from cnngrade.course.load import load_course
    from cnngrade.jobs.release import write_handout

    course = load_course(ROOT)
    handout.mkdir()
    write_handout(course, course.unit(unit), handout)
    shutil.copyfile(ROOT / "grader" / "tests" / "corpus" / unit / RIGHT[unit], handout / f"{unit}.py")


def prepare_plain(unit: str, handout: Path, plain: Path, reference: str) -> None:
    """Set up the handout's tests and answer for plain pytest; `reference` is the expression that loads the reference."""
    plain.mkdir()
    shutil.copyfile(handout / f"{unit}.py", plain / f"{unit}.py")
    shutil.copyfile(ROOT / "grader" / "tests" / "corpus" / unit / OTHER[unit], plain / "other.py")
    shutil.copyfile(handout / "autograde_tests" / "public" / f"test_{unit}.py", plain / f"test_{unit}.py")
    course_fixtures = (handout / "autograde_tests" / "conftest.py").read_text()
    course_fixtures = course_fixtures.replace('pytest_plugins = ("cnngrade.judge.plugin",)', "")
    fixtures = CONFTEST.format(root=str(ROOT), unit=unit, reference=reference)
    (plain / "conftest.py").write_text(fixtures + course_fixtures)


def main() -> None:
    unit = sys.argv[1] if len(sys.argv) > 1 else "convolution"
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 15
    pytest = [sys.executable, "-m", "pytest", "-q", "--import-mode=importlib"]
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        handout = place / "handout"
        prepare_handout(unit, handout)
        commands = {
            "import numpy": ([sys.executable, "-c", "import numpy"], handout),
            "cnngrade check": ([sys.executable, "-m", "cnngrade", "check"], handout),
        }
        if importlib.util.find_spec("numba"):
            solution = f'(sys.path.insert(0, {str(ROOT)!r}), importlib.import_module("solutions.{unit}"))[1]'
            prepare_plain(unit, handout, place / "plain_solution", solution)
            commands["pytest, solution"] = (pytest, place / "plain_solution")
        else:
            print("numba is not installed: plain pytest with the solution is left out. `make bench` installs it.")
        prepare_plain(unit, handout, place / "plain", 'load("other")')
        commands["pytest, NumPy"] = (pytest, place / "plain")
        times: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
        for number in range(rounds + 1):
            for name, (command, folder) in commands.items():
                measured = run(command, folder)
                if number:
                    times[name].append(measured)
    print(f"{unit}, {rounds} rounds, CPU and wall seconds: median (minimum to maximum)")
    for name, pairs in times.items():
        row = [f"{statistics.median(side):.3f} ({min(side):.3f} to {max(side):.3f})" for side in zip(*pairs, strict=True)]
        print(f"  {name:16} CPU {row[0]:26}  wall {row[1]}")
    for index, kind in enumerate(("CPU", "wall")):
        medians = {name: statistics.median(pair[index] for pair in pairs) for name, pairs in times.items()}
        check = medians.pop("cnngrade check")
        print(f"  {kind}: check is " + ", ".join(f"{check / median:.2f} x {name}" for name, median in medians.items()))


if __name__ == "__main__":
    main()
