"""What to work on first, as the last line of a report and the command for hints have it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from cnngrade.errors import Verdict
from cnngrade.model import Cost, Finding, FindingKind, Outcome, Report, Submission
from cnngrade.report.order import Task, steps
from cnngrade.report.words import next_step
from cnngrade.scoring import report_of
from cnngrade.student.failures import missing
from cnngrade.submission.read import LeftOut, Work
from cnngrade.worker.cells import Cell
from support.handmade_reports import SUBMISSION, outcome


def of(*outcomes: Outcome, problems: tuple[str, ...] = (), calls: tuple[str, ...] = ()) -> Report:
    found = tuple(Finding(name, FindingKind.CALLS, f"{name} calls another.") for name in calls)
    return replace(report_of(SUBMISSION, "title", outcomes, problems), findings=found)


def ended(function: str, *verdicts: Verdict, text: str = "") -> list[Outcome]:
    return [outcome(f"{function} {n}", verdict, function=function, text=text) for n, verdict in enumerate(verdicts)]


def order(report: Report) -> list[str]:
    return list(dict.fromkeys(step.outcome.case.function for step in steps(report)))


OK, WRONG, RAISED, TODO, WAITS = Verdict.PASSED, Verdict.WRONG, Verdict.RAISED, Verdict.UNFINISHED, Verdict.SKIPPED


def test_what_was_attempted_comes_before_what_was_not() -> None:
    """a stub that nobody has touched is never the next thing while something else is wrong or slow"""
    slow = replace(outcome("quick", Verdict.SLOW, function="slow"), cost=Cost(99, 9))
    report = of(*ended("stub", TODO, WAITS), slow, *ended("wrong", OK, WRONG), *ended("other", TODO))
    assert order(report) == ["wrong", "slow", "stub", "other"]


def test_the_nearest_to_done_comes_first() -> None:
    """of functions that were attempted the one with the largest share of its points is the next; of equal ones the first"""
    report = of(*ended("a", OK, WRONG, WRONG), *ended("b", OK, OK, RAISED), *ended("c", WRONG), *ended("d", OK, OK, WRONG))
    assert order(report) == ["b", "d", "a", "c"]
    assert [step.outcome.case.title for step in steps(report)][:2] == ["b 2", "d 2"]


def test_what_only_calls_another_comes_last() -> None:
    """a function that fails because it calls another is looked at after all others, those that are to be written among them"""
    report = of(*ended("inner", TODO), *ended("outer", OK, OK, WRONG), *ended("other", WRONG), calls=("outer",))
    assert order(report) == ["other", "inner", "outer"]
    assert next_step(replace(report, outcomes=report.outcomes[1:4])) == "outer calls another."


def test_what_does_not_run_comes_first() -> None:
    """a cell that fails comes before what is wrong, and a function that is begun is no stub"""
    problem = "x.ipynb cell 3, line 2: SyntaxError: invalid syntax"
    lost = ended("lost", RAISED, text=f"lost is missing because its cell does not run. {problem}")
    report = of(*ended("a", OK, WRONG), *lost, problems=("Judged with it: helpers.py.", problem))
    assert order(report) == ["lost", "a"]
    assert next_step(report) == "fix x.ipynb cell 3, line 2 first: that code does not run."
    begun = of(*ended("a", OK, TODO), *ended("b", TODO))
    assert [step.task for step in steps(begun)] == [Task.FIX, Task.WRITE]


def work(*cells: str, left_out: tuple[LeftOut, ...] = ()) -> Work:
    made = tuple(Cell(source, f"x.ipynb cell {number}") for number, source in enumerate(cells, 1))
    return Work(Submission("", "unit", Path("x.ipynb"), ""), made, left_out)


RENAME = "give the value that is called f another name, in"
PLAYGROUND = LeftOut("x.ipynb cell 9", "def f(x):\n    return x", "that is a cell to play in, and such cells are not judged")


@pytest.mark.parametrize(
    ("failure", "task", "advice"),
    [
        (
            missing("f", work("f = f(1)"), [], kind="ndarray"),
            Task.RENAME,
            f"{RENAME} x.ipynb cell 1, line 1.",
        ),
        (missing("f", work(), [], kind="int"), Task.RENAME, f"{RENAME} exercises/convolution.py."),
        (missing("f", work(left_out=(PLAYGROUND,)), []), Task.MOVE, "move f from x.ipynb cell 9 to where it is judged."),
        (f"do f. There is a f in {PLAYGROUND.where}, but {PLAYGROUND.why}.", Task.MOVE, "move f from x.ipynb cell 9 to where"),
        (missing("f", work(), []), Task.WRITE, "write f in"),
        ("There is nothing in f, but you will write it", Task.WRITE, "write f in"),
    ],
)
def test_a_function_that_is_written_and_not_there(failure, task, advice) -> None:
    """a function whose name was given to a value, or that stands where nothing is judged, is the first thing, and no stub is"""
    report = of(*ended("a", OK, WRONG), *ended("f", TODO, text=str(failure)))
    step = next(step for step in steps(report) if step.outcome.case.function == "f")
    assert step.task is task
    assert (order(report)[0] == "f") == (task is not Task.WRITE)
    assert next_step(replace(report, outcomes=report.outcomes[2:])).startswith(advice)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("f raised ValueError: no\nx.ipynb cell 4, line 12, in f: y = x @ w", ", cell 4, line 12: "),
        ("f raised ValueError: no\nx.py, line 12, in f: y = x @ w", ", line 12: "),
        ("f raised ValueError: no", ": "),
    ],
)
def test_the_advice_names_the_line(text, said) -> None:
    """where an exception has a line of the student's, that is where to look"""
    report = of(*ended("f", RAISED, text=text))
    assert next_step(report) == f'fix f in exercises/convolution.py{said}"f 0".'
    rule = Finding("f", FindingKind.INPUTS, "Right whenever x is empty.\nMore of it.")
    where = said.removesuffix(": ")
    assert (
        next_step(replace(report, findings=(rule,))) == f"fix f in exercises/convolution.py{where}. Right whenever x is empty."
    )
