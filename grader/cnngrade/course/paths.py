"""Where things are in a course and in a handout. No other place writes down what follows from a unit's name."""

from __future__ import annotations

from pathlib import Path

from cnngrade.model import Course

COURSE_FOLDERS = ("exercises", "solutions", "autograde_tests")
"""The folders, beside course.yml, with everything that a course consists of."""


def exercise_file(course: Course, unit: str) -> Path:
    """The unit as students get it."""
    return course.root / "exercises" / f"{unit}.py"


def solution_file(course: Course, unit: str) -> Path:
    """The reference."""
    return course.root / "solutions" / f"{unit}.py"


def public_tests(course: Course, unit: str) -> Path:
    """The tests that travel to students."""
    return course.root / "autograde_tests" / "public" / f"test_{unit}.py"


def tests_in_common(course: Course) -> Path:
    """What the tests of all units share; travels to students, and a course may have none."""
    return course.root / "autograde_tests" / "conftest.py"


def hidden_tests(course: Course, unit: str) -> Path:
    """The tests that never leave the instructor."""
    return course.root / "autograde_tests" / "hidden" / f"test_{unit}.py"


def mistakes_file(course: Course, unit: str) -> Path:
    """The known mistakes."""
    return course.root / "autograde_tests" / "mistakes" / f"{unit}.py"


def mistakes_folder(course: Course, unit: str) -> Path:
    """Known mistakes that are files, since students wrote their code; a unit may have none."""
    return course.root / "autograde_tests" / "mistakes" / unit


def variants_file(course: Course, unit: str) -> Path:
    """The variants that the limits of time budgets are between; a unit without budgets has none."""
    return course.root / "autograde_tests" / "variants" / f"{unit}.py"


def answers_file(course: Course, unit: str) -> Path:
    """The recorded answers of the public tests, which only a handout has."""
    return course.root / "autograde_tests" / "answers" / f"{unit}.npz"


def pictures_file(course: Course, unit: str) -> Path:
    """The pictures, which travel to students; a unit may have none."""
    return course.root / "autograde_tests" / "pictures" / f"{unit}.py"


def drawings_file(course: Course, unit: str) -> Path:
    """What the pictures look like with the solution, which only a handout has."""
    return course.root / "autograde_tests" / "answers" / f"{unit}.pictures.npz"


def plays_file(course: Course, unit: str) -> Path:
    """The calls that a page plays, with the solution's answers, which only a handout has."""
    return course.root / "autograde_tests" / "answers" / f"{unit}.plays.npz"


PLAY_PAGE = "{}.play.html"
"""A unit's page with the answers of somebody's functions in it."""


EXPLORE_PAGE = "{}.explore.html"
"""In a handout, the page of a unit on which a student moves things."""


def explore_source(course: Course, unit: str) -> Path:
    """The page on which a student moves things, as the course has it: its style, scripts and data are files of their own."""
    return course.root / "exercises" / "explore" / f"{unit}.html"


def explore_page(course: Course, unit: str) -> Path:
    """The same page in a handout, with all that it needs inside."""
    return course.root / EXPLORE_PAGE.format(unit)


def hints_file(course: Course, unit: str) -> Path:
    """The hints, which travel to students; a unit may have none."""
    return course.root / "autograde_tests" / "hints" / f"{unit}.yml"


def marking_file(course: Course, unit: str) -> Path:
    """How to mark the answer in prose, which never leaves the instructor."""
    return course.root / "solutions" / f"{unit}.md"


def data_folder(course: Course) -> Path:
    """The folder with the course's data, beside the exercises, where a student runs them."""
    return course.root / DATA if course.handout else course.root / "exercises" / DATA


def submission_folder(course: Course) -> Path:
    """The folder in which `check` looks for NAME.py and NAME.ipynb."""
    return course.root if course.handout else course.root / "exercises"


# nbgrader's own names; its commands find these files in the classroom by them.

SUBMITTED = "submitted"
"""The classroom's folder with what students handed in: a folder for each, with a folder for each unit."""


RELEASE = "release"
"""The classroom's folder with what was handed out: a folder for each unit."""

NBGRADER_CONFIG = "nbgrader_config.py"


TIMESTAMP = "timestamp.txt"
"""Beside a submission, when it was handed in."""


SUBMISSION_SECRET = "submission_secret.txt"
"""Beside a submission that came through nbgrader's exchange, under which name its feedback is found there."""


DATA = "data"
"""In a handout, the folder with the course's data."""


KEY_FILE = ".cnngrade-key"
"""In a graded folder, what it was made from: see `gradebook.record`."""


def classroom(course: Course) -> Path:
    """The folder in which nbgrader keeps the class."""
    return course.root / course.classroom


def roster(course: Course) -> Path:
    """Who takes part, and under which id each platform knows them; a course may have none."""
    return classroom(course) / "roster.csv"


def submitted(course: Course) -> Path:
    """The folder with what students handed in."""
    return classroom(course) / SUBMITTED


def submission(course: Course, unit: str, student: str) -> Path:
    """The folder with one student's work."""
    return submitted(course) / student / unit


def collected(course: Course, unit: str) -> Path:
    """The folder with what is remembered of what was handed in, and with what later work has replaced."""
    return classroom(course) / "collected" / unit


def source(course: Course) -> Path:
    """The folder from which nbgrader makes releases."""
    return classroom(course) / "source"


def release_folder(course: Course, unit: str) -> Path:
    """The folder that students get."""
    return classroom(course) / RELEASE / unit


def handout_folder(course: Course) -> Path:
    """The folder that holds all released units, for students; it is named after the course, since they keep it."""
    return classroom(course) / "handout" / course.name


def handout_zip(course: Course) -> Path:
    """The same folder as one file."""
    return classroom(course) / "handout" / f"{course.name}.zip"


def ci_bundles(course: Course, target: str) -> Path:
    """The folder with what a target of `cnngrade ci` needs."""
    return classroom(course) / "ci" / target


def feedback(course: Course) -> Path:
    """The folder with the pages that students get back."""
    return classroom(course) / "feedback"


def reports(course: Course, unit: str) -> Path:
    """The folder with the stored reports."""
    return classroom(course) / "reports" / unit


def report_file(course: Course, unit: str, student: str) -> Path:
    """The stored report on one student's work."""
    return reports(course, unit) / f"{student}.json"


def behaviour_file(course: Course, unit: str, student: str) -> Path:
    """How the functions of one student's work behave that are wrong without a name; not there where none is."""
    return classroom(course) / "behaviour" / unit / f"{student}.json"


def exports(course: Course) -> Path:
    """The folder with the marks that went out to platforms."""
    return classroom(course) / "exports"


def proof_file(course: Course, unit: str) -> Path:
    """What was last proved of a unit that is sound."""
    return classroom(course) / "proofs" / f"{unit}.json"


def gradebook(course: Course) -> Path:
    """The database of nbgrader, unless the instructor has named another."""
    return classroom(course) / "gradebook.db"


def nbgrader_config(course: Course) -> Path:
    """What nbgrader's commands read when they are started in the classroom."""
    return classroom(course) / NBGRADER_CONFIG


def secret_file(course: Course) -> Path:
    """The classroom's secret."""
    return classroom(course) / ".secret"


def lock_file(course: Course, doing: str) -> Path:
    """The lock file of what only one process at a time does, `grading` for instance."""
    return classroom(course) / f".{doing}.lock"


def event_log(course: Course) -> Path:
    """What happened in the classroom: see `classroom.log`."""
    return classroom(course) / "log.jsonl"
