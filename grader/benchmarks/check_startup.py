"""What a student waits for: `cnngrade check` as a whole process, against `import numpy` and against plain pytest.

    python grader/benchmarks/check_startup.py [UNIT ...] [--rounds N] [--against CHECKOUT] [--no-pytest] [--write-docs]

Releases each unit into a temporary folder, puts a right answer there, and runs these in turn, in ROUNDS (15) rounds:

    A   python -c "import numpy", in one thread
    B   cnngrade check, worker process included
    C   plain pytest on the same public tests, in one process: the student's file beside the course's solution, which needs
        numba (what it compiled is cached); left out, and said to be, where numba is missing
    D   as C, with the student's own file for a reference: as cheap as plain pytest can be
    E   with --against: B as another working tree of this project has it, in a handout that it has released itself

A, C and D run with OPENBLAS_NUM_THREADS=1 and the like, since a check does so by itself. NumPy otherwise starts a thread for
each core, and its CPU time then depends on how many there are: measured against that, a check would look cheaper than it is.
Nothing loads the pytest plugins that happen to be installed here, since a student has none. All may keep their bytecode,
as installed programs do: where PYTHONDONTWRITEBYTECODE is set, compiling modules again would cost more than what is measured.

Figures are CPU seconds (user and system, children included) and wall seconds of whole processes; ratios are those of
neighbours, of the same round. Printed are medians with quartiles. A first round warms the caches and is not counted; every
second round runs in the opposite order.
"""

from __future__ import annotations

import argparse
import importlib.util
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from figures.arguments import one_of, other_checkout, positive
from figures.programs import ONE_THREAD, ROOT, Cost, environment, run, said_of, sides
from figures.quartiles import Quartiles, quartiles, ratios
from figures.section import Section, add_writing, at_most

UNITS = {"pixels": 4.0, "convolution": 4.5, "learning": 6.5}
"""The units that are measured if none is named, and what a check of each may cost, in CPU times of `import numpy`."""
NUMPY, CHECK, SOLUTION, SAME, BEFORE = "numpy", "check", "pytest, solution", "pytest, same", "check, other"
SHOWN = {
    NUMPY: "`import numpy`",
    CHECK: "`cnngrade check`",
    SOLUTION: "plain pytest, the solution as reference",
    SAME: "plain pytest, the answer itself as reference",
    BEFORE: "`cnngrade check` of the other checkout",
}
NO_PLUGINS = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
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

# What a course that uses plain pytest would write: the same fixtures, without a worker, a verdict or a diagnosis.
CONFTEST = """
import hashlib, importlib, importlib.util, inspect, pathlib, sys
import numpy as np, pytest

def load(name):
    spec = importlib.util.spec_from_file_location(name, pathlib.Path(__file__).parent / (name + ".py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module

code, solution = load("{unit}"), {reference}
for function in filter(inspect.isfunction, vars(code).values()):
    function.fresh = function

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


RELEASE = """
import sys
from pathlib import Path
from cnngrade.course.load import load_course
from cnngrade.jobs.release import write_handout

course = load_course(Path(sys.argv[1]))
write_handout(course, course.unit(sys.argv[2]), Path(sys.argv[3]))
"""


@dataclass(frozen=True)
class Program:
    """A command, where it runs, and with which variables."""

    command: list[str]
    folder: Path
    variables: dict[str, str]

    def cost(self) -> Cost:
        return run(self.command, self.folder, self.variables)


def prepare_handout(checkout: Path, unit: str, handout: Path) -> Program:
    """Release the unit into a folder, by the checkout's own code, put a right answer there, and return the check of it."""
    handout.mkdir()
    run([sys.executable, "-c", RELEASE, str(checkout), unit, str(handout)], handout, environment(checkout))
    shutil.copyfile(ROOT / "grader" / "tests" / "corpus" / unit / RIGHT[unit], handout / f"{unit}.py")
    return Program([sys.executable, "-m", "cnngrade", "check"], handout, environment(checkout, NO_PLUGINS))


def prepare_plain(unit: str, handout: Path, plain: Path, reference: str) -> Program:
    """Set up the handout's tests and answer for plain pytest; `reference` is the expression that loads the reference."""
    plain.mkdir()
    shutil.copyfile(handout / f"{unit}.py", plain / f"{unit}.py")
    shutil.copyfile(handout / f"{unit}.py", plain / "same.py")
    shutil.copyfile(handout / "autograde_tests" / "public" / f"test_{unit}.py", plain / f"test_{unit}.py")
    course_fixtures = (handout / "autograde_tests" / "conftest.py").read_text()
    course_fixtures = course_fixtures.replace('pytest_plugins = ("cnngrade.judge.plugin",)', "")
    fixtures = CONFTEST.format(root=str(ROOT), unit=unit, reference=reference)
    (plain / "conftest.py").write_text(fixtures + course_fixtures)
    pytest = [sys.executable, "-m", "pytest", "-q", "--import-mode=importlib"]
    return Program(pytest, plain, environment(more=ONE_THREAD | NO_PLUGINS))


def programs(unit: str, place: Path, against: Path | None, with_pytest: bool) -> dict[str, Program]:
    """Return what is compared, by name."""
    place.mkdir()
    check = prepare_handout(ROOT, unit, place / "handout")
    alone = environment(more=ONE_THREAD)
    found = {NUMPY: Program([sys.executable, "-c", "import numpy"], place, alone), CHECK: check}
    if against:
        found[BEFORE] = prepare_handout(against, unit, place / "handout_other")
    if with_pytest and importlib.util.find_spec("numba"):
        solution = f'(sys.path.insert(0, {str(ROOT)!r}), importlib.import_module("solutions.{unit}"))[1]'
        found[SOLUTION] = prepare_plain(unit, check.folder, place / "plain_solution", solution)
    if with_pytest:
        found[SAME] = prepare_plain(unit, check.folder, place / "plain", 'load("same")')
    return found


def measured(compared: dict[str, Program], rounds: int) -> dict[str, list[Cost]]:
    """Run the programs in turn, to and fro."""
    costs: dict[str, list[Cost]] = {name: [] for name in compared}
    for program in compared.values():
        program.cost()
    for number in range(rounds):
        for name in list(compared)[:: -1 if number % 2 else 1]:
            costs[name].append(compared[name].cost())
    return costs


def tell(costs: dict[str, dict[str, list[Cost]]], section: Section) -> None:
    """Add the figures of all units."""
    names = list(dict.fromkeys(name for found in costs.values() for name in found))
    for kind in ("CPU", "wall"):
        rows = [[unit, *(quartiles(sides(found[name])[kind]).text() for name in names)] for unit, found in costs.items()]
        section.table(["unit", *(SHOWN[name] for name in names)], rows, f"{kind} seconds, median (quartiles)")
    bases = [name for name in names if name != CHECK]
    rows = [[unit, *(over(found, base).text() for base in bases)] for unit, found in costs.items()]
    section.table(["unit", *(SHOWN[name] for name in bases)], rows, "CPU seconds of a check, over those of")
    for unit, found in costs.items():
        if unit in UNITS:
            section.aim(at_most(f"a check of {unit}, in CPU times of `import numpy`", UNITS[unit], over(found, NUMPY)))


def over(costs: dict[str, list[Cost]], base: str) -> Quartiles:
    """Return the CPU time of a check over that of another program."""
    return ratios(sides(costs[CHECK])["CPU"], sides(costs[base])["CPU"])


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("units", nargs="*", type=one_of(RIGHT), metavar="UNIT", help=f"default: {' '.join(UNITS)}")
    parser.add_argument("--rounds", type=positive, default=15, metavar="N")
    parser.add_argument("--against", type=other_checkout, metavar="CHECKOUT", help="a working tree of another version")
    parser.add_argument("--no-pytest", action="store_true", help="leave plain pytest out")
    add_writing(parser)
    asked = parser.parse_args(arguments)
    if not importlib.util.find_spec("numba"):
        sys.exit("numba is not installed: without it no unit can be released. `make bench` installs it.")
    with tempfile.TemporaryDirectory() as name:
        costs = {}
        for unit in asked.units or UNITS:
            compared = programs(unit, Path(name) / unit, asked.against, not asked.no_pytest)
            print(f"{unit}: {asked.rounds} rounds", file=sys.stderr, flush=True)
            costs[unit] = measured(compared, asked.rounds)
    section = Section("check", ("pytest",))
    tell(costs, section)
    if asked.against:
        section.sentence(said_of(asked.against))
    section.end(asked.write_docs)


if __name__ == "__main__":
    main()
