"""The class that the demo shows: its right answers are right in the course that it is shown with."""

from __future__ import annotations

from dataclasses import replace

from cnngrade.course.load import load_course
from cnngrade.errors import Verdict
from cnngrade.jobs.demo import read_class, what_happened
from cnngrade.model import Outcome
from cnngrade.scoring import report_of
from support.expectations import read
from support.handmade_reports import GRADED, TITLE, outcome
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


def test_an_instructor_reads_what_cost_the_points() -> None:
    """of a case on a student's own numbers the whole fact, not only its form, and never that a case waits for another"""
    waits = outcome("stride 2", Verdict.SKIPPED, text='waits for "padding"')
    wrong = outcome(
        "padding", Verdict.WRONG, text="2 of 4 numbers differ.", staff="2 of 4 numbers differ; first [0]: yours 1, ..."
    )
    formless = outcome("a bias", Verdict.WRONG, staff="AssertionError: there are 26 parameters\nassert 25 == 26")
    raised = replace(outcome("one map", Verdict.RAISED, text="conv2d raised IndexError: 7", staff="a trace"), own_inputs=True)

    def told(*outcomes: Outcome) -> str:
        return what_happened(report_of(GRADED, TITLE, outcomes))

    assert told(waits, replace(wrong, own_inputs=True)) == wrong.for_staff
    assert told(waits, replace(formless, own_inputs=True)) == "AssertionError: there are 26 parameters"
    assert told(waits, wrong) == wrong.for_student
    assert told(waits, raised) == raised.for_student
    assert told(waits, replace(wrong, cause="The kernel is flipped.")) == "The kernel is flipped."
    assert told(outcome("a bias"), waits) == ""
