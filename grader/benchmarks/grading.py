"""What grading a class costs: `cnngrade grade` against `nbgrader autograde` with a kernel, on the same submissions.

    python grader/benchmarks/grading.py [SUBMISSIONS] [ROUNDS]

The class hands in the same right notebook of the unit `convolution`. Graded in turn, A B C A B C ...:

    A   stock nbgrader: a course of its own whose grade cells compare with recorded values (numpy.testing), run in a kernel
    B   cnngrade grade --jobs 1: public and hidden tests, time budget, diagnosis, gradebook
    C   nbgrader autograde in our classroom, its execution replaced by our judge, with nothing judged before
    D   cnngrade grade once more: nothing is missing and nothing has changed

The class has 200 submissions if no other number is given, graded once; for a smaller one, say so: `grading.py 12 3`. Figures
are seconds per submission of whole commands, start-up, gradebook and graded notebooks included: medians, with minimum and
maximum. Of a class of less than 100 the first round, which warms the caches, is not counted. After every command its gradebook
is asked whether each submission has full marks; if not, there are no figures.
"""

from __future__ import annotations

import importlib.util
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
UNIT = "convolution"
ENGINE = str(ROOT / "grader")
SHAPES = [((2, 3, 7, 10), (5, 3, 3, 4), 2, 1), ((2, 2, 5, 6), (3, 2, 3, 2), 1, 2), ((1, 1, 4, 5), (1, 1, 2, 3), 1, 0)]
SHAPES += [((2, 4, 6, 7), (2, 4, 2, 2), 2, 0), ((3, 3, 6, 8), (3, 3, 3, 3), 1, 1), ((2, 3, 8, 9), (4, 3, 3, 3), 3, 1)]


def cpu_of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def run(command: list[str], folder: Path) -> tuple[float, float]:
    """Run a command that must succeed (or say that something did not pass); return CPU and wall seconds."""
    # nbgrader calls a program of its own environment by name.
    path = os.pathsep.join([sysconfig.get_path("scripts"), os.environ["PATH"]])
    environment = os.environ | {"PYTHONPATH": ENGINE, "PATH": path}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    before, start = cpu_of_children(), time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    wall, cpu = time.perf_counter() - start, cpu_of_children() - before
    if done.returncode not in (0, 1) or "Traceback" in done.stderr:
        sys.exit(f"{command} ended with {done.returncode}:\n{done.stderr[-3000:]}")
    return cpu, wall


def assert_full_marks(course: Path, count: int, name: str) -> None:
    """End the benchmark unless every submission has full marks for its code: work left undone would look fast."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        marks = [(entry.code_score, entry.max_code_score) for entry in gradebook.assignment_submissions(UNIT)]
    if len(marks) != count or any(score != most or not most for score, most in marks):
        sys.exit(f"{name}: {count} submissions should have full marks, but these are there: {marks}")


def stock_course(place: Path, notebook: dict, source: dict[str, str], count: int) -> Path:
    """Make a course for nbgrader alone: the released cells, with comparisons in the grade cells."""
    sys.path[:0] = [str(ROOT)]
    from solutions.convolution import conv2d, correlate2d

    rng, recorded = np.random.default_rng(0), {}
    checks = ["import numpy as np", 'recorded = np.load("recorded.npz")']
    for index, (x_shape, w_shape, stride, padding) in enumerate(SHAPES):
        x, w, b = rng.normal(size=x_shape), rng.normal(size=w_shape), rng.normal(size=w_shape[0])
        recorded |= {f"x{index}": x, f"w{index}": w, f"b{index}": b, f"o{index}": conv2d(x, w, b, stride, padding)}
        names = ", ".join(f'recorded["{name}{index}"]' for name in "xwb")
        checks.append(f'np.testing.assert_allclose(conv2d({names}, {stride}, {padding}), recorded["o{index}"], atol=1e-9)')
    image, kernel = rng.normal(size=(9, 8)), rng.normal(size=(3, 2))
    recorded |= {"image": image, "kernel": kernel, "map": correlate2d(image, kernel)}
    small = 'np.testing.assert_allclose(correlate2d(recorded["image"], recorded["kernel"]), recorded["map"], atol=1e-9)'
    bodies = {"grade-correlate2d": "\n".join([*checks[:2], small]), "grade-conv2d": "\n".join(checks)}
    course = place / "stock"
    (course / "source" / UNIT).mkdir(parents=True)
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if name in bodies:
            cell["source"] = bodies[name]
        cell["metadata"].get("nbgrader", {}).pop("checksum", None)
    (course / "source" / UNIT / f"{UNIT}.ipynb").write_text(json.dumps(notebook))
    np.savez(course / "source" / UNIT / "recorded.npz", **recorded)
    run([sys.executable, "-m", "nbgrader", "generate_assignment", UNIT], course)
    hand_in(course, filled(course / "release" / UNIT / f"{UNIT}.ipynb", source), count)
    return course


def filled(released: Path, source: dict[str, str]) -> str:
    notebook = json.loads(released.read_text())
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if name in source:
            cell["source"] = source[name]
    return json.dumps(notebook)


def hand_in(course: Path, notebook: str, count: int) -> None:
    for number in range(count):
        folder = course / "submitted" / f"student{number:03}" / UNIT
        folder.mkdir(parents=True)
        (folder / f"{UNIT}.ipynb").write_text(notebook)


def right_answer() -> dict[str, str]:
    """Return the code of a right answer for each solution cell."""
    text = (ROOT / "grader" / "tests" / "corpus" / UNIT / "taps_loop.py").read_text()
    cells = [part.partition("\n")[2].strip() for part in text.split("# %%")[1:]]
    helpers = "\n\n\n".join(cell for cell in cells if "def conv2d" not in cell and "def correlate2d" not in cell)
    return {name: f"{helpers}\n\n\n{cell}" for name in ("correlate2d", "conv2d") for cell in cells if f"def {name}" in cell}


def main() -> None:
    if not importlib.util.find_spec("nbgrader"):
        sys.exit("nbgrader is not installed: there is nothing to measure against. `make bench` installs it.")
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    warming = 1 if count < 100 else 0
    with tempfile.TemporaryDirectory() as place:
        ours = Path(place) / "ours"
        for name in ("exercises", "solutions", "autograde_tests"):
            shutil.copytree(ROOT / name, ours / name)
        shutil.copyfile(ROOT / "course.yml", ours / "course.yml")
        run([sys.executable, "-m", "cnngrade", "release", UNIT], ours)
        room, source = ours / "classroom", right_answer()
        released = room / "release" / UNIT / f"{UNIT}.ipynb"
        hand_in(room, filled(released, source), count)
        stock = stock_course(Path(place), json.loads(released.read_text()), source, count)
        autograde = [sys.executable, "-m", "nbgrader", "autograde", UNIT, "--force"]
        commands = {
            "nbgrader, kernel": (autograde, stock),
            "cnngrade grade": ([sys.executable, "-m", "cnngrade", "grade", UNIT, "--jobs", "1", "--force"], ours),
            "nbgrader, judge": (autograde, room),
            "cnngrade again": ([sys.executable, "-m", "cnngrade", "grade", UNIT, "--jobs", "1"], ours),
        }
        times: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
        for number in range(rounds + warming):
            for name, (command, folder) in commands.items():
                if name == "nbgrader, judge":
                    shutil.rmtree(room / "reports", ignore_errors=True)
                elif name == "cnngrade again":
                    run(command, folder)  # what nbgrader's own command has entered is entered again, once
                cpu, wall = run(command, folder)
                assert_full_marks(stock if folder == stock else room, count, name)
                if number >= warming:
                    times[name].append((cpu / count, wall / count))
    print(f"{count} submissions of {UNIT}, {rounds} rounds, seconds a submission: median (minimum to maximum)")
    for name, pairs in times.items():
        row = [f"{statistics.median(side):.2f} ({min(side):.2f} to {max(side):.2f})" for side in zip(*pairs, strict=True)]
        print(f"  {name:17} CPU {row[0]:22}  wall {row[1]}")
    for index, kind in enumerate(("CPU", "wall")):
        medians = [statistics.median(pair[index] for pair in pairs) for pairs in times.values()]
        ours, inside, again = (median / medians[0] for median in medians[1:])
        print(f"  {kind}, over stock nbgrader's: {ours:.3f}; our judge within nbgrader {inside:.3f}; again {again:.4f}")


if __name__ == "__main__":
    main()
