"""Which files verdicts depend on: whoever changes one has everybody judged again, and other machines get them all."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnngrade.classroom.cluster_machines import Job
from cnngrade.classroom.parcels import from_parcel
from cnngrade.classroom.report_store import judging_digest, judging_files
from cnngrade.course.load import load_course
from cnngrade.sandbox.backends import AUTO
from support.course_folders import hand_out_two


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course of two units."""
    root = tmp_path_factory.mktemp("course")
    hand_out_two(root)
    return root


@pytest.mark.parametrize(
    ("inside", "counts"),
    [
        ("shared.py", True),
        ("hidden/inputs.py", True),
        ("public/inputs.py", True),
        ("hidden/test_growing.py", False),
        ("shared.txt", False),
        ("hidden/__pycache__/inputs.py", False),
    ],
)
def test_modules_that_tests_share(root: Path, inside: str, counts: bool) -> None:
    """one beside the tests belongs to them, as it is now; another unit's tests do not"""
    path = root / "autograde_tests" / inside
    path.parent.mkdir(exist_ok=True)
    course = load_course(root)
    unit = course.unit("scaling")
    before = judging_digest(course, unit)
    path.write_text("TWO = 2\n")
    assert (path in judging_files(course, unit)) is counts
    first = judging_digest(course, unit)
    path.write_text("TWO = 3\n")
    assert (before != first, first != judging_digest(course, unit)) == (counts, counts)
    (_, files), _ = from_parcel(Job("run", course, unit, AUTO, "00" * 16).parcel)
    assert (f"autograde_tests/{inside}" in [name for name, _ in files]) is counts
