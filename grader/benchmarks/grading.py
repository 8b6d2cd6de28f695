"""What grading a class costs: `cnngrade grade` against `nbgrader autograde` with a kernel, on the same submissions.

    python grader/benchmarks/grading.py [--count N] [--rounds N] [--against CHECKOUT] [--no-stock] [--write-docs]

The class of N (200) hands in the same right notebook of the unit `convolution`. In each round (1) run in turn:

    A   stock nbgrader: a course of its own whose grade cells compare with recorded values (numpy.testing), run in a kernel
    B   cnngrade grade --jobs 1: public and hidden tests, time budget, diagnosis, gradebook
    C   cnngrade grade once more: nothing is missing and nothing has changed
    D   cnngrade feedback: a page for each student
    E   nbgrader autograde in our classroom, its execution replaced by our judge, with nothing judged before
    F   stock nbgrader's generate_feedback
    G   with --against: B, C and D of another working tree of this project, which has released the unit itself

With --no-stock A, E and F are left out, which take longest. Figures are seconds per submission of whole commands, start-up,
gradebook and graded notebooks included: medians with quartiles; ratios are those of neighbours, of the same round. Every
command grades one student first, which warms the caches and is not counted; every second round runs in the opposite order.
After every grading the gradebook is asked whether each submission has full marks, and after every feedback the pages are
counted; if something is missing, there are no figures.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from figures.arguments import other_checkout, positive
from figures.course import copy_course
from figures.programs import ROOT, Cost, environment, run, said_of, sides
from figures.quartiles import quartiles, ratios
from figures.section import Section, add_writing, at_least

UNIT = "convolution"
STOCK, OURS, AGAIN, PAGES, INSIDE, STOCK_PAGES = (
    "nbgrader, kernel", "cnngrade grade", "cnngrade again", "cnngrade feedback", "nbgrader, judge", "nbgrader feedback",
)  # fmt: skip
OTHER = ", other"
"""So ends the name of what another checkout does."""
SHOWN = {
    STOCK: "stock `nbgrader autograde`, a kernel for each notebook",
    OURS: "`cnngrade grade --jobs 1`",
    AGAIN: "`cnngrade grade` once more, nothing changed",
    PAGES: "`cnngrade feedback`",
    INSIDE: "`nbgrader autograde` with our judge, nothing judged before",
    STOCK_PAGES: "stock `nbgrader generate_feedback`",
}
SHOWN |= {name + OTHER: f"{SHOWN[name]}, the other checkout" for name in (OURS, AGAIN, PAGES)}
AIM = 15.0
"""Stock nbgrader is to take so many times as much CPU time as `cnngrade grade`, for a class of CLASS at least."""
CLASS = 200
SHAPES = [((2, 3, 7, 10), (5, 3, 3, 4), 2, 1), ((2, 2, 5, 6), (3, 2, 3, 2), 1, 2), ((1, 1, 4, 5), (1, 1, 2, 3), 1, 0)]
SHAPES += [((2, 4, 6, 7), (2, 4, 2, 2), 2, 0), ((3, 3, 6, 8), (3, 3, 3, 3), 1, 1), ((2, 3, 8, 9), (4, 3, 3, 3), 3, 1)]


@dataclass(frozen=True)
class Program:
    """A command for a class: what it does, in which course and with whose engine.

    room: where the class's folders are. prepare: done before, and not measured. pages: whether it writes feedback, not marks.
    """

    command: list[str]
    course: Path
    room: Path
    checkout: Path = ROOT
    prepare: Callable[[], Any] = lambda: None
    pages: bool = False

    def run(self, *more: str) -> Cost:
        return python(self.command + list(more), self.course, self.checkout)

    def cost(self, count: int) -> Cost:
        """Return what it takes for each of a class of `count`; exits if work is left undone, which would look fast."""
        self.prepare()
        if self.pages:
            shutil.rmtree(self.room / "feedback", ignore_errors=True)
        cost = self.run()
        if self.pages:
            assert_pages(self.room, count)
        else:
            assert_full_marks(self.room, count, " ".join(self.command))
        return Cost(cost.cpu / count, cost.wall / count)


def python(command: list[str], folder: Path, checkout: Path = ROOT) -> Cost:
    """Run a program that is a module; that something did not pass is no failure of it."""
    return run([sys.executable, "-m", *command], folder, environment(checkout), (0, 1))


def assert_pages(room: Path, count: int) -> None:
    """End the benchmark unless there is a page of feedback for every submission."""
    found = len(list((room / "feedback").glob(f"*/{UNIT}/{UNIT}.html")))
    if found != count:
        sys.exit(f"{count} submissions should have a page of feedback, but {found} have")


def assert_full_marks(course: Path, count: int, name: str) -> None:
    """End the benchmark unless every submission has full marks for its code: work left undone would look fast."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        marks = [(entry.code_score, entry.max_code_score) for entry in gradebook.assignment_submissions(UNIT)]
    if len(marks) != count or any(score != most or not most for score, most in marks):
        sys.exit(f"{name}: {count} submissions should have full marks, but these are there: {marks}")


def stock_course(place: Path, notebook: dict[str, Any], source: dict[str, str], count: int) -> Path:
    """Make a course for nbgrader alone: the released cells, with comparisons in the grade cells."""
    sys.path[:0] = [str(ROOT)]
    from solutions.convolution import conv2d, correlate2d

    rng = np.random.default_rng(0)
    recorded: dict[str, Any] = {}
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
    python(["nbgrader", "generate_assignment", UNIT], course)
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


def our_course(checkout: Path, place: Path, source: dict[str, str], count: int) -> Path:
    """Copy the course of a checkout, release the unit by its own code, and hand in."""
    copy_course(checkout, place)
    python(["cnngrade", "release", UNIT], place, checkout)
    room = place / "classroom"
    hand_in(room, filled(room / "release" / UNIT / f"{UNIT}.ipynb", source), count)
    return place


def ours_of(course: Path, checkout: Path, ending: str = "") -> dict[str, Program]:
    """Return the programs of a checkout."""
    grade = ["cnngrade", "grade", UNIT, "--jobs", "1"]
    room = course / "classroom"

    def enter() -> None:
        # What nbgrader's own command has entered is entered again, once.
        python(grade, course, checkout)

    return {
        OURS + ending: Program([*grade, "--force"], course, room, checkout),
        AGAIN + ending: Program(grade, course, room, checkout, enter),
        PAGES + ending: Program(["cnngrade", "feedback", UNIT], course, room, checkout, pages=True),
    }


def programs(place: Path, count: int, against: Path | None, with_stock: bool) -> dict[str, Program]:
    """Return what is compared, by name, in the order of a round."""
    source = right_answer()
    course = our_course(ROOT, place / "ours", source, count)
    found = ours_of(course, ROOT)
    if against:
        found |= ours_of(our_course(against, place / "other", source, count), against, OTHER)
    if with_stock:
        room = course / "classroom"
        released = json.loads((room / "release" / UNIT / f"{UNIT}.ipynb").read_text())
        stock = stock_course(place, released, source, count)
        autograde = ["nbgrader", "autograde", UNIT, "--force"]
        forget = lambda: shutil.rmtree(room / "reports", ignore_errors=True)  # noqa: E731
        found = {STOCK: Program(autograde, stock, stock)} | found
        found[INSIDE] = Program(autograde, room, room, prepare=forget)
        found[STOCK_PAGES] = Program(["nbgrader", "generate_feedback", UNIT, "--force"], stock, stock, pages=True)
    return found


def measured(compared: dict[str, Program], rounds: int, count: int) -> dict[str, list[Cost]]:
    """Run the programs in turn, to and fro."""
    costs: dict[str, list[Cost]] = {name: [] for name in compared}
    for program in compared.values():
        program.run("--student", "student000")
    for number in range(rounds):
        for name in list(compared)[:: -1 if number % 2 else 1]:
            print(f"round {number + 1} of {rounds}: {name}", file=sys.stderr, flush=True)
            costs[name].append(compared[name].cost(count))
    return costs


def tell(costs: dict[str, list[Cost]], count: int, section: Section) -> None:
    """Add the figures."""
    rows = []
    for name, found in costs.items():
        own = sides(found)
        stock = costs.get(STOCK_PAGES if PAGES in name else STOCK, ())
        other = costs.get(name + OTHER, ())
        shares = [ratios(own["CPU"], sides(base)["CPU"]).text(".3f") if base else "" for base in (stock, other)]
        rows.append([SHOWN[name], *(quartiles(side).text(".3f") for side in own.values()), *shares])
    head = ["", "CPU seconds", "wall seconds", "CPU over stock nbgrader's", "CPU over the other checkout's"]
    # What was not compared has no column.
    shown = [index for index in range(len(head)) if index < 3 or any(row[index] for row in rows)]
    section.table([head[index] for index in shown], [[row[index] for index in shown] for row in rows])
    if STOCK in costs:
        times = ratios(sides(costs[STOCK])["CPU"], sides(costs[OURS])["CPU"])
        section.sentence(
            f"A class of {count}: stock nbgrader takes {times.text('.1f')} times the CPU time of `cnngrade grade`."
        )
        if count >= CLASS:
            section.aim(at_least("stock nbgrader's CPU time over that of `cnngrade grade`", AIM, times, ".1f"))


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=positive, default=CLASS, metavar="N", help="submissions (200)")
    parser.add_argument("--rounds", type=positive, default=1, metavar="N")
    parser.add_argument("--against", type=other_checkout, metavar="CHECKOUT", help="a working tree of another version")
    parser.add_argument("--no-stock", action="store_true", help="leave nbgrader's own commands out")
    add_writing(parser)
    asked = parser.parse_args(arguments)
    if not importlib.util.find_spec("nbgrader"):
        sys.exit("nbgrader is not installed: there is nothing to measure against. `make bench` installs it.")
    with tempfile.TemporaryDirectory() as place:
        compared = programs(Path(place), asked.count, asked.against, not asked.no_stock)
        costs = measured(compared, asked.rounds, asked.count)
    section = Section("grading", ("nbgrader",))
    tell(costs, asked.count, section)
    if asked.against:
        section.sentence(said_of(asked.against))
    section.end(asked.write_docs)


if __name__ == "__main__":
    main()
