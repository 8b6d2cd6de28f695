"""The cases of a course that register a time budget, as pytest collects them."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cnngrade
from cnngrade.answers.reference import LiveReference
from cnngrade.course import paths
from cnngrade.course.modules import load_module
from cnngrade.judge.case_context import CONTEXTS
from cnngrade.judge.cases import case_of, unit_of
from cnngrade.model import Case, Course, Unit


@dataclass(frozen=True, slots=True)
class Budget:
    """A case that registers a budget: `registered` is what it says to the context."""

    unit: Unit
    case: Case
    function: str
    registered: tuple[Any, ...]
    reference: LiveReference

    def inputs(self) -> tuple[Any, ...]:
        _, make, *_ = self.registered
        inputs: tuple[Any, ...] = make(np.random.default_rng(0))
        return inputs


class Collected:
    """Stands where a judge's contexts stand, and keeps what the budget cases register."""

    measure_at_once = False

    def __init__(self, course: Course) -> None:
        self.course, self.budgets = course, list[Budget]()

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        config.stash[CONTEXTS] = self  # type: ignore[misc]  # it gives itself as the context

    def context(self, item: pytest.Item) -> Collected:
        assert isinstance(item, pytest.Function)
        self.unit = unit_of(item, self.course)
        self.case = case_of(item, self.unit)
        return self

    def register(self, function: str, *more: Any) -> None:
        solution = load_module(paths.solution_file(self.course, self.unit.name), self.course.root)
        self.budgets.append(Budget(self.unit, self.case, function, (function, *more), LiveReference(solution)))

    def close(self) -> None:
        pass


def collect_budgets(course: Course) -> list[Budget]:
    files = [str(paths.public_tests(course, unit.name)) for unit in course.units if unit.budgets]
    collected = Collected(course)
    ini = Path(cnngrade.__file__).with_name("judge") / "pytest.ini"
    settings = ["-c", str(ini), "--import-mode=importlib", "-p", "cnngrade.judge.plugin"]
    settings += [f"--rootdir={course.root}", f"--confcutdir={course.root / 'autograde_tests'}", "--disable-plugin-autoload"]
    settings += ["-k", "within_its_budget", "-p", "no:terminal", "-p", "no:cacheprovider"]
    if pytest.main([*files, *settings], plugins=[collected]) or not collected.budgets:
        sys.exit("The budget cases of the course could not be collected.")
    return collected.budgets
