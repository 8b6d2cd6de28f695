"""What a student waits for: `cnngrade check` as a whole process, against `import numpy` and against plain pytest.

    python grader/benchmarks/check_startup.py [UNIT] [ROUNDS]

Releases the unit into a temporary folder, puts a right answer there, and runs in turn A B C A B C ...:

    A   python -c "import numpy"
    B   cnngrade check, worker process included
    C   plain pytest on the same public tests, in one process, with the student's file and, as the reference, another right
        answer in NumPy: a reference that needs numba would cost plain pytest seconds

Figures are CPU seconds (user and system, children included) and wall seconds of whole processes: medians, with minimum and
maximum. The ratios are those of the medians. The first round warms the caches and is not counted.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RIGHT = {"convolution": "taps_loop.py", "padding": "numpy_pad.py", "pooling": "taps.py", "hierarchy": "from_what_is_given.py"}
OTHER = {
    "convolution": "einsum_windows.py",
    "padding": "full_and_slice.py",
    "pooling": "places.py",
    "hierarchy": "accumulate.py",
}

# What a course that uses plain pytest would write: the same fixtures, without a worker, a verdict or a diagnosis.
CONFTEST = '''
import hashlib, importlib.util, pathlib
import numpy as np, pytest

def load(name):
    spec = importlib.util.spec_from_file_location(name, pathlib.Path(__file__).parent / (name + ".py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module

code, solution = load("{unit}"), load("other")

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
    def run(function, make):
        args = make(rng)
        for _ in range(5):
            getattr(code, function)(*args), getattr(solution, function)(*args)
    return run
'''


def run(command: list[str], folder: Path) -> tuple[float, float]:
    """Run a process to its end; return its CPU and wall seconds, its children's included."""
    before, start = os.times(), time.perf_counter()
    environment = os.environ | {"PYTHONPATH": str(ROOT / "grader")}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
    wall, after = time.perf_counter() - start, os.times()
    if done.returncode != 0:
        sys.exit(f"{command} ended with {done.returncode}:\n{done.stdout.decode()}\n{done.stderr.decode()}")
    cpu = (after.children_user - before.children_user) + (after.children_system - before.children_system)
    return cpu, wall


def prepare(unit: str, place: Path) -> tuple[Path, Path]:
    """Release the unit; return the handout with a right answer, and the folder for plain pytest."""
    sys.path.insert(0, str(ROOT / "grader"))
    from cnngrade.course import load_course
    from cnngrade.release import write_handout

    course = load_course(ROOT)
    handout, plain = place / "handout", place / "plain"
    handout.mkdir()
    write_handout(course, course.unit(unit), handout)
    answer = ROOT / "grader" / "tests" / "corpus" / unit / RIGHT[unit]
    shutil.copyfile(answer, handout / f"{unit}.py")
    plain.mkdir()
    shutil.copyfile(answer, plain / f"{unit}.py")
    shutil.copyfile(answer.with_name(OTHER[unit]), plain / "other.py")
    shutil.copyfile(handout / "autograde_tests" / "public" / f"test_{unit}.py", plain / f"test_{unit}.py")
    course_fixtures = (handout / "autograde_tests" / "conftest.py").read_text()
    course_fixtures = course_fixtures.replace('pytest_plugins = ("cnngrade.plugin",)', "")
    (plain / "conftest.py").write_text(CONFTEST.format(root=str(ROOT), unit=unit) + course_fixtures)
    return handout, plain


def main() -> None:
    unit = sys.argv[1] if len(sys.argv) > 1 else "convolution"
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 15
    with tempfile.TemporaryDirectory() as place:
        handout, plain = prepare(unit, Path(place))
        commands = {
            "import numpy": ([sys.executable, "-c", "import numpy"], handout),
            "cnngrade check": ([sys.executable, "-m", "cnngrade.cli", "check"], handout),
            "plain pytest": ([sys.executable, "-m", "pytest", "-q", "--import-mode=importlib"], plain),
        }
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
        check = medians["cnngrade check"]
        numpy, pytest = check / medians["import numpy"], check / medians["plain pytest"]
        print(f"  {kind}: check is {numpy:.2f} x import numpy, {pytest:.2f} x plain pytest")


if __name__ == "__main__":
    main()
