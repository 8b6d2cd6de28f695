"""A class of the tiny course: what students handed in, and everything that grading makes of it, to be compared."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cnngrade.classroom.judge_class import Judged, judge_class
from cnngrade.course.load import load_course
from cnngrade.course.paths import KEY_FILE
from cnngrade.gradebook.assignment import generate
from cnngrade.gradebook.record import record
from cnngrade.model import Course, Unit
from support import tiny_course

ON_TIME = "2026-02-28 12:00:00.000000 UTC"


@dataclass(frozen=True)
class Class:
    course: Course
    unit: Unit

    @property
    def room(self) -> Path:
        return self.course.root / "classroom"

    @property
    def students(self) -> list[str]:
        return sorted(path.name for path in (self.room / "submitted").iterdir())

    def graded(self, student: str) -> Path:
        return self.room / "autograded" / student / "scaling"

    def hand_in(self, student: str, name: str, data: str | bytes, when: str | None = ON_TIME) -> None:
        folder = self.room / "submitted" / student / "scaling"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data.encode() if isinstance(data, str) else data)
        if when is not None:
            (folder / "timestamp.txt").write_text(when + "\n")

    def notebook(self, **sources: str) -> str:
        released = self.room / "release" / "scaling" / "scaling.ipynb"
        notebook: dict[str, Any] = json.loads(released.read_text(encoding="utf-8"))
        for cell in notebook["cells"]:
            name = cell["metadata"].get("nbgrader", {}).get("grade_id")
            cell["source"] = sources.get(name, cell["source"])
        return json.dumps(notebook)

    def copy(self, root: Path) -> Class:
        shutil.copytree(self.course.root, root)
        course = load_course(root)
        return Class(course, course.units[0])

    def judged(self, *students: str) -> list[Judged]:
        """Judge these students or all of them; who has a stored report is not judged again."""
        return judge_class(self.course, self.unit, students)

    def record(self) -> None:
        entries = record(self.course, self.unit, self.judged())
        assert [entry for entry in entries if not entry.done] == []

    def database(self) -> sqlite3.Connection:
        return sqlite3.connect(self.room / "gradebook.db")

    def change(self, statement: str, *values: object) -> None:
        with closing(self.database()) as database, database:
            assert database.execute(statement, values).rowcount > 0

    def rows(self) -> dict[str, list[tuple[object, ...]]]:
        """Everything that the gradebook says about the class, by tables; ids made at random are left out."""
        of_notebook = """
            JOIN submitted_notebook ON submitted_notebook.id = {0}.notebook_id
            JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id
            JOIN base_cell ON base_cell.id = {0}.cell_id"""
        queries = {
            "student": "SELECT id, first_name, last_name, email, lms_user_id FROM student",
            "submission": "SELECT student_id, timestamp, extension FROM submitted_assignment",
            "notebook": "SELECT student_id, notebook.name, flagged, late_submission_penalty FROM submitted_notebook"
            " JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id"
            " JOIN notebook ON notebook.id = submitted_notebook.notebook_id",
            "grade": "SELECT student_id, base_cell.name, base_cell.type, auto_score, manual_score, extra_credit,"
            " needs_manual_grade FROM grade" + of_notebook.format("grade"),
            "comment": "SELECT student_id, base_cell.name, base_cell.type, auto_comment, manual_comment FROM comment"
            + of_notebook.format("comment"),
        }
        with closing(self.database()) as database:
            return {table: sorted(database.execute(query), key=repr) for table, query in queries.items()}

    def files(self) -> dict[str, tuple[int, bytes]]:
        """The graded folders, without the notes in them: modes and contents."""
        graded = self.room / "autograded"
        found = [path for path in graded.rglob("*") if path.is_file() and path.name != KEY_FILE]
        return {path.relative_to(graded).as_posix(): (path.stat().st_mode, path.read_bytes()) for path in found}

    def stamps(self) -> dict[str, tuple[int, int]]:
        """When each file and folder of the graded work was written, and which it is."""
        return {str(path): (path.stat().st_mtime_ns, path.stat().st_ino) for path in (self.room / "autograded").rglob("*")}


def release(course: Course, unit: Unit, handout: Path, points: Mapping[str, float] = tiny_course.POINTS) -> None:
    (handout / "autograde_tests").mkdir(parents=True, exist_ok=True)
    (handout / "scaling.py").write_text(tiny_course.EXERCISE, encoding="utf-8")
    generate(course, unit, points, handout)
