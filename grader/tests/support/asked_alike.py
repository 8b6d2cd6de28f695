"""The wrong answers of the corpus and the known mistakes of a unit, asked the same calls and grouped by what they answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from cnngrade.answers.answer_key import live_answer_key
from cnngrade.answers.mistakes import KnownMistake, load_mistakes
from cnngrade.course import paths
from cnngrade.insight.groups import Member, grouped
from cnngrade.judge.fixed_calls import SECONDS, FixedCalls
from cnngrade.judge.judging import judge_untimed
from cnngrade.judge.suite import Suite
from cnngrade.model import Course, Submission, Unit
from cnngrade.sandbox.unconfined import Fresh
from cnngrade.student.candidate import Candidate, InlineWork, OpenedWork, candidate
from support.expectations import read
from support.places import CORPUS

_ROUNDING = 1e-7


@dataclass(frozen=True)
class Asked:
    """Something wrong of one cause: `cause` is a sentence, `kind` "corpus", "mistake" or "mistake, rounded"."""

    kind: str
    name: str
    cause: str
    member: Member


def fixed_calls(course: Course, unit: Unit) -> tuple[FixedCalls, ModuleType]:
    """Return what a class would be asked, and the solution."""
    answer_key = live_answer_key(course, unit)
    assert isinstance(answer_key.solution, InlineWork)
    student = answer_key.solution.open()
    submission = Submission("", unit.name, paths.solution_file(course, unit.name), "")
    suite = Suite(course, unit, hidden=True, answer_key=answer_key, secret="class")
    judge_untimed(suite, [Candidate(submission, OpenedWork(student))])
    return FixedCalls(student.calls), answer_key.solution.module


def rounded(value: Any) -> Any:
    """Return an answer with other roundings, as another order of adding up makes them."""
    if isinstance(value, tuple | list):
        return type(value)(map(rounded, value))
    if isinstance(value, dict):
        return {key: rounded(part) for key, part in value.items()}
    if not isinstance(value, float | np.floating | np.ndarray) or np.asarray(value).dtype.kind != "f":
        return value
    if np.asarray(value).dtype.itemsize < 4:
        return value  # so few digits that these are all of them
    array = np.asarray(value, float)
    noise = np.random.default_rng(array.size).uniform(-1, 1, array.shape)
    with np.errstate(all="ignore"):
        other = array * (1 + _ROUNDING * noise)
    return other if isinstance(value, np.ndarray) and value.ndim else float(other)


def _with_rounding(code: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *args, **kwargs: rounded(code(*args, **kwargs))


def mistakes(course: Course, unit: Unit, calls: FixedCalls, solution: ModuleType) -> Iterator[Asked]:
    """Yield the known mistakes as functions that nobody has named, each of a function once more with other roundings."""
    for known, code in load_mistakes(course, unit).items():
        ways = {"mistake": code}
        if not isinstance(code, type):
            ways["mistake, rounded"] = _with_rounding(code)
        for kind, way in ways.items():
            module = ModuleType(known.name)
            vars(module).update({name: getattr(solution, name) for name in unit.functions})
            setattr(module, known.function, way)
            student = InlineWork(course.policy, module).open()
            for entry in calls.behaviour(student, [known.function], (), SECONDS):
                yield Asked(kind, known.name, known.sentence, Member(f"{known.name} {kind}", entry))


def corpus(course: Course, unit: Unit, calls: FixedCalls, folder: Path) -> Iterator[Asked]:
    """Yield the wrong answers of the corpus that have one fault, which is a known mistake."""
    known = load_mistakes(course, unit)
    for path, (function, cause) in (_labelled(unit, known) | _expected(unit, known)).items():
        student = candidate(course, path, unit, path.stem, Fresh(course.policy, folder)).work.open()
        for entry in calls.behaviour(student, [function], (), SECONDS):
            yield Asked("corpus", path.name, cause, Member(path.stem, entry))


def _labelled(unit: Unit, known: Mapping[KnownMistake, object]) -> dict[Path, tuple[str, str]]:
    sentences = {mistake.name: mistake.sentence for mistake in known}
    found = {}
    for folder in (CORPUS / "wrong", CORPUS / "unseen"):
        for name, label in json.loads((folder / "labels.json").read_text()).items():
            if label["unit"] == unit.name and label["faults"] == 1 and len(label["names"]) == 1:
                found[folder / name] = label["function"], sentences[label["names"][0]]
    return found


def _expected(unit: Unit, known: Mapping[KnownMistake, object]) -> dict[Path, tuple[str, str]]:
    found = {}
    for path in sorted((CORPUS / unit.name).glob("wrong_*.py")):
        causes = read(path).causes
        fitting = {(mistake.function, mistake.sentence) for mistake in known for cause in causes if cause in mistake.sentence}
        if len(causes) == 1 and len(fitting) == 1:
            found[path] = fitting.pop()
    return found


def in_groups(asked: list[Asked]) -> list[list[Asked]]:
    """Return what was asked, in groups of those that behave alike."""
    by_member = {entry.member.student: entry for entry in asked}
    return [[by_member[member.student] for member in group] for group in grouped(entry.member for entry in asked)]
