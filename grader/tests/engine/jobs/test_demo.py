"""The class that the demo shows: its right answers are right in the course that it is shown with."""

from __future__ import annotations

from cnngrade.course.load import load_course
from cnngrade.jobs.demo import read_class
from support.expectations import read
from support.places import CORPUS, GRADER, ROOT


def test_the_demos_class_needs_no_package_that_is_not_offered() -> None:
    """nobody in it uses a package that the course does not list, so that no right answer ends with 0 points"""
    course = load_course(ROOT)
    files = read_class(GRADER / "demo" / "class.yml", course).files
    asked = {student: set(read(file).packages) for student, file in files.items() if CORPUS in file.resolve().parents}
    assert len(asked) > 10
    assert {student: sorted(packages - set(course.policy.packages)) for student, packages in asked.items()} == {
        student: [] for student in asked
    }
