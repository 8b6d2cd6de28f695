"""The pytest plugin: what a course's tests are written with.

Fixtures: `student` (the submission's functions), `reference` (the right ones), `rng` (fresh numbers, the same at every run),
`budget` (registers work whose time counts), `data` (the folder of the course's data). Marks: see `marks`.

The judge loads this plugin and sets up a `CaseContext` for each submission. Loaded by a course's conftest.py, it also
lets the tests run by hand: `pytest autograde_tests` tests the solutions, `pytest autograde_tests --submission FILE` a
student's file.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from cnngrade.budget.measure import measure
from cnngrade.course import paths
from cnngrade.errors import CourseError, StudentFailure, Verdict
from cnngrade.judge.budget_case import MakeInputs, MakeSized
from cnngrade.judge.case_context import CONTEXTS, CaseContext
from cnngrade.judge.marks import DESCRIPTIONS
from cnngrade.judge.standalone import StandaloneContexts
from cnngrade.report.words import cost_text
from cnngrade.runtime import settle
from cnngrade.scoring import verdict_for_cost
from cnngrade.student.proxy import Functions

# A run by hand begins here, often with NumPy loaded by a conftest.
settle()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --submission."""
    group = parser.getgroup("cnngrade")
    group.addoption("--submission", type=Path, default=None, help="run the tests on this file instead of on the solutions")


def pytest_configure(config: pytest.Config) -> None:
    """Register the marks, and the contexts for a run by hand."""
    for description in DESCRIPTIONS:
        config.addinivalue_line("markers", description)
    if CONTEXTS not in config.stash:
        config.stash[CONTEXTS] = StandaloneContexts(config.getoption("--submission"))


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the workers of a run by hand."""
    if CONTEXTS in config.stash:
        config.stash[CONTEXTS].close()


@pytest.fixture
def context(request: pytest.FixtureRequest) -> CaseContext:
    """The context in which this case is judged."""
    return request.config.stash[CONTEXTS].context(request.node)


@pytest.fixture
def student(context: CaseContext) -> Functions:
    """The student's functions."""
    return context.student.functions


@pytest.fixture
def reference(context: CaseContext) -> Functions:
    """The right functions: the solution, or on a student's machine its recorded answers."""
    return context.reference.functions


@pytest.fixture
def rng(context: CaseContext) -> np.random.Generator:
    """Random numbers, the same at every run of this case."""
    return context.rng()


@pytest.fixture
def data(context: CaseContext) -> Path:
    """The folder that holds the course's data files."""
    return paths.data_folder(context.course)


@pytest.fixture
def budget(context: CaseContext) -> Callable[..., None]:
    """`budget("f", make)`: f must answer make(rng) correctly and within its time budget. Times are taken after all other cases.

    `budget("f", make, sized, H=2, W=2)`: Python loops of f over axes that course.yml does not allow are counted, too.
    `sized(rng, H=..., W=...)` makes inputs with axes of these lengths; the lengths here are those of a tiny input.
    """

    def register(function: str, make: MakeInputs, sized: MakeSized | None = None, **sizes: int) -> None:
        if function not in context.unit.budgets:
            raise CourseError(f"{context.case.id}: course.yml names no budget for {function} in {context.unit.name}.")
        context.register(function, make, sized, sizes)
        if context.measure_at_once:
            entry = context.budgets.pop()
            measure([entry.measurement])
            if isinstance(entry.measurement.failure, StudentFailure):
                raise entry.measurement.failure
            # Raised, not asserted: with `python -O` an assertion here would say nothing.
            if verdict_for_cost(entry.cost) is not Verdict.PASSED:
                raise AssertionError(cost_text(entry.cost))

    return register
