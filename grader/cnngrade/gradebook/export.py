"""nbgrader's `export` as a table that any program reads: nbgrader's own writes names with commas and quotes as they are."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook
from nbgrader.plugins import ExportPlugin

from cnngrade.course.load import load_course
from cnngrade.files import USUAL, write_atomically
from cnngrade.gradebook.marks import note_marks

COLUMNS = (
    "assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email", "raw_score",
    "late_submission_penalty", "score", "max_score",
)  # fmt: skip
"""The columns of nbgrader's own table, in their order."""

_DESTINATION = "grades.csv"


class QuotedCsvPlugin(ExportPlugin):  # type: ignore[misc]  # nbgrader ships no types
    """Writes nbgrader's table of scores, with quotes around what holds a comma, a quote or the end of a line."""

    def _rows(self, gradebook: Gradebook) -> Iterator[list[Any]]:
        assignments, students = set(map(str, self.assignment)), set(map(str, self.student))
        for assignment in gradebook.assignments:
            if assignments and assignment.name not in assignments:
                continue
            submissions = {submission.student_id: submission for submission in assignment.submissions}
            for student in gradebook.students:
                if students and student.id not in students:
                    continue
                submission = submissions.get(student.id)
                score, penalty = (submission.score, submission.late_submission_penalty) if submission else (0.0, 0.0)
                who = [student.id, student.last_name, student.first_name, student.email]
                points = [score, penalty, max(0.0, score - penalty), assignment.max_score]
                yield [assignment.name, assignment.duedate, submission and submission.timestamp, *who, *points]

    def export(self, gradebook: Gradebook) -> None:
        """Write the table to the file that `--to` names, or to grades.csv; raises Fault where it cannot be written.

        Marks that the classroom's log does not have yet are noted there.
        """
        course = load_course(Path(self.config.CoursePreprocessor.course))
        for unit in course.units:
            note_marks(course, unit.name, gradebook)
        table = io.StringIO()
        writer = csv.writer(table, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(self._rows(gradebook))
        destination = Path(self.to or _DESTINATION)
        self.log.info("Exporting grades to %s", destination)
        write_atomically(destination, table.getvalue(), mode=USUAL)
