"""How often does `check` say which mistake it is, and where: of wrong answers whose mistakes and lines are known.

    python grader/benchmarks/naming.py [FOLDER ...] [--files FILE] [--seconds SECONDS] [--write-docs]

Each answer is put into a released handout, where there is no solution, and checked as a student does, in a worker. A FOLDER
holds scripts and labels.json:

    {file: {"unit": NAME, "function": the function with the fault, "lines": its lines, "also": lines where it shows,
            "names": the known mistakes that are true of it, or the beginnings of other sentences,
            "other_lines": lines of mistakes in its other functions, if there are any}}

Without "names" nobody has read which are. Without a FOLDER these are checked:

    wrong      grader/tests/corpus/wrong: answers that were written for the purpose, and those in `unseen` beside it
    graded     the first of them once more, graded on inputs of their own, with hidden cases, as the student reads it
    corpus     the wrong answers of the corpus that say which mistake is theirs (nobody has read what else is true of them)
    right      the right answers of the corpus, of which nothing may be said
    mistakes   every twentieth known mistake of the course, written into a student's file

What is told of a file is false if one name or one place is, or if the function with the fault is said to fail only because it
calls another. Else it is a true name, a true place (a line that was searched for), a true line (one of the first two that an
exception's report gives), a name that is to be read, a rule about inputs alone, or nothing. --files also writes a line for
each file. A line is searched for as long as in `cnngrade check`, or for SECONDS, but in CPU time, so that what is found does
not depend on what else the machine does. Times are those of a whole check, in CPU seconds.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from figures.programs import ROOT
from figures.quartiles import quartiles
from figures.section import Section, add_writing, at_least, at_most

sys.path[:0] = [str(ROOT / "grader"), str(ROOT / "grader" / "tests")]

from check_startup import RIGHT
from cnngrade.answers.mistakes import KnownMistake, load_mistakes
from cnngrade.course import paths
from cnngrade.course.load import load_course
from cnngrade.findings.allowance import Allowance
from cnngrade.jobs.check import SEARCH, check
from cnngrade.jobs.release import write_handout
from cnngrade.jobs.targets import Target
from cnngrade.judge.judging import judge_one
from cnngrade.judge.suite import Suite
from cnngrade.model import Course, FindingKind, Report, ReportVerdict
from cnngrade.report.audience import as_students_see
from cnngrade.student.candidate import candidate
from support.expectations import read
from support.places import CORPUS

EVERY = 20
"""Of so many known mistakes one is written into a student's file."""
SECRET = "naming"
ONE_OF = "Look at one of"
"""So begins what is told where a change at any one of several lines would do."""
KINDS = {
    "name": "by a name",
    "place": "by a searched place",
    "line": "by an exception's line",
    "to read": "to be read",
    "inputs": "which inputs alone",
    "nothing": "nothing",
    "false": "falsely",
}
"""What can be told of a file, and how a table says it."""
AIMED = ("wrong",)
"""The answers of which most have to be told truly."""
_LINE = re.compile(r"\bline (\d+)")


@dataclass(frozen=True)
class Answer:
    """A wrong answer: `sentences` are the beginnings of what may be said of it, `lines` those where it may be placed.

    Where it `is_read`, no other sentence is true of it.
    """

    name: str
    unit: str
    text: str
    sentences: tuple[str, ...]
    lines: frozenset[int] = frozenset()
    is_read: bool = True
    function: str = ""


@dataclass
class Told:
    """What a report tells: sentences, places that were searched for, the lines of exceptions, and rules about inputs.

    Of places that are told as one of two a single one has to be true. `calling` are the functions that are said to fail because
    they call another.
    """

    names: list[str] = field(default_factory=list)
    places: list[tuple[int, ...]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    calling: list[str] = field(default_factory=list)
    inputs: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def kind(self, answer: Answer) -> str:
        """Return which of KINDS this is."""
        is_true = [name.startswith(answer.sentences) for name in self.names]
        places = [bool(answer.lines.intersection(either)) for either in self.places]
        if (answer.is_read and not all(places)) or answer.function in self.calling:
            return "false"
        if answer.is_read and not all(is_true):
            return "false"
        if any(is_true):
            return "name"
        if any(places):
            return "place"
        if answer.lines & set(self.lines[:2]):
            return "line"
        if self.names or self.places:
            return "to read"
        return "inputs" if self.inputs else "nothing"

    def line(self, answer: Answer) -> str:
        """Return this as a line of text."""
        other = "FALSE" if answer.is_read else "?"
        marks = [f"{'+' if name.startswith(answer.sentences) else other} {name}" for name in self.names]
        marks += [f"{'+' if answer.lines & set(either) else other} place {either}" for either in self.places]
        marks += [f"{'FALSE' if name == answer.function else 'calls:'} {name}" for name in self.calling]
        marks += [f"lines {self.lines[:2]}"] if self.lines else []
        marks += self.inputs
        return f"{self.kind(answer):8}{self.seconds:6.2f} s  {answer.name:70} {'; '.join(marks)}"


def cpu_seconds() -> float:
    """Return the CPU time of this process and of all workers that have ended."""
    return sum(os.times()[:4])


def told_by(report: Report) -> Told:
    told = Told()
    for outcome in report.outcomes:
        told.names += [outcome.cause] if outcome.cause and outcome.cause not in told.names else []
        told.lines += [int(line) for line in _LINE.findall(outcome.for_student) if int(line) not in told.lines]
    for finding in report.findings:
        if finding.kind is FindingKind.PLACE:
            lines = tuple(place.line for place in finding.places)
            told.places += [lines] if finding.text.startswith(ONE_OF) else [(line,) for line in lines]
        elif finding.kind is FindingKind.CALLS:
            told.calling.append(finding.function)
        else:
            told.inputs.append(finding.text)
    return told


class Classroom:
    """The course, its released handouts, and what is known about it."""

    def __init__(self, folder: Path, seconds: float) -> None:
        self.course = load_course(ROOT)
        self._allowance = Allowance(seconds)
        self.known = {unit.name: load_mistakes(self.course, unit) for unit in self.course.units}
        self.sentences = {known.name: known.sentence for found in self.known.values() for known in found}
        self._folder = folder
        self._handouts: dict[str, Course] = {}

    def _handout(self, unit: str) -> Course:
        if unit not in self._handouts:
            folder = self._folder / unit
            write_handout(self.course, self.course.unit(unit), folder)
            self._handouts[unit] = load_course(folder / "course.yml")
        return self._handouts[unit]

    def checked(self, answer: Answer) -> Told:
        """Return what a check tells of an answer."""
        course = self._handout(answer.unit)
        path = paths.submission_folder(course) / f"{answer.unit}.py"
        path.write_text(answer.text, encoding="utf-8")
        start = cpu_seconds()
        told = told_by(check(Target(course, course.units[0], path), search=self._allowance))
        told.seconds = cpu_seconds() - start
        return told

    def graded(self, answer: Answer) -> Told:
        """Return what the student reads once the answer is graded."""
        unit = self.course.unit(answer.unit)
        path = self._folder / "graded" / f"{answer.unit}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(answer.text, encoding="utf-8")
        start = cpu_seconds()
        suite = Suite(self.course, unit, hidden=True, secret=SECRET, search=self._allowance)
        told = told_by(as_students_see(judge_one(suite, candidate(self.course, path, unit, "ada"))))
        told.seconds = cpu_seconds() - start
        return told

    def labelled(self, folder: Path) -> list[Answer]:
        """Return the answers of a folder with labels.json."""
        labels: dict[str, dict[str, Any]] = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
        return [
            Answer(
                name,
                label["unit"],
                (folder / name).read_text(encoding="utf-8"),
                tuple(self.sentences.get(said, said) for said in label.get("names", ())),
                frozenset([*label["lines"], *label["also"], *label.get("other_lines", ())]),
                "names" in label,
                label["function"],
            )
            for name, label in labels.items()
        ]

    def corpus(self, right: bool) -> Iterator[Answer]:
        """Yield the scripts of the corpus that earn everything, or those that say which mistake they make."""
        for unit in self.course.units:
            for path in sorted((CORPUS / unit.name).glob("*.py")):
                expected = read(path)
                if expected.packages or expected.call_seconds:
                    continue
                is_right = expected.verdict == {ReportVerdict.PASSED}
                if is_right if right else expected.causes:
                    sentences = tuple(
                        sentence for sentence in self.sentences.values() if any(part in sentence for part in expected.causes)
                    )
                    yield Answer(
                        f"{unit.name}/{path.name}", unit.name, path.read_text(encoding="utf-8"), sentences, is_read=is_right
                    )

    def mistakes(self) -> Iterator[Answer]:
        """Yield a sample of the known mistakes, each in a right answer of the corpus whose function it replaces."""
        for unit in self.course.units:
            right = (CORPUS / unit.name / RIGHT[unit.name]).read_text(encoding="utf-8")
            module = ast.parse(paths.mistakes_file(self.course, unit.name).read_text(encoding="utf-8"))
            for known in list(self.known[unit.name])[::EVERY]:
                yield Answer(known.name, unit.name, right + as_written(module, known), (known.sentence,))


def as_written(module: ast.Module, known: KnownMistake) -> str:
    """Return the text that puts a known mistake in the place of the function that stands above it."""
    # Some mistakes are made by a function that marks them.
    body: list[ast.stmt] = ast.parse("mistake = lambda *said, **about: lambda function: function").body
    for node in module.body:
        if isinstance(node, ast.FunctionDef):
            body.append(ast.FunctionDef(node.name, node.args, node.body, [], node.returns, lineno=0))
        elif not isinstance(node, ast.ImportFrom) and not ast.unparse(node).startswith("solution ="):
            body.append(node)
    arguments = ast.arguments([], [ast.arg("solution")], None, [], [], None, [])
    body.append(ast.Return(ast.Name(known.name)))
    maker = ast.unparse(ast.fix_missing_locations(ast.FunctionDef("make", arguments, body, [], None, lineno=0)))
    names = "types.SimpleNamespace(**globals())"
    return f"\n\n# %%\nimport types\n{maker}\n\n{known.function} = make({names})\n"


def table(found: Mapping[str, list[tuple[Answer, Told]]], section: Section) -> None:
    """Add the figures: a row for each kind of answers."""
    rows = []
    for name, entries in found.items():
        if not entries:
            continue
        kinds = Counter(told.kind(answer) for answer, told in entries)
        truly = sum(kinds[kind] for kind in ("name", "place", "line")) / len(entries)
        rows.append([name, str(len(entries)), f"{truly:.0%}", *(str(kinds[kind]) for kind in KINDS), seconds_of(entries)])
        if name in AIMED:
            section.aim(at_least(f"`{name}`, told truly", 0.85, truly))
            section.aim(at_most(f"`{name}`, told falsely", 0.01, kinds["false"] / len(entries), ".3f"))
    section.table(["answers", "files", "told truly", *KINDS.values(), "CPU seconds: median (quartiles), 95 %"], rows)


def seconds_of(entries: list[tuple[Answer, Told]]) -> str:
    seconds = sorted(told.seconds for _, told in entries)
    late = seconds[min(round(0.95 * len(seconds)), len(seconds) - 1)]
    return f"{quartiles(seconds).text()}, {late:.1f}"


def told_of(answers: Iterable[Answer], tell: Callable[[Answer], Told]) -> list[tuple[Answer, Told]]:
    """Return what is told of each answer, and say so at once: all of them take minutes."""
    found = []
    for answer in answers:
        found.append((answer, tell(answer)))
        print(found[-1][1].line(answer), file=sys.stderr, flush=True)
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER")
    parser.add_argument("--files", type=Path, metavar="FILE")
    parser.add_argument("--seconds", type=float, default=SEARCH.seconds)
    add_writing(parser)
    asked = parser.parse_args()
    if asked.write_docs and asked.folders:
        parser.error("--write-docs needs all answers; leave out the folders")
    found: dict[str, list[tuple[Answer, Told]]] = {}
    with tempfile.TemporaryDirectory() as place:
        room = Classroom(Path(place), asked.seconds)
        folders = asked.folders or [path for path in (CORPUS / "wrong", CORPUS / "unseen") if path.is_dir()]
        for folder in folders:
            found[folder.name] = told_of(room.labelled(folder), room.checked)
        if not asked.folders:
            found["graded"] = told_of(room.labelled(CORPUS / "wrong"), room.graded)
            found["corpus"] = told_of(room.corpus(right=False), room.checked)
            found["right"] = told_of(room.corpus(right=True), room.checked)
            found["mistakes"] = told_of(room.mistakes(), room.checked)
    section = Section("naming")
    table(found, section)
    section.end(asked.write_docs)
    if asked.files:
        lines = [told.line(answer) for entries in found.values() for answer, told in entries]
        asked.files.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
