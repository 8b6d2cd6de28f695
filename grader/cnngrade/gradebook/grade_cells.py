"""The judge, where nbgrader would run a notebook: it puts points and report into the grade cells.

nbgrader reads a grade cell's points from its first `execute_result`, and takes a cell without one as right; so every grade
cell gets a number, and a submission for which there is none is not recorded at all.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import Execute
from nbgrader.utils import is_grade, is_solution

from cnngrade.classroom.judge_class import report_for
from cnngrade.errors import CourseError, Fault, Verdict
from cnngrade.gradebook.assignment import function_graded_by
from cnngrade.gradebook.preprocessor import CoursePreprocessor
from cnngrade.model import Report
from cnngrade.report.html import report_fragment

_ROUNDING = 1e-6


def raise_if_fault(report: Report) -> None:
    """Raise Fault, saying what went wrong, if the report has no score."""
    if report.earned is not None:
        return
    faults = [outcome for outcome in report.outcomes if outcome.verdict is Verdict.FAULT]
    causes = [f"{outcome.case.id}: {outcome.for_staff or outcome.for_student}".strip(": ") for outcome in faults]
    who = report.submission.student
    raise Fault(f"{who} has no score for {report.submission.unit}: " + ("; ".join(causes) or "the grader failed") + ".")


def _points_in_cell(report: Report, function: str, worth: float) -> float:
    """Return the points that `function` earned, as its grade cell worth `worth` can hold them; raises CourseError."""
    outcomes = [outcome for outcome in report.outcomes if outcome.case.function == function]
    possible = sum(outcome.case.points for outcome in outcomes)
    if abs(possible - worth) > _ROUNDING:
        raise CourseError(
            f"The tests of {function} are worth {possible:g} points, its cell in the gradebook {worth:g}. "
            f"Run `cnngrade release {report.submission.unit}` again: it tells the gradebook."
        )
    return min(round(sum(outcome.earned for outcome in outcomes), 2), worth)


def _result(points: float, page: str) -> NotebookNode:
    data = {"text/plain": str(float(points)), "text/html": page}
    # Checked with the whole notebook when it is written; nbformat's own maker would check each cell's once more.
    output = {"output_type": "execute_result", "metadata": {}, "data": data, "execution_count": 1}
    return nbformat.from_dict(output)


def _fill(nb: NotebookNode, result_of: Callable[[str, float], NotebookNode]) -> None:
    """Give every grade cell its one output: `result_of(function, worth)`."""
    for cell in nb.cells:
        if cell.cell_type != "code":
            continue
        cell.outputs = []
        if is_grade(cell) and not is_solution(cell):
            marks = cell.metadata.nbgrader
            function = function_graded_by(marks["grade_id"])
            if function is None:
                raise CourseError(f'The cell "{marks["grade_id"]}" is graded, but names no function of the unit.')
            cell.outputs = [result_of(function, float(marks["points"]))]
            cell.execution_count = 1


def put_report(nb: NotebookNode, report: Report) -> None:
    """Fill the grade cells from the report.

    Raises Fault if the report has no score, and CourseError if its points do not fit the cells.
    """
    raise_if_fault(report)
    _fill(
        nb,
        lambda function, worth: _result(_points_in_cell(report, function, worth), report_fragment(report, function)),
    )


class Judge(CoursePreprocessor):
    """nbgrader's step in place of `Execute`. An assignment that is not a unit of the course is executed as nbgrader would."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Judge the submission and fill the grade cells; raises Fault, and so records nothing, if there is no score."""
        found = self.find(resources)
        if found is None:
            executed: tuple[NotebookNode, dict[str, Any]] = Execute(parent=self.parent).preprocess(nb, resources)
            return executed
        put_report(nb, report_for(found.course, found.unit, found.student, found.folder, sandbox=self.sandbox))
        return nb, resources
